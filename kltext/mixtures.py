r"""Mixtures of Gaussians: the simplest laws with several modes, on the line and in space.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish, like, plain
from kltext._checks import as_laws, require
from kltext._covariance import as_covariance, cholesky
from kltext._logspace import log_softmax

__all__ = ["GaussianMixture"]

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    r"""A mixture of Gaussians, on the line (``stds``) or in k dimensions (``covariances``).

    .. math:: p(x) = \sum_j w_j\,\mathcal N(x;\,\mu_j,\Sigma_j), \qquad w_j\ge0,\quad \sum_j w_j = 1

    In words: choose a component by its weight, then draw from its Gaussian.

    ``weights`` is a law over n components.  On the line ``means`` has shape (n,) and ``stds`` holds standard
    deviations, one for all or (n,), as in `gaussian_kl`.  In space ``means`` has shape (n, k) and ``covariances``
    (n, k, k), or (k, k) for all, as in `mvn_kl`.  The parameters are kept as NumPy arrays that cannot be written to.

    Raises ``ValueError`` for weights that are no law, shapes that do not fit, numbers that are not finite, standard
    deviations that are not positive, covariances that are not symmetric and positive definite, and if not exactly one
    of ``stds`` and ``covariances`` is given.

    >>> mixture = GaussianMixture([0.3, 0.7], [-4.0, 4.0], stds=1.0)
    >>> round(mixture.mean, 12), round(mixture.covariance, 12)
    (1.6, 14.44)
    >>> mixture.log_density([0.0, 4.0]).round(6).tolist()
    [-8.918939, -1.275613]

    Source: C. Bishop, *Pattern Recognition and Machine Learning* (2006), section 2.3.9.
    Explained in: chapters/directions
    """

    weights: ArrayLike
    means: ArrayLike
    stds: ArrayLike = field(default=None, kw_only=True)
    covariances: ArrayLike = field(default=None, kw_only=True)
    _factors: Numbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if (self.stds is None) == (self.covariances is None):
            raise ValueError("give exactly one of stds (on the line) and covariances (in k dimensions)")
        weights, means = _read("weights", self.weights), _read("means", self.means)
        as_laws(weights=weights)
        if weights.ndim != 1:
            raise ValueError(f"weights must be a vector, got shape {weights.shape}")
        if means.ndim != (1 if self.covariances is None else 2) or 0 in means.shape or len(means) != len(weights):
            wanted = "(n,)" if self.covariances is None else "(n, k)"
            raise ValueError(f"means must have shape {wanted} with n = {len(weights)} as weights, got {means.shape}")
        kept = {"weights": weights, "means": means}
        if self.covariances is None:
            stds = _fit("stds", _read("stds", self.stds), means.shape)
            require(np, stds > 0, "stds must be positive", stds)
            kept |= {"stds": stds, "_factors": stds[:, None, None]}
        else:
            k = means.shape[1]
            covs = _fit("covariances", _read("covariances", self.covariances), (len(means), k, k))
            covs = as_covariance(np, "covariances", covs)
            kept |= {"covariances": covs, "_factors": cholesky(np, "covariances", covs)}
        for name, array in kept.items():
            array = np.array(array)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def dimension(self) -> int:
        """The number of coordinates, k; 1 on the line."""
        return int(self._factors.shape[-1])

    @property
    def mean(self) -> Array:
        r"""The mean Σ wⱼ μⱼ: a number on the line, else (k,)."""
        return finish(self.weights @ self.means)

    @property
    def covariance(self) -> Array:
        r"""The covariance Σ wⱼ [Σⱼ + (μⱼ − μ)(μⱼ − μ)ᵀ]: on the line a number, the variance, else (k, k)."""
        offsets = self.means - self.mean
        if self.stds is not None:
            return finish(self.weights @ (self.stds**2 + offsets**2))
        spread = offsets[:, :, None] * offsets[:, None, :]
        return np.einsum("j,jab->ab", self.weights, self.covariances + spread)

    def log_density(self, x: ArrayLike) -> Array:
        r"""log p(x) at every x: any shape on the line, else (…, k); −∞ at ±∞.

        Nats.  NumPy, autograd, PyTorch and JAX arrays; differentiable in x.  Does not underflow far from all
        components.  Raises ``ValueError`` for NaN.
        """
        xp, joint = self._log_joint(x)
        top = xp.max(joint, axis=-1)
        safe = xp.where(top > -np.inf, top, xp.zeros_like(top))
        with np.errstate(divide="ignore"):
            return finish(safe + xp.log(xp.exp(joint - safe[..., None]).sum(-1)))

    def responsibilities(self, x: ArrayLike) -> Array:
        r"""wⱼ N(x; μⱼ, Σⱼ) / p(x): the posterior over the components at every x, on the last axis.

        Raises ``ValueError`` for numbers that are not finite, or so large that every density is zero.
        """
        xp, joint = self._log_joint(x)
        highest = xp.max(joint, axis=-1)
        require(xp, highest > -np.inf, "x must be where a density is positive; the largest log-density", highest)
        return xp.exp(log_softmax(xp, joint))

    def sample(self, n: int, rng: np.random.Generator) -> Numbers:
        """n independent draws, (n,) on the line and else (n, k), made with NumPy's generator ``rng``."""
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
            raise ValueError(f"n must be a whole number from 0, got {n!r}")
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")  # noqa: TRY004
        chosen = rng.choice(len(self.weights), size=n, p=self.weights / self.weights.sum())
        noise = rng.standard_normal((n, self.dimension))
        drawn = np.einsum("nab,nb->na", self._factors[chosen], noise)
        draws: Numbers = self.means[chosen] + (drawn[:, 0] if self.stds is not None else drawn)
        return draws

    def _log_joint(self, x: ArrayLike) -> tuple[Any, Array]:
        """log wⱼ + log N(x; μⱼ, Σⱼ), with the components on a last axis of their own."""
        xp, x = as_arrays(x=x)
        require(xp, x == x, "x must not be NaN", x)
        if self.stds is None and tuple(x.shape[-1:]) != (self.dimension,):
            raise ValueError(f"x must have shape (…, {self.dimension}), got {tuple(x.shape)}")
        means, logs = (_beside(xp, a, x) for a in (self.means, self._log_scales()))
        with np.errstate(over="ignore", invalid="ignore"):
            if self.stds is not None:
                z = (x[..., None] - means) / _beside(xp, self.stds, x)
                return xp, logs - z * z / 2
            inverse = np.linalg.inv(self._factors)  # triangular: (n, k, k)
            offsets = x[..., None, :] - means
            finite = xp.isfinite(offsets)
            offsets = xp.where(finite, offsets, xp.zeros_like(offsets))
            z = (_beside(xp, inverse, x) * offsets[..., None, :]).sum(-1)
            joint = logs - (z * z).sum(-1) / 2
            return xp, xp.where(xp.all(finite, axis=-1), joint, -np.inf * xp.ones_like(joint))

    def _log_scales(self) -> Numbers:
        """log wⱼ − ½ log det(2π Σⱼ)."""
        pivots = np.diagonal(self._factors, axis1=-2, axis2=-1)
        with np.errstate(divide="ignore"):
            logs: Numbers = np.log(self.weights) - np.log(pivots).sum(-1) - self.dimension * math.log(2 * math.pi) / 2
        return logs


def _read(name: str, values: ArrayLike) -> Numbers:
    _, array = as_arrays(**{name: values})
    array = plain(array).astype(float)
    require(np, np.isfinite(array), f"{name} must be finite", array)
    return array


def _beside(xp: Any, constant: Numbers, x: Array) -> Array:
    """The constant in x's library and dtype, as a copy: PyTorch warns of arrays that cannot be written to."""
    return like(xp, constant.copy(), x, x.dtype)


def _fit(name: str, array: Numbers, shape: tuple[int, ...]) -> Numbers:
    """One for all components, or one for each."""
    if array.shape not in (shape, shape[1:]):
        raise ValueError(f"{name} must have shape {shape} or {shape[1:]} to fit means, got {array.shape}")
    return np.broadcast_to(array, shape)
