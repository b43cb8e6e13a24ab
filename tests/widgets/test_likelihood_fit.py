"""The likelihood fit: its mathematics in JavaScript against kltext, its Python side, and the living widget under the hand."""

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

from kltext.widgets import LikelihoodFit

from . import hands

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
MATH = "likelihood_fit/math.js"


def states() -> list[dict[str, Any]]:
    rng = np.random.default_rng(3)
    chosen = [([-1.5, -0.5, 0.0, 0.5, 2.5], 1.5, 0.8), ([-1.0, 1.0], 0.0, 1.0), ([3.0, 3.001], 3.0, 0.1), ([-6.0, 6.0], -6.0, 0.1)]
    chosen += [(rng.normal(0, 2, size=n).tolist(), float(rng.normal()), float(rng.uniform(0.1, 4))) for n in (2, 5, 12) for _ in range(6)]
    return [{"data": data, "mean": mean, "std": std, "unit": unit} for data, mean, std in chosen for unit in ("nats", "bits")]


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
        expected = LikelihoodFit(**state).numbers()
        assert shown["numbers"] == pytest.approx(expected, rel=1e-12, abs=1e-14), state


def test_the_cross_entropy_is_the_mean_loss(javascript: Javascript) -> None:
    """Against the definition at fifty digits: the mean of −log q over the data."""
    tried = states()
    with mpmath.workdps(50):
        for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
            nats = mpmath.log(2) if state["unit"] == "bits" else 1
            losses = [-mpmath.log(mpmath.npdf(mpmath.mpf(x), mpmath.mpf(state["mean"]), mpmath.mpf(state["std"]))) / nats for x in state["data"]]
            assert shown["losses"] == pytest.approx([float(x) for x in losses], rel=1e-12, abs=1e-12)
            numbers = shown["numbers"]
            assert numbers["cross_entropy_pq"] == pytest.approx(float(mpmath.fsum(losses) / len(losses)), rel=1e-12, abs=1e-12)
            assert numbers["entropy_p"] + numbers["kl_pq"] == pytest.approx(numbers["cross_entropy_pq"], rel=1e-12, abs=1e-12)


def test_moments_are_the_best_fit(javascript: Javascript) -> None:
    samples = [state["data"] for state in states()]
    for data, best in zip(samples, javascript([(MATH, "moments", [data]) for data in samples]), strict=True):
        assert best["mean"] == pytest.approx(np.mean(data), abs=1e-13) and best["std"] == pytest.approx(np.std(data), rel=1e-12)
    fitted = {"data": [1.0, 2.0, 4.0], "mean": 7 / 3, "std": math.sqrt(14 / 9), "unit": "nats"}
    here, *others = javascript([(MATH, "measure", [{**fitted, "mean": 7 / 3 + d, "std": fitted["std"] + e}]) for d, e in ((0, 0), (0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1))])
    assert here["numbers"]["kl_pq"] == pytest.approx(0, abs=1e-15)
    assert all(other["numbers"]["cross_entropy_pq"] > here["numbers"]["cross_entropy_pq"] for other in others)


def test_a_new_point_stands_in_the_widest_gap(javascript: Javascript) -> None:
    assert javascript([(MATH, "withPoint", [[3, 0, 1]])]) == [[3, 0, 1, 2]]


@pytest.mark.parametrize("broken", [{"data": [1]}, {"data": [1, 1, 1]}, {"data": list(range(13))}, {"std": 0}, {"mean": "NaN"}, {"data": "x"}])
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{"data": [0, 1], "mean": 0, "std": 1, "unit": "nats", **broken}])]) == [None]


def test_every_preset_is_sane(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    assert all(javascript([(MATH, "sane", [preset]) for preset in presets]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": [1]}, "data must have 2 to 12 points, got 1"),
        ({"data": [2, 2, 2]}, "data must not be equal in all points"),
        ({"data": [1, math.inf]}, "data must be finite, got inf"),
        ({"data": ["a", "b"]}, "data must hold numbers"),
        ({"std": 0}, "std must be positive, got 0.0"),
        ({"mean": math.nan}, "mean must be finite"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        LikelihoodFit(**arguments)


def test_fallback_has_the_numbers() -> None:
    drawing = LikelihoodFit()._fallback()
    assert drawing.startswith("<svg") and "H(P,Q) = 3.391" in drawing and "best Gaussian P" in drawing


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("fit"), LikelihoodFit(key="fit"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def agree(page: Page) -> LikelihoodFit:
    found: LikelihoodFit = hands.agree(page, LikelihoodFit, data=hands.floats, mean=float, std=float)
    return found


HANDLES = [*(f"x:{i}" for i in range(5)), "q:mean", "q:std"]


def test_handles_by_keyboard(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        text = hands.by_keyboard(page, name)
        assert "mean loss" in text and "D(P‖Q)" in text
        agree(page)


def test_handles_by_pointer(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        before = agree(page)
        handle = page.locator(f'[data-kl-handle="{name}"]')
        was = str(handle.get_attribute("aria-valuenow"))
        hands.pull(page, name, 24, 6)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        after = agree(page)
        if name[0] == "x":
            i = int(name[2:])
            assert after.data[i] > before.data[i] and (after.mean, after.std) == (before.mean, before.std)
        else:
            assert after.data == before.data and after.entropy_p == before.entropy_p  # the floor stands still
            assert after.mean > before.mean if name == "q:mean" else after.std < before.std


def test_points_never_all_meet(page: Page) -> None:
    for _ in range(3):
        page.locator('[data-kl-action="remove-point"]').click()
    expect(page.locator('[data-kl-action="remove-point"]')).to_be_disabled()
    assert agree(page).data == (-1.5, -0.5)
    for _ in range(15):
        page.locator('[data-kl-handle="x:0"]').press("ArrowRight")
    assert agree(page).data[0] < -0.5


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="q:mean"]')
        was = str(handle.get_attribute("aria-valuenow"))
        hands.swipe(page, "q:mean", -30)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        hands.fits_a_small_phone(page)


def test_fit_add_type_and_reset(page: Page) -> None:
    page.locator('[data-kl-action="fit"]').press("Enter")
    assert agree(page).kl_pq == 0
    expect(page.locator(".kl-sentence")).to_contain_text("the loss stands on its floor")
    page.locator('[data-kl-action="add-point"]').click()
    assert agree(page).data[-1] == 1.5
    hands.typed(page, "mean", "abc", "nothing was changed")
    hands.typed(page, "std", "-1", "greater than 0; nothing was changed")
    hands.typed(page, "std", "100", "100 was read as 5", "5")
    hands.typed(page, "mean", "-9", "−9 was read as −6", "-6")
    for _ in hands.examples(page):
        agree(page)
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    assert agree(page).unit == "bits"
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == LikelihoodFit().state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-handle="x:4"]').press("PageUp")
    assert "data = np.array([-1.5, -0.5, 0.0, 0.5, 3.5])" in hands.copied(page, "python")
    hands.copies_itself(page, agree, capsys)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    hands.stands_everywhere(browser, address, root)
