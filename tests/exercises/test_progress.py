"""What the page remembers: counts in the contents, marks on exercises, tick boxes, the reset, and other tabs."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

IDS = ("kl-warm-coin", "kl-gauss", "kl-implement")
SOLVED = "JSON.parse(localStorage['kltext:solved'] ?? '[]')"


@pytest.fixture
def address(exercise_page: Callable[..., str]) -> str:
    return exercise_page(*IDS)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    yield page
    assert problems == []


def solve(page: Page, id: str = "kl-warm-coin", text: str = "0.531") -> None:
    page.locator(f"#ex-{id}").scroll_into_view_if_needed()
    page.locator(f"form[data-kl-exercise={id}] input").fill(text)
    page.locator(f"form[data-kl-exercise={id}] input").press("Enter")


def mark(page: Page, id: str) -> object:
    return page.locator(f"#ex-{id} .kl-solved-mark")


def test_solving_counts_at_once(page: Page) -> None:
    link = page.get_by_role("link", name="KL divergence")
    expect(link).to_contain_text("0/3")
    expect(page.get_by_role("link", name="Cross-entropy")).to_have_text("Cross-entropy")
    solve(page)
    expect(link).to_contain_text("1/3")
    expect(link).to_have_accessible_name("KL divergence 1 of 3 exercises solved")
    expect(page.locator("[data-kl-progress]")).to_contain_text(
        "1 of 3 exercises solved. Only this browser remembers it."
    )
    expect(mark(page, "kl-warm-coin")).to_be_visible()  # type: ignore[arg-type]
    expect(mark(page, "kl-gauss")).to_be_hidden()  # type: ignore[arg-type]


def test_a_wrong_answer_does_not_count(page: Page) -> None:
    solve(page, text="0.368")
    expect(page.locator("form[data-kl-exercise=kl-warm-coin]")).to_contain_text("Not yet.")
    expect(page.locator(".kl-progress-count")).to_contain_text("0/3")


def test_only_exercises_without_a_box_can_be_ticked(page: Page) -> None:
    expect(page.get_by_role("checkbox")).to_have_count(1)
    tick = page.locator("#ex-kl-implement").get_by_role("checkbox", name="Mark as solved")
    tick.check()
    expect(page.locator(".kl-progress-count")).to_contain_text("1/3")
    assert page.evaluate(SOLVED) == ["kl-implement"]
    page.reload()
    expect(tick).to_be_checked()
    tick.press("Space")
    expect(page.locator(".kl-progress-count")).to_contain_text("0/3")
    assert page.evaluate(SOLVED) == []


def test_complete_is_told_in_more_than_colour(page: Page) -> None:
    page.evaluate(f"localStorage['kltext:solved'] = JSON.stringify({list(IDS)})")
    page.reload()
    expect(page.locator(".kl-progress-count")).to_contain_text("✓ 3/3")


def test_reset_asks_first(page: Page) -> None:
    reset = page.get_by_role("button", name="Reset")
    expect(reset).to_be_hidden()
    solve(page)
    reset.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Forget which exercises are solved?")).to_be_visible()
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Escape")
    expect(reset).to_be_focused()
    assert page.evaluate(SOLVED) == ["kl-warm-coin"]
    reset.click()
    page.get_by_role("button", name="Forget").click()
    assert page.evaluate(SOLVED) == []
    expect(page.locator(".kl-progress-count")).to_contain_text("0/3")
    expect(page.locator(".kl-answer-badge:visible")).to_have_count(0)
    expect(reset).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Forgotten: no exercise counts as solved.")
    assert page.evaluate("document.activeElement.closest('[data-kl-progress]') !== null")


def test_another_tab_follows(page: Page, context: BrowserContext, address: str) -> None:
    other = context.new_page()
    other.goto(address)
    solve(page)
    expect(other.locator(".kl-progress-count")).to_contain_text("1/3")
    other.locator("#ex-kl-implement").get_by_role("checkbox").check()
    expect(page.locator(".kl-progress-count")).to_contain_text("2/3")


@pytest.mark.parametrize("stored", ["not JSON", "{}", "null", '"kl-gauss"', "[1, null]"])
def test_what_others_left_in_the_store_does_no_harm(page: Page, stored: str) -> None:
    page.evaluate("(text) => { localStorage['kltext:solved'] = text; }", stored)
    page.reload()
    expect(page.locator(".kl-progress-count")).to_contain_text("0/3")
    solve(page)
    expect(page.locator(".kl-progress-count")).to_contain_text("1/3")


def test_an_exercise_of_another_chapter_counts_for_that_one(page: Page) -> None:
    page.evaluate("localStorage['kltext:solved'] = '[\"other-exercise\"]'")
    page.reload()
    expect(page.locator(".kl-progress-count")).to_contain_text("0/3")
    expect(page.locator("[data-kl-progress]")).to_contain_text("0 of 3")
