"""The living urn game under mouse, finger and keyboard, on a page of its own, its numbers against kltext."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kltext.widgets import UrnGame

from . import hands


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("urns"), UrnGame())


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def agree(page: Page) -> UrnGame:
    numbers = ("p", "q", "bets")
    readers = {name: lambda text: hands.floats(text) if text else [] for name in numbers}
    found: UrnGame = hands.agree(page, UrnGame, **readers, bet=float, seed=int, labels=hands.words, reveal=hands.flag)
    return found


def act(page: Page, action: str) -> None:
    page.locator(f'[data-kl-action="{action}"]').click()


def test_a_game_by_keyboard_alone(page: Page) -> None:
    """Twenty bets from the handle: arrows set it, Enter makes it, and the focus stays for the next one."""
    game = agree(page)
    page.locator('[data-kl-handle="bet"]').focus()
    for played in range(20):
        assert len(game.bets) == played
        expect(page.locator(".kl-urn-question")).to_contain_text(f"Draw {played + 1} of 20: a {game.ball} ball.")
        wanted, keys = {"white": (0.7, (3, 5)), "grey": (0.5, (2, 5)), "black": (0.2, (1, 0))}[str(game.ball)]
        for key, count in (("Home", 1), ("PageUp", keys[0]), ("ArrowUp", keys[1])):
            for _ in range(count):
                page.keyboard.press(key)
        page.keyboard.press("Enter")
        game = agree(page)
        assert game.bets[-1] == pytest.approx(wanted)
    assert game.ball is None
    expect(page.locator(".kl-story")).to_contain_text("The best bets are the urns’ shares, p/(p + q): white 0.75")
    expect(page.locator('[data-kl-action="bet"]')).to_be_disabled()
    expect(page.locator('[data-kl-action="reveal"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".kl-sentence")).to_contain_text("luck")


def test_a_bet_by_mouse_button_field_and_slider(page: Page) -> None:
    hands.pull(page, "bet", 0, -36)
    assert agree(page).bet == pytest.approx(0.8)
    act(page, "bet")
    game = agree(page)
    assert game.bets == (0.8,)
    expect(page.locator(".kl-story")).to_contain_text(f"Draw 1, black, came from urn {game.history[0].urn}. You gave that 0.20: −1.322 bits, average −1.322.")
    field = page.locator('[data-kl-input="bet"]')
    hands.typed(page, "bet", "2", "A probability lies between 0 and 1; 2 was read as 1.", "1")
    hands.typed(page, "bet", "x", "is not a number; nothing was changed")
    field.fill("1/4")
    field.press("Enter")
    assert agree(page).bet == 0.25
    page.locator('[data-kl-range="bet"]').press("ArrowRight")
    assert agree(page).bet == pytest.approx(0.26)
    act(page, "bet")
    assert agree(page).bets == (0.8, pytest.approx(0.26))


def test_the_best_bets_are_hidden_until_they_are_asked_for(page: Page) -> None:
    act(page, "bet")
    assert page.locator(".kl-urn-ideal").get_attribute("d") == "" and page.locator(".kl-urn-best").count() == 0
    assert "0.75" not in page.locator(".kl-app").inner_text()
    act(page, "reveal")
    expect(page.locator(".kl-urn-best").first).to_have_text("0.75")
    game = agree(page)
    assert game.reveal
    best = {"white": "0.75", "grey": "0.5", "black": "0.167"}[str(game.ball)]
    expect(page.locator('[data-kl-handle="bet"]')).to_have_attribute("aria-valuetext", f"0.5, best {best}; earns 0 bits if it did, 0 bits if not")
    act(page, "reveal")
    expect(page.locator(".kl-urn-best")).to_have_count(0)
    act(page, "rest")
    expect(page.locator(".kl-urn-best").first).to_have_text("0.75")
    assert len(agree(page).bets) == 20


def test_certain_and_wrong(page: Page) -> None:
    page.locator('[data-kl-handle="bet"]').press("End")
    act(page, "bet")
    game = agree(page)
    assert game.score == float("-inf") and game.history[0].urn == 2
    expect(page.locator(".kl-sentence")).to_contain_text("minus infinity")


def test_urns_are_shut_during_a_game_and_open_before_and_after(page: Page) -> None:
    begun = agree(page)
    hands.pull(page, "p:0", 0, 20)
    game = agree(page)
    assert game.p[0] < 0.6 and game.bets == ()
    act(page, "bet")
    expect(page.locator('[data-kl-handle="p:0"]')).to_have_attribute("aria-disabled", "true")
    expect(page.locator('[data-kl-input="p"]')).to_be_disabled()
    hands.pull(page, "p:0", 0, -20)
    page.locator('[data-kl-handle="q:1"]').press("End")
    assert (agree(page).p, agree(page).q) == (game.p, game.q)
    act(page, "rest")
    page.locator('[data-kl-handle="q:1"]').press("PageUp")
    game = agree(page)
    assert game.q != begun.q and game.bets == ()
    act(page, "new-game")
    assert agree(page).seed == begun.seed + 1 and agree(page).q == game.q
    act(page, "reset")
    assert agree(page).state() == begun.state()


def test_handles_examples_and_colours(page: Page) -> None:
    for name in ("p:0", "q:2", "bet"):
        said = hands.by_keyboard(page, name)
        assert "earns 1 bit if it did" in said or "infinity" in said if name == "bet" else "JS" in said
        agree(page)
        act(page, "reset")
        page.evaluate(hands.TOLD)
    act(page, "previous-colour")
    expect(page.locator(".kl-urn-colour")).to_have_text("grey")
    page.locator('[data-kl-input="p"]').fill("0.5")
    page.locator('[data-kl-input="p"]').press("Enter")
    assert agree(page).p[1] == 0.5
    for sentence in hands.examples(page):
        agree(page)
        assert "bits" in sentence


def test_touch_and_a_small_phone(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=800, touch=True) as page:
        page.locator('[data-kl-action="bet"]').tap()
        assert agree(page).bets == (0.5,)
        hands.fits_a_small_phone(page)


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-handle="bet"]').press("PageUp")
    act(page, "bet")
    act(page, "bet")
    hands.copies_itself(page, agree, capsys)
    act(page, "rest")
    hands.copies_itself(page, agree, capsys)


def test_it_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    hands.stands_everywhere(browser, address, root)
