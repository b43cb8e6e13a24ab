"""The loss of a variational autoencoder: reconstruction plus the divergence of the encoder from the prior.

Explained in: chapters/vae
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_number, common_shape, require
from kltext._evaluate import elementwise
from kltext._logratio import exp_excess
from kltext._logspace import softplus

__all__ = ["VaeLoss", "vae_kl", "vae_loss"]

LOG_2PI = math.log(2 * math.pi)


class VaeLoss(NamedTuple):
    """The loss, ``total`` = ``reconstruction`` + β·``kl``, each an average over the batch, in nats."""

    total: Array
    reconstruction: Array
    kl: Array


def vae_kl(mean: ArrayLike, log_var: ArrayLike) -> Array:
    r"""What each latent dimension of a Gaussian encoder costs against the standard normal prior.

    .. math:: D\bigl(N(\mu_j,\sigma_j^2)\Vert N(0,1)\bigr)
              = \tfrac12\bigl(\mu_j^2 + e^{\ell_j} - 1 - \ell_j\bigr), \qquad \ell_j = \log\sigma_j^2

    In words: the KL term, one value for each dimension; its sum over the dimensions is the KL term.

    ``mean`` and ``log_var`` broadcast; the result has their common shape.  Nats.  Never negative, and zero
    exactly at mean 0 and log-variance 0, near which e^ℓ − 1 − ℓ is a series and loses no digits.  Where
    e^ℓ overflows (ℓ > 709 in float64) the value is ``inf``, which is what an exploding encoder should show.

    Raises ``ValueError`` if a number is not finite or shapes do not broadcast.

    >>> vae_kl([1.0, 0.0], [0.0, 0.0])
    array([0.5, 0. ])

    Source: D. Kingma & M. Welling, "Auto-encoding variational Bayes", ICLR 2014, appendix B.
    Explained in: chapters/vae
    """
    xp, mean, log_var = as_arrays(mean=mean, log_var=log_var)
    for name, array in (("mean", mean), ("log_var", log_var)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    common_shape(mean=mean.shape, log_var=log_var.shape)
    return finish(elementwise(xp, _latent_cost, mean, log_var))


def vae_loss(
    x: ArrayLike,
    x_recon_logits: ArrayLike,
    mean: ArrayLike,
    log_var: ArrayLike,
    beta: float = 1.0,
    *,
    likelihood: str = "bernoulli",
    noise_std: float = 1.0,
    free_bits: float = 0.0,
) -> VaeLoss:
    r"""The negative ELBO of a VAE, from one sample of the latents for each example.

    .. math:: \text{total} = \underbrace{-\log p(x\mid z)}_{\text{reconstruction}}
              + \beta\sum_j D\bigl(N(\mu_j,\sigma_j^2)\Vert N(0,1)\bigr)

    In words: what the decoder's surprise and the encoder's information cost together, per example.

    ``x`` and ``x_recon_logits`` have shape (…, features), ``mean`` and ``log_var`` (…, latents), with the same
    leading axes: the batch.  Everything is **summed over features and latents and averaged over the batch**,
    in nats.  With ``likelihood="bernoulli"`` x lies in [0, 1] and the decoder returns logits:
    −log p = softplus(a) − x·a, exact for logits of any size (for x strictly inside (0, 1) this is a cross-entropy
    and not a log-likelihood of a binary x).  With ``"gaussian"`` the decoder returns means and
    −log p = ½(x − a)²/s² + log s + ½ log 2π, s = ``noise_std``: halving the noise multiplies the squared error
    by four, which weighs like a β of a quarter.

    For β ≥ 1 minus the total is still a lower bound of log p(x), for β < 1 it is not.  ``free_bits`` (in
    nats) is what each dimension may cost, on average over the batch, before it is charged: the total then has
    max(cost, free_bits) in place of a dimension's cost, while ``kl`` stays the true value.

    Raises ``ValueError`` for shapes that do not fit, numbers that are not finite, x outside [0, 1] with
    Bernoulli, and a negative β, noise or free bits.

    >>> loss = vae_loss([[1.0, 0.0]], [[0.0, 0.0]], [[1.0]], [[0.0]])
    >>> round(loss.reconstruction, 10), loss.kl
    (1.3862943611, 0.5)

    Source: D. Kingma & M. Welling, "Auto-encoding variational Bayes", ICLR 2014; free bits: D. Kingma et al.,
    "Improved variational inference with inverse autoregressive flow", NeurIPS 2016.
    Explained in: chapters/vae
    """
    beta, noise, free = (_number(n, v) for n, v in (("beta", beta), ("noise_std", noise_std), ("free_bits", free_bits)))
    if noise == 0:
        raise ValueError(f"noise_std must be positive, got {noise_std!r}")
    if likelihood not in ("bernoulli", "gaussian"):
        raise ValueError(f'likelihood must be "bernoulli" or "gaussian", got {likelihood!r}')
    xp, x, recon, mean, log_var = as_arrays(x=x, x_recon_logits=x_recon_logits, mean=mean, log_var=log_var)
    for name, array in (("x", x), ("x_recon_logits", recon), ("mean", mean), ("log_var", log_var)):
        if array.ndim == 0 or 0 in tuple(array.shape):
            raise ValueError(f"{name} must have at least one number on its last axis, got shape {tuple(array.shape)}")
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    if tuple(x.shape) != tuple(recon.shape):
        raise ValueError(f"x_recon_logits must have the shape of x, {tuple(x.shape)}, got {tuple(recon.shape)}")
    shape = common_shape(mean=mean.shape, log_var=log_var.shape)
    if tuple(shape[:-1]) != tuple(x.shape[:-1]):
        raise ValueError(f"mean and log_var must have the batch of x, {tuple(x.shape[:-1])}, got {tuple(shape[:-1])}")
    if likelihood == "bernoulli":
        require(xp, (x >= 0) & (x <= 1), "x must lie between 0 and 1 for a Bernoulli likelihood", x)
        terms = elementwise(xp, lambda xp, a, x: softplus(xp, a) - x * a, recon, x)
    else:
        terms = ((x - recon) / noise) ** 2 / 2 + (math.log(noise) + LOG_2PI / 2)
    reconstruction = terms.sum(-1).mean()
    cost = expand(xp, elementwise(xp, _latent_cost, mean, log_var), shape)
    rows = xp.reshape(cost, (-1, shape[-1]))
    dimensions = rows.mean(0)
    kl = dimensions.sum()
    charged = kl if free == 0 else xp.where(dimensions > free, dimensions, free * xp.ones_like(dimensions)).sum()
    total = reconstruction + (beta * charged if beta else 0 * reconstruction)
    return VaeLoss(finish(total), finish(reconstruction), finish(kl))


def _latent_cost(xp: Any, mean: Array, log_var: Array) -> Array:
    return (mean * mean + exp_excess(xp, log_var)) / 2


def _number(name: str, value: Any) -> float:
    number = as_number(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} must be a finite number that is not negative, got {value!r}")
    return number
