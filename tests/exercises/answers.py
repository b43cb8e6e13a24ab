"""What is asked of the numbers in every chapter's exercises, against values that kltext had no part in."""

import functools
import math
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from mpmath import mp, mpf


@functools.cache
def precise(values: Callable[[], Any]) -> Any:
    """What a function without arguments gives in thirty digits; asked once, since some search for it."""
    with mp.workdps(30):
        return values()


class Answers:
    """The tests of one chapter's numbers: a subclass says which they are and what they, and the known mistakes, should be."""

    numbers: ClassVar[dict[str, Any]]
    independent: Callable[[], dict[str, mpf]]
    wrong_values: Callable[[], dict[str, dict[str, mpf]]]
    rough: ClassVar[dict[str, float]] = {}
    """Relative tolerances where the value is searched for, by the exercise or by the words of the mistake."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "id" in metafunc.fixturenames:
            metafunc.parametrize("id", self.numbers)

    def test_right_values(self) -> None:
        expected = precise(self.independent)
        assert expected.keys() == self.numbers.keys()
        for id, exercise in self.numbers.items():
            assert exercise.right() == pytest.approx(float(expected[id]), rel=self.rough.get(id, 1e-12), abs=0), id

    def test_wrong_answers_have_the_values_that_readers_get(self, id: str) -> None:
        expected = precise(self.wrong_values)[id]
        known = self.numbers[id].wrong
        assert len(expected) == len(known)
        for (words, value), wrong in zip(expected.items(), known, strict=True):
            assert words in wrong.message, (words, wrong.message)
            close = pytest.approx(float(value), rel=self.rough.get(words, 1e-10), abs=1e-15)
            assert float(wrong.value()) == close, wrong.message

    def test_wrong_answers_are_apart_from_the_right_one_and_each_other(self, id: str) -> None:
        exercise = self.numbers[id]
        values = [exercise.right(), *(value for value, _ in exercise.rivals())]
        for i, a in enumerate(values):
            for b in values[:i]:
                endless = math.isinf(a) or math.isinf(b)
                assert a != b if endless else abs(a - b) > exercise.tolerance * max(abs(a), abs(b)), (a, b)
