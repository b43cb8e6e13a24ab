"""The function exercises of the chapter on cross-entropy: right losses pass, wrong ones are caught with their mistake named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp, softmax

from kltext import entropy, exercises

IDS = ["xent-implement", "xent-bug"]


def by_scipy(target: Any, logits: Any) -> Any:
    p, log_q = np.asarray(target, dtype=float), log_softmax(np.asarray(logits, dtype=float))
    return -np.sum(p * log_q)


def by_logsumexp(target: Any, logits: Any) -> Any:
    return logsumexp(logits) - np.dot(target, logits)


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("function", [by_scipy, by_logsumexp])
def test_right_losses_pass(id: str, function: Callable[..., Any]) -> None:
    report = exercises.check(id, function)
    assert report.passed, report


def naive(target: Any, logits: Any) -> Any:
    q = np.exp(logits) / np.sum(np.exp(logits))
    return -np.sum(np.asarray(target) * np.log(q))


def twice(target: Any, logits: Any) -> Any:
    return by_scipy(target, softmax(np.asarray(logits, dtype=float)))


def in_bits(target: Any, logits: Any) -> Any:
    return by_scipy(target, logits) / np.log(2)


def mean(target: Any, logits: Any) -> Any:
    return by_scipy(target, logits) / len(target)


def upside_down(target: Any, logits: Any) -> Any:
    return -by_scipy(target, logits)


def unnormalised(target: Any, logits: Any) -> Any:
    return -np.dot(target, logits)


def divergence(target: Any, logits: Any) -> Any:
    return by_scipy(target, logits) - entropy(target)


def terms(target: Any, logits: Any) -> Any:
    return -np.asarray(target) * log_softmax(np.asarray(logits, dtype=float))


def clipped(target: Any, logits: Any) -> Any:
    q = np.clip(softmax(np.asarray(logits, dtype=float)), 1e-12, 1)
    return -np.sum(np.asarray(target) * np.log(q))


def spoils(target: Any, logits: Any) -> Any:
    value = by_scipy(target, logits)
    if isinstance(logits, np.ndarray):
        logits -= logits.max()
    return value


@pytest.mark.parametrize(
    ("function", "smallest", "mistake"),
    [
        (naive, ["target = [1]", "logits = [1000]"], "overflows"),
        (twice, ["target = [1, 0]", "logits = [0, 1]"], "applied twice"),
        (in_bits, ["target = [1, 0]", "logits = [0, 0]"], "base 2"),
        (mean, ["target = [1, 0]", "logits = [0, 0]"], "mean over the classes"),
        (upside_down, ["target = [1, 0]", "logits = [0, 0]"], "the sign"),
        (unnormalised, ["target = [1]", "logits = [1]"], "is missing"),
        (divergence, ["target = [1/2, 1/2]", "logits = [0, 0]"], "entropy of the target"),
        (terms, ["target = [1]", "logits = [0]"], "add them up"),
        (clipped, ["target = [1, 0]", "logits = [0, 1000]"], ""),
        (spoils, ["target = [1]", "logits = [1]"], ""),
    ],
    ids=lambda case: getattr(case, "__name__", None),
)
def test_wrong_losses_are_caught(function: Callable[..., Any], smallest: list[str], mistake: str) -> None:
    report = exercises.check("xent-implement", function)
    assert not report.passed
    assert report.failure is not None
    assert report.failure.input.lines() == smallest, report
    assert mistake in (report.mistake or ""), report
