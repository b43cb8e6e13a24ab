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

__all__ = ["event_bound", "geometric_mean", "missed_mass", "unnormalised_target"]


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


def geometric_mean(q: ArrayLike, teachers: ArrayLike, weights: ArrayLike) -> Derivation:
    """Σ wᵢ D(Q‖Pᵢ) is D(Q‖G) + log 1/Z, with G = ∏ pᵢ^wᵢ / Z; ``teachers`` has one law pᵢ in each row."""
    example = {**single_laws(q=q), **single_laws(weights=weights)}
    _, array = as_arrays(teachers=teachers)
    rows = plain(array).astype(float)
    if rows.shape != (example["weights"].size, example["q"].size):
        wanted = (example["weights"].size, example["q"].size)
        raise ValueError(f"teachers must have shape {wanted} to fit weights and q, got {rows.shape}")
    single_laws(**{f"teachers[{i}]": row for i, row in enumerate(rows)})
    example["teachers"] = rows

    def powers(teachers: Any, weights: Any) -> list[float]:
        """∏ pᵢ^wᵢ for each outcome."""
        return [math.prod(b**a for a, b in support(weights, column)) for column in teachers.T]

    if not math.fsum(powers(rows, example["weights"])) > 0:
        raise ValueError(f"teachers must allow one outcome together, got {rows.tolist()!r}")

    def total(teachers: Any, weights: Any) -> float:
        return math.fsum(powers(teachers, weights))

    def one_sum(q: Any, teachers: Any, weights: Any) -> float:
        def inner(a: float, column: Any) -> float:
            return log(a) - math.fsum(w * log(b) for w, b in support(weights, column))

        return math.fsum(a * inner(a, column) for a, column in zip(q.tolist(), teachers.T, strict=True) if a > 0)

    def from_mean(q: Any, teachers: Any, weights: Any) -> float:
        z = total(teachers, weights)
        products = powers(teachers, weights)
        return math.fsum(a * (log(a) - log(b / z)) for a, b in zip(q.tolist(), products, strict=True) if a > 0)

    lines = [
        Line(
            r"\sum_i w_i\,D(Q\Vert P_i)",
            lambda q, teachers, weights: math.fsum(
                w * kl(q, row) for w, row in zip(weights.tolist(), teachers, strict=True) if w > 0
            ),
        ),
        Line(
            r"\sum_x q(x)\Bigl[\log q(x) - \sum_i w_i\log p_i(x)\Bigr]",
            one_sum,
            "=",
            r"the weights add up to 1, so $\log q$ appears once",
        ),
        Line(
            r"D(Q\Vert G) + \log\frac1Z,\quad G = \frac1Z\prod_i p_i^{w_i}",
            lambda q, teachers, weights: from_mean(q, teachers, weights) - log(total(teachers, weights)),
            "=",
            r"$\sum_i w_i\log p_i = \log G + \log Z$",
        ),
        Line(
            r"\log\frac1Z",
            lambda q, teachers, weights: -log(total(teachers, weights)),
            ">=",
            "Gibbs' inequality; with equality exactly for $Q=G$",
        ),
    ]
    return Derivation("One law for many, in reverse", lines, example)


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
