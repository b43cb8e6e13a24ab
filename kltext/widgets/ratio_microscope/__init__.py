"""``RatioMicroscope``: two discrete distributions under the hand, their log-ratio, and what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from kltext.widgets._base import bundle, sequence
from kltext.widgets._outcomes import OutcomesWidget
from kltext.widgets._traits import Law, Positions, letters

__all__ = ["RatioMicroscope"]


class RatioMicroscope(OutcomesWidget):
    """Two distributions P and Q on the same 2 to 12 outcomes, to be dragged, typed or set from Python.

    Dragging changes ``p`` and ``q``; setting them redraws the picture. What changes the number of outcomes goes
    through ``set``, which changes several traits in one step:

    >>> from kltext.widgets import RatioMicroscope
    >>> microscope = RatioMicroscope([0.9, 0.1], [0.5, 0.5], ["heads", "tails"], unit="bits")
    >>> microscope
    RatioMicroscope: P = (heads 0.9, tails 0.1), Q = (heads 0.5, tails 0.5)
    D(P‖Q) = 0.531, D(Q‖P) = 0.737, H(P) = 0.469, H(P,Q) = 1, JS(P,Q) = 0.1468, TV(P,Q) = 0.4 (in bits; TV has no unit)
    >>> microscope.p = [0.5, 0.5]
    >>> microscope.kl_pq
    0.0
    >>> microscope.set(p=[0.2, 0.3, 0.5], q=[0.2, 0.3, 0.5], labels=["a", "b", "c"])
    >>> microscope.q
    (0.2, 0.3, 0.5)
    """

    _esm = bundle("ratio_microscope.js")
    _name = "ratio_microscope"
    _state_traits = ("p", "q", "labels", "locked", "unit")

    p = Law((0.9, 0.1), help="The distribution that weighs.").tag(sync=True)
    q = Law((0.5, 0.5), help="The distribution that is charged.").tag(sync=True)
    locked = Positions((), help="Outcomes whose probabilities stay when others are moved.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.9, 0.1),
        q: Sequence[float] = (0.5, 0.5),
        labels: Sequence[str] | None = None,
        *,
        key: str = "microscope",
        **kwargs: Any,
    ) -> None:
        super().__init__(p=p, q=q, labels=letters(len(sequence("p", p))) if labels is None else labels, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New outcomes without names get letters, and nothing stays locked."""
        if "p" in traits and (count := len(sequence("p", traits["p"]))) != len(self.p):
            traits = {"labels": letters(count), "locked": (), **traits}
        super().set(**traits)

    @traitlets.validate("locked")
    def _there(self, proposal: traitlets.Bunch) -> Any:
        if bad := [i for i in proposal.value if not 0 <= i < len(self.p)]:
            raise traitlets.TraitError(f"locked names outcome {bad[0]}, but there are only {len(self.p)}")
        return proposal.value

    def _laws(self) -> str:
        return f"P = ({self._row(self.p)}), Q = ({self._row(self.q)})"

    def _fallback(self) -> str:
        from kltext import plots

        figure = plots.ratio_panel(self.p, self.q, labels=self.labels, base=self.base)
        alt = f"Two distributions, their log-ratio and its contributions. {self._laws()}. {self._in_words()}, in {self.unit}."
        return plots.to_svg(figure, alt=alt)
