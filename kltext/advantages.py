"""Generalised advantage estimation: how much better an action was than the critic expected.

Explained in: chapters/ppo
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand
from kltext._checks import as_number, common_shape, require, seen
from kltext._flags import as_flags

__all__ = ["Advantages", "gae"]


class Advantages(NamedTuple):
    """What `gae` returns, both with the shape of the rewards."""

    advantages: Array
    returns: Array
    """advantages + values: the targets of the critic (the λ-returns)."""


def gae(
    rewards: ArrayLike,
    values: ArrayLike,
    last_value: ArrayLike,
    *,
    terminated: ArrayLike,
    truncated: ArrayLike | None = None,
    final_values: ArrayLike | None = None,
    gamma: float = 0.99,
    lam: float = 0.95,
) -> Advantages:
    r"""Generalised advantage estimates of a rollout.

    .. math:: \hat A_t = \sum_{k\ge0} (\gamma\lambda)^k\,\delta_{t+k}, \qquad
              \delta_t = R_t + \gamma V(s_{t+1}) - V(s_t)

    In words: the critic's surprises from now on, each step further away weighing γλ times as much.

    Time is on the first axis; further axes are environments side by side.  ``rewards`` and ``values`` =
    V(s_t) have shape (T, …), ``last_value`` = V of the state after the last step has shape (…).  The sum
    stops at the end of an episode, and there are two kinds:

    - ``terminated`` at t: the task ended with this step; nothing follows, so V(s_{t+1}) counts as 0;
    - ``truncated`` at t: the episode was cut off (a time limit); the task would have gone on, so the value
      of the state it was cut in counts.  That state is not ``values[t + 1]``, which belongs to the next
      episode: it must be given in ``final_values`` (T, …), which is read nowhere else.

    A step that is both counts as terminated.  λ = 0 gives one-step errors, λ = 1 returns minus values.

    Raises ``ValueError`` for shapes that do not fit, numbers that are not finite where they are used,
    flags other than booleans or 0 and 1, truncation without ``final_values``, γ or λ outside [0, 1].

    >>> gae([1.0, 1.0], [0.5, 0.5], 2.0, terminated=[False, False], gamma=1.0, lam=1.0).advantages
    array([3.5, 2.5])
    >>> gae([1.0, 1.0], [0.5, 0.5], 2.0, terminated=[False, True], gamma=1.0, lam=1.0).advantages
    array([1.5, 0.5])

    Source: Schulman et al., "High-dimensional continuous control using generalized advantage estimation"
    (2016); truncation: Pardo et al., "Time limits in reinforcement learning" (2018).
    Explained in: chapters/ppo
    """
    gamma, lam = _fraction("gamma", gamma), _fraction("lam", lam)
    xp, rewards, values, last_value, final_values = as_arrays(
        rewards=rewards,
        values=values,
        last_value=last_value,
        final_values=0.0 if (without := final_values is None) else final_values,
    )
    shape = tuple(rewards.shape)
    if not shape or shape[0] == 0:
        raise ValueError(f"rewards must have a step at least on its first axis, got shape {shape}")
    for name, array, wanted in (("values", values, shape), ("last_value", last_value, shape[1:])):
        if tuple(array.shape) != wanted:
            raise ValueError(f"{name} must have shape {wanted} to fit rewards, got {tuple(array.shape)}")
    if not without:
        common_shape(rewards=shape, final_values=tuple(final_values.shape))
        final_values = expand(xp, final_values, shape)
    ended = _ends(xp, "terminated", terminated, rewards)
    cut = _ends(xp, "truncated", np.zeros(shape) if truncated is None else truncated, rewards) & ~ended
    for name, array in (("rewards", rewards), ("values", values), ("last_value", last_value)):
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    if without:
        if not seen(~xp.any(cut)):
            raise ValueError("final_values must be given where episodes are truncated, got None")
        final_values = 0 * rewards
    require(
        xp, xp.isfinite(final_values) | ~cut, "final_values must be finite where episodes are truncated", final_values
    )

    following, advantage, found = last_value, 0 * last_value, []
    for t in reversed(range(shape[0])):
        bootstrap = xp.where(ended[t], 0.0, xp.where(cut[t], final_values[t], following))
        surprise = rewards[t] + gamma * bootstrap - values[t]
        advantage = surprise + xp.where(ended[t] | cut[t], 0.0, gamma * lam * advantage)
        found.append(advantage)
        following = values[t]
    advantages = xp.stack(found[::-1])
    return Advantages(advantages, advantages + values)


def _fraction(name: str, value: object) -> float:
    number = as_number(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {value!r}")
    return number


def _ends(xp: Any, name: str, flags: ArrayLike, rewards: Array) -> Array:
    ends = as_flags(xp, name, flags, rewards)
    if tuple(ends.shape) != tuple(rewards.shape):
        raise ValueError(f"{name} must have shape {tuple(rewards.shape)} to fit rewards, got {tuple(ends.shape)}")
    return ends
