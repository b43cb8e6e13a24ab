"""The exercises on the VAE: right values against fifty digits, wrong ones by name, functions right and wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from mpmath import e, exp, log, mp, mpf, sqrt

from kltext import exercises

from .answers import Answers

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("vae-")}


def cost(log_var: int) -> mpf:
    return (exp(mpf(log_var)) - 1 - log_var) / 2


def independent() -> dict[str, mpf]:
    with mp.workdps(30):
        return {
            "vae-log": mpf(1792) / 128,
            "vae-sign": cost(8) / cost(-8),
            "vae-mismatch": 25 - log(60000),
            "vae-axes": log(mpf(8)) / 2 + log(mpf(2)) / 2,
            "vae-mse": sqrt(mpf(1536)),
            "vae-bit": 2 / (4 * mpf("0.0625")),
        }


def wrong_values() -> dict[str, dict[str, mpf]]:
    return {
        "vae-log": {"per latent": mpf(1792) / 128 / 16, "divides by the latents": mpf(1792) / 16},
        "vae-sign": {"dearer": cost(8), "variances": exp(16), "standard deviation": cost(16) / cost(-16), "upside down": cost(-8) / cost(8)},
        "vae-mismatch": {"The rest": log(60000), "base 2": 25 - log(60000, 2), "base 10": 25 - log(60000, 10)},
        "vae-axes": {
            "not worth": (log(mpf(8)) + log(mpf(2)) + log(mpf("0.2"))) / 2,
            "½": log(mpf(8)) + log(mpf(2)),
            "not s": (log(mpf(16)) + log(mpf(4))) / 2,
            "first axis alone": log(mpf(8)) / 2,
        },
        "vae-mse": {"½": sqrt(mpf(3072)), "standard deviation": mpf(1536), "averaged": sqrt(mpf("0.5"))},
        "vae-bit": {"one nat": 32 / e**2, "half a bit": mpf(16), "not s²": mpf(2), "silent": mpf(32)},
    }


class TestAnswers(Answers):
    numbers = NUMBERS
    independent = staticmethod(independent)
    wrong_values = staticmethod(wrong_values)


Array = np.ndarray
Loss = Callable[[Array, Array, Array, Array], float]


def pixels(x: Array, logits: Array) -> Array:
    return np.logaddexp(0, logits) - x * logits


def latents(mean: Array, log_var: Array) -> Array:
    return (mean**2 + np.exp(log_var) - 1 - log_var) / 2


def right(x: Array, logits: Array, mean: Array, log_var: Array) -> float:
    return float(pixels(x, logits).sum(1).mean() + latents(mean, log_var).sum(1).mean())


def by_probabilities(x: Array, logits: Array, mean: Array, log_var: Array) -> float:
    p = 1 / (1 + np.exp(-logits))
    return float(-(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1).mean() + latents(mean, log_var).sum(1).mean())


MISTAKES: dict[str, Loss] = {
    "the number of pixels": lambda x, a, m, v: pixels(x, a).mean() + latents(m, v).sum(1).mean(),
    "1 / the number of latents": lambda x, a, m, v: pixels(x, a).sum(1).mean() + latents(m, v).mean(),
    "the batch size": lambda x, a, m, v: pixels(x, a).sum(1).mean() + latents(m, v).sum(),
    "nats per batch": lambda x, a, m, v: pixels(x, a).sum() + latents(m, v).sum(),
    "pixels / latents": lambda x, a, m, v: pixels(x, a).mean() + latents(m, v).mean(),
    "½": lambda x, a, m, v: pixels(x, a).sum(1).mean() + 2 * latents(m, v).sum(1).mean(),
    "subtracted": lambda x, a, m, v: pixels(x, a).sum(1).mean() - latents(m, v).sum(1).mean(),
}


@pytest.mark.parametrize("id", ["vae-implement", "vae-bug"])
def test_the_loss_is_accepted_and_its_mistakes_are_named(id: str) -> None:
    assert exercises.check(id, right).passed
    for words, mistake in MISTAKES.items():
        report = exercises.check(id, mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)


def test_a_loss_from_probabilities_fails_only_where_the_decoder_is_sure() -> None:
    failed = [statement for statement, holds in exercises.check("vae-implement", by_probabilities).verdicts if not holds]
    assert failed == ["works where the decoder is sure"]
    assert exercises.check("vae-bug", by_probabilities).passed


CHARGES: dict[str, Callable[[Array], float]] = {
    "each image": lambda kl: np.maximum(kl, 0.5).sum(1).mean(),
    "whole KL term": lambda kl: max(kl.sum(1).mean(), 0.5),
    "above half a nat": lambda kl: np.maximum(kl.mean(0) - 0.5, 0).sum(),
    "averaged": lambda kl: np.maximum(kl.mean(0), 0.5).mean(),
    "smaller": lambda kl: np.minimum(kl.mean(0), 0.5).sum(),
    "nothing is free": lambda kl: kl.sum(1).mean(),
}


def test_free_bits_are_accepted_and_their_mistakes_are_named() -> None:
    assert exercises.check("vae-free", lambda kl: sum(max(column.mean(), 0.5) for column in kl.T)).passed
    for words, mistake in CHARGES.items():
        report = exercises.check("vae-free", mistake)
        assert not report.passed and report.mistake and words in report.mistake, (words, report.mistake)
