"""KL between categorical laws given by logits, without forming probabilities first.

Explained in: chapters/ppo
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, broadcast, finish
from kltext._checks import as_base, common_shape
from kltext._evaluate import select, total
from kltext._logratio import exp_excess
from kltext._logspace import check_logits, log_softmax

__all__ = ["kl_from_logits"]


def kl_from_logits(logits_p: ArrayLike, logits_q: ArrayLike, *, base: float | None = None) -> Array:
    r"""KL divergence between two categorical laws, from their logits.

    .. math:: D(P\Vert Q) = \sum_x p(x)\bigl(e^{v(x)} - 1 - v(x)\bigr), \qquad v(x) = \log\frac{q(x)}{p(x)},
              \quad p = \operatorname{softmax}(\text{logits}_p)

    In words: the divergence of the two softmaxes, exact where the probabilities themselves would round to 0 or 1.

    Logits have the outcomes on the last axis; the other axes broadcast and are the shape of the result.
    Nats, or ``base=2`` for bits.  Any finite logits will do, ±1e4 and beyond; −∞ rules an outcome out,
    and one that Q rules out and P allows makes the divergence ``inf``.  A constant added to a row changes nothing.
    Never negative.  For nearly equal rows v comes from the differences of the logits, from which their average
    has been taken, so that no digits are lost.

    Raises ``ValueError`` for NaN, +∞, a row of nothing but −∞, and shapes that do not fit.

    >>> round(kl_from_logits([1e4, 0.0], [0.0, 0.0], base=2), 12)
    1.0
    >>> kl_from_logits([0.0, 0.0], [0.0, float("-inf")])
    inf

    Source: the formula is that of `kl_divergence`.
    Explained in: chapters/ppo
    """
    return kl_between(base, logits_p=logits_p, logits_q=logits_q)


def kl_between(base: float | None, **logits: ArrayLike) -> Array:
    """The divergence of the first named logits from the second, errors under these names."""
    base = as_base(base)
    xp, *pair = as_arrays(**logits)
    named = dict(zip(logits, pair, strict=True))
    for name, array in named.items():
        check_logits(xp, name, array)
    if tuple(pair[0].shape[-1:]) != tuple(pair[1].shape[-1:]):
        shapes = ", ".join(f"{name}: {tuple(array.shape)}" for name, array in named.items())
        raise ValueError(f"the last axes must hold the same outcomes, got {shapes}")
    common_shape(**{name: array.shape for name, array in named.items()})
    with np.errstate(all="ignore"):
        return finish(_nats(xp, *broadcast(xp, *pair)), base)


def _nats(xp: Any, logits_p: Array, logits_q: Array) -> Array:
    log_p, log_q = log_softmax(xp, logits_p), log_softmax(xp, logits_q)
    allowed_p, allowed_q = log_p > -np.inf, log_q > -np.inf
    both = allowed_p & allowed_q
    p, q = xp.exp(log_p), xp.exp(log_q)

    change, alike = _differences(xp, logits_p, logits_q, both, p, allowed_p == allowed_q)
    shift = xp.log1p((p * xp.expm1(change)).sum(-1))[..., None]
    apart = xp.where(both, log_q, 0 * p) - xp.where(both, log_p, 0 * p)
    v = xp.where(alike, change - shift, apart)

    def near(p: Array, q: Array, v: Array) -> Array:
        return p * exp_excess(xp, v)

    def far(p: Array, q: Array, v: Array) -> Array:
        return q - p - p * v  # where p has underflowed, q is what is left

    close = both & (abs(v) < 0.5)
    terms = select(xp, close, near, far, (p, q, v), (0.5, 0.5, 0.0), (0.5, 0.5, 1.0))
    lost = allowed_p & ~allowed_q
    value = total(xp, xp.where(both, terms, xp.where(lost, np.inf * xp.ones_like(p), q)))
    return xp.where(value > 0, value, 0 * value)


def _differences(xp: Any, logits_p: Array, logits_q: Array, both: Array, p: Array, same: Array) -> tuple[Array, Array]:
    """The logits' differences without their average, and whether a row has only small ones (then they are exact)."""
    a, b = xp.where(both, logits_q, 0 * p), xp.where(both, logits_p, 0 * p)
    rounded = a - b
    other = a - rounded
    rest = (a - (rounded + other)) + (other - b)  # what the rounding of a − b has lost, whichever is larger
    average = (p * rounded).sum(-1)[..., None]
    change = xp.where(both, (rounded - average) + rest, 0 * p)
    small = (abs(change) < 0.5) & same
    alike = small.all(-1)[..., None] if hasattr(small, "all") else xp.all(small, axis=-1)[..., None]
    return xp.where(alike, change, 0 * change), alike
