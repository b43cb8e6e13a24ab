r"""The generators of f-divergences: convex functions of the ratio t = p/q, with what the variational bound needs.

``kl`` t log t, ``reverse-kl`` −log t, ``js`` ½[t log t − (t + 1) log ½(t + 1)], ``gan`` t log t − (t + 1) log(t + 1) + log 4,
(which gives twice ``js``),
``total-variation`` ½|t − 1|, ``squared-hellinger`` ½(√t − 1)², ``chi2`` (t − 1)², ``reverse-chi2`` (t − 1)²/t,
``jeffreys`` (t − 1) log t, ``triangular`` (t − 1)²/(t + 1), ``alpha`` [tᵅ − 1 − α(t − 1)]/(α(α − 1)).

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kltext import _generator_terms as terms
from kltext._arrays import Array, as_arrays, plain
from kltext._checks import as_number
from kltext._evaluate import select

__all__ = ["NAMES", "FGenerator", "generator"]

Function = Callable[[Array], Array]

_GRID = np.concatenate([np.geomspace(1e-6, 1, 121), np.geomspace(1, 1e6, 121)[1:]])


@dataclass(frozen=True)
class FGenerator:
    r"""A convex function f with f(1) = 0, and its limits.

    ``f`` maps an array of ratios t > 0.  ``at_zero`` is f(0+) and ``slope`` is lim f(t)/t for t → ∞; both may be
    ``math.inf``.  ``derivative`` makes the terms of the divergence non-negative, and is the best critic of the
    variational bound.  ``conjugate`` is f*(y) = sup over t ≥ 0 of ty − f(t), finite below ``ceiling`` (the slope); and
    ``activation`` maps a critic's raw output on the line into where f* is finite.

    Raises ``ValueError`` if f(1) is not 0, if f is not convex on a grid of ratios from 1e-6 to 1e6, or if it
    exceeds what its limits allow.

    >>> FGenerator("cubic", lambda t: t**3 - 1, at_zero=-1.0, slope=math.inf).name
    'cubic'

    Source: S. Nowozin, B. Cseke & R. Tomioka, "f-GAN: training generative neural samplers using
    variational divergence minimization", NeurIPS 2016.
    Explained in: chapters/f-divergences
    """

    name: str
    f: Function
    at_zero: float
    slope: float
    derivative: Function | None = None
    conjugate: Function | None = None
    activation: Function | None = None
    inside: terms.Term | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        with np.errstate(all="ignore"):
            at_one = float(self.f(np.ones(1))[0])
            values = np.asarray(self.f(_GRID), dtype=float)
        if not abs(at_one) <= 1e-12:
            raise ValueError(f"f must be 0 at t = 1, got {at_one!r}")
        if values.shape != _GRID.shape:
            raise ValueError(f"f must map an array of ratios to one of the same shape, got shape {values.shape}")
        if not np.isfinite(values).all():
            where = int(np.argmin(np.isfinite(values)))
            raise ValueError(f"f must be finite for ratios from 1e-6 to 1e6, got {float(values[where])!r} at t = {float(_GRID[where])!r}")
        rise = np.diff(values) / np.diff(_GRID)
        size = np.maximum.accumulate(np.abs(rise)) + 1
        noise = 1e-9 * (size[1:] + np.abs(values[1:-1]) / np.diff(_GRID)[:-1])
        bent = np.diff(rise) < -noise
        if bent.any():
            k = int(np.argmin(np.where(bent, np.abs(np.log(_GRID[1:-1])), np.inf)))  # the place nearest to t = 1
            raise ValueError(f"f must be convex, got a slope that falls from {rise[k]:.4g} to {rise[k + 1]:.4g} at t = {_GRID[k + 1]:.4g}")
        for name, limit, reached in (("at_zero", self.at_zero, values[0] + rise[0] * -_GRID[0]), ("slope", self.slope, rise[-1])):
            if math.isnan(limit) or limit < reached - 1e-6 * (1 + abs(reached)):
                raise ValueError(f"{name} must be at least what the convex f has reached, {float(reached)!r}, got {limit!r}")

    @property
    def ceiling(self) -> float:
        """Where the conjugate becomes infinite: the slope of f at infinity."""
        return self.slope

    def term(self, xp: Any, p: Array, q: Array) -> Array:
        """q·f(p/q) entry by entry, centred where the derivative is known, with the limits where p or q is zero."""
        tilt = 0.0 if self.derivative is None else float(self.derivative(np.ones(1))[0])

        def both(p: Array, q: Array) -> Array:
            return self.inside(xp, p, q) if self.inside else q * self.f(p / q) - tilt * (p - q)

        def one(p: Array, q: Array) -> Array:
            return _limit(xp, p, self.slope - tilt) + _limit(xp, q, self.at_zero + tilt)

        return select(xp, (p > 0) & (q > 0), both, one, (p, q), (1.0, 1.0), (0.0, 0.0))


def generator(name: str, **parameters: float) -> FGenerator:
    """The classical generator of this name; ``alpha`` takes its order: ``generator("alpha", alpha=0.5)``.

    ``alpha`` 1 and 0 are the limits, ``kl`` and ``reverse-kl`` up to a multiple of t − 1; 2 is half of
    ``chi2``, ½ is four times ``squared-hellinger``.

    Raises ``ValueError`` for an unknown name and for a parameter that is not a finite number.

    >>> float(generator("chi2").f(3.0))
    4.0

    Explained in: chapters/f-divergences
    """
    if name == "alpha":
        if set(parameters) != {"alpha"}:
            raise ValueError(f"the generator 'alpha' has one parameter, alpha, got {parameters!r}")
        return _alpha(parameters["alpha"])
    if name not in _CLASSICAL:
        raise ValueError(f"generator must be one of {', '.join(NAMES)}, got {name!r}")
    if parameters:
        raise ValueError(f"the generator {name!r} has no parameters, got {parameters!r}")
    return _CLASSICAL[name]


def _limit(xp: Any, mass: Array, factor: float) -> Array:
    """mass·factor, and 0 where there is no mass, however large the factor."""
    if math.isinf(factor):
        return xp.where(mass > 0, factor * xp.ones_like(mass), 0 * mass)
    return mass * factor


def _apply(function: Callable[[Any, Array], Array]) -> Function:
    """A function of (xp, t) as one of t: the array library is found by looking."""

    def of(t: Array) -> Array:
        xp, t = as_arrays(t=t)
        return function(xp, t)

    return of


def _softplus(xp: Any, x: Array) -> Array:
    return xp.maximum(x, 0 * x) + xp.log1p(xp.exp(-abs(x)))


def _jeffreys_conjugate(xp: Any, y: Array) -> Array:
    """w + 1/w + y − 2, where w + log w = 1 − y."""
    from scipy.special import wrightomega

    z = 1 - y
    solved = np.real(wrightomega(plain(z)))
    w = xp.asarray(solved) if xp is not np else solved
    w = w - (w + xp.log(w) - z) / (1 + 1 / w)  # one step of Newton: nothing in value, the derivative to a tracer
    return w + 1 / w + y - 2


def _alpha(order: float) -> FGenerator:
    a = as_number(order)
    if not math.isfinite(a):
        raise ValueError(f"alpha must be a finite number, got {order!r}")
    if a == 1:
        return FGenerator(
            "alpha 1.0", _apply(lambda xp, t: t * xp.log(t) - t + 1), 1.0, math.inf, _apply(lambda xp, t: xp.log(t)),
            _apply(lambda xp, y: xp.expm1(y)), _same, terms.kl,
        )
    if a == 0:
        return FGenerator(
            "alpha 0.0", _apply(lambda xp, t: t - 1 - xp.log(t)), math.inf, 1.0, _apply(lambda xp, t: 1 - 1 / t),
            _apply(lambda xp, y: -xp.log1p(-y)), _below_one, terms.reverse_kl,
        )

    def shape(xp: Any, t: Array) -> Array:
        # From the nearer of the limits α → 1 and α → 0, where the powers would cancel.
        if a > 0.5:
            return (t * xp.expm1((a - 1) * xp.log(t)) / (a - 1) - (t - 1)) / a
        return (xp.expm1(a * xp.log(t)) / a - (t - 1)) / (a - 1)

    def conjugate(xp: Any, y: Array) -> Array:
        inner = (a - 1) * y
        return select(
            xp,
            inner > -1,
            lambda inner: xp.expm1(a * (xp.log1p(inner) / (a - 1))) / a,
            lambda inner: 0 * inner - 1 / a,  # α > 1: the best ratio is 0
            (inner,),
            (0.0,),
            (-2.0,),
        )

    return FGenerator(
        f"alpha {a!r}",
        _apply(shape),
        at_zero=1 / a if a > 0 else math.inf,
        slope=math.inf if a > 1 else 1 / (1 - a),
        derivative=_apply(lambda xp, t: xp.expm1((a - 1) * xp.log(t)) / (a - 1)),
        conjugate=_apply(conjugate),
        activation=_same if a > 1 else _apply(lambda xp, v: xp.expm1((a - 1) * v) / (a - 1)),
        inside=terms.alpha(a),
    )


_same = _apply(lambda xp, v: v)
_below_one = _apply(lambda xp, v: -xp.expm1(-v))
_LOG_2, _LOG_4 = math.log(2), math.log(4)


def _js_shape(xp: Any, t: Array) -> Array:
    return t * xp.log(t) - (t + 1) * xp.log((t + 1) / 2)


_CLASSICAL = {
    g.name: g
    for g in (
        FGenerator(
            "kl", _apply(lambda xp, t: t * xp.log(t)), 0.0, math.inf, _apply(lambda xp, t: 1 + xp.log(t)),
            _apply(lambda xp, y: xp.exp(y - 1)), _same, terms.kl,
        ),
        FGenerator(
            "reverse-kl", _apply(lambda xp, t: -xp.log(t)), math.inf, 0.0, _apply(lambda xp, t: -1 / t),
            _apply(lambda xp, y: -1 - xp.log(-y)), _apply(lambda xp, v: -xp.exp(-v)), terms.reverse_kl,
        ),
        FGenerator(
            "js", _apply(lambda xp, t: _js_shape(xp, t) / 2), _LOG_2 / 2, _LOG_2 / 2,
            _apply(lambda xp, t: xp.log(2 * t / (t + 1)) / 2),
            _apply(lambda xp, y: -xp.log1p(-xp.expm1(2 * y)) / 2),
            _apply(lambda xp, v: (xp.minimum(v, 0 * v) - xp.log1p(xp.expm1(-abs(v)) / 2)) / 2), terms.js,
        ),
        FGenerator(  # the critic log σ(v) makes its bound the value of the GAN's game, plus log 4
            "gan", _apply(lambda xp, t: t * xp.log(t) - (t + 1) * xp.log(t + 1) + _LOG_4), _LOG_4, 0.0,
            _apply(lambda xp, t: -xp.log1p(1 / t)),
            _apply(lambda xp, y: -xp.log(-xp.expm1(y)) - _LOG_4),
            _apply(lambda xp, v: -_softplus(xp, -v)), terms.twice_js,
        ),
        FGenerator(
            "total-variation", _apply(lambda xp, t: abs(t - 1) / 2), 0.5, 0.5, _apply(lambda xp, t: xp.sign(t - 1) / 2),
            _apply(lambda xp, y: xp.maximum(y, 0 * y - 0.5)), _apply(lambda xp, v: xp.tanh(v) / 2), terms.total_variation,
        ),
        FGenerator(
            "squared-hellinger", _apply(lambda xp, t: (xp.sqrt(t) - 1) ** 2 / 2), 0.5, 0.5,
            _apply(lambda xp, t: (1 - 1 / xp.sqrt(t)) / 2),
            _apply(lambda xp, y: y / (1 - 2 * y)), _apply(lambda xp, v: -xp.expm1(-v) / 2), terms.squared_hellinger,
        ),
        FGenerator(
            "chi2", _apply(lambda xp, t: (t - 1) ** 2), 1.0, math.inf, _apply(lambda xp, t: 2 * (t - 1)),
            _apply(lambda xp, y: xp.maximum(1 + y / 2, 0 * y) ** 2 - 1), _same, terms.chi2,
        ),
        FGenerator(
            "reverse-chi2", _apply(lambda xp, t: (t - 1) ** 2 / t), math.inf, 1.0, _apply(lambda xp, t: 1 - 1 / t**2),
            _apply(lambda xp, y: 2 - 2 * xp.sqrt(1 - y)), _below_one, terms.reverse_chi2,
        ),
        FGenerator(
            "jeffreys", _apply(lambda xp, t: (t - 1) * xp.log(t)), math.inf, math.inf,
            _apply(lambda xp, t: xp.log(t) + 1 - 1 / t), _apply(_jeffreys_conjugate), _same, terms.jeffreys,
        ),
        FGenerator(
            "triangular", _apply(lambda xp, t: (t - 1) ** 2 / (t + 1)), 1.0, 1.0, _apply(lambda xp, t: 1 - 4 / (t + 1) ** 2),
            _apply(lambda xp, y: 4 - xp.maximum(y, 0 * y - 3) - 4 * xp.sqrt(1 - xp.maximum(y, 0 * y - 3))), _below_one, terms.triangular,
        ),
    )
}

NAMES = (*_CLASSICAL, "alpha")
"""The names of the classical generators."""
