"""``PolicySimplex``: three actions under PPO, where the clip and the KL penalty lead, and how far that is from the old policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.widgets._base import BookWidget, bundle, sequence, short
from kltext.widgets._traits import Finite, Law, Names
from kltext.widgets._traits import numbers as floats
from kltext.widgets.policy_simplex.updates import Batch, Regulated, Three, ascend, band, regulate

__all__ = ["PolicySimplex"]

NUMBERS = {
    "kl": "D(old‖new)",
    "k1": "k1",
    "k2": "k2",
    "k3": "k3",
    "dead": "silenced",
    "left": "δ − KL",
    "widest": "KL in the band, at most",
    "kl_clip": "KL of clip",
    "kl_fixed": "KL of fixed β",
    "kl_adaptive": "KL of adaptive β",
    "used": "its β",
}
"""The numbers shown, by their names in the page and in Python."""

METHODS = {"clip": "the clipped update", "fixed": "the update with fixed β", "adaptive": "the update with adaptive β", "hand": "by hand"}
SENSE = {"epsilon": (0.01, 0.9), "delta": (0.001, 2.0), "beta": (0.01, 50.0), "rate": (0.01, 20.0)}
LEAST = 1e-6  # of the old policy's probabilities


class _Advantages(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """An advantage for each action."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        values = floats(self.name, value)
        if bad := [v for v in values if not -3 <= v <= 3]:
            raise traitlets.TraitError(f"{self.name} must lie between -3 and 3, got {bad[0]!r}")
        return values


class _Counts(traitlets.TraitType[tuple[int, ...], Iterable[int]]):
    """How often each action was sampled."""

    def validate(self, obj: Any, value: Iterable[int]) -> tuple[int, ...]:
        values = sequence(self.name, value)
        if bad := [v for v in values if isinstance(v, bool) or not isinstance(v, (int, np.integer)) or not 0 <= v <= 20]:
            raise traitlets.TraitError(f"{self.name} must be whole numbers from 0 to 20, got {bad[0]!r}")
        if not any(values):
            raise traitlets.TraitError(f"{self.name} must hold one sample at least, got {values!r}")
        return tuple(int(v) for v in values)


class PolicySimplex(BookWidget):
    """Three actions and a batch of samples: PPO's updates as paths among all policies, to be dragged, typed or set from Python.

    ``old`` is the policy that was sampled, ``counts`` how often each action was drawn from it, ``advantages`` what each is worth.
    Each update is gradient ascent on the sampled objective over softmax logits, ``steps`` steps of size ``rate``: on the clipped
    surrogate with ``epsilon``; on the surrogate less ``beta``·D(old‖new), in steps of rate/(1 + rate·β); and that again and again on the
    same batch, β adapted after each update to the target ``delta``, which is also the radius of the KL ball.  The new policy, whose
    numbers are shown, is where the update named by ``method`` ends, or with ``method="hand"`` the one in ``hand``:

    >>> from kltext.widgets import PolicySimplex
    >>> simplex = PolicySimplex([0.5, 0.3, 0.2], [1, -0.5, -1], [6, 2, 2], rate=8)
    >>> round(simplex.kl, 4), simplex.silenced  # the clip has silenced every sample, far outside the ball of 0.06 nats
    (1.9838, 1.0)
    >>> simplex.method = "fixed"
    >>> round(simplex.kl, 4)
    0.2108
    >>> simplex.set(method="hand", hand=[0.5, 0.3, 0.2])
    >>> simplex.kl
    0.0
    """

    _esm = bundle("policy_simplex.js")
    _name = "policy_simplex"
    _state_traits = ("old", "advantages", "counts", "labels", "method", "hand", "epsilon", "delta", "beta", "rate", "steps")

    old = Law((0.5, 0.3, 0.2), positive=True, help="The old policy, which was sampled.").tag(sync=True)
    advantages = _Advantages((1.0, -0.5, -1.0), help="The advantage of each action.").tag(sync=True)
    counts = _Counts((6, 2, 2), help="How often each action was sampled.").tag(sync=True)
    labels = Names(("left", "stay", "right"), help="The actions' names.").tag(sync=True)
    method = traitlets.Enum(tuple(METHODS), "clip", help="The update whose end is the new policy; or hand.").tag(sync=True)
    hand = Law((0.6, 0.3, 0.1), help="The new policy where the reader has put it.").tag(sync=True)
    epsilon = Finite(0.2, help="Half the width of the clip band.").tag(sync=True)
    delta = Finite(0.06, help="Radius of the KL ball and target of the adaptive coefficient, in nats.").tag(sync=True)
    beta = Finite(1.0, help="Coefficient of the KL penalty; the adaptive one begins with it.").tag(sync=True)
    rate = Finite(0.5, help="Size of a gradient step.").tag(sync=True)
    steps = traitlets.Int(40, min=0, max=200, help="How many gradient steps an update has.").tag(sync=True)

    def __init__(
        self,
        old: Sequence[float] = (0.5, 0.3, 0.2),
        advantages: Sequence[float] = (1.0, -0.5, -1.0),
        counts: Sequence[int] = (6, 2, 2),
        labels: Sequence[str] = ("left", "stay", "right"),
        *,
        key: str = "policies",
        **kwargs: Any,
    ) -> None:
        super().__init__(old=old, advantages=advantages, counts=counts, labels=labels, key=key, **kwargs)

    @traitlets.validate("old", "advantages", "counts", "labels", "hand")
    def _three(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        if len(value) != 3:
            raise traitlets.TraitError(f"{name} must have 3 actions, got {len(value)}")
        if name == "old" and min(value) < LEAST:
            raise traitlets.TraitError(f"old must give each action {LEAST:g} at least, got {min(value)!r}")
        return value

    @traitlets.validate("epsilon", "delta", "beta", "rate")
    def _within(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        least, most = SENSE[name]
        if not least <= value <= most:
            raise traitlets.TraitError(f"{name} must lie between {least:g} and {most:g}, got {value!r}")
        return value

    @property
    def _batch(self) -> Batch:
        return Batch(self.old, self.advantages, self.counts, self.epsilon, self.rate, self.steps)

    def path(self, method: str | None = None) -> list[Three]:
        """The policies that an update goes through, from the old one on: ``clip``, ``fixed``, or the last ``adaptive`` one."""
        method = self.method if method is None else method
        if method == "adaptive":
            return self._regulated.path
        if method not in ("clip", "fixed"):
            raise ValueError(f"method must be clip, fixed or adaptive, got {method!r}")
        return ascend(self._batch, self.beta if method == "fixed" else None)

    @property
    def _regulated(self) -> Regulated:
        return regulate(self._batch, self.beta, self.delta)

    @property
    def new(self) -> Three:
        """The new policy."""
        return self.hand if self.method == "hand" else self.path()[-1]

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name; divergences in nats."""
        regulated, new = self._regulated, np.array(self.new)
        actions = np.repeat(np.arange(3), self.counts)
        old, advantages = np.array(self.old), np.array(self.advantages)
        with np.errstate(divide="ignore"):
            estimates = kltext.kl_estimators(np.log(old[actions]), np.log(new[actions]))
            clipped = kltext.ppo_clip_objective(np.log(new[actions]), np.log(old[actions]), advantages[actions], epsilon=self.epsilon)
        distance = {name: float(kltext.kl_divergence(old, end)) for name, end in (("new", new), ("clip", self.path("clip")[-1]), ("fixed", self.path("fixed")[-1]), ("adaptive", regulated.path[-1]))}
        return {
            "kl": distance["new"],
            "k1": float(estimates.k1.mean()),
            "k2": float(estimates.k2.mean()),
            "k3": float(estimates.k3.mean()),
            "dead": float(clipped.clipped_fraction),
            "left": self.delta - distance["new"],
            "widest": max(float(kltext.kl_divergence(old, law)) for law in band(self._batch)),
            "kl_clip": distance["clip"],
            "kl_fixed": distance["fixed"],
            "kl_adaptive": distance["adaptive"],
            "used": regulated.beta,
        }

    @property
    def kl(self) -> float:
        """D(old‖new) of the new policy, in nats."""
        return float(kltext.kl_divergence(self.old, self.new))

    @property
    def k1(self) -> float:
        """The mean of k1 over the samples, in nats."""
        return self.numbers()["k1"]

    @property
    def k2(self) -> float:
        """The mean of k2 over the samples, in nats."""
        return self.numbers()["k2"]

    @property
    def k3(self) -> float:
        """The mean of k3 over the samples, in nats."""
        return self.numbers()["k3"]

    @property
    def silenced(self) -> float:
        """The fraction of the samples whose gradient the clip has taken."""
        return self.numbers()["dead"]

    def _laws(self) -> str:
        def row(name: str, values: Sequence[float]) -> str:
            return f"{name} ({', '.join(f'{label} {short(v)}' for label, v in zip(self.labels, values, strict=True))})"

        batch = ", ".join((row("old", self.old), row("advantages", self.advantages), row("samples", self.counts)))
        return f"{batch}, {row('new', self.new)}, {METHODS[self.method]}"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in nats)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.policy_simplex.drawing import triangle

        alt = f"The triangle of all policies with the clip band, the KL ball and the paths of three updates. {self._laws()}. {self._in_words()}, in nats."
        return plots.to_svg(triangle(self), alt=alt)
