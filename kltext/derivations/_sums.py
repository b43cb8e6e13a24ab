"""Plain sums over the support, and arguments as plain arrays: what the derivations compute with.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import as_laws

__all__ = ["joint_laws", "kl", "log", "single_laws", "support"]


def single_laws(**values: ArrayLike) -> dict[str, Any]:
    """The arguments as laws, one number for each outcome."""
    _, *arrays = as_laws(**values)
    for name, array in zip(values, arrays, strict=True):
        if array.ndim != 1:
            raise ValueError(f"{name} must be a single law, got shape {tuple(array.shape)}")
    return {name: plain(array).astype(float) for name, array in zip(values, arrays, strict=True)}


def log(x: float) -> float:
    """log x, with log 0 = −∞ as a value."""
    return math.log(x) if x > 0 else -math.inf


def support(p: Any, *others: Any) -> Iterator[tuple[float, ...]]:
    """(p(x), q(x), …) for every outcome x with p(x) > 0: the sums of D(P‖Q) run over these."""
    for row in zip(p.tolist(), *(other.tolist() for other in others), strict=True):
        if row[0] > 0:
            yield row


def kl(p: Any, q: Any) -> float:
    return math.fsum(a * (log(a) - log(b)) for a, b in support(p, q))


def joint_laws(**values: ArrayLike) -> dict[str, Any]:
    """The arguments as laws of a pair (x, y): a row for each x, a column for each y."""
    _, *tables = as_arrays(**values)
    for name, table in zip(values, tables, strict=True):
        if table.ndim != 2 or table.shape != tables[0].shape:
            shapes = [tuple(t.shape) for t in tables]
            raise ValueError(f"{name} must be a table, all tables of one shape, got {shapes}")
    single_laws(**{name: table.reshape(-1) for name, table in zip(values, tables, strict=True)})
    return {name: plain(table).astype(float) for name, table in zip(values, tables, strict=True)}
