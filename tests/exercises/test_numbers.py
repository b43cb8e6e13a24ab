"""Exercises answered by a number: right values against independent ones, wrong values apart from them and from each other."""

import itertools
import math

import pytest
from mpmath import exp, inf, log, mp, mpf, pi, quad, sqrt

from kltext import exercises
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.registry import Registry

ELSEWHERE = ("sur-", "dir-", "gau-", "elbo-", "vae-", "ppo-", "rlhf-", "fdiv-", "renyi-", "gan-", "fgan-")  # the chapters with a file of their own
NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if not exercise.id.startswith(ELSEWHERE)}


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


def laplace_by_the_flip() -> mpf:
    """Bits of five heads and then fifteen tails, each charged by Laplace's rule."""
    heads = sum(-log(mpf(h + 1) / (h + 2)) for h in range(5))
    tails = sum(-log(mpf(t + 1) / (5 + t + 2)) for t in range(15))
    return (heads + tails) / log(2)


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
            "xent-warm-code": mpf("0.25") * (1 + log(mpf(8) / 3) / log(2)) + mpf("1.5"),
            "xent-per-char": mpf("2.6") / log(2) / mpf("4.2"),
            "xent-bet": (mpf("0.7") * log(mpf("1.5")) + mpf("0.2") * log(mpf("0.9")) + mpf("0.1") * log(mpf("0.6"))) / log(2),
            "xent-ceiling": log(91),
            "xent-noise": -mpf("0.82") * log(mpf("0.82")) - mpf("0.18") * log(mpf("0.02")),
            "xent-ratio": 6 * log(mpf("1.2")) + log(mpf("0.5")),
            "xent-adaptive": laplace_by_the_flip() - 20 * (2 - mpf("0.75") * log(3) / log(2)),
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


def wrong_values() -> dict[str, dict[str, mpf]]:
    """For each exercise, a few words of every named wrong answer and its value, derived by hand."""
    thirds = [mpf(1) / 3] * 3
    fair, coin, biased = ["0.5", "0.5"], ["0.9", "0.1"], ["0.75", "0.25"]
    p_rows = [kl(["0.9", "0.1"], fair), kl(["0.2", "0.8"], fair)]
    x_term, y_term = kl(fair, ["0.6", "0.4"]), kl(["0.55", "0.45"], fair)
    heads, quarter, tenth = fair, ["0.25", "0.75"], ["0.1", "0.9"]
    smooth = [mpf(14) / 15, mpf(1) / 30, mpf(1) / 30]
    model = [mpf("0.9"), mpf("0.1"), mpf("1e-12")]
    smooth_model = [mpf("0.81") + mpf(1) / 30, mpf("0.09") + mpf(1) / 30, mpf(1) / 30]
    terms = [a * log(a / b) for a, b in zip(smooth, model, strict=True)]
    return {
        "kl-warm-coin": {
            "fair coin did the weighing": kl(fair, coin) / log(2),
            "entropy H(P)": -(mpf("0.9") * log(mpf("0.9")) + mpf("0.1") * log(mpf("0.1"))) / log(2),
            "cross-entropy": mpf(1),
            "without their weights": (log(mpf("1.8")) + log(mpf("0.2"))) / log(2),
        },
        "kl-infinite": {
            "That is D(P‖Q)": inf,
            "without the third outcome": mpf("0.7") * log(mpf(7) / 8),
            "rescaled": mpf(7) / 9 * log(mpf(35) / 36) + mpf(2) / 9 * log(mpf(10) / 9),
            "10⁻¹²": mpf("0.7") * log(mpf(7) / 8) + mpf("0.1") * log(mpf("1e11")),
        },
        "kl-evidence-clock": {
            "D(fair‖biased)": log(100) / kl(fair, biased),
            "log 100 in nats": log(100) * log(2) / kl(biased, fair),
            "log 100 in bits": log(100) / log(2) / kl(biased, fair),
            "log₁₀ 100 over a divergence in nats": 2 / kl(biased, fair),
            "log₁₀ 100 over a divergence in bits": 2 * log(2) / kl(biased, fair),
            "to double": log(2) / kl(biased, fair),
            "it is their logarithm": 100 / kl(biased, fair),
            "rounded up": mpf(36),
        },
        "kl-chain": {
            "averaged with Q(x)": x_term + mpf("0.6") * p_rows[0] + mpf("0.4") * p_rows[1],
            "added without weights": x_term + sum(p_rows),
            "marginals of x. What": x_term,
            "conditional term alone": sum(p_rows) / 2,
            "marginals of y: it": y_term,
            "as if x and y were independent": x_term + y_term,
            "That is D(Q‖P)": kl(["0.3", "0.3", "0.2", "0.2"], ["0.45", "0.05", "0.1", "0.4"]),
        },
        "kl-gauss": {
            "4 for the standard": log(4) + mpf(1) / 32 - mpf("0.5"),
            "wide law did the weighing": -log(2) + 2 - mpf("0.5"),
            "D(Q‖P), with 4": -log(4) + 8 - mpf("0.5"),
            "factor ½": 2 * log(2) + mpf("0.25") - 1,
            "½ was used": (log(4) - mpf("0.5")) / 2,
            "constant −½": log(2) + mpf("0.125"),
            "logarithm's share": mpf("-0.375"),
        },
        "kl-triangle": {
            "the direct way. Subtract": kl(heads, tenth),
            "Subtract it": kl(heads, quarter) + kl(quarter, tenth),
            "the other direction": kl(tenth, heads) - kl(tenth, quarter) - kl(quarter, heads),
            "D(Q‖R) is missing": kl(heads, tenth) - kl(heads, quarter),
            "D(P‖Q) is missing": kl(heads, tenth) - kl(quarter, tenth),
        },
        "kl-bits-lost": {
            "before smoothing": -log(mpf("0.9")),
            "10⁻¹²": sum(terms),
            "The model was smoothed": -log(smooth_model[0]),
            "Both laws": sum(a * log(a / b) for a, b in zip(smooth, smooth_model, strict=True)),
            "left out": terms[0] + terms[1],
        },
        "kl-mvn": {
            "That is D(Q‖P)": (2 / mpf("0.36") - 2 + log(mpf("0.36"))) / 2,
            "factor ½": -log(mpf("0.36")),
            "variances alone": mpf(0),
            "not 1 − 0.8": -log(mpf("0.2")) / 2,
            "k = 2": 1 - log(mpf("0.36")) / 2,
        },
        "xent-warm-code": {
            "H(Q,P)": mpf("0.5") * 2 + mpf("0.375") * 2 + mpf("0.125"),
            "D(P‖Q), the excess": kl(["0.25", "0.25", "0.5"], ["0.5", "0.375", "0.125"]) / log(2),
            "H(P), what": mpf("1.5"),
            "H(Q), what": mpf("0.5") + mpf("0.375") * log(mpf(8) / 3) / log(2) + mpf("0.375"),
            "rounded up": mpf("2.25"),
        },
        "xent-per-char": {
            "bits per token": mpf("2.6") / log(2),
            "Multiplied by": mpf("2.6") / log(2) * mpf("4.2"),
            "do not multiply": mpf("2.6") * log(2) / mpf("4.2"),
            "is a logarithm already": log(mpf("2.6")) / log(2) / mpf("4.2"),
            "perplexity": exp(mpf("2.6")),
        },
        "xent-bet": {
            "That is D(P‖Q)": kl(["0.7", "0.2", "0.1"], thirds) / log(2),
            "That is D(P‖B)": kl(["0.7", "0.2", "0.1"], ["0.5", "0.3", "0.2"]) / log(2),
            "That is D(B‖Q)": kl(["0.5", "0.3", "0.2"], thirds) / log(2),
            "logarithm of the mean factor": log(mpf("1.29")) / log(2),
        },
        "xent-ceiling": {
            "That is the probability": mpf("0.91"),
            "nine other classes only": log(81),
            "all of ε to one class": log(9),
            "its own share": log(90),
            "never reached": inf,
        },
        "xent-noise": {
            "A loss of 0": mpf(0),
            "surprise at the right label": -log(mpf("0.82")),
            "clean or redrawn": -mpf("0.8") * log(mpf("0.8")) - mpf("0.2") * log(mpf("0.2")),
            "0.82, not 0.8": -mpf("0.8") * log(mpf("0.8")) - mpf("0.2") * log(mpf("0.2") / 9),
            "log 10": log(10),
        },
        "xent-ratio": {
            "per observation": kl(["0.6", "0.3", "0.1"], ["0.5", "0.3", "0.2"]),
            "swapped": 10 * kl(["0.5", "0.3", "0.2"], ["0.6", "0.3", "0.1"]),
            "twice": 20 * kl(["0.6", "0.3", "0.1"], ["0.5", "0.3", "0.2"]),
            "of the given model. Subtract": -6 * log(mpf("0.5")) - 3 * log(mpf("0.3")) - log(mpf("0.2")),
            "of the best model. Subtract": -6 * log(mpf("0.6")) - 3 * log(mpf("0.3")) - log(mpf("0.1")),
        },
        "xent-adaptive": {
            "whole length": laplace_by_the_flip(),
            "best fixed coin pays": 20 * (2 - mpf("0.75") * log(3) / log(2)),
            "upper bound": log(21) / log(2),
            "growth rate": log(20) / log(2) / 2,
            "fair coin": laplace_by_the_flip() - 20,
        },
    }


@pytest.mark.parametrize("id", NUMBERS)
def test_named_wrong_answers_have_the_values_that_readers_get(id: str) -> None:
    with mp.workdps(50):
        expected = wrong_values()[id]
    assert len(expected) == len(NUMBERS[id].wrong)
    for (words, value), wrong in zip(expected.items(), NUMBERS[id].wrong, strict=True):
        assert words in wrong.message
        assert float(wrong.value()) == pytest.approx(float(value), rel=1e-11, abs=1e-15), wrong.message


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
    with pytest.raises(ValueError, match="the ids are .*kl-warm-coin, "):
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
