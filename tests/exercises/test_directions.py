"""The exercises on forward and reverse: right values by other means, wrong ones by name, functions right and wrong."""

import math

import numpy as np
import pytest
from mpmath import exp, findroot, log, mp, mpf, pi, quad, sqrt
from scipy import integrate, optimize

from kltext import exercises

from .answers import Answers

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("dir-")}


def coin(a: mpf, b: mpf) -> mpf:
    return a * log(a / b) + (1 - a) * log((1 - a) / (1 - b))


def least(m: float, mean: float, std: float) -> float:
    """The least D(Q‖½N(±m, 1)) in the basin of that place, by adaptive integration and a simplex."""

    def log_p(x: float) -> float:
        return float(np.logaddexp(-((x - m) ** 2) / 2, -((x + m) ** 2) / 2)) - math.log(2 * math.sqrt(2 * math.pi))

    def divergence(at: np.ndarray) -> float:
        mean, std = at

        def term(z: float) -> float:
            return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * log_p(mean + std * z)

        return -float(integrate.quad(term, -10, 10, limit=200, epsabs=1e-13)[0]) - math.log(std) - math.log(2 * math.pi * math.e) / 2

    return float(optimize.minimize(divergence, (mean, std), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-15}).fun)


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        half = [quad(lambda x, k=k: 2 * x**k * exp(-x * x / 2) / sqrt(2 * pi), [0, 4, 40]) for k in (1, 2)]
        return {
            "dir-leave": -log(mpf("0.8")),
            "dir-moments": sqrt(mpf("0.2") * 16 + mpf("0.8") * 1 + mpf("0.2") * 4 + mpf("0.8") * 1),
            "dir-jump": mpf("1.4000411"),
            "dir-average": mpf(3) / 4,
            "dir-half": sqrt(half[1] - half[0] ** 2),
            "dir-meanfield": mpf("0.76"),
            "dir-zero": findroot(lambda a: coin(a, mpf("0.001")) - mpf("0.1"), mpf("0.04")),
            "dir-uniform": sqrt(3),
        }


def test_the_jump_is_where_both_minima_are_equally_good() -> None:
    m = 2 * NUMBERS["dir-jump"].right()
    assert least(m, 0.0, 2.6) - least(m, 2.77, 1.04) == pytest.approx(0, abs=1e-8)


def wrong_values() -> dict[str, dict[str, mpf]]:
    return {
        "dir-leave": {
            "D(P‖Q)": mp.inf, "not free": mpf(0), "left out": -log(mpf("0.2")),
            "(½, ½, 0)": (log(mpf(1)) + log(mpf(5) / 3)) / 2,
        },
        "dir-moments": {"variance": mpf("5.6"), "alone": sqrt(mpf("1.6")), "equal weights": sqrt(mpf("8.75")), "heavier mode": mpf(1), "about 0": sqrt(mpf("6.6"))},
        "dir-jump": {"spread 1": mpf("2.8000822"), "wrong way": mpf("5.6001644"), "second peak": mpf("0.5"), "begins to exist": mpf("1.206")},
        "dir-average": {"arithmetic": mpf("0.7"), "before it is normalised": sqrt(mpf("0.45")), "product": mpf("0.9")},
        "dir-half": {"variance": 1 - 2 / pi, "the mean": sqrt(2 / pi), "about 0": mpf(1), "not wider": sqrt(1 + 2 / pi)},
        "dir-meanfield": {"marginal": mpf(4), "other coordinate": mpf("0.19"), "square root": sqrt(mpf("0.76")), "precision": 1 / mpf("0.76"), "divergence": -log(mpf("0.19")) / 2},
        "dir-zero": {
            "bound": (mpf("0.1") + log(2)) / log(1000), "D(P‖Q)": findroot(lambda b: coin(mpf("0.001"), b) - mpf("0.1"), mpf("0.1")),
            "Pinsker": mpf("0.001") + sqrt(mpf("0.05")),
        },
        "dir-uniform": {"c²/3": mpf(1), "whole width": 2 * sqrt(3), "infinite": mp.inf, "That is c²": mpf(3)},
    }  # fmt: skip


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)
    rough = {"dir-jump": 1e-7, "begins to exist": 1e-3, "spread 1": 1e-7, "wrong way": 1e-7}


def geometric(teachers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    heard = weights > 0
    powers = np.prod(teachers[heard] ** weights[heard][:, None], axis=0)
    return powers / powers.sum()


def with_nan(teachers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    powers = np.exp(weights @ np.log(teachers))
    return powers / powers.sum()


def spoiling(teachers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    answer = geometric(teachers, weights)
    teachers[:] = 0
    return answer


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda t, w: w @ t, "other direction"),
        (lambda t, w: np.prod(t ** w[:, None], axis=0), "not normalised"),
        (with_nan, "0·log 0"),
        (lambda t, w: geometric(t, np.full(len(t), 1 / len(t))), "weights are left out"),
        (lambda t, w: geometric(t + 1e-12, w), "takes the veto away"),
        (lambda t, w: geometric(np.maximum(t, 1e-5), w), "takes the veto away"),
        (spoiling, ""),
        (lambda t, w: geometric(t, w)[:1], ""),
        (lambda t, w: None, ""),
    ],
)
def test_students(function: object, said: str) -> None:
    assert exercises.check("dir-students", geometric).passed
    report = exercises.check("dir-students", function)
    assert not report.passed
    assert said in (report.mistake or "")


def slopes(q: np.ndarray, p: np.ndarray) -> np.ndarray:
    (mean, std), (m, s) = q, p
    return np.array([(mean - m) / s**2, std / s**2 - 1 / std])


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda q, p: slopes(q, p) + [0, 1 / q[1]], "E log p alone"),
        (lambda q, p: slopes(q, p) * [1, q[1]], "log σ"),
        (lambda q, p: -slopes(q, p), "uphill"),
        (lambda q, p: np.array([(q[0] - p[0]) / q[1] ** 2, 1 / q[1] - (p[1] ** 2 + (q[0] - p[0]) ** 2) / q[1] ** 3]), "other direction"),
        (lambda q, p: slopes(q, p)[0], ""),
        (lambda q, p: None, ""),
    ],
)
def test_the_gradient(function: object, said: str) -> None:
    assert exercises.check("dir-bug", slopes).passed
    report = exercises.check("dir-bug", function)
    assert not report.passed
    assert said in (report.mistake or "")


def test_the_reviewed_gradient_fails_where_nothing_should_move() -> None:
    report = exercises.check("dir-bug", lambda q, p: slopes(q, p) + np.array([1e-17, 1 / q[1]]))
    assert report.failure is not None
    assert report.failure.got == "[0, 1]"  # rounding is not shown
