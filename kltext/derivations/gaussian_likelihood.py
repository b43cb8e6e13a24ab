"""What a Gaussian model sees of its data: two moments.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line

__all__ = ["gaussian_likelihood"]


def _log_density(x: float, mean: float, std: float) -> float:
    return -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))


def _divergence(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
    """D(P‖Q) of two normal laws from the integral: a sum of narrow strips, to ±12 σ."""
    step = std_p / 16
    points = [mean_p + k * step for k in range(-192, 193)]
    return math.fsum(
        step * math.exp(_log_density(x, mean_p, std_p)) * (_log_density(x, mean_p, std_p) - _log_density(x, mean_q, std_q))
        for x in points
    )


def _centre(x: Any) -> float:
    return math.fsum(x) / len(x)


def _variance(x: Any) -> float:
    return math.fsum((a - _centre(x)) ** 2 for a in x) / len(x)


def _floor(x: Any) -> float:
    return math.log(2 * math.pi * math.e * _variance(x)) / 2


def gaussian_likelihood(observations: ArrayLike, mean: float, std: float) -> Derivation:
    """The loss of a Gaussian model is that of the best Gaussian plus the divergence D(best‖model)."""
    seen = np.asarray(observations, dtype=float)
    if seen.ndim != 1 or seen.size < 2 or not np.isfinite(seen).all() or np.ptp(seen) == 0:
        raise ValueError(f"observations must be a list of finite numbers, not all equal, got {observations!r}")
    if not math.isfinite(mean):
        raise ValueError(f"mean must be finite, got {mean!r}")
    if not 0 < std < math.inf:
        raise ValueError(f"std must be positive and finite, got {std!r}")

    lines = [
        Line(
            r"-\frac1n\sum_{i=1}^n\log q_{\mu,\sigma}(x_i)",
            lambda x, mean, std: -math.fsum(_log_density(a, mean, std) for a in x) / x.size,
        ),
        Line(
            r"\frac12\log(2\pi\sigma^2) + \frac1n\sum_{i=1}^n\frac{(x_i-\mu)^2}{2\sigma^2}",
            lambda x, mean, std: (
                math.log(2 * math.pi * std**2) / 2 + math.fsum((a - mean) ** 2 for a in x) / (2 * std**2 * x.size)
            ),
            "=",
            "the logarithm of the normal density",
        ),
        Line(
            r"\frac12\log(2\pi\sigma^2) + \frac{s^2+(\bar x-\mu)^2}{2\sigma^2}",
            lambda x, mean, std: (
                math.log(2 * math.pi * std**2) / 2 + (_variance(x) + (_centre(x) - mean) ** 2) / (2 * std**2)
            ),
            "=",
            r"$\frac1n\sum(x_i-\mu)^2 = s^2+(\bar x-\mu)^2$, because the deviations from $\bar x$ add up to 0",
        ),
        Line(
            r"F + \log\frac{\sigma}{s} + \frac{s^2+(\bar x-\mu)^2}{2\sigma^2} - \frac12",
            lambda x, mean, std: _floor(x) + (
                math.log(std / math.sqrt(_variance(x))) + (_variance(x) + (_centre(x) - mean) ** 2) / (2 * std**2) - 0.5
            ),
            "=",
            r"with $F = \frac12\log(2\pi e\,s^2)$, the loss of the best Gaussian: $\log\sigma = \log s + \log\frac{\sigma}{s}$, and $\frac12\log e = \frac12$",
        ),
        Line(
            r"F + D\bigl(N(\bar x,s^2)\Vert N(\mu,\sigma^2)\bigr)",
            lambda x, mean, std: _floor(x) + _divergence(_centre(x), math.sqrt(_variance(x)), mean, std),
            "=",
            "all but $F$ is the closed form of this divergence; here it is integrated instead",
        ),
    ]  # fmt: skip
    example = {"x": seen, "mean": float(mean), "std": float(std)}
    return Derivation("A Gaussian's likelihood sees two moments", lines, example)
