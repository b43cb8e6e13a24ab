"""Prefix codes: their lengths, Kraft's sum, the best whole-bit code (Huffman) and the one from the logarithm (Shannon).

Explained in: chapters/surprise
"""

from __future__ import annotations

import heapq
import itertools
import math
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish, plain
from kltext._checks import as_laws, require
from kltext._evaluate import select, sum_of, total

__all__ = ["codewords", "expected_length", "huffman_lengths", "kraft_sum", "shannon_lengths"]

LONGEST = 10**6
"""Bits of the longest word that is written out."""


def shannon_lengths(q: ArrayLike) -> np.ndarray[Any, Any]:
    r"""Whole-bit code lengths from the surprise: ⌈log₂ 1/q⌉.

    .. math:: \ell(x) = \Bigl\lceil \log_2\frac{1}{q(x)} \Bigr\rceil

    In words: the surprise in bits, rounded up; a prefix code with these lengths always exists.

    ``q`` is a law with its outcomes on the last axis; the result has its shape and is a NumPy array of floats,
    because an impossible outcome has no code word: its length is ``inf``.  Exact, also next to a power of two.

    Raises ``ValueError`` for what is not a law.

    >>> shannon_lengths([0.5, 0.3, 0.2, 0.0])
    array([ 1.,  2.,  3., inf])

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 5.4.
    Explained in: chapters/surprise
    """
    _, q = as_laws(q=q)
    mantissa, exponent = np.frexp(plain(q).astype(float))  # q = mantissa · 2^exponent, ½ ≤ mantissa < 1
    return np.where(mantissa == 0, np.inf, np.maximum(1.0 - exponent, 0.0))


def huffman_lengths(p: ArrayLike) -> np.ndarray[Any, Any]:
    r"""The lengths of a Huffman code: no prefix code for P is shorter on average.

    .. math:: H(P) \le \min_{\ell} \sum_x p(x)\,\ell(x) < H(P) + 1 \quad\text{(in bits)}

    In words: join the two rarest outcomes under one question, and go on until all are joined.

    ``p`` is one law, of shape (n,); so is the result, a NumPy array of floats.  Impossible outcomes get no code
    word: their length is ``inf``.  A sure outcome needs no question: length 0.  Where several codes are equally good, one of
    those with the shortest longest word is returned.

    Raises ``ValueError`` for what is not one law.

    >>> huffman_lengths([0.4, 0.3, 0.2, 0.1])
    array([1., 2., 3., 3.])

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 5.6.
    Explained in: chapters/surprise
    """
    _, p = as_laws(p=p)
    law = plain(p).astype(float)
    if law.ndim != 1:
        raise ValueError(f"p must be a single law, got shape {law.shape}")
    lengths = np.where(law > 0, 0.0, np.inf)
    groups = [(float(law[x]), 0, x, [x]) for x in range(law.size) if law[x] > 0]
    number = itertools.count(law.size)  # older groups first among equally likely and equally deep ones
    heapq.heapify(groups)
    while len(groups) > 1:
        one, other = heapq.heappop(groups), heapq.heappop(groups)
        joined = one[3] + other[3]
        lengths[joined] += 1
        heapq.heappush(groups, (one[0] + other[0], 1 + max(one[1], other[1]), next(number), joined))
    return lengths


def kraft_sum(lengths: ArrayLike) -> Array:
    r"""Kraft's sum: how much of the budget of 1 the code words use up.

    .. math:: K = \sum_x 2^{-\ell(x)}

    In words: a word of ℓ bits blocks the share 2^−ℓ of all longer words; lengths with K ≤ 1 are those of a prefix code.

    ``lengths`` (real numbers, ``inf`` for no word) are on the last axis; the result has the shape of the others.

    Raises ``ValueError`` for a negative length.

    >>> kraft_sum([1, 2, 3, 3])
    1.0

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 5.2.
    Explained in: chapters/surprise
    """
    xp, lengths = as_arrays(lengths=lengths)
    _check_lengths(xp, lengths)
    return finish(total(xp, 2.0 ** (0.0 - lengths)))


def expected_length(p: ArrayLike, lengths: ArrayLike) -> Array:
    r"""Average code length, in the unit of the lengths.

    .. math:: L = \sum_{x:\,p(x)>0} p(x)\,\ell(x)

    In words: bits per outcome when P generates and the code has these lengths.

    ``p`` is a law and ``lengths`` are non-negative numbers, both with the outcomes on the last axis; the other axes
    broadcast.  ``inf`` where an outcome that P allows has no code word; 0·∞ = 0.

    Raises ``ValueError`` for what is not a law, for negative lengths, and for shapes that do not broadcast.

    >>> expected_length([0.5, 0.25, 0.25], [1, 2, 2])
    1.5
    >>> expected_length([1.0, 0.0], [0, float("inf")])
    0.0

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 5.1.
    Explained in: chapters/surprise
    """
    xp, p, lengths = as_arrays(p=p, lengths=lengths)
    as_laws(p=p)
    _check_lengths(xp, lengths)
    if lengths.shape[-1:] != p.shape[-1:]:
        raise ValueError(
            f"the last axes must hold the same outcomes, got p: {tuple(p.shape)}, lengths: {tuple(lengths.shape)}"
        )
    return finish(sum_of(xp, _charge, p, lengths))


def codewords(lengths: ArrayLike) -> tuple[str | None, ...]:
    r"""Words of a prefix code with these lengths, one for each outcome.

    In words: shortest first, each word is the next binary number of its length; Kraft's inequality says that
    there is room.

    ``lengths`` are whole numbers, of shape (n,); ``inf`` gives ``None``, no word.

    Raises ``ValueError`` for lengths that are negative, not whole or above a million, or that leave no room (Kraft's
    sum above 1).

    >>> codewords([1, 2, 3, 3])
    ('0', '10', '110', '111')

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 5.2.
    Explained in: chapters/surprise
    """
    xp, lengths = as_arrays(lengths=lengths)
    _check_lengths(xp, lengths)
    values = plain(lengths).astype(float)
    if values.ndim != 1:
        raise ValueError(f"lengths must be those of a single code, got shape {values.shape}")
    require(np, (values == np.floor(values)) | np.isinf(values), "lengths must be whole numbers of bits", values)
    require(np, (values <= LONGEST) | np.isinf(values), f"lengths of words to be written out must be at most {LONGEST}", values)
    words: list[str | None] = [None] * values.size
    used, word = 0, 0  # bits of the word before, and the next free word of that length
    for x in np.argsort(values, kind="stable"):
        if math.isinf(values[x]):
            continue
        length = int(values[x])
        word <<= length - used
        if word >= 1 << length:
            raise ValueError(f"lengths must satisfy Kraft's inequality, got a sum of {kraft_sum(values)!r}")
        words[x] = f"{word:0{length}b}" if length else ""
        used, word = length, word + 1
    return tuple(words)


def _check_lengths(xp: Any, lengths: Array) -> None:
    if lengths.ndim == 0:
        raise ValueError(f"lengths must have outcomes on the last axis, got shape {tuple(lengths.shape)}")
    require(xp, lengths >= 0, "lengths must be non-negative", lengths)


def _charge(xp: Any, p: Array, length: Array) -> Array:
    """p·ℓ, entry by entry; 0 where p = 0."""
    return select(xp, p > 0, lambda p, n: p * n, lambda p, n: 0 * p, (p, length), (1.0, 1.0), (0.0, 0.0))


