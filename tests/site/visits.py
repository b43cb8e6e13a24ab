"""Every page as a reader meets it, in the views of the module that imports these tests.

A page is loaded once for a view, and everything is asked of it there. Among the views of all modules any two of the ways
to open a page, its theme and its width occur together; and as each page is also shown in the other theme, so do all three.
Two more widths are tried by drawing the window together.
"""

import functools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page

from .axe import LAID_OUT, faults
from .conftest import CHAPTERS, DRAW, PAGES, PATIENCE, SOURCE, WATCHES, drawn, read_through, reading, until
from .weight import sizes

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
THEME = "document.documentElement.dataset.theme"
BACKGROUND = {"light": "rgb(253, 253, 252)", "dark": "rgb(20, 22, 27)"}

FIRST, NEXT, WIDGETS, DATA = 200_000, 100_000, 60_000, 60_000
"""Bytes on a first visit, after the landing page, of widgets, and of the models that are fetched when a reader comes near."""


@dataclass(frozen=True)
class View:
    by: str
    theme: str
    width: int
    narrower: int | None = None
    """The width to which the window is drawn together in the end."""

    def __str__(self) -> str:
        return f"{self.by}-{self.theme}-{self.width}"


@dataclass
class Visit:
    """A page in a view, read through once."""

    path: str
    view: View
    page: Page


def on(which: Callable[[View, str], bool]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say on which visits a test is made; without this, on all."""

    def mark(test: Callable[..., None]) -> Callable[..., None]:
        test.which = which  # type: ignore[attr-defined]
        return test

    return mark


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "visit" in metafunc.fixturenames:
        which = getattr(metafunc.function, "which", lambda *_: True)
        found = [(view, path) for path in PAGES for view in metafunc.module.VIEWS if which(view, path)]
        ids = [f"{path.removesuffix('.html')}-{view}" for view, path in found]
        metafunc.parametrize("visit", found, indirect=True, ids=ids, scope="module")


def opened(open_page: Callable[..., Page], view: View, path: str) -> Page:
    page = open_page(path, by=view.by, viewport={"width": view.width, "height": 900}, color_scheme=view.theme)
    read_through(page)
    return page


@pytest.fixture(scope="module")
def visit(
    request: pytest.FixtureRequest, browser: Browser, addresses: dict[str, str], longest_source: str
) -> Iterator[Visit]:
    """A visit without console message, exception, failed or outside request, from the beginning to its end."""
    view, path = request.param
    path = longest_source if path == SOURCE else path
    with reading(browser, addresses) as open_page:
        yield Visit(path, view, opened(open_page, view, path))


def fetched(page: Page, origin: str) -> set[str]:
    """The files of the site that a page has asked for, once all have come and no more are asked for."""
    names: list[str] = []
    quiet, end = 0, time.monotonic() + PATIENCE
    while quiet < 3:
        assert time.monotonic() < end, f"{page.url} still waits for {[request.url for request in WATCHES[page].awaited]}"
        page.wait_for_timeout(50)
        known, names = names, page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        loaded = page.evaluate("document.fonts.status === 'loaded'")
        quiet = quiet + 1 if loaded and names == known and not WATCHES[page].awaited else 0
    assert len(names) < 250, "the browser keeps no longer list"
    return {name.removeprefix(origin).split("?")[0] for name in names}


@pytest.fixture(scope="module")
def landing(browser: Browser, addresses: dict[str, str], origin: str) -> set[str]:
    """What the landing page asks for."""
    with reading(browser, addresses) as open_page:
        return fetched(opened(open_page, View("http", "light", 1280), "index.html"), origin) | {"index.html"}


def test_fits(visit: Visit) -> None:
    """The page has its theme, every widget is alive, and nothing sticks out."""
    page = visit.page
    assert page.evaluate(WIDER) <= 0
    assert page.evaluate(THEME) == visit.view.theme
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == BACKGROUND[visit.view.theme]
    waiting = page.locator(".kl-widget .kl-fallback:visible").count()
    assert waiting == 0, f"{waiting} widgets never came to life"


def test_fits_in_the_other_theme(visit: Visit) -> None:
    page, own = visit.page, visit.view.theme
    for theme in ({"light": "dark", "dark": "light"}[own], own):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        until(page, f"{THEME} === '{theme}'")
        until(page, f"getComputedStyle(document.documentElement).backgroundColor === '{BACKGROUND[theme]}'")
        assert page.evaluate(WIDER) <= 0
        assert page.locator(".kl-widget .kl-fallback:visible").count() == 0


@on(lambda view, path: str(view) == "http-light-1280")
def test_fetches_only_the_widgets_it_shows(visit: Visit, book: Path, origin: str) -> None:
    shown = set(re.findall(r'data-kl-widget="(\w+)"', (book / visit.path).read_text()))
    names = fetched(visit.page, origin)
    scripts = {Path(name).stem for name in names if name.startswith("_static/widgets/") and name.endswith(".js")}
    assert scripts == (shown | {"shared"} if shown else set())


@on(lambda view, path: str(view) == "http-light-1280" and path in CHAPTERS)
def test_weighs_little(visit: Visit, book: Path, origin: str, landing: set[str]) -> None:
    """Everything a browser fetches while a page is read through, on a first visit and after the landing page."""
    weights = sizes(book, visit.path, fetched(visit.page, origin))
    models = sum(weights.pop(name) for name in list(weights) if name.startswith("_static/data/"))
    assert models <= DATA, f"{models} bytes of models"
    assert "_static/book.css" in weights and "_static/widgets/shared.js" in weights
    first = sum(weights.values())
    following = sum(weight for name, weight in weights.items() if name not in landing)
    print(f"{visit.path}: first visit {first}, after the landing page {following}, models {models}", weights)
    assert first <= FIRST, f"{first} bytes on a first visit: {weights}"
    assert following <= NEXT, f"{following} bytes after the landing page"
    assert sum(weight for name, weight in weights.items() if "/widgets/" in name) <= WIDGETS


SET = """() => {
    const found = {};
    const texts = [...document.querySelectorAll('.katex-html')].flatMap((formula) => {
        const walker = document.createTreeWalker(formula, NodeFilter.SHOW_TEXT);
        const nodes = [];
        while (walker.nextNode()) nodes.push(walker.currentNode);
        return nodes;
    });
    for (const text of texts) {
        const { fontFamily, fontWeight, fontStyle } = getComputedStyle(text.parentElement);
        const key = [fontFamily.split(',')[0], fontWeight, fontStyle].join('|');
        found[key] = [...new Set([...(found[key] ?? ''), ...text.data])].join('');
    }
    return found;
}"""
"""The characters of all formulas, by the font that each is set in."""


@functools.cache
def cut(file: Path) -> dict[int, str]:
    """What a font holds, by character."""
    found: dict[int, str] = TTFont(file).getBestCmap()
    return found


@on(lambda view, path: str(view) == "http-light-1280" and path in CHAPTERS)
def test_formulas_are_set_in_their_own_fonts(visit: Visit, book: Path) -> None:
    """Each character stands in the font file that its style asks for, so that cutting the fonts lost none."""
    faces = {("400", "normal"): "Regular", ("400", "italic"): "Italic", ("700", "normal"): "Bold", ("700", "italic"): "BoldItalic"}
    found = visit.page.evaluate(SET)
    assert found
    for key, characters in found.items():
        family, weight, style = key.split("|")
        file = book / "_static" / "fonts" / f"{family}-{faces[weight, style]}.woff2"
        known = cut(file)
        missing = [c for c in characters if ord(c) not in known and not c.isspace() and c not in "\u200b\u2061"]
        assert missing == [], f"{file.name} lacks {missing}"


@on(lambda view, path: view.narrower is not None)
def test_fits_unfolded(visit: Visit) -> None:
    """Nothing sticks out of the whole page with everything unfolded, in the window drawn together and wide again."""
    page = visit.page
    for width in (visit.view.narrower, visit.view.width):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(LAID_OUT)
        page.evaluate(f"() => {{ {DRAW} }}")
        drawn(page)
        assert page.evaluate(WIDER) <= 0, width
        assert page.locator(".kl-widget .kl-fallback:visible").count() == 0


def test_accessible(visit: Visit, root: Path) -> None:
    """axe finds nothing serious or critical. Last, because it takes the page apart.

    Colours are looked at in both themes at both widths; everything else once at each width, whatever the theme, and as
    served, where axe can read the style sheets.
    """
    assert faults(visit.page, root, colours_only=visit.view.by == "file") == []
