r"""KL from samples of both laws and a critic: the bounds of Donsker and Varadhan, and of Nguyen, Wainwright and Jordan.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import common_shape, require
from kltext._evaluate import elementwise

__all__ = ["donsker_varadhan", "nwj"]


def donsker_varadhan(critic_p: ArrayLike, critic_q: ArrayLike) -> Array:
    r"""The bound of Donsker and Varadhan, from a critic's values at samples of P and at samples of Q.

    .. math:: D(P\Vert Q) \;\ge\; \mathbb E_P[T] - \log\mathbb E_Q\bigl[e^{T}\bigr]

    In words: a critic that is high on P's samples proves a divergence, unless it is high on Q's as well; the best
    one is the log-ratio, T = log p/q + c with any constant c.

    ``critic_p`` and ``critic_q`` hold T at the samples on the last axis, not necessarily equally many; the other axes
    broadcast and are the shape of the result.  Nats.  −∞ at a sample of Q costs nothing; at one of P the bound is
    ``-inf``.  The largest value is taken out of the exponential, so nothing overflows.

    **Over samples it is no bound.**  The logarithm of an average over samples is too small on average (Jensen), so the
    value is too large on average.  With n samples of Q it is at most log n plus the lead of T's average over P on its
    highest value among Q's samples: where those miss P's region, a critic can claim what it likes.

    Raises ``ValueError`` for NaN or +∞, for no samples, and for values at Q's samples that are all −∞.

    >>> round(donsker_varadhan([1.0, 1.0], [1.0, 0.0]), 6)
    0.379885

    Source: M. Donsker & S. Varadhan, "Asymptotic evaluation of certain Markov process expectations for large time, IV",
    Communications on Pure and Applied Mathematics 36 (1983).
    Explained in: chapters/f-divergences
    """
    xp, critic_p, critic_q = _samples(critic_p, critic_q)
    top = critic_q.max(-1) if xp is np else xp.max(critic_q, axis=-1)
    require(xp, top > -np.inf, "critic_q must be above -inf at one sample", top)
    charged = top + xp.log(xp.exp(critic_q - top[..., None]).mean(-1))
    return finish(critic_p.mean(-1) - charged)


def nwj(critic_p: ArrayLike, critic_q: ArrayLike) -> Array:
    r"""The bound of Nguyen, Wainwright and Jordan, from a critic's values at samples of P and at samples of Q.

    .. math:: D(P\Vert Q) \;\ge\; \mathbb E_P[T] - \mathbb E_Q\bigl[e^{T-1}\bigr]

    In words: the f-GAN's bound for KL; looser than Donsker and Varadhan's for the same critic, and equal for the
    best one, which has no free constant here: T = 1 + log p/q.

    Arguments, shapes and errors as in `donsker_varadhan`.  Linear in both averages, so over samples it is right on
    average: an unbiased estimate of a lower bound.  Its spread grows with e^D.  ``-inf`` where the exponential
    overflows.

    >>> round(nwj([1.0, 1.0], [1.0, 1.0]), 10)
    0.0

    Source: X. Nguyen, M. Wainwright & M. Jordan, "Estimating divergence functionals and the likelihood ratio by convex
    risk minimization", IEEE Transactions on Information Theory 56 (2010).
    Explained in: chapters/f-divergences
    """
    xp, critic_p, critic_q = _samples(critic_p, critic_q)
    paid = elementwise(xp, lambda xp, t: xp.exp(t - 1), critic_q)
    return finish(critic_p.mean(-1) - paid.mean(-1))


def _samples(critic_p: ArrayLike, critic_q: ArrayLike) -> tuple[Any, Array, Array]:
    xp, *critics = as_arrays(critic_p=critic_p, critic_q=critic_q)
    for name, critic in zip(("critic_p", "critic_q"), critics, strict=True):
        if critic.ndim == 0 or critic.shape[-1] == 0:
            raise ValueError(f"{name} must have samples on its last axis, got shape {tuple(critic.shape)}")
        require(xp, critic < np.inf, f"{name} must be finite or -inf", critic)
    common_shape(critic_p=critics[0].shape[:-1], critic_q=critics[1].shape[:-1])
    return (xp, *critics)
