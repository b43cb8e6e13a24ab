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

from kltext._arrays import Array
from kltext._evaluate import select

__all__ = ["NEAR", "excess", "excess_near"]

NEAR = 0.08
"""Relative difference of p and q below which the series is used."""


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
