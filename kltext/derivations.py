r"""The derivations of the book: functions from a worked example to a `Derivation`.

Every line is computed from its own expression with plain sums over the support, never by calling the
function whose formula is being derived.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
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


def _log(x: float) -> float:
    """log x with log 0 = −∞ as a value."""
    return math.log(x) if x > 0 else -math.inf


def _log_ratio(a: float, b: float) -> float:
    return _log(a) - _log(b)


def _support(p: Any, *others: Any) -> Iterator[tuple[float, ...]]:
    """(p(x), q(x), …) for every outcome x with p(x) > 0: the sums of D(P‖Q) run over these."""
    for row in zip(np.ravel(p).tolist(), *(np.ravel(o).tolist() for o in others), strict=True):
        if row[0] > 0:
            yield row


def _kl(p: Any, q: Any) -> float:
    return math.fsum(a * _log_ratio(a, b) for a, b in _support(p, q))


def gibbs(p: ArrayLike, q: ArrayLike) -> Derivation:
    """Gibbs' inequality, D(P‖Q) ≥ 0, with the step that the sum runs over the support of P."""
    _, p, q = as_laws(p=p, q=q)
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
    return Derivation("Gibbs' inequality", lines, {"p": p, "q": q})


def cross_entropy_identity(p: ArrayLike, q: ArrayLike) -> Derivation:
    """H(P, Q) = H(P) + D(P‖Q)."""
    _, p, q = as_laws(p=p, q=q)
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
            lambda p, q: math.fsum(a * (-_log(a) + _log_ratio(a, b)) for a, b in _support(p, q)),
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
    return Derivation("Cross-entropy is entropy plus divergence", lines, {"p": p, "q": q})


def kl_by_surprise(p: ArrayLike, q: ArrayLike) -> Derivation:
    """D(P‖Q) is the average extra surprise of a reader who believes Q while P is true."""
    _, p, q = as_laws(p=p, q=q)
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
    return Derivation("Divergence is average extra surprise", lines, {"p": p, "q": q})


def gaussian_kl(mean_p: float, std_p: float, mean_q: float = 0.0, std_q: float = 1.0) -> Derivation:
    """The closed form of D(N(μ_p, σ_p²)‖N(μ_q, σ_q²)), from the integral."""

    def expect(f: Any, mean_p: float, std_p: float) -> float:
        """E_P[f(X)] by quadrature, in standard units x = μ_p + σ_p u."""
        from scipy.integrate import quad

        def weighted(u: float) -> float:
            return math.exp(-u * u / 2) / math.sqrt(2 * math.pi) * float(f(mean_p + std_p * u))

        return float(quad(weighted, -39, 39, points=(-8, 0, 8), epsabs=0, epsrel=1e-12, limit=400)[0])

    def log_density(x: float, mean: float, std: float) -> float:
        return -((x - mean) ** 2) / (2 * std**2) - math.log(std * math.sqrt(2 * math.pi))

    def integral(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        return expect(
            lambda x: log_density(x, mean_p, std_p) - log_density(x, mean_q, std_q), mean_p, std_p
        )

    def parabola(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        return expect(
            lambda x: math.log(std_q / std_p)
            + (x - mean_q) ** 2 / (2 * std_q**2)
            - (x - mean_p) ** 2 / (2 * std_p**2),
            mean_p,
            std_p,
        )

    def averages(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
        about_q = expect(lambda x: (x - mean_q) ** 2, mean_p, std_p)
        about_p = expect(lambda x: (x - mean_p) ** 2, mean_p, std_p)
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


def _joint(name_p: str, p: ArrayLike, name_q: str, q: ArrayLike) -> tuple[Any, Any]:
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    for name, law in ((name_p, p), (name_q, q)):
        if law.ndim != 2:
            raise ValueError(f"{name} must be a table with a row for each x and a column for each y, got shape {law.shape}")
    as_laws(**{name_p: p.ravel(), name_q: q.ravel()})
    return p, q


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
    joint_p, joint_q = _joint("joint_p", joint_p, "joint_q", joint_q)

    def split(joint_p: Any, joint_q: Any) -> Iterator[tuple[float, float, float]]:
        """(p(x,y), log p(x)/q(x), log p(y∣x)/q(y∣x)) over the support."""
        p_x, q_x = joint_p.sum(axis=1), joint_q.sum(axis=1)
        for i, j in np.argwhere(joint_p > 0):
            a, b = float(p_x[i]), float(q_x[i])
            yield (
                float(joint_p[i, j]),
                _log_ratio(a, b),
                _log_ratio(joint_p[i, j] / a, joint_q[i, j] / b if b > 0 else 0.0),
            )

    lines = [
        Line(
            r"D(P_{XY}\Vert Q_{XY}) = \sum_{x,y} p(x,y)\log\frac{p(x,y)}{q(x,y)}",
            lambda joint_p, joint_q: _kl(joint_p, joint_q),
        ),
        Line(
            r"\sum_{x,y} p(x,y)\Bigl[\log\frac{p(x)}{q(x)} + \log\frac{p(y\mid x)}{q(y\mid x)}\Bigr]",
            lambda joint_p, joint_q: math.fsum(w * (r + s) for w, r, s in split(joint_p, joint_q)),
            "=",
            r"$p(x,y) = p(x)\,p(y\mid x)$, likewise for $Q$: the log-ratio of a pair is a sum of log-ratios",
        ),
        Line(
            r"\sum_x p(x)\log\frac{p(x)}{q(x)} + \sum_x p(x)\sum_y p(y\mid x)\log\frac{p(y\mid x)}{q(y\mid x)}",
            lambda joint_p, joint_q: math.fsum(w * r for w, r, _ in split(joint_p, joint_q))
            + math.fsum(w * s for w, _, s in split(joint_p, joint_q)),
            "=",
            r"sum each part on its own; in the first, $\sum_y p(x,y) = p(x)$",
        ),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(P_{Y\mid x}\Vert Q_{Y\mid x})",
            lambda joint_p, joint_q: _kl(joint_p.sum(axis=1), joint_q.sum(axis=1))
            + _conditional_kl(joint_p, joint_q),
            "=",
            "both are divergences again, the second averaged over $P_X$",
        ),
    ]
    return Derivation("Chain rule", lines, {"joint_p": joint_p, "joint_q": joint_q})


def data_processing(p: ArrayLike, q: ArrayLike, channel: ArrayLike) -> Derivation:
    """No channel x → y (rows W(·∣x)) makes two laws easier to tell apart."""
    _, p, q = as_laws(p=p, q=q)
    _, channel = as_laws(channel=channel)
    channel = np.asarray(channel, dtype=float)
    if channel.ndim != 2 or channel.shape[0] != len(p):
        raise ValueError(f"channel must have one row for each of the {len(p)} outcomes, got shape {channel.shape}")

    def pairs(law: Any, channel: Any) -> Any:
        return np.asarray(law)[:, None] * channel

    lines = [
        Line(r"D(P_X\Vert Q_X)", lambda p, q, channel: _kl(p, q)),
        Line(
            r"D(P_X\Vert Q_X) + \mathbb{E}_{x\sim P_X}\,D(W(\cdot\mid x)\Vert W(\cdot\mid x))",
            lambda p, q, channel: _kl(p, q)
            + math.fsum(a * _kl(row, row) for a, row in zip(p, channel, strict=True)),
            "=",
            "the same channel follows both laws, and a law differs from itself by zero",
        ),
        Line(
            r"D(P_{XY}\Vert Q_{XY})",
            lambda p, q, channel: _kl(pairs(p, channel), pairs(q, channel)),
            "=",
            "chain rule, first $X$ then $Y$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y) + \mathbb{E}_{y\sim P_Y}\,D(P_{X\mid y}\Vert Q_{X\mid y})",
            lambda p, q, channel: _kl(pairs(p, channel).sum(axis=0), pairs(q, channel).sum(axis=0))
            + _conditional_kl(pairs(p, channel).T, pairs(q, channel).T),
            "=",
            "chain rule, first $Y$ then $X$",
        ),
        Line(
            r"D(P_Y\Vert Q_Y)",
            lambda p, q, channel: _kl(np.asarray(p) @ channel, np.asarray(q) @ channel),
            ">=",
            "Gibbs' inequality: the divergence that is dropped is not negative",
        ),
    ]
    return Derivation("Data processing inequality", lines, {"p": p, "q": q, "channel": channel})


def joint_convexity(
    p1: ArrayLike, q1: ArrayLike, p2: ArrayLike, q2: ArrayLike, weight: float
) -> Derivation:
    """Mixing two pairs of laws never increases the divergence beyond the mixture of divergences."""
    _, p1, q1, p2, q2 = as_laws(p1=p1, q1=q1, p2=p2, q2=q2)
    if not 0 < weight < 1:
        raise ValueError(f"weight must lie strictly between 0 and 1, got {weight!r}")

    def term(a: float, b: float) -> float:
        return a * _log_ratio(a, b) if a > 0 else 0.0

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
            lambda p1, q1, p2, q2, weight: _kl(
                weight * p1 + (1 - weight) * p2, weight * q1 + (1 - weight) * q2
            ),
            "=",
            "by definition",
        ),
    ]
    example = {"p1": p1, "q1": q1, "p2": p2, "q2": q2, "weight": weight}
    return Derivation("Joint convexity", lines, example)
