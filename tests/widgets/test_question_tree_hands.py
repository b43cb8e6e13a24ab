"""The living question tree under mouse, finger and keyboard, on a page of its own, its numbers against kltext."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kltext.widgets import QuestionTree

SIX = [0.4, 0.2, 0.15, 0.1, 0.1, 0.05]


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    static = root / "kltext/widgets/static"
    scripts = "".join(f'<script defer src="{(static / "site" / name).as_uri()}"></script>' for name in ("shared.js", "question_tree.js"))
    style = f'<link rel="stylesheet" href="{(static / "widgets.css").as_uri()}">'
    path = tmp_path_factory.mktemp("tree") / "page.html"
    body = QuestionTree(SIX, key="tree")._placeholder()
    path.write_text(f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">{style}{scripts}<body style="margin:16px">{body}')
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 1000}, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    page.locator("[data-kl-number]").first.wait_for()
    yield page
    context.close()
    assert problems == []


def group(page: Page, g: int) -> Locator:
    return page.locator(f'[data-kl-group="{g}"]')


def twin(page: Page) -> QuestionTree:
    """What the address says, in Python."""
    state: dict[str, object] = page.locator(".kl-widget").evaluate("(element) => JSON.parse(element.dataset.klState)")
    for part in filter(None, urlsplit(page.url).fragment.removeprefix("tree=").split(";")):
        name, text = part.split(":", 1)
        state[name] = [float(x) for x in text.split(",")] if name == "p" else [unquote(x) for x in text.split(",")] if name == "labels" else unquote(text)
    return QuestionTree(**state)  # type: ignore[arg-type]


def agree(page: Page) -> QuestionTree:
    """The numbers shown are kltext's for the state in the address, which follows after a moment."""
    for _ in range(60):
        page.wait_for_timeout(50)
        read = "(all) => all.map((cell) => [cell.dataset.klNumber, Number(cell.dataset.klValue)])"
        shown = dict(page.locator("[data-kl-number]").evaluate_all(read))
        if shown == pytest.approx(twin(page).numbers(), rel=1e-9, abs=1e-12):
            break
    assert shown == pytest.approx(twin(page).numbers(), rel=1e-9, abs=1e-12)
    return twin(page)


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
    expect(page.locator(".kl-sentence")).to_contain_text("the best tree would save")


def test_touch(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    page.locator("[data-kl-number]").first.wait_for()
    group(page, 0).tap()
    group(page, 1).tap()
    grown(page, "(01)2345")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for button in page.locator(".kl-button:visible").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44
    sizes = page.locator("svg text").evaluate_all("(all) => all.map((text) => parseFloat(getComputedStyle(text).fontSize))")
    assert min(sizes) >= 12
    context.close()


def test_huffman_reset_and_start_over(page: Page) -> None:
    begun = agree(page)
    page.locator('[data-kl-action="huffman"]').click()
    page.wait_for_timeout(400)
    best = agree(page)
    assert best.depth == pytest.approx(2.35) == pytest.approx(best.best)
    expect(page.locator(".kl-sentence")).to_contain_text("No tree asks fewer questions on average")
    page.locator('[data-kl-action="start-over"]').click()
    grown(page, "012345")
    page.locator('[data-kl-action="huffman"]').press("Enter")
    page.wait_for_timeout(400)
    page.locator('[data-kl-action="reset"]').click()
    page.wait_for_timeout(400)
    assert agree(page).state() == begun.state()


def test_bars_by_keyboard_and_pointer(page: Page) -> None:
    page.locator('[data-kl-action="huffman"]').click()
    for name in [f"p:{i}" for i in range(6)]:
        handle = page.locator(f'[data-kl-handle="{name}"]')
        for key in ("ArrowUp", "PageUp", "ArrowDown", "Shift+ArrowUp", "End", "Home"):
            before = str(handle.get_attribute("aria-valuenow"))
            handle.focus()
            page.keyboard.press(key)
            expect(handle).not_to_have_attribute("aria-valuenow", before)
        assert "average depth" in str(handle.get_attribute("aria-valuetext"))
        agree(page)
        page.locator('[data-kl-action="reset"]').click()
        page.wait_for_timeout(100)
    handle = page.locator('[data-kl-handle="p:0"]')
    box = handle.locator("[data-kl-grip]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=5)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert agree(page).p[0] < 0.39


def test_typed_values_examples_and_outcomes(page: Page) -> None:
    field, notice = page.locator('[data-kl-input="p"]'), page.locator("[data-kl-notice]")
    for typed, sentence, taken in (("abc", "not a number; nothing was changed", "0.4"), ("0", "type more than 0", "0.4"), ("2", "Hands reach from 0.005 to 0.975; 2 was read as 0.975", "0.975")):
        field.fill(typed)
        field.press("Enter")
        expect(notice).to_contain_text(sentence)
        expect(field).to_have_value(taken)
    field.fill("1/4")
    field.press("Enter")
    expect(notice).to_have_text("")
    page.wait_for_timeout(400)
    assert agree(page).p[0] == 0.25
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-chosen-name")).to_have_text("B")
    page.locator('[data-kl-action="remove-outcome"]').click()
    page.wait_for_timeout(400)
    assert agree(page).labels == ("A", "C", "D", "E", "F")
    for _ in range(3):
        page.locator('[data-kl-action="add-outcome"]').click()
    page.wait_for_timeout(400)
    assert len(agree(page).p) == 8
    expect(page.locator('[data-kl-action="add-outcome"]')).to_be_disabled()
    menu = page.locator("select")
    for option in menu.locator("option").evaluate_all("(all) => all.map((option) => option.value).filter(Boolean)"):
        menu.select_option(option)
        page.wait_for_timeout(400)
        agree(page)


def test_copied_link_brings_the_state_back(page: Page) -> None:
    page.locator('[data-kl-action="huffman"]').click()
    page.locator('[data-kl-handle="p:1"]').press("PageUp")
    page.wait_for_timeout(400)
    state = agree(page).state()
    page.locator('[data-kl-action="copy-link"]').click()
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == state
