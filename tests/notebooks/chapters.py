"""What the tests of the chapters share: the notebooks, their labels, their bibliography."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))

LABELS = [
    re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE),                # (label)= before a heading
    re.compile(r"^:label: ([\w-]+)$", re.MULTILINE),             # definitions, theorems, exercises
    re.compile(r"^\$\$ \(([\w-]+)\)$", re.MULTILINE),            # equations
    re.compile(r"^:name: ([\w-]+)$", re.MULTILINE),              # listings
]


@cache
def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == kind]


def prose(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def figures(path: Path) -> list[str]:
    """The names of the figures: cells whose picture has a caption."""
    found = (cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in cells(path, "code"))
    return [name for name in found if name]


def labels(path: Path) -> list[str]:
    """Everything in a chapter that can be referred to, in order; one that is set twice is listed twice."""
    text = prose(path)
    return [label for pattern in LABELS for label in pattern.findall(text)] + figures(path)


def bibliography() -> set[str]:
    return set(re.findall(r"^@\w+\{([\w-]+),$", (ROOT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))
