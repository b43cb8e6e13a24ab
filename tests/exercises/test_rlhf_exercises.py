"""The exercises on RLHF: right values against fifty digits, wrong ones by name, functions right and wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mpmath import exp, findroot, log, mp, mpf, sqrt

from kltext import exercises

from .answers import Answers

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("rlhf-")}
REFERENCE = [mpf(5) / 10, mpf(3) / 10, mpf(2) / 10]


def third(scale: mpf, reference: list[mpf] = REFERENCE) -> mpf:
    weights = [p * exp(scale * r) for p, r in zip(reference, (1, 2, 3), strict=True)]
    return weights[2] / sum(weights)


def forward() -> mpf:
    multiplier = findroot(lambda m: sum(p / (m - mpf(r) / 2) for p, r in zip(REFERENCE, (1, 2, 3), strict=True)) - 1, (mpf("1.9"), mpf("2.2")))
    return REFERENCE[2] / (multiplier - mpf(3) / 2)


def moved(p: mpf, q: mpf) -> mpf:
    return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


def sigmoid(x: mpf) -> mpf:
    return 1 / (1 + exp(-x))


PASS, RATE = 1 - mpf("0.7") ** 4, 1 - mpf("0.8") ** 5
FACTOR = RATE / (1 - RATE) * 4


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        return {
            "rlhf-tilt": third(mpf("0.5")),
            "rlhf-price": 2 / log(50),
            "rlhf-best": moved(PASS, mpf("0.3")),
            "rlhf-tokens": mpf("0.04") / 250,
            "rlhf-margin": sigmoid(mpf("0.1")),
            "rlhf-same": 1 / log(FACTOR),
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    return {
        "rlhf-tilt": {
            "leaves out the reference": third(mpf("0.5"), [mpf(1)] * 3),
            "multiplied": third(mpf(2)),
            "β = 1": third(mpf(1)),
            "not normalised": mpf("0.2") * exp(mpf("1.5")),
            "other direction": forward(),
        },
        "rlhf-price": {"1/β": log(50) / 2, "base 10": 2 / log(50, 10), "base 2": 2 / log(50, 2), "logarithm": mpf("0.04")},
        "rlhf-best": {
            "only a bound": log(4) - mpf(3) / 4,
            "reference from": moved(mpf("0.3"), PASS),
            "That is log n, the most": log(4),
            "passing alone": log(PASS / mpf("0.3")),
            "always passes": -log(mpf("0.3")),
        },
        "rlhf-tokens": {"sum over the tokens": mpf("0.04"), "wrong way": mpf(10), "square root": mpf("0.04") / sqrt(250)},
        "rlhf-margin": {
            "leaves out the reference": sigmoid(mpf("-0.4")),
            "leaves out β": sigmoid(1),
            "other preference": sigmoid(mpf("-0.1")),
            "the margin": mpf("0.1"),
            "loss": -log(sigmoid(mpf("0.1"))),
        },
        "rlhf-same": {
            "1/β": log(FACTOR),
            "compares probabilities": 1 / log(RATE * 5),
            "leaves out the reference": 1 / log(FACTOR / 4),
            "multiplied by n": 1 / log(5),
        },
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


Array = np.ndarray
Function = Callable[[Array, Array], Array]


def normalised(logs: Array) -> Array:
    return np.exp(logs - np.logaddexp.reduce(logs))


def by_logs(reference: Array, score: Array) -> Array:
    with np.errstate(divide="ignore"):
        return normalised(np.log(reference) + score)


def by_powers(reference: Array, score: Array) -> Array:
    return reference * np.exp(score) / (reference @ np.exp(score))


TILTS: dict[str, Function] = {
    "the reference is missing": lambda p, s: normalised(s),
    "not normalised": lambda p, s: p * np.exp(s),
    "subtracted": lambda p, s: by_logs(p, -s),
    "added to the score": lambda p, s: normalised(p + s),
}


def test_the_tilt_is_accepted_and_its_mistakes_are_named() -> None:
    assert exercises.check("rlhf-implement", by_logs).passed
    for words, mistake in TILTS.items():
        report = exercises.check("rlhf-implement", mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)


def test_a_tilt_by_powers_fails_only_where_they_overflow() -> None:
    failed = [statement for statement, holds in exercises.check("rlhf-implement", by_powers).verdicts if not holds]
    assert failed == ["works for scores in the thousands"]


def tuning(*, moving: bool = False, beta: float = 0.5) -> Function:
    def tune(reference: Array, reward: Array) -> Array:
        anchor = policy = np.log(reference)
        for _ in range(200):
            policy = policy + 0.2 * (reward - beta * (policy - anchor))
            policy = policy - np.logaddexp.reduce(policy)
            anchor = policy if moving else anchor
        return np.exp(policy)

    return tune


def test_the_moving_reference_is_named() -> None:
    assert exercises.check("rlhf-bug", tuning()).passed
    mistakes = {"moves along": tuning(moving=True), "β = 1": tuning(beta=1.0), "never leaves": lambda p, r: p}
    for words, mistake in mistakes.items():
        report = exercises.check("rlhf-bug", mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)


def in_reward(k: Callable[[Array], Array]) -> Function:
    def gradient(logits: Array, reference: Array) -> Array:
        pi = normalised(logits)
        numbers = k(np.log(reference / pi))
        return pi * (numbers - pi @ numbers)

    return gradient


GRADIENTS: dict[str, Function] = {
    "k3 put into the reward": in_reward(lambda u: np.exp(u) - 1 - u),
    "k3 as a loss": lambda z, p: normalised(z) - p,
    "k2 put into the reward": in_reward(lambda u: u**2 / 2),
    "k1 as a loss": lambda z, p: np.zeros(len(z)),
    "sign": in_reward(lambda u: u),
    "average": lambda z, p: normalised(z) * np.log(normalised(z) / p),
    "weights": lambda z, p: np.log(normalised(z) / p) - normalised(z) @ np.log(normalised(z) / p),
}


def test_the_gradient_of_the_leash_is_accepted_and_its_mistakes_are_named() -> None:
    assert exercises.check("rlhf-gradient", in_reward(lambda u: -u)).passed
    for words, mistake in GRADIENTS.items():
        report = exercises.check("rlhf-gradient", mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)
