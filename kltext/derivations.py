r"""The derivations of the book: functions from a worked example to a `Derivation`.

Every line is computed from its own expression with plain sums over the support, never by calling the
function whose formula is being derived.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import as_laws
from kltext.derivation import Derivation, Line

__all__ = [
    "chain_rule",
    "cross_entropy_identity",
    "data_processing",
    "gaussian_kl",
    "gibbs",
    "joint_convexity",
    "kl_by_surprise",
]


def _laws(**values: ArrayLike) -> dict[str, Any]:
    """The arguments as laws, one number for each outcome."""
    _, *arrays = as_laws(**values)
    for name, array in zip(values, arrays, strict=True):
        if array.ndim != 1:
            raise ValueError(f"{name} must be a single law, got shape {tuple(array.shape)}")
    return {name: plain(array).astype(float) for name, array in zip(values, arrays, strict=True)}


def _log(x: float) -> float:
    """log x, with log 0 = −∞ as a value."""
    return math.log(x) if x > 0 else -math.inf


def _support(p: Any, *others: Any) -> Iterator[tuple[float, ...]]:
    """(p(x), q(x), …) for every outcome x with p(x) > 0: the sums of D(P‖Q) run over these."""
    for row in zip(p.tolist(), *(other.tolist() for other in others), strict=True):
        if row[0] > 0:
            yield row


def _kl(p: Any, q: Any) -> float:
    return math.fsum(a * (_log(a) - _log(b)) for a, b in _support(p, q))


def gibbs(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Gibbs' inequality, D(P‖Q) ≥ 0, with the step that the sum runs over the support of P."""
    example = _laws(p=p, q=q)
    lines = [
        Line(r"D(P\Vert Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}", _kl),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl(-\log\frac{q(x)}{p(x)}\Bigr)",
            lambda p, q: math.fsum(a * -_log(b / a) for a, b in _support(p, q)),
            "=",
            "a fraction turned over changes the sign of its logarithm",
        ),
        Line(
            r"-\log\sum_{x:\,p(x)>0} p(x)\,\frac{q(x)}{p(x)}",
            lambda p, q: -_log(math.fsum(a * (b / a) for a, b in _support(p, q))),
            ">=",
            r"Jensen's inequality: $-\log$ is convex, and the weights $p(x)$ sum to one",
        ),
        Line(
            r"-\log Q(\operatorname{supp}P)",
            lambda p, q: -_log(math.fsum(b for _, b in _support(p, q))),
            "=",
            r"$p(x)$ cancels; what is left is the mass of $Q$ on the outcomes that $P$ allows, which need not be one",
        ),
        Line(
            r"-\log 1 = 0",
            lambda p, q: 0.0,
            ">=",
            r"$Q(\operatorname{supp}P)\le 1$, and $-\log$ decreases",
        ),
    ]
    return Derivation("Gibbs' inequality", lines, example)


def cross_entropy_identity(p: ArrayLike, q: ArrayLike) -> Derivation:
    """H(P, Q) = H(P) + D(P‖Q)."""
    example = _laws(p=p, q=q)
    lines = [
        Line(
            r"H(P,Q) = \sum_{x:\,p(x)>0} p(x)\log\frac{1}{q(x)}",
            lambda p, q: math.fsum(-a * _log(b) for a, b in _support(p, q)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\Bigl(\frac{1}{p(x)}\cdot\frac{p(x)}{q(x)}\Bigr)",
            lambda p, q: math.fsum(a * -_log(a * (b / a)) for a, b in _support(p, q)),
            "=",
            r"multiply and divide by $p(x)$, which is not zero in this sum",
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{1}{p(x)} + \sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}",
            lambda p, q: math.fsum(a * (-_log(a) + (_log(a) - _log(b))) for a, b in _support(p, q)),
            "=",
            "the logarithm of a product is the sum of the logarithms",
        ),
        Line(
            r"H(P) + D(P\Vert Q)",
            lambda p, q: math.fsum(-a * _log(a) for (a,) in _support(p)) + _kl(p, q),
            "=",
            "the two sums are these two averages, by definition",
        ),
    ]
    return Derivation("Cross-entropy is entropy plus divergence", lines, example)


def kl_by_surprise(p: ArrayLike, q: ArrayLike) -> Derivation:
    """D(P‖Q) is the average extra surprise of a reader who believes Q while P is true."""
    example = _laws(p=p, q=q)
    lines = [
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\Bigl[\log\frac{1}{q(x)} - \log\frac{1}{p(x)}\Bigr]",
            lambda p, q: math.fsum(a * (-_log(b) - -_log(a)) for a, b in _support(p, q)),
        ),
        Line(
            r"\sum_{x:\,p(x)>0} p(x)\log\frac{p(x)}{q(x)}",
            lambda p, q: math.fsum(a * -_log(b / a) for a, b in _support(p, q)),
            "=",
            "a difference of logarithms is the logarithm of the quotient",
        ),
        Line(r"D(P\Vert Q)", _kl, "=", "by definition"),
    ]
    return Derivation("Divergence is average extra surprise", lines, example)


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


def _joint(**values: ArrayLike) -> dict[str, Any]:
    """The arguments as laws of a pair (x, y): a row for each x, a column for each y."""
    _, *tables = as_arrays(**values)
    for name, table in zip(values, tables, strict=True):
        if table.ndim != 2 or table.shape != tables[0].shape:
            shapes = [tuple(t.shape) for t in tables]
            raise ValueError(f"{name} must be a table, all tables of one shape, got {shapes}")
    _laws(**{name: table.reshape(-1) for name, table in zip(values, tables, strict=True)})
    return {name: plain(table).astype(float) for name, table in zip(values, tables, strict=True)}


def _conditional_kl(joint_p: Any, joint_q: Any) -> float:
    """Σ_x p(x) D(P(Y∣x)‖Q(Y∣x)); rows with p(x) = 0 weigh nothing, rows with q(x) = 0 < p(x) are infinite."""
    parts = []
    for row_p, row_q in zip(joint_p, joint_q, strict=True):
        p_x, q_x = float(row_p.sum()), float(row_q.sum())
        if p_x > 0:
            parts.append(p_x * _kl(row_p / p_x, row_q / q_x) if q_x > 0 else math.inf)
    return math.fsum(parts)


def chain_rule(joint_p: ArrayLike, joint_q: ArrayLike) -> Derivation:
    """The divergence of a pair is that of the first coordinate plus that of the second given the first."""
    example = _joint(joint_p=joint_p, joint_q=joint_q)

    def split(joint_p: Any, joint_q: Any) -> Iterator[tuple[float, float, float]]:
        """(p(x,y), log p(x)/q(x), log p(y∣x)/q(y∣x)) over the support."""
        for row_p, row_q in zip(joint_p, joint_q, strict=True):
            p_x, q_x = float(row_p.sum()), float(row_q.sum())
            for p_xy, q_xy in _support(row_p, row_q):
                yield p_xy, _log(p_x) - _log(q_x), _log(p_xy / p_x) - _log(q_xy / q_x if q_x > 0 else 0.0)

    lines = [
        Line(
            r"D(P_{XY}\Vert Q_{XY}) = \sum_{x,y} p(x,y)\log\frac{p(x,y)}{q(x,y)}",
            lambda joint_p, joint_q: _kl(joint_p.ravel(), joint_q.ravel()),
        ),
        Line(
            r"\sum_{x,y} p(x,y)\Bigl[\log\frac{p(x)}{q(x)} + \log\frac{p(y\mid x)}{q(y\mid x)}\Bigr]",
            lambda joint_p, joint_q: math.fsum(w * (r + s) for w, r, s in split(joint_p, joint_q)),
            "=",
            r"$p(x,y) = p(x)\,p(y\mid x)$, likewise for $Q$: the log-ratio of a pair is a sum of log-ratios",
        ),
        Line(
            r"\sum_x p(x)\log\frac{p(x)}{q(x)} + \sum_x p(x)\sum_y p(y\mid x)\log\frac{p(y\mid x)}{q(y\mid x)}",
            lambda joint_p, joint_q: (
                math.fsum(w * r for w, r, _ in split(joint_p, joint_q))
                + math.fsum(w * s for w, _, s in split(joint_p, joint_q))
            ),
            "=",
            r"sum each part on its own; in the first, $\sum_y p(x,y) = p(x)$",
        ),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(P_{Y\mid x}\Vert Q_{Y\mid x})",
            lambda joint_p, joint_q: _kl(joint_p.sum(axis=1), joint_q.sum(axis=1)) + _conditional_kl(joint_p, joint_q),
            "=",
            "both are divergences again, the second averaged over $P_X$",
        ),
    ]
    return Derivation("Chain rule", lines, example)


def data_processing(p: ArrayLike, q: ArrayLike, channel: ArrayLike) -> Derivation:
    """No channel x → y (rows W(·∣x)) makes two laws easier to tell apart."""
    example = _laws(p=p, q=q)
    _, rows = as_laws(channel=channel)
    count = len(example["p"])
    if rows.ndim != 2 or rows.shape[0] != count:
        raise ValueError(f"channel must have a row for each of the {count} outcomes, got shape {tuple(rows.shape)}")
    example["channel"] = plain(rows).astype(float)

    def pairs(law: Any, channel: Any) -> Any:
        return law[:, None] * channel

    lines = [
        Line(r"D(P_X\Vert Q_X)", lambda p, q, channel: _kl(p, q)),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(W(\cdot\mid x)\Vert W(\cdot\mid x))",
            lambda p, q, channel: _kl(p, q) + math.fsum(a * _kl(row, row) for a, row in zip(p, channel, strict=True)),
            "=",
            "the same channel follows both laws, and a law differs from itself by zero",
        ),
        Line(
            r"D(P_{XY}\Vert Q_{XY})",
            lambda p, q, channel: _kl(pairs(p, channel).ravel(), pairs(q, channel).ravel()),
            "=",
            "chain rule, first $X$ then $Y$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y) + \mathbb{E}_{y\sim P_Y}\,D(P_{X\mid y}\Vert Q_{X\mid y})",
            lambda p, q, channel: (
                _kl(pairs(p, channel).sum(axis=0), pairs(q, channel).sum(axis=0))
                + _conditional_kl(pairs(p, channel).T, pairs(q, channel).T)
            ),
            "=",
            "chain rule, first $Y$ then $X$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y)",
            lambda p, q, channel: _kl(p @ channel, q @ channel),
            ">=",
            "Gibbs' inequality: the divergence that is dropped is not negative",
        ),
    ]
    return Derivation("Data processing inequality", lines, example)


def joint_convexity(p1: ArrayLike, q1: ArrayLike, p2: ArrayLike, q2: ArrayLike, weight: float) -> Derivation:
    """Mixing two pairs of laws never increases the divergence beyond the mixture of divergences."""
    example = {**_laws(p1=p1, q1=q1, p2=p2, q2=q2), "weight": float(weight)}
    if not 0 < weight < 1:
        raise ValueError(f"weight must lie strictly between 0 and 1, got {weight!r}")

    def term(a: float, b: float) -> float:
        return a * (_log(a) - _log(b)) if a > 0 else 0.0

    def columns(p1: Any, q1: Any, p2: Any, q2: Any, weight: float) -> Any:
        """The four masses λp₁(x), λq₁(x), (1−λ)p₂(x), (1−λ)q₂(x) of each outcome."""
        rest = 1 - weight
        return np.stack([weight * p1, weight * q1, rest * p2, rest * q2], axis=1).tolist()

    lines = [
        Line(
            r"\lambda D(P_1\Vert Q_1) + (1-\lambda) D(P_2\Vert Q_2)",
            lambda p1, q1, p2, q2, weight: weight * _kl(p1, q1) + (1 - weight) * _kl(p2, q2),
        ),
        Line(
            r"\sum_x\Bigl[\lambda p_1\log\frac{\lambda p_1}{\lambda q_1}"
            r" + (1-\lambda)p_2\log\frac{(1-\lambda)p_2}{(1-\lambda)q_2}\Bigr]",
            lambda **laws: math.fsum(term(a, b) + term(c, d) for a, b, c, d in columns(**laws)),
            "=",
            "a common factor does not change a ratio",
        ),
        Line(
            r"\sum_x\bigl(\lambda p_1+(1-\lambda)p_2\bigr)"
            r"\log\frac{\lambda p_1+(1-\lambda)p_2}{\lambda q_1+(1-\lambda)q_2}",
            lambda **laws: math.fsum(term(a + c, b + d) for a, b, c, d in columns(**laws)),
            ">=",
            r"log-sum inequality $a\log\frac ab + c\log\frac cd \ge (a+c)\log\frac{a+c}{b+d}$, outcome by outcome",
        ),
        Line(
            r"D\bigl(\lambda P_1+(1-\lambda)P_2 \Vert \lambda Q_1+(1-\lambda)Q_2\bigr)",
            lambda p1, q1, p2, q2, weight: _kl(weight * p1 + (1 - weight) * p2, weight * q1 + (1 - weight) * q2),
            "=",
            "by definition",
        ),
    ]
    return Derivation("Joint convexity", lines, example)
