"""The progress bar goes through its steps, and leaves nothing in a stored notebook."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from kltext.progress import progress

CELL = """
from kltext.progress import progress
found = [step for step in progress(range(120), "training")]
print(sum(found))
"""
STOPPED = """
for step in progress(range(120)):
    if step == 60:
        break
print(step)
"""


def test_outside_a_notebook_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(range(5), "steps")) == [0, 1, 2, 3, 4]
    assert list(progress([])) == []
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_the_bar_leaves_nothing_behind() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (CELL, STOPPED)])
    NotebookClient(notebook, kernel_name="python3", timeout=120, store_widget_state=False).execute()
    for cell, text in zip(notebook.cells, ("7140\n", "60\n"), strict=True):
        assert [output["text"] for output in cell.outputs] == [text]
