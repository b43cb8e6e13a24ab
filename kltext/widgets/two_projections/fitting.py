"""The walk of the reverse fit from a start, by the library's slopes: which of the local minima it leads to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kltext._reverse_fit import Law, State, evaluate, grid
from kltext.mixtures import GaussianMixture
from kltext.projections import GaussianFit

STRIDE = 0.15
ALMOST = 1e-5
NOISE = 1e-10


def reached(mixture: GaussianMixture, mean: float, std: float, optima: list[GaussianFit]) -> GaussianFit:
    """The local minimum at the end of steepest descent from N(mean, std²), in the steps that the picture takes."""
    end = _walk(mixture, mean, std)
    return min(optima, key=lambda fit: max(abs(fit.mean - end[0]) / end[1], abs(np.log(fit.std / end[1]))))


def _walk(mixture: GaussianMixture, mean: float, std: float) -> tuple[float, float]:
    """Steepest descent by the natural gradient in (μ/σ, log σ); from a saddle it is tipped towards greater means."""
    mixture = GaussianMixture(mixture.weights, mixture.means.reshape(-1, 1), covariances=(mixture._factors**2))
    z, weights = grid(1, 0.005)

    def at(mean: float, std: float) -> State:
        return evaluate(mixture, Law(np.array([mean]), np.array([[std]])), False, z, weights)

    def moved(here: State, a: float, b: float) -> State:
        std = here.law.factor[0, 0]
        return at(here.law.mean[0] + std * a, std * np.exp(b))

    here = at(mean, std)
    for _ in range(600):
        pull = 0.0 if abs(here.gradient[0]) < NOISE else here.gradient[0]
        push = here.gradient[1]
        there: State | None = None
        if max(abs(pull), abs(push)) > ALMOST:
            share = min(0.5, STRIDE / max(abs(pull), abs(push) / 2))
            there = _downhill(here, moved, -share * pull, -share * push / 2)
        if there is None:
            sizes, axes = np.linalg.eigh(here.hessian)
            if sizes[0] > -1e-6:
                break
            side = -1 if axes[0, 0] < 0 else 1
            there = moved(here, 0.2 * side * axes[0, 0], 0.2 * side * axes[1, 0])
        here = there
    return float(here.law.mean[0]), float(here.law.factor[0, 0])


def _downhill(here: State, moved: Callable[[State, float, float], State], a: float, b: float) -> State | None:
    """The longest of the step and its halves that leads down enough."""
    slack = 1e-14 * (1 + abs(here.value))
    slope = a * here.gradient[0] + b * here.gradient[1]
    for halvings in range(30):
        share = 0.5**halvings
        there = moved(here, share * a, share * b)
        if there.value <= here.value + slack + 1e-4 * share * slope:
            return there
    return None
