"""A bivariate Gaussian by its mean, its spreads along two axes and their tilt: what the widget takes, and the way to a covariance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.widgets._traits import numbers

__all__ = ["Pair", "covariance", "principal"]

SPREADS = (0.01, 100.0)


class Pair(traitlets.TraitType[tuple[float, float], Iterable[float]]):
    """Two finite numbers; two spreads on request."""

    def __init__(self, default: tuple[float, float], *, spreads: bool = False, **kwargs: Any) -> None:
        super().__init__(default, **kwargs)
        self.spreads = spreads

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, float]:
        name, values = self.name, numbers(self.name, value)
        if len(values) != 2:
            raise traitlets.TraitError(f"{name} must have 2 numbers, got {len(values)}")
        if bad := [v for v in values if not math.isfinite(v)]:
            raise traitlets.TraitError(f"{name} must be finite, got {bad[0]!r}")
        least, most = SPREADS
        if self.spreads and (bad := [v for v in values if not least <= v <= most]):
            raise traitlets.TraitError(f"{name} must lie between {least:g} and {most:g}, got {bad[0]!r}")
        return values[0], values[1]


def covariance(axes: tuple[float, float], angle: float) -> np.ndarray:
    """The covariance with these standard deviations along axes turned by ``angle`` degrees.

    >>> covariance((2.0, 1.0), 90.0).round(12).tolist()
    [[1.0, 0.0], [0.0, 4.0]]
    """
    turn = math.radians(math.remainder(angle, 180.0))
    columns = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) * np.array(axes)
    return np.asarray(columns @ columns.T)


def principal(name: str, cov: Any) -> tuple[tuple[float, float], float]:
    """Spreads and tilt of a covariance; the first axis is the one nearer to the horizontal.

    >>> principal("cov_p", [[1.0, 0.0], [0.0, 4.0]])
    ((1.0, 2.0), 0.0)
    """
    matrix = np.asarray(cov, dtype=float)
    if matrix.shape != (2, 2):
        raise ValueError(f"{name} must have shape (2, 2), got {matrix.shape}")
    covs: dict[str, Any] = {"cov_p": np.eye(2), "cov_q": np.eye(2), name: matrix}
    kltext.mvn_kl(np.zeros(2), covs["cov_p"], np.zeros(2), covs["cov_q"])  # refuses what is no covariance, and says why
    # In closed form: an eigenvalue routine's last digits differ from one computer to the next, and with them the page.
    across, along, both = float(matrix[0, 0]), float(matrix[1, 1]), float(matrix[0, 1] + matrix[1, 0]) / 2
    half = (across - along) / 2
    most = (across + along) / 2 + math.sqrt(half * half + both * both)
    spreads = math.sqrt(most), math.sqrt((across * along - both * both) / most)
    angle = float(f"{math.degrees(math.atan2(both, half)) / 2:.14g}")
    if abs(angle) <= 45:
        return spreads, angle
    return (spreads[1], spreads[0]), angle - math.copysign(90.0, angle)
