"""Why the Brier score rewards honesty.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws

__all__ = ["brier_excess"]


def brier_excess(p: ArrayLike, q: ArrayLike) -> Derivation:
    """What the forecast Q loses to P under the Brier score when P is true: Σ (q − p)²."""

    def score(forecast: Any, y: int) -> float:
        return math.fsum((f - (k == y)) ** 2 for k, f in enumerate(forecast.tolist()))

    def expanded(p: Any, q: Any) -> float:
        return math.fsum(
            float(p[y]) * math.fsum(float(q[k] ** 2 - p[k] ** 2 - 2 * (q[k] - p[k]) * (k == y)) for k in range(p.size))
            for y in range(p.size)
        )

    lines = [
        Line(
            r"\mathbb{E}_P[S(Q,Y)] - \mathbb{E}_P[S(P,Y)]",
            lambda p, q: math.fsum(float(p[y]) * (score(q, y) - score(p, y)) for y in range(p.size)),
        ),
        Line(
            r"\sum_y p(y)\sum_k\bigl[q(k)^2 - p(k)^2 - 2\,(q(k)-p(k))\,[k=y]\bigr]",
            expanded,
            "=",
            r"$S(Q,y)=\sum_k(q(k)-[k=y])^2$, the squares expanded",
        ),
        Line(
            r"\sum_k\bigl[q(k)^2 - p(k)^2 - 2\,(q(k)-p(k))\,p(k)\bigr]",
            lambda p, q: math.fsum(b * b - a * a - 2 * (b - a) * a for a, b in zip(p.tolist(), q.tolist(), strict=True)),
            "=",
            r"$\sum_y p(y)\,[k=y] = p(k)$",
        ),
        Line(
            r"\sum_k(q(k)-p(k))^2",
            lambda p, q: math.fsum((b - a) ** 2 for a, b in zip(p.tolist(), q.tolist(), strict=True)),
            "=",
            "a square again",
        ),
        Line("0", lambda p, q: 0.0, ">=", "with equality exactly for $Q=P$: strictly proper"),
    ]
    return Derivation("What a forecast loses under the Brier score", lines, single_laws(p=p, q=q))
