"""``RatioMicroscope``: two discrete distributions under the hand, their log-ratio, and what it adds up to."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import PairWidget, bundle, sequence, short

__all__ = ["RatioMicroscope"]

FEWEST, MOST = 2, 12
_ROUNDING = 1.5e-8  # how far a sum may be from one: kltext's own tolerance for float64


class _Distribution(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A tuple of probabilities; anything that iterates over numbers is taken."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        name = self.name
        try:
            values = tuple(float(v) for v in sequence(name, value))
        except (TypeError, ValueError):
            raise traitlets.TraitError(f"{name} must hold numbers, got {value!r}") from None
        if not FEWEST <= len(values) <= MOST:
            raise traitlets.TraitError(f"{name} must have {FEWEST} to {MOST} outcomes, got {len(values)}")
        if bad := [v for v in values if not v >= 0]:
            raise traitlets.TraitError(f"{name} must be non-negative, got {bad[0]!r}")
        if not abs(sum(values) - 1) <= _ROUNDING:
            raise traitlets.TraitError(f"{name} must sum to 1, got {sum(values)!r}")
        return values


class _Labels(traitlets.TraitType[tuple[str, ...], Iterable[str]]):
    def validate(self, obj: Any, value: Iterable[str]) -> tuple[str, ...]:
        names = sequence(self.name, value)
        if bad := [name for name in names if not isinstance(name, str)]:
            raise traitlets.TraitError(f"{self.name} must be texts, got {bad[0]!r}")
        return names


class _Positions(traitlets.TraitType[tuple[int, ...], Iterable[int]]):
    def validate(self, obj: Any, value: Iterable[int]) -> tuple[int, ...]:
        positions = sequence(self.name, value)
        if bad := [i for i in positions if not isinstance(i, int) or isinstance(i, bool)]:
            raise traitlets.TraitError(f"{self.name} must be positions of outcomes, got {bad[0]!r}")
        return tuple(sorted(set(positions)))


def _letters(p: Iterable[float]) -> tuple[str, ...]:
    return tuple(string.ascii_uppercase[: len(sequence("p", p))])


class RatioMicroscope(PairWidget):
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

    p = _Distribution((0.9, 0.1), help="The distribution that weighs.").tag(sync=True)
    q = _Distribution((0.5, 0.5), help="The distribution that is charged.").tag(sync=True)
    labels = _Labels(("A", "B"), help="The outcomes' names; letters by default.").tag(sync=True)
    locked = _Positions((), help="Outcomes whose probabilities stay when others are moved.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.9, 0.1),
        q: Sequence[float] = (0.5, 0.5),
        labels: Sequence[str] | None = None,
        *,
        key: str = "microscope",
        **kwargs: Any,
    ) -> None:
        super().__init__(p=p, q=q, labels=_letters(p) if labels is None else labels, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New outcomes without names get letters, and nothing stays locked."""
        if "p" in traits and len(sequence("p", traits["p"])) != len(self.p):
            traits = {"labels": _letters(traits["p"]), "locked": (), **traits}
        super().set(**traits)

    @traitlets.validate("p", "q", "labels", "locked")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the outcomes must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        if name == "locked":
            if bad := [i for i in value if not 0 <= i < len(self.p)]:
                raise traitlets.TraitError(f"locked names outcome {bad[0]}, but there are only {len(self.p)}")
            return value
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
        def law(values: tuple[float, ...]) -> str:
            return ", ".join(f"{label} {short(value)}" for label, value in zip(self.labels, values, strict=True))

        return f"P = ({law(self.p)}), Q = ({law(self.q)})"

    def _fallback(self) -> str:
        from kltext import plots

        figure = plots.ratio_panel(self.p, self.q, labels=self.labels, base=self.base)
        alt = f"Two distributions, their log-ratio and its contributions. {self._laws()}. {self._in_words()}, in {self.unit}."
        return plots.to_svg(figure, alt=alt)
