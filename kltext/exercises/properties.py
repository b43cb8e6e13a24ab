"""Properties that a reader's divergence must have, each tried on inputs from small to large.

Every factory returns a `Property`; `divergence_properties` gathers those that hold for a divergence between two laws, so
that the registry of a later chapter states only what is special about its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from kltext.exercises.calls import Trouble, call, close, number, numbers, shown
from kltext.exercises.inputs import Input, Law, laws, nearly_equal_pairs, pair, random_pairs, shrink, simple_pairs
from kltext.exercises.report import Failure

Function = Callable[..., Any]
Mismatch = tuple[str, str] | None  # what was expected and what came, if they differ
Inputs = Callable[[], Iterable[Input]]


@dataclass(frozen=True)
class Property:
    """A statement about a function, the inputs it is tried on, and the test on one input."""

    statement: str
    inputs: Inputs
    test: Callable[[Function, Input], Mismatch]
    minor: bool = False  # reported only where nothing weightier fails

    def first_failure(self, function: Function, reference: Function) -> Failure | None:
        """The first input on which the property does not hold; the inputs come in order of size."""
        for tried in self.inputs():
            failure = self.failure(function, reference, tried)
            if failure and tried.is_random():
                smaller = shrink(tried, lambda x: self.failure(function, reference, x) is not None)
                return self.failure(function, reference, smaller)
            if failure:
                return failure
        return None

    def failure(self, function: Function, reference: Function, tried: Input) -> Failure | None:
        """What goes wrong on one input, if anything does."""
        try:
            mismatch = self.test(function, tried)
        except Trouble as trouble:
            return Failure(tried, told(reference(*tried.arrays())), trouble.got, trouble.error, trouble.value)
        return Failure(tried, *mismatch) if mismatch else None


def told(value: Any) -> str:
    """A value of the reference, for the line 'expected'."""
    if np.ndim(value):
        return "[" + ", ".join(shown(float(x)) for x in np.asarray(value)) + "]"
    return shown(float(value))


def divergence_properties(
    reference: Function,
    *,
    infinite_without_support: bool = True,
    additive: bool = True,
    symmetric: bool = False,
) -> list[Property]:
    """What a divergence D(P, Q) between two finite laws must satisfy; the defaults are those of KL."""
    properties = []
    if infinite_without_support:
        properties += [infinite_where_support_fails(), finite_where_p_vanishes()]
    properties += [returns_a_number(reference), never_negative(), zero_only_when_equal()]
    if symmetric:
        properties.append(same_both_ways())
    properties.append(unchanged_by_relabelling())
    if additive:
        properties.append(additive_over_products())
    return [*properties, agrees_with(reference), accepts_lists(), leaves_inputs_alone()]


def returns_a_number(reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return (told(reference(*tried.arrays())), "nan, which is not a number") if np.isnan(value) else None

    return Property("returns one number, never nan", simple_pairs, test)


def never_negative() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value = number(function, tried.arrays())
        return ("a value ≥ 0", shown(value)) if value < -1e-12 else None

    return Property("is never negative", lambda: simple_pairs() + random_pairs(), test)


def at_most(bound: Function, statement: str, because: str) -> Property:
    """Never above what ``bound`` returns; ``because`` follows the bound's value in the report."""

    def test(function: Function, tried: Input) -> Mismatch:
        value, most = number(function, tried.arrays()), float(bound(*tried.arrays()))
        return (f"at most {shown(most)}, {because}", shown(value)) if not value <= most + 1e-12 else None

    return Property(statement, simple_pairs, test)


def zero_only_when_equal() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arguments
        value = number(function, tried.arrays())
        if p == q:
            return None if close(value, 0) else ("0, because P = Q", shown(value))
        return ("a value > 0, because P ≠ Q", shown(value)) if close(value, 0) else None

    return Property("is zero when P = Q, and only then", simple_pairs, test)


def infinite_where_support_fails() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arguments
        if not any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):  # type: ignore[operator]
            return None
        value = number(function, tried.arrays())
        return None if value == np.inf else ("inf, because Q rules out what P allows", shown(value))

    return Property("is infinite where Q rules out an outcome that P allows", simple_pairs, test)


def finite_where_p_vanishes() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arguments
        if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)) or all(p):  # type: ignore[operator]
            return None
        value = number(function, tried.arrays())
        return None if np.isfinite(value) else ("a finite number, because 0·log 0 counts as 0", shown(value))

    return Property("stays finite where P has zeros but Q covers P", simple_pairs, test)


def same_both_ways() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        forward, backward = number(function, (p, q)), number(function, (q, p))
        return None if close(forward, backward) else (f"{shown(backward)}, as for (q, p)", shown(forward))

    return Property("is the same in both directions", simple_pairs, test)


def unchanged_by_relabelling() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        p, q = tried.arrays()
        value = number(function, tried.arrays())
        for order in permutations(range(len(p))):
            other = number(function, (p[list(order)], q[list(order)]))
            if not close(value, other):
                return f"{shown(value)} after relabelling the outcomes as well", f"{shown(other)} after relabelling"
        return None

    return Property("does not change when the outcomes are relabelled", lambda: simple_pairs(denominator=3), test)


def additive_over_products() -> Property:
    """Tried on P×P' and Q×Q', where D is the sum of the two divergences."""
    factors = [law for d in (1, 2, 3) for law in laws(2, d)]

    def inputs() -> list[Input]:
        found = [
            pair(_product(p, s), _product(q, t)) for p in factors for q in factors for s in factors for t in factors
        ]
        return sorted(found, key=Input.size)

    def test(function: Function, tried: Input) -> Mismatch:
        p, q = (x.reshape(2, 2) for x in tried.arrays())
        parts = [number(function, (p.sum(axis), q.sum(axis))) for axis in (1, 0)]
        value = number(function, tried.arrays())
        expected = sum(parts)
        return (
            None
            if close(value, expected)
            else (f"{shown(expected)}, the sum over the two independent parts", shown(value))
        )

    return Property("adds up over independent parts", inputs, test)


def agrees_with(reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        expected = float(reference(*tried.arrays()))
        value = number(function, tried.arrays())
        return None if close(value, expected) else (shown(expected), shown(value))

    return Property("agrees with kltext on simple and on random inputs", lambda: simple_pairs() + random_pairs(), test)


def exact_when_nearly_equal(reference: Function) -> Property:
    """At a relative difference of 2^-27 (7e-9) ten digits are demanded, six at the scales around it."""
    digits = {tried: 10 if k == 27 else 6 for k, tried in nearly_equal_pairs()}

    def test(function: Function, tried: Input) -> Mismatch:
        expected = float(reference(*tried.arrays()))
        value = number(function, tried.arrays())
        right = close(value, expected, relative=10.0 ** -digits[tried], absolute=0)
        return None if right else (f"{expected:.12g} to {digits[tried]} digits", f"{value:.12g}")

    return Property("keeps its digits when P and Q nearly agree", lambda: digits, test)


def accepts_lists() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        arrays, lists = number(function, tried.arrays()), number(function, tried.lists())
        return None if close(lists, arrays) else (f"{shown(arrays)}, as for arrays", f"{shown(lists)} for plain lists")

    return Property("accepts plain lists", lambda: simple_pairs()[:60], test, minor=True)


def leaves_inputs_alone() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        arrays = tried.arrays()
        call(function, arrays)
        for name, before, after in zip(tried.names, tried.arrays(), arrays, strict=True):
            if not np.array_equal(before, after):
                return f"{name} as it was", f"{name} changed to {np.array2string(after, precision=4, separator=', ')}"
        return None

    return Property("does not change its inputs", lambda: simple_pairs()[:60], test, minor=True)


def row_properties(reference: Function) -> list[Property]:
    """What a function of two matrices must satisfy that returns one divergence per row."""

    def test(function: Function, tried: Input) -> Mismatch:
        expected = np.asarray(reference(*tried.arrays()), dtype=float)
        return _rows_differ(expected, numbers(function, tried.arrays()))

    def one_row(function: Function, tried: Input) -> Mismatch:
        big_p, big_q = tried.arrays()
        expected = np.asarray(reference(big_p, big_q), dtype=float)
        return _rows_differ(expected, numbers(function, (big_p, big_q[0])))

    return [
        Property("returns one number per row", lambda: _row_inputs(same_q=False), test),
        Property("compares all rows of P with a Q that has a single row", lambda: _row_inputs(same_q=True), test),
        Property("takes that single row also as a vector", lambda: _row_inputs(same_q=True), one_row),
        leaves_rows_alone(),
    ]


def leaves_rows_alone() -> Property:
    plain = leaves_inputs_alone()
    return Property(plain.statement, lambda: _row_inputs(same_q=False), plain.test, minor=True)


def _row_inputs(same_q: bool) -> Sequence[Input]:
    found = []
    pairs = [x.arguments for x in simple_pairs(3, 3)]
    for rows in (1, 2, 3):
        for first in range(0, len(pairs), 1 if rows == 1 else 5):
            chosen = [x for x in pairs[first:] if len(x[0]) == len(pairs[first][0])][: 4 * rows : 4]
            if len(chosen) == rows:
                big_p = tuple(p for p, _ in chosen)
                big_q = (chosen[-1][1],) if same_q else tuple(q for _, q in chosen)
                found.append(Input((big_p, big_q), ("P", "Q")))  # type: ignore[arg-type]
    return sorted(found, key=Input.size)


def _rows_differ(expected: np.ndarray[Any, Any], value: np.ndarray[Any, Any]) -> Mismatch:
    if value.shape != expected.shape:
        return f"{told(expected)}, of shape {expected.shape}", f"a result of shape {value.shape}"
    same = np.isclose(value, expected, rtol=1e-9, atol=1e-12)
    return None if same.all() else (told(expected), told(value))


def _product(p: Law, q: Law) -> Law:
    return tuple(a * b for a in p for b in q)
