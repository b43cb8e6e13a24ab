"""The exercises of the chapter on RLHF."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext.divergence import kl_divergence
from kltext.dpo import dpo_loss
from kltext.exercises.calls import numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.rlhf import tilt

Vector = np.ndarray[Any, Any]

# rlhf-tilt: the optimum of three answers.
REFERENCE, REWARD, BETA = np.array([0.5, 0.3, 0.2]), np.array([1.0, 2.0, 3.0]), 2.0


def _tilted(reference: Vector, score: Vector) -> Vector:
    return np.asarray(tilt(reference, score, 1.0).law)


def _forward(reference: Vector, score: Vector) -> Vector:
    """The law with the greatest average score minus D(reference‖law): reference/(λ − score), with λ by bisection."""
    low = float(score.max())
    high = low + 1.0
    while (reference / (high - score)).sum() > 1:
        high += high - low
    for _ in range(200):
        middle = (low + high) / 2
        if middle > score.max() and (reference / (middle - score)).sum() <= 1:
            high = middle
        else:
            low = middle
    return np.asarray(reference / (high - score))


third = NumberExercise(
    "rlhf-tilt",
    answer=lambda: float(_tilted(REFERENCE, REWARD / BETA)[2]),
    wrong=[
        Wrong("That leaves out the reference: it is the softmax of the rewards alone.", lambda: float(_tilted(np.ones(3) / 3, REWARD / BETA)[2])),
        Wrong("The rewards are multiplied by β. They are divided by it.", lambda: float(_tilted(REFERENCE, REWARD * BETA)[2])),
        Wrong("That is for β = 1.", lambda: float(_tilted(REFERENCE, REWARD)[2])),
        Wrong("That is not normalised.", lambda: float(REFERENCE[2] * math.exp(REWARD[2] / BETA))),
        Wrong("That is the optimum for the other direction, D(π_ref‖π).", lambda: float(_forward(REFERENCE, REWARD / BETA)[2])),
    ],
)  # fmt: skip

# rlhf-best: best of four, judged pass or fail.
PASS, DRAWS = 0.3, 4


def _passes(rate: float, draws: int) -> float:
    return 1 - (1 - rate) ** draws


def _moved(rate: float, draws: int, *, turned: bool = False) -> float:
    new, old = ([p, 1 - p] for p in (_passes(rate, draws), rate))
    return float(kl_divergence(old, new) if turned else kl_divergence(new, old))


best = NumberExercise(
    "rlhf-best",
    answer=lambda: _moved(PASS, DRAWS),
    unit="nats",
    wrong=[
        Wrong("That is log n − (n − 1)/n, which is only a bound. Many answers share a score here.", lambda: math.log(DRAWS) - (DRAWS - 1) / DRAWS),
        Wrong("That is the divergence of the reference from the best of four.", lambda: _moved(PASS, DRAWS, turned=True)),
        Wrong("That is log n, the most that one answer's log-ratio can be.", lambda: math.log(DRAWS)),
        Wrong("That is the log-ratio of passing alone. Failing has one too, and both are averaged.", lambda: math.log(_passes(PASS, DRAWS) / PASS)),
        Wrong("That is the divergence of a policy that always passes.", lambda: -math.log(PASS)),
    ],
)  # fmt: skip

# rlhf-price: two answers made equally likely.
ODDS, GAIN = 50.0, 2.0

price = NumberExercise(
    "rlhf-price",
    answer=lambda: GAIN / math.log(ODDS),
    wrong=[
        Wrong("That is 1/β.", lambda: math.log(ODDS) / GAIN),
        Wrong("The logarithm has base 10; the exponential in the optimum is e.", lambda: GAIN / math.log10(ODDS)),
        Wrong("The logarithm has base 2; the exponential in the optimum is e.", lambda: GAIN / math.log2(ODDS)),
        Wrong("The odds enter through their logarithm.", lambda: GAIN / ODDS),
    ],
)

# rlhf-tokens: an average over tokens is another β.
COEFFICIENT, TOKENS = 0.04, 250

tokens = NumberExercise(
    "rlhf-tokens",
    answer=lambda: COEFFICIENT / TOKENS,
    wrong=[
        Wrong("That would be right for a sum over the tokens. The average is 250 times smaller.", lambda: COEFFICIENT),
        Wrong("The wrong way: the average is smaller than the sum, so it weighs less.", lambda: COEFFICIENT * TOKENS),
        Wrong("Tokens count in full, not by their square root.", lambda: COEFFICIENT / math.sqrt(TOKENS)),
    ],
)

# rlhf-margin: what a DPO policy says about a pair.
CHOSEN, REJECTED, DPO_BETA = (-42.0, -45.0), (-38.0, -40.0), 0.1


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _margin(beta: float = DPO_BETA) -> float:
    return float(dpo_loss(CHOSEN[0], REJECTED[0], CHOSEN[1], REJECTED[1], beta).margin)


margin = NumberExercise(
    "rlhf-margin",
    answer=lambda: _sigmoid(_margin()),
    wrong=[
        Wrong("That leaves out the reference.", lambda: _sigmoid(DPO_BETA * (CHOSEN[0] - REJECTED[0]))),
        Wrong("That leaves out β.", lambda: _sigmoid(_margin(1.0))),
        Wrong("That is the probability of the other preference.", lambda: _sigmoid(-_margin())),
        Wrong("That is the margin. σ turns it into a probability.", _margin),
        Wrong("That is the pair's loss, −log σ.", lambda: -math.log(_sigmoid(_margin()))),
    ],
)

# rlhf-same: the leash that does what best-of-n does.
RATE, TRIES = 0.2, 5


def _odds(p: float) -> float:
    return p / (1 - p)


same = NumberExercise(
    "rlhf-same",
    answer=lambda: 1 / math.log(_odds(_passes(RATE, TRIES)) / _odds(RATE)),
    wrong=[
        Wrong("That is 1/β.", lambda: math.log(_odds(_passes(RATE, TRIES)) / _odds(RATE))),
        Wrong("That compares probabilities. A tilt multiplies odds.", lambda: 1 / math.log(_passes(RATE, TRIES) / RATE)),
        Wrong("That leaves out the reference, whose odds are not 1.", lambda: 1 / math.log(_odds(_passes(RATE, TRIES)))),
        Wrong("The odds are not multiplied by n.", lambda: 1 / math.log(TRIES)),
    ],
)

# rlhf-implement: the optimum on the leash.


def _vector(statement: str, inputs: Inputs, expected: Function, told_of: str = "", *, close: float = 1e-9) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = numbers(function, tried.arrays()), np.asarray(expected(*tried.arrays()))
        if value.shape != target.shape:
            return told(target) + told_of, f"a result of shape {value.shape}"
        return None if np.allclose(value, target, rtol=100 * close, atol=close) else (told(target) + told_of, told(value))

    return Property(statement, inputs, test)


@cache
def _problems(name: str = "score", *, zeros: bool = True) -> tuple[Input, ...]:
    """References and rewards of two and three answers, simplest first."""
    found = [
        Input((law, tuple(Fraction(x) for x in reward)), ("reference", name))
        for n, denominators in ((2, (1, 2, 3, 4)), (3, (3, 4)))
        for d in denominators
        for law in laws(n, d)[:: n - 1]
        if zeros or all(law)
        for reward in list(product((0, 1, -2), repeat=n))[:: 2 * n - 3]
    ]
    return tuple(sorted(found, key=Input.size))


@cache
def _large() -> tuple[Input, ...]:
    half = (Fraction(1, 2), Fraction(1, 2))
    scores = ((1000, 0), (1000, 1000), (-1000, -1001), (0, 800))
    return tuple(Input((half, tuple(Fraction(x) for x in score)), ("reference", "score")) for score in scores)


def _small() -> list[Input]:
    return [x for x in _problems() if all(x.arguments[0])]


def _never_played() -> list[Input]:
    return [x for x in _problems() if not all(x.arguments[0])]


implement = FunctionExercise(
    "rlhf-implement",
    _tilted,
    [
        _vector("is the reference, reweighted by e^score", _small, _tilted),
        _vector("gives nothing to what the reference never does", _never_played, _tilted),
        _vector("works for scores in the thousands", _large, _tilted),
    ],
    [
        Imitation("That is the softmax of the scores: the reference is missing.", lambda p, s: _tilted(np.ones(len(p)) / len(p), s)),
        Imitation("That is not normalised.", lambda p, s: p * np.exp(s)),
        Imitation("The scores are subtracted: the worst answer becomes the likeliest.", lambda p, s: _tilted(p, -s)),
        Imitation("The reference is added to the score. Its logarithm is.", lambda p, s: _tilted(np.ones(len(p)) / len(p), p + s)),
        Imitation("That is the optimum for the other direction, D(reference‖policy).", _forward),
    ],
    (), _problems()[::5],
)  # fmt: skip

# rlhf-bug: an update whose reference moves along.
STEPS, STEP, LEASH = 200, 0.2, 0.5


def _settled(reference: Vector, reward: Vector) -> Vector:
    return _tilted(reference, reward / LEASH)


def _some_problems() -> tuple[Input, ...]:
    return _problems("reward", zeros=False)


def _level() -> list[Input]:
    return [x for x in _some_problems() if len(set(x.arguments[1])) == 1]


bug = FunctionExercise(
    "rlhf-bug",
    _settled,
    [
        _vector("stays at the reference if all rewards are equal", _level, lambda p, r: p, ", the reference", close=1e-7),
        _vector("ends at the reference tilted by e^{r/β}", _some_problems, _settled, close=1e-7),
    ],
    [
        Imitation("The reference moves along, so the charge is always zero: a leash that is tied to the dog.", lambda p, r: _tilted(p, STEPS * STEP * r)),
        Imitation("The result is that of β = 1: the charge is not multiplied by β.", lambda p, r: _tilted(p, r)),
        Imitation("That never leaves the reference.", lambda p, r: p),
    ],
    (), _some_problems()[::3],
)  # fmt: skip

# rlhf-gradient: the gradient of the leash in the logits.


def _ratio(logits: Vector, reference: Vector) -> tuple[Vector, Vector]:
    """The policy, and u = log reference/policy."""
    policy = _tilted(np.ones(len(logits)) / len(logits), logits)
    return policy, np.log(reference / policy)


def _scored(policy: Vector, k: Vector) -> Vector:
    """The gradient of an average of k, with k held fixed."""
    return np.asarray(policy * (k - policy @ k))


def _slope(logits: Vector, reference: Vector) -> Vector:
    policy, u = _ratio(logits, reference)
    return _scored(policy, -u)


def _quotient(logits: Vector, reference: Vector) -> Vector:
    """The slope of D(π‖reference), by central differences of the divergence itself."""

    def value(at: Vector) -> float:
        return float(kl_divergence(_ratio(at, reference)[0], reference))

    step = 1e-4
    wide = [(value(logits + 2 * step * e) - value(logits - 2 * step * e)) / (4 * step) for e in np.eye(len(logits))]
    near = [(value(logits + step * e) - value(logits - step * e)) / (2 * step) for e in np.eye(len(logits))]
    return np.asarray((4 * np.array(near) - np.array(wide)) / 3)


@cache
def _policies() -> tuple[Input, ...]:
    """Logits of a policy and a reference that allows everything, simplest first."""
    found = [
        Input((tuple(Fraction(x) for x in z), law), ("logits", "reference"))
        for n, d in ((2, 2), (2, 3), (3, 3), (3, 4))
        for law in laws(n, d)
        if all(law)
        for z in list(product((0, 1, -2), repeat=n))[:: 2 * n - 3]
    ]
    return tuple(sorted(found, key=Input.size))


def _at_reference() -> list[Input]:
    return [x for x in _policies() if np.allclose(_ratio(*x.arrays())[1], 0)]


def _sums_to_zero() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = float(numbers(function, tried.arrays()).sum())
        return None if abs(value) < 1e-9 else ("a sum of 0: adding a constant to all logits changes nothing", shown(value))

    return Property("adds up to 0", _policies, test)


gradient = FunctionExercise(
    "rlhf-gradient",
    _slope,
    [
        _vector("is 0 at the reference", _at_reference, lambda z, p: np.zeros(len(z)), ", because the policy is the reference"),
        _sums_to_zero(),
        _vector("is the slope of D(π‖reference)", _policies, _quotient),
    ],
    [
        Imitation("That is k3 put into the reward: the gradient of D(π‖reference) − D(reference‖π), which is no leash at all.", lambda z, p: _scored(_ratio(z, p)[0], np.expm1(_ratio(z, p)[1]) - _ratio(z, p)[1])),
        Imitation("That is the gradient of D(reference‖π), which k3 as a loss has.", lambda z, p: _ratio(z, p)[0] - p),
        Imitation("That is k2 put into the reward.", lambda z, p: _scored(_ratio(z, p)[0], _ratio(z, p)[1] ** 2 / 2)),
        Imitation("That is 0, the gradient of k1 as a loss.", lambda z, p: 0 * z),
        Imitation("The sign is turned.", lambda z, p: -_slope(z, p)),
        Imitation("The average is not subtracted.", lambda z, p: -_ratio(z, p)[0] * _ratio(z, p)[1]),
        Imitation("The weights π are missing.", lambda z, p: -_ratio(z, p)[1] - float(kl_divergence(_ratio(z, p)[0], p))),
    ],
    (), _policies()[::4],
)  # fmt: skip

EXERCISES = (third, price, best, tokens, margin, implement, bug, same, gradient)
