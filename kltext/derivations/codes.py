"""What the wrong code costs, and what the wrong odds pay: the two everyday prices of a divergence.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["betting_growth", "wrong_code_cost"]


def _entropy(p: object) -> float:
    return math.fsum(-a * log(a) for (a,) in support(p))


def _whole_bits(q: float) -> float:
    """⌈log₂ 1/q⌉, exact also at powers of two: q = m·2^e with ½ ≤ m < 1, so −log₂ q lies in (−e, 1 − e]."""
    return 1 - math.frexp(q)[1] if q > 0 else math.inf


def wrong_code_cost(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Shannon's whole-bit code for Q, used on data from P, costs between H(P) + D(P‖Q) bits and one bit more."""
    example = single_laws(p=p, q=q)
    bit = math.log(2)
    lines = [
        Line(r"H(P) + D(P\Vert Q)", lambda p, q: (_entropy(p) + kl(p, q)) / bit),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log_2\frac1{q(x)} = H(P,Q)",
            lambda p, q: math.fsum(-a * log(b) / bit for a, b in support(p, q)),
            "=",
            "cross-entropy is entropy plus divergence",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\,\Bigl\lceil\log_2\frac1{q(x)}\Bigr\rceil = L",
            lambda p, q: math.fsum(a * _whole_bits(b) for a, b in support(p, q)),
            "<=",
            "rounding up shortens no code word",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl(\log_2\frac1{q(x)} + 1\Bigr)",
            lambda p, q: math.fsum(a * (1 - log(b) / bit) for a, b in support(p, q)),
            "<=",
            "and adds less than one bit to each",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log_2\frac1{q(x)} + 1 = H(P,Q) + 1",
            lambda p, q: math.fsum(-a * log(b) / bit for a, b in support(p, q)) + 1,
            "=",
            "the $p(x)$ add up to 1",
        ),
        Line(
            r"H(P) + D(P\Vert Q) + 1",
            lambda p, q: (_entropy(p) + kl(p, q)) / bit + 1,
            "=",
            "cross-entropy is entropy plus divergence",
        ),
    ]
    return Derivation("The price of the wrong whole-bit code, in bits", lines, example)


def betting_growth(p: ArrayLike, belief: ArrayLike, odds: ArrayLike) -> Derivation:
    """The rate at which log-wealth grows: D(P‖Q) − D(P‖B), for stakes B against the fair odds of Q."""
    example = single_laws(p=p, belief=belief, odds=odds)
    lines = [
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{b(x)}{q(x)}",
            lambda p, belief, odds: math.fsum(a * log(b / q) for a, b, q in support(p, belief, odds)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\Bigl(\frac{p(x)}{q(x)}\cdot\frac{b(x)}{p(x)}\Bigr)",
            lambda p, belief, odds: math.fsum(a * log((a / q) * (b / a)) for a, b, q in support(p, belief, odds)),
            "=",
            "multiply and divide by $p(x)$, which is not zero in this sum",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)} - \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{b(x)}",
            lambda p, belief, odds: math.fsum(a * (log(a / q) - log(a / b)) for a, b, q in support(p, belief, odds)),
            "=",
            "the logarithm of a product; the second fraction turned over changes the sign",
        ),
        Line(
            r"D(P\Vert Q) - D(P\Vert B)",
            lambda p, belief, odds: kl(p, odds) - kl(p, belief),
            "=",
            "by definition, twice",
        ),
        Line(
            r"D(P\Vert Q)",
            lambda p, belief, odds: kl(p, odds),
            "<=",
            "Gibbs' inequality; with equality exactly for $B=P$",
        ),
    ]
    return Derivation("How fast log-wealth grows", lines, example)
