"""Rényi's divergences: order 2, orders compared, tails bounded, and two normal laws.

Explained in: chapters/renyi
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws

__all__ = ["gaussian_renyi", "ratio_tail", "renyi_monotone", "renyi_two"]


def _dominated(**values: ArrayLike) -> dict[str, Any]:
    """Laws P and Q, Q without zeros."""
    example = single_laws(**values)
    require(np, example["q"] > 0, "q must be positive", example["q"])
    return example


def _order(name: str, value: float, above: float = 0.0) -> float:
    order = float(value)
    if not (above < order < math.inf) or order == 1:
        except_one = " and not 1" if above < 1 else ""
        raise ValueError(f"{name} must be a finite number above {above:g}{except_one}, got {value!r}")
    return order


def _moment(p: Any, q: Any, power: float) -> float:
    """E_P[(p/q)^power] over the support of P."""
    inside = p > 0
    return math.fsum(p[inside] * (p[inside] / q[inside]) ** power)


def renyi_two(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Order 2 is a function of χ², D₂ = log(1 + χ²), not a multiple of it."""
    lines = [
        Line(r"D_2(P\Vert Q) = \log\sum_x\frac{p^2}{q}", lambda p, q: math.log(math.fsum(p**2 / q))),
        Line(
            r"\log\sum_x q\,\Bigl(1+\frac{p-q}{q}\Bigr)^2",
            lambda p, q: math.log(math.fsum(q * (1 + (p - q) / q) ** 2)),
            "=",
            r"$\frac{p^2}{q} = q\,\bigl(\frac pq\bigr)^2$, and $\frac pq = 1+\frac{p-q}q$",
        ),
        Line(
            r"\log\Bigl[\sum_x q + 2\sum_x(p-q) + \sum_x\frac{(p-q)^2}{q}\Bigr]",
            lambda p, q: math.log(math.fsum(q) + 2 * math.fsum(p - q) + math.fsum((p - q) ** 2 / q)),
            "=",
            "multiply out",
        ),
        Line(
            r"\log\bigl(1+\chi^2(P\Vert Q)\bigr)",
            lambda p, q: math.log1p(math.fsum((p - q) ** 2 / q)),
            "=",
            "the first sum is 1, the second 0",
        ),
    ]
    return Derivation("Order 2 and χ²", lines, _dominated(p=p, q=q))


def renyi_monotone(p: ArrayLike, q: ArrayLike, alpha: float, beta: float) -> Derivation:
    """A higher order is never smaller: D_α ≤ D_β for 1 < α < β, by Jensen's inequality for a power."""
    low = _order("alpha", alpha, above=1.0)
    high = _order("beta", beta, above=low)
    example = {**_dominated(p=p, q=q), "alpha": low, "beta": high}
    lines = [
        Line(
            r"D_\alpha = \frac{1}{\alpha-1}\log\mathbb{E}_P\Bigl[\Bigl(\frac pq\Bigr)^{\alpha-1}\Bigr]",
            lambda p, q, alpha, beta: math.log(_moment(p, q, alpha - 1)) / (alpha - 1),
        ),
        Line(
            r"\frac{1}{\beta-1}\log\Bigl(\mathbb{E}_P\Bigl[\Bigl(\frac pq\Bigr)^{\alpha-1}\Bigr]\Bigr)^{c}",
            lambda p, q, alpha, beta: math.log(_moment(p, q, alpha - 1) ** ((beta - 1) / (alpha - 1))) / (beta - 1),
            "=",
            r"$\frac{1}{\alpha-1} = \frac{c}{\beta-1}$ with $c=\frac{\beta-1}{\alpha-1}$, and a factor of a logarithm is a power inside",
        ),
        Line(
            r"\frac{1}{\beta-1}\log\mathbb{E}_P\Bigl[\Bigl(\frac pq\Bigr)^{\beta-1}\Bigr] = D_\beta",
            lambda p, q, alpha, beta: math.log(_moment(p, q, beta - 1)) / (beta - 1),
            "<=",
            r"Jensen's inequality: $u\mapsto u^c$ is convex, since $c>1$",
        ),
    ]
    return Derivation("A higher order is never smaller", lines, example)


def ratio_tail(p: ArrayLike, q: ArrayLike, alpha: float, threshold: float) -> Derivation:
    """How often the log-ratio exceeds a threshold under P, bounded by a Rényi divergence of order α > 1."""
    level = float(threshold)
    if not math.isfinite(level):
        raise ValueError(f"threshold must be finite, got {threshold!r}")
    example = {**_dominated(p=p, q=q), "alpha": _order("alpha", alpha, above=1.0), "threshold": level}

    def exceeds(p: Any, q: Any, alpha: float, threshold: float) -> Any:
        with np.errstate(divide="ignore"):
            return np.log(p) - np.log(q) > threshold

    lines = [
        Line(
            r"P\Bigl(\log\frac{p(X)}{q(X)}>t\Bigr)",
            lambda **it: math.fsum(it["p"][exceeds(**it)]),
        ),
        Line(
            r"\mathbb{E}_P\Bigl[e^{(\alpha-1)\,(\log\frac pq-t)}\Bigr]",
            lambda p, q, alpha, threshold: _moment(p, q * math.exp(threshold), alpha - 1),
            "<=",
            "Markov's inequality: the exponential is above 1 wherever the log-ratio exceeds $t$, and never negative",
        ),
        Line(
            r"e^{-(\alpha-1)t}\;\mathbb{E}_P\Bigl[\Bigl(\frac pq\Bigr)^{\alpha-1}\Bigr]",
            lambda p, q, alpha, threshold: math.exp(-(alpha - 1) * threshold) * _moment(p, q, alpha - 1),
            "=",
            "the factor with $t$ is a constant",
        ),
        Line(
            r"e^{(\alpha-1)(D_\alpha(P\Vert Q)-t)}",
            lambda p, q, alpha, threshold: math.exp(
                (alpha - 1) * (math.log(_moment(p, q, alpha - 1)) / (alpha - 1) - threshold)
            ),
            "=",
            r"$\mathbb{E}_P\bigl[(p/q)^{\alpha-1}\bigr] = e^{(\alpha-1)D_\alpha}$, by definition",
        ),
    ]
    return Derivation("A Rényi divergence bounds a tail", lines, example)


def gaussian_renyi(alpha: float, shift: float, std: float = 1.0) -> Derivation:
    """Rényi's divergence of two normal laws with one spread, a shift apart: α·shift²/(2·std²)."""
    order, distance, spread = _order("alpha", alpha), float(shift), float(std)
    if not math.isfinite(distance):
        raise ValueError(f"shift must be finite, got {shift!r}")
    if not (0 < spread < math.inf):
        raise ValueError(f"std must be positive and finite, got {std!r}")

    def integral(exponent: Any, centre: float, std: float) -> float:
        """∫ of a normal-like function with this log, by the trapezoidal rule, exact to rounding here."""
        x = np.linspace(centre - 16 * std, centre + 16 * std, 4001)
        with np.errstate(under="ignore"):
            values = np.exp(exponent(x) - math.log(std) - 0.5 * math.log(2 * math.pi))
        return math.fsum(values) * float(x[1] - x[0])

    lines = [
        Line(
            r"D_\alpha = \frac{1}{\alpha-1}\log\int p^\alpha q^{1-\alpha}\,\mathrm{d}x",
            lambda alpha, shift, std: (
                math.log(
                    integral(
                        lambda x: -(alpha * x**2 + (1 - alpha) * (x - shift) ** 2) / (2 * std**2),
                        (1 - alpha) * shift,
                        std,
                    )
                )
                / (alpha - 1)
            ),
        ),
        Line(
            r"\frac{1}{\alpha-1}\log\int\frac{1}{\sqrt{2\pi}\,\sigma}\,"
            r"e^{-\frac{(x-(1-\alpha)\Delta)^2}{2\sigma^2} + \frac{\alpha(\alpha-1)\Delta^2}{2\sigma^2}}\,\mathrm{d}x",
            lambda alpha, shift, std: (
                math.log(
                    integral(
                        lambda x: -((x - (1 - alpha) * shift) ** 2 - alpha * (alpha - 1) * shift**2) / (2 * std**2),
                        (1 - alpha) * shift,
                        std,
                    )
                )
                / (alpha - 1)
            ),
            "=",
            r"complete the square: $\alpha x^2+(1-\alpha)(x-\Delta)^2 = (x-(1-\alpha)\Delta)^2-\alpha(\alpha-1)\Delta^2$",
        ),
        Line(
            r"\frac{1}{\alpha-1}\cdot\frac{\alpha(\alpha-1)\Delta^2}{2\sigma^2}",
            lambda alpha, shift, std: alpha * (alpha - 1) * shift**2 / (2 * std**2) / (alpha - 1),
            "=",
            "the first part of the exponent belongs to a normal density, which integrates to 1",
        ),
        Line(
            r"\alpha\,\frac{\Delta^2}{2\sigma^2} = \alpha\,D(P\Vert Q)",
            lambda alpha, shift, std: alpha * (shift / std) ** 2 / 2,
            "=",
            "the KL divergence of two normal laws with one spread, times the order",
        ),
    ]
    example = {"alpha": order, "shift": distance, "std": spread}
    return Derivation("Rényi divergence of P = N(0, σ²) from Q = N(Δ, σ²)", lines, example, relative=1e-8, absolute=1e-9)
