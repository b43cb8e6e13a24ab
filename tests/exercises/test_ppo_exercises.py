"""The exercises on PPO: right values against fifty digits, wrong ones by name, functions right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import e, exp, log, mp, mpf, sqrt

from kltext import exercises

from .answers import Answers

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("ppo-")}
CHANGES = ["0.2", "-0.1", "0.1", "-0.1"]


def k3(sign: int = 1) -> mpf:
    return sum(exp(sign * mpf(u)) - 1 - sign * mpf(u) for u in CHANGES) / 4


def left(nats: mpf) -> mpf:
    return (1 - sqrt(1 - exp(-2 * nats))) / 2


def independent() -> dict[str, mpf]:
    with mp.workdps(50):
        return {
            "ppo-sample": -2 * e ** mpf("0.3"),
            "ppo-log": k3(),
            "ppo-beta": mpf(8),
            "ppo-bound": mpf("1.98"),
            "ppo-logit": sqrt(mpf("0.25") / mpf("0.0099")),
            "ppo-blind": left(mpf(2)),
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    information = mpf("0.0099")
    return {
        "ppo-sample": {"clipped term": mpf("-2.4"), "1 + 0.3": mpf("-2.6"), "upside down": -2 * e ** mpf("-0.3"), "lower end": mpf("-1.6")},
        "ppo-log": {"k1": mpf("-0.025"), "k2": mpf("0.00875"), "turned around": k3(-1), "sum": 4 * k3()},
        "ppo-beta": {"doubles at 0.012": mpf(16), "other way round": mpf("0.125"), "RLlib": mpf("1.125")},
        "ppo-bound": {"made up in the return": mpf(198), "factor 2": mpf("0.99"), "TRPO": mpf("3.96"), "root": 198 * sqrt(mpf("0.005"))},
        "ppo-logit": {
            "squared": mpf("0.25") / information,
            "upside down": sqrt(information / mpf("0.25")),
            "probabilities themselves": mpf("1.98"),
            "in the probability": information / mpf("0.25"),
        },
        "ppo-blind": {"good action": 1 - left(mpf(2)), "½": left(mpf(1)), "two bits": left(2 * log(2)), "leaves out": exp(-4) / 2},
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


Array = np.ndarray[Any, Any]
Function = Callable[..., Any]


def clip(log_new: Array, log_old: Array, advantage: Array) -> float:
    rho = np.exp(log_new - log_old)
    held = np.where(advantage > 0, np.minimum(rho, 1.2), np.maximum(rho, 0.8))
    return float((held * advantage).mean())


def form(f: Function) -> Function:
    def wrong(new: Array, old: Array, a: Array) -> float:
        rho = np.exp(new - old)
        return float(f(rho, np.clip(rho, 0.8, 1.2), a).mean())

    return wrong


CLIPS: dict[str, Function] = {
    "no minimum": form(lambda rho, band, a: band * a),
    "maximum": form(lambda rho, band, a: np.where(rho * a > band * a, rho * a, band * a)),
    "Nothing is clipped": form(lambda rho, band, a: rho * a),
    "before the advantage": form(lambda rho, band, a: a * np.minimum(rho, 1.2)),
    "loss": lambda new, old, a: -clip(new, old, a),
    "upside down": lambda new, old, a: clip(old, new, a),
}


def sampled(log_new: Array, log_old: Array, action: Array, advantage: Array) -> float:
    ratios = [np.exp(new[int(a)] - old[int(a)]) for new, old, a in zip(log_new, log_old, action, strict=True)]
    return float(np.mean(np.array(ratios) * advantage))


SURROGATES: dict[str, Function] = {
    "all actions": lambda new, old, action, a: (np.exp(new - old) * a[:, None]).mean(),
    "the same for every policy": lambda new, old, action, a: (np.exp(new).sum(1) * a).mean(),
    "largest ratio": lambda new, old, action, a: (np.exp((new - old).max(1)) * a).mean(),
    "loss": lambda *batch: -sampled(*batch),
}


def penalty(surrogate: float, kl: float, beta: float, target: float) -> tuple[float, float]:
    factor = 0.5 if kl < target / 1.5 else 2 if kl > target * 1.5 else 1
    return beta * kl - surrogate, factor * beta


def altered(f: Function) -> Function:
    return lambda surrogate, kl, beta, target: f(surrogate, kl, beta, penalty(surrogate, kl, beta, target)[1])


PENALTIES: dict[str, Function] = {
    "next step": altered(lambda gain, kl, beta, after: (after * kl - gain, after)),
    "added to the objective": altered(lambda gain, kl, beta, after: (-gain - beta * kl, after)),
    "other sign": altered(lambda gain, kl, beta, after: (gain - beta * kl, after)),
    "other way round": altered(lambda gain, kl, beta, after: (beta * kl - gain, beta**2 / after)),
    "never changes": altered(lambda gain, kl, beta, after: (beta * kl - gain, beta)),
}

CASES = [("ppo-implement", clip, CLIPS), ("ppo-bug-action", sampled, SURROGATES), ("ppo-bug-beta", penalty, PENALTIES)]


@pytest.mark.parametrize(("id", "right", "mistakes"), CASES, ids=[id for id, _, _ in CASES])
def test_functions_are_accepted_and_their_mistakes_are_named(id: str, right: Function, mistakes: dict[str, Function]) -> None:
    assert exercises.check(id, right).passed
    for words, mistake in mistakes.items():
        report = exercises.check(id, mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)


def test_one_number_is_not_a_loss_and_a_coefficient() -> None:
    report = exercises.check("ppo-bug-beta", lambda surrogate, kl, beta, target: beta * kl - surrogate)
    assert report.failure and report.failure.expected == "two numbers, the loss and the next β"
