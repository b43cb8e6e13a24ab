"""A field for numbers, between the hand that types and the picture that answers a moment later."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kltext.widgets import GaussianPair

from .hands import TOLD, opened, write_page

TYPE_TWICE = """(field) => {
    const type = (text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
    field.focus();
    type("1.5");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    type("0.7");
}"""


@pytest.fixture
def address(root: Path, tmp_path: Path) -> str:
    return write_page(root, tmp_path, GaussianPair())


def test_what_is_typed_next_is_not_overwritten(browser: Browser, address: str) -> None:
    """The words about the first number come after the second has been typed."""
    with opened(browser, address) as page:
        field = page.locator('[data-kl-input="mean_p"]')
        field.evaluate(TYPE_TWICE)
        page.evaluate(TOLD)
        assert field.input_value() == "0.7"
        field.press("Enter")
        page.evaluate(TOLD)
        assert field.input_value() == "0.7"
        assert page.locator('[data-kl-number="kl_pq"]').get_attribute("data-kl-value") == repr(GaussianPair(mean_p=0.7).numbers()["kl_pq"])


def test_a_field_left_alone_follows_the_picture(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        field = page.locator('[data-kl-input="mean_p"]')
        before = field.input_value()
        field.focus()
        page.locator("[data-kl-handle]").first.press("ArrowUp")
        page.evaluate(TOLD)
        assert field.input_value() != before
