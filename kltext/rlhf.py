"""Reward minus a divergence: the policy that is optimal on a leash to a fixed reference.

Explained in: chapters/rlhf
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish, like
from kltext._checks import as_laws, common_shape, require
from kltext._evaluate import elementwise, select, total
from kltext.divergence import kl_divergence

__all__ = ["Frontier", "Tilt", "regularised_reward", "reward_kl_frontier", "tilt", "tilted_value"]


class Tilt(NamedTuple):
    """What `tilt` returns."""

    law: Array
    """The optimal policy."""
    log_normaliser: Array
    """log Z = log Σ π_ref e^{r/β}."""


def tilt(reference: ArrayLike, reward: ArrayLike, beta: ArrayLike) -> Tilt:
    r"""The policy with the greatest reward minus β times its divergence from the reference.

    .. math:: \pi^*(x) = \frac{\pi_{\text{ref}}(x)\,e^{r(x)/\beta}}{Z} = \operatorname*{arg\,max}_\pi
              \;\mathbb E_\pi[r] - \beta\,D(\pi\Vert\pi_{\text{ref}}), \qquad
              Z = \sum_x \pi_{\text{ref}}(x)\,e^{r(x)/\beta}

    In words: the reference, reweighted by the exponential of the reward.

    ``reference`` is a law and ``reward`` a number for each outcome, on the last axis; ``beta`` has the
    shape of the other axes, and all broadcast.  What the reference never does stays impossible, whatever
    its reward.  A reward of −∞ forbids an outcome.  β = ∞ gives the reference (without the forbidden
    outcomes); β → 0 the reference restricted to the greatest reward.  Neither e^{r/β} nor its sum overflows.
    The greatest value of the objective is β log Z: `tilted_value`.

    Raises ``ValueError`` if the reference is not a law, a reward is NaN or +∞, β is not positive, the
    shapes do not fit, or every possible outcome is forbidden.

    >>> law, log_normaliser = tilt([0.7, 0.2, 0.1], [0.0, 1.0, 2.0], 0.5)
    >>> law.round(6), round(log_normaliser, 6)
    (array([0.091652, 0.193491, 0.714858]), 2.033087)

    Source: Donsker & Varadhan's variational principle, see Boucheron, Lugosi & Massart, *Concentration
    Inequalities* (2013), chapter 4.
    Explained in: chapters/rlhf
    """
    xp, reference, reward, beta = _arguments(reference, reward, beta)
    pivot, law, rest = _reweighted(xp, reference, reward, beta)
    log_normaliser = elementwise(xp, lambda xp, pivot, beta: pivot / beta, pivot, beta) + rest
    return Tilt(finish(law), finish(log_normaliser))


def tilted_value(reference: ArrayLike, reward: ArrayLike, beta: ArrayLike) -> Array:
    r"""The greatest value of reward minus β times the divergence from the reference.

    .. math:: \max_\pi\; \mathbb E_\pi[r] - \beta\,D(\pi\Vert\pi_{\text{ref}}) = \beta\log Z

    In words: a soft maximum of the reward, between its average under the reference and its greatest value.

    Arguments and errors are those of `tilt`.  Accurate for β → 0, where it is the greatest reward the
    reference allows, and for β → ∞, where it is the reference's average reward (−∞ if an outcome is
    forbidden that the reference plays: an infinite price for an unavoidable step).

    >>> tilted_value([0.5, 0.5], [0.0, 1.0], [1e-300, math.inf])
    array([1. , 0.5])

    Source: as `tilt`.
    Explained in: chapters/rlhf
    """
    xp, reference, reward, beta = _arguments(reference, reward, beta)
    pivot, law, rest = _reweighted(xp, reference, reward, beta)

    def soft(xp: Any, beta: Array, rest: Array, pivot: Array, mean: Array) -> Array:
        arguments = (beta, rest, pivot, mean)
        return select(
            xp, beta < math.inf, lambda b, r, c, m: c + b * r, lambda b, r, c, m: m, arguments, (1.0,) * 4, (1.0,) * 4
        )

    mean = total(xp, reference * xp.where(reward > -math.inf, reward, 0.0))
    forbidden = xp.any((reference > 0) & (reward == -math.inf), axis=-1)
    mean = xp.where(forbidden, -math.inf, mean)
    return finish(elementwise(xp, soft, beta, rest, pivot, mean))


def regularised_reward(policy: ArrayLike, reference: ArrayLike, reward: ArrayLike, beta: ArrayLike) -> Array:
    r"""The objective of a policy on a leash: its average reward minus β times its divergence.

    .. math:: J(\pi) = \mathbb E_\pi[r] - \beta\,D(\pi\Vert\pi_{\text{ref}})

    In words: what the policy earns, minus the price of moving away from the reference.

    Arguments and errors are those of `tilt`, with a law ``policy``.  −∞ for a policy that does what the
    reference never does, or what is forbidden.  No policy has more than `tilted_value`.

    >>> regularised_reward([0.5, 0.5], [0.5, 0.5], [0.0, 1.0], 2.0)
    0.5

    Source: as `tilt`.
    Explained in: chapters/rlhf
    """
    xp, policy, reference = as_laws(policy=policy, reference=reference)
    xp, reference, reward, beta = _arguments(reference, reward, beta)
    xp, policy, reference, reward, beta = as_arrays(policy=policy, reference=reference, reward=reward, beta=beta)
    kl = kl_divergence(policy, reference)
    (xp, kl) = as_arrays(kl=kl)
    return finish(_average(xp, policy, reward) - elementwise(xp, _price, *_together(xp, beta, kl)))


class Frontier(NamedTuple):
    """What `reward_kl_frontier` returns: one point for each β."""

    reward: Array
    kl: Array


def reward_kl_frontier(reference: ArrayLike, reward: ArrayLike, beta: ArrayLike) -> Frontier:
    r"""Reward and divergence of the optimal policies: no policy earns more at the same divergence.

    .. math:: \beta \mapsto \bigl(\mathbb E_{\pi^*_\beta}[r],\ D(\pi^*_\beta\Vert\pi_{\text{ref}})\bigr)

    In words: how much reward every nat of leash can buy; the curve's slope dr/dD is β.

    Arguments and errors are those of `tilt`; for a curve give a single problem and a vector of β.

    >>> reward_kl_frontier([0.5, 0.5], [0.0, 1.0], [math.inf, 1e-3])
    Frontier(reward=array([0.5, 1. ]), kl=array([0.        , 0.69314718]))

    Source: Gao, Schulman & Hilton, "Scaling laws for reward model overoptimization" (2023), plot such curves.
    Explained in: chapters/rlhf
    """
    xp, reference, reward, beta = _arguments(reference, reward, beta)
    _, law, _ = _reweighted(xp, reference, reward, beta)
    return Frontier(finish(_average(xp, law, reward)), kl_divergence(law, reference))


def _arguments(reference: ArrayLike, reward: ArrayLike, beta: ArrayLike) -> tuple[Any, ...]:
    """The checked arguments, in one shape, with β in the shape of the result."""
    as_laws(reference=reference)
    xp, reference, reward, beta = as_arrays(reference=reference, reward=reward, beta=beta)
    require(xp, reward < math.inf, "reward must be finite or −inf", reward)
    require(xp, beta > 0, "beta must be positive", beta)
    if reward.ndim == 0 or reward.shape[-1] != reference.shape[-1]:
        shapes = f"reference: {tuple(reference.shape)}, reward: {tuple(reward.shape)}"
        raise ValueError(f"the last axes must hold the same outcomes, got {shapes}")
    batch = common_shape(reference=reference.shape[:-1], reward=reward.shape[:-1], beta=beta.shape)
    shape = (*batch, reference.shape[-1])
    reference, reward = expand(xp, reference, shape), expand(xp, reward, shape)
    best = xp.max(xp.where(reference > 0, reward, -math.inf), axis=-1) if 0 not in shape else beta
    require(xp, best > -math.inf, "reward must be finite for a possible outcome; the greatest is", best)
    return xp, reference, reward, expand(xp, beta, batch)


def _reweighted(xp: Any, reference: Array, reward: Array, beta: Array) -> tuple[Array, Array, Array]:
    """A reward c, the law, and log Σ π_ref e^{(r − c)/β}; c is that of the law's likeliest outcome.

    So the sum is neither large nor, unless c's outcome is rare in the reference, small: where it is near 1
    its logarithm comes from Σ π_ref (e^{(r − c)/β} − 1), and keeps its digits when β is large.
    """
    allowed = (reference > 0) & (reward > -math.inf)
    mass, reward = xp.where(allowed, reference, 1.0), xp.where(allowed, reward, 0.0)
    beta, log_mass = _column(xp, beta), xp.log(mass)
    half = xp.where(
        abs(reward) > 1, 0 * reward + 0.5, 0 * reward + 1
    ).min()  # the difference of two huge rewards may overflow

    def steps(xp: Any, reward: Array, pivot: Array, beta: Array) -> Array:
        return (reward * half - pivot * half) / beta / half

    top = _column(xp, xp.max(xp.where(allowed, reward, -math.inf), axis=-1))
    logs = xp.where(allowed, log_mass + elementwise(xp, steps, reward, top, beta), -math.inf)
    likeliest = like(xp, np.arange(reward.shape[-1]), reward) == _column(xp, logs.argmax(-1))
    pivot = xp.where(likeliest, reward, 0.0).sum(-1)
    log_lead = xp.where(likeliest, log_mass, 0.0).sum(-1)

    u = xp.where(allowed, elementwise(xp, steps, reward, _column(xp, pivot), beta), 0.0)
    rising = u > 0.98 * math.log(float(xp.finfo(mass.dtype).max))  # e^u may overflow, π_ref e^u does not
    level = xp.where(rising, 0.0, u)
    weights = xp.where(rising, xp.exp(xp.where(rising, u + log_mass, 0.0)), mass * xp.exp(level))
    change = xp.where(rising, weights - mass, mass * xp.expm1(level))
    change = total(xp, xp.where(allowed, change, -reference))
    shares = xp.where(allowed, xp.exp(xp.where(allowed, u + log_mass - _column(xp, log_lead), 0.0)), 0.0)
    size = total(xp, shares)
    little = change < -0.5
    rest = xp.where(little, log_lead + xp.log(size), xp.log1p(xp.where(little, 0.0, change)))
    weights = xp.where(allowed, weights, 0.0)
    sums = total(xp, weights)
    normal = _column(xp, sums > math.sqrt(float(xp.finfo(mass.dtype).tiny)))
    law = xp.where(normal, weights / xp.where(normal, _column(xp, sums), 1.0), shares / _column(xp, size))
    return pivot, law, rest


def _column(xp: Any, array: Array) -> Array:
    return xp.reshape(array, (*array.shape, 1))


def _average(xp: Any, law: Array, reward: Array) -> Array:
    """Σ π r with 0·(−∞) = 0."""

    def term(xp: Any, law: Array, reward: Array) -> Array:
        return select(xp, law > 0, lambda p, r: p * r, lambda p, r: 0 * p, (law, reward), (1.0, 0.0), (0.0, 0.0))

    return total(xp, elementwise(xp, term, law, reward))


def _price(xp: Any, beta: Array, kl: Array) -> Array:
    """β·D with ∞·0 = 0."""
    return select(xp, kl > 0, lambda b, d: b * d, lambda b, d: 0 * d, (beta, kl), (1.0, 1.0), (1.0, 0.0))


def _together(xp: Any, *arrays: Array) -> tuple[Array, ...]:
    shape = common_shape(beta=arrays[0].shape, kl=arrays[1].shape)
    return tuple(expand(xp, a, shape) for a in arrays)
