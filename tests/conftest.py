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
    path = chromium.find()
    assert path, "no Chromium found; `python -m tools.chromium` installs one"
    browser = chromium_type.launch(executable_path=path, args=chromium.FLAGS)
    yield browser
    browser.close()


def pytest_report_header() -> str:
    everything = os.environ.get("KLTEXT_OPTIONAL")
    return "optional array libraries: " + ("demanded" if everything else "tested where installed")
