"""Differential entropy: what a bin adds to it, and what a change of the unit does.

Explained in: chapters/surprise
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

from kltext.derivation import Derivation, Line

__all__ = ["binned_entropy", "scaled_entropy"]

STANDARD = NormalDist()


def _phi(t: float) -> float:
    return -t * math.log(t) if t > 0 else 0.0


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value!r}")


def binned_entropy(std: float, width: float) -> Derivation:
    """The entropy of a normal law's bins is at least its differential entropy plus log 1/Δ."""
    _positive(std=std, width=width)
    if width < std / 200:
        raise ValueError(f"width must be at least std / 200, got {width!r}")

    def chances(std: float, width: float) -> list[float]:
        """P of each bin [iΔ, (i + 1)Δ), to twelve standard deviations; by symmetry twice those on the right."""
        step = width / std
        right = [STANDARD.cdf(-i * step) - STANDARD.cdf(-(i + 1) * step) for i in range(math.ceil(12 / step))]
        return right + right

    def inside(std: float, width: float) -> float:
        """Σ over the bins of ∫ φ(p(x)) dx, by Gauss–Legendre panels of at most a quarter of a standard deviation."""
        nodes = ((0.0, 128 / 225), (0.5384693101056831, 0.47862867049936647), (0.906179845938664, 0.23692688505618908))
        panels = math.ceil(4 * width / std)
        half = width / panels / 2
        total = []
        for i in range(math.ceil(12 * std / width) * panels):
            for node, weight in nodes:
                for sign in (1, -1) if node else (1,):
                    x = (2 * i + 1 + sign * node) * half
                    total.append(2 * half * weight * _phi(STANDARD.pdf(x / std) / std))
        return math.fsum(total)

    lines = [
        Line(
            r"H_\Delta = \sum_i P_i\log\frac1{P_i}",
            lambda std, width: math.fsum(map(_phi, chances(std, width))),
        ),
        Line(
            r"\sum_i\Delta\,\varphi(\bar p_i) + \log\frac1\Delta",
            lambda std, width: math.fsum(width * _phi(c / width) for c in chances(std, width)) - math.log(width),
            "=",
            r"$P_i=\bar p_i\Delta$ with $\bar p_i$ the mean density of bin $i$; $\varphi(t)=t\log\frac1t$, and the $P_i$ add up to 1",
        ),
        Line(
            r"\sum_i\int_{\text{bin }i}\varphi(p(x))\,\mathrm{d}x + \log\frac1\Delta",
            lambda std, width: inside(std, width) - math.log(width),
            ">=",
            r"$\varphi$ is concave: at a mean it is at least its own mean; the difference goes to 0 with $\Delta$",
        ),
        Line(
            r"h(P) + \log\frac1\Delta",
            lambda std, width: math.log(2 * math.pi * math.e * std**2) / 2 - math.log(width),
            "=",
            r"the integrals make up the one that defines $h(P)$, here $\frac12\log(2\pi e\,\sigma^2)$",
        ),
    ]
    return Derivation("What it takes to name a bin", lines, {"std": float(std), "width": float(width)})


def scaled_entropy(scale: float, factor: float) -> Derivation:
    """h(aX) = h(X) + log|a|; worked for the logistic law."""
    _positive(scale=scale)
    if not 0 < abs(factor) < math.inf:
        raise ValueError(f"factor must be finite and not 0, got {factor!r}")

    def density(x: float, scale: float) -> float:
        z = math.exp(-abs(x) / scale)
        return z / (1 + z) ** 2 / scale

    def integral(f: Callable[[float], float], scale: float) -> float:
        """Narrow strips, to ±50 scales."""
        step = scale / 16
        return math.fsum(step * f(k * step) for k in range(-800, 801))

    lines = [
        Line(
            r"h(aX) = \int\frac{p(y/a)}{\lvert a\rvert}\log\frac{\lvert a\rvert}{p(y/a)}\,\mathrm{d}y",
            lambda scale, factor: integral(
                lambda y: density(y / factor, scale) / abs(factor) * math.log(abs(factor) / density(y / factor, scale)),
                scale * abs(factor),
            ),
        ),
        Line(
            r"\int p(x)\Bigl[\log\frac1{p(x)} + \log\lvert a\rvert\Bigr]\mathrm{d}x",
            lambda scale, factor: integral(
                lambda x: density(x, scale) * (-math.log(density(x, scale)) + math.log(abs(factor))), scale
            ),
            "=",
            r"$y = ax$, $\mathrm{d}y = \lvert a\rvert\,\mathrm{d}x$",
        ),
        Line(
            r"h(X) + \log\lvert a\rvert",
            lambda scale, factor: math.log(scale) + 2 + math.log(abs(factor)),
            "=",
            r"a density has the integral 1; for the logistic law $h(X) = 2 + \log(\text{scale})$",
        ),
    ]
    return Derivation("Another unit, another differential entropy", lines, {"scale": float(scale), "factor": float(factor)})
