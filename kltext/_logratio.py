r"""The one function behind every divergence here, computed without cancellation.

The plain sum of p·log(p/q) has terms of both signs; for nearly equal laws they cancel and leave rounding
errors.  Adding Σ(q − p), which is zero for two laws, makes every term non-negative:

.. math:: p\log\frac pq - p + q \;=\; p\,(t - \log(1+t)) \;\ge\; 0, \qquad t = \frac{q-p}{p}.

A sum of non-negative terms is as accurate as its terms, so it remains to compute each term well.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, select

__all__ = ["NEAR", "excess", "excess_near"]

NEAR = 0.08
"""Relative difference of p and q up to which the series is used."""


def excess(xp: Any, p: Array, q: Array) -> Array:
    """p·log(p/q) − p + q, entry by entry; q where p = 0, and ∞ where q = 0 < p."""

    def near(p: Array, q: Array) -> Array:
        return excess_near(p, q - p, q + p)

    def apart(p: Array, q: Array) -> Array:
        ratio = q / p
        limits = xp.finfo(p.dtype)
        ordinary = (ratio >= float(limits.tiny)) & (ratio <= float(limits.max))
        return select(xp, ~ordinary, extreme, far, (p, q), (1.0, 2.0), (1.0, 2.0))

    def far(p: Array, q: Array) -> Array:
        ratio = q / p  # its rounding error moves ratio − 1 and log(ratio) together, and so drops out
        return p * ((ratio - 1) - xp.log(ratio))

    def extreme(p: Array, q: Array) -> Array:
        return select(xp, p > 0, beyond, lambda p, q: +q, (p, q), (1.0, 2.0), (1.0, 1.0))

    def beyond(p: Array, q: Array) -> Array:
        return (q - p) + p * (xp.log(p) - xp.log(q))  # q/p itself would over- or underflow

    close = abs(q - p) <= NEAR * p
    close = close & (p > 0)
    return select(xp, close, near, apart, (p, q), (1.0, 1.0), (1.0, 2.0))


def excess_near(p: Array, difference: Array, sum: Array) -> Array:
    """The same for q = p + difference close to p, from the exact difference and the sum p + q.

    With s = (q − p)/(q + p), log(q/p) = 2 artanh s = 2s + 2s³(1/3 + s²/5 + s⁴/7 + …), and the terms of
    first order in s cancel on paper instead of in floating point.
    """
    s = difference / sum
    u = s * s
    series = 1 / 3 + u * (1 / 5 + u * (1 / 7 + u * (1 / 9 + u * (1 / 11))))
    return s * (difference - 2 * (p * u * series))
