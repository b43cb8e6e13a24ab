"""Evaluating formulas with several cases over whole arrays: branches, and sums over outcomes.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import Array, broadcast

__all__ = ["elementwise", "in_blocks", "select", "sum_of", "total"]

BLOCK = 1 << 13
"""Numbers handled at a time, so that all intermediate results stay in the processor's cache."""


def select(
    xp: Any,
    condition: Any,
    then: Callable[..., Array],
    otherwise: Callable[..., Array],
    args: tuple[Array, ...],
    fill_then: tuple[float, ...],
    fill_otherwise: tuple[float, ...],
) -> Array:
    """``where(condition, then(*args), otherwise(*args))``, safe to differentiate.

    In a traced library both branches see every entry, and the derivative of the one not taken enters
    as 0 · ∞ = NaN.  So the entries a branch is not meant for are first replaced by harmless ones.
    NumPy has nothing to trace and computes ``then`` only where it is needed.
    """
    if xp is np:
        wanted = np.count_nonzero(condition)
        if wanted == condition.size:
            return then(*args)
        result = otherwise(*args)
        if wanted:
            if any(result is a for a in args):
                result = result.copy()
            result[condition] = then(*(a[condition] for a in args))
        return result
    for_then = (xp.where(condition, a, f) for a, f in zip(args, fill_then, strict=True))
    for_otherwise = (xp.where(condition, f, a) for a, f in zip(args, fill_otherwise, strict=True))
    return xp.where(condition, then(*for_then), otherwise(*for_otherwise))


def elementwise(xp: Any, function: Callable[..., Array], *arrays: Array) -> Array:
    """``function(xp, *arrays)`` entry by entry, after broadcasting; infinities come without warnings."""
    with np.errstate(all="ignore"):
        return function(xp, *broadcast(xp, *arrays))


def sum_of(xp: Any, function: Callable[..., Array], *arrays: Array) -> Array:
    """``elementwise`` summed over the outcomes (last axis)."""
    arrays = broadcast(xp, *arrays)
    if xp is not np or arrays[0].size <= BLOCK:
        return total(xp, elementwise(xp, function, *arrays))
    return in_blocks(lambda *rows: total(np, elementwise(np, function, *rows)), *arrays)


def in_blocks(rows: Callable[..., Array], *arrays: Array) -> Array:
    """One number for each row of outcomes, from a function of a few rows at a time; NumPy only."""
    *batch, outcomes = arrays[0].shape
    flat = [np.ascontiguousarray(a).reshape(-1, outcomes) for a in arrays]
    results = np.empty(math.prod(batch), flat[0].dtype)
    step = max(1, BLOCK // outcomes)
    for start in range(0, len(results), step):
        block = slice(start, start + step)
        results[block] = rows(*(a[block] for a in flat))
    return results.reshape(batch)


def total(xp: Any, terms: Array) -> Array:
    """Sum over the outcomes (last axis) in pairs, so that rounding grows with log n instead of n."""
    if xp is np and not terms.flags.c_contiguous:
        terms = np.ascontiguousarray(terms)  # NumPy adds in pairs along contiguous memory only
    return terms.sum(-1)
