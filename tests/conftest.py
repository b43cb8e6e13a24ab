"""What all tests share: where the repository is, and what must be installed where everything is tested."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

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
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run: Playwright's synchronous interface can be entered only once at a time."""
    path = chromium.find()
    assert path, "no Chromium found; `python -m tools.chromium` installs one"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_report_header() -> str:
    everything = os.environ.get("KLTEXT_OPTIONAL")
    return "optional array libraries: " + ("demanded" if everything else "tested where installed")
