"""The Gaussian ellipses: their mathematics in JavaScript against fifty digits and kltext, their Python side, and the widget under the hand."""

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
from kltext.widgets import GaussianEllipses
from kltext.widgets.gaussian_ellipses.laws import covariance, principal

from .hands import (
    accessible_in_both_themes,
    by_keyboard,
    copies_itself,
    examples,
    fits_a_small_phone,
    floats,
    in_turn,
    opened,
    pull,
    swipe,
    typed,
    write_page,
)
from .hands import agree as agree_with

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Law = tuple[list[float], list[float], float]
MATH = "gaussian_ellipses/math.js"
EXACT = 2e-12


def _pairs() -> list[tuple[Law, Law]]:
    rng = np.random.default_rng(11)

    def law(size: float = 1.0) -> Law:
        return rng.uniform(-4, 4, size=2).tolist(), (size * rng.uniform(0.1, 3, size=2)).tolist(), float(rng.uniform(-180, 180))

    pairs = [(law(), law()) for _ in range(40)]
    pairs += [(law(0.1), law(20)) for _ in range(5)] + [(law(20), law(0.1)) for _ in range(5)]
    for size in (1e-1, 1e-3, 1e-6, 1e-9):  # nearly equal, also where the axes have changed places
        for quarter in (0, 90, -90, 180):
            mean, axes, angle = law()
            near = [m + size * float(rng.normal()) for m in mean], [s * (1 + size * float(rng.uniform(-0.5, 0.5))) for s in axes], angle + 30 * size * float(rng.normal())
            pairs.append(((mean, axes, angle), (near[0], near[1] if quarter % 180 == 0 else near[1][::-1], near[2] + quarter)))
    pairs += [(([0.0, 0.0], [1.0, 1.0], 0.0), ([0.0, 0.0], [1.0, 1.0], 40.0)), (([0.0, 0.0], [2.0, 0.5], 30.0), ([0.0, 0.0], [0.5, 2.0], -60.0))]
    return pairs


PAIRS = _pairs()


def named(p: Law, q: Law) -> list[dict[str, Any]]:
    return [dict(zip(("mean", "axes", "angle"), law, strict=True)) for law in (p, q)]


def _matrix(axes: list[float], angle: float) -> Any:
    turn = mpmath.mpf(angle) * mpmath.pi / 180
    along = mpmath.matrix([[mpmath.cos(turn), -mpmath.sin(turn)], [mpmath.sin(turn), mpmath.cos(turn)]])
    return along * mpmath.diag([mpmath.mpf(s) ** 2 for s in axes]) * along.T


def exact(p: Law, q: Law) -> dict[str, Any]:
    """The closed form as it stands in books, at fifty digits."""
    with mpmath.workdps(60):
        cov_p, cov_q = _matrix(p[1], p[2]), _matrix(q[1], q[2])
        shift = mpmath.matrix([mpmath.mpf(a) - mpmath.mpf(b) for a, b in zip(p[0], q[0], strict=True)])
        product = mpmath.inverse(cov_q) * cov_p
        trace = (product[0, 0] + product[1, 1] - 2) / 2
        volume = mpmath.log(mpmath.det(cov_q) / mpmath.det(cov_p)) / 2
        mahalanobis = (shift.T * mpmath.inverse(cov_q) * shift)[0] / 2
        return {"total": trace + volume + mahalanobis, "shape": trace + volume, "trace": trace, "volume": volume, "mahalanobis": mahalanobis}


def test_terms_and_divergence_equal_fifty_digits(javascript: Javascript) -> None:
    shown = javascript([(MATH, "klEllipses", named(p, q)) for p, q in PAIRS])
    for (p, q), found in zip(PAIRS, shown, strict=True):
        expected = exact(p, q)
        # A turn is the difference of two angles in degrees: what it loses there is the address's, not the formula's.
        noise = 4e-16 * (abs(p[2]) + abs(q[2]) + 1) * max(max(p[1]) / min(p[1]), max(q[1]) / min(q[1])) ** 2
        size = math.sqrt(max(0.0, float(expected["shape"])))
        assert found["shape"] >= 0 and found["mahalanobis"] >= 0 and found["total"] == found["shape"] + found["mahalanobis"]
        for name, value in expected.items():
            scale = size * 1e-15 + 1e-30 if name in ("total", "shape") else noise
            assert abs(found[name] - float(value)) <= EXACT * abs(float(value)) + scale, (name, p, q)


def test_near_equality_loses_no_digit(javascript: Javascript) -> None:
    """Where the textbook's form has nothing left: at a difference of 1e−8 the divergence is of the order 1e−16."""
    for change in (1e-4, 1e-6, 1e-8, 1e-10):
        for p, q in [
            (([0.0, 0.0], [1.5, 0.75], 0.0), ([0.0, 0.0], [1.5 + change, 0.75], 0.0)),
            (([0.0, 0.0], [1.5, 0.75], change), ([0.0, 0.0], [1.5, 0.75], 0.0)),
            (([change, 0.0], [1.5, 0.75], 30.0), ([0.0, 0.0], [1.5, 0.75], 30.0)),
        ]:
            (found,) = javascript([(MATH, "klEllipses", named(p, q))])
            assert found["total"] == pytest.approx(float(exact(p, q)["total"]), rel=EXACT, abs=0), (p, q)
    for p, q in PAIRS[-2:]:
        assert javascript([(MATH, "klEllipses", named(p, q))])[0] == {"total": 0, "shape": 0, "trace": 0, "volume": 0, "mahalanobis": 0}


def states() -> list[dict[str, Any]]:
    return [
        {"mean_p": p[0], "axes_p": p[1], "angle_p": p[2], "mean_q": q[0], "axes_q": q[1], "angle_q": q[2], "contours": False, "unit": unit}
        for p, q in PAIRS for unit in ("nats", "bits")
    ]


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
        pair = GaussianEllipses(**state)
        base = 2 if state["unit"] == "bits" else None
        numbers = pair.numbers()
        laws = (state["mean_p"], pair.cov_p, state["mean_q"], pair.cov_q)
        assert numbers["kl_pq"] == pytest.approx(kltext.mvn_kl(*laws, base=base), rel=1e-14)
        assert shown["numbers"] == pytest.approx(numbers, rel=1e-9, abs=1e-12), state
        total = numbers["trace"] + numbers["volume"] + numbers["mahalanobis"]
        assert total == pytest.approx(numbers["kl_pq"], rel=1e-9, abs=1e-9)


def test_the_diagonal_forgets_the_total_correlation(javascript: Javascript) -> None:
    """Q with P's variances and no correlation: the trace term vanishes, and the log-volume is −½ log(1 − ρ²)."""
    for rho in (0.1, 0.5, 0.8, 0.99):
        axes, angle = principal("cov_p", [[1, rho], [rho, 1]])
        (found,) = javascript([(MATH, "klEllipses", named(([0, 0], list(axes), angle), ([0, 0], [1, 1], 0)))])
        assert found["trace"] == 0  # not the last digits of 1.8 and 0.2
        assert found["total"] == pytest.approx(-math.log(1 - rho**2) / 2, rel=1e-12)


def test_a_shift_costs_by_its_contour(javascript: Javascript) -> None:
    """Every point of the contour that the picture draws costs what is written on it, in nats and in bits."""
    for cost, unit, nats in ((0.1, "nats", 1.0), (0.5, "nats", 1.0), (2, "bits", math.log(2))):
        (radius,) = javascript([(MATH, "radius", [cost, unit])])
        root = np.linalg.cholesky(covariance((1.7, 0.4), 25.0))
        for turn in np.linspace(0, 6, 9):
            shift = radius * root @ [math.cos(turn), math.sin(turn)]
            (found,) = javascript([(MATH, "klEllipses", named(([0, 0], [1, 2], 7), (shift.tolist(), [1.7, 0.4], 25)))])
            assert found["mahalanobis"] == pytest.approx(cost * nats, rel=1e-12)


@pytest.mark.parametrize("broken", [{"mean_p": [1]}, {"axes_p": [0, 1]}, {"axes_q": [1, -1]}, {"angle_q": "NaN"}, {"mean_q": "x"}, {"axes_p": [1, 1e9]}])
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    (whole, none) = javascript([(MATH, "sane", [{**GaussianEllipses().state(), **change}]) for change in ({}, broken)])
    assert whole == {name: list(value) if isinstance(value, tuple) else value for name, value in GaussianEllipses().state().items()} and none is None


def test_every_preset_is_sane_and_in_reach(javascript: Javascript) -> None:
    presets, limits = javascript([(MATH, "PRESETS", []), (MATH, "LIMITS", [])])
    assert all(javascript([(MATH, "sane", [preset]) for preset in presets]))
    for preset in presets:
        for part, (least, most) in limits.items():
            assert all(least <= x <= most for which in "pq" for x in np.ravel(preset[f"{part}_{which}"])), preset["name"]
    along, across = (measured["numbers"]["kl_pq"] for measured in javascript([(MATH, "measure", [{**preset, "unit": "nats"}]) for preset in presets[1:3]]))
    assert across / along == pytest.approx((1.6 / 0.5) ** 2, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean_p": [1]}, "mean_p must have 2 numbers, got 1"),
        ({"mean_q": [1, math.inf]}, "mean_q must be finite, got inf"),
        ({"mean_q": 3}, "mean_q must be a sequence, got 3"),
        ({"axes_p": [1, 0]}, "axes_p must lie between 0.01 and 100, got 0.0"),
        ({"axes_q": ["a", 1]}, "axes_q must hold numbers"),
        ({"angle_p": math.nan}, "angle_p must be finite, got nan"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        GaussianEllipses(**arguments)


@pytest.mark.parametrize(
    ("cov", "message"),
    [
        ([[1, 2], [2, 1]], "cov_q must be positive definite"),
        ([[1, 0.5], [0.2, 1]], "cov_q must be symmetric"),
        ([[1, 0], [0, math.nan]], "cov_q must be finite"),
        (np.eye(3), "cov_q must have shape (2, 2), got (3, 3)"),
    ],
)
def test_what_is_no_covariance_is_refused(cov: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        GaussianEllipses(cov_q=cov)
    pair = GaussianEllipses()
    before = pair.state()
    with pytest.raises(ValueError, match=re.escape(message)):
        pair.cov_q = cov
    assert pair.state() == before


def test_covariances_go_in_and_come_out() -> None:
    rng = np.random.default_rng(4)
    for cov in [[[1, 0], [0, 4]], [[4, 0], [0, 1]], [[1, 0.8], [0.8, 1]], [[1, -0.8], [-0.8, 1]], *(np.cov(rng.normal(size=(2, 5))) for _ in range(20))]:
        pair = GaussianEllipses(cov_p=cov)
        assert pair.cov_p == pytest.approx(np.array(cov), rel=1e-12, abs=1e-14) and abs(pair.angle_p) <= 90
        pair.cov_q = cov
        assert pair.cov_q == pytest.approx(np.array(cov), rel=1e-12, abs=1e-14)


def test_traits_go_both_ways() -> None:
    pair = GaussianEllipses()
    seen: list[str] = []
    pair.observe(lambda change: seen.append(change["name"]), ["mean_p", "axes_p", "angle_p"])
    pair.set_state({"mean_p": [1, 2]})  # what the page sends
    assert pair.mean_p == (1.0, 2.0) and seen == ["mean_p"]
    pair.cov_p = [[2, 0], [0, 0.5]]
    assert pair.axes_p == pytest.approx((math.sqrt(2), math.sqrt(0.5))) and sorted(seen[1:]) == ["angle_p", "axes_p"]
    with pytest.raises(traitlets.TraitError):
        pair.axes_p = [1, -1]
    assert pair.axes_p == pytest.approx((math.sqrt(2), math.sqrt(0.5)))


def test_fallback_has_the_numbers() -> None:
    drawing = GaussianEllipses()._fallback()
    assert drawing.startswith("<svg") and "D(P‖Q) = 1.543" in drawing and "Mahalanobis = 0.9346" in drawing
    assert drawing == GaussianEllipses()._fallback()


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("ellipses"), GaussianEllipses(key="ellipses"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> GaussianEllipses:
    readers = {f"{part}_{which}": float if part == "angle" else floats for part in ("mean", "axes", "angle") for which in "pq"}
    found: GaussianEllipses = agree_with(page, GaussianEllipses, contours=lambda text: text == "on", **readers)
    return found


HANDLES = [f"{which}:{end}" for which in "pq" for end in ("x", "y", "1", "2", "angle")]


def value(pair: GaussianEllipses, name: str) -> float:
    which, end = name.split(":")
    if end == "angle":
        return float(getattr(pair, f"angle_{which}"))
    return float(getattr(pair, f"{'mean' if end in 'xy' else 'axes'}_{which}")["x1".find(end) < 0])


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        handle = page.locator(f'[data-kl-handle="{name}"]')
        others = {other: value(GaussianEllipses(), other) for other in HANDLES if other != name}
        assert re.search(r"D\(P‖Q\) \d[\d.]* nats", by_keyboard(page, name))
        assert handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")
        found = agree(page)
        assert value(found, name) == float(str(handle.get_attribute("aria-valuemin")))
        assert {other: value(found, other) for other in others} == others


def test_handles_by_pointer(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        before = agree(page)
        pull(page, name, 24, -30)
        after = agree(page)
        which, end = name.split(":")
        other = "q" if which == "p" else "p"
        assert all(getattr(after, f"{part}_{other}") == getattr(before, f"{part}_{other}") for part in ("mean", "axes", "angle"))
        assert value(after, name) != value(before, name)
        mean, axes, angle = (getattr(after, f"{part}_{which}") == getattr(before, f"{part}_{which}") for part in ("mean", "axes", "angle"))
        assert (mean, axes, angle) == ((False, True, True) if end in "xy" else (True, True, False) if end == "angle" else (True, False, False))
        if end in "xy":  # one drag moves both coordinates: to the right, and up
            assert value(after, f"{which}:x") > value(before, f"{which}:x") and value(after, f"{which}:y") > value(before, f"{which}:y")


@pytest.mark.parametrize("name", ["p:1", "p:2", "q:1", "q:2", "p:angle", "q:angle"])
def test_a_dragged_end_stays_under_the_hand(page: Page, name: str) -> None:
    """Within what the grid of half a tenth and of whole degrees takes away; a knob keeps its distance."""
    box = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
    pull(page, name, -16, -14)
    agree(page)
    after = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
    assert box and after
    if not name.endswith("angle"):
        assert (after["x"], after["y"]) == pytest.approx((box["x"] - 16, box["y"] - 14), abs=6)
    else:
        assert math.hypot(after["x"] - box["x"], after["y"] - box["y"]) > 4


def test_of_handles_in_one_place_the_one_on_top_is_taken(page: Page) -> None:
    page.locator("select").select_option(label="P inside Q")
    before = agree(page)
    pull(page, "p:x", 40, 0)
    after = agree(page)
    assert after.mean_p == before.mean_p and after.mean_q[0] > before.mean_q[0]


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        for name in ("q:x", "p:1"):
            handle = page.locator(f'[data-kl-handle="{name}"]')
            was = str(handle.get_attribute("aria-valuenow"))
            swipe(page, name, -30)
            expect(handle).not_to_have_attribute("aria-valuenow", was)
            target = handle.locator(".kl-target").bounding_box()
            assert target and min(target["width"], target["height"]) >= 44
        page.locator('[data-kl-action="contours"]').click()
        agree(page)
        fits_a_small_phone(page)


def test_contours_pass_through_the_mean_of_q(page: Page) -> None:
    contour = page.locator(".kl-contour-here")
    expect(contour).to_have_count(0)
    page.locator('[data-kl-action="contours"]').click()
    expect(page.locator('[data-kl-action="contours"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".kl-contour")).to_have_count(5)
    assert agree(page).contours
    x, y = page.locator('[data-kl-handle="q:x"]').evaluate("(g) => { const { e, f } = g.transform.baseVal[0].matrix; return [e, f]; }")
    away = "([path, x, y]) => { let best = 1e9; const n = path.getTotalLength(); for (let s = 0; s < n; s++) { const p = path.getPointAtLength(s); best = Math.min(best, Math.hypot(p.x - x, p.y - y)); } return best; }"
    assert page.evaluate(away, [contour.element_handle(), x, y]) < 1.5
    page.locator('[data-kl-action="reset"]').click()
    expect(contour).to_have_count(0)


def test_the_bars_add_up(page: Page) -> None:
    read = "(all) => all.map((path) => path.getBBox()).map((box) => [box.x, box.x + box.width])"
    for option in ("Two tilted clouds", "Q inside P", "P inside Q", "Nearly equal"):
        page.locator("select").select_option(label=option)
        numbers = agree(page).numbers()
        (trace, volume, mahalanobis, whole) = page.locator(".kl-term-bar").evaluate_all(read)
        zero, end = whole
        scale = (end - zero) / numbers["kl_pq"]
        ends = [0.0, numbers["trace"], numbers["trace"] + numbers["volume"], numbers["kl_pq"]]
        for bar, start, stop in zip((trace, volume, mahalanobis), ends, ends[1:], strict=False):
            assert bar == pytest.approx(sorted((zero + scale * start, zero + scale * stop)), abs=0.05 * (1 + abs(scale * start / max(1, end - zero))))
        hatched = page.locator(".kl-term-bar.kl-loss").count()
        assert hatched == sum(numbers[name] < 0 for name in ("trace", "volume", "mahalanobis"))


def test_type_choose_and_reset(page: Page) -> None:
    for name, text, sentence, taken in (
        ("mean_p:0", "abc", "nothing was changed", None), ("axes_p:1", "0", "greater than 0; nothing was changed", None),
        ("axes_q:0", "100", "100 was read as 3", "3"), ("mean_q:1", "-9", "−9 was read as −4", "-4"), ("angle_p", "200", "200 was read as 180", "180"),
    ):
        typed(page, name, text, sentence, taken)
    said = [(agree(page).kl_pq, sentence) for sentence in examples(page)]
    assert len(set(said)) == 8 and all(f" {value:.4f} nats" in sentence for value, sentence in said if value > 0.001)
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    assert agree(page).unit == "bits"
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == GaussianEllipses().state()


def test_equal_laws_are_said_to_be_equal(browser: Browser, root: Path, tmp_path: Path) -> None:
    same = GaussianEllipses([1, 1], [[2, 0.5], [0.5, 1]], [1, 1], [[2, 0.5], [0.5, 1]], contours=True)
    with opened(browser, write_page(root, tmp_path, same)) as page:
        expect(page.locator(".kl-sentence")).to_have_text("P and Q are equal: every term is 0.")
        assert page.locator("svg [d*='NaN'], svg [x*='NaN']").count() == 0


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    page.locator('[data-kl-handle="p:angle"]').press("PageUp")
    assert agree(page).angle_p == 80
    copies_itself(page, agree, capsys)


def test_accessible(page: Page, root: Path) -> None:
    accessible_in_both_themes(page, root)
    page.locator('[data-kl-action="contours"]').click()
    accessible_in_both_themes(page, root)
