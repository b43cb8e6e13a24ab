"""The exercises of the chapter on Rényi divergences and the Wasserstein distance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext import (
    chi2_divergence,
    hellinger,
    js_divergence,
    kl_divergence,
    renyi_divergence,
    total_variation,
    wasserstein_1d,
)
from kltext.exercises.calls import close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws, pair, simple_pairs
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import (
    Function,
    Mismatch,
    Property,
    accepts_lists,
    agrees_with,
    at_most,
    divergence_properties,
    leaves_inputs_alone,
    never_negative,
    same_both_ways,
    zero_only_when_equal,
)

Array = np.ndarray[Any, Any]
FAIR = np.array([0.5, 0.5])

# renyi-weights: a thousand samples of a lopsided coin, for averages under a fair one.
DRAWS, LOPSIDED = 1000.0, np.array([0.9, 0.1])


def _worth(p: Array, q: Array) -> float:
    return DRAWS / (1 + float(chi2_divergence(p, q)))


weights = NumberExercise(
    "renyi-weights",
    answer=lambda: _worth(FAIR, LOPSIDED),
    unit="samples",
    wrong=[
        Wrong("That is for samples of the fair coin, weighted for the lopsided one.", lambda: _worth(LOPSIDED, FAIR)),
        Wrong("That averages w² under P. The samples come from Q.", lambda: DRAWS * math.exp(-2 * float(renyi_divergence(FAIR, LOPSIDED, 3)))),
        Wrong("The 1 in 1 + χ² is missing.", lambda: DRAWS / float(chi2_divergence(FAIR, LOPSIDED))),
        Wrong("That divides by exp D, with KL in place of order 2.", lambda: DRAWS * math.exp(-float(kl_divergence(FAIR, LOPSIDED)))),
    ],
)

# renyi-response: the truth with probability ¾.
YES, NO = np.array([0.75, 0.25]), np.array([0.25, 0.75])

response = NumberExercise(
    "renyi-response",
    answer=lambda: float(renyi_divergence(YES, NO, 2)),
    unit="nats",
    wrong=[
        Wrong("That is χ². Order 2 is log(1 + χ²).", lambda: float(chi2_divergence(YES, NO))),
        Wrong("That is log χ². Order 2 is log(1 + χ²).", lambda: math.log(float(chi2_divergence(YES, NO)))),
        Wrong("That is order 1, the KL divergence.", lambda: float(kl_divergence(YES, NO))),
        Wrong("That is order ∞, the largest log-ratio.", lambda: float(renyi_divergence(YES, NO, math.inf))),
        Wrong(
            "That averages (p/q)² under P. Under P the exponent is α − 1; the α belongs to an average under Q.",
            lambda: 2 * float(renyi_divergence(YES, NO, 3)),
        ),
        Wrong("The logarithm is missing: that is the sum of p²/q.", lambda: math.exp(float(renyi_divergence(YES, NO, 2)))),
    ],
)

# renyi-bikes: four stations along a road, at unequal distances.
STATIONS = np.array([0.0, 1.0, 3.0, 7.0])
EVENING, MORNING = np.array([0.4, 0.2, 0.3, 0.1]), np.array([0.1, 0.4, 0.2, 0.3])


def _carried(places: Array) -> float:
    return float(wasserstein_1d(places, places, EVENING, MORNING))


bikes = NumberExercise(
    "renyi-bikes",
    answer=lambda: _carried(STATIONS),
    unit="km",
    wrong=[
        Wrong("That counts every stretch as one kilometre. They are 1, 2 and 4 km long.", lambda: _carried(np.arange(4.0))),
        Wrong("That is the total variation: the share of bikes that move, not how far.", lambda: float(total_variation(EVENING, MORNING))),
        Wrong("That carries everything that moves along the whole road.", lambda: 7 * float(total_variation(EVENING, MORNING))),
        Wrong("That adds up |p − q| times the place, as if all bikes came from station 0.", lambda: float(STATIONS @ np.abs(EVENING - MORNING))),
    ],
)

# renyi-wide: how wide Q = N(0, σ²) has to be for P = N(0, 1) and four powers of the weight.
POWER = 4


def _narrowest(order: float) -> float:
    """The σ at which the Rényi divergence of this order of N(0, 1) from N(0, σ²) becomes finite."""
    return math.sqrt((order - 1) / order)


wide = NumberExercise(
    "renyi-wide",
    answer=lambda: _narrowest(POWER),
    wrong=[
        Wrong("That is the variance. The standard deviation is asked for.", lambda: (POWER - 1) / POWER),
        Wrong("That makes the weights' own variance finite, order 2. The variance of their squares needs a higher order.", lambda: _narrowest(2)),
        Wrong("That is order 3. Which power of the weight is the square of its square?", lambda: _narrowest(POWER - 1)),
        Wrong("That is order 5: the fourth power was averaged under P. The samples come from Q.", lambda: _narrowest(POWER + 1)),
        Wrong("That is upside down. Q may even be a little narrower than P.", lambda: 1 / _narrowest(POWER)),
    ],
)

# renyi-privacy: a hundred releases with Gaussian noise of standard deviation 20.
RELEASES, NOISE, DELTA = 100, 20.0, 1e-5


def _promise(rho: float, log_delta: float = math.log(1 / DELTA)) -> float:
    return rho + 2 * math.sqrt(rho * log_delta)


RHO = RELEASES / (2 * NOISE**2)

privacy = NumberExercise(
    "renyi-privacy",
    answer=lambda: _promise(RHO),
    wrong=[
        Wrong("That is for a single release.", lambda: _promise(RHO / RELEASES)),
        Wrong("That adds up a hundred single promises. Add the Rényi divergences and convert once.", lambda: RELEASES * _promise(RHO / RELEASES)),
        Wrong("The ½ in ρ = k/(2σ²) is missing.", lambda: _promise(2 * RHO)),
        Wrong("The logarithm has base 10 there; it has to be natural.", lambda: _promise(RHO, math.log10(1 / DELTA))),
        Wrong("That is order 2, which is far from the best order here.", lambda: 2 * RHO + math.log(1 / DELTA)),
        Wrong("The noise's standard deviation is 20, so its variance is 400.", lambda: _promise(RELEASES / (2 * NOISE))),
    ],
)

# renyi-chernoff: a coin and its mirror image.
COIN, MIRROR = np.array([0.9, 0.1]), np.array([0.1, 0.9])

chernoff = NumberExercise(
    "renyi-chernoff",
    answer=lambda: float(renyi_divergence(COIN, MIRROR, 0.5)) / 2,
    unit="nats",
    wrong=[
        Wrong("That is the Rényi divergence of order ½; the factor 1 − α is missing.", lambda: float(renyi_divergence(COIN, MIRROR, 0.5))),
        Wrong("That is KL: Stein's exponent, for a test that lets one kind of error be.", lambda: float(kl_divergence(COIN, MIRROR))),
        Wrong("That is the sum Σ√pq. The rate is minus its logarithm.", lambda: 1 - float(hellinger(COIN, MIRROR)) ** 2),
        Wrong("That is the Jensen–Shannon divergence.", lambda: float(js_divergence(COIN, MIRROR))),
    ],
)

# renyi-limit: c/n³ charged by a geometric law.
_TERMS = np.arange(1.0, 20_001.0)
_REST = float(_TERMS[-1]) + 0.5  # the terms left out are integrals from here on, by the midpoint rule


def _squares() -> float:
    return math.fsum(_TERMS**-2) + 1 / _REST


def _cubes() -> float:
    return math.fsum(_TERMS**-3) + 1 / (2 * _REST**2)


def _log_cubes() -> float:
    return math.fsum(np.log(_TERMS) / _TERMS**3) + (math.log(_REST) + 0.5) / (2 * _REST**2)


def _unscaled() -> float:
    """Σ n⁻³ log(n⁻³·2ⁿ)."""
    return _squares() * math.log(2) - 3 * _log_cubes()


def _waiting() -> float:
    return _unscaled() / _cubes() - math.log(_cubes())


limit = NumberExercise(
    "renyi-limit",
    answer=_waiting,
    unit="nats",
    wrong=[
        Wrong("The constant c is missing: n⁻³ alone does not sum to 1.", _unscaled),
        Wrong("The term log c is missing.", lambda: _waiting() + math.log(_cubes())),
        Wrong(
            "That is D(Q‖P): the geometric law did the weighing.",
            lambda: math.fsum(0.5**_TERMS[:200] * (3 * np.log(_TERMS[:200]) + math.log(_cubes()) - _TERMS[:200] * math.log(2))),
        ),
    ],
)

# renyi-bug: Rényi's divergence of order 2.


def _renyi_2(p: Any, q: Any) -> Any:
    return renyi_divergence(p, q, 2)


def _renyi_max(p: Any, q: Any) -> Any:
    return renyi_divergence(p, q, math.inf)


def _at_least_kl() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, least = number(function, tried.arrays()), float(kl_divergence(*tried.arrays()))
        return None if value >= least - 1e-12 else (f"at least {shown(least)}, the divergence of order 1", shown(value))

    return Property("is at least the divergence of order 1, KL", simple_pairs, test)


def _power(p: Array, q: Array, a: float, b: float) -> Array:
    """Σ pᵃqᵇ over the support of P."""
    return np.asarray(np.where(p > 0, np.where(p > 0, p, 1) ** a * q**b, 0.0).sum(-1))


_RENYI_IMITATIONS = (
    Imitation("(p/q)² is averaged under P. Under P the exponent is α − 1; the α belongs to an average under Q.", lambda p, q: np.log(_power(p, q, 3, -2))),
    Imitation("the arguments are swapped: this is the divergence of Q from P.", lambda p, q: _renyi_2(q, p)),
    Imitation("the logarithm is missing: this is 1 + χ².", lambda p, q: _power(p, q, 2, -1)),
    Imitation("this is χ² itself. Order 2 is log(1 + χ²).", lambda p, q: _power(p, q, 2, -1) - 1),
    Imitation("the logarithm has base 2. The values are right in bits; nats are asked for.", lambda p, q: np.log2(_power(p, q, 2, -1))),
    Imitation("this is the KL divergence, order 1.", kl_divergence),
)

bug = FunctionExercise(
    "renyi-bug",
    _renyi_2,
    [*divergence_properties(_renyi_2), _at_least_kl(), at_most(_renyi_max, "is at most the largest log-ratio, order ∞", "the largest log-ratio")],
    _RENYI_IMITATIONS,
)

# renyi-transport: the Wasserstein distance of laws on the places 0, 1, 2, …


def _work(p: Any, q: Any) -> Any:
    places = np.arange(float(len(p)))
    return wasserstein_1d(places, places, np.asarray(p, dtype=float), np.asarray(q, dtype=float))


def _point_masses() -> Property:
    points = {n: laws(n, 1) for n in range(1, 5)}
    inputs = [pair(p, q) for n in points for p in points[n] for q in points[n]]

    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        value, apart = number(function, (p, q)), abs(int(p.argmax()) - int(q.argmax()))
        return None if close(value, apart) else (f"{apart}, the distance of the two places", shown(value))

    return Property("costs the distance between two certain places", lambda: sorted(inputs, key=Input.size), test)


def _unchanged_by_shifting() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        before = number(function, (p, q))
        after = number(function, (np.append(0.0, p), np.append(0.0, q)))
        return None if close(before, after) else (f"{shown(before)}, as before an empty place was put in front", shown(after))

    return Property("does not change when all places are shifted", lambda: simple_pairs(denominator=3), test)


_WORK_IMITATIONS = (
    Imitation("this is the total variation. It counts the mass that moves, not how far.", lambda p, q: np.abs(p - q).sum() / 2),
    Imitation("half of it: each unit of mass crosses a step once, so nothing is counted twice.", lambda p, q: np.abs(np.cumsum(p - q)).sum() / 2),
    Imitation("the absolute value is taken too early: mass that goes right and mass that comes left has to be set off first.", lambda p, q: np.cumsum(np.abs(p - q)).sum()),
    Imitation("this is the difference of the two means: mass that moves left cancels mass that moves right.", lambda p, q: abs(np.arange(len(p)) @ (p - q))),
    Imitation("the largest difference of the distribution functions; what is asked for is their sum over all places.", lambda p, q: np.abs(np.cumsum(p - q)).max()),
    Imitation("a mean over the places instead of a sum.", lambda p, q: np.abs(np.cumsum(p - q)).mean()),
    Imitation("the sign: without the absolute value, mass that moves left counts against mass that moves right.", lambda p, q: np.cumsum(p - q).sum()),
)

transport = FunctionExercise(
    "renyi-transport",
    _work,
    [
        _point_masses(),
        never_negative(),
        zero_only_when_equal(),
        same_both_ways(),
        _unchanged_by_shifting(),
        agrees_with(_work),
        accepts_lists(),
        leaves_inputs_alone(),
    ],
    _WORK_IMITATIONS,
)

EXERCISES = (weights, response, bikes, wide, privacy, chernoff, bug, transport, limit)
