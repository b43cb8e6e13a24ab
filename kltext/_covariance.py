"""Covariance matrices: checked, and factored.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from kltext._arrays import Array, like, plain
from kltext._checks import require, seen, tolerance

__all__ = ["as_covariance", "cholesky", "diagonal"]


def as_covariance(xp: Any, name: str, cov: Array) -> Array:
    """The covariance, checked to be symmetric up to rounding, and made exactly so."""
    if float(xp.finfo(cov.dtype).eps) > 1e-6:
        raise ValueError(f"{name} must be of single or double precision to be factored, got dtype {cov.dtype}")
    variances = diagonal(xp, cov)
    require(xp, variances > 0, f"{name} must have positive variances on its diagonal", variances)
    other = xp.swapaxes(cov, -1, -2)
    if xp is np and np.array_equal(cov, other):
        return cov
    stds = xp.sqrt(variances)
    slack = tolerance(xp, cov) * stds[..., :, None] * stds[..., None, :]
    gap = abs(cov - other)
    require(xp, gap <= slack, f"{name} must be symmetric: an entry and its mirror image differ", gap)
    return cov / 2 + other / 2


def cholesky(xp: Any, name: str, cov: Array) -> Array:
    """The lower triangular L with L Lᵀ = cov.

    A pivot that is lost in the rounding of its own variance means a covariance that cannot be told from a
    singular one, and is refused like one.
    """
    try:
        factor = xp.linalg.cholesky(cov)
    except Exception as error:  # every library has its own LinAlgError
        if "LinAlgError" not in type(error).__name__:
            raise
        _refuse(name, cov)
    pivots = diagonal(xp, factor)
    floor = cov.shape[-1] * float(xp.finfo(cov.dtype).eps) * diagonal(xp, cov)
    if not seen(xp.all(pivots * pivots > floor)):  # JAX returns NaN instead of raising
        _refuse(name, cov)
    return factor


def diagonal(xp: Any, matrix: Array) -> Array:
    """The diagonal of the last two axes."""
    if xp is np:
        return np.diagonal(matrix, axis1=-2, axis2=-1)
    return (matrix * like(xp, np.eye(matrix.shape[-1]), matrix, matrix.dtype)).sum(-1)


def _refuse(name: str, cov: Array) -> NoReturn:
    smallest = np.linalg.eigvalsh(plain(cov))[..., 0]
    index = np.unravel_index(np.argmin(smallest), smallest.shape)
    place = f" at index {tuple(int(i) for i in index)}" if index else ""
    raise ValueError(f"{name} must be positive definite, got the smallest eigenvalue {float(smallest[index])!r}{place}")
