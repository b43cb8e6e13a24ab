"""``AnswerBox``: a box that takes a number, says what it understood, and names the mistake behind a wrong one."""

from __future__ import annotations

import math
from typing import Any

import traitlets

from kltext.exercises.numbers import NumberExercise
from kltext.widgets._base import BookWidget, bundle


class AnswerBox(BookWidget):
    """The check of an exercise whose answer is a number; made by ``exercises.number(id)``.

    In a live notebook ``typed``, ``attempts`` and ``solved`` follow what the reader does, and ``typed`` can be set.

    >>> from kltext import exercises
    >>> exercises.number("kl-gauss")
    AnswerBox('kl-gauss', unit='nats', tolerance=0.001)
    """

    _esm = bundle("answer_box.js")
    _name = "answer_box"
    _state_traits = ("exercise", "unit", "tolerance", "answer", "wrong", "otherwise")

    exercise = traitlets.Unicode(help="The exercise's id.").tag(sync=True)
    unit = traitlets.Unicode("", help="The unit asked for; empty for a plain number.").tag(sync=True)
    tolerance = traitlets.Float(help="Relative tolerance.").tag(sync=True)
    answer = traitlets.Union([traitlets.Float(), traitlets.Unicode()], help="The right value.").tag(sync=True)
    wrong: traitlets.List[Any] = traitlets.List(help="Pairs of a wrong value and what to say to it.").tag(sync=True)
    otherwise = traitlets.Unicode("", help="What to say to a wrong value that nothing explains.").tag(sync=True)
    typed = traitlets.Unicode("", help="What stands in the box.").tag(sync=True)
    attempts = traitlets.Int(0, help="How many different wrong answers were tried.").tag(sync=True)
    solved = traitlets.Bool(False, help="Whether the right answer was given here.").tag(sync=True)

    def __init__(self, exercise: NumberExercise, **kwargs: Any) -> None:
        super().__init__(
            exercise=exercise.id,
            unit=exercise.unit or "",
            tolerance=exercise.tolerance,
            answer=_portable(exercise.right()),
            wrong=[[_portable(value), message] for value, message in exercise.rivals()],
            otherwise=exercise.otherwise,
            **kwargs,
        )

    def numbers(self) -> dict[str, float]:
        """None: the box shows no number before the reader types one."""
        return {}

    def __repr__(self) -> str:
        return f"AnswerBox({self.exercise!r}, unit={self.unit or None!r}, tolerance={self.tolerance})"

    def _fallback(self) -> str:
        return "<p>The check needs JavaScript; the solution below does not.</p>"


def _portable(value: float) -> float | str:
    """The value for JSON, which knows no infinity. Twelve digits, so that it reads the same on every machine."""
    return float(f"{value:.12g}") if math.isfinite(value) else str(value)
