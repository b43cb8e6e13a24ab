"""Listings for libraries that the book does not require: extracted from the chapters, run, compared with their comments.

A listing is a `code-block` whose name is `listing-<library>-…`. The last line of every `print(…)` in it ends with the
result as a comment. Listings run where their library is installed; with KLTEXT_OPTIONAL set, all of them must.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import os
import re
import warnings
from dataclasses import dataclass

import pytest

from .chapters import NOTEBOOKS, prose

BLOCK = re.compile(r"^```\{code-block\} python\n:name: (listing-(\w+)-[\w-]+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Listing:
    name: str
    library: str
    code: str

    def prints(self) -> list[ast.stmt]:
        return [node for node in ast.parse(self.code).body if ast.unparse(node).startswith("print(")]

    def promised(self) -> list[str]:
        """What the comments behind the prints say."""
        lines = self.code.splitlines()
        return [lines[node.end_lineno - 1].encode()[node.end_col_offset:].decode().strip().removeprefix("# ") for node in self.prints()]

    def printed(self) -> list[str]:
        """What the listing prints when it runs."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some of the traps shown come with a warning
            exec(compile(self.code, self.name, "exec"), {"__name__": self.name})  # noqa: S102 - the point of the test
        return out.getvalue().splitlines()


LISTINGS = [Listing(*found) for path in NOTEBOOKS for found in BLOCK.findall(prose(path))]
DEMANDED = bool(os.environ.get("KLTEXT_OPTIONAL"))
RUNNABLE = [listing for listing in LISTINGS if DEMANDED or importlib.util.find_spec(listing.library)]


def test_every_listing_is_found():
    blocks = sum(prose(path).count("{code-block}") for path in NOTEBOOKS)
    assert len(LISTINGS) == blocks > 0, "a code-block needs a name like listing-torch-kl-div to be tested"


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_every_print_says_its_result(listing):
    assert listing.promised() and all(listing.promised())


if RUNNABLE:

    @pytest.mark.parametrize("listing", RUNNABLE, ids=lambda listing: listing.name)
    def test_listing_prints_what_it_says(listing):
        assert listing.printed() == listing.promised()
