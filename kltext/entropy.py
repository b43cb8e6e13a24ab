"""Surprise, and its averages: surprisal, entropy, cross-entropy.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import numpy as np

from kltext._arrays import (Array, ArrayLike, as_arrays, check_base, finish, inspect, laws, offender,
                            select, tolerance, total)

__all__ = ["surprisal", "entropy", "cross_entropy"]


def surprisal(p: ArrayLike, *, base: float | None = None) -> Array:
    r"""Surprise :math:`-\log p` of an event of probability p."""
    base = check_base(base)
    xp, p = as_arrays(p=p)
    if not inspect(xp.all((p >= 0) & (p <= 1 + tolerance(xp, p)))):
        raise ValueError(f"p must lie between 0 and 1, got {offender(xp, ~((p >= 0) & (p <= 1 + tolerance(xp, p))), p)}")
    with np.errstate(all="ignore"):
        return finish(xp, xp.where(p < 1, -xp.log(xp.where(p < 1, p, 0.5)), 0 * p), base)


def entropy(p: ArrayLike, *, base: float | None = None) -> Array:
    r"""Entropy :math:`H(P) = -\sum_x p(x)\log p(x)`."""
    base = check_base(base)
    xp, p = laws(p=p)
    value = total(xp, select(xp, p > 0, lambda p: 0.0 - p * xp.log(p), lambda p: 0 * p, p))
    return finish(xp, xp.where(value > 0, value, 0 * value), base)


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Array:
    r"""Cross-entropy :math:`H(P,Q) = -\sum_x p(x)\log q(x)`."""
    base = check_base(base)
    xp, p, q = laws(p=p, q=q)
    zero = 0 * (p + q)
    with np.errstate(all="ignore"):
        value = total(xp, select(xp, p + zero > 0, lambda p, q: 0.0 - p * xp.log(q), lambda p, q: 0 * p, p + zero, q + zero))
    return finish(xp, xp.where(value > 0, value, 0 * value), base)
