"""The contents: parts, chapters and their exercises, from the table of contents."""

import re
from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


@dataclass
class Chapter:
    docname: str
    title: str
    number: str = ""
    exercises: list[str] = field(default_factory=list)


@dataclass
class Part:
    caption: str
    chapters: list[Chapter]


def exercises(app: Sphinx, docname: str) -> list[str]:
    """The ids under which a chapter's exercises are remembered as solved."""
    registry = getattr(app.env, "sphinx_exercise_registry", {})
    labels = [label for label, entry in registry.items() if entry["docname"] == docname]
    return [label.removeprefix("ex-") for label in labels]


def chapter(app: Sphinx, docname: str, title: str | None = None) -> Chapter:
    rendered = app.builder.render_partial(app.env.titles[docname])["title"]
    rendered = re.sub(r'<span class="section-number">.*?</span>', "", rendered)  # the templates set the number
    number = app.env.toc_secnumbers.get(docname, {}).get("", ())
    return Chapter(docname, title or rendered, ".".join(map(str, number)), exercises(app, docname))


def parts(app: Sphinx) -> list[Part]:
    """The book, part by part; the first has no caption and holds the landing page."""
    root = app.config.root_doc
    found = [Part("", [chapter(app, root)])]
    for tree in app.env.get_doctree(root).findall(addnodes.toctree):
        entries = [chapter(app, name, title) for title, name in tree["entries"] if name in app.env.titles]
        found.append(Part(tree.get("caption") or "", entries))
    return found


def sections(toc: str) -> str:
    """A page's own contents without the page's title: the list inside Sphinx's one-entry list."""
    match = re.match(r"\s*<ul>\s*<li>.*?</a>(.*)</li>\s*</ul>\s*$", toc, flags=re.DOTALL)
    inner = match[1].strip() if match else ""
    return re.sub(r'\s(?:class|id)="reference internal"', "", inner)


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    if not hasattr(app, "book_parts"):
        app.book_parts = parts(app)
    context["book_parts"] = app.book_parts
    context["book_sections"] = sections(str(context.get("toc", ""))) if doctree is not None else ""


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_to_page)
