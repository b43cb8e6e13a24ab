"""What counts as a law, a base, a covariance: every check names the argument and the offending value.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays, plain
from kltext._evaluate import total

__all__ = ["as_base", "as_laws", "as_number", "common_shape", "require", "seen", "tolerance"]


def tolerance(xp: Any, array: Array) -> float:
    """How far a law may be from summing to one: √ε of its dtype, 1.5e-8 for float64.

    Two laws whose sums differ by δ have their divergence moved by δ²/2 only, which √ε keeps below
    rounding.
    """
    if xp is np and array.dtype == np.float64:
        return 2.0**-26
    return math.sqrt(float(xp.finfo(array.dtype).eps))


def as_number(value: object) -> float:
    """A single real number of Python or NumPy as a float; NaN for anything else, booleans among it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return math.nan
    return float(value)


def as_base(base: object) -> float | None:
    """The base of the logarithm, None for nats."""
    if base is None:
        return None
    number = as_number(base)
    if not 1 < number < math.inf:
        raise ValueError(f"base must be a number greater than 1, or None for nats, got {base!r}")
    return number


def as_laws(**values: ArrayLike) -> tuple[Any, ...]:
    """``(xp, *arrays)``: the arguments as laws over the same outcomes, which are on the last axis."""
    xp, *arrays = as_arrays(**values)
    if xp is np and _are_rows(arrays):
        return (xp, *arrays)
    for name, array in zip(values, arrays, strict=True):
        _check_law(xp, name, array)
        if array.shape != arrays[0].shape:
            shapes = {n: tuple(a.shape) for n, a in zip(values, arrays, strict=True)}
            if array.shape[-1:] != arrays[0].shape[-1:]:
                raise ValueError(f"the last axes must hold the same outcomes, got {_listed(shapes)}")
            common_shape(**shapes)
    return (xp, *arrays)


def _are_rows(arrays: list[Array]) -> bool:
    """The usual case, told in a few microseconds: single rows of NumPy that are laws over the same outcomes."""
    shape = arrays[0].shape
    if len(shape) != 1 or shape == (0,):
        return False
    slack = tolerance(np, arrays[0])
    with np.errstate(over="ignore"):
        return all(a.shape == shape and a.min() >= 0.0 and abs(a.sum() - 1.0) <= slack for a in arrays)


def _check_law(xp: Any, name: str, array: Array) -> None:
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must have outcomes on its last axis, got shape {tuple(array.shape)}")
    if 0 in array.shape:
        return
    if not seen(array.min() >= 0.0):  # NaN is not >= 0 either
        require(xp, array >= 0, f"{name} must be non-negative", array)
    slack = tolerance(xp, array)
    with np.errstate(over="ignore"):
        sums = total(xp, array)
    deviation = abs(sums - 1.0)
    if not seen((deviation if array.ndim == 1 else deviation.max()) <= slack):
        require(xp, deviation <= slack, f"{name} must sum to 1 over its last axis", sums)


def common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape all of these broadcast to."""
    try:
        return np.broadcast_shapes(*(tuple(shape) for shape in shapes.values()))
    except ValueError:
        raise ValueError(f"the shapes do not broadcast, got {_listed(shapes)}") from None


def _listed(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name}: {tuple(shape)}" for name, shape in shapes.items())


def require(xp: Any, good: Any, message: str, array: Array) -> None:
    """Raise ``message`` with the first entry of ``array`` (and its place) where ``good`` fails."""
    if seen(xp.all(good)):
        return
    index = tuple(int(i) for i in np.argwhere(~plain(good))[0])
    place = "" if not index else f" at index {index[0] if len(index) == 1 else index}"
    raise ValueError(f"{message}, got {float(plain(array)[index])!r}{place}")


def seen(condition: Any) -> bool:
    """The truth of a condition; True where the values cannot be looked at (``jax.jit``, ``vmap``)."""
    try:
        return bool(condition)
    except Exception as error:
        if type(error).__module__.startswith("jax") or "vmap" in str(error):
            return True
        raise
