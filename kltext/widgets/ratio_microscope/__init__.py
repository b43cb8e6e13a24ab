"""``RatioMicroscope``: two discrete distributions under the hand, their log-ratio, and what it adds up to."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import BookWidget, bundle, distribution

FEWEST, MOST = 2, 12


class _Distribution(traitlets.TraitType):
    """A tuple of probabilities; anything that iterates over numbers is taken."""

    info_text = "probabilities that sum to 1"

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        values = distribution(self.name, value)
        if not FEWEST <= len(values) <= MOST:
            raise traitlets.TraitError(f"{self.name} must have {FEWEST} to {MOST} outcomes, got {len(values)}")
        return values


class RatioMicroscope(BookWidget):
    """Two distributions P and Q on the same 2 to 12 outcomes, to be dragged, typed or set from Python.

    >>> from kltext.widgets import RatioMicroscope
    >>> microscope = RatioMicroscope(p=[0.9, 0.1], q=[0.5, 0.5], labels=["heads", "tails"], unit="bits")
    >>> round(microscope.kl_pq, 4)
    0.531
    >>> microscope.p = [0.5, 0.5]
    >>> microscope.kl_pq
    0.0
    """

    _esm = bundle("ratio_microscope.js")
    _name = "ratio_microscope"
    _state_traits = ("p", "q", "labels", "locked", "unit")

    p = _Distribution((0.9, 0.1), help="The distribution that weighs.").tag(sync=True)
    q = _Distribution((0.5, 0.5), help="The distribution that is charged.").tag(sync=True)
    labels = traitlets.Tuple(help="The outcomes' names; letters by default.").tag(sync=True)
    locked = traitlets.Tuple(help="Positions of the outcomes whose probabilities stay when others move.").tag(sync=True)
    unit = traitlets.Enum(("nats", "bits"), "nats", help="Unit of the divergences.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.9, 0.1),
        q: Sequence[float] = (0.5, 0.5),
        labels: Sequence[str] | None = None,
        *,
        locked: Sequence[int] = (),
        unit: str = "nats",
        key: str = "microscope",
        **kwargs: Any,
    ) -> None:
        labels = tuple(string.ascii_uppercase[: len(tuple(p))]) if labels is None else tuple(labels)
        super().__init__(p=p, q=q, labels=labels, locked=tuple(locked), unit=unit, key=key, **kwargs)

    @property
    def base(self) -> float | None:
        """The base of the logarithms, as kltext takes it."""
        return 2 if self.unit == "bits" else None

    @property
    def kl_pq(self) -> float:
        """D(P‖Q)."""
        return float(kltext.kl_divergence(self.p, self.q, base=self.base))

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name."""
        return {"kl_pq": self.kl_pq}

    def __repr__(self) -> str:
        return f"RatioMicroscope(p={self.p}, q={self.q}, unit={self.unit!r})"

    def _fallback(self) -> str:
        from kltext import plots

        figure = plots.ratio_panel(self.p, self.q, labels=self.labels, base=self.base)
        return plots.to_svg(figure, alt=repr(self))
