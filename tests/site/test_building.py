"""Building: what is executed when, and what stops a build. A book of two small notebooks stands in for ours."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import build

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f0300050001ffa5f6"
    "45400000000049454e44ae426082"
)
TOC = "format: jb-book\nroot: intro\nchapters:\n  - file: chapters/one\n  - file: chapters/two\n"
INTRO = '---\ndescription: "A small book for testing how books are built, and nothing else."\n---\n# Small book\n\nText.\n'


def notebook(path: Path, code: str, text: str = "Text.", description: str = "A small chapter.") -> None:
    cells = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": f"# {path.stem}\n\n{text}"},
        {"cell_type": "code", "id": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None},
    ]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        **({"description": description} if description else {}),
    }
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture(scope="module")
def small(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book with the real site's parts, and a library of its own to change."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "chapters").mkdir()
    for name in ("site", "node_modules"):
        (folder / name).symlink_to(root / name)
    shutil.copy(root / "_config.yml", folder)
    shutil.copytree(root / "kltext" / "widgets" / "shared", folder / "kltext" / "widgets" / "shared")
    shutil.copytree(root / "kltext" / "widgets" / "static", folder / "kltext" / "widgets" / "static")
    (folder / "kltext" / "__init__.py").write_text("")
    (folder / "requirements.txt").write_text("numpy\n")
    (folder / "references.bib").write_text("")
    (folder / "_toc.yml").write_text(TOC)
    (folder / "intro.md").write_text(INTRO)
    return folder


@pytest.fixture
def whole(small: Path) -> Path:
    """The small book, with both chapters as they should be."""
    notebook(small / "chapters" / "one.ipynb", "print(1)")
    notebook(small / "chapters" / "two.ipynb", "print(2)")
    return small


def run(folder: Path, **outputs: str) -> subprocess.CompletedProcess[str]:
    return build(folder, folder, **outputs)


def executed(done: subprocess.CompletedProcess[str]) -> list[str]:
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return sorted(name for name in ("one", "two") if f"{name}.ipynb: Executing" in said)


def failure(folder: Path) -> str:
    done = run(folder)
    assert done.returncode != 0, "the build should have stopped"
    return done.stdout + done.stderr


def test_only_what_has_changed_is_executed(whole: Path) -> None:
    assert executed(run(whole)) == ["one", "two"]
    assert executed(run(whole)) == []
    notebook(whole / "chapters" / "two.ipynb", "print(2 + 2)")
    assert executed(run(whole)) == ["two"]
    notebook(whole / "chapters" / "two.ipynb", "print(2 + 2)", text="Other words, the same code.")
    assert executed(run(whole)) == []
    (whole / "kltext" / "__init__.py").write_text("changed = True\n")
    assert executed(run(whole)) == ["one", "two"]
    (whole / "requirements.txt").write_text("numpy\nscipy\n")
    assert executed(run(whole)) == ["one", "two"]


def test_stored_outputs_are_taken_where_they_are_asked_for(whole: Path) -> None:
    path = whole / "chapters" / "one.ipynb"
    for name in ("one", "two"):
        book = json.loads((whole / "chapters" / f"{name}.ipynb").read_text())
        said = {"output_type": "stream", "name": "stdout", "text": f"stored with {name}"}
        book["cells"][1] |= {"source": f"print({name!r})", "outputs": [said], "execution_count": 1}
        (whole / "chapters" / f"{name}.ipynb").write_text(json.dumps(book))
    assert executed(run(whole, BOOK_OUTPUTS="stored")) == []
    page = whole / "_build" / "html" / "chapters" / "one.html"
    assert "stored with one" in page.read_text()
    path.write_text(path.read_text().replace("print('one')", "print('changed')"))
    assert executed(run(whole)) == ["one"]
    assert "stored with one" not in page.read_text() and "changed" in page.read_text()


def test_a_failing_cell_stops_the_build_and_is_shown(whole: Path) -> None:
    notebook(whole / "chapters" / "one.ipynb", "total = 1\ntotal / (total - total)")
    said = failure(whole)
    assert "one.ipynb" in said
    assert "total / (total - total)" in said, "the cell is not shown"
    assert "ZeroDivisionError" in said and "Traceback" in said


def test_faults_stop_the_build_and_are_placed(whole: Path) -> None:
    """A formula that cannot be read, a picture without alt text, a dead link, a warning in an output, no description."""
    (whole / "chapters" / "dot.png").write_bytes(DOT)
    text = r"Inline $\fra{1}{2}$ breaks." + "\n\n![](dot.png)\n\nA [link](#nowhere)."
    notebook(whole / "chapters" / "one.ipynb", "import sys; print('careful', file=sys.stderr)", text=text, description="")
    said = failure(whole)
    for fault in (
        r"cell 1, line 3: in the formula '\\fra{1}{2}'",
        "cell 1, line 5: image chapters/dot.png has no alt text",
        "'nowhere'",
        "stderr was found in the cell outputs",
        "page has no description",
    ):
        assert any(fault in line and "one.ipynb" in line or fault in line and "chapters/one" in line for line in said.splitlines()), fault + said


def test_missing_bundles_are_told_with_their_remedy(whole: Path) -> None:
    bundle = whole / "kltext" / "widgets" / "static" / "site" / "ratio_microscope.js"
    kept = bundle.read_bytes()
    bundle.unlink()
    shown = """from IPython.display import HTML
HTML('<div class="kl-widget" data-kl-widget="ratio_microscope" data-kl-key="m" data-kl-state="{}"></div>')"""
    notebook(whole / "chapters" / "one.ipynb", shown)
    try:
        said = failure(whole)
    finally:
        bundle.write_bytes(kept)
    assert "ratio_microscope" in said and "make book" in said


def test_cells_fold_as_their_tags_say(whole: Path) -> None:
    from bs4 import BeautifulSoup

    summaries = {"solution": "Solution, as code", "hide-input": "Show the code", "hide-output": "Show the output"}
    path = whole / "chapters" / "one.ipynb"
    book = json.loads(path.read_text())
    cell = book["cells"].pop()
    book["cells"] += [{**cell, "id": tag, "metadata": {"tags": [tag]}} for tag in summaries]
    path.write_text(json.dumps(book))
    assert run(whole).returncode == 0
    page = BeautifulSoup((whole / "_build" / "html" / "chapters" / "one.html").read_bytes(), "html.parser")
    assert [fold.summary.get_text() for fold in page.select("main details.fold")] == list(summaries.values())


def test_a_changed_bundle_reaches_the_site_and_executes_nothing(whole: Path) -> None:
    assert run(whole).returncode == 0
    (whole / "kltext" / "widgets" / "static" / "widgets.css").write_text(".changed { color: red }")
    assert executed(run(whole)) == []
    assert "changed" in (whole / "_build" / "html" / "_static" / "widgets" / "widgets.css").read_text()
