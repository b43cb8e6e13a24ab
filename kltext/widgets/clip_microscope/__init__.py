"""``ClipMicroscope``: PPO's clipped objective of one sample over the probability ratio, and where its gradient dies."""

from __future__ import annotations

import math
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite

__all__ = ["ClipMicroscope"]

NUMBERS = {
    "value": "min",
    "unclipped": "ρA",
    "clipped": "clip(ρ)·A",
    "slope": "∂/∂ρ",
    "gradient": "∂/∂log π",
    "log_ratio": "log ρ",
    "k1": "k1",
    "k2": "k2",
    "k3": "k3",
}
"""The numbers shown, by their names in the page and in Python."""

SENSE = {"ratio": (0.0, 1000.0), "advantage": (-1000.0, 1000.0), "epsilon": (1e-6, 1 - 1e-6)}
PLACES = ("below", "inside", "above")


class ClipMicroscope(BookWidget):
    """One sampled action under PPO's clip, to be dragged, typed or set from Python.

    ``ratio`` is ρ = π_new/π_old of the action, ``advantage`` its A, and ``epsilon`` half the width of the clip band.  Shown are
    the objective min(ρA, clip(ρ)·A) for both signs of the advantage, its gradient, and what the sample adds to k1, k2 and k3,
    whose means over samples of the old policy estimate D(old‖new):

    >>> from kltext.widgets import ClipMicroscope
    >>> sample = ClipMicroscope(1.35, 1, epsilon=0.2)
    >>> sample
    ClipMicroscope: ratio 1.35, advantage 1, epsilon 0.2: case 3, above the band, gradient 0
    min = 1.2, ρA = 1.35, clip(ρ)·A = 1.2, ∂/∂ρ = 0, ∂/∂log π = 0, log ρ = 0.3001, k1 = -0.3001, k2 = 0.04503, k3 = 0.0499
    >>> sample.advantage = -1  # the same ratio for a bad action: it is pulled back
    >>> sample.case, sample.branch, sample.slope
    (6, 'unclipped', -1.0)
    """

    _esm = bundle("clip_microscope.js")
    _name = "clip_microscope"
    _state_traits = ("ratio", "advantage", "epsilon")

    ratio = Finite(1.35, help="Probability ratio ρ of the sampled action, new policy over old.").tag(sync=True)
    advantage = Finite(1.0, help="Advantage A of the sampled action.").tag(sync=True)
    epsilon = Finite(0.2, help="Half the width ε of the clip band.").tag(sync=True)

    def __init__(
        self,
        ratio: float = 1.35,
        advantage: float = 1.0,
        *,
        epsilon: float = 0.2,
        key: str = "clip",
        **kwargs: Any,
    ) -> None:
        super().__init__(ratio=ratio, advantage=advantage, epsilon=epsilon, key=key, **kwargs)

    @traitlets.validate("ratio", "advantage", "epsilon")
    def _within(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        least, most = SENSE[name]
        if not least <= value <= most:
            raise traitlets.TraitError(f"{name} must lie between {least:g} and {most:.6g}, got {value!r}")
        return value

    @property
    def place(self) -> str:
        """Where the ratio is: ``below`` the clip band, ``inside`` (its ends belong to it) or ``above``."""
        return "above" if self.ratio > 1 + self.epsilon else "below" if self.ratio < 1 - self.epsilon else "inside"

    @property
    def case(self) -> int:
        """Which of the six: 1, 2, 3 for A > 0 below, inside, above; 4, 5, 6 for A < 0; 0 without an advantage."""
        return 0 if self.advantage == 0 else PLACES.index(self.place) + (1 if self.advantage > 0 else 4)

    @property
    def dead(self) -> bool:
        """Whether the clip has taken the gradient."""
        return self.case in (3, 4)

    @property
    def branch(self) -> str:
        """Which term is the minimum: ``clipped``, ``unclipped``, or ``both`` where they are equal."""
        return "clipped" if self.dead else "unclipped" if self.case in (1, 6) else "both"

    @property
    def slope(self) -> float:
        """The derivative of the objective in the ratio: A, or 0 where the clip has taken it."""
        return 0.0 if self.dead else self.advantage

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name; the estimators in nats."""
        log_ratio = math.log(self.ratio) if self.ratio > 0 else -math.inf
        found = kltext.ppo_clip_objective(log_ratio, 0.0, self.advantage, epsilon=self.epsilon)
        estimates = kltext.kl_estimators(0.0, log_ratio)
        shown = {
            "value": float(found.value),
            "unclipped": self.ratio * self.advantage,
            "clipped": min(max(self.ratio, 1 - self.epsilon), 1 + self.epsilon) * self.advantage,
            "slope": self.slope,
            "gradient": self.ratio * self.slope,
            "log_ratio": log_ratio,
            "k1": float(estimates.k1),
            "k2": float(estimates.k2),
            "k3": float(estimates.k3),
        }
        return {name: number + 0.0 for name, number in shown.items()}  # no zero has a sign

    def _laws(self) -> str:
        where = {"below": "below the band", "inside": "in the band", "above": "above the band"}[self.place]
        said = f"case {self.case}, {where}, gradient {short(self.slope)}" if self.case else "no advantage, gradient 0"
        return f"ratio {short(self.ratio)}, advantage {short(self.advantage)}, epsilon {short(self.epsilon)}: {said}"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.clip_microscope.drawing import objective_and_estimators

        alt = f"The clipped objective of one sample over its probability ratio, for both signs of the advantage, dotted where the gradient is zero; beside it k1, k2 and k3. {self._laws()}. {self._in_words()}."
        return plots.to_svg(objective_and_estimators(self.ratio, self.advantage, self.epsilon), alt=alt)
