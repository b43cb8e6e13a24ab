"""The exercises of the chapter on forward and reverse."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext import gaussian_kl, kl_divergence
from kltext.exercises.calls import close, numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws
from kltext.exercises.mistakes import Imitation, Symptom
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Mismatch, Property, told
from kltext.exercises.report import Failure
from kltext.mean_field import mean_field
from kltext.mixtures import GaussianMixture
from kltext.projections import GaussianFit, i_projection

Vector = np.ndarray[Any, Any]

# dir-leave: the best law that may not use the third outcome.
FULL = (0.5, 0.3, 0.2)
KEPT = FULL[0] + FULL[1]

leave = NumberExercise(
    "dir-leave",
    answer=lambda: float(kl_divergence([FULL[0] / KEPT, FULL[1] / KEPT, 0.0], FULL)),
    unit="nats",
    wrong=[
        Wrong("That is D(P‖Q): P allows the third outcome, Q does not. The question is what Q pays for weighing itself.", lambda: math.inf),
        Wrong("Leaving something out is not free in this direction either.", lambda: 0.0),
        Wrong("That is the surprise at the outcome that is left out. What counts is the mass that is kept.", lambda: -math.log(FULL[2])),
        Wrong("That is for Q = (½, ½, 0). The best Q keeps P’s proportions.", lambda: float(kl_divergence([0.5, 0.5, 0.0], FULL))),
    ],
)

# dir-moments: the forward fit of a mixture of two.
WEIGHT, MEANS, STDS = 0.2, (-5.0, 0.0), (2.0, 1.0)


def _spread(weight: float, *, apart: bool = True) -> float:
    inside = weight * STDS[0] ** 2 + (1 - weight) * STDS[1] ** 2
    return math.sqrt(inside + apart * weight * (1 - weight) * (MEANS[0] - MEANS[1]) ** 2)


moments = NumberExercise(
    "dir-moments",
    answer=lambda: _spread(WEIGHT),
    wrong=[
        Wrong("That is the variance; the spread is its square root.", lambda: _spread(WEIGHT) ** 2),
        Wrong("That is the spread inside the modes alone. The distance between them counts as well.", lambda: _spread(WEIGHT, apart=False)),
        Wrong("The two modes do not have equal weights.", lambda: _spread(0.5)),
        Wrong("That is the spread of the heavier mode alone. The forward fit covers the other one as well.", lambda: STDS[1]),
        Wrong("That is the root of the mean square, about 0. The spread is about the mean.", lambda: math.hypot(_spread(WEIGHT), WEIGHT * MEANS[0] + (1 - WEIGHT) * MEANS[1])),
    ],
)

# dir-jump: where mode seeking begins for modes of spread one half.
HALF = 0.5


def _fits(m: float) -> tuple[list[GaussianFit], list[GaussianFit]]:
    """The minima of D(Q‖½N(±m, 1)) on a mode, and those in the middle."""
    found = i_projection(GaussianMixture([0.5, 0.5], [-m, m], stds=1.0), starts=0)
    return [fit for fit in found if abs(fit.mean) > 1], [fit for fit in found if abs(fit.mean) <= 1]


@cache
def _jump() -> float:
    """The m at which a mode becomes as good as the middle, for modes of spread 1."""
    from scipy.optimize import brentq

    def gap(m: float) -> float:
        aside, middle = _fits(m)
        return min(fit.value for fit in aside) - min(fit.value for fit in middle)

    return float(brentq(gap, 2.7, 2.9, xtol=1e-9))


@cache
def _fold() -> float:
    """The m at which a minimum on a mode begins to exist, to four digits."""
    low, high = 2.0, 2.7
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if _fits(middle)[0] else (middle, high)
    return high


jump = NumberExercise(
    "dir-jump",
    answer=lambda: HALF * _jump(),
    wrong=[
        Wrong("That is m for modes of spread 1 (or, here, the whole distance between the modes). What is the same in every unit?", _jump),
        Wrong("That scales the wrong way: narrower modes part sooner.", lambda: _jump() / HALF),
        Wrong("There P gets its second peak. The best fit stays in the middle for much longer.", lambda: HALF),
        Wrong("There a minimum on a mode begins to exist. It is not yet the best one.", lambda: HALF * _fold()),
    ],
)

# dir-average: one student for two contexts.
TEACHERS = ((0.9, 0.1), (0.5, 0.5))


def _geometric(teachers: Vector, weights: Vector) -> Vector:
    """The law with the least Σ wᵢ D(Q‖Pᵢ): the normalised geometric mean. A teacher of weight 0 has no say."""
    teachers, weights = np.asarray(teachers, dtype=float), np.asarray(weights, dtype=float)
    with np.errstate(divide="ignore"):
        logs = weights[weights > 0] @ np.log(teachers[weights > 0])
    powers = np.exp(logs - logs.max())
    return np.asarray(powers / powers.sum())


average = NumberExercise(
    "dir-average",
    answer=lambda: float(_geometric(np.array(TEACHERS), np.array([0.5, 0.5]))[0]),
    wrong=[
        Wrong("That is the arithmetic mean, which minimises the average of D(Pᵢ‖Q): the other direction.", lambda: (TEACHERS[0][0] + TEACHERS[1][0]) / 2),
        Wrong("That is the geometric mean before it is normalised.", lambda: math.sqrt(TEACHERS[0][0] * TEACHERS[1][0])),
        Wrong("That is the product of the two, normalised: each teacher has weight ½, not 1.", lambda: float(_geometric(np.array(TEACHERS), np.array([1.0, 1.0]))[0])),
    ],
)

# dir-half: the forward fit of a standard normal law that is known to be positive.
half = NumberExercise(
    "dir-half",
    answer=lambda: math.sqrt(1 - 2 / math.pi),
    wrong=[
        Wrong("That is the variance; the spread is its square root.", lambda: 1 - 2 / math.pi),
        Wrong("That is the mean.", lambda: math.sqrt(2 / math.pi)),
        Wrong("That is the root of the mean square, about 0. The spread is about the mean.", lambda: 1.0),
        Wrong("Knowing the sign makes the law narrower, not wider.", lambda: math.sqrt(1 + 2 / math.pi)),
    ],
)

# dir-meanfield: independent coordinates in place of two that go together.
COV = ((4.0, 1.8), (1.8, 1.0))


def _field(index: int) -> float:
    return float(mean_field([0.0, 0.0], COV).variances[index])


meanfield = NumberExercise(
    "dir-meanfield",
    answer=lambda: _field(0),
    wrong=[
        Wrong("That is the marginal variance, which the forward direction keeps.", lambda: COV[0][0]),
        Wrong("That is the other coordinate’s.", lambda: _field(1)),
        Wrong("That is its square root, the standard deviation.", lambda: math.sqrt(_field(0))),
        Wrong("That is the entry of the precision matrix. Its reciprocal is the variance.", lambda: 1 / _field(0)),
        Wrong("That is the divergence at the best Q.", lambda: float(mean_field([0.0, 0.0], COV).value)),
    ],
)

# dir-zero: how much mass a small reverse divergence allows on an event that P nearly rules out.
RARE, BUDGET = 0.001, 0.1


def _coin(a: float, b: float) -> float:
    return float(kl_divergence([a, 1 - a], [b, 1 - b]))


@cache
def _most(forward: bool) -> float:
    """The largest Q(A) with the divergence of the two coins within the budget."""
    low, high = RARE, 0.9
    for _ in range(80):
        middle = (low + high) / 2
        within = (_coin(RARE, middle) if forward else _coin(middle, RARE)) <= BUDGET
        low, high = (middle, high) if within else (low, middle)
    return low


zero = NumberExercise(
    "dir-zero",
    answer=lambda: _most(False),
    wrong=[
        Wrong("That is the bound of the theorem. It holds and is not attained; find the largest value itself.", lambda: (BUDGET + math.log(2)) / math.log(1 / RARE)),
        Wrong("That is for D(P‖Q) ≤ 0.1: the other direction is less strict here.", lambda: _most(True)),
        Wrong("That is what Pinsker’s inequality allows: true, and far too generous.", lambda: RARE + math.sqrt(BUDGET / 2)),
    ],
)

# dir-uniform: the best uniform law in place of the standard normal one.
uniform = NumberExercise(
    "dir-uniform",
    answer=lambda: math.sqrt(3),
    wrong=[
        Wrong("The mean square of the uniform law on [−c, c] is c²/3, not c².", lambda: 1.0),
        Wrong("That is the whole width of the interval.", lambda: 2 * math.sqrt(3)),
        Wrong("D(P‖Q) is infinite for every c, and no c is best there. The question is the other direction.", lambda: math.inf),
        Wrong("That is c², from the equation c²/3 = 1.", lambda: 3.0),
    ],
)

# dir-students: one law for several teachers.


@cache
def _teams() -> tuple[Input, ...]:
    """Some teachers and their weights; some outcome is allowed by all whose weight is positive. Simplest first."""
    one, half, third = Fraction(1), Fraction(1, 2), Fraction(1, 3)
    found = [Input(((law,), (one,)), ("teachers", "weights")) for d in (1, 2, 3) for law in laws(2, d)]
    two = [law for d in (1, 2, 4) for law in laws(2, d)]
    three = [law for d in (2, 4) for law in laws(3, d)]
    for weights in ((half, half), (third, 1 - third), (one, 0 * one)):
        for a, b in [*product(two, two), *product(three[::3], three[::2])]:
            team = [law for law, weight in zip((a, b), weights, strict=True) if weight > 0]
            if any(all(law[x] > 0 for law in team) for x in range(len(a))):
                found.append(Input(((a, b), weights), ("teachers", "weights")))
    return tuple(sorted(found, key=Input.size))


def _loss(q: Vector, teachers: Vector, weights: Vector) -> float:
    return math.fsum(w * float(kl_divergence(q, p)) for w, p in zip(weights, teachers, strict=True) if w > 0)


def _returned(function: Function, tried: Input) -> Vector:
    return numbers(function, tried.arrays())


def _is_law(tried: Input, q: Vector) -> Mismatch:
    size = len(tried.arrays()[0][0])
    if q.shape != (size,):
        return f"one probability for each of the {size} outcomes", f"a result of shape {q.shape}"
    if np.isnan(q).any() or (q < 0).any() or not close(float(q.sum()), 1):
        return told(_geometric(*tried.arrays())), told(q)
    return None


def _law() -> Property:
    return Property("returns a law", _teams, lambda function, tried: _is_law(tried, _returned(function, tried)))


VETO = "0 where a teacher says 0"


def _nearly_zero(failure: Failure) -> bool:
    """A little where there is to be nothing."""
    found = re.findall(r"[-+.\de]+", failure.got)
    return failure.expected.startswith(VETO) and any(0 < float(x) < 0.01 for x in found if any(map(str.isdigit, x)))


def _vetoes() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        teachers, weights = tried.arrays()
        q = _returned(function, tried)
        if q.shape != teachers.shape[1:]:
            return None
        ruled_out = (teachers[weights > 0] == 0).any(0)
        if (q[ruled_out] != 0).any():
            return f"{VETO}: {told(_geometric(teachers, weights))}", told(q)
        return None

    return Property("gives nothing to an outcome that a teacher with weight rules out", _teams, test)


def _least() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        teachers, weights = tried.arrays()
        q = _returned(function, tried)
        best = _geometric(teachers, weights)
        if _is_law(tried, q):
            return told(best), told(q)
        value, least = _loss(q / q.sum(), teachers, weights), _loss(best, teachers, weights)
        if value <= least + 1e-12:
            return None
        return f"a law with an average divergence of {shown(least)}", f"{told(q)}, with {shown(value)}"

    return Property("has the least average of D(Q‖Pᵢ)", _teams, test)


def _agreement() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        teachers, _ = tried.arrays()
        q = _returned(function, tried)
        same = q.shape == teachers[0].shape and np.allclose(q, teachers[0], rtol=1e-9, atol=1e-12)
        return None if same else (f"{told(teachers[0])}, on which the teachers agree", told(q))

    def agreed() -> list[Input]:
        return [x for x in _teams() if len({x.arguments[0][i] for i in range(len(x.arguments[0]))}) == 1]

    return Property("is the teachers’ law where they agree", agreed, test)


def _team_untouched() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        arrays = tried.arrays()
        numbers(function, arrays)
        for name, before, after in zip(tried.names, tried.arrays(), arrays, strict=True):
            if not np.array_equal(before, after):
                return f"{name} as it was", f"{name} changed"
        return None

    return Property("does not change its inputs", _teams, test, minor=True)


def _plain_geometric(teachers: Vector, weights: Vector) -> Vector:
    with np.errstate(all="ignore"):
        return np.asarray(np.prod(np.asarray(teachers) ** np.asarray(weights)[:, None], axis=0))


def _geometric_with_nan(teachers: Vector, weights: Vector) -> Vector:
    with np.errstate(all="ignore"):
        powers = np.exp(np.asarray(weights) @ np.log(np.asarray(teachers)))
        return np.asarray(powers / powers.sum())


students = FunctionExercise(
    "dir-students",
    _geometric,
    [_law(), _vetoes(), _least(), _agreement(), _team_untouched()],
    [
        Imitation("the arithmetic mean, which minimises the average of D(Pᵢ‖Q): the other direction.", lambda t, w: np.asarray(w) @ np.asarray(t)),
        Imitation("the geometric mean is not normalised.", _plain_geometric),
        Imitation("a teacher of weight 0 has a say: 0·log 0 is nan in floating point.", _geometric_with_nan),
        Imitation("the weights are left out.", lambda t, w: _geometric(t, np.full(len(t), 1 / len(t)))),
    ],
    (Symptom("a small number was put in place of 0 before the logarithm. That takes the veto away.", _nearly_zero),),
    _teams(),
)

# dir-bug: the slopes of D(Q‖P) for two Gaussians, each given as [mean, std].


def _slopes(q: Vector, p: Vector) -> Vector:
    (mean, std), (m, s) = np.asarray(q, dtype=float), np.asarray(p, dtype=float)
    return np.array([(mean - m) / s**2, std / s**2 - 1 / std])


@cache
def _normals() -> tuple[Input, ...]:
    means, stds = [Fraction(x) for x in (0, 1, -1)], [Fraction(1), Fraction(2), Fraction(1, 2)]
    laws = list(product(means, stds))
    return tuple(sorted((Input((q, p), ("q", "p")) for q, p in product(laws, laws)), key=Input.size))


def _flat_at_the_target() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        slopes = _returned(function, tried)
        flat = slopes.shape == (2,) and np.allclose(slopes, 0, atol=1e-9)
        return None if flat else ("[0, 0], because Q = P is the best there is", told(np.where(abs(slopes) < 1e-12, 0, slopes)))

    return Property("is zero where Q = P", lambda: [x for x in _normals() if x.arguments[0] == x.arguments[1]], test)


def _slope(index: int, name: str) -> Property:
    """Against a difference quotient of the divergence itself."""

    def test(function: Function, tried: Input) -> Mismatch:
        slopes = _returned(function, tried)
        (mean, std), (m, s) = tried.arrays()
        h = 1e-5
        move = np.array([h, 0.0]) if index == 0 else np.array([0.0, h])
        up, down = (float(gaussian_kl(mean + sign * move[0], std + sign * move[1], m, s)) for sign in (1, -1))
        target = (up - down) / (2 * h)
        if slopes.shape == (2,) and abs(slopes[index] - target) < 1e-6 * (1 + abs(target)):
            return None
        return f"{target:.6g} for the {name}", shown(float(slopes[index])) if slopes.shape == (2,) else f"a result of shape {slopes.shape}"

    return Property(f"is the slope of D(Q‖P) in the {name}", _normals, test)


bug = FunctionExercise(
    "dir-bug",
    _slopes,
    [_flat_at_the_target(), _slope(0, "mean"), _slope(1, "spread")],
    [
        Imitation(
            "what is left is the slope of −E log p alone: Q is charged for where it stands and never for being narrow.",
            lambda q, p: np.array([(q[0] - p[0]) / p[1] ** 2, q[1] / p[1] ** 2]),
        ),
        Imitation("the slope in log σ, not in σ.", lambda q, p: _slopes(q, p) * np.array([1.0, q[1]])),
        Imitation("the signs are turned: these steps lead uphill.", lambda q, p: -_slopes(q, p)),
        Imitation(
            "the slopes of D(P‖Q): the other direction.",
            lambda q, p: np.array([(q[0] - p[0]) / q[1] ** 2, 1 / q[1] - (p[1] ** 2 + (q[0] - p[0]) ** 2) / q[1] ** 3]),
        ),
    ],
    (),
    _normals(),
)

EXERCISES = (leave, moments, jump, average, half, meanfield, students, bug, zero, uniform)
