r"""The search for all local minima of D(Q‖P) over Gaussians Q.

Explained in: chapters/directions
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from kltext._reverse_fit import Law, State, descend, moved
from kltext.mixtures import GaussianMixture

__all__ = ["minima"]

Numbers = np.ndarray[Any, Any]


def minima(mixture: GaussianMixture, diagonal: bool, starts: int, seed: int) -> list[tuple[Law, float, float]]:
    """The distinct local minima that are found, each with its value and the error of that."""
    step = 0.05 if mixture.dimension == 1 else 0.4
    centre = np.ravel(mixture.mean)
    mixture = _around(mixture, centre)  # far from zero, digits would be lost in every difference
    queue = _starts(mixture, starts, np.random.default_rng(seed), diagonal)
    most, rough = 4 * len(queue), list[State]()
    for tries, law in enumerate(queue):
        state = descend(mixture, law, diagonal, step, flat=1e-9)
        if not any(_same(state, other) for other in rough):
            rough.append(state)
            if tries < most:
                queue += _down_from(state, diagonal)
    found: list[tuple[State, float]] = []
    for state in rough:
        state, error = _polished(mixture, state, diagonal, step)
        minimum = np.linalg.eigvalsh(state.hessian)[0] > -1e-7 and abs(state.gradient).max() < 1e-6
        if minimum and not any(_same(state, other) for other, _ in found):
            found.append((state, error))
    return [(Law(state.law.mean + centre, state.law.factor), state.value, error) for state, error in found]


def _around(mixture: GaussianMixture, centre: Numbers) -> GaussianMixture:
    """The mixture moved so that the centre is at zero, in the plane or (as (n, 1)) on the line."""
    covariances = mixture._factors @ mixture._factors.swapaxes(-1, -2)
    means = mixture.means.reshape(len(mixture.weights), -1) - centre
    return GaussianMixture(mixture.weights, means, covariances=covariances)


def _starts(mixture: GaussianMixture, starts: int, rng: np.random.Generator, diagonal: bool) -> list[Law]:
    """Gaussians with the moments of groups of components, and random ones."""
    used = np.flatnonzero(mixture.weights)
    sizes = range(1, len(used) + 1) if len(used) <= 5 else (1, 2, len(used))
    k, spreads, moments = mixture.dimension, np.asarray(mixture.covariances), []
    for group in itertools.chain.from_iterable(itertools.combinations(used, size) for size in sizes):
        weights = mixture.weights[list(group)] / mixture.weights[list(group)].sum()
        merged = GaussianMixture(weights, mixture.means[list(group)], covariances=spreads[list(group)])
        moments.append((merged.mean, merged.covariance))
    for place in mixture.sample(starts, rng):
        moments.append((place, moments[rng.integers(len(moments))][1] * math.exp(rng.normal())))
    only = np.eye(k) if diagonal else np.ones((k, k))
    return [Law(np.asarray(mean), np.linalg.cholesky(spread * only)) for mean, spread in moments]


def _down_from(state: State, diagonal: bool) -> list[Law]:
    """Both sides of a saddle."""
    sizes, axes = np.linalg.eigh(state.hessian)
    return [moved(state.law, side * axes[:, 0], diagonal) for side in (-0.2, 0.2)] if sizes[0] < 0 else []


def _polished(mixture: GaussianMixture, state: State, diagonal: bool, step: float) -> tuple[State, float]:
    """The same minimum on finer and finer grids, until neither it nor its value moves any more."""
    error = before = math.inf
    for halvings in range(1, 10 if mixture.dimension == 1 else 5):
        finer = descend(mixture, state.law, diagonal, step / 2**halvings)
        before, error = error, abs(finer.value - state.value)
        still, state = _distance(finer.law, state.law) < 1e-8, finer
        if still and (error < 1e-13 * (1 + abs(state.value)) or before / 2 < error < 1e-9):  # or nothing but rounding
            break
    return state, error + 1e-15 * (1 + abs(np.log(np.diagonal(state.law.factor))).sum())


def _distance(one: Law, other: Law) -> float:
    """How far apart two Gaussians are, in units of the first."""
    shift = np.linalg.solve(one.factor, other.mean - one.mean)
    change = np.linalg.solve(one.factor, other.factor) - np.eye(len(shift))
    return float(max(abs(shift).max(), abs(change).max()))


def _same(one: State, other: State) -> bool:
    return _distance(one.law, other.law) < 1e-5
