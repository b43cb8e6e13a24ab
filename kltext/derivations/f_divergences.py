"""Any f-divergence: a sum of gaps above a tangent, and never larger after a channel.

Explained in: chapters/f-divergences
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, plain
from kltext._checks import as_laws, require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws
from kltext.generators import FGenerator
from kltext.generators import generator as named

__all__ = ["f_data_processing", "f_gaps"]


def f_gaps(p: ArrayLike, q: ArrayLike, generator: str | FGenerator) -> Derivation:
    """D_f(P‖Q) is a sum of gaps between f and its tangent at 1, none of them negative; for laws without zeros."""
    f = _differentiable(generator)
    example = _positive_laws(p=p, q=q)

    def gaps(p: Any, q: Any) -> Any:
        t = p / q
        return q * (_of(f.f, t) - float(_of(f.derivative, np.ones(1))[0]) * (t - 1))

    lines = [
        Line(r"D_f(P\Vert Q) = \sum_x q\,f\Bigl(\frac pq\Bigr)", lambda p, q: math.fsum(q * _of(f.f, p / q))),
        Line(
            r"\sum_x q\,\Bigl[f\Bigl(\frac pq\Bigr) - f'(1)\Bigl(\frac pq-1\Bigr)\Bigr]",
            lambda p, q: math.fsum(gaps(p, q)),
            "=",
            r"$\sum_x q\,(\frac pq-1) = \sum_x p-\sum_x q = 0$: a multiple of $t-1$ changes no f-divergence",
        ),
        Line(
            "0",
            lambda p, q: 0.0,
            ">=",
            r"with $f(1)=0$ the bracket is the gap between $f$ and its tangent at 1, and a convex function lies above its tangents",
        ),
    ]
    return Derivation(f"A sum of gaps above a tangent ({f.name})", lines, example)


def f_data_processing(p: ArrayLike, q: ArrayLike, channel: ArrayLike, generator: str | FGenerator) -> Derivation:
    """No channel x → y (rows W(·∣x)) makes any f-divergence larger; for laws without zeros."""
    f = _differentiable(generator)
    example = _positive_laws(p=p, q=q)
    _, rows = as_laws(channel=channel)
    count = len(example["p"])
    if rows.ndim != 2 or rows.shape[0] != count:
        raise ValueError(f"channel must have a row for each of the {count} outcomes, got shape {tuple(rows.shape)}")
    example["channel"] = plain(rows).astype(float)

    def columns(p: Any, q: Any, channel: Any) -> list[tuple[float, Any, Any]]:
        """(q(y), q(x∣y), p(x)/q(x)) for each y that can be received."""
        found = []
        for column in channel.T:
            weight = float(q @ column)
            if weight > 0:
                found.append((weight, q * column / weight, p / q))
        return found

    lines = [
        Line(
            r"D_f(P_X\Vert Q_X) = \sum_x q(x)\,f\Bigl(\frac{p(x)}{q(x)}\Bigr)",
            lambda p, q, channel: math.fsum(q * _of(f.f, p / q)),
        ),
        Line(
            r"\sum_y q(y)\sum_x q(x\mid y)\,f\Bigl(\frac{p(x)}{q(x)}\Bigr)",
            lambda p, q, channel: math.fsum(w * math.fsum(back * _of(f.f, t)) for w, back, t in columns(p, q, channel)),
            "=",
            r"$q(x) = \sum_y q(x)\,W(y\mid x) = \sum_y q(y)\,q(x\mid y)$",
        ),
        Line(
            r"\sum_y q(y)\,f\Bigl(\sum_x q(x\mid y)\,\frac{p(x)}{q(x)}\Bigr)",
            lambda p, q, channel: math.fsum(
                w * float(_of(f.f, np.array([back @ t]))[0]) for w, back, t in columns(p, q, channel)
            ),
            ">=",
            "Jensen's inequality, once for each $y$",
        ),
        Line(
            r"\sum_y q(y)\,f\Bigl(\frac{p(y)}{q(y)}\Bigr) = D_f(P_Y\Vert Q_Y)",
            lambda p, q, channel: math.fsum(
                float(b * _of(f.f, np.array([a / b]))[0]) for a, b in zip(p @ channel, q @ channel, strict=True) if b > 0
            ),
            "=",
            r"$q(x\mid y)\,\frac{p(x)}{q(x)} = \frac{W(y\mid x)\,p(x)}{q(y)}$, and $\sum_x W(y\mid x)\,p(x) = p(y)$",
        ),
    ]
    return Derivation(f"Data processing for every f ({f.name})", lines, example)


def _differentiable(generator: str | FGenerator) -> FGenerator:
    f = named(generator) if isinstance(generator, str) else generator
    if not isinstance(f, FGenerator) or f.derivative is None:
        raise ValueError(f"generator must be a name or an FGenerator with a derivative, got {generator!r}")
    return f


def _positive_laws(**values: ArrayLike) -> dict[str, Any]:
    example = single_laws(**values)
    for name, law in example.items():
        require(np, law > 0, f"{name} must be positive", law)
    return example


def _of(function: Any, t: Any) -> Any:
    return np.asarray(function(t), dtype=float)
