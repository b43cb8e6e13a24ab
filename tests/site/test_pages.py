"""Every page, as readers with different windows, themes and ways of opening it meet it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .conftest import read_through

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("by", ["http", "file"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_quiet_and_fit(reader: Callable[..., Page], pages: list[str], by: str, theme: str, width: int) -> None:
    """No console message, exception, failed or outside request (the fixture sees to it), and nothing sticks out."""
    settings = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    for path in pages:
        page = reader(path, by=by, **settings)
        settings = {}  # the same context for all pages
        read_through(page)
        assert page.evaluate(WIDER) <= 0, path
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert background == {"light": "rgb(253, 253, 252)", "dark": "rgb(20, 22, 27)"}[theme]
        waiting = page.locator(".kl-widget .kl-fallback:visible").count()
        assert waiting == 0, f"{path}: {waiting} widgets never came to life"
        page.close()


@pytest.mark.parametrize("width", [768, 320])
def test_nothing_sticks_out(reader: Callable[..., Page], pages: list[str], width: int) -> None:
    settings = {"viewport": {"width": width, "height": 900}}
    for path in pages:
        page = reader(path, **settings)
        settings = {}
        read_through(page)
        assert page.evaluate(WIDER) <= 0, path
        # Folded parts must fit as well.
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        assert page.evaluate(WIDER) <= 0, f"{path}, unfolded"
        page.close()
