"""Any f-divergence from tangent lines: the bound of the f-GAN, and what its generator descends.

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

__all__ = ["alternative_loss", "f_gan_bound"]


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
    return Derivation(f"A bound from tangent lines ({f.name})", lines, example)


def alternative_loss(p: ArrayLike, q: ArrayLike, direction: ArrayLike, alpha: float) -> Derivation:
    """The slope of −E_Q[T*] in Q, for the α-divergence's best critic held fixed, is that of the (α−1)-divergence."""
    f = named("alpha", alpha=alpha)
    lower = named("alpha", alpha=alpha - 1)
    example = single_laws(p=p, q=q)
    for name, law in example.items():
        require(np, law > 0, f"{name} must be positive", law)
    _, array = as_arrays(direction=direction)
    delta = plain(array).astype(float)
    if delta.shape != example["p"].shape:
        raise ValueError(f"direction must have shape {example['p'].shape} to fit p, got {tuple(delta.shape)}")
    if not abs(math.fsum(delta)) <= 1e-12 * math.fsum(abs(delta)):
        raise ValueError(f"direction must sum to 0, got {math.fsum(delta)!r}")
    example["delta"] = delta
    step = 1e-3 * float(min(example["q"])) / max(float(np.max(abs(delta))), 1e-300)

    def slope_of(g: FGenerator, t: Any) -> Any:
        assert g.derivative is not None
        return np.asarray(g.derivative(t), dtype=float)

    def moved(p: Any, q: Any, delta: Any) -> float:
        """The slope of the divergence by five points, whose error is of the fourth order in the step."""

        def at(k: int) -> float:
            there = q + k * step * delta
            return math.fsum(there * np.asarray(lower.f(p / there), dtype=float))

        return float((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step))

    def tangent_at_zero(t: Any) -> Any:
        return np.asarray(lower.f(t), dtype=float) - t * slope_of(lower, t)

    lines = [
        Line(
            r"\frac{\mathrm d}{\mathrm d\varepsilon}\,\mathbb{E}_{Q+\varepsilon\delta}\bigl[-T^*\bigr]",
            lambda p, q, delta: -math.fsum(delta * slope_of(f, p / q)),
        ),
        Line(
            r"-\sum_x\delta\,f_\alpha'(t),\quad t = p/q",
            lambda p, q, delta: -math.fsum(
                delta * (np.log(p / q) if alpha == 1 else ((p / q) ** (alpha - 1) - 1) / (alpha - 1))
            ),
            "=",
            r"the best critic of the present $Q$ is $T^* = f_\alpha'(p/q)$, held fixed while the samples move",
        ),
        Line(
            r"\sum_x\delta\,\bigl[f_{\alpha-1}(t) - t\,f_{\alpha-1}'(t)\bigr]",
            lambda p, q, delta: math.fsum(delta * tangent_at_zero(p / q)),
            "=",
            r"$f_{\alpha-1}(t) - t\,f_{\alpha-1}'(t) = -f_\alpha'(t)$",
        ),
        Line(
            r"\frac{\mathrm d}{\mathrm d\varepsilon}\,D^{(\alpha-1)}(P\Vert Q+\varepsilon\delta)",
            moved,
            "=",
            r"the derivative of $q\,f(p/q)$ in $q$ is $f(t)-t\,f'(t)$; its value here is measured, by differences",
        ),
    ]
    return Derivation("The alternative loss lowers the order by one", lines, example, relative=1e-6, absolute=1e-8)
