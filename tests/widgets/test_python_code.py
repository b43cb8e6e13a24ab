"""What "Copy Python" copies runs, and prints the numbers that the widget shows."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from kltext.widgets import GaussianPair, RatioMicroscope
from kltext.widgets._base import NUMBERS, PairWidget

WIDGETS = [
    RatioMicroscope([0.9, 0.1], [0.5, 0.5], ["heads", "tails"]),
    RatioMicroscope([0.9, 0.1], [0.5, 0.5], ["heads", "tails"], unit="bits"),
    RatioMicroscope([0.7, 0.2, 0.1], [0.8, 0.2, 0.0], ['"quoted"', "back\\slash", "naïve 雪"]),
    RatioMicroscope([0.5, 0.5], [0.5 + 1e-7, 0.5 - 1e-7]),
    RatioMicroscope([1 / 3, 1 / 3, 1 / 3], [1e-9, 0.5, 0.5 - 1e-9], unit="bits"),
    RatioMicroscope([1.0, 0.0], [1.0, 0.0]),
    GaussianPair(0, 1, 1, 2),
    GaussianPair(0, 2, 0, 0.5, unit="bits"),
    GaussianPair(-1.5, 0.1, 8, 5),
    GaussianPair(0, 1, 0.02, 1.01),
    GaussianPair(2, 0.5, 2, 0.5),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget._laws() + widget.unit)
def test_code_prints_the_numbers_shown(javascript: Callable[..., list[Any]], widget: PairWidget, prints: Callable[[str], str]) -> None:
    math_js = f"{widget._name}/math.js"
    code, measured = javascript([(math_js, "python", [widget.state()]), (math_js, "measure", [widget.state()])])
    said = prints(code)
    printed = dict(re.fullmatch(r"(.+) = (\S+?)(?: nats| bits)?", line).groups() for line in said.splitlines())  # type: ignore[union-attr]
    assert list(printed) == list(NUMBERS.values())
    for name, symbol in NUMBERS.items():
        expected, text = widget.numbers()[name], printed[symbol]
        (shown,) = javascript([("shared/format.js", "number", [_portable(measured["numbers"][name])])])
        assert _reading(shown) == float(text), symbol  # digit by digit what stands in the page
        if math.isfinite(expected):
            assert float(text) == pytest.approx(expected, abs=0.6e-4 if "e" not in text else 0.6e-2 * abs(expected)), symbol
        else:
            assert float(text) == expected
        if name != "tv":
            assert re.search(rf"^{re.escape(symbol)} = \S+ {widget.unit}$", said, re.MULTILINE)


def _portable(x: float) -> Any:
    return x if math.isfinite(x) else "Infinity"


def _reading(shown: str) -> float:
    """The number that a reader sees: 0.3681, −0.08, 2.50·10⁻⁷, ∞."""
    plain = shown.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).replace("∞", "inf").replace("·10", "e")
    return float(plain)
