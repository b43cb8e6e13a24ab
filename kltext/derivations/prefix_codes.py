"""Prefix codes: what their words use up, how words are found, and why the two rarest outcomes may be joined.

Explained in: chapters/surprise
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from kltext._arrays import ArrayLike
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import single_laws

__all__ = ["exchange", "huffman_step", "kraft", "kraft_word"]

LONGEST = 16


def kraft(words: Sequence[str]) -> Derivation:
    """Σ 2^−ℓ(x) ≤ 1 for the words of a prefix code, by counting the sequences of tosses that begin with a word."""
    given = tuple(words)
    if not given or any(set(word) - {"0", "1"} or len(word) > LONGEST for word in given):
        raise ValueError(f"words must be words of at most {LONGEST} letters 0 and 1, got {words!r}")

    def tosses(words: tuple[str, ...]) -> Iterator[str]:
        return map("".join, product("01", repeat=max(map(len, words))))

    def all_of_them(words: tuple[str, ...]) -> int:
        return int(2 ** max(map(len, words)))

    lines = [
        Line(r"K = \sum_x 2^{-\ell(x)}", lambda words: math.fsum(2.0 ** -len(word) for word in words)),
        Line(
            r"\sum_x \frac{N(x)}{2^n}",
            lambda words: sum(s.startswith(word) for s in tosses(words) for word in words) / all_of_them(words),
            "=",
            r"$N(x)$ of the $2^n$ sequences of $n$ tosses, $n$ the longest length, begin with the word of $x$: a share of $2^{-\ell(x)}$",
        ),
        Line(
            r"\frac{N}{2^n}",
            lambda words: sum(any(s.startswith(word) for word in words) for s in tosses(words)) / all_of_them(words),
            "=",
            "$N$ of them begin with some word; none was counted twice: of two words that begin one sequence, the shorter would begin the longer",
        ),
        Line("1", lambda words: 1.0, "<=", "there are no more than $2^n$"),
    ]
    return Derivation("What the words of a prefix code use up", lines, {"words": given})


def kraft_word(lengths: Sequence[int], x: int) -> Derivation:
    """Where the stretch of outcome x starts, and that its word is that number's first binary digits."""
    given = tuple(int(n) for n in lengths)
    if not given or any(n != m or not 0 <= n <= LONGEST for n, m in zip(given, lengths, strict=True)):
        raise ValueError(f"lengths must be whole numbers from 0 to {LONGEST}, got {lengths!r}")
    if not 0 <= x < len(given):
        raise ValueError(f"x must be a position in lengths, got {x!r}")

    def before(lengths: tuple[int, ...], x: int) -> list[int]:
        """The lengths that come earlier: the shorter ones, and of equal ones those that stand first."""
        return [n for i, n in enumerate(lengths) if (n, i) < (lengths[x], x)]

    def word(lengths: tuple[int, ...], x: int) -> str:
        """Count upwards, and put a 0 at the end for each length passed."""
        number, last = 0, 0
        for n in [*sorted(before(lengths, x)), lengths[x]]:
            number, last = number << (n - last), n
            number += 1
        return f"{number - 1:0{lengths[x]}b}" if lengths[x] else ""

    lines = [
        Line(
            r"c(x) = \sum_{x'\text{ before }x}2^{-\ell(x')}",
            lambda lengths, x: math.fsum(2.0**-n for n in before(lengths, x)),
        ),
        Line(
            r"2^{-\ell(x)}\sum_{x'\text{ before }x}2^{\,\ell(x)-\ell(x')}",
            lambda lengths, x: 2.0 ** -lengths[x] * sum(2 ** (lengths[x] - n) for n in before(lengths, x)),
            "=",
            r"a whole number of steps of $2^{-\ell(x)}$, since shorter lengths come first",
        ),
        Line(
            r"\sum_{i=1}^{\ell(x)}w_i(x)\,2^{-i}",
            lambda lengths, x: math.fsum(int(digit) * 2.0**-i for i, digit in enumerate(word(lengths, x), start=1)),
            "=",
            r"that whole number, less than $2^{\ell(x)}$, written with $\ell(x)$ binary digits, is the word $w(x)$",
        ),
        Line(
            r"1 - 2^{-\ell(x)}",
            lambda lengths, x: 1 - 2.0 ** -lengths[x],
            "<=",
            r"there is room for its own stretch, $[c(x),\,c(x)+2^{-\ell(x)})$, since $K\le1$",
        ),
    ]
    return Derivation("Where a word starts", lines, {"lengths": given, "x": x})


def _code(p: ArrayLike, lengths: Sequence[int]) -> dict[str, Any]:
    example = single_laws(p=p)
    given = tuple(int(n) for n in lengths)
    if len(given) != len(example["p"]) or any(n != m or n < 0 for n, m in zip(given, lengths, strict=True)):
        raise ValueError(f"lengths must be whole numbers, one for each outcome, got {lengths!r}")
    return {"p": tuple(example["p"].tolist()), "lengths": given}


def _average(p: Sequence[float], lengths: Sequence[float]) -> float:
    return math.fsum(a * n for a, n in zip(p, lengths, strict=True))


def _swapped(lengths: Sequence[int], x: int, y: int) -> tuple[int, ...]:
    return tuple(lengths[y] if i == x else lengths[x] if i == y else n for i, n in enumerate(lengths))


def exchange(p: ArrayLike, lengths: Sequence[int], x: int, y: int) -> Derivation:
    """What is saved when the rarer outcome x changes places with y, which stands deeper: never less than nothing."""
    example = _code(p, lengths)
    for name, i in (("x", x), ("y", y)):
        if not 0 <= i < len(example["p"]):
            raise ValueError(f"{name} must be an outcome's position, got {i!r}")
    lines = [
        Line(
            r"L - L'",
            lambda p, lengths, x, y: _average(p, lengths) - _average(p, _swapped(lengths, x, y)),
        ),
        Line(
            r"p(x)\ell(x) + p(y)\ell(y) - p(x)\ell(y) - p(y)\ell(x)",
            lambda p, lengths, x, y: math.fsum(
                (p[x] * lengths[x], p[y] * lengths[y], -p[x] * lengths[y], -p[y] * lengths[x])
            ),
            "=",
            "$x$ and $y$ have changed places; the other outcomes cost what they cost before",
        ),
        Line(
            r"\bigl(p(y)-p(x)\bigr)\bigl(\ell(y)-\ell(x)\bigr)",
            lambda p, lengths, x, y: (p[y] - p[x]) * (lengths[y] - lengths[x]),
            "=",
            "multiply out",
        ),
        Line("0", lambda p, lengths, x, y: 0.0, ">=", "$x$ is no likelier than $y$, and $y$ stood no higher than $x$"),
    ]
    return Derivation("Two outcomes change places", lines, {**example, "x": x, "y": y})


def _depths(leaves: int) -> set[tuple[int, ...]]:
    """The depths, in order, of every tree of questions with so many leaves."""
    found: set[tuple[int, ...]] = {(0,)}
    for _ in range(leaves - 1):
        found = {tuple(sorted((*t[:i], *t[i + 1 :], t[i] + 1, t[i] + 1))) for t in found for i in range(len(t))}
    return found


def huffman_step(p: ArrayLike, lengths: Sequence[int]) -> Derivation:
    """No tree asks fewer questions than Huffman's: one step of the induction, from any complete tree on 2 to 8 outcomes."""
    example = _code(p, lengths)
    if not 2 <= len(example["p"]) <= 8 or math.fsum(2.0**-n for n in example["lengths"]) != 1:
        raise ValueError(f"lengths must be those of a complete tree with 2 to 8 outcomes (Kraft's sum 1), got {lengths!r}")

    def rarest(p: tuple[float, ...]) -> list[int]:
        return sorted(range(len(p)), key=lambda i: p[i])[:2]

    def lowered(p: tuple[float, ...], lengths: tuple[int, ...]) -> tuple[int, ...]:
        """The two rarest, brought down to the deepest level; a complete tree has two places there."""
        pair = rarest(p)
        for x in pair:
            y = next(i for i, n in enumerate(lengths) if n == max(lengths) and (i == x or i not in pair))
            lengths = _swapped(lengths, x, y) if lengths[x] < lengths[y] else lengths
        return lengths

    def joined(p: tuple[float, ...]) -> tuple[float, list[float]]:
        """The weight of the two rarest, and the law in which they are one outcome."""
        a, b = rarest(p)
        return p[a] + p[b], [*(q for i, q in enumerate(p) if i not in (a, b)), p[a] + p[b]]

    def split_off(p: tuple[float, ...], lengths: tuple[int, ...]) -> float:
        low, weight = lowered(p, lengths), joined(p)[0]
        others = math.fsum(p[i] * low[i] for i in range(len(p)) if i not in rarest(p))
        return others + weight * (max(low) - 1) + weight

    def best_of_joined(p: tuple[float, ...], lengths: tuple[int, ...]) -> float:
        weight, law = joined(p)
        return weight + min(_average(sorted(law, reverse=True), depths) for depths in _depths(len(law)))

    def huffman(p: tuple[float, ...], lengths: tuple[int, ...]) -> float:
        """The sum of all joined weights: each outcome is counted once for every question above it."""
        heap, total = list(p), 0.0
        heapq.heapify(heap)
        while len(heap) > 1:
            weight = heapq.heappop(heap) + heapq.heappop(heap)
            total += weight
            heapq.heappush(heap, weight)
        return total

    lines = [
        Line(r"L = \sum_x p(x)\,\ell(x)", _average),
        Line(
            r"\sum_x p(x)\,\ell'(x)",
            lambda p, lengths: _average(p, lowered(p, lengths)),
            ">=",
            "the two rarest, $a$ and $b$, change places with two of the deepest outcomes, at depth $m$; as computed above, $L$ does not grow",
        ),
        Line(
            r"\sum_{x\ne a,b}p(x)\,\ell'(x) + \bigl(p(a)+p(b)\bigr){(m-1)} + p(a)+p(b)",
            split_off,
            "=",
            "both now stand at depth $m$",
        ),
        Line(
            r"L^*(P_{ab}) + p(a) + p(b)",
            best_of_joined,
            ">=",
            "with $a$ and $b$ joined, at depth $m-1$, this is a tree for one outcome fewer; $L^*$ is the least of all (here by trying all)",
        ),
        Line(
            r"L(\text{Huffman})",
            huffman,
            "=",
            "Huffman joins $a$ and $b$, and then does what is best for $P_{ab}$: that is the induction",
        ),
    ]
    return Derivation("No tree asks fewer questions than Huffman's", lines, example)
