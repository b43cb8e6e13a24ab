"""What the widgets of two laws on the same few outcomes share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import traitlets

import kltext
from kltext.widgets._base import DivergenceWidget, PairWidget, short
from kltext.widgets._traits import Names


class LawsWidget(DivergenceWidget):
    """P and Q on the same few outcomes with names. A subclass gives the traits ``p`` and ``q`` their first values."""

    _parallel: ClassVar[tuple[str, ...]] = ("p", "q", "labels")

    p: Any
    q: Any
    labels = Names(("A", "B"), help="The outcomes' names; letters by default.").tag(sync=True)

    @traitlets.validate("p", "q", "labels")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        return self._of_one_length(proposal)

    def _of_one_length(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the outcomes must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        counts = {trait: len(value if trait == name else getattr(self, trait)) for trait in self._parallel}
        first, *others = self._parallel  # told in this order, in whichever order they are checked
        for other in others:
            if counts[other] != counts[first]:
                hint = f"change them in one step with set({', '.join(f'{trait}=…' for trait in self._parallel)})"
                raise traitlets.TraitError(
                    f"{first} has {counts[first]} outcomes, but {other} has {counts[other]}; {hint}"
                )
        return value

    def _row(self, values: Sequence[float]) -> str:
        """The outcomes, each with its value: A 0.5, B 0.5."""
        return ", ".join(f"{label} {short(value)}" for label, value in zip(self.labels, values, strict=True))


class OutcomesWidget(LawsWidget, PairWidget):
    """The same with the six numbers of a pair."""

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
