r"""D(Q‖P) as a function of a Gaussian Q, for a mixture P: its value, gradient and Hessian, and Newton's method.

With x = μ + L z and z standard normal, D(Q‖P) = −E log p(μ + L z) − log det L + const.  Moves are made in Q's own
units, μ → μ + L a and L → L (I + B) with B lower triangular, in which neither the scale of x nor its correlations
matter.  The expectations are sums over a regular grid, whose error falls exponentially as the grid gets finer.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kltext.mixtures import GaussianMixture

__all__ = ["Law", "State", "descend", "evaluate", "grid", "mean_log_density", "moved"]

Numbers = np.ndarray[Any, Any]

REACH = 9.0  # beyond it a standard normal coordinate has a probability of 2e-19


class Law(NamedTuple):
    """A Gaussian: its mean (k,) and the lower triangular factor of its covariance (k, k)."""

    mean: Numbers
    factor: Numbers


class State(NamedTuple):
    """A Gaussian Q with D(Q‖P), its gradient and its Hessian in the moves a and B."""

    law: Law
    value: float
    gradient: Numbers
    hessian: Numbers


def grid(dimension: int, step: float) -> tuple[Numbers, Numbers]:
    """Points z (n, k) and weights for expectations under the standard normal law."""
    axis = step * np.arange(-math.floor(REACH / step), math.floor(REACH / step) + 1)
    points = np.stack(np.meshgrid(*[axis] * dimension, indexing="ij"), -1).reshape(-1, dimension)
    squares = (points * points).sum(-1)
    points, squares = points[squares <= REACH**2], squares[squares <= REACH**2]
    weights = np.exp(-squares / 2)
    return points, weights / weights.sum()


def mean_log_density(mixture: GaussianMixture, law: Law, step: float) -> float:
    """E log p(x) under a Gaussian law of x."""
    z, weights = grid(mixture.dimension, step)
    x = law.mean + z @ law.factor.T
    return float(weights @ mixture.log_density(x if mixture.stds is None else x[:, 0]))


def evaluate(mixture: GaussianMixture, law: Law, diagonal: bool, z: Numbers, weights: Numbers) -> State:
    """D(Q‖P) and its derivatives, first for a, then for the entries of B."""
    k = mixture.dimension
    x = law.mean + z @ law.factor.T
    means = mixture.means.reshape(-1, 1, k)
    inverses = np.linalg.inv(mixture._factors)
    offsets = (x - means) @ inverses.swapaxes(-1, -2)  # (components, n, k), in each component's units
    joint = mixture._log_scales()[:, None] - (offsets * offsets).sum(-1) / 2
    top = joint.max(0)
    shares = np.exp(joint - top)
    total = shares.sum(0)
    shares = shares / total * weights
    pulls = offsets @ -(inverses @ law.factor)  # each component's score, in Q's units
    score = (shares[..., None] * pulls).sum(0)  # times the weight of the node

    # The Hessian of log p in Q's units, times the weight: n rows of k² entries.
    bend = np.stack([(shares * pulls[..., a] * pulls[..., b]).sum(0) for a in range(k) for b in range(k)], -1)
    bend -= (score[:, :, None] * score[:, None, :]).reshape(-1, k * k) / weights[:, None]
    precisions = inverses @ law.factor
    bend -= shares.T @ (precisions.swapaxes(-1, -2) @ precisions).reshape(-1, k * k)

    # Each move shifts x along one axis i, by 1 or by a coordinate of z: x_i changes by ζ_u, ζ = (1, z).
    entries = [(i, j) for i in range(k) for j in range(i + 1) if i == j or not diagonal]
    axis = np.array([*range(k), *(i for i, _ in entries)])
    unit = np.array([*[0] * k, *(j + 1 for _, j in entries)])
    scaling = np.array([0.0] * k + [float(i == j) for i, j in entries])  # −log det(I + B) and its derivatives
    zeta = np.column_stack([np.ones(len(z)), z])
    products = (zeta[:, :, None] * zeta[:, None, :]).reshape(-1, (k + 1) ** 2)
    second = (bend.T @ products).reshape(k, k, k + 1, k + 1)
    hessian = np.diag(scaling) - second[axis[:, None], axis, unit[:, None], unit]
    gradient = -(score.T @ zeta)[axis, unit] - scaling
    value = -weights @ (top + np.log(total)) - np.log(np.diagonal(law.factor)).sum()
    value -= k * math.log(2 * math.pi * math.e) / 2
    return State(law, float(value), gradient, (hessian + hessian.T) / 2)


def moved(law: Law, move: Numbers, diagonal: bool) -> Law:
    """The Gaussian after the move (a, B)."""
    k = len(law.mean)
    change = np.eye(k)
    change[np.diag_indices(k) if diagonal else np.tril_indices(k)] += move[k:]
    return Law(law.mean + law.factor @ move[:k], law.factor @ change)


def descend(mixture: GaussianMixture, law: Law, diagonal: bool, step: float, flat: float = 1e-13) -> State:
    """Newton's method downhill: along negative curvature as well, with steps of limited length."""
    z, weights = grid(mixture.dimension, step)
    here = evaluate(mixture, law, diagonal, z, weights)
    for _ in range(100):
        if abs(here.gradient).max() < flat:
            break
        sizes, axes = np.linalg.eigh(here.hessian)
        move = -axes @ ((axes.T @ here.gradient) / np.maximum(abs(sizes), 1e-4))
        move *= min(1.0, 0.5 / abs(move).max())
        slack = 1e-14 * (1 + abs(here.value))
        for _ in range(30):
            there = evaluate(mixture, moved(here.law, move, diagonal), diagonal, z, weights)
            if there.value <= here.value + slack + 1e-4 * move @ here.gradient:
                break
            move = move / 2
        still = abs(there.value - here.value) <= slack and abs(there.gradient).max() >= abs(here.gradient).max()
        if still or there.value > here.value + slack:
            break
        here = there
    return here
