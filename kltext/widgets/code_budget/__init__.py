"""``CodeBudget``: strips as high as p and as wide as −log q, whose area is the cross-entropy, and a sample of symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import bundle, sequence
from kltext.widgets._outcomes import OutcomesWidget
from kltext.widgets._traits import Law, Names, letters

__all__ = ["CodeBudget"]


class CodeBudget(OutcomesWidget):
    """Two distributions on the same 2 to 12 outcomes: P sends the symbols, Q made the code.

    >>> from kltext.widgets import CodeBudget
    >>> budget = CodeBudget([0.5, 0.25, 0.25], [0.25, 0.25, 0.5])
    >>> budget
    CodeBudget: P = (A 0.5, B 0.25, C 0.25), code lengths for Q = (A 2, B 2, C 1)
    D(P‖Q) = 0.25, D(Q‖P) = 0.25, H(P) = 1.5, H(P,Q) = 1.75, JS(P,Q) = 0.06128, TV(P,Q) = 0.25 (in bits; TV has no unit)
    >>> budget.q = [0.5, 0.25, 0.25]
    >>> budget.kl_pq, budget.cross_entropy_pq
    (0.0, 1.5)
    """

    _esm = bundle("code_budget.js")
    _name = "code_budget"
    _state_traits = ("p", "q", "labels", "seed", "unit")

    p = Law((0.5, 0.25, 0.25), help="The distribution that sends the symbols.").tag(sync=True)
    q = Law((0.25, 0.25, 0.5), help="The distribution that the code is made for.").tag(sync=True)
    labels = Names(("A", "B", "C"), help="The outcomes' names; letters by default.").tag(sync=True)
    seed = traitlets.Int(1, min=0, help="Seed of the sampled symbols.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.5, 0.25, 0.25),
        q: Sequence[float] = (0.25, 0.25, 0.5),
        labels: Sequence[str] | None = None,
        *,
        key: str = "budget",
        unit: str = "bits",
        **kwargs: Any,
    ) -> None:
        super().__init__(p=p, q=q, labels=letters(len(sequence("p", p))) if labels is None else labels, key=key, unit=unit, **kwargs)

    def _laws(self) -> str:
        lengths = [float(x) for x in kltext.surprisal(list(self.q), base=self.base)]
        return f"P = ({self._row(self.p)}), code lengths for Q = ({self._row(lengths)})"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.code_budget.drawing import strips

        alt = f"One strip for each outcome, as high as p and as wide as its code word. {self._laws()}. {self._in_words()}, in {self.unit}."
        return plots.to_svg(strips(self.p, self.q, self.labels, self.unit), alt=alt)
