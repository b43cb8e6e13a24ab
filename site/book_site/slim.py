"""What no rule, script or reader asks for is left out of a page: marks of tokens without a colour, docutils' own classes.

A chapter holds thousands of them, and they are a twelfth of its weight.
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

STYLES = Path(__file__).resolve().parent.parent / "styles"

# docutils and Sphinx write these on almost everything.
UNUSED = frozenset(
    [
        "docutils",
        "notranslate",
        "container",
        "simple",
        "align-default",
        "row-odd",
        "row-even",
        "reference",
        "internal",
        "std",
        "std-ref",
        "std-numref",
    ]
)


@cache
def coloured() -> frozenset[str]:
    """Pygments' classes that the book's style sheets give a look."""
    css = "\n".join(path.read_text(encoding="utf-8") for path in sorted(STYLES.glob("*.css")))
    rules = re.findall(r"\.highlight :is\(([^)]*)\)", css)
    return frozenset(name for rule in rules for name in re.findall(r"\.(\w+)", rule))


def plain_token(found: re.Match[str]) -> str:
    return found[0] if found[1] in coloured() else found[2]


def listing(found: re.Match[str]) -> str:
    """A listing, its uncoloured tokens bare."""
    return re.sub(r'<span class="(\w+)">([^<]*)</span>', plain_token, found[0].replace("<span></span>", ""))


def used(found: re.Match[str]) -> str:
    names = [name for name in found[1].split() if name not in UNUSED]
    return f' class="{" ".join(names)}"' if names else ""


def slim(html: str) -> str:
    html = re.sub(r'<div class="highlight">.*?</pre>', listing, html, flags=re.DOTALL)
    html = re.sub(r' class="([^"<>]*)"', used, html)
    # MathML inside HTML has its namespace without being told.
    return html.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def write(
    app: Sphinx, pagename: str, template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    if isinstance(body := context.get("body"), str):
        context["body"] = slim(body)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", write, priority=950)
