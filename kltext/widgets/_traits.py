"""What widgets take from Python: every wrong value is refused in a sentence that names the trait and the value."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable
from typing import Any

import traitlets

from kltext.widgets._base import sequence

_ROUNDING = 1.5e-8  # how far a sum may be from one: kltext's own tolerance for float64


def numbers(name: str | None, value: Iterable[float]) -> tuple[float, ...]:
    """The values as floats, or a TraitError."""
    try:
        return tuple(float(v) for v in sequence(name, value))
    except (TypeError, ValueError):
        raise traitlets.TraitError(f"{name} must hold numbers, got {value!r}") from None


def counted(name: str | None, values: tuple[Any, ...], fewest: int, most: int, noun: str) -> None:
    """A TraitError unless there are as many values as allowed."""
    if not fewest <= len(values) <= most:
        raise traitlets.TraitError(f"{name} must have {fewest} to {most} {noun}, got {len(values)}")


class Finite(traitlets.TraitType[float, float]):
    """A finite number; a positive one on request."""

    def __init__(self, default: float, *, positive: bool = False, **kwargs: Any) -> None:
        super().__init__(default, **kwargs)
        self.positive = positive

    def validate(self, obj: Any, value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise traitlets.TraitError(f"{self.name} must be a number, got {value!r}") from None
        if not math.isfinite(number):
            raise traitlets.TraitError(f"{self.name} must be finite, got {number!r}")
        if self.positive and number <= 0:
            raise traitlets.TraitError(f"{self.name} must be positive, got {number!r}")
        return number


class Law(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A tuple of probabilities, on request all positive; anything that iterates over numbers is taken."""

    def __init__(self, default: tuple[float, ...], *, most: int = 12, positive: bool = False, **kwargs: Any) -> None:
        super().__init__(default, **kwargs)
        self.most, self.positive = most, positive

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        values = numbers(self.name, value)
        counted(self.name, values, 2, self.most, "outcomes")
        if bad := [v for v in values if not (v > 0 if self.positive else v >= 0)]:
            raise traitlets.TraitError(f"{self.name} must be {'positive' if self.positive else 'non-negative'}, got {bad[0]!r}")
        if not abs(sum(values) - 1) <= _ROUNDING:
            raise traitlets.TraitError(f"{self.name} must sum to 1, got {sum(values)!r}")
        return values


class Probabilities(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A tuple of numbers between 0 and 1, which need not sum to 1."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        values = numbers(self.name, value)
        if bad := [v for v in values if not 0 <= v <= 1]:
            raise traitlets.TraitError(f"{self.name} must lie between 0 and 1, got {bad[0]!r}")
        return values


class Names(traitlets.TraitType[tuple[str, ...], Iterable[str]]):
    """A tuple of texts."""

    def validate(self, obj: Any, value: Iterable[str]) -> tuple[str, ...]:
        names = sequence(self.name, value)
        if bad := [name for name in names if not isinstance(name, str)]:
            raise traitlets.TraitError(f"{self.name} must be texts, got {bad[0]!r}")
        return names


class Positions(traitlets.TraitType[tuple[int, ...], Iterable[int]]):
    """A tuple of positions, each once and in order."""

    def validate(self, obj: Any, value: Iterable[int]) -> tuple[int, ...]:
        positions = sequence(self.name, value)
        if bad := [i for i in positions if not isinstance(i, int) or isinstance(i, bool)]:
            raise traitlets.TraitError(f"{self.name} must be positions of outcomes, got {bad[0]!r}")
        return tuple(sorted(set(positions)))


def letters(count: int) -> tuple[str, ...]:
    """A, B, C, …: the names of outcomes that have none."""
    return tuple(string.ascii_uppercase[:count])
