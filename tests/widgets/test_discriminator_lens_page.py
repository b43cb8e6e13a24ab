"""The discriminator lens, operated: by pointer, finger, keyboard and typing, its numbers always kltext's."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kltext.widgets import DiscriminatorLens

from . import hands

LENS = DiscriminatorLens()
AXIS = 132  # pixels between D = 0 and D = 1
TWO = DiscriminatorLens([0.9, 0.1], [0.1, 0.9], [0.8, 0.2], unit="bits", key="two")


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with two lenses, opened from disk."""
    static = root / "kltext/widgets/static"
    scripts = "".join(f'<script defer src="{(static / "site" / name).as_uri()}"></script>' for name in ("shared.js", "discriminator_lens.js"))
    style = f'<link rel="stylesheet" href="{(static / "widgets.css").as_uri()}"><link rel="icon" href="data:,">'
    size = '<meta name="viewport" content="width=device-width">'
    path = tmp_path_factory.mktemp("lens") / "page.html"
    path.write_text(
        f'<!doctype html><meta charset="utf-8">{size}{style}{scripts}<body>{LENS._placeholder()}{TWO._placeholder()}</body>', encoding="utf-8"
    )
    return path.as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A function that opens the page; when it is opened again, what was on it is gone."""
    with ExitStack() as last:

        def visit(fragment: str = "", **window: Any) -> Page:
            last.close()
            page = last.enter_context(hands.opened(browser, address + fragment, height=1300, **window))
            expect(page.locator(".kl-app")).to_have_count(2)
            return page

        yield visit


def numbers(widget: Locator) -> dict[str, float]:
    cells = widget.locator("[data-kl-number]")
    read = "(cells) => cells.map((cell) => [cell.dataset.klNumber, cell.dataset.klValue])"
    return {name: float(value.replace("Infinity", "inf")) for name, value in cells.evaluate_all(read)}


def handle(widget: Locator, which: str) -> Locator:
    return widget.locator(f'[data-kl-handle="{which}"]')


def now(widget: Locator, which: str) -> float:
    return float(handle(widget, which).get_attribute("aria-valuenow") or "nan")


def settled(widget: Locator) -> DiscriminatorLens:
    """A lens in Python with what the handles say, after checking that the page shows its numbers."""
    widget.page.evaluate(hands.TOLD)
    rows = {which: [now(widget, f"{which}:{i}") for i in range(widget.locator('[data-kl-handle^="d:"]').count())] for which in "pqd"}
    unit = widget.locator(".kl-app").get_attribute("data-kl-unit")
    lens = DiscriminatorLens(rows["p"], rows["q"], rows["d"], unit=unit)
    assert numbers(widget) == pytest.approx(lens.numbers(), rel=1e-12, abs=1e-14)
    return lens


def center(locator: Locator) -> tuple[float, float]:
    box = locator.locator("[data-kl-grip]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_numbers_before_anything_is_moved(opened: Callable[..., Page]) -> None:
    page = opened()
    for i, lens in enumerate((LENS, TWO)):
        widget = page.locator(".kl-widget").nth(i)
        assert settled(widget).state() == lens.state()


def test_the_value_rises_to_the_ceiling_as_d_is_drawn(opened: Callable[..., Page]) -> None:
    widget = opened().locator(".kl-widget").first
    before = numbers(widget)["value"]
    for i, best in enumerate((1.0, 1.0, 0.8)):
        x, y = center(handle(widget, f"d:{i}"))
        widget.page.mouse.move(x, y)
        widget.page.mouse.down()
        widget.page.mouse.move(x, y - AXIS * (best - 0.5), steps=6)
        widget.page.mouse.up()
        lens = settled(widget)
        assert lens.d[i] == pytest.approx(best, abs=0.0051)
        assert lens.value > before
        before = lens.value
    widget.locator("[data-kl-action=best-discriminator]").click()
    lens = settled(widget)
    assert lens.gap < 1e-10 and lens.value == pytest.approx(lens.ceiling)
    expect(widget.locator(".kl-sentence")).to_contain_text("the best discriminator")
    widget.locator("[data-kl-action=coin]").click()
    assert set(settled(widget).d) == {0.5}


def test_keys(opened: Callable[..., Page]) -> None:
    page = opened()
    widget = page.locator(".kl-widget").first
    handle(widget, "d:4").focus()
    for key, value in (("ArrowUp", 0.51), ("Shift+ArrowDown", 0.509), ("PageDown", 0.409), ("End", 1.0), ("Home", 0.0)):
        page.keyboard.press(key)
        assert settled(widget).d[4] == pytest.approx(value)
    assert numbers(widget)["value"] == -math.inf and numbers(widget)["gap"] == math.inf
    said = handle(widget, "d:4").get_attribute("aria-valuetext") or ""
    assert "best 0.2" in said and "minus infinity" in said and "infinite" in said
    handle(widget, "q:2").focus()
    page.keyboard.press("End")
    assert settled(widget).q == (0, 0, 1, 0, 0, 0, 0)
    page.keyboard.press("Home")
    assert settled(widget).q[4] > settled(widget).q[3] > 0  # the others kept their proportions
    assert "Jensen–Shannon" in (handle(widget, "q:2").get_attribute("aria-valuetext") or "")


def test_a_law_by_pointer_and_a_finger(opened: Callable[..., Page]) -> None:
    page = opened(width=390, touch=True)
    widget = page.locator(".kl-widget").first
    x, y = center(handle(widget, "p:2"))
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 7):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + 5 * k}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    lens = settled(widget)
    assert lens.p[2] < 0.4 and sum(lens.p) == pytest.approx(1)
    small = "(all) => all.filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML)"
    assert widget.locator("button, select, input[type=text], input[type=range]").evaluate_all(small) == []


def test_typed(opened: Callable[..., Page]) -> None:
    widget = opened().locator(".kl-widget").first
    notice = widget.locator("[data-kl-notice]")
    for name, text, value, said in (
        ("d", "3/4", 0.75, ""),
        ("d", "1.7", 1.0, "was read as 1"),
        ("d", "no", 1.0, "is not a number"),
        ("p", "0.5", 0.5, ""),
        ("q", "-1", 0.0, "nothing was changed"),
    ):
        field = widget.locator(f"[data-kl-input={name}]")
        field.fill(text)
        field.press("Enter")
        assert getattr(settled(widget), name)[0] == pytest.approx(value)
        expect(notice).to_contain_text(said) if said else expect(notice).to_have_text("")
    widget.locator("[data-kl-action=next-place]").click()
    expect(widget.locator(".kl-place")).to_have_text("place 1")


def test_examples_unit_reset_and_address(opened: Callable[..., Page]) -> None:
    page = opened()
    widget = page.locator(".kl-widget").first
    menu = widget.locator("[data-kl-action=preset]")
    for index in range(1, menu.locator("option").count()):
        menu.select_option(index=index)
        settled(widget)
        assert widget.locator(".kl-sentence").inner_text()
    fragment = page.evaluate("() => new Promise((done) => setTimeout(() => done(location.hash), 300))")  # once it has been written
    assert "discriminator=" in fragment
    before = settled(widget).state()
    assert settled(opened(fragment).locator(".kl-widget").first).state() == before
    widget.locator("[data-kl-choice='unit:bits']").check(force=True)
    assert settled(widget).unit == "bits"
    widget.locator("[data-kl-action=reset]").click()
    assert settled(widget).state() == LENS.state()


@pytest.mark.parametrize("touch", [False, True])
def test_its_place_is_kept_and_nothing_sticks_out(opened: Callable[..., Page], touch: bool) -> None:
    page = opened(width=320, touch=touch)
    for width in (320, 390, 900):
        page.set_viewport_size({"width": width, "height": 1300})
        page.add_style_tag(content="body { margin: 0 auto; padding: 0 16px; max-width: 720px }")
        page.evaluate(hands.TOLD)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        kept, mounted = page.locator(".kl-widget").first.evaluate(hands.ROOM)
        assert abs(kept - mounted) <= 30, width
