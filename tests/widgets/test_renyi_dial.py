"""The Rényi dial: its mathematics against fifty digits and against kltext, and the living widget under the hand."""

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
from kltext.widgets import RenyiDial

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
MATH, ORDERS = "renyi_dial/math.js", "renyi_dial/orders.js"
NAMED = [0.0, 0.5, 1.0, 2.0, math.inf]
TRIED = [*NAMED, 1e-9, 1e-3, 0.1, 0.499, 0.7, 0.99, 1 - 1e-6, 1 - 1e-12, 1 + 1e-12, 1 + 1e-6, 1.01, 1.5, 3.0, 10.0, 100.0, 1e4]
Law = list[float]


def laws() -> list[tuple[Law, Law]]:
    """Far apart, close, nearly equal, equal, and with outcomes that one law rules out."""
    rng = np.random.default_rng(20261121)
    found: list[tuple[Any, Any]] = []
    for n in (2, 3, 6):
        for concentration in (0.3, 1.0, 20.0):
            found.append(tuple(rng.dirichlet(np.full(n, concentration), 2)))
        p = rng.dirichlet(np.ones(n))
        for size in (0.05, 1e-3, 1e-6, 1e-9):
            step = rng.normal(size=n)
            found.append((p, p + size * p * (step - p @ step)))
        found.append((p, p))
    found += [([0.7, 0.2, 0.1], [0.8, 0.2, 0]), ([0.8, 0.2, 0], [0.5, 0.2, 0.3]), ([0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]), ([0.5, 0.5, 0], [0, 0.5, 0.5])]
    found += [([0.5, 0.5 - 1e-9, 1e-9], [0.5, 0.5, 0])]
    found += [([1e-200, 1.0], [0.5, 0.5]), ([0.5, 0.5], [1e-200, 1.0]), ([1.0, 0.0], [1.0, 0.0])]
    return [(list(map(float, p)), list(map(float, q))) for p, q in found]


LAWS = laws()


def exact(p: Law, q: Law, order: float) -> Any:
    """D_α from its definition and its limits. The laws are made to sum to one exactly, as the formulas take for granted."""
    a, b = ([mpmath.mpf(x) for x in law] for law in (p, q))
    a, b = [x / mpmath.fsum(a) for x in a], [x / mpmath.fsum(b) for x in b]
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x > 0]
    if order == 0:
        mass = mpmath.fsum(y for _, y in pairs)
        return -mpmath.log(mass) if mass else mpmath.inf
    if order >= 1 and any(y == 0 for _, y in pairs):
        return mpmath.inf
    if order == 1:
        return mpmath.fsum(x * mpmath.log(x / y) for x, y in pairs)
    if order == math.inf:
        return mpmath.log(max(x / y for x, y in pairs))
    order = mpmath.mpf(order)
    total = mpmath.fsum(x**order * y ** (1 - order) for x, y in pairs if y > 0)
    return mpmath.log(total) / (order - 1) if total else mpmath.inf


def state(p: Law, q: Law, alpha: float = 2.0, unit: str = "nats", both: bool = False) -> dict[str, Any]:
    return {"p": p, "q": q, "alpha": "Infinity" if alpha == math.inf else repr(alpha), "both": both, "unit": unit}


def plain(order: float) -> float | str:
    """As the bridge to JavaScript takes it."""
    return "Infinity" if order == math.inf else order


def close(found: float, wanted: Any) -> bool:
    return found == wanted or abs(found - wanted) <= 1e-12 * abs(wanted) + 1e-15


def test_every_order_equals_fifty_digits(javascript: Javascript) -> None:
    asked = [(p, q, order) for p, q in LAWS for order in TRIED]
    found = javascript([(ORDERS, "renyiDivergence", [p, q, plain(order)]) for p, q, order in asked])
    with mpmath.workdps(50):
        for (p, q, order), value in zip(asked, found, strict=True):
            wanted = exact(p, q, order)
            # What rounding leaves of the sums is seen where the divergence itself is that small.
            assert value == wanted or abs(value - wanted) <= 1e-11 * wanted + 4e-16, (p, q, order, value, wanted)
            assert value >= 0 or order == math.inf


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    asked = [state(p, q, order, unit) for p, q in LAWS for order in (*NAMED, 0.3, 1.0001, 7.0) for unit in ("nats", "bits")]
    for given, shown in zip(asked, javascript([(MATH, "numbersOf", [given]) for given in asked]), strict=True):
        wanted = RenyiDial(**given).numbers()
        assert set(shown) == set(wanted)
        for name, value in wanted.items():
            assert close(shown[name], value), (given, name, shown[name], value)


def test_the_named_orders_are_what_they_are_called(javascript: Javascript) -> None:
    for p, q in LAWS:
        numbers = {order: RenyiDial(p, q, alpha=order).numbers() for order in NAMED}
        shared = 1 - numbers[0.5]["squared_hellinger"]
        assert numbers[0.5]["renyi"] == pytest.approx(-2 * math.log(shared) if shared > 1e-12 else math.inf, rel=1e-9, abs=1e-14)
        assert numbers[1]["renyi"] == numbers[1]["kl_pq"]
        assert numbers[2]["renyi"] == pytest.approx(math.log1p(numbers[2]["chi2"]), rel=1e-9, abs=1e-14)
        assert numbers[math.inf]["renyi"] == numbers[math.inf]["max"]


def test_the_curve_never_falls_and_the_skew_symmetry_holds(javascript: Javascript) -> None:
    measured = javascript([(MATH, "measure", [state(p, q, 0.3, both=True)]) for p, q in LAWS])
    for (p, q), shown in zip(LAWS, measured, strict=True):
        for curve in (shown["there"], shown["back"]):
            assert len(curve) == len(shown["places"]) == 121
            assert all(b >= a or b >= a * (1 - 1e-9) - 1e-14 for a, b in zip(curve, curve[1:], strict=False)), (p, q)
        assert [shown["there"][k] for k in (0, 40, 60, 80, 120)] == pytest.approx(
            [kltext.renyi_divergence(p, q, order) for order in NAMED], rel=1e-12, abs=1e-15
        )
        assert 0.7 * shown["numbers"]["renyi"] == pytest.approx(0.3 * shown["mirrored"], rel=1e-11, abs=1e-15)


def test_where_q_rules_out_an_outcome_the_curve_rises_without_bound(javascript: Javascript) -> None:
    (shown,) = javascript([(MATH, "measure", [state([0.7, 0.2, 0.1], [0.8, 0.2, 0])])])
    finite = [math.isfinite(value) for value in shown["there"]]
    assert finite == [k < 60 for k in range(121)] and shown["there"][59] > 3
    late = javascript([(ORDERS, "renyiDivergence", [[0.7, 0.2, 0.1], [0.8, 0.2, 0], 1 - 1e-6])])[0]
    assert late == pytest.approx(-math.log(0.9) * 1e6, rel=1e-4)


def test_the_axis_has_a_place_for_every_order(javascript: Javascript) -> None:
    orders = [*NAMED, 4.0, 0.25, 9.0]
    places = javascript([(MATH, "place", [plain(order)]) for order in orders])
    assert places == pytest.approx([1.0 if order == math.inf else order / (1 + order) for order in orders])
    assert javascript([(MATH, "orderAt", [t]) for t in places]) == pytest.approx(orders)
    assert javascript([(MATH, "orderAt", [t]) for t in (-0.2, 1.2)]) == [0, math.inf]
    assert javascript([(MATH, "orderAt", [t, 0.01]) for t in (0.34, 0.493, 0.97)]) == [0.5, 1, pytest.approx(32.33)]
    steps = [(0.0, 0.01), (0.45, 0.1), (0.9, 0.1), (2.0, -0.5), (3.0, 0.5), (math.inf, -0.01), (math.inf, -0.5), (math.inf, 0.1)]
    assert javascript([(MATH, "stepped", [plain(order), by]) for order, by in steps]) == [0.0101, 0.5, 1, 1, math.inf, 99, 2, math.inf]


def test_presets_are_sane_and_show_what_they_say(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset in presets:
        preset["alpha"] = str(preset["alpha"]).replace("inf", "Infinity")  # the bridge from JavaScript reads numbers
    made = javascript([(MATH, "sane", [{name: preset[name] for name in ("p", "q", "labels", "alpha")}]) for preset in presets])
    for preset, whole in zip(presets, made, strict=True):
        assert {**preset, "both": False, "unit": "nats"} == {"name": preset["name"], **whole, "alpha": str(whole["alpha"]).replace("inf", "Infinity")}
    dials = [RenyiDial(preset["p"], preset["q"], preset["labels"], alpha=float(preset["alpha"])).numbers() for preset in presets]
    assert dials[1]["renyi"] == dials[1]["max"] == 0
    assert dials[2]["kl_pq"] == math.inf > dials[2]["renyi"]
    assert dials[3]["renyi"] == pytest.approx(-math.log(0.7))
    assert dials[4]["renyi"] == math.inf and dials[4]["squared_hellinger"] == 1
    assert dials[5]["max"] == pytest.approx(math.log(0.55 / 0.45)) and dials[5]["max"] < 0.21
    assert dials[6]["kl_pq"] < 0.04 and dials[6]["max"] == pytest.approx(math.log(100))


@pytest.mark.parametrize(
    "broken",
    [{"p": [0.5, 0.6]}, {"p": [0.2, 0.3, 0.5]}, {"p": [1 / 7] * 7, "q": [1 / 7] * 7}, {"alpha": "-1"}, {"alpha": "two"}, {"alpha": ""}, {"alpha": 2}, {"alpha": "NaN"}, {"p": [1.0], "q": [1.0]}],
)
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{**state([0.5, 0.5], [0.4, 0.6]), **broken}])]) == [None]


def test_weights_are_shares_of_the_sum(javascript: Javascript) -> None:
    p, q = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.3, 0.5])
    for order in (0.0, 0.5, 1.0, 3.0):
        parts = p**order * q ** (1 - order)
        found = javascript([(ORDERS, "weight", [list(p), list(q), order, i]) for i in range(3)])
        assert found == pytest.approx(list(parts / parts.sum()))
    (none,) = javascript([(ORDERS, "weight", [[0.5, 0.5], [1.0, 0.0], 1.0, 0])])
    assert math.isnan(none)


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6], "q": [0.5, 0.5]}, "p must sum to 1, got 1.1"),
        ({"q": [0.5, 0.25, 0.5]}, "q must sum to 1, got 1.25"),
        ({"p": [1 / 7] * 7, "q": [1 / 7] * 7}, "p must have 2 to 6 outcomes, got 7"),
        ({"p": [0.5, 0.5]}, "outcomes, but"),
        ({"labels": ["one"]}, "outcomes, but"),
        ({"alpha": -0.5}, "alpha must be a number from 0 to inf, got -0.5"),
        ({"alpha": math.nan}, "alpha must be a number from 0 to inf, got nan"),
        ({"alpha": "two"}, "alpha must be a number, got 'two'"),
        ({"both": "yes"}, "both"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        RenyiDial(**arguments)


def test_traits_go_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    dial = RenyiDial([0.5, 0.5], [0.9, 0.1])
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(RenyiDial, "_send", lambda self, message, buffers=None: sent.append(message.get("state", {})))
    dial.alpha = math.inf
    assert dial.renyi == pytest.approx(math.log(5)) and sent[-1] == {"alpha": "Infinity"}
    dial.set(p=[0.2, 0.3, 0.5], q=[0.2, 0.3, 0.5])
    assert dial.labels == ("A", "B", "C") and dial.renyi == 0
    dial.set_state({"p": [0.6, 0.3, 0.1], "alpha": "0.5"})
    assert dial.alpha == 0.5 and dial.renyi == kltext.renyi_divergence([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], 0.5)
    dial.set_state({"alpha": "Infinity"})
    assert dial.alpha == math.inf
    with pytest.raises(traitlets.TraitError):
        dial.alpha = -1
    assert dial.alpha == math.inf


@pytest.mark.parametrize(
    "dial",
    [RenyiDial(), RenyiDial(alpha=math.inf, both=True), RenyiDial([0.7, 0.3], [1, 0], alpha=1), RenyiDial([1, 0], [0, 1], alpha=0, both=True), RenyiDial([0.5, 0.5], [0.5, 0.5])],
    ids=lambda dial: dial._laws(),
)
def test_fallback_has_the_numbers(dial: RenyiDial) -> None:
    drawing = dial._fallback()
    assert drawing.startswith("<svg") and dial._laws() in drawing and dial._in_words() in drawing


# The living widget.

START = RenyiDial([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], ["sun", "cloud", "snow"])


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("dial"), START)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> RenyiDial:
    found: RenyiDial = agree_with(page, RenyiDial, p=floats, q=floats, labels=words, both=lambda text: text == "on")
    return found


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["p:0", "q:2", "alpha"]):
        said = by_keyboard(page, name)
        assert "Rényi divergence" in said and ("order 0" in said or "probability 0" in said)
        agree(page)


def test_the_dial_goes_from_zero_to_infinity(page: Page) -> None:
    dial = page.locator('[data-kl-handle="alpha"]')
    values = []
    for key, order in (("Home", 0), ("PageUp", 0.1111), ("PageUp", 0.25), ("PageUp", 0.4286), ("PageUp", 0.5), ("PageUp", 0.7647), ("PageUp", 1), ("End", math.inf)):
        dial.press(key)
        found = agree(page)
        assert found.alpha == pytest.approx(order, rel=1e-3)
        values.append(found.renyi)
    assert values == sorted(values) and values[0] == 0 and values[-1] == pytest.approx(math.log(3))
    expect(dial).to_have_attribute("aria-valuetext", "order infinite, Rényi divergence 1.099 nats")
    expect(page.locator(".kl-sentence")).to_contain_text("at “sun”: nothing is more than 3.000 times as likely")
    expect(page.locator(".kl-formula")).to_contain_text("D∞(P‖Q) = log max p/q = log 3.0000 = 1.0986 nats")


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "alpha", -60, 8)
    after = agree(page)
    assert 1 < after.alpha < before.alpha and after.renyi < before.renyi and after.p == before.p
    x = "(circle) => circle.getBoundingClientRect().x"
    mark = page.locator(".kl-dial-point").nth(2).evaluate(x) - page.locator('[data-kl-handle="alpha"] [data-kl-grip]').evaluate(x)
    pull(page, "alpha", mark, 0)  # near enough to order 1
    assert agree(page).alpha == 1
    pull(page, "p:2", 0, -40)
    last = agree(page)
    assert last.p[2] > after.p[2] and last.q == after.q
    pull(page, "alpha", 900, 0)
    assert agree(page).alpha == math.inf


def test_where_it_is_infinite_it_is_said(page: Page) -> None:
    page.locator('[data-kl-handle="q:2"]').press("Home")
    assert agree(page).renyi == math.inf
    expect(page.locator(".kl-sentence")).to_contain_text("Q rules out “snow”, to which P gives 0.10: every order from 1 on is infinite")
    expect(page.locator(".kl-dial-said")).to_have_text("infinite from α = 1 on")
    expect(page.locator(".kl-dial-infinite")).to_have_count(3)
    expect(page.locator(".kl-dial-arrow")).to_have_count(1)
    page.locator('[data-kl-handle="alpha"]').press("Home")
    assert agree(page).renyi == 0
    expect(page.locator(".kl-sentence")).to_contain_text("infinite from order 1 on, finite here")


def test_the_other_direction(page: Page) -> None:
    assert page.locator(".kl-dial-back").get_attribute("d") == ""
    page.locator('[data-kl-action="both"]').click()
    page.locator('[data-kl-input="alpha"]').fill("0.3")
    page.keyboard.press("Enter")
    found = agree(page)
    assert found.both and str(page.locator(".kl-dial-back").get_attribute("d")).startswith("M")
    there, back = found.renyi, kltext.renyi_divergence(found.q, found.p, 0.7)
    expect(page.locator(".kl-sentence")).to_contain_text(f"0.700·{there:.4f} = 0.300·{back:.4f} = {0.7 * there:.4f}")
    before = found.numbers()
    page.locator('[data-kl-action="swap"]').click()
    after = agree(page).numbers()
    assert (after["kl_pq"], after["kl_qp"], after["squared_hellinger"]) == (before["kl_qp"], before["kl_pq"], before["squared_hellinger"])


def test_type_choose_examples_and_reset(page: Page) -> None:
    for name, text, sentence, taken in (
        ("alpha", "-2", "An order lies between 0 and Infinity", None),
        ("alpha", "x", "is not a number", None),
        ("alpha", "1/2", "", "0.5"),
        ("alpha", "Infinity", "", "Infinity"),
        ("p", "1.5", "was read as 1", "1"),
        ("q", "0.25", "", "0.25"),
    ):
        typed(page, name, text, sentence, taken)
        agree(page)
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    assert agree(page).unit == "bits"
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-dial-outcome")).to_have_text("cloud")
    expect(page.locator('[data-kl-handle="alpha"]')).to_have_count(1)
    assert len({(sentence, agree(page)._laws()) for sentence in examples(page)}) == 8
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == START.state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    page.locator('[data-kl-handle="alpha"]').press("End")
    page.locator('[data-kl-handle="q:1"]').press("ArrowDown")
    page.locator('[data-kl-action="both"]').click()
    copies_itself(page, agree, capsys)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        swipe(page, "alpha", -60)
        assert agree(page).alpha < 2
        fits_a_small_phone(page)
        page.locator("select").select_option("7")  # six outcomes
        fits_a_small_phone(page)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
