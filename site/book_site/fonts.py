"""KaTeX's style sheet and fonts, the fonts cut down to the characters that the book's formulas use."""

import re
import shutil
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from . import katex

# Which font a class inside a formula selects, as KaTeX's style sheet has it. Upright main text is the default.
FONT_OF_CLASS = {
    "mathnormal": "Math-Italic",
    "mathit": "Main-Italic",
    "textit": "Main-Italic",
    "mathrm": "Main-Regular",
    "textrm": "Main-Regular",
    "mainrm": "Main-Regular",
    "mathbf": "Main-Bold",
    "textbf": "Main-Bold",
    "boldsymbol": "Math-BoldItalic",
    "amsrm": "AMS-Regular",
    "mathbb": "AMS-Regular",
    "textbb": "AMS-Regular",
    "mathcal": "Caligraphic-Regular",
    "mathfrak": "Fraktur-Regular",
    "textfrak": "Fraktur-Regular",
    "mathtt": "Typewriter-Regular",
    "texttt": "Typewriter-Regular",
    "mathscr": "Script-Regular",
    "textscr": "Script-Regular",
    "mathsf": "SansSerif-Regular",
    "textsf": "SansSerif-Regular",
    "mathboldsf": "SansSerif-Bold",
    "mathsfit": "SansSerif-Italic",
    "mathitsf": "SansSerif-Italic",
    "small-op": "Size1-Regular",
    "large-op": "Size2-Regular",
    "delim-size1": "Size1-Regular",
    "delim-size4": "Size4-Regular",
}
DELIMITER_SIZES = {f"size{n}": f"Size{n}-Regular" for n in (1, 2, 3, 4)}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "source", "path", "line", "rect", "circle", "use"}


def rules(root: Path) -> str:
    """KaTeX's rules, with fonts in one format and at their place below _static."""
    css = (katex.dist(root) / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(\"[a-z]+\"\)", "", css)
    return css.replace("}", "}\n")


class Glyphs(HTMLParser):
    """Collects, from a page, the characters that its formulas set in each KaTeX font."""

    def __init__(self) -> None:
        super().__init__()
        self.used: dict[str, set[str]] = defaultdict(set)
        self.stack: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        classes = (dict(attrs).get("class") or "").split()
        font = self.stack[-1][1] if self.stack else None
        if "katex-html" in classes:
            font = "Main-Regular"
        elif font is not None:
            font = self.select(classes, font)
        self.stack.append((tag, font))

    def select(self, classes: list[str], font: str) -> str:
        if "delimsizing" in classes:
            sizes = [DELIMITER_SIZES[name] for name in classes if name in DELIMITER_SIZES]
            return sizes[-1] if sizes else font
        for name in classes:
            font = FONT_OF_CLASS.get(name, font)
        if "mathbf" in classes and "mathit" in classes or "textbf" in classes and "textit" in classes:
            return "Main-BoldItalic"
        return font

    def handle_endtag(self, tag: str) -> None:
        while self.stack:
            if self.stack.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.stack and (font := self.stack[-1][1]):
            self.used[font] |= set(data)


def used(pages: list[Path]) -> dict[str, set[str]]:
    total: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        glyphs = Glyphs()
        glyphs.feed(page.read_text(encoding="utf-8"))
        for font, characters in glyphs.used.items():
            total[font] |= characters
    return total


def cut(source: Path, characters: set[str], target: Path) -> None:
    """Write the part of a font that holds these characters."""
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, notdef_outline=True)
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    cutter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, target, options)


def write(root: Path, out: Path) -> None:
    """Put the fonts the book uses below _static/fonts; the style sheet names them all, a browser fetches those needed."""
    target = out / "_static" / "fonts"
    shutil.rmtree(target, ignore_errors=True)
    for font, characters in used(sorted(out.rglob("*.html"))).items():
        cut(katex.dist(root) / "fonts" / f"KaTeX_{font}.woff2", characters, target / f"KaTeX_{font}.woff2")
