"""The Bregman gap: its mathematics in JavaScript and in Python against fifty digits, and the living widget under the hand."""

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
from kltext.widgets import BregmanGap
from kltext.widgets.bregman_gap.families import FAMILIES

from .hands import (
    accessible_in_both_themes,
    by_keyboard,
    copied,
    examples,
    fits_a_small_phone,
    in_turn,
    opened,
    pull,
    swipe,
    typed,
    write_page,
)
from .hands import agree as agree_with

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH = "bregman_gap/math.js"
EDGES = [("bernoulli", p, q) for p in (0.0, 0.3, 1.0) for q in (0.0, 0.6, 1.0)] + [("poisson", 0.0, 2.0), ("poisson", 2.0, 0.0), ("poisson", 0.0, 0.0)]


def pairs() -> list[tuple[str, float, float]]:
    """Means far apart, close, and nearly equal, of every family."""
    rng = np.random.default_rng(20261121)
    found: list[tuple[str, float, float]] = []
    for family, draw in (
        ("bernoulli", lambda: rng.uniform(0.001, 0.999)),
        ("poisson", lambda: math.exp(rng.uniform(-4, 6))),
        ("exponential", lambda: math.exp(rng.uniform(-4, 4))),
        ("gaussian", lambda: rng.normal(0, 3)),
    ):
        for _ in range(12):
            p = draw()
            found.append((family, p, draw()))
            found += [(family, p, p * (1 + step) if family != "bernoulli" else p + (1 - p) * p * step) for step in (0.06, -0.03, 1e-3, -1e-6, 1e-9, 1e-13)]
            found.append((family, p, p))
    return found


def exact(family: str, p: float, q: float) -> mpmath.mpf:
    """The divergence of the two laws, from its definition where that is a finite sum, else in closed form."""
    p, q = mpmath.mpf(p), mpmath.mpf(q)

    def charge(a: mpmath.mpf, b: mpmath.mpf) -> mpmath.mpf:
        return mpmath.mpf(0) if a == 0 else mpmath.inf if b == 0 else a * mpmath.log(a / b)

    if family == "bernoulli":
        return charge(p, q) + charge(1 - p, 1 - q)
    if family == "poisson":
        return charge(p, q) - p + q
    return mpmath.log(q / p) + p / q - 1 if family == "exponential" else (p - q) ** 2 / 2


def state(family: str, p: float, q: float) -> dict[str, Any]:
    return {"family": family, "mean_p": p, "mean_q": q, "both": False}


def close(found: float, wanted: mpmath.mpf) -> bool:
    """To thirteen digits, and never negative."""
    return found >= 0 and (found == wanted or bool(abs(found - wanted) <= 1e-13 * wanted))


def test_divergences_keep_their_digits_on_both_sides(javascript: Javascript) -> None:
    tried = pairs() + EDGES
    with mpmath.workdps(50):
        for (family, p, q), shown in zip(tried, javascript([(MATH, "measure", [state(*pair)]) for pair in tried]), strict=True):
            there, back = exact(family, p, q), exact(family, q, p)
            for numbers in (shown["numbers"], BregmanGap(family, p, q).numbers()):
                assert close(numbers["kl_pq"], there), (family, p, q, numbers, there)
                assert close(numbers["kl_qp"], back), (family, p, q, numbers, back)
                assert (numbers["mean_p"], numbers["mean_q"]) == (p, q)


def test_the_gap_is_the_divergence_on_both_sides(javascript: Javascript) -> None:
    """B_A(θ_Q, θ_P) and B_A*(μ_P, μ_Q) from the values in the picture; the slopes are the other side's parameters."""
    tried = [pair for pair in pairs() if abs(pair[1] - pair[2]) > 0.02 * abs(pair[1])]
    for (family, *_), shown in zip(tried, javascript([(MATH, "measure", [state(*pair)]) for pair in tried]), strict=True):
        p, q, law = shown["p"], shown["q"], FAMILIES[family]
        size = 1e-12 * (1 + abs(q["A"]) + abs(p["A"]) + abs(p["mean"] * (q["theta"] - p["theta"])))
        assert q["A"] - p["A"] - p["mean"] * (q["theta"] - p["theta"]) == pytest.approx(shown["numbers"]["kl_pq"], abs=size)
        size = 1e-12 * (1 + abs(p["dual"]) + abs(q["dual"]) + abs(q["theta"] * (p["mean"] - q["mean"])))
        assert p["dual"] - q["dual"] - q["theta"] * (p["mean"] - q["mean"]) == pytest.approx(shown["numbers"]["kl_pq"], abs=size)
        for point in (p, q):
            assert point["theta"] == pytest.approx(law.natural(point["mean"]), rel=1e-12, abs=1e-12)
            assert point["A"] == pytest.approx(law.partition(point["theta"]), rel=1e-12, abs=1e-12)
            assert point["dual"] == pytest.approx(law.conjugate(point["mean"]), rel=1e-12, abs=1e-12)
            step = 1e-5 * max(1.0, abs(point["theta"])) * (-1 if family == "exponential" else 1) * 0.1
            if abs(point["theta"]) < 8:
                slope = (law.partition(point["theta"] + step) - law.partition(point["theta"] - step)) / (2 * step)
                assert slope == pytest.approx(point["mean"], rel=1e-5, abs=1e-6)


def test_python_agrees_with_the_library() -> None:
    members = {"bernoulli": kltext.Bernoulli(), "poisson": kltext.Poisson(), "exponential": kltext.Exponential()}
    for family, p, q in [("bernoulli", 0.2, 0.7), ("poisson", 3.0, 5.0), ("exponential", 1.0, 3.0)]:
        gap, member = BregmanGap(family, p, q), members[family]
        assert gap.kl_pq == pytest.approx(member.kl(gap.natural_p, gap.natural_q), rel=1e-13)
        assert gap.kl_qp == pytest.approx(member.kl(gap.natural_q, gap.natural_p), rel=1e-13)
        swapped = kltext.bregman_divergence(member.log_partition, gap.natural_q, gap.natural_p, gradient=member.mean)
        assert gap.kl_pq == pytest.approx(swapped, rel=1e-12)
    assert BregmanGap("gaussian", -1, 1.5).kl_pq == kltext.gaussian_kl(-1, 1, 1.5, 1)


def test_hands_reach_what_they_should(javascript: Javascript) -> None:
    asked = [("bernoulli", "natural", 9, 1 / (1 + math.exp(-6))), ("bernoulli", "mean", 1.5, 1), ("poisson", "mean", -1, 0), ("poisson", "natural", 0, 1), ("exponential", "natural", 3, 5), ("gaussian", "mean", 2, 2)]
    found = javascript([(MATH, "reached", [family, kind, value]) for family, kind, value, _ in asked])
    assert found == pytest.approx([mean for *_, mean in asked], rel=1e-14)


@pytest.mark.parametrize(
    "broken",
    [{"family": "cauchy"}, {"family": "toString"}, {"mean_p": "NaN"}, {"mean_q": "Infinity"}, {"mean_p": -1}, {"family": "bernoulli", "mean_q": 1.5}, {"family": "exponential", "mean_p": 0}],
)
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{**state("poisson", 0.5, 0.7), **broken}])]) == [None]


def test_every_preset_is_sane(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, made in zip(presets, javascript([(MATH, "sane", [preset]) for preset in presets]), strict=True):
        assert made == {**{name: preset[name] for name in ("family", "mean_p", "mean_q")}, "both": False}
        BregmanGap(preset["family"], preset["mean_p"], preset["mean_q"])


SUBTRACTED = [("poisson", 3.0, 5.0), ("bernoulli", 0.3, 0.9), ("exponential", 1.0, 3.0), ("gaussian", -1.0, 1.5), ("poisson", 3.0, 3.0)]
NOT_SUBTRACTED = [("bernoulli", 0.7, 1.0), ("bernoulli", 1.0, 0.7), ("poisson", 3.0, 3.0 + 1e-9), ("poisson", 1e5, 1e5 + 1)]


@pytest.mark.parametrize("pair", SUBTRACTED + NOT_SUBTRACTED)
def test_copied_code_prints_the_numbers(javascript: Javascript, pair: tuple[str, float, float], prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [state(*pair)])])
    said = prints(code)
    assert ("bregman_divergence" in code) == (pair in SUBTRACTED)
    printed = [float(x) for x in re.findall(r"= (\S+)", said)]
    for text, value in zip(printed, BregmanGap(*pair).numbers().values(), strict=True):
        assert text == value or text == pytest.approx(value, abs=0.6e-4 if value > 5e-4 or value < -5e-4 else 0.006 * abs(value))


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"family": "bernoulli", "mean_p": 1.5}, "mean_p must lie between 0 and 1 in the Bernoulli family, got 1.5"),
        ({"mean_q": -1}, "mean_q must be non-negative in the Poisson family, got -1.0"),
        ({"family": "exponential", "mean_p": 0}, "mean_p must be positive in the exponential family, got 0.0"),
        ({"mean_p": math.inf}, "mean_p must be finite, got inf"),
        ({"mean_q": "left"}, "mean_q must be a number, got 'left'"),
        ({"family": "cauchy"}, "family"),
        ({"both": "yes"}, "both"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        BregmanGap(**arguments)


def test_a_bad_value_changes_nothing() -> None:
    gap = BregmanGap("poisson", 3, 5)
    with pytest.raises(traitlets.TraitError, match=r"mean_p must lie between 0 and 1.*change them in one step"):
        gap.family = "bernoulli"
    with pytest.raises(traitlets.TraitError):
        gap.set(family="bernoulli", mean_p=0.2, mean_q=7)
    with pytest.raises(ValueError, match="natural must be finite, got inf"):
        gap.natural_p = math.inf
    assert gap.state() == {"family": "poisson", "mean_p": 3.0, "mean_q": 5.0, "both": False}
    with pytest.raises(ValueError, match="natural must be negative, got 2"):
        BregmanGap("exponential").natural_q = 2.0


def test_both_parameters_are_set_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = BregmanGap("bernoulli", 0.5, 0.9)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(BregmanGap, "_send", lambda self, message, buffers=None: sent.append(message.get("state", {})))
    gap.natural_q = math.log(3)
    assert gap.mean_q == pytest.approx(0.75) and gap.natural_q == pytest.approx(math.log(3)) and gap.natural_p == 0
    gap.set(family="exponential")
    assert gap.state() == {"family": "exponential", "mean_p": 1.0, "mean_q": 3.0, "both": False}
    assert sent[-1] == {"family": "exponential", "mean_p": 1.0, "mean_q": 3.0}  # one message


def test_what_the_page_sends_arrives() -> None:
    gap = BregmanGap()
    seen: list[float] = []
    gap.observe(lambda change: seen.append(gap.kl_pq), "mean_q")
    gap.set_state({"mean_q": 3.0})
    assert seen == [0.0]
    gap.set_state({"family": "bernoulli", "mean_p": 0.5, "mean_q": 1.0})
    assert (gap.kl_pq, gap.natural_q, gap.kl_qp) == (math.inf, math.inf, math.log(2))


@pytest.mark.parametrize("pair", [("poisson", 3, 5), ("exponential", 1, 3), ("gaussian", 1, 1), ("bernoulli", 0.7, 1), ("bernoulli", 0, 1), ("poisson", 0, 2)])
def test_fallback_has_the_numbers(pair: tuple[str, float, float]) -> None:
    gap = BregmanGap(*pair)
    drawing = gap._fallback()
    assert drawing.startswith("<svg") and gap._laws() in drawing and gap._in_words() in drawing


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("gap"), BregmanGap("bernoulli", 0.3, 0.9, key="gap"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> BregmanGap:
    found: BregmanGap = agree_with(page, BregmanGap, mean_p=float, mean_q=float, both=lambda text: text == "on")
    return found


HANDLES = ["p:natural", "q:natural", "p:mean", "q:mean"]


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        text = by_keyboard(page, name)
        assert "θ" in text and "mean" in text and "D(P‖Q)" in text
        agree(page)


def test_handles_by_pointer(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        before = agree(page)
        pull(page, name, 24, 6)
        after = agree(page)
        moved, still = ("mean_p", "mean_q") if name[0] == "p" else ("mean_q", "mean_p")
        assert getattr(after, moved) > getattr(before, moved) and getattr(after, still) == getattr(before, still)


def test_the_edge_is_infinite_one_way_only(page: Page) -> None:
    page.locator('[data-kl-handle="q:mean"]').press("End")
    gap = agree(page)
    assert (gap.mean_q, gap.natural_q, gap.kl_pq) == (1.0, math.inf, math.inf) and gap.kl_qp == pytest.approx(-math.log(0.3))
    expect(page.locator(".kl-sentence")).to_contain_text("the gap at P is infinite")
    expect(page.locator('[data-kl-input="natural_q"]')).to_have_value("Infinity")
    page.locator('[data-kl-action="swap"]').click()
    assert agree(page).kl_pq == pytest.approx(-math.log(0.3))
    expect(page.locator(".kl-sentence")).to_contain_text("P is on the edge")
    page.locator('[data-kl-handle="p:natural"]').press("ArrowDown")  # from infinity to what hands reach
    assert agree(page).natural_p == pytest.approx(5.9)


def test_formula_holds_the_numbers(page: Page) -> None:
    agree(page)
    expect(page.locator(".kl-formula")).to_contain_text("= 2.3026 − 0.3567 − 0.3000·(2.1972 − (−0.8473)) = 1.0326 nats")
    expect(page.locator(".kl-formula")).to_contain_text("= −0.6109 − (−0.3251) − 2.1972·(0.3000 − 0.9000) = 1.0326 nats")


def test_gaps_have_one_length(page: Page) -> None:
    """On both sides, and for both directions; only the asked direction is shown at first."""
    gaps = page.locator(".kl-bregman-gap")
    expect(gaps).to_have_count(2)
    page.locator('[data-kl-action="both"]').click()
    expect(page.locator('[data-kl-action="both"]')).to_have_attribute("aria-pressed", "true")
    expect(gaps).to_have_count(4)
    found = agree(page)
    assert found.both
    heights = [box["height"] for box in gaps.evaluate_all("(all) => all.map((gap) => gap.getBBox().height).map((height) => ({ height }))")]
    assert heights[0] == pytest.approx(heights[2], abs=0.2) and heights[1] == pytest.approx(heights[3], abs=0.2)
    assert heights[0] / heights[1] == pytest.approx(found.kl_pq / found.kl_qp, rel=0.02)


def test_families_swap_type_and_reset(page: Page) -> None:
    for family in ("poisson", "exponential", "gaussian"):
        page.locator(f'[data-kl-choice="family:{family}"]').check(force=True)
        before = agree(page)
        assert before.family == family
        page.locator('[data-kl-action="swap"]').press("Enter")
        after = agree(page)
        assert (after.kl_pq, after.kl_qp) == (before.kl_qp, before.kl_pq)
    assert after.kl_pq == after.kl_qp  # the parabola
    for field, text, sentence, taken in (
        ("natural_p", "abc", "nothing was changed", None),
        ("natural_p", "-9", "θ from −3 to 3; −9 was read as −3", "-3"),
        ("mean_q", "1/4", "", "0.25"),
        ("natural_q", "100", "100 was read as 3. Use BregmanGap for others.", "3"),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    assert len({(sentence, agree(page).family) for sentence in examples(page)}) == 8
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == BregmanGap("bernoulli", 0.3, 0.9).state()


def test_copied_link_brings_the_state_back(page: Page) -> None:
    page.locator('[data-kl-choice="family:poisson"]').check(force=True)
    page.locator('[data-kl-handle="p:natural"]').press("PageUp")
    page.locator('[data-kl-action="both"]').click()
    wanted = agree(page).state()
    link = copied(page, "link")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == wanted and wanted["family"] == "poisson" and wanted["both"]


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="q:natural"]')
        was = str(handle.get_attribute("aria-valuenow"))
        swipe(page, "q:natural", -30)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        fits_a_small_phone(page)
        page.locator('[data-kl-choice="family:exponential"]').check(force=True)
        slider = page.locator('[data-kl-range="natural_p"]')
        expect(slider).to_have_attribute("max", "-0.2")
        expect(slider).to_have_js_property("value", "-1")
        slider.press("ArrowRight")
        assert agree(page).natural_p == pytest.approx(-0.99)
        page.locator('[data-kl-action="both"]').click()
        page.locator("select").select_option("6")  # Q on the edge: its slider at the end
        expect(page.locator('[data-kl-range="natural_q"]')).to_have_js_property("value", "6")
        fits_a_small_phone(page)


def test_accessible(page: Page, root: Path) -> None:
    page.locator('[data-kl-action="both"]').click()
    accessible_in_both_themes(page, root)
