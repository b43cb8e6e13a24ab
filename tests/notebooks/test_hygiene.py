"""A stored notebook is clean: executed from top to bottom, without errors, state, paths or pictures that lack words."""

from __future__ import annotations

import ast
import builtins
import re
import sys

import nbformat
import pytest

from kltext.exercises import REGISTRY

from .chapters import NOTEBOOKS, bibliography, cells, figures, labels, prose, read

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

NOTEBOOK_METADATA = {"kernelspec", "language_info", "description"}
CELL_METADATA = {"tags", "mystnb", "jupyter"}
IMPORTS = {"kltext", "numpy", "scipy", "matplotlib", "autograd", "sklearn", "gymnasium"} | set(sys.stdlib_module_names)
IDS = {exercise.id for exercise in [*REGISTRY.numbers(), *REGISTRY.functions()]}
PICTURES = {"image/svg+xml", "image/png", "image/jpeg"}


def test_there_are_chapters():
    assert NOTEBOOKS


@every_notebook
def test_format(path):
    notebook = read(path)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", id) for id in ids), "name the cells: an id says what a cell is for"


@every_notebook
def test_metadata(path):
    notebook = read(path)
    assert set(notebook.metadata) == NOTEBOOK_METADATA, "no widget state, nothing of the machine it ran on"
    assert notebook.metadata.kernelspec.name == "python3"
    assert 80 <= len(notebook.metadata.description) <= 200
    for cell in notebook.cells:
        assert set(cell.metadata) <= CELL_METADATA, f"{cell.id}: {dict(cell.metadata)}"


@every_notebook
def test_executed_in_order_without_complaint(path):
    code = cells(path, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error", f"{cell.id}: {output.get('ename')}"
            assert output.get("name") != "stderr", f"{cell.id}: {output.get('text')}"
            assert "Warning" not in str(output.get("text", "")), cell.id
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {}), cell.id
            assert not re.match(r"\(?None\b", output.get("data", {}).get("text/plain", "")), f"{cell.id} shows what was not meant"


@every_notebook
def test_no_machine_paths(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|tmp|work|Users|usr)/|[A-Z]:\\\\", text)


@every_notebook
def test_every_picture_has_a_name_a_caption_and_a_text(path):
    for cell in cells(path, "code"):
        if not any(PICTURES & set(output.get("data", {})) for output in cell.outputs):
            continue
        figure, image = cell.metadata.get("mystnb", {}).get("figure", {}), cell.metadata.get("mystnb", {}).get("image", {})
        assert re.fullmatch(r"fig-[\w-]+", figure.get("name", "")), cell.id
        assert len(figure.get("caption", "")) > 60, f"{cell.id}: the caption says what to see"
        assert len(image.get("alt", "")) > 60, f"{cell.id}: the alt text says what is shown"
    assert len(figures(path)) == len(set(figures(path)))


@every_notebook
def test_imports(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in IMPORTS, f"{cell.id} imports {name}"


@every_notebook
def test_what_is_shown_needs_nothing_hidden(path):
    """A reader who types off the cells of the page, in order, has every name they use."""
    known = set(dir(builtins))
    for cell in cells(path, "code"):
        if "remove-cell" in cell.metadata.get("tags", []):
            continue
        nodes = list(ast.walk(ast.parse(cell.source)))
        for node in nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                known |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
                known.add(node.name or "")
            elif isinstance(node, ast.arg):
                known.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known.add(node.id)
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        assert used <= known, f"{cell.id} uses {used - known}"


@every_notebook
def test_references_lead_somewhere(path):
    text, known = prose(path), labels(path)
    assert len(known) == len(set(known)), sorted(label for label in known if known.count(label) > 1)
    used = re.findall(r"\]\(((?:sec|ex|fig|def|thm|lem)-[\w-]+)\)", text)
    used += re.findall(r"\{(?:eq|ref|numref|prf:ref)\}`([\w-]+)`", text)
    assert set(used) <= set(known), set(used) - set(known)
    captions = " ".join(cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "") for cell in cells(path, "code"))
    cited = {key.strip() for keys in re.findall(r"\{cite\}`([^`]+)`", text + captions) for key in keys.split(",")}
    assert cited <= bibliography(), cited - bibliography()


@every_notebook
def test_notation(path):
    formulas = re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", prose(path), re.DOTALL)
    for formula in ("".join(pair) for pair in formulas):
        assert r"\|" not in formula and "||" not in formula, f"write \\Vert in {formula!r}"
        assert r"\newcommand" not in formula and r"\begin{align}" not in formula


@every_notebook
def test_every_exercise_has_four_layers_and_a_check(path):
    notebook = read(path)
    starts = [i for i, cell in enumerate(notebook.cells) if re.search(r"^`+\{exercise\}", cell.source, re.MULTILINE)]
    ends = [*starts[1:], len(notebook.cells)]
    assert len(starts) >= 8
    checked = []
    for start, end in zip(starts, ends, strict=True):
        statement, rest = notebook.cells[start], notebook.cells[start + 1:end]
        title = re.search(r"\{exercise\} (Warm-up|Core|Challenge): \S.*\n:label: ex-[\w-]+$", statement.source, re.MULTILINE)
        assert title, f"{statement.id}: the title line says how hard it is, then comes the label"
        hints = [statement.source.find(f"{{dropdown}} {which} hint") for which in ("First", "Second")]
        assert 0 < hints[0] < hints[1], f"{statement.id}: two hints, in order"
        solution = next((i for i, cell in enumerate(rest) if "{dropdown} Solution" in cell.source), None)
        assert solution is not None, f"{statement.id}: no solution"
        checks = [found for cell in rest[:solution] for found in re.findall(r'exercises\.(?:number|check)\("([\w-]+)"', cell.source)]
        assert len(checks) == 1, f"{statement.id}: one check between statement and solution, found {checks}"
        checked += checks
        runs = [cell for cell in rest[solution:] if "solution" in cell.metadata.get("tags", [])]
        assert runs and all(cell.cell_type == "code" for cell in runs), f"{statement.id}: the solution has code that runs"
        for cell in rest[:solution]:
            if "exercises.check(" in cell.source:
                assert "not yet" in str(cell.outputs), f"{cell.id}: the starter should not pass"
        for cell in runs:
            if "exercises.check(" in cell.source:
                assert ": solved." in str(cell.outputs), f"{cell.id}: the solution should pass"
    assert len(checked) == len(set(checked))
    for id in checked:
        assert id in IDS


def test_every_registered_exercise_stands_in_a_chapter():
    text = "\n".join(cell.source for path in NOTEBOOKS for cell in cells(path, "code"))
    for id in IDS:
        assert f'("{id}"' in text, id
