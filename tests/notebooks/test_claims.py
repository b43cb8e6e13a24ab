"""The index of claims: every statement has a verdict, a place in a chapter, and something that backs it."""

from __future__ import annotations

import re

import pytest
import yaml

from .chapters import NOTEBOOKS, ROOT, bibliography, labels, read

CLAIMS = yaml.load((ROOT / "chapters" / "claims.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
FIELDS = {"key", "claim", "verdict", "condition", "instead", "label", "checked_by", "proved_in", "cited"}
LABELS = {label for path in NOTEBOOKS for label in labels(path)}
CODE_CELLS = {cell.id: cell for path in NOTEBOOKS for cell in read(path).cells if cell.cell_type == "code"}
PROOFS = {
    label
    for path in NOTEBOOKS
    for cell in read(path).cells
    for label in re.findall(r"\{prf:(?:theorem|lemma|proposition|definition)\}[^\n]*\n:label: ([\w-]+)", cell.source)
}

each = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["key"])


def names(claim, field):
    return [name.strip() for name in claim[field].split(",")] if field in claim else []


def test_keys_are_unique():
    keys = [claim["key"] for claim in CLAIMS]
    assert len(keys) == len(set(keys)) > 0


@each
def test_form(claim):
    assert set(claim) <= FIELDS, set(claim) - FIELDS
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", claim["key"])
    assert 15 <= len(claim["claim"]) <= 200 and claim["claim"].endswith(".")
    assert claim["verdict"] in {"true", "true-if", "loose", "false"}


@each
def test_what_is_not_true_is_put_right(claim):
    assert ("condition" in claim) == (claim["verdict"] == "true-if")
    assert ("instead" in claim) == (claim["verdict"] in {"false", "loose"})
    assert claim.get("condition", claim.get("instead", "…")).endswith((".", "…"))


@each
def test_label_exists(claim):
    assert claim["label"] in LABELS


@each
def test_backing_exists(claim):
    checked, proved, cited = (set(names(claim, kind)) for kind in ("checked_by", "proved_in", "cited"))
    assert checked | proved | cited, "a claim is checked, proved or cited"
    assert checked <= set(CODE_CELLS), checked - set(CODE_CELLS)
    assert proved <= PROOFS, proved - PROOFS
    assert cited <= bibliography(), cited - bibliography()


@each
def test_checks_check(claim):
    """A cell that is named as a check asserts, evaluates a derivation, or prints its numbers for nbval to compare."""
    for id in names(claim, "checked_by"):
        cell = CODE_CELLS[id]
        assert "assert " in cell.source or cell.outputs, f"{id} neither asserts nor shows anything"
