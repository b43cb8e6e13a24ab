"""What the gradient of k1, k2 and k3 is on average, if they are minimised as losses on the policy's own samples.

Explained in: chapters/ppo
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext.derivation import Derivation, Line

__all__ = ["k1_as_loss", "k2_as_loss", "k3_as_loss"]

Vector = np.ndarray[Any, Any]
_SCORE = r"\partial\log\pi"
_FIXED = r"the samples are held fixed: only $\log\pi$ is differentiated, with $u=\log\frac{q}{\pi}$"


def _softmax(logits: Vector) -> Vector:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


class _Law:
    """π, the reference q, and the derivatives of π along the direction in which its logits move."""

    def __init__(self, logits: Vector, reference: Vector, direction: Vector) -> None:
        self.policy, self.reference = _softmax(logits), _softmax(reference)
        self.score = direction - self.policy @ direction
        self.slope = self.policy * self.score
        self.log_ratio = np.log(self.policy) - np.log(self.reference)


def _example(logits: ArrayLike, reference: ArrayLike, direction: ArrayLike) -> dict[str, Any]:
    given = {"logits": logits, "reference": reference, "direction": direction}
    _, *arrays = as_arrays(**given)
    example = {name: plain(array).astype(float) for name, array in zip(given, arrays, strict=True)}
    for name, value in example.items():
        if value.ndim != 1 or value.shape != example["logits"].shape or not np.isfinite(value).all() or value.size < 2:
            raise ValueError(f"{name} must be a list of finite numbers, one for each action, got {value.tolist()!r}")
        if np.ptp(value) > 30:
            raise ValueError(f"{name} must not range over more than 30, got {value.tolist()!r}")
    return example


def _line(latex: str, value: Any, relation: str | None = None, reason: str = "") -> Line:
    return Line(latex, lambda **given: math.fsum(value(_Law(**given)).tolist()), relation, reason)


def k1_as_loss(logits: ArrayLike, reference: ArrayLike, direction: ArrayLike) -> Derivation:
    """k1 as a loss has no gradient on average: the reference has dropped out.

    ``logits`` are those of the policy π, ``reference`` those of the fixed law q; the derivative ∂ is along ``direction``
    in the logits of π.
    """
    lines = [
        _line(r"\mathbb{E}_\pi[\partial k_1]", lambda c: c.policy * (c.score - 0 * c.log_ratio)),
        _line(r"\mathbb{E}_\pi[" + _SCORE + "]", lambda c: c.policy * c.score, "=", _FIXED + r" and $k_1=-u$"),
        _line(r"\partial\sum_a\pi = \partial 1", lambda c: np.zeros(1), "=", r"$\pi\,\partial\log\pi=\partial\pi$"),
    ]
    return Derivation("k1 as a loss", lines, _example(logits, reference, direction))


def k2_as_loss(logits: ArrayLike, reference: ArrayLike, direction: ArrayLike) -> Derivation:
    """k2 as a loss has the gradient of D(π‖q), on average; arguments as in `k1_as_loss`."""
    lines = [
        _line(r"\mathbb{E}_\pi[\partial k_2]", lambda c: c.policy * (-c.log_ratio) * (-c.score)),
        _line(
            r"\mathbb{E}_\pi\Bigl[\log\frac{\pi}{q}\,\partial\log\pi\Bigr]",
            lambda c: c.policy * c.log_ratio * c.score,
            "=",
            _FIXED + r" and $k_2=\tfrac12u^2$",
        ),
        _line(
            r"\sum_a\partial\pi\,\Bigl(\log\frac{\pi}{q} + 1\Bigr)",
            lambda c: c.slope * (c.log_ratio + 1),
            "=",
            r"$\pi\,\partial\log\pi=\partial\pi$, and $\sum_a\partial\pi=0$",
        ),
        _line(
            r"\partial\,D(\pi\Vert q)",
            lambda c: c.policy * (c.log_ratio - c.policy @ c.log_ratio) * c.score,
            "=",
            r"the derivative of $\pi\log\frac{\pi}{q}$; computed as the covariance of $\log\frac{\pi}{q}$ and $\partial\log\pi$",
        ),
    ]
    return Derivation("k2 as a loss", lines, _example(logits, reference, direction))


def k3_as_loss(logits: ArrayLike, reference: ArrayLike, direction: ArrayLike) -> Derivation:
    """k3 as a loss has the gradient of D(q‖π), on average; arguments as in `k1_as_loss`."""
    lines = [
        _line(r"\mathbb{E}_\pi[\partial k_3]", lambda c: c.policy * (1 - np.exp(-c.log_ratio)) * c.score),
        _line(
            r"\mathbb{E}_\pi[" + _SCORE + r"] - \mathbb{E}_\pi\Bigl[\frac q\pi\,\partial\log\pi\Bigr]",
            lambda c: np.concatenate([c.slope, -c.policy * (c.reference / c.policy) * c.score]),
            "=",
            _FIXED + r" and $k_3=e^u-1-u$",
        ),
        _line(
            r"-\,\mathbb{E}_q[" + _SCORE + "]",
            lambda c: -c.reference * c.score,
            "=",
            "the first average is 0; in the second the weights turn samples of π into an average under q",
        ),
        _line(
            r"\partial\,D(q\Vert\pi)",
            lambda c: (c.policy - c.reference) * (c.score + c.policy @ c.score),
            "=",
            r"only $-\log\pi$ depends on π; computed as $\sum_a(\pi-q)\,\partial z$ from the logits $z$",
        ),
    ]
    return Derivation("k3 as a loss", lines, _example(logits, reference, direction))
