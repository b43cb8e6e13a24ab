"""Categorical policies from their logits: how far apart two are, and how undecided one is.

Explained in: chapters/ppo
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import as_base, as_number
from kltext._evaluate import elementwise, select
from kltext._logspace import check_logits, log_softmax
from kltext.logits import kl_between

__all__ = ["PolicyKL", "entropy_bonus", "policy_entropy", "policy_kl"]


class PolicyKL(NamedTuple):
    """The divergence between two policies in each state, in both directions."""

    old_new: Array
    """D(old‖new): what TRPO and PPO keep small."""
    new_old: Array
    """D(new‖old): the direction of RLHF, whose old policy is a fixed reference."""


def policy_kl(logits_old: ArrayLike, logits_new: ArrayLike, *, base: float | None = None) -> PolicyKL:
    r"""KL divergence between two categorical policies, in both directions, from their logits.

    .. math:: D(\pi_{\text{old}}\Vert\pi_\theta) = \sum_a \pi_{\text{old}}(a\mid s)
              \log\frac{\pi_{\text{old}}(a\mid s)}{\pi_\theta(a\mid s)}

    In words: the average of the log-ratio, over the old policy's actions or over the new one's.

    Logits have the actions on the last axis; the result has one entry for each state.  Nats, or
    ``base=2`` for bits.  A logit of −∞ shuts an action; shutting one that the first policy plays makes the
    divergence ``inf``.  Near-equal policies keep full precision, as in `kltext.logits.kl_from_logits`,
    whose errors these are.

    >>> old_new, new_old = policy_kl([0.0, 0.0], [0.0, 0.0])
    >>> old_new, new_old
    (0.0, 0.0)

    Source: Schulman et al., "Trust region policy optimization" (2015), section 3.
    Explained in: chapters/ppo
    """
    return PolicyKL(
        kl_between(base, logits_old=logits_old, logits_new=logits_new),
        kl_between(base, logits_new=logits_new, logits_old=logits_old),
    )


def policy_entropy(logits: ArrayLike, *, base: float | None = None) -> Array:
    r"""Entropy of a categorical policy, from its logits.

    .. math:: H(\pi(\cdot\mid s)) = -\sum_a \pi(a\mid s)\log\pi(a\mid s)

    In words: how undecided the policy is in each state.

    Logits have the actions on the last axis; −∞ shuts an action.  Nats, or ``base=2`` for bits.  Accurate
    for nearly deterministic policies too, where log π of the likely action is tiny.

    Raises ``ValueError`` for NaN, +∞, or a row of nothing but −∞.

    >>> policy_entropy([0.0, 0.0, 0.0, 0.0], base=2)
    2.0

    Source: Cover & Thomas, *Elements of Information Theory* (2006), section 2.1.
    Explained in: chapters/ppo
    """
    base = as_base(base)
    xp, logits = as_arrays(logits=logits)
    check_logits(xp, "logits", logits)

    def terms(log_prob: Array) -> Array:
        return -xp.exp(log_prob) * log_prob

    def each(xp: Any, log_prob: Array) -> Array:
        return select(xp, log_prob > -float("inf"), terms, lambda z: 0 * xp.exp(z), (log_prob,), (0.0,), (0.0,))

    return finish(elementwise(xp, each, log_softmax(xp, logits)).sum(-1), base)


def entropy_bonus(logits: ArrayLike, *, coefficient: float = 0.01) -> Array:
    r"""The reward for staying undecided: a coefficient times the mean entropy over the states.

    .. math:: c\;\hat{\mathbb E}\bigl[H(\pi_\theta(\cdot\mid s))\bigr]

    In words: a small pay for keeping every action possible, added to the objective.

    Logits as in `policy_entropy`; the result is one number, in nats.

    Raises ``ValueError`` as `policy_entropy`, for no states, and for a coefficient that is not a finite number ≥ 0.

    >>> round(entropy_bonus([[0.0, 0.0], [0.0, 0.0]], coefficient=0.5), 10)
    0.3465735903

    Source: Schulman et al., "Proximal policy optimization algorithms" (2017), section 5.
    Explained in: chapters/ppo
    """
    weight = as_number(coefficient)
    if not 0 <= weight < float("inf"):
        raise ValueError(f"coefficient must be a finite number ≥ 0, got {coefficient!r}")
    entropy = policy_entropy(logits)
    if 0 in np.shape(entropy):
        raise ValueError(f"logits must hold a state at least, got shape {(*np.shape(entropy), '…')}")
    return finish(weight * (entropy if isinstance(entropy, float) else entropy.mean()))
