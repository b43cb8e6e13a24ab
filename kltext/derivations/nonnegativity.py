"""Gibbs' inequality: a divergence is never negative.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["gibbs", "gibbs_by_tangent"]


def gibbs(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Gibbs' inequality, D(P‖Q) ≥ 0, with the step that the sum runs over the support of P."""
    example = single_laws(p=p, q=q)
    lines = [
        Line(r"D(P\Vert Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}", kl),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl(-\log\frac{q(x)}{p(x)}\Bigr)",
            lambda p, q: math.fsum(a * -log(b / a) for a, b in support(p, q)),
            "=",
            "a fraction turned over changes the sign of its logarithm",
        ),
        Line(
            r"-\log\sum_{x:\,p(x)>0} p(x)\,\frac{q(x)}{p(x)}",
            lambda p, q: -log(math.fsum(a * (b / a) for a, b in support(p, q))),
            ">=",
            r"Jensen's inequality: $-\log$ is convex, and the weights $p(x)$ sum to one",
        ),
        Line(
            r"-\log Q(\operatorname{supp}P)",
            lambda p, q: -log(math.fsum(b for _, b in support(p, q))),
            "=",
            r"$p(x)$ cancels; what is left is the mass of $Q$ on the outcomes that $P$ allows, which need not be one",
        ),
        Line(
            r"-\log 1 = 0",
            lambda p, q: 0.0,
            ">=",
            r"$Q(\operatorname{supp}P)\le 1$, and $-\log$ decreases",
        ),
    ]
    return Derivation("Gibbs' inequality", lines, example)


def gibbs_by_tangent(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Gibbs' inequality as H(P) ≤ H(P,Q), outcome by outcome, from log t ≤ t − 1."""
    example = single_laws(p=p, q=q)
    lines = [
        Line(
            r"H(P) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)}",
            lambda p, q: math.fsum(-a * log(a) for a, _ in support(p, q)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} \Bigl[p\log\frac{1}{q} + q - p\Bigr](x)",
            lambda p, q: math.fsum(-a * log(b) + b - a for a, b in support(p, q)),
            "<=",
            r"$\log t\le t-1$ at $t=q(x)/p(x)$, times $p(x)$, for each outcome",
        ),
        Line(
            r"H(P,Q) + Q(\operatorname{supp}P) - 1",
            lambda p, q: math.fsum(-a * log(b) for a, b in support(p, q)) + math.fsum(b for _, b in support(p, q)) - 1,
            "=",
            r"$H(P,Q) = \sum p(x)\log\frac{1}{q(x)}$; the $p(x)$ add up to 1, the $q(x)$ to the mass of $Q$ on the outcomes that $P$ allows",
        ),
        Line(
            r"H(P,Q)",
            lambda p, q: math.fsum(-a * log(b) for a, b in support(p, q)),
            "<=",
            "that mass is at most 1",
        ),
    ]
    return Derivation("Entropy is at most cross-entropy", lines, example)
