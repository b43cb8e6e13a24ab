"""A trained VAE with two latents and pictures of 8 × 8 pixels: packed into 8 bits a weight, and what it says of a picture."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kltext import vae_kl

__all__ = ["PIXELS", "Network", "pack"]

Floats = NDArray[np.float64]

PIXELS = 64
SPACING, STEPS = 0.3, 18  # of the nodes of an average over q: so many standard deviations apart, so many to each side
REACH, CELLS = 6.0, 120  # of the square of latents over which the evidence is integrated, and its cells in each direction


def shapes(hidden: int) -> list[tuple[int, ...]]:
    """Of the weights and biases: the encoder's two layers, then the decoder's."""
    return [(PIXELS, hidden), (hidden,), (hidden, 4), (4,), (2, hidden), (hidden,), (hidden, PIXELS), (PIXELS,)]


def pack(weights: Sequence[ArrayLike]) -> str:
    """Each array as its scale (float32) and whole numbers from −127 to 127, one after the other, in base64.

    >>> weights = [np.ones(shape) for shape in shapes(3)]
    >>> packed = pack(weights)
    >>> len(packed), all(np.allclose(a, b) for a, b in zip(weights, Network.unpacked(packed).weights))
    (680, True)
    """
    arrays = [np.asarray(array, dtype=float) for array in weights]
    found = [array.shape for array in arrays]
    if len(arrays) != 8 or arrays[0].ndim != 2 or found != (wanted := shapes(arrays[0].shape[1])):
        raise ValueError(f"weights must have the shapes {wanted if len(arrays) == 8 and arrays[0].ndim == 2 else shapes(32)}, got {found}")
    pieces = []
    for array in arrays:
        if not np.isfinite(array).all():
            raise ValueError("weights must be finite")
        scale = np.float32(np.abs(array).max() / 127 or 1)
        pieces += [scale.astype("<f4").tobytes(), np.rint(array / float(scale)).clip(-127, 127).astype(np.int8).tobytes()]
    return base64.b64encode(b"".join(pieces)).decode()


@dataclass(frozen=True)
class Network:
    """The encoder and the decoder, each with one hidden layer of tanh."""

    weights: tuple[Floats, ...]

    @classmethod
    def unpacked(cls, text: str) -> Network:
        """From what ``pack`` returns."""
        data = base64.b64decode(text)
        hidden, rest = divmod(len(data) - 100, 136)  # eight scales, 136 numbers for each hidden unit, 68 biases
        if hidden < 1 or rest:
            raise ValueError(f"packed weights of {len(data)} bytes belong to no network")
        weights: list[Floats] = []
        start = 0
        for shape in shapes(hidden):
            end = start + 4 + int(np.prod(shape))
            scale = float(np.frombuffer(data[start : start + 4], "<f4")[0])
            weights.append(np.frombuffer(data[start + 4 : end], np.int8).reshape(shape).astype(np.float64) * scale)
            start = end
        return cls(tuple(weights))

    def encode(self, x: ArrayLike) -> tuple[Floats, Floats]:
        """Mean and log-variance of q(z | x), for pictures on the last axis."""
        w, b, v, c = self.weights[:4]
        out = np.tanh(np.asarray(x) @ w + b) @ v + c
        return out[..., :2], out[..., 2:]

    def decode(self, z: ArrayLike) -> Floats:
        """The logit of ink for each pixel."""
        w, b, v, c = self.weights[4:]
        found: Floats = np.tanh(np.asarray(z) @ w + b) @ v + c
        return found

    def log_likelihood(self, x: ArrayLike, z: ArrayLike) -> Any:
        """log p(x | z), for latents on the last axis."""
        logits = self.decode(z)
        return (np.asarray(x) * logits - np.logaddexp(0, logits)).sum(axis=-1)

    @cached_property
    def _survey(self) -> tuple[Floats, Floats]:
        """Logits on the grid of latents, and what log p(x, z) is there for a picture without ink."""
        axis = np.linspace(-REACH, REACH, CELLS + 1)
        grid = np.stack(np.meshgrid(axis, axis), axis=-1)
        logits = self.decode(grid)
        blank = -np.logaddexp(0, logits).sum(axis=-1) - (grid**2).sum(axis=-1) / 2 - np.log(2 * np.pi)
        return logits, blank

    def log_joint(self, x: ArrayLike) -> Floats:
        """log p(x, z) on the grid of latents: rows of z₂, columns of z₁."""
        logits, blank = self._survey
        joint: Floats = logits @ np.asarray(x, dtype=float) + blank
        return joint

    def numbers(self, x: ArrayLike, z: ArrayLike, beta: float) -> dict[str, float]:
        """What the widget shows of a picture, and of a place in the latent space, in nats."""
        mean, log_var = self.encode(x)
        steps = SPACING * np.arange(-STEPS, STEPS + 1)
        nodes = np.stack(np.meshgrid(steps, steps), axis=-1)
        weights = np.exp(-(nodes**2).sum(axis=-1) / 2)
        likelihoods = self.log_likelihood(x, mean + np.exp(log_var / 2) * nodes)
        kl = float(vae_kl(mean, log_var).sum())
        reconstruction = -float((weights * likelihoods).sum() / weights.sum())
        joint = self.log_joint(x)
        evidence = float(joint.max() + np.log(np.exp(joint - joint.max()).sum()) + 2 * np.log(2 * REACH / CELLS))
        return {
            "kl": kl,
            "reconstruction": reconstruction,
            "loss": reconstruction + beta * kl,
            "elbo": -reconstruction - kl,
            "evidence": evidence,
            "gap": evidence + reconstruction + kl,
            "at_z": -float(self.log_likelihood(x, z)),
        }
