"""How different are two laws?  KL divergence, Jensen–Shannon divergence and distance, total variation.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import Array, ArrayLike, finish
from kltext._checks import as_base, as_laws
from kltext._evaluate import select, sum_of, total
from kltext._logratio import LOG_2, js_terms, sum_of_excess

__all__ = ["js_distance", "js_divergence", "kl_divergence", "total_variation"]


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""KL divergence of P from the model Q: the average of the log-ratio under P.

    .. math:: D(P\Vert Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}

    In words: the extra surprise per observation for believing Q while P generates the data.

    ``p`` and ``q`` are laws with the same outcomes on the last axis; the other axes broadcast and are
    the shape of the result.  Nats, or ``base=2`` for bits.  0·log 0 = 0; the value is ``inf`` where
    q(x) = 0 < p(x) for some x; it is never negative.

    Each outcome contributes p·log(p/q) − p + q ≥ 0 to the sum, outcomes with p = 0 included.  For laws
    the added part sums to zero, and nothing cancels when P ≈ Q: the relative error is a few units of the
    last place.  For inputs that sum to one only to rounding (√ε of the dtype is accepted: 1.5e-8 for
    float64, 3.5e-4 for float32) nothing is rescaled: if p sums to A and q to B, the result is A times
    the divergence of the rescaled laws, plus about (A − B)²/2.

    The gradient is log(p/q) with respect to p and 1 − p/q with respect to q: zero at P = Q, and, on
    changes that keep the sums, the gradient of the formula above.  An outcome with p = 0 has derivative 0
    in p, so that it stays out.

    Raises ``ValueError`` for what is not a law or does not fit.

    >>> kl_divergence([0.5, 0.5, 0.0], [0.25, 0.25, 0.5], base=2)
    1.0
    >>> kl_divergence([0.5, 0.5], [1.0, 0.0])
    inf

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.3.
    Explained in: chapters/kl-divergence
    """
    base = as_base(base)
    xp, p, q = as_laws(p=p, q=q)
    return finish(sum_of_excess(xp, p, q), base)


def js_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Jensen–Shannon divergence: the average divergence of P and Q from their mixture.

    .. math:: \mathrm{JS}(P,Q) = \tfrac12 D(P\Vert M) + \tfrac12 D(Q\Vert M), \qquad M = \tfrac12(P+Q)

    In words: how much one observation tells about which of the two, chosen by a fair coin, produced it.

    Arguments and errors are those of `kl_divergence`.  Symmetric, finite, and always between 0 and
    log 2 (1 bit).  Accurate for P ≈ Q too: the mixture, whose rounding would drown the result, is not
    formed; each outcome contributes ½(p + q)·ψ(s) with s = (q − p)/(q + p) and
    ψ(s) = ½[(1 + s) log(1 + s) + (1 − s) log(1 − s)] ≥ 0.

    >>> js_divergence([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], base=2)
    0.5
    >>> js_divergence([1.0, 0.0], [0.0, 1.0]) == math.log(2)
    True

    Source: J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991).
    Explained in: chapters/kl-divergence
    """
    base = as_base(base)
    xp, p, q = as_laws(p=p, q=q)
    return finish(_js_nats(xp, p, q), base)


def js_distance(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Jensen–Shannon distance: the square root of the divergence, which is a metric.

    .. math:: d(P,Q) = \sqrt{\mathrm{JS}(P,Q)}

    In words: the Jensen–Shannon divergence on a scale that obeys the triangle inequality.

    Arguments and errors are those of `kl_divergence`; values lie between 0 and √log 2 (1 in base 2).
    The distance has a tip at P = Q; its gradient there is taken to be 0.

    >>> js_distance([1.0, 0.0], [0.0, 1.0], base=2)
    1.0

    Source: D. Endres & J. Schindelin, "A new metric for probability distributions",
    IEEE Trans. Inf. Theory 49 (2003).
    Explained in: chapters/kl-divergence
    """
    base = as_base(base)
    xp, p, q = as_laws(p=p, q=q)
    squared = _js_nats(xp, p, q)
    distance = select(xp, squared > 0, xp.sqrt, lambda d: 0 * d, (squared,), (1.0,), (0.0,))
    return finish(distance if base is None else distance / math.sqrt(math.log(base)))


def total_variation(p: ArrayLike, q: ArrayLike) -> Array:
    r"""Total variation: the largest difference in probability the two laws give to one event.

    .. math:: \mathrm{TV}(P,Q) = \tfrac12\sum_x \lvert p(x)-q(x)\rvert = \max_A \lvert P(A)-Q(A)\rvert

    In words: how much probability must be moved to turn one law into the other.

    Arguments and errors are those of `kl_divergence`, without a base.  Symmetric, between 0 and 1.

    >>> total_variation([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
    0.5

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 11.6.
    Explained in: chapters/kl-divergence
    """
    xp, p, q = as_laws(p=p, q=q)
    gaps = xp.maximum(p, q) - xp.minimum(p, q)  # |p − q|, with derivative 0 where p = q
    return finish(_at_most(xp, total(xp, gaps) / 2, 1.0))


def _js_nats(xp: Any, p: Array, q: Array) -> Array:
    return _at_most(xp, sum_of(xp, js_terms, p, q), LOG_2)


def _at_most(xp: Any, value: Array, ceiling: float) -> Array:
    """A bound that holds for laws, kept for inputs that sum to one only to rounding."""
    return xp.where(value > ceiling, ceiling * xp.ones_like(value), value)
