"""The GAN's game: why no discriminator scores above 2·JS − log 4, and what each generator loss descends.

Explained in: chapters/gan
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["generator_slope", "non_saturating", "optimal_discriminator"]


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


def non_saturating(p: ArrayLike, q: ArrayLike) -> Derivation:
    """D(Q‖P) − 2·JS(P, Q) = 2·D(M‖P): reverse KL less twice Jensen–Shannon is twice a KL from the mixture."""
    example = single_laws(p=p, q=q)

    def terms(p: Any, q: Any) -> Iterator[tuple[float, float, float]]:
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            if a > 0 or b > 0:
                yield a, b, (a + b) / 2

    def weigh(mass: float, over: float, under: float) -> float:
        return mass * (log(over) - log(under)) if mass > 0 else 0.0

    lines = [
        Line(
            r"D(Q\Vert P) - 2\,\mathrm{JS}(P,Q)",
            lambda p, q: kl(q, p) - kl(p, (p + q) / 2) - kl(q, (p + q) / 2),
        ),
        Line(
            r"\sum_x q\log\frac qp - \sum_x p\log\frac pm - \sum_x q\log\frac qm",
            lambda p, q: math.fsum(weigh(b, b, a) - weigh(a, a, m) - weigh(b, b, m) for a, b, m in terms(p, q)),
            "=",
            r"by definition, with $m = \tfrac12(p+q)$",
        ),
        Line(
            r"\sum_x q\log\frac mp + \sum_x p\log\frac mp",
            lambda p, q: math.fsum(weigh(b, m, a) + weigh(a, m, a) for a, b, m in terms(p, q)),
            "=",
            r"in the $q$-terms $\log q$ cancels; in the $p$-term the ratio is turned over",
        ),
        Line(
            r"2\sum_x m\log\frac mp = 2\,D(M\Vert P)",
            lambda p, q: 2 * kl((p + q) / 2, p),
            "=",
            "$p+q = 2m$",
        ),
    ]
    return Derivation("What the non-saturating loss is left with", lines, example)


def generator_slope(p: ArrayLike, q: ArrayLike, direction: ArrayLike) -> Derivation:
    """The slope of −E_Q[log D*] in Q, with D* held fixed, is the slope of 2·D(M‖P); for laws without zeros."""
    example = single_laws(p=p, q=q)
    for name, law in example.items():
        require(np, law > 0, f"{name} must be positive", law)
    _, array = as_arrays(direction=direction)
    delta = plain(array).astype(float)
    if delta.shape != example["p"].shape:
        raise ValueError(f"direction must have shape {example['p'].shape} to fit p, got {tuple(delta.shape)}")
    if not abs(math.fsum(delta)) <= 1e-12 * math.fsum(abs(delta)):
        raise ValueError(f"direction must sum to 0, got {math.fsum(delta)!r}")
    example["delta"] = delta
    step = 1e-3 * float(min(example["q"])) / max(float(np.max(abs(delta))), 1e-300)

    def moved(p: Any, q: Any, delta: Any) -> float:
        """The slope of 2·D(M‖P) by five points, whose error is of the fourth order in the step."""

        def at(k: int) -> float:
            return 2 * kl((p + q + k * step * delta) / 2, p)

        return float((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step))

    def against(delta: Any, values: Any) -> float:
        return math.fsum(delta * values)

    lines = [
        Line(
            r"\frac{\mathrm d}{\mathrm d\varepsilon}\,\mathbb{E}_{Q+\varepsilon\delta}\bigl[-\log D^*\bigr]",
            lambda p, q, delta: against(delta, [-log(a / (a + b)) for a, b in zip(p.tolist(), q.tolist(), strict=True)]),
        ),
        Line(
            r"\sum_x\delta\log\frac{p+q}{p}",
            lambda p, q, delta: against(delta, np.log1p(q / p)),
            "=",
            r"$D^* = p/(p+q)$ of the present $Q$, held fixed while the samples move",
        ),
        Line(
            r"\sum_x\delta\,\Bigl[\log\frac{p+q}{2p} + 1\Bigr]",
            lambda p, q, delta: against(delta, np.log((p + q) / (2 * p)) + 1),
            "=",
            r"$\sum\delta = 0$, so a constant may be added",
        ),
        Line(
            r"\frac{\mathrm d}{\mathrm d\varepsilon}\,2\,D\Bigl(\tfrac12(P+Q+\varepsilon\delta)\Big\Vert P\Bigr)",
            moved,
            "=",
            r"the derivative of $(p+q)\log\frac{p+q}{2p}$ in $q$; its value here is measured, by differences",
        ),
    ]
    return Derivation("The slope that the generator feels", lines, example, relative=1e-6, absolute=1e-8)
