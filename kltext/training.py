"""The optimiser that trains the networks of the book.

Explained in: chapters/elbo
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import as_number, require, seen

__all__ = ["Adam"]

MEMORY = 0.999
"""β₂: how much of the average squared slope is kept from one step to the next."""

EPSILON = 1e-8
"""Keeps a weight whose slopes were all zero from dividing by zero."""


class Adam:
    r"""Adam, the optimiser: each weight moves by its average slope, divided by the usual size of its slopes.

    .. math:: \begin{aligned}
              m&\leftarrow\beta_1 m+(1-\beta_1)\,g, & v&\leftarrow\beta_2 v+(1-\beta_2)\,g^2,\\
              w&\leftarrow w-\eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)}+\varepsilon}
              \end{aligned}

    In words: however long the gradient g is, a weight moves by about the rate η where its slopes agree, and
    by less where they contradict each other.

    ``rate`` is η, ``inertia`` β₁; β₂ = 0.999 and ε = 10⁻⁸, as in the paper.  The averages start at zero, and
    the powers of t, the number of the step, make up for that.

    With ``grid=n`` the weights are rounded to multiples of 1/n after every step.  Processors differ in the
    last digit of a sum or an exponential, and a training can amplify such a difference until it decides where
    the run ends.  Rounded at every step, the differences are wiped out before they grow, and the run is the
    same everywhere, but for the rare case that a weight comes to lie next to the middle between two
    multiples.  Choose the grid much finer than a step: 2²⁰ for a rate of 0.01.

    Raises ``ValueError`` for a rate that is negative or not finite, an inertia outside [0, 1), a grid that is
    not positive and finite.

    >>> adam, w = Adam(rate=0.1), np.array([1.0, -100.0])
    >>> for _ in range(3):
    ...     w = adam.step(w, gradient=2 * w)  # of w²: slopes of 2 and of −200
    >>> w.round(2)
    array([  0.7, -99.7])

    Source: Kingma & Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
    Explained in: chapters/elbo
    """

    def __init__(self, rate: float, *, inertia: float = 0.9, grid: float | None = None) -> None:
        self.rate = _rate(rate)
        self.inertia = as_number(inertia)
        if not 0 <= self.inertia < 1:
            raise ValueError(f"inertia must be a number in [0, 1), got {inertia!r}")
        self.grid = None if grid is None else as_number(grid)
        if self.grid is not None and not 0 < self.grid < math.inf:
            raise ValueError(f"grid must be a number > 0 and finite, or None, got {grid!r}")
        self._t = 0
        self._shapes: list[tuple[int, ...]] = []
        self._m: list[Array] = []
        self._v: list[Array] = []

    def step(self, weights: ArrayLike, gradient: ArrayLike, rate: float | None = None) -> Any:
        """The weights after one more step down the gradient.

        An array, or a list of arrays; the gradient has the same shapes, and so have both at every later
        step.  What comes back is new, of the same kind: the arguments stay as they are.  ``rate`` is for
        this step only, where it changes from step to step.  To climb, pass minus the gradient.

        Raises ``ValueError`` for a gradient of another shape, shapes that are not those of the step before, a
        number that is not finite, and a slope whose square is not; the averages then stay what they were.
        """
        many = isinstance(weights, (list, tuple))
        pairs = _pairs(weights, gradient) if many else [("weights", weights, "gradient", gradient)]
        rate = self.rate if rate is None else _rate(rate)
        arrays = [_same_shape(*pair) for pair in pairs]
        shapes = [tuple(w.shape) for _, w, _ in arrays]
        if self._t and shapes != self._shapes:
            raise ValueError(f"weights must have the shapes of the step before, {self._shapes}, got {shapes}")

        t, b, c = self._t + 1, self.inertia, MEMORY
        size, scale = rate / (1 - b**t), 1 - c**t
        means, squares, moved = [], [], []
        with np.errstate(over="ignore", invalid="ignore"):
            for i, (xp, w, g) in enumerate(arrays):
                m = b * (self._m[i] if self._t else 0.0) + (1 - b) * g
                v = c * (self._v[i] if self._t else 0.0) + (1 - c) * g**2
                new = w - size * m / (xp.sqrt(v / scale) + EPSILON)
                if not seen(xp.isfinite((new + v).sum())):  # look closer
                    _require_finite(xp, *pairs[i][::2], w, g)
                means.append(m)
                squares.append(v)
                moved.append(finish(new if self.grid is None else xp.round(new * self.grid) / self.grid))
        self._t, self._shapes, self._m, self._v = t, shapes, means, squares
        return moved if many else moved[0]


def _pairs(weights: Any, gradient: Any) -> list[tuple[str, ArrayLike, str, ArrayLike]]:
    if not isinstance(gradient, (list, tuple)) or len(gradient) != len(weights):
        found = len(gradient) if isinstance(gradient, (list, tuple)) else type(gradient).__name__
        raise ValueError(f"gradient must be a list of {len(weights)} arrays, as weights is, got {found}")
    return [(f"weights[{i}]", w, f"gradient[{i}]", g) for i, (w, g) in enumerate(zip(weights, gradient, strict=True))]


def _same_shape(name: str, weights: ArrayLike, name_of_gradient: str, gradient: ArrayLike) -> tuple[Any, Array, Array]:
    xp, w, g = as_arrays(**{name: weights, name_of_gradient: gradient})
    if w.shape != g.shape:
        raise ValueError(f"{name_of_gradient} must have the shape of {name}, {tuple(w.shape)}, got {tuple(g.shape)}")
    return xp, w, g


def _require_finite(xp: Any, name: str, name_of_gradient: str, w: Array, g: Array) -> None:
    require(xp, xp.isfinite(w), f"{name} must be finite", w)
    require(xp, xp.isfinite(g), f"{name_of_gradient} must be finite", g)
    require(xp, xp.isfinite(g**2), f"{name_of_gradient} must have a finite square", g)


def _rate(rate: object) -> float:
    number = as_number(rate)
    if not 0 <= number < math.inf:
        raise ValueError(f"rate must be a number ≥ 0 and finite, got {rate!r}")
    return number
