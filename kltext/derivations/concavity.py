"""Mixing raises entropy: its concavity, and the information that makes up the difference.

Explained in: chapters/surprise
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["entropy_concavity", "mixture_information"]


def _example(p_1: ArrayLike, p_2: ArrayLike, weight: float) -> dict[str, Any]:
    example = single_laws(p_1=p_1, p_2=p_2)
    if not 0 < weight < 1:
        raise ValueError(f"weight must lie strictly between 0 and 1, got {weight!r}")
    return {**example, "weight": float(weight)}


def _phi(t: float) -> float:
    return -t * math.log(t) if t > 0 else 0.0


def _entropy(p: Any) -> float:
    return math.fsum(map(_phi, p.tolist()))


def _mixed(p_1: Any, p_2: Any, weight: float) -> Any:
    return weight * p_1 + (1 - weight) * p_2


def entropy_concavity(p_1: ArrayLike, p_2: ArrayLike, weight: float) -> Derivation:
    """H(λP₁ + (1 − λ)P₂) ≥ λH(P₁) + (1 − λ)H(P₂)."""
    lines = [
        Line(
            r"H(M) = \sum_x\varphi\bigl(\lambda p_1(x)+(1-\lambda)p_2(x)\bigr)",
            lambda p_1, p_2, weight: _entropy(_mixed(p_1, p_2, weight)),
        ),
        Line(
            r"\sum_x\bigl[\lambda\,\varphi(p_1(x)) + (1-\lambda)\,\varphi(p_2(x))\bigr]",
            lambda p_1, p_2, weight: math.fsum(
                weight * _phi(a) + (1 - weight) * _phi(b) for a, b in zip(p_1.tolist(), p_2.tolist(), strict=True)
            ),
            ">=",
            r"$\varphi(t)=t\log\frac1t$ has the second derivative $-\frac1t<0$: between two points its graph lies above the chord",
        ),
        Line(
            r"\lambda H(P_1) + (1-\lambda)H(P_2)",
            lambda p_1, p_2, weight: weight * _entropy(p_1) + (1 - weight) * _entropy(p_2),
            "=",
            "sum the two parts by themselves",
        ),
    ]
    return Derivation("Mixing does not lower the entropy", lines, _example(p_1, p_2, weight))


def mixture_information(p_1: ArrayLike, p_2: ArrayLike, weight: float) -> Derivation:
    """H(M) − λH(P₁) − (1 − λ)H(P₂) = λD(P₁‖M) + (1 − λ)D(P₂‖M), for the mixture M."""

    def cross(p: Any, m: Any) -> float:
        return math.fsum(-a * log(b) for a, b in support(p, m))

    lines = [
        Line(
            r"H(M) - \lambda H(P_1) - (1-\lambda)H(P_2)",
            lambda p_1, p_2, weight: (
                _entropy(_mixed(p_1, p_2, weight)) - weight * _entropy(p_1) - (1 - weight) * _entropy(p_2)
            ),
        ),
        Line(
            r"\lambda\bigl[H(P_1,M)-H(P_1)\bigr] + (1-\lambda)\bigl[H(P_2,M)-H(P_2)\bigr]",
            lambda p_1, p_2, weight: (
                weight * (cross(p_1, _mixed(p_1, p_2, weight)) - _entropy(p_1))
                + (1 - weight) * (cross(p_2, _mixed(p_1, p_2, weight)) - _entropy(p_2))
            ),
            "=",
            r"$m = \lambda p_1+(1-\lambda)p_2$ splits $\sum m\log\frac1m$ into two cross-entropies",
        ),
        Line(
            r"\lambda D(P_1\Vert M) + (1-\lambda)D(P_2\Vert M)",
            lambda p_1, p_2, weight: (
                weight * kl(p_1, _mixed(p_1, p_2, weight)) + (1 - weight) * kl(p_2, _mixed(p_1, p_2, weight))
            ),
            "=",
            "cross-entropy is entropy plus divergence, twice",
        ),
        Line("0", lambda p_1, p_2, weight: 0.0, ">=", "Gibbs' inequality, twice"),
    ]
    return Derivation("What the switch would tell", lines, _example(p_1, p_2, weight))
