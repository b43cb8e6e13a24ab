"""Working with logarithms of probabilities: softplus and log-softmax without overflow or cancellation.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, like
from kltext._checks import require
from kltext._evaluate import select
from kltext._primitive import differentiated

__all__ = ["check_logits", "log_softmax", "sigmoid", "softplus"]


@differentiated(lambda xp, x, value: value * sigmoid(xp, -x))
def sigmoid(xp: Any, x: Array) -> Array:
    """σ(x) = 1/(1 + e⁻ˣ), accurate at both ends."""
    small = xp.exp(-abs(x))
    return xp.where(x > 0, 1.0, small) / (1.0 + small)


@differentiated(lambda xp, x, _: sigmoid(xp, x))
def softplus(xp: Any, x: Array) -> Array:
    """log(1 + eˣ), which is −log σ(−x): 0 at −∞, ∞ at ∞, and its derivative is σ(x)."""
    return select(
        xp,
        x > 0,
        lambda x: x + xp.log1p(xp.exp(-x)),
        lambda x: xp.log1p(xp.exp(x)),
        (x,),
        (1.0,),
        (0.0,),
    )


def check_logits(xp: Any, name: str, logits: Array) -> None:
    """Logits are real numbers or −∞ (an outcome that is shut), with one of each row above −∞."""
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"{name} must have outcomes on its last axis, got shape {tuple(logits.shape)}")
    require(xp, logits < np.inf, f"{name} must be finite or −inf", logits)
    if 0 not in logits.shape:
        highest = xp.max(logits, axis=-1)
        require(xp, highest > -np.inf, f"{name} must leave one outcome of each row above −inf", highest)


def log_softmax(xp: Any, logits: Array) -> Array:
    """Logarithms of the law with these logits, accurate for the most likely outcome too.

    The largest logit m is subtracted first; then log p = (z − m) − log(1 + s), where s sums the others'
    e^(z − m).  So log p of a nearly certain outcome is −s, not a rounding error.
    """
    top = logits.argmax(-1)[..., None]
    places = like(xp, np.arange(logits.shape[-1]), logits)
    largest = places == top
    highest = xp.where(largest, logits, 0.0).sum(-1)
    below = logits - highest[..., None]
    others = xp.where(largest, 0.0, xp.exp(below)).sum(-1)
    return below - xp.log1p(others)[..., None]
