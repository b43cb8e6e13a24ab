r"""Gradients of the ELBO by Monte Carlo: through the samples (reparametrisation), or through their probabilities (score function).

Both are unbiased.  They are made of the same samples here, so that their spreads can be compared one to one.

Explained in: chapters/elbo
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import require

__all__ = ["ElboGradient", "reparametrisation_gradient", "score_function_gradient"]

Function = Callable[[Array], Array]


class ElboGradient(NamedTuple):
    """For each sample: its term of the bound, and its gradients with respect to q's mean and log standard deviation."""

    bound: Array
    mean: Array
    log_std: Array


def reparametrisation_gradient(
    log_joint: Function,
    mean: ArrayLike,
    log_std: ArrayLike,
    noise: ArrayLike,
    *,
    gradient: Function | None = None,
) -> ElboGradient:
    r"""One-sample gradients of the ELBO that differentiate through the sample.

    .. math:: z=\mu+\sigma\varepsilon,\qquad \nabla_\mu\mathcal L = \mathbb E[\nabla_z\log p(x,z)],\qquad
              \nabla_{\log\sigma}\mathcal L = \mathbb E[\sigma\varepsilon\,\nabla_z\log p(x,z)] + 1

    In words: move the sample with the parameters, and ask the model how it likes the move; the 1 is the gradient of q's
    entropy, which needs no samples.

    q = N(μ, diag σ²).  ``mean`` and ``log_std`` have shape (k,), ``noise`` (n, k) holds standard normal draws, and
    ``log_joint`` maps latents (n, k) to log p(x, z), (n,).  ``gradient`` is ∇_z log p; without it autograd
    differentiates ``log_joint``, for which it has to be written with ``autograd.numpy``.  The results have shapes (n,),
    (n, k) and (n, k): average them, or take their `mean_and_error`.  Nats.

    Raises ``ValueError`` if sizes do not fit, a number is not finite, or the gradient is missing and cannot be found.

    >>> found = reparametrisation_gradient(lambda z: -(z**2).sum(-1) / 2, [1.0], [0.0], [[0.5], [-0.5]])
    >>> found.mean.ravel()
    array([-1.5, -0.5])

    Source: D. Kingma & M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
    Explained in: chapters/elbo
    """
    xp, mean, log_std, noise, z, values, bound = _evaluate(log_joint, mean, log_std, noise)
    slope = _slope(log_joint, z) if gradient is None else gradient(z)
    if tuple(slope.shape) != tuple(z.shape):
        raise ValueError(f"gradient must return the shape of the latents {tuple(z.shape)}, got {tuple(slope.shape)}")
    return ElboGradient(finish(bound), finish(slope), finish(slope * (z - mean) + 1))


def score_function_gradient(
    log_joint: Function,
    mean: ArrayLike,
    log_std: ArrayLike,
    noise: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
) -> ElboGradient:
    r"""One-sample gradients of the ELBO that never differentiate the model (REINFORCE).

    .. math:: \nabla_\phi\mathcal L = \mathbb E\bigl[(r(z)-b)\,\nabla_\phi\log q_\phi(z)\bigr],\qquad
              r(z) = \log\frac{p(x,z)}{q(z)}

    In words: make samples that scored above the baseline more probable.

    Arguments and shapes as in `reparametrisation_gradient`; ``log_joint`` may be anything that returns numbers, such as
    a simulator.  ``baseline`` is b: a number, or one for each sample; without it the average score of the *other*
    samples is used, which keeps the estimate unbiased (with n = 1 there are no others, and b is 0).

    Raises ``ValueError`` if sizes do not fit or a number is not finite.

    >>> found = score_function_gradient(lambda z: -(z**2).sum(-1) / 2, [1.0], [0.0], [[0.5], [-0.5]], baseline=0.0)
    >>> found.mean.ravel().round(4)
    array([-0.0405, -0.4595])

    Source: R. Ranganath, S. Gerrish & D. Blei, "Black box variational inference", AISTATS 2014.
    Explained in: chapters/elbo
    """
    xp, mean, log_std, noise, z, values, bound = _evaluate(log_joint, mean, log_std, noise)
    q_terms = -(noise * noise).sum(-1) / 2 - log_std.sum(-1) - mean.shape[-1] * math.log(2 * math.pi) / 2
    score = values - q_terms
    n = score.shape[0]
    if baseline is None:
        level = (score.sum(0) - score) / (n - 1) if n > 1 else 0 * score
    else:
        _, level, _ = as_arrays(baseline=baseline, beside=score)
        require(xp, xp.isfinite(level), "baseline must be finite", level)
        if tuple(level.shape) not in ((), (n,)):
            raise ValueError(f"baseline must be a number or have shape ({n},), got {tuple(level.shape)}")
    gain = (score - level)[..., None]
    return ElboGradient(finish(bound), finish(gain * noise / xp.exp(log_std)), finish(gain * (noise * noise - 1)))


def _evaluate(log_joint: Function, mean: ArrayLike, log_std: ArrayLike, noise: ArrayLike) -> tuple[Any, ...]:
    """The checked arguments, the latents, log p at them, and the terms of the bound."""
    xp, mean, log_std, noise = as_arrays(mean=mean, log_std=log_std, noise=noise)
    for name, array in (("mean", mean), ("log_std", log_std), ("noise", noise)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    if mean.ndim != 1 or tuple(mean.shape) != tuple(log_std.shape) or 0 in mean.shape:
        raise ValueError(f"mean and log_std must have shape (k,), got {tuple(mean.shape)} and {tuple(log_std.shape)}")
    if noise.ndim != 2 or noise.shape[0] == 0 or noise.shape[1] != mean.shape[0]:
        raise ValueError(f"noise must have shape (n, {mean.shape[0]}), got {tuple(noise.shape)}")
    z = mean + xp.exp(log_std) * noise
    values = log_joint(z)
    if tuple(getattr(values, "shape", ())) != (noise.shape[0],):
        raise ValueError(f"log_joint must return one number for each sample, got shape {tuple(getattr(values, 'shape', ()))}")
    require(xp, xp.isfinite(values), "log_joint must be finite at the samples", values)
    entropy = log_std.sum(-1) + mean.shape[0] * (1 + math.log(2 * math.pi)) / 2
    return xp, mean, log_std, noise, z, values, values + entropy


def _slope(log_joint: Function, z: Array) -> Array:
    try:
        from autograd import elementwise_grad

        return elementwise_grad(log_joint)(z)
    except Exception as error:  # whatever tracing a foreign function raises
        raise ValueError(f"gradient must be given: autograd cannot differentiate log_joint ({error})") from error
