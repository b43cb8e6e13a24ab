r"""The linear-Gaussian model, where evidence, posterior and ELBO have closed forms: a VAE that can be solved.

.. math:: z\sim N(0,I),\qquad x\mid z\sim N(Wz+b,\,\Sigma)

Explained in: chapters/elbo
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish, like
from kltext._checks import common_shape, require
from kltext._covariance import as_covariance, cholesky, diagonal
from kltext.elbo import Elbo
from kltext.gaussian import mvn_kl
from kltext.gaussian_information import mvn_entropy

__all__ = ["GaussianPosterior", "linear_gaussian_elbo", "linear_gaussian_posterior"]


class GaussianPosterior(NamedTuple):
    """The law of the latents given the data: its mean and its covariance."""

    mean: Array
    cov: Array


def linear_gaussian_posterior(x: ArrayLike, weights: ArrayLike, bias: ArrayLike, noise_cov: ArrayLike) -> GaussianPosterior:
    r"""The exact posterior of the latents of a linear-Gaussian model.

    .. math:: C = \bigl(I + W^{\mathsf T}\Sigma^{-1}W\bigr)^{-1}, \qquad m = C\,W^{\mathsf T}\Sigma^{-1}(x-b)

    In words: precisions add, and each part of the data speaks with its own.

    ``x`` and ``bias`` have shape (…, d), ``weights`` (…, d, k), ``noise_cov`` (…, d, d); the leading axes broadcast.
    The mean has shape (…, k), the covariance, which does not depend on x, (…, k, k).

    Raises ``ValueError`` if sizes do not fit, a number is not finite, or the noise's covariance is not symmetric and
    positive definite.

    >>> mean, cov = linear_gaussian_posterior([2.0], [[1.0]], [0.0], [[1.0]])
    >>> mean.round(6), cov.round(6)
    (array([1.]), array([[0.5]]))

    Source: C. Bishop, *Pattern Recognition and Machine Learning* (2006), section 12.2.
    Explained in: chapters/elbo
    """
    xp, x, weights, bias, noise_cov, batch = _model(x, weights, bias, noise_cov)
    mean, cov, _ = _posterior(xp, x - bias, weights, noise_cov, batch)
    return GaussianPosterior(mean, cov)


def linear_gaussian_elbo(
    x: ArrayLike,
    weights: ArrayLike,
    bias: ArrayLike,
    noise_cov: ArrayLike,
    *,
    mean: ArrayLike,
    cov: ArrayLike,
) -> Elbo:
    r"""The evidence lower bound of a linear-Gaussian model for q = N(mean, cov), with everything it is made of.

    .. math:: \log N\bigl(x;\,b,\,WW^{\mathsf T}+\Sigma\bigr) = \mathcal L(q) + D\bigl(q\Vert N(m,C)\bigr)

    In words: the same ledger as for finitely many latents, with every entry in closed form.

    ``x`` and ``bias`` have shape (…, d), ``weights`` (…, d, k), ``noise_cov`` (…, d, d), ``mean`` (…, k) and ``cov``
    (…, k, k); the leading axes broadcast and are the shape of the results.  Nats, of densities: the evidence changes
    with the unit of x, the gap does not.  The gap is `mvn_kl` of q and the exact posterior, so it keeps its digits
    near zero.  ``posterior`` is a pair, its mean and covariance; ``energy`` the average of log p(x, z) under q, computed
    from the model and not from the rest.

    Raises ``ValueError`` if sizes do not fit, a number is not finite, or a covariance is not symmetric and positive
    definite.

    >>> found = linear_gaussian_elbo([2.0], [[1.0]], [0.0], [[1.0]], mean=[1.0], cov=[[0.5]])
    >>> round(found.evidence, 6), round(found.gap, 12)
    (-2.265512, 0.0)

    Source: C. Bishop, *Pattern Recognition and Machine Learning* (2006), section 12.2.
    Explained in: chapters/elbo
    """
    xp, x, weights, bias, noise_cov, mean, cov, batch = _model(x, weights, bias, noise_cov, mean=mean, cov=cov)
    delta, k, d = x - bias, weights.shape[-1], x.shape[-1]
    posterior_mean, posterior_cov, whitened = _posterior(xp, delta, weights, noise_cov, batch)
    gap = mvn_kl(mean, cov, posterior_mean, posterior_cov)

    # log N(x; b, WWᵀ + Σ), by the joint density at the posterior's mean: that quotient is the evidence for every z.
    noise = cholesky(xp, "noise_cov", noise_cov)
    log_noise = xp.log(diagonal(xp, noise)).sum(-1)

    def log_joint(z: Array) -> Array:
        left = _whiten(xp, noise, delta[..., None] - weights @ z[..., None])[..., 0]
        return -((left * left).sum(-1) + (z * z).sum(-1) + (d + k) * math.log(2 * math.pi)) / 2 - log_noise

    log_posterior = -mvn_entropy(posterior_cov) + k / 2  # its logarithm at its own mean
    evidence = log_joint(posterior_mean) - log_posterior

    spread = (whitened * (whitened @ cov)).sum(-1).sum(-1)  # tr(A cov Aᵀ)
    mean = expand(xp, mean, (*batch, k))
    energy = log_joint(mean) - (spread + diagonal(xp, cov).sum(-1)) / 2
    entropy = mvn_entropy(expand(xp, cov, (*batch, k, k)))
    return Elbo(
        finish(evidence - gap),
        finish(evidence),
        gap,
        GaussianPosterior(posterior_mean, posterior_cov),
        finish(energy),
        entropy,
    )


def _whiten(xp: Any, factor: Array, columns: Array) -> Array:
    batch = np.broadcast_shapes(tuple(factor.shape[:-2]), tuple(columns.shape[:-2]))
    return xp.linalg.solve(expand(xp, factor, (*batch, *factor.shape[-2:])), expand(xp, columns, (*batch, *columns.shape[-2:])))


def _posterior(xp: Any, delta: Array, weights: Array, noise_cov: Array, batch: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Mean and covariance of the posterior, and L⁻¹W for the noise's Cholesky factor L."""
    d, k = weights.shape[-2:]
    factor = cholesky(xp, "noise_cov", noise_cov)
    whitened = expand(xp, _whiten(xp, factor, weights), (*batch, d, k))
    column = expand(xp, _whiten(xp, factor, delta[..., None]), (*batch, d, 1))
    back = xp.swapaxes(whitened, -1, -2)
    identity = expand(xp, like(xp, np.eye(k), weights, weights.dtype), (*batch, k, k))
    with np.errstate(over="ignore"):
        precision = identity + back @ whitened
    require(xp, xp.isfinite(precision), "noise_cov must not be so small that the posterior's precision overflows", precision)
    cov = xp.linalg.solve(precision, identity)
    return xp.linalg.solve(precision, back @ column)[..., 0], (cov + xp.swapaxes(cov, -1, -2)) / 2, whitened


def _model(
    x: ArrayLike, weights: ArrayLike, bias: ArrayLike, noise_cov: ArrayLike, **q: ArrayLike
) -> tuple[Any, ...]:
    """The arguments as arrays of one library, checked, and the leading shape of the result."""
    xp, *arrays = as_arrays(x=x, weights=weights, bias=bias, noise_cov=noise_cov, **q)
    named = dict(zip(("x", "weights", "bias", "noise_cov", *q), arrays, strict=True))
    if named["weights"].ndim < 2 or 0 in named["weights"].shape[-2:]:
        raise ValueError(f"weights must have shape (…, d, k) with d, k ≥ 1, got {tuple(named['weights'].shape)}")
    d, k = named["weights"].shape[-2:]
    tails = {"x": (d,), "weights": (d, k), "bias": (d,), "noise_cov": (d, d), "mean": (k,), "cov": (k, k)}
    for name, array in named.items():
        tail = tails[name]
        if tuple(array.shape[-len(tail) :]) != tail:
            wanted = ", ".join(map(str, tail))
            raise ValueError(f"{name} must have shape (…, {wanted}) to fit weights, got {tuple(array.shape)}")
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    batch = common_shape(**{name: tuple(array.shape[: -len(tails[name])]) for name, array in named.items()})
    for name in ("noise_cov", "cov"):
        if name in named:
            named[name] = as_covariance(xp, name, named[name])
    return (xp, *named.values(), batch)
