r"""The Gaussian nearest to a mixture: forward (one answer, the moments) and reverse (as many as there are local optima).

Explained in: chapters/directions
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np

from kltext._reverse_fit import Law, mean_log_density
from kltext._reverse_search import minima
from kltext.densities import density_kl
from kltext.mixtures import GaussianMixture

__all__ = ["GaussianFit", "i_projection", "m_projection"]

Numbers = np.ndarray[Any, Any]


class GaussianFit(NamedTuple):
    """A Gaussian and its divergence, with the estimated error of that number.

    On the line ``mean`` and ``covariance`` (the variance) are numbers, else they have shapes (k,) and (k, k).
    """

    mean: Any
    covariance: Any
    value: float
    error: float

    @property
    def std(self) -> Any:
        """The standard deviation; in space, that of each coordinate."""
        return math.sqrt(self.covariance) if np.ndim(self.covariance) == 0 else np.sqrt(np.diagonal(self.covariance))


def m_projection(mixture: GaussianMixture, *, covariance: str = "full") -> GaussianFit:
    r"""The Gaussian Q with the least D(P‖Q) from a mixture P: the one with P's mean and covariance.

    .. math:: \min_Q D(P\Vert Q) = \tfrac12\log\det(2\pi e\,\Sigma) - H(P), \qquad
              Q = \mathcal N(\mu,\Sigma),\quad \mu=\mathbb E_P X,\quad \Sigma=\operatorname{Cov}_P X

    In words: maximum likelihood with endless data from P; whatever P does is covered.

    The mixture lives on the line or in the plane.  With ``covariance="diagonal"`` Q has independent coordinates, and
    Σ keeps only the variances.  The Gaussian is exact and the only minimum; its ``value`` D(P‖Q), in nats, is an
    integral, with its ``error`` (on the line from `density_kl`, in the plane by comparing two grids).

    Raises ``ValueError`` for what is no mixture in one or two dimensions (``mixture.mean`` and ``mixture.covariance``
    are the answer in any dimension), and an unknown kind of covariance.

    >>> fit = m_projection(GaussianMixture([0.5, 0.5], [-2.0, 2.0], stds=1.0))
    >>> fit.mean, round(fit.std**2, 12), round(fit.value, 6)
    (0.0, 5.0, 0.171999)

    Source: Koller & Friedman, *Probabilistic Graphical Models* (2009), section 8.5.
    Explained in: chapters/directions
    """
    diagonal = _checked(mixture, covariance)
    if mixture.dimension == 1:
        mean, variance = float(np.ravel(mixture.mean)[0]), float(np.ravel(mixture.covariance)[0])
        centred = GaussianMixture(mixture.weights, mixture.means.ravel() - mean, stds=mixture._factors[:, 0, 0])
        nearest = GaussianMixture([1.0], [0.0], stds=math.sqrt(variance))
        found = density_kl(centred.log_density, nearest.log_density, points=centred.means)
        return _fit(mixture, Law(np.array([mean]), np.array([[math.sqrt(variance)]])), found.value, found.error)
    spread = np.asarray(mixture.covariance)
    law = Law(np.asarray(mixture.mean), np.linalg.cholesky(np.diag(np.diagonal(spread)) if diagonal else spread))
    cross = np.log(np.diagonal(law.factor)).sum() + math.log(2 * math.pi * math.e)
    values: list[float] = []
    for step in (0.4, 0.2, 0.1, 0.05, 0.025):
        parts = [mean_log_density(mixture, Law(*part), step) for part in zip(mixture.means, mixture._factors, strict=True)]
        values.append(float(mixture.weights @ parts + cross))
        if len(values) > 1 and abs(values[-1] - values[-2]) < 1e-13 * (1 + abs(cross)):
            break
    return _fit(mixture, law, max(values[-1], 0.0), abs(values[-1] - values[-2]) + 1e-15 * (1 + abs(cross)))


def i_projection(
    mixture: GaussianMixture, *, covariance: str = "full", starts: int = 24, seed: int = 0
) -> list[GaussianFit]:
    r"""All Gaussians Q at which D(Q‖P) to a mixture P has a local minimum, the best one first.

    .. math:: D(Q\Vert P) = -\mathbb E_Q\log p(X) - \tfrac12\log\det(2\pi e\,\Sigma), \qquad Q=\mathcal N(\mu,\Sigma)

    In words: variational inference; Q has to stay where P has mass, and may settle on one part of it.

    The mixture lives on the line or in the plane; with ``covariance="diagonal"`` Q has independent coordinates.
    Newton's method starts from the moments of every group of components (of singles, pairs and all, if there are more
    than five) and from ``starts`` random Gaussians drawn with ``seed``; from a saddle it goes on to both sides.  What
    is returned has a gradient of zero and no direction of negative curvature; equal values are in the order of the
    means.  Nats; the ``error`` of a value compares two grids.  That no minimum has been missed cannot be proved by
    starting often, but more starts can be tried.

    Raises ``ValueError`` for what is no mixture in one or two dimensions, an unknown kind of covariance, and numbers
    of starts or seeds that are not whole and non-negative.

    >>> for fit in i_projection(GaussianMixture([0.5, 0.5], [-3.0, 3.0], stds=1.0)):
    ...     print(f"mean {fit.mean:.6f}, std {fit.std:.6f}, D = {fit.value:.6f}".replace("-0.000000", "0.000000"))
    mean -2.984306, std 1.023369, D = 0.688769
    mean 2.984306, std 1.023369, D = 0.688769
    mean 0.000000, std 2.743769, D = 0.840621

    Source: Koller & Friedman, *Probabilistic Graphical Models* (2009), section 8.5.
    Explained in: chapters/directions
    """
    diagonal = _checked(mixture, covariance)
    for name, number in (("starts", starts), ("seed", seed)):
        if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or number < 0:
            raise ValueError(f"{name} must be a whole number from 0, got {number!r}")
    found = minima(mixture, diagonal, starts, seed)
    return _in_order([_fit(mixture, law, max(value, 0.0), error) for law, value, error in found])


def _in_order(fits: list[GaussianFit]) -> list[GaussianFit]:
    """By value, and where values are equal but for rounding, by the mean."""
    fits = sorted(fits, key=lambda fit: fit.value)
    ranks = np.cumsum([0, *(b.value - a.value > 1e-9 for a, b in itertools.pairwise(fits))])
    order = sorted(range(len(fits)), key=lambda i: (ranks[i], *np.round(np.ravel(fits[i].mean), 6)))
    return [fits[i] for i in order]


def _fit(mixture: GaussianMixture, law: Law, value: float, error: float) -> GaussianFit:
    spread = law.factor @ law.factor.T
    if mixture.stds is not None:
        return GaussianFit(float(law.mean[0]), float(spread[0, 0]), value, float(error))
    return GaussianFit(law.mean, spread, value, float(error))


def _checked(mixture: GaussianMixture, covariance: str) -> bool:
    """Whether the Gaussian is to have independent coordinates."""
    if not isinstance(mixture, GaussianMixture):
        raise ValueError(f"mixture must be a GaussianMixture, got {mixture!r}")  # noqa: TRY004
    if mixture.dimension > 2:
        raise ValueError(f"mixture must live in one or two dimensions, got {mixture.dimension}")
    if covariance not in ("full", "diagonal"):
        raise ValueError(f"covariance must be 'full' or 'diagonal', got {covariance!r}")
    return covariance == "diagonal"
