"""The reward a language model's policy is trained on: a score at the end, a charge on every token.

Explained in: chapters/rlhf
"""

from __future__ import annotations

import math

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_number, common_shape, require
from kltext._flags import as_flags

__all__ = ["penalised_rewards"]


def penalised_rewards(
    log_prob: ArrayLike,
    log_prob_reference: ArrayLike,
    score: ArrayLike,
    *,
    beta: float,
    mask: ArrayLike | None = None,
) -> Array:
    r"""Per-token rewards of RLHF: minus β times the log-ratio everywhere, plus the score on the last token.

    .. math:: R_t = -\beta\,\log\frac{\pi(y_t\mid x,y_{<t})}{\pi_{\text{ref}}(y_t\mid x,y_{<t})}
              + \mathbf 1[t = T]\;r(x,y)

    In words: the answer is graded once, at its end; every token pays for leaving the reference.

    Log-probabilities of the *sampled* tokens, tokens on the last axis; ``score`` has the shape of the other
    axes.  ``mask`` (booleans, or 0 and 1) marks the tokens of the answer: the others get 0, whatever
    is written there, and the score falls on the last marked token.  The rewards of a sequence sum to
    score − β·Σ log-ratio, whose average over π is E[r] − β·D(π‖π_ref): the charge is a one-sample
    estimate (k1) of the divergence of the *new* policy from a *fixed* reference.

    Raises ``ValueError`` for log-probabilities at marked tokens that are not finite, a score or β that is
    not finite, β < 0, a mask that is not of 0 and 1 or marks no token of a sequence, or shapes that do not fit.

    >>> penalised_rewards([-1.0, -1.0, -9.0], [-2.0, -1.0, -9.0], 3.0, beta=0.5, mask=[1, 1, 0])
    array([-0.5,  3. ,  0. ])

    Source: Ziegler et al., "Fine-tuning language models from human preferences" (2019); Ouyang et al.,
    "Training language models to follow instructions with human feedback" (2022).
    Explained in: chapters/rlhf
    """
    if not 0 <= as_number(beta) < math.inf:
        raise ValueError(f"beta must be a finite number ≥ 0, got {beta!r}")
    xp, new, old, score = as_arrays(log_prob=log_prob, log_prob_reference=log_prob_reference, score=score)
    shape = common_shape(log_prob=new.shape, log_prob_reference=old.shape)
    if not shape or shape[-1] == 0:
        raise ValueError(f"log_prob must have tokens on its last axis, got shape {shape}")
    if common_shape(log_prob=shape[:-1], score=score.shape) != shape[:-1]:
        raise ValueError(f"score must have shape {shape[:-1]}, got {tuple(score.shape)}")
    new, old = expand(xp, new, shape), expand(xp, old, shape)
    require(xp, xp.isfinite(score), "score must be finite", score)
    marked = as_flags(xp, "mask", np.ones(shape) if mask is None else mask, new)
    if common_shape(log_prob=shape, mask=marked.shape) != shape:
        raise ValueError(f"mask must have shape {shape}, got {tuple(marked.shape)}")
    marked = expand(xp, marked, shape)
    for name, array in (("log_prob", new), ("log_prob_reference", old)):
        require(xp, xp.isfinite(array) | ~marked, f"{name} must be finite", array)
    count = xp.cumsum(xp.where(marked, 1, 0), -1)
    require(xp, count[..., -1] > 0, "mask must mark a token of every sequence", count[..., -1])
    last = marked & (count == count[..., -1:])
    charge = as_number(beta) * (xp.where(marked, new, 0.0) - xp.where(marked, old, 0.0))
    return finish(xp.where(last, score[..., None], 0.0) - charge)
