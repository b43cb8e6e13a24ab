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

__all__ = ["chain_rule", "data_processing", "total_correlation"]


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


def total_correlation(joint_p: ArrayLike, q_x: ArrayLike, q_y: ArrayLike) -> Derivation:
    """Against a Q with independent coordinates, D is the sum over coordinates plus what P's own dependence costs."""
    example = {**joint_laws(joint_p=joint_p), **single_laws(q_x=q_x), **single_laws(q_y=q_y)}
    shape = example["joint_p"].shape
    if (len(example["q_x"]), len(example["q_y"])) != shape:
        fits = f"{len(example['q_x'])} and {len(example['q_y'])}"
        raise ValueError(f"q_x and q_y must fit the rows and columns of joint_p, {shape}, got {fits} outcomes")

    def parts(joint_p: Any, q_x: Any, q_y: Any) -> Iterator[tuple[float, float, float, float]]:
        """(p(x,y), log p(x,y)/p(x)p(y), log p(x)/q(x), log p(y)/q(y)) over the support."""
        p_x, p_y = joint_p.sum(axis=1), joint_p.sum(axis=0)
        for i, row in enumerate(joint_p):
            for p_xy, a, b in support(row, p_y, q_y):
                yield p_xy, log(p_xy) - log(p_x[i]) - log(a), log(p_x[i]) - log(q_x[i]), log(a) - log(b)

    def single(part: int) -> Any:
        return lambda *laws: math.fsum(row[0] * row[part] for row in parts(*laws))

    lines = [
        Line(
            r"D(P\Vert Q) = \sum_{x,y} p(x,y)\log\frac{p(x,y)}{q(x)\,q(y)}",
            lambda joint_p, q_x, q_y: kl(joint_p.ravel(), (q_x[:, None] * q_y).ravel()),
        ),
        Line(
            r"\sum_{x,y} p(x,y)\Bigl[\log\frac{p(x,y)}{p(x)\,p(y)} + \log\frac{p(x)}{q(x)} + \log\frac{p(y)}{q(y)}\Bigr]",
            lambda joint_p, q_x, q_y: math.fsum(w * (t + a + b) for w, t, a, b in parts(joint_p, q_x, q_y)),
            "=",
            "$p(x)\\,p(y)$ put in and taken out",
        ),
        Line(
            r"\sum_{x,y} p(x,y)\log\frac{p(x,y)}{p(x)\,p(y)} + \sum_x p(x)\log\frac{p(x)}{q(x)} + \sum_y p(y)\log\frac{p(y)}{q(y)}",
            lambda joint_p, q_x, q_y: sum(single(part)(joint_p, q_x, q_y) for part in (1, 2, 3)),
            "=",
            r"a part that needs one coordinate only is averaged over that one: $\sum_y p(x,y)=p(x)$",
        ),
        Line(
            r"D(P\Vert P_X\otimes P_Y) + D(P_X\Vert Q_X) + D(P_Y\Vert Q_Y)",
            lambda joint_p, q_x, q_y: (
                kl(joint_p.ravel(), (joint_p.sum(axis=1)[:, None] * joint_p.sum(axis=0)).ravel())
                + kl(joint_p.sum(axis=1), q_x)
                + kl(joint_p.sum(axis=0), q_y)
            ),
            "=",
            "three divergences, so three costs that are never negative",
        ),
    ]
    return Derivation("What a sum over coordinates leaves out", lines, example)


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
