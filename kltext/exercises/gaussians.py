"""The exercises of the chapter on Gaussians and exponential families."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext import gaussian_kl, mvn_kl
from kltext.bregman import bregman_divergence
from kltext.exercises.calls import close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told

Vector = np.ndarray[Any, Any]

# gau-variance: N(1, 4) charged by the standard normal, 4 the variance.
MEAN, VARIANCE = 1.0, 4.0
STD = math.sqrt(VARIANCE)

variance = NumberExercise(
    "gau-variance",
    answer=lambda: float(gaussian_kl(MEAN, STD)),
    unit="nats",
    wrong=[
        Wrong("The variance 4 was used as a standard deviation.", lambda: float(gaussian_kl(MEAN, VARIANCE))),
        Wrong("That is D(Q‖P): the standard normal did the weighing.", lambda: float(gaussian_kl(0, 1, MEAN, STD))),
        Wrong("The ½ in front of the bracket is missing.", lambda: 2 * float(gaussian_kl(MEAN, STD))),
        Wrong("That is what the spread costs. The mean is off as well.", lambda: float(gaussian_kl(0, STD))),
    ],
)

# gau-latent: one image's posterior in a VAE with three latent dimensions.
LATENT_MEAN, LATENT_LOG_VAR = np.array([1.0, 0.0, -1.0]), np.array([0.0, -1.0, 1.0])


def _latent(log_std: Vector) -> float:
    return float(np.sum(gaussian_kl(LATENT_MEAN, np.exp(log_std))))


latent = NumberExercise(
    "gau-latent",
    answer=lambda: _latent(LATENT_LOG_VAR / 2),
    unit="nats",
    wrong=[
        Wrong("The log-variance was used as the logarithm of the standard deviation.", lambda: _latent(LATENT_LOG_VAR)),
        Wrong("That is the mean over the three dimensions; a divergence of a product is their sum.", lambda: _latent(LATENT_LOG_VAR / 2) / 3),
        Wrong("The ½ in front of the sum is missing.", lambda: 2 * _latent(LATENT_LOG_VAR / 2)),
        Wrong("That is what the means cost. The second and third spread are off as well.", lambda: _latent(0 * LATENT_LOG_VAR)),
    ],
)

# gau-alarm: two metrics with correlation 0.8 drift apart by 0.3 each.
RHO, SHIFT, ODDS = 0.8, 0.3, 100.0
COV = np.array([[1.0, RHO], [RHO, 1.0]])


def _alarm(shift: tuple[float, float], cov: Vector = COV) -> float:
    return math.log(ODDS) / float(mvn_kl(shift, cov, [0.0, 0.0], cov))


alarm = NumberExercise(
    "gau-alarm",
    answer=lambda: _alarm((SHIFT, -SHIFT)),
    unit="observations",
    wrong=[
        Wrong("That leaves the correlation out.", lambda: _alarm((SHIFT, -SHIFT), np.eye(2))),
        Wrong("That is for both metrics rising; one rises and one falls.", lambda: _alarm((SHIFT, SHIFT))),
        Wrong("The ½ in front of the Mahalanobis term is missing.", lambda: _alarm((SHIFT, -SHIFT)) / 2),
        Wrong("log 100 is in bits there and the divergence in nats. Use one unit.", lambda: _alarm((SHIFT, -SHIFT)) / math.log(2)),
    ],
)

# gau-geometric: two geometric laws (failures before the first success) as an exponential family.
SUCCESS_P, SUCCESS_Q = 0.5, 0.2


def _geometric_partition(theta: Any) -> Any:
    return -np.log1p(-np.exp(theta))


def _geometric_gradient(theta: Any) -> Any:
    return np.exp(theta) / (1 - np.exp(theta))


def _geometric(a: float, b: float) -> float:
    theta = math.log1p(-a), math.log1p(-b)
    return float(bregman_divergence(_geometric_partition, *theta, gradient=_geometric_gradient))


geometric = NumberExercise(
    "gau-geometric",
    answer=lambda: _geometric(SUCCESS_Q, SUCCESS_P),
    unit="nats",
    wrong=[
        Wrong("That is D(Q‖P): the tangent was drawn at Q. The law that generates the data is the point of tangency.", lambda: _geometric(SUCCESS_P, SUCCESS_Q)),
        Wrong(
            "That compares one trial, a coin with success probability ½ and one with 0.2. A waiting time holds more than one trial.",
            lambda: SUCCESS_P * math.log(SUCCESS_P / SUCCESS_Q) + (1 - SUCCESS_P) * math.log((1 - SUCCESS_P) / (1 - SUCCESS_Q)),
        ),
    ],
)

# gau-nearest: the Gaussian nearest to the uniform law on [0, 6].
LENGTH = 6.0


def _uniform_to_normal(std: float) -> float:
    """D(uniform on [0, LENGTH] ‖ N(its mean, std²))."""
    return math.log(std * math.sqrt(2 * math.pi)) + LENGTH**2 / 12 / (2 * std**2) - math.log(LENGTH)


nearest = NumberExercise(
    "gau-nearest",
    answer=lambda: _uniform_to_normal(LENGTH / math.sqrt(12)),
    unit="nats",
    wrong=[
        Wrong("The nearest Gaussian has the right mean and variance; 3 is the variance, not the standard deviation.", lambda: _uniform_to_normal(LENGTH**2 / 12)),
        Wrong("That is for the standard normal in place of the nearest Gaussian's spread.", lambda: _uniform_to_normal(1.0)),
    ],
)

# gau-detour: from the nearest Poisson law to another one.
COUNTS, OTHER, LEFT = 4.0, 6.0, 0.2


def _poisson(a: float, b: float) -> float:
    return float(bregman_divergence(np.exp, math.log(b), math.log(a), gradient=np.exp))


detour = NumberExercise(
    "gau-detour",
    answer=lambda: LEFT + _poisson(COUNTS, OTHER),
    unit="nats",
    wrong=[
        Wrong("The second leg goes the wrong way: the nearest member generates, the other one is charged.", lambda: LEFT + _poisson(OTHER, COUNTS)),
        Wrong("That is the second leg alone. P itself is 0.20 nats from the nearest member.", lambda: _poisson(COUNTS, OTHER)),
        Wrong("Pythagoras adds the divergences as they are, not their squares.", lambda: math.hypot(LEFT, _poisson(COUNTS, OTHER))),
    ],
)

# gau-step: how far may a mean move for a hundredth of a nat?
NARROW, BUDGET = 0.05, 0.01

step = NumberExercise(
    "gau-step",
    answer=lambda: NARROW * math.sqrt(2 * BUDGET),
    tolerance=2e-3,
    wrong=[
        Wrong("That solves δ²/σ² = 0.01: the ½ of the expansion is missing.", lambda: NARROW * math.sqrt(BUDGET)),
        Wrong("That is the step for σ = 1.", lambda: math.sqrt(2 * BUDGET)),
        Wrong("Solve for the step, not for its square.", lambda: NARROW**2 * 2 * BUDGET),
    ],
)

# gau-even: a coordinate in which the Fisher information of the Poisson family is 1.
FEW, MANY = 100.0, 144.0


def _even(factor: float = 2.0) -> float:
    """The quadratic form in the coordinate factor·√rate."""
    return (factor * (math.sqrt(MANY) - math.sqrt(FEW))) ** 2 / 2


even = NumberExercise(
    "gau-even",
    answer=_even,
    unit="nats",
    wrong=[
        Wrong("That is the exact divergence. The box takes the estimate.", lambda: _poisson(FEW, MANY)),
        Wrong("That is the quadratic form in the rate itself, where the information changes along the way.", lambda: (MANY - FEW) ** 2 / FEW / 2),
        Wrong("That is the quadratic form in the logarithm of the rate.", lambda: FEW * math.log(MANY / FEW) ** 2 / 2),
        Wrong("The ½ in front of the square is missing.", lambda: 2 * _even()),
        Wrong("In √λ the information is 4, not 1. A factor is missing in the coordinate.", lambda: _even(1.0)),
    ],
)

# gau-implement, gau-bug: the KL term of a VAE, from means and log-variances.


def _diagonal(mean: Vector, log_var: Vector) -> float:
    """The reference: D(N(mean, diag exp(log_var)) ‖ N(0, I))."""
    return float(np.sum(gaussian_kl(mean, np.exp(np.asarray(log_var) / 2))))


@cache
def _latents() -> tuple[Input, ...]:
    """Means and log-variances of one and of two dimensions, simplest first."""
    steps = [Fraction(x) for x in (0, 1, -1, 2)] + [Fraction(1, 2), Fraction(-1, 2)]
    one = [Input(((m,), (v,)), ("mean", "log_var")) for m, v in product(steps, steps)]
    two = [
        Input((m, v), ("mean", "log_var"))
        for m, v in product(product(steps[:3], steps[:2]), product(steps[:2], steps[:3]))
    ]
    return tuple(sorted(one + two, key=Input.size))


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _never_negative(inputs: Inputs) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return ("a value ≥ 0", shown(value)) if not value >= -1e-12 else None

    return Property("is never negative", inputs, test)


def _zero_at_the_prior() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return None if close(value, 0) else ("0, because both laws are standard normal", shown(value))

    prior = [Input(((Fraction(0),) * k, (Fraction(0),) * k), ("mean", "log_var")) for k in (1, 2, 3)]
    return Property("is zero at mean 0 and log-variance 0", lambda: prior, test)


def _additive() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        mean, log_var = tried.arrays()
        parts = sum(number(function, (mean[j : j + 1], log_var[j : j + 1])) for j in range(len(mean)))
        value = number(function, (mean, log_var))
        return None if close(value, parts) else (f"{shown(parts)}, the sum over the dimensions", shown(value))

    return Property("adds up over the dimensions", lambda: [x for x in _latents() if len(x.arguments[0]) > 1], test)


_DIAGONAL_PROPERTIES = [
    _zero_at_the_prior(),
    _never_negative(_latents),
    _agrees("equals the average log-ratio", _latents, _diagonal),
    _additive(),
]

_DIAGONAL_IMITATIONS = [
    Imitation("The log-variance is treated as the logarithm of the standard deviation.", lambda m, v: _diagonal(m, 2 * np.asarray(v))),
    Imitation("The dimensions are averaged. The divergence of a product is the sum.", lambda m, v: _diagonal(m, v) / len(m)),
    Imitation("The ½ in front of the sum is missing.", lambda m, v: 2 * _diagonal(m, v)),
    Imitation("The sign is turned: that is the negative of the divergence.", lambda m, v: -_diagonal(m, v)),
    Imitation("That is the other direction: the prior did the weighing.", lambda m, v: float(np.sum(gaussian_kl(0.0, 1.0, m, np.exp(v / 2))))),
    Imitation(
        "The logarithm is that of the standard deviation where the variance's is needed: it is half as large as it should be.",
        lambda m, v: float(np.sum(m**2 + np.exp(v) - v / 2 - 1) / 2),
    ),
]

implement = FunctionExercise("gau-implement", _diagonal, _DIAGONAL_PROPERTIES, _DIAGONAL_IMITATIONS, (), _latents())
bug = FunctionExercise("gau-bug", _diagonal, _DIAGONAL_PROPERTIES, _DIAGONAL_IMITATIONS, (), _latents())

# gau-determinant: full covariances of any size, without forming a determinant.

_NAMES = ("mean_p", "cov_p", "mean_q", "cov_q")
_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)


def _matrix(a: Fraction, b: Fraction, c: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    return ((a, b), (b, c))


@cache
def _pairs() -> tuple[Input, ...]:
    """Pairs of Gaussians in one and two dimensions, simplest first."""
    means = [(_ZERO, _ZERO), (_ONE, _ZERO), (_ONE, -_ONE)]
    matrices = [
        _matrix(a, b, c)
        for a, b, c in ((_ONE, _ZERO, _ONE), (2 * _ONE, _ZERO, _ONE), (_ONE, _HALF, _ONE), (2 * _ONE, -_ONE, _ONE))
    ]
    single = [
        Input(((m,), ((v,),), (_ZERO,), ((w,),)), _NAMES)
        for m, v, w in product((_ZERO, _ONE), (_ONE, 2 * _ONE), (_ONE, _HALF))
    ]
    double = [Input((m, s, (_ZERO, _ZERO), t), _NAMES) for m, s, t in product(means, matrices, matrices)]
    return tuple(sorted(single + double, key=Input.size))


@cache
def _tiny() -> tuple[Input, ...]:
    """Pairs whose determinants leave the range of floating point."""
    found = []
    for power in (-170, 170):
        scale = Fraction(10) ** power
        for s, t in product([(_ONE, _HALF, _ONE), (2 * _ONE, _ZERO, _ONE)], repeat=2):
            p, q = (_matrix(*(x * scale for x in entries)) for entries in (s, t))
            found.append(Input(((_ZERO, _ZERO), p, (_ZERO, _ZERO), q), _NAMES))
    return tuple(found)


def _unchanged_by_units() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        mean_p, cov_p, mean_q, cov_q = tried.arrays()
        before = number(function, (mean_p, cov_p, mean_q, cov_q))
        after = number(function, (8 * mean_p, 64 * cov_p, 8 * mean_q, 64 * cov_q))
        return None if close(before, after) else (f"{shown(before)}, as before all lengths were multiplied by 8", shown(after))

    return Property("does not depend on the unit of length", _pairs, test)


def _finite_at_any_scale() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(mvn_kl(*tried.arrays()))
        return None if close(value, target) else (f"{shown(target)}: the determinants' ratio is an ordinary number", shown(value))

    return Property("works where a determinant under- or overflows", _tiny, test)


def _full(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
    return float(mvn_kl(mean_p, cov_p, mean_q, cov_q))


def _without_half(*arguments: Vector) -> float:
    return 2 * _full(*arguments)


def _swapped(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
    return _full(mean_q, cov_q, mean_p, cov_p)


determinant = FunctionExercise(
    "gau-determinant",
    _full,
    [_agrees("equals the average log-ratio", _pairs, _full), _never_negative(_pairs), _unchanged_by_units(), _finite_at_any_scale()],
    [
        Imitation("That is the other direction: Q did the weighing.", _swapped),
        Imitation("The ½ in front of the bracket is missing.", _without_half),
    ],
    (),
    _pairs(),
)

EXERCISES = (variance, latent, alarm, geometric, nearest, detour, step, even, implement, bug, determinant)
