"""The built book, a server for it, a browser, and a watch on everything a reader would not see."""

import functools
import gc
import http.server
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

pytest.register_assert_rewrite("tests.site.visits")  # so that what fails there says what it found

ROOT = Path(__file__).resolve().parents[2]


def build(source: Path, target: Path, **outputs: str) -> subprocess.CompletedProcess[str]:
    """Run Jupyter Book as `make book` does; the site is then below target/_build/html."""
    environment = {name: value for name, value in os.environ.items() if name != "BOOK_OUTPUTS"} | outputs
    run = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    options = ["build", "-W", "--keep-going", "--path-output", str(target), str(source)]
    return subprocess.run([*run, *options], capture_output=True, text=True, timeout=600, check=False, env=environment)


@pytest.fixture(scope="session")
def book(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: BOOK_HTML, or what `make book` made, or a build of our own."""
    if named := os.environ.get("BOOK_HTML"):
        return Path(named)
    made = root / "_build" / "html"
    if (made / "index.html").is_file():
        return made
    folder = tmp_path_factory.mktemp("book")
    done = build(root, folder, BOOK_OUTPUTS="stored")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def every_page(book: Path) -> list[str]:
    """The addresses of all pages, relative to the site. The landing page stands under two names; the second is not listed."""
    found = sorted(path.relative_to(book).as_posix() for path in book.rglob("*.html"))
    assert (book / "intro.html").read_bytes() == (book / "index.html").read_bytes()
    return [page for page in found if page != "intro.html"]


def documents(part: dict[str, Any]) -> Iterator[str]:
    """The documents that a part of the table of contents names."""
    yield from (part[key] for key in ("root", "file") if key in part)
    for inner in itertools.chain.from_iterable(part.get(key, ()) for key in ("parts", "chapters", "sections")):
        yield from documents(inner)


CONTENTS = list(documents(yaml.safe_load((ROOT / "_toc.yml").read_text())))
CHAPTERS = sorted(f"{name}.html" for name in CONTENTS if (ROOT / f"{name}.ipynb").is_file())
"""The pages made from notebooks."""

SOURCE = "the longest source"
"""All pages of the library's sources are cast in one mould."""

PAGES = ["index.html" if name == "intro" else f"{name}.html" for name in CONTENTS]
PAGES += ["search.html", "_modules/index.html", SOURCE]
"""The pages to be opened in a browser; known before the site is built, so that each is a test of its own."""


@pytest.fixture(scope="session")
def longest_source(book: Path) -> str:
    longest = max((book / "_modules" / "kltext").rglob("*.html"), key=lambda page: page.stat().st_size)
    return longest.relative_to(book).as_posix()


@pytest.fixture(scope="session")
def soups(book: Path, every_page: list[str]) -> dict[str, BeautifulSoup]:
    """Every page, parsed."""
    # Half a million objects that all stay: looking through them for rubbish, now or later, takes longer than reading.
    gc.disable()
    try:
        return {page: BeautifulSoup((book / page).read_bytes(), "lxml") for page in every_page}
    finally:
        gc.freeze()
        gc.enable()


PATIENCE = 20
"""How many seconds a page may take to draw a frame. An idle machine takes a fiftieth of one."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def origin(book: Path) -> Iterator[str]:
    """The site, served on loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(book)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def addresses(book: Path, origin: str) -> dict[str, str]:
    """Where the site begins: as served, and as opened from disk."""
    return {"http": origin, "file": book.as_uri() + "/"}


@dataclass
class Watch:
    """What happened in a context that a reader would not see."""

    inside: tuple[str, ...]
    problems: list[str] = field(default_factory=list)
    awaited: set[Request] = field(default_factory=set)
    """What has been asked for and has not come yet."""

    def attach(self, page: Page) -> None:
        def note(what: str) -> None:
            self.problems.append(f"{what} (on {page.url})")

        page.on("console", lambda m: note(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(f"exception: {error}"))
        page.on("requestfailed", self.failed)
        page.on("response", lambda r: self.problems.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", self.request)
        page.on("requestfinished", lambda request: self.awaited.discard(request))

    def failed(self, request: Request) -> None:
        self.awaited.discard(request)
        # an icon still on its way when the reader turns the page is not a fault
        if not ("favicon" in request.url and request.failure == "net::ERR_ABORTED"):
            self.problems.append(f"failed: {request.url} {request.failure}")

    def request(self, request: Request) -> None:
        self.awaited.add(request)
        url = request.url
        if not url.startswith((*self.inside, "about:")):
            self.problems.append(f"outside: {url}")


WATCHES: WeakKeyDictionary[Page, Watch] = WeakKeyDictionary()
"""The watch on each page."""


@contextmanager
def reading(browser: Browser, addresses: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """A function that opens pages as a reader with these settings; settings once given hold until others are.

    At the end nothing may have gone wrong, and nothing may have left the site.
    """
    opened: list[tuple[BrowserContext, Watch]] = []
    inside = (*addresses.values(), "data:", "blob:")

    def open_page(path: str = "", *, by: str = "http", watch: bool = True, **settings: object) -> Page:
        if settings or not opened:
            settings.setdefault("viewport", {"width": 1280, "height": 900})
            context = browser.new_context(**settings)  # type: ignore[arg-type]
            opened.append((context, Watch(inside)))
        context, watching = opened[-1]
        page = context.new_page()
        if watch:
            watching.attach(page)
            WATCHES[page] = watching
        page.goto(addresses[by] + path, wait_until="load")
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    assert [problem for _, watching in opened for problem in watching.problems] == []


@pytest.fixture
def reader(browser: Browser, addresses: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Opens pages, for one test."""
    with reading(browser, addresses) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def chapters() -> list[str]:
    """The pages made from notebooks."""
    return CHAPTERS


# The frame after the next: what the next one shows has then been laid out, observed and answered.
DRAW = "window.drawn = false; requestAnimationFrame(() => requestAnimationFrame(() => (window.drawn = true)));"


def state(page: Page) -> str:
    return str(page.evaluate("[document.visibilityState, document.readyState, `at ${scrollY}`].join(', ')"))


def drawn(page: Page) -> int:
    """Wait until the frame asked for is drawn; the height of the page then."""
    end = time.monotonic() + PATIENCE
    while not (height := page.evaluate("window.drawn && document.documentElement.scrollHeight")):
        if time.monotonic() > end:
            raise AssertionError(f"{page.url} draws no frame in {PATIENCE} seconds: {state(page)}")
        page.wait_for_timeout(8)
    return int(height)


READ = """() => {
    let y = 0;
    const next = () => {
        window.readTo = y;
        scrollTo({ top: Math.max(y, 0), behavior: "instant" });
        requestAnimationFrame(() => requestAnimationFrame(() => {
            if (y < 0) window.readTo = "the end";
            else {
                y += 1700;
                if (y >= document.documentElement.scrollHeight) y = -1;
                next();
            }
        }));
    };
    next();
}"""
"""Read on by almost two windows, since the browser lays out, and the page brings to life, what is a window away."""


def read_through(page: Page) -> None:
    """Scroll once through a page and back, so that everything lazy has been laid out and every widget is alive.

    The page goes on by itself, but how long that may take is decided here: a page that draws nothing, or grows as it is
    read, is named.
    """
    page.evaluate(READ)
    last, end = None, time.monotonic() + PATIENCE
    while (place := page.evaluate("window.readTo")) != "the end":
        if place != last:
            last, end = place, time.monotonic() + PATIENCE
        assert place < 1_000_000, f"{page.url} grows as it is read"
        if time.monotonic() > end:
            raise AssertionError(f"{page.url} draws no frame in {PATIENCE} seconds: {state(page)}")
        page.wait_for_timeout(20)


def until(page: Page, expression: str, patience: float = 10) -> None:
    """Wait until an expression holds. (Playwright's own waiting evaluates text in the page, which its policy forbids.)"""
    end = time.monotonic() + patience
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"{page.url}: never true in {patience} seconds: {expression}"
        page.wait_for_timeout(15)


def at_rest(page: Page, expression: str, argument: object) -> float:
    """What an expression is once it no longer changes."""
    values: list[float] = []
    for _ in range(300):
        values = [*values[-9:], page.evaluate(expression, argument)]
        if len(values) == 10 and len(set(values)) == 1:
            return values[-1]
        page.wait_for_timeout(30)
    raise AssertionError(f"{page.url} never comes to rest: {values}")


def bring(target: Locator) -> None:
    """Scroll a place into view and stay with it until it stands still: sections on the way are laid out as they come."""
    still, last = 0, float("nan")
    for _ in range(200):
        target.evaluate(
            f"(element) => {{ element.scrollIntoView({{ block: 'center', behavior: 'instant' }}); {DRAW} }}"
        )
        drawn(target.page)
        top = target.evaluate("(element) => element.getBoundingClientRect().top")
        still, last = (still + 1 if abs(top - last) < 1 else 0), top
        if still == 3:
            return
    raise AssertionError(f"{target} never stands still")
