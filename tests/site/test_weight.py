"""What a visit costs: everything a browser fetches while a page is read through, compressed as a host sends it."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from .conftest import read_through

FIRST, NEXT, WIDGETS = 200_000, 100_000, 60_000
COMPRESSED = (".woff2", ".png", ".jpg")


def size(name: str, body: bytes) -> int:
    return len(body) if name.endswith(COMPRESSED) else len(gzip.compress(body, 6))


def without_figures(html: str) -> str:
    """A page without its drawings, which are counted apart: those of the text, and those that stand in for widgets."""
    html = re.sub(r'<svg\b[^>]*class="figure-svg".*?</svg>', "", html, flags=re.DOTALL)
    return re.sub(r'(<figure class="kl-fallback">).*?(</figure>)', r"\1\2", html, flags=re.DOTALL)


def fetched(reader: Callable[..., Page], book: Path, origin: str, path: str, **settings: object) -> dict[str, int]:
    """The compressed size of each file that reading a page through asks for, figures aside."""
    page = reader("search.html", watch=False, **settings)
    names: set[str] = set()
    page.on("response", lambda response: names.add(response.url.removeprefix(origin).split("?")[0]))
    page.goto(origin + path, wait_until="load")
    read_through(page)
    page.wait_for_load_state("networkidle")
    names = {name for name in names if not name.startswith("_images/")}
    sizes = {name: size(name, (book / name).read_bytes()) for name in names}
    sizes[path] = size(path, without_figures((book / path).read_text()).encode())
    return sizes


def test_first_visit_and_next_page(reader: Callable[..., Page], book: Path, origin: str, chapters: list[str]) -> None:
    for chapter in chapters:
        landing = fetched(reader, book, origin, "index.html", viewport={"width": 1280, "height": 900})
        sizes = fetched(reader, book, origin, chapter, viewport={"width": 1280, "height": 900})
        assert "_static/book.css" in sizes and "_static/widgets/shared.js" in sizes and chapter in sizes
        first = sum(sizes.values())
        following = sum(weight for name, weight in sizes.items() if name not in landing)
        print(f"{chapter}: first visit {first}, after the landing page {following}", sizes)
        assert first <= FIRST, f"{chapter}: {first} bytes on a first visit: {sizes}"
        assert following <= NEXT, f"{chapter}: {following} bytes after the landing page"
        assert sum(weight for name, weight in sizes.items() if "/widgets/" in name) <= WIDGETS


def test_pages_fetch_only_the_widgets_they_show(reader: Callable[..., Page], origin: str, pages: list[str], book: Path) -> None:
    for path in pages:
        shown = set(re.findall(r'data-kl-widget="(\w+)"', (book / path).read_text()))
        sizes = fetched(reader, book, origin, path)
        scripts = {Path(name).stem for name in sizes if name.startswith("_static/widgets/") and name.endswith(".js")}
        assert scripts == (shown | {"shared"} if shown else set()), path
