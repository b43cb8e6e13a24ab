"""Rényi's divergences: a family through KL, from the mass Q gives P's support to the worst ratio.

Explained in: chapters/renyi
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext import _generator_terms as terms
from kltext._arrays import Array, ArrayLike, finish
from kltext._checks import as_base, as_laws, as_number
from kltext._evaluate import elementwise, select, sum_of, total
from kltext.divergence import kl_divergence

__all__ = ["renyi_divergence"]


def renyi_divergence(p: ArrayLike, q: ArrayLike, alpha: float, *, base: float | None = None) -> Array:
    r"""Rényi divergence of order α.

    .. math:: D_\alpha(P\Vert Q) = \frac{1}{\alpha-1}\log\sum_x p(x)^\alpha q(x)^{1-\alpha}

    In words: like KL, but the larger α, the more the largest ratios p/q decide.

    ``p`` and ``q`` are those of `kl_divergence`, ``alpha`` is a number from 0 to ``math.inf``.  The limits
    are taken where the formula has none: −log Q(p > 0) at 0, D(P‖Q) at 1, and the logarithm of the largest
    ratio p/q at ∞.  Nats, or ``base=2`` for bits.  Never negative, and never decreasing in α.

    For α < 1 the value is ``inf`` exactly if P and Q have no outcome in common; for α ≥ 1 exactly if Q
    rules out what P allows.  (If Q does, and they have an outcome in common, every order below 1 is finite, and grows
    to the ``inf`` at 1.)

    Where the sum is close to 1 it is computed as 1 + α(α − 1)·S, with S ≥ 0 the alpha-divergence without
    cancellation: orders near 1 and nearly equal laws keep their digits.  Elsewhere it is a sum of exponentials
    from which the largest has been taken out.

    Raises ``ValueError`` for what is not a law, and for an order that is negative or no number.

    >>> round(renyi_divergence([0.5, 0.5], [0.25, 0.75], 2, base=2), 10)
    0.4150374993
    >>> renyi_divergence([0.5, 0.5, 0.0], [0.25, 0.25, 0.5], 0, base=2)
    1.0

    Source: T. van Erven & P. Harremoës, "Rényi divergence and Kullback–Leibler divergence", IEEE Trans.
    Inf. Theory 60 (2014).
    Explained in: chapters/renyi
    """
    base = as_base(base)
    order = _order(alpha)
    xp, p, q = as_laws(p=p, q=q)
    if order == 1:
        return kl_divergence(p, q, base=base)
    if order == 0:
        covered = sum_of(xp, lambda xp, p, q: xp.where(p > 0, q, 0 * q), p, q)
        with np.errstate(divide="ignore"):
            return finish(abs(xp.log(xp.where(covered > 1, xp.ones_like(covered), covered))), base)
    log_ratio = elementwise(xp, _log_ratio, p, q)
    if order == math.inf:
        return finish(xp.max(log_ratio, axis=-1) if xp is not np else log_ratio.max(-1), base)
    return finish(_between(xp, p, q, order), base)


def _between(xp: Any, p: Array, q: Array, order: float) -> Array:
    surplus = order * (order - 1) * sum_of(xp, lambda xp, p, q: _alpha_term(xp, p, q, order), p, q)
    logs = elementwise(xp, lambda xp, p, q: _log_term(xp, p, q, order), p, q)
    top = logs.max(-1) if xp is np else xp.max(logs, axis=-1)
    shift = xp.where(abs(top) < np.inf, top, 0 * xp.ones_like(top))
    with np.errstate(all="ignore"):
        plain = shift + xp.log(total(xp, xp.exp(logs - shift[..., None])))
        close = abs(surplus) < 0.5
        value = select(xp, close, lambda s, _: xp.log1p(s), lambda _, s: s, (surplus, plain), (0.0, 0.0), (0.0, 0.0))
    value = value / (order - 1)
    return xp.where(value > 0, value, 0 * xp.ones_like(value))


def _alpha_term(xp: Any, p: Array, q: Array, order: float) -> Array:
    def one(p: Array, q: Array) -> Array:
        lost = np.inf * xp.ones_like(p) if order > 1 else p / (1 - order)
        return xp.where(p > 0, lost, q / order)

    inside = terms.alpha(order)
    return select(xp, (p > 0) & (q > 0), lambda p, q: inside(xp, p, q), one, (p, q), (1.0, 1.0), (0.0, 0.0))


def _log_ratio(xp: Any, p: Array, q: Array) -> Array:
    """log(p/q), −∞ where p = 0 and ∞ where q = 0 < p."""
    limit = xp.where(p > 0, np.inf * xp.ones_like(p), -np.inf * xp.ones_like(p))

    def both(p: Array, q: Array, _: Array) -> Array:
        near = abs(p - q) <= q / 2
        return select(xp, near, lambda p, q: xp.log1p((p - q) / q), lambda p, q: xp.log(p) - xp.log(q), (p, q), (1.0, 1.0), (1.0, 2.0))

    return select(xp, (p > 0) & (q > 0), both, lambda p, q, limit: limit, (p, q, limit), (1.0, 1.0, 0.0), (1.0, 1.0, 0.0))


def _log_term(xp: Any, p: Array, q: Array, order: float) -> Array:
    """log(pᵅq¹⁻ᵅ), −∞ where the term is 0 and ∞ where it is infinite."""
    both = (p > 0) & (q > 0)
    outside = np.inf if order > 1 else -np.inf
    limit = xp.where(p > 0, outside * xp.ones_like(p), -np.inf * xp.ones_like(p))
    return select(
        xp, both, lambda p, q, _: order * xp.log(p) + (1 - order) * xp.log(q), lambda p, q, limit: limit,
        (p, q, limit), (1.0, 1.0, 0.0), (1.0, 1.0, 0.0),
    )


def _order(alpha: Any) -> float:
    number = as_number(alpha)
    if not number >= 0:
        raise ValueError(f"alpha must be a number from 0 to inf, got {alpha!r}")
    return number
