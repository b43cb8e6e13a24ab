"""Generalised advantage estimation as an average of the n-step estimates.

Explained in: chapters/ppo
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line

__all__ = ["gae_as_average"]

Vector = np.ndarray[Any, Any]


def gae_as_average(rewards: ArrayLike, values: ArrayLike, gamma: float, lam: float) -> Derivation:
    """The λ-weighted average of all n-step advantages is a discounted sum of one-step surprises.

    ``rewards`` are those of the steps until the end of the episode, ``values`` the critic's values of the states they were
    earned in; after the end nothing follows.
    """
    _, *arrays = as_arrays(rewards=rewards, values=values)
    example: dict[str, Any] = {}
    for name, array in zip(("rewards", "values"), arrays, strict=True):
        example[name] = plain(array).astype(float)
        if example[name].ndim != 1 or example[name].shape != example["rewards"].shape or not example[name].size:
            raise ValueError(f"{name} must hold one number for each step, got shape {example[name].shape}")
        if not np.isfinite(example[name]).all():
            raise ValueError(f"{name} must be finite, got {example[name].tolist()!r}")
    for name, number in (("gamma", gamma), ("lam", lam)):
        if not 0 <= number <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {number!r}")

    def surprises(rewards: Vector, values: Vector, gamma: float) -> Vector:
        return np.asarray(rewards + gamma * np.append(values[1:], 0.0) - values)

    def steps(rewards: Vector, values: Vector, gamma: float, n: int) -> float:
        """R_0 + γR_1 + … + γⁿV(s_n) − V(s_0)."""
        after = gamma**n * values[n] if n < len(values) else 0.0
        return math.fsum(gamma**k * r for k, r in enumerate(rewards[:n])) + float(after - values[0])

    def weights(count: int, lam: float) -> list[float]:
        """(1 − λ)λⁿ⁻¹, and what is left for the sum that reaches the end."""
        return [(1 - lam) * lam ** (n - 1) for n in range(1, count)] + [lam ** (count - 1)]

    def average(rewards: Vector, values: Vector, gamma: float, lam: float) -> float:
        shares = weights(len(rewards), lam)
        return math.fsum(w * steps(rewards, values, gamma, n) for n, w in enumerate(shares, start=1))

    def telescoped(rewards: Vector, values: Vector, gamma: float, lam: float) -> float:
        delta, shares = surprises(rewards, values, gamma), weights(len(rewards), lam)
        return math.fsum(
            w * math.fsum(gamma**k * delta[k] for k in range(n)) for n, w in enumerate(shares, start=1)
        )  # fmt: skip

    def swapped(rewards: Vector, values: Vector, gamma: float, lam: float) -> float:
        delta, shares = surprises(rewards, values, gamma), weights(len(rewards), lam)
        return math.fsum(gamma**k * delta[k] * math.fsum(shares[k:]) for k in range(len(delta)))

    def discounted(rewards: Vector, values: Vector, gamma: float, lam: float) -> float:
        return math.fsum((gamma * lam) ** k * d for k, d in enumerate(surprises(rewards, values, gamma)))

    lines = [
        Line(r"\hat A = (1-\lambda)\sum_{n\ge1}\lambda^{n-1}A^{(n)}", average),
        Line(
            r"(1-\lambda)\sum_{n\ge1}\lambda^{n-1}\sum_{k<n}\gamma^k\delta_k",
            telescoped,
            "=",
            r"$A^{(n)} = R_0+\dots+\gamma^{n-1}R_{n-1}+\gamma^nV(s_n)-V(s_0)$ is a telescoping sum of"
            r" $\delta_k=R_k+\gamma V(s_{k+1})-V(s_k)$",
        ),
        Line(
            r"\sum_{k\ge0}\gamma^k\delta_k\,(1-\lambda)\sum_{n>k}\lambda^{n-1}",
            swapped,
            "=",
            "the same terms, in another order; beyond the end of the episode all $A^{(n)}$ are the same",
        ),
        Line(r"\sum_{k\ge0}(\gamma\lambda)^k\,\delta_k", discounted, "=", "a geometric series"),
    ]
    return Derivation("Generalised advantage estimation", lines, {**example, "gamma": float(gamma), "lam": float(lam)})
