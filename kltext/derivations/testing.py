"""Games with observations: which law was it, how much do they tell, and how fast do errors die out?

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

__all__ = ["chernoff_bound", "js_by_urn", "testing_advantage"]

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
            r"\sum_{u,x}p(u,x)\log\frac{p(u,x)}{\frac12\,m(x)},\quad m = \tfrac12(p+q)",
            joint,
            "=",
            "mutual information is the divergence of the pair from independence; $m$ is the law of the ball",
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


def chernoff_bound(p: ArrayLike, q: ArrayLike, alpha: float, observations: int) -> Derivation:
    """With even odds the best test of n observations errs with probability at most ½·exp(−n(1 − α)·D_α); sums over all samples."""
    order, n = float(alpha), int(observations)
    if not 0 < order < 1:
        raise ValueError(f"alpha must lie strictly between 0 and 1, got {alpha!r}")
    if n != observations or n < 1:
        raise ValueError(f"observations must be a whole number of at least 1, got {observations!r}")
    example = single_laws(p=p, q=q)
    if len(example["p"]) ** n > 1_000_000:
        raise ValueError(f"observations must leave at most a million samples, got {len(example['p'])}^{n}")

    def samples(law: Any) -> Any:
        """The probability of every sample."""
        whole = np.ones(1)
        for _ in range(n):
            whole = np.outer(whole, law).ravel()
        return whole

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
