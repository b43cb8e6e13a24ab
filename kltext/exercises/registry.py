"""Finding an exercise by its id."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from kltext.exercises.functions import FunctionExercise
from kltext.exercises.numbers import NumberExercise

Exercise = NumberExercise | FunctionExercise


class Registry:
    """The exercises of all chapters."""

    def __init__(self, chapters: Iterable[Iterable[Exercise]]) -> None:
        self._exercises: dict[str, Exercise] = {}
        for exercise in (exercise for chapter in chapters for exercise in chapter):
            if exercise.id in self._exercises:
                raise ValueError(f"two exercises have the id {exercise.id!r}")
            self._exercises[exercise.id] = exercise

    def numbers(self) -> list[NumberExercise]:
        """The exercises answered by a number, in the order of the book."""
        return [x for x in self._exercises.values() if isinstance(x, NumberExercise)]

    def functions(self) -> list[FunctionExercise]:
        """The exercises answered by a function, in the order of the book."""
        return [x for x in self._exercises.values() if isinstance(x, FunctionExercise)]

    def number(self, id: str) -> NumberExercise:
        """The exercise with this id, which must be one answered by a number."""
        exercise = self._find(id)
        if not isinstance(exercise, NumberExercise):
            raise ValueError(f"{id!r} asks for a function: use exercises.check({id!r}, your_function)")
        return exercise

    def function(self, id: str) -> FunctionExercise:
        """The exercise with this id, which must be one answered by a function."""
        exercise = self._find(id)
        if not isinstance(exercise, FunctionExercise):
            raise ValueError(f"{id!r} asks for a number: use exercises.number({id!r})")
        return exercise

    def _find(self, id: str) -> Exercise:
        if id in self._exercises:
            return self._exercises[id]
        near = get_close_matches(str(id), self._exercises, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the ids are {', '.join(self._exercises)}"
        raise ValueError(f"there is no exercise {id!r}; {hint}")
