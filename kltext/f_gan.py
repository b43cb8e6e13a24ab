r"""Any f-divergence from a critic: the variational bound behind the f-GAN.

A convex f is the highest of its tangent lines, :math:`f(t) = \sup_y\, ty - f^*(y)`.  Guess a line for each
outcome, and the average of the lines is a lower bound on the divergence.

Explained in: chapters/gan
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_laws, common_shape, require
from kltext._evaluate import elementwise, select, total
from kltext.generators import FGenerator
from kltext.generators import generator as named

__all__ = ["f_gan_bound", "optimal_critic"]


def f_gan_bound(critic: ArrayLike, p: ArrayLike, q: ArrayLike, generator: str | FGenerator) -> Array:
    r"""The lower bound on an f-divergence that a critic proves.

    .. math:: D_f(P\Vert Q) \;\ge\; \mathbb E_P[T] - \mathbb E_Q[f^*(T)]

    In words: what the critic says on average of real outcomes, minus what it pays for saying it of generated
    ones; the best critic, T = f′(p/q), leaves nothing out.

    ``critic`` holds T for each outcome, ``p`` and ``q`` are laws; outcomes on the last axis, the other axes
    broadcast.  ``generator`` is a name or an `FGenerator` with a conjugate.  T must lie where f* is finite:
    nowhere above the slope f′(∞) where an outcome is possible; the generator's ``activation`` maps a raw output
    into that range (``generator("gan").activation(raw)``).  T = −∞ is allowed, with f*(−∞) = −f(0+), and T = ∞
    where q = 0 if the slope is infinite.  With ``"gan"`` and T = log D the bound is V(D) + log 4.

    Raises ``ValueError`` for what is not a law, NaN, a T outside the range, or a generator without conjugate.

    >>> round(f_gan_bound([0.0, 0.0], [0.9, 0.1], [0.1, 0.9], "kl"), 10)
    -0.3678794412
    >>> best = optimal_critic([0.9, 0.1], [0.1, 0.9], "kl")
    >>> round(f_gan_bound(best, [0.9, 0.1], [0.1, 0.9], "kl"), 10)
    1.7577796619

    Source: Nguyen, Wainwright & Jordan, "Estimating divergence functionals and the likelihood ratio by convex
    risk minimization", IEEE Trans. Inf. Theory 56 (2010); Nowozin, Cseke & Tomioka, "f-GAN" (2016).
    Explained in: chapters/gan
    """
    chosen = _chosen(generator)
    if chosen.conjugate is None:
        raise ValueError(f"generator must have a conjugate, got {chosen.name!r} without one")
    as_laws(p=p, q=q)
    xp, critic, p, q = as_arrays(critic=critic, p=p, q=q)
    if critic.ndim == 0 or critic.shape[-1] != p.shape[-1]:
        shapes = f"critic: {tuple(critic.shape)}, p: {tuple(p.shape)}"
        raise ValueError(f"the last axes must hold the same outcomes, got {shapes}")
    shape = common_shape(critic=critic.shape, p=p.shape, q=q.shape)
    critic, p, q = (expand(xp, a, shape) for a in (critic, p, q))
    require(xp, critic == critic, "critic must not be NaN", critic)
    limit = chosen.ceiling
    inside = (critic <= limit) & ((critic < math.inf) | (q == 0)) | ((p == 0) & (q == 0))
    require(xp, inside, f"critic must not exceed {limit!r}, above which the conjugate of {chosen.name!r} is ∞", critic)

    conjugate, lowest = chosen.conjugate, -chosen.at_zero  # f*(−∞) = −f(0+)
    safe = float(chosen.derivative(np.ones(1))[0]) if chosen.derivative else min(0.0, limit - 1)

    def real(xp: Any, critic: Array, p: Array) -> Array:
        return select(xp, p > 0, lambda t, p: p * t, lambda t, p: 0 * p, (critic, p), (0.0, 1.0), (0.0, 0.0))

    def fake(xp: Any, critic: Array, q: Array) -> Array:
        return select(xp, q > 0, paid, lambda t, q: 0 * q, (critic, q), (safe, 1.0), (safe, 0.0))

    def paid(t: Array, q: Array) -> Array:
        return select(
            xp, t > -math.inf, lambda t, q: q * conjugate(t), lambda t, q: q * lowest, (t, q), (safe, 1.0), (safe, 1.0)
        )

    said = total(xp, elementwise(xp, real, critic, p))
    bought = total(xp, elementwise(xp, fake, critic, q))
    possible = said > -math.inf
    return finish(xp.where(possible, xp.where(possible, said, 0.0) - xp.where(possible, bought, 0.0), said))


def optimal_critic(p: ArrayLike, q: ArrayLike, generator: str | FGenerator) -> Array:
    r"""The critic that leaves nothing out of the f-GAN's bound.

    .. math:: T^*(x) = f'\Bigl(\frac{p(x)}{q(x)}\Bigr)

    In words: at each outcome, the tangent line that touches f at the true ratio.

    Arguments as in `f_gan_bound`; entry by entry, so densities do as well as laws.  The limits f′(0+) and
    f′(∞) where p or q is 0, which may be infinite; f′(1) where both are.

    Raises ``ValueError`` for numbers that are negative or not finite, and a generator without a derivative.

    >>> optimal_critic([0.5, 0.5, 0.0], [0.5, 0.0, 0.5], "chi2")
    array([ 0., inf, -2.])

    Source: Nguyen, Wainwright & Jordan (2010), as `f_gan_bound`.
    Explained in: chapters/gan
    """
    chosen = _chosen(generator)
    if chosen.derivative is None:
        raise ValueError(f"generator must have a derivative, got {chosen.name!r} without one")
    slope_of = chosen.derivative
    xp, p, q = as_arrays(p=p, q=q)
    for name, array in (("p", p), ("q", q)):
        require(xp, array >= 0, f"{name} must be non-negative", array)
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    common_shape(p=p.shape, q=q.shape)
    with np.errstate(all="ignore"):
        at_zero, at_one = (float(slope_of(np.array([t]))[0]) for t in (0.0, 1.0))
    largest = float(xp.finfo(p.dtype).max)

    def touching(xp: Any, p: Array, q: Array) -> Array:
        return select(xp, (p > 0) & (q > 0), both, one, (p, q), (1.0, 1.0), (0.0, 0.0))

    def both(p: Array, q: Array) -> Array:
        ratio = p / q
        return slope_of(xp.where(ratio <= largest, ratio, largest))

    def one(p: Array, q: Array) -> Array:
        nothing = 0 * (p + q)
        return xp.where(p > 0, nothing + chosen.slope, xp.where(q > 0, nothing + at_zero, nothing + at_one))

    return finish(elementwise(xp, touching, p, q))


def _chosen(generator: object) -> FGenerator:
    if isinstance(generator, FGenerator):
        return generator
    if isinstance(generator, str):
        return named(generator)
    raise ValueError(f"generator must be a name or an FGenerator, got {generator!r}")
