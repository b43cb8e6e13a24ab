"""What each direction of the divergence charges for: events that Q forgets, events that Q invents, and a constant that drops out.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["event_bound", "missed_mass", "unnormalised_target"]


def event_bound(p: ArrayLike, q: ArrayLike, event: Sequence[int]) -> Derivation:
    """D(P‖Q) is at least P(A) log 1/Q(A) − log 2 for the event A, a list of positions of outcomes."""
    example = {**single_laws(p=p, q=q)}
    inside = _event(event, example["p"].size)

    def mass(law: Any) -> tuple[float, float]:
        """P(A) and the rest, each summed from its own outcomes."""
        values = law.tolist()
        return math.fsum(values[x] for x in inside), math.fsum(v for x, v in enumerate(values) if x not in inside)

    def entropy(p: Any) -> float:
        return math.fsum(-a * log(a) for a in mass(p) if a > 0)

    def charged(p: Any, q: Any) -> list[float]:
        return [-a * log(b) for a, b in zip(mass(p), mass(q), strict=True) if a > 0]

    lines = [
        Line(r"D(P\Vert Q)", lambda p, q: kl(p, q)),
        Line(
            r"P(A)\log\frac{P(A)}{Q(A)} + P(A^c)\log\frac{P(A^c)}{Q(A^c)}",
            lambda p, q: math.fsum(a * (log(a) - log(b)) for a, b in zip(mass(p), mass(q), strict=True) if a > 0),
            ">=",
            "data processing: only whether $A$ happened is looked at",
        ),
        Line(
            r"P(A)\log\frac1{Q(A)} + P(A^c)\log\frac1{Q(A^c)} - H(P(A),P(A^c))",
            lambda p, q: math.fsum(charged(p, q)) - entropy(p),
            "=",
            "the terms of $P$ alone are minus the entropy of a coin",
        ),
        Line(
            r"P(A)\log\frac1{Q(A)} - \log 2",
            lambda p, q: (-mass(p)[0] * log(mass(q)[0]) if mass(p)[0] > 0 else 0.0) - math.log(2),
            ">=",
            r"$\log\frac1{Q(A^c)}\ge0$, and no coin has more entropy than $\log 2$",
        ),
    ]
    return Derivation("What an event forces", lines, example)


def missed_mass(q: ArrayLike, p: ArrayLike) -> Derivation:
    """For Q that lives on A, D(Q‖P) is the divergence to P given A plus log 1/P(A); A is where ``q`` is positive."""
    example = single_laws(q=q, p=p)

    def covered(q: Any, p: Any) -> float:
        return math.fsum(b for _, b in support(q, p))

    def given(q: Any, p: Any) -> float:
        """D(Q‖P(·|A))."""
        total = covered(q, p)
        return math.fsum(a * (log(a) - log(b / total)) for a, b in support(q, p)) if total > 0 else math.inf

    lines = [
        Line(r"D(Q\Vert P) = \sum_{x\in A} q(x)\log\frac{q(x)}{p(x)}", lambda q, p: kl(q, p)),
        Line(
            r"\sum_{x\in A} q(x)\Bigl[\log\frac{q(x)}{p(x)/P(A)} + \log\frac1{P(A)}\Bigr]",
            lambda q, p: math.fsum(
                a * (log(a) - log(b / covered(q, p)) - log(covered(q, p))) if b > 0 else math.inf for a, b in support(q, p)
            ),
            "=",
            "$P(A)$ multiplied and divided",
        ),
        Line(
            r"D\bigl(Q\Vert P(\cdot\mid A)\bigr) + \log\frac1{P(A)}",
            lambda q, p: given(q, p) - log(covered(q, p)),
            "=",
            "$Q(A)=1$, so the constant is averaged as it is; $p(x)/P(A)$ is $P$ given $A$",
        ),
        Line(
            r"\log\frac1{P(A)}",
            lambda q, p: -log(covered(q, p)),
            ">=",
            r"Gibbs' inequality; with equality exactly for $Q=P(\cdot\mid A)$",
        ),
    ]
    return Derivation("What the missing mass costs", lines, example)


def unnormalised_target(q: ArrayLike, weights: ArrayLike) -> Derivation:
    """D(Q‖P) for P in proportion to ``weights``: the sum Z of the weights enters as a constant."""
    example = single_laws(q=q)
    xp, array = as_arrays(weights=weights)
    require(xp, xp.isfinite(array) & (array >= 0), "weights must be finite and not negative", array)
    array = plain(array).astype(float)
    if array.shape != example["q"].shape or not array.sum() > 0:
        raise ValueError(f"weights must fit q and not all be zero, got {array.tolist()!r}")
    example["weights"] = array

    def total(weights: Any) -> float:
        return math.fsum(weights.tolist())

    def against(q: Any, weights: Any) -> float:
        return math.fsum(a * (log(a) - log(b)) for a, b in support(q, weights))

    lines = [
        Line(r"D(Q\Vert P),\quad p(x)=\tilde p(x)/Z", lambda q, weights: kl(q, weights / total(weights))),
        Line(
            r"\mathbb E_Q\bigl[\log q(X) - \log\tilde p(X) + \log Z\bigr]",
            lambda q, weights: math.fsum(a * (log(a) - log(b) + log(total(weights))) for a, b in support(q, weights)),
            "=",
            r"$\log p = \log\tilde p - \log Z$",
        ),
        Line(
            r"\mathbb E_Q\bigl[\log q(X) - \log\tilde p(X)\bigr] + \log Z",
            lambda q, weights: against(q, weights) + log(total(weights)),
            "=",
            "$Z$ does not depend on $Q$: it moves the value, never the best $Q$",
        ),
    ]
    return Derivation("The reverse divergence without the normaliser", lines, example)


def _event(event: Sequence[int], outcomes: int) -> set[int]:
    places = list(event)
    for x in places:
        if isinstance(x, bool) or not hasattr(x, "__index__") or not 0 <= x < outcomes:
            raise ValueError(f"event must hold positions from 0 to {outcomes - 1}, got {x!r}")
    return set(places)
