"""The mistakes that a wrong divergence usually makes, and how each is recognised.

An `Imitation` is a wrong implementation: the reader's function makes that mistake if it returns the same wrong values. A
`Symptom` is read off the input that failed. Explanations point at the cause and leave the repair to the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kltext.exercises.calls import Trouble, call, close
from kltext.exercises.inputs import Input
from kltext.exercises.report import Failure

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]
Tried = tuple[Input, Array | None]
"""An input, and what the reader's function made of it, if that was numbers."""


@dataclass(frozen=True)
class Imitation:
    """A mistake known by its values."""

    explanation: str
    wrong: Function

    def agreement(self, failing: Tried, others: Sequence[Tried]) -> float:
        """The share of inputs on which the function does the same; 0 unless it does on the one that failed."""
        if not _same(self.wrong, *failing):
            return 0.0
        return (1 + sum(_same(self.wrong, *x) for x in others)) / (1 + len(others))


@dataclass(frozen=True)
class Symptom:
    """A mistake known by how it fails."""

    explanation: str
    shows: Callable[[Failure], bool]


def recognise(
    function: Function,
    reference: Function,
    failure: Failure,
    others: Sequence[Input],
    imitations: Sequence[Imitation],
    symptoms: Sequence[Symptom],
) -> str | None:
    """The explanation of the mistake that fits best: one made everywhere, else a symptom, else one made in part.

    A mistake made in part has to explain more of the function's values than having made none.
    """
    failing, *rest = [(x, _value(function, x)) for x in (failure.input, *others)]
    fits = [(x.agreement(failing, rest), -i) for i, x in enumerate(imitations)]
    best, index = max(fits, default=(0.0, 0))
    if best == 1:
        return imitations[-index].explanation
    for symptom in symptoms:
        if symptom.shows(failure):
            return symptom.explanation
    right = sum(_same(reference, *x) for x in rest) / (1 + len(others))
    return imitations[-index].explanation if best > max(right, 0.5) else None


def _value(function: Function, tried: Input) -> Array | None:
    try:
        return np.asarray(call(function, tried.arrays()), dtype=float)
    except (Trouble, TypeError, ValueError):
        return None


def _same(wrong: Function, tried: Input, value: Array | None) -> bool:
    if value is None:
        return False
    with np.errstate(all="ignore"):
        target = np.asarray(wrong(*tried.arrays()), dtype=float)
    if value.shape != target.shape:
        return False
    return all(close(a, b, relative=1e-6) for a, b in zip(value.flat, target.flat, strict=True))


# Wrong implementations, written for outcomes on the last axis so that they serve for vectors and for matrices of rows.


def _terms(p: Array, q: Array) -> Array:
    """p·log(p/q) with the conventions, term by term."""
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0.0)


def _right(p: Array, q: Array) -> Array:
    return np.asarray(_terms(p, q).sum(-1))


def _clamp_variants(epsilon: float) -> list[Function]:
    e = epsilon
    return [
        lambda p, q: _right(p, np.maximum(q, e)),
        lambda p, q: _right(p, q + e),
        lambda p, q: _right(np.maximum(p, e), np.maximum(q, e)),
        lambda p, q: _right(p + e, q + e),
        lambda p, q: np.sum(p * np.log((p + e) / (q + e)), -1),
        lambda p, q: np.sum(p * np.log(p / q + e), -1),
        lambda p, q: _right(_normalised(np.maximum(p, e)), _normalised(np.maximum(q, e))),
        lambda p, q: _right(_normalised(p + e), _normalised(q + e)),
    ]


def _normalised(p: Array) -> Array:
    return np.asarray(p / p.sum(-1, keepdims=True))


def _clamp_explanation(epsilon: float) -> str:
    return (
        f"an epsilon of about {epsilon:.0e} inside the logarithm. It turns an infinite divergence into one that depends on "
        f"epsilon alone: a sure outcome that Q rules out costs {-np.log(epsilon):.1f} nats instead of infinitely many."
    )


SWAPPED = Imitation(
    "the arguments are swapped: this is D(Q‖P). P comes first and does the weighing.", lambda p, q: _right(q, p)
)
BASE_TWO = Imitation(
    "the logarithm has base 2. The values are right in bits; nats are asked for.", lambda p, q: _right(p, q) / np.log(2)
)
BASE_TEN = Imitation("the logarithm has base 10; nats use the natural one.", lambda p, q: _right(p, q) / np.log(10))
MEAN = Imitation(
    "a mean over the outcomes instead of a sum. The average is already in the weights p; dividing by the number of outcomes "
    "averages twice.",
    lambda p, q: _terms(p, q).mean(-1),
)
SIGN = Imitation("the sign: the ratio inside the logarithm is upside down.", lambda p, q: -_right(p, q))
UNWEIGHTED = Imitation("the log-ratios are added without their weights p.", lambda p, q: np.log(p / q).sum(-1))
WEIGHTED_BY_Q = Imitation(
    "the log-ratio log p/q is weighted by q instead of p.", lambda p, q: np.sum(q * np.log(p / q), -1)
)
ABSOLUTE = Imitation(
    "the absolute value of each term. Single terms may be negative; only their sum cannot be.",
    lambda p, q: np.abs(_terms(p, q)).sum(-1),
)
CROSS_ENTROPY = Imitation(
    "this is the cross-entropy H(P, Q). Subtract what P costs under its own code, H(P).",
    lambda p, q: -np.where(p > 0, p * np.log(q), 0.0).sum(-1),
)
DROPS_Q_ZERO = Imitation(
    "the terms with q = 0 are left out. The mask asks where q > 0, but what decides is p: where p > 0 and q = 0 the term is "
    "infinite, and where p = 0 it is nothing.",
    lambda p, q: np.where((q > 0) & (p > 0), _terms(p, q), 0.0).sum(-1),
)
DROPS_Q_ZERO_KEEPS_P_ZERO = Imitation(
    DROPS_Q_ZERO.explanation + " Keeping p = 0 also brings in 0·log 0, which a computer calls nan.",
    lambda p, q: np.where(q > 0, p * np.log(p / q), 0.0).sum(-1),
)
NO_CONVENTION = Imitation(
    "0·log 0. A computer finds 0 · (−inf) = nan; by convention, and by its limit, the term of an outcome with p = 0 is 0.",
    lambda p, q: np.sum(p * np.log(p / q), -1),
)
NO_CONVENTION_DIFFERENCE = Imitation(NO_CONVENTION.explanation, lambda p, q: np.sum(p * (np.log(p) - np.log(q)), -1))
ALWAYS_CLIPPED_AT_ZERO = Imitation(
    "infinite values are replaced by 0. An infinite divergence is a result, and the most important one.",
    lambda p, q: np.nan_to_num(_right(p, q), posinf=0.0),
)
TOTAL = Imitation(
    "everything is summed into one number; the outcomes are on the last axis only.", lambda p, q: _terms(p, q).sum()
)
WRONG_AXIS = Imitation(
    "the sum runs over the rows (axis 0); the outcomes are on the last axis.",
    lambda p, q: _terms(p, np.broadcast_to(q, p.shape)).sum(0),
)

EPSILONS = (
    1e-3,
    1e-4,
    1e-5,
    1e-6,
    1e-7,
    1e-8,
    1e-9,
    1e-10,
    1e-12,
    1e-14,
    1e-15,
    2.220446049250313e-16,
    1e-16,
    1e-20,
    1e-30,
    1e-100,
    1e-300,
)
CLAMPS = tuple(Imitation(_clamp_explanation(e), wrong) for e in EPSILONS for wrong in _clamp_variants(e))

DIVERGENCE_IMITATIONS: tuple[Imitation, ...] = (
    NO_CONVENTION, NO_CONVENTION_DIFFERENCE, DROPS_Q_ZERO, DROPS_Q_ZERO_KEEPS_P_ZERO, SWAPPED, BASE_TWO, BASE_TEN, MEAN, SIGN,
    CROSS_ENTROPY, ABSOLUTE, WEIGHTED_BY_Q, UNWEIGHTED, ALWAYS_CLIPPED_AT_ZERO, *CLAMPS,
)  # fmt: skip
ROW_IMITATIONS: tuple[Imitation, ...] = (TOTAL, WRONG_AXIS, *DIVERGENCE_IMITATIONS)


def _is_nan(failure: Failure) -> bool:
    return failure.got.startswith("nan")


def _p_has_a_zero(failure: Failure) -> bool:
    return bool(np.any(np.asarray(failure.input.arrays()[0]) == 0))


def _lost_digits(failure: Failure) -> float:
    """The relative error, where P and Q nearly agree; 0 elsewhere."""
    p, q = failure.input.arrays()
    if failure.error or np.array_equal(p, q) or not np.allclose(p, q, rtol=0.02):
        return 0.0
    return abs(float(failure.got) / float(failure.expected.split()[0]) - 1)


NOT_SUMMED = Symptom(
    "the terms come back one by one; add them up.", lambda f: f.value is not None and np.ndim(f.value) == 1
)
DIVIDES_BY_ZERO = Symptom(
    "a division by q = 0. Decide the cases before dividing: is p = 0 as well, or not?",
    lambda f: isinstance(f.error, ZeroDivisionError),
)
LOG_OF_ZERO = Symptom(
    "math.log refuses 0. Decide the cases p = 0 and q = 0 before taking the logarithm.",
    lambda f: isinstance(f.error, ValueError) and ("math domain" in str(f.error) or "positive input" in str(f.error)),
)
LIST_ARITHMETIC = Symptom(
    "arithmetic on a plain list. np.asarray at the top of the function makes an array of whatever comes.",
    lambda f: isinstance(f.error, TypeError) and "list" in str(f.error),
)
ZERO_TIMES_LOG_ZERO = Symptom(NO_CONVENTION.explanation, lambda f: _is_nan(f) and _p_has_a_zero(f))
HIDES_INFINITY = Symptom(
    "an infinite divergence comes out finite. Something keeps the term with p > 0 and q = 0 out of the sum, or caps it.",
    lambda f: f.expected.startswith("inf") and not f.error and f.got[:1].isdigit(),
)
CANCELLATION = Symptom(
    "cancellation. Where P ≈ Q, positive and negative terms of size |p − q| cancel almost entirely; what is left is their "
    "rounding error. Look for a form whose terms are all of the size of the result.",
    lambda f: _lost_digits(f) > 1e-5,
)
SECOND_CANCELLATION = Symptom(
    "a second cancellation. The large terms no longer cancel in the sum, yet within each term two numbers that share their "
    "leading digits are still subtracted. For small t, write the difference as a series.",
    lambda f: 0 < _lost_digits(f) <= 1e-5,
)
DIVERGENCE_SYMPTOMS: tuple[Symptom, ...] = (
    NOT_SUMMED, DIVIDES_BY_ZERO, LOG_OF_ZERO, LIST_ARITHMETIC, ZERO_TIMES_LOG_ZERO, HIDES_INFINITY,
)  # fmt: skip
