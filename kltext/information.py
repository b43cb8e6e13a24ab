"""Information that one thing holds about another: mutual information, conditional entropy, information gain.

Explained in: chapters/surprise
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_base, as_laws
from kltext._evaluate import select, sum_of
from kltext._logratio import excess
from kltext.divergence import kl_divergence

__all__ = ["conditional_entropy", "information_gain", "mutual_information"]


def mutual_information(joint: ArrayLike, *, base: float | None = None) -> Array:
    r"""Mutual information: how far a pair is from being independent.

    .. math:: I(X;Y) = D\bigl(P_{XY}\Vert P_X\otimes P_Y\bigr) = H(X) + H(Y) - H(X,Y)

    In words: how many nats (bits) an observation of Y tells about X on average, or X about Y.

    ``joint`` holds the probabilities of the pairs on its last two axes, X down and Y across; the other axes
    are the shape of the result.  Nats, or ``base=2`` for bits.  Never negative, and zero for a product;
    at most the smaller of the two entropies.  Computed as the divergence, whose terms are non-negative, and
    not as a difference of entropies, which would cancel for nearly independent X and Y.

    Raises ``ValueError`` for what is not a law of pairs.

    >>> round(mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2), 12)
    1.0
    >>> mutual_information([[0.25, 0.25], [0.25, 0.25]])
    0.0

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.3.
    Explained in: chapters/surprise
    """
    base = as_base(base)
    xp, flat, joint = _as_pairs(joint)
    shape = tuple(joint.shape)
    rows = expand(xp, joint.sum(-1)[..., :, None], shape)
    columns = expand(xp, joint.sum(-2)[..., None, :], shape)
    parts = (xp.reshape(a, tuple(flat.shape)) for a in (rows, columns))
    return finish(sum_of(xp, _shared, flat, *parts), base)


def conditional_entropy(joint: ArrayLike, *, base: float | None = None) -> Array:
    r"""Conditional entropy H(Y|X): the surprise left in Y when X is known.

    .. math:: H(Y\mid X) = \sum_{x,y:\,p(x,y)>0} p(x,y)\log\frac{p(x)}{p(x,y)} = H(X,Y) - H(X)

    In words: the average entropy of the rows, each made a law and weighted by its probability.

    ``joint`` is that of `mutual_information`: X down, Y across.  Nats, or ``base=2`` for bits.
    Never negative; zero if X determines Y; H(Y) if they are independent.

    Raises ``ValueError`` for what is not a law of pairs.

    >>> conditional_entropy([[0.25, 0.25], [0.0, 0.5]], base=2)
    0.5

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.2.
    Explained in: chapters/surprise
    """
    base = as_base(base)
    xp, flat, joint = _as_pairs(joint)
    rows = expand(xp, joint.sum(-1)[..., :, None], tuple(joint.shape))
    return finish(sum_of(xp, _left, flat, xp.reshape(rows, tuple(flat.shape))), base)


def information_gain(prior: ArrayLike, posterior: ArrayLike, *, base: float | None = None) -> Array:
    r"""Information gain: how far an observation has moved a belief.

    .. math:: D(\text{posterior}\Vert\text{prior})

    In words: what the prior would cost, on average, one who now believes the posterior.

    The order of the arguments is that of time, and the reverse of the divergence's.  Shapes, errors and
    units are those of `kl_divergence`.  Averaged over what may be observed, the gain is the mutual
    information; a single gain may be larger or smaller, while the entropy of a belief may even grow.

    >>> information_gain([0.5, 0.5], [1.0, 0.0], base=2)
    1.0

    Source: D. Lindley, "On a measure of the information provided by an experiment", Annals of
    Mathematical Statistics 27 (1956).
    Explained in: chapters/surprise
    """
    as_laws(prior=prior, posterior=posterior)
    return kl_divergence(posterior, prior, base=base)


def _as_pairs(joint: ArrayLike) -> tuple[Any, Array, Array]:
    """``(xp, flat, joint)``: the law of the pairs, with the pairs on one axis and on two."""
    xp, joint = as_arrays(joint=joint)
    shape = tuple(joint.shape)
    if len(shape) < 2 or 0 in shape[-2:]:
        raise ValueError(f"joint must have X and Y on its last two axes, got shape {shape}")
    flat = xp.reshape(joint, (*shape[:-2], shape[-2] * shape[-1]))
    as_laws(joint=flat)
    return xp, flat, joint


def _shared(xp: Any, pair: Array, row: Array, column: Array) -> Array:
    """The divergence's terms, with q = p(x)·p(y), whose product may underflow where p(x,y) does not."""
    tiny = float(xp.finfo(pair.dtype).tiny)

    def lost(pair: Array, row: Array, column: Array) -> Array:
        return row * column - pair + pair * (xp.log(pair / row) - xp.log(column))

    def usual(pair: Array, row: Array, column: Array) -> Array:
        return excess(xp, pair, row * column)

    underflow = (pair > 0) & (row * column < tiny)
    return select(xp, underflow, lost, usual, (pair, row, column), (0.5, 1.0, 1.0), (0.5, 1.0, 1.0))


def _left(xp: Any, pair: Array, row: Array) -> Array:
    """p(x,y)·log(p(x)/p(x,y)), and 0 where p(x,y) = 0; never negative, for no part exceeds the whole."""

    def possible(pair: Array, row: Array) -> Array:
        return pair * xp.log(xp.maximum(row / pair, xp.ones_like(pair)))

    return select(xp, pair > 0, possible, lambda pair, row: 0 * pair, (pair, row), (0.5, 1.0), (0.0, 1.0))
