"""Games with one observation: which law was it, and how much does it tell?

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws

__all__ = ["js_by_urn", "testing_advantage"]

_MOST = 12


def testing_advantage(p: ArrayLike, q: ArrayLike) -> Derivation:
    """The best test of P against Q with even odds is right with probability ½(1 + TV); by trying every test."""
    example = single_laws(p=p, q=q)
    if len(example["p"]) > _MOST:
        raise ValueError(f"p must have at most {_MOST} outcomes, of which every subset is tried, got {len(example['p'])}")

    def events(p: Any) -> Any:
        return (np.array(inside, dtype=bool) for inside in product((False, True), repeat=len(p)))

    lines = [
        Line(
            r"\max_E\;\tfrac12P(E) + \tfrac12Q(E^{\mathsf c})",
            lambda p, q: max(math.fsum(p[a]) / 2 + math.fsum(q[~a]) / 2 for a in events(p)),
        ),
        Line(
            r"\tfrac12 + \tfrac12\max_E\bigl[P(E)-Q(E)\bigr]",
            lambda p, q: 0.5 + max(math.fsum(p[a]) - math.fsum(q[a]) for a in events(p)) / 2,
            "=",
            r"$Q(E^{\mathsf c}) = 1-Q(E)$; say $P$ on $E$, and the bracket is power minus size",
        ),
        Line(
            r"\tfrac12 + \tfrac12\sum_{x:\,p>q}(p-q)",
            lambda p, q: 0.5 + math.fsum(d for d in (p - q).tolist() if d > 0) / 2,
            "=",
            r"each outcome with $p>q$ adds to the bracket, each with $p<q$ takes away: the best $E$ is $\{p>q\}$",
        ),
        Line(
            r"\tfrac12 + \tfrac12\cdot\tfrac12\sum_x\lvert p-q\rvert",
            lambda p, q: 0.5 + math.fsum(abs(d) for d in (p - q).tolist()) / 4,
            "=",
            r"$\sum(p-q) = 0$: what exceeds on one side is missing on the other",
        ),
        Line(
            r"\tfrac12\bigl(1+\mathrm{TV}(P,Q)\bigr)",
            lambda p, q: (1 + math.fsum(abs(d) for d in (p - q).tolist()) / 2) / 2,
            "=",
            "by definition",
        ),
    ]
    return Derivation("The best test is right with probability ½(1 + TV)", lines, example)


def js_by_urn(p: ArrayLike, q: ArrayLike) -> Derivation:
    """JS is what one ball tells about the urn: the mutual information of a fair choice of urn and the ball."""
    example = single_laws(p=p, q=q)

    def uncertain(p: Any, q: Any) -> float:
        """Σ m(x) h(p/(p + q)): what remains unknown of the urn once the ball is seen."""
        parts = []
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            m = (a + b) / 2
            parts += [m * -u * log(u) for u in (a / (a + b), b / (a + b)) if u > 0] if m > 0 else []
        return math.fsum(parts)

    def joint(p: Any, q: Any) -> float:
        """Σ over urn and ball of p(u, x) log p(u, x)/(½·m(x))."""
        m = (p + q) / 2
        cells = [(a / 2, c / 2) for law in (p, q) for a, c in zip(law.tolist(), m.tolist(), strict=True) if a > 0]
        return math.fsum(a * (log(a) - log(c)) for a, c in cells)

    lines = [
        Line(r"I(U;X) = \log 2 - H(U\mid X)", lambda p, q: math.log(2) - uncertain(p, q)),
        Line(
            r"\sum_{u,x}p(u,x)\log\frac{p(u,x)}{\frac12\,m(x)}",
            joint,
            "=",
            r"mutual information is the divergence of the pair from independence; $m=\frac12(p+q)$ is the law of the ball",
        ),
        Line(
            r"\tfrac12\sum_x p\log\frac pm + \tfrac12\sum_x q\log\frac qm = \mathrm{JS}(P,Q)",
            lambda p, q: kl(p, (p + q) / 2) / 2 + kl(q, (p + q) / 2) / 2,
            "=",
            r"$p(u,x)$ is $\frac12p(x)$ in the one urn and $\frac12q(x)$ in the other; the ½ cancels in the ratio",
        ),
        Line(
            r"\mathrm{TV}(P,Q)\,\log 2",
            lambda p, q: math.log(2) * math.fsum(abs(d) for d in (p - q).tolist()) / 2,
            "<=",
            r"the first line is $\sum_x m\,[\log2-h(v)]$ with $v=\frac{p}{p+q}$, and the concave $h$ lies above its"
            r" chords: $h(v)\ge\log2\,(1-\lvert2v-1\rvert)$",
        ),
        Line(r"\log 2", lambda p, q: math.log(2), "<=", r"$\mathrm{TV}\le1$; no ball tells more than the one bit asked for"),
    ]
    return Derivation("What a ball tells about the urn", lines, example)
