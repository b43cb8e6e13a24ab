r"""The integrals behind the divergences of densities: integrands at the nodes, masses, tails, and what is refused.

One integration finds the divergence and the masses of P and Q, so that a peak the quadrature missed shows as missing
mass.

Explained in: chapters/directions
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext._logratio import LOG_2, NEAR, excess_near, exp_excess
from kltext._logspace import softplus
from kltext._quadrature import HIGHEST, Samples, Stretch, integrate, peaks, stretches

__all__ = ["LogDensity", "Term", "js_term", "kl_term", "total_variation_term", "value_and_error"]

LogDensity = Callable[[Any], Any]

Numbers = np.ndarray[Any, Any]
Term = Callable[[Numbers, Numbers, Numbers], tuple[Numbers, Numbers, Numbers]]

EPS = 2.0**-52
SLACK = 2.0**-26  # how far a mass may be from one, as for laws


# Each term returns its integrand, times dx/du, and its derivatives in log p and log q, which rounding is multiplied by.


def kl_term(p: Numbers, q: Numbers, v: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    close = abs(v) < 0.5
    small, shift = np.where(close, v, 0.0), np.where(p > 0, p * v, 0.0)
    value = np.where(close, p * exp_excess(np, small), q - p - shift)
    return value, abs(shift), np.where(close, p * abs(np.expm1(small)), abs(q - p))


def js_term(p: Numbers, q: Numbers, v: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    s = np.tanh(np.where(abs(v) < NEAR, v, 0.0) / 2)  # (q − p)/(q + p)
    near = (p + q) / 4 * (excess_near(1 + s, -s, 2 + s) + excess_near(1 - s, s, 2 - s))
    gain_p = np.where(p > 0, p * (LOG_2 - softplus(np, v)), 0.0) / 2  # ½ p log(p/m)
    gain_q = np.where(q > 0, q * (LOG_2 - softplus(np, -v)), 0.0) / 2
    return np.where(abs(v) < NEAR, near, gain_p + gain_q), abs(gain_p), abs(gain_q)


def total_variation_term(p: Numbers, q: Numbers, v: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    close = abs(v) < 0.5
    return np.where(close, p * abs(np.expm1(np.where(close, v, 0.0))), abs(q - p)) / 2, p / 2, q / 2


def value_and_error(
    term: Term, log_p: LogDensity, log_q: LogDensity, support: tuple[float, float], points: ArrayLike, ceiling: float
) -> tuple[float, float]:
    """The integral of the term in nats, no more than the ceiling, and an estimate of its absolute error."""
    a, b = _interval(support)
    named = _inside(points, a, b)
    logs = partial(_log_values, "log_p", log_p), partial(_log_values, "log_q", log_q)
    with np.errstate(all="ignore"):
        seen = stretches((a, b), named)
        tops = [x for f in logs for x in peaks(f, seen).tolist() if a < x < b]
        pieces = stretches((a, b), np.append(named, tops))
        sample = partial(_sample, term, *logs)
        found = integrate(sample, pieces)
        masses = integrate(partial(_sample, total_variation_term, *logs), pieces) if found.infinite else found
        beyond = _beyond(sample, pieces, found.values)
    for row, name in enumerate(("log_p", "log_q")):
        if not abs(masses.values[row] - 1) <= SLACK or not masses.errors[row] + beyond[row] <= SLACK:
            mass, hint = float(masses.values[row]), "points near its peaks and jumps help to find all of it"
            raise ValueError(f"{name} must integrate to 1 over the support, got {mass!r}; {hint}")
    if found.infinite or beyond[2] == math.inf == ceiling:
        return math.inf, 0.0
    value, error = float(found.values[2] + beyond[2]), float(found.errors[2] + beyond[2])
    if not error <= 1e-6 * (1 + value):
        raise ValueError(f"the integral cannot be established: {value!r} was found with an error of {error!r}")
    return min(value, ceiling), error


def _sample(term: Term, log_p: LogDensity, log_q: LogDensity, x: Numbers, u: Numbers) -> Samples:
    """p, q and the divergence's term at the nodes, each times dx/du = eᵘ."""
    logs_p, logs_q = log_p(x), log_q(x)
    p, q = np.exp(logs_p + u), np.exp(logs_q + u)
    allowed_p, allowed_q = logs_p > -np.inf, logs_q > -np.inf
    v = np.where(allowed_p & allowed_q, logs_q - logs_p, np.where(allowed_q, np.inf, -np.inf))
    v = np.where(allowed_p | allowed_q, v, 0.0)
    value, slope_p, slope_q = term(p, q, v)
    infinite = (p > 0) & ~allowed_q & (term is kl_term)
    size_p, size_q = np.where(allowed_p, 1 + abs(logs_p), 1.0), np.where(allowed_q, 1 + abs(logs_q), 1.0)
    second = np.where((p > 0) & (abs(v) < 0.5), EPS * p * (size_p + size_q) ** 2, 0.0)
    noise = EPS * np.stack([p * size_p, q * size_q, slope_p * size_p + slope_q * size_q + second + 4 * abs(value)])
    return Samples(np.stack([p, q, np.where(infinite, 0.0, value)]), noise, infinite)


def _beyond(sample: Callable[[Numbers, Numbers], Samples], pieces: list[Stretch], values: Numbers) -> Numbers:
    """What may lie beyond the ends of the stretches, for each row: ∞ where the integrand does not decay there."""
    ends = [(s, s.low, 1.0) for s in pieces] + [(s, s.high, -1.0) for s in pieces if s.high == HIGHEST]
    length = np.array([s.high - s.low for s, _, _ in ends])
    u = np.array([end + inwards * np.array([0.0, 12.0]) for s, end, inwards in ends])
    x = np.stack([s.x(places) for (s, _, _), places in zip(ends, u, strict=True)])
    last, near = np.moveaxis(sample(x, u).rows, -1, 0)
    rate = np.log(near / last) / 12
    steady = (rate <= 1e-6) & (last * length > 1e-9 * (1 + values[:, None]))
    remainder = np.where(steady, np.inf, last / np.maximum(rate, 1 / length))
    beyond: Numbers = np.where(last > 0, remainder, 0.0).sum(-1)
    return beyond


def _log_values(name: str, log_density: LogDensity, x: Numbers) -> Numbers:
    _, values = as_arrays(**{f"the values of {name}": log_density(x.copy())})
    values = plain(values).astype(float)
    if values.shape not in (x.shape, ()):
        raise ValueError(f"{name} must return one value for each point: {x.shape}, got shape {values.shape}")
    values = np.broadcast_to(values, x.shape)
    bad = ~(values < np.inf)
    if bad.any():
        place = float(x[bad][0])
        raise ValueError(f"{name} must be finite or -inf, got {float(values[bad][0])!r} at x = {place!r}")
    return values


def _interval(support: Sequence[float]) -> tuple[float, float]:
    _, ends = as_arrays(support=support)
    ends = plain(ends).astype(float)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"support must be an interval (a, b) with a < b, got {support!r}")
    return float(ends[0]), float(ends[1])


def _inside(points: ArrayLike, a: float, b: float) -> Numbers:
    if points is None:
        return np.zeros(0)
    _, found = as_arrays(points=points)
    found = np.atleast_1d(plain(found).astype(float))
    require(np, np.isfinite(found) & (found > a) & (found < b), f"points must lie inside the support ({a}, {b})", found)
    return found.ravel()
