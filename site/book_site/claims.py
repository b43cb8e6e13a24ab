"""The index of claims: ``{claims-index}`` turns chapters/claims.yml into a list with links to where each is settled."""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

# In the order in which a doubting reader looks for them.
VERDICTS = {
    "false": ("False", "Often said, and wrong"),
    "loose": ("Loose", "Said too loosely"),
    "true-if": ("True if", "True under a condition"),
    "true": ("True", "True"),
}

# What is right, where the claim as it circulates is not, or not always.
RIGHT = {"condition": "if ", "instead": "Instead: "}


class PlaceLink(nodes.Inline, nodes.TextElement):
    """A link to a label, to be found once all chapters are read."""


def verdict_key(value: object) -> str:
    """YAML reads a bare true or false as a boolean."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class ClaimsIndex(SphinxDirective):
    """Every claim of the book, by verdict, each with the place that settles it and what checks it."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        _, filename = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(filename)
        claims = yaml.safe_load(Path(filename).read_text(encoding="utf-8"))
        result: list[nodes.Node] = []
        for verdict, (short, heading) in VERDICTS.items():
            chosen = [claim for claim in claims if verdict_key(claim["verdict"]) == verdict]
            if chosen:
                section = nodes.section(ids=[f"claims-{verdict}"], names=[f"claims-{verdict}"])
                section += nodes.title("", heading)
                listing = nodes.bullet_list(classes=["claims"])
                listing.extend(self.entry(claim, verdict, short) for claim in chosen)
                section += listing
                result.append(section)
        return result

    def entry(self, claim: dict[str, str], verdict: str, short: str) -> nodes.list_item:
        item = nodes.list_item(ids=[f"claim-{claim['key']}"])
        line = nodes.paragraph()
        line += nodes.inline("", short, classes=["verdict", f"verdict-{verdict}"])
        line += nodes.Text(" ")
        line.extend(self.parsed(claim["claim"]))
        item += line
        for kind, introduction in RIGHT.items():
            if kind in claim:
                right = nodes.paragraph(classes=["claim-right"])
                right += nodes.Text(introduction)
                right.extend(self.parsed(claim[kind]))
                item += right
        item += self.backing(claim)
        return item

    def backing(self, claim: dict[str, str]) -> nodes.paragraph:
        """Where the claim is settled, and by what."""
        where = nodes.paragraph(classes=["claim-place"])
        link = PlaceLink(reftarget=claim["label"], refdoc=self.env.docname)
        self.set_source_info(link)
        link += nodes.inline("", "Where it is settled")
        where += link
        if "checked_by" in claim:
            where += nodes.Text(" · checked by a cell of the notebook")
        if "cited" in claim:
            where += nodes.Text(" · ")
            where.extend(self.parsed("{cite:t}`" + claim["cited"].replace(" ", "") + "`"))
        return where

    def parsed(self, text: str) -> list[nodes.Node]:
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]


def target(app: Sphinx, label: str) -> tuple[str, str] | None:
    """The document and anchor of a label of any kind: heading, figure, numbered block or formula."""
    std = app.env.get_domain("std")
    if label in std.anonlabels:
        return std.anonlabels[label][:2]
    if label in (numbered := getattr(app.env, "proof_list", {})):
        return numbered[label]["docname"], label
    math = app.env.get_domain("math")
    if label in math.equations:
        return math.equations[label][0], f"equation-{nodes.make_id(label)}"
    return None


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for link in list(doctree.findall(PlaceLink)):
        found = target(app, link["reftarget"])
        if found is None:
            logger.warning("claim points to an unknown label: %s", link["reftarget"], location=link, type="book")
            link.replace_self(link.children)
            continue
        uri = app.builder.get_relative_uri(docname, found[0]) + "#" + found[1]
        link.replace_self(nodes.reference("", "", *link.children, internal=True, refuri=uri))


def setup(app: Sphinx) -> None:
    app.add_node(PlaceLink)
    app.connect("doctree-resolved", resolve)
    app.add_directive("claims-index", ClaimsIndex)
