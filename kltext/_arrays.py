"""Arrays in, the same kind of array out: the one place that knows about array libraries.

Every public function of the package accepts NumPy arrays (and lists and numbers), autograd's
traced arrays, PyTorch tensors and JAX arrays.  Only NumPy is imported here; the other
libraries are looked up when somebody passes one of their arrays.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

__all__ = ["ArrayLike", "Array", "as_arrays", "laws", "inspect", "tolerance", "select", "total", "finish"]

ArrayLike: TypeAlias = Any
"""A number, a (nested) list, or an array of NumPy, autograd, PyTorch or JAX."""

Array: TypeAlias = Any
"""An array of one of the supported libraries; a plain ``float`` where NumPy would give a 0-d float64."""


# -- which library? ---------------------------------------------------------------------------


def _kind(value: ArrayLike) -> str:
    """The library a value belongs to; "list" for anything NumPy would have to build first."""
    if isinstance(value, (np.ndarray, np.generic)):
        return "numpy"
    module = type(value).__module__.partition(".")[0]
    if module == "autograd":
        return "autograd"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return "torch"
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(value, jax.Array):
        return "jax"
    return "list"


@functools.cache
def _namespace(kind: str) -> Any:
    if kind == "autograd":
        import autograd.numpy

        return autograd.numpy
    if kind == "torch":
        import array_api_compat.torch

        return array_api_compat.torch
    if kind == "jax":
        import jax.numpy

        return jax.numpy
    return np


def _default_float(kind: str, xp: Any) -> Any:
    """float64, except where JAX has 64-bit numbers switched off."""
    return xp.zeros(()).dtype if kind == "jax" else xp.float64


def as_arrays(**values: ArrayLike) -> tuple[Any, ...]:
    """``(xp, *arrays)``: the arguments as arrays of one library and one real floating dtype.

    Lists and Python numbers take the library and dtype of the arrays they come with; alone they
    become float64 NumPy arrays, and so do integers.
    """
    kinds = {name: _kind(value) for name, value in values.items()}
    found = {kind for kind in kinds.values() if kind not in ("list", "numpy")}
    if len(found) > 1:
        described = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        raise ValueError(f"the arguments belong to different array libraries ({described})")
    kind = found.pop() if found else "numpy"
    xp = _namespace(kind)

    arrays: dict[str, Any] = {}
    dtypes = []
    for name, value in values.items():
        if kinds[name] in ("list", "numpy"):
            value = _numpy_array(name, value)
        elif not _is_real(kind, xp, value):
            raise ValueError(f"{name} must hold real numbers, got dtype {value.dtype}")
        arrays[name] = value
        if kinds[name] != "list" and _is_floating(kind, xp, value):
            dtypes.append(value.dtype)
    device = next((a.device for n, a in arrays.items() if kinds[n] == "torch"), None)
    if kind == "torch":
        arrays = {
            name: a if kinds[name] == "torch" else xp.asarray(a, device=device)
            for name, a in arrays.items()
        }
        dtypes = [a.dtype for n, a in arrays.items() if kinds[n] != "list" and a.dtype.is_floating_point]
    dtype = xp.result_type(*dtypes) if dtypes else _default_float(kind, xp)
    return (xp, *(_cast(kind, xp, a, dtype) for a in arrays.values()))


def _cast(kind: str, xp: Any, array: Any, dtype: Any) -> Any:
    if kind != "jax" and array.dtype == dtype:
        return array
    if kind == "torch":
        return array.to(dtype)
    if kind == "jax":
        return xp.asarray(array, dtype=dtype)
    return array.astype(dtype)


def _is_floating(kind: str, xp: Any, array: Any) -> bool:
    if isinstance(array, (np.ndarray, np.generic)) or kind in ("numpy", "autograd"):
        return array.dtype.kind == "f"
    return bool(array.dtype.is_floating_point if kind == "torch" else xp.issubdtype(array.dtype, xp.floating))


def _is_real(kind: str, xp: Any, array: Any) -> bool:
    if kind == "torch":
        return not array.dtype.is_complex and array.dtype != xp.bool
    if kind == "jax":
        return bool(xp.issubdtype(array.dtype, xp.floating) or xp.issubdtype(array.dtype, xp.integer))
    return array.dtype.kind in "fiu"


def _numpy_array(name: str, value: ArrayLike) -> np.ndarray[Any, Any]:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array; fill or compress it first")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not an array of numbers: {error}") from None
    if array.dtype.kind not in "fiu" and array.size:
        raise ValueError(f"{name} must hold real numbers, got dtype {array.dtype} ({_short(value)})")
    return array


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# -- checking ---------------------------------------------------------------------------------


def tolerance(xp: Any, array: Array) -> float:
    """How far a law may be from summing to one: √ε of its dtype, 1.5e-8 for float64.

    A sum that is off by δ moves a divergence by δ²/2 only, so √ε keeps that below rounding.
    """
    return math.sqrt(float(xp.finfo(array.dtype).eps))


def inspect(condition: Any) -> bool:
    """The truth of a condition on values; True where values cannot be seen (under ``jax.jit``)."""
    try:
        return bool(condition)
    except Exception as error:
        if type(error).__module__.startswith("jax") or "vmap" in str(error):
            return True
        raise


def offender(xp: Any, bad: Any, array: Array) -> str:
    """``"-0.2 at index (1, 3)"``: the first entry of ``array`` where ``bad`` holds."""
    flags = np.asarray(_plain(bad), dtype=bool)
    index = tuple(int(i) for i in np.argwhere(flags)[0])
    value = float(np.asarray(_plain(array))[index])
    where = "" if not index else f" at index {index[0] if len(index) == 1 else index}"
    return f"{value!r}{where}"


def _plain(array: Any) -> Any:
    while hasattr(array, "_value"):
        array = array._value
    if hasattr(array, "detach"):
        array = array.detach().cpu()
    elif type(array).__module__.startswith("jax") and not isinstance(array, np.ndarray):
        import jax

        array = jax.lax.stop_gradient(array)
    return array


def laws(**values: ArrayLike) -> tuple[Any, ...]:
    """``(xp, *arrays)``: the arguments as laws over the same outcomes (last axis), checked."""
    xp, *arrays = as_arrays(**values)
    for name, array in zip(values, arrays, strict=True):
        _check_law(xp, name, array)
    first = arrays[0]
    for name, array in zip(list(values)[1:], arrays[1:], strict=True):
        if array.shape != first.shape:
            _check_shapes(next(iter(values)), first, name, array)
    return (xp, *arrays)


def _check_law(xp: Any, name: str, array: Array) -> None:
    if array.ndim == 0:
        raise ValueError(f"{name} needs an axis of outcomes, got the single number {_short(_plain(array))}")
    if array.shape[-1] == 0:
        raise ValueError(f"{name} has no outcomes (shape {tuple(array.shape)})")
    if 0 in array.shape:
        return
    if not inspect(xp.min(array) >= 0):  # also False for NaN
        raise ValueError(f"{name} must be non-negative, got {offender(xp, ~(array >= 0), array)}")
    deviation = xp.abs(xp.sum(array, axis=-1) - 1)
    if not inspect(xp.max(deviation) <= tolerance(xp, array)):
        sums = xp.sum(array, axis=-1)
        found = offender(xp, ~(xp.abs(sums - 1) <= tolerance(xp, array)), sums)
        raise ValueError(f"{name} must sum to 1 over its last axis, got the sum {found}")


def _check_shapes(name_p: str, p: Array, name_q: str, q: Array) -> None:
    shapes = f"{name_p} {tuple(p.shape)}, {name_q} {tuple(q.shape)}"
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"{name_p} and {name_q} must have the same outcomes on the last axis: {shapes}")
    try:
        np.broadcast_shapes(tuple(p.shape), tuple(q.shape))
    except ValueError:
        raise ValueError(f"the shapes do not broadcast: {shapes}") from None


# -- computing --------------------------------------------------------------------------------


def select(xp: Any, condition: Any, then: Callable[..., Any], otherwise: Callable[..., Any],
           *args: Array, fill: tuple[float, float] = (1.0, 1.0)) -> Array:
    """``where(condition, then(*args), otherwise(*args))``, each branch seeing its own arguments only.

    The arguments of the branch that was not taken are replaced by a harmless number *before* it is
    evaluated: a derivative of 0·∞ = NaN can then never leak out of it.
    """
    yes = [xp.where(condition, a, fill[0]) for a in args]
    no = [xp.where(condition, fill[1], a) for a in args]
    return xp.where(condition, then(*yes), otherwise(*no))


def total(xp: Any, terms: Array) -> Array:
    """Sum over outcomes (last axis), in pairs: the rounding grows with log n, not with n."""
    if xp is np:
        terms = np.ascontiguousarray(terms)  # NumPy adds in pairs along contiguous memory only
    return xp.sum(terms, axis=-1)


def finish(xp: Any, value: Array, base: float | None = None) -> Array:
    """Convert nats to another base, and a NumPy float64 scalar to a Python float."""
    if base is not None:
        value = value / math.log(base)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return float(value) if isinstance(value, np.float64) else value


def check_base(base: object) -> float | None:
    if base is None:
        return None
    try:
        number = float(base)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not 1 < number < math.inf:
        raise ValueError(f"base must be a number greater than 1 (None for nats), got {_short(base)}")
    return number
