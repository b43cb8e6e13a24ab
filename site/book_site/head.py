"""What a page says of itself: description, citation, notebook, source."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def description(app: Sphinx, pagename: str, context: dict[str, object]) -> str:
    """A page's description: notebook metadata or front matter, as `description` or MyST's `html_meta`."""
    if 'name="description"' in str(context.get("metatags", "")):
        return ""
    text = " ".join(str(app.env.metadata.get(pagename, {}).get("description", "")).split())
    if not text:
        logger.warning("page has no description (notebook metadata or front matter)", location=pagename, type="book")
    return text


def generated(pagename: str, context: dict[str, object]) -> str:
    """The description of a page that no source file stands behind: the library's sources as the reference shows them."""
    if pagename == "_modules/index":
        return "The modules of kltext whose sources can be read in the book."
    if pagename.startswith("_modules/"):
        return f"The Python source of {context['title']}, as the chapters of the book import it."
    return ""


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    context["book_subtitle"] = app.config.book_subtitle
    context["book_author"] = app.config.author
    context["book_unnumbered"] = re.sub(r'<span class="section-number">.*?</span>', "", str(context.get("title", "")))
    context["book_description"] = description(app, pagename, context) if doctree is not None else generated(pagename, context)
    # Sphinx writes generator and viewport tags of its own; the theme has them once
    context["metatags"] = re.sub(
        r'\s*<meta (?:name="viewport"[^>]*|[^>]*name="(?:generator|viewport)"[^>]*)/?>', "", str(context.get("metatags", ""))
    )
    source = str(context.get("sourcename") or "")
    context["book_notebook"] = f"_sources/{source}" if source.endswith(".ipynb") else ""
    context["book_source"] = app.env.doc2path(pagename, base=False) if doctree is not None else ""


def setup(app: Sphinx) -> None:
    app.add_config_value("book_subtitle", "", "html")
    app.add_config_value("comments_config", {}, "html")  # Jupyter Book sets it for an extension that is not used
    app.connect("html-page-context", add_to_page)
