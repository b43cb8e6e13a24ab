"""A convex f that the reader draws: a broken line under the heights given, made convex and 0 at t = 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kltext.generators import FGenerator

__all__ = ["HIGHEST", "KNOTS", "LOWEST", "broken_line", "drawn_generator"]

KNOTS = (0.0, 0.5, 1.5, 2.5, 4.0)
"""The ratios at which a height is given; at 1 it is 0."""
LOWEST, HIGHEST = -1.0, 3.0

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def broken_line(heights: Sequence[float]) -> tuple[Floats, Floats]:
    """Corners and values of the highest convex broken line that is nowhere above the heights, raised to be 0 at 1.

    >>> corners, values = broken_line([1, 0.75, 0.9, 1.5, 3])  # nothing but the ends and f(1) = 0 is a corner
    >>> corners.tolist(), values.tolist()
    ([0.0, 1.0, 4.0], [1.0, 0.0, 3.0])
    """
    hull: list[tuple[float, float]] = []
    for t, f in sorted([*zip(KNOTS, heights, strict=True), (1.0, 0.0)]):
        while len(hull) > 1 and _below(*hull[-2], *hull[-1], t, f):
            hull.pop()
        hull.append((t, f))
    corners, values = np.array(hull).T
    return corners, values if 1.0 in corners else values - np.interp(1.0, corners, values)


def _below(ta: float, fa: float, tb: float, fb: float, tc: float, fc: float) -> bool:
    """Whether b is not below the chord from a to c, and so is no corner."""
    return (fb - fa) * (tc - ta) >= (fc - fa) * (tb - ta)


def drawn_generator(heights: Sequence[float]) -> FGenerator:
    """The generator with that line; at a corner its derivative is the mean of both sides.

    >>> drawn_generator([1, 0.5, 0.5, 1.5, 3]).f(np.array([0.0, 0.5, 1.0, 6.0])).tolist()
    [1.0, 0.5, 0.0, 5.0]
    """
    corners, values = broken_line(heights)
    slopes = np.diff(values) / np.diff(corners)

    def piece(t: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.clip(np.searchsorted(corners, t, "right") - 1, 0, len(slopes) - 1)

    def f(t: Floats) -> Floats:
        k = piece(t)
        found: Floats = values[k] + slopes[k] * (t - corners[k])
        return found

    def derivative(t: Floats) -> Floats:
        k = piece(t)
        kink = (corners[k] == t) & (k > 0)
        found: Floats = np.where(kink, (slopes[k - 1] + slopes[k]) / 2, slopes[k])
        return found

    def conjugate(y: Floats) -> Floats:
        highest: Floats = np.max(np.multiply.outer(y, corners) - values, axis=-1)
        return np.where(y <= slopes[-1], highest, np.inf)

    return FGenerator("drawn", f, float(values[0]), float(slopes[-1]), derivative, conjugate)
