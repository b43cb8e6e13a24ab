"""The code budget: its mathematics in JavaScript against kltext, its Python side, and the living widget under the hand."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser, Page, expect

import kltext
from kltext.widgets import CodeBudget

from . import hands

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
MATH = "code_budget/math.js"
ROBOT = ([1 / 8, 1 / 2, 1 / 8, 1 / 8, 1 / 8], [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16], ["idle", "moving", "loading", "blocked", "fault"])


def states() -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    pairs = [(ROBOT[0], ROBOT[1]), ([0.7, 0.2, 0.1], [0.8, 0.2, 0.0]), ([1.0, 0.0], [0.5, 0.5]), ([0.5, 0.5], [0.5, 0.5])]
    pairs += [tuple(rng.dirichlet(np.full(n, 0.7), size=2).tolist()) for n in (2, 3, 7, 12) for _ in range(5)]
    return [{"p": p, "q": q, "labels": [], "seed": k, "unit": unit} for k, (p, q) in enumerate(pairs) for unit in ("nats", "bits")]


def close(value: float, expected: float) -> bool:
    return value == expected if not math.isfinite(expected) or expected == 0 else math.isclose(value, expected, rel_tol=1e-12)


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
        expected = CodeBudget(state["p"], state["q"], unit=state["unit"]).numbers()
        assert all(close(shown["numbers"][name], value) for name, value in expected.items()), state


def test_lengths_are_surprisals(javascript: Javascript) -> None:
    values = [1.0, 0.5, 0.3, 1e-9, 0.0]
    for unit, base in (("bits", 2), ("nats", None)):
        found = javascript([(MATH, "length", [value, unit]) for value in values])
        assert all(close(x, float(kltext.surprisal(value, base=base))) for value, x in zip(values, found, strict=True))


def test_the_sample_costs_what_its_symbols_cost(javascript: Javascript) -> None:
    tried = states()
    calls = [call for state in tried for call in ((MATH, "costs", [state]), (MATH, "sample", [state["p"], state["seed"]]))]
    results = javascript(calls)
    for state, costs, symbols in zip(tried, results[::2], results[1::2], strict=True):
        base = 2 if state["unit"] == "bits" else None
        assert len(symbols) == 120 and len(costs) == 121 and all(state["p"][i] > 0 for i in symbols)
        for name, law in (("paid", "q"), ("needed", "p")):
            expected = np.cumsum(kltext.surprisal([state[law][i] for i in symbols], base=base))
            assert [cost[name] for cost in costs[1:]] == pytest.approx(list(expected), rel=1e-12)


def test_the_sample_follows_p(javascript: Javascript) -> None:
    p = [0.5, 0.3, 0.2, 0.0]
    (symbols, again, other) = javascript([(MATH, "sample", [p, seed, 20_000]) for seed in (3, 3, 4)])
    assert symbols == again != other
    counts = np.bincount(symbols, minlength=4)
    assert counts[3] == 0 and np.abs(counts / 20_000 - p).max() < 4 * math.sqrt(0.25 / 20_000)


def test_a_longer_word_keeps_the_budget(javascript: Javascript) -> None:
    rng = np.random.default_rng(2)
    calls = []
    for _ in range(100):
        q = rng.dirichlet(np.ones(5)).tolist()
        calls.append((MATH, "withLength", [q, int(rng.integers(5)), float(rng.uniform(-1, 12)), "bits"]))
    for (_, _, [_, i, wanted, _]), q in zip(calls, javascript(calls), strict=True):
        assert sum(q) == pytest.approx(1, abs=1e-11) and min(q) >= 0
        assert q[i] == pytest.approx(2.0 ** -max(0, wanted), rel=1e-12)


def test_an_edge_moves_probability_between_neighbours(javascript: Javascript) -> None:
    p = [0.1, 0.2, 0.3, 0.4]
    (moved, least, most) = javascript([(MATH, "withEdge", [p, 2, value]) for value in (0.05, -1, 2)])
    assert moved == pytest.approx([0.1, 0.45, 0.05, 0.4]) and least[1:3] == pytest.approx([0.5, 0]) and most[1:3] == pytest.approx([0, 0.5])
    assert all(sum(x) == pytest.approx(1, abs=1e-12) for x in (moved, least, most))


@pytest.mark.parametrize("broken", [{"p": [0.5, 0.6]}, {"p": [1]}, {"q": "x"}, {"p": [0.5, 0.25, 0.25]}])
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    state = {"p": [0.5, 0.5], "q": [0.9, 0.1], "labels": [], "seed": 1, "unit": "bits"}
    refused, odd_seed, *presets = javascript([(MATH, "sane", [{**state, **broken}]), (MATH, "sane", [{**state, "seed": -1.5}])])
    assert refused is None and odd_seed["seed"] == 1 and not presets


def test_every_preset_is_sane(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, state in zip(presets, javascript([(MATH, "sane", [preset]) for preset in presets]), strict=True):
        assert state["p"] == preset["p"] and state["labels"] == preset["labels"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6]}, "p must sum to 1"),
        ({"p": [0.5, 0.5]}, "outcomes, but"),
        ({"labels": ["a"]}, "outcomes, but"),
        ({"seed": -1}, "seed"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        CodeBudget(**arguments)


def test_fallback_has_the_numbers() -> None:
    for p, q in (ROBOT[:2], ([0.5, 0.5, 0.0], [1.0, 0.0, 0.0])):
        drawing = CodeBudget(p, q)._fallback()
        assert drawing.startswith("<svg") and "H(P,Q) =" in drawing and ("∞" in drawing) == (0 in q and p[1] > 0)


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("budget"), CodeBudget(*ROBOT, key="budget"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def agree(page: Page) -> CodeBudget:
    found: CodeBudget = hands.agree(page, CodeBudget, p=hands.floats, q=hands.floats, labels=hands.words, seed=int)
    return found


HANDLES = [*(f"p:{i}" for i in range(1, 5)), *(f"q:{i}" for i in range(5))]


def test_handles_by_keyboard(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        text = hands.by_keyboard(page, name)
        assert "H(P,Q)" in text and "D(P‖Q)" in text and text.startswith("probability" if name[0] == "p" else "length")
        agree(page)


def test_handles_by_pointer(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        before = agree(page)
        handle = page.locator(f'[data-kl-handle="{name}"]')
        was = str(handle.get_attribute("aria-valuenow"))
        hands.pull(page, name, 18, -12)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        after = agree(page)
        i = int(name[2:])
        if name[0] == "q":
            assert after.q[i] < before.q[i] and after.p == before.p
        else:
            assert after.p[i] > before.p[i] and after.q == before.q


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="q:1"]')
        was = str(handle.get_attribute("aria-valuenow"))
        hands.swipe(page, "q:1", 25)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        hands.fits_a_small_phone(page)


def test_typed_values_examples_and_buttons(page: Page) -> None:
    field, notice = page.locator('[data-kl-input="q"]'), page.locator("[data-kl-notice]")
    hands.typed(page, "q", "abc", "is not a number; nothing was changed")
    hands.typed(page, "q", "-1", "between 0 and 1; nothing was changed")
    hands.typed(page, "q", "2", "2 was read as 1", "1")
    field.fill("1/8")
    field.press("Enter")
    expect(notice).to_have_text("")
    assert agree(page).q[0] == 0.125
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-budget-name")).to_have_text("moving")
    before = agree(page)
    paths = [page.locator("path.kl-run").nth(0).get_attribute("d")]
    page.locator('[data-kl-action="new-sample"]').press("Enter")
    after = agree(page)
    assert after.seed == before.seed + 1 and after.numbers() == before.numbers()
    assert page.locator("path.kl-run").nth(0).get_attribute("d") not in paths
    sentences = set()
    for sentence in hands.examples(page):
        agree(page)
        sentences.add(sentence)
    assert any("no word for “D”" in text for text in sentences) and any("The code fits" in text for text in sentences)
    page.locator('[data-kl-choice="unit:nats"]').check(force=True)
    assert agree(page).unit == "nats"
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == CodeBudget(*ROBOT).state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-handle="q:1"]').press("PageUp")
    hands.copies_itself(page, agree, capsys)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    hands.stands_everywhere(browser, address, root)
