"""``CodeBudget``: strips as high as p and as wide as −log q, whose area is the cross-entropy, and a sample of symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import PairWidget, bundle, short
from kltext.widgets.ratio_microscope import _Distribution, _Labels, _letters

__all__ = ["CodeBudget"]


class CodeBudget(PairWidget):
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

    p = _Distribution((0.5, 0.25, 0.25), help="The distribution that sends the symbols.").tag(sync=True)
    q = _Distribution((0.25, 0.25, 0.5), help="The distribution that the code is made for.").tag(sync=True)
    labels = _Labels(("A", "B", "C"), help="The outcomes' names; letters by default.").tag(sync=True)
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
        super().__init__(p=p, q=q, labels=_letters(p) if labels is None else labels, key=key, unit=unit, **kwargs)

    @traitlets.validate("p", "q", "labels")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the outcomes must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        for other in ("p", "q", "labels"):
            if other != name and len(value) != (count := len(getattr(self, other))):
                hint = "change them in one step with set(p=…, q=…, labels=…)"
                raise traitlets.TraitError(f"{name} has {len(value)} outcomes, but {other} has {count}; {hint}")
        return value

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext."""
        p, q, base = list(self.p), list(self.q), self.base
        return {
            "kl_pq": kltext.kl_divergence(p, q, base=base),
            "kl_qp": kltext.kl_divergence(q, p, base=base),
            "entropy_p": kltext.entropy(p, base=base),
            "cross_entropy_pq": kltext.cross_entropy(p, q, base=base),
            "js": kltext.js_divergence(p, q, base=base),
            "tv": kltext.total_variation(p, q),
        }

    def _laws(self) -> str:
        def law(values: Sequence[float]) -> str:
            return ", ".join(f"{label} {short(value)}" for label, value in zip(self.labels, values, strict=True))

        lengths = [float(x) for x in kltext.surprisal(list(self.q), base=self.base)]
        return f"P = ({law(self.p)}), code lengths for Q = ({law(lengths)})"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.code_budget.drawing import strips

        alt = f"One strip for each outcome, as high as p and as wide as its code word. {self._laws()}. {self._in_words()}, in {self.unit}."
        return plots.to_svg(strips(self.p, self.q, self.labels, self.unit), alt=alt)
