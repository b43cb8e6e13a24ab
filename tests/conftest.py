"""What all tests share: where the repository is, and what must be installed where everything is tested."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tools import chromium

# The same examples on every run and every machine; a slow machine is no failure.
settings.register_profile("book", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("book")

ROOT = Path(__file__).resolve().parent.parent

LONGEST = ["test_desktop.py", "test_phone.py", "test_widgets.py", "test_jupyterlab.py", "test_building.py", "test_policy_simplex.py", "test_projections.py", "vae.ipynb", "ppo.ipynb"]
"""Begun first, so that no process is left with one of them when the others have ended."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def chromium_type() -> Iterator[BrowserType]:
    """One Playwright for the whole run: its synchronous interface can be entered only once at a time."""
    with sync_playwright() as play:
        yield play.chromium


@pytest.fixture(scope="module")
def browser(chromium_type: BrowserType) -> Iterator[Browser]:
    """A fresh Chromium for each file of tests."""
    with chromium.launched(chromium_type) as browser:
        yield browser


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page that does not answer is to fail soon: no test in a browser takes a sixth of this. The longest files come first."""
    built = "BOOK_HTML" in os.environ or (ROOT / "_build" / "html" / "index.html").is_file()
    for item in items:
        if built and "browser" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(60))
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_report_header() -> str:
    everything = os.environ.get("KLTEXT_OPTIONAL")
    return "optional array libraries: " + ("demanded" if everything else "tested where installed")
