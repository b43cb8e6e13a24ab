"""Inequalities between divergences, as functions that return their sides: to be drawn, and to be tested.

Each holds for every pair of laws; the first field is never larger than the second, the second never larger than
the third.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext.divergence import js_divergence, kl_divergence, total_variation
from kltext.f_divergences import chi2_divergence, hellinger

__all__ = ["Sandwich", "Sides", "bretagnolle_huber", "hellinger_sandwich", "js_sandwich", "kl_below_chi2", "pinsker"]


class Sides(NamedTuple):
    """The two sides of an inequality, ``left`` ≤ ``right``."""

    left: Array
    right: Array


class Sandwich(NamedTuple):
    """``lower`` ≤ ``middle`` ≤ ``upper``."""

    lower: Array
    middle: Array
    upper: Array


def pinsker(p: ArrayLike, q: ArrayLike) -> Sides:
    r"""Pinsker's inequality.

    .. math:: \mathrm{TV}(P,Q) \le \sqrt{\tfrac12 D(P\Vert Q)}

    In words: laws that are close in KL (in nats) are hard to tell apart by any test.

    Arguments and errors are those of `kl_divergence`.  Says nothing (more than 1) where D > 2.

    >>> pinsker([0.5, 0.5], [0.5, 0.5])
    Sides(left=0.0, right=0.0)

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 11.6.
    Explained in: chapters/f-divergences
    """
    return Sides(total_variation(p, q), _root(kl_divergence(p, q) / 2))


def bretagnolle_huber(p: ArrayLike, q: ArrayLike) -> Sides:
    r"""The inequality of Bretagnolle and Huber, which says something for every finite divergence.

    .. math:: \mathrm{TV}(P,Q) \le \sqrt{1-e^{-D(P\Vert Q)}}

    In words: as long as D is finite, no test is perfect.

    Arguments and errors are those of `kl_divergence`.

    >>> bretagnolle_huber([1.0, 0.0], [0.0, 1.0])
    Sides(left=1.0, right=1.0)

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/f-divergences
    """
    divergence = kl_divergence(p, q)
    xp, value = as_arrays(divergence=divergence)
    return Sides(total_variation(p, q), _root(finish(-xp.expm1(-value))))


def hellinger_sandwich(p: ArrayLike, q: ArrayLike) -> Sandwich:
    r"""Total variation between two functions of the Hellinger distance H.

    .. math:: H^2 \le \mathrm{TV}(P,Q) \le H\sqrt{2-H^2}

    In words: the two distances vanish together and reach 1 together.

    Arguments and errors are those of `kl_divergence`.

    >>> hellinger_sandwich([1.0, 0.0], [0.0, 1.0])
    Sandwich(lower=1.0, middle=1.0, upper=1.0)

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/f-divergences
    """
    distance = hellinger(p, q)
    return Sandwich(distance**2, total_variation(p, q), distance * _root(2 - distance**2))


def js_sandwich(p: ArrayLike, q: ArrayLike) -> Sandwich:
    r"""Jensen–Shannon divergence between two functions of the total variation, in nats.

    .. math:: \log 2 - h\bigl(\tfrac12(1-\mathrm{TV})\bigr) \le \mathrm{JS}(P,Q) \le \mathrm{TV}(P,Q)\,\log 2,
              \qquad h(u) = -u\log u-(1-u)\log(1-u)

    In words: what an observation tells about which law it came from, and how often the best guess is right.

    Arguments and errors are those of `kl_divergence`.

    >>> round(js_sandwich([1.0, 0.0], [0.0, 1.0]).middle, 10)
    0.6931471806

    Source: J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991).
    Explained in: chapters/f-divergences
    """
    variation = total_variation(p, q)
    xp, tv = as_arrays(variation=variation)
    # log 2 − h is the divergence of a coin with bias ½(1 + TV) from its mirror image to their mixture.
    coin = xp.stack([(1 + tv) / 2, (1 - tv) / 2], axis=-1)
    mirror = xp.stack([(1 - tv) / 2, (1 + tv) / 2], axis=-1)
    return Sandwich(js_divergence(coin, mirror), js_divergence(p, q), variation * float(np.log(2)))


def kl_below_chi2(p: ArrayLike, q: ArrayLike) -> Sides:
    r"""KL is at most the logarithm of one plus χ², which is Rényi's divergence of order 2.

    .. math:: D(P\Vert Q) \le \log\bigl(1+\chi^2(P\Vert Q)\bigr)

    In words: a small variance of the importance weights means a small divergence.

    Arguments and errors are those of `kl_divergence`.

    >>> kl_below_chi2([0.5, 0.5], [1.0, 0.0])
    Sides(left=inf, right=inf)

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/f-divergences
    """
    divergence = chi2_divergence(p, q)
    xp, value = as_arrays(divergence=divergence)
    return Sides(kl_divergence(p, q), finish(xp.log1p(value)))


def _root(value: Array) -> Array:
    xp, array = as_arrays(value=value)
    return finish(xp.sqrt(array))
