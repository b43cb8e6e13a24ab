"""How different are two laws?  KL divergence, Jensen–Shannon divergence and total variation.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math

import numpy as np

from kltext._arrays import Array, ArrayLike, check_base, finish, laws, select, total

__all__ = ["kl_divergence", "js_divergence", "js_distance", "total_variation"]


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""KL divergence :math:`D(P\Vert Q) = \sum_x p(x)\log\frac{p(x)}{q(x)}`."""
    base = check_base(base)
    xp, p, q = laws(p=p, q=q)
    with np.errstate(all="ignore"):
        return finish(xp, total(xp, excess(xp, p, q)), base)


def excess(xp, p, q):
    p, q = _broadcast(xp, p, q)
    return select(xp, p > 0, lambda p, q: _positive(xp, p, q), lambda p, q: q, p, q)


def _broadcast(xp, p, q):
    if p.shape == q.shape:
        return p, q
    zero = 0 * (p + q)
    return p + zero, q + zero


def _positive(xp, p, q):
    near = xp.abs(q - p) <= 0.08 * p
    return select(xp, near, lambda p, q: _near(p, q), lambda p, q: _far(xp, p, q), p, q, fill=(1.0, 2.0))


def _near(p, q):
    s = (q - p) / (q + p)
    u = s * s
    series = 1 / 3 + u * (1 / 5 + u * (1 / 7 + u * (1 / 9 + u * (1 / 11))))
    return s * ((q - p) - 2 * p * u * series)


def _far(xp, p, q):
    ratio = q / p
    tiny = float(xp.finfo(p.dtype).tiny)
    big = float(xp.finfo(p.dtype).max)
    ordinary = (ratio >= tiny) & (ratio <= big)
    return select(
        xp, ordinary,
        lambda p, q: p * ((q / p - 1) - xp.log(q / p)),
        lambda p, q: (q - p) - p * (xp.log(q) - xp.log(p)),
        p, q,
    )


def js_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Jensen–Shannon divergence, between 0 and log 2."""
    base = check_base(base)
    xp, p, q = laws(p=p, q=q)
    with np.errstate(all="ignore"):
        return finish(xp, _js_nats(xp, p, q), base)


def _js_nats(xp, p, q):
    p, q = _broadcast(xp, p, q)
    value = total(xp, select(xp, (p > 0) & (q > 0), lambda p, q: _js_both(xp, p, q),
                             lambda p, q: (p + q) * (0.5 * math.log(2)), p, q))
    return xp.where(value > math.log(2), 0 * value + math.log(2), value)


def _js_both(xp, p, q):
    near = xp.abs(q - p) <= 0.2 * (p + q)
    return select(xp, near, lambda p, q: _js_near(p, q), lambda p, q: _js_far(xp, p, q), p, q, fill=(1.0, 2.0))


def _js_near(p, q):
    u = ((q - p) / (q + p)) ** 2
    series = 0.0
    for k in range(12, 0, -1):
        series = 1 / (2 * k * (2 * k - 1)) + u * series
    return 0.5 * (p + q) * u * series


def _js_far(xp, p, q):
    m = 0.5 * (p + q)
    return 0.5 * (p * xp.log(p / m) + q * xp.log(q / m))


def js_distance(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Square root of the Jensen–Shannon divergence: a metric."""
    base = check_base(base)
    xp, p, q = laws(p=p, q=q)
    with np.errstate(all="ignore"):
        value = _js_nats(xp, p, q)
        if base is not None:
            value = value / math.log(base)
        return finish(xp, xp.where(value > 0, xp.sqrt(xp.where(value > 0, value, 1.0)), 0 * value))


def total_variation(p: ArrayLike, q: ArrayLike) -> Array:
    r"""Total variation :math:`\tfrac12\sum_x\lvert p(x)-q(x)\rvert`."""
    xp, p, q = laws(p=p, q=q)
    value = 0.5 * total(xp, xp.abs(p - q))
    return finish(xp, xp.where(value > 1, 0 * value + 1, value))
