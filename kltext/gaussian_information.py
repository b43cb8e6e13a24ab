"""Differential entropy and Fisher information of Gaussians.

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import as_base, require
from kltext._covariance import as_covariance, cholesky, diagonal
from kltext._evaluate import elementwise

__all__ = ["gaussian_entropy", "gaussian_fisher_information", "mvn_entropy"]

_HALF_LOG_2_PI_E = (1 + math.log(2 * math.pi)) / 2


def gaussian_entropy(std: ArrayLike, *, base: float | None = None) -> Array:
    r"""Differential entropy of a normal law, which depends on its standard deviation alone.

    .. math:: h = \tfrac12\log(2\pi e\,\sigma^2)

    In words: the logarithm of the spread, up to a constant; negative for σ below 0.2420.

    Entry by entry, in the shape of ``std``.  Nats, or ``base=2`` for bits.  It changes with the unit in which x is
    measured, so only differences of differential entropies say something.

    Raises ``ValueError`` if a standard deviation is not positive and finite.

    >>> round(gaussian_entropy(1.0), 10), gaussian_entropy(0.1) < 0
    (1.4189385332, True)

    Source: Cover & Thomas, *Elements of Information Theory* (2006), chapter 8.
    Explained in: chapters/gaussians
    """
    base = as_base(base)
    xp, std = as_arrays(std=std)
    require(xp, xp.isfinite(std), "std must be finite", std)
    require(xp, std > 0, "std must be positive", std)
    return finish(xp.log(std) + _HALF_LOG_2_PI_E, base)


def mvn_entropy(cov: ArrayLike, *, base: float | None = None) -> Array:
    r"""Differential entropy of a multivariate normal law, from its covariance.

    .. math:: h = \tfrac k2\log(2\pi e) + \tfrac12\log\det\Sigma

    In words: the logarithm of the volume that the law occupies, up to a constant.

    ``cov`` has shape (…, k, k); the leading axes are the shape of the result.  Nats, or ``base=2`` for bits.  The
    determinant is never formed: its logarithm is the sum of those of the pivots of Cholesky's factor.

    Raises ``ValueError`` if the sizes do not fit, a number is not finite, or a covariance is not symmetric
    (to √ε) and positive definite.

    >>> round(mvn_entropy([[1.0, 0.8], [0.8, 1.0]]), 6)
    2.327051

    Source: Cover & Thomas, *Elements of Information Theory* (2006), theorem 8.4.1.
    Explained in: chapters/gaussians
    """
    base = as_base(base)
    xp, cov = as_arrays(cov=cov)
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2] or cov.shape[-1] == 0:
        raise ValueError(f"cov must have shape (…, k, k) with k ≥ 1, got {tuple(cov.shape)}")
    require(xp, xp.isfinite(cov), "cov must be finite", cov)
    factor = cholesky(xp, "cov", as_covariance(xp, "cov", cov))
    return finish(xp.log(diagonal(xp, factor)).sum(-1) + cov.shape[-1] * _HALF_LOG_2_PI_E, base)


def gaussian_fisher_information(std: ArrayLike) -> Array:
    r"""Fisher information of a normal law in the coordinates (mean, standard deviation).

    .. math:: I(\mu,\sigma) = \frac1{\sigma^2}\begin{pmatrix}1&0\\0&2\end{pmatrix}

    In words: the same step counts by its size in standard deviations, and twice as much if it changes the spread.

    Matrices of shape (…, 2, 2) for ``std`` of shape (…).  It is the curvature of the divergence: a step
    v = (dμ, dσ) costs ½ vᵀ I v nats up to third order, in either direction.

    Raises ``ValueError`` if a standard deviation is not positive and finite.

    >>> gaussian_fisher_information(0.5)
    array([[4., 0.],
           [0., 8.]])

    Source: S. Amari, *Information Geometry and Its Applications* (2016), chapter 2.
    Explained in: chapters/gaussians
    """
    xp, std = as_arrays(std=std)
    require(xp, xp.isfinite(std), "std must be finite", std)
    require(xp, std > 0, "std must be positive", std)
    precision = elementwise(xp, lambda xp, std: 1 / std / std, std)
    zero = 0 * std
    return finish(xp.stack([xp.stack([precision, zero], -1), xp.stack([zero, 2 * precision], -1)], -2))
