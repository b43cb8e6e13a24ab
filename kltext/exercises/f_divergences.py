"""The exercises of the chapter on f-divergences and their inequalities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext import (
    f_divergence,
    hellinger,
    js_distance,
    js_divergence,
    kl_divergence,
    total_variation,
)
from kltext.exercises.calls import close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, simple_pairs
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Mismatch, Property, at_most, divergence_properties

Array = np.ndarray[Any, Any]
FAIR = np.array([0.5, 0.5])

# fdiv-guess: two machines, three grades.
MACHINE_P, MACHINE_Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])


def _advantage() -> float:
    return float(total_variation(MACHINE_P, MACHINE_Q))


guess = NumberExercise(
    "fdiv-guess",
    answer=lambda: (1 + _advantage()) / 2,
    wrong=[
        Wrong("That is the total variation: the advantage, power minus size. Even without looking you are right half of the time.", _advantage),
        Wrong("That is the sum of |p − q|, without its ½.", lambda: 2 * _advantage()),
        Wrong("That is how often the best rule is wrong.", lambda: (1 - _advantage()) / 2),
        Wrong("That is what guessing without looking achieves.", lambda: 0.5),
    ],
)

# fdiv-impossible: two laws that share one outcome and their mass there.
LEFT, RIGHT = np.array([0.4, 0.6, 0.0]), np.array([0.0, 0.6, 0.4])

impossible = NumberExercise(
    "fdiv-impossible",
    answer=lambda: float(js_divergence(LEFT, RIGHT)),
    unit="nats",
    wrong=[
        Wrong("That is the value for laws with nothing in common. Here most of their mass lies on the outcome they share.", lambda: math.log(2)),
        Wrong("That counts one of the two prices. Each law has an outcome that the other rules out.", lambda: float(js_divergence(LEFT, RIGHT)) / 2),
        Wrong("That is without the ½ in the generator: twice the divergence.", lambda: 2 * float(js_divergence(LEFT, RIGHT))),
        Wrong("That weighs the prices with the mass that the laws share.", lambda: float(np.minimum(LEFT, RIGHT).sum()) * math.log(2)),
    ],
)

# fdiv-urn: white balls only, or one in four.
WHITE, MIXED = np.array([1.0, 0.0]), np.array([0.25, 0.75])

urn = NumberExercise(
    "fdiv-urn",
    answer=lambda: float(js_divergence(WHITE, MIXED, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is the root of the divergence: the Jensen–Shannon distance.", lambda: float(js_distance(WHITE, MIXED, base=2))),
        Wrong("That is the Jensen–Shannon distance from the divergence in nats. Bits of the divergence are asked for, without a root.", lambda: float(js_distance(WHITE, MIXED))),
        Wrong("That is the total variation.", lambda: float(total_variation(WHITE, MIXED))),
        Wrong("That is the divergence of the first urn from the mixture alone. The other half is missing.", lambda: float(kl_divergence(WHITE, (WHITE + MIXED) / 2, base=2))),
        Wrong("That is what remains unknown of the urn after the ball.", lambda: 1 - float(js_divergence(WHITE, MIXED, base=2))),
    ],
)

# fdiv-observations: a fair coin or one with 0.6, an error of 5 %.
BENT, ERROR = np.array([0.6, 0.4]), 0.05


def _tosses(variation: float, rate: float) -> float:
    """n with 1 − exp(−n·rate) = variation²."""
    return -math.log1p(-(variation**2)) / rate


def _rate() -> float:
    return float(kl_divergence(FAIR, BENT))


observations = NumberExercise(
    "fdiv-observations",
    answer=lambda: _tosses(1 - 2 * ERROR, _rate()),
    unit="tosses",
    wrong=[
        Wrong("That is what Pinsker's inequality gives.", lambda: 2 * (1 - 2 * ERROR) ** 2 / _rate()),
        Wrong("That takes 0.95 for the total variation. The best rule is right with probability ½(1 + TV).", lambda: _tosses(1 - ERROR, _rate())),
        Wrong("That is for D(Q‖P). The exercise asks for D(P‖Q).", lambda: _tosses(1 - 2 * ERROR, float(kl_divergence(BENT, FAIR)))),
        Wrong("TV is squared in the inequality.", lambda: -math.log(2 * ERROR) / _rate()),
        Wrong("The divergence is in bits there and the exponential natural. Use nats.", lambda: _tosses(1 - 2 * ERROR, _rate() / math.log(2))),
    ],
)

# fdiv-reward: rewards between 0 and 10, a policy kept within 0.08 nats.
BUDGET, RANGE = 0.08, 10.0

reward = NumberExercise(
    "fdiv-reward",
    answer=lambda: RANGE * math.sqrt(BUDGET / 2),
    unit="points",
    wrong=[
        Wrong("That is the largest total variation. How far can a mean between 0 and 10 move with it?", lambda: math.sqrt(BUDGET / 2)),
        Wrong("That multiplies the range by the sum of |p − q|, which is twice the total variation.", lambda: 2 * RANGE * math.sqrt(BUDGET / 2)),
        Wrong("The ½ under the root is missing.", lambda: RANGE * math.sqrt(BUDGET)),
        Wrong("The root is missing: that is half of the divergence, times the range.", lambda: RANGE * BUDGET / 2),
        Wrong("That multiplies the range by the divergence itself.", lambda: RANGE * BUDGET),
        Wrong("That is what Bretagnolle and Huber's inequality allows. Pinsker's allows less here.", lambda: RANGE * math.sqrt(-math.expm1(-BUDGET))),
        Wrong("That takes 0.08 for bits. It is in nats already.", lambda: RANGE * math.sqrt(BUDGET * math.log(2) / 2)),
    ],
)

# fdiv-triangle: the smallest triangular divergence of laws with a total variation of 0.6.
HIGH, LOW = np.array([0.8, 0.2]), np.array([0.2, 0.8])  # a coin and its mirror image attain it

triangle = NumberExercise(
    "fdiv-triangle",
    answer=lambda: float(f_divergence(HIGH, LOW, "triangular")),
    wrong=[
        Wrong("That is the largest: the upper side of the sandwich.", lambda: 2 * float(total_variation(HIGH, LOW))),
        Wrong("That takes TV for the sum of |p − q|, and 1 for the sum of p + q. Both are twice as large.", lambda: float(total_variation(HIGH, LOW)) ** 2),
        Wrong("That takes TV for the sum of |p − q|, which is twice as large.", lambda: float(total_variation(HIGH, LOW)) ** 2 / 2),
        Wrong("That takes 1 for the sum of p + q, which is 2.", lambda: 4 * float(total_variation(HIGH, LOW)) ** 2),
        Wrong("That is the total variation.", lambda: float(total_variation(HIGH, LOW))),
    ],
)

# fdiv-js: implement it.


def _charged(p: Array, q: Array) -> Array:
    """Σ p log(p/q) with the conventions."""
    return np.asarray(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0.0).sum(-1))


def _js(p: Array, q: Array) -> Array:
    m = (p + q) / 2
    return (_charged(p, m) + _charged(q, m)) / 2


_JS_IMITATIONS = (
    Imitation("the mixture is the first argument, and does the weighing. It has to be the law that is charged.", lambda p, q: (_charged((p + q) / 2, p) + _charged((p + q) / 2, q)) / 2),
    Imitation(
        "the mixture does the weighing, and the outcomes that one of the laws rules out are dropped. It has to be the law that is charged.",
        lambda p, q: np.nansum(np.where((p > 0) & (q > 0), (p + q) / 2 * (np.log((p + q) / 2 / p) + np.log((p + q) / 2 / q)), 0.0), -1) / 2,
    ),
    Imitation("the ½ in front of the two divergences is missing.", lambda p, q: 2 * _js(p, q)),
    Imitation("that is the distance, the square root of the divergence.", lambda p, q: np.sqrt(np.maximum(_js(p, q), 0))),
    Imitation("the logarithm has base 2. The values are right in bits; nats are asked for.", lambda p, q: _js(p, q) / math.log(2)),
    Imitation("one of the two halves is missing.", lambda p, q: _charged(p, (p + q) / 2) / 2),
    Imitation("one of the two halves is missing, and the other one counted whole.", lambda p, q: _charged(p, (p + q) / 2)),
    Imitation("the two KL divergences go straight from law to law: that is half of Jeffreys' divergence.", lambda p, q: (_charged(p, q) + _charged(q, p)) / 2),
    Imitation("0·log 0. A computer finds 0 · (−inf) = nan; the term of an outcome with probability 0 is 0.", lambda p, q: (p * np.log(p / ((p + q) / 2)) + q * np.log(q / ((p + q) / 2))).sum(-1) / 2),
)

js = FunctionExercise(
    "fdiv-js",
    js_divergence,
    [
        at_most(lambda p, q: math.log(2), "is never more than log 2", "never more than log 2"),
        *divergence_properties(js_divergence, infinite_without_support=False, additive=False, symmetric=True),
    ],
    _JS_IMITATIONS,
)

# fdiv-bug: total variation from its generator, without the price of what Q rules out.


def _half_sum(p: Array, q: Array) -> Array:
    return np.asarray(np.abs(p - q).sum(-1) / 2)


def _whole_if_disjoint() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        if np.any((p > 0) & (q > 0)):
            return None
        value = number(function, (p, q))
        return None if close(value, 1) else ("1, because P and Q have no outcome in common", shown(value))

    return Property("is 1 for laws without a common outcome", simple_pairs, test)


_VARIATION_IMITATIONS = (
    Imitation("the outcomes with q = 0 are left out. What P has there is mass that has moved as well.", lambda p, q: np.where(q > 0, np.abs(p - q), 0.0).sum(-1) / 2),
    Imitation("the outcomes with p = 0 are left out. What Q has there is mass that has moved as well.", lambda p, q: np.where(p > 0, np.abs(p - q), 0.0).sum(-1) / 2),
    Imitation("only the outcomes that both laws allow are counted.", lambda p, q: np.where((p > 0) & (q > 0), np.abs(p - q), 0.0).sum(-1) / 2),
    Imitation("the price of an outcome with q = 0 is f′(∞) = ½ per unit of P's mass, not 1.", lambda p, q: np.where(q > 0, np.abs(p - q) / 2, p).sum(-1)),
    Imitation("the ½ is missing: this is the sum of |p − q|.", lambda p, q: 2 * _half_sum(p, q)),
    Imitation("this is the largest single difference. An event may hold several outcomes.", lambda p, q: np.abs(p - q).max(-1)),
    Imitation("this is the squared Hellinger distance.", lambda p, q: hellinger(p, q) ** 2),
    Imitation("the absolute value comes after the sum, where everything has cancelled.", lambda p, q: np.abs((p - q).sum(-1)) / 2),
)

bug = FunctionExercise(
    "fdiv-bug",
    total_variation,
    [
        _whole_if_disjoint(),
        *divergence_properties(total_variation, infinite_without_support=False, additive=False, symmetric=True),
    ],
    _VARIATION_IMITATIONS,
)

EXERCISES = (guess, impossible, urn, observations, reward, js, bug, triangle)
