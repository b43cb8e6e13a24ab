"""A number stays on one line with its percent sign, and its thousands with each other: 5 %, 100 000."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

BREAKABLE = re.compile(r"(?<=\d) (?=%|\d{3}(?!\d))")


class WholeNumbers(SphinxPostTransform):
    """Put a space that does not break where a number goes on."""

    default_priority = 810
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, nodes.TextElement) and not isinstance(text.parent, (nodes.literal, nodes.FixedTextElement, nodes.math)):
                whole = BREAKABLE.sub("\u00a0", text)
                if whole != text:
                    text.parent[text.parent.index(text)] = nodes.Text(whole)


def setup(app: Sphinx) -> None:
    app.add_post_transform(WholeNumbers)
