r"""Divergences of two densities on the line that have no closed form, by adaptive quadrature.

The densities are given by their logarithms, so that they may be far below the smallest number, and the integrands are
those of `kltext.divergence`: non-negative terms that keep their digits where P ≈ Q.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kltext._arrays import ArrayLike
from kltext._checks import as_base
from kltext._density_integrals import LogDensity, Term, js_term, kl_term, total_variation_term, value_and_error
from kltext._logratio import LOG_2

__all__ = ["Quadrature", "density_js", "density_kl", "density_total_variation"]


class Quadrature(NamedTuple):
    """An integral and an estimate of its absolute error."""

    value: float
    error: float


def density_kl(
    log_p: LogDensity,
    log_q: LogDensity,
    *,
    support: tuple[float, float] = (-math.inf, math.inf),
    points: ArrayLike = None,
    base: float | None = None,
) -> Quadrature:
    r"""KL divergence of two densities on the line, given by their logarithms.

    .. math:: D(P\Vert Q) = \int p(x)\log\frac{p(x)}{q(x)}\,dx = \int p\,\bigl(e^{v}-1-v\bigr)\,dx,
              \qquad v = \log\frac{q(x)}{p(x)}

    In words: the average of the log-ratio under P, in a form whose integrand is never negative.

    ``log_p`` and ``log_q`` take an array of points and return the log-densities there, −∞ where the density is zero;
    both must integrate to one over the ``support``, an interval (a, b) whose ends may be infinite and are never
    asked for.  Where P has mass and log q is −∞ the value is ``inf``, and −∞ is taken at its word: give log-densities,
    not logarithms of densities that underflow.  ``inf`` also where the tail of the integral does not decay.  Nats, or
    ``base=2`` for bits.  The error estimate covers the quadrature and the rounding of the given logarithms; masses
    that differ from one by δ (up to 1.5e-8 is accepted) move the value by about δ²/2 only.

    Peaks, jumps, tails that decay like powers, and singular ends are found by themselves in most cases.  Name ``points``
    inside the support, next to a peak or a jump that is missed: what is missed shows as missing mass.

    Raises ``ValueError`` if a density does not integrate to one (with the mass that was found), a log-density is NaN or
    +∞, the support is no interval, a point is outside, or the integral cannot be established.

    >>> import numpy as np
    >>> def normal(mean, std):
    ...     return lambda x: -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))
    >>> round(density_kl(normal(0, 1), normal(0, 2)).value, 10)
    0.3181471806
    >>> density_kl(lambda x: -np.log(math.pi * (1 + x * x)), normal(0, 1)).value  # Cauchy tails
    inf

    Source: Clenshaw & Curtis, "A method for numerical integration on an automatic computer", Numerische Mathematik 2
    (1960), for the rule.
    Explained in: chapters/directions
    """
    return _divergence(kl_term, log_p, log_q, support, points, as_base(base), math.inf)


def density_js(
    log_p: LogDensity,
    log_q: LogDensity,
    *,
    support: tuple[float, float] = (-math.inf, math.inf),
    points: ArrayLike = None,
    base: float | None = None,
) -> Quadrature:
    r"""Jensen–Shannon divergence of two densities on the line, given by their logarithms.

    .. math:: \mathrm{JS}(P,Q) = \tfrac12\int p\log\frac pm\,dx + \tfrac12\int q\log\frac qm\,dx,
              \qquad m = \tfrac12(p+q)

    In words: how much one observation tells about which of the two, chosen by a fair coin, produced it.

    Arguments and errors are those of `density_kl`.  Symmetric, and between 0 and log 2 (1 bit) for every pair.

    >>> import numpy as np
    >>> first_half = lambda x: np.where(x < 0.5, math.log(2), -math.inf)
    >>> round(density_js(lambda x: 0 * x, first_half, support=(0, 1), base=2).value, 12)
    0.311278124459

    Source: J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991).
    Explained in: chapters/directions
    """
    return _divergence(js_term, log_p, log_q, support, points, as_base(base), LOG_2)


def density_total_variation(
    log_p: LogDensity,
    log_q: LogDensity,
    *,
    support: tuple[float, float] = (-math.inf, math.inf),
    points: ArrayLike = None,
) -> Quadrature:
    r"""Total variation of two densities on the line, given by their logarithms.

    .. math:: \mathrm{TV}(P,Q) = \tfrac12\int\lvert p(x)-q(x)\rvert\,dx = \max_A\lvert P(A)-Q(A)\rvert

    In words: the area between the two curves, halved.

    Arguments and errors are those of `density_kl`, without a base.  Symmetric, between 0 and 1.

    >>> import numpy as np
    >>> round(density_total_variation(lambda x: 0 * x, lambda x: np.log(2 * x), support=(0, 1)).value, 12)
    0.25

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/directions
    """
    return _divergence(total_variation_term, log_p, log_q, support, points, None, 1.0)


def _divergence(
    term: Term,
    log_p: LogDensity,
    log_q: LogDensity,
    support: tuple[float, float],
    points: ArrayLike,
    base: float | None,
    ceiling: float,
) -> Quadrature:
    value, error = value_and_error(term, log_p, log_q, support, points, ceiling)
    unit = 1.0 if base is None else math.log(base)
    return Quadrature(value / unit, error / unit)
