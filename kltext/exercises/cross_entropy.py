"""The exercises of the chapter on cross-entropy, codes and likelihood."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from kltext import cross_entropy, entropy, kl_divergence, surprisal
from kltext.codes import expected_length, shannon_lengths
from kltext.exercises.calls import call, close, number, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws
from kltext.exercises.mistakes import LIST_ARITHMETIC, NOT_SUMMED, Imitation, Symptom
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Mismatch, Property

# xent-warm-code: three outcomes, described with a code for the wrong law.
P, Q = (0.25, 0.25, 0.5), (0.5, 0.375, 0.125)

warm_code = NumberExercise(
    "xent-warm-code",
    answer=lambda: float(cross_entropy(P, Q, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is H(Q,P): the data come from P, so P weighs.", lambda: float(cross_entropy(Q, P, base=2))),
        Wrong("That is D(P‖Q), the excess alone. Add H(P).", lambda: float(kl_divergence(P, Q, base=2))),
        Wrong("That is H(P), what P's own code would cost.", lambda: float(entropy(P, base=2))),
        Wrong("That is H(Q), what the designer expected to pay.", lambda: float(entropy(Q, base=2))),
        Wrong(
            "The lengths were rounded up to whole bits. Here the ideal ones are asked for.",
            lambda: float(expected_length(P, shannon_lengths(Q))),
        ),
    ],
)

# xent-per-char: a loss in nats per token, told in bits per character.
LOSS, CHARACTERS = 2.6, 4.2

per_char = NumberExercise(
    "xent-per-char",
    answer=lambda: LOSS / math.log(2) / CHARACTERS,
    unit="bits",
    wrong=[
        Wrong("That is bits per token. A token has 4.2 characters.", lambda: LOSS / math.log(2)),
        Wrong("Multiplied by the characters per token, where one divides.", lambda: LOSS / math.log(2) * CHARACTERS),
        Wrong("A nat is more than a bit: divide by log 2, do not multiply.", lambda: LOSS * math.log(2) / CHARACTERS),
        Wrong("That is the logarithm of the loss. The loss is a logarithm already.", lambda: math.log2(LOSS) / CHARACTERS),
        Wrong("That is the perplexity per token, e to the loss.", lambda: math.exp(LOSS)),
    ],
)

# xent-bet: three horses, uniform fair odds, and a bettor who is half right.
TRUTH, BELIEF, ODDS = (0.7, 0.2, 0.1), (0.5, 0.3, 0.2), (1 / 3, 1 / 3, 1 / 3)

bet = NumberExercise(
    "xent-bet",
    answer=lambda: float(kl_divergence(TRUTH, ODDS, base=2)) - float(kl_divergence(TRUTH, BELIEF, base=2)),
    unit="bits",
    wrong=[
        Wrong(
            "That is D(P‖Q), the rate of a bettor who knows P. This one stakes according to B.",
            lambda: float(kl_divergence(TRUTH, ODDS, base=2)),
        ),
        Wrong(
            "That is D(P‖B), what the wrong belief costs. Subtract it from D(P‖Q).",
            lambda: float(kl_divergence(TRUTH, BELIEF, base=2)),
        ),
        Wrong(
            "That is D(B‖Q), what the bettor expects. The races are run by P.",
            lambda: float(kl_divergence(BELIEF, ODDS, base=2)),
        ),
        Wrong(
            "That is the logarithm of the mean factor. Wealth multiplies, so it is the mean of the logarithm that counts.",
            lambda: math.log2(sum(p * b / q for p, b, q in zip(TRUTH, BELIEF, ODDS, strict=True))),
        ),
    ],
)

# xent-ceiling: ten classes, a tenth of the label spread evenly over all of them.
CLASSES, SMOOTHING = 10, 0.1

ceiling = NumberExercise(
    "xent-ceiling",
    answer=lambda: math.log((1 - SMOOTHING + SMOOTHING / CLASSES) / (SMOOTHING / CLASSES)),
    wrong=[
        Wrong("That is the probability of the label's class. The gap of the logits is the log of a ratio.",
              lambda: 1 - SMOOTHING + SMOOTHING / CLASSES),
        Wrong("That spreads ε over the nine other classes only. Here all ten get a share, the label's own too.",
              lambda: math.log((1 - SMOOTHING) / (SMOOTHING / (CLASSES - 1)))),
        Wrong("That gives all of ε to one class. It is spread over ten.", lambda: math.log((1 - SMOOTHING) / SMOOTHING)),
        Wrong("The label's class gets its own share of ε as well: 0.9 + 0.01.",
              lambda: math.log((1 - SMOOTHING) / (SMOOTHING / CLASSES))),
        Wrong("That is the gap a one-hot label asks for: it is never reached.", lambda: math.inf),
    ],
)  # fmt: skip

# xent-noise: every fifth label is redrawn at random among all ten classes.
CLEAN = 0.8
NOISY = np.full(CLASSES, (1 - CLEAN) / CLASSES) + CLEAN * np.eye(CLASSES)[0]

noise = NumberExercise(
    "xent-noise",
    answer=lambda: float(entropy(NOISY)),
    unit="nats",
    wrong=[
        Wrong("A loss of 0 needs labels that can be predicted with certainty. These cannot.", lambda: 0.0),
        Wrong(
            "That is the surprise at the right label. The loss is an average over all labels that occur.",
            lambda: float(surprisal(NOISY[0])),
        ),
        Wrong(
            "That is the entropy of “clean or redrawn”. It matters which class a redrawn label names.",
            lambda: float(entropy([CLEAN, 1 - CLEAN])),
        ),
        Wrong(
            "A redrawn label may still be the right one: its probability is 0.82, not 0.8.",
            lambda: float(entropy([CLEAN, *[(1 - CLEAN) / (CLASSES - 1)] * (CLASSES - 1)])),
        ),
        Wrong("That is log 10, the loss of a model that knows nothing.", lambda: math.log(CLASSES)),
    ],
)

# xent-ratio: ten observations; by how much does the best model beat a given one?
COUNTS, GIVEN = (6, 3, 1), (0.5, 0.3, 0.2)
TOTAL = sum(COUNTS)
FREQUENCIES = tuple(count / TOTAL for count in COUNTS)

ratio = NumberExercise(
    "xent-ratio",
    answer=lambda: TOTAL * float(kl_divergence(FREQUENCIES, GIVEN)),
    unit="nats",
    wrong=[
        Wrong("That is D(P̂‖Q), the gap per observation. There are ten.", lambda: float(kl_divergence(FREQUENCIES, GIVEN))),
        Wrong("The arguments are swapped: the data weigh.", lambda: TOTAL * float(kl_divergence(GIVEN, FREQUENCIES))),
        Wrong("That is twice the gap, the statistic G. The gap itself is asked for.", lambda: 2 * TOTAL * float(kl_divergence(FREQUENCIES, GIVEN))),
        Wrong("That is −log likelihood of the given model. Subtract that of the best one.", lambda: TOTAL * float(cross_entropy(FREQUENCIES, GIVEN))),
        Wrong("That is −log likelihood of the best model. Subtract it from that of the given one.", lambda: TOTAL * float(entropy(FREQUENCIES))),
    ],
)  # fmt: skip

# xent-adaptive: twenty flips with five heads, coded by Laplace's rule while it learns.
FLIPS, HEADS = 20, 5


def _laplace_bits(flips: int, heads: int) -> float:
    """−log₂ of the product of (count + 1)/(seen + 2) along the sequence, in any order."""
    return math.log2((flips + 1) * math.comb(flips, heads))


def _hindsight() -> float:
    return FLIPS * float(entropy([HEADS / FLIPS, 1 - HEADS / FLIPS], base=2))


adaptive = NumberExercise(
    "xent-adaptive",
    answer=lambda: _laplace_bits(FLIPS, HEADS) - _hindsight(),
    unit="bits",
    wrong=[
        Wrong("That is the whole length. Subtract what the best fixed coin would have paid.", lambda: _laplace_bits(FLIPS, HEADS)),
        Wrong("That is what the best fixed coin pays, chosen after the fact.", _hindsight),
        Wrong("That is log₂(n + 1), an upper bound for every sequence. This one does better.", lambda: math.log2(FLIPS + 1)),
        Wrong("That is ½ log₂ n, the growth rate for long sequences. Here n = 20 can be computed exactly.", lambda: math.log2(FLIPS) / 2),
        Wrong("That compares with one bit per flip, the code of the fair coin.", lambda: _laplace_bits(FLIPS, HEADS) - FLIPS),
    ],
)  # fmt: skip

# xent-implement and xent-bug: the loss of logits against a target law.
NAMES = ("target", "logits")


def from_logits(target: Any, logits: Any) -> float:
    """log Σ exp z − Σ p·z, with the largest logit taken out of the exponent."""
    p, z = np.asarray(target, dtype=float), np.asarray(logits, dtype=float)
    top = z.max()
    return float(top + np.log(np.exp(z - top).sum()) - p @ z)


def _inputs(shift: int = 0, scale: int = 1) -> list[Input]:
    """Small targets with small whole logits, moved or stretched."""
    found = []
    for n in (1, 2, 3):
        targets = [law for d in (1, 2, 4) for law in laws(n, d)]
        logits = [tuple(Fraction(shift + scale * x) for x in z) for z in product((0, 1, -1), repeat=n)]
        found += [Input((p, z), NAMES) for p, z in product(targets, logits)]
    return sorted(found, key=Input.size)


def _right(function: Function, tried: Input) -> Mismatch:
    expected, value = from_logits(*tried.arrays()), number(function, tried.arrays())
    return None if close(value, expected, absolute=1e-9) else (shown(expected), shown(value))


def _lists(function: Function, tried: Input) -> Mismatch:
    arrays, lists = number(function, tried.arrays()), number(function, tried.lists())
    return None if close(lists, arrays) else (f"{shown(arrays)}, as for arrays", f"{shown(lists)} for plain lists")


def _untouched(function: Function, tried: Input) -> Mismatch:
    arrays = tried.arrays()
    call(function, arrays)
    for name, before, after in zip(NAMES, tried.arrays(), arrays, strict=True):
        if not np.array_equal(before, after):
            return f"{name} as it was", f"{name} changed"
    return None


LOGIT_PROPERTIES = [
    Property("is the mean of −log softmax under the target, for small logits", _inputs, _right),
    Property("does not change when 1000 is added to every logit", lambda: _inputs(shift=1000), _right),
    Property("does not change when 1000 is taken from every logit", lambda: _inputs(shift=-1000), _right),
    Property("stays finite where logits are 1000 apart", lambda: _inputs(scale=1000), _right),
    Property("accepts plain lists", lambda: _inputs()[:40], _lists, minor=True),
    Property("does not change its inputs", lambda: _inputs()[:40], _untouched, minor=True),
]


def _softmax(z: Any) -> Any:
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


LOGIT_IMITATIONS = (
    Imitation(
        "softmax applied twice: what goes into the logarithm of the softmax are already probabilities. They lie between 0 and "
        "1, so the second softmax flattens them, and no logit can bring the loss near 0.",
        lambda p, z: from_logits(p, _softmax(z)),
    ),
    Imitation("the logarithm has base 2; nats are asked for.", lambda p, z: from_logits(p, z) / np.log(2)),
    Imitation("a mean over the classes: the average is in the target already.", lambda p, z: from_logits(p, z) / len(z)),
    Imitation("the sign: this is the log-likelihood, the loss is its negative.", lambda p, z: -from_logits(p, z)),
    Imitation(
        "the logits are weighted, but log Σ exp z is missing.", lambda p, z: -float(np.asarray(p) @ np.asarray(z))
    ),
    Imitation(
        "the target and the model have changed places.",
        lambda p, z: -float(np.sum(_softmax(z) * np.log(np.asarray(p)))),
    ),
    Imitation("the entropy of the target was subtracted: this is D(P‖Q).", lambda p, z: from_logits(p, z) - entropy(p)),
)
OVERFLOW = Symptom(
    "exp overflows or underflows. Softmax first and logarithm second loses what the logits knew; take the largest logit out "
    "of the exponent and never form the probabilities.",
    lambda f: f.got.startswith(("nan", "inf")) and bool(np.any(np.abs(f.input.arrays()[1]) > 500)),
)

implement = FunctionExercise(
    "xent-implement", from_logits, LOGIT_PROPERTIES,
    imitations=LOGIT_IMITATIONS, symptoms=(NOT_SUMMED, LIST_ARITHMETIC, OVERFLOW), others=_inputs()[::5],
)  # fmt: skip
bug = FunctionExercise(
    "xent-bug", from_logits, LOGIT_PROPERTIES,
    imitations=LOGIT_IMITATIONS, symptoms=(NOT_SUMMED, LIST_ARITHMETIC, OVERFLOW), others=_inputs()[::5],
)  # fmt: skip

EXERCISES = (warm_code, per_char, bet, ceiling, noise, ratio, adaptive, implement, bug)
