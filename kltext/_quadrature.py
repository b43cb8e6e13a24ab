r"""Adaptive integration over an interval or the whole line, sharp enough for narrow peaks, jumps and heavy tails.

The range is cut into stretches x = a ± eᵘ around anchors a: the ends of the support, points the user names, and the
peaks of the densities.  In u everything that is a power of the distance from an anchor decays exponentially, tails and
singular ends alike, and a peak of any width is some units wide.  On each panel of a stretch the Clenshaw–Curtis rule
with 33 nodes is compared with the one with 17 of them; panels that disagree are halved.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["HIGHEST", "Panels", "Samples", "Stretch", "integrate", "peaks", "stretches"]

Numbers = np.ndarray[Any, Any]

NODES, WIDTH, DEPTH, MOST = 32, 3.0, 60, 10_000
TINY = 2.0**-1022
HIGHEST = math.log(1e150)  # where squares do not overflow yet


class Stretch(NamedTuple):
    """The points x = anchor + side·eᵘ with low ≤ u ≤ high."""

    anchor: float
    side: float
    low: float
    high: float

    def x(self, u: Any) -> Numbers:
        """The points, kept strictly beside the anchor."""
        return place(self.anchor, self.side, u)


class Samples(NamedTuple):
    """Integrands (already times dx/du) at nodes: ``rows`` (m, …), the rounding ``noise`` of each, and where one is ∞."""

    rows: Numbers
    noise: Numbers
    infinite: Numbers


class Panels(NamedTuple):
    """The integrals of the rows, with error estimates; ``infinite`` if some panel is so throughout."""

    values: Numbers
    errors: Numbers
    infinite: bool


def place(anchor: Any, side: Any, u: Any) -> Numbers:
    """anchor + side·eᵘ, or the next number beside the anchor if that is too near."""
    x = anchor + side * np.exp(u)
    points: Numbers = np.where(x == anchor, np.nextafter(anchor, side * np.inf), x)
    return points


def stretches(support: tuple[float, float], points: Numbers) -> list[Stretch]:
    """The support, cut at its finite ends and at the points, each piece seen from its finite ends."""
    ends = [*support[:1], *sorted(set(points.tolist()) - set(support)), *support[1:]]
    if len(ends) == 2 and not any(map(math.isfinite, ends)):
        ends.insert(1, 0.0)
    found = []
    for a, b in zip(ends, ends[1:], strict=False):
        both = math.isfinite(a) and math.isfinite(b)
        high = math.log(b / 2 - a / 2) if both else HIGHEST
        for anchor, side in ((a, 1.0), (b, -1.0)):
            low = math.log(max(float(np.spacing(abs(anchor))), TINY)) if math.isfinite(anchor) else HIGHEST
            if math.isfinite(anchor) and low < high:
                found.append(Stretch(anchor, side, low, high))
    return found


def peaks(log_density: Callable[[Numbers], Numbers], pieces: list[Stretch], most: int = 32) -> Numbers:
    """The places of the highest local maxima, searched for on the logarithmic scale, where narrow peaks are wide."""
    grids = [s.x(np.linspace(s.low, s.high, 8 * math.ceil(s.high - s.low))) for s in pieces]
    x = np.unique(np.concatenate(grids))
    heights = log_density(x)
    left, here, right = heights[:-2], heights[1:-1], heights[2:]
    tops = 1 + np.flatnonzero((here >= left) & (here >= right) & ((here > left) | (here > right)))
    tops = tops[np.argsort(-heights[tops], kind="stable")[:most]]
    low, high = x[tops - 1], x[tops + 1]
    for _ in range(14):
        inside = low + (high - low) * np.linspace(0, 1, 33)[:, None]
        best = np.argmax(log_density(inside.ravel()).reshape(inside.shape), 0) if len(tops) else np.zeros(0, int)
        columns = np.arange(len(tops))
        low, high = inside[np.maximum(best - 1, 0), columns], inside[np.minimum(best + 1, 32), columns]
    return np.unique(low / 2 + high / 2)


def clenshaw_curtis(n: int) -> tuple[Numbers, Numbers]:
    """Nodes cos(jπ/n) and weights on [−1, 1], for even n."""
    angles = np.arange(n + 1) * np.pi / n
    k = np.arange(1, n // 2 + 1)
    factors = np.where(k == n // 2, 1.0, 2.0) / (4 * k * k - 1)
    weights = (1 - np.cos(2 * np.outer(angles, k)) @ factors) * 2 / n
    weights[[0, -1]] /= 2
    return -np.cos(angles), weights


def integrate(sample: Callable[[Numbers, Numbers], Samples], pieces: list[Stretch]) -> Panels:
    """The integrals of the rows that ``sample(x, u)`` returns, over all stretches."""
    nodes, fine = clenshaw_curtis(NODES)
    coarse = clenshaw_curtis(NODES // 2)[1]
    table: Any = []
    for s in pieces:
        edges = np.linspace(s.low, s.high, math.ceil((s.high - s.low) / WIDTH) + 1)
        table += [(s.anchor, s.side, a, b) for a, b in zip(edges, edges[1:], strict=False)]
    panels = np.array(table).T
    values, errors = np.zeros(0), np.zeros(0)
    for depth in range(DEPTH + 1):
        anchor, side, low, high = panels[..., None]
        half = (high - low) / 2
        u = (low + high) / 2 + half * nodes
        x = place(anchor, side, u)
        rows, noise, infinite = sample(x, u)
        inside = half[:, 0] * (rows @ fine)
        error = abs(inside - half[:, 0] * (rows[..., ::2] @ coarse))
        floor = half[:, 0] * (noise @ fine)
        values = values if len(values) else np.zeros(len(rows))
        errors = errors if len(errors) else np.zeros(len(rows))

        narrow = abs(x[:, -1] - x[:, 0]) <= 8 * np.spacing(abs(x).max(1))
        if np.any(infinite.all(1) & ~narrow):
            return Panels(values, errors, True)
        goal = 1e-14 * abs(values + inside.sum(1))[:, None] + floor + 1e-300
        good = np.all(error <= goal, 0) & (infinite.all(1) | ~infinite.any(1))
        done = good | narrow | (depth == DEPTH) | (2 * np.count_nonzero(~good) > MOST)
        values = values + inside[:, done].sum(1)
        errors = errors + (error + floor)[:, done].sum(1)
        if done.all():
            break
        low, middle, high = low[~done, 0], (low + high)[~done, 0] / 2, high[~done, 0]
        ends = np.concatenate([low, middle]), np.concatenate([middle, high])
        panels = np.stack([np.tile(anchor[~done, 0], 2), np.tile(side[~done, 0], 2), *ends])
    return Panels(values, errors, False)
