"""A GAN on the line, trained by plain gradient descent: two networks with one hidden layer, and backpropagation by hand.

The page does the same in JavaScript (network.js, training.js), from the same random numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kltext.widgets._random import uniforms

__all__ = ["CELL", "CELLS", "LAST", "Net", "Setup", "backward", "d_gradient", "data_law", "forward", "g_gradient", "generator_law", "initial", "train"]

Vector = NDArray[np.float64]

BATCH = 64  # samples of each kind in a step
D_HIDDEN, G_HIDDEN = 16, 8
D_RATE, G_RATE = 0.3, 0.1  # what gradients are multiplied by
LAST = 1500  # the last step

EDGES = np.linspace(-8.0, 8.0, 129)
CELL = 0.125
CELLS = (EDGES[1:] + EDGES[:-1]) / 2  # laws are compared on these 128 cells of the line, named by their middles
LATENT = np.linspace(-1.0, 1.0, 257)  # the generator between two of these is taken as straight
KEPT = 10  # every so many steps the networks are kept, so that going back is quick


class Net(NamedTuple):
    """x ↦ out · tanh(x·into + shift) + level: a network with one hidden layer; also a gradient in its weights."""

    into: Vector
    shift: Vector
    out: Vector
    level: float

    def plus(self, other: Net, factor: float = 1.0) -> Net:
        """This one and a multiple of another one, weight by weight."""
        return Net(
            self.into + factor * other.into,
            self.shift + factor * other.shift,
            self.out + factor * other.out,
            self.level + factor * other.level,
        )


@dataclass(frozen=True)
class Setup:
    """The data, a mixture of two normal laws with one spread, and how the networks are trained on them."""

    means: tuple[float, float] = (-2.0, 2.0)
    std: float = 0.5
    share: float = 0.5  # of the first mode
    loss: str = "non-saturating"  # or "saturating"
    d_steps: int = 1  # of the discriminator for each of the generator
    seed: int = 1


def forward(net: Net, x: Vector) -> tuple[Vector, Vector]:
    """The hidden layer (samples × units) and the outputs."""
    hidden = np.tanh(np.multiply.outer(x, net.into) + net.shift)
    return hidden, hidden @ net.out + net.level


def backward(net: Net, x: Vector, hidden: Vector, slope: Vector) -> tuple[Net, Vector]:
    """From the slopes of a loss in the outputs, its gradients in the weights and in x."""
    inner = np.multiply.outer(slope, net.out) * (1 - hidden**2)
    return Net(x @ inner, inner.sum(0), slope @ hidden, float(slope.sum())), inner @ net.into


def sigmoid(logit: Vector) -> Vector:
    """D from its logit."""
    return 1 / (1 + np.exp(-logit))


def d_gradient(d: Net, real: Vector, fake: Vector) -> Net:
    """Gradient of the discriminator's loss, −mean log D(real) − mean log(1 − D(fake))."""
    hidden, logit = forward(d, real)
    on_real, _ = backward(d, real, hidden, -(1 - sigmoid(logit)) / real.size)
    hidden, logit = forward(d, fake)
    on_fake, _ = backward(d, fake, hidden, sigmoid(logit) / fake.size)
    return on_real.plus(on_fake)


def g_gradient(d: Net, g: Net, latent: Vector, loss: str) -> Net:
    """Gradient of the generator's loss: mean log(1 − D(G(z))), or −mean log D(G(z)), non-saturating."""
    inside, fake = forward(g, latent)
    hidden, logit = forward(d, fake)
    slope = -sigmoid(logit) if loss == "saturating" else -(1 - sigmoid(logit))
    _, pull = backward(d, fake, hidden, slope / latent.size)
    return backward(g, latent, inside, pull)[0]


def initial(seed: int) -> tuple[Net, Net]:
    """Discriminator and generator before the first step."""
    u = 2 * uniforms(seed, 0, _WEIGHTS) - 1
    d, g = u[: 3 * D_HIDDEN].reshape(3, -1), u[3 * D_HIDDEN :].reshape(3, -1)
    return Net(2 * d[0], 4 * d[1], d[2] / math.sqrt(D_HIDDEN), 0.0), Net(2 * g[0], 2 * g[1], g[2], 0.0)


_WEIGHTS = 3 * (D_HIDDEN + G_HIDDEN)  # random numbers that these take


def step(setup: Setup, d: Net, g: Net, number: int) -> tuple[Net, Net]:
    """Step number ``number``, counted from 0: the discriminator's steps, then one of the generator."""
    rows = 4 * setup.d_steps + 1
    u = uniforms(setup.seed, _WEIGHTS + number * rows * BATCH, rows * BATCH).reshape(rows, BATCH)
    for mode, radius, angle, latent in u[:-1].reshape(setup.d_steps, 4, BATCH):
        normal = np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle)
        real = np.where(mode < setup.share, *setup.means) + setup.std * normal
        d = d.plus(d_gradient(d, real, forward(g, 2 * latent - 1)[1]), -D_RATE)
    return d, g.plus(g_gradient(d, g, 2 * u[-1] - 1, setup.loss), -G_RATE)


@lru_cache(maxsize=8)
def _kept(setup: Setup) -> dict[int, tuple[Net, Net]]:
    return {0: initial(setup.seed)}


def train(setup: Setup, steps: int) -> tuple[Net, Net]:
    """Discriminator and generator after so many steps; what was trained before is not trained again.

    >>> d, g = train(Setup(), 2)
    >>> d.into.shape, g.into.shape
    ((16,), (8,))
    """
    kept = _kept(setup)
    start = max(number for number in kept if number <= steps)
    d, g = kept[start]
    for number in range(start, steps):
        d, g = step(setup, d, g, number)
        if (number + 1) % KEPT == 0:
            kept[number + 1] = d, g
    return d, g


def data_law(setup: Setup) -> Vector:
    """The data on the cells: their density at the middles, made to sum to 1."""
    modes = [np.exp(-(((CELLS - mean) / setup.std) ** 2) / 2) for mean in setup.means]
    mass = setup.share * modes[0] + (1 - setup.share) * modes[1]
    return np.asarray(mass / mass.sum())


def generator_law(g: Net) -> Vector:
    """The generator's law on the cells: each piece of the latent interval spread over the cells that it is sent to."""
    ends = np.clip(forward(g, LATENT)[1], EDGES[0], EDGES[-1])
    low, high = np.minimum(ends[1:], ends[:-1]), np.maximum(ends[1:], ends[:-1])
    wide = high - low > 1e-9
    inside = np.clip(np.minimum(high[wide, None], EDGES[1:]) - np.maximum(low[wide, None], EDGES[:-1]), 0, None)
    mass = (inside / (high - low)[wide, None]).sum(0)
    np.add.at(mass, np.minimum((low[~wide] - EDGES[0]) / CELL, CELLS.size - 1).astype(int), 1.0)
    return np.asarray(mass / (LATENT.size - 1))
