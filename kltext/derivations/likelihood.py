"""Likelihood, labels and temperatures: losses rewritten as divergences.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl, log, single_laws, support

__all__ = ["distillation_gradient", "label_smoothing", "maximum_likelihood"]


def maximum_likelihood(observations: ArrayLike, q: ArrayLike) -> Derivation:
    """The mean negative log-likelihood of discrete data is H(P̂) + D(P̂‖Q), P̂ being the relative frequencies.

    ``observations`` are positions of outcomes of Q: 0, 1, …
    """
    model = single_laws(q=q)["q"]
    seen = np.asarray(observations)
    if seen.ndim != 1 or seen.size == 0 or not np.issubdtype(seen.dtype, np.integer):
        raise ValueError(f"observations must be a list of positions, got {observations!r}")
    if bad := [int(i) for i in seen if not 0 <= i < model.size]:
        raise ValueError(f"observations must lie between 0 and {model.size - 1}, got {bad[0]}")

    def counts(x: Any, q: Any) -> Any:
        return np.bincount(x, minlength=q.size)

    lines = [
        Line(
            r"-\frac1n\sum_{i=1}^n\log q(x_i)",
            lambda x, q: math.fsum(-log(q[i]) for i in x) / x.size,
        ),
        Line(
            r"-\sum_{x:\,n(x)>0}\frac{n(x)}{n}\log q(x)",
            lambda x, q: math.fsum(-n * log(b) for n, b in support(counts(x, q), q)) / x.size,
            "=",
            "equal observations collected; $n(x)$ is how often $x$ occurs",
        ),
        Line(
            r"-\sum_{x:\,\hat p(x)>0}\hat p(x)\log q(x) = H(\hat P,Q)",
            lambda x, q: math.fsum(-a * log(b) for a, b in support(counts(x, q) / x.size, q)),
            "=",
            r"$\hat p(x)=n(x)/n$ is the empirical law",
        ),
        Line(
            r"H(\hat P) + D(\hat P\Vert Q)",
            lambda x, q: (
                math.fsum(-a * log(a) for (a,) in support(counts(x, q) / x.size)) + kl(counts(x, q) / x.size, q)
            ),
            "=",
            "cross-entropy is entropy plus divergence; the data alone make the first term",
        ),
    ]
    return Derivation("Negative log-likelihood is a forward divergence", lines, {"x": seen, "q": model})


def label_smoothing(q: ArrayLike, label: int, smoothing: float) -> Derivation:
    """The loss with a smoothed label: what it adds is a divergence from the uniform law to the model."""
    model = single_laws(q=q)["q"]
    if not 0 <= label < model.size:
        raise ValueError(f"label must lie between 0 and {model.size - 1}, got {label!r}")
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must lie between 0 and 1, got {smoothing!r}")

    def target(q: Any, label: int, smoothing: float) -> list[float]:
        return [(1 - smoothing) * (k == label) + smoothing / q.size for k in range(q.size)]

    def onehot(q: Any, label: int, smoothing: float) -> float:
        """(1 − ε)(−log q_y), with 0·∞ = 0."""
        return -(1 - smoothing) * log(q[label]) if smoothing < 1 else 0.0

    def uniform(q: Any, smoothing: float, shift: float) -> float:
        """ε times the mean over the classes of −log q − shift, with 0·∞ = 0."""
        return smoothing * math.fsum((-log(b) - shift) / q.size for b in q) if smoothing > 0 else 0.0

    lines = [
        Line(
            r"H(P_\varepsilon,Q)",
            lambda q, label, smoothing: math.fsum(
                -a * log(b) for a, b in zip(target(q, label, smoothing), q, strict=True) if a > 0
            ),
        ),
        Line(
            r"-(1-\varepsilon)\log q(y) - \varepsilon\sum_k \frac1K\log q(k)",
            lambda q, label, smoothing: onehot(q, label, smoothing) + uniform(q, smoothing, 0.0),
            "=",
            r"$p_\varepsilon(k) = (1-\varepsilon)\,[k=y] + \frac{\varepsilon}{K}$, and cross-entropy is linear in its first argument",
        ),
        Line(
            r"-(1-\varepsilon)\log q(y) + \varepsilon\Bigl[\log K + \sum_k \frac1K\log\frac{1/K}{q(k)}\Bigr]",
            lambda q, label, smoothing: (
                onehot(q, label, smoothing) + smoothing * math.log(q.size) + uniform(q, smoothing, math.log(q.size))
            ),
            "=",
            r"$-\log q = \log K + \log\frac{1/K}{q}$",
        ),
        Line(
            r"-(1-\varepsilon)\log q(y) + \varepsilon\,\bigl[\log K + D(U\Vert Q)\bigr]",
            lambda q, label, smoothing: (
                onehot(q, label, smoothing)
                + (smoothing * (math.log(q.size) + kl(np.full(q.size, 1 / q.size), q)) if smoothing > 0 else 0.0)
            ),
            "=",
            "$U$ is the uniform law on the $K$ classes",
        ),
    ]
    example = {"q": model, "label": label, "smoothing": smoothing}
    return Derivation("What a smoothed label adds to the loss", lines, example)


def distillation_gradient(
    teacher: ArrayLike, student: ArrayLike, temperature: float, coordinate: int = 0
) -> Derivation:
    """The gradient of T²·D(P_T‖Q_T) in one logit of the student: T·(q − p)."""
    v, z = np.asarray(teacher, dtype=float), np.asarray(student, dtype=float)
    for name, logits in (("teacher", v), ("student", z)):
        if logits.ndim != 1 or logits.shape != v.shape or not np.isfinite(logits).all():
            raise ValueError(f"{name} must be a list of {v.size} finite logits, got {logits.tolist()!r}")
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature!r}")
    if not 0 <= coordinate < v.size:
        raise ValueError(f"coordinate must lie between 0 and {v.size - 1}, got {coordinate!r}")

    def softmax(logits: Any, T: float) -> Any:
        powers = np.exp((logits - logits.max()) / T)
        return powers / powers.sum()

    def loss(z: Any, v: Any, T: float) -> float:
        return T * T * kl(softmax(v, T), softmax(z, T))

    def slope(v: Any, z: Any, T: float, i: int) -> float:
        """∂/∂z_i by differences of sixth order."""
        step = 0.01 * T
        unit = np.eye(z.size)[i]
        weights = {1: 45, 2: -9, 3: 1}
        return math.fsum(
            w * (loss(z + k * step * unit, v, T) - loss(z - k * step * unit, v, T)) for k, w in weights.items()
        ) / (60 * step)

    def through_logs(v: Any, z: Any, T: float, i: int) -> float:
        p, q = softmax(v, T), softmax(z, T)
        return -T * T * math.fsum(p[k] * ((k == i) - q[i]) / T for k in range(z.size))

    lines = [
        Line(
            r"\frac{\partial}{\partial z_i}\,T^2 D(P_T\Vert Q_T)",
            slope,
        ),
        Line(
            r"-T^2\sum_k p_T(k)\,\frac{\partial\log q_T(k)}{\partial z_i}"
            r" = -T^2\sum_k p_T(k)\,\frac{[k=i]-q_T(i)}{T}",
            through_logs,
            "=",
            r"the teacher, $p_T\propto e^{v/T}$, does not depend on $z$; $\log q_T(k) = z_k/T - \log\sum_j e^{z_j/T}$",
        ),
        Line(
            r"T\,\bigl(q_T(i) - p_T(i)\bigr)",
            lambda v, z, T, i: T * float(softmax(z, T)[i] - softmax(v, T)[i]),
            "=",
            "the $p_T(k)$ add up to 1, and one $T$ cancels",
        ),
    ]
    example = {"v": v, "z": z, "T": float(temperature), "i": coordinate}
    return Derivation("The gradient of distillation", lines, example, relative=1e-7, absolute=1e-9)
