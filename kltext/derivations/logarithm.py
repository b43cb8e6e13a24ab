"""What adds up over independent events and never falls with rarity is squeezed onto a logarithm.

Explained in: chapters/surprise
"""

from __future__ import annotations

import math
from collections.abc import Callable

from kltext.derivation import Derivation, Line

__all__ = ["only_logarithm"]

Surprise = Callable[[float], float]


def _in_nats(p: float) -> float:
    return -math.log(p)


def only_logarithm(p: float, m: int, surprise: Surprise = _in_nats) -> Derivation:
    """s(p) lies within a/m of a·log₂ 1/p, with a = s(½), if s has the two properties; for m = 1, 2, 3, … nothing is left.

    ``surprise`` is the measure s that is tried. One without the two properties fails at the line that uses what it lacks.
    """
    if not 0 < p <= 1:
        raise ValueError(f"p must lie in (0, 1], got {p!r}")
    if not (isinstance(m, int) and m >= 1 and m * -math.log2(p) <= 1000):
        raise ValueError(f"m must be a whole number of at least 1 that leaves p to the m representable, got {m!r}")

    def halvings(p: float, m: int) -> int:
        """The k with 2^−(k+1) < p^m ≤ 2^−k, from the binary form f·2^e of p^m, ½ ≤ f < 1."""
        fraction, exponent = math.frexp(p**m)
        return 1 - exponent if fraction == 0.5 else -exponent

    lines = [
        Line(
            r"a\log_2\frac1p - \frac am,\quad a=s(\tfrac12)",
            lambda p, m, surprise: surprise(0.5) * (-math.log2(p) - 1 / m),
        ),
        Line(
            r"\frac{k}{m}\,a",
            lambda p, m, surprise: halvings(p, m) / m * surprise(0.5),
            "<=",
            r"$k$ is the whole number with $2^{-(k+1)} < p^m \le 2^{-k}$, so $m\log_2\frac1p < k+1$; and $a\ge0$",
        ),
        Line(
            r"\frac1m\,s(2^{-k})",
            lambda p, m, surprise: surprise(2.0 ** -halvings(p, m)) / m,
            "=",
            "independent events add up: $k$ tosses of a fair coin",
        ),
        Line(
            r"\frac1m\,s(p^m)",
            lambda p, m, surprise: surprise(p**m) / m,
            "<=",
            r"rarer is no less surprising, and $p^m\le2^{-k}$",
        ),
        Line(r"s(p)", lambda p, m, surprise: surprise(p), "=", "independent events add up: $m$ of probability $p$"),
        Line(
            r"\frac1m\,s(2^{-(k+1)})",
            lambda p, m, surprise: surprise(2.0 ** -(halvings(p, m) + 1)) / m,
            "<=",
            "the last two steps once more, with $2^{-(k+1)}<p^m$",
        ),
        Line(
            r"\frac{k+1}{m}\,a",
            lambda p, m, surprise: (halvings(p, m) + 1) / m * surprise(0.5),
            "=",
            "independent events add up",
        ),
        Line(
            r"a\log_2\frac1p + \frac am",
            lambda p, m, surprise: surprise(0.5) * (-math.log2(p) + 1 / m),
            "<=",
            r"$k\le m\log_2\frac1p$",
        ),
    ]
    return Derivation("Squeezed onto the logarithm", lines, {"p": p, "m": m, "surprise": surprise})
