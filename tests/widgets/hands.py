"""A page with one living widget on it, and what its numbers must be: shared by the tests that move things by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, Page, expect

from kltext.widgets._base import BookWidget

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Widget</title>'
BODY = '<body style="margin:16px;background:var(--kl-bg)">'


def write_page(root: Path, folder: Path, widget: BookWidget) -> str:
    """The address of a page with this widget alone, from the site's bundles."""
    static = root / "kltext/widgets/static"
    scripts = "".join(f'<script defer src="{(static / "site" / f"{name}.js").as_uri()}"></script>' for name in ("shared", widget._name))
    style = f'<link rel="stylesheet" href="{(static / "widgets.css").as_uri()}">'
    body = widget._placeholder()
    if heavy := {name: getattr(widget, name) for name in widget._data_traits}:  # as the site does, in a script of its own
        (folder / "data.js").write_text(f"kltext.deliver({json.dumps(heavy)});")
        body = re.sub(r'data-kl-data="[^"]*"', 'data-kl-data="data.js"', body)
    path = folder / "page.html"
    path.write_text(HEAD + style + scripts + BODY + body)
    return path.as_uri()


class Tab(NamedTuple):
    """A page that is kept for the next test which asks for the same settings, and what went wrong on it."""

    page: Page
    problems: list[str]


TABS: WeakKeyDictionary[Browser, dict[str, Tab]] = WeakKeyDictionary()
"""By browser and settings: a new window costs more than the widget in it."""


# A widget writes its state into the address a quarter of a second after the last change; here it does so at once.
HURRY = "const later = setTimeout; window.setTimeout = (call, after, ...rest) => later(call, after === 250 ? 10 : after, ...rest);"

# Two frames, in the first of which what the hand did is taken up, and the moment that the address takes.
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 40))))"


def _tab(browser: Browser, settings: dict[str, Any]) -> Tab:
    kept, key = TABS.setdefault(browser, {}), json.dumps(settings, sort_keys=True)
    if key not in kept:
        kept[key] = tab = Tab(browser.new_context(**settings).new_page(), [])
        tab.page.add_init_script(HURRY)
        tab.page.on("pageerror", lambda error: tab.problems.append(str(error)))
    return kept[key]


@contextmanager
def opened(browser: Browser, address: str, **settings: Any) -> Iterator[Page]:
    """The page, mounted anew; at the end nothing has gone wrong on it, and nothing of it is left."""
    page, problems = _tab(browser, {"viewport": {"width": 900, "height": 1000}, "reduced_motion": "reduce", **settings})
    problems.clear()
    page.goto(address)
    page.locator("[data-kl-number]").first.wait_for()
    try:
        yield page
    finally:
        page.mouse.move(0, 0)
        page.goto("about:blank")
    assert problems == []


def twin(page: Page, kind: type[BookWidget], **readers: Any) -> Any:
    """The widget that the page's address describes, in Python; `readers` say how the parts that are not words are read."""
    state: dict[str, Any] = page.locator(".kl-widget").evaluate("(element) => JSON.parse(element.dataset.klState)")
    key = page.locator(".kl-widget").get_attribute("data-kl-key")
    for part in filter(None, urlsplit(page.evaluate("location.href")).fragment.removeprefix(f"{key}=").split(";")):
        name, text = part.split(":", 1)
        state[name] = readers.get(name, unquote)(text)
    return kind(**state)


def floats(text: str) -> list[float]:
    return [float(x) for x in text.split(",")]


def flag(text: str) -> bool:
    return text == "on"


def words(text: str) -> list[str]:
    return [unquote(x) for x in text.split(",")]


def agree(page: Page, kind: type[BookWidget], **readers: Any) -> Any:
    """The numbers shown are kltext's for the state in the address, which follows after a moment; that state is returned."""
    page.evaluate(SETTLED)
    for _ in range(60):
        read = "(all) => all.map((cell) => [cell.dataset.klNumber, cell.dataset.klValue])"
        shown = {name: float(value.replace("Infinity", "inf")) for name, value in page.locator("[data-kl-number]").evaluate_all(read)}
        found = twin(page, kind, **readers)
        if shown == pytest.approx(found.numbers(), rel=1e-9, abs=1e-12):
            return found
        page.wait_for_timeout(50)
    assert shown == pytest.approx(found.numbers(), rel=1e-9, abs=1e-12)
    return found


def pull(page: Page, name: str, dx: float, dy: float) -> None:
    """Drag a handle with the mouse."""
    box = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


def swipe(page: Page, name: str, dx: float, dy: float = 0.0) -> None:
    """Drag a handle with a finger, sideways unless told."""
    box = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.4), ("touchMove", 1.0), ("touchEnd", None)):
        points = [] if share is None else [{"x": x + share * dx, "y": y + share * dy}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def by_keyboard(page: Page, name: str) -> str:
    """Every key moves the handle; what it says in the end is returned."""
    handle = page.locator(f'[data-kl-handle="{name}"]')
    for key in ("ArrowUp", "PageUp", "ArrowDown", "Shift+ArrowUp", "End", "Home"):
        before = str(handle.get_attribute("aria-valuenow"))
        handle.focus()
        page.keyboard.press(key)
        expect(handle).not_to_have_attribute("aria-valuenow", before)
    return str(handle.get_attribute("aria-valuetext"))


def typed(page: Page, name: str, text: str, sentence: str, taken: str | None = None) -> None:
    """What is not taken as typed is said, and the field then has what was taken: if nothing, what it had before."""
    field = page.locator(f'[data-kl-input="{name}"]')
    before = field.input_value()
    field.fill(text)
    field.press("Enter")
    expect(page.locator("[data-kl-notice]")).to_contain_text(sentence)
    expect(field).to_have_value(before if taken is None else taken)


def examples(page: Page) -> Iterator[str]:
    """Choose each example; the sentence that it leads to."""
    menu = page.locator("select")
    for option in menu.locator("option").evaluate_all("(all) => all.map((option) => option.value).filter(Boolean)"):
        menu.select_option(option)
        page.wait_for_timeout(200)  # words follow the picture by a moment
        yield page.locator(".kl-sentence").inner_text()


def copied(page: Page, what: str) -> str:
    """What the button for this copies."""
    page.locator(f'[data-kl-action="copy-{what}"]').click()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def copies_itself(page: Page, agree: Callable[[Page], BookWidget], capsys: pytest.CaptureFixture[str]) -> None:
    """Copied Python prints the numbers shown, and a copied link brings the state back."""
    widget = agree(page)
    exec(compile(copied(page, "python"), "copied", "exec"), {})  # noqa: S102  (code of our own)
    printed = [float(x) for x in re.findall(r"= (-?[\d.]+(?:e-?\d+)?|inf)", capsys.readouterr().out)]
    assert printed == pytest.approx(list(widget.numbers().values()), abs=6e-5)
    link = copied(page, "link")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == widget.state()


def as_in_the_book(page: Page) -> None:
    """The width of the book's column and the size of its type."""
    size = page.evaluate("innerWidth < 600 ? 17 : 18")
    page.add_style_tag(content=f"html {{ font-size: {size}px }} body {{ margin: 0 auto !important; padding: 0 4vw; max-width: 707px }}")
    page.wait_for_timeout(300)


def fits_a_small_phone(page: Page) -> None:
    """320 pixels wide: nothing sticks out, not even of the widget, fingers have 44 pixels, text has 12."""
    as_in_the_book(page)
    edge = page.locator(".kl-widget").evaluate("(element) => element.getBoundingClientRect().right")
    ends = page.locator(".kl-value").evaluate_all("(all) => all.map((value) => value.getBoundingClientRect().right)")
    assert max(ends) <= edge + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for control in page.locator(".kl-button:visible, .kl-menu:visible, input[type=text]:visible").all():
        bounds = control.bounding_box()
        assert bounds and bounds["height"] >= 44
    read = "(all) => all.map((text) => [parseFloat(getComputedStyle(text).fontSize), text.getBoundingClientRect().right])"
    texts = page.locator("svg text").evaluate_all(read)
    assert min(size for size, _ in texts) >= 12 and max(right for _, right in texts) <= 320


def room(page: Page) -> tuple[float, float]:
    """How high the place of the widget is kept before it is mounted, and how high it is, in the book's column and type."""
    as_in_the_book(page)
    kept, mounted = page.locator(".kl-widget").evaluate(
        """(element) => {
          const mounted = element.clientHeight;
          const figure = Object.assign(document.createElement("figure"), { className: "kl-fallback" });
          element.append(figure);
          const kept = figure.clientHeight;
          figure.remove();
          return [kept, mounted];
        }"""
    )
    return kept, mounted


def accessible(page: Page, root: Path) -> None:
    page.evaluate((root / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run('.kl-widget')")
    assert [(problem["id"], [node["html"] for node in problem["nodes"]]) for problem in found["violations"]] == []


def stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    """Accessible in light and in dark; and on every screen its place is kept as high as it will be."""
    for scheme in ("light", "dark"):
        with opened(browser, address, color_scheme=scheme) as page:
            accessible(page, root)
    for width in (320, 390, 1280):
        for touch in (False, True):
            with opened(browser, address, viewport={"width": width, "height": 900}, has_touch=touch, is_mobile=touch) as page:
                kept, mounted = room(page)
                assert abs(kept - mounted) <= 30, (width, touch)
