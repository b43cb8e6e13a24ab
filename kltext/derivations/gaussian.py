"""The divergence between two normal laws, from the integral to the closed form.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Callable

from kltext.derivation import Derivation, Line

__all__ = ["gaussian_kl"]


def gaussian_kl(mean_p: float, std_p: float, mean_q: float = 0.0, std_q: float = 1.0) -> Derivation:
    """The closed form of D(P‖Q) for two normal laws, from the integral."""
    for name, std in (("std_p", std_p), ("std_q", std_q)):
        if not 0 < std < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {std!r}")

    def integrate(f: Callable[[float], float], mean: float, std: float) -> float:
        """∫ f(x) dx for an f that falls off like a normal density: a sum of narrow strips, to ±12 σ."""
        step = std / 16
        return math.fsum(step * f(mean + k * step) for k in range(-192, 193))

    def log_density(x: float, mean: float, std: float) -> float:
        return -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))

    def density(x: float, mean: float, std: float) -> float:
        return math.exp(log_density(x, mean, std))

    def integral(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        def integrand(x: float) -> float:
            return density(x, mean_p, std_p) * (log_density(x, mean_p, std_p) - log_density(x, mean_q, std_q))

        return integrate(integrand, mean_p, std_p)

    def parabola(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        def integrand(x: float) -> float:
            about_q, about_p = ((x - mean_q) / std_q) ** 2 / 2, ((x - mean_p) / std_p) ** 2 / 2
            return density(x, mean_p, std_p) * (math.log(std_q / std_p) + about_q - about_p)

        return integrate(integrand, mean_p, std_p)

    def averages(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        def mean_square(center: float) -> float:
            return integrate(lambda x: density(x, mean_p, std_p) * (x - center) ** 2, mean_p, std_p)

        about_q, about_p = mean_square(mean_q), mean_square(mean_p)
        return math.log(std_q / std_p) + about_q / (2 * std_q**2) - about_p / (2 * std_p**2)

    def closed(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        return math.log(std_q / std_p) + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 0.5

    def grouped(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        v = (std_p / std_q) ** 2
        return (v - 1 - math.log(v)) / 2 + ((mean_p - mean_q) / std_q) ** 2 / 2

    lines = [
        Line(r"D(P\Vert Q) = \int p(x)\log\frac{p(x)}{q(x)}\,\mathrm{d}x", integral),
        Line(
            r"\int p(x)\Bigl[\log\frac{\sigma_Q}{\sigma_P} + \frac{(x-\mu_Q)^2}{2\sigma_Q^2}"
            r" - \frac{(x-\mu_P)^2}{2\sigma_P^2}\Bigr]\mathrm{d}x",
            parabola,
            "=",
            r"the logarithm of each density; $\sqrt{2\pi}$ cancels, and the log-ratio is a parabola",
        ),
        Line(
            r"\log\frac{\sigma_Q}{\sigma_P} + \frac{\mathbb{E}_P[(X-\mu_Q)^2]}{2\sigma_Q^2}"
            r" - \frac{\mathbb{E}_P[(X-\mu_P)^2]}{2\sigma_P^2}",
            averages,
            "=",
            "an integral against $p$ is an average under $P$, and averages add",
        ),
        Line(
            r"\log\frac{\sigma_Q}{\sigma_P} + \frac{\sigma_P^2 + (\mu_P-\mu_Q)^2}{2\sigma_Q^2} - \frac12",
            closed,
            "=",
            r"$\mathbb{E}_P[(X-c)^2] = \sigma_P^2 + (\mu_P-c)^2$, for $c=\mu_Q$ and $c=\mu_P$",
        ),
        Line(
            r"\frac12\Bigl[v - 1 - \log v\Bigr] + \frac12\Bigl(\frac{\mu_P-\mu_Q}{\sigma_Q}\Bigr)^2,"
            r"\quad v = \frac{\sigma_P^2}{\sigma_Q^2}",
            grouped,
            "=",
            "grouped into what the spreads cost and what the means cost; neither is negative",
        ),
    ]
    example = {"mean_p": mean_p, "std_p": std_p, "mean_q": mean_q, "std_q": std_q}
    return Derivation("KL divergence between two Gaussians", lines, example)
