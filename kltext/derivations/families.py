"""KL in an exponential family is a Bregman divergence: in θ with the arguments exchanged, in the means in their order.

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math
from collections.abc import Callable

from kltext.derivation import Derivation, Line

__all__ = ["bregman", "bregman_dual"]


def bregman(rate_p: float, rate_q: float) -> Derivation:
    """D(P‖Q) in an exponential family, from the average to the gap above a tangent; on two Poisson laws.

    There T(x) = x, θ = log rate, A(θ) = e^θ, and x counts from 0.
    """
    for name, rate in (("rate_p", rate_p), ("rate_q", rate_q)):
        if not 0 < rate <= 100:
            raise ValueError(f"rate_p and rate_q must lie in (0, 100], got {name} = {rate!r}")

    def average(rate: float, f: Callable[[int], float]) -> float:
        """E f(X) for a Poisson law, term by term until the terms have died out."""
        last = int(rate + 40 * math.sqrt(rate) + 60)
        return math.fsum(math.exp(log_probability(rate, x)) * f(x) for x in range(last))

    def log_probability(rate: float, x: int) -> float:
        return x * math.log(rate) - rate - math.lgamma(x + 1)

    def partition(theta: float) -> float:
        """A(θ) from its definition, the logarithm of a sum."""
        terms = [x * theta - math.lgamma(x + 1) for x in range(int(math.exp(theta) + 40 * math.exp(theta / 2) + 60))]
        top = max(terms)
        return top + math.log(math.fsum(math.exp(t - top) for t in terms))

    def slope(theta: float) -> float:
        """A′(θ) by differences of A."""
        h = 1e-3
        a, b, c, d = (partition(theta + k * h) for k in (-2, -1, 1, 2))
        return (a - 8 * b + 8 * c - d) / (12 * h)

    def definition(rate_p: float, rate_q: float) -> float:
        return average(rate_p, lambda x: log_probability(rate_p, x) - log_probability(rate_q, x))

    def linear(rate_p: float, rate_q: float) -> float:
        p, q = math.log(rate_p), math.log(rate_q)
        return average(rate_p, lambda x: (p - q) * x - partition(p) + partition(q))

    def moments(rate_p: float, rate_q: float) -> float:
        p, q = math.log(rate_p), math.log(rate_q)
        return (p - q) * average(rate_p, float) - partition(p) + partition(q)

    def tangent(rate_p: float, rate_q: float) -> float:
        p, q = math.log(rate_p), math.log(rate_q)
        return partition(q) - partition(p) - slope(p) * (q - p)

    lines = [
        Line(r"D(P\Vert Q) = \mathbb{E}_P\Bigl[\log\frac{p_{\theta_P}(X)}{p_{\theta_Q}(X)}\Bigr]", definition),
        Line(
            r"\mathbb{E}_P\bigl[\langle\theta_P-\theta_Q,\,T(X)\rangle - A(\theta_P) + A(\theta_Q)\bigr]",
            linear,
            "=",
            r"$h(x)$ cancels: the log-ratio is linear in the statistic",
        ),
        Line(
            r"\langle\theta_P-\theta_Q,\,\mathbb{E}_P[T]\rangle - A(\theta_P) + A(\theta_Q)",
            moments,
            "=",
            "averages are linear; nothing else of $P$ is needed",
        ),
        Line(
            r"A(\theta_Q) - A(\theta_P) - \langle\nabla A(\theta_P),\,\theta_Q-\theta_P\rangle",
            tangent,
            "=",
            r"$\mathbb{E}_P[T]=\nabla A(\theta_P)$; the tangent touches at $\theta_P$",
        ),
    ]
    return Derivation("KL in an exponential family", lines, {"rate_p": float(rate_p), "rate_q": float(rate_q)})


def bregman_dual(rate_p: float, rate_q: float) -> Derivation:
    """The same divergence in mean parameters, where the arguments stand in their own order; on two Poisson laws.

    There A(θ) = e^θ and μ = e^θ; A* is found from its definition, by looking for the highest value.
    """
    for name, rate in (("rate_p", rate_p), ("rate_q", rate_q)):
        if not 0 < rate <= 100:
            raise ValueError(f"rate_p and rate_q must lie in (0, 100], got {name} = {rate!r}")

    def conjugate(mean: float) -> float:
        """sup over θ of θμ − e^θ, a concave function: cut what cannot hold the top, until nothing is left to cut."""
        low, high = -60.0, 10.0
        for _ in range(200):
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (a, high) if a * mean - math.exp(a) < b * mean - math.exp(b) else (low, b)
        return low * mean - math.exp(low)

    lines = [
        Line(
            r"D(P\Vert Q) = A(\theta_Q) - A(\theta_P) - \langle\mu_P,\,\theta_Q-\theta_P\rangle",
            lambda rate_p, rate_q: rate_q - rate_p - rate_p * (math.log(rate_q) - math.log(rate_p)),
        ),
        Line(
            r"A(\theta_Q) + A^*(\mu_P) - \langle\theta_Q,\mu_P\rangle",
            lambda rate_p, rate_q: rate_q + conjugate(rate_p) - math.log(rate_q) * rate_p,
            "=",
            r"$A(\theta_P)+A^*(\mu_P)=\langle\theta_P,\mu_P\rangle$, since $\theta_P$ attains the supremum at $\mu_P$",
        ),
        Line(
            r"A^*(\mu_P) - A^*(\mu_Q) - \langle\theta_Q,\,\mu_P-\mu_Q\rangle",
            lambda rate_p, rate_q: conjugate(rate_p) - conjugate(rate_q) - math.log(rate_q) * (rate_p - rate_q),
            "=",
            r"the same for $Q$; $\theta_Q$ is the slope of $A^*$ at $\mu_Q$, so this is the gap at $\mu_P$ above the tangent at $\mu_Q$",
        ),
    ]
    return Derivation("The same gap in mean parameters", lines, {"rate_p": float(rate_p), "rate_q": float(rate_q)})
