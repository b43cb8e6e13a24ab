r"""The best law with independent coordinates in place of a correlated Gaussian, in both directions.

Explained in: chapters/directions
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish, like
from kltext._checks import as_base, common_shape, require
from kltext._covariance import as_covariance, cholesky, diagonal

__all__ = ["MeanField", "mean_field"]


class MeanField(NamedTuple):
    """A Gaussian with independent coordinates, and its divergence from (or to) the correlated one."""

    mean: Array
    variances: Array
    value: Array


def mean_field(
    mean: ArrayLike, cov: ArrayLike, *, direction: str = "reverse", base: float | None = None
) -> MeanField:
    r"""The mean-field approximation q(x) = ∏ᵢ qᵢ(xᵢ) of a Gaussian p, with its divergence.

    .. math:: \begin{aligned}
              \min_q D(q\Vert p) &= \tfrac12\sum_i\log\Lambda_{ii} + \tfrac12\log\det\Sigma
              \quad\text{at } q_i = \mathcal N(\mu_i, 1/\Lambda_{ii}), \quad \Lambda = \Sigma^{-1} \\
              \min_q D(p\Vert q) &= \tfrac12\sum_i\log\Sigma_{ii} - \tfrac12\log\det\Sigma
              \quad\text{at } q_i = \mathcal N(\mu_i, \Sigma_{ii}) \end{aligned}

    In words: the reverse direction (the first), that of variational inference, keeps for each coordinate the spread
    it has when all others are held fixed, which is too narrow; the forward direction keeps the marginals.

    These are the best among *all* laws with independent coordinates, not among Gaussians only.  ``mean`` has shape
    (…, k), ``cov`` (…, k, k); the leading axes broadcast and are the shape of ``value``.  Nats, or ``base=2`` for
    bits.  Both minima are zero for independent coordinates only.  In two dimensions with correlation ρ both are
    −½ log(1 − ρ²); in more they differ.  The forward one is the total correlation of p.

    Computed without a difference of logarithms: with the Cholesky factor L of the correlations and M = L⁻¹, the
    value is ½ Σ_j log(1 + Σ_{i>j} (M_ij L_jj)²) in reverse and ½ Σ_j log(1 + Σ_{i<j} (L_ji / L_jj)²) forward, so
    that it is never negative and weak correlations keep their digits.

    Raises ``ValueError`` if sizes do not fit, a number is not finite, cov is not symmetric and positive definite, or
    the direction is unknown.

    >>> fit = mean_field([0.0, 0.0], [[1.0, 0.9], [0.9, 1.0]])
    >>> fit.variances.round(12).tolist(), round(fit.value, 10)
    ([0.19, 0.19], 0.8303656034)
    >>> mean_field([0.0, 0.0], [[1.0, 0.9], [0.9, 1.0]], direction="forward").variances.tolist()
    [1.0, 1.0]

    Source: Bishop, *Pattern Recognition and Machine Learning* (2006), section 10.1.2.
    Explained in: chapters/directions
    """
    base = as_base(base)
    if direction not in ("reverse", "forward"):
        raise ValueError(f"direction must be 'reverse' or 'forward', got {direction!r}")
    xp, mean, cov = as_arrays(mean=mean, cov=cov)
    for name, array in (("mean", mean), ("cov", cov)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    k = tuple(mean.shape[-1:])
    if k in ((), (0,)):
        raise ValueError(f"mean must have shape (…, k) with k ≥ 1, got {tuple(mean.shape)}")
    if tuple(cov.shape[-2:]) != k + k:
        raise ValueError(f"cov must have shape (…, {k[0]}, {k[0]}) to fit mean, got {tuple(cov.shape)}")
    batch = common_shape(mean=mean.shape[:-1], cov=cov.shape[:-2])
    cov = expand(xp, as_covariance(xp, "cov", cov), (*batch, *k, *k))
    variances, value = (_reverse if direction == "reverse" else _forward)(xp, cov)
    return MeanField(expand(xp, mean, (*batch, *k)), variances, finish(value, base))


def _correlations(xp: Any, cov: Array) -> tuple[Array, Array, Array]:
    """The variances, the Cholesky factor of the correlations, and a matrix that is 1 below its diagonal."""
    variances = diagonal(xp, cov)
    stds = xp.sqrt(variances)
    factor = cholesky(xp, "cov", cov / stds[..., :, None] / stds[..., None, :])
    return variances, factor, like(xp, np.tri(cov.shape[-1], k=-1), cov, cov.dtype)


def _forward(xp: Any, cov: Array) -> tuple[Array, Array]:
    variances, factor, below = _correlations(xp, cov)
    ratios = factor * below / diagonal(xp, factor)[..., :, None]
    return variances, xp.log1p((ratios * ratios).sum(-1)).sum(-1) / 2


def _reverse(xp: Any, cov: Array) -> tuple[Array, Array]:
    variances, factor, below = _correlations(xp, cov)
    identity = expand(xp, like(xp, np.eye(cov.shape[-1]), cov, cov.dtype), tuple(cov.shape))
    pivots = diagonal(xp, factor)
    ratios = xp.linalg.solve(factor, identity) * below * pivots[..., None, :]
    surplus = (ratios * ratios).sum(-2)  # how much smaller a variance gets when the later coordinates are known too
    return variances * pivots * pivots / (1 + surplus), xp.log1p(surplus).sum(-1) / 2
