"""Folded cells as native ``<details>``, which open without a script.

``hide-input``, ``hide-output`` and ``hide-cell`` are MyST-NB's tags; ``solution`` folds a whole cell that runs the
solution of the exercise above it.
"""

import html

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

SUMMARIES = {"source": "Show the code", "output": "Show the output", "outputs": "Show the output"}


class FoldSolutions(SphinxPostTransform):
    """Wrap cells tagged ``solution``."""

    default_priority = 198
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code" and "tag_solution" in cell["classes"]:
                fold = HideCodeCellNode(prompt_show="Solution, as code", classes=["solution-code"])
                cell.replace_self(fold)
                fold.append(cell)


def visit_fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    what = node["prompt_show"].removeprefix("Show code cell ")
    summary = SUMMARIES.get(what, "Show the cell" if what == "content" else what)
    classes = " ".join(["fold", *node["classes"]])
    self.body.append(f'<details class="{classes}"><summary>{html.escape(summary)}</summary>\n')


def depart_fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    app.add_post_transform(FoldSolutions)
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
