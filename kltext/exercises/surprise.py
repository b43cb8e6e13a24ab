"""The exercises of the chapter on surprise and entropy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from kltext import entropy, js_divergence, kl_divergence, surprisal
from kltext.codes import expected_length, huffman_lengths, kraft_sum, shannon_lengths
from kltext.exercises.calls import close, number, numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Argument, Input, Law, laws
from kltext.exercises.mistakes import LIST_ARITHMETIC, LOG_OF_ZERO, NOT_SUMMED, Imitation, Symptom
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Mismatch, Property, told

# sur-rare: the surprise of an event that happens once in a thousand times.
RARE = 0.001

rare = NumberExercise(
    "sur-rare",
    answer=lambda: float(surprisal(RARE, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is the surprise of the check that passes.", lambda: float(surprisal(1 - RARE, base=2))),
        Wrong("That logarithm has base 10. Bits use base 2.", lambda: float(surprisal(RARE, base=10))),
        Wrong(
            "That is the entropy of the check, an average over both results. Asked is the surprise of one of them.",
            lambda: float(entropy([RARE, 1 - RARE], base=2)),
        ),
        Wrong("That is p·log 1/p, a share of the entropy. No weight is asked for.", lambda: RARE * -math.log2(RARE)),
    ],
)

# sur-powers: an entropy with whole-number surprises.
POWERS = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16)

powers = NumberExercise(
    "sur-powers",
    answer=lambda: float(entropy(POWERS, base=2)),
    unit="bits",
    wrong=[
        Wrong("The surprises were added without their weights.", lambda: float(np.sum(surprisal(POWERS, base=2)))),
        Wrong(
            "That is the plain mean of the surprises. Each outcome counts as often as it happens.",
            lambda: float(np.mean(surprisal(POWERS, base=2))),
        ),
        Wrong("That is log₂ 5, the entropy of five equally likely outcomes.", lambda: math.log2(len(POWERS))),
        Wrong("The last outcome was counted once; there are two of probability 1/16.", lambda: float(entropy(POWERS, base=2)) - 4 / 16),
    ],
)  # fmt: skip

# sur-table: two bits that agree four times in five.
TABLE = np.array([[0.4, 0.1], [0.1, 0.4]])


def _information(joint: np.ndarray) -> float:
    joint = np.asarray(joint, dtype=float)
    product = joint.sum(axis=1)[:, None] * joint.sum(axis=0)
    return float(kl_divergence(joint.ravel(), product.ravel()))


table = NumberExercise(
    "sur-table",
    answer=lambda: _information(TABLE) / math.log(2),
    unit="bits",
    wrong=[
        Wrong("That is the joint entropy H(X, Y).", lambda: float(entropy(TABLE.ravel(), base=2))),
        Wrong(
            "That is H(Y∣X), what remains unknown of Y. Asked is what X has told: H(Y) − H(Y∣X).",
            lambda: float(entropy([0.8, 0.2], base=2)),
        ),
        Wrong("That is H(X), which is also H(Y): each alone is a fair coin.", lambda: float(entropy([0.5, 0.5], base=2))),
        Wrong("That is H(X) + H(Y). Subtract the joint entropy.", lambda: 2 * float(entropy([0.5, 0.5], base=2))),
        Wrong(
            "That is the correlation, and it has no unit. Average log p(x,y)/(p(x)p(y)) instead.",
            lambda: float(TABLE[0, 0] + TABLE[1, 1] - TABLE[0, 1] - TABLE[1, 0]),
        ),
    ],
)

# sur-huffman: the distribution on which halving the list is not best.
FIVE = (0.35, 0.17, 0.17, 0.16, 0.15)

huffman = NumberExercise(
    "sur-huffman",
    answer=lambda: float(expected_length(FIVE, huffman_lengths(FIVE))),
    unit="questions",
    wrong=[
        Wrong(
            "That cuts the sorted list as evenly as possible, the first two against the rest. A better tree exists.",
            lambda: float(expected_length(FIVE, [2, 2, 2, 3, 3])),
        ),
        Wrong(
            "That starts with the question that cuts the probability in half. The questions after it pay for it.",
            lambda: float(expected_length(FIVE, [2, 2, 3, 3, 2])),
        ),
        Wrong("That is the entropy. A tree of whole questions cannot reach it here.", lambda: float(entropy(FIVE, base=2))),
        Wrong(
            "Those are Shannon's lengths, the surprises rounded up: a tree with those depths exists, but it wastes places.",
            lambda: float(expected_length(FIVE, shannon_lengths(FIVE))),
        ),
        Wrong("That is three questions for each outcome. Likely outcomes can do with fewer.", lambda: 3.0),
        Wrong(
            "That asks for one outcome after the other. Join the two rarest first.",
            lambda: float(expected_length(FIVE, [1, 2, 3, 4, 4])),
        ),
    ],
)

# sur-blocks: Huffman for pairs of tosses.
COIN = (0.9, 0.1)


def _block_length(size: int) -> float:
    block = np.array([math.prod(word) for word in itertools.product(COIN, repeat=size)])
    return float(expected_length(block, huffman_lengths(block)))


blocks = NumberExercise(
    "sur-blocks",
    answer=lambda: _block_length(2) / 2,
    unit="bits",
    wrong=[
        Wrong("That is the length of a pair. Divide by the two tosses in it.", lambda: _block_length(2)),
        Wrong("That is the entropy, which pairs approach but do not reach.", lambda: float(entropy(COIN, base=2))),
        Wrong("That is the code for single tosses.", lambda: _block_length(1)),
        Wrong("That is for blocks of three.", lambda: _block_length(3) / 3),
    ],
)

# sur-units: an exponential lifetime with mean two hours, measured in minutes.
HOURS, MINUTES = 2.0, 60.0

units = NumberExercise(
    "sur-units",
    answer=lambda: 1 + math.log(HOURS * MINUTES),
    unit="nats",
    wrong=[
        Wrong("That is the value in hours. The unit of the lifetime matters.", lambda: 1 + math.log(HOURS)),
        Wrong("Entropy does not scale with the variable: multiplying by 60 adds log 60.", lambda: MINUTES * (1 + math.log(HOURS))),
        Wrong("The sign of the shift is wrong: a minute is shorter, so the numbers grow and so does h.", lambda: 1 + math.log(HOURS / MINUTES)),
        Wrong("The 1 is missing: it is the average of x/μ.", lambda: math.log(HOURS * MINUTES)),
        Wrong("That puts the rate in the place of the mean.", lambda: 1 - math.log(HOURS * MINUTES)),
    ],
)  # fmt: skip

# sur-die: a die whose average is 4, and nothing else is known.
FACES, MEAN = np.arange(1.0, 7.0), 4.0


def tilted_die(mean: float) -> np.ndarray:
    """The law q(x) ∝ exp(λx) on 1…6 with this mean, λ by bisection."""
    low, high = -20.0, 20.0
    for _ in range(200):
        tilt = (low + high) / 2
        weights = np.exp(tilt * (FACES - FACES.mean()))
        law = np.asarray(weights / weights.sum())
        low, high = (tilt, high) if law @ FACES < mean else (low, tilt)
    return law


die = NumberExercise(
    "sur-die",
    answer=lambda: float(tilted_die(MEAN)[5]),
    unit=None,
    wrong=[
        Wrong("That is a fair die, whose average is 3.5.", lambda: 1 / 6),
        Wrong("That is the probability of a one; the tilt has the wrong sign.", lambda: float(tilted_die(MEAN)[0])),
        Wrong("Weights proportional to the face give the average 13/3, not 4, and are not of the form e^(λx).", lambda: 6 / 21),
        Wrong("That puts all the mass on 2 and 6. The average is right, but the entropy is far from the largest.", lambda: 0.5),
        Wrong("A straight line in x with this average is a law, but q is a straight line only on a logarithmic axis.", lambda: 1 / 6 + 1.25 / 17.5),
        Wrong("That is the die of the text, which averages 4.5. This one averages 4.", lambda: float(tilted_die(4.5)[5])),
    ],
)  # fmt: skip

# sur-mixing: what knowing the switch would tell.
ONE, OTHER = (0.9, 0.1), (0.1, 0.9)

mixing = NumberExercise(
    "sur-mixing",
    answer=lambda: float(js_divergence(ONE, OTHER, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is the entropy of the mixture. Subtract what is left once the source is known.", lambda: 1.0),
        Wrong("That is the average entropy of the two sources. Subtract it from the entropy of the mixture.", lambda: float(entropy(ONE, base=2))),
        Wrong("Each divergence counts half: the coin picks one source, not both.", lambda: 2 * float(js_divergence(ONE, OTHER, base=2))),
        Wrong("That is D(P‖Q) between the sources. Each is to be compared with the mixture.", lambda: float(kl_divergence(ONE, OTHER, base=2))),
    ],
)  # fmt: skip


# The functions. Their inputs are single laws, or tables of two rows and more.


def _named(name: str, *arguments: Argument) -> Input:
    return Input(tuple(arguments), (name,))


def _laws(outcomes: int = 4, denominator: int = 6) -> list[Input]:
    found = [_named("p", law) for n in range(1, outcomes + 1) for d in range(1, denominator + 1) for law in laws(n, d)]
    return sorted(found, key=Input.size)


LAWS = _laws()
ARRAY = np.ndarray[Any, Any]


def _agree(reference: Any, inputs: Sequence[Input], statement: str) -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        expected, value = float(reference(*tried.arrays())), number(function, tried.arrays())
        return None if close(value, expected) else (shown(expected), shown(value))

    return Property(statement, lambda: inputs, test)


def _bits(p: ARRAY) -> float:
    return float(entropy(p, base=2))


def _zero_when_certain() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return None if close(value, 0) else ("0, because one outcome is certain", shown(value))

    return Property("is 0 for a certain outcome, whatever else is listed as impossible", lambda: [x for x in LAWS if 1 in x.arguments[0]], test)  # fmt: skip


def _never_above_log_n() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        value, most = number(function, tried.arrays()), math.log2(len(tried.arguments[0]))
        return None if -1e-12 <= value <= most + 1e-12 else (f"between 0 and log₂ n = {shown(most)}", shown(value))

    return Property("lies between 0 and log₂ n", lambda: LAWS, test)


def _adds_up() -> Property:
    factors = [law for d in (1, 2, 3, 4) for law in laws(2, d)]
    products = [_named("p", tuple(a * b for a in one for b in other)) for one in factors for other in factors]

    def test(function: Any, tried: Input) -> Mismatch:
        (p,) = tried.arrays()
        parts = sum(number(function, (p.reshape(2, 2).sum(axis),)) for axis in (1, 0))
        value = number(function, (p,))
        right = close(value, parts) and not math.isnan(value)
        return None if right else (f"{shown(parts)}, the sum over the two independent parts", shown(value))

    return Property("adds up over independent parts", lambda: sorted(products, key=Input.size), test)


def _accepts_lists() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        arrays, lists = number(function, tried.arrays()), number(function, tried.lists())
        return None if close(arrays, lists) else (f"{shown(arrays)}, as for arrays", f"{shown(lists)} for plain lists")

    return Property("accepts plain lists", lambda: LAWS[:30], test, minor=True)


def _plain_terms(p: ARRAY) -> ARRAY:
    return p * np.log2(p)


ENTROPY_MISTAKES = (
    Imitation(
        "0·log 0. A computer finds 0 · (−inf) = nan; an outcome that never happens adds nothing.",
        lambda p: -np.sum(_plain_terms(p)),
    ),
    Imitation("the natural logarithm: the values are right in nats; bits are asked for.", lambda p: entropy(p)),
    Imitation("the sign: a surprise is log 1/p, not log p.", lambda p: -_bits(p)),
    Imitation("a mean instead of a sum. The average is already in the weights p.", lambda p: _bits(p) / p.size),
    Imitation("the surprises are added without their weights p.", lambda p: np.sum(-np.log2(p))),
)
ZERO_TIMES = Symptom(
    ENTROPY_MISTAKES[0].explanation, lambda f: f.got.startswith("nan") and bool((np.asarray(f.input.arrays()[0]) == 0).any())
)
implement = FunctionExercise(
    "sur-implement",
    _bits,
    [
        _zero_when_certain(), _never_above_log_n(), _adds_up(), _agree(_bits, LAWS, "agrees with kltext"), _accepts_lists(),
    ],
    imitations=ENTROPY_MISTAKES,
    symptoms=(NOT_SUMMED, LOG_OF_ZERO, LIST_ARITHMETIC, ZERO_TIMES),
    others=LAWS[::7],
)  # fmt: skip


def _tables() -> list[Input]:
    shapes = [(2, 2, 4), (2, 3, 3), (3, 2, 3)]
    found = []
    for rows, columns, denominator in shapes:
        for d in range(1, denominator + 1):
            for law in laws(rows * columns, d):
                found.append(_named("joint", _rows(law, columns)))
    return sorted(found, key=Input.size)


def _rows(law: Law, columns: int) -> tuple[Law, ...]:
    return tuple(law[i : i + columns] for i in range(0, len(law), columns))


TABLES = _tables()


def _independent() -> list[Input]:
    halves: list[Law] = [law for d in (1, 2, 3) for law in laws(2, d)]
    thirds: list[Law] = [law for d in (1, 2, 3) for law in laws(3, d)]
    pairs = [*itertools.product(halves, halves), *itertools.product(halves, thirds)]
    found = [_named("joint", tuple(tuple(Fraction(a) * Fraction(b) for b in y) for a in x)) for x, y in pairs]
    return sorted(found, key=Input.size)


def _information_is_zero() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return None if close(value, 0) else ("0, because X and Y are independent", shown(value))

    return Property("is 0 for independent X and Y", _independent, test)


def _information_is_symmetric() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        (joint,) = tried.arrays()
        value, turned = number(function, (joint,)), number(function, (np.ascontiguousarray(joint.T),))
        return None if close(value, turned) else (f"{shown(turned)}, as for the table turned over", shown(value))

    return Property("is the same for the table turned over", lambda: TABLES, test)


def _information_is_not_negative() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return ("a value ≥ 0", shown(value)) if value < -1e-12 else None

    return Property("is never negative", lambda: TABLES, test)


def _crossed(joint: ARRAY) -> float:
    product = np.outer(joint.sum(axis=0), joint.sum(axis=1))
    possible = joint > 0
    return float(np.sum(joint[possible] * np.log(joint[possible] / product[possible])))


bug = FunctionExercise(
    "sur-bug",
    _information,
    [
        _information_is_zero(), _information_is_not_negative(), _information_is_symmetric(),
        _agree(_information, TABLES, "agrees with kltext"),
    ],
    imitations=(
        Imitation(
            "the marginals stand at each other's place: entry (x, y) is compared with p_Y(x)·p_X(y). On a table that equals its "
            "mirror image nothing shows.",
            _crossed,
        ),
        Imitation("the logarithm has base 2. The values are right in bits; nats are asked for.", lambda j: _information(j) / math.log(2)),
    ),
    symptoms=(
        Symptom(
            "shapes: a table with two rows and three columns has two probabilities for X and three for Y. Look at which of the sums goes "
            "along which axis.",
            lambda f: isinstance(f.error, (ValueError, IndexError)),
        ),
        NOT_SUMMED,
    ),
    others=[x for x in TABLES if len(x.arguments[0]) == 2 and len(x.arrays()[0].T) == 2],
)  # fmt: skip


def _is_a_prefix_code() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        lengths = numbers(function, tried.arrays())
        if lengths.shape != tried.arrays()[0].shape:
            return "one length for each outcome", f"a result of shape {lengths.shape}"
        if not (np.all(lengths >= 0) and np.all(lengths == np.floor(lengths))):
            return "whole numbers of bits", told(lengths)
        total = float(kraft_sum(lengths))
        return None if total <= 1 else ("a Kraft sum of at most 1", f"{told(lengths)}, with a Kraft sum of {shown(total)}")

    return Property("returns the lengths of a prefix code", lambda: POSITIVE, test)


def _is_shortest() -> Property:
    def test(function: Any, tried: Input) -> Mismatch:
        (p,) = tried.arrays()
        lengths = numbers(function, (p.copy(),))
        if lengths.shape != p.shape:
            return "one length for each outcome", f"a result of shape {lengths.shape}"
        best, value = float(expected_length(p, huffman_lengths(p))), float(p @ lengths)
        return None if value <= best + 1e-9 else (f"an average of {shown(best)} bits", f"{told(lengths)}, {shown(value)} bits on average")

    return Property("is as short as any, on average", lambda: POSITIVE, test)


POSITIVE = [
    _named("p", law)
    for n, d in ((2, 2), (2, 3), (2, 4), (3, 3), (3, 4), (3, 6), (4, 4), (4, 5), (4, 8), (5, 6), (5, 7), (5, 9), (6, 9))
    for law in laws(n, d)
    if all(law) and tuple(sorted(law, reverse=True)) == law
]
POSITIVE += [_named("p", tuple(reversed(tried.arguments[0]))) for tried in POSITIVE]  # type: ignore[arg-type]
POSITIVE.sort(key=Input.size)

shortest = FunctionExercise(
    "sur-shortest",
    huffman_lengths,
    [_is_a_prefix_code(), _is_shortest()],
    imitations=(
        Imitation(
            "the surprises rounded up. That is a prefix code, but it may leave a part of the budget unused.", shannon_lengths
        ),
        Imitation("the same length for every outcome.", lambda p: np.full(p.size, math.ceil(math.log2(p.size)))),
        Imitation(
            "one outcome after the other, the likeliest first. Two rare outcomes should share their long beginning, but "
            "what they are joined to is the rarest group, not the next outcome.",
            lambda p: np.minimum(1 + np.argsort(np.argsort(-p, kind="stable"), kind="stable"), p.size - 1),
        ),
    ),
    symptoms=(),
    others=POSITIVE[::5],
)

EXERCISES = (rare, powers, table, huffman, blocks, units, die, mixing, implement, bug, shortest)
