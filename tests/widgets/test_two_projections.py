"""The two projections: fits, walk, minima and the jump in JavaScript against kltext and mpmath, and the living widget under the hand."""

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise, starmap
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser, Page, expect

import kltext
from kltext.densities import density_kl
from kltext.widgets import TwoProjections

from .hands import agree as agree_with
from .hands import (
    by_keyboard,
    copies_itself,
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

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH, FIT, MIXTURE, CONTOURS = (f"two_projections/{name}.js" for name in ("math", "fit", "mixture", "contours"))
PARTS = ("mean_1", "std_1", "mean_2", "std_2", "weight", "start_mean", "start_std")
State = dict[str, Any]
Line = list[list[float]]


def state(*values: float, landscape: str = "reverse") -> State:
    return {**dict(zip(PARTS, map(float, values), strict=True)), "landscape": landscape}


@cache
def tried() -> tuple[tuple[float, ...], ...]:
    """Mixtures and starts all over what hands can reach, and the hard ones."""
    rng = np.random.default_rng(20261121)
    drawn = [
        tuple(round(float(x), 2) for x in (rng.uniform(-6, 6), rng.uniform(0.3, 3), rng.uniform(-6, 6), rng.uniform(0.3, 3), rng.uniform(0.02, 0.98), rng.uniform(-8, 8), math.exp(rng.uniform(-1.5, 2))))
        for _ in range(40)
    ]
    hard = [
        (-6, 0.3, 6, 0.3, 0.5, 1, 8), (-6, 0.3, 6, 0.3, 0.02, -1, 0.2), (0, 0.3, 0, 3, 0.5, 8, 8), (0, 1, 0, 1, 0.3, 2, 2), (3, 1, -3, 1, 0.5, 1, 0.4),
        (-3, 0.3, 3, 2, 0.25, -2, 0.5), (-2.8, 1, 2.8, 1, 0.5, 2, 0.5), (-2.81, 1, 2.81, 1, 0.5, -2, 0.5), (-1, 1, 1, 1, 0.5, 0, 3), (-3, 1, 3, 1, 0.5, 0, 4), (-3, 1, 3, 1, 0.5, 0, 0.2),
    ]  # fmt: skip
    return (*drawn, *hard)


def exact(values: tuple[float, ...], mean: float, std: float) -> tuple[float, float]:
    """D(P‖Q) and D(Q‖P) of a normal law Q, by adaptive quadrature of thirty digits."""
    m, s, n, t, w = (mpmath.mpf(x) for x in values[:5])

    def normal(x: mpmath.mpf, mean: float, std: float) -> mpmath.mpf:
        return mpmath.exp(-(((x - mean) / std) ** 2) / 2) / (std * mpmath.sqrt(2 * mpmath.pi))

    def p(x: mpmath.mpf) -> mpmath.mpf:
        return w * normal(x, m, s) + (1 - w) * normal(x, n, t)

    def q(x: mpmath.mpf) -> mpmath.mpf:
        return normal(x, mpmath.mpf(mean), mpmath.mpf(std))

    def integral(f: Callable[[mpmath.mpf], mpmath.mpf], *laws: tuple[float, float]) -> float:
        ends = sorted({mpmath.mpf(a) + k * mpmath.mpf(b) for a, b in laws for k in range(-12, 13, 2)})
        return float(mpmath.quad(f, ends, method="gauss-legendre"))

    def there(x: mpmath.mpf) -> mpmath.mpf:
        a, b = p(x), q(x)
        return a * mpmath.log(a / b)

    def back(x: mpmath.mpf) -> mpmath.mpf:
        a, b = q(x), p(x)
        return a * mpmath.log(a / b)

    return integral(there, (m, s), (n, t)), integral(back, (mean, std), (m, s), (n, t))


def test_divergences_against_thirty_digits(javascript: Javascript) -> None:
    for values in (tried()[0], tried()[1], (-3, 0.3, 3, 2, 0.25, -2, 0.5), (0, 0.3, 0, 3, 0.5, 0, 1)):
        (shown,) = javascript([(MATH, "measure", [state(*values)])])
        with mpmath.workdps(30):
            for name, fit in (("forward", shown["forward"]), ("reverse", shown["end"])):
                there, back = exact(values, fit["mean"], fit["std"])
                assert shown["numbers"][f"{name}_pq"] == pytest.approx(there, rel=1e-12, abs=1e-14), (name, values)
                assert shown["numbers"][f"{name}_qp"] == pytest.approx(back, rel=1e-12, abs=1e-14), (name, values)


def test_numbers_and_optima_are_kltexts(javascript: Javascript) -> None:
    """The walk ends in the same minimum, and no minimum is missed on either side."""
    for values, shown in zip(tried(), javascript([(MATH, "measure", [state(*values)]) for values in tried()]), strict=True):
        widget = TwoProjections(**state(*values))
        assert shown["numbers"] == pytest.approx(widget.numbers(), rel=1e-9, abs=1e-12), values
        assert len(shown["optima"]) == len(widget.optima), values
        for found, fit in zip(shown["optima"], widget.optima, strict=True):
            assert found["value"] == pytest.approx(fit.value, rel=1e-10, abs=1e-12)
            assert (found["mean"], found["std"]) == pytest.approx((fit.mean, fit.std), rel=1e-6, abs=1e-6)
        assert (shown["forward"]["mean"], shown["forward"]["std"]) == pytest.approx((widget.forward.mean, widget.forward.std), rel=1e-12, abs=1e-12)


def test_the_walk_leads_downhill_from_the_start_to_a_minimum(javascript: Javascript) -> None:
    for values, shown in zip(tried(), javascript([(MATH, "measure", [state(*values)]) for values in tried()]), strict=True):
        path = shown["path"]
        assert (path[0]["mean"], path[0]["std"]) == values[5:]
        heights = [point["value"] for point in path]
        assert all(after <= before + 1e-7 * (1 + before) for before, after in zip(heights, heights[1:], strict=False)), values
        assert any(abs(shown["end"]["value"] - fit["value"]) < 1e-12 * (1 + fit["value"]) for fit in shown["optima"]), values
        for before, after in zip(path[:-2], path[1:-1], strict=True):
            assert abs(math.log(after["std"] / before["std"])) < 0.21  # 0.15, or 0.2 from a saddle


def test_on_the_other_landscape_every_walk_leads_downhill_to_the_forward_fit(javascript: Javascript) -> None:
    for values, shown in zip(tried(), javascript([(MATH, "measure", [state(*values, landscape="forward")]) for values in tried()]), strict=True):
        forward, path = shown["forward"], shown["down"]
        assert (path[0]["mean"], path[0]["std"]) == values[5:] and path[-1] == forward and len(path) < 300
        assert (path[-2]["mean"], path[-2]["std"]) == pytest.approx((forward["mean"], forward["std"]), abs=2e-5 * forward["std"])
        assert all(after["value"] <= before["value"] * (1 + 1e-12) for before, after in pairwise(path)), values
        for before, after in pairwise(path):
            assert abs(math.log(after["std"] / before["std"])) < 0.151 and abs(after["mean"] - before["mean"]) < 0.151 * before["std"]
        for point in path[:: len(path) // 4]:
            law, mixture = kltext.GaussianMixture([1.0], [point["mean"]], stds=point["std"]), TwoProjections(**state(*values)).target
            assert point["value"] == pytest.approx(density_kl(mixture.log_density, law.log_density, points=mixture.means).value, rel=1e-8)


def test_slopes_and_curvature_are_those_of_the_value(javascript: Javascript) -> None:
    h = 1e-4
    law = javascript([(MIXTURE, "mixture", [[0.3, 0.7], [-1.0, 2.0], [0.5, 1.5]])])[0]
    mean, std = 0.7, 1.3

    def moved(a: float, b: float) -> tuple[str, str, list[Any]]:
        return (FIT, "evaluate", [law, mean + std * a, std * math.exp(b)])

    here, right, left, up, down = javascript([moved(0, 0), moved(h, 0), moved(-h, 0), moved(0, h), moved(0, -h)])
    assert here["a"] == pytest.approx((right["value"] - left["value"]) / (2 * h), rel=1e-6)
    assert here["b"] == pytest.approx((up["value"] - down["value"]) / (2 * h), rel=1e-6)
    assert here["aa"] == pytest.approx((right["value"] - 2 * here["value"] + left["value"]) / h**2, rel=1e-5)
    assert here["bb"] == pytest.approx((up["b"] - down["b"]) / (2 * h), rel=1e-6)
    corners = javascript([moved(h, h), moved(-h, -h), moved(h, -h), moved(-h, h)])
    cross = (corners[0]["value"] + corners[1]["value"] - corners[2]["value"] - corners[3]["value"]) / (4 * h**2)
    assert here["ab"] == pytest.approx(cross, rel=1e-5)


def test_the_jump_is_where_the_library_finds_it(javascript: Javascript) -> None:
    (families,) = javascript([(FIT, "branches", [])])
    assert families["jump"] == pytest.approx(2.8000822, abs=1e-7)
    for m, jumped in ((families["jump"] - 1e-5, False), (families["jump"] + 1e-5, True)):
        best = kltext.i_projection(kltext.GaussianMixture([0.5, 0.5], [-m, m], stds=1.0))[0]
        assert (abs(best.mean) > 1) == jumped
    for branch in ("middle", "side"):
        for point in families[branch][::9]:
            optima = kltext.i_projection(kltext.GaussianMixture([0.5, 0.5], [-point["m"], point["m"]], stds=1.0))
            assert any(abs(abs(fit.mean) - point["mean"]) < 1e-4 and abs(fit.value - point["value"]) < 1e-9 for fit in optima), point
    below = kltext.i_projection(kltext.GaussianMixture([0.5, 0.5], [-families["fold"] + 0.01, families["fold"] - 0.01], stds=1.0))
    assert len(below) == 1  # where a mode's branch has ended, only the middle is left


@pytest.mark.parametrize(("weights", "means", "stds"), [((0.4, 0.6), (-2, 2), (1, 0.7)), ((0.5, 0.5), (-3, 3.4), (1, 1)), ((0.25, 0.75), (-3, 3), (0.3, 2))])
def test_landscapes_are_the_objectives(javascript: Javascript, weights: tuple[float, ...], means: tuple[float, ...], stds: tuple[float, ...]) -> None:
    (law,) = javascript([(MIXTURE, "mixture", [weights, means, stds])])
    mixture = kltext.GaussianMixture(weights, means, stds=stds)
    (nearest,) = javascript([(MIXTURE, "nearest", [law])])
    across, up, size = [-4.0, 4.0], [math.log(0.2), math.log(6.0)], [16, 8]
    reverse, forward = javascript([(CONTOURS, "reverse", [law, across, up, *size]), (CONTOURS, "forward", [nearest, across, up, *size])])
    assert len(reverse) == len(forward) == 9 and len(reverse[0]) == len(forward[0]) == 17
    for i, j in ((0, 0), (9, 3), (12, 2), (16, 8), (3, 5), (8, 6), (5, 7)):
        mean, std = -4 + i / 2, math.exp(up[0] + (up[1] - up[0]) * j / 8)
        normal = kltext.GaussianMixture([1.0], [mean], stds=std)
        points = [*means, mean]
        assert reverse[j][str(i)] == pytest.approx(density_kl(normal.log_density, mixture.log_density, points=points).value, abs=0.003)
        assert forward[j][str(i)] == pytest.approx(density_kl(mixture.log_density, normal.log_density, points=points).value, rel=1e-9)


def test_contours_lie_on_their_height(javascript: Javascript) -> None:
    """Of a cone they are circles, closed or cut off by the corners; of a saddle every low corner is cut off."""
    cone = [[math.hypot(i - 10, j - 10) for i in range(21)] for j in range(21)]
    saddle = [[0.0, 1.0], [1.0, 0.0]]
    (circle,), one, other, none, corners = javascript([("shared/contour.js", "contour", [cone, 6.5]), ("shared/contour.js", "contour", [saddle, 0.4]), ("shared/contour.js", "contour", [saddle[::-1], 0.6]), ("shared/contour.js", "contour", [cone, 99]), ("shared/contour.js", "contour", [cone, 12])])

    def length(line: Line) -> float:
        return sum(starmap(math.dist, pairwise(line)))

    assert none == [] and sorted(map(sorted, one)) == [[[0, 0.4], [0.4, 0]], [[0.6, 1], [1, 0.6]]]
    assert sorted(map(sorted, other)) == [[[0, 0.4], [0.6, 1]], [[0.4, 0], [1, 0.6]]]
    assert circle[0] == circle[-1] and length(circle) == pytest.approx(2 * math.pi * 6.5, rel=0.01)
    assert [math.hypot(x - 10, y - 10) for x, y in circle] == pytest.approx([6.5] * len(circle), abs=0.02)
    assert len(corners) == 4 and all({0, 20} & {*end} for line in corners for end in (line[0], line[-1]))
    assert sum(map(length, corners)) == pytest.approx(4 * 12 * (math.pi / 2 - 2 * math.acos(10 / 12)), rel=0.02)


def test_minima_do_not_depend_on_what_was_known(javascript: Javascript) -> None:
    """The minima of another mixture as starts change nothing."""
    before = javascript([(FIT, "minima", [law]) for law in laws(javascript)])
    after = javascript([(FIT, "minima", [law, near]) for law, near in zip(laws(javascript), [*before[1:], before[0]], strict=True)])
    for one, other in zip(before, after, strict=True):
        assert len(one) == len(other)
        for fit, again in zip(one, other, strict=True):
            assert again == pytest.approx(fit, rel=1e-8, abs=1e-8)


def laws(javascript: Javascript) -> list[Any]:
    return javascript([(MIXTURE, "mixture", [[w, 1 - w], [m, n], [s, t]]) for m, s, n, t, w, *_ in tried()])


@pytest.mark.parametrize("broken", [{"std_1": 0}, {"std_2": -1}, {"start_std": 0}, {"weight": 0}, {"weight": 1}, {"mean_1": "NaN"}, {"start_mean": "Infinity"}])
def test_senseless_states_are_refused(javascript: Javascript, broken: State) -> None:
    assert javascript([(MATH, "sane", [{**state(*tried()[0]), **broken}])]) == [None]


def test_every_preset_is_sane(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, made in zip(presets, javascript([(MATH, "sane", [preset]) for preset in presets]), strict=True):
        assert made == {**{name: preset[name] for name in PARTS}, "landscape": "reverse"}
        TwoProjections(**made)


def test_separation_moves_both_modes_about_their_middle(javascript: Javascript) -> None:
    left, right = javascript([(MATH, "separated", [state(-1, 1, 2, 1, 0.5, 0, 1), 5]), (MATH, "separated", [state(2, 1, -1, 1, 0.5, 0, 1), 5])])
    assert left == {"mean_1": -2, "mean_2": 3} and right == {"mean_1": 3, "mean_2": -2}


@pytest.mark.parametrize("values", [(-3, 1, 3, 1, 0.5, 1, 0.4), (-3, 0.3, 3, 2, 0.25, -2, 0.5), (0, 1, 0, 1, 0.3, 2, 2)])
def test_copied_code_prints_the_numbers(javascript: Javascript, values: tuple[float, ...], prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [state(*values)])])
    said = prints(code)
    printed = [float(x) for x in re.findall(r"= (\S+)", said)]
    assert printed == pytest.approx(list(TwoProjections(**state(*values)).numbers().values()), abs=6e-5)


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"std_1": 0}, "std_1 must be positive, got 0.0"),
        ({"start_std": -1}, "start_std must be positive, got -1.0"),
        ({"weight": 1}, "weight must lie between 0 and 1, got 1.0"),
        ({"weight": "half"}, "weight must be a number, got 'half'"),
        ({"mean_2": math.inf}, "mean_2 must be finite, got inf"),
        ({"landscape": "both"}, "landscape"),
    ],
)
def test_python_says_what_is_wrong(arguments: State, message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        TwoProjections(**arguments)


def test_what_the_page_sends_arrives() -> None:
    widget = TwoProjections()
    assert widget.reverse.mean > 2
    widget.set_state({"start_mean": -1.0})
    assert widget.reverse.mean < -2 and widget.numbers()["reverse_qp"] == pytest.approx(0.688768995854965)
    widget.set_state({"start_std": 4.0})
    assert widget.reverse.std == pytest.approx(2.743769309) and widget.reverse.value > widget.optima[0].value


@pytest.mark.parametrize("values", [(-3, 1, 3, 1, 0.5, 1, 0.4), (0, 0.3, 0, 3, 0.5, 8, 8)])
def test_fallback_has_the_numbers(values: tuple[float, ...]) -> None:
    widget = TwoProjections(**state(*values))
    drawing = widget._fallback()
    assert drawing.startswith("<svg") and widget._laws() in drawing and widget._in_words() in drawing
    assert widget._in_words() in repr(widget)


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("projections"), TwoProjections())


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address, width=900, height=1300) as page:
        yield page


def agree(page: Page) -> TwoProjections:
    found: TwoProjections = agree_with(page, TwoProjections, **dict.fromkeys(PARTS, float))
    return found


HANDLES = ["mean_1", "std_1", "mean_2", "std_2", "start_mean", "start_std"]


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, HANDLES):
        text = by_keyboard(page, name)
        assert "D(Q‖P)" in text and "reverse fit at" in text
        agree(page)


@pytest.mark.parametrize(("name", "dx", "dy"), [("mean_1", 24, 0), ("std_1", -15, 0), ("mean_2", 24, 0), ("std_2", 15, 0), ("start_mean", 40, -30), ("start_std", 0, -30)])
def test_handles_by_pointer(page: Page, name: str, dx: float, dy: float) -> None:
    before = agree(page)
    pull(page, name, dx, dy)
    after = agree(page)
    changed = {part for part in PARTS if getattr(after, part) != getattr(before, part)}
    assert changed == ({"start_mean", "start_std"} if name == "start_mean" else {name})
    assert all(getattr(after, part) > getattr(before, part) for part in changed)


def test_the_start_chooses_the_minimum(page: Page) -> None:
    assert agree(page).reverse.mean > 2
    expect(page.locator(".kl-sentence")).to_contain_text("one of the equally good best ones")
    expect(page.locator(".kl-optimum")).to_have_count(3)
    expect(page.locator(".kl-minimum-best")).to_have_count(2)
    pull(page, "start_mean", -90, 0)
    assert agree(page).reverse.mean < -2
    page.locator('[data-kl-handle="start_std"]').press("End")
    assert abs(agree(page).reverse.mean) < 1e-9
    expect(page.locator(".kl-sentence")).to_contain_text("0.1519 nats above the best")


def test_what_is_marked_are_all_optima_at_their_places(page: Page) -> None:
    widget = agree(page)
    marked = page.locator(".kl-optimum").evaluate_all("(all) => all.map((mark) => mark.dataset.klOptimum)")
    assert marked == [f"{fit.value:.4f}" for fit in widget.optima]
    read = "(all) => all.map((mark) => mark.transform.baseVal[0].matrix).map(({ e, f }) => [e, f])"
    (first, second, third) = page.locator(".kl-optimum").evaluate_all(read)
    assert first[1] == pytest.approx(second[1], abs=0.2) and third[1] < first[1] - 20  # the one in the middle is wide
    assert third[0] == pytest.approx((first[0] + second[0]) / 2, abs=0.2)
    assert page.locator(".kl-reached").evaluate_all(read)[0] == pytest.approx(second, abs=0.2)


def test_separation_slides_through_the_jump(page: Page) -> None:
    expect(page.locator(".kl-jump-name")).to_contain_text("jumps")  # where, the reader finds
    expect(page.locator(".kl-branch-point")).to_have_count(1)
    slider = page.locator('[data-kl-range="separation"]')
    slider.fill("5.6")
    before = agree(page)
    assert (before.mean_1, before.mean_2) == (-2.8, 2.8) and abs(before.optima[0].mean) < 1e-6
    slider.fill("5.65")
    assert abs(agree(page).optima[0].mean) > 2.5
    page.locator('[data-kl-range="weight"]').fill("0.6")
    assert agree(page).weight == 0.6
    expect(page.locator(".kl-branch-point")).to_have_count(0)
    expect(page.locator(".kl-branch-note")).to_contain_text("not alike")


def test_both_landscapes(page: Page) -> None:
    reverse = page.locator(".kl-level").evaluate_all("(all) => all.map((level) => level.getAttribute('d'))")
    page.locator('[data-kl-choice="landscape:forward"]').check(force=True)
    assert agree(page).landscape == "forward"
    expect(page.locator(".kl-title").nth(1)).to_contain_text("D(P‖Q)")
    forward = page.locator(".kl-level").evaluate_all("(all) => all.map((level) => level.getAttribute('d'))")
    assert all(one != other for one, other in zip(reverse, forward, strict=True) if one or other)


def test_each_landscape_marks_its_own_minima(page: Page) -> None:
    """The fit of the other direction stands on it too, told apart by its mark and its name."""
    read = "(all) => all.map((mark) => mark.transform.baseVal[0].matrix).map(({ e, f }) => [e, f])"

    def place(mark: str) -> Any:
        return pytest.approx(page.locator(mark).evaluate_all(read)[0], abs=0.2)

    reverse, forward = page.locator(".kl-reached").evaluate_all(read)[0], page.locator(".kl-other-mark").evaluate_all(read)[0]
    expect(page.locator(".kl-mark-name").last).to_have_text("forward")
    page.locator('[data-kl-choice="landscape:forward"]').check(force=True)
    widget = agree(page)
    expect(page.locator(".kl-optimum")).to_have_count(1)
    expect(page.locator(".kl-minimum-best")).to_have_attribute("data-kl-optimum", f"{widget.forward.value:.4f}")
    assert forward == place(".kl-optimum") and forward == place(".kl-reached") and reverse == place(".kl-other-mark")
    assert page.locator(".kl-mark-name").all_text_contents() == [f"{widget.forward.value:.4f}", "reverse"]
    expect(page.locator(".kl-sentence")).to_contain_text("D(P‖Q) has one local minimum, 0.4620 nats")
    page.locator('[data-kl-choice="landscape:reverse"]').check(force=True)
    expect(page.locator(".kl-optimum")).to_have_count(3)


def test_rounding_is_not_spoken(page: Page) -> None:
    """The fit of a mixture about 0 has the mean 0, and not 1e-16."""
    page.locator("select").select_option("7")
    agree(page)
    assert "reverse fit at 0," in str(page.locator('[data-kl-handle="start_mean"]').get_attribute("aria-valuetext"))


def test_type_presets_and_reset(page: Page) -> None:
    start = agree(page).state()
    for field, text, sentence, taken in (
        ("mean_1", "abc", "nothing was changed", None),
        ("mean_2", "9", "means from −6 to 6; 9 was read as 6", "6"),
        ("std_1", "-1", "A spread is greater than 0", None),
        ("weight", "1/4", "", "0.25"),
        ("separation", "4", "", "4"),
        ("start_std", "100", "100 was read as 8. Use i_projection for others.", "8"),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    assert len({(sentence, agree(page).mean_1) for sentence in examples(page)}) == 8
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == start


def test_copies(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("select").select_option("5")
    copies_itself(page, agree, capsys)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="mean_2"]')
        was = str(handle.get_attribute("aria-valuenow"))
        swipe(page, "mean_2", -30)
        expect(handle).not_to_have_attribute("aria-valuenow", was)
        fits_a_small_phone(page)
        page.locator("select").select_option("5")
        fits_a_small_phone(page)


@pytest.mark.parametrize("dy", [-60, 60])
@pytest.mark.parametrize("name", ["start_mean", "start_std"])
def test_a_finger_moves_the_start_up_and_down_and_not_the_page(browser: Browser, address: str, name: str, dy: float) -> None:
    with opened(browser, address, width=390, height=700, touch=True) as page:
        field, before = page.locator('[data-kl-input="start_std"]'), agree(page)
        page.locator(f'[data-kl-handle="{name}"]').evaluate("(handle) => handle.scrollIntoView({ block: 'center' })")
        scrolled = page.evaluate("scrollY")
        swipe(page, name, 0, dy)
        expect(field).not_to_have_value(f"{before.start_std:g}")
        factor = agree(page).start_std / before.start_std
        assert (factor > 2 if dy < 0 else factor <= 0.5) and page.evaluate("scrollY") == scrolled > 0


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
