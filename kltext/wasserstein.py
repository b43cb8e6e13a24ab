"""How far must mass be moved?  The Wasserstein distance on the line.

Explained in: chapters/renyi
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, ArrayLike, as_arrays, finish
from kltext._checks import as_laws, require

__all__ = ["wasserstein_1d"]


def wasserstein_1d(
    x: ArrayLike, y: ArrayLike, x_weights: ArrayLike | None = None, y_weights: ArrayLike | None = None
) -> Array:
    r"""Wasserstein distance of order 1 (earth-mover distance) between two laws on the line.

    .. math:: W_1(P,Q) = \min_{X\sim P,\ Y\sim Q} \mathbb E\lvert X-Y\rvert
              = \int\lvert F_P(t)-F_Q(t)\rvert\,dt = \int_0^1\lvert F_P^{-1}(u)-F_Q^{-1}(u)\rvert\,du

    In words: the least work, mass times distance, that turns one law into the other.

    ``x`` and ``y`` are the places of the two laws' masses: vectors of any lengths, in any order.  The masses
    are equal unless laws ``x_weights`` and ``y_weights`` are given.  The result is exact, in the units of
    the places, and differentiable in places and weights (derivative 0 where two places meet).  Every law
    here has finitely many places; in general W₁ is finite only for laws with a mean.

    Raises ``ValueError`` for places that are not vectors of finite numbers, and weights that are not laws
    of the same length.

    >>> wasserstein_1d([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])
    5.0
    >>> wasserstein_1d([0.0, 1.0], [0.0, 1.0], [0.5, 0.5], [0.25, 0.75])
    0.25

    Source: Villani, *Optimal Transport: Old and New* (2009), chapter 6; the formula on the line is due to
    Vallender (1974).
    Explained in: chapters/renyi
    """
    named: dict[str, Any] = {"x": x, "y": y}
    named.update({n: w for n, w in (("x_weights", x_weights), ("y_weights", y_weights)) if w is not None})
    xp, *arrays = as_arrays(**named)
    found = dict(zip(named, arrays, strict=True))
    for name in ("x", "y"):
        places = found[name]
        if places.ndim != 1 or places.shape[0] == 0:
            raise ValueError(f"{name} must be a vector of one place at least, got shape {tuple(places.shape)}")
        require(xp, xp.isfinite(places), f"{name} must be finite", places)
        weights = found.get(f"{name}_weights")
        if weights is None:
            continue
        as_laws(**{f"{name}_weights": weights})
        if weights.shape != places.shape:
            raise ValueError(f"{name}_weights must fit {name}: {tuple(places.shape)}, got {tuple(weights.shape)}")
    if len(named) == 2 and found["x"].shape == found["y"].shape:
        moved = _ascending(xp, found["x"]) - _ascending(xp, found["y"])
        return finish(_size(xp, moved).mean())
    return finish(_between_steps(xp, found))


def _between_steps(xp: Any, found: dict[str, Array]) -> Array:
    """∫|F_P − F_Q|: the two distribution functions are constant between neighbouring places."""
    masses = [
        found[f"{n}_weights"] if f"{n}_weights" in found else 1 / found[n].shape[0] + 0 * found[n] for n in ("x", "y")
    ]
    places = xp.concatenate([found["x"], found["y"]])
    order = xp.argsort(places)
    places, steps = places[order], xp.concatenate([masses[0], -masses[1]])[order]
    return (_size(xp, xp.cumsum(steps, 0)[:-1]) * (places[1:] - places[:-1])).sum()


def _ascending(xp: Any, places: Array) -> Array:
    return places[xp.argsort(places)]


def _size(xp: Any, value: Array) -> Array:
    """|value|, with derivative 0 at 0."""
    return xp.maximum(value, 0 * value) - xp.minimum(value, 0 * value)
