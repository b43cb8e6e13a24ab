"""Distillation: its gradient at high temperature, and why many targets act like their average.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import as_laws
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["average_target", "distillation_limit"]

Vector = np.ndarray[Any, Any]


def average_target(targets: ArrayLike, q: ArrayLike) -> Derivation:
    """The mean of D(Pᵢ‖Q) is least for Q = M, the average of the targets; any other Q pays D(M‖Q) more."""
    _, array = as_laws(targets=targets)
    rows = plain(array).astype(float)
    if rows.ndim != 2:
        raise ValueError(f"targets must be a table with a law in each row, got shape {rows.shape}")
    example = single_laws(q=q)
    if rows.shape[1] != example["q"].size:
        raise ValueError(f"targets and q must have the same outcomes, got {rows.shape[1]} and {example['q'].size}")

    def middle(targets: Vector, q: Vector) -> float:
        m = targets.mean(axis=0)
        terms = (a * (log(a) - log(b) + log(b) - log(c)) for row in targets for a, b, c in support(row, m, q))
        return math.fsum(terms) / len(targets)

    def mean_kl(targets: Vector, q: Vector) -> float:
        return math.fsum(kl(row, q) for row in targets) / len(targets)

    lines = [
        Line(r"\frac1n\sum_{i=1}^n D(P_i\Vert Q)", mean_kl),
        Line(
            r"\frac1n\sum_{i=1}^n\sum_x p_i(x)\Bigl[\log\frac{p_i(x)}{m(x)} + \log\frac{m(x)}{q(x)}\Bigr]",
            middle,
            "=",
            r"with the average $m=\frac1n\sum_i p_i$ put in and taken out",
        ),
        Line(
            r"\frac1n\sum_{i=1}^n D(P_i\Vert M) + D(M\Vert Q)",
            lambda targets, q: mean_kl(targets, targets.mean(axis=0)) + kl(targets.mean(axis=0), q),
            "=",
            r"the second logarithm does not depend on $i$, and the $p_i$ average to $m$",
        ),
        Line(
            r"\frac1n\sum_{i=1}^n D(P_i\Vert M)",
            lambda targets, q: mean_kl(targets, targets.mean(axis=0)),
            ">=",
            "Gibbs' inequality; with equality exactly for $Q=M$",
        ),
    ]
    return Derivation("Many targets act like their average", lines, {"targets": rows, **example})


def distillation_limit(teacher: ArrayLike, student: ArrayLike, temperature: float, index: int = 0) -> Derivation:
    """How far T²·(gradient) is from comparing logits: at most (R_z² + R_v²) / 2T, with the ranges R of the logits."""
    _, *arrays = as_arrays(teacher=teacher, student=student)
    v, z = (plain(a).astype(float) for a in arrays)
    for name, value in (("teacher", v), ("student", z)):
        if value.ndim != 1 or value.shape != v.shape or value.size == 0 or not np.isfinite(value).all():
            raise ValueError(f"{name} must hold a finite logit for each class, got {value.tolist()!r}")
    if not 0 < temperature < math.inf or np.ptp(v) > 100 * temperature or np.ptp(z) > 100 * temperature:
        raise ValueError(f"temperature must be finite and at least a hundredth of the logits' range, got {temperature!r}")
    if not 0 <= index < v.size:
        raise ValueError(f"index must be a class, got {index!r}")

    def law(logits: Vector) -> Vector:
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def limit(teacher: Vector, student: Vector, index: int) -> float:
        return float((student - student.mean() - teacher + teacher.mean())[index]) / len(teacher)

    def rate(s: float, logits: Vector, index: int) -> float:
        """The derivative of softmax(s·logits) at the index, in s."""
        q = law(s * logits)
        return float(q[index] * (logits[index] - q @ logits))

    def integrated(teacher: Vector, student: Vector, temperature: float, index: int) -> float:
        """T times the integral, from 0 to 1/T, of how far the rates have moved from where they start."""
        nodes, weights = np.polynomial.legendre.leggauss(64)
        start = rate(0.0, student, index) - rate(0.0, teacher, index)
        total = 0.0
        for x, w in zip(nodes.tolist(), weights.tolist(), strict=True):
            s = (x + 1) / (2 * temperature)
            total += w / 2 * (rate(s, student, index) - rate(s, teacher, index) - start)
        return abs(total)

    def gap(teacher: Vector, student: Vector, temperature: float, index: int) -> float:
        slope = temperature * (law(student / temperature) - law(teacher / temperature))[index]
        return abs(float(slope) - limit(teacher, student, index))

    def bound(teacher: Vector, student: Vector, temperature: float, index: int) -> float:
        return float(np.ptp(student) ** 2 + np.ptp(teacher) ** 2) / (2 * temperature)

    lines = [
        Line(
            r"\Bigl\lvert T\bigl(q_T(i)-p_T(i)\bigr) - \tfrac1K\bigl[(z_i-\bar z)-(v_i-\bar v)\bigr]\Bigr\rvert",
            gap,
        ),
        Line(
            r"T\,\Bigl\lvert\int_0^{1/T}\bigl[g_z(s)-g_v(s) - g_z(0)+g_v(0)\bigr]\,\mathrm{d}s\Bigr\rvert",
            integrated,
            "=",
            r"with $g_z(s)$ the derivative of $\operatorname{softmax}(sz)_i$ in $s=1/T$: at $s=0$ both laws are uniform, and $g_z(0)=\frac1K(z_i-\bar z)$",
        ),
        Line(
            r"T\int_0^{1/T}s\,(R_z^2+R_v^2)\,\mathrm{d}s = \frac{R_z^2+R_v^2}{2T}",
            bound,
            "<=",
            r"$g_z = q\,(z_i-\mathbb{E}z)$ has the derivative $q\,\bigl[(z_i-\mathbb{E}z)^2-\operatorname{Var}z\bigr]$, at most $R_z^2$ in size, with $R_z$ the range of the logits",
        ),
    ]
    example = {"teacher": v, "student": z, "temperature": float(temperature), "index": index}
    return Derivation("At high temperature the student compares logits", lines, example)
