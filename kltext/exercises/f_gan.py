"""The exercises of the chapter on f-GANs and Wasserstein."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext.exercises.calls import close, number, numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws, pair
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.f_divergences import f_divergence
from kltext.f_gan import f_gan_bound
from kltext.generators import generator
from kltext.variational_bounds import nwj
from kltext.wasserstein import wasserstein_1d

Array = np.ndarray[Any, Any]

# fgan-price: what a KL critic pays.
CLAIM = 3.0


def _paid(claim: float) -> float:
    conjugate = generator("kl").conjugate
    assert conjugate is not None
    return float(conjugate(np.array(claim)))


price = NumberExercise(
    "fgan-price",
    answer=lambda: _paid(CLAIM),
    wrong=[
        Wrong("That is f(3) = 3 log 3. The price is the conjugate f*.", lambda: CLAIM * math.log(CLAIM)),
        Wrong("The 1 in the exponent is missing: f*(y) = exp(y − 1).", lambda: math.exp(CLAIM)),
        Wrong("That is the slope f′(3). The claim is the slope already.", lambda: 1 + math.log(CLAIM)),
        Wrong("That is the logarithm of the price.", lambda: CLAIM - 1),
    ],
)

# fgan-belief: the ratio behind a reverse-KL critic's output.
OUTPUT = -4.0

belief = NumberExercise(
    "fgan-belief",
    answer=lambda: -1 / OUTPUT,
    wrong=[
        Wrong("That is q/p. The ratio p/q is asked for.", lambda: -OUTPUT),
        Wrong("That reads T as the log-ratio. This critic's T is −q/p.", lambda: math.exp(OUTPUT)),
        Wrong("That is f*(T), the price.", lambda: -1 - math.log(-OUTPUT)),
    ],
)

# fgan-bound: Pearson's bound by hand.
P, Q, CRITIC = (0.5, 0.5), (0.25, 0.75), (1.0, -1.0)


def _bound() -> float:
    return float(f_gan_bound(CRITIC, P, Q, "chi2"))


def _whole() -> float:
    return float(f_divergence(P, Q, "chi2"))


bound = NumberExercise(
    "fgan-bound",
    answer=lambda: _whole() - _bound(),
    tolerance=5e-3,
    wrong=[
        Wrong("That is the bound. Its distance from the divergence is asked for.", _bound),
        Wrong("That is the divergence.", _whole),
        Wrong("That uses the price T + T² instead of T + ¼T².", lambda: _whole() - (0 - (0.25 * 2 + 0.75 * 0))),
        Wrong("That is the gap weighed by P. It is an average under Q.", lambda: 0.5 * 0.25 + 0.5 / 36),
    ],
)

# fgan-order: what the alternative loss makes of a Hellinger critic.
LEFT, RIGHT, ORDER = (0.5, 0.5), (0.2, 0.8), 0.5


def _alpha(order: float) -> float:
    return float(f_divergence(LEFT, RIGHT, generator("alpha", alpha=order)))


order = NumberExercise(
    "fgan-order",
    answer=lambda: _alpha(ORDER - 1),
    wrong=[
        Wrong("That is the divergence of order ½ itself, which the bound's loss descends.", lambda: _alpha(ORDER)),
        Wrong("That is the reverse KL, order 0.", lambda: _alpha(0.0)),
        Wrong("That is the KL divergence, order 1: the wrong way by a half.", lambda: _alpha(1.0)),
        Wrong("That is order 3/2: the loss lowers the order.", lambda: _alpha(ORDER + 1)),
        Wrong("That is squared Hellinger.", lambda: float(f_divergence(LEFT, RIGHT, "squared-hellinger"))),
    ],
)

# fgan-clip: a K-Lipschitz critic.
STEEPEST, VALUE = 0.05, 0.15

clip = NumberExercise(
    "fgan-clip",
    answer=lambda: VALUE / STEEPEST,
    wrong=[
        Wrong("That is the critic's own value: it would be W₁ for a slope of 1.", lambda: VALUE),
        Wrong("Divide by the slope: a flatter critic says less than W₁.", lambda: VALUE * STEEPEST),
        Wrong("Upside down.", lambda: STEEPEST / VALUE),
    ],
)

# fgan-soft: what a gradient penalty lets through.
FAR, STRENGTH = 6.0, 2.0

soft = NumberExercise(
    "fgan-soft",
    answer=lambda: 100 * FAR / (2 * STRENGTH),
    unit="percent",
    wrong=[
        Wrong("The derivative of λ(s − 1)² is 2λ(s − 1).", lambda: 100 * FAR / STRENGTH),
        Wrong("That is the critic's value. By how many percent does it exceed W₁ = 6?", lambda: FAR * (1 + FAR / (2 * STRENGTH))),
        Wrong("That is the value as a percentage of W₁, not the excess.", lambda: 100 * (1 + FAR / (2 * STRENGTH))),
        Wrong("That subtracts the penalty from the value.", lambda: 100 * FAR / (4 * STRENGTH)),
    ],
)


# fgan-implement, fgan-bug: losses of batches.


def _batch(values: Iterable[int]) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


def _simple(tried: Input) -> tuple[float, ...]:
    """Fewer numbers first, then smaller ones."""
    flat = np.concatenate([a.ravel() for a in tried.arrays()])
    return len(flat), float(np.abs(flat).sum())


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _kl_bound(real: Array, fake: Array) -> float:
    return float(nwj(real, fake))


@cache
def _outputs() -> tuple[Input, ...]:
    """A critic's outputs on one or two samples of each law, simplest first."""
    found = [
        Input((_batch(real), _batch(fake)), ("real", "fake"))
        for n, k in product((1, 2), repeat=2)
        for real in product((1, 0, 2), repeat=n)
        for fake in product((1, 0, -2), repeat=k)
    ]
    return tuple(sorted(found, key=_simple))


def _no_claim() -> list[Input]:
    return [x for x in _outputs() if all((a == 1).all() for a in x.arrays())]


implement = FunctionExercise(
    "fgan-implement",
    _kl_bound,
    [
        _agrees("proves nothing where the critic believes in the ratio 1, T = 1", _no_claim, _kl_bound),
        _agrees("is the average payout less the average price", _outputs, _kl_bound),
    ],
    [
        Imitation("The 1 in the exponent is missing: that is the price of another f, t log t − t.", lambda real, fake: np.mean(real) - np.mean(np.exp(fake))),
        Imitation("The roles of the batches are exchanged.", lambda real, fake: np.mean(fake) - np.mean(np.exp(real - 1))),
        Imitation("That is Donsker and Varadhan's bound, with a logarithm of the average: a bound as well, but not this game's.", lambda real, fake: np.mean(real) - np.log(np.mean(np.exp(fake)))),
        Imitation("The exponential of an average is not the average of exponentials.", lambda real, fake: np.mean(real) - np.exp(np.mean(fake) - 1)),
        Imitation("Sums stand where averages should.", lambda real, fake: np.sum(real) - np.sum(np.exp(fake - 1))),
        Imitation("That is the loss. The bound has the other sign.", lambda real, fake: np.mean(np.exp(fake - 1)) - np.mean(real)),
    ],
    (), _outputs(),
)  # fmt: skip


# fgan-w1: the best critic on the line.


def _best_critic(p: Array, q: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.sign(np.cumsum(q - p)[:-1]))])


@cache
def _pairs() -> tuple[Input, ...]:
    found = [pair(p, q) for outcomes in (2, 3, 4) for p, q in product(laws(outcomes, 2), repeat=2)]
    return tuple(sorted(found, key=Input.size))


def _critic_of(function: Function, tried: Input) -> Array:
    return numbers(function, tried.arrays())


def _has_the_shape() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        critic, n = _critic_of(function, tried), len(tried.arguments[0])
        if critic.shape != (n,):
            return f"{n} values, one for each place", f"an array of shape {critic.shape}"
        return None if abs(critic[0]) < 1e-9 else ("0 at place 0", f"{shown(float(critic[0]))} at place 0")

    return Property("has a value for each place, 0 at the first", _pairs, test)


def _is_lipschitz() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        critic = _critic_of(function, tried)
        steepest = float(np.abs(np.diff(critic)).max())
        return None if steepest <= 1 + 1e-9 else ("no step steeper than 1", f"a step of {shown(steepest)}")

    return Property("is 1-Lipschitz", _pairs, test)


def _reaches() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        critic, places = _critic_of(function, tried), np.arange(len(p), dtype=float)
        value, target = float(critic @ p - critic @ q), float(wasserstein_1d(places, places, p, q))
        return None if close(value, target) else (f"a value of {shown(target)}, which is W₁", shown(value))

    return Property("reaches W₁", _pairs, test)


w1 = FunctionExercise(
    "fgan-w1",
    _best_critic,
    [_has_the_shape(), _is_lipschitz(), _reaches()],
    [
        Imitation("The slope has the wrong sign: this critic reaches −W₁.", lambda p, q: -_best_critic(p, q)),
        Imitation("The slope follows the sign of p − q at each place, not that of the distribution functions.", lambda p, q: np.concatenate([[0.0], np.cumsum(np.sign(p - q)[1:])])),
        Imitation("That is the difference of the distribution functions itself. Only its sign matters.", lambda p, q: np.concatenate([[0.0], np.cumsum(np.cumsum(q - p)[:-1])])),
        Imitation("That is the critic of total variation: it ignores the places.", lambda p, q: np.sign(p - q) / 2),
    ],
    (), _pairs(),
)  # fmt: skip


# fgan-bug: a critic's loss with a gradient penalty of 10.


def _critic_loss(real: Array, fake: Array, slopes: Array) -> float:
    steep = np.linalg.norm(slopes, axis=1)
    return float(fake.mean() - real.mean() + 10 * np.mean(np.maximum(steep - 1, 0) ** 2))


@cache
def _penalised() -> tuple[Input, ...]:
    """Outputs on one or two samples of each kind and as many slopes with two features, simplest first."""
    rows = [_batch(row) for row in ((0, 0), (1, 0), (0, 2), (3, 4), (-1, 0))]
    found = [
        Input((_batch(real), _batch(fake), chosen), ("real", "fake", "slopes"))
        for n in (1, 2)
        for real in ((0,) * n, (2,) * n)
        for fake in ((0,) * n, (1,) * n)
        for chosen in product(rows, repeat=n)
    ]
    return tuple(sorted(found, key=_simple))


def _flat() -> list[Input]:
    return [x for x in _penalised() if (np.abs(x.arrays()[2]) == 0).all()]


def _single() -> list[Input]:
    return [x for x in _penalised() if len(x.arguments[0]) == 1]


bug = FunctionExercise(
    "fgan-bug",
    _critic_loss,
    [
        _agrees("is minus the critic's value where nothing is steep", _flat, _critic_loss),
        _agrees("charges a single steep sample", _single, _critic_loss),
        _agrees("charges each sample for its own slope", _penalised, _critic_loss),
    ],
    [
        Imitation("The norm is taken over the whole batch, and not for each sample.", lambda real, fake, slopes: fake.mean() - real.mean() + 10 * np.maximum(np.linalg.norm(slopes) - 1, 0) ** 2),
        Imitation("The slopes of the samples are averaged before they are charged.", lambda real, fake, slopes: fake.mean() - real.mean() + 10 * np.maximum(np.linalg.norm(slopes, axis=1).mean() - 1, 0) ** 2),
        Imitation("Slopes below 1 are charged as well.", lambda real, fake, slopes: fake.mean() - real.mean() + 10 * np.mean((np.linalg.norm(slopes, axis=1) - 1) ** 2)),
        Imitation("The critic's value has the wrong sign.", lambda real, fake, slopes: real.mean() - fake.mean() + 10 * np.mean(np.maximum(np.linalg.norm(slopes, axis=1) - 1, 0) ** 2)),
        Imitation("Each feature's slope is charged alone. The slope is the length of the gradient.", lambda real, fake, slopes: fake.mean() - real.mean() + 10 * np.mean(np.maximum(np.abs(slopes) - 1, 0) ** 2)),
    ],
    (), _penalised(),
)  # fmt: skip

EXERCISES = (price, belief, bound, order, clip, soft, implement, w1, bug)
