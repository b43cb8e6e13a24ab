"""The clip microscope: its mathematics in JavaScript against kltext, autograd and fifty digits, and the living widget under the hand."""

import itertools
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
import traitlets
from autograd import grad
from playwright.sync_api import Browser, Page, expect

import kltext
from kltext.widgets import ClipMicroscope
from kltext.widgets.clip_microscope import NUMBERS

from .hands import (
    TOLD,
    accessible,
    as_in_the_book,
    by_keyboard,
    copies_itself,
    drawn_whole,
    examples,
    fits_a_small_phone,
    in_turn,
    opened,
    pull,
    stands_everywhere,
    swipe,
    typed,
    write_page,
)
from .hands import agree as agree_with

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
State = dict[str, Any]
MATH = "clip_microscope/math.js"
RATIOS = [1e-300, 1e-9, 0.01, 0.5, 0.7999, 0.8, 0.8001, 0.999999, 1 - 1e-12, 1.0, 1 + 1e-12, 1.000001, 1.1, 1.1999, 1.2, 1.2001, 1.35, 5.0, 1e3]
SIX = {1: (0.5, 1.0), 2: (1.1, 1.0), 3: (1.35, 1.0), 4: (0.5, -1.0), 5: (1.1, -1.0), 6: (1.35, -1.0)}
"""A ratio and an advantage of each case, for ε = 0.2."""


def state(ratio: float, advantage: float, epsilon: float = 0.2) -> State:
    return {"ratio": ratio, "advantage": advantage, "epsilon": epsilon}


def states() -> list[State]:
    rng = np.random.default_rng(20261121)
    found = [state(ratio, advantage) for ratio in (0.0, *RATIOS) for advantage in (1.0, -1.0, 0.0, 1e-9, -300.0)]
    return found + [state(float(np.exp(rng.normal(0, 0.7))), float(rng.normal(0, 2)), float(rng.uniform(0.01, 0.99))) for _ in range(80)]


def measured(javascript: Javascript, tried: list[State]) -> list[dict[str, float]]:
    return javascript([(MATH, "measure", [one]) for one in tried])


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for one, shown in zip(tried, measured(javascript, tried), strict=True):
        numbers = ClipMicroscope(**one).numbers()
        assert list(shown) == list(numbers) == list(NUMBERS)
        assert shown == pytest.approx(numbers, rel=1e-13, abs=0), one


def test_estimators_equal_fifty_digits(javascript: Javascript) -> None:
    with mpmath.workdps(50):
        for ratio, shown in zip(RATIOS, measured(javascript, [state(ratio, 1.0) for ratio in RATIOS]), strict=True):
            log = mpmath.log(mpmath.mpf(ratio))
            for name, value in (("k1", -log), ("k2", log**2 / 2), ("k3", mpmath.mpf(ratio) - 1 - log)):
                assert abs(shown[name] - value) <= 1e-14 * abs(value), (ratio, name)


def test_the_gradient_is_that_of_the_library(javascript: Javascript) -> None:
    """Differentiated by autograd in log π, away from the two corners; and the flag of the library is ours."""
    tried = [one for one in states() if one["ratio"] > 0 and min(abs(one["ratio"] - 1 - s * one["epsilon"]) for s in (1, -1)) > 1e-6]
    for one, shown in zip(tried, measured(javascript, tried), strict=True):
        def value(log_new: Any, one: State = one) -> Any:
            return kltext.ppo_clip_objective(log_new, anp.array(0.0), one["advantage"], epsilon=one["epsilon"]).value

        assert shown["gradient"] == pytest.approx(float(grad(value)(anp.array(math.log(one["ratio"])))), rel=1e-12, abs=0), one
        found = kltext.ppo_clip_objective(math.log(one["ratio"]), 0.0, one["advantage"], epsilon=one["epsilon"])
        assert bool(found.clipped) == ClipMicroscope(**one).dead


def test_six_cases(javascript: Javascript) -> None:
    six = [state(*one) for one in SIX.values()]
    assert javascript([(MATH, "caseOf", [one]) for one in six]) == list(SIX)
    assert [ClipMicroscope(**one).case for one in six] == list(SIX)
    assert [ClipMicroscope(**one).branch for one in six] == ["unclipped", "both", "clipped", "clipped", "both", "unclipped"]
    assert [shown["slope"] for shown in measured(javascript, six)] == [1, 1, 0, 0, -1, -1]
    assert [shown["value"] for shown in measured(javascript, six)] == pytest.approx([0.5, 1.1, 1.2, -0.8, -1.1, -1.35])
    assert javascript([(MATH, "caseOf", [state(ratio, 0.0)]) for ratio in (0.1, 1.0, 3.0)]) == [0, 0, 0]
    corners = [state(1.2, 1.0), state(0.8, -1.0)]  # the ends belong to the band
    assert javascript([(MATH, "caseOf", [one]) for one in corners]) == [2, 5] == [ClipMicroscope(**one).case for one in corners]


@pytest.mark.parametrize("advantage", [1.0, -2.5, 0.0])
@pytest.mark.parametrize("epsilon", [0.01, 0.2, 0.99])
def test_each_case_can_be_gone_to(javascript: Javascript, advantage: float, epsilon: float) -> None:
    begun = state(1.0, advantage, epsilon)
    for wanted, found in enumerate(javascript([(MATH, "example", [n, begun]) for n in range(1, 7)]), start=1):
        reached = {**begun, **found}
        assert javascript([(MATH, "caseOf", [reached])]) == [wanted]
        assert abs(reached["advantage"]) == (abs(advantage) or 1)


def test_objective_between_the_states(javascript: Javascript) -> None:
    ratios = [float(x) for x in np.linspace(0.0, 3.0, 61)]
    for advantage in (1.5, -0.5):
        one = state(1.0, advantage, 0.3)
        drawn = javascript([(MATH, "objective", [ratio, one]) for ratio in ratios])
        with np.errstate(divide="ignore"):
            exact = kltext.ppo_clip_objective(np.log(ratios), np.zeros(61), advantage, epsilon=0.3).terms
        assert drawn == pytest.approx(exact.tolist(), rel=1e-14)


@pytest.mark.parametrize("broken", [{"ratio": -0.1}, {"ratio": "NaN"}, {"ratio": 1001}, {"advantage": "Infinity"}, {"epsilon": 0}, {"epsilon": 1}, {"epsilon": "x"}])
def test_senseless_states_are_refused(javascript: Javascript, broken: State) -> None:
    assert javascript([(MATH, "sane", [{**state(1.0, 1.0), **broken}]), (MATH, "sane", [state(1.0, 1.0)])]) == [None, state(1, 1)]


def test_examples_make_sense(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    by_name = {preset.pop("name"): ClipMicroscope(**preset) for preset in presets}
    assert {widget.case for widget in by_name.values()} == set(range(7))
    assert by_name["Far beyond, and nothing pulls"].dead and by_name["Far beyond, and nothing pulls"].numbers()["k3"] > 2
    assert by_name["Just on the corner"].slope == 1
    assert ClipMicroscope(**{"ratio": 1.35, "advantage": 1, "epsilon": 0.2}).state() == ClipMicroscope().state()


CODED = [state(1.35, 1.0), state(1.0, 1.0), state(0.0, -1.0), state(1.2, 1.0), state(0.6, -2.0, 0.25), state(1 + 1e-7, 0.5), state(1e3, -3.0), state(1.5, 0.0)]


@pytest.mark.parametrize("one", CODED)
def test_copied_code_prints_the_numbers(javascript: Javascript, one: State, prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [one])])
    said = prints(code)
    printed = [float(x) for x in re.findall(r"= (\S+)$", said, flags=re.MULTILINE)]
    for text, value in zip(printed, ClipMicroscope(**one).numbers().values(), strict=True):
        assert text == value or text == pytest.approx(value, abs=0.6e-4 if 5e-4 < abs(value) < 1e6 else 0.006 * abs(value))


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ratio": -0.5}, "ratio must lie between 0 and 1000, got -0.5"),
        ({"ratio": math.nan}, "ratio must be finite, got nan"),
        ({"advantage": "good"}, "advantage must be a number, got 'good'"),
        ({"epsilon": 0}, "epsilon must lie between 1e-06 and 0.999999, got 0.0"),
        ({"epsilon": 1.0}, "epsilon must lie between 1e-06 and 0.999999, got 1.0"),
    ],
)
def test_python_says_what_is_wrong(arguments: State, message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        ClipMicroscope(**arguments)


def test_a_bad_value_changes_nothing() -> None:
    sample = ClipMicroscope(1.5, -1, epsilon=0.1)
    with pytest.raises(traitlets.TraitError):
        sample.set(ratio=2.0, epsilon=3.0)
    assert sample.state() == state(1.5, -1.0, 0.1)


def test_what_the_page_sends_arrives() -> None:
    sample = ClipMicroscope()
    seen: list[tuple[int, float]] = []
    sample.observe(lambda change: seen.append((sample.case, sample.slope)), "ratio")
    sample.set_state({"ratio": 1.0})
    sample.set_state({"ratio": 3.0})
    assert seen == [(2, 1.0), (3, 0.0)]


@pytest.mark.parametrize("one", [state(*SIX[n]) for n in SIX] + [state(0.0, -1.0), state(1e3, 1e3, 0.999), state(1.0, 0.0)])
def test_fallback_has_the_numbers(one: State) -> None:
    sample = ClipMicroscope(**one)
    drawing = sample._fallback()
    assert drawing.startswith("<svg") and sample._laws() in drawing and sample._in_words() in drawing
    assert all(name in repr(sample) for name in NUMBERS.values())


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("clip"), ClipMicroscope(key="clip"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> ClipMicroscope:
    found: ClipMicroscope = agree_with(page, ClipMicroscope, ratio=float, advantage=float, epsilon=float)
    return found


HANDLES = {"ratio": ["ratio", "log-ratio", "case", "band", "objective", "gradient", "k1", "k3"], "advantage": ["advantage", "objective", "k3"], "epsilon": ["epsilon", "band from", "gradient", "k1"]}


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        text = by_keyboard(page, name)
        assert all(word in text for word in HANDLES[name]), text
        agree(page)


def test_what_a_handle_says(page: Page) -> None:
    handle = page.locator('[data-kl-handle="ratio"]')
    expect(handle).to_have_attribute("aria-valuetext", "ratio 1.35, log-ratio 0.3, case 3, above the band, objective 1.2, gradient 0, k1 -0.3, k3 0.05")
    handle.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", "ratio 0, log-ratio minus infinity, case 1, below the band, objective 0, gradient 1, k1 infinite, k3 infinite")


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "ratio", -60, 10)
    moved = agree(page)
    assert moved.ratio < before.ratio and moved.case == 2 and moved.epsilon == before.epsilon
    pull(page, "epsilon", 40, 5)
    assert agree(page).epsilon > before.epsilon
    pull(page, "advantage", 3, 150)
    assert agree(page).advantage < 0 and agree(page).case == 5


def test_the_gradient_dies_and_lives(page: Page) -> None:
    """Where the slope is zero, the dead part of the curve is marked, the button of the case is down, and the sentence says so."""
    for wanted in SIX:
        page.locator(f'[data-kl-action="case-{wanted}"]').click()
        sample = agree(page)
        assert sample.case == wanted
        expect(page.locator(f'[data-kl-action="case-{wanted}"]')).to_have_attribute("aria-pressed", "true")
        expect(page.locator('[data-kl-action^="case"][aria-pressed="true"]')).to_have_count(1)
        expect(page.locator(".kl-sentence")).to_contain_text(f"Case {wanted}:")
        expect(page.locator(".kl-clip-number.kl-chosen")).to_have_text(str(wanted))
        dead = wanted in (3, 4)
        expect(page.locator(".kl-clip-lost")).to_have_count(1 if dead else 0)
        assert ("gradient is 0" in page.locator(".kl-sentence").inner_text()) == dead
        term = {"both": "both terms", "clipped": "the clipped term", "unclipped": "the unclipped term"}[sample.branch]
        expect(page.locator(".kl-formula")).to_contain_text(f": {term}")


def test_the_point_stands_on_its_curve(page: Page) -> None:
    """The handle is where the objective is: as far above zero, in pixels, as the axis says."""
    for wanted in SIX:
        page.locator(f'[data-kl-action="case-{wanted}"]').click()
        sample = agree(page)
        zero, one = (
            page.locator(".kl-axis-y text").evaluate_all("(all, label) => all.find((text) => text.textContent === label).getBoundingClientRect().y", label) for label in ("0", "1")
        )
        grips = [page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box() for name in ("ratio", "advantage")]
        assert grips[0] and grips[1]
        middles = [box["y"] + box["height"] / 2 for box in grips if box]
        assert (middles[1] - middles[0]) / (zero - one) == pytest.approx(sample.numbers()["value"] - sample.advantage, abs=0.02)


def test_type_examples_and_reset(page: Page) -> None:
    for field, text, sentence, taken in (
        ("ratio", "abc", "nothing was changed", None),
        ("ratio", "500", "", "500"),
        ("ratio", "4000", "ratios from 0 to 1000; 4000 was read as 1000. Use ppo_clip_objective for others.", "1000"),
        ("ratio", "-1", "−1 was read as 0", "0"),
        ("ratio", "5/4", "", "1.25"),
        ("advantage", "-2.5", "", "-2.5"),
        ("advantage", "7", "7 was read as 4", "4"),
        ("epsilon", "1", "half-widths from 0.01 to 0.99; 1 was read as 0.99", "0.99"),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    shown = [(sentence, agree(page).state()["ratio"]) for sentence in examples(page)]
    assert len(set(shown)) == 10
    assert "for the last time" in shown[8][0] and "No advantage" in shown[9][0]
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == ClipMicroscope().state()


@pytest.mark.parametrize("example", ["0", "2", "6"])
def test_copies(page: Page, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("select").select_option(example)
    copies_itself(page, agree, capsys)


@pytest.mark.parametrize("fragment", ["ratio:0;advantage:-1", "ratio:1000;advantage:1000", "ratio:1e-300;advantage:-1000", "epsilon:0.000001", "epsilon:0.999;advantage:-0.001", "advantage:0"])
def test_the_farthest_states_are_drawn(browser: Browser, address: str, fragment: str) -> None:
    with opened(browser, f"{address}#clip={fragment}") as page:
        agree(page)
        drawn_whole(page, sentences=False)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="ratio"]')
        was = str(handle.get_attribute("aria-valuenow"))
        swipe(page, "ratio", -30)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        fits_a_small_phone(page)
        before = agree(page)
        page.locator('[data-kl-range="advantage"]').press("ArrowRight")
        assert agree(page).advantage == pytest.approx(before.advantage + 0.05)
        page.locator('[data-kl-action="case-4"]').tap()
        assert agree(page).case == 4
        for example in range(10):
            page.locator("select").select_option(str(example))
            page.evaluate(TOLD)
            fits_a_small_phone(page)


@pytest.mark.parametrize("width", [320, 390, 900])
def test_nothing_is_cut_off(browser: Browser, address: str, width: int) -> None:
    """Far out, and in every example: no word of the picture, no number, no button, and not the sentence."""
    with opened(browser, address, width=width, height=900) as page:
        as_in_the_book(page)
        typed(page, "ratio", "1000", "", "1000")
        typed(page, "advantage", "-4", "", "-4")
        page.evaluate(TOLD)
        for _ in itertools.chain([""], examples(page)):
            drawn_whole(page)


def test_accessible(browser: Browser, address: str, root: Path) -> None:
    with opened(browser, address) as page:
        for example in ("0", "4"):
            page.locator("select").select_option(example)
            page.evaluate(TOLD)
            accessible(page, root)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
