"""Mathematics as HTML and MathML, made while the book is built.

A formula that KaTeX cannot read is a warning with its place, so a build with ``-W`` stops at it.
"""

import html
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from . import katex
from .places import place

logger = logging.getLogger(__name__)


# Browsers may break a line between a formula and the punctuation it touches, unless a word joiner stands there.
JOINER = "&#8288;"
OPENING = ("(", "[", "\u201c", "\u2018", "\u2013", "/")
CLOSING = (",", ".", ";", ":", "!", "?", ")", "]", "\u201d", "\u2019", "\u2013", "-", "/")


def next_sibling(node: nodes.Node) -> nodes.Node | None:
    siblings = node.parent.children
    return next(iter(siblings[siblings.index(node) + 1 :]), None)


def rendered(self: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    latex = node.astext().strip()
    try:
        # `strict` is for LaTeX purists' warnings, such as Unicode in text; errors are raised all the same.
        return katex.render(Path(self.builder.srcdir), latex, displayMode=display, throwOnError=True, strict="ignore")
    except katex.KatexError as error:
        logger.warning("%s: in the formula %r: %s", place(node), latex, error, type="katex", location=node)
        return f"<code>{html.escape(latex)}</code>"


def equation_number(self: HTML5Translator, node: nodes.math_block) -> str:
    """The number of a labelled formula, with its chapter's; an unlabelled formula has none."""
    if not node["number"]:
        return ""
    if not (self.config.math_numfig and self.config.numfig):
        return str(node["number"])
    return ".".join(map(str, self.builder.fignumbers.get("displaymath", {}).get(node["ids"][0], ())))


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    before, after = node.previous_sibling(), next_sibling(node)
    joined_before = JOINER if isinstance(before, nodes.Text) and before.endswith(OPENING) else ""
    joined_after = JOINER if isinstance(after, nodes.Text) and after.startswith(CLOSING) else ""
    formula = rendered(self, node, display=False)
    self.body.append(f'{joined_before}<span class="math">{formula}</span>{joined_after}')
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    number = equation_number(self, node)
    name = f"Formula {number}" if number else "Formula"
    # The box scrolls where the formula is wider than the page, so it must be reachable by keyboard;
    # runtime/scroll-boxes.js takes the focus stop away from formulas that fit.
    self.body.append(
        self.starttag(node, "div", CLASS="math math-display")
        + f'<div class="scroll-box" tabindex="0" role="group" aria-label="{name}">'
        + rendered(self, node, display=True)
        + "</div>"
    )
    if number:
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this formula")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer("katex", inline_renderers=(visit_inline, None), block_renderers=(visit_display, None))
