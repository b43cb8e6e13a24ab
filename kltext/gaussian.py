"""KL divergence between Gaussians, one- and many-dimensional.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, check_base, finish, inspect, offender

__all__ = ["gaussian_kl", "mvn_kl"]


def gaussian_kl(mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike = 0.0, std_q: ArrayLike = 1.0, *,
                base: float | None = None) -> Array:
    r"""KL divergence between two normal laws."""
    base = check_base(base)
    xp, mean_p, std_p, mean_q, std_q = as_arrays(mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q)
    for name, mean in (("mean_p", mean_p), ("mean_q", mean_q)):
        if not inspect(xp.all(xp.isfinite(mean))):
            raise ValueError(f"{name} must be finite, got {offender(xp, ~xp.isfinite(mean), mean)}")
    for name, std in (("std_p", std_p), ("std_q", std_q)):
        good = (std > 0) & xp.isfinite(std)
        if not inspect(xp.all(good)):
            raise ValueError(f"{name} must be positive and finite, got {offender(xp, ~good, std)}")
    with np.errstate(all="ignore"):
        ratio = std_p / std_q
        gap = (std_p - std_q) / std_q
        near = xp.abs(gap) <= 0.04
        s = xp.where(near, gap, 0.0) * (ratio + 1) / (xp.where(near, ratio, 1.0) ** 2 + 1)
        u = s * s
        series = 1 / 3 + u * (1 / 5 + u * (1 / 7 + u * (1 / 9 + u * (1 / 11))))
        spread_near = s * (gap * xp.where(near, ratio + 1, 0.0) - 2 * u * series)
        spread_far = ratio * ratio - 1 - 2 * (xp.log(std_p) - xp.log(std_q))
        spread = xp.where(near, spread_near, spread_far)
        z = (mean_p - mean_q) / std_q
        return finish(xp, 0.5 * spread + 0.5 * z * z, base)


def mvn_kl(mean_p: ArrayLike, cov_p: ArrayLike, mean_q: ArrayLike, cov_q: ArrayLike, *,
           base: float | None = None) -> Array:
    r"""KL divergence between two multivariate normal laws."""
    base = check_base(base)
    xp, mean_p, cov_p, mean_q, cov_q = as_arrays(mean_p=mean_p, cov_p=cov_p, mean_q=mean_q, cov_q=cov_q)
    factor_p, factor_q = xp.linalg.cholesky(cov_p), xp.linalg.cholesky(cov_q)
    m = xp.linalg.solve(factor_q, factor_p)
    z = xp.linalg.solve(factor_q, (mean_p - mean_q)[..., None])[..., 0]
    logs = xp.log(xp.diagonal(factor_p, axis1=-2, axis2=-1)) - xp.log(xp.diagonal(factor_q, axis1=-2, axis2=-1))
    value = 0.5 * (xp.sum(m * m, axis=(-2, -1)) - m.shape[-1]) - xp.sum(logs, axis=-1) + 0.5 * xp.sum(z * z, axis=-1)
    return finish(xp, value, base)
