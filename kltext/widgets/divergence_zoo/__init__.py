"""``DivergenceZoo``: two discrete distributions, a convex function chosen or drawn, and all f-divergences at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.generators import FGenerator, generator
from kltext.widgets._base import bundle, sequence, short
from kltext.widgets._outcomes import LawsWidget
from kltext.widgets._traits import Finite, Law, letters, numbers
from kltext.widgets.divergence_zoo.drawn import HIGHEST, KNOTS, LOWEST, drawn_generator

__all__ = ["DivergenceZoo"]

NUMBERS = {
    "kl": ("kl_pq", "D(P‖Q)"),
    "reverse-kl": ("kl_qp", "D(Q‖P)"),
    "jeffreys": ("jeffreys", "J(P,Q)"),
    "js": ("js", "JS(P,Q)"),
    "total-variation": ("tv", "TV(P,Q)"),
    "squared-hellinger": ("squared_hellinger", "H²(P,Q)"),
    "chi2": ("chi2", "χ²(P‖Q)"),
    "reverse-chi2": ("reverse_chi2", "χ²(Q‖P)"),
    "triangular": ("triangular", "Δ(P,Q)"),
    "alpha": ("alpha", "D⁽ᵅ⁾(P‖Q)"),
    "drawn": ("drawn", "drawn"),
}
"""The generators, with the name of their divergence in the page and in Python, and its symbol."""

INFORMATION = ("kl", "reverse-kl", "jeffreys", "js")
"""Those measured in nats or bits."""


class _AllWithin(traitlets.TraitType[tuple[float, ...], Any]):
    """A tuple of numbers between two limits."""

    def __init__(self, default: tuple[float, ...], least: float, most: float, **kwargs: Any) -> None:
        super().__init__(default, **kwargs)
        self.least, self.most = least, most

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        found = numbers(self.name, value)
        if bad := [number for number in found if not self.least <= number <= self.most]:
            raise traitlets.TraitError(f"{self.name} must lie between {self.least:g} and {self.most:g}, got {bad[0]!r}")
        return found


class DivergenceZoo(LawsWidget):
    """Two distributions P and Q on the same 2 to 6 outcomes and a generator f, to be dragged, typed or set from Python.

    ``generator`` is a name known to `kltext.generators`, or ``"drawn"``: then f is the highest convex broken line that is
    0 at t = 1 and nowhere above the heights ``drawn`` at t = 0, ½, 1½, 2½ and 4, raised where that puts it below 0 at 1.
    ``guess`` holds for each outcome the ratio at which a tangent touches f; together the tangents prove the lower ``bound``.

    >>> from kltext.widgets import DivergenceZoo
    >>> zoo = DivergenceZoo([0.5, 0.5], [0.25, 0.75], generator="chi2")
    >>> round(zoo.value, 12), zoo.bound
    (0.333333333333, 0.0)
    >>> zoo.guess = 2, 2 / 3
    >>> round(zoo.bound, 12)
    0.333333333333
    >>> zoo
    DivergenceZoo: P = (A 0.5, B 0.5), Q = (A 0.25, B 0.75), f = chi2
    χ²(P‖Q) = 0.3333, tangents prove 0.3333
    D(P‖Q) = 0.1438, D(Q‖P) = 0.1308, J(P,Q) = 0.2747, JS(P,Q) = 0.03382 (in nats); TV(P,Q) = 0.25, H²(P,Q) = 0.03407, χ²(P‖Q) = 0.3333, χ²(Q‖P) = 0.25, Δ(P,Q) = 0.1333, D⁽ᵅ⁾(P‖Q) = 0.1363, drawn = 0.2625
    """

    _esm = bundle("divergence_zoo.js")
    _name = "divergence_zoo"
    _state_traits = ("p", "q", "labels", "generator", "alpha", "drawn", "guess", "level", "region", "unit")
    _parallel = ("p", "q", "labels", "guess")

    p = Law((0.5, 0.5), most=6, help="The distribution in the numerator of t = p/q.").tag(sync=True)
    q = Law((0.5, 0.5), most=6, help="The distribution under which f(p/q) is averaged.").tag(sync=True)
    generator = traitlets.Enum(tuple(NUMBERS), "kl", help="The name of f.").tag(sync=True)
    alpha = Finite(0.5, help="The order of the alpha-divergence, from −10 to 10.").tag(sync=True)
    drawn = _AllWithin((1.0, 0.3, 0.1, 0.8, 2.0), LOWEST, HIGHEST, help="The heights of the drawn f at t = 0, ½, 1½, 2½ and 4.").tag(sync=True)
    guess = _AllWithin((1.0, 1.0), 0.001, 1000, help="The ratio at which each outcome's tangent touches f.").tag(sync=True)
    level = traitlets.Bool(False, help="Show f(t) − f′(1)(t − 1), of which no term is negative.").tag(sync=True)
    region = traitlets.Enum(("kl", "hellinger", "js"), "kl", help="What stands against total variation.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.6, 0.3, 0.1),
        q: Sequence[float] = (0.2, 0.3, 0.5),
        labels: Sequence[str] | None = None,
        *,
        generator: str = "kl",
        guess: Sequence[float] | None = None,
        key: str = "zoo",
        **kwargs: Any,
    ) -> None:
        count = len(sequence("p", p))
        names = letters(count) if labels is None else labels
        super().__init__(p=p, q=q, labels=names, generator=generator, guess=(1.0,) * count if guess is None else guess, key=key, **kwargs)

    @traitlets.validate("guess")
    def _guess_fits(self, proposal: traitlets.Bunch) -> Any:
        return self._of_one_length(proposal)

    @traitlets.validate("drawn")
    def _knots_fit(self, proposal: traitlets.Bunch) -> Any:
        if len(proposal.value) != len(KNOTS):
            raise traitlets.TraitError(f"drawn must have {len(KNOTS)} heights, got {len(proposal.value)}")
        return proposal.value

    @traitlets.validate("alpha")
    def _order_fits(self, proposal: traitlets.Bunch) -> Any:
        if abs(proposal.value) > 10:
            raise traitlets.TraitError(f"alpha must lie between -10 and 10, got {proposal.value!r}")
        return proposal.value

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New outcomes without names get letters, without a guess the ratio 1."""
        if "p" in traits and (count := len(sequence("p", traits["p"]))) != len(self.p):
            traits = {"labels": letters(count), "guess": (1.0,) * count, **traits}
        super().set(**traits)

    def generator_named(self, name: str) -> FGenerator:
        """The f of this name, with the widget's order or heights where it needs them."""
        if name == "drawn":
            return drawn_generator(self.drawn)
        return generator("alpha", alpha=self.alpha) if name == "alpha" else generator(name)

    @property
    def f(self) -> FGenerator:
        """The chosen f, to be used with `kltext.f_divergence`."""
        return self.generator_named(self.generator)

    @property
    def value(self) -> float:
        """The divergence of the chosen f; an amount of information in the widget's unit."""
        return self.numbers()[NUMBERS[self.generator][0]]

    @property
    def bound(self) -> float:
        """What the tangents prove of it: the mean of their slopes under P, minus that of the conjugates under Q."""
        return self.numbers()["bound"]

    def _per(self, name: str) -> float:
        return math.log(2) if self.unit == "bits" and name in INFORMATION else 1.0

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext."""
        p, q, base = list(self.p), list(self.q), self.base
        found = {
            "kl_pq": kltext.kl_divergence(p, q, base=base),
            "kl_qp": kltext.kl_divergence(q, p, base=base),
            "jeffreys": kltext.f_divergence(p, q, "jeffreys") / self._per("jeffreys"),
            "js": kltext.js_divergence(p, q, base=base),
            "tv": kltext.total_variation(p, q),
        }
        for name in ("squared-hellinger", "chi2", "reverse-chi2", "triangular", "alpha", "drawn"):
            found[NUMBERS[name][0]] = kltext.f_divergence(p, q, self.generator_named(name))
        return {**found, "bound": self._proven()}

    def _proven(self) -> float:
        """Σ p·T − q·f*(T), with the critic T that is f′ at the guess; f is levelled at 1, so that nothing cancels."""
        f, t = self.f, np.array(self.guess)
        assert f.derivative is not None
        tilt = float(f.derivative(np.ones(1))[0])
        critic = f.derivative(t) - tilt
        conjugate = t * critic - (f.f(t) - tilt * (t - 1))
        return float(np.sum(np.array(self.p) * critic - np.array(self.q) * conjugate)) / self._per(self.generator)

    def _laws(self) -> str:
        order = f" of order {short(self.alpha)}" if self.generator == "alpha" else ""
        return f"P = ({self._row(self.p)}), Q = ({self._row(self.q)}), f = {self.generator}{order}"

    def _chosen(self) -> str:
        return f"{NUMBERS[self.generator][1]} = {short(self.value)}, tangents prove {short(self.bound)}"

    def _in_words(self) -> str:
        found = self.numbers()
        said = [f"{symbol} = {short(found[name])}" for name, symbol in NUMBERS.values()]
        return f"{', '.join(said[:4])} (in {self.unit}); {', '.join(said[4:])}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._chosen()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.divergence_zoo.drawing import four_panels

        alt = (
            "Two distributions, a convex function f with a point at each ratio p/q, what each outcome adds to the divergence, "
            f"and the pair among all that can be reached. {self._laws()}. {self._chosen()}. {self._in_words()}."
        )
        return plots.to_svg(four_panels(self), alt=alt)
