"""The exercises on GANs and f-GANs: right values against fifty digits, wrong ones by name, functions right and wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from mpmath import e, exp, log, mp, mpf, sqrt

from kltext import exercises

from .answers import Answers

NUMBERS = {x.id: x for x in exercises.REGISTRY.numbers() if x.id.startswith(("gan-", "fgan-"))}
HALF = mpf(1) / 2


def kl(p: list[mpf], q: list[mpf]) -> mpf:
    return sum(a * log(a / b) for a, b in zip(p, q, strict=True) if a)


def js(p: list[mpf], q: list[mpf]) -> mpf:
    m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return (kl(p, m) + kl(q, m)) / 2


def alpha(order: mpf) -> mpf:
    """The α-divergence of (½, ½) from (1/5, 4/5)."""
    terms = [((mpf(1) / 5), mpf("2.5")), ((mpf(4) / 5), mpf("0.625"))]
    if order == 0:
        return sum(-q * log(t) for q, t in terms)
    if order == 1:
        return sum(q * t * log(t) for q, t in terms)
    return sum(q * (t**order - 1) for q, t in terms) / (order * (order - 1))


def urns() -> mpf:
    return js([mpf("0.8"), mpf("0.2")], [mpf("0.3"), mpf("0.7")]) / log(2)


TEN, NINE = [mpf(1) / 10] * 10, [mpf(1) / 9] * 9 + [mpf(0)]
MISSING = mpf("1.9") * log(mpf(19) / 18) - mpf("0.1") * log(2)
GAP = 2 * (HALF * log(HALF / mpf("0.6")) + HALF * log(HALF / mpf("0.4")))


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        return {
            "gan-urns": 1 - urns(),
            "gan-odds": mpf("2.5"),
            "gan-log": log(2) - mpf("0.45"),
            "gan-gap": -log(4) - log(mpf("0.6")) - log(mpf("0.4")),
            "gan-slope": mpf(49),
            "gan-missing": MISSING,
            "fgan-price": e**2,
            "fgan-belief": mpf("0.25"),
            "fgan-bound": mpf(1) / 12,
            "fgan-order": mpf(4) / 3 * (mpf("0.2") * sqrt(mpf("0.4")) + mpf("0.8") * sqrt(mpf("1.6")) - 1),
            "fgan-clip": mpf(3),
            "fgan-soft": mpf(150),
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    six = [mpf("0.6"), mpf("0.4")]
    return {
        "gan-urns": {"saves": urns(), "twice": 2 - 2 * urns(), "chance": mpf("0.75"), "coin": mpf(1)},
        "gan-odds": {"balanced": HALF, "upside down": mpf("0.1"), "q/p": mpf("0.4"), "logarithm": log(mpf("2.5")), "D itself": mpf(5) / 3},
        "gan-log": {"2·JS": log(4) - mpf("0.9"), "added": log(2) - mpf("0.9"), "sum": mpf("0.9"), "bit": mpf("0.55")},
        "gan-gap": {"one divergence": GAP / 2, "exchanged": 2 * kl(six, [HALF, HALF]), "value itself": log(mpf("0.24"))},
        "gan-slope": {"Upside": mpf(1) / 49, "1/D": mpf(50), "slope of": mpf("0.98"), "values": log(mpf("0.02")) / log(mpf("0.98"))},
        "gan-missing": {
            "2·JS": 2 * js(TEN, NINE),
            "Subtract": kl(NINE, TEN),
            "half": MISSING / 2,
            "2·D(M‖Q)": mpf("inf"),
            "JS alone": js(TEN, NINE),
        },
        "fgan-price": {"f(3)": 3 * log(3), "exponent": exp(3), "slope f′": 1 + log(3), "logarithm": mpf(2)},
        "fgan-belief": {"q/p": mpf(4), "log-ratio": exp(-4), "price": -1 - log(4)},
        "fgan-bound": {
            "the bound": mpf(1) / 4, "the divergence": mpf(1) / 3, "T + T²": mpf(1) / 3 + HALF, "weighed by P": mpf(1) / 8 + mpf(1) / 72,
        },
        "fgan-order": {
            "order ½": alpha(HALF), "order 0": alpha(mpf(0)), "order 1": alpha(mpf(1)), "3/2": alpha(3 * HALF), "Hellinger": alpha(HALF) / 4,
        },
        "fgan-clip": {"own value": mpf("0.15"), "Divide": mpf("0.0075"), "Upside": mpf(1) / 3},
        "fgan-soft": {"2λ": mpf(300), "critic's value": mpf(15), "percentage": mpf(250), "subtracts": mpf(75)},
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


Array = np.ndarray
Function = Callable[..., float]


def softplus(x: Array) -> Array:
    return np.logaddexp(0, x)


def penalty(slopes: Array) -> float:
    return float(10 * np.mean(np.maximum(np.sqrt((slopes**2).sum(1)) - 1, 0) ** 2))


RIGHT: dict[str, Function] = {
    "gan-reverse": lambda a, n: -a.mean() - np.log(n[1]) + np.log(n[0]),
    "gan-implement": lambda r, f: (softplus(-r).sum() / len(r) + softplus(f).sum() / len(f)) / 2,
    "gan-bug": lambda a: softplus(-a).mean(),
    "fgan-implement": lambda r, f: r.mean() - np.exp(f - 1).mean(),
    "fgan-w1": lambda p, q: np.append(0, np.cumsum(-np.sign(np.cumsum(p - q))[:-1])),
    "fgan-bug": lambda r, f, s: f.mean() - r.mean() + penalty(s),
}
MISTAKES: dict[str, dict[str, Function]] = {
    "gan-reverse": {
        "the sign is missing": lambda a, n: a.mean(),
        "put right": lambda a, n: a.mean() - np.log(n[0] / n[1]),
        "not corrected": lambda a, n: -a.mean(),
        "wrong sign": lambda a, n: -a.mean() - np.log(n[0] / n[1]),
        "share": lambda a, n: -a.mean() + np.log(n[0] / n.sum()),
    },
    "gan-implement": {
        "one mean": lambda r, f: np.concatenate([softplus(-r), softplus(f)]).mean(),
        "added": lambda r, f: softplus(-r).mean() + softplus(f).mean(),
        "exchanged": lambda r, f: (softplus(r).mean() + softplus(-f).mean()) / 2,
        "sign": lambda r, f: -(softplus(-r).mean() + softplus(f).mean()) / 2,
    },
    "gan-bug": {
        "discriminator's loss": lambda a: softplus(a).mean(),
        "saturating": lambda a: -softplus(a).mean(),
        "log D": lambda a: -softplus(-a).mean(),
        "Average": lambda a: softplus(-a).sum(),
    },
    "fgan-implement": {
        "1 in the exponent": lambda r, f: r.mean() - np.exp(f).mean(),
        "exchanged": lambda r, f: f.mean() - np.exp(r - 1).mean(),
        "Donsker": lambda r, f: r.mean() - np.log(np.exp(f).mean()),
        "average of exponentials": lambda r, f: r.mean() - np.exp(f.mean() - 1),
        "Sums": lambda r, f: r.sum() - np.exp(f - 1).sum(),
        "loss": lambda r, f: np.exp(f - 1).mean() - r.mean(),
    },
    "fgan-w1": {
        "wrong sign": lambda p, q: np.append(0, np.cumsum(np.sign(np.cumsum(p - q))[:-1])),
        "at each place": lambda p, q: np.append(0, np.cumsum(np.sign(p - q)[1:])),
        "Only its sign": lambda p, q: np.append(0, np.cumsum(np.cumsum(q - p)[:-1])),
        "total variation": lambda p, q: np.sign(p - q) / 2,
    },
    "fgan-bug": {
        "whole batch": lambda r, f, s: f.mean() - r.mean() + 10 * np.maximum(np.linalg.norm(s) - 1, 0) ** 2,
        "averaged before": lambda r, f, s: f.mean() - r.mean() + 10 * np.maximum(np.linalg.norm(s, axis=1).mean() - 1, 0) ** 2,
        "below 1": lambda r, f, s: f.mean() - r.mean() + 10 * ((np.linalg.norm(s, axis=1) - 1) ** 2).mean(),
        "value has the wrong sign": lambda r, f, s: r.mean() - f.mean() + penalty(s),
        "feature": lambda r, f, s: f.mean() - r.mean() + 10 * np.mean(np.maximum(abs(s) - 1, 0) ** 2),
    },
}


@pytest.mark.parametrize("id", RIGHT)
def test_functions_are_accepted_and_their_mistakes_are_named(id: str) -> None:
    assert exercises.check(id, RIGHT[id]).passed, str(exercises.check(id, RIGHT[id]))
    for words, mistake in MISTAKES[id].items():
        report = exercises.check(id, mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)


def test_every_function_is_tried_here() -> None:
    assert set(RIGHT) == {x.id for x in exercises.REGISTRY.functions() if x.id.startswith(("gan-", "fgan-"))} == set(MISTAKES)


def test_a_loss_from_probabilities_fails_only_where_the_discriminator_is_sure() -> None:
    def by_probabilities(real: Array, fake: Array) -> float:
        return float(-np.log(1 / (1 + np.exp(-real))).mean() - np.log(1 - 1 / (1 + np.exp(-fake))).mean()) / 2

    failed = [statement for statement, holds in exercises.check("gan-implement", by_probabilities).verdicts if not holds]
    assert failed == ["works where the discriminator is sure"]


def test_another_best_critic_is_accepted_where_the_slope_does_not_matter() -> None:
    def upwards(p: Array, q: Array) -> Array:
        rise = np.cumsum(q - p)[:-1]
        return np.append(0, np.cumsum(np.where(rise >= 0, 1.0, -1.0)))

    assert exercises.check("fgan-w1", upwards).passed
