"""Exercises whose answer is a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kltext.exercises.inputs import Input, simple_pairs
from kltext.exercises.mistakes import DIVERGENCE_IMITATIONS, DIVERGENCE_SYMPTOMS, Imitation, Symptom, recognise
from kltext.exercises.properties import Function, Property
from kltext.exercises.report import Failure, Report


@dataclass(frozen=True)
class FunctionExercise:
    """An exercise answered by a function: the properties it must have, and the mistakes worth naming.

    `reference` is the right function; it supplies what was expected where the reader's function raises.
    """

    id: str
    reference: Function
    properties: Sequence[Property]
    imitations: Sequence[Imitation] = DIVERGENCE_IMITATIONS
    symptoms: Sequence[Symptom] = DIVERGENCE_SYMPTOMS
    others: Sequence[Input] | None = None  # inputs on which imitations are compared; simple pairs unless given

    def check(self, function: Any) -> Report:
        """Try every property; report the smallest input on which one fails, and the mistake it looks like."""
        if not callable(function):
            raise TypeError(f"check({self.id!r}, …) needs a function, got {type(function).__name__}")
        failures = [(x, x.first_failure(function, self.reference)) for x in self.properties]
        verdicts = tuple((x.statement, failure is None) for x, failure in failures)
        found: list[Failure] = [failure for x, failure in failures if failure and not x.minor]
        found = found or [failure for _, failure in failures if failure]
        if not found:
            return Report(self.id, verdicts)
        smallest = min(found, key=lambda failure: failure.input.size())
        others = simple_pairs()[::4] if self.others is None else self.others
        mistake = recognise(function, self.reference, smallest, others, self.imitations, self.symptoms)
        return Report(self.id, verdicts, smallest, mistake)
