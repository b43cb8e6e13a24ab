"""Total variation held between other divergences, and averages held by χ², by the Cauchy–Schwarz inequality.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["bretagnolle_huber", "hellinger_sandwich", "mean_shift"]


def _variation(p: Any, q: Any) -> float:
    return math.fsum(np.abs(p - q)) / 2


def _affinity(p: Any, q: Any) -> float:
    return math.fsum(np.sqrt(p * q))


def bretagnolle_huber(p: ArrayLike, q: ArrayLike) -> Derivation:
    """The inequality of Bretagnolle and Huber, D(P‖Q) ≥ −log(1 − TV²), by way of the overlap of the two laws."""
    example = single_laws(p=p, q=q)

    def negative_log(value: float) -> float:
        return -log(value) if value > 0 else math.inf

    lines = [
        Line(r"D(P\Vert Q) = -2\,\mathbb{E}_P\Bigl[\log\sqrt{\tfrac qp}\Bigr]", kl),
        Line(
            r"-2\log\sum_x\sqrt{pq}",
            lambda p, q: 2 * negative_log(_affinity(p, q)),
            ">=",
            r"Jensen's inequality, since $-\log$ is convex; $p\sqrt{q/p} = \sqrt{pq}$",
        ),
        Line(
            r"-\log\Bigl(\sum_x\sqrt{\min(p,q)\cdot\max(p,q)}\Bigr)^2",
            lambda p, q: negative_log(math.fsum(np.sqrt(np.minimum(p, q) * np.maximum(p, q))) ** 2),
            "=",
            "of two numbers one is the smaller and one the larger",
        ),
        Line(
            r"-\log\Bigl(\sum_x\min(p,q)\cdot\sum_x\max(p,q)\Bigr)",
            lambda p, q: negative_log(math.fsum(np.minimum(p, q)) * math.fsum(np.maximum(p, q))),
            ">=",
            "the Cauchy–Schwarz inequality",
        ),
        Line(
            r"-\log\bigl((1-\mathrm{TV})(1+\mathrm{TV})\bigr) = -\log(1-\mathrm{TV}^2)",
            lambda p, q: negative_log((1 - _variation(p, q)) * (1 + _variation(p, q))),
            "=",
            r"$\min$ and $\max$ are $\frac12(p+q)\mp\frac12\lvert p-q\rvert$, and sum to $1\mp\mathrm{TV}$",
        ),
    ]
    return Derivation("Bretagnolle and Huber's inequality", lines, example)


def hellinger_sandwich(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Total variation between two functions of the Hellinger distance: H² ≤ TV ≤ H√(2 − H²)."""
    example = single_laws(p=p, q=q)

    def squared(p: Any, q: Any) -> float:
        return math.fsum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2

    lines = [
        Line(r"H^2 = \tfrac12\sum_x\bigl(\sqrt p-\sqrt q\bigr)^2", squared),
        Line(
            r"\tfrac12\sum_x\bigl\lvert\sqrt p-\sqrt q\bigr\rvert\,\bigl(\sqrt p+\sqrt q\bigr)",
            lambda p, q: math.fsum(np.abs(np.sqrt(p) - np.sqrt(q)) * (np.sqrt(p) + np.sqrt(q))) / 2,
            "<=",
            "a difference of two numbers that are not negative is at most their sum",
        ),
        Line(
            r"\tfrac12\sum_x\lvert p-q\rvert = \mathrm{TV}",
            _variation,
            "=",
            r"$(\sqrt p-\sqrt q)(\sqrt p+\sqrt q) = p-q$",
        ),
        Line(
            r"\tfrac12\Bigl[\sum_x\bigl(\sqrt p-\sqrt q\bigr)^2\sum_x\bigl(\sqrt p+\sqrt q\bigr)^2\Bigr]^{1/2}",
            lambda p, q: math.sqrt(math.fsum((np.sqrt(p) - np.sqrt(q)) ** 2) * math.fsum((np.sqrt(p) + np.sqrt(q)) ** 2)) / 2,
            "<=",
            "the Cauchy–Schwarz inequality for the same sum",
        ),
        Line(
            r"\tfrac12\bigl[2H^2\,(4-2H^2)\bigr]^{1/2} = H\sqrt{2-H^2}",
            lambda p, q: math.sqrt(squared(p, q) * (2 - squared(p, q))),
            "=",
            r"$\sum(\sqrt p\pm\sqrt q)^2 = 2\pm2\sum\sqrt{pq}$, and $\sum\sqrt{pq} = 1-H^2$",
        ),
    ]
    return Derivation("The Hellinger sandwich", lines, example)


def mean_shift(p: ArrayLike, q: ArrayLike, statistic: ArrayLike) -> Derivation:
    """No average moves by more than √χ² of its standard deviations: (E_P g − E_Q g)² ≤ χ²(P‖Q)·Var_Q g."""
    example = single_laws(p=p, q=q)
    require(np, example["q"] > 0, "q must be positive", example["q"])
    xp, array = as_arrays(statistic=statistic)
    if tuple(array.shape) != example["p"].shape:
        raise ValueError(f"statistic must have shape {example['p'].shape} to fit p, got {tuple(array.shape)}")
    require(xp, xp.isfinite(array), "statistic must be finite", array)
    example["g"] = plain(array).astype(float)

    def centred(q: Any, g: Any) -> Any:
        return g - math.fsum(q * g)

    lines = [
        Line(
            r"\bigl(\mathbb{E}_P[g]-\mathbb{E}_Q[g]\bigr)^2",
            lambda p, q, g: (math.fsum(p * g) - math.fsum(q * g)) ** 2,
        ),
        Line(
            r"\Bigl(\sum_x q\,\Bigl(\frac pq-1\Bigr)\bigl(g-\mathbb{E}_Q[g]\bigr)\Bigr)^2",
            lambda p, q, g: math.fsum(q * (p / q - 1) * centred(q, g)) ** 2,
            "=",
            r"$\sum_x(p-q) = 0$, so a constant may be taken from $g$",
        ),
        Line(
            r"\sum_x q\,\Bigl(\frac pq-1\Bigr)^2\cdot\sum_x q\,\bigl(g-\mathbb{E}_Q[g]\bigr)^2",
            lambda p, q, g: math.fsum(q * (p / q - 1) ** 2) * math.fsum(q * centred(q, g) ** 2),
            "<=",
            "the Cauchy–Schwarz inequality for averages under $Q$",
        ),
        Line(
            r"\chi^2(P\Vert Q)\,\operatorname{Var}_Q[g]",
            lambda p, q, g: math.fsum((p - q) ** 2 / q) * (math.fsum(q * g**2) - math.fsum(q * g) ** 2),
            "=",
            "by definition; with equality if $g$ is the ratio itself",
        ),
    ]
    return Derivation("How far an average can move", lines, example)
