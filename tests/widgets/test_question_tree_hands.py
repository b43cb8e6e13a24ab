"""The living question tree under mouse, finger and keyboard, on a page of its own, its numbers against kltext."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kltext.widgets import QuestionTree

from . import hands

SIX = [0.4, 0.2, 0.15, 0.1, 0.1, 0.05]


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("tree"), QuestionTree(SIX, key="tree"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def group(page: Page, g: int) -> Locator:
    return page.locator(f'[data-kl-group="{g}"]')


def twin(page: Page) -> QuestionTree:
    found: QuestionTree = hands.twin(page, QuestionTree, p=hands.floats, labels=hands.words, reveal=hands.flag)
    return found


def agree(page: Page) -> QuestionTree:
    found: QuestionTree = hands.agree(page, QuestionTree, p=hands.floats, labels=hands.words, reveal=hands.flag)
    return found


def grown(page: Page, tree: str) -> None:
    """The tree in the address becomes this one."""
    for _ in range(60):
        if twin(page).tree == tree:
            break
        page.wait_for_timeout(50)
    assert agree(page).tree == tree


def test_groups_are_joined_by_mouse_and_taken_apart(page: Page) -> None:
    group(page, 4).click()
    expect(group(page, 4)).to_have_attribute("aria-pressed", "true")
    group(page, 4).click()  # let go
    expect(group(page, 4)).to_have_attribute("aria-pressed", "false")
    group(page, 5).click()
    group(page, 4).click()
    grown(page, "0123(45)")
    expect(group(page, 4)).to_have_attribute("aria-label", "Group E, F, probability 0.150")
    group(page, 4).click()
    expect(page.locator(".kl-story")).to_contain_text("splits 0.10 : 0.05, so its answer is worth 0.918 bits")
    page.locator('[data-kl-action="take-apart"]').click()
    grown(page, "012345")
    expect(page.locator('[data-kl-action="take-apart"]')).to_be_disabled()


def test_a_whole_tree_by_keyboard(page: Page) -> None:
    """Joining two at a time from the left; the focus stays on the group that grows."""
    group(page, 0).focus()
    page.keyboard.press("Enter")
    for k in range(1, 6):
        group(page, 1).focus()
        page.keyboard.press(" ")
        expect(group(page, 0)).to_be_focused()
        if k < 5:
            page.keyboard.press("Enter")
    grown(page, "(((((01)2)3)4)5)")
    tree = agree(page)
    assert tree.excess == pytest.approx(tree.depth - tree.entropy)
    expect(page.locator(".kl-sentence")).to_contain_text("more than H(P). Can another tree do with fewer questions?")
    page.locator('[data-kl-action="reveal"]').press("Enter")
    expect(page.locator(".kl-sentence")).to_contain_text("the best tree would save")


def test_the_best_is_hidden_until_it_is_asked_for(page: Page) -> None:
    """Not in the numbers, nor the sentence, nor what is spoken; then in all three, in the address, and hidden again."""
    button, cell = page.locator('[data-kl-action="reveal"]'), page.locator(".kl-readout-best .kl-value")
    expect(cell).to_have_text("hidden")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert "2.35" not in page.locator(".kl-app").inner_text() and "best" not in agree(page).numbers()
    button.click()
    expect(cell).to_have_text("2.3500")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-kl-announce]")).to_contain_text("The best tree asks 2.3500 questions on average")
    assert agree(page).reveal and "reveal:on" in page.url
    hands.pull(page, "p:0", 0, 30)
    assert agree(page).best > 2.35
    button.click()
    expect(cell).to_have_text("hidden")
    assert not agree(page).reveal
    page.locator('[data-kl-action="huffman"]').click()
    assert agree(page).reveal
    page.locator("select").select_option(index=2)
    expect(cell).to_have_text("hidden")
    assert not agree(page).reveal


def test_touch(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=800, touch=True) as page:
        group(page, 0).tap()
        group(page, 1).tap()
        grown(page, "(01)2345")
        hands.fits_a_small_phone(page)


def test_huffman_reset_and_start_over(page: Page) -> None:
    begun = agree(page)
    page.locator('[data-kl-action="huffman"]').click()
    best = agree(page)
    assert best.depth == pytest.approx(2.35) == pytest.approx(best.best)
    expect(page.locator(".kl-sentence")).to_contain_text("No tree asks fewer questions on average")
    page.locator('[data-kl-action="start-over"]').click()
    grown(page, "012345")
    page.locator('[data-kl-action="huffman"]').press("Enter")
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == begun.state()


def test_bars_by_keyboard_and_pointer(page: Page) -> None:
    page.locator('[data-kl-action="huffman"]').click()
    for name in [f"p:{i}" for i in range(6)]:
        assert "average depth" in hands.by_keyboard(page, name)
        agree(page)
        page.locator('[data-kl-action="reset"]').click()
        page.evaluate(hands.TOLD)
    hands.pull(page, "p:0", 0, 30)
    assert agree(page).p[0] < 0.39


def test_typed_values_examples_and_outcomes(page: Page) -> None:
    field, notice = page.locator('[data-kl-input="p"]'), page.locator("[data-kl-notice]")
    hands.typed(page, "p", "abc", "not a number; nothing was changed")
    hands.typed(page, "p", "0", "type more than 0")
    hands.typed(page, "p", "2", "Hands reach from 0.005 to 0.975; 2 was read as 0.975", "0.975")
    field.fill("1/4")
    field.press("Enter")
    expect(notice).to_have_text("")
    assert agree(page).p[0] == 0.25
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-chosen-name")).to_have_text("B")
    page.locator('[data-kl-action="remove-outcome"]').click()
    assert agree(page).labels == ("A", "C", "D", "E", "F")
    for _ in range(3):
        page.locator('[data-kl-action="add-outcome"]').click()
    assert len(agree(page).p) == 8
    expect(page.locator('[data-kl-action="add-outcome"]')).to_be_disabled()
    for _ in hands.examples(page):
        agree(page)


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-action="huffman"]').click()
    page.locator('[data-kl-handle="p:1"]').press("PageUp")
    hands.copies_itself(page, agree, capsys)
