"""Wasserstein's distance on the line: the least work is the area between two distribution functions.

Explained in: chapters/renyi
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws

__all__ = ["wasserstein_line"]


def wasserstein_line(places: ArrayLike, p: ArrayLike, q: ArrayLike) -> Derivation:
    """The least work that turns P into Q on the line is ∫|F_P − F_Q|; the least work is found by linear programming."""
    example = single_laws(p=p, q=q)
    xp, array = as_arrays(places=places)
    if tuple(array.shape) != example["p"].shape:
        raise ValueError(f"places must have shape {example['p'].shape} to fit p, got {tuple(array.shape)}")
    require(xp, xp.isfinite(array), "places must be finite", array)
    order = np.argsort(plain(array))
    example = {"places": plain(array).astype(float)[order], "p": example["p"][order], "q": example["q"][order]}

    def least_work(places: Any, p: Any, q: Any) -> float:
        from scipy.optimize import linprog

        n = len(places)
        distance = np.abs(places[:, None] - places)
        rows = np.kron(np.eye(n), np.ones(n))  # how much leaves each place
        columns = np.kron(np.ones(n), np.eye(n))  # how much arrives there
        solved = linprog(distance.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([p, q]))
        return float(solved.fun)

    def in_order(places: Any, p: Any, q: Any) -> list[tuple[float, float, float]]:
        """(mass, from, to): the mass taken and delivered from left to right."""
        left, right, moves, i, j = p.tolist(), q.tolist(), [], 0, 0
        while i < len(left) and j < len(right):
            mass = min(left[i], right[j])
            moves.append((mass, float(places[i]), float(places[j])))
            left[i], right[j] = left[i] - mass, right[j] - mass
            i, j = (i + 1, j) if left[i] <= right[j] else (i, j + 1)
        return moves

    lines = [
        Line(r"\min_{X\sim P,\;Y\sim Q}\mathbb{E}\,\lvert X-Y\rvert", least_work),
        Line(
            r"\mathbb{E}\,\lvert X-Y\rvert\text{, from left to right}",
            lambda places, p, q: math.fsum(mass * abs(x - y) for mass, x, y in in_order(places, p, q)),
            "=",
            "for the plan that takes and delivers from left to right; no plan does better: the argument is in the text",
        ),
        Line(
            r"\int\mathbb{E}\,\bigl\lvert[X\le t]-[Y\le t]\bigr\rvert\,\mathrm{d}t",
            lambda places, p, q: math.fsum(
                math.fsum(mass for mass, x, y in in_order(places, p, q) if (x <= a) != (y <= a)) * (b - a)
                for a, b in zip(places[:-1].tolist(), places[1:].tolist(), strict=True)
            ),
            "=",
            r"$\lvert X-Y\rvert$ is the length of the stretch of $t$ with one of them to the left of $t$ and one not",
        ),
        Line(
            r"\int\lvert F_P(t)-F_Q(t)\rvert\,\mathrm{d}t",
            lambda places, p, q: math.fsum(np.abs(np.cumsum(p - q))[:-1] * np.diff(places)),
            "=",
            "taken in order, mass crosses $t$ in one direction only, and the net amount is the difference",
        ),
    ]
    return Derivation("The least work is an area", lines, example, relative=1e-7, absolute=1e-9)
