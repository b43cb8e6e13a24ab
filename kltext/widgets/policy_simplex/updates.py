"""PPO's policy updates on three actions: gradient ascent on the sampled objective over the logits of a softmax."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from kltext import adapt_kl_coefficient, kl_divergence

Three = tuple[float, ...]

GRID = 2**24
"""Logits move in multiples of 1/GRID: a large step size amplifies the last digits, and so every machine takes the same path."""

ROUNDS = 12
"""How often the adaptive update is made again at most."""


class Batch(NamedTuple):
    """What an update is made of."""

    old: Three
    advantages: Three
    counts: tuple[int, ...]
    epsilon: float
    rate: float
    steps: int


class Regulated(NamedTuple):
    """The last update of the adaptive coefficient."""

    beta: float
    """The coefficient that it was made with."""
    path: list[Three]
    ends: list[Three]
    """Where each round ended."""


def silent(ratio: float, advantage: float, epsilon: float) -> bool:
    """Whether the clip has taken the gradient of a sample."""
    return (advantage > 0 and ratio > 1 + epsilon) or (advantage < 0 and ratio < 1 - epsilon)


def ascend(batch: Batch, beta: float | None) -> list[Three]:
    """The policies on the way: with ``beta`` on the penalised surrogate, in steps of rate/(1 + rate·β); else on the clipped one."""
    old, advantages, counts, epsilon, rate, steps = batch
    total = sum(counts)
    pace = rate if beta is None else rate / (1 + rate * beta)
    start = [math.log(mass) for mass in old]
    moved = [0.0, 0.0, 0.0]  # the logits' way from there
    policy: Three = old
    path = [policy]
    for step in range(steps):
        ratios = [1.0] * 3 if step == 0 else [new / mass for new, mass in zip(policy, old, strict=True)]
        pull = [
            0.0 if count == 0 or (beta is None and silent(ratio, advantage, epsilon)) else count / total * ratio * advantage
            for count, ratio, advantage in zip(counts, ratios, advantages, strict=True)
        ]
        force = sum(pull)
        way = [g - new * force - (beta or 0.0) * (new - mass) for g, new, mass in zip(pull, policy, old, strict=True)]
        moved = [round(GRID * (z + pace * g)) / GRID for z, g in zip(moved, way, strict=True)]
        logits = [z + by for z, by in zip(start, moved, strict=True)]
        weights = [math.exp(z - max(logits)) for z in logits]
        policy = tuple(weight / sum(weights) for weight in weights)
        path.append(policy)
    return path


def regulate(batch: Batch, beta: float, target: float) -> Regulated:
    """The update made again on the same batch, the coefficient adapted after each to the divergence that it reached."""
    ends: list[Three] = []
    for _ in range(ROUNDS):
        path = ascend(batch, beta)
        ends.append(path[-1])
        used, beta = beta, adapt_kl_coefficient(beta, float(kl_divergence(batch.old, path[-1])), target)
        if used == beta:
            break
    return Regulated(used, path, ends)


def corners(low: list[float], high: list[float]) -> list[Three]:
    """The corners of all laws with low ≤ π ≤ high; what rounding leaves of nothing is nothing."""
    found: list[Three] = []
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        for a, b in itertools.product((low[i], high[i]), (low[j], high[j])):
            rest = 1 - a - b
            if low[k] - 1e-12 <= rest <= high[k] + 1e-12:
                law = [0.0] * 3
                law[i], law[j], law[k] = a, b, 0.0 if abs(rest) < 1e-12 else rest
                found.append(tuple(law))
    return found


def band(batch: Batch) -> list[Three]:
    """The corners of the policies under which every sampled ratio is inside the clip band."""
    seen = [count > 0 for count in batch.counts]
    low = [(1 - batch.epsilon) * mass if one else 0.0 for mass, one in zip(batch.old, seen, strict=True)]
    high = [min(1.0, (1 + batch.epsilon) * mass) if one else 1.0 for mass, one in zip(batch.old, seen, strict=True)]
    return corners(low, high)
