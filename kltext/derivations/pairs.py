"""Laws of pairs: the chain rule, and what follows for data that pass a channel.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kltext._arrays import ArrayLike, plain
from kltext._checks import as_laws
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import joint_laws, kl, log, single_laws, support

__all__ = ["chain_rule", "data_processing"]


def chain_rule(joint_p: ArrayLike, joint_q: ArrayLike) -> Derivation:
    """The divergence of a pair is that of the first coordinate plus that of the second given the first."""
    example = joint_laws(joint_p=joint_p, joint_q=joint_q)

    def split(joint_p: Any, joint_q: Any) -> Iterator[tuple[float, float, float]]:
        """(p(x,y), log p(x)/q(x), log p(y∣x)/q(y∣x)) over the support."""
        for row_p, row_q in zip(joint_p, joint_q, strict=True):
            p_x, q_x = float(row_p.sum()), float(row_q.sum())
            for p_xy, q_xy in support(row_p, row_q):
                yield p_xy, log(p_x) - log(q_x), log(p_xy / p_x) - log(q_xy / q_x if q_x > 0 else 0.0)

    lines = [
        Line(
            r"D(P_{XY}\Vert Q_{XY}) = \sum_{x,y} p(x,y)\log\frac{p(x,y)}{q(x,y)}",
            lambda joint_p, joint_q: kl(joint_p.ravel(), joint_q.ravel()),
        ),
        Line(
            r"\sum_{x,y} p(x,y)\Bigl[\log\frac{p(x)}{q(x)} + \log\frac{p(y\mid x)}{q(y\mid x)}\Bigr]",
            lambda joint_p, joint_q: math.fsum(w * (r + s) for w, r, s in split(joint_p, joint_q)),
            "=",
            r"$p(x,y) = p(x)\,p(y\mid x)$, likewise for $Q$: the log-ratio of a pair is a sum of log-ratios",
        ),
        Line(
            r"\sum_x p(x)\log\frac{p(x)}{q(x)} + \sum_x p(x)\sum_y p(y\mid x)\log\frac{p(y\mid x)}{q(y\mid x)}",
            lambda joint_p, joint_q: (
                math.fsum(w * r for w, r, _ in split(joint_p, joint_q))
                + math.fsum(w * s for w, _, s in split(joint_p, joint_q))
            ),
            "=",
            r"sum each part on its own; in the first, $\sum_y p(x,y) = p(x)$",
        ),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(P_{Y\mid x}\Vert Q_{Y\mid x})",
            lambda joint_p, joint_q: kl(joint_p.sum(axis=1), joint_q.sum(axis=1)) + _conditional_kl(joint_p, joint_q),
            "=",
            "both are divergences again, the second averaged over $P_X$",
        ),
    ]
    return Derivation("Chain rule", lines, example)


def data_processing(p: ArrayLike, q: ArrayLike, channel: ArrayLike) -> Derivation:
    """No channel x → y (rows W(·∣x)) makes two laws easier to tell apart."""
    example = single_laws(p=p, q=q)
    _, rows = as_laws(channel=channel)
    count = len(example["p"])
    if rows.ndim != 2 or rows.shape[0] != count:
        raise ValueError(f"channel must have a row for each of the {count} outcomes, got shape {tuple(rows.shape)}")
    example["channel"] = plain(rows).astype(float)

    def pairs(law: Any, channel: Any) -> Any:
        return law[:, None] * channel

    lines = [
        Line(r"D(P_X\Vert Q_X)", lambda p, q, channel: kl(p, q)),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(W(\cdot\mid x)\Vert W(\cdot\mid x))",
            lambda p, q, channel: kl(p, q) + math.fsum(a * kl(row, row) for a, row in zip(p, channel, strict=True)),
            "=",
            "the same channel follows both laws, and a law differs from itself by zero",
        ),
        Line(
            r"D(P_{XY}\Vert Q_{XY})",
            lambda p, q, channel: kl(pairs(p, channel).ravel(), pairs(q, channel).ravel()),
            "=",
            "chain rule, first $X$ then $Y$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y) + \mathbb{E}_{y\sim P_Y}\,D(P_{X\mid y}\Vert Q_{X\mid y})",
            lambda p, q, channel: (
                kl(pairs(p, channel).sum(axis=0), pairs(q, channel).sum(axis=0))
                + _conditional_kl(pairs(p, channel).T, pairs(q, channel).T)
            ),
            "=",
            "chain rule, first $Y$ then $X$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y)",
            lambda p, q, channel: kl(p @ channel, q @ channel),
            ">=",
            "Gibbs' inequality: the divergence that is dropped is not negative",
        ),
    ]
    return Derivation("Data processing inequality", lines, example)


def _conditional_kl(joint_p: Any, joint_q: Any) -> float:
    """Σ_x p(x) D(P(Y∣x)‖Q(Y∣x)); rows with p(x) = 0 weigh nothing, rows with q(x) = 0 < p(x) are infinite."""
    parts = []
    for row_p, row_q in zip(joint_p, joint_q, strict=True):
        p_x, q_x = float(row_p.sum()), float(row_q.sum())
        if p_x > 0:
            parts.append(p_x * kl(row_p / p_x, row_q / q_x) if q_x > 0 else math.inf)
    return math.fsum(parts)
