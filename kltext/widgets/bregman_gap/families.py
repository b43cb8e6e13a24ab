"""Four families with one parameter, by the mean: a mean on the edge is a law too, with an infinite natural parameter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kltext._logratio import NEAR, excess, excess_near
from kltext.exponential import Bernoulli, Exponential, Poisson

__all__ = ["FAMILIES", "Family"]

Function = Callable[[float], Any]


@dataclass(frozen=True)
class Family:
    """Both convex functions with their slopes, the range of the mean, and the divergence from two means."""

    title: str
    least: float
    most: float
    start: tuple[float, float]
    partition: Function
    mean: Function
    conjugate: Function
    slope: Function
    kl: Callable[[float, float], float]

    def natural(self, mean: float) -> float:
        """θ of the law with this mean, infinite on the edge."""
        if mean in (self.least, self.most):
            return math.inf if mean == self.most else -math.inf
        return float(self.slope(mean))


def _kl_poisson(p: float, q: float) -> float:
    with np.errstate(all="ignore"):
        return float(excess(np, np.asarray(p), np.asarray(q)))


def _kl_bernoulli(p: float, q: float) -> float:
    """Σ p·log(p/q) − p + q over both outcomes; 1 − p and 1 − q are rounded, their difference need not be."""
    near = abs(q - p) <= NEAR * (1 - p)
    return _kl_poisson(p, q) + (excess_near(1 - p, p - q, 2 - p - q) if near and p < 1 else _kl_poisson(1 - p, 1 - q))


def _kl_exponential(p: float, q: float) -> float:
    """v − 1 − log v with v = p/q, the ratio of the means."""
    if abs(p - q) <= NEAR * q:
        return float(excess_near(1.0, (p - q) / q, (p + q) / q))
    ratio = p / q
    return ratio - 1 - (math.log(ratio) if 1e-300 < ratio < 1e300 else math.log(p) - math.log(q))


def _kl_gaussian(p: float, q: float) -> float:
    return (p - q) * (p - q) / 2


def _methods(family: Bernoulli | Poisson | Exponential) -> tuple[Function, Function, Function, Function]:
    return family.log_partition, family.mean, family.conjugate, family.natural


def _half_square(x: float) -> float:
    return x * x / 2


FAMILIES = {
    "bernoulli": Family("Bernoulli", 0, 1, (0.3, 0.9), *_methods(Bernoulli()), _kl_bernoulli),
    "poisson": Family("Poisson", 0, math.inf, (3, 5), *_methods(Poisson()), _kl_poisson),
    "exponential": Family("exponential", 0, math.inf, (1, 3), *_methods(Exponential()), _kl_exponential),
    "gaussian": Family("Gaussian", -math.inf, math.inf, (-1, 1.5), _half_square, float, _half_square, float, _kl_gaussian),
}
"""By name; the Gaussians have variance 1. Means on the edge belong to the Bernoulli and the Poisson family alone."""
