"""Joint convexity, outcome by outcome from the log-sum inequality.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["joint_convexity"]


def joint_convexity(p1: ArrayLike, q1: ArrayLike, p2: ArrayLike, q2: ArrayLike, weight: float) -> Derivation:
    """Mixing two pairs of laws never increases the divergence beyond the mixture of divergences."""
    example = {**single_laws(p1=p1, q1=q1, p2=p2, q2=q2), "weight": float(weight)}
    if not 0 < weight < 1:
        raise ValueError(f"weight must lie strictly between 0 and 1, got {weight!r}")

    def term(a: float, b: float) -> float:
        return a * (log(a) - log(b)) if a > 0 else 0.0

    def columns(p1: Any, q1: Any, p2: Any, q2: Any, weight: float) -> Any:
        """The four masses λp₁(x), λq₁(x), (1−λ)p₂(x), (1−λ)q₂(x) of each outcome."""
        rest = 1 - weight
        return np.stack([weight * p1, weight * q1, rest * p2, rest * q2], axis=1).tolist()

    lines = [
        Line(
            r"\lambda D(P_1\Vert Q_1) + (1-\lambda) D(P_2\Vert Q_2)",
            lambda p1, q1, p2, q2, weight: weight * kl(p1, q1) + (1 - weight) * kl(p2, q2),
        ),
        Line(
            r"\sum_x\Bigl[\lambda p_1\log\frac{\lambda p_1}{\lambda q_1}"
            r" + (1-\lambda)p_2\log\frac{(1-\lambda)p_2}{(1-\lambda)q_2}\Bigr]",
            lambda **laws: math.fsum(term(a, b) + term(c, d) for a, b, c, d in columns(**laws)),
            "=",
            "a common factor does not change a ratio",
        ),
        Line(
            r"\sum_x\bigl(\lambda p_1+(1-\lambda)p_2\bigr)"
            r"\log\frac{\lambda p_1+(1-\lambda)p_2}{\lambda q_1+(1-\lambda)q_2}",
            lambda **laws: math.fsum(term(a + c, b + d) for a, b, c, d in columns(**laws)),
            ">=",
            r"log-sum inequality $a\log\frac ab + c\log\frac cd \ge (a+c)\log\frac{a+c}{b+d}$, outcome by outcome",
        ),
        Line(
            r"D\bigl(\lambda P_1+(1-\lambda)P_2 \Vert \lambda Q_1+(1-\lambda)Q_2\bigr)",
            lambda p1, q1, p2, q2, weight: kl(weight * p1 + (1 - weight) * p2, weight * q1 + (1 - weight) * q2),
            "=",
            "by definition",
        ),
    ]
    return Derivation("Joint convexity", lines, example)
