"""Finding an exercise by its id."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from kltext.exercises.functions import FunctionExercise
from kltext.exercises.numbers import NumberExercise


class Registry:
    """The exercises of all chapters, in the order of the book."""

    def __init__(self, chapters: Iterable[Iterable[NumberExercise | FunctionExercise]]) -> None:
        self._numbers: dict[str, NumberExercise] = {}
        self._functions: dict[str, FunctionExercise] = {}
        for exercise in (exercise for chapter in chapters for exercise in chapter):
            if exercise.id in self._numbers or exercise.id in self._functions:
                raise ValueError(f"two exercises have the id {exercise.id!r}")
            if isinstance(exercise, NumberExercise):
                self._numbers[exercise.id] = exercise
            else:
                self._functions[exercise.id] = exercise

    def numbers(self) -> list[NumberExercise]:
        """The exercises answered by a number."""
        return list(self._numbers.values())

    def functions(self) -> list[FunctionExercise]:
        """The exercises answered by a function."""
        return list(self._functions.values())

    def number(self, id: str) -> NumberExercise:
        """The exercise with this id, which must be one answered by a number."""
        if id in self._functions:
            raise ValueError(f"{id!r} asks for a function: use exercises.check({id!r}, your_function)")
        if id not in self._numbers:
            raise ValueError(self._unknown(id))
        return self._numbers[id]

    def function(self, id: str) -> FunctionExercise:
        """The exercise with this id, which must be one answered by a function."""
        if id in self._numbers:
            raise ValueError(f"{id!r} asks for a number: use exercises.number({id!r})")
        if id not in self._functions:
            raise ValueError(self._unknown(id))
        return self._functions[id]

    def _unknown(self, id: str) -> str:
        ids = [*self._numbers, *self._functions]
        near = get_close_matches(str(id), ids, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the ids are {', '.join(ids)}"
        return f"there is no exercise {id!r}; {hint}"
