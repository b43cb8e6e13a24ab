"""Formulas whose derivative is known on paper, told to autograd as one operation.

autograd records every operation of a formula and goes back through each of them.  Where the formula has cases,
that is a dozen operations on whole arrays; where its derivative is one line, the detour is waste.  PyTorch and JAX
record faster or compile, and differentiate the formula as it stands.

Explained in: chapters/vae
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import Array

__all__ = ["differentiated"]

Formula = Callable[[Any, Array], Array]
Slope = Callable[[Any, Array, Array], Array]


def differentiated(slope: Slope) -> Callable[[Formula], Formula]:
    """A decorator: for autograd, the formula of one array has the derivative ``slope``.

    The formula takes the array library and x; the slope also what the formula made of x.  The slope may use
    such formulas in turn: then derivatives of every order are exact.
    """

    def decorate(formula: Formula) -> Formula:
        @functools.wraps(formula)
        def decorated(xp: Any, x: Array) -> Array:
            if getattr(xp, "__name__", "") != "autograd.numpy":
                return formula(xp, x)
            return _primitive(formula, slope)(x)

        return decorated

    return decorate


@functools.cache
def _primitive(formula: Formula, slope: Slope) -> Callable[[Array], Array]:
    import autograd.numpy as anp
    from autograd.extend import defjvp, defvjp, primitive

    def weighted(g: Array, x: Array, value: Array) -> Array:
        with np.errstate(all="ignore"):
            return g * slope(anp, x, value)

    function: Callable[[Array], Array] = primitive(lambda x: formula(np, x))
    defvjp(function, lambda value, x: lambda g: weighted(g, x, value))
    defjvp(function, lambda g, value, x: weighted(g, x, value))
    return function
