"""The living widgets and answer boxes of the built pages: every control, by keyboard and by pointer, against kltext."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kltext import widgets
from kltext.exercises import REGISTRY
from kltext.widgets._base import BookWidget

from ..widgets.hands import HURRY, LATE, MOMENT, MOVED, TOLD
from .conftest import CHAPTERS, at_rest, reading


def read(text: str, like: object) -> object:
    """A part of the state as the address writes it, in the kind of value that the placeholder has for it."""
    if isinstance(like, bool):
        return text == "on"
    if isinstance(like, str):
        return unquote(text)
    if isinstance(like, list):
        parts = text.split(",") if text else []
        return (
            [unquote(part) for part in parts] if like and isinstance(like[0], str) else [number(part) for part in parts]
        )
    return number(text)


def number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value


BROUGHT: dict[str, dict[str, object]] = {}
"""What scripts of data bring beside the state, by their address."""


def brought(page: Page, script: str) -> dict[str, object]:
    if script not in BROUGHT:
        BROUGHT[script] = json.loads(page.request.get(script).text().strip().removeprefix("kltext.deliver(").removesuffix(");"))
    return BROUGHT[script]


LOOK = f"async (widget) => {{ await ({TOLD})();" + """
    const { klWidget, klState, klKey, klData } = widget.dataset;
    const numbers = [...widget.querySelectorAll("[data-kl-number]")].map((cell) => [cell.dataset.klNumber, cell.dataset.klValue]);
    return [numbers, klWidget, klState, klKey, klData ? new URL(klData, document.baseURI).href : null, location.hash];
}"""


def look(widget: Locator) -> tuple[dict[str, float], BookWidget]:
    """The numbers in full, as the page has them, and in Python the widget that is there: what the placeholder began with, and what the address says of it since."""
    cells, kind, begun, key, script, fragment = widget.evaluate(LOOK)
    state: dict[str, object] = json.loads(begun)
    entries = dict(part.split("=", 1) for part in fragment.removeprefix("#").split("&") if "=" in part)
    for part in filter(None, entries.get(key, "").split(";")):
        name, text = part.split(":", 1)
        state[name] = read(text, state[name])
    data = brought(widget.page, script) if script else {}
    return {name: float(value.replace("Infinity", "inf")) for name, value in cells}, KINDS[kind](**data, **state)


KINDS = {kind._name: kind for kind in (getattr(widgets, name) for name in widgets.__all__)}
PICTURES = sorted(set(KINDS) - {"answer_box"})
"""What stands on the chapters' pages and has numbers."""

WHOLE = {"categorical_fit", "vae_playground"}
"""Those with handles for whole numbers, which a fine step does not move."""


def agree(widget: Locator, unlike: dict[str, float] | None = None, **state: object) -> dict[str, float]:
    """The numbers shown are kltext's numbers for the state in the address, and not `unlike`; they are returned.

    The picture follows a hand by a frame and the address by a moment, so both are given time to settle: also for a part
    of the `state` that is to get a value.
    """
    for _ in range(40):
        found, twin = look(widget)
        there = {name: getattr(twin, name) for name in state}
        if found == pytest.approx(twin.numbers(), rel=1e-9, abs=1e-12) and found != unlike and there == state:
            return found
        widget.page.wait_for_timeout(50)
    assert found != unlike, "nothing changed"
    assert found == pytest.approx(twin.numbers(), rel=1e-9, abs=1e-12), twin
    assert there == state
    return found


def place(kind: str) -> str:
    """Where widgets of a kind stand on a page."""
    return f'.kl-widget[data-kl-widget="{kind}"]'


@pytest.fixture(scope="session")
def chapter_with(book: Path, chapters: list[str]) -> Callable[[str], str]:
    """A function that finds the first chapter with a widget of a kind."""
    shown = {chapter: set(re.findall(r'data-kl-widget="(\w+)"', (book / chapter).read_text())) for chapter in chapters}

    def find(kind: str) -> str:
        found = [chapter for chapter in chapters if kind in shown[chapter]]
        assert found, f"no chapter shows {kind}"
        return found[0]

    return find


ALONE = """(kept) => {
    const around = new Set();
    for (const part of kept) for (let outer = part; outer.localName !== "main"; outer = outer.parentElement) around.add(outer.parentElement);
    for (const outer of around) for (const part of [...outer.children]) if (!around.has(part) && !kept.includes(part)) part.remove();
}"""
"""Take the rest of the chapter away: every look at these elements would walk through thousands more."""

STILL = """async (element) => {
    for (let still = 0, last = NaN, k = 0; still < 2; k++) {
        if (k > 200) throw new Error("it never stands still");
        element.scrollIntoView({ block: "center", behavior: "instant" });
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const { top } = element.getBoundingClientRect();
        [still, last] = [Math.abs(top - last) < 1 ? still + 1 : 0, top];
    }
}"""


def bring(place: Locator) -> None:
    """Scroll a place into view and stay with it until it stands still: sections on the way are laid out as they come."""
    place.evaluate(STILL)


class Alive(NamedTuple):
    page: Page
    widget: Locator
    open_page: Callable[..., Page]
    """Opens another page as the same reader."""


@pytest.fixture(scope="module", params=PICTURES)
def alive(
    request: pytest.FixtureRequest, browser: Browser, addresses: dict[str, str], chapter_with: Callable[[str], str]
) -> Iterator[Alive]:
    """The first widget of a kind, on the first chapter that has one."""
    with reading(browser, addresses) as open_page:
        chapter = chapter_with(request.param)
        page = open_page(chapter, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
        page.evaluate(f"() => {{ {HURRY} }}")
        widget = page.locator(place(request.param)).first
        widget.evaluate_all(ALONE)
        yield Alive(page, widget, open_page)


@pytest.fixture
def living(alive: Alive) -> tuple[Page, Locator]:
    """The widget in view, as it began."""
    page, widget, _ = alive
    bring(widget)
    widget.locator("[data-kl-number]").first.wait_for()
    widget.locator('[data-kl-action="reset"]').click()
    return page, widget


def test_every_kind_is_tried(book: Path, every_page: list[str]) -> None:
    shown = {kind for page in every_page for kind in re.findall(r'data-kl-widget="(\w+)"', (book / page).read_text())}
    assert shown == {*PICTURES, "answer_box"}


def test_numbers_before_anything_is_moved(living: tuple[Page, Locator]) -> None:
    agree(living[1])


def test_handles_by_keyboard(living: tuple[Page, Locator]) -> None:
    page, widget = living
    fine = [] if widget.get_attribute("data-kl-widget") in WHOLE else ["Shift+ArrowUp"]
    handles = widget.locator("[data-kl-handle]")
    names = handles.evaluate_all("(all) => all.map((handle) => handle.dataset.klHandle)")
    assert len(names) >= 2
    for name in names:
        handle = widget.locator(f'[data-kl-handle="{name}"]')
        handle.focus()
        was = handle.get_attribute("aria-valuenow")
        for key in ("ArrowUp", "PageUp", "ArrowDown", *fine, "End", "Home"):
            page.keyboard.press(key)
            free = key in ("PageUp", "End")  # where these two have nowhere to go they rightly do nothing
            now, focused = handle.evaluate(MOVED, [was, MOMENT if free else LATE])
            assert focused and (free or now != was), (name, key)
            was = now
        agree(widget)
        widget.locator('[data-kl-action="reset"]').click()
        agree(widget)


def test_no_word_of_the_picture_is_cut_off(living: tuple[Page, Locator]) -> None:
    _, widget = living
    read = """(element) => [...element.querySelectorAll("svg text")].map((text) => {
        const [word, frame] = [text, text.ownerSVGElement].map((part) => part.getBoundingClientRect());
        return [text.textContent, Math.max(frame.left - word.left, word.right - frame.right)];
    })"""
    assert [(text, over) for text, over in widget.evaluate(read) if over > 1] == []


GRIP = """async (handle) => {
    handle.scrollIntoView({ block: "center", behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { x, y, width, height } = handle.querySelector("[data-kl-grip]").getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
"""Where a handle is taken, once it is in view."""


def test_handles_by_pointer(living: tuple[Page, Locator]) -> None:
    page, widget = living
    before = agree(widget)
    for name in widget.locator("[data-kl-handle]").evaluate_all(
        "(all) => all.map((handle) => handle.dataset.klHandle)"
    ):
        handle = widget.locator(f'[data-kl-handle="{name}"]')
        was = handle.get_attribute("aria-valuenow")
        for dx, dy in ((18, 12), (-18, -60)):  # where it stands at its lower end, the other way
            x, y = handle.evaluate(GRIP)
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + dx, y + dy, steps=4)
            page.mouse.up()
            now, _ = handle.evaluate(MOVED, [was, 3 * MOMENT])
            agree(widget)
            if now != was:
                break
        else:
            raise AssertionError(f"{name} cannot be dragged")
    agree(widget, unlike=before)


def test_handles_by_touch(reader: Callable[..., Page], chapter_with: Callable[[str], str]) -> None:
    chapter = chapter_with("ratio_microscope")
    page = reader(chapter, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    widget = page.locator(place("ratio_microscope")).first
    bring(widget)
    handle = widget.locator("[data-kl-handle]").first
    bring(handle)
    page.evaluate("window.lost = 0; addEventListener('pointercancel', () => window.lost++, true)")
    at, was = page.evaluate("scrollY"), float(str(handle.get_attribute("aria-valuenow")))
    box = handle.locator("[data-kl-grip]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    halves = []
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for half in (range(4, 25, 4), range(28, 49, 4)):  # a page that is to scroll takes the gesture away on the way
        for dy in half:
            session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + dy}]})
            page.wait_for_timeout(20)
        agree(widget)
        halves.append(float(str(handle.get_attribute("aria-valuenow"))))
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate("window.lost") == 0 and page.evaluate("scrollY") == at
    assert was - halves[1] == pytest.approx(2 * (was - halves[0]), abs=0.02) and halves[1] < was - 0.1


def test_typed_values_and_sliders(living: tuple[Page, Locator]) -> None:
    page, widget = living
    before = agree(widget)
    for field in widget.locator("[data-kl-input]:enabled:visible").all():
        field.fill(
            "7"
            if widget.get_attribute("data-kl-widget") in WHOLE and field.get_attribute("data-kl-input") == "n"
            else "0.37"
        )
        field.press("Enter")
        before = agree(widget, unlike=before)
    for slider in widget.locator("[data-kl-range]:enabled:visible").all():
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        before = agree(widget, unlike=before)


REFUSED = {
    "bregman_gap": {
        "abc": ("natural_p", "“abc” is not a number; nothing was changed.", None),
        "1.5": ("mean_p", "from 0 to 1; 1.5 was read as 1. Use BregmanGap for others.", "1"),
        "-7": ("natural_q", "from −6 to 6; −7 was read as −6. Use BregmanGap for others.", "-6"),
    },
    "gaussian_ellipses": {
        "abc": ("mean_p:0", "“abc” is not a number; nothing was changed.", None),
        "0": ("axes_p:0", "A spread is greater than 0; nothing was changed.", None),
        "-1": ("axes_q:1", "A spread is greater than 0; nothing was changed.", None),
        "100": ("axes_q:0", "from 0.1 to 3; 100 was read as 3. Use mvn_kl for others.", "3"),
        "1000": ("mean_q:1", "from −4 to 4; 1000 was read as 4. Use mvn_kl for others.", "4"),
        "270": ("angle_p", "from −180 to 180; 270 was read as 180. Use mvn_kl for others.", "180"),
    },
    "ratio_microscope": {
        "abc": ("p", "“abc” is not a number; nothing was changed.", None),
        "": ("p", "An empty field is not a number; nothing was changed.", None),
        "1/0": ("p", "“1/0” is not a number; nothing was changed.", None),
        "-0.1": ("p", "A probability lies between 0 and 1; nothing was changed.", None),
        "1.5": ("p", "A probability lies between 0 and 1; 1.5 was read as 1.", "1"),
        "1e400": ("q", "A probability lies between 0 and 1; 1e400 was read as 1.", "1"),
    },
    "gaussian_pair": {
        "abc": ("mean_p", "“abc” is not a number; nothing was changed.", None),
        "0": ("std_p", "A spread is greater than 0; nothing was changed.", None),
        "-1": ("std_q", "A spread is greater than 0; nothing was changed.", None),
        "1e-9": ("std_q", "from 0.1 to 5; 1e−9 was read as 0.1. Use gaussian_kl for others.", "0.1"),
        "100": ("std_p", "from 0.1 to 5; 100 was read as 5. Use gaussian_kl for others.", "5"),
        "1000": ("mean_q", "from −8 to 8; 1000 was read as 8. Use gaussian_kl for others.", "8"),
    },
}


@pytest.mark.parametrize("alive", sorted(REFUSED), indirect=True)
def test_what_is_not_taken_as_typed_is_said(living: tuple[Page, Locator]) -> None:
    """A field that refuses or corrects says so until something is changed, and nothing moves."""
    page, widget = living
    notice, foot = widget.locator("[data-kl-notice]"), widget.locator('[data-kl-action="copy-python"]')

    def places() -> list[float]:
        """Of the last button in the widget, and how high the widget is; whatever is scrolled."""
        (box, button) = (place.bounding_box() for place in (widget, foot))
        assert box and button
        return [box["height"], button["x"] - box["x"], button["y"] - box["y"]]

    assert notice.get_attribute("aria-live") == "polite"
    reset = widget.locator('[data-kl-action="reset"]')
    for typed, (name, sentence, taken) in REFUSED[str(widget.get_attribute("data-kl-widget"))].items():
        field = widget.locator(f'[data-kl-input="{name}"]')
        page.evaluate(TOLD)
        before, stood = field.input_value(), places()
        field.fill(typed)
        field.press("Enter")
        expect(notice).to_contain_text(sentence)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(notice.inner_text())
        expect(field).to_have_value(before if taken is None else taken)
        agree(widget)
        field.blur()
        expect(notice).to_contain_text(sentence)
        assert places() == pytest.approx(stood, abs=0.1)
        field.fill("0.41")
        field.press("Enter")
        expect(notice).to_have_text("")
        expect(field).not_to_have_attribute("aria-invalid", "true")
        field.fill(typed)
        field.press("Enter")
        expect(notice).to_contain_text(sentence)
        reset.click()
        expect(notice).to_have_text("")
        expect(field).not_to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description("")
        agree(widget)


def test_the_only_free_outcome_says_why_it_is_shut(
    reader: Callable[..., Page], chapter_with: Callable[[str], str]
) -> None:
    widget = reader(chapter_with("ratio_microscope")).locator(place("ratio_microscope")).first
    bring(widget)
    widget.locator('[data-kl-action="lock"]').click()
    for _ in range(12):
        widget.locator('[data-kl-action="next-outcome"]').click()
        widget.page.evaluate(TOLD)
        if widget.locator('[data-kl-input="p"]').is_disabled():
            break
        widget.locator('[data-kl-action="lock"]').click()
    expect(widget).to_contain_text("Every other outcome is locked, so this one cannot move. Unlock one.")


def test_choices_and_examples(living: tuple[Page, Locator]) -> None:
    page, widget = living
    for choice in widget.locator("[data-kl-choice]").all():
        name, value = str(choice.get_attribute("data-kl-choice")).split(":")
        choice.check(force=True)  # the radio itself is drawn by its label
        agree(widget, **({"log_scale": value == "log"} if name == "scale" else {name: value}))
    examples = widget.locator("select")
    seen = set()
    for option in examples.locator("option").evaluate_all("(all) => all.map((option) => option.value).filter(Boolean)"):
        examples.select_option(option)
        seen.add(tuple(agree(widget).values()))
    assert len(seen) >= 3


def moved(page: Page, look: Callable[[], object], was: object) -> bool:
    """Whether what is seen changes within the moment by which words follow the picture."""
    for _ in range(30):
        if look() != was:
            return True
        page.wait_for_timeout(30)
    return False


def test_buttons(living: tuple[Page, Locator]) -> None:
    """Each button does something that the numbers or the state show, by keyboard; reset brings the beginning back."""
    page, widget = living
    begun = agree(widget)
    for action in ("add-outcome", "remove-outcome", "lock", "next-outcome", "previous-outcome"):
        button = widget.locator(f'[data-kl-action="{action}"]')
        if not button.count():
            continue

        def look() -> object:
            return widget.inner_text(), button.get_attribute("aria-pressed")  # noqa: B023  (looked at before the next one)

        before = look()
        button.focus()
        page.keyboard.press("Enter")
        assert moved(page, look, before), action
        agree(widget)
    handle = widget.locator("[data-kl-handle]").first
    handle.focus()
    page.keyboard.press("PageDown")
    widget.locator('[data-kl-action="reset"]').press("Enter")
    assert agree(widget) == begun


def test_copied_python_prints_the_same_numbers(
    living: tuple[Page, Locator], capsys: pytest.CaptureFixture[str]
) -> None:
    page, widget = living
    widget.locator("[data-kl-handle]").first.press("PageDown")
    numbers = agree(widget)
    widget.locator('[data-kl-action="copy-python"]').click()
    code = page.evaluate("navigator.clipboard.readText()")
    exec(compile(code, "copied", "exec"), {})  # noqa: S102  (code of our own)
    printed = [float(x) for x in re.findall(r"-?\d+\.\d+(?:e-?\d+)?|inf", capsys.readouterr().out)]
    for name in {"kl_pq", "kl_qp"} & set(numbers) or set(numbers):
        assert any(x == pytest.approx(numbers[name], abs=5e-5) for x in printed), (name, numbers, printed)


def test_copied_link_brings_the_state_back(living: tuple[Page, Locator], alive: Alive, addresses: dict[str, str]) -> None:
    page, widget = living
    widget.locator("[data-kl-handle]").first.press("PageDown")
    numbers = agree(widget)
    widget.locator('[data-kl-action="copy-link"]').click()
    link = page.evaluate("navigator.clipboard.readText()")
    fresh = alive.open_page(link.removeprefix(addresses["http"]))
    again = fresh.locator(f'.kl-widget[data-kl-key="{widget.get_attribute("data-kl-key")}"]').first
    again.locator("[data-kl-number]").first.wait_for()
    assert agree(again) == pytest.approx(numbers)
    fresh.close()


def test_copied_link_leads_to_the_beginning(reader: Callable[..., Page], chapter_with: Callable[[str], str]) -> None:
    """On a phone a widget is taller than the window; its first line must not lie behind the header."""
    chapter = chapter_with("ratio_microscope")
    page = reader(chapter, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    key = page.locator(place("ratio_microscope")).first.get_attribute("data-kl-key")
    link = page.url.split("#")[0] + f"#{key}=unit:bits"
    page = reader("search.html")
    page.goto(link)
    widget = page.locator(f'.kl-widget[data-kl-key="{key}"]').first
    widget.locator("[data-kl-number]").first.wait_for()
    at_rest(page, "(key) => document.querySelector(`.kl-widget[data-kl-key=${key}]`).getBoundingClientRect().top", key)
    box = widget.bounding_box()
    assert box
    header = page.locator("header").first.bounding_box()
    bottom = header["y"] + header["height"] if header else 0
    assert max(0, bottom) <= box["y"] < 350, (box, header)


def test_mounting_moves_nothing(reader: Callable[..., Page], chapters: list[str]) -> None:
    """What is being read stays where it is while widgets come to life around it."""
    page = reader(chapters[0])
    page.evaluate(
        "new PerformanceObserver((list) => { window.shift = (window.shift ?? 0) + list.getEntries().reduce((sum, entry) => sum + entry.value, 0); })"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    for _ in range(40):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(40)
    assert page.evaluate("window.shift ?? 0") < 0.1


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_answer_boxes_know_right_and_wrong(reader: Callable[..., Page], chapter: str) -> None:
    """Every box on a page: a named mistake is named, the right value is right, and both count as they should."""
    page = reader(chapter)
    boxes = page.locator(place("answer_box"))
    ids = boxes.evaluate_all("(boxes) => boxes.map((box) => JSON.parse(box.dataset.klState).exercise)")
    assert len(ids) >= 3
    boxes.evaluate_all(ALONE)
    for box, id in zip(boxes.all(), ids, strict=True):
        bring(box)
        form = box.locator(f'form[data-kl-exercise="{id}"]')
        form.wait_for()
        exercise = REGISTRY.number(id)
        field = form.locator("input")
        for value, message in exercise.rivals()[:1]:
            field.fill(repr(value))
            field.press("Enter")
            expect(form).to_contain_text(message)
            expect(form).not_to_have_attribute("data-kl-solved", "")
        field.fill(repr(exercise.right()))
        field.press("Enter")
        expect(form).to_have_attribute("data-kl-solved", "")
    solved = page.locator("[data-kl-progress]").inner_text()
    assert solved.startswith(f"{len(ids)} of ")
    page.reload()
    assert page.locator("[data-kl-progress]").inner_text() == solved
    page.get_by_role("button", name="Reset", exact=True).first.click()
    page.get_by_role("button", name="Forget").click()
    expect(page.locator("[data-kl-progress]")).to_contain_text("0 of ")
