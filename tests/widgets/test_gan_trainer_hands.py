"""The living GAN trainer: it runs and pauses, looks back, and begins anew; its numbers against kltext all the while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kltext.widgets import GanTrainer
from kltext.widgets.gan_trainer.drawing import training_panel
from kltext.widgets.gan_trainer.training import CELL, LAST, generator_law

from . import hands

NUMBERS = ("mean_1", "mean_2", "std", "share")
COUNT = "window.said = 0; new MutationObserver(() => window.said++).observe(document.querySelector('[data-kl-announce]'), { childList: true, characterData: true, subtree: true }); 0"

PRESSED = "(button) => { button.click(); return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(button.textContent)))); }"


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("gan"), GanTrainer())


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def agree(page: Page) -> GanTrainer:
    found: GanTrainer = hands.agree(page, GanTrainer, **dict.fromkeys(NUMBERS, float), **dict.fromkeys(("d_steps", "seed", "step"), int))
    return found


def act(page: Page, action: str) -> None:
    page.locator(f'[data-kl-action="{action}"]').click()


def step(page: Page) -> int:
    return int(str(page.locator('[data-kl-handle="step"]').get_attribute("aria-valuenow")))


def test_it_runs_pauses_and_does_not_chatter(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, motion=True) as page:
        page.wait_for_timeout(600)
        page.evaluate(COUNT)
        begun = page.locator(".kl-gan-value").get_attribute("d")
        run = page.locator('[data-kl-action="run"]')
        assert run.evaluate(PRESSED) == "Pause"  # with the picture: what stops it may not be late
        expect(page.locator(".kl-story")).to_have_text("Training runs. Pause to read the numbers.")
        page.wait_for_timeout(1500)
        assert page.evaluate("window.said") <= 1  # that it runs, and no number
        run.press("Enter")
        expect(run).to_have_text("Run")
        page.wait_for_timeout(900)
        gan = agree(page)
        assert gan.step >= 8 and page.locator(".kl-gan-value").get_attribute("d") != begun
        expect(page.locator("[data-kl-announce]")).to_contain_text(f"After {gan.step} steps D is")
        page.wait_for_timeout(400)
        assert agree(page).step == gan.step  # it stands still


def test_where_less_motion_is_wanted_it_goes_in_jumps(page: Page) -> None:
    act(page, "run")
    page.wait_for_timeout(1600)
    act(page, "run")
    gan = agree(page)
    assert gan.step > 0 and gan.step % 100 == 0 and gan.step <= 400


def test_it_stops_at_the_end_and_unseen(page: Page) -> None:
    page.locator('[data-kl-handle="step"]').press("End")
    assert agree(page).step == LAST
    expect(page.locator('[data-kl-action="run"]')).to_be_disabled()
    act(page, "first-step")
    act(page, "run")
    expect(page.locator('[data-kl-action="run"]')).to_have_text("Pause")
    page.evaluate("document.body.style.paddingBottom = '4000px'; scrollTo(0, 3500); 0")
    expect(page.locator('[data-kl-action="run"]')).to_have_text("Run")


def test_step_by_step_and_back_again(page: Page) -> None:
    act(page, "one-step")
    assert agree(page).step == 1
    act(page, "more-steps")
    there = agree(page)
    assert there.step == 101
    act(page, "more-steps")
    agree(page)
    page.locator('[data-kl-handle="step"]').press("PageDown")
    back = agree(page)
    assert back.step == 101 and back.numbers() == there.numbers()
    hands.pull(page, "step", 40, 0)
    assert agree(page).step > 150
    hands.pull(page, "step", -400, 0)
    assert agree(page).step == 0
    expect(page.locator(".kl-story")).to_contain_text("Nothing is trained yet")


def test_what_the_frame_cuts_off_has_its_height_beside_it(page: Page) -> None:
    gan, done = GanTrainer(), GanTrainer(step=LAST)
    height = f"↑ {(generator_law(gan.networks[1]) / CELL).max():.1f}"
    expect(page.locator(".kl-stage .kl-of-q")).to_have_text(height)
    for shown, words in ((gan, [height]), (done, [])):
        assert [text.get_text() for text in training_panel(shown.setup, *shown.networks).axes[0].texts] == words
    page.locator('[data-kl-handle="step"]').press("End")
    expect(page.locator(".kl-stage .kl-of-q")).to_have_count(0)
    assert agree(page).step == LAST


def test_what_changes_the_training(page: Page) -> None:
    """The loss and the balance lead to the same step by another way; the data and the seed begin anew."""
    act(page, "more-steps")
    page.locator("[data-kl-choice='loss:saturating']").check(force=True)
    gan = agree(page)
    assert (gan.loss, gan.step) == ("saturating", 100)
    act(page, "more-d")
    gan = agree(page)
    assert (gan.d_steps, gan.step) == (2, 100)
    expect(page.locator(".kl-gan-ratio")).to_have_text("2 steps of D for each of G")
    act(page, "less-d")
    assert agree(page).d_steps == 1
    expect(page.locator('[data-kl-action="less-d"]')).to_be_disabled()
    hands.pull(page, "mean_1", -30, 0)
    gan = agree(page)
    assert gan.mean_1 < -2.2 and gan.step == 0
    act(page, "one-step")
    act(page, "other-seed")
    gan = agree(page)
    assert (gan.seed, gan.step) == (2, 0)
    act(page, "reset")
    assert agree(page).state() == GanTrainer().state()


def test_handles_fields_and_examples(page: Page) -> None:
    for name in ("mean_1", "mean_2", "step"):
        assert "W1" in hands.by_keyboard(page, name)
        agree(page)
        act(page, "reset")
        page.evaluate(hands.TOLD)
    hands.typed(page, "mean_1", "9", "from −4 to 4; 9 was read as 4", "4")
    hands.typed(page, "std", "0", "from 0.2 to 1; 0 was read as 0.2", "0.2")
    hands.typed(page, "share", "x", "is not a number; nothing was changed")
    told = []
    for _ in hands.examples(page):
        agree(page)
        told.append(page.locator(".kl-story").inner_text())
    assert "A mode is missing" in told[1] and "Try the other loss" in told[2] and "A mode is missing" in told[4]


def test_touch_and_a_small_phone(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=800, touch=True) as page:
        page.locator('[data-kl-action="more-steps"]').tap()
        assert agree(page).step == 100
        page.locator('[data-kl-handle="step"]').scroll_into_view_if_needed()
        hands.swipe(page, "step", 30)
        assert agree(page).step > 120
        hands.fits_a_small_phone(page)


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    act(page, "more-steps")
    hands.copies_itself(page, agree, capsys)


def test_it_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    hands.stands_everywhere(browser, address, root)
