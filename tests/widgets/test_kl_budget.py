"""The KL budget: its mathematics in JavaScript against kltext and fifty digits, and the living widget under the hand."""

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
from kltext.widgets import KlBudget
from kltext.widgets.kl_budget import NUMBERS

from .hands import (
    TOLD,
    accessible,
    as_in_the_book,
    by_keyboard,
    copied,
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
MATH = "kl_budget/math.js"
EXTREMES = [0.0, 5e-324, 1e-200, 1e-17, 1e-9, 1e-4, 0.02, 0.4999999, 0.5, 0.7, 1.0, 3.0, 6.0, 30.0, 88.7, 89.0, 300.0, 700.0]


def state(mean: float, log_var: float, budget: float = 1.0, dims: int = 16) -> State:
    return {"mean": mean, "log_var": log_var, "budget": budget, "dims": dims}


def states() -> list[State]:
    """Tiny, huge, near the prior on both sides, and what a training run shows."""
    rng = np.random.default_rng(20261121)
    found = [state(m, s * v) for v in EXTREMES for s in (1, -1) for m in (0.0, 1e-150, -1e-9, 0.3, -50.0)]
    found += [state(float(rng.normal(0, 3)), float(rng.uniform(-12, 8)), float(rng.uniform(0.01, 9)), int(rng.integers(1, 129))) for _ in range(60)]
    found += [state(float(rng.normal(0, 10.0**-k)), float(rng.normal(0, 10.0**-k))) for k in range(1, 17)]
    return found


def measured(javascript: Javascript, tried: list[State]) -> list[dict[str, float]]:
    return javascript([(MATH, "measure", [one]) for one in tried])


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for one, shown in zip(tried, measured(javascript, tried), strict=True):
        numbers = KlBudget(**one).numbers()
        assert list(shown) == list(numbers) == list(NUMBERS)
        for name in numbers:
            size = one["budget"] + shown["kl"] if name == "left" else abs(numbers[name])
            assert abs(shown[name] - numbers[name]) <= 1e-12 * size, (one, name, shown[name], numbers[name])
        assert shown["kl"] == pytest.approx(kltext.vae_kl(one["mean"], one["log_var"]), rel=1e-12, abs=0)
        if 1e-3 < abs(one["log_var"]) < 300:  # σ itself would round a smaller one away
            assert shown["kl"] == pytest.approx(kltext.gaussian_kl(one["mean"], math.exp(one["log_var"] / 2)), rel=1e-12, abs=0)


def test_numbers_equal_fifty_digits(javascript: Javascript) -> None:
    tried = states()
    with mpmath.workdps(700):
        for one, shown in zip(tried, measured(javascript, tried), strict=True):
            mean, log_var = mpmath.mpf(one["mean"]), mpmath.mpf(one["log_var"])
            spread = (mpmath.exp(log_var) - 1 - log_var) / 2
            exact = {"kl": mean**2 / 2 + spread, "mean_cost": mean**2 / 2, "var_cost": spread, "grad_mean": mean, "grad_log_var": (mpmath.exp(log_var) - 1) / 2}
            for name, value in exact.items():
                smallest = 1e-320  # where floating point ends
                assert abs(shown[name] - value) <= 1e-13 * abs(value) + smallest, (one, name, shown[name], value)
                assert shown["kl"] >= 0


def test_gradient_is_the_slope(javascript: Javascript) -> None:
    step = 1e-5
    for mean, log_var in [(1.0, -1.5), (-2.0, 3.0), (0.0, 0.0), (0.5, -8.0), (3.0, 6.0)]:
        places = [(mean, log_var), (mean + step, log_var), (mean - step, log_var), (mean, log_var + step), (mean, log_var - step)]
        here, *around = measured(javascript, [state(*place) for place in places])
        assert (around[0]["kl"] - around[1]["kl"]) / (2 * step) == pytest.approx(here["grad_mean"], rel=1e-6, abs=1e-9)
        assert (around[2]["kl"] - around[3]["kl"]) / (2 * step) == pytest.approx(here["grad_log_var"], rel=1e-6, abs=1e-9)


def test_known_values(javascript: Javascript) -> None:
    six, ten, fifty, sure, narrow = measured(javascript, [state(0, 6), state(0, 10), state(50, 0), state(0, -100), state(0, -2)])
    assert six["kl"] == pytest.approx((math.exp(6) - 7) / 2) and six["grad_log_var"] == pytest.approx((math.exp(6) - 1) / 2)
    assert ten["kl"] == pytest.approx(11007.73290, abs=1e-5)
    assert (fifty["kl"], fifty["grad_mean"]) == (1250.0, 50.0)
    assert (sure["kl"], sure["grad_log_var"]) == (49.5, -0.5)  # the log side is harmless
    assert narrow["kl"] == pytest.approx(0.5676676416, abs=1e-10)


def test_level_sets_hold_the_budget(javascript: Javascript) -> None:
    """Every point of the drawn line costs what it says, above and below; and both branches meet where the line is closed."""
    asked = [(nats, reach) for nats in (1e-12, 1e-4, 0.1, 1.0, 8.0, 1e3, 1e12, 1e38) for reach in (4.0, 64.0)]
    for (nats, reach), found in zip(asked, javascript([(MATH, "level", list(one)) for one in asked]), strict=True):
        end = min(reach, math.sqrt(2 * nats))
        for side, sign in (("upper", 1), ("lower", -1)):
            points = np.array(found[side])
            assert points[0, 0] == -end and points[-1, 0] == end and np.all(np.diff(points[:, 0]) > 0)
            assert np.all(sign * points[:, 1] >= 0)
            within = points[np.abs(points[:, 1]) < 700]
            assert kltext.vae_kl(within[:, 0], within[:, 1]) == pytest.approx(np.full(len(within), nats), rel=1e-9), (nats, side)
        closed = end == math.sqrt(2 * nats)
        assert (found["upper"][0][1] == found["lower"][0][1] == 0) == closed


def test_spreads_on_both_sides(javascript: Javascript) -> None:
    costs = [0.0, 1e-300, 1e-20, 1e-8, 1e-3, 0.3, 1 / 3, 0.34, 1.0, 30.0, 1e6, 1e200]
    with mpmath.workdps(50):
        for cost, (low, high) in zip(costs, javascript([(MATH, "spreads", [cost]) for cost in costs]), strict=True):
            assert low <= 0 <= high
            for at in (low, high):
                slope = abs(mpmath.expm1(at)) * abs(at)
                assert abs(mpmath.expm1(mpmath.mpf(at)) - at - cost) <= 1e-14 * (slope + cost) + 1e-300, (cost, at)


def test_densities_and_their_ratio(javascript: Javascript) -> None:
    places = [(z, mean, log_var) for z in (-2.0, 0.0, 0.7, 9.0) for mean in (0.0, 1.0, 1e-9) for log_var in (-8.0, -1e-10, 0.0, 2.0)]
    ratios = javascript([(MATH, "logRatio", [z, state(mean, log_var)]) for z, mean, log_var in places])
    densities = javascript([(MATH, "density", [z, mean, log_var]) for z, mean, log_var in places])
    with mpmath.workdps(50):
        for (z, mean, log_var), ratio, density in zip(places, ratios, densities, strict=True):
            exact = -mpmath.mpf(log_var) / 2 - (mpmath.mpf(z) - mean) ** 2 / mpmath.exp(log_var) / 2 + mpmath.mpf(z) ** 2 / 2
            assert abs(ratio - exact) <= 1e-12 * abs(exact) + 1e-26, (z, mean, log_var)
            assert density == pytest.approx(float(mpmath.exp(exact - mpmath.mpf(z) ** 2 / 2) / mpmath.sqrt(2 * mpmath.pi)), rel=1e-12)


def test_float32_ends_where_it_is_said(javascript: Javascript) -> None:
    (end,) = javascript([(MATH, "FLOAT32_END", [])])
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(np.float32(end - 1e-4))) and np.isinf(np.exp(np.float32(end + 1e-4)))
        assert np.isinf(kltext.vae_kl(np.float32(0), np.float32(89)))
    assert math.isfinite(KlBudget(0, 89).kl)


@pytest.mark.parametrize(
    "broken",
    [{"mean": "NaN"}, {"log_var": "Infinity"}, {"log_var": 701}, {"mean": 1e101}, {"budget": 0}, {"budget": -1}, {"dims": 0}, {"dims": 1.5}, {"dims": "x"}],
)
def test_senseless_states_are_refused(javascript: Javascript, broken: State) -> None:
    assert javascript([(MATH, "sane", [{**state(1, -1), **broken}]), (MATH, "sane", [state(1, -1)])]) == [None, state(1, -1)]


def test_examples_make_sense(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    by_name = {preset.pop("name"): KlBudget(**preset) for preset in presets}
    assert by_name["The prior: collapsed"].kl == 0
    assert 0 < by_name["Nearly collapsed"].kl < 0.01
    assert by_name["The variance explodes"].kl == pytest.approx(198.2, abs=0.1) and by_name["The mean explodes"].kl == 1250
    assert by_name["Too sure"].kl < 4 and by_name["A working dimension"].inside
    assert [by_name[name].numbers()["total"] for name in by_name if name.startswith("“")] == [64, 4000]


CODED = [state(1, -1.5), state(0, 0), state(0.05, -0.02), state(0, 6), state(50, 0, 2.5, 128), state(0, 89), state(1e-5, 1e-6, 0.01, 1), state(-20.0, 700.0)]


@pytest.mark.parametrize("one", CODED)
def test_copied_code_prints_the_numbers(javascript: Javascript, one: State, prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [one])])
    said = prints(code)
    printed = [float(x) for x in re.findall(r"= (\S+)$", said, flags=re.MULTILINE)]
    for text, value in zip(printed, KlBudget(**one).numbers().values(), strict=True):
        assert text == value or text == pytest.approx(value, abs=0.6e-4 if 5e-4 < abs(value) < 1e6 else 0.006 * abs(value))


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean": math.nan}, "mean must be finite, got nan"),
        ({"mean": "left"}, "mean must be a number, got 'left'"),
        ({"log_var": math.inf}, "log_var must be finite, got inf"),
        ({"log_var": 800}, "log_var must lie between -700 and 700, got 800.0"),
        ({"budget": 0}, "budget must be positive, got 0.0"),
        ({"dims": 0}, "dims"),
        ({"dims": 2.5}, "dims"),
    ],
)
def test_python_says_what_is_wrong(arguments: State, message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        KlBudget(**arguments)


def test_a_bad_value_changes_nothing() -> None:
    latent = KlBudget(1, -2, budget=2, dims=3)
    with pytest.raises(traitlets.TraitError):
        latent.set(mean=0, log_var=1000)
    assert latent.state() == state(1.0, -2.0, 2.0, 3)


def test_what_the_page_sends_arrives() -> None:
    latent = KlBudget()
    seen: list[tuple[float, bool]] = []
    latent.observe(lambda change: seen.append((latent.kl, latent.inside)), "mean")
    latent.set_state({"mean": 0.0, "log_var": 0.0})
    latent.set_state({"mean": 2.0})
    assert seen == [(0.0, True), (2.0, False)]
    assert (latent.grad_mean, latent.grad_log_var) == (2.0, 0.0)


@pytest.mark.parametrize("one", [state(1, -1.5), state(0, 0), state(50, 0), state(0, 89, 0.5, 1), state(0.5, -30, 20), state(1e100, 700.0), state(0, 0, 1e-12)])
def test_fallback_has_the_numbers(one: State) -> None:
    latent = KlBudget(**one)
    drawing = latent._fallback()
    assert drawing.startswith("<svg") and latent._laws() in drawing and latent._in_words() in drawing
    assert all(name in repr(latent) for name in NUMBERS.values())


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("latent"), KlBudget(key="latent"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> KlBudget:
    found: KlBudget = agree_with(page, KlBudget, mean=float, log_var=float, budget=float, dims=int)
    return found


HANDLES = {"point": ["mean", "log variance", "KL", "gradient"], "mean": ["mean", "its part", "KL"], "log_var": ["log variance", "its part", "KL"], "budget": ["nats", "KL", "it"]}


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        text = by_keyboard(page, name)
        assert all(word in text for word in HANDLES[name]), text
        agree(page)


def test_keys_lead_where_they_point(page: Page) -> None:
    point = page.locator('[data-kl-handle="point"]')
    for key, mean, log_var in (("ArrowRight", 1.1, -1.5), ("ArrowUp", 1.1, -1.4), ("ArrowLeft", 1.0, -1.4), ("Shift+ArrowLeft", 0.99, -1.4), ("PageDown", 0.99, -2.4)):
        point.press(key)
        found = agree(page)
        assert (found.mean, found.log_var) == (pytest.approx(mean), pytest.approx(log_var))
    expect(point).to_have_attribute("aria-valuetext", re.compile(r"mean 0.99, log variance -2.4, KL 1\.2\d+ nats, gradient 0.99 and -0.45"))


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "point", -20, -60)
    moved = agree(page)
    assert moved.mean < before.mean and moved.log_var > before.log_var and moved.budget == before.budget
    pull(page, "mean", 30, 40)
    further = agree(page)
    assert further.mean > moved.mean and further.log_var == moved.log_var
    pull(page, "log_var", 30, -40)
    assert agree(page).log_var > further.log_var and agree(page).mean == further.mean
    pull(page, "budget", -20, 3)
    assert agree(page).budget > before.budget


def test_the_budget_is_kept_or_not(page: Page) -> None:
    agree(page)
    expect(page.locator(".kl-sentence")).to_contain_text("Inside the budget of 1.00: 0.14 nats are left. A dashboard adds 16 like it up to a KL of 13.79.")
    typed(page, "budget", "0.5", "", "0.5")
    expect(page.locator(".kl-sentence")).to_contain_text("Over the budget of 0.50 by 0.36 nats.")
    expect(page.locator('[data-kl-handle="budget"]')).to_have_attribute("aria-valuetext", "0.5 nats, KL 0.862 nats is over it")
    inside = page.locator(".kl-latent-budget")
    box = inside.bounding_box()
    typed(page, "budget", "2", "", "2")
    page.evaluate(TOLD)
    larger = inside.bounding_box()
    assert box and larger and larger["width"] == pytest.approx(2 * box["width"], rel=0.05)


def test_formula_holds_the_numbers(page: Page) -> None:
    typed(page, "log_var", "6", "", "6")
    found = agree(page)
    assert (found.mean, found.log_var) == (1, 6)
    expect(page.locator(".kl-formula")).to_have_text("KL(q‖p) = ½μ² + ½(σ² − 1) − ½ log σ² = 0.5000 + 201.2144 − 3.0000 = 198.7144 nats")
    expect(page.locator(".kl-sentence")).to_contain_text("One gradient step at learning rate 0.1 moves log σ² by −20.12")


def test_type_examples_and_reset(page: Page) -> None:
    for field, text, sentence, taken in (
        ("mean", "abc", "nothing was changed", None),
        ("mean", "1e3", "means from −64 to 64; 1e3 was read as 64. Use vae_kl for others.", "64"),
        ("log_var", "-1/2", "", "-0.5"),
        ("log_var", "800", "800 was read as 128", "128"),
        ("budget", "0", "0 was read as 0.01", "0.01"),
        ("dims", "2.6", "2.6 was read as 3", "3"),
        ("dims", "500", "500 was read as 128", "128"),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    shown = []
    for sentence in examples(page):
        latent = agree(page)
        shown.append((sentence, latent.mean, latent.log_var))
    assert len(set(shown)) == 9
    assert "float32" in shown[6][0] and "collapse" in shown[1][0]
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == KlBudget().state()


@pytest.mark.parametrize("example", ["0", "2", "7"])
def test_copies(page: Page, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("select").select_option(example)
    copies_itself(page, agree, capsys)


@pytest.mark.parametrize("fragment", ["mean:1e100;log_var:700", "mean:-1e100;log_var:-700", "log_var:89;budget:1e30", "mean:1e-300;log_var:-1e-300", "budget:5e-324", "mean:0;log_var:0"])
def test_the_farthest_states_are_drawn(browser: Browser, address: str, fragment: str) -> None:
    with opened(browser, f"{address}#latent={fragment}") as page:
        agree(page)
        drawn_whole(page, sentences=False)


def test_copied_link_keeps_it_all(page: Page) -> None:
    pull(page, "point", 40, -70)
    typed(page, "dims", "64", "", "64")
    typed(page, "budget", "2.5", "", "2.5")
    wanted = agree(page).state()
    link = copied(page, "link")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == wanted and wanted["dims"] == 64 and wanted["budget"] == 2.5


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="mean"]')
        was = str(handle.get_attribute("aria-valuenow"))
        swipe(page, "mean", -30)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        fits_a_small_phone(page)
        page.locator('[data-kl-range="log_var"]').press("ArrowRight")
        assert agree(page).log_var == pytest.approx(-1.45)
        for example in range(9):
            page.locator("select").select_option(str(example))
            page.evaluate(TOLD)
            fits_a_small_phone(page)


@pytest.mark.parametrize("width", [320, 390, 900])
def test_nothing_is_cut_off(browser: Browser, address: str, width: int) -> None:
    """In every example: no word of the picture, no number, and not the sentence."""
    with opened(browser, address, width=width, height=900) as page:
        as_in_the_book(page)
        for _ in examples(page):
            drawn_whole(page)


def test_accessible(browser: Browser, address: str, root: Path) -> None:
    with opened(browser, address) as page:
        for example in ("0", "6"):
            page.locator("select").select_option(example)
            page.evaluate(TOLD)
            accessible(page, root)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
