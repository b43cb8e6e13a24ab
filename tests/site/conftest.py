"""The built book, a server for it, a browser, and a watch on everything a reader would not see."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run Jupyter Book as `make book` does; the site is then below target/_build/html."""
    run = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    options = ["build", "-W", "--keep-going", "--path-output", str(target), str(source)]
    return subprocess.run([*run, *options], capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="session")
def book(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: BOOK_HTML, or what `make book` made, or a build of our own."""
    if named := os.environ.get("BOOK_HTML"):
        return Path(named)
    made = root / "_build" / "html"
    if (made / "index.html").is_file():
        return made
    folder = tmp_path_factory.mktemp("book")
    done = build(root, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def every_page(book: Path) -> list[str]:
    """The addresses of all pages, relative to the site. The landing page stands under two names; the second is not listed."""
    found = sorted(path.relative_to(book).as_posix() for path in book.rglob("*.html"))
    assert (book / "intro.html").read_bytes() == (book / "index.html").read_bytes()
    return [page for page in found if page != "intro.html"]


@pytest.fixture(scope="session")
def pages(book: Path, every_page: list[str]) -> list[str]:
    """The pages to be opened in a browser. Of the library's sources, all cast in one mould, the longest stands for the others."""
    sources = [page for page in every_page if page.startswith("_modules/kltext/")]
    longest = max(sources, key=lambda page: (book / page).stat().st_size)
    return [page for page in every_page if page not in sources or page == longest]


@pytest.fixture(scope="session")
def soups(book: Path, every_page: list[str]) -> dict[str, BeautifulSoup]:
    """Every page, parsed."""
    return {page: BeautifulSoup((book / page).read_bytes(), "html.parser") for page in every_page}


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

    def attach(self, page: Page) -> None:
        page.on("console", lambda m: self.problems.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("requestfailed", self.failed)
        page.on("response", lambda r: self.problems.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", self.request)

    def failed(self, request: Request) -> None:
        # an icon still on its way when the reader turns the page is not a fault
        if not ("favicon" in request.url and request.failure == "net::ERR_ABORTED"):
            self.problems.append(f"failed: {request.url} {request.failure}")

    def request(self, request: Request) -> None:
        url = request.url
        if not url.startswith((*self.inside, "about:")):
            self.problems.append(f"outside: {url}")


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
def chapters(soups: dict[str, BeautifulSoup]) -> list[str]:
    """The pages made from notebooks."""
    found = [page for page, soup in soups.items() if soup.select_one(".page-tools a[download]")]
    assert found
    return found


def read_through(page: Page) -> None:
    """Scroll once through a page, so that everything lazy has been laid out and every widget is alive."""
    page.evaluate(
        """async () => {
            // a frame, or a moment where the machine is too busy to draw one
            const frame = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); setTimeout(done, 200); });
            document.documentElement.style.scrollBehavior = "auto";
            for (let y = 0; y < document.documentElement.scrollHeight; y += 850) { scrollTo(0, y); await frame(); }
            scrollTo(0, 0);
            await frame();
        }"""
    )


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds. (Playwright's own waiting evaluates text in the page, which its policy forbids.)"""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(30)
    raise AssertionError(f"never true: {expression}")


def bring(target: Locator) -> None:
    """Scroll a place into view and stay with it until it stands still: sections on the way are laid out as they come."""
    target.evaluate(
        """async (element) => {
            for (let still = 0, last = NaN; still < 4; ) {
                element.scrollIntoView({ block: "center" });
                await new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 10)); setTimeout(done, 200); });
                const { top } = element.getBoundingClientRect();
                still = Math.abs(top - last) < 1 ? still + 1 : 0;
                last = top;
            }
        }"""
    )
