"""Any f-divergence from tangent lines: the bound of the f-GAN.

Explained in: chapters/gan
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws
from kltext.generators import FGenerator
from kltext.generators import generator as named

__all__ = ["f_gan_bound"]


def f_gan_bound(p: ArrayLike, q: ArrayLike, critic: ArrayLike, generator: str | FGenerator) -> Derivation:
    """D_f(P‖Q) ≥ E_P[T] − E_Q[f*(T)], for laws without zeros and a finite critic below the generator's ceiling."""
    f = named(generator) if isinstance(generator, str) else generator
    if not isinstance(f, FGenerator) or f.conjugate is None:
        raise ValueError(f"generator must be a name or an FGenerator with a conjugate, got {generator!r}")
    example = single_laws(p=p, q=q)
    for name, law in example.items():
        require(np, law > 0, f"{name} must be positive", law)
    xp, array = as_arrays(critic=critic)
    if tuple(array.shape) != example["p"].shape:
        raise ValueError(f"critic must have shape {example['p'].shape} to fit p, got {tuple(array.shape)}")
    inside = xp.isfinite(array) & (array <= f.ceiling)
    require(xp, inside, f"critic must be finite and at most {f.ceiling!r}", array)
    example["critic"] = plain(array).astype(float)

    def shape(t: Any) -> Any:
        return np.asarray(f.f(t), dtype=float)

    def conjugate(y: Any) -> Any:
        assert f.conjugate is not None
        return np.asarray(f.conjugate(y), dtype=float)

    lines = [
        Line(
            r"D_f(P\Vert Q) = \sum_x q\,f\Bigl(\frac pq\Bigr)",
            lambda p, q, critic: math.fsum(q * shape(p / q)),
        ),
        Line(
            r"\sum_x q\,\Bigl[T\,\frac pq - f^*(T)\Bigr]",
            lambda p, q, critic: math.fsum(q * (critic * (p / q) - conjugate(critic))),
            ">=",
            r"$f(t) \ge ty - f^*(y)$ for every $y$: a convex function lies above its tangent lines;"
            r" equality where $T = f'(p/q)$",
        ),
        Line(
            r"\sum_x p\,T - \sum_x q\,f^*(T)",
            lambda p, q, critic: math.fsum(p * critic) - math.fsum(q * conjugate(critic)),
            "=",
            "$q$ cancels in the first term; nothing but averages is left, which samples can estimate",
        ),
        Line(
            r"\mathbb{E}_P[T] - \mathbb{E}_Q[f^*(T)]",
            lambda p, q, critic: float(np.dot(p, critic) - np.dot(q, conjugate(critic))),
            "=",
            "by definition",
        ),
    ]
    return Derivation(f"The f-GAN's bound ({f.name})", lines, example)
