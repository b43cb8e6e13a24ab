"""The text face and KaTeX's fonts, cut down to the characters that the book uses.

Source Serif 4 (SIL Open Font License) sets the text in two files, upright with its weights from regular to bold, and
italic. Its licence reserves its name, so the parts cut from it carry none.
"""

import hashlib
import re
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from lxml import html
from sphinx.errors import ExtensionError

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
# Kerning, ligatures and marks; figures that line up in tables.
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum"]


def rules(root: Path) -> str:
    """KaTeX's rules, with fonts in one format and at their place below _static."""
    css = (katex.dist(root) / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(\"[a-z]+\"\)", "", css)
    return css.replace("}", "}\n")


def selected(classes: list[str], font: str | None) -> str | None:
    """The KaTeX font of an element with these classes, within an element that has this one; None outside of formulas."""
    if "katex-html" in classes:
        return "Main-Regular"
    if font is None:
        return None
    if "delimsizing" in classes:
        sizes = [DELIMITER_SIZES[name] for name in classes if name in DELIMITER_SIZES]
        return sizes[-1] if sizes else font
    for name in classes:
        font = FONT_OF_CLASS.get(name, font)
    if "mathbf" in classes and "mathit" in classes or "textbf" in classes and "textit" in classes:
        return "Main-BoldItalic"
    return font


def used(pages: list[Path]) -> tuple[dict[str, set[str]], set[str]]:
    """What all pages use: characters by KaTeX font, and the characters of the text."""
    glyphs: dict[str, set[str]] = defaultdict(set)
    text = set(map(chr, range(32, 127)))  # scripts write text too, in plain characters
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)  # what follows one is text of the page
    for page in pages:
        fonts: dict[Any, str | None] = {}  # by element: parents come before their children
        for element in html.parse(str(page), parser).iter():
            within = fonts.get(element.getparent())
            fonts[element] = font = selected(element.get("class", "").split(), within)
            for written, face in ((element.text, font), (element.tail, within)):
                (glyphs[face] if face else text).update(written or "")
    return glyphs, text


def cut(source: Path, characters: set[str], kept: Path, **axes: object) -> Path:
    """The part of a font that holds these characters, and of its axes these ranges; kept for the next build."""
    recipe = f"{sorted(characters)} {FEATURES} {axes}".encode()
    target = kept / f"{source.stem}-{hashlib.sha256(recipe + source.read_bytes()).hexdigest()[:16]}.woff2"
    if target.is_file():
        return target
    font = TTFont(source, recalcTimestamp=False)  # the same font, whenever it is built
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, name_IDs=[])
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    cutter.subset(font)
    if axes:
        font = instancer.instantiateVariableFont(font, axes)
    for old in kept.glob(f"{source.stem}-*.woff2"):
        old.unlink()
    kept.mkdir(exist_ok=True)
    subset.save_font(font, target, options)
    return target


def write(root: Path, out: Path) -> None:
    """Put the fonts the book uses below _static/fonts; the style sheet names them, a browser fetches those it needs."""
    formulas, text = used(sorted(out.rglob("*.html")))
    target = out / "_static" / "fonts"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    kept = out.parent / ".book_fonts"
    for font, characters in formulas.items():
        source = katex.dist(root) / "fonts" / f"KaTeX_{font}.woff2"
        shutil.copyfile(cut(source, characters, kept), target / source.name)
    face = root / "node_modules" / "@fontsource-variable" / "source-serif-4"
    if not face.is_dir():
        raise ExtensionError(f"{face.relative_to(root)} is missing: run `make book`, or `npm ci` in the repository.")
    for style, weights in (("normal", (400, 700)), ("italic", 400)):
        source = face / "files" / f"source-serif-4-latin-wght-{style}.woff2"
        shutil.copyfile(cut(source, text, kept, wght=weights), target / f"text-{style}.woff2")
    shutil.copyfile(face / "LICENSE", target / "text-LICENSE.txt")
