"""The terms q·f(p/q) of the classical f-divergences, in forms without cancellation.

Each is centred: f(t) − f′(1)(t − 1) in place of f(t), which changes no divergence between laws and makes every
term non-negative.  The terms here are for p, q > 0; the limits are the generator's business.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kltext._arrays import Array
from kltext._evaluate import select
from kltext._logratio import excess, js_terms

__all__ = [
    "alpha", "chi2", "jeffreys", "js", "kl", "reverse_chi2", "reverse_kl", "squared_hellinger", "total_variation",
    "triangular", "twice_js",
]

Term = Callable[[Any, Array, Array], Array]

kl = excess


def reverse_kl(xp: Any, p: Array, q: Array) -> Array:
    return excess(xp, q, p)


def jeffreys(xp: Any, p: Array, q: Array) -> Array:
    return excess(xp, p, q) + excess(xp, q, p)


js = js_terms


def twice_js(xp: Any, p: Array, q: Array) -> Array:
    return 2 * js_terms(xp, p, q)


def total_variation(xp: Any, p: Array, q: Array) -> Array:
    return (xp.maximum(p, q) - xp.minimum(p, q)) / 2


def squared_hellinger(xp: Any, p: Array, q: Array) -> Array:
    return ((p - q) / (xp.sqrt(p) + xp.sqrt(q))) ** 2 / 2


# A square that is divided: by the root first, so that neither under- nor overflows on the way.


def chi2(xp: Any, p: Array, q: Array) -> Array:
    return ((p - q) / xp.sqrt(q)) ** 2


def reverse_chi2(xp: Any, p: Array, q: Array) -> Array:
    return ((p - q) / xp.sqrt(p)) ** 2


def triangular(xp: Any, p: Array, q: Array) -> Array:
    return ((p - q) / xp.sqrt(p + q)) ** 2


def alpha(order: float) -> Term:
    """q·[tᵅ − 1 − α(t − 1)] / (α(α − 1)) with t = p/q, for α other than 0 and 1."""
    reach = 0.1 / max(1.0, abs(order))

    def term(xp: Any, p: Array, q: Array) -> Array:
        def near(p: Array, q: Array) -> Array:
            s = (p - q) / q
            part = s / 2
            series = part
            for k in range(2, 18):  # the binomial series without its first two terms
                part = part * s * (order - k) / (k + 1)
                series = series + part
            return (p - q) * series

        def far(p: Array, q: Array) -> Array:
            u = xp.log(p) - xp.log(q)
            grows = (order - (order > 0.5)) * u  # the power that moderate takes; where it shrinks, it is harmless
            return select(xp, grows < 600, moderate, extreme, (p, q, u), (2.0, 1.0, 1.0), (1.0, 1.0, 1.0))

        def moderate(p: Array, q: Array, u: Array) -> Array:
            # From the nearer of the two limits α → 1 and α → 0, where nothing may cancel.
            if order > 0.5:
                return (p * (xp.expm1((order - 1) * u) / (order - 1)) - (p - q)) / order
            return (q * (xp.expm1(order * u) / order) - (p - q)) / (order - 1)

        def extreme(p: Array, q: Array, u: Array) -> Array:
            # q·tᵅ, which may be a number where tᵅ is none; beside it p and q are nothing.
            return xp.exp(order * u + xp.log(q)) / (order * (order - 1))

        close = abs(p - q) <= reach * q
        return select(xp, close, near, far, (p, q), (1.0, 1.0), (1.0, 2.0))

    return term
