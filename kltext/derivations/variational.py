r"""What is done with the bound: its everyday forms, one step of coordinate ascent, one of EM, and its gradient from samples.

Explained in: chapters/elbo
"""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["coordinate_ascent", "elbo_splits", "em_step", "score_function"]


def elbo_splits(prior: ArrayLike, likelihood: ArrayLike, q: ArrayLike) -> Derivation:
    """The bound as energy plus entropy, as reconstruction minus divergence from the prior, as evidence minus gap."""
    example = single_laws(prior=prior, q=q)
    example["likelihood"] = _positive(likelihood=likelihood)["likelihood"]
    if not example["prior"].shape == example["q"].shape == example["likelihood"].shape:
        shapes = [tuple(example[name].shape) for name in ("prior", "likelihood", "q")]
        raise ValueError(f"prior, likelihood and q must have the same latents, got shapes {shapes}")

    def mean(q: Any, values: Any) -> float:
        return math.fsum(a * log(b) for a, b in support(q, values))

    lines = [
        Line(
            r"\mathcal L(q) = \sum_z q(z)\log\frac{p(x,z)}{q(z)}",
            lambda prior, likelihood, q: math.fsum(a * log(b * c / a) for a, b, c in support(q, prior, likelihood)),
        ),
        Line(
            r"\mathbb{E}_q[\log p(x,z)] + H(q)",
            lambda prior, likelihood, q: mean(q, prior * likelihood) - mean(q, q),
            "=",
            "the logarithm of a quotient: energy plus entropy",
        ),
        Line(
            r"\mathbb{E}_q[\log p(x\mid z)] + \mathbb{E}_q[\log p(z)] + H(q)",
            lambda prior, likelihood, q: mean(q, likelihood) + mean(q, prior) - mean(q, q),
            "=",
            r"$p(x,z)=p(z)\,p(x\mid z)$",
        ),
        Line(
            r"\mathbb{E}_q[\log p(x\mid z)] - D\bigl(q\Vert p(z)\bigr)",
            lambda prior, likelihood, q: mean(q, likelihood) - kl(q, prior),
            "=",
            "the last two terms are minus a divergence: reconstruction minus divergence from the prior",
        ),
        Line(
            r"\log p(x) - D\bigl(q\Vert p(z\mid x)\bigr)",
            lambda prior, likelihood, q: (
                log(math.fsum(prior * likelihood)) - kl(q, prior * likelihood / math.fsum(prior * likelihood))
            ),
            "=",
            r"in the first line, $p(x,z)=p(x)\,p(z\mid x)$: evidence minus gap",
        ),
    ]
    return Derivation("Three ways to add up the bound", lines, example)


def coordinate_ascent(joint: ArrayLike, q_1: ArrayLike, q_2: ArrayLike) -> Derivation:
    """One factor moved to its best place; ``joint`` is p(x, z₁, z₂) for the observed x, a row for each z₁."""
    example = {**_positive(2, joint=joint), **single_laws(q_1=q_1), **single_laws(q_2=q_2)}
    if example["joint"].shape != (len(example["q_1"]), len(example["q_2"])):
        shape = (len(example["q_1"]), len(example["q_2"]))
        raise ValueError(f"joint must have shape {shape} to fit q_1 and q_2, got {example['joint'].shape}")

    def entropy(q: Any) -> float:
        return math.fsum(-a * log(a) for (a,) in support(q))

    def average(joint: Any, q_2: Any) -> list[float]:
        """E log p(x, z₁, z₂) under q₂, for each z₁."""
        return [math.fsum(b * log(v) for b, v in support(q_2, row)) for row in joint]

    def best(joint: Any, q_2: Any) -> tuple[Any, float]:
        """The best factor, and the constant that normalises it."""
        powers = np.exp(average(joint, q_2))
        return powers / math.fsum(powers), math.fsum(powers)

    def bound(joint: Any, q_1: Any, q_2: Any) -> float:
        return math.fsum(a * b * (log(v) - log(a * b)) for a, row in support_rows(q_1, joint) for b, v in support(q_2, row))

    def support_rows(q_1: Any, joint: Any) -> list[tuple[float, Any]]:
        return [(a, row) for a, row in zip(q_1.tolist(), joint, strict=True) if a > 0]

    lines = [
        Line(r"\mathcal L(q_1q_2) = \mathbb{E}_{q_1q_2}\Bigl[\log\frac{p(x,z_1,z_2)}{q_1(z_1)\,q_2(z_2)}\Bigr]", bound),
        Line(
            r"\mathbb{E}_{q_1}\bigl[\mathbb{E}_{q_2}\log p(x,z_1,z_2) - \log q_1(z_1)\bigr] + H(q_2)",
            lambda joint, q_1, q_2: (
                math.fsum(a * (v - log(a)) for a, v in zip(q_1.tolist(), average(joint, q_2), strict=True) if a > 0) + entropy(q_2)
            ),
            "=",
            r"the factors are independent: average over $z_2$ first",
        ),
        Line(
            r"\log c - D(q_1\Vert q_1^*) + H(q_2)",
            lambda joint, q_1, q_2: log(best(joint, q_2)[1]) - kl(q_1, best(joint, q_2)[0]) + entropy(q_2),
            "=",
            r"$\mathbb{E}_{q_2}\log p(x,z_1,z_2) = \log q_1^*(z_1) + \log c$, where $c$ normalises $q_1^*$",
        ),
        Line(
            r"\log c + H(q_2)",
            lambda joint, q_1, q_2: log(best(joint, q_2)[1]) + entropy(q_2),
            "<=",
            "a divergence is not negative",
        ),
        Line(
            r"\mathcal L(q_1^*q_2)",
            lambda joint, q_1, q_2: bound(joint, best(joint, q_2)[0], q_2),
            "=",
            r"the same lines for $q_1=q_1^*$, where the divergence is 0",
        ),
    ]
    return Derivation("The best factor, the other one held fixed", lines, example)


def em_step(before: ArrayLike, after: ArrayLike) -> Derivation:
    """What one iteration of EM gains: p(x, z) of the old and of the new model, a row for each observation."""
    example = _positive(2, before=before, after=after)
    if example["before"].shape != example["after"].shape:
        raise ValueError(f"after must have shape {example['before'].shape} to fit before, got {example['after'].shape}")

    def rows(before: Any, after: Any) -> list[tuple[Any, Any, Any]]:
        """For each observation the posterior of the old model, and both rows."""
        return [(a / math.fsum(a), a, b) for a, b in zip(before, after, strict=True)]

    def mean(values: list[float]) -> float:
        return math.fsum(values) / len(values)

    def bound(q: Any, joint: Any) -> float:
        return math.fsum(a * (log(b) - log(a)) for a, b in support(q, joint))

    lines = [
        Line(
            r"\tfrac1n\sum_i\log\frac{p_{\theta'}(x_i)}{p_\theta(x_i)}",
            lambda before, after: mean([log(math.fsum(b) / math.fsum(a)) for _, a, b in rows(before, after)]),
        ),
        Line(
            r"\tfrac1n\sum_i\bigl[\mathcal L(q_i,\theta') + D\bigl(q_i\Vert p_{\theta'}(z\mid x_i)\bigr) - \log p_\theta(x_i)\bigr]",
            lambda before, after: mean(
                [bound(q, b) + kl(q, b / math.fsum(b)) - log(math.fsum(a)) for q, a, b in rows(before, after)]
            ),
            "=",
            r"the ledger of the new model, for the $q_i$ of the old one",
        ),
        Line(
            r"\tfrac1n\sum_i\bigl[\mathcal L(q_i,\theta') - \mathcal L(q_i,\theta)\bigr] + \tfrac1n\sum_i D\bigl(q_i\Vert p_{\theta'}(z\mid x_i)\bigr)",
            lambda before, after: (
                mean([bound(q, b) - bound(q, a) for q, a, b in rows(before, after)])
                + mean([kl(q, b / math.fsum(b)) for q, _, b in rows(before, after)])
            ),
            "=",
            r"after the E-step the old model's gap is 0: $\log p_\theta(x_i)=\mathcal L(q_i,\theta)$",
        ),
        Line(
            r"\tfrac1n\sum_i\bigl[\mathcal L(q_i,\theta') - \mathcal L(q_i,\theta)\bigr] = \Delta\mathcal L",
            lambda before, after: mean([bound(q, b) - bound(q, a) for q, a, b in rows(before, after)]),
            ">=",
            "divergences are not negative",
        ),
    ]
    return Derivation("What one iteration of EM gains", lines, example)


def score_function(joint: ArrayLike, q: ArrayLike, change: ArrayLike, *, baseline: float = 0.0) -> Derivation:
    """The slope of the bound along a change of q, as an average under q; ``change`` holds ∂q(z), which adds up to 0."""
    example = {**_positive(joint=joint), **_positive(q=q)}
    single_laws(q=q)
    _, array = as_arrays(change=change)
    example["change"], example["baseline"] = plain(array).astype(float), float(baseline)
    shapes = {example[name].shape for name in ("joint", "q", "change")}
    if len(shapes) > 1:
        raise ValueError(f"joint, q and change must have the same latents, got shapes {sorted(shapes)}")
    if not np.isfinite(example["change"]).all() or abs(math.fsum(example["change"])) > 1e-12:
        raise ValueError(f"change must be finite and add up to 0, got {example['change'].tolist()!r}")
    if not math.isfinite(example["baseline"]):
        raise ValueError(f"baseline must be finite, got {baseline!r}")

    def rows(joint: Any, q: Any, change: Any) -> list[tuple[float, float, float]]:
        """r(z), q(z) and ∂q(z) for each latent."""
        return [(log(a) - log(b), b, c) for a, b, c in zip(joint.tolist(), q.tolist(), change.tolist(), strict=True)]

    def slope(joint: Any, q: Any, change: Any, baseline: float) -> float:
        """The derivative by a step into the complex plane, where no difference is taken."""
        step = 1e-100
        moved = [(a, b + 1j * step * c) for a, b, c in zip(joint.tolist(), q.tolist(), change.tolist(), strict=True)]
        return math.fsum((v * (log(a) - cmath.log(v))).imag for a, v in moved) / step

    lines = [
        Line(r"\partial\mathcal L = \partial\sum_z q(z)\,r(z),\quad r(z)=\log\frac{p(x,z)}{q(z)}", slope),
        Line(
            r"\sum_z \partial q(z)\,r(z) + \sum_z q(z)\,\partial r(z)",
            lambda joint, q, change, baseline: (
                math.fsum(c * r for r, _, c in rows(joint, q, change)) + math.fsum(b * (-c / b) for _, b, c in rows(joint, q, change))
            ),
            "=",
            r"product rule; $\partial r(z) = -\partial q(z)/q(z)$",
        ),
        Line(
            r"\sum_z \partial q(z)\,r(z)",
            lambda joint, q, change, baseline: math.fsum(c * r for r, _, c in rows(joint, q, change)),
            "=",
            r"the second sum is $-\sum_z\partial q(z) = -\partial 1 = 0$",
        ),
        Line(
            r"\sum_z \partial q(z)\,\bigl(r(z)-b\bigr)",
            lambda joint, q, change, baseline: math.fsum(c * (r - baseline) for r, _, c in rows(joint, q, change)),
            "=",
            r"for the same reason a constant $b$ may be subtracted",
        ),
        Line(
            r"\mathbb{E}_q\bigl[(r(z)-b)\,\partial\log q(z)\bigr]",
            lambda joint, q, change, baseline: math.fsum(b * (r - baseline) * (c / b) for r, b, c in rows(joint, q, change)),
            "=",
            r"$\partial q = q\,\partial\log q$: an average under $q$, so samples will do",
        ),
    ]
    return Derivation("The score-function gradient", lines, example)


def _positive(axes: int = 1, **values: ArrayLike) -> dict[str, Any]:
    """The arguments as plain arrays of positive numbers."""
    _, *arrays = as_arrays(**values)
    found = {name: plain(array).astype(float) for name, array in zip(values, arrays, strict=True)}
    for name, array in found.items():
        if array.ndim != axes or array.size == 0:
            raise ValueError(f"{name} must have {axes} {'axis' if axes == 1 else 'axes'}, got shape {array.shape}")
        if not ((array > 0) & np.isfinite(array)).all():
            raise ValueError(f"{name} must be positive and finite, got {array.tolist()!r}")
    return found
