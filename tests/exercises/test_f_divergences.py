"""The exercises on f-divergences: right values against many digits and enumeration, wrong ones by name, functions right and wrong."""

import math
from itertools import product

import numpy as np
import pytest
from mpmath import exp, findroot, log, mp, mpf, sqrt

from kltext import exercises

from .answers import Answers, precise

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("fdiv-")}


def laws(*rows: str) -> list[list[mpf]]:
    return [[mpf(x) for x in row.split()] for row in rows]


def kl(p: list[mpf], q: list[mpf]) -> mpf:
    return sum((a * log(a / b) for a, b in zip(p, q, strict=True) if a), mpf(0))


def best_guess(p: list[mpf], q: list[mpf]) -> mpf:
    """The best of all rules, tried one by one."""
    return max(sum((a if says else b) / 2 for a, b, says in zip(p, q, rule, strict=True)) for rule in product((0, 1), repeat=len(p)))


def entropy(*weights: mpf) -> mpf:
    return -sum((w * log(w, 2) for w in weights if w), mpf(0))


def least_triangular(variation: mpf) -> mpf:
    """The smallest Σ(p − q)²/(p + q) of two coins that differ by the total variation, by a search."""
    return min(variation**2 * (1 / (2 * q + variation) + 1 / (2 - 2 * q - variation)) for q in ((1 - variation) * mpf(k) / 400 for k in range(401)))


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        p, q, left, right, mixture = laws("0.5 0.3 0.2", "0.2 0.3 0.5", "0.4 0.6 0", "0 0.6 0.4", "0.2 0.6 0.2")
        rate = kl(*laws("0.5 0.5", "0.6 0.4"))
        return {
            "fdiv-guess": best_guess(p, q),
            "fdiv-impossible": (kl(left, mixture) + kl(right, mixture)) / 2,
            "fdiv-urn": 1 - mpf(5) / 8 * entropy(mpf("0.8"), mpf("0.2")),
            "fdiv-observations": findroot(lambda n: 1 - exp(-n * rate) - mpf("0.81"), 80),
            "fdiv-reward": 10 * sqrt(mpf("0.04")),
            "fdiv-triangle": least_triangular(mpf("0.6")),
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    right = precise(independent)
    fair, bent, white, mixture = laws("0.5 0.5", "0.6 0.4", "1 0", "0.625 0.375")
    rate = kl(fair, bent)
    return {
        "fdiv-guess": {"the advantage": mpf("0.3"), "without its ½": mpf("0.6"), "is wrong": mpf("0.35"), "without looking": mpf("0.5")},
        "fdiv-impossible": {
            "nothing in common": log(2),
            "one of the two prices": log(2) / 5,
            "without the ½": log(2) * mpf("0.8"),
            "laws share": log(2) * mpf("0.6"),
        },
        "fdiv-urn": {
            "root": sqrt(right["fdiv-urn"]),
            "from the divergence in nats": sqrt(right["fdiv-urn"] * log(2)),
            "total variation": mpf("0.75"),
            "first urn": kl(white, mixture) / log(2),
            "remains unknown": mpf(5) / 8 * entropy(mpf("0.8"), mpf("0.2")),
        },
        "fdiv-observations": {
            "Pinsker": mpf("1.62") / rate,
            "takes 0.95": -log(1 - mpf("0.95") ** 2) / rate,
            "D(Q‖P)": log(1 / mpf("0.19")) / kl(bent, fair),
            "TV is squared": log(10) / rate,
            "in bits": log(1 / mpf("0.19")) / rate * log(2),
        },
        "fdiv-reward": {
            "largest total variation": mpf("0.2"),
            "sum of |p − q|": mpf(4),
            "½ under the root": 10 * sqrt(mpf("0.08")),
            "root is missing": mpf("0.4"),
            "divergence itself": mpf("0.8"),
            "Bretagnolle": 10 * sqrt(1 - exp(-mpf("0.08"))),
            "0.08 for bits": 10 * sqrt(mpf("0.04") * log(2)),
        },
        "fdiv-triangle": {
            "the largest": mpf("1.2"),
            "Both are twice as large": mpf("0.36"),
            "TV for the sum of |p − q|, which": mpf("0.18"),
            "sum of p + q, which is 2": mpf("1.44"),
            "total variation": mpf("0.6"),
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


def js(p: object, q: object) -> float:
    a, b = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    return (charged(a, (a + b) / 2) + charged(b, (a + b) / 2)) / 2


def variation(p: object, q: object) -> float:
    return float(np.abs(np.asarray(p) - np.asarray(q)).sum() / 2)


@pytest.mark.parametrize(("id", "function"), [("fdiv-js", js), ("fdiv-bug", variation)])
def test_right_functions_pass(id: str, function: object) -> None:
    assert exercises.check(id, function).passed


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda p, q: (charged((p + q) / 2, p) + charged((p + q) / 2, q)) / 2, "does the weighing"),
        (lambda p, q: 2 * js(p, q), "½"),
        (lambda p, q: math.sqrt(max(js(p, q), 0)), "square root"),
        (lambda p, q: js(p, q) / math.log(2), "base 2"),
        (lambda p, q: charged(p, (p + q) / 2), "one of the two halves"),
        (lambda p, q: (charged(p, q) + charged(q, p)) / 2, "Jeffreys"),
        (lambda p, q: float(np.sum(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)))) / 2, "0·log 0"),
        (lambda p, q: None, ""),
    ],
)
def test_jensen_shannon(function: object, said: str) -> None:
    report = exercises.check("fdiv-js", function)
    assert not report.passed
    assert said in (report.mistake or "")


def averaged_where_q_is(p: object, q: object) -> float:
    a, b = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    inside = b > 0
    return float(np.sum(b[inside] * np.abs(a[inside] / b[inside] - 1)) / 2)


def with_the_whole_price(p: object, q: object) -> float:
    return averaged_where_q_is(p, q) + float(np.asarray(p, dtype=float)[np.asarray(q) == 0].sum())


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (averaged_where_q_is, "q = 0 are left out"),
        (lambda p, q: averaged_where_q_is(q, p), "p = 0 are left out"),
        (lambda p, q: np.abs(p - q)[(p > 0) & (q > 0)].sum() / 2, "both laws allow"),
        (with_the_whole_price, "½ per unit"),
        (lambda p, q: np.abs(p - q).sum(), "the ½ is missing"),
        (lambda p, q: np.abs(p - q).max(), "largest single difference"),
        (lambda p, q: np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2, "Hellinger"),
        (lambda p, q: abs(np.sum(p - q)) / 2, "after the sum"),
        (lambda p, q: None, ""),
    ],
)
def test_total_variation(function: object, said: str) -> None:
    report = exercises.check("fdiv-bug", function)
    assert not report.passed
    assert said in (report.mistake or "")


def test_the_reviewed_function_is_found_out_by_laws_without_a_common_outcome() -> None:
    report = exercises.check("fdiv-bug", averaged_where_q_is)
    assert "✗ is 1 for laws without a common outcome" in repr(report) and "✗ is the same in both directions" in repr(report)
    assert "✓ is zero when P = Q" in repr(report) and report.failure is not None and report.failure.got.startswith("0.5")
