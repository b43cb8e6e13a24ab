"""SVG figures become part of the page, so that they follow its theme and are named by their alt text."""

import hashlib
import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from .places import place

logger = logging.getLogger(__name__)

# The mid-tone colours of kltext.plots, which read on white and on near-black, and the theme's colour for each.
COLOURS = {
    "#7b818c": "var(--kl-ink)",
    "#a3a9b4": "var(--kl-line)",
    "#3b82d6": "var(--kl-p)",
    "#d97706": "var(--kl-q)",
    "#9a6fd0": "var(--kl-r)",
    "#119c8d": "var(--kl-gain)",
    "#d6457f": "var(--kl-loss)",
}
HEX = re.compile("|".join(COLOURS), re.IGNORECASE)


def themed(markup: str) -> str:
    """Replace the figure colours by the theme's variables."""
    return HEX.sub(lambda match: COLOURS[match[0].lower()], markup)


def unique_ids(svg: str, prefix: str) -> str:
    """Give every id in a drawing a prefix, so that two drawings can share a page."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
    return re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}\1"', svg)


def inline(svg: str, alt: str, prefix: str) -> str:
    """One drawing as an element of an HTML page."""
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # matplotlib's only rule; as inherited properties of the root it needs no style element, which the page forbids
    svg, ruled = re.subn(r"<style[^>]*>[^<]*</style>", "", svg)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r">\s*\n\s*<", ">\n<", svg.strip())
    svg = themed(unique_ids(svg, prefix))
    box = re.search(r'viewBox="[\d.\s-]+?([\d.]+)\s+([\d.]+)"', svg)
    attributes = f'class="figure-svg" role="img" aria-label="{html.escape(alt, quote=True)}"'
    if ruled:
        attributes += ' stroke-linejoin="round" stroke-linecap="butt"'
    opening = re.match(r"<svg\b[^>]*>", svg)
    if opening is None:
        raise ValueError("not an SVG drawing")
    kept = re.sub(r'\s(?:width|height|version|xmlns:xlink|role|class|aria-label)="[^"]*"', "", opening[0])
    if box:  # width and height in CSS pixels keep the place free before the drawing is laid out
        attributes += f' width="{round(float(box[1]) * 4 / 3)}" height="{round(float(box[2]) * 4 / 3)}"'
    return kept.replace("<svg", f"<svg {attributes}", 1) + svg[opening.end() :]


class InlineDrawings(SphinxPostTransform):
    """Replace images of SVG files by the drawings themselves."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for index, image in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.app.srcdir) / image["uri"]
            if path.suffix != ".svg" or not path.is_file():
                continue
            alt = " ".join(image.get("alt", "").split())
            if not alt:
                logger.warning("%s: drawing has no alt text", place(image), type="book", location=image)
            key = f"{self.env.docname}:{index}"
            prefix = "f" + hashlib.sha256(key.encode()).hexdigest()[:6] + "-"
            markup = inline(path.read_text(encoding="utf-8"), alt, prefix)
            image.replace_self(nodes.raw("", markup, format="html"))


def setup(app: Sphinx) -> None:
    app.add_post_transform(InlineDrawings)
