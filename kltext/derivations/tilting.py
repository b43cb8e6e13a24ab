"""Reward minus a divergence: the Gibbs variational principle.

Explained in: chapters/rlhf
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["rlhf_optimum"]


def rlhf_optimum(policy: ArrayLike, reference: ArrayLike, reward: ArrayLike, beta: float) -> Derivation:
    """No policy on the leash scores above β log Z; what one misses is its divergence from the tilted law."""
    example = single_laws(policy=policy, reference=reference)
    xp, array = as_arrays(reward=reward)
    require(xp, xp.isfinite(array), "reward must be finite", array)
    if tuple(array.shape) != example["policy"].shape:
        raise ValueError(f"reward must have shape {example['policy'].shape} to fit policy, got {tuple(array.shape)}")
    if not 0 < beta < math.inf:
        raise ValueError(f"beta must be positive and finite, got {beta!r}")
    example = {**example, "reward": plain(array).astype(float), "beta": float(beta)}

    def log_z(reference: Any, reward: Any, beta: float) -> float:
        logs: list[float] = [log(a) + r / beta for a, r in zip(reference.tolist(), reward.tolist(), strict=True)]
        top = max(logs)
        return top + math.log(math.fsum(math.exp(z - top) for z in logs))

    def tilted(reference: Any, reward: Any, beta: float) -> list[float]:
        total = log_z(reference, reward, beta)
        return [log(a) + r / beta - total for a, r in zip(reference.tolist(), reward.tolist(), strict=True)]

    def from_tilted(policy: Any, reference: Any, reward: Any, beta: float) -> float:
        """D(π‖π*), from the logarithms of π*."""
        logs = tilted(reference, reward, beta)
        return math.fsum(a * (log(a) - z) for a, z in zip(policy.tolist(), logs, strict=True) if a > 0)

    lines = [
        Line(
            r"J(\pi) = \sum_x \pi\,r - \beta\,D(\pi\Vert\pi_{\mathrm{ref}})",
            lambda policy, reference, reward, beta: (
                math.fsum(a * r for a, r in support(policy, reward)) - beta * kl(policy, reference)
            ),
        ),
        Line(
            r"-\beta\sum_x \pi\,\Bigl[\log\frac{\pi}{\pi_{\mathrm{ref}}} - \frac{r}{\beta}\Bigr]",
            lambda policy, reference, reward, beta: (
                -beta * math.fsum(a * (log(a) - log(b) - r / beta) for a, b, r in support(policy, reference, reward))
            ),
            "=",
            r"both are averages under $\pi$",
        ),
        Line(
            r"\beta\log Z - \beta\sum_x \pi\log\frac{\pi}{\pi_{\mathrm{ref}}\,e^{r/\beta}/Z},"
            r"\quad Z = \sum_x \pi_{\mathrm{ref}}\,e^{r/\beta}",
            lambda policy, reference, reward, beta: (
                beta * log_z(reference, reward, beta)
                - beta
                * math.fsum(
                    a * (log(a) - (log(b) + r / beta - log_z(reference, reward, beta)))
                    for a, b, r in support(policy, reference, reward)
                )
            ),
            "=",
            r"add and subtract $\log Z$, which makes the denominator a law: $\pi^* = \pi_{\mathrm{ref}}\,e^{r/\beta}/Z$",
        ),
        Line(
            r"\beta\log Z - \beta\,D(\pi\Vert\pi^*)",
            lambda policy, reference, reward, beta: (
                beta * log_z(reference, reward, beta) - beta * from_tilted(policy, reference, reward, beta)
            ),
            "=",
            "the sum is a divergence, by definition",
        ),
        Line(
            r"\beta\log Z",
            lambda policy, reference, reward, beta: beta * log_z(reference, reward, beta),
            "<=",
            r"Gibbs' inequality; equality for $\pi = \pi^*$ only",
        ),
    ]
    return Derivation("The optimum on the leash", lines, example)
