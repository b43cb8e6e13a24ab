"""Bregman divergences: how far a convex function lies above its tangent.

Explained in: chapters/gaussians
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, broadcast, finish
from kltext._checks import common_shape, require

__all__ = ["bregman_divergence"]

Function = Callable[[Array], Array]


def bregman_divergence(
    potential: Function, x: ArrayLike, y: ArrayLike, *, gradient: Function | None = None
) -> Array:
    r"""Bregman divergence: the gap at x between a convex function and its tangent at y.

    .. math:: B_F(x, y) = F(x) - F(y) - \langle\nabla F(y),\, x - y\rangle

    In words: what is missed if F is continued from y along a straight line.

    ``potential`` is F; ``x`` and ``y`` are numbers, or vectors on the last axis (the other axes broadcast and
    are the shape of the result), for which F returns one number each.  ``gradient`` is ∇F; without it F
    is differentiated by autograd, for which it has to be written with ``autograd.numpy``.  In the units of F.
    Non-negative for convex F, and in general not symmetric.  With F = Σ p log p it is the KL divergence;
    with the log-partition function of an exponential family it is the KL divergence with its arguments
    exchanged, B(θ_Q, θ_P) = D(P‖Q).

    The three parts are subtracted as they stand, so for x ≈ y digits are lost as in any difference;
    `kltext.exponential` has forms that keep them.

    Raises ``ValueError`` if a number is not finite, shapes do not fit, the gradient is missing and cannot be
    found, or the parts are infinities that do not add.

    >>> bregman_divergence(lambda t: t * t, 3.0, 1.0, gradient=lambda t: 2 * t)
    4.0

    Source: L. Bregman, "The relaxation method of finding the common point of convex sets", USSR
    Computational Mathematics and Mathematical Physics 7 (1967).
    Explained in: chapters/gaussians
    """
    xp, x, y = as_arrays(x=x, y=y)
    for name, array in (("x", x), ("y", y)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    common_shape(x=x.shape, y=y.shape)
    x, y = broadcast(xp, x, y)
    slope = _gradient_of(potential, y) if gradient is None else gradient(y)
    require(xp, xp.isfinite(slope), "gradient must be finite at y", slope)
    linear = slope * (x - y)
    if tuple(linear.shape) != tuple(y.shape):
        raise ValueError(f"gradient must return the shape of its argument {tuple(y.shape)}, got {tuple(slope.shape)}")
    values = potential(x), potential(y)
    if y.ndim and tuple(getattr(values[1], "shape", ())) == tuple(y.shape[:-1]):
        with np.errstate(invalid="ignore"):
            linear = linear.sum(-1)  # one number for each vector
    elif tuple(getattr(values[1], "shape", ())) != tuple(y.shape):
        shape = tuple(getattr(values[1], "shape", ()))
        raise ValueError(f"potential must return one number for each vector, or for each number, got shape {shape}")
    with np.errstate(invalid="ignore"):
        gap = values[0] - values[1] - linear
    require(xp, gap == gap, "potential must leave a difference, not ∞ − ∞ or NaN", gap)
    return finish(gap)


def _gradient_of(potential: Function, y: Array) -> Any:
    try:
        from autograd import elementwise_grad

        return elementwise_grad(potential)(y)
    except Exception as error:  # whatever tracing a foreign function raises
        raise ValueError(f"gradient must be given: autograd cannot differentiate the potential ({error})") from error
