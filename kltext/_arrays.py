"""Arrays in, the same kind of array out: the one place that knows about array libraries.

NumPy arrays (and lists and numbers), autograd's traced arrays, PyTorch tensors and JAX arrays are
accepted everywhere.  Only NumPy is imported here; the others are looked up when one of theirs arrives.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import importlib
import math
import sys
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "ArrayLike", "as_arrays", "broadcast", "expand", "finish", "like", "plain"]

ArrayLike: TypeAlias = Any
"""A number, a (nested) list, or an array of NumPy, autograd, PyTorch or JAX."""

Array: TypeAlias = Any
"""An array of the library the arguments came from; a Python float for a single float64 of NumPy."""


def as_arrays(**values: ArrayLike) -> tuple[Any, ...]:
    """``(xp, *arrays)``: the arguments in one array library ``xp`` and one real floating dtype.

    Lists and Python numbers take the library and dtype of the arrays beside them.  Alone they become
    float64 NumPy arrays; integer arrays become float64 as well (JAX: its default), and so do long doubles.
    """
    if all(type(v) is np.ndarray and v.dtype == np.float64 for v in values.values()):
        return (np, *values.values())
    libraries = {name: _library(value) for name, value in values.items()}
    foreign = {library for library in libraries.values() if library not in ("numpy", "none")}
    if len(foreign) > 1:
        raise ValueError(f"the arguments must come from one array library, got {libraries}")
    library = foreign.pop() if foreign else "numpy"
    xp = _namespace(library)

    arrays, dtypes = [], []
    for name, value in values.items():
        array = _numpy(name, value) if libraries[name] in ("numpy", "none") else value
        if library in ("torch", "jax") and libraries[name] != library:
            array = like(xp, array, next(v for v in values.values() if _library(v) == library))
        kind = _dtype_kind(library, xp, array)
        if not kind:
            raise ValueError(f"{name} must hold real numbers, got dtype {array.dtype}")
        if kind == "f" and libraries[name] != "none":
            dtypes.append(array.dtype)
        arrays.append(array)
    default = xp.zeros(()).dtype if library == "jax" else xp.float64
    dtype = xp.result_type(*dtypes) if dtypes else default
    return (xp, *(a if a.dtype == dtype else _cast(library, a, dtype) for a in arrays))


def _library(value: ArrayLike) -> str:
    if isinstance(value, (np.ndarray, np.generic)):
        return "numpy"
    if type(value).__module__.partition(".")[0] == "autograd":
        return "autograd"
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and isinstance(value, torch.Tensor):
        return "torch"
    if jax is not None and isinstance(value, jax.Array):
        return "jax"
    return "none"


_NAMESPACES = {"autograd": "autograd.numpy", "torch": "array_api_compat.torch", "jax": "jax.numpy"}


def _namespace(library: str) -> Any:
    return np if library == "numpy" else importlib.import_module(_NAMESPACES[library])


def _numpy(name: str, value: ArrayLike) -> np.ndarray[Any, Any]:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array; fill or compress it first")  # noqa: TRY004 - bad input is always a ValueError
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not an array of numbers: {error}") from None
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must hold real numbers, got {np.array2string(array, threshold=6)}")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # NumPy's long doubles, which linear algebra lacks
        with np.errstate(over="ignore"):
            array = array.astype(np.float64)
    return array


def _dtype_kind(library: str, xp: Any, array: Any) -> str:
    """f for floating, i for integers, nothing for what is not a real number."""
    if library == "torch":
        if array.dtype.is_complex or array.dtype == xp.bool:
            return ""
        return "f" if array.dtype.is_floating_point else "i"
    if library == "jax":
        if xp.issubdtype(array.dtype, xp.floating):
            return "f"
        return "i" if xp.issubdtype(array.dtype, xp.integer) else ""
    kind: str = array.dtype.kind
    return {"f": "f", "i": "i", "u": "i"}.get(kind, "")


def _cast(library: str, array: Any, dtype: Any) -> Any:
    return array.to(dtype) if library == "torch" else array.astype(dtype)


def plain(array: Array) -> np.ndarray[Any, Any]:
    """The numbers in an array, without the library that traces them."""
    while hasattr(array, "_value"):  # autograd's boxes
        array = array._value
    if hasattr(array, "detach"):  # PyTorch
        array = array.detach().cpu()
    elif not isinstance(array, (np.ndarray, np.generic)):  # JAX
        array = sys.modules["jax"].lax.stop_gradient(array)
    return np.asarray(array)


def like(xp: Any, constant: np.ndarray[Any, Any], array: Array, dtype: Any = None) -> Array:
    """A NumPy constant in the library of ``array``, and on its device."""
    device = {"device": array.device} if _library(array) == "torch" else {}
    return xp.asarray(constant, dtype=dtype, **device)


def broadcast(xp: Any, *arrays: Array) -> tuple[Array, ...]:
    """The arrays in their common shape."""
    shapes = {tuple(a.shape) for a in arrays}
    if len(shapes) == 1:
        return arrays
    shape = np.broadcast_shapes(*shapes)
    return tuple(expand(xp, a, shape) for a in arrays)


def expand(xp: Any, array: Array, shape: tuple[int, ...]) -> Array:
    """``broadcast_to``; autograd wants the leading axes to be there first."""
    if tuple(array.shape) == tuple(shape):
        return array
    missing = (1,) * (len(shape) - array.ndim)
    return xp.broadcast_to(xp.reshape(array, missing + tuple(array.shape)), shape)


def finish(value: Array, base: float | None = None) -> Array:
    """From nats to ``base``; a single float64 of NumPy becomes a Python float."""
    if base is not None:
        value = value / math.log(base)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return float(value) if isinstance(value, np.float64) else value
