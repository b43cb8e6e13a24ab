"""``RenyiDial``: two discrete distributions, and their Rényi divergence as a curve over all orders from 0 to ∞."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import bundle, sequence, short
from kltext.widgets._outcomes import LawsWidget
from kltext.widgets._traits import Law, letters

__all__ = ["RenyiDial"]

NUMBERS = {
    "renyi": "D_α(P‖Q)",
    "kl_pq": "D(P‖Q)",
    "kl_qp": "D(Q‖P)",
    "max": "D_∞(P‖Q)",
    "squared_hellinger": "H²(P,Q)",
    "chi2": "χ²(P‖Q)",
}
"""The numbers shown, by their names in the page and in Python; the last two have no unit."""


class _Order(traitlets.TraitType[float, Any]):
    """A number from 0 to infinity."""

    def validate(self, obj: Any, value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise traitlets.TraitError(f"{self.name} must be a number, got {value!r}") from None
        if not number >= 0:
            raise traitlets.TraitError(f"{self.name} must be a number from 0 to inf, got {number!r}")
        return number


def _text(order: float) -> str:
    """The order as the page takes it: JSON has no infinity."""
    return "Infinity" if order == math.inf else repr(order)


class RenyiDial(LawsWidget):
    """Two distributions P and Q on the same 2 to 6 outcomes and an order α, to be dragged, typed or set from Python.

    >>> import math
    >>> from kltext.widgets import RenyiDial
    >>> dial = RenyiDial([0.5, 0.5], [0.25, 0.75], alpha=2, unit="bits")
    >>> dial
    RenyiDial: P = (A 0.5, B 0.5), Q = (A 0.25, B 0.75), α = 2
    D_α(P‖Q) = 0.415, D(P‖Q) = 0.2075, D(Q‖P) = 0.1887, D_∞(P‖Q) = 1 (in bits); H²(P,Q) = 0.03407, χ²(P‖Q) = 0.3333
    >>> dial.alpha = math.inf
    >>> dial.renyi
    1.0
    """

    _esm = bundle("renyi_dial.js")
    _name = "renyi_dial"
    _state_traits = ("p", "q", "labels", "alpha", "both", "unit")

    p = Law((0.5, 0.5), most=6, help="The distribution whose power is alpha.").tag(sync=True)
    q = Law((0.5, 0.5), most=6, help="The distribution whose power is 1 − alpha.").tag(sync=True)
    alpha = _Order(2.0, help="The order, from 0 to math.inf.").tag(
        sync=True, to_json=lambda value, _: _text(value), from_json=lambda value, _: value
    )
    both = traitlets.Bool(False, help="Show the curve of the other direction as well.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.6, 0.3, 0.1),
        q: Sequence[float] = (0.2, 0.3, 0.5),
        labels: Sequence[str] | None = None,
        *,
        alpha: float = 2.0,
        key: str = "dial",
        **kwargs: Any,
    ) -> None:
        names = letters(len(sequence("p", p))) if labels is None else labels
        super().__init__(p=p, q=q, labels=names, alpha=alpha, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New outcomes without names get letters."""
        if "p" in traits and (count := len(sequence("p", traits["p"]))) != len(self.p):
            traits = {"labels": letters(count), **traits}
        super().set(**traits)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "alpha": _text(self.alpha)}

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext."""
        p, q, base = list(self.p), list(self.q), self.base
        return {
            "renyi": kltext.renyi_divergence(p, q, self.alpha, base=base),
            "kl_pq": kltext.kl_divergence(p, q, base=base),
            "kl_qp": kltext.kl_divergence(q, p, base=base),
            "squared_hellinger": kltext.hellinger(p, q) ** 2,
            "chi2": kltext.chi2_divergence(p, q),
            "max": kltext.renyi_divergence(p, q, math.inf, base=base),
        }

    @property
    def renyi(self) -> float:
        """D_α(P‖Q) at the dial, in the widget's unit."""
        return self.numbers()["renyi"]

    def _laws(self) -> str:
        return f"P = ({self._row(self.p)}), Q = ({self._row(self.q)}), α = {short(self.alpha)}"

    def _in_words(self) -> str:
        numbers = self.numbers()
        said = [f"{symbol} = {short(numbers[name])}" for name, symbol in NUMBERS.items()]
        return f"{', '.join(said[:4])} (in {self.unit}); {', '.join(said[4:])}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.renyi_dial.drawing import order_curve

        figure = order_curve(self.p, self.q, self.labels, self.alpha, both=self.both, unit=self.unit)
        alt = f"Two distributions, and the Rényi divergence of P from Q over its order, from 0 to infinity. {self._laws()}. {self._in_words()}."
        return plots.to_svg(figure, alt=alt)
