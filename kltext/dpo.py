"""Direct preference optimisation: the leash's optimum, read backwards as a reward.

Explained in: chapters/rlhf
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import common_shape, require
from kltext._evaluate import elementwise
from kltext._logspace import softplus

__all__ = ["DPOLoss", "dpo_loss", "implicit_reward"]


def implicit_reward(log_prob: ArrayLike, log_prob_reference: ArrayLike, beta: ArrayLike) -> Array:
    r"""The reward for which a policy is the optimum on the leash, up to a constant of the prompt.

    .. math:: \hat r(x,y) = \beta\log\frac{\pi(y\mid x)}{\pi_{\text{ref}}(y\mid x)}
              = r(x,y) - \beta\log Z(x)

    In words: β times the log-ratio; solving the formula of `kltext.rlhf.tilt` for the reward.

    Log-probabilities of whole answers, of any shapes that broadcast.

    Raises ``ValueError`` for log-probabilities that are not finite, a β that is not positive and finite,
    or shapes that do not broadcast.

    >>> implicit_reward(-1.0, -3.0, 0.5)
    1.0

    Source: Rafailov et al., "Direct preference optimization" (2023), section 4.
    Explained in: chapters/rlhf
    """
    xp, new, old, beta = _checked(beta, log_prob=log_prob, log_prob_reference=log_prob_reference)
    return finish(beta * (new - old))


class DPOLoss(NamedTuple):
    """What `dpo_loss` returns."""

    value: Array
    """The mean of the losses."""
    losses: Array
    """−log σ(margin) of each pair."""
    margin: Array
    """The implicit reward of the chosen answer minus that of the rejected one."""


def dpo_loss(
    log_prob_chosen: ArrayLike,
    log_prob_rejected: ArrayLike,
    reference_chosen: ArrayLike,
    reference_rejected: ArrayLike,
    beta: ArrayLike = 0.1,
) -> DPOLoss:
    r"""DPO's loss on pairs of answers, of which one was preferred.

    .. math:: L = -\hat{\mathbb E}\,\log\sigma\Bigl(\beta\log\frac{\pi(y_w\mid x)}{\pi_{\text{ref}}(y_w\mid x)}
              - \beta\log\frac{\pi(y_l\mid x)}{\pi_{\text{ref}}(y_l\mid x)}\Bigr)

    In words: the surprise of the preference, for a judge who grades by the implicit rewards (Bradley–Terry).

    Log-probabilities of whole answers (sums over their tokens) under the policy and the fixed reference,
    of shapes that broadcast.  Neither a large margin of either sign nor its gradient over- or underflows
    to NaN.  In the difference the normalisers Z(x) cancel.

    Raises ``ValueError`` as `implicit_reward`.

    >>> round(dpo_loss(-1.0, -1.0, -1.0, -1.0).value, 10)
    0.6931471806

    Source: Rafailov et al., "Direct preference optimization" (2023), section 4.
    Explained in: chapters/rlhf
    """
    xp, chosen, rejected, chosen_ref, rejected_ref, beta = _checked(
        beta,
        log_prob_chosen=log_prob_chosen,
        log_prob_rejected=log_prob_rejected,
        reference_chosen=reference_chosen,
        reference_rejected=reference_rejected,
    )
    margin = beta * ((chosen - chosen_ref) - (rejected - rejected_ref))
    if 0 in margin.shape:
        raise ValueError(f"log_prob_chosen must hold a pair at least, got shape {tuple(margin.shape)}")
    losses = elementwise(xp, lambda xp, m: softplus(xp, -m), margin)
    return DPOLoss(finish(losses.mean()), finish(losses), finish(margin))


def _checked(beta: ArrayLike, **log_probs: ArrayLike) -> tuple[Any, ...]:
    xp, *arrays, beta = as_arrays(**log_probs, beta=beta)
    for name, array in zip(log_probs, arrays, strict=True):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    require(xp, (beta > 0) & (beta < math.inf), "beta must be positive and finite", beta)
    shapes = {name: array.shape for name, array in zip(log_probs, arrays, strict=True)}
    common_shape(**shapes, beta=beta.shape)
    return (xp, *arrays, beta)
