"""Close up, a divergence is a quadratic form, and the fastest way down is the natural gradient.

Explained in: chapters/gaussians
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._covariance import as_covariance, cholesky
from kltext.derivation import Derivation, Line

__all__ = ["natural_gradient", "natural_gradient_coordinates", "second_order"]

Vector = np.ndarray[Any, Any]


def _vectors(**values: ArrayLike) -> dict[str, Any]:
    _, *arrays = as_arrays(**values)
    example = {name: plain(a).astype(float) for name, a in zip(values, arrays, strict=True)}
    first = next(iter(example.values()))
    for name, value in example.items():
        if value.ndim != 1 or value.shape != first.shape or value.size == 0 or not np.isfinite(value).all():
            raise ValueError(f"{name} must be a list of finite numbers, all of one length, got {value.tolist()!r}")
    return example


def second_order(logits: ArrayLike, step: ArrayLike) -> Derivation:
    """D(p_θ‖p_θ+δ) is ½ δᵀFδ up to R³/24, with the range R of δ; for a softmax of logits θ."""
    example = _vectors(logits=logits, step=step)
    if np.ptp(example["logits"]) > 200 or np.ptp(example["step"]) > 10:
        raise ValueError(f"step must not range over more than 10, nor logits over more than 200, got {step!r}")

    def law(logits: Vector) -> Vector:
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def partition(logits: Vector) -> float:
        return float(np.log(np.exp(logits - logits.max()).sum()) + logits.max())

    def moment(logits: Vector, step: Vector, order: int) -> float:
        """The central moment of the step's coordinate under the softmax law."""
        p = law(logits)
        return float(p @ (step - p @ step) ** order)

    def along(f: Callable[[float], float]) -> float:
        """∫ f over [0, 1], by Gauss–Legendre on four panels."""
        nodes, weights = np.polynomial.legendre.leggauss(24)
        panels = ((i + (x + 1) / 2, w) for i in range(4) for x, w in zip(nodes.tolist(), weights.tolist(), strict=True))
        return math.fsum(w / 8 * f(t / 4) for t, w in panels)

    def quadratic(logits: Vector, step: Vector) -> float:
        p = law(logits)
        return float(step @ (np.diag(p) - np.outer(p, p)) @ step) / 2

    lines = [
        Line(
            r"D(p_\theta\Vert p_{\theta+\delta}) = \sum_x p_\theta(x)\log\frac{p_\theta(x)}{p_{\theta+\delta}(x)}",
            lambda logits, step: float(law(logits) @ (np.log(law(logits)) - np.log(law(logits + step)))),
        ),
        Line(
            r"A(\theta+\delta) - A(\theta) - \langle\nabla A(\theta),\delta\rangle",
            lambda logits, step: partition(logits + step) - partition(logits) - float(law(logits) @ step),
            "=",
            "the gap above the tangent",
        ),
        Line(
            r"\int_0^1{(1-t)}\,\operatorname{Var}_{\theta+t\delta}\langle\delta,T\rangle\,\mathrm{d}t",
            lambda logits, step: along(lambda t: (1 - t) * moment(logits + t * step, step, 2)),
            "=",
            r"Taylor's remainder, for $t\mapsto A(\theta+t\delta)$, whose second derivative is this variance",
        ),
        Line(
            r"\tfrac12\,\delta^{\mathsf T}F(\theta)\,\delta + \int_0^1{\tfrac12(1-t)^2\,\kappa_3(\theta+t\delta)}\,\mathrm{d}t",
            lambda logits, step: (
                quadratic(logits, step) + along(lambda t: (1 - t) ** 2 * moment(logits + t * step, step, 3) / 2)
            ),
            "=",
            r"by parts: $\delta^{\mathsf T}F\delta$ is the variance at $t=0$, and $\kappa_3$, its derivative, the third central moment",
        ),
        Line(
            r"\tfrac12\,\delta^{\mathsf T}F(\theta)\,\delta + \tfrac1{24}R^3,\quad R=\max_k\delta_k-\min_k\delta_k",
            lambda logits, step: quadratic(logits, step) + float(np.ptp(step)) ** 3 / 24,
            "<=",
            r"$\lvert\kappa_3\rvert\le R\cdot\operatorname{Var}\le R\cdot\frac14R^2$; from below the same with a minus",
        ),
    ]
    return Derivation("Close up, a divergence is a quadratic form", lines, example)


def _information(fisher: ArrayLike, size: int) -> Vector:
    _, array = as_arrays(fisher=fisher)
    matrix = plain(array).astype(float)
    if matrix.shape != (size, size):
        raise ValueError(f"fisher must have shape {(size, size)} to fit gradient, got {matrix.shape}")
    matrix = as_covariance(np, "fisher", matrix)
    cholesky(np, "fisher", matrix)
    return np.asarray(matrix)


def natural_gradient(gradient: ArrayLike, fisher: ArrayLike, step: ArrayLike, nats: float) -> Derivation:
    """No step that costs at most ε nats lets a loss with this gradient fall faster than the one along −F⁻¹g."""
    example = _vectors(gradient=gradient, step=step)
    example["fisher"] = _information(fisher, example["gradient"].size)
    if not 0 < nats < math.inf or not example["gradient"].any():
        raise ValueError(f"nats must be positive and finite, and gradient not 0, got {nats!r} and {gradient!r}")

    def root(fisher: Vector) -> Vector:
        values, vectors = np.linalg.eigh(fisher)
        return np.asarray(vectors * np.sqrt(values) @ vectors.T)

    def steepness(gradient: Vector, fisher: Vector) -> float:
        return float(gradient @ np.linalg.solve(fisher, gradient))

    def lengths(gradient: Vector, step: Vector, fisher: Vector, nats: float) -> float:
        return -math.sqrt(steepness(gradient, fisher)) * math.sqrt(float(step @ fisher @ step))

    def best(gradient: Vector, step: Vector, fisher: Vector, nats: float) -> float:
        along = np.linalg.solve(fisher, gradient)
        return float(gradient @ (-math.sqrt(2 * nats / float(along @ fisher @ along)) * along))

    lines = [
        Line(
            r"\langle g,\delta\rangle",
            lambda gradient, step, fisher, nats: math.fsum((gradient * step).tolist()),
        ),
        Line(
            r"\langle F^{-1/2}g,\,F^{1/2}\delta\rangle",
            lambda gradient, step, fisher, nats: float(
                np.linalg.solve(root(fisher), gradient) @ (root(fisher) @ step)
            ),
            "=",
            "a symmetric root of $F$, put in and taken out",
        ),
        Line(
            r"-\sqrt{g^{\mathsf T}F^{-1}g}\,\sqrt{\delta^{\mathsf T}F\delta}",
            lengths,
            ">=",
            "the inequality of Cauchy and Schwarz; with equality exactly for a step against $F^{-1}g$",
        ),
        Line(
            r"-\sqrt{2\varepsilon\;g^{\mathsf T}F^{-1}g}",
            lambda gradient, step, fisher, nats: -math.sqrt(2 * nats * steepness(gradient, fisher)),
            ">=",
            r"the step costs at most $\varepsilon$: $\frac12\delta^{\mathsf T}F\delta\le\varepsilon$",
        ),
        Line(
            r"\langle g,\delta^*\rangle,\quad \delta^* = -\sqrt{\tfrac{2\varepsilon}{g^{\mathsf T}F^{-1}g}}\;F^{-1}g",
            best,
            "=",
            r"this multiple of $-F^{-1}g$ costs exactly $\varepsilon$ and attains the bound",
        ),
    ]
    return Derivation("The fastest way down, per nat", lines, {**example, "nats": float(nats)})


def natural_gradient_coordinates(gradient: ArrayLike, fisher: ArrayLike, jacobian: ArrayLike) -> Derivation:
    """The step along −F⁻¹g changes the law by as much, and lets the loss fall as fast, in other coordinates."""
    example = _vectors(gradient=gradient)
    size = example["gradient"].size
    example["fisher"] = _information(fisher, size)
    _, array = as_arrays(jacobian=jacobian)
    turned = plain(array).astype(float)
    if turned.shape != (size, size) or not np.isfinite(turned).all() or np.linalg.matrix_rank(turned) < size:
        raise ValueError(f"jacobian must be an invertible matrix of shape {(size, size)}, got {turned.tolist()!r}")
    lines = [
        Line(
            r"\tilde g^{\mathsf T}\tilde F^{-1}\tilde g,\quad \tilde g=J^{\mathsf T}g,\ \tilde F=J^{\mathsf T}FJ",
            lambda gradient, fisher, jacobian: float(
                (jacobian.T @ gradient) @ np.linalg.solve(jacobian.T @ fisher @ jacobian, jacobian.T @ gradient)
            ),
        ),
        Line(
            r"g^{\mathsf T}J\,\bigl(J^{-1}F^{-1}J^{-\mathsf T}\bigr)J^{\mathsf T}g",
            lambda gradient, fisher, jacobian: float(
                gradient
                @ jacobian
                @ np.linalg.solve(jacobian, np.linalg.inv(fisher) @ np.linalg.inv(jacobian).T)
                @ jacobian.T
                @ gradient
            ),
            "=",
            "the inverse of a product, in the opposite order",
        ),
        Line(
            r"g^{\mathsf T}F^{-1}g",
            lambda gradient, fisher, jacobian: float(gradient @ np.linalg.solve(fisher, gradient)),
            "=",
            "each $J$ meets its inverse: the fall for a step along the natural gradient has forgotten the coordinates",
        ),
    ]
    return Derivation("The same step in any coordinates", lines, {**example, "jacobian": turned})
