"""The Pythagorean identity: past the member of an exponential family with matching moments, divergences add.

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import log, single_laws, support

__all__ = ["pythagoras"]


def pythagoras(p: ArrayLike, rate: float) -> Derivation:
    """D(P‖P_θ) − D(P‖P_θ*) is D(P_θ*‖P_θ) where P_θ* has P's moments; on counts and the Poisson family.

    ``p`` is a law of the counts 0, 1, …, and ``rate`` that of the other member; there T(x) = x, θ = log rate and
    A(θ) = e^θ, and the best rate is P's mean.
    """
    law = single_laws(p=p)["p"]
    counts = np.arange(law.size)
    best = math.fsum(counts * law)
    if best == 0:
        raise ValueError("p must allow a count above 0: no Poisson law has mean 0")
    if not 0 < rate <= 100:
        raise ValueError(f"rate must lie in (0, 100], got {rate!r}")

    def log_probability(rate: float, x: int) -> float:
        return x * math.log(rate) - rate - math.lgamma(x + 1)

    def from_p(p: Any, rate: float) -> float:
        return math.fsum(a * (log(a) - log_probability(rate, int(x))) for a, x in support(p, counts))

    def average(f: Callable[[int], float]) -> float:
        """E f(X) under the best member, term by term until the terms have died out."""
        last = int(best + 40 * math.sqrt(best) + 60)
        return math.fsum(math.exp(log_probability(best, x)) * f(x) for x in range(last))

    def gain(x: int, rate: float) -> float:
        return log_probability(best, x) - log_probability(rate, x)

    def linear(moment: float, rate: float) -> float:
        return (math.log(best) - math.log(rate)) * moment - best + rate

    lines = [
        Line(
            r"D(P\Vert p_\theta) - D(P\Vert p_{\theta^*})",
            lambda p, rate: from_p(p, rate) - from_p(p, best),
        ),
        Line(
            r"\mathbb{E}_P\Bigl[\log\frac{p_{\theta^*}(X)}{p_\theta(X)}\Bigr]",
            lambda p, rate: math.fsum(a * gain(int(x), rate) for a, x in support(p, counts)),
            "=",
            r"$\log p$ cancels",
        ),
        Line(
            r"\langle\theta^*-\theta,\,\mathbb{E}_P[T]\rangle - A(\theta^*) + A(\theta)",
            lambda p, rate: linear(math.fsum(a * x for a, x in support(p, counts)), rate),
            "=",
            "the log-ratio of two members is linear in the statistic",
        ),
        Line(
            r"\langle\theta^*-\theta,\,\mathbb{E}_{\theta^*}[T]\rangle - A(\theta^*) + A(\theta)",
            lambda p, rate: linear(average(float), rate),
            "=",
            r"$p_{\theta^*}$ has $P$'s moments: $\mathbb{E}_{\theta^*}[T]=\mathbb{E}_P[T]$",
        ),
        Line(
            r"\mathbb{E}_{\theta^*}\Bigl[\log\frac{p_{\theta^*}(X)}{p_\theta(X)}\Bigr] = D(p_{\theta^*}\Vert p_\theta)",
            lambda p, rate: average(lambda x: gain(x, rate)),
            "=",
            r"the same steps backwards, with $p_{\theta^*}$ in place of $P$",
        ),
    ]
    return Derivation("The Pythagorean identity", lines, {"p": law, "rate": float(rate)})
