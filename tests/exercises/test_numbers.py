"""Exercises answered by a number: right values against independent ones, wrong values apart from them and from each other."""

import itertools
import math

import pytest
from mpmath import exp, inf, log, mp, mpf, pi, quad, sqrt

from kltext import exercises
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.registry import Registry

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers()}


def kl(p: list[str], q: list[str]) -> mpf:
    """D(P‖Q) at fifty digits, straight from the definition."""
    terms = [(mpf(a), mpf(b)) for a, b in zip(p, q, strict=True)]
    return sum((a * log(a / b) if b else inf) for a, b in terms if a)


def gaussian_kl_by_quadrature() -> mpf:
    """D(N(0, 1)‖N(0, 4)) as the integral it is."""

    def density(x: mpf, variance: int) -> mpf:
        return exp(-x * x / (2 * variance)) / sqrt(2 * pi * variance)

    return quad(lambda x: density(x, 1) * log(density(x, 1) / density(x, 4)), [-12, -4, 0, 4, 12])


def correlated_kl_by_eigenvalues() -> mpf:
    """D(N(0, Σ)‖N(0, I)) along the two axes of Σ, whose variances are 1 ± 0.8."""
    return sum((variance - 1 - log(variance)) / 2 for variance in (mpf("1.8"), mpf("0.2")))


def independent() -> dict[str, mpf]:
    with mp.workdps(50):
        return {
            "kl-warm-coin": kl(["0.9", "0.1"], ["0.5", "0.5"]) / log(2),
            "kl-infinite": mpf("0.8") * log(mpf(8) / 7),
            "kl-evidence-clock": log(100) / kl(["0.75", "0.25"], ["0.5", "0.5"]),
            "kl-chain": kl(["0.45", "0.05", "0.1", "0.4"], ["0.3", "0.3", "0.2", "0.2"]),
            "kl-gauss": gaussian_kl_by_quadrature(),
            "kl-triangle": kl(["0.5", "0.5"], ["0.1", "0.9"])
            - kl(["0.5", "0.5"], ["0.25", "0.75"])
            - kl(["0.25", "0.75"], ["0.1", "0.9"]),
            "kl-bits-lost": inf,
            "kl-mvn": correlated_kl_by_eigenvalues(),
        }


def test_every_exercise_has_an_independent_value() -> None:
    assert independent().keys() == NUMBERS.keys()


@pytest.mark.parametrize("id", NUMBERS)
def test_right_value(id: str) -> None:
    expected = independent()[id]
    right = NUMBERS[id].right()
    assert right == float(expected) if expected == inf else math.isclose(right, float(expected), rel_tol=1e-13)


@pytest.mark.parametrize("id", NUMBERS)
def test_wrong_answers_are_apart(id: str) -> None:
    exercise = NUMBERS[id]
    values = [exercise.right(), *(value for value, _ in exercise.rivals())]
    assert len(exercise.wrong) >= 4
    for a, b in itertools.combinations(values, 2):
        if math.isinf(a) or math.isinf(b):
            assert a != b
        else:
            assert abs(a - b) > exercise.tolerance * (abs(a) + abs(b)), (a, b)


@pytest.mark.parametrize(
    ("id", "value", "says"),
    [
        ("kl-warm-coin", 0.7369655941662061, "D(Q‖P)"),
        ("kl-warm-coin", 0.3680642071684971, "nats"),
        ("kl-infinite", math.inf, "D(P‖Q)"),
        ("kl-infinite", -0.0934719749, "dropped"),
        ("kl-evidence-clock", 24.4018685759, "mixed"),
        ("kl-chain", 0.3183474, "averaged with Q(x)"),
        ("kl-gauss", 0.9175443611199, "standard deviation"),
        ("kl-gauss", 0.8068528194401, "D(Q‖P)"),
        ("kl-gauss", 0.4431471805599, "¼"),
        ("kl-triangle", 0.2361725515990, "way over Q"),
        ("kl-bits-lost", 0.1053605156578, "before smoothing"),
        ("kl-bits-lost", 0.8049835, "10⁻¹²"),
        ("kl-mvn", 1.0216512475319814, "½"),
        ("kl-mvn", 0.0, "variances alone"),
    ],
)
def test_named_wrong_answers_have_the_values_that_readers_get(id: str, value: float, says: str) -> None:
    messages = [
        message for wrong, message in NUMBERS[id].rivals() if wrong == value or math.isclose(wrong, value, rel_tol=1e-6)
    ]
    assert len(messages) == 1
    assert says in messages[0]


def test_automatic_wrong_answers() -> None:
    rivals = NumberExercise("x", lambda: 0.5, unit="bits", wrong=[Wrong("Swapped.", lambda: 0.8)]).rivals()
    values = {message: value for value, message in rivals}
    assert values == {
        "Swapped.": 0.8,
        "Right in size, but the sign is wrong.": -0.5,
        "Right in nats; bits are asked for.": 0.5 * math.log(2),
        "Swapped. It is also in nats, where bits are asked for.": 0.8 * math.log(2),
        "Right as a percentage; give the plain number, or write the % sign.": 50.0,
    }


def test_an_automatic_wrong_answer_gives_way_to_a_named_one() -> None:
    rivals = NumberExercise("x", lambda: 0.5, wrong=[Wrong("Mine.", lambda: -0.5)]).rivals()
    assert [message for value, message in rivals if value == -0.5] == ["Mine."]


def wrong_at(*values: float) -> NumberExercise:
    return NumberExercise("x", lambda: 0.5, wrong=[Wrong(f"at {value}", lambda value=value: value) for value in values])


@pytest.mark.parametrize(
    ("exercise", "names"),
    [
        (wrong_at(0.5), "the right answer"),
        (wrong_at(0.5009), "the right answer"),
        (wrong_at(0.3, 0.3005), r"at 0\.3\b"),
        (wrong_at(math.nan), "nan"),
        (NumberExercise("x", lambda: math.inf, wrong=[Wrong("same", lambda: math.inf)]), "the right answer"),
        (NumberExercise("x", lambda: 0.5, wrong=[Wrong("a", lambda: 0.0), Wrong("b", lambda: 4e-4)]), r"\(a\)"),
        (NumberExercise("x", lambda: math.nan), "nan"),
    ],
)
def test_answers_that_cannot_be_told_apart_are_refused(exercise: NumberExercise, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        exercise.rivals()


def test_wrong_answers_just_apart_are_kept() -> None:
    assert [value for value, _ in wrong_at(0.5011, 0.3, 0.3007).rivals()][:3] == [0.5011, 0.3, 0.3007]


def test_unknown_id_lists_what_is_near() -> None:
    with pytest.raises(ValueError, match="did you mean 'kl-gauss'"):
        exercises.number("kl-gaus")
    with pytest.raises(ValueError, match="the ids are kl-warm-coin, "):
        exercises.number("zzz")


def test_number_and_function_are_not_confused() -> None:
    with pytest.raises(ValueError, match="asks for a function"):
        exercises.number("kl-implement")
    with pytest.raises(ValueError, match="asks for a number"):
        exercises.check("kl-gauss", abs)


def test_an_id_is_used_once() -> None:
    twice = NumberExercise("x", lambda: 1.0)
    with pytest.raises(ValueError, match="two exercises"):
        Registry([[twice], [twice]])
