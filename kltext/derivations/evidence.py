"""The evidence lower bound, three ways, and the KL term of a VAE.

Explained in: chapters/elbo
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import log, single_laws

__all__ = ["elbo_by_importance_weights", "elbo_by_jensen", "elbo_by_kl", "vae_kl"]

BOUND = r"\sum_z q(z)\log\frac{p(x,z)}{q(z)}"


def elbo_by_jensen(joint: ArrayLike, q: ArrayLike) -> Derivation:
    """The bound from Jensen's inequality; ``joint`` holds p(x, z) for the observed x and each z."""
    lines = [
        Line(r"\log p(x) = \log\sum_z p(x,z)", lambda joint, q: log(math.fsum(joint))),
        Line(
            r"\log\sum_{z:\,q(z)>0} q(z)\,\frac{p(x,z)}{q(z)}",
            lambda joint, q: log(math.fsum(b * (a / b) for a, b in zip(joint, q, strict=True) if b > 0)),
            ">=",
            r"multiply and divide by $q(z)$ where it is positive; what $q$ leaves out is lost (nothing, if $q$ allows all)",
        ),
        Line(BOUND, _bound, ">=", r"Jensen's inequality: $\log$ is concave, and the $q(z)$ sum to one"),
    ]
    return Derivation("The ELBO by Jensen's inequality", lines, _example(joint, q))


def elbo_by_kl(joint: ArrayLike, q: ArrayLike) -> Derivation:
    """The gap: q's divergence from the posterior is the evidence minus the bound."""

    def posterior(joint: Any) -> Any:
        return joint / math.fsum(joint)

    def divergence(joint: Any, q: Any) -> float:
        return math.fsum(b * (log(b) - log(a)) for a, b in zip(posterior(joint), q, strict=True) if b > 0)

    def spread(joint: Any, q: Any) -> float:
        return math.fsum(b * (log(b) - log(a) + log(math.fsum(joint))) for a, b in zip(joint, q, strict=True) if b > 0)

    lines = [
        Line(r"D\bigl(q\Vert p(z\mid x)\bigr) = \sum_z q(z)\log\frac{q(z)}{p(z\mid x)}", divergence),
        Line(
            r"\sum_z q(z)\log\frac{q(z)\,p(x)}{p(x,z)}",
            spread,
            "=",
            r"Bayes' rule: $p(z\mid x)=p(x,z)/p(x)$",
        ),
        Line(
            r"\log p(x) - " + BOUND,
            lambda joint, q: log(math.fsum(joint)) - _bound(joint, q),
            "=",
            r"$\log p(x)$ does not depend on $z$, and the $q(z)$ sum to one",
        ),
    ]
    return Derivation("The gap is a KL divergence", lines, _example(joint, q))


def elbo_by_importance_weights(joint: ArrayLike, q: ArrayLike) -> Derivation:
    """From one importance weight to two and three, and to the evidence; every expectation by enumeration."""

    def expected(joint: Any, q: Any, count: int) -> float:
        rows = [(a / b, b) for a, b in zip(joint, q, strict=True) if b > 0]
        return math.fsum(
            math.prod(b for _, b in draw) * log(math.fsum(w for w, _ in draw) / count)
            for draw in product(rows, repeat=count)
        )

    lines = [
        Line(BOUND, _bound),
        Line(
            r"\mathbb{E}_q[\log w_1],\quad w_k=\frac{p(x,z_k)}{q(z_k)}",
            lambda joint, q: expected(joint, q, 1),
            "=",
            "the bound is the average logarithm of one importance weight",
        ),
        Line(
            r"\mathbb{E}_q\Bigl[\log\frac{w_1+w_2}2\Bigr]",
            lambda joint, q: expected(joint, q, 2),
            "<=",
            r"$\log$ is concave, and $w_1$, $w_2$ have the same law",
        ),
        Line(
            r"\mathbb{E}_q\Bigl[\log\frac{w_1+w_2+w_3}3\Bigr]",
            lambda joint, q: expected(joint, q, 3),
            "<=",
            "the mean of three is the mean of the three means of two",
        ),
        Line(
            r"\log\mathbb{E}_q[w_1] = \log p(x)",
            lambda joint, q: log(math.fsum(b * (a / b) for a, b in zip(joint, q, strict=True) if b > 0)),
            "<=",
            r"Jensen's inequality once more; equal to the evidence if $q$ allows every possible $z$",
        ),
    ]
    return Derivation("The ELBO by importance weights", lines, _example(joint, q))


def vae_kl(mean: float, log_var: float) -> Derivation:
    """The KL term of one latent dimension, from the average log-ratio to the form in log-variances."""
    for name, value in (("mean", mean), ("log_var", log_var)):
        if not math.isfinite(value) or abs(value) > 50:
            raise ValueError(f"{name} must lie between -50 and 50, got {value!r}")

    def average(mean: float, log_var: float) -> float:
        std, step = math.exp(log_var / 2), 1 / 16
        points = (k * step for k in range(-192, 193))
        return math.fsum(
            step * math.exp(-e * e / 2) / math.sqrt(2 * math.pi) * ((mean + std * e) ** 2 / 2 - e * e / 2 - log_var / 2)
            for e in points
        )

    def moments(mean: float, log_var: float) -> float:
        std, step = math.exp(log_var / 2), 1 / 16
        weights = [(step * math.exp(-((k * step) ** 2) / 2) / math.sqrt(2 * math.pi), k * step) for k in range(-192, 193)]
        square = math.fsum(w * (mean + std * e) ** 2 for w, e in weights)
        return (square - math.fsum(w * e * e for w, e in weights) - log_var) / 2

    lines = [
        Line(r"D\bigl(N(\mu,\sigma^2)\Vert N(0,1)\bigr) = \mathbb{E}\Bigl[\tfrac12 z^2-\tfrac12\epsilon^2-\log\sigma\Bigr],\quad z=\mu+\sigma\epsilon", average),
        Line(
            r"\tfrac12\bigl(\mathbb{E}[z^2]-\mathbb{E}[\epsilon^2]-\log\sigma^2\bigr)",
            moments,
            "=",
            "averages add, and $\\log\\sigma$ is half of $\\log\\sigma^2$",
        ),
        Line(
            r"\tfrac12\bigl(\mu^2+e^{\ell}-1-\ell\bigr),\quad \ell=\log\sigma^2",
            lambda mean, log_var: (mean**2 + math.exp(log_var) - 1 - log_var) / 2,
            "=",
            r"$\mathbb{E}[z^2]=\mu^2+\sigma^2$ and $\mathbb{E}[\epsilon^2]=1$",
        ),
    ]
    return Derivation("The KL term of a VAE", lines, {"mean": float(mean), "log_var": float(log_var)})


def _bound(joint: Any, q: Any) -> float:
    return math.fsum(b * (log(a) - log(b)) for a, b in zip(joint, q, strict=True) if b > 0)


def _example(joint: ArrayLike, q: ArrayLike) -> dict[str, Any]:
    _, array = as_arrays(joint=joint)
    values = plain(array).astype(float)
    if values.ndim != 1 or not ((values >= 0) & np.isfinite(values)).all() or values.sum() <= 0:
        raise ValueError(f"joint must hold p(x, z) ≥ 0 for each z, not all zero, got {values.tolist()!r}")
    law = single_laws(q=q)["q"]
    if law.shape != values.shape:
        raise ValueError(f"joint and q must have the same latents, got {values.shape} and {law.shape}")
    return {"joint": values, "q": law}
