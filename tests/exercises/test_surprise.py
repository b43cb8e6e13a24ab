"""The exercises on surprise and entropy: right values against fifty digits, wrong ones by name, functions right and wrong."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from mpmath import exp, findroot, log, mp, mpf
from scipy.special import entr

from kltext import entropy, exercises, mutual_information
from kltext.codes import huffman_lengths, shannon_lengths

NUMBERS = {exercise.id: exercise for exercise in exercises.REGISTRY.numbers() if exercise.id.startswith("sur-")}


def bits(*law: str) -> mpf:
    return -sum(mpf(p) * log(mpf(p), 2) for p in law)


def shortest(law: list[mpf]) -> mpf:
    """The least average length, over all sorted lengths that satisfy Kraft's inequality."""
    ways = product(range(1, len(law)), repeat=len(law))
    return min(sum(p * n for p, n in zip(law, way, strict=True)) for way in ways if sum(2.0**-n for n in way) <= 1)


def die(mean: str = "4") -> mpf:
    tilt = findroot(lambda t: sum((k - mpf(mean)) * exp(t * k) for k in range(1, 7)), 0.3)
    return exp(6 * tilt) / sum(exp(k * tilt) for k in range(1, 7))


def independent() -> dict[str, mpf]:
    with mp.workdps(50):
        coin = [mpf("0.9"), mpf("0.1")]
        return {
            "sur-rare": log(1000, 2),
            "sur-powers": mpf(30) / 16,
            "sur-table": 2 - bits("0.4", "0.1", "0.1", "0.4"),
            "sur-huffman": shortest([mpf(p) for p in ("0.35", "0.17", "0.17", "0.16", "0.15")]),
            "sur-blocks": shortest([a * b for a in coin for b in coin]) / 2,
            "sur-units": 1 + log(120),
            "sur-die": die(),
            "sur-mixing": 1 - bits("0.9", "0.1"),
        }


def test_every_number_has_an_independent_value() -> None:
    assert independent().keys() == NUMBERS.keys()


@pytest.mark.parametrize("id", NUMBERS)
def test_right_value(id: str) -> None:
    assert math.isclose(NUMBERS[id].right(), float(independent()[id]), rel_tol=1e-12)


def wrong_values() -> dict[str, dict[str, mpf]]:
    """What each wrong answer is, by a few words of what is said to it."""
    h, e = bits("0.9", "0.1"), [mpf(x) for x in ("0.35", "0.17", "0.17", "0.16", "0.15")]
    return {
        "sur-rare": {"the check that passes": log(mpf(1000) / 999, 2), "base 10": mpf(3), "an average over both": bits("0.001", "0.999"),
                     "a share of the entropy": log(1000, 2) / 1000},
        "sur-powers": {"without their weights": mpf(14), "the plain mean": mpf(14) / 5, "log₂ 5": log(5, 2), "counted once": mpf(26) / 16},
        "sur-table": {"the joint entropy": bits("0.4", "0.4", "0.1", "0.1"), "what remains unknown": bits("0.8", "0.2"), "That is H(X), ": mpf(1),
                      "H(X) + H(Y)": mpf(2), "correlation": mpf("0.6")},
        "sur-huffman": {"as evenly as possible": mpf("2.31"), "in half": mpf("2.33"), "the entropy": bits("0.35", "0.17", "0.17", "0.16", "0.15"), "rounded up": mpf("2.65"),
                        "three questions": mpf(3), "one outcome after the other": sum(p * n for p, n in zip(e, (1, 2, 3, 4, 4), strict=True))},
        "sur-blocks": {"the length of a pair": mpf("1.29"), "the entropy": h, "single tosses": mpf(1), "blocks of three": mpf("1.598") / 3},
        "sur-units": {"in hours": 1 + log(2), "does not scale": 60 * (1 + log(2)), "sign of the shift": 1 + log(2) - log(60), "The 1 is missing": log(120),
                      "the rate": 1 - log(120)},
        "sur-die": {"a fair die": mpf(1) / 6, "a one": 1 / sum(exp(k * log(mpf("1.190804"))) for k in range(6)), "proportional": mpf(2) / 7, "2 and 6": mpf("0.5"),
                    "straight line": mpf(1) / 6 + mpf(1) / 14, "averages 4.5": die("4.5")},
        "sur-mixing": {"the mixture. Subtract": mpf(1), "average entropy": h, "counts half": 2 - 2 * h, "That is D(P‖Q)": mpf("0.8") * log(9, 2)},
    }  # fmt: skip


@pytest.mark.parametrize("id", NUMBERS)
def test_wrong_values_are_what_they_say(id: str) -> None:
    expected = wrong_values()[id]
    assert len(expected) == len(NUMBERS[id].wrong)
    for (words, value), wrong in zip(expected.items(), NUMBERS[id].wrong, strict=True):
        assert words in wrong.message and math.isclose(wrong.value(), float(value), rel_tol=1e-4), (words, wrong.message, wrong.value())
    assert NUMBERS[id].rivals()  # raises where two answers could be mistaken for each other


def looped(p: Any) -> float:
    return sum(a * math.log2(1 / a) for a in p if a > 0)


@pytest.mark.parametrize("function", [looped, lambda p: entropy(p, base=2), lambda p: float(entr(p).sum() / np.log(2))])
def test_right_entropies_pass(function: Callable[..., Any]) -> None:
    assert exercises.check("sur-implement", function).passed


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda p: -np.sum(np.asarray(p) * np.log2(p)), "0·log 0"),
        (lambda p: entr(p).sum(), "natural logarithm"),
        (lambda p: -looped(p), "the sign"),
        (lambda p: looped(p) / len(p), "a mean instead of a sum"),
        (lambda p: entr(p) / np.log(2), "one by one"),
        (lambda p: sum(a * math.log2(1 / a) for a in p), None),
    ],
)
def test_wrong_entropies_are_told_why(function: Callable[..., Any], words: str | None) -> None:
    report = exercises.check("sur-implement", function)
    assert not report.passed and report.failure is not None and len(report.failure.input.arrays()[0]) <= 2
    assert words is None or words in str(report.mistake)


def by_entropies(joint: Any) -> float:
    joint = np.asarray(joint)
    return float(entropy(joint.sum(axis=0)) + entropy(joint.sum(axis=1)) - entropy(joint.ravel()))


def crossed(joint: Any) -> Any:
    return entr(joint).sum() * -1 - np.sum(joint * np.log(np.outer(joint.sum(axis=0), joint.sum(axis=1))))


@pytest.mark.parametrize("function", [mutual_information, by_entropies])
def test_right_informations_pass(function: Callable[..., Any]) -> None:
    assert exercises.check("sur-bug", function).passed


@pytest.mark.parametrize(
    ("function", "words"),
    [(lambda j: by_entropies(j) / math.log(2), "base 2"), (lambda j: by_entropies(j) if j.shape == (2, 2) else j @ j, "two rows and three columns")],
)
def test_wrong_informations_are_told_why(function: Callable[..., Any], words: str) -> None:
    report = exercises.check("sur-bug", function)
    assert not report.passed and words in str(report.mistake)


def test_information_that_ignores_the_table_fails() -> None:
    assert not exercises.check("sur-bug", lambda joint: 0.0).passed
    assert not exercises.check("sur-bug", crossed).passed


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (shannon_lengths, "surprises rounded up"),
        (lambda p: np.full(len(p), math.ceil(math.log2(len(p)))), "the same length"),
        (lambda p: np.ones(len(p)), None),
        (lambda p: huffman_lengths(p) + 0.5, None),
        (lambda p: huffman_lengths(p)[:-1], None),
    ],
)
def test_wrong_codes_are_told_why(function: Callable[..., Any], words: str | None) -> None:
    report = exercises.check("sur-shortest", function)
    assert not report.passed and (words is None or words in str(report.mistake))


def test_right_codes_pass() -> None:
    assert exercises.check("sur-shortest", huffman_lengths).passed
    assert exercises.check("sur-shortest", lambda p: huffman_lengths(p).astype(int).tolist()).passed
