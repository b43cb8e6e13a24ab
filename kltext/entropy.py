"""Surprise, and its averages: surprisal, entropy, cross-entropy, perplexity.

Explained in: chapters/surprise
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import as_base, as_laws, require, tolerance
from kltext._evaluate import elementwise, select, sum_of

__all__ = ["cross_entropy", "entropy", "perplexity", "surprisal"]


def surprisal(p: ArrayLike, *, base: float | None = None) -> Array:
    r"""Surprisal: how surprising it is that an event of probability p has happened.

    .. math:: h(p) = \log\frac1p

    In words: halving the probability adds one bit of surprise.

    ``p`` holds probabilities, of any shape (a single number too), which need not form a law; the result
    has that shape.  Nats, or ``base=2`` for bits.  The surprise of the impossible is ``inf``.

    Raises ``ValueError`` if an entry is not between 0 and 1 (above 1 by no more than rounding, √ε, counts
    as 1).

    >>> surprisal(1/8, base=2)
    3.0
    >>> surprisal([1.0, 0.5, 0.0])
    array([0.        , 0.69314718,        inf])

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.1.
    Explained in: chapters/surprise
    """
    base = as_base(base)
    xp, p = as_arrays(p=p)
    require(xp, (p >= 0) & (p <= 1 + tolerance(xp, p)), "p must lie between 0 and 1", p)
    return finish(elementwise(xp, _surprise, p), base)


def entropy(p: ArrayLike, *, base: float | None = None) -> Array:
    r"""Entropy: the average surprise of a law about itself.

    .. math:: H(P) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)}

    In words: the least average number of nats (bits) per outcome that describes what P generates.

    ``p`` is a law with its outcomes on the last axis; the other axes are the shape of the result.
    Nats, or ``base=2`` for bits.  0·log(1/0) = 0.  Between 0 (one certain outcome) and the logarithm of
    the number of outcomes (all equally likely).  An outcome with p = 0 has derivative 0.

    Raises ``ValueError`` for what is not a law (its sum may differ from one by √ε of the dtype).

    >>> entropy([0.25, 0.25, 0.25, 0.25], base=2)
    2.0
    >>> entropy([1.0, 0.0])
    0.0

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.1.
    Explained in: chapters/surprise
    """
    base = as_base(base)
    xp, p = as_laws(p=p)
    return finish(sum_of(xp, _charge, p, p), base)


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Cross-entropy: the average surprise of a reader who believes Q while P generates the data.

    .. math:: H(P,Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{q(x)} = H(P) + D(P\Vert Q)

    In words: what it costs per outcome to describe P's data with a code made for Q.

    Arguments and errors are those of ``kl_divergence``.  ``inf`` where q(x) = 0 < p(x) for some x.
    An outcome with p = 0 has derivative 0.

    >>> cross_entropy([0.5, 0.25, 0.25], [0.25, 0.25, 0.5], base=2)
    1.75

    Source: the identity is the definition of D; see Cover & Thomas (2006), section 2.3.
    Explained in: chapters/cross-entropy
    """
    base = as_base(base)
    xp, p, q = as_laws(p=p, q=q)
    return finish(sum_of(xp, _charge, p, q), base)



def perplexity(p: ArrayLike, q: ArrayLike | None = None) -> Array:
    r"""Perplexity: the number of equally likely outcomes with the same average surprise.

    .. math:: e^{H(P)}, \qquad\text{or with a model}\qquad e^{H(P,Q)} = e^{H(P)}\,e^{D(P\Vert Q)}

    In words: among how many equally likely outcomes one would be as unsure, on average.

    Arguments and errors are those of `entropy`, or with a model ``q`` those of `cross_entropy`.  Without a
    unit: the base of the logarithm drops out.  ``inf`` where the model rules out what happens.

    >>> round(perplexity([0.25, 0.25, 0.25, 0.25]), 12)
    4.0
    >>> round(perplexity([1.0, 0.0], [0.125, 0.875]), 12)
    8.0

    Source: F. Jelinek, R. Mercer, L. Bahl & J. Baker, "Perplexity: a measure of the difficulty of speech
    recognition tasks", Journal of the Acoustical Society of America 62 (1977).
    Explained in: chapters/cross-entropy
    """
    if q is None:
        xp, p = as_laws(p=p)
        q = p
    else:
        xp, p, q = as_laws(p=p, q=q)
    with np.errstate(over="ignore"):
        return finish(xp.exp(sum_of(xp, _charge, p, q)))


def _surprise(xp: Any, q: Array) -> Array:
    """log(1/q) without the −0.0 of a certain event, and with q > 1 (rounding) counted as 1."""
    return select(xp, q <= 1, lambda q: 0.0 - xp.log(q), lambda q: 0 * q, (q,), (0.5,), (1.0,))


def _charge(xp: Any, p: Array, q: Array) -> Array:
    """p·log(1/q), entry by entry; 0 where p = 0."""
    return select(xp, p > 0, lambda p, q: p * _surprise(xp, q), lambda p, q: 0 * p, (p, q), (1.0, 0.5), (0.0, 0.0))
