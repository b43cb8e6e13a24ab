"""The tilted policy: its mathematics against fifty digits and against kltext, and the living widget under the hand."""

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser, Page, expect

import kltext
from kltext.widgets import TiltedPolicy

from .hands import agree as agree_with
from .hands import (
    by_keyboard,
    copies_itself,
    examples,
    fits_a_small_phone,
    floats,
    in_turn,
    opened,
    pull,
    stands_everywhere,
    swipe,
    typed,
    words,
    write_page,
)

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
MATH = "tilted_policy/math.js"
PRICES = [0.02, 0.1, 0.5, 1.0, 7.0, 1e3, 1e9, math.inf]


def plain(price: float) -> str:
    return "Infinity" if price == math.inf else repr(price)


def state(policy: Any, reference: Any, reward: Any, beta: float) -> dict[str, Any]:
    laws = {"policy": list(policy), "reference": list(reference), "reward": list(reward)}
    return {**laws, "labels": ["A", "B", "C", "D", "E", "F"][: len(laws["policy"])], "beta": plain(beta)}


def problems() -> list[tuple[list[float], list[float], list[float], float]]:
    """Policies far from the reference, near it and equal to it, with answers that one or both never give."""
    rng = np.random.default_rng(20261121)
    found: list[Any] = []
    for n in (2, 3, 6):
        reference = rng.dirichlet(np.ones(n))
        near = reference * (1 + 1e-6 * rng.uniform(-1, 1, n))
        reward = rng.uniform(-5, 5, n)
        for beta in PRICES:
            found += [(rng.dirichlet(np.ones(n)), reference, reward, beta), (near / near.sum(), reference, reward, beta), (reference, reference, 0 * reward + 2, beta)]
    found += [([0.5, 0.4, 0.1], [0.6, 0.4, 0], [0, 1, 4], 0.5), ([0.6, 0.4, 0], [0.6, 0.4, 0], [0, 1, 4], 0.5), ([0, 1, 0], [0.6, 0.3, 0.1], [1, 2, 2], 0.02)]
    return [([float(x) for x in a], [float(x) for x in b], [float(x) for x in r], beta) for a, b, r, beta in found]


PROBLEMS = problems()


def exact(policy: list[float], reference: list[float], reward: list[float], beta: float) -> dict[str, float]:
    """The numbers from their definitions, with fifty digits."""
    with mpmath.workdps(50):
        p, q, r = ([mpmath.mpf(x) for x in law] for law in (policy, reference, reward))
        p, q = ([x / sum(law) for x in law] for law in (p, q))

        def kl(a: list[Any], b: list[Any]) -> Any:
            return mpmath.inf if any(x > 0 and y == 0 for x, y in zip(a, b, strict=True)) else mpmath.fsum(x * mpmath.log(x / y) for x, y in zip(a, b, strict=True) if x > 0)

        def mean(a: list[Any]) -> Any:
            return mpmath.fsum(x * y for x, y in zip(a, r, strict=True))

        weights = q if beta == math.inf else [x * mpmath.exp(y / mpmath.mpf(beta)) for x, y in zip(q, r, strict=True)]
        law = [x / mpmath.fsum(weights) for x in weights]
        ceiling = mean(q) if beta == math.inf else mpmath.mpf(beta) * mpmath.log(mpmath.fsum(weights))
        paid, missed = ((0 if d == 0 else mpmath.mpf(beta) * d) for d in (kl(p, q), kl(p, law)))
        found = {
            "earned": mean(p), "kl": kl(p, q), "balance": mean(p) - paid, "best_earned": mean(law), "best_kl": kl(law, q), "ceiling": ceiling, "gap": missed,
        }  # fmt: skip
        return {name: float(value) for name, value in found.items()}


def test_numbers_against_fifty_digits_and_kltext(javascript: Javascript) -> None:
    shown = javascript([(MATH, "numbersOf", [state(*problem)]) for problem in PROBLEMS])
    for problem, numbers in zip(PROBLEMS, shown, strict=True):
        policy, reference, reward, beta = problem
        ours = TiltedPolicy(reference, reward, beta=beta, policy=policy).numbers()
        assert list(numbers) == list(ours)
        if policy == reference:  # laws that sum to 1 but for rounding: neither is far from the other
            assert numbers["kl"] == ours["kl"] == 0
        loose = 1e-9 * (1 if beta == math.inf else max(1.0, beta))
        assert numbers == pytest.approx(ours, rel=1e-9, abs=1e-13 if beta < 10 else loose), problem
        expected = exact(*problem)
        for name in ("earned", "best_earned", "ceiling"):  # also where the price is high, and log Z nearly 0
            assert numbers[name] == pytest.approx(expected[name], rel=1e-12, abs=1e-13), (problem, name)
        if beta < 10:
            assert numbers == pytest.approx(expected, rel=1e-9, abs=1e-13), problem


def test_ceiling_and_gap_make_the_balance(javascript: Javascript) -> None:
    for problem, numbers in zip(PROBLEMS, javascript([(MATH, "numbersOf", [state(*problem)]) for problem in PROBLEMS]), strict=True):
        if math.isfinite(numbers["gap"]) and problem[3] < 10:
            assert numbers["balance"] == pytest.approx(numbers["ceiling"] - numbers["gap"], rel=1e-9, abs=1e-12)
        assert numbers["balance"] <= numbers["ceiling"] + 1e-9


def test_the_frontier_is_concave_and_has_the_slope_of_its_price(javascript: Javascript) -> None:
    (measured,) = javascript([(MATH, "measure", [state([0.5, 0.3, 0.2], [0.7, 0.2, 0.1], [0, 1, 2], 0.5)])])
    kl, earned = (np.array([point[name] for point in measured["frontier"]]) for name in ("kl", "earned"))
    assert kl[0] == 0 and earned[0] == pytest.approx(0.4) and kl[-1] == pytest.approx(math.log(10)) and earned[-1] == pytest.approx(2)
    inner = (np.diff(earned) / np.maximum(np.diff(kl), 1e-300))[3:60]
    assert (np.diff(inner) < 0).all()
    middle = (np.arange(3, 60) + 0.5) / 96
    assert inner == pytest.approx((1 - middle) / middle, rel=0.02)
    assert measured["law"] == pytest.approx(list(kltext.tilt([0.7, 0.2, 0.1], [0, 1, 2], 0.5).law))


def test_the_axis_has_a_place_for_every_price(javascript: Javascript) -> None:
    prices = [math.inf, 3.0, 1.0, 0.5, 0.02]
    places = javascript([(MATH, "place", ["Infinity" if price == math.inf else price]) for price in prices])
    assert places == pytest.approx([0, 0.25, 0.5, 2 / 3, 1 / 1.02])
    assert javascript([(MATH, "priceAt", [t]) for t in places]) == pytest.approx(prices, rel=1e-2)
    assert javascript([(MATH, "priceAt", [t]) for t in (-0.3, 1.0, 2.0)]) == [math.inf, 0.02, 0.02]


def test_presets_are_sane_and_show_what_they_say(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset in presets:
        preset["beta"] = str(preset["beta"])
    made = javascript([(MATH, "sane", [{k: v for k, v in preset.items() if k != "name"}]) for preset in presets])
    for preset, whole in zip(presets, made, strict=True):
        assert {**whole, "beta": float(whole["beta"]), "name": preset["name"]} == {**preset, "beta": float(preset["beta"])}
    shown = [TiltedPolicy(preset["reference"], preset["reward"], preset["labels"], beta=float(preset["beta"]), policy=preset["policy"]) for preset in presets]
    numbers = [widget.numbers() for widget in shown]
    assert numbers[0]["ceiling"] == pytest.approx(math.log(2)) and shown[0].optimum == pytest.approx((0.25, 0.25, 0.5))
    assert numbers[1]["balance"] == pytest.approx(0, abs=1e-7)
    assert numbers[2]["best_kl"] > 2.3
    assert shown[3].optimum[1] == pytest.approx(3 * shown[3].optimum[2])
    assert shown[4].optimum[2] == 0 and numbers[5]["kl"] == math.inf
    assert 0 < numbers[6]["gap"] < 0.05
    assert shown[7].policy == pytest.approx((0.7**4, 0.9**4 - 0.7**4, 1 - 0.9**4)) and 0 < numbers[7]["gap"] < 0.05
    assert numbers[8]["best_kl"] == 0


BROKEN: list[dict[str, Any]] = [
    {"policy": [0.5, 0.6]}, {"reference": [0.2, 0.3, 0.5]}, {"reward": [1.0]}, {"reward": [0, 6]}, {"reward": [0, "NaN"]},
    {"beta": "0"}, {"beta": "0.01"}, {"beta": "-1"}, {"beta": ""}, {"beta": 1}, {"beta": "one"},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{**state([0.5, 0.5], [0.4, 0.6], [0, 1], 1.0), **broken}])]) == [None]


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reference": [0.5, 0.6]}, "reference must sum to 1, got 1.1"),
        ({"policy": [0.5, 0.25, 0.5]}, "policy must sum to 1, got 1.25"),
        ({"reference": [1 / 7] * 7, "reward": [0.0] * 7}, "must have 2 to 6 outcomes, got 7"),
        ({"reward": [0.0, 1.0]}, "answers, but reward has 2"),
        ({"labels": ["one"]}, "answers, but labels has 1"),
        ({"reward": [0, 1, 9]}, "reward must lie between -5 and 5, got 9.0"),
        ({"reward": [0, 1, math.nan]}, "reward must lie between -5 and 5, got nan"),
        ({"beta": 0.01}, "beta must be a number from 0.02 to inf, got 0.01"),
        ({"beta": math.nan}, "beta must be a number from 0.02 to inf, got nan"),
        ({"beta": "one"}, "beta must be a number, got 'one'"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        TiltedPolicy(**arguments)


def test_traits_go_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = TiltedPolicy()
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(TiltedPolicy, "_send", lambda self, message, buffers=None: sent.append(message.get("state", {})))
    widget.beta = math.inf
    assert widget.optimum == widget.reference and sent[-1] == {"beta": "Infinity"}
    widget.set_state({"beta": "0.25", "policy": [0, 0, 1]})
    assert widget.beta == 0.25 and widget.numbers()["earned"] == 2
    widget.set(reference=[0.5, 0.5], reward=[1, 0])
    assert widget.labels == ("A", "B") and widget.policy == (0.5, 0.5)


@pytest.mark.parametrize(
    "widget",
    [TiltedPolicy(), TiltedPolicy(beta=math.inf), TiltedPolicy([0.6, 0.4, 0], [0, 1, 4], policy=[0.5, 0.4, 0.1]), TiltedPolicy(reward=[1, 1, 1], beta=0.02)],
    ids=lambda widget: widget._problem(),
)
def test_fallback_has_the_numbers(widget: TiltedPolicy) -> None:
    drawing = widget._fallback()
    assert drawing.startswith("<svg") and widget._problem() in drawing and widget._in_words() in drawing


# The living widget.

START = TiltedPolicy([0.7, 0.2, 0.1], [0, 1, 2], ["plain", "good", "great"], beta=0.5, policy=[0.4, 0.25, 0.35])


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("tilted"), START)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> TiltedPolicy:
    found: TiltedPolicy = agree_with(page, TiltedPolicy, policy=floats, reference=floats, reward=floats, labels=words)
    return found


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["p:0", "q:1", "reward:2", "beta"]):
        said = by_keyboard(page, name)
        assert "balance" in said and "of at most" in said
        agree(page)


def test_a_cheaper_price_goes_farther(page: Page) -> None:
    handle = page.locator('[data-kl-handle="beta"]')
    far = []
    for key in ("Home", "PageUp", "PageUp", "PageUp", "ArrowUp", "End"):
        handle.press(key)
        far.append(agree(page).numbers()["best_kl"])
    assert far == sorted(far) and far[0] == 0 and far[-1] == pytest.approx(math.log(10))
    expect(page.locator(".kl-tilt-tangent")).to_have_count(1)
    handle.press("Home")
    assert agree(page).beta == math.inf
    expect(page.locator(".kl-tilt-tangent")).to_have_count(0)
    expect(page.locator(".kl-sentence")).to_contain_text("every step away from the reference costs more")


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "beta", -60, 8)
    after = agree(page)
    assert after.beta > before.beta and after.policy == before.policy
    pull(page, "reward:2", 0, -20)
    higher = agree(page)
    assert higher.reward[2] > 2 and higher.reward[:2] == before.reward[:2]
    pull(page, "p:2", 0, -30)
    last = agree(page)
    assert last.policy[2] > 0.35 and last.reference == before.reference
    pull(page, "q:0", 0, 200)
    assert agree(page).reference[0] == 0


def test_the_optimum_and_the_reference_can_be_taken(page: Page) -> None:
    page.locator('[data-kl-action="optimum"]').click()
    found = agree(page)
    assert found.policy == pytest.approx(found.optimum, abs=2e-6) and found.numbers()["gap"] < 1e-9
    expect(page.locator(".kl-sentence")).to_contain_text("it is the optimum")
    expect(page.locator(".kl-tilt-gap")).to_have_count(0)
    page.locator('[data-kl-action="reference"]').click()
    assert agree(page).policy == found.reference
    expect(page.locator(".kl-readout-kl .kl-value")).to_have_text("0.0000")


def test_where_it_is_infinite_it_is_said(page: Page) -> None:
    page.locator('[data-kl-handle="q:2"]').press("Home")
    found = agree(page).numbers()
    assert found["kl"] == found["gap"] == math.inf and found["balance"] == -math.inf
    expect(page.locator(".kl-sentence")).to_contain_text("Your policy gives “great”, which the reference never does")
    expect(page.locator(".kl-story")).to_contain_text("so neither does the optimum")


def test_type_choose_examples_and_reset(page: Page) -> None:
    for name, text, sentence, taken in (
        ("beta", "-2", "A price is positive", None),
        ("beta", "0.001", "was read as 0.02", "0.02"),
        ("beta", "x", "is not a number", None),
        ("beta", "Infinity", "", "Infinity"),
        ("beta", "1/2", "", "0.5"),
        ("policy", "1.5", "was read as 1", "1"),
        ("reference", "0.25", "", "0.25"),
        ("reward", "9", "was read as 5", "5"),
        ("reward", "-1.5", "", "-1.5"),
    ):
        typed(page, name, text, sentence, taken)
        agree(page)
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-tilt-answer")).to_have_text("good")
    assert len({(sentence, agree(page)._problem()) for sentence in examples(page)}) == 9
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == START.state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-handle="reward:1"]').press("ArrowDown")
    page.locator('[data-kl-handle="beta"]').press("PageUp")
    page.locator('[data-kl-handle="q:1"]').press("ArrowDown")
    copies_itself(page, agree, capsys)


def test_copied_python_at_an_infinite_price(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-action="reference"]').click()
    page.locator('[data-kl-handle="beta"]').press("Home")
    copies_itself(page, agree, capsys)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        swipe(page, "beta", -60)
        assert agree(page).beta > 0.5
        fits_a_small_phone(page)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
