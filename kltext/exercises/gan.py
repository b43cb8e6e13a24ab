"""The exercises of the chapter on GANs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext.divergence import js_divergence, kl_divergence
from kltext.exercises.calls import close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.gan import discriminator_gap, gan_value
from kltext.generator_losses import generator_loss, non_saturating_divergence

Array = np.ndarray[Any, Any]
BIT = math.log(2)

# gan-urns: two urns of white and black balls.
URN_P, URN_Q = (0.8, 0.2), (0.3, 0.7)

urns = NumberExercise(
    "gan-urns",
    answer=lambda: 1 - float(js_divergence(URN_P, URN_Q, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is what the best bettor saves. The charge is what remains of the one bit.", lambda: float(js_divergence(URN_P, URN_Q, base=2))),
        Wrong("That is twice the charge: each urn comes up half of the time.", lambda: 2 - 2 * float(js_divergence(URN_P, URN_Q, base=2))),
        Wrong("That is the chance of naming the right urn, (1 + TV)/2.", lambda: 0.75),
        Wrong("That is what a coin is charged.", lambda: 1.0),
    ],
)  # fmt: skip

# gan-odds: a discriminator trained on unequal batches.
FAKES, ANSWER = 5, 1 / 3


def _odds() -> float:
    return ANSWER / (1 - ANSWER)


odds = NumberExercise(
    "gan-odds",
    answer=lambda: FAKES * _odds(),
    wrong=[
        Wrong("That is for balanced batches. Here the discriminator has learned that fakes are more frequent.", _odds),
        Wrong("The prior odds are put in upside down: a rare label needs more evidence, not less.", lambda: _odds() / FAKES),
        Wrong("That is q/p. The ratio p/q is asked for.", lambda: 1 / (FAKES * _odds())),
        Wrong("That is the logarithm of the ratio.", lambda: math.log(FAKES * _odds())),
        Wrong("That multiplies D itself. Bayes' rule multiplies the odds D/(1 − D).", lambda: FAKES * ANSWER),
    ],
)

# gan-log: two cross-entropies on fresh samples.
ON_REAL, ON_FAKE = 0.35, 0.55

log = NumberExercise(
    "gan-log",
    answer=lambda: math.log(2) - (ON_REAL + ON_FAKE) / 2,
    unit="nats",
    wrong=[
        Wrong("That bounds 2·JS. Divide by two.", lambda: math.log(4) - ON_REAL - ON_FAKE),
        Wrong("The two cross-entropies have been added where they are averaged.", lambda: math.log(2) - ON_REAL - ON_FAKE),
        Wrong("That is −V, the sum of the two losses.", lambda: ON_REAL + ON_FAKE),
        Wrong("The one bit of a coin and a loss in nats have been mixed.", lambda: 1 - (ON_REAL + ON_FAKE) / 2),
    ],
)

# gan-gap: a discriminator that says 0.6 where nothing can be told.
SAYS = 0.6

gap = NumberExercise(
    "gan-gap",
    answer=lambda: float(discriminator_gap([SAYS], [1.0], [1.0])),
    unit="nats",
    tolerance=2e-3,
    wrong=[
        Wrong("That is one divergence between the labels. The value counts both kinds of samples once: twice.", lambda: float(discriminator_gap([SAYS], [1.0], [1.0])) / 2),
        Wrong("That is the divergence with its arguments exchanged: the true label comes first.", lambda: 2 * float(kl_divergence([SAYS, 1 - SAYS], [0.5, 0.5]))),
        Wrong("That is the value itself. Its distance from the ceiling is asked for.", lambda: float(gan_value([SAYS], [1.0], [1.0]))),
    ],
)  # fmt: skip

# gan-slope: the slopes of the two losses in the logit.
BELIEVED = 0.02

slope = NumberExercise(
    "gan-slope",
    answer=lambda: (1 - BELIEVED) / BELIEVED,
    wrong=[
        Wrong("Upside down: the saturating loss is the flat one here.", lambda: BELIEVED / (1 - BELIEVED)),
        Wrong("That is 1/D, the slope of −log D in D alone.", lambda: 1 / BELIEVED),
        Wrong("That is the slope of the non-saturating loss. The ratio of the two is asked for.", lambda: 1 - BELIEVED),
        Wrong("That is the ratio of the values, log D over log(1 − D).", lambda: math.log(BELIEVED) / math.log(1 - BELIEVED)),
    ],
)

# gan-missing: nine digits of ten.
DIGITS = 10


def _digits() -> tuple[Array, Array]:
    return np.full(DIGITS, 1 / DIGITS), np.append(np.full(DIGITS - 1, 1 / (DIGITS - 1)), 0.0)


missing = NumberExercise(
    "gan-missing",
    answer=lambda: float(non_saturating_divergence(*_digits())),
    unit="nats",
    tolerance=2e-3,
    wrong=[
        Wrong("That is 2·JS, what the saturating loss descends.", lambda: 2 * float(js_divergence(*_digits()))),
        Wrong("That is D(Q‖P). Subtract 2·JS.", lambda: float(kl_divergence(_digits()[1], _digits()[0]))),
        Wrong("That is D(M‖P), half of it.", lambda: float(non_saturating_divergence(*_digits())) / 2),
        Wrong("That is 2·D(M‖Q): the mixture against the generator, which lacks a digit.", lambda: float(non_saturating_divergence(*_digits()[::-1]))),
        Wrong("That is JS alone.", lambda: float(js_divergence(*_digits()))),
    ],
)  # fmt: skip


# gan-reverse, gan-implement, gan-bug: functions of logits.


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _batch(values: Iterable[int]) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


def _simple(tried: Input) -> tuple[float, ...]:
    """Fewer numbers first, then smaller ones."""
    return len(np.concatenate(tried.arrays())), float(np.abs(np.concatenate(tried.arrays())).sum())


def _reverse_kl(fake_logits: Array, sizes: Array) -> float:
    return float(np.mean(-fake_logits) + np.log(sizes[0] / sizes[1]))


@cache
def _sizes() -> tuple[Input, ...]:
    """Logits on one to three fakes, and numbers of real and of generated samples, simplest first."""
    found = [
        Input((_batch(logits), _batch(sizes)), ("fake_logits", "sizes"))
        for n in (1, 2, 3)
        for logits in product((0, -1, 2), repeat=n)
        for sizes in ((1, 1), (1, 3), (2, 1))
    ]
    return tuple(sorted(found, key=_simple))


def _balanced() -> list[Input]:
    return [x for x in _sizes() if x.arguments[1][0] == x.arguments[1][1]]


reverse = FunctionExercise(
    "gan-reverse",
    _reverse_kl,
    [
        _agrees("is right where both kinds are equally frequent", _balanced, _reverse_kl),
        _agrees("is right for any sizes", _sizes, _reverse_kl),
    ],
    [
        Imitation("The average of r under Q is −D(Q‖P): the sign is missing.", lambda logits, sizes: np.mean(logits)),
        Imitation("The sign is missing; the odds are put right.", lambda logits, sizes: np.mean(logits) - np.log(sizes[0] / sizes[1])),
        Imitation("The odds in the batch are not corrected for.", lambda logits, sizes: -np.mean(logits)),
        Imitation("The correction has the wrong sign: the logit is r plus the log-odds.", lambda logits, sizes: -np.mean(logits) - np.log(sizes[0] / sizes[1])),
        Imitation("The correction uses the share of real samples and not the odds.", lambda logits, sizes: -np.mean(logits) + np.log(sizes[0] / sum(sizes))),
    ],
    (), _sizes(),
)  # fmt: skip


def _d_loss(real_logits: Array, fake_logits: Array) -> float:
    return float(np.logaddexp(0, -real_logits).mean() + np.logaddexp(0, fake_logits).mean()) / 2


@cache
def _pairs() -> tuple[Input, ...]:
    """Logits on one or two real and one or two generated samples, simplest first."""
    found = [
        Input((_batch(real), _batch(fake)), ("real_logits", "fake_logits"))
        for n, k in product((1, 2), repeat=2)
        for real in product((0, 1, -2), repeat=n)
        for fake in product((0, 1, -2), repeat=k)
    ]
    return tuple(sorted(found, key=_simple))


@cache
def _sure() -> tuple[Input, ...]:
    return tuple(Input((_batch([a]), _batch([b])), ("real_logits", "fake_logits")) for a, b in ((40, 0), (0, -40), (0, 40), (800, 0), (-800, 0), (0, 800), (0, -800)))


def _as_many() -> list[Input]:
    return [x for x in _pairs() if len(x.arguments[0]) == len(x.arguments[1])]


implement = FunctionExercise(
    "gan-implement",
    _d_loss,
    [
        _agrees("is right for batches of the same size", _as_many, _d_loss),
        _agrees("gives each kind of sample the weight ½", _pairs, _d_loss),
        _agrees("works where the discriminator is sure", _sure, _d_loss),
    ],
    [
        Imitation("All samples are in one mean, so the larger batch weighs more.", lambda real, fake: np.mean(np.append(np.logaddexp(0, -real), np.logaddexp(0, fake)))),
        Imitation("The two means are added, not averaged: that is −V.", lambda real, fake: 2 * _d_loss(real, fake)),
        Imitation("The labels are exchanged: this rewards calling data generated.", lambda real, fake: _d_loss(-real, -fake)),
        Imitation("The sign is wrong: a loss falls as the discriminator improves.", lambda real, fake: -_d_loss(real, fake)),
    ],
    (), _pairs(),
)  # fmt: skip


def _g_loss(fake_logits: Array) -> float:
    return float(generator_loss(fake_logits))


@cache
def _fakes() -> tuple[Input, ...]:
    """Logits on one to three generated samples, simplest first."""
    found = [Input((_batch(logits),), ("fake_logits",)) for n in (1, 2, 3) for logits in product((0, 1, -1, 3), repeat=n)]
    return tuple(sorted(found, key=_simple))


def _falls() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        (logits,) = tried.arrays()
        here, there = number(function, [logits]), number(function, [logits + 1])
        return None if there < here else (f"less than {shown(here)} when every logit is larger by 1", shown(there))

    return Property("falls when the fakes are believed more", _fakes, test)


bug = FunctionExercise(
    "gan-bug",
    _g_loss,
    [_falls(), _agrees("is the average of −log D", _fakes, _g_loss)],
    [
        Imitation("That is −log(1 − D), the discriminator's loss on fakes: minimising it makes them easier to catch.", lambda a: np.logaddexp(0, a).mean()),
        Imitation("That is log(1 − D), the saturating loss: the right direction, the other side.", lambda a: -np.logaddexp(0, a).mean()),
        Imitation("That is log D: the sign is wrong.", lambda a: -np.logaddexp(0, -a).mean()),
        Imitation("The losses are added up. Average them.", lambda a: np.logaddexp(0, -a).sum()),
    ],
    (), _fakes(),
)  # fmt: skip

EXERCISES = (urns, odds, log, gap, slope, missing, reverse, implement, bug)
