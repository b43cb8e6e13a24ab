"""The exercises on Rényi and Wasserstein: right values against many digits and enumeration, wrong ones by name, functions right and wrong."""

import math

import numpy as np
import pytest
from mpmath import inf, log, log10, mp, mpf, nsum, quad, sqrt, zeta
from scipy.optimize import linprog

from kltext import exercises

from .answers import Answers

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("renyi-")}


def laws(*rows: str) -> list[list[mpf]]:
    return [[mpf(x) for x in row.split()] for row in rows]


def kl(p: list[mpf], q: list[mpf]) -> mpf:
    return sum((a * log(a / b) for a, b in zip(p, q, strict=True) if a), mpf(0))


def power(p: list[mpf], q: list[mpf], a: mpf, b: mpf) -> mpf:
    return sum((x**a * y**b for x, y in zip(p, q, strict=True)), mpf(0))


def waiting(c: mpf | None = None) -> mpf:
    """Σ c·n⁻³ log(c·n⁻³·2ⁿ), by ζ and its derivative."""
    c = 1 / zeta(3) if c is None else c
    return c * (zeta(2) * log(2) + 3 * zeta(3, derivative=1) + log(c) * zeta(3))


def cheapest_plan() -> float:
    """The least mean distance over all plans, by a linear program."""
    km, evening, morning = [0, 1, 3, 7], [0.4, 0.2, 0.3, 0.1], [0.1, 0.4, 0.2, 0.3]
    costs = np.abs(np.subtract.outer(km, km)).ravel()
    cells = np.arange(16).reshape(4, 4)
    rows = [np.isin(np.arange(16), line) for line in [*cells, *cells.T]]
    return float(linprog(costs, A_eq=np.array(rows, dtype=float), b_eq=[*evening, *morning]).fun)


def narrowest(order: int) -> mpf:
    """Where p^order·q^(1 − order) stops being bounded: its exponent's curvature order − (order − 1)/σ² is 0."""
    low, high = mpf("0.1"), mpf(2)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if order - (order - 1) / middle**2 > 0 else (middle, high)
    return high


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        yes, no, coin, mirror = laws("0.75 0.25", "0.25 0.75", "0.9 0.1", "0.1 0.9")
        return {
            "renyi-weights": 1000 / power(*laws("0.5 0.5", "0.9 0.1"), 2, -1),
            "renyi-response": log(power(yes, no, 2, -1)),
            "renyi-bikes": mpf(cheapest_plan()),
            "renyi-wide": narrowest(4),
            "renyi-privacy": mpf("0.125") + 2 * sqrt(mpf("0.125") * log(100_000)),
            "renyi-chernoff": -log(min(power(coin, mirror, mpf(k) / 100, 1 - mpf(k) / 100) for k in range(101))),
            "renyi-limit": waiting(),
        }


def test_the_fourth_power_of_the_weight_is_finite_above_that_width_only() -> None:
    """∫ p⁴q⁻³ settles for a Q a little wider, and grows with its limits for one a little narrower."""

    def power_four(std: float, reach: int) -> mpf:
        return quad(lambda x: mp.exp(-(x**2) * (4 - 3 / mpf(std) ** 2) / 2), [-reach, 0, reach])

    least = NUMBERS["renyi-wide"].right()
    assert power_four(1.01 * least, 60) == pytest.approx(float(power_four(1.01 * least, 40)), rel=1e-6)
    assert power_four(0.99 * least, 60) > 10 * power_four(0.99 * least, 40)


def wrong_values() -> dict[str, dict[str, mpf]]:
    yes, no, fair, lopsided = laws("0.75 0.25", "0.25 0.75", "0.5 0.5", "0.9 0.1")
    ten = log(100_000)
    one = mpf("0.00125") + 2 * sqrt(mpf("0.00125") * ten)
    return {
        "renyi-weights": {
            "fair coin, weighted": 1000 / power(lopsided, fair, 2, -1),
            "under P": 1000 / power(fair, lopsided, 3, -2),
            "is missing": 1000 / (power(fair, lopsided, 2, -1) - 1),
            "exp D": 1000 * mpf("0.6"),
        },
        "renyi-response": {
            "That is χ²": mpf(4) / 3,
            "log χ²": log(mpf(4) / 3),
            "order 1": kl(yes, no),
            "order ∞": log(3),
            "averages (p/q)² under P": log(power(yes, no, 3, -2)),
            "logarithm is missing": mpf(7) / 3,
        },
        "renyi-bikes": {
            "one kilometre": mpf("0.6"),
            "total variation": mpf("0.4"),
            "whole road": mpf("2.8"),
            "from station 0": mpf("1.9"),
        },
        "renyi-wide": {
            "the variance": mpf("0.75"),
            "order 2": narrowest(2),
            "order 3": narrowest(3),
            "order 5": narrowest(5),
            "upside down": 1 / narrowest(4),
        },
        "renyi-privacy": {
            "single release": one,
            "adds up a hundred": 100 * one,
            "½": mpf("0.25") + 2 * sqrt(mpf("0.25") * ten),
            "base 10": mpf("0.125") + 2 * sqrt(mpf("0.125") * log10(100_000)),
            "order 2": mpf("0.25") + ten,
            "variance is 400": mpf("2.5") + 2 * sqrt(mpf("2.5") * ten),
        },
        "renyi-chernoff": {
            "order ½": -2 * log(mpf("0.6")),
            "Stein": mpf("0.8") * log(9),
            "Σ√pq": mpf("0.6"),
            "Jensen–Shannon": log(2) + mpf("0.9") * log(mpf("0.9")) + mpf("0.1") * log(mpf("0.1")),
        },
        "renyi-limit": {
            "constant c is missing": waiting(mpf(1)),
            "log c is missing": waiting() + log(zeta(3)),
            "D(Q‖P)": nsum(lambda n: mpf(2) ** -n * (log(zeta(3)) + 3 * log(n) - n * log(2)), [1, inf]),
        },
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


def charged(p: np.ndarray, q: np.ndarray) -> float:
    inside = p > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(p[inside] * np.log(p[inside] / q[inside])))


def renyi_2(p: object, q: object) -> float:
    a, b = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    inside = a > 0
    with np.errstate(divide="ignore"):
        return float(np.log(np.sum(a[inside] ** 2 / b[inside])))


def work(p: object, q: object) -> float:
    return float(np.abs(np.cumsum(np.asarray(p) - np.asarray(q))).sum())


@pytest.mark.parametrize(("id", "function"), [("renyi-bug", renyi_2), ("renyi-transport", work)])
def test_right_functions_pass(id: str, function: object) -> None:
    assert exercises.check(id, function).passed


def under_p(p: object, q: object) -> float:
    a, b = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    inside = a > 0
    with np.errstate(divide="ignore"):
        return float(np.log(np.sum(a[inside] * (a[inside] / b[inside]) ** 2)))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (under_p, "averaged under P"),
        (lambda p, q: renyi_2(q, p), "swapped"),
        (lambda p, q: math.exp(renyi_2(p, q)), "logarithm is missing"),
        (lambda p, q: math.exp(renyi_2(p, q)) - 1, "χ² itself"),
        (lambda p, q: renyi_2(p, q) / math.log(2), "base 2"),
        (charged, "order 1"),
        (lambda p, q: 0.0, ""),
    ],
)
def test_order_two(function: object, said: str) -> None:
    report = exercises.check("renyi-bug", function)
    assert not report.passed
    assert said in (report.mistake or "")


def test_the_reviewed_function_exceeds_the_largest_log_ratio() -> None:
    report = exercises.check("renyi-bug", under_p)
    assert "✗ is at most the largest log-ratio" in repr(report) and "✓ is never negative" in repr(report)
    assert report.failure is not None and report.failure.got.startswith("1.386")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda p, q: np.abs(p - q).sum() / 2, "total variation"),
        (lambda p, q: work(p, q) / 2, "half of it"),
        (lambda p, q: np.cumsum(np.abs(p - q)).sum(), "too early"),
        (lambda p, q: abs(np.arange(len(p)) @ (p - q)), "two means"),
        (lambda p, q: np.abs(np.cumsum(p - q)).max(), "largest difference"),
        (lambda p, q: np.abs(np.cumsum(p - q)).mean(), "mean over the places"),
        (lambda p, q: np.cumsum(p - q).sum(), "sign"),
        (lambda p, q: None, ""),
    ],
)
def test_the_work_of_moving(function: object, said: str) -> None:
    report = exercises.check("renyi-transport", function)
    assert not report.passed
    assert said in (report.mistake or "")
