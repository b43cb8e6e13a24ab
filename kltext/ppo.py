"""Policies on a leash: the objectives of proximal policy optimisation, on the actions that were sampled.

Explained in: chapters/ppo
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from kltext._arrays import Array, ArrayLike, as_arrays, broadcast, finish
from kltext._checks import as_number, common_shape, require
from kltext._evaluate import elementwise, select

__all__ = [
    "ClippedObjective",
    "PenalisedObjective",
    "adapt_kl_coefficient",
    "ppo_clip_objective",
    "ppo_kl_objective",
    "probability_ratio",
]


def probability_ratio(log_prob_new: ArrayLike, log_prob_old: ArrayLike) -> Array:
    r"""Probability ratio: how much more likely the new policy makes the sampled actions.

    .. math:: \rho = \frac{\pi_\theta(a\mid s)}{\pi_{\text{old}}(a\mid s)}
              = e^{\log\pi_\theta(a\mid s)-\log\pi_{\text{old}}(a\mid s)}

    In words: the weight that lets a sample of the old policy stand for the new one.

    Log-probabilities (or log-densities) of the sampled actions, of any shapes that broadcast; the result
    has their common shape.  A new log-probability of −∞ gives the ratio 0; the old one is finite, since
    the action was drawn.

    Raises ``ValueError`` for NaN, +∞, an old −∞, or shapes that do not broadcast.

    >>> probability_ratio([-1.0, -2.0], [-1.0, -2.0])
    array([1., 1.])

    Source: Schulman et al., "Proximal policy optimization algorithms" (2017), section 3.
    Explained in: chapters/ppo
    """
    xp, new, old = as_arrays(log_prob_new=log_prob_new, log_prob_old=log_prob_old)
    _check_log_probs(xp, new, old)
    common_shape(log_prob_new=new.shape, log_prob_old=old.shape)
    return finish(elementwise(xp, lambda xp, new, old: xp.exp(new - old), new, old))


class ClippedObjective(NamedTuple):
    """What `ppo_clip_objective` returns."""

    value: Array
    """The mean of the terms; a loss is its negative."""
    terms: Array
    """min(ρ·A, clip(ρ)·A) of each sample."""
    ratio: Array
    """ρ of each sample."""
    clipped: Array
    """True where the clip holds the term: its gradient is zero."""
    clipped_fraction: Array
    """The fraction of the samples whose gradient is zero because of the clip."""
    outside_fraction: Array
    """The fraction with ρ outside [1 − ε, 1 + ε], whatever their gradient: the ``clip_fraction`` of training logs."""


def ppo_clip_objective(
    log_prob_new: ArrayLike, log_prob_old: ArrayLike, advantage: ArrayLike, *, epsilon: float = 0.2
) -> ClippedObjective:
    r"""PPO's clipped surrogate objective, to be maximised, on sampled actions.

    .. math:: L^{\text{CLIP}} = \hat{\mathbb E}\bigl[\min\bigl(\rho A,\ \operatorname{clip}(\rho, 1-\varepsilon,
              1+\varepsilon)\,A\bigr)\bigr]

    In words: a sample earns no more once its ratio has moved ε in the direction its advantage rewards.

    The log-probabilities are those of the *sampled* actions and broadcast with the advantages; all entries
    are averaged.  The minimum is the clipped term, with gradient zero, exactly where A > 0 and ρ > 1 + ε,
    or A < 0 and ρ < 1 − ε; everywhere else the term is ρ·A.  Nothing pulls a clipped sample back, so the
    objective bounds neither the ratio nor a divergence between the policies.  A = 0 contributes 0.

    Raises ``ValueError`` for log-probabilities that `probability_ratio` refuses, an advantage that is not
    finite, or an ``epsilon`` that is not between 0 and 1.

    >>> new, old = [math.log(0.9), math.log(0.1)], [math.log(0.5), math.log(0.5)]
    >>> result = ppo_clip_objective(new, old, [1.0, -1.0])
    >>> round(result.value, 12), result.clipped.tolist()
    (0.2, [True, True])

    Source: Schulman et al., "Proximal policy optimization algorithms" (2017), section 3.
    Explained in: chapters/ppo
    """
    epsilon = _number("epsilon", epsilon)
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon must lie strictly between 0 and 1, got {epsilon!r}")
    xp, new, old, gain = _samples(log_prob_new, log_prob_old, advantage)
    ratio = elementwise(xp, lambda xp, new, old: xp.exp(new - old), new, old)
    beyond, short = ratio > 1 + epsilon, ratio < 1 - epsilon
    clipped = ((gain > 0) & beyond) | ((gain < 0) & short)

    def terms(xp: Any, log_ratio: Array, gain: Array, clipped: Array) -> Array:
        return select(
            xp,
            ~clipped & (gain != 0),
            lambda log_ratio, gain: xp.exp(log_ratio) * gain,
            lambda log_ratio, gain: xp.where(gain > 0, (1 + epsilon) * gain, (1 - epsilon) * gain),
            (log_ratio, gain),
            (0.0, 1.0),
            (0.0, 0.0),
        )

    each = elementwise(xp, terms, new - old, gain, clipped)
    return ClippedObjective(
        finish(each.mean()),
        finish(each),
        finish(ratio),
        clipped,
        _fraction(xp, clipped, ratio),
        _fraction(xp, beyond | short, ratio),
    )


class PenalisedObjective(NamedTuple):
    """What `ppo_kl_objective` returns."""

    value: Array
    """surrogate − β · penalty; a loss is its negative."""
    surrogate: Array
    """The mean of ρ·A."""
    penalty: Array
    """The mean of the divergences."""


def ppo_kl_objective(
    log_prob_new: ArrayLike, log_prob_old: ArrayLike, advantage: ArrayLike, kl: ArrayLike, beta: ArrayLike
) -> PenalisedObjective:
    r"""PPO's penalised surrogate objective, to be maximised, on sampled actions.

    .. math:: L^{\text{KLPEN}} = \hat{\mathbb E}\bigl[\rho A - \beta\,D(\pi_{\text{old}}(\cdot\mid s)\Vert
              \pi_\theta(\cdot\mid s))\bigr]

    In words: the importance-weighted advantage, minus a price for every nat the policy moves.

    Log-probabilities and advantages are those of the sampled actions and broadcast; ``kl`` holds the
    divergence of the new policy from the old in each visited state, D(old‖new), as
    `kltext.policy.policy_kl` computes it (any shape: it is averaged on its own), and may be ∞ where the
    new policy shuts an action.  β = 0 removes the penalty.  ``beta`` stays what it is: see
    `adapt_kl_coefficient` for the update *after* a policy step.

    Raises ``ValueError`` for log-probabilities that `probability_ratio` refuses, an advantage that is not
    finite, a negative or NaN ``kl`` or a ``beta`` that is not a finite number ≥ 0.

    >>> ppo_kl_objective([-1.0, -2.0], [-1.0, -2.0], [1.0, 0.5], kl=0.25, beta=2.0).value
    0.25

    Source: Schulman et al., "Proximal policy optimization algorithms" (2017), section 4.
    Explained in: chapters/ppo
    """
    xp, new, old, gain = _samples(log_prob_new, log_prob_old, advantage)
    xp, new, old, gain, kl, beta = as_arrays(log_prob_new=new, log_prob_old=old, advantage=gain, kl=kl, beta=beta)
    if 0 in tuple(kl.shape):
        raise ValueError(f"kl must hold the divergence of a state at least, got shape {tuple(kl.shape)}")
    require(xp, kl >= 0, "kl must be non-negative", kl)
    require(xp, (beta >= 0) & (beta < math.inf), "beta must be non-negative and finite", beta)
    if beta.ndim:
        raise ValueError(f"beta must be a single number, got shape {tuple(beta.shape)}")

    def terms(xp: Any, log_ratio: Array, gain: Array) -> Array:
        return select(
            xp,
            gain != 0,
            lambda log_ratio, gain: xp.exp(log_ratio) * gain,
            lambda log_ratio, gain: 0 * gain,
            (log_ratio, gain),
            (0.0, 1.0),
            (0.0, 0.0),
        )

    surrogate, penalty = elementwise(xp, terms, new - old, gain).mean(), kl.mean()
    cost = select(xp, beta > 0, lambda b, k: b * k, lambda b, k: 0 * b, (beta, penalty), (1.0, 0.0), (0.0, 0.0))
    return PenalisedObjective(finish(surrogate - cost), finish(surrogate), finish(penalty))


def adapt_kl_coefficient(beta: float, kl: float, target: float) -> float:
    r"""The next coefficient of the KL penalty, from the divergence that the last policy step reached.

    .. math:: \beta \leftarrow \begin{cases} \beta/2 & d < d_{\text{targ}}/1.5\\
              2\beta & d > 1.5\,d_{\text{targ}}\\ \beta & \text{otherwise}\end{cases}

    In words: a leash that was hardly used gets longer, one that was overrun gets shorter.

    Plain numbers.  For use between policy updates, never inside a loss: the loss that was minimised had
    the old coefficient.  ``kl`` may be an estimate, and then negative; ∞ doubles.

    Raises ``ValueError`` unless ``beta`` and ``target`` are positive and finite and ``kl`` is a number.

    >>> [adapt_kl_coefficient(1.0, kl, target=0.01) for kl in (0.005, 0.01, 0.02)]
    [0.5, 1.0, 2.0]

    Source: Schulman et al., "Proximal policy optimization algorithms" (2017), section 4.
    Explained in: chapters/ppo
    """
    beta, kl, target = _number("beta", beta), _number("kl", kl), _number("target", target)
    for name, value in (("beta", beta), ("target", target)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value!r}")
    if kl < target / 1.5:
        return beta / 2
    return 2 * beta if kl > 1.5 * target else beta


def _number(name: str, value: object) -> float:
    number = as_number(value)
    if math.isnan(number):
        raise ValueError(f"{name} must be a number, got {value!r}")
    return number


def _samples(log_prob_new: ArrayLike, log_prob_old: ArrayLike, advantage: ArrayLike) -> tuple[Any, ...]:
    xp, new, old, gain = as_arrays(log_prob_new=log_prob_new, log_prob_old=log_prob_old, advantage=advantage)
    _check_log_probs(xp, new, old)
    require(xp, xp.isfinite(gain), "advantage must be finite", gain)
    shape = common_shape(log_prob_new=new.shape, log_prob_old=old.shape, advantage=gain.shape)
    if 0 in shape:
        raise ValueError(f"advantage must hold a sample at least, got shape {shape}")
    return (xp, *broadcast(xp, new, old, gain))


def _check_log_probs(xp: Any, new: Array, old: Array) -> None:
    require(xp, new < math.inf, "log_prob_new must be finite or −inf", new)
    require(xp, xp.isfinite(old), "log_prob_old must be finite", old)


def _fraction(xp: Any, flags: Array, ratio: Array) -> Array:
    return finish(xp.where(flags, xp.ones_like(ratio), xp.zeros_like(ratio)).mean())
