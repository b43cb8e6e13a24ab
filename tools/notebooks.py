"""Run notebooks from top to bottom and store what they print, in a form fit for git.

    python -m tools.notebooks chapters/*.ipynb

Each notebook runs in a fresh kernel, in its own folder. What would change from run to run or does not belong in a
repository is left out: widget state, the identifiers of live widgets, timings, and the version of the interpreter.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LIVE_ONLY = ("application/vnd.jupyter.widget-view+json",)


def merge_streams(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """What a cell prints in several pieces, as one: where the kernel happens to cut it is chance."""
    merged: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output["output_type"] == last["output_type"] == "stream" and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def clean(notebook: nbformat.NotebookNode) -> None:
    """Remove, in place, what must not be committed."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("execution", None)
        cell.metadata.pop("ExecuteTime", None)
        if cell.cell_type == "code":
            cell.outputs = merge_streams(cell.outputs)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("execution", None)
            for mime in LIVE_ONLY:
                output.get("data", {}).pop(mime, None)
            if output["output_type"] == "stream" and output["name"] == "stderr":
                raise ValueError(f"cell {number} writes to stderr: {output['text']!r}")


def run(path: Path) -> None:
    """Execute the notebook at ``path`` and write it back."""
    notebook = nbformat.read(path, as_version=4)
    start = time.monotonic()
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    print(f"{path}: {sum(c.cell_type == 'code' for c in notebook.cells)} cells in {time.monotonic() - start:.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    for path in parser.parse_args().notebooks:
        run(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
