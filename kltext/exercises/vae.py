"""The exercises of the chapter on the variational autoencoder."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext.exercises.calls import close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.vae import vae_kl, vae_loss

Matrix = np.ndarray[Any, Any]

# vae-log: a KL term summed over everything.
SUMMED, BATCH, LATENTS = 1792.0, 128, 16

log = NumberExercise(
    "vae-log",
    answer=lambda: SUMMED / BATCH,
    unit="nats",
    wrong=[
        Wrong("That is per image and per latent. The KL term of an image is a sum over its latents.", lambda: SUMMED / BATCH / LATENTS),
        Wrong("That divides by the latents. What has been summed too often are the images.", lambda: SUMMED / LATENTS),
    ],
    otherwise="Which axis of the (images, latents) array does the ELBO average, and which does it sum?",
)

# vae-sign: a log-variance of the wrong sign.
LOG_VAR = -8.0


def _cost(log_var: float) -> float:
    return float(vae_kl(0.0, log_var))


sign = NumberExercise(
    "vae-sign",
    answer=lambda: _cost(-LOG_VAR) / _cost(LOG_VAR),
    wrong=[
        Wrong("That is the dearer of the two costs. The ratio is asked for.", lambda: _cost(-LOG_VAR)),
        Wrong("That is the ratio of the variances.", lambda: math.exp(-2 * LOG_VAR)),
        Wrong("That takes ℓ for the logarithm of the standard deviation.", lambda: _cost(-2 * LOG_VAR) / _cost(2 * LOG_VAR)),
        Wrong("That is upside down.", lambda: _cost(LOG_VAR) / _cost(-LOG_VAR)),
    ],
)

# vae-mismatch: what sixty thousand images cannot explain.
KL_TERM, IMAGES = 25.0, 60_000

mismatch = NumberExercise(
    "vae-mismatch",
    answer=lambda: KL_TERM - math.log(IMAGES),
    unit="nats",
    wrong=[
        Wrong("That is the most that can be information. The rest is asked for.", lambda: math.log(IMAGES)),
        Wrong("The logarithm has base 2 and the KL term is in nats.", lambda: KL_TERM - math.log2(IMAGES)),
        Wrong("The logarithm has base 10; nats use the natural one.", lambda: KL_TERM - math.log10(IMAGES)),
    ],
)

# vae-axes: the linear VAE along three principal axes.
VARIANCES, NOISE_VARIANCE = (4.0, 1.0, 0.1), 0.5


def _rate(variance: float, level: float) -> float:
    return math.log(variance / level) / 2


axes = NumberExercise(
    "vae-axes",
    answer=lambda: sum(max(0.0, _rate(v, NOISE_VARIANCE)) for v in VARIANCES),
    unit="nats",
    wrong=[
        Wrong("The third axis is not worth its price: its latent is off and costs 0, not less than 0.", lambda: sum(_rate(v, NOISE_VARIANCE) for v in VARIANCES)),
        Wrong("The ½ in front of the logarithm is missing.", lambda: sum(max(0.0, 2 * _rate(v, NOISE_VARIANCE)) for v in VARIANCES)),
        Wrong("0.5 is s², not s.", lambda: sum(max(0.0, _rate(v, NOISE_VARIANCE**2)) for v in VARIANCES)),
        Wrong("That is the first axis alone. Is the second one worth its price?", lambda: _rate(VARIANCES[0], NOISE_VARIANCE)),
    ],
)  # fmt: skip

# vae-mse: the pixel noise behind a mean squared error.
PIXELS = 3072

mse = NumberExercise(
    "vae-mse",
    answer=lambda: math.sqrt(PIXELS / 2),
    wrong=[
        Wrong("The ½ in front of the squared error is missing.", lambda: math.sqrt(PIXELS)),
        Wrong("That is s². The standard deviation is asked for.", lambda: PIXELS / 2),
        Wrong("That is for the sum over the pixels. Here they are averaged.", lambda: math.sqrt(1 / 2)),
    ],
)

# vae-bit: the price at which the linear VAE spends one bit.
VARIANCE, PIXEL_NOISE = 2.0, 0.25

bit = NumberExercise(
    "vae-bit",
    answer=lambda: VARIANCE / (4 * PIXEL_NOISE**2),
    wrong=[
        Wrong("That spends one nat. A bit is log 2 nats.", lambda: VARIANCE / (math.exp(2) * PIXEL_NOISE**2)),
        Wrong("That spends half a bit: the ½ in front of the logarithm is missing.", lambda: VARIANCE / (2 * PIXEL_NOISE**2)),
        Wrong("0.25 is s, not s².", lambda: VARIANCE / (4 * PIXEL_NOISE)),
        Wrong("At that price the latent falls silent: nothing is spent.", lambda: VARIANCE / PIXEL_NOISE**2),
    ],
)

# vae-implement and vae-bug: the negative ELBO of a batch.

NAMES = ("x", "logits", "mean", "log_var")


def _loss(x: Matrix, logits: Matrix, mean: Matrix, log_var: Matrix) -> float:
    return float(vae_loss(x, logits, mean, log_var).total)


def _parts(x: Matrix, logits: Matrix, mean: Matrix, log_var: Matrix) -> tuple[float, float]:
    found = vae_loss(x, logits, mean, log_var)
    return float(found.reconstruction), float(found.kl)


def _rows(values: tuple[int, ...], width: int) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(v) for v in values[i : i + width]) for i in range(0, len(values), width))


@cache
def _batches() -> tuple[Input, ...]:
    """One or two images of one or two pixels, with one or two latents, simplest first."""
    found = []
    for images, pixels, latents in product((1, 2), repeat=3):
        for shift in range(4):
            x = tuple((i + shift) % 2 for i in range(images * pixels))
            logits = tuple((0, 1, -2, 3)[(i + shift) % 4] for i in range(images * pixels))
            mean = tuple((0, 1, -1, 2)[(i + shift) % 4] for i in range(images * latents))
            log_var = tuple((0, -1, 1)[(i + shift) % 3] for i in range(images * latents))
            found.append(Input((_rows(x, pixels), _rows(logits, pixels), _rows(mean, latents), _rows(log_var, latents)), NAMES))
    return tuple(sorted(found, key=Input.size))


@cache
def _sure() -> tuple[Input, ...]:
    """Decoders that are sure of themselves."""
    zero = _rows((0,), 1)
    return tuple(Input((_rows((x,), 1), _rows((a,), 1), zero, zero), NAMES) for x, a in product((1, 0), (40, -40, 800, -800)))


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _single() -> list[Input]:
    return [x for x in _batches() if x.arrays()[0].size == 1 and x.arrays()[2].size == 1]


def _unchanged_by_repeating() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        once = number(function, tried.arrays())
        twice = number(function, [np.concatenate([a, a]) for a in tried.arrays()])
        return None if close(once, twice) else (f"{shown(once)} for the batch taken twice, as for the batch", shown(twice))

    return Property("is an average over the images", _batches, test)


def _pixels_count_in_full() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        x, logits, mean, log_var = tried.arrays()
        once, twice = (
            number(function, (np.concatenate([x] * k, axis=1), np.concatenate([logits] * k, axis=1), mean, log_var)) for k in (1, 2)
        )
        target = once + _parts(*tried.arrays())[0]
        return None if close(twice, target) else (f"{shown(target)} when every pixel is there twice", shown(twice))

    return Property("adds up over the pixels", _batches, test)


def _latents_count_in_full() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        x, logits, mean, log_var = tried.arrays()
        once, twice = (
            number(function, (x, logits, np.concatenate([mean] * k, axis=1), np.concatenate([log_var] * k, axis=1))) for k in (1, 2)
        )
        target = once + _parts(*tried.arrays())[1]
        return None if close(twice, target) else (f"{shown(target)} when every latent is there twice", shown(twice))

    return Property("adds up over the latents", _batches, test)


_LOSS_PROPERTIES = [
    _agrees("is right for one image of one pixel with one latent", _single, _loss),
    _unchanged_by_repeating(),
    _pixels_count_in_full(),
    _latents_count_in_full(),
]


def _weighted(weight: Function) -> Function:
    """The loss with its terms multiplied by the two weights that a reduction gives them."""

    def wrong(x: Matrix, logits: Matrix, mean: Matrix, log_var: Matrix) -> float:
        reconstruction, kl = _parts(x, logits, mean, log_var)
        a, b = weight(len(x), x.shape[1], mean.shape[1])
        return float(a * reconstruction + b * kl)

    return wrong


_LOSS_IMITATIONS = [
    Imitation("The reconstruction is averaged over the pixels, the KL term is summed over the latents: β has become the number of pixels.", _weighted(lambda n, d, k: (1 / d, 1))),
    Imitation("The KL term is averaged over the latents: β has become 1 / the number of latents.", _weighted(lambda n, d, k: (1, 1 / k))),
    Imitation("The KL term is summed over the images, the reconstruction averaged: β has become the batch size.", _weighted(lambda n, d, k: (1, n))),
    Imitation("Both terms are summed over the images. The weights agree, the unit is nats per batch.", _weighted(lambda n, d, k: (n, n))),
    Imitation("Both terms are averaged over everything: β has become pixels / latents.", _weighted(lambda n, d, k: (1 / d, 1 / k))),
    Imitation("The ½ in front of the KL term is missing.", _weighted(lambda n, d, k: (1, 2))),
    Imitation("The KL term is subtracted. A loss adds both.", _weighted(lambda n, d, k: (1, -1))),
]

implement = FunctionExercise(
    "vae-implement",
    _loss,
    [*_LOSS_PROPERTIES, _agrees("works where the decoder is sure", _sure, _loss)],
    _LOSS_IMITATIONS, (), _batches(),
)  # fmt: skip
bug = FunctionExercise("vae-bug", _loss, _LOSS_PROPERTIES, _LOSS_IMITATIONS, (), _batches())

# vae-free: what is charged when each latent has half a nat free.
FREE = 0.5


def _charged(kl: Matrix) -> float:
    return float(np.maximum(kl.mean(axis=0), FREE).sum())


@cache
def _costs() -> tuple[Input, ...]:
    """Costs of one to three images and one or two latents, in quarters of a nat, simplest first."""
    quarters = [Fraction(k, 4) for k in (0, 1, 2, 4)]
    found = [
        Input((tuple(tuple(values[i : i + k]) for i in range(0, n * k, k)),), ("kl",))
        for n, k in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 1))
        for values in product(quarters, repeat=n * k)
    ]
    return tuple(sorted(found, key=Input.size))


def _all_above() -> list[Input]:
    return [x for x in _costs() if (x.arrays()[0] >= FREE).all()]


free = FunctionExercise(
    "vae-free",
    _charged,
    [
        _agrees("is the KL term where every cost is above half a nat", _all_above, lambda kl: kl.sum(axis=1).mean()),
        _agrees("charges each latent for its average or half a nat, whichever is more", _costs, _charged),
    ],
    [
        Imitation("The maximum is taken for each image. The half nat is for a latent's average over the batch.", lambda kl: np.maximum(kl, FREE).sum(axis=1).mean()),
        Imitation("The maximum is taken of the whole KL term. Each latent has its own half nat.", lambda kl: max(kl.sum(axis=1).mean(), FREE)),
        Imitation("That charges what is above half a nat. The gradient is the same, the value is not.", lambda kl: np.maximum(kl.mean(axis=0) - FREE, 0).sum()),
        Imitation("The latents are averaged. Add them up.", lambda kl: np.maximum(kl.mean(axis=0), FREE).mean()),
        Imitation("That is the smaller of the two: it rewards a latent for being expensive.", lambda kl: np.minimum(kl.mean(axis=0), FREE).sum()),
        Imitation("That is the KL term itself: nothing is free.", lambda kl: kl.sum(axis=1).mean()),
    ],
    (), _costs(),
)  # fmt: skip

EXERCISES = (log, sign, mismatch, axes, mse, bit, implement, bug, free)
