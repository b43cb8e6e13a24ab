"""Bounds of entropy: by the number of outcomes, by a code, by a pair's parts, by a mean, by a variance.

Explained in: chapters/surprise
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import joint_laws, kl, log, single_laws, support

__all__ = ["entropy_bound", "entropy_chain_rule", "gaussian_maximum_entropy", "maximum_entropy", "source_coding"]


def _entropy(p: Any) -> float:
    return math.fsum(-a * log(a) for (a,) in support(p))


def entropy_bound(p: ArrayLike) -> Derivation:
    """H(P) = log n − D(P‖uniform) ≤ log n."""
    lines = [
        Line(r"H(P) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)}", _entropy),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl[\log n - \log\frac{p(x)}{1/n}\Bigr]",
            lambda p: math.fsum(a * (log(p.size) - log(a / (1 / p.size))) for (a,) in support(p)),
            "=",
            r"$\frac1{p} = n\big/\frac{p}{1/n}$, with the uniform probability $\frac1n$",
        ),
        Line(
            r"\log n - D(P\Vert U)",
            lambda p: log(p.size) - kl(p, p * 0 + 1 / p.size),
            "=",
            r"the $p(x)$ add up to 1; the rest is the divergence from the uniform law $U$",
        ),
        Line(r"\log n", lambda p: log(p.size), "<=", "Gibbs' inequality; with equality exactly for $P=U$"),
    ]
    return Derivation("Entropy is what the uniform law has, less a divergence", lines, single_laws(p=p))


def entropy_chain_rule(joint: ArrayLike) -> Derivation:
    """H(X, Y) = H(X) + H(Y∣X) ≤ H(X) + H(Y)."""

    def split(joint: Any) -> Iterator[tuple[float, float, float]]:
        """(p(x,y), p(x), p(y∣x)) over the support."""
        for row in joint:
            p_x = float(row.sum())
            for (p_xy,) in support(row):
                yield p_xy, p_x, p_xy / p_x

    def conditional(joint: Any) -> float:
        rows = [(float(row.sum()), row) for row in joint]
        return math.fsum(weight * _entropy(row / weight) for weight, row in rows if weight > 0)

    lines = [
        Line(r"H(X,Y) = \sum_{x,y} p(x,y)\log\frac{1}{p(x,y)}", lambda joint: _entropy(joint.ravel())),
        Line(
            r"\sum_{x,y} p(x,y)\Bigl[\log\frac{1}{p(x)} + \log\frac{1}{p(y\mid x)}\Bigr]",
            lambda joint: math.fsum(a * (-log(b) - log(c)) for a, b, c in split(joint)),
            "=",
            r"$p(x,y) = p(x)\,p(y\mid x)$: the surprise of a pair is that of its first part plus that of the second, given the first",
        ),
        Line(
            r"H(X) + \sum_x p(x)\,H(P_{Y\mid x}) = H(X) + H(Y\mid X)",
            lambda joint: _entropy(joint.sum(axis=1)) + conditional(joint),
            "=",
            r"in the first part $\sum_y p(x,y) = p(x)$; the second is an average of entropies",
        ),
        Line(
            r"H(X) + H(Y) - D(P_{XY}\Vert P_X\otimes P_Y)",
            lambda joint: (
                _entropy(joint.sum(axis=1))
                + _entropy(joint.sum(axis=0))
                - kl(joint.ravel(), (joint.sum(axis=1)[:, None] * joint.sum(axis=0)).ravel())
            ),
            "=",
            r"$\frac{1}{p(y\mid x)} = \frac{1}{p(y)}\big/\frac{p(x,y)}{p(x)p(y)}$",
        ),
        Line(
            r"H(X) + H(Y)",
            lambda joint: _entropy(joint.sum(axis=1)) + _entropy(joint.sum(axis=0)),
            "<=",
            "Gibbs' inequality; with equality exactly for independent $X$ and $Y$",
        ),
    ]
    return Derivation("Chain rule of entropy", lines, joint_laws(joint=joint))


def source_coding(p: ArrayLike, lengths: ArrayLike) -> Derivation:
    """No prefix code is shorter on average than the entropy: L = H(P) + D(P‖Q) + log₂ 1/K ≥ H(P), in bits."""
    example = single_laws(p=p)
    _, array = as_arrays(lengths=lengths)
    values = plain(array).astype(float)
    if values.shape != example["p"].shape or not (values >= 0).all():
        raise ValueError(f"lengths must be non-negative, one for each outcome of p, got {lengths!r}")
    bit = math.log(2)

    def kraft(lengths: Any) -> float:
        return math.fsum(2.0**-n for n in lengths.tolist())

    lines = [
        Line(
            r"L = \sum_{x:\,p(x)>0} p(x)\,\ell(x)",
            lambda p, lengths: math.fsum(a * n for a, n in support(p, lengths)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log_2\frac{1}{q(x)} + \log_2\frac1K",
            lambda p, lengths: (
                math.fsum(-a * log(2.0**-n / kraft(lengths)) / bit for a, n in support(p, lengths))
                - log(kraft(lengths)) / bit
            ),
            "=",
            r"with $q(x) = 2^{-\ell(x)}/K$, a law, since $K = \sum_x 2^{-\ell(x)}$",
        ),
        Line(
            r"H(P) + D(P\Vert Q) + \log_2\frac1K",
            lambda p, lengths: (_entropy(p) + kl(p, 2.0**-lengths / kraft(lengths)) - log(kraft(lengths))) / bit,
            "=",
            "cross-entropy is entropy plus divergence",
        ),
        Line(
            r"H(P) + \log_2\frac1K",
            lambda p, lengths: (_entropy(p) - log(kraft(lengths))) / bit,
            ">=",
            r"Gibbs' inequality; with equality exactly for $q = p$",
        ),
        Line(
            r"H(P)",
            lambda p, lengths: _entropy(p) / bit,
            ">=",
            r"Kraft's inequality: $K\le1$ for every prefix code",
        ),
    ]
    return Derivation("No code is shorter than the entropy, in bits", lines, {**example, "lengths": values})


def maximum_entropy(p: ArrayLike, values: ArrayLike, tilt: float) -> Derivation:
    """Among all laws with the mean of Q ∝ exp(tilt·values), Q has the largest entropy; ``p`` must have that mean."""
    example = single_laws(p=p)
    _, array = as_arrays(values=values)
    numbers = plain(array).astype(float)
    if numbers.shape != example["p"].shape:
        raise ValueError(f"values must be one number for each outcome of p, got {values!r}")

    def log_weights(values: Any, tilt: float) -> list[float]:
        return [tilt * v for v in values.tolist()]

    def log_z(values: Any, tilt: float) -> float:
        return log(math.fsum(math.exp(w) for w in log_weights(values, tilt)))

    def log_q(values: Any, tilt: float) -> list[float]:
        return [w - log_z(values, tilt) for w in log_weights(values, tilt)]

    def mean(p: Any, values: Any) -> float:
        return math.fsum(a * v for a, v in support(p, values))

    def cross(p: Any, values: Any, tilt: float) -> float:
        return math.fsum(-a * b for a, b in zip(p.tolist(), log_q(values, tilt), strict=True))

    lines = [
        Line(r"H(P) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)}", lambda p, values, tilt: _entropy(p)),
        Line(
            r"H(P,Q) - D(P\Vert Q)",
            lambda p, values, tilt: (
                cross(p, values, tilt)
                - math.fsum(a * (log(a) - b) for a, b in zip(p.tolist(), log_q(values, tilt), strict=True) if a > 0)
            ),
            "=",
            "cross-entropy is entropy plus divergence",
        ),
        Line(r"H(P,Q)", cross, "<=", "Gibbs' inequality; with equality exactly for $P=Q$"),
        Line(
            r"\log Z - \lambda\,\mathbb{E}_P[v(X)]",
            lambda p, values, tilt: log_z(values, tilt) - tilt * mean(p, values),
            "=",
            r"$\log\frac{1}{q(x)} = \log Z - \lambda\,v(x)$, and the $p(x)$ add up to 1",
        ),
        Line(
            r"\log Z - \lambda\,\mathbb{E}_Q[v(X)]",
            lambda p, values, tilt: (
                log_z(values, tilt)
                - tilt * math.fsum(math.exp(b) * v for b, v in zip(log_q(values, tilt), values.tolist(), strict=True))
            ),
            "=",
            "$P$ and $Q$ have the same mean: this is where the constraint is used",
        ),
        Line(
            r"H(Q)",
            lambda p, values, tilt: math.fsum(-math.exp(b) * b for b in log_q(values, tilt)),
            "=",
            "the two lines above once more, with $Q$ in the place of $P$",
        ),
    ]
    return Derivation("Maximum entropy with a given mean", lines, {**example, "values": numbers, "tilt": float(tilt)})


def gaussian_maximum_entropy(scale: float) -> Derivation:
    """No density of a given variance has more differential entropy than the normal one; worked for the logistic law."""
    if not 0 < scale < math.inf:
        raise ValueError(f"scale must be positive and finite, got {scale!r}")

    def log_p(x: float, scale: float) -> float:
        z = abs(x) / scale
        return -z - 2 * math.log1p(math.exp(-z)) - math.log(scale)

    def log_q(x: float, scale: float) -> float:
        return -(x**2) / (2 * variance(scale)) - math.log(2 * math.pi * variance(scale)) / 2

    def average(f: Callable[[float], float], scale: float) -> float:
        """E[f(X)] for the logistic law: narrow strips, to ±50 scales."""
        step = scale / 16
        return math.fsum(step * math.exp(log_p(k * step, scale)) * f(k * step) for k in range(-800, 801))

    def variance(scale: float) -> float:
        return (math.pi * scale) ** 2 / 3

    lines = [
        Line(
            r"h(P) = \int p(x)\log\frac{1}{p(x)}\,\mathrm{d}x",
            lambda scale: average(lambda x: -log_p(x, scale), scale),
        ),
        Line(
            r"\int p(x)\log\frac{1}{q(x)}\,\mathrm{d}x - D(P\Vert Q)",
            lambda scale: (
                average(lambda x: -log_q(x, scale), scale) - average(lambda x: log_p(x, scale) - log_q(x, scale), scale)
            ),
            "=",
            r"for $Q=N(\mu,\sigma^2)$ with the mean and the variance of $P$",
        ),
        Line(
            r"\int p(x)\log\frac{1}{q(x)}\,\mathrm{d}x",
            lambda scale: average(lambda x: -log_q(x, scale), scale),
            "<=",
            "Gibbs' inequality; with equality exactly for $P=Q$",
        ),
        Line(
            r"\frac12\log(2\pi\sigma^2) + \frac{\mathbb{E}_P[(X-\mu)^2]}{2\sigma^2}",
            lambda scale: (
                math.log(2 * math.pi * variance(scale)) / 2 + average(lambda x: x**2, scale) / (2 * variance(scale))
            ),
            "=",
            r"$\log\frac1{q}$ is a parabola: its average needs only the variance",
        ),
        Line(
            r"\frac12\log(2\pi e\,\sigma^2) = h(Q)",
            lambda scale: math.log(2 * math.pi * math.e * variance(scale)) / 2,
            "=",
            r"$\mathbb{E}_P[(X-\mu)^2] = \sigma^2$, for $P$ as for $Q$ itself",
        ),
    ]
    return Derivation("Maximum entropy with a given variance", lines, {"scale": scale})
