"""``ElboLedger``: a fixed ceiling log p(x), a floor that q moves, and the gap between them that is KL(q‖posterior)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.elbo import importance_weighted_bound
from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite, Law, Names, numbers
from kltext.widgets.elbo_ledger.models import LIMITS, MODELS, line_numbers

__all__ = ["ElboLedger"]

NUMBERS = {
    "bound": "ELBO",
    "evidence": "log p(x)",
    "gap": "KL(q‖p(z|x))",
    "reconstruction": "E_q[log p(x|z)]",
    "to_prior": "KL(q‖p(z))",
    "energy": "E_q[log p(x,z)]",
    "entropy": "H(q)",
}
"""The numbers shown, by their names in the page and in Python."""

ROUNDING = 1e-24  # a gap this small is the rounding of the posterior itself


class _Likelihood(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A probability of what was seen for each state."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        values = numbers(self.name, value)
        if bad := [v for v in values if not 0 <= v <= 1]:
            raise traitlets.TraitError(f"{self.name} must lie between 0 and 1, got {bad[0]!r}")
        return values


class ElboLedger(BookWidget):
    """The evidence lower bound of a model that stays, for a law q that is dragged, typed or set from Python.

    ``mode="states"``: a latent with three values; ``prior`` p(z), ``likelihood`` p(x|z) of the x that was seen, and ``q``.
    ``"linear"``, ``"square"``, ``"count"``: a latent z ~ N(0,1) on the line and q = N(mean, std²), for one observation
    ``x`` of N(z, noise²), of N(z², noise²), or of Poisson(eᶻ):

    >>> from kltext.widgets import ElboLedger
    >>> ledger = ElboLedger([0.5, 0.25, 0.25], [0.125, 0.5, 0.25], [0.5, 0.25, 0.25], unit="bits")
    >>> ledger
    ElboLedger: prior (A 0.5, B 0.25, C 0.25), likelihood (A 0.125, B 0.5, C 0.25), q (A 0.5, B 0.25, C 0.25)
    ELBO = -2.25, log p(x) = -2, KL(q‖p(z|x)) = 0.25; E_q[log p(x|z)] = -2.25, KL(q‖p(z)) = 0, E_q[log p(x,z)] = -3.75, H(q) = 1.5 (in bits)
    >>> ledger.q = ledger.posterior
    >>> round(ledger.bound, 12), ledger.gap
    (-2.0, 0.0)
    >>> ledger.set(mode="linear", mean=1, std=1, unit="nats")
    >>> round(ledger.bound, 6), round(ledger.gap, 6)
    (-2.418939, 0.153426)
    """

    _esm = bundle("elbo_ledger.js")
    _name = "elbo_ledger"
    _state_traits = ("mode", "prior", "likelihood", "q", "labels", "x", "noise", "mean", "std", "unit")

    mode = traitlets.Enum(("states", *MODELS), "states", help="Three states, or a latent on the line with that likelihood.").tag(sync=True)
    prior = Law((0.5, 0.25, 0.25), help="p(z) of the three states.").tag(sync=True)
    likelihood = _Likelihood((0.125, 0.5, 0.25), help="p(x|z) of what was seen, for each state.").tag(sync=True)
    q = Law((0.5, 0.25, 0.25), help="The law of the three states that is moved.").tag(sync=True)
    labels = Names(("A", "B", "C"), help="The states' names; letters by default.").tag(sync=True)
    x = Finite(2.0, help="What was seen, where the latent is on the line.").tag(sync=True)
    noise = Finite(1.0, positive=True, help="Standard deviation of x given z, linear or square.").tag(sync=True)
    mean = Finite(1.0, help="Mean of q on the line.").tag(sync=True)
    std = Finite(1.0, positive=True, help="Standard deviation of q on the line.").tag(sync=True)
    unit = traitlets.Enum(("nats", "bits"), "nats", help="Unit of all numbers.").tag(sync=True)

    def __init__(
        self,
        prior: Sequence[float] = (0.5, 0.25, 0.25),
        likelihood: Sequence[float] = (0.125, 0.5, 0.25),
        q: Sequence[float] | None = None,
        labels: Sequence[str] = ("A", "B", "C"),
        *,
        mode: str = "states",
        key: str = "ledger",
        **kwargs: Any,
    ) -> None:
        start = MODELS[mode].start if mode in MODELS else {}
        laws = {"prior": prior, "likelihood": likelihood, "q": prior if q is None else q, "labels": labels}
        super().__init__(mode=mode, key=key, **laws, **{**start, **kwargs})

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. A new likelihood on the line starts with its usual x, noise and q."""
        if (mode := traits.get("mode", self.mode)) != self.mode and mode in MODELS:
            traits = {**MODELS[mode].start, **traits}
        super().set(**traits)

    @traitlets.validate("prior", "likelihood", "q", "labels")
    def _three(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        if len(value) != 3:
            raise traitlets.TraitError(f"{name} must have 3 states, got {len(value)}")
        seen = {"prior": self.prior, "likelihood": self.likelihood, name: value}
        if name in ("prior", "likelihood") and not any(a > 0 and b > 0 for a, b in zip(seen["prior"], seen["likelihood"], strict=True)):
            raise traitlets.TraitError("prior and likelihood must both be positive for one state, or x could not have been seen")
        return value

    @traitlets.validate("mode", "x", "noise", "mean", "std")
    def _within(self, proposal: traitlets.Bunch) -> Any:
        """Where the quadrature is proven; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        if name in LIMITS and not LIMITS[name][0] <= value <= LIMITS[name][1]:
            raise traitlets.TraitError(f"{name} must lie between {LIMITS[name][0]} and {LIMITS[name][1]}, got {value!r}")
        mode, x = (value if name == "mode" else self.mode), (value if name == "x" else self.x)
        if mode in MODELS and not (MODELS[mode].least <= x <= MODELS[mode].most and (mode != "count" or x.is_integer())):
            wanted = f"{'be a whole number' if mode == 'count' else 'lie'} between {MODELS[mode].least} and {MODELS[mode].most}"
            hint = "; change both in one step with set(mode=…, x=…)" if name == "mode" else ""
            raise traitlets.TraitError(f"x must {wanted} in mode {mode!r}, got {x!r}{hint}")
        return value

    @property
    def _log_joint(self) -> np.ndarray:
        with np.errstate(divide="ignore"):
            joint: np.ndarray = np.log(self.prior) + np.log(self.likelihood)
        return joint

    @property
    def posterior(self) -> tuple[float, ...] | None:
        """p(z|x) of the three states; None on the line."""
        return tuple(kltext.elbo(self._log_joint, self.q).posterior.tolist()) if self.mode == "states" else None

    @property
    def two_samples(self) -> float | None:
        """The importance-weighted bound of two samples of q, exact, in the widget's unit; None on the line."""
        if self.mode != "states":
            return None
        q = np.array(self.q)
        used = q > 0
        logs = self._log_joint[used] - np.log(q[used])
        pairs = np.stack(np.broadcast_arrays(logs[:, None], logs), axis=-1)
        return float(q[used] @ importance_weighted_bound(pairs) @ q[used]) / self._nats

    @property
    def _nats(self) -> float:
        return math.log(2) if self.unit == "bits" else 1.0

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, in the widget's unit; H(q) is differential on the line."""
        found = self._states() if self.mode == "states" else line_numbers(self.mode, self.x, self.noise, self.mean, self.std)
        return {name: value / self._nats for name, value in found.items()}

    def _states(self) -> dict[str, float]:
        found = kltext.elbo(self._log_joint, self.q)
        with np.errstate(divide="ignore"):
            fit = sum(q * float(np.log(value)) for q, value in zip(self.q, self.likelihood, strict=True) if q > 0)
        return {
            "bound": float(found.bound),
            "evidence": float(found.evidence),
            "gap": float(found.gap) if found.gap >= ROUNDING else 0.0,
            "reconstruction": fit,
            "to_prior": float(kltext.kl_divergence(self.q, self.prior)),
            "energy": float(found.energy),
            "entropy": float(found.entropy),
        }

    @property
    def bound(self) -> float:
        """The ELBO, in the widget's unit."""
        return self.numbers()["bound"]

    @property
    def evidence(self) -> float:
        """log p(x), in the widget's unit."""
        return self.numbers()["evidence"]

    @property
    def gap(self) -> float:
        """KL(q‖p(z|x)), in the widget's unit."""
        return self.numbers()["gap"]

    def _laws(self) -> str:
        if self.mode == "states":
            rows = (("prior", self.prior), ("likelihood", self.likelihood), ("q", self.q))
            return ", ".join(f"{name} ({', '.join(f'{label} {short(v)}' for label, v in zip(self.labels, law, strict=True))})" for name, law in rows)
        seen = f"x = {short(self.x)}" + ("" if self.mode == "count" else f", noise {short(self.noise)}")
        return f"z ~ N(0, 1), x|z ~ {MODELS[self.mode].said}, {seen}, q = N(mean {short(self.mean)}, sd {short(self.std)})"

    def _in_words(self) -> str:
        said = [f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items()]
        return f"{', '.join(said[:3])}; {', '.join(said[3:])} (in {self.unit})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.elbo_ledger.drawing import ledger

        shown = "The triangle of laws q with lines of equal bound" if self.mode == "states" else "The posterior and q over a latent on the line"
        alt = f"{shown}, and beside it the ceiling log p(x), the floor ELBO and the gap. {self._laws()}. {self._in_words()}."
        return plots.to_svg(ledger(self), alt=alt)
