"""Pinsker's inequality: from many outcomes to one event, and from the event to a square.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["pinsker"]


def pinsker(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Pinsker's inequality, D(P‖Q) ≥ 2·TV², by the event on which P exceeds Q."""
    example = single_laws(p=p, q=q)

    def event(p: Any, q: Any) -> tuple[float, float]:
        inside = [(a, b) for a, b in zip(p.tolist(), q.tolist(), strict=True) if a > b]
        return math.fsum(a for a, _ in inside), math.fsum(b for _, b in inside)

    def binary(p: Any, q: Any) -> float:
        a, b = event(p, q)
        parts = ((a, b), (1 - a, 1 - b))
        return math.fsum(x * (log(x) - log(y)) for x, y in parts if x > 0)

    def integral(p: Any, q: Any) -> float:
        """∫ from b to a of (a − t)/(t(1 − t)) dt, by the midpoints of many strips."""
        a, b = event(p, q)
        if b == 0 or a == b:
            return binary(p, q)
        n = 20_000
        # t = b·(a/b)^s spreads the strips evenly over the scales between b and a.
        ratio = math.log(a / b)
        points = (b * math.exp(ratio * (k + 0.5) / n) for k in range(n))
        return math.fsum((a - t) / (1 - t) * ratio / n for t in points)

    def square(p: Any, q: Any) -> float:
        a, b = event(p, q)
        return 2 * (a - b) ** 2

    lines = [
        Line(r"D(P\Vert Q)", kl),
        Line(
            r"a\log\frac ab + (1-a)\log\frac{1-a}{1-b}",
            binary,
            ">=",
            r"data processing: keep of each outcome only whether it lies in $E=\{x : p(x)>q(x)\}$; $a=P(E)$, $b=Q(E)$",
        ),
        Line(
            r"\int_b^a\frac{a-t}{t(1-t)}\,\mathrm{d}t",
            integral,
            "=",
            r"as a function of $b$ the line before is 0 at $b=a$ and has derivative $-\frac{a-b}{b(1-b)}$",
        ),
        Line(r"\int_b^a 4\,(a-t)\,\mathrm{d}t = 2(a-b)^2", square, ">=", r"$t(1-t)\le\frac14$"),
        Line(
            r"2\,\mathrm{TV}(P,Q)^2",
            lambda p, q: 2 * (math.fsum(abs(x) for x in (p - q).tolist()) / 2) ** 2,
            "=",
            r"$E$ is the event on which the two laws differ most",
        ),
    ]
    return Derivation("Pinsker's inequality", lines, example, relative=1e-6)
