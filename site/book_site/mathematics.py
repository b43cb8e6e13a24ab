"""Mathematics as HTML and MathML, made while the book is built.

A formula that KaTeX cannot read is a warning with its place, so a build with ``-W`` stops at it.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from . import katex
from .places import place

logger = logging.getLogger(__name__)


OPENING = re.compile(r"[(\[\u201c\u2018\u2013/]+$")
CLOSING = re.compile(r"^[,.;:!?)\]\u201d\u2019\u2013/-]+")

# A line of text ends neither at the bar of a condition nor inside (1 − λ); (1) what is followed by no break.
TOGETHER = re.compile(r"(\\mid(?![A-Za-z])|(?<=\()1 ?-)")


class TouchingPunctuation(SphinxPostTransform):
    """Keep a formula and the punctuation it touches on one line: browsers break there, word joiner or not.

    Both go into a box without breaks; between the parts of a formula, where KaTeX allows them, it has breaks of its own.
    """

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for formula in list(self.document.findall(nodes.math)):
            parent, at = formula.parent, formula.parent.index(formula)
            before = parent[at - 1] if at > 0 else None
            after = parent[at + 1] if at + 1 < len(parent) else None
            opening = OPENING.search(before) if isinstance(before, nodes.Text) else None
            closing = CLOSING.search(after) if isinstance(after, nodes.Text) else None
            if not (opening or closing):
                continue
            box = nodes.inline(classes=["unbroken"])
            parent[at] = box  # by its place: equal texts are not told apart by replace()
            if opening:
                parent[at - 1] = nodes.Text(before[: opening.start()])
                box += nodes.Text(opening[0])
            box += formula
            if closing:
                parent[at + 1] = nodes.Text(after[closing.end() :])
                box += nodes.Text(closing[0])


def rendered(self: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    latex = node.astext().strip()
    if not display:
        latex = TOGETHER.sub(r"\1\\nobreak ", latex)
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
    first, *parts = rendered(self, node, display=False).split('<span class="base">')
    formula = '<wbr><span class="base">'.join(['<span class="base">'.join([first, *parts[:1]]), *parts[1:]])
    self.body.append(f'<span class="math">{formula}</span>')
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
    app.add_post_transform(TouchingPunctuation)
    app.add_html_math_renderer("katex", inline_renderers=(visit_inline, None), block_renderers=(visit_display, None))
