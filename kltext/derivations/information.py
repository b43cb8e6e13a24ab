"""What an observation teaches, on average: mutual information as a mean of divergences.

Explained in: chapters/surprise
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import joint_laws, kl, log, support

__all__ = ["information_gain"]


def _cells(joint: Any) -> Iterator[tuple[float, float, float]]:
    """(p(x,y), p(x), p(y)) over the support."""
    columns = joint.sum(axis=0)
    for row in joint:
        for p_xy, p_y in support(row, columns):
            yield p_xy, float(row.sum()), p_y


def _entropy(p: Any) -> float:
    return math.fsum(-a * log(a) for (a,) in support(p))


def information_gain(joint: ArrayLike) -> Derivation:
    """The gains D(P_{Y|x}‖P_Y), averaged over x, are the mutual information of X and Y."""

    def gains(joint: Any) -> float:
        rows = [(float(row.sum()), row) for row in joint]
        return math.fsum(weight * kl(row / weight, joint.sum(axis=0)) for weight, row in rows if weight > 0)

    lines = [
        Line(r"\sum_x p(x)\,D(P_{Y\mid x}\Vert P_Y)", gains),
        Line(
            r"\sum_{x,y} p(x,y)\log\frac{p(y\mid x)}{p(y)}",
            lambda joint: math.fsum(a * log((a / b) / c) for a, b, c in _cells(joint)),
            "=",
            r"each divergence written out; $p(x)\,p(y\mid x) = p(x,y)$",
        ),
        Line(
            r"\sum_{x,y} p(x,y)\log\frac{p(x,y)}{p(x)\,p(y)} = D(P_{XY}\Vert P_X\otimes P_Y)",
            lambda joint: math.fsum(a * (log(a) - log(b) - log(c)) for a, b, c in _cells(joint)),
            "=",
            r"$p(y\mid x) = p(x,y)/p(x)$",
        ),
        Line(
            r"H(X) + H(Y) - H(X,Y) = I(X;Y)",
            lambda joint: _entropy(joint.sum(axis=1)) + _entropy(joint.sum(axis=0)) - _entropy(joint.ravel()),
            "=",
            "the logarithm of a quotient, and the sums of $p(x,y)$ over one of the two are $p(x)$ and $p(y)$",
        ),
    ]
    return Derivation("The information gained, on average", lines, joint_laws(joint=joint))
