"""Four one-parameter exponential families, by their mean: both parameters, both convex functions, and the divergence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kltext._logratio import NEAR, excess_near

__all__ = ["FAMILIES", "Family"]


@dataclass(frozen=True)
class Family:
    """An exponential family with T(x) = x; a mean on the edge has an infinite natural parameter."""

    title: str
    least: float
    most: float
    start: tuple[float, float]
    natural: Callable[[float], float]
    mean: Callable[[float], float]
    partition: Callable[[float], float]
    conjugate: Callable[[float], float]
    kl: Callable[[float, float], float]


def _excess(p: float, q: float, difference: float) -> float:
    """p·log(p/q) − p + q ≥ 0, from the exact difference q − p; q where p = 0, and ∞ where q = 0 < p."""
    if p == 0 or q == 0:
        return q if p == 0 else math.inf
    if abs(difference) <= NEAR * p:
        return excess_near(p, difference, p + q)
    return difference + p * _log_ratio(p, q)


def _log_ratio(p: float, q: float) -> float:
    ratio = p / q
    return math.log(ratio) if 1e-300 < ratio < 1e300 else math.log(p) - math.log(q)


def _kl_bernoulli(p: float, q: float) -> float:
    return _excess(p, q, q - p) + _excess(1 - p, 1 - q, p - q)


def _kl_exponential(p: float, q: float) -> float:
    """v − 1 − log v with v = p/q, the ratio of the means."""
    if abs(p - q) <= NEAR * q:
        return excess_near(1.0, (p - q) / q, (p + q) / q)
    return p / q - 1 - _log_ratio(p, q)


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


def _x_log_x(x: float) -> float:
    return x * math.log(x) if x > 0 else 0.0


def _exp(x: float) -> float:
    return math.exp(x) if x < 709 else math.inf


def _logit(mean: float) -> float:
    return math.inf if mean == 1 else _log(mean) - math.log1p(-mean)


def _logistic(theta: float) -> float:
    return 1 / (1 + _exp(-theta))


def _softplus(theta: float) -> float:
    return max(theta, 0.0) + math.log1p(math.exp(-abs(theta)))


FAMILIES = {
    "bernoulli": Family(
        "Bernoulli", 0, 1, (0.3, 0.9), _logit, _logistic, _softplus, lambda m: _x_log_x(m) + _x_log_x(1 - m), _kl_bernoulli
    ),
    "poisson": Family("Poisson", 0, math.inf, (3, 5), _log, _exp, _exp, lambda m: _x_log_x(m) - m, lambda p, q: _excess(p, q, q - p)),
    "exponential": Family(
        "exponential", 0, math.inf, (1, 3), lambda m: -1 / m, lambda t: -1 / t, lambda t: -math.log(-t), lambda m: -1 - math.log(m),
        _kl_exponential,
    ),
    "gaussian": Family(
        "Gaussian", -math.inf, math.inf, (-1, 1.5), float, float, lambda t: t * t / 2, lambda m: m * m / 2, lambda p, q: (p - q) ** 2 / 2
    ),
}
"""By name; the Gaussians have variance 1. Means on the edge belong to the Bernoulli and the Poisson family alone."""
