r"""The one function behind every divergence here, computed without cancellation.

The plain sum of p·log(p/q) has terms of both signs; for nearly equal laws they cancel and leave rounding
errors.  Adding Σ(q − p), which is zero for two laws, makes every term non-negative:

.. math:: p\log\frac pq - p + q \;=\; p\,(t - \log(1+t)) \;\ge\; 0, \qquad t = \frac{q-p}{p}.

A sum of non-negative terms is as accurate as its terms, so it remains to compute each term well.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import Array, broadcast
from kltext._evaluate import in_blocks, select, sum_of, total
from kltext._primitive import differentiated

__all__ = ["FAR", "LOG_2", "NEAR", "excess", "excess_near", "exp_excess", "js_terms", "sum_of_excess"]

LOG_2 = math.log(2)

NEAR = 0.08
"""Relative difference of p and q below which the series is used."""

FAR = 0.1
"""Divergence in nats from which a sum needs no series: its terms near t = 0 are off by ε·NEAR·p at most."""


def excess(xp: Any, p: Array, q: Array) -> Array:
    """p·log(p/q) − p + q, entry by entry; q where p = 0, and ∞ where q = 0 < p."""
    tiny = float(xp.finfo(p.dtype).tiny)

    def usual(p: Array, q: Array) -> Array:
        ratio = q / p
        close = abs(ratio - 1) < NEAR
        return select(xp, close, near, far, (p, q, ratio), (1.0, 1.0, 1.0), (1.0, 2.0, 2.0))

    def near(p: Array, q: Array, ratio: Array) -> Array:
        return excess_near(p, q - p, q + p)

    def far(p: Array, q: Array, ratio: Array) -> Array:
        # The rounding error of the ratio moves ratio − 1 and log(ratio) together, and so drops out.
        return p * ((ratio - 1) - xp.log(ratio))

    def unusual(p: Array, q: Array) -> Array:
        return select(xp, p > 0, possible, lambda p, q: q, (p, q), (1.0, 2.0), (0.0, 0.0))

    def possible(p: Array, q: Array) -> Array:
        ratio = q / p
        ordinary = (ratio >= tiny) & (ratio <= 1 / tiny)
        return select(xp, ordinary, usual, beyond, (p, q), (1.0, 2.0), (1.0, 2.0))

    def beyond(p: Array, q: Array) -> Array:
        return (q - p) + p * (xp.log(p) - xp.log(q))  # the ratio itself would over- or underflow

    rare = xp.minimum(p, q) < math.sqrt(tiny)  # elsewhere the ratio of two probabilities is harmless
    return select(xp, rare, unusual, usual, (p, q), (1.0, 2.0), (1.0, 2.0))


def excess_near(p: Array, difference: Array, sum: Array) -> Array:
    """The same for q = p + difference close to p, from the exact difference and the sum p + q.

    With s = (q − p)/(q + p), log(q/p) = 2 artanh s = 2s + s³(2/3 + 2s²/5 + 2s⁴/7 + …), and the terms of
    first order in s cancel on paper instead of in floating point.
    """
    s = difference / sum
    u = s * s
    series = 2 / 3 + u * (2 / 5 + u * (2 / 7 + u * (2 / 9 + u * (2 / 11))))
    return s * (difference - p * u * series)


def sum_of_excess(xp: Any, p: Array, q: Array) -> Array:
    """`excess` summed over the outcomes (last axis).

    NumPy first adds p·(t − log(1 + t)) as it stands, and takes the cases apart only where the sum says that it
    matters: where it is small, or where a zero or an overflow made it NaN.
    """
    if xp is not np:
        return sum_of(xp, excess, p, q)
    tiny = float(np.finfo(p.dtype).tiny)

    def careful(p: Array, q: Array) -> Array:
        return total(np, excess(np, p, q))

    def rows(p: Array, q: Array) -> Array:
        if not q.min() >= tiny:  # a ratio could lose its digits, or be 0 although q is not
            return careful(p, q)
        ratio = q / p
        logs = np.log(ratio)
        ratio -= 1.0
        ratio -= logs
        ratio *= p
        sums = ratio.sum(-1)
        good = sums > FAR
        if p.ndim == 1:
            return sums if good else careful(p, q)
        if not good.all():
            sums[~good] = careful(p[~good], q[~good])
        return sums

    p, q = broadcast(np, p, q)
    with np.errstate(all="ignore"):
        if p.ndim == 1:
            return rows(p, q) if p.flags.c_contiguous and q.flags.c_contiguous else careful(p, q)
        return in_blocks(rows, p, q) if p.size else careful(p, q)


def js_terms(xp: Any, p: Array, q: Array) -> Array:
    """½·p·log(p/m) + ½·q·log(q/m) with m = ½(p + q), entry by entry."""

    def near(p: Array, q: Array) -> Array:
        u = ((q - p) / (q + p)) ** 2
        series = 0 * u
        for k in range(11, 0, -1):  # ψ(s) = s²/2 + s⁴/12 + s⁶/30 + …
            series = u * (1 / (2 * k * (2 * k - 1)) + series)
        return (p + q) / 2 * series

    def apart(p: Array, q: Array) -> Array:
        return select(xp, (p > 0) & (q > 0), both, one, (p, q), (1.0, 2.0), (0.0, 0.0))

    def both(p: Array, q: Array) -> Array:
        m = (p + q) / 2
        return (p * xp.log(p / m) + q * xp.log(q / m)) / 2

    def one(p: Array, q: Array) -> Array:
        # At most one is positive, and its log-ratio to m is log 2; the zeros have derivative 0.
        return (xp.where(p > 0, p, 0.0) + xp.where(q > 0, q, 0.0)) * (LOG_2 / 2)

    close = (4 * abs(q - p) <= p + q) & (p > 0)
    return select(xp, close, near, apart, (p, q), (1.0, 1.0), (1.0, 2.0))


@differentiated(lambda xp, v, _: xp.expm1(v))
def exp_excess(xp: Any, v: Array) -> Array:
    """eᵛ − 1 − v ≥ 0, entry by entry, without cancellation for small v; ∞ at both ends."""

    def near(v: Array) -> Array:
        series = 0 * v
        for k in range(14, 2, -1):  # v²·(1/2! + v/3! + v²/4! + …)
            series = (1 / math.factorial(k) + series) * v
        return (0.5 + series) * v * v

    return select(xp, abs(v) < 0.5, near, lambda v: xp.expm1(v) - v, (v,), (0.0,), (1.0,))
