"""Small differences from Sphinx's HTML: tables and code scroll in their own box, images have sizes and names."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.images import get_image_size
from sphinx.writers.html5 import HTML5Translator

from .places import place

REPEATED_IDS = {"proof", "proof-content", "exercise-content", "solution-content"}

logger = logging.getLogger(__name__)


class BookTranslator(HTML5Translator):
    def visit_table(self, node: nodes.table) -> None:
        self.body.append('<div class="table-box scroll-box" tabindex="0" role="group" aria-label="Table">')
        super().visit_table(node)

    def depart_table(self, node: nodes.table) -> None:
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        try:
            super().visit_literal_block(node)
        except nodes.SkipNode:
            self.body[-1] = self.body[-1].replace("<pre>", '<pre class="scroll-box" tabindex="0">', 1)
            raise

    def visit_citation(self, node: nodes.citation) -> None:
        super().visit_citation(node)
        # docutils' role for an entry is deprecated, and no item of the list around it
        self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')

    def visit_image(self, node: nodes.image) -> None:
        if not node.get("alt", "").strip():
            logger.warning("%s: image %s has no alt text", place(node), node["uri"], type="book", location=node)
        sized = "width" in node or "height" in node or "://" in node["uri"]
        if not sized and (size := get_image_size(self.builder.srcdir / node["uri"])):
            node["width"], node["height"] = map(str, size)  # so that the page does not jump when it arrives
        node["loading"] = "lazy"
        super().visit_image(node)


def drop_repeated_ids(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """sphinx-proof and sphinx-exercise give every proof, and the inside of every block, the same id."""
    for element in doctree.findall(lambda node: isinstance(node, (nodes.section, nodes.admonition))):
        element["ids"] = [name for name in element["ids"] if name not in REPEATED_IDS]


def setup(app: Sphinx) -> None:
    app.set_translator("html", BookTranslator, override=True)
    app.connect("doctree-resolved", drop_repeated_ids)
