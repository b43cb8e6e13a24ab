"""KL divergence between Gaussians, in one and in many dimensions.

Explained in: chapters/gaussians
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish, like
from kltext._checks import as_base, common_shape, require
from kltext._covariance import as_covariance, cholesky, diagonal
from kltext._evaluate import BLOCK, elementwise, select
from kltext._logratio import FAR, NEAR, excess_near

__all__ = ["gaussian_kl", "mvn_kl"]

_NAMES = ("mean_p", "std_p", "mean_q", "std_q")


def gaussian_kl(
    mean_p: ArrayLike,
    std_p: ArrayLike,
    mean_q: ArrayLike = 0.0,
    std_q: ArrayLike = 1.0,
    *,
    base: float | None = None,
) -> Array:
    r"""KL divergence between two normal laws, from their means and standard deviations.

    .. math:: D = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2+(\mu_p-\mu_q)^2}{2\sigma_q^2} - \frac12

    In words: what the wrong spread costs plus what the wrong mean costs, in units of Q's spread.

    All arguments broadcast against each other; the result has their common shape.  Q is the standard
    normal law unless given.  Nats, or ``base=2`` for bits.  Never negative.

    Computed as ½(v − 1 − log v) + ½((μ_p − μ_q)/σ_q)² with v = σ_p²/σ_q²: both parts are non-negative,
    and the first keeps full precision for v ≈ 1.  For normal
    floating-point numbers no intermediate over- or underflows unless the result does.

    Raises ``ValueError`` if a mean is not finite or a standard deviation is not positive and finite.

    >>> round(gaussian_kl(0.0, 1.0, 0.0, 2.0), 10)
    0.3181471806
    >>> gaussian_kl([0.0, 1.0, 2.0], 1.0)
    array([0. , 0.5, 2. ])

    Source: C. Bishop, *Pattern Recognition and Machine Learning* (2006), exercise 2.13.
    Explained in: chapters/gaussians
    """
    base = as_base(base)
    xp, *arrays = as_arrays(mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q)
    for name, array in zip(_NAMES, arrays, strict=True):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
        if name.startswith("std"):
            require(xp, array > 0, f"{name} must be positive", array)
    common_shape(**dict(zip(_NAMES, (a.shape for a in arrays), strict=True)))
    return finish(elementwise(xp, _gaussian_nats, *arrays), base)


def _gaussian_nats(xp: Any, mean_p: Array, std_p: Array, mean_q: Array, std_q: Array) -> Array:
    z = (mean_p / 2 - mean_q / 2) / std_q * 2  # the halves cannot overflow
    return spread_cost(xp, std_p, std_q) / 2 + z / 2 * z


def spread_cost(xp: Any, std_p: Array, std_q: Array) -> Array:
    """v − 1 − log v with v = (std_p/std_q)², entry by entry, without cancellation for v ≈ 1."""

    def near(std_p: Array, std_q: Array) -> Array:
        gap, ratio = (std_p - std_q) / std_q, std_p / std_q
        return excess_near(1.0, gap * (ratio + 1), ratio * ratio + 1)

    def apart(std_p: Array, std_q: Array) -> Array:
        ratio = std_p / std_q
        limits = xp.finfo(std_p.dtype)
        ordinary = (ratio >= float(limits.tiny)) & (ratio <= float(limits.max))
        return select(xp, ~ordinary, extreme, far, (std_p, std_q), (1.0, 2.0), (1.0, 2.0))

    def far(std_p: Array, std_q: Array) -> Array:
        ratio = std_p / std_q
        return (ratio - 1) * (ratio + 1) - 2 * xp.log(ratio)

    def extreme(std_p: Array, std_q: Array) -> Array:
        ratio = std_p / std_q
        return (ratio - 1) * (ratio + 1) - 2 * (xp.log(std_p) - xp.log(std_q))

    close = abs(std_p - std_q) <= NEAR / 2 * std_q
    return select(xp, close, near, apart, (std_p, std_q), (1.0, 1.0), (1.0, 2.0))


def mvn_kl(
    mean_p: ArrayLike,
    cov_p: ArrayLike,
    mean_q: ArrayLike,
    cov_q: ArrayLike,
    *,
    base: float | None = None,
) -> Array:
    r"""KL divergence between two multivariate normal laws.

    .. math:: D = \tfrac12\Bigl[\operatorname{tr}(\Sigma_q^{-1}\Sigma_p) - k
              - \log\frac{\det\Sigma_p}{\det\Sigma_q}
              + (\mu_p-\mu_q)^{\mathsf T}\Sigma_q^{-1}(\mu_p-\mu_q)\Bigr]

    In words: the one-dimensional formula, summed along directions in which Q is standard.

    Means have shape (…, k), covariances (…, k, k); the leading axes broadcast and are the shape of the
    result.  Nats, or ``base=2`` for bits.  Never negative.

    With Cholesky factors Σ = L Lᵀ and M = L_q⁻¹ L_p, which is triangular, the bracket is a sum of
    non-negative parts, Σ_j (m_j − log(1 + m_j)) + Σ_{i>j} M_ij² + ‖L_q⁻¹(μ_p − μ_q)‖², m_j = M_jj² − 1.
    No matrix is inverted.  If the covariances are close, M comes from M Mᵀ = I + E with
    E = L_q⁻¹(Σ_p − Σ_q)L_q⁻ᵀ, and m_j = E_jj − Σ_{i<j} M_ji² has no cancellation.

    Raises ``ValueError`` if sizes do not fit, a number is not finite, or a covariance is not symmetric
    (to √ε) and positive definite.  A singular covariance is refused as well: as Σ_p becomes singular D
    grows to ∞, and for singular Σ_q it depends on the directions the means and Σ_p share with it.

    >>> round(mvn_kl([1.0, 0.0], [[1.0, 0.0], [0.0, 4.0]], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]), 10)
    1.3068528194

    Source: C. Bishop, *Pattern Recognition and Machine Learning* (2006), exercise 2.13.
    Explained in: chapters/gaussians
    """
    base = as_base(base)
    xp, mean_p, cov_p, mean_q, cov_q = as_arrays(mean_p=mean_p, cov_p=cov_p, mean_q=mean_q, cov_q=cov_q)
    for name, array in (("mean_p", mean_p), ("cov_p", cov_p), ("mean_q", mean_q), ("cov_q", cov_q)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    batch = _common_batch(mean_p=mean_p, cov_p=cov_p, mean_q=mean_q, cov_q=cov_q)
    cov_p, cov_q = as_covariance(xp, "cov_p", cov_p), as_covariance(xp, "cov_q", cov_q)
    return finish(_mvn_nats(xp, mean_p - mean_q, cov_p, cov_q, batch), base)


def _mvn_nats(xp: Any, delta: Array, cov_p: Array, cov_q: Array, batch: tuple[int, ...]) -> Array:
    k = delta.shape[-1]
    factor_p, factor_q = cholesky(xp, "cov_p", cov_p), cholesky(xp, "cov_q", cov_q)
    delta = expand(xp, delta[..., None], (*batch, k, 1))
    change = expand(xp, cov_p - cov_q, (*batch, k, k))
    factor_p, factor_q = (expand(xp, f, (*batch, k, k)) for f in (factor_p, factor_q))
    if xp is not np:
        return _factored_nats(xp, delta, change, factor_p, factor_q)
    # As many matrices at a time as a processor's second cache holds.
    flat = [np.reshape(a, (-1, k, a.shape[-1])) for a in (delta, change, factor_p, factor_q)]
    results = np.empty(len(flat[0]), delta.dtype)
    step = max(1, 16 * BLOCK // (k * k))
    for start in range(0, len(results), step):
        block = slice(start, start + step)
        results[block] = _factored_nats(np, *(a[block] for a in flat))
    return results.reshape(batch)


def _factored_nats(xp: Any, delta: Array, change: Array, factor_p: Array, factor_q: Array) -> Array:
    """The divergence from the means' and the covariances' differences and the Cholesky factors, all in one shape."""
    k = change.shape[-1]
    below = like(xp, np.tri(k, k=-1), change, change.dtype)
    scale = xp.sqrt((factor_q * factor_q).sum(-1))[..., None]  # Q's standard deviations: any units will do
    triangle = factor_q / scale

    # Covariances that are apart: from the two factors. L_q⁻¹ is applied to L_p and to the means' difference at once.
    columns = xp.linalg.solve(triangle, xp.concatenate([factor_p, delta], -1) / scale)
    stds = (diagonal(xp, factor_p), diagonal(xp, factor_q))
    off = (columns[..., :k] * below) ** 2
    shape = elementwise(xp, spread_cost, *stds).sum(-1) + off.sum(-1).sum(-1)
    distance = (columns[..., k] ** 2).sum(-1)

    if xp is np:  # what is large has lost nothing to cancellation
        small = shape < FAR
        if small.any():
            near, close = _near_shapes(np, change[small], triangle[small], scale[small])
            shape[small] = np.where(close, near, shape[small])
    else:
        near, close = _near_shapes(xp, change, triangle, scale)
        shape = xp.where(close, near, shape)
    return (shape + distance) / 2


def _near_shapes(xp: Any, change: Array, triangle: Array, scale: Array) -> tuple[Array, Array]:
    """What the shapes cost, from the exact difference of two covariances, and whether they are close enough for it."""
    k = change.shape[-1]
    identity, below = (like(xp, a, change, change.dtype) for a in (np.eye(k), np.tri(k, k=-1)))
    half = xp.linalg.solve(triangle, change / scale)
    error = xp.linalg.solve(triangle, xp.swapaxes(half, -1, -2) / scale)
    close = xp.sqrt((error * error).sum(-1).sum(-1)) <= NEAR
    error = xp.where(close[..., None, None], error, 0 * identity)
    off = (xp.linalg.cholesky(identity + error) * below) ** 2
    excess_variance = diagonal(xp, error) - off.sum(-1)
    return excess_near(1.0, excess_variance, 2 + excess_variance).sum(-1) + off.sum(-1).sum(-1), close


def _common_batch(**arrays: Array) -> tuple[int, ...]:
    """The leading shape of the result, after checking that means (…, k) and covariances (…, k, k) fit."""
    shapes = {name: tuple(a.shape) for name, a in arrays.items()}
    k = shapes["mean_p"][-1:]
    if k in ((), (0,)):
        raise ValueError(f"mean_p must have shape (…, k) with k ≥ 1, got {shapes['mean_p']}")
    for name, tail in (("cov_p", k + k), ("mean_q", k), ("cov_q", k + k)):
        if shapes[name][-len(tail) :] != tail:
            wanted = ", ".join(map(str, tail))
            raise ValueError(f"{name} must have shape (…, {wanted}) to fit mean_p, got {shapes[name]}")
    return common_shape(**{name: s[: -(2 if name.startswith("cov") else 1)] for name, s in shapes.items()})
