"""The log-partition function knows the moments: its slope is the mean, its curvature the variance.

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line

__all__ = ["log_partition_curvature", "log_partition_slope"]

Vector = np.ndarray[Any, Any]

STEP = 1e-20  # of a derivative by a step into the complex plane, where nothing is subtracted


def _example(statistic: ArrayLike, natural: float) -> dict[str, Any]:
    _, array = as_arrays(statistic=statistic)
    values = plain(array).astype(float)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError(f"statistic must hold a finite number for each outcome, got {values.tolist()!r}")
    if not math.isfinite(natural) or abs(natural) * float(np.ptp(values)) > 500:
        raise ValueError(f"natural must keep every probability above e^-500, got {natural!r}")
    return {"statistic": values, "natural": float(natural)}


def _weights(statistic: Vector, natural: complex) -> Vector:
    """e^(θT) of every outcome, all divided by the largest one at the real part of θ."""
    return np.exp(natural * statistic - np.max(natural.real * statistic))


def _law(statistic: Vector, natural: float) -> Vector:
    weights = _weights(statistic, complex(natural)).real
    return np.asarray(weights / weights.sum())


def _quotient(statistic: Vector, natural: complex) -> complex:
    weights = _weights(statistic, natural)
    return complex((statistic * weights).sum() / weights.sum())


def log_partition_slope(statistic: ArrayLike, natural: float) -> Derivation:
    """A′(θ) = E[T], for a law p(x) = e^(θT(x) − A(θ)) on finitely many outcomes."""
    lines = [
        Line(
            r"A'(\theta) = \frac{\mathrm{d}}{\mathrm{d}\theta}\log\sum_x e^{\theta T(x)}",
            lambda statistic, natural: np.log(_weights(statistic, natural + 1j * STEP).sum()).imag / STEP,
        ),
        Line(
            r"\frac{\sum_x T(x)\,e^{\theta T(x)}}{\sum_x e^{\theta T(x)}}",
            lambda statistic, natural: _quotient(statistic, complex(natural)).real,
            "=",
            "the derivative of a logarithm, term by term",
        ),
        Line(
            r"\sum_x p_\theta(x)\,T(x) = \mathbb{E}_\theta[T]",
            lambda statistic, natural: math.fsum((_law(statistic, natural) * statistic).tolist()),
            "=",
            r"$p_\theta(x)=e^{\theta T(x)}\big/\sum_x e^{\theta T(x)}$",
        ),
    ]
    return Derivation("The slope of the log-partition function", lines, _example(statistic, natural))


def log_partition_curvature(statistic: ArrayLike, natural: float) -> Derivation:
    """A″(θ) = Var[T] ≥ 0, for the same law."""

    def squares(statistic: Vector, natural: float) -> float:
        law = _law(statistic, natural)
        return math.fsum((law * statistic**2).tolist()) - math.fsum((law * statistic).tolist()) ** 2

    def variance(statistic: Vector, natural: float) -> float:
        law = _law(statistic, natural)
        mean = math.fsum((law * statistic).tolist())
        return math.fsum((law * (statistic - mean) ** 2).tolist())

    lines = [
        Line(
            r"A''(\theta) = \frac{\mathrm{d}}{\mathrm{d}\theta}\,\frac{\sum_x T(x)\,e^{\theta T(x)}}{\sum_x e^{\theta T(x)}}",
            lambda statistic, natural: _quotient(statistic, natural + 1j * STEP).imag / STEP,
        ),
        Line(
            r"\mathbb{E}_\theta[T^2] - \mathbb{E}_\theta[T]^2",
            squares,
            "=",
            "the derivative of a quotient",
        ),
        Line(
            r"\mathbb{E}_\theta\bigl[(T-\mathbb{E}_\theta[T])^2\bigr] = \operatorname{Var}_\theta[T]",
            variance,
            "=",
            "expand the square",
        ),
        Line("0", lambda statistic, natural: 0.0, ">=", "an average of squares; 0 only if $T$ is constant"),
    ]
    return Derivation("The curvature of the log-partition function", lines, _example(statistic, natural))
