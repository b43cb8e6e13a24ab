"""The Gaussian nearest to a law, in either direction: moments, slopes, and independent coordinates.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._covariance import as_covariance, cholesky
from kltext.derivation import Derivation, Line
from kltext.mixtures import GaussianMixture

__all__ = ["mean_field", "moment_matching", "reverse_gradient"]

Vector = np.ndarray[Any, Any]


def moment_matching(mixture: GaussianMixture, mean: float, std: float) -> Derivation:
    """D(P‖Q) for a mixture P on the line and Q = N(mean, std²): what P's own moments leave, and what they fix."""
    _on_the_line(mixture, mean, std)

    # Strips over all of P, a sixteenth of its narrowest component wide; on these sums the smooth integrands are exact to rounding.
    x, dx = _strips(mixture)
    log_p = np.asarray(mixture.log_density(x))
    p = np.exp(log_p)
    own = float(np.sum(p * x) * dx)
    spread = math.sqrt(float(np.sum(p * (x - own) ** 2) * dx))

    def log_normal(mean: float, std: float) -> Vector:
        found: Vector = -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))
        return found

    def average(values: Vector) -> float:
        return float(np.sum(p * values) * dx)

    def entropy() -> float:
        return average(-log_p)

    def between(mean: float, std: float) -> float:
        """D(N(m, s²)‖Q), integrated."""
        z = np.arange(-192, 193) / 16
        weight = np.exp(-z * z / 2) / (16 * math.sqrt(2 * math.pi))
        there = ((own + spread * z - mean) / std) ** 2 / 2 + math.log(std)
        return float(np.sum(weight * (there - z * z / 2 - math.log(spread))))

    lines = [
        Line(
            r"D(P\Vert Q) = \int p(x)\log\frac{p(x)}{q(x)}\,\mathrm dx",
            lambda mean, std: average(log_p - log_normal(mean, std)),
        ),
        Line(
            r"-h(P) + \tfrac12\log(2\pi\sigma^2) + \frac{\mathbb E_P[(X-\mu)^2]}{2\sigma^2}",
            lambda mean, std: -entropy() + math.log(2 * math.pi * std**2) / 2 + average((x - mean) ** 2) / (2 * std**2),
            "=",
            "the logarithm of the normal density; $h(P)=-\\mathbb E_P[\\log p]$ does not depend on $Q$",
        ),
        Line(
            r"-h(P) + \tfrac12\log(2\pi\sigma^2) + \frac{s^2+(m-\mu)^2}{2\sigma^2}",
            lambda mean, std: (
                -entropy() + math.log(2 * math.pi * std**2) / 2 + (spread**2 + (own - mean) ** 2) / (2 * std**2)
            ),
            "=",
            r"$\mathbb E_P[(X-\mu)^2] = s^2+(m-\mu)^2$ with $P$'s mean $m$ and variance $s^2$: all that $Q$ sees of $P$",
        ),
        Line(
            r"D\bigl(P\Vert N(m,s^2)\bigr) + D\bigl(N(m,s^2)\Vert Q\bigr)",
            lambda mean, std: average(log_p - log_normal(own, spread)) + between(mean, std),
            "=",
            r"put in and take out $\tfrac12\log(2\pi e\,s^2)$, the same expression at $\mu=m$, $\sigma=s$",
        ),
        Line(
            r"D\bigl(P\Vert N(m,s^2)\bigr)",
            lambda mean, std: average(log_p - log_normal(own, spread)),
            ">=",
            "Gibbs' inequality; with equality exactly for $Q=N(m,s^2)$",
        ),
    ]
    return Derivation("The forward fit matches moments", lines, {"mean": float(mean), "std": float(std)})


def reverse_gradient(mixture: GaussianMixture, mean: float, std: float) -> Derivation:
    """∂D(Q‖P)/∂σ for Q = N(mean, std²) and a mixture P on the line, in three forms that are all in use."""
    _on_the_line(mixture, mean, std)
    weights, means, stds = (np.asarray(a)[:, None] for a in (mixture.weights, mixture.means, mixture.stds))

    # Strips over all of Q, a sixteenth of the narrowest scale in play wide.
    step = min(1.0, float(np.min(stds)) / std) / 16
    z = step * np.arange(-math.ceil(12 / step), math.ceil(12 / step) + 1)
    phi = step * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    def parts(mean: float, std: float) -> tuple[Vector, Vector, Vector]:
        """log p and its first two derivatives, at the nodes of Q."""
        x = mean + std * z
        u = (x - means) / stds
        logs = np.log(weights) - np.log(stds * math.sqrt(2 * math.pi)) - u * u / 2
        top = logs.max(0)
        share = np.exp(logs - top)
        log_p = top + np.log(share.sum(0))
        share = share / share.sum(0)
        slope = (share * (-u / stds)).sum(0)
        bend = (share * ((u / stds) ** 2 - 1 / stds**2)).sum(0) - slope**2
        return log_p, slope, bend

    def by_score(mean: float, std: float) -> float:
        log_q = -z * z / 2 - math.log(std * math.sqrt(2 * math.pi))
        return float(np.sum(phi * (z * z - 1) / std * (log_q - parts(mean, std)[0])))

    lines = [
        Line(
            r"\frac{\partial}{\partial\sigma}D(Q\Vert P)"
            r" = \mathbb E_Q\Bigl[\frac{\partial\log q(X)}{\partial\sigma}\,\log\frac{q(X)}{p(X)}\Bigr]",
            by_score,
        ),
        Line(
            r"-\frac1\sigma - \mathbb E\bigl[Z\,(\log p)'(\mu+\sigma Z)\bigr]",
            lambda mean, std: -1 / std - float(np.sum(phi * z * parts(mean, std)[1])),
            "=",
            r"$X=\mu+\sigma Z$ with $Z$ standard normal: $\log q(X)=-\log\sigma+\dots$, and $\sigma$ now stands inside $\log p$",
        ),
        Line(
            r"-\frac1\sigma - \sigma\,\mathbb E_Q\bigl[(\log p)''(X)\bigr]",
            lambda mean, std: -1 / std - std * float(np.sum(phi * parts(mean, std)[2])),
            "=",
            r"Stein's lemma, $\mathbb E[Z\,g(Z)]=\mathbb E[g'(Z)]$: integration by parts",
        ),
    ]
    return Derivation("One slope, three ways", lines, {"mean": float(mean), "std": float(std)})


def mean_field(cov: ArrayLike, variances: ArrayLike) -> Derivation:
    """D(Q‖P) for P = N(0, cov) and Q = N(0, diag variances), in at most 4 dimensions: the best variances are 1/Λᵢᵢ."""
    xp, *arrays = as_arrays(cov=cov, variances=variances)
    cov, variances = (plain(a).astype(float) for a in arrays)
    k = len(cov) if cov.ndim == 2 else 0
    if not 1 <= k <= 4 or cov.shape != (k, k) or variances.shape != (k,):
        raise ValueError(f"cov and variances must fit one law in 1 to 4 dimensions, got {cov.shape} and {variances.shape}")
    if not (np.isfinite(variances) & (variances > 0)).all():
        raise ValueError(f"variances must be positive and finite, got {variances.tolist()!r}")
    cov = as_covariance(np, "cov", cov)
    cholesky(np, "cov", cov)

    def precisions(cov: Vector) -> Vector:
        found: Vector = np.diagonal(np.linalg.inv(cov))
        return found

    def by_eigenvalues(cov: Vector, variances: Vector) -> float:
        """½ Σ (λ − 1 − log λ) with the eigenvalues λ of Σ⁻¹ diag v, as in the chapter on Gaussians."""
        root = np.sqrt(variances)
        values = np.linalg.eigvalsh(root[:, None] * np.linalg.inv(cov) * root)
        return float(np.sum(values - 1 - np.log(values)) / 2)

    def written_out(cov: Vector, variances: Vector) -> float:
        log_det = float(np.linalg.slogdet(cov)[1])
        return float(np.sum(precisions(cov) * variances - 1 - np.log(variances)) / 2) + log_det / 2

    def floor(cov: Vector) -> float:
        return float(np.sum(np.log(precisions(cov))) / 2 + np.linalg.slogdet(cov)[1] / 2)

    def grouped(cov: Vector, variances: Vector) -> float:
        u = precisions(cov) * variances
        return float(np.sum(u - 1 - np.log(u)) / 2) + floor(cov)

    lines = [
        Line(
            r"D(Q\Vert P) = \tfrac12\sum_i\bigl[\lambda_i - 1 - \log\lambda_i\bigr]",
            by_eigenvalues,
        ),
        Line(
            r"\tfrac12\sum_i\bigl[\Lambda_{ii}v_i - 1 - \log v_i\bigr] + \tfrac12\log\det\Sigma",
            written_out,
            "=",
            r"the $\lambda_i$ are the eigenvalues of $\Lambda\operatorname{diag}(v)$: their sum is its trace, their product its determinant",
        ),
        Line(
            r"\tfrac12\sum_i\bigl[u_i - 1 - \log u_i\bigr] + \tfrac12\sum_i\log\Lambda_{ii} + \tfrac12\log\det\Sigma",
            grouped,
            "=",
            r"$u_i=\Lambda_{ii}v_i$",
        ),
        Line(
            r"\tfrac12\sum_i\log\Lambda_{ii} + \tfrac12\log\det\Sigma",
            lambda cov, variances: floor(cov),
            ">=",
            r"$u-1-\log u\ge0$, and it is 0 only for $u=1$: the best variances are $v_i=1/\Lambda_{ii}$",
        ),
    ]
    return Derivation("The best independent coordinates", lines, {"cov": cov, "variances": variances})


def _on_the_line(mixture: GaussianMixture, mean: float, std: float) -> None:
    if not isinstance(mixture, GaussianMixture) or mixture.stds is None:
        raise ValueError(f"mixture must be a GaussianMixture on the line, got {mixture!r}")
    if not math.isfinite(mean):
        raise ValueError(f"mean must be finite, got {mean!r}")
    if not 0 < std < math.inf:
        raise ValueError(f"std must be positive and finite, got {std!r}")
    if not (np.asarray(mixture.weights) > 0).all():
        raise ValueError(f"mixture must have positive weights, got {np.asarray(mixture.weights).tolist()!r}")


def _strips(mixture: GaussianMixture) -> tuple[Vector, float]:
    means, stds = np.asarray(mixture.means), np.asarray(mixture.stds)
    low, high, step = float(np.min(means - 12 * stds)), float(np.max(means + 12 * stds)), float(np.min(stds)) / 16
    if (high - low) / step > 10**6:
        raise ValueError(f"mixture must not mix scales this far apart, got stds {stds.tolist()!r}")
    return low + step * np.arange(math.ceil((high - low) / step) + 1), step
