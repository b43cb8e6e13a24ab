r"""The evidence lower bound, exact where the latents can be enumerated, and from importance weights.

Explained in: chapters/elbo
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, broadcast, finish
from kltext._checks import as_laws, common_shape, require
from kltext._evaluate import select, total
from kltext._logratio import sum_of_excess
from kltext._logspace import check_logits, log_softmax
from kltext.entropy import entropy

__all__ = ["Elbo", "elbo", "importance_weighted_bound"]


class Elbo(NamedTuple):
    """The bound and what it is made of: ``bound`` + ``gap`` = ``evidence``; ``energy`` + ``entropy`` = ``bound``."""

    bound: Array
    evidence: Array
    gap: Array
    posterior: Array
    energy: Array
    entropy: Array


def elbo(log_joint: ArrayLike, q: ArrayLike) -> Elbo:
    r"""The evidence lower bound for a latent with finitely many values, with its exact gap.

    .. math:: \underbrace{\log p(x)}_{\text{evidence}} =
              \underbrace{\sum_z q(z)\log\frac{p(x,z)}{q(z)}}_{\text{bound}} +
              \underbrace{D\bigl(q\Vert p(z\mid x)\bigr)}_{\text{gap}}

    In words: whatever q is, the bound falls short of the evidence by q's divergence from the posterior.

    ``log_joint`` holds log p(x, z) for each value of z on the last axis (−∞ for an impossible one), ``q`` a law
    over the same values; the other axes broadcast and are the shape of the results.  Nats.  The gap is
    computed as a divergence and not as a difference, so it keeps its digits near the posterior.
    ``energy`` is the average of log p(x, z) under q and ``entropy`` that of −log q.  Where q allows what the
    joint rules out, the gap is ``inf`` and the bound ``-inf``.

    Raises ``ValueError`` for what is not a law, log_joint that is NaN or +∞ or −∞ for every z, and shapes
    that do not fit.

    >>> import math
    >>> found = elbo([math.log(0.3), math.log(0.1)], [0.75, 0.25])
    >>> round(found.bound, 10) == round(math.log(0.4), 10), round(found.gap, 12)
    (True, 0.0)

    Source: D. Blei, A. Kucukelbir & J. McAuliffe, "Variational inference: a review for statisticians", Journal
    of the American Statistical Association 112 (2017).
    Explained in: chapters/elbo
    """
    xp, log_joint, q = as_arrays(log_joint=log_joint, q=q)
    check_logits(xp, "log_joint", log_joint)
    as_laws(q=q)
    if tuple(log_joint.shape[-1:]) != tuple(q.shape[-1:]):
        raise ValueError(f"log_joint and q must have the same latents, got {tuple(log_joint.shape)} and {tuple(q.shape)}")
    common_shape(log_joint=log_joint.shape, q=q.shape)
    log_joint, q = broadcast(xp, log_joint, q)
    log_posterior = log_softmax(xp, log_joint)
    top = log_joint.max(-1) if xp is np else xp.max(log_joint, axis=-1)
    evidence = top - (log_posterior.max(-1) if xp is np else xp.max(log_posterior, axis=-1))
    posterior = xp.exp(log_posterior)
    gap = sum_of_excess(xp, q, posterior)
    energy = total(xp, _charged(xp, q, log_joint))
    return Elbo(finish(evidence - gap), finish(evidence), finish(gap), posterior, finish(energy), entropy(q))


def importance_weighted_bound(log_weights: ArrayLike) -> Array:
    r"""The importance-weighted bound from the weights of K samples of q.

    .. math:: \mathcal L_K = \log\frac1K\sum_{k=1}^K w_k, \qquad w_k = \frac{p(x,z_k)}{q(z_k)},\quad z_k\sim q

    In words: average the weights before the logarithm; its expectation rises with K from the ELBO to the evidence.

    ``log_weights`` holds log wₖ for the K samples on the last axis (−∞ for a weight of zero); the other axes
    are the shape of the result.  Nats.  The largest weight is taken out, so that nothing overflows.

    Raises ``ValueError`` for NaN or +∞, and for no samples.

    >>> round(importance_weighted_bound([0.0, 0.0, 0.0]), 12)
    0.0

    Source: Y. Burda, R. Grosse & R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016.
    Explained in: chapters/elbo
    """
    xp, logs = as_arrays(log_weights=log_weights)
    if logs.ndim == 0 or logs.shape[-1] == 0:
        raise ValueError(f"log_weights must have samples on its last axis, got shape {tuple(logs.shape)}")
    require(xp, logs < np.inf, "log_weights must be finite or -inf", logs)
    top = logs.max(-1) if xp is np else xp.max(logs, axis=-1)
    shift = xp.where(top > -np.inf, top, xp.zeros_like(top))
    with np.errstate(divide="ignore"):
        return finish(shift + xp.log(xp.exp(logs - shift[..., None]).sum(-1) / logs.shape[-1]))


def _charged(xp: Any, q: Array, log_joint: Array) -> Array:
    """q·log p, 0 where q = 0."""
    return select(xp, q > 0, lambda q, v: q * v, lambda q, v: 0 * q, (q, log_joint), (1.0, 0.0), (0.0, 0.0))
