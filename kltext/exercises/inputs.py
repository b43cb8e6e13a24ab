"""The inputs a reader's function is tried on: exact fractions, from small to large.

Because the search runs from few outcomes and small denominators upwards, the first input that fails is the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations, pairwise, product
from typing import Any, cast

import numpy as np

Number = Fraction | float
Law = tuple[Number, ...]
Argument = Law | tuple[Law, ...]


@dataclass(frozen=True)
class Input:
    """The arguments of one call, kept exact so that they can be shown as fractions."""

    arguments: tuple[Argument, ...]
    names: tuple[str, ...] = ("p", "q")

    def arrays(self) -> list[np.ndarray[Any, Any]]:
        """Fresh arrays: a function may spoil the ones it is given."""
        return [array.copy() for array in self._arrays]

    @cached_property
    def _arrays(self) -> list[np.ndarray[Any, Any]]:
        return [np.array(_floats(argument)) for argument in self.arguments]

    def lists(self) -> list[Any]:
        """The same as plain lists of Python numbers."""
        return [_floats(argument) for argument in self.arguments]

    def size(self) -> tuple[float, ...]:
        """What makes one input simpler than another: fewer numbers, then smaller denominators."""
        numbers = [number for argument in self.arguments for number in _flat(argument)]
        return len(numbers), sum(x.denominator if isinstance(x, Fraction) else np.inf for x in numbers)

    def is_random(self) -> bool:
        """Whether it was drawn at random, and so is not as simple as it could be."""
        return self.size()[1] == np.inf

    def lines(self) -> list[str]:
        """One line per argument, such as ``p = [1/2, 1/2]``."""
        return [f"{name} = {_shown(argument)}" for name, argument in zip(self.names, self.arguments, strict=True)]


def pair(p: Law, q: Law) -> Input:
    """The arguments of a divergence."""
    return Input((p, q))


@cache
def laws(outcomes: int, denominator: int) -> tuple[Law, ...]:
    """Every distribution on so many outcomes whose common denominator is exactly the one given.

    >>> [[str(x) for x in law] for law in laws(2, 3)]
    [['2/3', '1/3'], ['1/3', '2/3']]
    """
    bars = combinations(range(denominator + outcomes - 1), outcomes - 1)
    found = []
    for bar in bars:
        edges = (-1, *bar, denominator + outcomes - 1)
        law = tuple(Fraction(b - a - 1, denominator) for a, b in pairwise(edges))
        if max(x.denominator for x in law) == denominator:
            found.append(law)
    return tuple(reversed(found))


@cache
def simple_pairs(outcomes: int = 3, denominator: int = 4) -> tuple[Input, ...]:
    """Every pair of laws with at most so many outcomes and no larger denominator, simplest first."""
    found = []
    for n in range(1, outcomes + 1):
        small = [law for d in range(1, denominator + 1) for law in laws(n, d)]
        found += [pair(p, q) for p, q in product(small, small)]
    return tuple(sorted(found, key=Input.size))


@cache
def random_pairs(count: int = 40, seed: int = 0) -> tuple[Input, ...]:
    """Pairs with up to fifty outcomes, some of them impossible under P; the same ones every time."""
    rng = np.random.default_rng(seed)
    found = []
    for n in rng.integers(2, 51, size=count):
        p, q = rng.dirichlet(np.ones(n), size=2)
        if rng.random() < 0.5:
            p[: n // 2] = 0
            p /= p.sum()
        found.append(pair(tuple(p.tolist()), tuple(q.tolist())))
    return tuple(sorted(found, key=Input.size))


@cache
def nearly_equal_pairs() -> tuple[tuple[int, Input], ...]:
    """Pairs (P, Q) that differ by about 2^-k of each probability, with k.

    Dyadic numbers, so that both sum to one in floating point without any rounding.
    """
    eighths = (((4, 4), (4, -4)), ((6, 2), (2, -2)), ((4, 2, 2), (4, -2, -2)), ((5, 1, 1, 1), (3, -1, -1, -1)))
    found = []
    for k in (8, 14, 20, 27, 33):
        step = Fraction(1, 2**k)
        for p, direction in eighths:
            law = tuple(Fraction(x, 8) for x in p)
            other = tuple(x + step * d / 8 for x, d in zip(law, direction, strict=True))
            found.append((k, pair(law, other)))
    return tuple(found)


def shrink(found: Input, fails: Callable[[Input], bool]) -> Input:
    """The simplest pair like the failing one that still fails: fewest outcomes first, then smallest denominators.

    Tried are all pairs of point masses and halves where they are few, and the roundings of the failing pair's first outcomes.
    """
    p, q = cast(tuple[Law, Law], found.arguments)
    for n in range(1, len(p) + 1):
        tried: list[Input] = []
        if n <= 6:
            simple = [*laws(n, 1), *laws(n, 2)]
            tried += [pair(*both) for both in product(simple, simple)]
        if any(p[:n]) and any(q[:n]):
            tried += [pair(_rounded(p[:n], d), _rounded(q[:n], d)) for d in range(1, 13)]
        for smaller in sorted(tried, key=Input.size):
            if fails(smaller):
                return smaller
    return found


def _rounded(law: Law, denominator: int) -> Law:
    """The law rescaled to one and rounded to fractions with this denominator, by largest remainder."""
    total = sum(law)
    scaled = [float(x / total) * denominator for x in law]
    counts = [int(x) for x in scaled]
    by_remainder = sorted(range(len(law)), key=lambda i: counts[i] - scaled[i])
    for i in by_remainder[: denominator - sum(counts)]:
        counts[i] += 1
    return tuple(Fraction(count, denominator) for count in counts)


def _floats(argument: Argument) -> list[Any]:
    return [_floats(x) if isinstance(x, tuple) else float(x) for x in argument]


def _flat(argument: Argument) -> Iterator[Number]:
    for x in argument:
        if isinstance(x, tuple):
            yield from x
        else:
            yield x


def _shown(argument: Argument) -> str:
    if argument and isinstance(argument[0], tuple):
        return "[" + ", ".join(_shown(row) for row in argument) + "]"
    items = [_fraction(x) for x in argument if not isinstance(x, tuple)]
    if len(items) > 6:
        items = [*items[:4], "…", items[-1]]
    return "[" + ", ".join(items) + "]"


def _fraction(x: Number) -> str:
    """``1/2``, or for a fraction close to a simple one what it is plus how much: ``1/2 + 2^-28``."""
    if not isinstance(x, Fraction) or abs(x) > 10**9 or 0 < abs(x) < Fraction(1, 10**60):
        return f"{float(x):.4g}"
    if x.denominator <= 10_000:
        return str(x)
    simple = x.limit_denominator(8)
    rest = x - simple
    sign = "+" if rest > 0 else "-"
    power = abs(rest).denominator.bit_length() - 1
    factor = f"{abs(rest).numerator}·" if abs(rest).numerator != 1 else ""
    return f"{simple} {sign} {factor}2^-{power}"
