"""The exercises on the ELBO: right values against enumeration and integrals, wrong ones by name, functions right and wrong."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from mpmath import exp, log, mp, mpf, pi, quad, sqrt

from kltext import exercises

from .answers import Answers, precise

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("elbo-")}
JOINT, Q = [mpf("0.1"), mpf("0.06"), mpf("0.04")], [mpf("0.6"), mpf("0.3"), mpf("0.1")]
LINE = [-12, -4, -1, 0, 1, 4, 12]


def normal(x: mpf, mean: mpf, variance: mpf) -> mpf:
    return exp(-((x - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)


def expected(weights: list[mpf], values: list[mpf]) -> mpf:
    return sum(w * v for w, v in zip(weights, values, strict=True))


def divergence(mean_p: mpf, var_p: mpf, mean_q: mpf, var_q: mpf) -> mpf:
    """D between two normal laws, by integration."""

    def term(x: mpf) -> mpf:
        log_ratio = log(var_q / var_p) / 2 + (x - mean_q) ** 2 / (2 * var_q) - (x - mean_p) ** 2 / (2 * var_p)
        return normal(x, mean_p, var_p) * log_ratio

    return quad(term, LINE)


def gap_by_evidence(x: mpf, noise: mpf, mean: mpf, variance: mpf) -> mpf:
    """log p(x) minus the bound, both by integration over z, for z ~ N(0, 1) and x given z ~ N(z, noise)."""
    evidence = log(quad(lambda z: normal(z, mpf(0), mpf(1)) * normal(x, z, noise), LINE))

    def log_weight(z: mpf) -> mpf:
        log_joint = -(z**2) / 2 - (x - z) ** 2 / (2 * noise) - log(2 * pi) - log(noise) / 2
        return log_joint + (z - mean) ** 2 / (2 * variance) + log(2 * pi * variance) / 2

    return evidence - quad(lambda z: normal(z, mean, variance) * log_weight(z), LINE)


def two_draws() -> mpf:
    weights = [mpf("0.6"), mpf("0.2")]
    return sum(log((a + b) / 2) for a in weights for b in weights) / 4


def evidence(theta_squared: mpf, x: int = 3) -> mpf:
    return log(normal(mpf(x), mpf(0), 1 + theta_squared))


def bound(theta_squared: mpf, x: int = 3) -> mpf:
    """At the best mean of q = N(m, 1)."""
    theta = sqrt(theta_squared)
    m = theta * x / (1 + theta_squared)
    return -(log(2 * pi) + (x - theta * m) ** 2 + theta_squared + m**2) / 2


def independent() -> dict[str, mpf]:
    with mp.workdps(25):
        return {
            "elbo-bound": expected(Q, [log(j / q) for j, q in zip(JOINT, Q, strict=True)]),
            "elbo-gap": gap_by_evidence(mpf(1), mpf("0.5"), mpf(0), mpf(1)),
            "elbo-two-weights": two_draws(),
            "elbo-coins": mpf("1.6") / mpf("1.8"),
            # the gap is quadratic in x: its mean under N(0, 2) is its value at √2
            "elbo-encoder": gap_by_evidence(sqrt(2), mpf(1), sqrt(2) / 4, mpf("0.5")),
            "elbo-samples": quad(lambda z: normal(z, mpf("0.8"), mpf("0.2")) * (-z + 4 * (1 - z)) ** 2, LINE) / mpf("0.01"),
            "elbo-narrow": evidence(mpf(8)) - evidence(mpf(2)),
        }


def test_the_optima_of_the_challenge_are_optima() -> None:
    for t in (mpf(1), mpf("1.9"), mpf("2.1"), mpf(8)):
        assert bound(t) < bound(mpf(2))
    for t in (mpf(2), mpf("7.9"), mpf("8.1"), mpf(20)):
        assert evidence(t) < evidence(mpf(8))


def wrong_values() -> dict[str, dict[str, mpf]]:
    third = mpf(1) / 3
    return {
        "elbo-bound": {
            "the evidence": log(mpf("0.2")),
            "the energy": expected(Q, [log(j) for j in JOINT]),
            "the gap": log(mpf("0.2")) - precise(independent)["elbo-bound"],
            "under the posterior": expected([5 * j for j in JOINT], [log(j / q) for j, q in zip(JOINT, Q, strict=True)]),
        },
        "elbo-gap": {
            "from the prior": mpf(0),
            "of the posterior from q": divergence(2 * third, third, mpf(0), mpf(1)),
            "as a standard deviation": gap_by_evidence(mpf(1), mpf("0.25"), mpf(0), mpf(1)),
            "what the mean costs": 2 * third,
        },
        "elbo-two-weights": {
            "one weight": (log(mpf("0.6")) + log(mpf("0.2"))) / 2,
            "the evidence": log(mpf("0.4")),
            "count twice": (log(mpf("0.6")) + log(mpf("0.4")) + log(mpf("0.2"))) / 3,
            "their sum": two_draws() + log(2),
        },
        "elbo-coins": {"likelier coin": mpf(1), "other coin": mpf("0.4") / mpf("2.2"), "E-step": mpf("0.8"), "all tosses": mpf("0.4")},
        "elbo-encoder": {
            "variance 1": mpf(1) / 16,
            "Twice": mpf("0.25"),
            "mean 0": gap_by_evidence(sqrt(2), mpf(1), mpf(0), mpf("0.5")),
        },
        "elbo-samples": {
            "as a standard deviation": mpf(1700),
            "alone": mpf(16) / 5 * 100,
            "square root": sqrt(5) * 10,
            "the prior": quad(lambda z: normal(z, mpf("0.8"), mpf(1)) * (-z + 4 * (1 - z)) ** 2, LINE) * 100,
        },
        "elbo-narrow": {
            "compares the bounds": bound(mpf(2)) - bound(mpf(8)),
            "together": evidence(mpf(8)) - bound(mpf(2)),
            "x = 2": evidence(mpf(3), 2) - evidence(mpf(1), 2),
        },
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


def by_sum(joint: np.ndarray, q: np.ndarray) -> float:
    total = 0.0
    for a, b in zip(joint.tolist(), q.tolist(), strict=True):
        if b > 0:
            total += b * (math.log(a / b) if a > 0 else -math.inf)
    return total


def energy(joint: np.ndarray, q: np.ndarray) -> float:
    return sum(b * math.log(a) if a > 0 else -math.inf for a, b in zip(joint.tolist(), q.tolist(), strict=True) if b > 0)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda joint, q: np.sum(q * np.log(joint / q)), "0·log"),
        (lambda joint, q: np.sum(q * (np.log(joint) - np.log(q))), "0·log"),
        (energy, "energy"),
        (lambda joint, q: energy(joint, q) + sum(b * math.log(b) for b in q if b > 0), "sign of the entropy"),
        (lambda joint, q: by_sum(joint / joint.sum(), q), "normalised"),
        (lambda joint, q: by_sum(joint, q) / math.log(2), "base 2"),
        (lambda joint, q: -by_sum(joint, q), "loss"),
        (lambda joint, q: by_sum(np.maximum(joint, 1e-12), q), "lifted"),
        (lambda joint, q: np.sum(q * np.log((joint + 1e-12) / (q + 1e-12))), "lifted"),
        (lambda joint, q: by_sum(np.where(joint > 0, joint, q), q), "left out of the average"),
        (lambda joint, q: math.log(joint.sum()), "the evidence"),
        (lambda joint, q: 1.0, ""),
    ],
)
def test_the_bound(function: Callable[..., float], said: str) -> None:
    assert exercises.check("elbo-implement", by_sum).passed
    report = exercises.check("elbo-implement", function)
    assert not report.passed
    assert said in (report.mistake or "")


def log_mean(log_w: np.ndarray) -> float:
    top = float(log_w.max())
    return top + math.log(sum(math.exp(v - top) for v in log_w) / len(log_w))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda w: w.max() + np.mean(np.log(np.exp(w - w.max()))), "mean of the logarithms"),
        (lambda w: log_mean(w) + math.log(len(w)), "log K is not subtracted"),
        (lambda w: log_mean(w) - math.log(len(w)), "subtracted twice"),
        (lambda w: float(w.max()), "largest weight"),
        (lambda w: log_mean(w) - w.max(), "not put back"),
        (lambda w: w.max() + np.mean(np.exp(w - w.max())), "still needs"),
        (lambda w: np.log(np.mean(np.exp(w))), "underflow"),
    ],
)
def test_the_importance_weighted_bound(function: Callable[..., float], said: str) -> None:
    assert exercises.check("elbo-bug", log_mean).passed
    report = exercises.check("elbo-bug", function)
    assert not report.passed
    assert said in (report.mistake or "")


def gradient(logits: np.ndarray, log_joint: np.ndarray) -> np.ndarray:
    """By the Jacobian of the softmax, which the reference does not form."""
    q = np.exp(logits) / np.exp(logits).sum()
    slopes = log_joint - np.log(q) - 1  # of Σ q (log p − log q) in q
    return (np.diag(q) - np.outer(q, q)) @ slopes


def softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda v, j: softmax(v) * (j - np.log(softmax(v))), "not subtracted"),
        (lambda v, j: -gradient(v, j), "sign"),
        (lambda v, j: (np.diag(softmax(v)) - np.outer(softmax(v), softmax(v))) @ j, "entropy"),
        (lambda v, j: softmax(v) * (j - np.log(softmax(v)) - np.mean(j - np.log(softmax(v)))), "without the weights"),
        (lambda v, j: gradient(v, j) / softmax(v), "factor q"),
        (lambda v, j: softmax(v) * (j - np.log(softmax(v)) - 1), "average of the slope"),
        (lambda v, j: j - np.log(softmax(v)) - 1, "from the logits to q"),
        (lambda v, j: softmax(j) - softmax(v), "posterior minus q"),
        (lambda v, j: float(gradient(v, j)[0]), ""),
    ],
)
def test_the_gradient(function: Callable[..., object], said: str) -> None:
    assert exercises.check("elbo-logits", gradient).passed
    report = exercises.check("elbo-logits", function)
    assert not report.passed
    assert said in (report.mistake or "")
