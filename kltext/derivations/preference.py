"""Direct preference optimisation: the optimum on the leash, solved for the reward.

Explained in: chapters/rlhf
"""

from __future__ import annotations

import math
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import log, single_laws

__all__ = ["preference_margin"]


def preference_margin(reference: ArrayLike, reward: ArrayLike, beta: float, chosen: int, rejected: int) -> Derivation:
    """The difference of two rewards is that of two log-ratios: the normaliser belongs to the prompt, and cancels."""
    example = single_laws(reference=reference)
    xp, array = as_arrays(reward=reward)
    require(xp, xp.isfinite(array), "reward must be finite", array)
    if tuple(array.shape) != example["reference"].shape:
        raise ValueError(f"reward must have shape {example['reference'].shape} to fit reference, got {tuple(array.shape)}")
    if not 0 < beta < math.inf:
        raise ValueError(f"beta must be positive and finite, got {beta!r}")
    for name, place in (("chosen", chosen), ("rejected", rejected)):
        if not 0 <= place < len(example["reference"]):
            raise ValueError(f"{name} must be the place of an outcome, got {place!r}")
        if example["reference"][place] == 0:
            raise ValueError(f"{name} must be an outcome of the reference, got {place!r} of probability 0")
    example |= {"reward": plain(array).astype(float), "beta": float(beta), "chosen": int(chosen), "rejected": int(rejected)}

    def log_z(reference: Any, reward: Any, beta: float) -> float:
        logs = [log(a) + r / beta for a, r in zip(reference.tolist(), reward.tolist(), strict=True)]
        top = max(logs)
        return float(top + math.log(math.fsum(math.exp(z - top) for z in logs)))

    def log_ratio(place: int, reference: Any, reward: Any, beta: float) -> float:
        """log π*/π_ref, from the two laws."""
        tilted = log(reference[place]) + reward[place] / beta - log_z(reference, reward, beta)
        return float(tilted - log(reference[place]))

    def whole(place: int, *problem: Any) -> float:
        return float(problem[2] * log_ratio(place, *problem) + problem[2] * log_z(*problem))

    def preference(first: float, second: float) -> float:
        """log σ(first − second)."""
        return -math.log1p(math.exp(second - first)) if first >= second else first - second - math.log1p(math.exp(first - second))

    lines = [
        Line(r"r(y_w)-r(y_l)", lambda reference, reward, beta, chosen, rejected: float(reward[chosen] - reward[rejected])),
        Line(
            r"\Bigl[\beta\log\frac{\pi^*(y_w)}{\pi_{\mathrm{ref}}(y_w)}+\beta\log Z\Bigr]"
            r"-\Bigl[\beta\log\frac{\pi^*(y_l)}{\pi_{\mathrm{ref}}(y_l)}+\beta\log Z\Bigr]",
            lambda reference, reward, beta, chosen, rejected: whole(chosen, reference, reward, beta) - whole(rejected, reference, reward, beta),
            "=",
            r"$\pi^*=\pi_{\mathrm{ref}}\,e^{r/\beta}/Z$, solved for $r$",
        ),
        Line(
            r"\beta\log\frac{\pi^*(y_w)}{\pi_{\mathrm{ref}}(y_w)}-\beta\log\frac{\pi^*(y_l)}{\pi_{\mathrm{ref}}(y_l)}",
            lambda reference, reward, beta, chosen, rejected: (
                beta * (log_ratio(chosen, reference, reward, beta) - log_ratio(rejected, reference, reward, beta))
            ),
            "=",
            r"$Z$ belongs to the prompt, not to the answer",
        ),
        Line(
            r"\log\frac{\Pr(y_w\succ y_l)}{\Pr(y_l\succ y_w)}",
            lambda reference, reward, beta, chosen, rejected: preference(reward[chosen], reward[rejected]) - preference(reward[rejected], reward[chosen]),
            "=",
            r"if preferences follow Bradley and Terry: $\Pr(y_w\succ y_l)=\frac{e^{r(y_w)}}{e^{r(y_w)}+e^{r(y_l)}}$",
        ),
    ]
    return Derivation("A preference without the normaliser", lines, example)
