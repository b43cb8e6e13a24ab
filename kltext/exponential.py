r"""Exponential families: natural and mean parameters, the log-partition function, and KL as its Bregman divergence.

.. math:: p_\theta(x) = h(x)\,\exp\bigl(\theta\cdot T(x) - A(\theta)\bigr)

The gradient of A is the mean of T, its second derivative the Fisher information, and how far A at θ_Q lies above its
tangent at θ_P is D(P‖Q).

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, broadcast, finish, like, plain
from kltext._checks import common_shape, require
from kltext._evaluate import elementwise, select
from kltext._logratio import excess, exp_excess
from kltext._logspace import log_softmax, softplus
from kltext.logits import kl_from_logits

__all__ = ["Bernoulli", "Categorical", "Exponential", "ExponentialFamily", "Gaussian", "Poisson"]


class ExponentialFamily(ABC):
    r"""A family of laws with a statistic T, and what follows from its log-partition function A.

    .. math:: D(P_\theta\Vert P_\eta) = A(\eta) - A(\theta) - (\eta-\theta)\cdot\nabla A(\theta)

    In words: the KL divergence is the Bregman divergence of A with the arguments exchanged, B_A(θ_Q, θ_P).

    A family has no state; ``Poisson()`` is the family, its laws are given by parameters.  Natural and mean parameters
    are numbers for `Bernoulli`, `Poisson` and `Exponential`, and vectors on the last axis for `Categorical` and
    `Gaussian`; the other axes broadcast and are the shape of the results.  Nats.  Natural parameters must be finite.

    Raises ``ValueError`` for parameters outside the family, and for shapes that do not broadcast.

    >>> round(Poisson().kl(math.log(3.0), math.log(5.0)), 6)
    0.467523

    Source: M. Wainwright & M. Jordan, "Graphical models, exponential families, and variational inference",
    Foundations and Trends in Machine Learning 1 (2008), chapter 3.
    Explained in: chapters/gaussians
    """

    vector: bool = False
    """Whether parameters are vectors on the last axis."""

    @abstractmethod
    def log_partition(self, natural: ArrayLike) -> Array:
        """A(θ), the logarithm of what makes the density integrate to one."""

    @abstractmethod
    def mean(self, natural: ArrayLike) -> Array:
        """The mean parameters ∇A(θ): the average of T under the law."""

    @abstractmethod
    def natural(self, mean: ArrayLike) -> Array:
        """The natural parameters ∇A*(μ) of the member with these mean parameters: moment matching."""

    @abstractmethod
    def conjugate(self, mean: ArrayLike) -> Array:
        """A*(μ) = max over θ of θ·μ − A(θ), attained at θ = natural(μ)."""

    @abstractmethod
    def fisher_information(self, natural: ArrayLike) -> Array:
        """∇²A(θ): the covariance of T, and the curvature of KL around θ; a matrix for vectors."""

    @abstractmethod
    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        """The logarithm of the probability or density at x, ``-inf`` outside the support."""

    @abstractmethod
    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        """D(P‖Q) of two members, without cancellation for nearly equal ones; never negative."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _parameters(self, **values: ArrayLike) -> tuple[Any, ...]:
        """The arguments as finite arrays of shapes that fit."""
        xp, *arrays = as_arrays(**values)
        for name, array in zip(values, arrays, strict=True):
            require(xp, xp.isfinite(array), f"{name} must be finite", array)
            if self.vector and (array.ndim == 0 or array.shape[-1] == 0):
                raise ValueError(f"{name} must have the parameters on its last axis, got shape {tuple(array.shape)}")
        common_shape(**{name: array.shape for name, array in zip(values, arrays, strict=True)})
        if self.vector and len({array.shape[-1] for array in arrays}) > 1:
            shapes = ", ".join(f"{name}: {tuple(array.shape)}" for name, array in zip(values, arrays, strict=True))
            raise ValueError(f"the last axes must hold the same parameters, got {shapes}")
        return (xp, *arrays)


def _points(x: ArrayLike, natural: ArrayLike) -> tuple[Any, Array, Array]:
    xp, x, natural = as_arrays(x=x, natural=natural)
    require(xp, x == x, "x must not be NaN", x)
    require(xp, xp.isfinite(natural), "natural must be finite", natural)
    return xp, x, natural


def _where(xp: Any, inside: Any, value: Array) -> Array:
    return finish(xp.where(inside, value, -np.inf + xp.zeros_like(value)))


class Bernoulli(ExponentialFamily):
    r"""A yes or no, 1 with probability σ(θ).

    .. math:: T(x)=x,\qquad A(\theta)=\log(1+e^\theta),\qquad \mu=\sigma(\theta),\qquad A^*(\mu)=-H(\mu)

    In words: the natural parameter is the log-odds, the mean parameter the probability.

    >>> Bernoulli().mean(0.0), Bernoulli().fisher_information(0.0)
    (0.5, 0.25)

    Explained in: chapters/gaussians
    """

    def log_partition(self, natural: ArrayLike) -> Array:
        xp, natural = self._parameters(natural=natural)
        return finish(elementwise(xp, softplus, natural))

    def mean(self, natural: ArrayLike) -> Array:
        xp, natural = self._parameters(natural=natural)
        return finish(xp.exp(-elementwise(xp, softplus, -natural)))

    def natural(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, (mean > 0) & (mean < 1), "mean must lie between 0 and 1", mean)
        return finish(xp.log(mean) - xp.log1p(-mean))

    def conjugate(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, (mean >= 0) & (mean <= 1), "mean must lie in [0, 1]", mean)
        return finish(elementwise(xp, _p_log_p, mean) + elementwise(xp, _q_log_q, mean))

    def fisher_information(self, natural: ArrayLike) -> Array:
        xp, natural = self._parameters(natural=natural)
        return finish(xp.exp(-elementwise(xp, softplus, natural) - elementwise(xp, softplus, -natural)))

    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        xp, x, natural = _points(x, natural)
        x, natural = broadcast(xp, x, natural)
        return _where(xp, (x == 0) | (x == 1), -elementwise(xp, softplus, xp.where(x == 1, -natural, natural)))

    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        xp, p, q = self._parameters(natural_p=natural_p, natural_q=natural_q)
        return kl_from_logits(xp.stack([p, 0 * p], -1), xp.stack([q, 0 * q], -1))


class Categorical(ExponentialFamily):
    r"""One of k outcomes, from k − 1 parameters: the last outcome is the one the others are compared with.

    .. math:: T_i(x)=[x=i],\qquad A(\theta)=\log\Bigl(1+\sum_{i<k}e^{\theta_i}\Bigr),\qquad
              \mu_i=\frac{e^{\theta_i}}{1+\sum_j e^{\theta_j}},\qquad A^*(\mu)=-H(\mu)

    In words: natural parameters are log-odds against the last outcome, which are logits with a last logit of 0.

    >>> Categorical().mean([0.0, 0.0]).round(4)
    array([0.3333, 0.3333])

    Explained in: chapters/gaussians
    """

    vector = True

    def log_partition(self, natural: ArrayLike) -> Array:
        return finish(-self._log_probabilities(natural)[1][..., -1])

    def mean(self, natural: ArrayLike) -> Array:
        xp, logs = self._log_probabilities(natural)
        return finish(xp.exp(logs[..., :-1]))

    def natural(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean > 0, "mean must be positive", mean)
        rest = 1 - mean.sum(-1)
        require(xp, rest > 0, "mean must leave probability for the last outcome", rest)
        return finish(xp.log(mean) - xp.log(rest)[..., None])

    def conjugate(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean >= 0, "mean must be non-negative", mean)
        rest = 1 - mean.sum(-1)
        require(xp, rest >= 0, "mean must not leave a negative probability for the last outcome", rest)
        return finish(elementwise(xp, _p_log_p, mean).sum(-1) + elementwise(xp, _p_log_p, rest))

    def fisher_information(self, natural: ArrayLike) -> Array:
        xp, logs = self._log_probabilities(natural)
        first, others = xp.exp(logs[..., :-1]), -xp.expm1(logs[..., :-1])
        identity = like(xp, np.eye(first.shape[-1]), first, first.dtype)
        spread = first * others
        return finish(identity * spread[..., None] - (1 - identity) * first[..., :, None] * first[..., None, :])

    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        xp, x, natural = _points(x, natural)
        logs = self._log_probabilities(natural)[1]
        outcomes = like(xp, np.arange(logs.shape[-1]), logs, logs.dtype)
        hit = x[..., None] == outcomes
        hit, logs = broadcast(xp, hit, logs)
        return _where(xp, hit.sum(-1) > 0, xp.where(hit, logs, 0 * logs).sum(-1))

    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        xp, p, q = self._parameters(natural_p=natural_p, natural_q=natural_q)
        return kl_from_logits(_with_last(xp, p), _with_last(xp, q))

    def _log_probabilities(self, natural: ArrayLike) -> tuple[Any, Array]:
        xp, natural = self._parameters(natural=natural)
        return xp, log_softmax(xp, _with_last(xp, natural))


class Poisson(ExponentialFamily):
    r"""Counts with rate e^θ.

    .. math:: h(x)=\frac1{x!},\qquad T(x)=x,\qquad A(\theta)=e^\theta,\qquad \mu=e^\theta,\qquad A^*(\mu)=\mu\log\mu-\mu

    In words: the natural parameter is the logarithm of the rate, the mean parameter the rate.

    >>> round(Poisson().natural(1.0), 10), round(Poisson().conjugate(1.0), 10)
    (0.0, -1.0)

    Explained in: chapters/gaussians
    """

    def log_partition(self, natural: ArrayLike) -> Array:
        xp, natural = self._parameters(natural=natural)
        return finish(elementwise(xp, lambda xp, t: xp.exp(t), natural))

    mean = log_partition
    fisher_information = log_partition

    def natural(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean > 0, "mean must be positive", mean)
        return finish(xp.log(mean))

    def conjugate(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean >= 0, "mean must be non-negative", mean)
        return finish(elementwise(xp, _p_log_p, mean) - mean)

    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        from scipy.special import gammaln

        xp, x, natural = _points(x, natural)
        inside = (x >= 0) & (x == xp.floor(x)) & (x < np.inf)
        count = xp.where(inside, x, 0 * natural)
        base = like(xp, gammaln(plain(count) + 1), natural, natural.dtype)
        return _where(xp, inside, count * natural - xp.exp(natural) - base)

    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        xp, p, q = self._parameters(natural_p=natural_p, natural_q=natural_q)
        return finish(elementwise(xp, _poisson_kl, p, q))


class Exponential(ExponentialFamily):
    r"""Waiting times with rate −θ.

    .. math:: T(x)=x,\qquad A(\theta)=-\log(-\theta),\qquad \mu=-\frac1\theta,\qquad A^*(\mu)=-1-\log\mu,\qquad x\ge0

    In words: the natural parameter is minus the rate, the mean parameter the mean waiting time.

    >>> Exponential().mean(-0.5), round(Exponential().kl(-1.0, -2.0), 6)
    (2.0, 0.306853)

    Explained in: chapters/gaussians
    """

    def log_partition(self, natural: ArrayLike) -> Array:
        xp, natural = self._negative(natural=natural)
        return finish(-xp.log(-natural))

    def mean(self, natural: ArrayLike) -> Array:
        _, natural = self._negative(natural=natural)
        return finish(-1 / natural)

    def natural(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean > 0, "mean must be positive", mean)
        return finish(-1 / mean)

    def conjugate(self, mean: ArrayLike) -> Array:
        xp, mean = self._parameters(mean=mean)
        require(xp, mean > 0, "mean must be positive", mean)
        return finish(-1 - xp.log(mean))

    def fisher_information(self, natural: ArrayLike) -> Array:
        _, natural = self._negative(natural=natural)
        return finish(1 / natural**2)

    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        xp, x, natural = _points(x, natural)
        require(xp, natural < 0, "natural must be negative", natural)
        waited = xp.where(x >= 0, x, 0 * natural)
        return _where(xp, x >= 0, natural * waited + xp.log(-natural))

    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        xp, p, q = self._negative(natural_p=natural_p, natural_q=natural_q)
        return finish(elementwise(xp, lambda xp, p, q: excess(xp, p, q) / p, -p, -q))

    def _negative(self, **values: ArrayLike) -> tuple[Any, ...]:
        xp, *arrays = self._parameters(**values)
        for name, array in zip(values, arrays, strict=True):
            require(xp, array < 0, f"{name} must be negative", array)
        return (xp, *arrays)


class Gaussian(ExponentialFamily):
    r"""The normal laws with both mean m and standard deviation σ free.

    .. math:: T(x)=(x,\,x^2),\qquad \theta=\Bigl(\frac m{\sigma^2},\,-\frac1{2\sigma^2}\Bigr),\qquad
              A(\theta)=-\frac{\theta_1^2}{4\theta_2}-\tfrac12\log(-2\theta_2),\qquad h(x)=\frac1{\sqrt{2\pi}}

    In words: natural parameters are precision-weighted, mean parameters are the first two moments (m, m² + σ²).

    ``conjugate`` and ``natural`` take the variance as a difference of moments, and lose digits where σ is small beside m.

    >>> Gaussian().mean([2.0, -0.5])
    array([2., 5.])

    Explained in: chapters/gaussians
    """

    vector = True

    def at(self, mean: ArrayLike, std: ArrayLike) -> Array:
        """The natural parameters of the normal law with this mean and standard deviation."""
        xp, mean, std = as_arrays(mean=mean, std=std)
        require(xp, xp.isfinite(mean), "mean must be finite", mean)
        require(xp, (std > 0) & xp.isfinite(std), "std must be positive and finite", std)
        common_shape(mean=mean.shape, std=std.shape)
        mean, std = broadcast(xp, mean, std)
        return finish(xp.stack([mean / std / std, -0.5 / std / std], -1))

    def log_partition(self, natural: ArrayLike) -> Array:
        xp, first, second = self._halves(natural=natural)
        return finish(-first / second * first / 4 - xp.log(-2 * second) / 2)

    def mean(self, natural: ArrayLike) -> Array:
        xp, first, second = self._halves(natural=natural)
        mean = -first / (2 * second)
        return finish(xp.stack([mean, mean * mean - 0.5 / second], -1))

    def natural(self, mean: ArrayLike) -> Array:
        xp, mean, variance = self._moments(mean)
        return finish(xp.stack([mean / variance, -0.5 / variance], -1))

    def conjugate(self, mean: ArrayLike) -> Array:
        xp, _, variance = self._moments(mean)
        return finish(-0.5 - xp.log(variance) / 2)

    def fisher_information(self, natural: ArrayLike) -> Array:
        xp, first, second = self._halves(natural=natural)
        mean, variance = -first / (2 * second), -0.5 / second
        cross = 2 * mean * variance
        square = 4 * mean * mean * variance + 2 * variance * variance
        return finish(xp.stack([xp.stack([variance, cross], -1), xp.stack([cross, square], -1)], -2))

    def log_prob(self, x: ArrayLike, natural: ArrayLike) -> Array:
        xp, x, natural = _points(x, natural)
        _, first, second = self._halves(natural=natural)
        distance = x + first / (2 * second)
        return finish(second * distance * distance + xp.log(-2 * second) / 2 - math.log(2 * math.pi) / 2)

    def kl(self, natural_p: ArrayLike, natural_q: ArrayLike) -> Array:
        xp, p1, p2, q1, q2 = self._halves(natural_p=natural_p, natural_q=natural_q)
        # With v = σ_p²/σ_q² = q₂/p₂ the spread costs ½(v − 1 − log v); the difference of the means is taken from the
        # differences of the parameters, which are exact where the laws are close.
        spread = elementwise(xp, lambda xp, p, q: excess(xp, p, q) / p, -p2, -q2)
        apart = ((q1 - p1) - (q2 - p2) * (p1 / p2)) / (2 * q2)
        return finish(spread / 2 - q2 * apart * apart)

    def _halves(self, **values: ArrayLike) -> tuple[Any, ...]:
        xp, *arrays = self._parameters(**values)
        parts = [xp]
        for name, array in zip(values, arrays, strict=True):
            _pair(name, array)
            require(xp, array[..., 1] < 0, f"{name} must have a negative second parameter", array[..., 1])
            parts += [array[..., 0], array[..., 1]]
        return tuple(parts)

    def _moments(self, mean: ArrayLike) -> tuple[Any, Array, Array]:
        xp, mean = self._parameters(mean=mean)
        _pair("mean", mean)
        variance = mean[..., 1] - mean[..., 0] ** 2
        require(xp, variance > 0, "mean must have a second moment above the square of the first", variance)
        return xp, mean[..., 0], variance


def _pair(name: str, array: Array) -> None:
    if array.shape[-1] != 2:
        raise ValueError(f"{name} must have two parameters on its last axis, got shape {tuple(array.shape)}")


def _with_last(xp: Any, natural: Array) -> Array:
    """Log-odds against the last outcome as logits."""
    return xp.concatenate([natural, 0 * natural[..., :1]], -1)


def _poisson_kl(xp: Any, p: Array, q: Array) -> Array:
    """e^p·(e^v − 1 − v) with v = q − p, the larger rate taken out, so that neither overflows alone."""

    def rising(p: Array, q: Array) -> Array:
        return xp.exp(q) * (1 - xp.exp(p - q) * (1 + q - p))

    def usual(p: Array, q: Array) -> Array:
        return xp.exp(p) * exp_excess(xp, q - p)

    return select(xp, q - p > 0.5, rising, usual, (p, q), (0.0, 1.0), (0.0, 0.0))


def _p_log_p(xp: Any, p: Array) -> Array:
    """p·log p, and 0 at 0."""
    return select(xp, p > 0, lambda p: p * xp.log(p), lambda p: 0 * p, (p,), (1.0,), (0.0,))


def _q_log_q(xp: Any, p: Array) -> Array:
    """(1 − p)·log(1 − p), and 0 at 1."""
    return select(xp, p < 1, lambda p: (1 - p) * xp.log1p(-p), lambda p: 0 * p, (p,), (0.5,), (0.5,))
