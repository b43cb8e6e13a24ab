"""Divergence, entropy and cross-entropy as averages of surprise.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["cross_entropy_identity", "kl_by_surprise"]


def cross_entropy_identity(p: ArrayLike, q: ArrayLike) -> Derivation:
    """H(P, Q) = H(P) + D(P‖Q)."""
    example = single_laws(p=p, q=q)
    lines = [
        Line(
            r"H(P,Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{q(x)}",
            lambda p, q: math.fsum(-a * log(b) for a, b in support(p, q)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\Bigl(\frac{1}{p(x)}\cdot\frac{p(x)}{q(x)}\Bigr)",
            lambda p, q: math.fsum(a * -log(a * (b / a)) for a, b in support(p, q)),
            "=",
            r"multiply and divide by $p(x)$, which is not zero in this sum",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)} + \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}",
            lambda p, q: math.fsum(a * (-log(a) + (log(a) - log(b))) for a, b in support(p, q)),
            "=",
            "the logarithm of a product is the sum of the logarithms",
        ),
        Line(
            r"H(P) + D(P\Vert Q)",
            lambda p, q: math.fsum(-a * log(a) for (a,) in support(p)) + kl(p, q),
            "=",
            "the two sums are these two averages, by definition",
        ),
    ]
    return Derivation("Cross-entropy is entropy plus divergence", lines, example)


def kl_by_surprise(p: ArrayLike, q: ArrayLike) -> Derivation:
    """D(P‖Q) is the average extra surprise of a reader who believes Q while P is true."""
    example = single_laws(p=p, q=q)
    lines = [
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl[\log\frac{1}{q(x)} - \log\frac{1}{p(x)}\Bigr]",
            lambda p, q: math.fsum(a * (-log(b) - -log(a)) for a, b in support(p, q)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}",
            lambda p, q: math.fsum(a * -log(b / a) for a, b in support(p, q)),
            "=",
            "a difference of logarithms is the logarithm of the quotient",
        ),
        Line(r"D(P\Vert Q)", kl, "=", "by definition"),
    ]
    return Derivation("Divergence is average extra surprise", lines, example)
