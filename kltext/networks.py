"""A small network of tanh layers: as many layers as wanted, each a matrix and a row of biases.

Explained in: chapters/vae
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kltext._arrays import Array, ArrayLike, as_arrays
from kltext._checks import common_shape, require
from kltext._primitive import differentiated

__all__ = ["new_net", "output"]


def new_net(*sizes: int, rng: np.random.Generator) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    r"""Weights of a new network: ``new_net(1, 16, 2, rng=rng)`` has one input, 16 hidden units, two outputs.

    .. math:: W_k\in\mathbb R^{n_{k-1}\times n_k},\qquad (W_k)_{ij}\sim N\!\bigl(0,\tfrac1{n_{k-1}}\bigr),\qquad b_k=0

    In words: random weights, so small that inputs of size one give every layer inputs of size one.

    Returns the list W₁, b₁, W₂, b₂, …, in float64, for `output`.

    Raises ``ValueError`` for fewer than two sizes, a size that is no positive integer, or an ``rng`` that is
    not NumPy's.

    >>> [w.shape for w in new_net(1, 16, 2, rng=np.random.default_rng(0))]
    [(1, 16), (16,), (16, 2), (2,)]

    Source: LeCun, Bottou, Orr & Müller, "Efficient backprop" (1998), on the first weights.
    Explained in: chapters/vae
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes must hold the inputs and the outputs at least, got {sizes}")
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"sizes must be positive integers, got {size!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a generator of NumPy, such as np.random.default_rng(0), got {rng!r}")  # noqa: TRY004 - bad input is always a ValueError
    net = []
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        net += [rng.normal(size=(inputs, outputs)) / np.sqrt(inputs), np.zeros(outputs)]
    return net


def output(net: list[ArrayLike], x: ArrayLike) -> Array:
    r"""What the network makes of each row of ``x``.

    .. math:: h_0=x,\qquad h_k=\tanh(h_{k-1}W_k+b_k),\qquad \text{output}=h_{L-1}W_L+b_L

    In words: every layer mixes what the one before gave it and bends it with tanh, but the last only mixes.

    Rows of inputs on the last axis of ``x``; the result has the outputs there.  ``net`` is the list
    W₁, b₁, …, W_L, b_L of `new_net`.  Several networks of the same sizes run side by side if the matrices are
    stacked to (…, inputs, outputs) and the biases to (…, 1, outputs): the axes in front broadcast with those of
    ``x`` in front of its rows.

    Raises ``ValueError`` for weights whose shapes do not fit each other or ``x``, and for numbers that are
    not finite.

    >>> output([[[1.0], [2.0]], [0.5]], [[1.0, 1.0], [0.0, -1.0]])  # one layer: x₁ + 2x₂ + ½
    array([[ 3.5],
           [-1.5]])

    Source: Goodfellow, Bengio & Courville, "Deep learning" (2016), chapter 6.
    Explained in: chapters/vae
    """
    layers = net
    while hasattr(layers, "_value"):  # the list that autograd is tracing
        layers = layers._value
    if not isinstance(layers, (list, tuple)) or not layers or len(layers) % 2:
        found = f"{len(layers)} arrays" if isinstance(layers, (list, tuple)) else repr(layers)
        raise ValueError(f"net must be the list W₁, b₁, W₂, b₂, …, got {found}")
    xp, x, *weights = as_arrays(x=x, **{f"net[{i}]": net[i] for i in range(len(layers))})
    _check_shapes(x, weights)
    for name, array in [("x", x), *((f"net[{i}]", w) for i, w in enumerate(weights))]:
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = _tanh(xp, x @ matrix + bias)
    return x @ weights[-2] + weights[-1]


@differentiated(lambda xp, x, value: 1.0 - value * value)  # autograd's own slope goes through cosh, which overflows
def _tanh(xp: Any, x: Array) -> Array:
    return xp.tanh(x)


def _check_shapes(x: Array, weights: list[Array]) -> None:
    if not x.ndim:
        raise ValueError("x must have the inputs on its last axis, got a single number")
    width, source, stack = x.shape[-1], "x", tuple(weights[0].shape[:-2])
    for i in range(0, len(weights), 2):
        shape, bias = tuple(weights[i].shape), tuple(weights[i + 1].shape)
        if len(shape) < 2 or shape[-2] != width:
            raise ValueError(f"net[{i}] must have {width} rows, one for each entry of {source}, got shape {shape}")
        if shape[:-2] != stack:
            raise ValueError(f"net[{i}] must be stacked as net[0] is, {stack}, got shape {shape}")
        wanted = (*stack, 1, shape[-1]) if stack else shape[-1:]
        if bias != wanted:
            raise ValueError(f"net[{i + 1}] must have the shape {wanted}, a bias for each column of net[{i}], got {bias}")
        width, source = shape[-1], f"net[{i + 1}]"
    if stack:
        if x.ndim < 2:
            raise ValueError(f"x must have rows for each of the stacked networks, got shape {tuple(x.shape)}")
        common_shape(**{"x in front of its rows": tuple(x.shape[:-2]), "the networks": stack})
