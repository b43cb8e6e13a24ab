"""A derivation whose every line is computed.

A `Derivation` is a chain of displayed lines.  Each line carries its formula, its relation to the line
before, the reason for the step, and a function that computes the line's value from the line's own
expression.  All relations are checked numerically on an example: a step that fails there cannot be displayed.

Explained in: chapters/kl-divergence
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Derivation", "DerivationError", "Line"]

_RELATIONS = {"=": "=", "<=": "≤", ">=": "≥"}


class DerivationError(ValueError):
    """A line of a derivation does not stand in its stated relation to the line before."""


@dataclass(frozen=True)
class Line:
    r"""One displayed line: a formula, how to compute it, and why it follows.

    ``latex`` is the formula without dollar signs, ``value`` computes it from the example (given as
    keyword arguments), ``relation`` is ``"="``, ``"<="`` or ``">="``, read from the line before to
    this one (``None`` on the first line), and ``reason`` says in words why it holds.

    A vertical bar would end a table cell; formulas use ``\Vert``, ``\mid`` or ``\lvert … \rvert``.
    """

    latex: str
    value: Callable[..., Any]
    relation: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.relation is not None and self.relation not in _RELATIONS:
            raise ValueError(f'relation must be "=", "<=" or ">=", got {self.relation!r}')
        for name, text in (("latex", self.latex), ("reason", self.reason)):
            if "|" in text or "\n" in text:
                raise ValueError(f"{name} must hold no '|' and no line break, got {text!r}")
        if "$" in self.latex:
            raise ValueError(f"latex must be given without dollar signs, got {self.latex!r}")


class Derivation:
    r"""A chain of lines, checked on an example as soon as it is made.

    Equalities must hold to a relative 1e-9 (or ``absolute``, 1e-12, for values that cancel to zero);
    ∞ equals ∞; a line whose value is not a number never passes.

    >>> Derivation(
    ...     "A square is never negative",
    ...     [
    ...         Line(r"(a - b)^2", lambda a, b: (a - b) ** 2),
    ...         Line(r"a^2 - 2ab + b^2", lambda a, b: a * a - 2 * a * b + b * b, "=", "multiply out"),
    ...         Line(r"0", lambda a, b: 0, ">=", "it is a square"),
    ...     ],
    ...     {"a": 3.0, "b": 1.0},
    ... )
    A square is never negative
       (a - b)^2          4
    =  a^2 - 2ab + b^2    4    multiply out
    ≥  0                  0    it is a square
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[Line],
        example: Mapping[str, object],
        *,
        relative: float = 1e-9,
        absolute: float = 1e-12,
    ) -> None:
        self.title = title
        self.lines = tuple(lines)
        self.example = dict(example)
        self.relative = relative
        self.absolute = absolute
        if not self.lines:
            raise ValueError(f"lines must not be empty (derivation {title!r})")
        for number, line in enumerate(self.lines, start=1):
            if (line.relation is None) != (number == 1):
                raise ValueError(
                    f"every line but the first states its relation to the line before;"
                    f" line {number} of {title!r} has relation {line.relation!r}"
                )
        self._values = self._evaluate(self.example)

    def values(self) -> list[float]:
        """The value of each line on the example."""
        return list(self._values)

    def check(self, **other_example: object) -> None:
        """Check the derivation again, with these values in place of the example's.

        Raises `DerivationError`, naming the line, if a relation fails.
        """
        self._evaluate(self._merged(other_example))

    def at(self, **other_example: object) -> Derivation:
        """The same derivation on another example."""
        return Derivation(
            self.title,
            self.lines,
            self._merged(other_example),
            relative=self.relative,
            absolute=self.absolute,
        )

    def _merged(self, other: Mapping[str, object]) -> dict[str, object]:
        for name in other:
            if name not in self.example:
                raise ValueError(f"{self.title!r} has no example argument {name!r}; it has {list(self.example)}")
        return {**self.example, **other}

    def _evaluate(self, example: Mapping[str, object]) -> list[float]:
        values: list[float] = []
        for number, line in enumerate(self.lines, start=1):
            value = float(line.value(**example))
            if math.isnan(value):
                raise DerivationError(f"{self.title}: line {number} ({line.latex}) is not a number")
            if values and not self._holds(values[-1], line.relation, value):
                raise DerivationError(
                    f"{self.title}: line {number} claims {values[-1]!r} {line.relation} {value!r}"
                    f" ({self.lines[number - 2].latex} {line.relation} {line.latex})"
                )
            values.append(value)
        return values

    def _holds(self, before: float, relation: str | None, after: float) -> bool:
        if math.isclose(before, after, rel_tol=self.relative, abs_tol=self.absolute):
            return True
        return (relation == "<=" and before < after) or (relation == ">=" and before > after)

    def _shown(self, value: float) -> str:
        """Ten significant digits; what the tolerance cannot tell from zero is shown as zero."""
        return "0" if abs(value) < self.absolute else f"{value:.10g}"

    def __repr__(self) -> str:
        formulas = [line.latex for line in self.lines]
        numbers = [self._shown(value) for value in self._values]
        wide, broad = max(map(len, formulas)), max(map(len, numbers))
        rows = [self.title]
        for line, formula, number in zip(self.lines, formulas, numbers, strict=True):
            sign = _RELATIONS.get(line.relation or "", " ")
            rows.append(f"{sign}  {formula:<{wide}}    {number:<{broad}}    {line.reason}".rstrip())
        return "\n".join(rows)

    def _repr_markdown_(self) -> str:
        rows = [f"**{self.title}**", "", "| | | value | because |", "|:-:|:--|:--|:--|"]
        signs = {"=": "$=$", "<=": r"$\le$", ">=": r"$\ge$", None: ""}
        for line, value in zip(self.lines, self._values, strict=True):
            number = self._shown(value).replace("inf", "∞")
            if number.startswith("-"):
                number = f"−{number[1:]}"
            rows.append(f"| {signs[line.relation]} | $\\displaystyle {line.latex}$ | {number} | {line.reason} |")
        return "\n".join(rows)
