r"""KL from samples: k1, k2, k3 from log-probabilities, the plug-in from counts, and nearest neighbours.

Explained in: chapters/ppo
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, finish, plain
from kltext._checks import common_shape, require
from kltext._evaluate import elementwise
from kltext._logratio import exp_excess
from kltext.divergence import kl_divergence

__all__ = ["Estimate", "KlEstimators", "PlugIn", "kl_estimators", "kl_from_neighbours", "mean_and_error", "plug_in_kl"]


class KlEstimators(NamedTuple):
    """Three numbers for each sample; the mean of each estimates D(P‖Q)."""

    k1: Array
    k2: Array
    k3: Array


class Estimate(NamedTuple):
    """A mean and its standard error."""

    value: Array
    error: Array


class PlugIn(NamedTuple):
    """The divergence of the observed frequencies, and by how much it is too large on average, to first order."""

    value: Array
    bias: Array


def kl_estimators(log_p: ArrayLike, log_q: ArrayLike) -> KlEstimators:
    r"""Three estimators of D(P‖Q) from samples of P.

    .. math:: k_1 = -u, \qquad k_2 = \tfrac12 u^2, \qquad k_3 = e^{u} - 1 - u,
              \qquad u = \log\frac{q(x)}{p(x)},\quad x\sim P

    In words: the log-ratio itself, half its square, and the log-ratio made non-negative.

    ``log_p`` and ``log_q`` are the logarithms of the two probabilities (densities) at the samples, of any common
    shape; the results have that shape.  Nats.  The mean of k1 and of k3 is D(P‖Q) (of k3, if P allows
    whatever Q allows: otherwise it misses the rest of Q's mass); that of k2 differs from it in third
    order.  k1 has the largest spread and either sign; k2 and k3 are never negative.  k3 is computed without
    cancellation for p ≈ q.  ``inf`` where Q rules out a sample.

    **As losses they differ.**  If P has the parameters, the expected gradient (samples held fixed) is zero for
    k1, that of D(P‖Q) for k2, and that of D(Q‖P) for k3.  An estimator with the right value need not have
    the right gradient.

    Raises ``ValueError`` if log_p is not finite, or log_q is NaN or +∞.

    >>> k1, k2, k3 = kl_estimators([-1.0, -2.0], [-1.5, -1.5])
    >>> k1.tolist(), k2.tolist()
    ([0.5, -0.5], [0.125, 0.125])

    Source: J. Schulman, "Approximating KL divergence" (2020), a note on the web.
    Explained in: chapters/ppo
    """
    xp, log_p, log_q = as_arrays(log_p=log_p, log_q=log_q)
    require(xp, xp.isfinite(log_p), "log_p must be finite: it belongs to samples of P", log_p)
    require(xp, log_q < np.inf, "log_q must be finite or -inf", log_q)
    common_shape(log_p=log_p.shape, log_q=log_q.shape)
    u = log_q - log_p
    return KlEstimators(finish(-u), finish(u * u / 2), finish(elementwise(xp, exp_excess, u)))


def mean_and_error(values: ArrayLike) -> Estimate:
    r"""The mean of independent samples and its standard error.

    .. math:: \bar x = \frac1n\sum_i x_i, \qquad \sqrt{\frac{1}{n(n-1)}\sum_i(x_i-\bar x)^2}

    In words: the estimate, and how far off it typically is.

    ``values`` are the samples on the first axis; the other axes are the shape of the results.  The error is
    honest only if the variance is finite, which for k3 fails when Q's tails are much heavier than P's.  One infinite
    sample makes both infinite.

    Raises ``ValueError`` for fewer than two samples, NaN, and samples of both infinities, which have no mean.

    >>> mean_and_error([1.0, 2.0, 3.0]).value
    2.0

    Explained in: chapters/ppo
    """
    xp, values = as_arrays(values=values)
    if values.ndim == 0 or values.shape[0] < 2:
        raise ValueError(f"values must hold at least two samples on its first axis, got shape {tuple(values.shape)}")
    require(xp, values == values, "values must not be NaN", values)
    n = values.shape[0]
    finite = xp.isfinite(values)
    inner = xp.where(finite, values, 0 * xp.ones_like(values))
    mean = inner.mean(0)
    spread = ((inner - mean) ** 2).sum(0) / (n * (n - 1))
    with np.errstate(invalid="ignore"):
        infinite = xp.where(finite, 0 * xp.ones_like(values), values).sum(0)  # 0, an infinity, or NaN of both
    require(xp, infinite == infinite, "values must not hold both infinities", infinite)
    return Estimate(finish(mean + infinite), finish(xp.sqrt(spread) + abs(infinite)))


def plug_in_kl(counts: ArrayLike, q: ArrayLike) -> PlugIn:
    r"""The divergence of observed frequencies from a known Q, with the bias of this estimate of D(P‖Q).

    .. math:: D(\hat P\Vert Q), \quad \hat p(x) = \frac{n_x}{n}, \qquad
              \mathbb{E}\,D(\hat P\Vert Q) - D(P\Vert Q) \approx \frac{m-1}{2n}

    In words: frequencies fit themselves, so even for P = Q the estimate is about (m − 1)/2n too large.

    ``counts`` holds how often each outcome was seen, on the last axis, and ``q`` the law Q; other axes
    broadcast.  In the bias m counts the outcomes that Q allows, supposing that P allows them too.  Nats.  The
    first-order bias is what remains for large n; it is useless when many outcomes are expected less than a few
    times.  (With Q's frequencies in place of Q the estimate would often be infinite.)

    Raises ``ValueError`` for counts that are negative, no whole numbers or all zero, and what is not a law.

    >>> round(plug_in_kl([6, 4], [0.5, 0.5]).value, 6), plug_in_kl([6, 4], [0.5, 0.5]).bias
    (0.020136, 0.05)

    Source: G. Miller, "Note on the bias of information estimates", in *Information Theory in Psychology* (1955).
    Explained in: chapters/cross-entropy
    """
    _, counts = as_arrays(counts=counts)
    seen = plain(counts).astype(float)
    if seen.ndim == 0 or seen.shape[-1] == 0:
        raise ValueError(f"counts must have outcomes on its last axis, got shape {seen.shape}")
    require(np, (seen >= 0) & (seen < np.inf) & (seen == np.floor(seen)), "counts must be whole numbers from 0", seen)
    n = seen.sum(-1)
    require(np, n > 0, "counts must hold at least one observation", n)
    _, law = as_arrays(q=q)
    allowed = (plain(law) > 0).sum(-1)
    return PlugIn(kl_divergence(seen / n[..., None], plain(law)), finish((allowed - 1) / (2 * n)))


def kl_from_neighbours(x: ArrayLike, y: ArrayLike, *, neighbours: int = 1) -> float:
    r"""D(P‖Q) from samples alone, by distances to nearest neighbours.

    .. math:: \hat D = \frac dn\sum_{i=1}^n\log\frac{\nu_k(i)}{\rho_k(i)} + \log\frac{m}{n-1}

    In words: where x's own samples are denser than y's, neighbours are nearer: the ratio of distances is a
    ratio of densities.

    ``x`` (n, d) are samples of P and ``y`` (m, d) of Q (one-dimensional arrays count as d = 1); ρ_k(i) is the
    distance from xᵢ to its k-th neighbour among the other x, ν_k(i) that among the y.  Nats; may be negative by
    chance.  Consistent for densities; slow in high dimension, ``inf`` if samples of x coincide, and ``-inf`` if one
    of x coincides with one of y.

    Raises ``ValueError`` for too few samples, dimensions that differ, numbers that are not finite, and samples that
    coincide in both ways, which leave 0/0.

    >>> kl_from_neighbours([0.0, 1.0], [0.5, 2.5]) < 1
    True

    Source: Q. Wang, S. Kulkarni & S. Verdú, "Divergence estimation for multidimensional densities via
    k-nearest-neighbor distances", IEEE Trans. Inf. Theory 55 (2009).
    Explained in: chapters/directions
    """
    points = {"x": _points("x", x), "y": _points("y", y)}
    one, other = points.values()
    if one.shape[1] != other.shape[1]:
        raise ValueError(f"x and y must have the same dimension, got {one.shape[1]} and {other.shape[1]}")
    if not isinstance(neighbours, (int, np.integer)) or isinstance(neighbours, bool) or neighbours < 1:
        raise ValueError(f"neighbours must be a positive whole number, got {neighbours!r}")
    if len(one) <= neighbours or len(other) < neighbours:
        raise ValueError(f"x and y must hold more than {neighbours} samples, got {len(one)} and {len(other)}")
    from scipy.spatial import cKDTree

    within = cKDTree(one).query(one, [neighbours + 1])[0][:, 0]  # the nearest is the point itself
    across = cKDTree(other).query(one, [neighbours])[0][:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(across) - np.log(within)
        average = logs.mean()
    if math.isnan(average):
        raise ValueError("x and y must not coincide where x repeats itself: distances of 0 are divided by each other")
    return float(one.shape[1] * average + math.log(len(other) / (len(one) - 1)))


def _points(name: str, samples: Any) -> np.ndarray[Any, Any]:
    xp, array = as_arrays(**{name: samples})
    require(xp, xp.isfinite(array), f"{name} must be finite", array)
    points = plain(array).astype(float)
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or 0 in points.shape:
        raise ValueError(f"{name} must hold samples as rows, got shape {tuple(array.shape)}")
    return points
