"""A page with one living widget on it, and what its numbers must be: shared by the tests that move things by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
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
    """A page that is kept for the next test, and what went wrong on it."""

    page: Page
    problems: list[str]


TABS: WeakKeyDictionary[Browser, dict[bool, Tab]] = WeakKeyDictionary()
"""By browser, one for the mouse and one for fingers: a new window costs as much as the widget in it."""


# A widget writes its state into the address a quarter of a second after the last change; here it does so at once.
HURRY = "const later = setTimeout; window.setTimeout = (call, after, ...rest) => later(call, after === 250 ? 10 : after, ...rest);"

# Two frames, in the first of which what the hand did is taken up; then words, sliders and fields follow the picture once
# the hand has rested for 60 milliseconds, in a frame of their own, and the address has been written.
TOLD = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 80))))"


def _tab(browser: Browser, touch: bool) -> Tab:
    kept = TABS.setdefault(browser, {})
    if touch not in kept:
        context = browser.new_context(has_touch=touch, is_mobile=touch, permissions=["clipboard-read", "clipboard-write"])
        kept[touch] = tab = Tab(context.new_page(), [])
        tab.page.add_init_script(HURRY)
        tab.page.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.page.on("console", lambda said: tab.problems.append(said.text) if said.type in ("error", "warning") else None)
    return kept[touch]


@contextmanager
def opened(browser: Browser, address: str, *, width: int = 900, height: int = 1000, touch: bool = False, dark: bool = False, motion: bool = False) -> Iterator[Page]:
    """The page, mounted anew; at the end nothing has gone wrong on it, and nothing of it is left."""
    page, problems = _tab(browser, touch)
    problems.clear()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="no-preference" if motion else "reduce")
    page.goto(address)
    page.locator("[data-kl-number]").first.wait_for()
    try:
        yield page
    finally:
        page.mouse.move(0, 0)
        page.goto("about:blank")
    assert problems == []


SHOWN = """() => {
    const { dataset } = document.querySelector(".kl-widget");
    const numbers = [...document.querySelectorAll("[data-kl-number]")].map((cell) => [cell.dataset.klNumber, cell.dataset.klValue]);
    return [numbers, dataset.klState, dataset.klKey, location.hash];
}"""
"""The numbers, what the page began with, and what its address says of it since."""


def shown(page: Page, kind: type[BookWidget], readers: dict[str, Any], *, settled: bool = True) -> tuple[dict[str, float], Any]:
    """The numbers in full, and the widget that the page's address describes, in Python; `readers` say how the parts that are not words are read."""
    numbers, begun, key, fragment = page.evaluate(f"async () => {{ await ({TOLD})(); return ({SHOWN})(); }}" if settled else SHOWN)
    state: dict[str, Any] = json.loads(begun)
    for part in filter(None, fragment.removeprefix(f"#{key}=").split(";")):
        name, text = part.split(":", 1)
        state[name] = readers.get(name, unquote)(text)
    return {name: float(value.replace("Infinity", "inf")) for name, value in numbers}, kind(**state)


def twin(page: Page, kind: type[BookWidget], **readers: Any) -> Any:
    """The widget that the page's address describes, in Python."""
    return shown(page, kind, readers, settled=False)[1]


def agree(page: Page, kind: type[BookWidget], **readers: Any) -> Any:
    """The numbers shown are kltext's for the state in the address, which follows after a moment; that state is returned."""
    for _ in range(60):
        numbers, found = shown(page, kind, readers)
        if numbers == pytest.approx(found.numbers(), rel=1e-9, abs=1e-12):
            return found
        page.wait_for_timeout(50)
    assert numbers == pytest.approx(found.numbers(), rel=1e-9, abs=1e-12)
    return found


def floats(text: str) -> list[float]:
    return [float(x) for x in text.split(",")]


def flag(text: str) -> bool:
    return text == "on"


def words(text: str) -> list[str]:
    return [unquote(x) for x in text.split(",")]


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


MOVED = """async (handle, [was, frames]) => {
    const now = () => handle.getAttribute("aria-valuenow");
    for (; frames > 0 && now() === was; frames--) await new Promise(requestAnimationFrame);
    return [now(), document.activeElement === handle];
}"""
"""What a handle says once it says something else, or after so many frames; and whether it has the focus."""

MOMENT, LATE = 20, 200
"""Frames in which what a handle says has followed the picture, and after which it is late."""


def by_keyboard(page: Page, name: str) -> str:
    """Every key moves the handle, which keeps the focus; what it says in the end is returned."""
    handle = page.locator(f'[data-kl-handle="{name}"]')
    handle.focus()
    before = handle.get_attribute("aria-valuenow")
    for key in ("ArrowUp", "PageUp", "ArrowDown", "Shift+ArrowUp", "End", "Home"):
        page.keyboard.press(key)
        after, focused = handle.evaluate(MOVED, [before, LATE])
        assert after != before and focused, (name, key, after)
        before = after
    page.evaluate(TOLD)
    return str(handle.get_attribute("aria-valuetext"))


def in_turn(page: Page, names: Iterable[str]) -> Iterator[str]:
    """Each of these, with the widget as it began."""
    for k, name in enumerate(names):
        if k > 0:
            page.locator('[data-kl-action="reset"]').click()
            page.evaluate(TOLD)
        yield name


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
        page.evaluate(TOLD)
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
    page.evaluate(TOLD)


TOO_LARGE = """() => {
    const sizes = (selector) => [...document.querySelectorAll(selector)].map((element) => [element.outerHTML, element.getBoundingClientRect()]);
    const edge = document.querySelector(".kl-widget").getBoundingClientRect().right;
    const controls = sizes(".kl-button, .kl-menu, input[type=text]").filter(([, box]) => box.width && box.height);
    const small = [...document.querySelectorAll("svg text")].filter((text) => parseFloat(getComputedStyle(text).fontSize) < 12);
    return {
        values: sizes(".kl-value").filter(([, { right }]) => right > edge + 1).map(([html]) => html),
        page: document.documentElement.scrollWidth > 320 ? [document.documentElement.scrollWidth] : [],
        controls: controls.length ? controls.filter(([, { height }]) => height < 44).map(([html]) => html) : ["none"],
        type: small.map((text) => text.outerHTML),
        words: sizes("svg text").filter(([, { right }]) => right > 320).map(([html]) => html),
    };
}"""


def fits_a_small_phone(page: Page) -> None:
    """320 pixels wide: nothing sticks out, not even of the widget, fingers have 44 pixels, text has 12."""
    as_in_the_book(page)
    assert {name: found for name, found in page.evaluate(TOO_LARGE).items() if found} == {}


CUT_OFF = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const inner = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
    const over = (text) => {
        const [word, frame] = [text, text.ownerSVGElement].map((part) => part.getBoundingClientRect());
        return Math.max(frame.left - word.left, word.right - frame.right) > 1;
    };
    const words = all("svg text").filter(over), values = all(".kl-value, .kl-button").filter(inner);
    const sentences = all(".kl-result").filter((one) => inner(one) || one.scrollHeight > one.clientHeight + 1);
    const attributes = all("svg *").flatMap((one) => [...one.attributes].map(({ name, value }) => `${name}=${value}`));
    return {
        undrawn: attributes.filter((attribute) => /NaN|Infinity/.test(attribute)),
        ...Object.fromEntries(Object.entries({ words, values, sentences }).map(([name, found]) => [name, found.map((one) => one.textContent)])),
    };
}"""


def drawn_whole(page: Page, *, sentences: bool = True) -> None:
    """No word of the picture is cut off, and no part of it has no place; unless said otherwise, no number and no sentence is cut off either."""
    found = page.evaluate(CUT_OFF)
    assert {name: what for name, what in found.items() if what and (sentences or name in ("undrawn", "words"))} == {}


ROOM = """(element) => {
    const mounted = element.clientHeight;
    const figure = Object.assign(document.createElement("figure"), { className: "kl-fallback" });
    element.append(figure);
    const kept = figure.clientHeight;
    figure.remove();
    return [kept, mounted];
}"""


def room(page: Page) -> tuple[float, float]:
    """How high the place of the widget is kept before it is mounted, and how high it is, in the book's column and type."""
    as_in_the_book(page)
    kept, mounted = page.locator(".kl-widget").evaluate(ROOM)
    return kept, mounted


COLOURS = ("color-contrast", "link-in-text-block")
"""axe's rules that may have another answer in another theme."""


def accessible(page: Page, root: Path, *, colours_only: bool = False) -> None:
    """axe finds nothing, however small."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((root / "node_modules/axe-core/axe.min.js").read_text())
    options = {"preload": False, "resultTypes": ["violations"], **({"runOnly": COLOURS} if colours_only else {})}  # what it would fetch, a page from disk may not
    run = "async (options) => (await axe.run('.kl-widget', options)).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])"
    assert page.evaluate(run, options) == []


def accessible_in_both_themes(page: Page, root: Path) -> None:
    accessible(page, root)
    page.emulate_media(color_scheme="dark")
    accessible(page, root, colours_only=True)
    page.emulate_media(color_scheme="light")


def stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    """Accessible in light and in dark; and on every screen its place is kept as high as it will be."""
    with opened(browser, address) as page:
        accessible_in_both_themes(page, root)
    its_place_is_kept(browser, address)


def its_place_is_kept(browser: Browser, address: str) -> None:
    for touch in (False, True):
        with opened(browser, address, width=320, height=900, touch=touch) as page:
            for width in (320, 390, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                kept, mounted = room(page)
                assert abs(kept - mounted) <= 30, (width, touch)
