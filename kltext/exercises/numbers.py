"""Exercises whose answer is a number, with the wrong answers worth recognising.

Right and wrong values are callables computed with kltext, never typed. To the named wrong answers the engine adds those
that can be made in any exercise: the other unit, the other sign, a percentage.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

NATS_PER_UNIT = {"nats": 1.0, "bits": math.log(2)}
OTHER_UNIT = {"nats": "bits", "bits": "nats"}


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that readers give, and what to say to it."""

    message: str
    value: Callable[[], float]


@dataclass(frozen=True)
class NumberExercise:
    """An exercise answered by a number, in nats, in bits, or in any other unit (a plain word), or without one.

    `tolerance` is relative. An infinite answer is right or wrong like any other. `otherwise` is said to a wrong answer that
    nothing else explains.
    """

    id: str
    answer: Callable[[], float]
    unit: str | None = None
    tolerance: float = 1e-3
    wrong: Sequence[Wrong] = ()
    otherwise: str = ""

    def right(self) -> float:
        """The right value."""
        return self._right

    @cached_property
    def _right(self) -> float:
        return float(self.answer())

    def rivals(self) -> list[tuple[float, str]]:
        """Every wrong value with its message: the named ones first, then the automatic ones that are not taken.

        Raises ValueError if a named wrong answer could be mistaken for the right one, or for another.
        """
        right = self.right()
        if math.isnan(right):
            raise ValueError(f"{self.id}: the right answer is nan")
        named = [(float(wrong.value()), wrong.message) for wrong in self.wrong]
        taken: list[tuple[float, str]] = [(right, "the right answer")]
        for value, message in named:
            for other, what in taken:
                if math.isnan(value) or self._coincide(value, other):
                    raise ValueError(
                        f"{self.id}: the wrong answer {value!r} ({message}) cannot be told from {other!r} ({what})"
                    )
            taken.append((value, message))
        for value, message in self._automatic(right, named):
            if not any(self._coincide(value, other) for other, _ in taken):
                taken.append((value, message))
        return taken[1:]

    def _automatic(self, right: float, named: list[tuple[float, str]]) -> list[tuple[float, str]]:
        found = [(-right, "Right in size, but the sign is wrong.")]
        if self.unit in NATS_PER_UNIT:
            other = OTHER_UNIT[self.unit]
            factor = NATS_PER_UNIT[self.unit] / NATS_PER_UNIT[other]
            found.append((right * factor, f"Right in {other}; {self.unit} are asked for."))
            found += [
                (value * factor, f"{message} It is also in {other}, where {self.unit} are asked for.")
                for value, message in named
            ]
        if abs(right) < 1:
            found.append((right * 100, "Right as a percentage; give the plain number, or write the % sign."))
        return found

    def _coincide(self, a: float, b: float) -> bool:
        """Whether one typed value could be accepted as both."""
        if math.isinf(a) or math.isinf(b):
            return a == b
        return abs(a - b) <= self._band(a) + self._band(b)

    def _band(self, value: float) -> float:
        """How far a typed value may be from this one. Zero has no relative band: it borrows that of the right answer."""
        right = abs(self.right())
        scale = abs(value) or (right if right and math.isfinite(right) else 1.0)
        return self.tolerance * scale
