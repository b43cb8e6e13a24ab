"""Random numbers that are the same in Python and in the page: the i-th of a seed, from 32-bit integers alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN = 0x9E3779B9  # 2³² over the golden ratio: steps of it fill the integers evenly
_ALL = 0xFFFFFFFF


def uniforms(seed: int, first: int, count: int) -> NDArray[np.float64]:
    """The numbers ``first``, ``first + 1``, … of a seed, each strictly between 0 and 1.

    >>> uniforms(1, 0, 3).round(6).tolist() == uniforms(1, 0, 9)[:3].round(6).tolist()
    True
    """
    place = np.arange(first + 1, first + 1 + count, dtype=np.uint64)
    start = _stirred(np.array([seed], dtype=np.uint64))
    mixed = _stirred((place * np.uint64(_GOLDEN) + start) & np.uint64(_ALL))
    return (mixed.astype(np.float64) + 0.5) / 2**32


def _stirred(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """32-bit integers with their bits stirred (the last lines of MurmurHash3)."""
    x = ((x ^ (x >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & np.uint64(_ALL)
    x = ((x ^ (x >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & np.uint64(_ALL)
    return x ^ (x >> np.uint64(16))
