"""What a question tree takes as a distribution and as names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import traitlets

from kltext.widgets._base import sequence

FEWEST, MOST = 2, 8
LETTERS = tuple("ABCDEFGH")
_ROUNDING = 1.5e-8  # how far a sum may be from one: kltext's own tolerance for float64


class PositiveLaw(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A tuple of 2 to 8 positive probabilities."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        name = self.name
        try:
            values = tuple(float(v) for v in sequence(name, value))
        except (TypeError, ValueError):
            raise traitlets.TraitError(f"{name} must hold numbers, got {value!r}") from None
        if not FEWEST <= len(values) <= MOST:
            raise traitlets.TraitError(f"{name} must have {FEWEST} to {MOST} outcomes, got {len(values)}")
        if bad := [v for v in values if not v > 0]:
            raise traitlets.TraitError(f"{name} must be positive, got {bad[0]!r}")
        if not abs(sum(values) - 1) <= _ROUNDING:
            raise traitlets.TraitError(f"{name} must sum to 1, got {sum(values)!r}")
        return values


class Labels(traitlets.TraitType[tuple[str, ...], Iterable[str]]):
    """A tuple of names."""

    def validate(self, obj: Any, value: Iterable[str]) -> tuple[str, ...]:
        names = sequence(self.name, value)
        if bad := [name for name in names if not isinstance(name, str)]:
            raise traitlets.TraitError(f"{self.name} must be texts, got {bad[0]!r}")
        return names
