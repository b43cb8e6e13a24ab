r"""One construction for most divergences: the average of a convex function of the ratio.

.. math:: D_f(P\Vert Q) = \sum_x q(x)\,f\!\Bigl(\frac{p(x)}{q(x)}\Bigr), \qquad f \text{ convex},\ f(1)=0

The classical generators are in `kltext.generators`; `FGenerator` makes another one.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, ArrayLike, finish
from kltext._checks import as_laws
from kltext._evaluate import select, sum_of
from kltext.generators import FGenerator, generator

__all__ = ["FGenerator", "chi2_divergence", "f_divergence", "generator", "hellinger"]


def f_divergence(p: ArrayLike, q: ArrayLike, generator: str | FGenerator) -> Array:
    r"""The f-divergence of P from Q.

    .. math:: D_f(P\Vert Q) = \sum_{x:\,q(x)>0} q(x)\,f\!\Bigl(\frac{p(x)}{q(x)}\Bigr)
              + f'(\infty)\,P(q=0), \qquad f'(\infty) = \lim_{t\to\infty}\frac{f(t)}{t}

    In words: how unlike 1 the ratio p/q is, as the convex function f sees it, averaged under Q.

    ``p`` and ``q`` are those of `kl_divergence`; ``generator`` is the name of a classical generator (see
    `kltext.generators`) or an `FGenerator`.  In the units of f: nats for those with a logarithm.  Outcomes
    with p = q = 0 do not count; with p = 0 < q they count q·f(0+), with q = 0 < p they count p·f′(∞): the
    value is ``inf`` exactly where such a limit is infinite.  Never negative.

    For the classical generators each term is computed in a form without cancellation, so that nearly equal
    laws keep their digits.  An outcome with p = 0 has derivative 0 in p.

    Raises ``ValueError`` for what is not a law, and for an unknown name.

    >>> f_divergence([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], "total-variation")
    0.5
    >>> f_divergence([0.5, 0.5], [1.0, 0.0], "kl")
    inf
    >>> absolute = FGenerator("absolute", lambda t: abs(t - 1), at_zero=1.0, slope=1.0)
    >>> f_divergence([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], absolute)
    1.0

    Source: I. Csiszár, "Information-type measures of difference of probability distributions and indirect
    observations", Studia Scientiarum Mathematicarum Hungarica 2 (1967).
    Explained in: chapters/f-divergences
    """
    chosen = _as_generator(generator)
    xp, p, q = as_laws(p=p, q=q)
    return finish(sum_of(xp, chosen.term, p, q))


def hellinger(p: ArrayLike, q: ArrayLike) -> Array:
    r"""Hellinger distance, between 0 and 1.

    .. math:: H(P,Q) = \sqrt{\tfrac12\sum_x\bigl(\sqrt{p(x)}-\sqrt{q(x)}\bigr)^2}

    In words: the straight-line distance between the vectors of square roots, scaled to at most 1.

    Arguments and errors are those of `kl_divergence`, without a base.  A metric; 1 exactly for laws
    without a common outcome.  The distance has a tip at P = Q; its gradient there is taken to be 0.

    >>> hellinger([1.0, 0.0], [0.0, 1.0])
    1.0

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/f-divergences
    """
    squared = _squared_hellinger(p, q)
    return finish(squared)


def chi2_divergence(p: ArrayLike, q: ArrayLike) -> Array:
    r"""χ² divergence: the variance of the ratio p/q under Q.

    .. math:: \chi^2(P\Vert Q) = \sum_x\frac{(p(x)-q(x))^2}{q(x)}

    In words: how much the weights of importance sampling from Q for P vary.

    Arguments and errors are those of `kl_divergence`, without a base.  Between D(P‖Q), which never
    exceeds it, and ``inf``, where q(x) = 0 < p(x) for some x.

    >>> round(chi2_divergence([0.5, 0.5], [0.25, 0.75]), 12)
    0.333333333333
    >>> chi2_divergence([0.5, 0.5], [1.0, 0.0])
    inf

    Source: A. Tsybakov, *Introduction to Nonparametric Estimation* (2009), section 2.4.
    Explained in: chapters/f-divergences
    """
    return f_divergence(p, q, "chi2")


def _squared_hellinger(p: ArrayLike, q: ArrayLike) -> Array:
    xp, p, q = as_laws(p=p, q=q)
    squared = sum_of(xp, generator("squared-hellinger").term, p, q)
    squared = xp.where(squared > 1, xp.ones_like(squared), squared)  # sums are one only to rounding
    return select(xp, squared > 0, xp.sqrt, lambda d: 0 * d, (squared,), (1.0,), (0.0,))


def _as_generator(chosen: Any) -> FGenerator:
    if isinstance(chosen, FGenerator):
        return chosen
    if isinstance(chosen, str):
        return generator(chosen)
    raise ValueError(f"generator must be a name or an FGenerator, got {chosen!r}")
