"""The ledger of a latent on the line: z ~ N(0,1), one observation x, and a Gaussian q."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import kltext

__all__ = ["LIMITS", "MODELS", "Model", "line_numbers"]

Array = np.ndarray
LIMITS = {"mean": (-4.0, 4.0), "std": (0.01, 3.0), "noise": (0.1, 3.0)}
"""What q and the noise may be: the quadrature is proven there."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_WIDTH = 0.1
_ENDS = np.arange(-100, 100)[:, None] * _WIDTH
_PLACES = _ENDS + _WIDTH / 2 * (1 + _NODES)


@dataclass(frozen=True)
class Model:
    """A likelihood: how it reads, what x may be, where it starts, and log p(x|z) with its average under N(mean, std²)."""

    said: str
    least: float
    most: float
    start: dict[str, float]
    log_likelihood: Callable[[Array, float, float], Array]
    average: Callable[[float, float, float, float], float]

    def log_joint(self, z: Array, x: float, noise: float) -> Array:
        """log p(x, z)."""
        joint: Array = _log_normal(z * z, 1.0) + self.log_likelihood(z, x, noise)
        return joint

    def log_evidence(self, x: float, noise: float) -> float:
        """log p(x), by Gauss–Legendre quadrature over z in pieces that are narrow beside every posterior.

        >>> x, noise = 2.0, 1.0
        >>> exact = -math.log(2 * math.pi * 2) / 2 - x * x / 4
        >>> round(MODELS["linear"].log_evidence(x, noise) - exact, 12) == 0
        True
        """
        logs = self.log_joint(_PLACES, x, noise)
        top = float(logs.max())
        return top + math.log(float((np.exp(logs - top) @ _WEIGHTS).sum()) * _WIDTH / 2)


def line_numbers(mode: str, x: float, noise: float, mean: float, std: float) -> dict[str, float]:
    """The ledger's numbers in nats."""
    model = MODELS[mode]
    evidence, fit = model.log_evidence(x, noise), model.average(mean, std, x, noise)
    to_prior = float(kltext.gaussian_kl(mean, std, 0.0, 1.0))
    bound = fit - to_prior
    gap = evidence - bound
    if mode == "linear":
        gap = float(kltext.gaussian_kl(mean, std, x / (1 + noise**2), noise / math.hypot(1, noise)))
    return {
        "bound": bound,
        "evidence": evidence,
        "gap": gap,
        "reconstruction": fit,
        "to_prior": to_prior,
        "energy": fit + float(_log_normal(mean**2 + std**2, 1.0)),
        "entropy": float(kltext.gaussian_entropy(std)),
    }


def _log_normal(squared_distance: Array | float, std: float) -> Array:
    return np.asarray(-squared_distance / (2 * std**2) - math.log(std * math.sqrt(2 * math.pi)))


def _normal_average(squared_distance: float, std: float) -> float:
    return float(_log_normal(squared_distance, std))


def _counted(z: Array, x: float, noise: float) -> Array:
    log: Array = x * z - np.exp(z) - math.lgamma(x + 1)
    return log


MODELS = {
    "linear": Model(
        "N(z, noise²)", -4, 4, {"x": 2, "noise": 1, "mean": 1, "std": 1},
        lambda z, x, noise: _log_normal((x - z) ** 2, noise),
        lambda m, s, x, noise: _normal_average((x - m) ** 2 + s**2, noise),
    ),
    "square": Model(
        "N(z², noise²)", -2, 9, {"x": 1.5, "noise": 0.5, "mean": 0.8, "std": 0.5},
        lambda z, x, noise: _log_normal((x - z**2) ** 2, noise),
        lambda m, s, x, noise: _normal_average((x - m**2 - s**2) ** 2 + 2 * s**4 + 4 * (m * s) ** 2, noise),
    ),
    "count": Model(
        "Poisson(e^z)", 0, 30, {"x": 0, "noise": 1, "mean": 0, "std": 1},
        _counted,
        lambda m, s, x, noise: x * m - math.exp(m + s**2 / 2) - math.lgamma(x + 1),
    ),
}  # fmt: skip
"""By the name of the mode."""
