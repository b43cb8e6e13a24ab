"""The categorical fit: its mathematics in JavaScript against kltext, its Python side, and the living widget under the hand."""

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

from kltext.widgets import CategoricalFit

from . import hands

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
MATH = "categorical_fit/math.js"
ROBOT = ([1, 3, 1, 0, 1], [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16], ["idle", "moving", "loading", "blocked", "fault"])


def states() -> list[dict[str, Any]]:
    rng = np.random.default_rng(4)
    chosen = [(ROBOT[0], ROBOT[1]), ([3, 7], [0.3, 0.7]), ([5, 0], [1.0, 0.0]), ([1, 1], [1.0, 0.0]), ([0, 1, 0], [0.2, 0.3, 0.5]), ([10**6, 1], [0.5, 0.5])]
    chosen += [(rng.integers(0, 9, size=n).tolist(), rng.dirichlet(np.full(n, 0.6)).tolist()) for n in (2, 4, 8) for _ in range(6)]
    return [{"counts": n, "q": q, "labels": [], "unit": unit} for n, q in chosen for unit in ("nats", "bits") if any(n)]


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
        fit = CategoricalFit(state["counts"], state["q"], unit=state["unit"])
        assert shown["numbers"] == pytest.approx(fit.numbers(), rel=1e-12, abs=1e-15), state
        assert shown["p"] == list(fit.p) and shown["n"] == sum(state["counts"])


def test_the_loss_is_the_negative_log_likelihood_over_n(javascript: Javascript) -> None:
    """Against the definition at fifty digits, one observation after the other; what it has above the entropy is the divergence."""
    tried = [state for state in states() if sum(state["counts"]) < 1000]
    infinite = 0
    with mpmath.workdps(50):
        for state, shown in zip(tried, javascript([(MATH, "measure", [state]) for state in tried]), strict=True):
            nats = mpmath.log(2) if state["unit"] == "bits" else mpmath.mpf(1)
            sample = [i for i, count in enumerate(state["counts"]) for _ in range(count)]
            charged = [mpmath.inf if state["q"][i] == 0 else -mpmath.log(mpmath.mpf(state["q"][i])) / nats for i in sample]
            loss, numbers = float(mpmath.fsum(charged) / len(charged)), shown["numbers"]
            assert shown["loss"] == pytest.approx(loss, rel=1e-13) == pytest.approx(numbers["cross_entropy_pq"], rel=1e-13)
            if math.isinf(loss):
                infinite += 1
                assert numbers["kl_pq"] == math.inf and math.isfinite(numbers["entropy_p"])
            else:
                shares = [mpmath.mpf(count) / len(sample) for count in state["counts"] if count]
                floor = float(-mpmath.fsum(p * mpmath.log(p) for p in shares) / nats)
                assert numbers["entropy_p"] == pytest.approx(floor, rel=1e-13, abs=1e-15)
                assert loss - floor == pytest.approx(numbers["kl_pq"], rel=1e-9, abs=1e-13)
    assert infinite >= 2


def test_no_law_beats_the_shares(javascript: Javascript) -> None:
    models = np.random.default_rng(5).dirichlet(np.ones(3), size=200).tolist()
    state = {"counts": [6, 3, 1], "q": [0.6, 0.3, 0.1], "labels": [], "unit": "nats"}
    best, *others = javascript([(MATH, "measure", [{**state, "q": q}]) for q in [state["q"], *models]])
    assert best["numbers"]["kl_pq"] == 0 and best["loss"] == pytest.approx(best["numbers"]["entropy_p"], rel=1e-14)
    assert all(other["loss"] > best["loss"] for other in others)


def test_a_count_stands_for_its_share(javascript: Javascript) -> None:
    """What a drag asks for is a share; with the count that comes back, the category has it."""
    counts = [4, 3, 3]
    found = javascript([(MATH, "countOf", [counts, 0, share]) for share in (0, 0.25, 0.4, 0.5, 0.75)])
    assert found == pytest.approx([0, 2, 4, 6, 18])
    assert all(x / (x + 6) == pytest.approx(share) for x, share in zip(found, (0, 0.25, 0.4, 0.5, 0.75), strict=True))
    assert javascript([(MATH, "countOf", [[7, 0], 0, 0.3]), (MATH, "countOf", [counts, 0, 1])]) == [7, 40]


def test_one_observation_always_stays(javascript: Javascript) -> None:
    asked = [([2, 0], 0, 0), ([2, 0], 0, -5), ([2, 1], 0, 0), ([2, 1], 0, 99), ([2, 1], 1, 2.4), ([60, 1], 0, 70)]
    taken = javascript([(MATH, "withCount", list(arguments)) for arguments in asked])
    assert taken == [[1, 0], [1, 0], [0, 1], [40, 1], [2, 2], [60, 1]]


@pytest.mark.parametrize(
    "broken",
    [{"counts": [0, 0]}, {"counts": [1, -1]}, {"counts": [1, 0.5]}, {"counts": [1, 2, 3]}, {"counts": "x"}, {"counts": [1, "NaN"]}, {"q": [0.5, 0.6]}, {"q": [1]}, {"counts": [1] * 9, "q": [1 / 9] * 9}],
)  # fmt: skip
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    state = {"counts": [1, 2], "q": [0.5, 0.5], "labels": [], "unit": "nats"}
    whole, refused = javascript([(MATH, "sane", [state]), (MATH, "sane", [{**state, **broken}])])
    assert whole == {**state, "labels": ["A", "B"]} and refused is None


def test_every_preset_is_sane(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, state in zip(presets, javascript([(MATH, "sane", [preset]) for preset in presets]), strict=True):
        assert (state["counts"], state["q"], state["labels"]) == (preset["counts"], preset["q"], preset["labels"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"counts": [0, 0], "q": [0.5, 0.5]}, "counts must hold at least one observation, got [0, 0]"),
        ({"counts": [3, -1], "q": [0.5, 0.5]}, "counts must be non-negative, got -1"),
        ({"counts": [3, 1.5], "q": [0.5, 0.5]}, "counts must be whole numbers, got 1.5"),
        ({"counts": [3, math.inf], "q": [0.5, 0.5]}, "counts must be whole numbers, got inf"),
        ({"counts": [3, math.nan], "q": [0.5, 0.5]}, "counts must be whole numbers, got nan"),
        ({"counts": [3], "q": [1]}, "counts must have 2 to 8 categories, got 1"),
        ({"counts": ["a", "b"], "q": [0.5, 0.5]}, "counts must hold numbers"),
        ({"counts": [1, 2]}, "change them in one step with set(counts=…, q=…, labels=…)"),
        ({"q": [0.5, 0.5]}, "outcomes, but"),
        ({"q": [0.5, 0.5, 0.5, -0.5, 0]}, "q must be non-negative, got -0.5"),
        ({"q": [0.5, 0.1, 0.1, 0.1, 0.1]}, "q must sum to 1"),
        ({"labels": ["a"]}, "outcomes, but"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        CategoricalFit(**arguments)


def test_counts_are_kept_whole() -> None:
    fit = CategoricalFit(np.array([2.0, 3.0]), [0.5, 0.5])
    assert fit.counts == (2, 3) and all(type(n) is int for n in fit.counts) and fit.p == (0.4, 0.6)
    with pytest.raises(traitlets.TraitError):
        fit.counts = (1, 2, 3)
    fit.set_state({"counts": [1, 2, 3], "q": [0.2, 0.3, 0.5], "labels": ["a", "b", "c"]})
    assert fit.counts == (1, 2, 3) and fit.cross_entropy_pq == pytest.approx(fit.entropy_p + fit.kl_pq)


def test_fallback_has_the_numbers() -> None:
    for counts, infinite in (([1, 3, 0], False), ([1, 3, 1], True)):
        drawing = CategoricalFit(counts, [0.5, 0.5, 0.0])._fallback()
        assert drawing.startswith("<svg") and "H(P,Q) =" in drawing and ("H(P,Q) = ∞" in drawing) == infinite


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hands.write_page(root, tmp_path_factory.mktemp("counts"), CategoricalFit(*ROBOT, key="counts"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with hands.opened(browser, address) as page:
        yield page


def agree(page: Page) -> CategoricalFit:
    found: CategoricalFit = hands.agree(page, CategoricalFit, counts=hands.floats, q=hands.floats, labels=hands.words)
    return found


HANDLES = [f"{which}:{i}" for which in "nq" for i in range(5)]


def test_handles_by_keyboard(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        text = hands.by_keyboard(page, name)
        assert "loss per observation" in text and "D(P‖Q)" in text and text.startswith("0 of" if name[0] == "n" else "probability 0,")
        after = agree(page)
        assert (after.counts if name[0] == "n" else after.q)[int(name[2:])] == 0


def test_handles_by_pointer(page: Page) -> None:
    for name in hands.in_turn(page, HANDLES):
        before = agree(page)
        handle = page.locator(f'[data-kl-handle="{name}"]')
        was = str(handle.get_attribute("aria-valuenow"))
        top = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
        hands.pull(page, name, 0, -45)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        after = agree(page)
        i = int(name[2:])
        if name[0] == "q":
            assert after.q[i] > before.q[i] and after.counts == before.counts and after.entropy_p == before.entropy_p  # the floor stands still
        else:
            assert after.counts[i] > before.counts[i] and after.q == before.q
            assert all(n == m for j, (n, m) in enumerate(zip(after.counts, before.counts, strict=True)) if j != i)
            now = page.locator(f'[data-kl-handle="{name}"] [data-kl-grip]').bounding_box()
            assert top and now and now["y"] - top["y"] == pytest.approx(-45, abs=12)  # it stays under the hand, to a whole observation


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with hands.opened(browser, address, width=320, height=900, touch=True) as page:
        page.locator('[data-kl-range="n"]').press("ArrowRight")
        expect(page.locator('[data-kl-handle="n:0"]')).to_have_attribute("aria-valuenow", "2")
        assert agree(page).counts == (2, 3, 1, 0, 1)
        hands.fits_a_small_phone(page)


def test_what_was_never_expected_costs_infinitely_much(page: Page) -> None:
    page.locator('[data-kl-action="fit"]').click()
    fitted = agree(page)
    assert fitted.kl_pq == 0 and fitted.q == fitted.p and fitted.kl_qp == 0
    expect(page.locator(".kl-sentence")).to_contain_text("the loss stands on its floor")
    for _ in range(3):
        page.locator('[data-kl-action="next-category"]').click()
    expect(page.locator(".kl-category")).to_have_text("blocked")
    page.locator('[data-kl-action="add-observation"]').press("Enter")
    broken = agree(page)
    assert broken.counts == (1, 3, 1, 1, 1) and broken.cross_entropy_pq == broken.kl_pq == math.inf and math.isfinite(broken.entropy_p)
    expect(page.locator(".kl-sentence")).to_have_text("The loss is infinite: Q gives “blocked” no probability, and it was observed.")
    expect(page.locator('[data-kl-number="kl_pq"]')).to_have_text("∞")
    expect(page.locator(".kl-formula")).to_contain_text(f"∞ = {broken.entropy_p:.4f} + ∞ nats")
    expect(page.locator(".kl-story")).to_contain_text("Q rules it out")
    page.locator('[data-kl-action="remove-observation"]').click()
    assert agree(page).kl_pq == 0


def test_the_last_observation_stays(page: Page) -> None:
    for i in (1, 2, 4):
        page.locator(f'[data-kl-handle="n:{i}"]').press("Home")
    page.locator('[data-kl-handle="n:0"]').press("Home")
    assert agree(page).counts == (1, 0, 0, 0, 0) and agree(page).entropy_p == 0
    expect(page.locator('[data-kl-action="remove-observation"]')).to_be_disabled()
    hands.typed(page, "n", "0", "One observation has to stay; 0 was read as 1.", "1")


def test_typed_values_examples_and_reset(page: Page) -> None:
    hands.typed(page, "n", "abc", "is not a number; nothing was changed")
    hands.typed(page, "n", "-1", "A count is a whole number from 0; nothing was changed")
    hands.typed(page, "n", "1.5", "A count is a whole number from 0; nothing was changed")
    hands.typed(page, "n", "100", "100 was read as 40", "40")
    hands.typed(page, "q", "-1", "between 0 and 1; nothing was changed")
    hands.typed(page, "q", "2", "2 was read as 1", "1")
    page.locator('[data-kl-input="q"]').fill("1/8")
    page.locator('[data-kl-input="q"]').press("Enter")
    assert agree(page).q[0] == 0.125 and agree(page).counts[0] == 40
    shown = [(agree(page).kl_pq, sentence) for sentence in hands.examples(page)]
    assert shown[0][0] == pytest.approx(shown[1][0], rel=1e-12) and shown[0][1] != shown[1][1]  # ten times the data, the same loss
    assert any("no probability" in sentence for _, sentence in shown) and any(kl == math.inf for kl, _ in shown)
    page.locator('[data-kl-choice="unit:bits"]').check(force=True)
    assert agree(page).unit == "bits"
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == CategoricalFit(*ROBOT).state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator('[data-kl-handle="n:3"]').press("ArrowUp")
    assert "counts = [1, 3, 1, 1, 1]" in hands.copied(page, "python")
    hands.copies_itself(page, agree, capsys)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    hands.stands_everywhere(browser, address, root)
