"""The library's reference: docstrings as pages, and an index of every public name.

A page of reference/ lists modules with ``automodule``; this says how their docstrings are shown, and gives
``{library-index}``, the list of all modules with their public names and what each is in one line.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import kltext

CHAPTER = re.compile(r"^Explained in: (chapters/[\w-]+)$")
NAME = re.compile(r"(?<!`)`(\w+)`(?!`)")

SETTINGS = {
    "add_module_names": False,  # the heading above names the module
    "autodoc_default_options": {"members": True, "ignore-module-all": True},  # __all__ is alphabetical
    "autodoc_member_order": "bysource",
    "autodoc_typehints": "none",  # the docstrings say shapes and units, which "Any" does not
    "toc_object_entries_show_parents": "hide",  # a method stands below its class
    "viewcode_line_numbers": False,
}


def public_modules() -> Iterator[ModuleType]:
    """The modules a reader may import for their mathematics, in alphabetical order."""
    for found in pkgutil.iter_modules(kltext.__path__, "kltext."):
        if not found.name.rpartition(".")[2].startswith("_"):
            module = importlib.import_module(found.name)
            if getattr(module, "__all__", None) and found.name not in ("kltext.widgets", "kltext.exercises"):
                yield module


def first_line(thing: object) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


class LibraryIndex(SphinxDirective):
    """Every public name of the library, module by module, with a link to its entry."""

    def run(self) -> list[nodes.Node]:
        result: list[nodes.Node] = []
        for module in public_modules():
            heading = nodes.paragraph(classes=["library-module"])
            heading += self.link(module.__name__, module.__name__)
            heading += nodes.Text(" ")
            heading.extend(self.parsed(first_line(module)))
            listing = nodes.bullet_list(classes=["library-names"])
            for name in module.__all__:
                entry = nodes.paragraph()
                thing = getattr(module, name)
                home = module.__name__ if not hasattr(thing, "__module__") or module.__name__ == "kltext.derivations" else thing.__module__
                entry += self.link(f"{home}.{name}", name)
                if inspect.isroutine(thing) or inspect.isclass(thing):
                    entry += nodes.Text(" ")
                    entry.extend(self.parsed(first_line(thing)))
                listing += nodes.list_item("", entry)
            result += [heading, listing]
        return result

    def link(self, target: str, text: str) -> nodes.Node:
        role = "mod" if target == text else "obj"
        link = pending_xref(refdomain="py", reftype=role, reftarget=target, refdoc=self.env.docname, refwarn=True)
        self.set_source_info(link)
        link += nodes.literal("", text)
        return link

    def parsed(self, text: str) -> list[nodes.Node]:
        found, messages = self.state.inline_text(text.replace("``", "`"), self.lineno)
        return [*found, *messages]


def skip_fields(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """A tuple's fields stand in its signature and its docstring: "Alias for field number 0" adds nothing."""
    return True if (inspect.getdoc(member) or "").startswith("Alias for field number") else None


def link_names(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """A `name` of the library in a docstring is a link on the page, and so is the chapter in the last line."""

    def link(match: re.Match[str]) -> str:
        public = getattr(kltext, match[1], None)
        return f":py:obj:`~{public.__module__}.{match[1]}`" if match[1] in kltext.__all__ and public else f"``{match[1]}``"

    for number, line in enumerate(lines):
        lines[number] = NAME.sub(link, line)
        if match := CHAPTER.match(line):
            chapter = match[1]
            known = chapter in app.env.found_docs
            lines[number : number + 1] = ["", f"Explained in: :doc:`/{chapter}`"] if known else []
            return


def renew_sources(app: Sphinx) -> None:
    """Pages of sources have the book's contents and frame, of which viewcode knows nothing: older ones are forgotten."""
    root, pages = Path(app.srcdir), Path(app.outdir) / "_modules"
    frame = [*root.glob("_*.yml"), *root.glob("*.md"), *root.glob("chapters/*.ipynb"), *root.glob("site/**/*")]
    if pages.is_dir() and max(path.stat().st_mtime for path in frame) > min(page.stat().st_mtime for page in pages.rglob("*.html")):
        shutil.rmtree(pages)


def setup(app: Sphinx) -> None:
    for extension in ("sphinx.ext.autodoc", "sphinx.ext.viewcode"):
        app.setup_extension(extension)
    for name, value in SETTINGS.items():
        app.config[name] = value
    app.add_directive("library-index", LibraryIndex)
    app.connect("autodoc-process-docstring", link_names)
    app.connect("autodoc-skip-member", skip_fields)
    app.connect("builder-inited", renew_sources)
