"""Multivariate normal laws: the three terms of their divergence, and what their correlations are worth.

Explained in: chapters/gaussians
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._covariance import as_covariance, cholesky
from kltext.derivation import Derivation, Line

__all__ = ["gaussian_total_correlation", "mvn_kl"]

Vector = np.ndarray[Any, Any]


def mvn_kl(mean_p: ArrayLike, cov_p: ArrayLike, mean_q: ArrayLike, cov_q: ArrayLike) -> Derivation:
    """The closed form of D(P‖Q) for two normal laws in k ≤ 4 dimensions, from the average log-ratio."""
    xp, *arrays = as_arrays(mean_p=mean_p, cov_p=cov_p, mean_q=mean_q, cov_q=cov_q)
    names = ("mean_p", "cov_p", "mean_q", "cov_q")
    example = dict(zip(names, (plain(a).astype(float) for a in arrays), strict=True))
    k = example["mean_p"].shape[-1] if example["mean_p"].ndim == 1 else 0
    wanted = {"mean_p": (k,), "cov_p": (k, k), "mean_q": (k,), "cov_q": (k, k)}
    for name, value in example.items():
        if not 1 <= k <= 4 or value.shape != wanted[name]:
            raise ValueError(f"{name} must fit one pair of laws in 1 to 4 dimensions, got shape {value.shape}")
    for name in ("cov_p", "cov_q"):
        example[name] = as_covariance(np, name, example[name])
        cholesky(np, name, example[name])

    def log_density(x: Vector, mean: Vector, cov: Vector) -> float:
        inverse, k = np.linalg.inv(cov), len(mean)
        return float(-(x - mean) @ inverse @ (x - mean) / 2 - np.log((2 * np.pi) ** k * np.linalg.det(cov)) / 2)

    def average(f: Callable[[Vector], float], mean: Vector, cov: Vector) -> float:
        """E f(X) by a Gauss–Hermite rule, exact for polynomials of degree five in every coordinate."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(3)
        root = np.linalg.cholesky(cov)
        total = 0.0
        for place in product(range(3), repeat=len(mean)):
            weight = np.prod(weights[list(place)]) / (2 * np.pi) ** (len(mean) / 2)
            total += float(weight) * f(mean + root @ nodes[list(place)])
        return total

    def quadratic(x: Vector, mean: Vector, cov: Vector) -> float:
        return float((x - mean) @ np.linalg.solve(cov, x - mean))

    def definition(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
        return average(lambda x: log_density(x, mean_p, cov_p) - log_density(x, mean_q, cov_q), mean_p, cov_p)

    def volumes(cov_p: Vector, cov_q: Vector) -> float:
        return float(np.log(np.linalg.det(cov_q) / np.linalg.det(cov_p)))

    def forms(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
        about_q = average(lambda x: quadratic(x, mean_q, cov_q), mean_p, cov_p)
        about_p = average(lambda x: quadratic(x, mean_p, cov_p), mean_p, cov_p)
        return (volumes(cov_p, cov_q) + about_q - about_p) / 2

    def closed(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
        trace = float(np.trace(np.linalg.inv(cov_q) @ cov_p))
        return (trace - len(mean_p) + volumes(cov_p, cov_q) + quadratic(mean_p, mean_q, cov_q)) / 2

    def directions(mean_p: Vector, cov_p: Vector, mean_q: Vector, cov_q: Vector) -> float:
        root = np.linalg.inv(np.linalg.cholesky(cov_q))
        values, vectors = np.linalg.eigh(root @ cov_p @ root.T)
        d = vectors.T @ root @ (mean_p - mean_q)
        return float(np.sum(values - 1 - np.log(values) + d * d) / 2)

    lines = [
        Line(r"D(P\Vert Q) = \mathbb{E}_P[\log p(X)-\log q(X)]", definition),
        Line(
            r"\tfrac12\Bigl[\log\frac{\det\Sigma_Q}{\det\Sigma_P}"
            r" + \mathbb{E}_P\lVert X-\mu_Q\rVert^2_{\Sigma_Q} - \mathbb{E}_P\lVert X-\mu_P\rVert^2_{\Sigma_P}\Bigr]",
            forms,
            "=",
            r"the logarithm of each density, with $\lVert v\rVert^2_\Sigma = v^{\mathsf T}\Sigma^{-1}v$; $(2\pi)^k$ cancels",
        ),
        Line(
            r"\tfrac12\Bigl[\operatorname{tr}(\Sigma_Q^{-1}\Sigma_P) - k + \log\frac{\det\Sigma_Q}{\det\Sigma_P}"
            r" + \lVert\mu_P-\mu_Q\rVert^2_{\Sigma_Q}\Bigr]",
            closed,
            "=",
            r"$\mathbb{E}_P[(X-a)^{\mathsf T}M(X-a)] = \operatorname{tr}(M\Sigma_P)+(\mu_P-a)^{\mathsf T}M(\mu_P-a)$, twice",
        ),
        Line(
            r"\tfrac12\sum_i\bigl[\lambda_i - 1 - \log\lambda_i + d_i^2\bigr]",
            directions,
            "=",
            r"in coordinates where $Q$ is standard and $P$ uncorrelated, with variances $\lambda_i$ and mean $d$",
        ),
    ]
    return Derivation("KL divergence between multivariate Gaussians", lines, example)


def gaussian_total_correlation(cov: ArrayLike) -> Derivation:
    """The entropies of a normal law's coordinates exceed that of the whole by −½ log det R, R its correlation matrix."""
    _, array = as_arrays(cov=cov)
    matrix = as_covariance(np, "cov", plain(array).astype(float))
    if matrix.ndim != 2:
        raise ValueError(f"cov must be a single covariance matrix, got shape {matrix.shape}")
    cholesky(np, "cov", matrix)

    def entropies(cov: Vector) -> float:
        k = len(cov)
        parts = np.log(2 * np.pi * np.e * np.diag(cov)).sum() / 2
        return float(parts - (k * np.log(2 * np.pi * np.e) + np.linalg.slogdet(cov)[1]) / 2)

    def correlations(cov: Vector) -> float:
        stds = np.sqrt(np.diag(cov))
        return float(-np.linalg.slogdet(cov / np.outer(stds, stds))[1] / 2)

    def divergence(cov: Vector) -> float:
        apart = np.diag(np.diag(cov))
        logarithms = np.linalg.slogdet(apart)[1] - np.linalg.slogdet(cov)[1]
        return float(np.trace(np.linalg.solve(apart, cov)) - len(cov) + logarithms) / 2

    lines = [
        Line(r"\sum_j h(P_j) - h(P)", entropies),
        Line(
            r"\tfrac12\log\frac{\prod_j\Sigma_{jj}}{\det\Sigma}",
            lambda cov: float(np.log(np.diag(cov)).sum() - np.linalg.slogdet(cov)[1]) / 2,
            "=",
            r"$h(P_j)=\frac12\log(2\pi e\,\Sigma_{jj})$ and $h(P)=\frac12\log\bigl((2\pi e)^k\det\Sigma\bigr)$",
        ),
        Line(
            r"-\tfrac12\log\det R",
            correlations,
            "=",
            r"$\Sigma_{ij}=R_{ij}\sqrt{\Sigma_{ii}\Sigma_{jj}}$, so $\det\Sigma=\det R\,\prod_j\Sigma_{jj}$",
        ),
        Line(
            r"D\bigl(P\Vert\textstyle\prod_jP_j\bigr)",
            divergence,
            "=",
            r"the means agree, and $\operatorname{tr}\bigl(\operatorname{diag}(\Sigma)^{-1}\Sigma\bigr)=k$",
        ),
    ]
    return Derivation("What correlations are worth", lines, {"cov": matrix})
