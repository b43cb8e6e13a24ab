"""Tests with many observations: how fast their errors die out, with every sample written out.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import log, single_laws

__all__ = ["chernoff_bound", "hellinger_errors"]

_MOST = 1_000_000


def _observed(p: ArrayLike, q: ArrayLike, observations: int) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """The two laws, and what gives the probability of every sample of so many observations."""
    n = int(observations)
    if n != observations or n < 1:
        raise ValueError(f"observations must be a whole number of at least 1, got {observations!r}")
    example = single_laws(p=p, q=q)
    if len(example["p"]) ** n > _MOST:
        raise ValueError(f"observations must leave at most a million samples, got {len(example['p'])}^{n}")

    def samples(law: Any) -> Any:
        whole = np.ones(1)
        for _ in range(n):
            whole = np.outer(whole, law).ravel()
        return whole

    return example, samples


def hellinger_errors(p: ArrayLike, q: ArrayLike, observations: int) -> Derivation:
    """The error e of the best test of n observations, with even odds: ½(1 − H²)ⁿ ≥ e ≥ ¼(1 − H²)²ⁿ; sums over all samples."""
    example, samples = _observed(p, q, observations)
    n = int(observations)

    def overlap(p: Any, q: Any) -> float:
        return math.fsum(np.sqrt(p * q))

    def variation(p: Any, q: Any) -> float:
        return math.fsum(np.abs(p - q)) / 2

    lines = [
        Line(
            r"\tfrac12\,(1-H^2)^n",
            lambda p, q: (1 - math.fsum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2) ** n / 2,
        ),
        Line(
            r"\tfrac12\sum_{x_1,\dots,x_n}\sqrt{pq}",
            lambda p, q: overlap(samples(p), samples(q)) / 2,
            "=",
            r"$1-H^2 = \sum_x\sqrt{p(x)\,q(x)}$, and the power of this sum runs over samples; $p$ and $q$ are now their probabilities",
        ),
        Line(
            r"\tfrac12\sum_{x_1,\dots,x_n}\min(p,q)",
            lambda p, q: math.fsum(np.minimum(samples(p), samples(q))) / 2,
            ">=",
            "a geometric mean is at least the smaller of its two numbers",
        ),
        Line(
            r"\tfrac12\bigl(1-\mathrm{TV}(P^n,Q^n)\bigr) = e_n",
            lambda p, q: (1 - variation(samples(p), samples(q))) / 2,
            "=",
            r"$\min(p,q) = \frac12(p+q)-\frac12\lvert p-q\rvert$",
        ),
        Line(
            r"\tfrac12\bigl(1-\sqrt{1-(1-H^2)^{2n}}\bigr)",
            lambda p, q: (1 - math.sqrt(max(0.0, 1 - overlap(p, q) ** (2 * n)))) / 2,
            ">=",
            r"the Hellinger sandwich for whole samples, $\mathrm{TV}^2\le H^2(2-H^2) = 1-\bigl(\sum\sqrt{pq}\bigr)^2$; this sum is $(1-H^2)^n$",
        ),
        Line(
            r"\tfrac14\,(1-H^2)^{2n}",
            lambda p, q: overlap(p, q) ** (2 * n) / 4,
            ">=",
            r"$\sqrt{1-u}\le1-\frac u2$",
        ),
    ]
    return Derivation("Hellinger's distance holds the error from both sides", lines, example)


def chernoff_bound(p: ArrayLike, q: ArrayLike, alpha: float, observations: int) -> Derivation:
    """With even odds the best test of n observations errs with probability at most ½·exp(−n(1 − α)·D_α); sums over all samples."""
    order, n = float(alpha), int(observations)
    if not 0 < order < 1:
        raise ValueError(f"alpha must lie strictly between 0 and 1, got {alpha!r}")
    example, samples = _observed(p, q, observations)

    def power(p: Any, q: Any) -> float:
        return math.fsum(p**order * q ** (1 - order))

    lines = [
        Line(
            r"e_n = \tfrac12\bigl(1-\mathrm{TV}(P^n,Q^n)\bigr)",
            lambda p, q: (1 - math.fsum(np.abs(samples(p) - samples(q))) / 2) / 2,
        ),
        Line(
            r"\tfrac12\sum_{x_1,\dots,x_n}\min(p,q)",
            lambda p, q: math.fsum(np.minimum(samples(p), samples(q))) / 2,
            "=",
            r"$\min(p,q) = \frac12(p+q)-\frac12\lvert p-q\rvert$, with $p$ and $q$ the probabilities of the whole sample",
        ),
        Line(
            r"\tfrac12\sum_{x_1,\dots,x_n}p^\alpha q^{1-\alpha}",
            lambda p, q: power(samples(p), samples(q)) / 2,
            "<=",
            "the smaller of two numbers is at most any weighted geometric mean of both",
        ),
        Line(
            r"\tfrac12\Bigl(\sum_x p(x)^\alpha q(x)^{1-\alpha}\Bigr)^n",
            lambda p, q: power(p, q) ** n / 2,
            "=",
            "the probability of a sample is a product, and the sum of products over all samples is a product of sums",
        ),
        Line(
            r"\tfrac12\,e^{-n\,(1-\alpha)\,D_\alpha(P\Vert Q)}",
            lambda p, q: math.exp(-n * (1 - order) * -log(power(p, q)) / (1 - order)) / 2,
            "=",
            r"$(\alpha-1)\,D_\alpha = \log\sum_x p^\alpha q^{1-\alpha}$, by definition",
        ),
    ]
    return Derivation("Errors die out at least this fast", lines, example)
