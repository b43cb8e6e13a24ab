"""The exercises on Gaussians: right values against fifty digits and integrals, wrong ones by name, functions right and wrong."""

import math

import numpy as np
import pytest
from mpmath import exp, inf, log, mp, mpf, nsum, pi, quad, sqrt

from kltext import exercises

from .answers import Answers, precise

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("gau-")}


def normal(x: mpf, mean: str | mpf, std: str | mpf) -> mpf:
    return exp(-(((x - mpf(mean)) / mpf(std)) ** 2) / 2) / (mpf(std) * sqrt(2 * pi))


def gaussian(mean_p: str, std_p: str | mpf, mean_q: str = "0", std_q: str | mpf = "1") -> mpf:
    """D by integration."""
    m, s = mpf(mean_p), mpf(std_p)

    def term(x: mpf) -> mpf:
        return normal(x, m, s) * (log(normal(x, m, s)) - log(normal(x, mean_q, std_q)))

    return quad(term, [m - 14 * s, m - 4 * s, m, m + 4 * s, m + 14 * s])


def uniform_to(std: mpf) -> mpf:
    return quad(lambda x: (log(mpf(1) / 6) - log(normal(x, "3", std))) / 6, [0, 3, 6])


def geometric(a: mpf, b: mpf) -> mpf:
    return nsum(lambda x: a * (1 - a) ** x * (log(a * (1 - a) ** x) - log(b * (1 - b) ** x)), [0, inf])


def poisson(a: int, b: int) -> mpf:
    return b - a + a * log(mpf(a) / b)


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        return {
            "gau-variance": gaussian("1", "2"),
            "gau-latent": gaussian("1", "1") + gaussian("0", exp(mpf("-0.5"))) + gaussian("-1", exp(mpf("0.5"))),
            "gau-alarm": log(100) / (mpf("0.6") ** 2 / (2 * mpf("0.4"))),  # the difference has variance 2 − 1.6
            "gau-geometric": geometric(mpf("0.5"), mpf("0.2")),
            "gau-nearest": uniform_to(sqrt(3)),
            "gau-detour": mpf("0.2") + poisson(4, 6),
            "gau-step": mpf("0.05") * sqrt(mpf("0.02")),
            "gau-even": quad(lambda rate: 1 / sqrt(rate), [100, 144]) ** 2 / 2,  # the length in units of the information
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    latent = precise(independent)["gau-latent"]
    alarm = precise(independent)["gau-alarm"]
    coin = (log(mpf("2.5")) + log(mpf("0.5") / mpf("0.8"))) / 2
    return {
        "gau-variance": {
            "used as a standard deviation": gaussian("1", "4"),
            "D(Q‖P)": gaussian("0", "1", "1", "2"),
            "½": 2 * gaussian("1", "2"),
            "what the spread costs": gaussian("0", "2"),
        },
        "gau-latent": {
            "log-variance was used": gaussian("1", "1") + gaussian("0", exp(-1)) + gaussian("-1", exp(1)),
            "mean over": latent / 3,
            "½": 2 * latent,
            "means cost": mpf(1),
        },
        "gau-alarm": {
            "leaves the correlation out": log(100) / mpf("0.09"),
            "both metrics rising": log(100) / (mpf("0.6") ** 2 / (2 * mpf("3.6"))),
            "½": alarm / 2,
            "in bits": alarm / log(2),
        },
        "gau-geometric": {"D(Q‖P)": geometric(mpf("0.2"), mpf("0.5")), "one trial": coin},
        "gau-nearest": {"3 is the variance": uniform_to(mpf(3)), "standard normal": uniform_to(mpf(1))},
        "gau-detour": {
            "wrong way": mpf("0.2") + poisson(6, 4),
            "alone": poisson(4, 6),
            "squares": sqrt(mpf("0.04") + poisson(4, 6) ** 2),
        },
        "gau-step": {"½": mpf("0.005"), "σ = 1": sqrt(mpf("0.02")), "its square": mpf("0.00005")},
        "gau-even": {
            "exact divergence": poisson(100, 144),
            "in the rate itself": mpf(1936) / 200,
            "logarithm of the rate": 50 * log(mpf("1.44")) ** 2,
            "½": mpf(16),
            "factor is missing": mpf(2),
        },
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


def right(mean: np.ndarray, log_var: np.ndarray) -> float:
    return float(np.sum(mean**2 + np.exp(log_var) - 1 - log_var) / 2)


@pytest.mark.parametrize("id", ["gau-implement", "gau-bug"])
@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda m, v: right(m, 2 * v), "logarithm of the standard deviation"),
        (lambda m, v: right(m, v) / len(m), "averaged"),
        (lambda m, v: 2 * right(m, v), "½"),
        (lambda m, v: -right(m, v), "sign"),
        (lambda m, v: float(np.sum((1 + m**2) / np.exp(v) - 1 + v) / 2), "other direction"),
        (lambda m, v: float(np.sum(m**2 + np.exp(v) - 1 - v / 2) / 2), "half as large"),
        (lambda m, v: 0.0, ""),
        (lambda m, v: None, ""),
    ],
)
def test_the_kl_term(id: str, function: object, said: str) -> None:
    assert exercises.check(id, right).passed
    report = exercises.check(id, function)
    assert not report.passed
    assert said in (report.mistake or "")


def test_the_first_failure_of_the_reviewed_function_is_negative() -> None:
    report = exercises.check("gau-bug", lambda m, v: float(np.sum(m**2 + np.exp(v) - 1 - v / 2) / 2))
    assert report.failure is not None
    assert "≥ 0" in report.failure.expected and report.failure.got.startswith("-0.066")


def full(mean_p: np.ndarray, cov_p: np.ndarray, mean_q: np.ndarray, cov_q: np.ndarray) -> float:
    delta = mean_p - mean_q
    logs = np.linalg.slogdet(cov_p)[1] - np.linalg.slogdet(cov_q)[1]
    return float(np.trace(np.linalg.solve(cov_q, cov_p)) - len(delta) - logs + delta @ np.linalg.solve(cov_q, delta)) / 2


def by_determinants(mean_p: np.ndarray, cov_p: np.ndarray, mean_q: np.ndarray, cov_q: np.ndarray) -> float:
    delta = mean_p - mean_q
    logs = np.log(np.linalg.det(cov_p) / np.linalg.det(cov_q))
    return float(np.trace(np.linalg.solve(cov_q, cov_p)) - len(delta) - logs + delta @ np.linalg.solve(cov_q, delta)) / 2


def test_full_covariances() -> None:
    assert exercises.check("gau-determinant", full).passed
    assert "other direction" in (exercises.check("gau-determinant", lambda a, b, c, d: full(c, d, a, b)).mistake or "")
    assert "½" in (exercises.check("gau-determinant", lambda *a: 2 * full(*a)).mistake or "")
    report = exercises.check("gau-determinant", by_determinants)
    assert not report.passed and report.failure is not None
    assert "e-170" in str(report) and math.isnan(float(report.failure.got))
    assert not exercises.check("gau-determinant", lambda a, b, c, d: full(a, np.diag(np.diag(b)), c, d)).passed
