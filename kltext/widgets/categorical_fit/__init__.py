"""``CategoricalFit``: counts of a few categories and a model of their probabilities; the loss, its floor and the divergence between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import traitlets

from kltext.widgets._base import bundle, sequence
from kltext.widgets._outcomes import OutcomesWidget
from kltext.widgets._traits import Law, Names, counted, letters, numbers

__all__ = ["CategoricalFit"]

FEWEST, MOST = 2, 8


class _Counts(traitlets.TraitType[tuple[int, ...], Iterable[float]]):
    """A tuple of whole numbers, not all of them zero."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[int, ...]:
        name, values = self.name, numbers(self.name, value)
        counted(name, values, FEWEST, MOST, "categories")
        if bad := [v for v in values if not v.is_integer()]:
            raise traitlets.TraitError(f"{name} must be whole numbers, got {bad[0]!r}")
        if bad := [v for v in values if v < 0]:
            raise traitlets.TraitError(f"{name} must be non-negative, got {bad[0]:.0f}")
        if not any(values):
            raise traitlets.TraitError(f"{name} must hold at least one observation, got {value!r}")
        return tuple(int(v) for v in values)


class CategoricalFit(OutcomesWidget):
    """What ``LikelihoodFit`` is to points, on 2 to 8 categories: counts, and a model Q that may be any law on them.

    P is the law of the relative frequencies. The mean loss of the observations is H(P,Q) = H(P) + D(P‖Q), exactly:

    >>> from kltext.widgets import CategoricalFit
    >>> fit = CategoricalFit([6, 3, 1], [0.5, 0.25, 0.25])
    >>> fit
    CategoricalFit: 10 observations, counts (A 6, B 3, C 1), model Q = (A 0.5, B 0.25, C 0.25)
    D(P‖Q) = 0.07246, D(Q‖P) = 0.09233, H(P) = 0.8979, H(P,Q) = 0.9704, JS(P,Q) = 0.02002, TV(P,Q) = 0.15 (in nats; TV has no unit)
    >>> fit.q = fit.p
    >>> fit.kl_pq
    0.0
    >>> fit.set(counts=[6, 4], q=[1, 0], labels=["heads", "tails"])
    >>> fit.cross_entropy_pq
    inf
    """

    _esm = bundle("categorical_fit.js")
    _name = "categorical_fit"
    _state_traits = ("counts", "q", "labels", "unit")
    _parallel = ("counts", "q", "labels")

    counts = _Counts((1, 3, 1, 0, 1), help="How often each category was observed.").tag(sync=True)
    q = Law((0.5, 0.25, 0.125, 0.0625, 0.0625), most=MOST, help="The model.").tag(sync=True)
    labels = Names(("A", "B", "C", "D", "E"), help="The categories' names; letters by default.").tag(sync=True)

    def __init__(
        self,
        counts: Sequence[float] = (1, 3, 1, 0, 1),
        q: Sequence[float] = (0.5, 0.25, 0.125, 0.0625, 0.0625),
        labels: Sequence[str] | None = None,
        *,
        key: str = "counts",
        **kwargs: Any,
    ) -> None:
        names = letters(len(sequence("counts", counts))) if labels is None else labels
        super().__init__(counts=counts, q=q, labels=names, key=key, **kwargs)

    @property
    def p(self) -> tuple[float, ...]:
        """The relative frequencies: the law that fits best."""
        return tuple(count / sum(self.counts) for count in self.counts)

    @traitlets.validate("counts")
    def _counts_fit(self, proposal: traitlets.Bunch) -> Any:
        return self._of_one_length(proposal)

    def _laws(self) -> str:
        counts = ", ".join(f"{label} {count}" for label, count in zip(self.labels, self.counts, strict=True))
        return f"{sum(self.counts)} observations, counts ({counts}), model Q = ({self._row(self.q)})"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.categorical_fit.drawing import fit

        alt = f"The shares of the observations beside the model, and the loss of an observation of each category. {self._laws()}. {self._in_words()}, in {self.unit}."
        shown = self.numbers()
        figure = fit(self.p, self.q, self.counts, self.labels, shown["cross_entropy_pq"], shown["entropy_p"], self.unit)
        return plots.to_svg(figure, alt=alt)
