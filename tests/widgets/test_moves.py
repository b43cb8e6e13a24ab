"""When a move of the hand is drawn, and when the words follow: the same for every widget, tried on one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kltext.widgets import RatioMicroscope

from . import hands

# A handle is held; moves are then sent as a browser would, so many to a frame, and `height` is where the handle is drawn.
HELD = """
const handle = document.activeElement;
const sentence = document.querySelector(".kl-sentence");
const height = () => handle.getAttribute("transform");
const frame = () => new Promise(requestAnimationFrame);
function send(type, away, together = 1, pointerId = window.held.pointerId) {
  const at = { pointerId, clientX: window.held.clientX, clientY: window.held.clientY + away, bubbles: true };
  handle.dispatchEvent(new PointerEvent(type, { ...at, coalescedEvents: Array.from({ length: together }, () => new PointerEvent(type, at)) }));
}
async function drawn(change) {
  const before = height();
  change();
  const atOnce = height() !== before;
  await frame();
  await frame();
  return [atOnce, height() !== before];
}
"""


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("moves"), RatioMicroscope(key="pair"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """With the handle held by the mouse."""
    with hands.opened(browser, address) as page:
        page.evaluate("addEventListener('pointerdown', (event) => { window.held = event; }, { capture: true })")
        box = page.locator('[data-kl-handle="p:0"] [data-kl-grip]').bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.evaluate(hands.TOLD)
        yield page
        page.mouse.up()


def held(page: Page, script: str) -> Any:
    return page.evaluate(f"async () => {{ {HELD} {script} }}")


def test_a_move_that_comes_alone_is_drawn_before_its_frame(page: Page) -> None:
    first, alone, again = held(page, """
        const first = await drawn(() => send("pointermove", 10));
        await new Promise((done) => setTimeout(done, 20));
        const alone = await drawn(() => send("pointerrawupdate", 20));
        let again = 0;
        window.requestAnimationFrame = () => ++again;
        send("pointermove", 20);
        return [first, alone, again];
    """)
    assert first == [False, True]  # nothing is known of the hand yet
    assert alone == [True, True]
    assert again == 0  # told a second time when the frame is due, it is not drawn a second time


def test_a_hand_that_sends_many_moves_is_drawn_once_a_frame(page: Page) -> None:
    moves, early, late = held(page, """
        const moves = [];
        for (let k = 1; k <= 3; k++) moves.push(await drawn(() => send("pointermove", 8 * k, 3)));
        await new Promise((done) => setTimeout(done, 20));
        return [moves, await drawn(() => send("pointerrawupdate", 60)), await drawn(() => send("pointermove", 60))];
    """)
    assert moves == [[False, True]] * 3
    assert early == [False, False] and late == [False, True]


def test_a_hand_that_sends_many_moves_is_left_alone_from_then_on(page: Page) -> None:
    """Also once they come one by one: hearing of each costs more than it gains."""
    early = held(page, """
        for (let k = 1; k <= 4; k++) await drawn(() => send("pointermove", 8 * k, 3));
        await drawn(() => send("pointermove", 50));
        await new Promise((done) => setTimeout(done, 20));
        return drawn(() => send("pointerrawupdate", 60));
    """)
    assert early == [False, False]


def test_another_pointer_says_nothing_of_the_hand(page: Page) -> None:
    other, early = held(page, """
        await drawn(() => send("pointermove", 10));
        const other = await drawn(() => send("pointermove", 40, 3, window.held.pointerId + 7));
        await new Promise((done) => setTimeout(done, 20));
        return [other, await drawn(() => send("pointerrawupdate", 20))];
    """)
    assert other == [False, False] and early == [True, True]


MOVING = """
const said = sentence.textContent;
const start = performance.now();
let k = 0;
const going = () => { send("pointermove", 10 + (k++ % 20)); return frame(); };
"""


def slow(milliseconds: float) -> str:
    """Each attribute that is drawn takes so long."""
    return f"""
        const {{ setAttribute }} = Element.prototype;
        Element.prototype.setAttribute = function (...given) {{
          for (const until = performance.now() + {milliseconds}; performance.now() < until;);
          setAttribute.apply(this, given);
        }};
    """


def test_where_drawing_is_slow_words_wait_until_the_hand_rests(page: Page) -> None:
    before, after, elapsed = held(page, slow(0.5) + MOVING + """
        for (let i = 0; i < 15; i++) await going();
        const [before, elapsed] = [sentence.textContent === said, performance.now() - start];
        await new Promise((done) => setTimeout(done, 200));
        return [before, sentence.textContent === said, elapsed];
    """)
    assert before or elapsed > 1000  # once a second they come all the same
    assert not after


@pytest.mark.parametrize("milliseconds", [0, 8])
def test_words_come_while_the_hand_moves(page: Page, milliseconds: float) -> None:
    """Also where a picture takes as long as a hand rests between two movements."""
    assert held(page, slow(milliseconds) + MOVING + """
        while (sentence.textContent === said && performance.now() - start < 10000) await going();
        return sentence.textContent !== said;
    """)
