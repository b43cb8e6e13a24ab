"""Yes or no for each entry: masks of tokens, ends of episodes.

Explained in: chapters/ppo
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, like
from kltext._checks import require

__all__ = ["as_flags"]


def as_flags(xp: Any, name: str, flags: ArrayLike, beside: Array) -> Array:
    """Booleans, or numbers 0 and 1, as booleans in the library and on the device of the array they stand beside."""
    if not hasattr(flags, "dtype"):
        try:
            flags = np.asarray(flags)
        except ValueError as error:
            raise ValueError(f"{name} is not an array of booleans: {error}") from None
    if isinstance(flags, np.ndarray):
        if flags.dtype.kind not in "biuf":
            raise ValueError(f"{name} must hold booleans, or 0 and 1, got {np.array2string(flags, threshold=6)}")
        flags = like(xp, flags, beside)
    require(xp, (flags == 0) | (flags == 1), f"{name} must hold booleans, or 0 and 1", flags)
    return flags != 0
