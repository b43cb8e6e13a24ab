"""The answer box: what it reads, how it judges, its Python class, and the box itself in a browser under the page's policy."""

import html
import json
import math
import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kltext import exercises
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.widgets import AnswerBox

Node = Callable[..., Any]
READ = "const { read, understood } = await load('math.js'); return input.map(([text, unit]) => { const r = read(text, unit); return { ...r, said: understood(r, unit) }; });"
JUDGE = (
    "const { read, judge, exerciseOf } = await load('math.js');"
    "return input.map(([state, text]) => { const e = exerciseOf((name) => state[name]); return judge(read(text, e.unit), e); });"
)

READABLE: list[tuple[str, str, float, str]] = [
    ("0.53", "bits", 0.53, "bits"),
    (" .53 ", "bits", 0.53, "bits"),
    ("5.3e-1", "bits", 0.53, "bits"),
    ("5.3E-1", "bits", 0.53, "bits"),
    ("0,53", "bits", 0.53, "bits"),
    ("3/8", "", 0.375, ""),
    ("53%", "", 0.53, ""),
    ("53,1 %", "", 0.531, ""),
    ("-0.5", "", -0.5, ""),
    ("\u22120.5", "", -0.5, ""),
    ("+2", "", 2.0, ""),
    ("0.53 bits", "bits", 0.53, "bits"),
    ("0.53bit", "bits", 0.53, "bits"),
    ("0.53 nats", "bits", 0.53, "nats"),
    ("1 nat.", "bits", 1.0, "nats"),
    ("35 flips", "flips", 35.0, "flips"),
    ("1 flip", "flips", 1.0, "flips"),
    ("inf", "nats", math.inf, "nats"),
    ("Infinity", "nats", math.inf, "nats"),
    ("infinite", "nats", math.inf, "nats"),
    ("∞", "nats", math.inf, "nats"),
    ("+∞ nats", "nats", math.inf, "nats"),
    ("-inf", "nats", -math.inf, "nats"),
    ("0.8 ln(8/7)", "nats", 0.8 * math.log(8 / 7), "nats"),
    ("0.8*log(8/7)", "nats", 0.8 * math.log(8 / 7), "nats"),
    ("4/5·ln(8÷7)", "nats", 0.8 * math.log(8 / 7), "nats"),
    ("ln2", "nats", math.log(2), "nats"),
    ("ln 2", "nats", math.log(2), "nats"),
    ("ln 8/7", "nats", math.log(8) / 7, "nats"),
    ("ln 2^3", "nats", math.log(8), "nats"),
    ("log2(10)", "bits", math.log2(10), "bits"),
    ("log₂ 10", "bits", math.log2(10), "bits"),
    ("log10(1000)", "", 3.0, ""),
    ("log100 / log(10)", "", 2.0, ""),
    ("1/2 ln 4 - 3/8", "nats", math.log(4) / 2 - 0.375, "nats"),
    ("½(ln4 − 1 + ¼)", "nats", 0.5 * (math.log(4) - 0.75), "nats"),
    ("sqrt(2)", "", math.sqrt(2), ""),
    ("√2", "", math.sqrt(2), ""),
    ("√(1+3)", "", 2.0, ""),
    ("2^3^2", "", 512.0, ""),
    ("-2^2", "", -4.0, ""),
    ("2**-1", "", 0.5, ""),
    ("(0.8)²", "", 0.64, ""),
    ("2 pi e", "", 2 * math.pi * math.e, ""),
    ("exp(1)", "", math.e, ""),
    ("1e-8", "", 1e-8, ""),
    ("((((1))))", "", 1.0, ""),
    ("1 - -1", "", 2.0, ""),
]


def test_what_is_read(node: Node) -> None:
    readings = node(READ, [[text, unit] for text, unit, _, _ in READABLE])
    for (text, _, value, unit), reading in zip(READABLE, readings, strict=True):
        assert "error" not in reading, (text, reading)
        assert math.isclose(
            float(reading["value"].replace("Infinity", "inf"))
            if isinstance(reading["value"], str)
            else reading["value"],
            value,
            rel_tol=1e-14,
        ), text
        assert reading["unit"] == unit, text


UNREADABLE: list[tuple[str, str, str]] = [
    ("", "bits", "Type a number first."),
    ("bits", "bits", "is not known"),
    ("  ", "", "Type a number first."),
    ("about half", "", "“about” is not known"),
    ("0.5.3", "", "operator"),
    ("1,000.5", "", "operator"),
    ("2 3", "", "operator"),
    ("(2)3", "", "operator"),
    ("ln(2", "", "a closing bracket"),
    ("2)", "", "operator"),
    ("ln", "", "what ln is taken of"),
    ("log2", "", "what log2 is taken of"),
    ("3 +", "", "a number"),
    ("* 3", "", "a number"),
    ("1/0", "", "type inf"),
    ("ln(0)", "", "type inf"),
    ("9^9^9^9", "", "type inf"),
    ("ln(-1)", "", "no value"),
    ("sqrt(-1)", "", "no value"),
    ("inf - inf", "", "“inf” is not known"),
    ("0.5 bits", "flips", "in flips, not in bits"),
    ("0.5 bits", "", "no unit"),
    ("3 apples", "flips", "“apples” is not known"),
    ("1" * 121, "", "too long"),
    ("(" * 60 + "1", "", "a closing bracket"),
    # What someone might type who hopes that this is evaluated.
    ("constructor", "", "“constructor” is not known"),
    ("__proto__", "", "“_” does not belong"),
    ("toString()", "", "“tostring” is not known"),
    ("alert(1)", "", "“alert” is not known"),
    ("this.answer", "", "“.” does not belong"),
    ("this", "", "“this” is not known"),
    ("[].map", "", "“[” does not belong"),
    ("1;2", "", "“;” does not belong"),
    ("`${1}`", "", "“`” does not belong"),
    ("<img src=x onerror=alert(1)>", "", "“<” does not belong"),
    ("1\u00002", "", "does not belong"),
    ("0x10", "", "is not known"),
    ("NaN", "", "“nan” is not known"),
    ("1e999", "", "type inf"),
    ("😀", "", "does not belong"),
]


def test_what_is_not_read_says_why(node: Node) -> None:
    readings = node(READ, [[text, unit] for text, unit, _ in UNREADABLE])
    for (text, _, says), reading in zip(UNREADABLE, readings, strict=True):
        assert says in reading.get("error", "read it"), (text, reading)
        assert reading["said"] == ""


def test_no_input_breaks_the_parser_or_reaches_an_evaluator(node: Node, root: Path) -> None:
    """Deterministic noise over the parser's own alphabet: always a finite or infinite number, or an error that says something."""
    body = """
      const { read } = await load('math.js');
      const alphabet = ['1', '2.5', ',', '.', 'e', '-', '+', '*', '/', '^', '(', ')', 'ln', 'log2', 'sqrt', 'pi', 'inf', '%', ' ', 'bits', '√', '²', '_', '"'];
      let seed = 1;
      const next = () => (seed = (seed * 48271) % 2147483647);
      const odd = [];
      for (let i = 0; i < 20000; i++) {
        const text = Array.from({ length: 1 + next() % 9 }, () => alphabet[next() % alphabet.length]).join('');
        const r = read(text, ['', 'bits', 'flips'][next() % 3]);
        if (r.error ? r.error.length < 10 : Number.isNaN(r.value)) odd.push(text);
      }
      return odd;
    """
    assert node(body) == []
    for file in (root / "kltext/widgets/answer_box").glob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML", file.read_text()), file.name


def test_what_was_understood_is_said(node: Node) -> None:
    said = {
        ("0.53", "bits"): "0.53 bits",
        ("0,53", ""): "0.53",
        ("0.8 ln(8/7)", "nats"): "0.8·ln(8/7) = 0.106825 nats",
        ("ln 8/7", "nats"): "ln(8)/7 = 0.297063 nats",
        ("log 2", "nats"): "ln(2) = 0.693147 nats",
        ("0.368064 nats", "bits"): "0.368064 nats = 0.531004 bits",
        ("-inf", "nats"): "−∞ nats",
        ("53%", ""): "0.53",
    }
    readings = node(READ, [list(case) for case in said])
    assert [reading["said"] for reading in readings] == list(said.values())


STATE = {
    "answer": 0.5310044064107188, "unit": "bits", "tolerance": 1e-3, "otherwise": "",
    "wrong": [[0.7369655941662061, "Swapped."], [0.3680642071684971, "Nats."], [1.0, "Cross."], ["inf", "Not infinite."], [0.0, "Zero."]],
}  # fmt: skip
INFINITE = {**STATE, "answer": "inf", "wrong": [[0.105, "Unsmoothed."], ["-inf", "Sign."]], "otherwise": "Look again."}

JUDGED: list[tuple[dict[str, Any], str, str, str]] = [
    (STATE, "0.531", "right", "It is 0.531004 bits."),
    (STATE, "0.5310044", "right", "It is"),
    (STATE, "0.53153", "right", ""),
    (STATE, "0.53154", "close", "too large"),
    (STATE, "0.368 nats", "right", "It is 0.531004 bits."),
    (STATE, "0.9log2(1.8)+0.1log2(0.2)", "right", ""),
    (STATE, "53.1%", "right", ""),
    (STATE, "0.53", "rounded", "at least 4 significant digits"),
    (STATE, "0.5", "off", "less than a tenth"),
    (STATE, "0.37 nats", "rounded", ""),
    (STATE, "0.368", "named", "Nats."),
    (STATE, "0.37", "named", "Nats."),
    (STATE, "0.74", "named", "Swapped."),
    (STATE, "0.73", "named", "Swapped."),
    (STATE, "0.737", "named", "Swapped."),
    (STATE, "0.5108 nats", "named", "Swapped."),
    (STATE, "1", "named", "Cross."),
    (STATE, "inf", "named", "Not infinite."),
    (STATE, "0", "named", "Zero."),
    (STATE, "0.0001", "named", "Zero."),
    (STATE, "-inf", "off", "finite"),
    (STATE, "0.528", "close", "too small"),
    (STATE, "0.55", "off", "Too large, by less than a tenth."),
    (STATE, "0.62", "off", "Too large, by less than a factor of two."),
    (STATE, "0.1", "off", "Too small, by more than a factor of two."),
    (STATE, "90", "off", "Too large, by more than a factor of ten."),
    ({**STATE, "answer": 8.0, "wrong": []}, "4", "off", "Too small, by about a factor of two."),
    ({**STATE, "answer": 8.0, "wrong": []}, "80", "off", "Too large, by about a factor of ten."),
    (STATE, "-0.2", "off", "positive"),
    (INFINITE, "inf", "right", "It is infinite."),
    (INFINITE, "∞ bits", "right", "It is infinite."),
    (INFINITE, "0.105", "named", "Unsmoothed."),
    (INFINITE, "-∞", "named", "Sign."),
    (INFINITE, "1e9", "off", "Look again."),
    ({**STATE, "answer": 0.0, "wrong": []}, "0", "right", ""),
    ({**STATE, "answer": 0.0, "wrong": []}, "0.0001", "right", ""),
    ({**STATE, "answer": 0.0, "wrong": []}, "0.4", "off", "Too far"),
    ({**STATE, "answer": -0.25, "wrong": []}, "0.7", "off", "negative"),
    ({**STATE, "answer": -0.251, "wrong": []}, "-0.25", "rounded", ""),
]


def test_verdicts(node: Node) -> None:
    for (_, text, kind, says), verdict in zip(
        JUDGED, node(JUDGE, [[state, text] for state, text, _, _ in JUDGED]), strict=True
    ):
        assert verdict["kind"] == kind, (text, verdict)
        assert says in verdict["message"], (text, verdict)


def test_a_right_answer_in_another_unit_is_told_the_exact_value(node: Node) -> None:
    """Nothing false is said of what was typed: it is converted in one line, and the exact value stands in the other."""
    for text in ("0.368 nats", "0.3681 nats", "0.36806 nats"):
        assert node(JUDGE, [[STATE, text]]) == [{"kind": "right", "message": "It is 0.531004 bits."}]
    (reading,) = node(READ, [["0.368 nats", "bits"]])
    assert reading["said"] == "0.368 nats = 0.530912 bits"


def test_a_wrong_answer_never_gives_the_right_one_away(node: Node) -> None:
    tried = [f"{x / 100:.2f}" for x in range(-100, 200, 3)] + ["inf", "1e6"]
    for verdict in node(JUDGE, [[STATE, text] for text in tried]):
        if verdict["kind"] != "right":
            assert "0.531" not in verdict["message"]


def typed(exercise: NumberExercise) -> list[str]:
    """Its right value and its wrong ones, with twelve digits each, then with four."""
    values = [exercise.right(), *(value for value, _ in exercise.rivals())]
    return [f"{value:.{digits}g}" for digits in (12, 4) for value in values]


@pytest.fixture(scope="module")
def verdicts(node: Node) -> dict[str, list[Any]]:
    """On what is typed into the boxes of all exercises, in one process."""
    tried = {exercise.id: list(product([AnswerBox(exercise).state()], typed(exercise))) for exercise in exercises.REGISTRY.numbers()}
    found = iter(node(JUDGE, [pair for pairs in tried.values() for pair in pairs]))
    return {id: list(islice(found, len(pairs))) for id, pairs in tried.items()}


@pytest.mark.parametrize("exercise", exercises.REGISTRY.numbers(), ids=lambda exercise: exercise.id)
def test_every_exercise_of_the_book_is_judged_as_registered(verdicts: dict[str, list[Any]], exercise: NumberExercise) -> None:
    """The right value is right, each wrong one gets its own message: as typed with twelve digits and with four."""
    cases = exercise.rivals()
    found = verdicts[exercise.id]
    assert len(found) == 2 * (1 + len(cases))
    for right, *wrong in (found[: len(found) // 2], found[len(found) // 2 :]):
        assert right["kind"] == "right"
        for (value, message), verdict in zip(cases, wrong, strict=True):
            assert verdict == {"kind": "named", "message": message}, (value, verdict)


# The Python class.


def test_representations() -> None:
    box = exercises.number("kl-bits-lost")
    assert repr(box) == "AnswerBox('kl-bits-lost', unit='nats', tolerance=0.001)"
    shown = box._repr_mimebundle_()
    assert shown is not None
    data = shown[0]
    assert data["text/plain"] == repr(box)
    assert data["text/html"].startswith(
        '<div class="kl-widget" data-kl-widget="answer_box" data-kl-key="" data-kl-state=\'{'
    )
    assert (
        '<figure class="kl-fallback"><p>The check needs JavaScript; the solution below does not.</p></figure>'
        in data["text/html"]
    )
    state = re.search(r"data-kl-state='(.*?)'", data["text/html"])
    assert state is not None
    assert json.loads(html.unescape(state[1])) == box.state()
    assert box.state()["answer"] == "inf"
    assert "0.531" not in repr(exercises.number("kl-warm-coin"))


def test_markup_in_a_message_stays_text() -> None:
    exercise = NumberExercise("x", lambda: 0.5, wrong=[Wrong("It's <b>\"wrong\"</b> & 'so'", lambda: 0.8)])
    shown = AnswerBox(exercise)._placeholder()
    state = re.search(r"data-kl-state='(.*?)'>", shown)
    assert state is not None
    assert "<b>" not in state[1]
    assert json.loads(html.unescape(state[1]))["wrong"][0] == [0.8, "It's <b>\"wrong\"</b> & 'so'"]


def test_two_boxes_of_one_exercise_are_the_same_page() -> None:
    assert exercises.number("kl-gauss")._placeholder() == exercises.number("kl-gauss")._placeholder()


# In the browser, from a file, under a policy that allows no inline script.


@pytest.fixture
def page(browser: Browser, exercise_page: Callable[..., str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else problems.append(request.url)
    )
    page.goto(exercise_page("kl-warm-coin", "kl-infinite"))
    yield page
    assert problems == []
    context.close()


def box(page: Page, id: str = "kl-warm-coin") -> Any:
    page.locator(f"#ex-{id}").scroll_into_view_if_needed()
    return page.locator(f"form[data-kl-exercise={id}]")


def answer(page: Page, text: str, id: str = "kl-warm-coin") -> Any:
    form = box(page, id)
    form.get_by_label("Your answer").fill(text)
    form.get_by_label("Your answer").press("Enter")
    return form.locator("[aria-live=polite]")


def test_right_answer(page: Page) -> None:
    verdict = answer(page, "0.531")
    expect(verdict).to_contain_text("Correct. It is 0.531004 bits.")
    expect(box(page).get_by_label("Your answer")).to_have_attribute("aria-invalid", "false")
    expect(box(page)).to_contain_text("solved")
    assert page.evaluate("JSON.parse(localStorage['kltext:solved'])") == ["kl-warm-coin"]


def test_solved_is_remembered_after_a_reload(page: Page) -> None:
    answer(page, "0.531")
    page.reload()
    expect(box(page).locator(".kl-answer-badge")).to_be_visible()
    expect(box(page, "kl-infinite").locator(".kl-answer-badge")).to_be_hidden()


def test_wrong_answers_are_named_and_then_a_hint_is_offered(page: Page) -> None:
    expect(answer(page, "0.737")).to_contain_text("Not yet. That is D(Q‖P)")
    hint = box(page).locator("[data-kl-action=hint]")
    expect(hint).to_be_hidden()
    answer(page, "0.737")
    expect(hint).to_be_hidden()
    expect(answer(page, "0.368")).to_contain_text("Right in nats; bits are asked for.")
    expect(hint).to_have_text("Open “First hint”")
    hint.click()
    details = page.locator("#ex-kl-warm-coin ~ details").first
    assert details.evaluate("element => element.open")
    assert page.evaluate("document.activeElement.textContent") == "First hint"
    expect(hint).to_have_text("Open “Second hint”")
    hint.press("Enter")
    expect(hint).to_be_hidden()
    assert page.locator("details[open]").count() == 2
    expect(page.locator("#ex-kl-infinite ~ details[open]")).to_have_count(0)


@pytest.mark.parametrize("labelled", [True, False])
def test_the_hint_is_that_of_the_exercise(page: Page, labelled: bool) -> None:
    """Also where the statement has no id of its own, as may be in a live notebook."""
    form = box(page, "kl-infinite")
    if not labelled:
        page.evaluate("document.querySelectorAll('.exercise').forEach((block) => block.removeAttribute('id'))")
    for text in ("0.5", "2"):
        form.get_by_label("Your answer").fill(text)
        form.get_by_label("Your answer").press("Enter")
    form.locator("[data-kl-action=hint]").click()
    opened = page.evaluate("[...document.querySelectorAll('details')].map((details) => details.open)")
    assert opened == [False, False, False, True, False, False]


def test_the_verdict_is_bound_to_the_input(page: Page) -> None:
    field = box(page).get_by_label("Your answer, in bits")
    described = field.get_attribute("aria-describedby").split()
    answer(page, "ln(2")
    words = " ".join(page.locator(f"#{id}").inner_text() for id in described)
    assert "Within 0.1% counts" in words
    assert "Not understood. Something is missing at the end: a closing bracket." in " ".join(words.split())
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("ln(2)")
    assert field.get_attribute("aria-invalid") is None
    assert "Read as ln(2) = 0.693147 bits." in box(page).inner_text()
    labels = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(labels) == len(set(labels))


def test_markup_that_is_typed_stays_text(page: Page) -> None:
    expect(answer(page, "<img src=x>")).to_contain_text("“<” does not belong in a number.")
    expect(page.locator("img")).to_have_count(0)


def test_enter_submits_once(page: Page) -> None:
    """JupyterLab keeps Enter from submitting a form; the box does it itself, and the form must not do it again."""
    page.evaluate("window.submits = 0; addEventListener('submit', () => { window.submits += 1; }, true)")
    expect(answer(page, "0.737")).to_contain_text("Not yet.")
    assert page.evaluate("window.submits") == 0


def test_keyboard_alone(page: Page) -> None:
    box(page).get_by_label("Your answer").focus()
    page.keyboard.type("0.9log2(1.8)+0.1log2(0.2)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    page.keyboard.press("Space")
    expect(box(page).locator("[aria-live=polite]")).to_contain_text("Correct.")


def test_a_reset_elsewhere_takes_the_badge_away(page: Page) -> None:
    answer(page, "0.531")
    page.evaluate(
        "localStorage.removeItem('kltext:solved'); dispatchEvent(new CustomEvent('kltext:solved', { detail: { ids: [] } }))"
    )
    expect(box(page).locator(".kl-answer-badge")).to_be_hidden()


LIVE = """async ([source, state]) => {
  const values = { ...state, typed: "", attempts: 0, solved: false };
  const listeners = new Set();
  window.saved = [];
  window.model = {
    get: (name) => values[name],
    set(name, value) { values[name] = value; },
    save_changes() { window.saved.push({ ...values }); },
    on(type, listener) { listeners.add(listener); },
    off(type, listener) { listeners.delete(listener); },
    fromPython(name, value) { values[name] = value; listeners.forEach((listener) => listener()); },
    listening: () => listeners.size,
  };
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  window.leave = widget.render({ model: window.model, el: document.body.appendChild(document.createElement("div")) });
}"""


def test_in_a_live_notebook_the_state_goes_both_ways(browser: Browser, root: Path) -> None:
    """The bundle that anywidget loads, with a model that records what reaches Python."""
    page = browser.new_page()
    page.goto("about:blank")
    source = (root / "kltext/widgets/static/answer_box.js").read_text()
    page.evaluate(LIVE, [source, exercises.number("kl-warm-coin").state()])
    answer = page.get_by_label("Your answer, in bits")
    answer.fill("0.737")
    answer.press("Enter")
    assert page.evaluate("[model.get('typed'), model.get('attempts'), model.get('solved')]") == ["0.737", 1, False]
    page.evaluate("model.fromPython('typed', '0.531')")
    expect(answer).to_have_value("0.531")
    page.get_by_role("button", name="Check").click()
    assert page.evaluate("[saved.at(-1).typed, saved.at(-1).attempts, saved.at(-1).solved]") == ["0.531", 1, True]
    page.evaluate("leave()")
    assert page.evaluate("model.listening()") == 0
    page.close()


def test_without_storage_the_box_still_works(browser: Browser, exercise_page: Callable[..., str]) -> None:
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(exercise_page("kl-warm-coin"))
    expect(answer(page, "0.531")).to_contain_text("Correct.")
    expect(box(page).locator(".kl-answer-badge")).to_be_visible()
    expect(page.locator(".kl-progress-count")).to_contain_text("1/1")
    assert errors == []
    context.close()


def test_without_javascript_a_sentence_stands_there(browser: Browser, exercise_page: Callable[..., str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(exercise_page("kl-warm-coin"))
    expect(page.get_by_text("The check needs JavaScript; the solution below does not.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_box_takes_the_room_that_was_kept_for_it(
    browser: Browser, exercise_page: Callable[..., str], width: int
) -> None:
    heights = []
    for scripts in (False, True):
        context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(exercise_page("kl-warm-coin"))
        expect(page.locator("form[data-kl-exercise]")).to_have_count(int(scripts))
        bounds = page.locator(".kl-widget").bounding_box()
        assert bounds is not None
        heights.append(bounds["height"])
        context.close()
    assert abs(heights[1] - heights[0]) < 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_accessible_in_every_state(
    browser: Browser, exercise_page: Callable[..., str], root: Path, scheme: Any, width: int
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(exercise_page("kl-warm-coin", "kl-infinite", "kl-gauss", "kl-bits-lost", "kl-mvn"))
    answer(page, "0.531")
    answer(page, "inf", "kl-infinite")
    answer(page, "0.0935", "kl-infinite")
    answer(page, "0.32", "kl-gauss")
    answer(page, "zero", "kl-bits-lost")
    page.evaluate((root / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run()")
    assert [(problem["id"], [node["html"] for node in problem["nodes"]]) for problem in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
