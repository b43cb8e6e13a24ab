"""The GAN's game: why no discriminator scores above 2·JS − log 4.

Explained in: chapters/gan
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["optimal_discriminator"]


def optimal_discriminator(p: ArrayLike, q: ArrayLike, d: ArrayLike) -> Derivation:
    """V(D) ≤ V(D*) = 2·JS(P, Q) − log 4 for any discriminator d, whose shortfall is a divergence."""
    example = single_laws(p=p, q=q)
    xp, array = as_arrays(d=d)
    require(xp, (array >= 0) & (array <= 1), "d must lie between 0 and 1", array)
    if tuple(array.shape) != example["p"].shape:
        raise ValueError(f"d must have shape {example['p'].shape} to fit p, got {tuple(array.shape)}")
    example["d"] = plain(array).astype(float)

    def sums(
        p: Any, q: Any, d: Any, real: Callable[..., float], fake: Callable[..., float]
    ) -> Iterator[tuple[float, float]]:
        """p·real(…) and q·fake(…) for every outcome, each where its weight is positive."""
        for a, b, c in zip(p.tolist(), q.tolist(), d.tolist(), strict=True):
            yield (a * real(a, b, c) if a > 0 else 0.0), (b * fake(a, b, c) if b > 0 else 0.0)

    def add(pairs: Iterator[tuple[float, float]]) -> float:
        return math.fsum(term for pair in pairs for term in pair)

    def best(p: Any, q: Any, d: Any) -> float:
        return add(sums(p, q, d, lambda a, b, c: log(a / (a + b)), lambda a, b, c: log(b / (a + b))))

    def short(p: Any, q: Any, d: Any) -> float:
        def missed(a: float, b: float, c: float) -> float:
            return log(a / (a + b)) - log(c)

        def passed(a: float, b: float, c: float) -> float:
            return log(b / (a + b)) - log(1 - c)

        return add(sums(p, q, d, missed, passed))

    def halves(p: Any, q: Any, d: Any) -> float:
        def minus_log_2(mass: float, mixture: float) -> float:
            return log(mass / mixture) - math.log(2)

        return add(
            sums(p, q, d, lambda a, b, c: minus_log_2(a, (a + b) / 2), lambda a, b, c: minus_log_2(b, (a + b) / 2))
        )

    def js(p: Any, q: Any) -> float:
        m = (p + q) / 2
        return (kl(p, m) + kl(q, m)) / 2

    lines = [
        Line(
            r"V(D) = \sum_x p\log D + \sum_x q\log(1-D)",
            lambda p, q, d: add(sums(p, q, d, lambda a, b, c: log(c), lambda a, b, c: log(1 - c))),
        ),
        Line(
            r"\sum_x p\log D^* + \sum_x q\log(1-D^*)"
            r" - \sum_x (p+q)\Bigl[D^*\log\frac{D^*}{D} + (1-D^*)\log\frac{1-D^*}{1-D}\Bigr]",
            lambda p, q, d: best(p, q, d) - short(p, q, d),
            "=",
            r"$p = (p+q)D^*$ and $q = (p+q)(1-D^*)$ with $D^* = p/(p+q)$: add and subtract $\log D^*$, $\log(1-D^*)$",
        ),
        Line(
            r"\sum_x p\log\frac{p}{p+q} + \sum_x q\log\frac{q}{p+q}",
            best,
            "<=",
            r"the bracket is a divergence between two laws of the label, never negative, and zero for $D = D^*$",
        ),
        Line(
            r"\sum_x p\Bigl[\log\frac{p}{m}-\log 2\Bigr] + \sum_x q\Bigl[\log\frac{q}{m}-\log 2\Bigr]",
            halves,
            "=",
            r"$p+q = 2m$, where $m$ is the mixture's law",
        ),
        Line(
            r"D(P\Vert M) + D(Q\Vert M) - \log 4",
            lambda p, q, d: kl(p, (p + q) / 2) + kl(q, (p + q) / 2) - math.log(4),
            "=",
            "both laws sum to one",
        ),
        Line(r"2\,\mathrm{JS}(P,Q) - \log 4", lambda p, q, d: 2 * js(p, q) - math.log(4), "=", "by definition"),
    ]
    return Derivation("The best discriminator measures Jensen–Shannon", lines, example)
