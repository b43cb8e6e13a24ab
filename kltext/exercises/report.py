"""What the check of a function says to the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kltext.exercises.calls import NOTHING
from kltext.exercises.inputs import Input


@dataclass(frozen=True)
class Failure:
    """One input on which a property does not hold."""

    input: Input
    expected: str
    got: str
    error: Exception | None = None
    value: Any = None  # what was returned, where it is not one number

    def lines(self) -> list[str]:
        """The input, what was expected and what came, one line each."""
        return [*self.input.lines(), f"expected: {self.expected}", f"got:      {self.got}"]


@dataclass(frozen=True)
class Report:
    """The outcome of a check: every property with its verdict, and the smallest input that fails.

    It prints the same text for the same function, in a terminal (``repr``) and in a notebook (Markdown).
    """

    exercise: str
    verdicts: tuple[tuple[str, bool], ...]
    failure: Failure | None = None
    mistake: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return self.failure is None

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        failed = sum(not holds for _, holds in self.verdicts)
        if self.untouched:
            return f"{self.exercise}: nothing to check yet; the function returns None. This is what it will have to satisfy."
        if not failed:
            return f"{self.exercise}: solved. All {len(self.verdicts)} properties hold."
        return f"{self.exercise}: not yet. {failed} of {len(self.verdicts)} properties {'fails' if failed == 1 else 'fail'}."

    @property
    def untouched(self) -> bool:
        """Whether the function does not return anything so far."""
        return self.failure is not None and self.failure.got == NOTHING

    def _statements(self, verdict: bool) -> list[str]:
        return [statement for statement, holds in self.verdicts if holds == verdict]

    def __repr__(self) -> str:
        parts = [self.summary]
        if self.failure and not self.untouched:
            parts.append("The smallest input that fails:\n" + "\n".join(f"    {line}" for line in self.failure.lines()))
        if self.mistake:
            parts.append(f"This looks like: {self.mistake}")
        marks = ["○" if self.untouched else "✓" if holds else "✗" for _, holds in self.verdicts]
        parts.append("\n".join(f"  {mark} {text}" for mark, (text, _) in zip(marks, self.verdicts, strict=True)))
        return "\n\n".join(parts)

    def _repr_markdown_(self) -> str:
        parts = [f"**{'✓' if self.passed else '○' if self.untouched else '✗'} {self.summary}**"]
        if self.untouched:
            return "\n\n".join([*parts, "\n".join(f"- {statement}" for statement, _ in self.verdicts)])
        if self.failure:
            parts.append("The smallest input that fails:\n\n```text\n" + "\n".join(self.failure.lines()) + "\n```")
        if self.mistake:
            parts.append(f"This looks like: {self.mistake}")
        if failing := self._statements(False):
            parts.append("✗ Fails:\n\n" + "\n".join(f"- {statement}" for statement in failing))
        if holding := self._statements(True):
            parts.append(f"✓ Holds: {'; '.join(holding)}.")
        return "\n\n".join(parts)
