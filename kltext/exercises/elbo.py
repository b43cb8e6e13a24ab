"""The exercises of the chapter on the ELBO."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, cast

import numpy as np

from kltext import gaussian_kl, kl_divergence
from kltext.elbo import elbo, importance_weighted_bound
from kltext.exercises.calls import close, number, numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, Law
from kltext.exercises.mistakes import Imitation, Symptom
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.linear_gaussian import linear_gaussian_elbo, linear_gaussian_posterior

Vector = np.ndarray[Any, Any]

# elbo-bound: three latents by hand.
JOINT, GUESS = np.array([0.10, 0.06, 0.04]), np.array([0.6, 0.3, 0.1])

bound = NumberExercise(
    "elbo-bound",
    answer=lambda: float(elbo(np.log(JOINT), GUESS).bound),
    unit="nats",
    wrong=[
        Wrong("That is the evidence, log p(x). The bound is below it by the gap.", lambda: float(np.log(JOINT.sum()))),
        Wrong("That is the energy, the average of log p(x, z). The entropy of q is missing.", lambda: float(elbo(np.log(JOINT), GUESS).energy)),
        Wrong("That is the gap. The evidence minus this is the bound.", lambda: float(elbo(np.log(JOINT), GUESS).gap)),
        Wrong("The average was taken under the posterior; q weighs.", lambda: float(JOINT / JOINT.sum() @ np.log(JOINT / GUESS))),
    ],
)

# elbo-gap: the prior as a guess in a linear-Gaussian model.
READING, NOISE_VARIANCE = 1.0, 0.5


def _posterior(noise_variance: float) -> tuple[float, float]:
    """Mean and standard deviation of z ~ N(0, 1) given READING = z + noise."""
    mean, cov = linear_gaussian_posterior([READING], [[1.0]], [0.0], [[noise_variance]])
    return float(mean[0]), math.sqrt(float(cov[0, 0]))


gap = NumberExercise(
    "elbo-gap",
    answer=lambda: float(gaussian_kl(0.0, 1.0, *_posterior(NOISE_VARIANCE))),
    unit="nats",
    wrong=[
        Wrong("That is the divergence of q from the prior. The gap is the one from the posterior.", lambda: float(gaussian_kl(0.0, 1.0))),
        Wrong("That is the divergence of the posterior from q. In the gap q comes first.", lambda: float(gaussian_kl(*_posterior(NOISE_VARIANCE), 0.0, 1.0))),
        Wrong("The variance ½ was used as a standard deviation.", lambda: float(gaussian_kl(0.0, 1.0, *_posterior(NOISE_VARIANCE**2)))),
        Wrong("That is what the mean costs. The spread is off as well.", lambda: float(gaussian_kl(0.0, 1.0, *_posterior(NOISE_VARIANCE)) - gaussian_kl(0.0, 1.0, 0.0, _posterior(NOISE_VARIANCE)[1]))),
    ],
)  # fmt: skip

# elbo-two-weights: two draws, two latents.
PAIR_JOINT, COIN = np.array([0.3, 0.1]), np.array([0.5, 0.5])
WEIGHTS = PAIR_JOINT / COIN


def _two_draws() -> float:
    rows = list(zip(COIN.tolist(), WEIGHTS.tolist(), strict=True))
    return math.fsum(a * b * math.log((v + w) / 2) for (a, v), (b, w) in product(rows, repeat=2))


two_weights = NumberExercise(
    "elbo-two-weights",
    answer=_two_draws,
    unit="nats",
    wrong=[
        Wrong("That is the bound with one weight: the average of the logarithms.", lambda: float(COIN @ np.log(WEIGHTS))),
        Wrong("That is the evidence. Two draws are not yet enough for it.", lambda: math.log(PAIR_JOINT.sum())),
        Wrong("There are two ways to draw one of each: they count twice.", lambda: float(np.mean([math.log(WEIGHTS[0]), math.log(WEIGHTS.mean()), math.log(WEIGHTS[1])]))),
        Wrong("Average the two weights; that is for their sum.", lambda: _two_draws() + math.log(2)),
    ],
)  # fmt: skip

# elbo-coins: one iteration of EM for two coins, two rounds of two tosses each.
HEADS = {"A": 0.8, "B": 0.4}


def _share_of_a(heads: int, tosses: int = 2) -> float:
    a, b = (p**heads * (1 - p) ** (tosses - heads) for p in HEADS.values())
    return a / (a + b)


def _updated(of_two_heads: float, of_no_heads: float) -> float:
    """Heads among the tosses that are credited to a coin."""
    return 2 * of_two_heads / (2 * of_two_heads + 2 * of_no_heads)


coins = NumberExercise(
    "elbo-coins",
    answer=lambda: _updated(_share_of_a(2), _share_of_a(0)),
    wrong=[
        Wrong("That credits each round wholly to its likelier coin. EM splits it.", lambda: 1.0),
        Wrong("That is the other coin's.", lambda: _updated(1 - _share_of_a(2), 1 - _share_of_a(0))),
        Wrong("That is the posterior probability that the first round was A's: the E-step. Now the M-step.", lambda: _share_of_a(2)),
        Wrong("Divide by the tosses credited to A, not by all tosses.", lambda: _share_of_a(2) / 2),
    ],
)

# elbo-encoder: an encoder that goes half as far as it should.
SLOPE, RIGHT_SLOPE, POSTERIOR_VARIANCE, DATA_VARIANCE = 0.25, 0.5, 0.5, 2.0


def _mean_cost(data_variance: float) -> float:
    """The gap is quadratic in x, so its mean is its value at x = √variance."""
    x = math.sqrt(data_variance)
    found = linear_gaussian_elbo([x], [[1.0]], [0.0], [[1.0]], mean=[SLOPE * x], cov=[[POSTERIOR_VARIANCE]])
    return float(found.gap)


encoder = NumberExercise(
    "elbo-encoder",
    answer=lambda: _mean_cost(DATA_VARIANCE),
    unit="nats",
    wrong=[
        Wrong("That is for readings of variance 1. In this model x has variance 2.", lambda: _mean_cost(1.0)),
        Wrong("Twice too much: the ½ in front of the square is missing, or the variance was used as a spread.", lambda: 2 * _mean_cost(DATA_VARIANCE)),
        Wrong("That is for an encoder that answers mean 0 whatever x is. This one goes half way.", lambda: (RIGHT_SLOPE * math.sqrt(DATA_VARIANCE)) ** 2 / (2 * POSTERIOR_VARIANCE)),
    ],
)  # fmt: skip

# elbo-samples: how often the reparametrisation gradient has to be drawn at the posterior.
SENSOR_VARIANCE, ERROR = 0.25, 0.1


def _samples(noise_variance: float, variance: float | None = None) -> float:
    """Draws until the mean of the gradients has the standard error ERROR; q has this variance, the posterior's unless given."""
    precision = 1 + 1 / noise_variance
    return precision**2 * (1 / precision if variance is None else variance) / ERROR**2


samples = NumberExercise(
    "elbo-samples",
    answer=lambda: _samples(SENSOR_VARIANCE),
    unit="samples",
    wrong=[
        Wrong("The variance ¼ was used as a standard deviation.", lambda: _samples(SENSOR_VARIANCE**2)),
        Wrong("That is the slope of log p(x|z) alone. The prior has a slope as well.", lambda: (1 / SENSOR_VARIANCE) ** 2 / (1 + 1 / SENSOR_VARIANCE) / ERROR**2),
        Wrong("The standard error falls with the square root of the number of samples.", lambda: math.sqrt(1 + 1 / SENSOR_VARIANCE) / ERROR),
        Wrong("That is for q the prior.", lambda: _samples(SENSOR_VARIANCE, 1.0)),
    ],
)  # fmt: skip

# elbo-narrow: what a q of fixed spread costs the model.
SEEN = 3.0


def _evidence(slope_squared: float, x: float = SEEN) -> float:
    variance = 1 + slope_squared
    return -(math.log(2 * math.pi * variance) + x**2 / variance) / 2


def _best_bound(slope_squared: float, x: float = SEEN) -> float:
    return -(math.log(2 * math.pi) + x**2 / (1 + slope_squared) + slope_squared) / 2


narrow = NumberExercise(
    "elbo-narrow",
    answer=lambda: _evidence(SEEN**2 - 1) - _evidence(SEEN - 1),
    unit="nats",
    wrong=[
        Wrong("That compares the bounds at the two θ. The evidence is asked for.", lambda: _best_bound(SEEN - 1) - _best_bound(SEEN**2 - 1)),
        Wrong("That is the best evidence minus the best bound: the loss and the gap together.", lambda: _evidence(SEEN**2 - 1) - _best_bound(SEEN - 1)),
        Wrong("That is for x = 2, the number of the text.", lambda: _evidence(3.0, 2.0) - _evidence(1.0, 2.0)),
    ],
)

# elbo-implement: the bound of a finite latent.


def _reference_bound(joint: Vector, q: Vector) -> float:
    with np.errstate(divide="ignore"):
        return float(elbo(np.log(joint), q).bound)


@cache
def _ledgers() -> tuple[Input, ...]:
    """Joint probabilities and guesses of two and three latents, simplest first; some of them zero."""
    eighths = [Fraction(k, 8) for k in (0, 1, 2, 4)]
    quarters = [Fraction(k, 4) for k in range(5)]
    found = []
    for n in (1, 2, 3):
        joints = [j for j in product(eighths, repeat=n) if 0 < sum(j) <= 1]
        laws = [q for q in product(quarters, repeat=n) if sum(q) == 1]
        found += [Input((j, q), ("joint", "q")) for j, q in product(joints, laws)]
    return tuple(sorted(found, key=Input.size))


def _allowed(tried: Input) -> bool:
    joint, q = tried.arrays()
    return bool(joint[q > 0].all())


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _tight_at_the_posterior() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        joint, _ = tried.arrays()
        value, target = number(function, (joint, joint / joint.sum())), math.log(joint.sum())
        return None if close(value, target) else (f"{shown(target)}, the evidence, because q is the posterior", shown(value))

    def at_the_posterior() -> list[Input]:
        joints = dict.fromkeys(cast(Law, x.arguments[0]) for x in _ledgers())
        return [Input((joint, tuple(v / sum(joint) for v in joint)), ("joint", "q")) for joint in joints if len(joint) < 3]

    return Property("equals the evidence if q is the posterior", at_the_posterior, test)


def _never_above() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        joint, _ = tried.arrays()
        value, ceiling = number(function, tried.arrays()), math.log(joint.sum())
        return None if value <= ceiling + 1e-9 else (f"at most {shown(ceiling)}, the evidence", shown(value))

    return Property("is never above the evidence", _ledgers, test)


_BOUND_PROPERTIES = [
    _tight_at_the_posterior(),
    _never_above(),
    _agrees("is −∞ where q allows what the joint rules out", lambda: [x for x in _ledgers() if not _allowed(x)], _reference_bound),
    _agrees("agrees with kltext", lambda: [x for x in _ledgers() if _allowed(x)], _reference_bound),
]


def _terms(q: Vector, values: Vector) -> float:
    return float(np.sum(np.where(q > 0, q * np.where(q > 0, values, 0), 0)))


def _log(x: Vector) -> Vector:
    with np.errstate(divide="ignore"):
        return np.log(x)


_BOUND_IMITATIONS = [
    Imitation("The terms with q = 0 are nan: 0·log(p/0). They count as 0.", lambda joint, q: np.sum(q * np.log(joint / q))),
    Imitation("The terms with q = 0 are nan: 0·log 0. They count as 0.", lambda joint, q: np.sum(q * (np.log(joint) - np.log(q)))),
    Imitation("That is the energy. The entropy of q is missing.", lambda joint, q: _terms(q, _log(joint))),
    Imitation("The sign of the entropy is turned.", lambda joint, q: _terms(q, _log(joint)) + _terms(q, _log(q))),
    Imitation("That is the negative of the gap: the joint was normalised first.", lambda joint, q: -float(kl_divergence(q, joint / joint.sum()))),
    Imitation("The logarithm has base 2; nats are asked for.", lambda joint, q: _reference_bound(joint, q) / math.log(2)),
    Imitation("The sign is turned: that is the loss, not the bound.", lambda joint, q: -_reference_bound(joint, q)),
    Imitation(
        "Latents that the joint rules out are left out of the average. Where q gives them mass, they cost without end.",
        lambda joint, q: _terms(q, _log(np.where(joint > 0, joint, 1))) - _terms(np.where(joint > 0, q, 0), _log(q)),
    ),
    Imitation("That is the evidence, whatever q is.", lambda joint, q: math.log(joint.sum())),
]
_FLOOR = Symptom(
    "A joint of 0 was lifted a little, or clipped. That hides a q that allows what cannot be.",
    lambda failure: failure.expected == "-inf" and failure.got.removeprefix("-")[:1].isdigit(),
)
_NAN = Symptom("0·log 0. A computer finds 0 · (−inf) = nan; a latent with q = 0 counts as 0.", lambda failure: failure.got.startswith("nan"))

implement = FunctionExercise("elbo-implement", _reference_bound, _BOUND_PROPERTIES, _BOUND_IMITATIONS, (_NAN, _FLOOR), _ledgers()[::5])

# elbo-bug: the importance-weighted bound from logarithms of weights.


def _reference_weights(log_w: Vector) -> float:
    return float(importance_weighted_bound(log_w))


@cache
def _weights() -> tuple[Input, ...]:
    """Logarithms of one to three weights, simplest first."""
    steps = [Fraction(x) for x in (0, -1, 1, -3)]
    found = [Input((w,), ("log_w",)) for n in (1, 2, 3) for w in product(steps, repeat=n)]
    return tuple(sorted(found, key=Input.size))


@cache
def _far_weights() -> tuple[Input, ...]:
    """Weights that leave the range of floating point."""
    return tuple(Input(((Fraction(a), Fraction(a - b)),), ("log_w",)) for a in (-1000, 1000) for b in (0, 1))


def _shift() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        (log_w,) = tried.arrays()
        before, after = number(function, (log_w,)), number(function, (log_w + 2,))
        return None if close(after, before + 2) else (f"{shown(before + 2)} after 2 was added to every log-weight", shown(after))

    return Property("rises by c if every log-weight does", _weights, test)


_WEIGHT_PROPERTIES = [
    _agrees("is the log-weight itself for one sample", lambda: [x for x in _weights() if len(x.arguments[0]) == 1], _reference_weights),
    _agrees("is the common log-weight if all are equal", lambda: [x for x in _weights() if len(set(x.arguments[0])) == 1], _reference_weights),
    _shift(),
    _agrees("is the logarithm of the mean weight", _weights, _reference_weights),
    _agrees("neither over- nor underflows", _far_weights, _reference_weights),
]
_WEIGHT_IMITATIONS = [
    Imitation("That is the mean of the logarithms: the bound with one weight, however many samples are drawn.", lambda w: float(np.mean(w))),
    Imitation("log K is not subtracted: the weights are summed, not averaged.", lambda w: float(np.logaddexp.reduce(w))),
    Imitation("log K is subtracted twice.", lambda w: _reference_weights(w) - math.log(len(w))),
    Imitation("That is the largest weight alone.", lambda w: float(np.max(w))),
    Imitation("The largest log-weight was taken out and not put back.", lambda w: _reference_weights(w - w.max())),
    Imitation("The mean of the weights still needs its logarithm.", lambda w: float(w.max() + np.mean(np.exp(w - w.max())))),
    Imitation(
        "The weights over- or underflow. Take the largest logarithm out before the exponential and add it again after the logarithm.",
        lambda w: np.log(np.mean(np.exp(w))),
    ),
]

bug = FunctionExercise("elbo-bug", _reference_weights, _WEIGHT_PROPERTIES, _WEIGHT_IMITATIONS, (), _weights())

# elbo-logits: the gradient of the bound in the logits of q.


def _softmax(logits: Vector) -> Vector:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def _log_ratio(logits: Vector, log_joint: Vector) -> tuple[Vector, Vector]:
    q = _softmax(logits)
    return q, log_joint - np.log(q)


def _reference_gradient(logits: Vector, log_joint: Vector) -> Vector:
    q, r = _log_ratio(logits, log_joint)
    return np.asarray(q * (r - q @ r))


@cache
def _logits() -> tuple[Input, ...]:
    """Logits and log-joints of two and three latents, simplest first."""
    steps = [Fraction(x) for x in (0, 1, -2)]
    found = [
        Input((logits, log_joint), ("logits", "log_joint"))
        for n, stride in ((2, 1), (3, 13))
        for logits, log_joint in list(product(product(steps, repeat=n), repeat=2))[::stride]
    ]
    return tuple(sorted(found, key=Input.size))


def _vector(statement: str, inputs: Inputs, expected: Function, told_of: str = "") -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = numbers(function, tried.arrays()), np.asarray(expected(*tried.arrays()))
        if value.shape != target.shape:
            return told(target) + told_of, f"a result of shape {value.shape}"
        return None if np.allclose(value, target, rtol=1e-7, atol=1e-9) else (told(target) + told_of, told(value))

    return Property(statement, inputs, test)


def _quotient(logits: Vector, log_joint: Vector) -> Vector:
    """The slope of the bound, by central differences of the bound itself."""
    def value(at: Vector) -> float:
        return float(elbo(log_joint, _softmax(at)).bound)

    step = 1e-4
    wide = [(value(logits + 2 * step * e) - value(logits - 2 * step * e)) / (4 * step) for e in np.eye(len(logits))]
    near = [(value(logits + step * e) - value(logits - step * e)) / (2 * step) for e in np.eye(len(logits))]
    return np.asarray((4 * np.array(near) - np.array(wide)) / 3)


def _at_posterior() -> list[Input]:
    return [x for x in _logits() if len(set(np.subtract(*x.arrays()).tolist())) == 1]


def _sums_to_zero() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = float(numbers(function, tried.arrays()).sum())
        return None if abs(value) < 1e-9 else ("a sum of 0: adding a constant to all logits changes nothing", shown(value))

    return Property("adds up to 0", _logits, test)


logits = FunctionExercise(
    "elbo-logits",
    _reference_gradient,
    [
        _vector("is 0 at the posterior", _at_posterior, lambda a, b: np.zeros(len(a)), ", because q is the posterior"),
        _sums_to_zero(),
        _vector("is the slope of the bound", _logits, _quotient),
    ],
    [
        Imitation("The average of r is not subtracted.", lambda a, b: np.multiply(*_log_ratio(a, b))),
        Imitation("The sign is turned: that is the gradient of the loss.", lambda a, b: -_reference_gradient(a, b)),
    Imitation("That is q times the slope in q. A logit moves all probabilities: the average of the slope is missing.", lambda a, b: _softmax(a) * (_log_ratio(a, b)[1] - 1)),
    Imitation("That is the slope in q. The way from the logits to q is missing.", lambda a, b: _log_ratio(a, b)[1] - 1),
    Imitation("That is the posterior minus q: 0 at the right place, and not the slope elsewhere.", lambda a, b: _softmax(b) - _softmax(a)),
        Imitation("The entropy is missing: r is log p(x, z) − log q(z).", lambda a, b: _softmax(a) * (b - _softmax(a) @ b)),
        Imitation("The mean of r is subtracted without the weights q.", lambda a, b: _softmax(a) * (_log_ratio(a, b)[1] - _log_ratio(a, b)[1].mean())),
        Imitation("That is the slope in the probabilities, not in the logits: the factor q is missing.", lambda a, b: _log_ratio(a, b)[1] - _softmax(a) @ _log_ratio(a, b)[1]),
    ],
    (),
    _logits()[::7],
)  # fmt: skip

EXERCISES = (bound, gap, two_weights, coins, encoder, samples, implement, bug, narrow, logits)
