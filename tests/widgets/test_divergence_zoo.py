"""The divergence zoo: its mathematics against fifty digits and against kltext, and the living widget under the hand."""

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
from kltext.generators import NAMES, FGenerator, generator
from kltext.inequalities import js_sandwich
from kltext.widgets import DivergenceZoo
from kltext.widgets.divergence_zoo import INFORMATION, NUMBERS
from kltext.widgets.divergence_zoo.drawn import KNOTS, broken_line, drawn_generator

from .hands import (
    TOLD,
    as_in_the_book,
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
from .hands import agree as agree_with

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH, DRAWN, REGIONS = "divergence_zoo/math.js", "divergence_zoo/drawn.js", "divergence_zoo/regions.js"
SHARED = "shared/divergence.js"
ORDERS = [-3.0, -1.0, -1e-6, 0.0, 1e-9, 0.3, 0.5, 0.999999, 1.0, 1.000001, 2.0, 4.5, 10.0]
HEIGHTS = [
    (1.0, 0.3, 0.1, 0.8, 2.0), (0.6, 0.0, 0.0, 0.9, 2.4), (0.8, 0.9, -0.2, 1.4, 1.6), (-1.0, 3.0, -1.0, 3.0, -1.0), (3.0, -1.0, 3.0, -1.0, 3.0),
    (0.0, 0.0, 0.0, 0.0, 0.0), (-0.5, 0.2, 0.7, 1.1, 3.0), (2.0, 1.9, -0.4, -0.9, -1.0),
]
Law = list[float]


def laws() -> list[tuple[Law, Law]]:
    """Far apart, close, nearly equal, equal, tiny, and with outcomes that one law or both rule out."""
    rng = np.random.default_rng(20261122)
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
    found += [([0.5, 0.5, 0], [0.25, 0.75, 0]), ([1e-200, 1.0], [0.5, 0.5]), ([0.5, 0.5], [1e-200, 1.0]), ([1.0, 0.0], [1.0, 0.0]), ([0.5, 0.5 - 1e-9, 1e-9], [0.5, 0.5, 0])]
    return [(list(map(float, p)), list(map(float, q))) for p, q in found]


LAWS = laws()


def state(p: Law, q: Law, **more: Any) -> dict[str, Any]:
    usual = {"generator": "kl", "alpha": 0.5, "drawn": list(HEIGHTS[0]), "guess": [1.0] * len(p), "level": False, "region": "kl", "unit": "nats"}
    return {"p": p, "q": q, **usual, **more}


def close(found: float, wanted: float, size: float = 1e-15) -> bool:
    return found == wanted or abs(found - wanted) <= 1e-12 * abs(wanted) + size


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    rng = np.random.default_rng(5)
    asked = []
    for k, (p, q) in enumerate(LAWS):
        for j, name in enumerate(NUMBERS):
            guess = [float(t) for t in np.exp(rng.normal(size=len(p)))]
            more = {"alpha": ORDERS[(k + j) % len(ORDERS)], "drawn": list(HEIGHTS[(k + j) % len(HEIGHTS)]), "unit": ("nats", "bits")[(k + j) % 2]}
            asked.append(state(p, q, generator=name, guess=guess, **more))
    for given, shown in zip(asked, javascript([(MATH, "numbersOf", [given]) for given in asked]), strict=True):
        wanted = DivergenceZoo(**given).numbers()
        assert list(shown) == list(wanted)
        for name, value in wanted.items():
            # A broken line is taken at the rounded ratio, and a bound is a difference of sums.
            size = 1e-15 if name not in ("drawn", "bound") else 1e-13 * max(1.0, *given["guess"]) ** max(1.0, abs(given["alpha"]))
            assert close(shown[name], value, size), (given, name, shown[name], value)


def exact_alpha(p: Law, q: Law, order: float) -> Any:
    """Σ q·f(p/q) from the definition, with f levelled at 1, which changes nothing for two laws but here keeps rounding out."""
    total, a = mpmath.mpf(0), mpmath.mpf(order)
    for x, y in zip(map(mpmath.mpf, p), map(mpmath.mpf, q), strict=True):
        if x == y:
            continue
        if x == 0 and order <= 0:
            return mpmath.inf
        if y == 0 and order >= 1:
            return mpmath.inf
        if order == 1:
            total += (x * mpmath.log(x / y) if x else 0) - x + y
        elif order == 0:
            total += (y * mpmath.log(y / x) if y else 0) - y + x
        else:
            power = x**a * y ** (1 - a) if x and y else mpmath.mpf(0)
            total += (power - y - a * (x - y)) / (a * (a - 1))
    return total


def test_every_order_of_the_alpha_divergence_equals_fifty_digits(javascript: Javascript) -> None:
    asked = [(p, q, order) for p, q in LAWS for order in ORDERS]
    terms = javascript([(SHARED, "alphaExcess", [x, y, order]) for p, q, order in asked for x, y in zip(p, q, strict=True)])
    with mpmath.workdps(420):  # 1e-200 to the power 10 beside 1
        for p, q, order in asked:
            value = sum(terms[: len(p)])
            terms = terms[len(p) :]
            wanted = exact_alpha(p, q, order)
            if wanted < mpmath.mpf("1e300"):
                assert abs(value - wanted) <= 2e-13 * wanted, (p, q, order, value, wanted)
            else:
                assert value > 1e299


@pytest.mark.parametrize("heights", HEIGHTS)
def test_what_is_drawn_becomes_convex(javascript: Javascript, heights: tuple[float, ...]) -> None:
    corners, values = broken_line(heights)
    (line,), (moved,) = (javascript([(DRAWN, name, [list(heights)])]) for name in ("convex", "corrections"))
    assert line["corners"] == list(corners) and line["values"] == pytest.approx(list(values), rel=1e-13, abs=1e-15)
    slopes = np.diff(values) / np.diff(corners)
    assert (np.diff(slopes) > 0).all() and line["slopes"] == pytest.approx(list(slopes), rel=1e-12, abs=1e-15)
    f = drawn_generator(heights)
    assert f.f(np.array([1.0]))[0] == pytest.approx(0, abs=1e-15)
    # It is the highest: without the raise nowhere above what was drawn, and each corner is one of the heights.
    drawn = dict(zip((*KNOTS, 1.0), (*heights, 0.0), strict=True))
    raised = line["raised"]
    assert raised >= 0 and all(f.f(np.array([t]))[0] - raised <= h + 1e-12 for t, h in drawn.items())
    assert all(value - raised == pytest.approx(drawn[t], abs=1e-12) for t, value in zip(corners, values, strict=True))
    at = np.array(KNOTS)
    wrong = [t for t, h, height in zip(KNOTS, heights, f.f(at), strict=True) if abs(h - height) > 1e-9]
    assert [point["t"] for point in moved] == wrong
    asked = [0.0, 0.2, 0.5, 0.8, 1.0, 1.5, 3.3, 4.0, 11.0]
    found = [javascript([(DRAWN, name, [line, t]) for t in asked]) for name in ("height", "slope")]
    assert found[0] == pytest.approx(list(f.f(np.array(asked))), rel=1e-12, abs=1e-14)
    assert f.derivative is not None
    assert found[1] == pytest.approx(list(f.derivative(np.array(asked))), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("heights", HEIGHTS)
def test_the_conjugate_of_what_is_drawn(heights: tuple[float, ...]) -> None:
    f = drawn_generator(heights)
    assert f.conjugate is not None
    grid = np.linspace(0, 60, 60_001)
    for y in np.linspace(-4, f.slope, 7):
        assert f.conjugate(np.array([y]))[0] == pytest.approx(np.max(grid * y - f.f(grid)), abs=1e-9)
    assert f.conjugate(np.array([f.slope + 1e-6]))[0] == math.inf


def test_contributions_add_up_and_the_tangents_stay_below(javascript: Javascript) -> None:
    rng = np.random.default_rng(7)
    asked = []
    for p, q in LAWS:
        for name in NUMBERS:
            for level in (False, True):
                asked.append(state(p, q, generator=name, level=level, guess=[float(t) for t in np.exp(rng.normal(size=len(p)))]))
    for given, shown in zip(asked, javascript([(MATH, "measure", [given]) for given in asked]), strict=True):
        parts, proven, value = shown["contributions"], shown["proven"], shown["value"]
        if math.isfinite(value):
            assert sum(parts) == pytest.approx(value, rel=1e-9, abs=2e-15) and value >= -1e-15
        else:
            assert math.inf in parts
        assert sum(proven) == pytest.approx(shown["numbers"]["bound"], rel=1e-9, abs=1e-13)
        assert all(low <= part + 1e-13 * max(1, abs(low)) for low, part in zip(proven, parts, strict=True)), given
        if given["level"]:
            assert min(parts) >= -1e-15
        f = drawn_generator(given["drawn"]) if given["generator"] == "drawn" else DivergenceZoo(**given).f
        for p, q, part in zip(given["p"], given["q"], parts, strict=True):  # q·f(p/q) as it is written
            if p > 1e-12 and q > 1e-12 and not given["level"] and abs(p - q) > 1e-3 * q:
                assert part == pytest.approx(q * float(f.f(np.array([p / q]))[0]), rel=1e-9, abs=1e-14)


def test_the_bound_is_that_of_the_library(javascript: Javascript) -> None:
    rng = np.random.default_rng(11)
    for name in sorted({*NUMBERS} - {"drawn"}):
        for p, q in LAWS[:12]:
            zoo = DivergenceZoo(p, q, generator=name, alpha=-0.7, guess=np.exp(rng.normal(size=len(p))))
            assert zoo.f.derivative is not None
            bound = kltext.f_gan_bound(zoo.f.derivative(np.array(zoo.guess)), p, q, zoo.f)
            assert zoo.bound == pytest.approx(bound, rel=1e-9, abs=1e-12) and zoo.bound <= zoo.value + 1e-12


def test_limits_and_units_are_those_of_the_library(javascript: Javascript) -> None:
    for order in (-1.0, 0.0, 0.5, 1.0, 2.0):
        zoo = DivergenceZoo(alpha=order, drawn=HEIGHTS[2])
        asked = {"alpha": order, "drawn": list(HEIGHTS[2])}
        for name, f in zip(NUMBERS, javascript([("divergence_zoo/generators.js", "generator", [name, asked]) for name in NUMBERS]), strict=True):
            wanted = zoo.generator_named(name)
            assert (f["zero"], f["far"]) == pytest.approx((wanted.at_zero, wanted.slope), rel=1e-13), name
            assert f.get("informs", False) == (name in INFORMATION)


def test_best_tangents_prove_everything(javascript: Javascript) -> None:
    within = [(p, q) for p, q in LAWS if all(0.001 <= x / y <= 1000 if x and y else False for x, y in zip(p, q, strict=True))]
    assert len(within) > 12
    for p, q in within:
        kinks = all(x == y or abs(x - y) > 1e-4 * y for x, y in zip(p, q, strict=True))  # ratios in six digits are not on a kink
        for name in {*NUMBERS} - (set() if kinks else {"drawn", "total-variation"}):
            given = state(p, q, generator=name)
            (guess,) = javascript([(MATH, "best", [given])])
            zoo = DivergenceZoo(**{**given, "guess": guess})
            assert zoo.bound == pytest.approx(zoo.value, rel=1e-6, abs=1e-10)
    (ends,) = javascript([(MATH, "best", [state([0.5, 0.5, 0.0, 0.0], [0.0, 0.25, 0.75, 0.0], guess=[1.0, 1.0, 1.0, 3.0])])])
    assert ends == [1000, 2, 0.001, 3]


def test_swapping_twice_changes_nothing(javascript: Javascript) -> None:
    given = state([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], guess=[3.0, 1.0, 0.25])
    (once,) = javascript([(MATH, "swapped", [given])])
    assert once == {"p": given["q"], "q": given["p"], "guess": [0.333333, 1, 4]}


def two_outcomes() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    grid = np.linspace(0, 1, 401)
    a, b = (x.ravel() for x in np.meshgrid(grid, grid))
    return np.stack([a, 1 - a], -1), np.stack([b, 1 - b], -1)


def test_the_regions_are_what_pairs_reach(javascript: Javascript) -> None:
    """Every binary pair lies inside, the edge is reached; three outcomes reach the rest and nothing leaves it."""
    (regions,) = javascript([(REGIONS, "REGIONS", [])])
    p, q = two_outcomes()
    rng = np.random.default_rng(3)
    more = rng.dirichlet(np.full(4, 0.4), (2, 4000))
    for name, region in regions.items():
        divergence = {"kl": kltext.kl_divergence, "js": kltext.js_divergence, "hellinger": lambda p, q: kltext.hellinger(p, q) ** 2}[name]
        v, values = kltext.total_variation(p, q), divergence(p, q)
        least = np.array(region["least"])
        lowest = np.interp(v, least[:, 0], least[:, 1])
        drawn = v < 0.97
        assert (values >= lowest - 5e-3)[drawn].all(), name  # the edge has corners, its chords run just above the curve
        for x, y in least[(least[:, 0] < 0.99) & (least[:, 0] > 0.02)][::7]:
            near = np.abs(v - x) < 3e-3
            assert values[near].min() == pytest.approx(y, abs=0.03 * (1 + y)), (name, x)
        if name == "kl":
            assert "most" not in region
            continue
        most = np.array(region["most"])
        assert (values <= np.interp(v, most[:, 0], most[:, 1]) + 3e-3).all()
        ends = kltext.total_variation([0.3, 0.7], [0, 1]), divergence([0.3, 0.7], [0, 1])
        assert np.interp(ends[0], most[:, 0], most[:, 1]) == pytest.approx(ends[1], abs=1e-3)
        widest = np.array(region["widest"])
        assert (divergence(*more) <= np.interp(kltext.total_variation(*more), widest[:, 0], widest[:, 1]) + 1e-9).all()
        three = [0.4, 0, 0.6], [0, 0.4, 0.6]
        assert divergence(*three) == pytest.approx(np.interp(0.4, widest[:, 0], widest[:, 1]))


def test_the_lines_are_the_inequalities_of_the_library(javascript: Javascript) -> None:
    """What the page's sentence says at the pair's total variation: never on the wrong side, and what kltext says."""
    source = (Path(kltext.__file__).parent / "widgets" / REGIONS).read_text("utf-8")
    assert "2 * v * v, -Math.log(1 - v * v)" in source and "1 - Math.sqrt(1 - v * v), v]" in source and "[alike(v), v * Math.LN2]" in source
    rng = np.random.default_rng(13)
    for p, q in rng.dirichlet(np.ones(3), (40, 2)):
        v = kltext.total_variation(p, q)
        assert max(2 * v * v, -math.log(1 - v * v)) <= kltext.kl_divergence(p, q)
        assert 1 - math.sqrt(1 - v * v) <= kltext.hellinger(p, q) ** 2 <= v
        low, middle, high = js_sandwich(p, q)
        assert low <= middle <= high and high == pytest.approx(v * math.log(2))


@pytest.mark.parametrize(
    "broken",
    [
        {"p": [0.5, 0.6]}, {"p": [0.2, 0.3, 0.5]}, {"p": [1 / 7] * 7, "q": [1 / 7] * 7, "guess": [1] * 7}, {"generator": "gan"}, {"generator": "toString"},
        {"alpha": 11}, {"alpha": "NaN"}, {"alpha": None}, {"drawn": [0, 0, 0, 0]}, {"drawn": [0, 0, 0, 0, 4]}, {"guess": [1]}, {"guess": [0, 1]}, {"guess": None}, {"p": [1.0], "q": [1.0]},
    ],
)  # fmt: skip
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{**state([0.5, 0.5], [0.4, 0.6]), **broken}])]) == [None]


def test_presets_are_sane_and_show_what_they_say(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, whole in zip(presets, javascript([(MATH, "sane", [preset]) for preset in presets]), strict=True):
        assert {**preset, "unit": "nats"} == {"name": preset["name"], **whole}
    zoos = [DivergenceZoo(**{name: value for name, value in preset.items() if name != "name"}) for preset in presets]
    assert zoos[1].bound == pytest.approx(zoos[1].value, rel=1e-12)
    assert zoos[2].numbers()["kl_pq"] == zoos[3].numbers()["kl_qp"] == math.inf > zoos[2].numbers()["kl_qp"]
    assert zoos[4].numbers()["tv"] == zoos[4].numbers()["squared_hellinger"] == 1 and zoos[4].value == pytest.approx(math.log(2))
    assert zoos[5].value == zoos[5].numbers()["tv"] == 0.5
    assert zoos[6].numbers()["kl_pq"] < 0.04 and zoos[6].value > 0.9
    numbers = zoos[7].numbers()
    assert all(numbers[name] == pytest.approx(curvature / 2 * numbers["chi2"], rel=0.05) for name, curvature in (("kl_pq", 1), ("jeffreys", 2), ("js", 0.25), ("squared_hellinger", 0.25)))
    assert zoos[8].value == 0 < zoos[8].numbers()["tv"]
    assert len(broken_line(zoos[9].drawn)[0]) < 6


@pytest.mark.parametrize(("name", "unit"), [("kl", "bits"), ("total-variation", "nats"), ("jeffreys", "nats"), ("alpha", "bits"), ("drawn", "bits")])
def test_copied_code_prints_the_numbers(javascript: Javascript, name: str, unit: str, prints: Prints) -> None:
    given = state([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], generator=name, unit=unit, guess=[2.5, 1.0, 0.5], drawn=list(HEIGHTS[2]), labels=["a", "b", "c"])
    (code,) = javascript([(MATH, "python", [given])])
    said = prints(code)
    printed = [float(x) for x in re.findall(r"= (\S+)", said)]
    assert printed == pytest.approx(list(DivergenceZoo(**given).numbers().values()), abs=6e-5)


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6], "q": [0.5, 0.5]}, "p must sum to 1, got 1.1"),
        ({"p": [1 / 7] * 7, "q": [1 / 7] * 7}, "p must have 2 to 6 outcomes, got 7"),
        ({"p": [0.5, 0.5]}, "outcomes, but"),
        ({"labels": ["one"]}, "outcomes, but"),
        ({"guess": [1, 1]}, "but guess has 2"),
        ({"guess": [1, 1, 0]}, "guess must lie between 0.001 and 1000, got 0.0"),
        ({"guess": 2}, "guess must be a sequence, got 2"),
        ({"alpha": -11}, "alpha must lie between -10 and 10, got -11.0"),
        ({"alpha": math.nan}, "alpha must be finite, got nan"),
        ({"alpha": "two"}, "alpha must be a number, got 'two'"),
        ({"drawn": [0, 0, 0, 0]}, "drawn must have 5 heights, got 4"),
        ({"drawn": [0, 0, 0, 0, 9]}, "drawn must lie between -1 and 3, got 9.0"),
        ({"generator": "gan"}, "generator"),
        ({"region": "chi2"}, "region"),
        ({"level": "yes"}, "level"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        DivergenceZoo(**arguments)


def test_every_generator_of_the_library_is_there() -> None:
    assert {*NUMBERS} == {*NAMES, "drawn"} - {"gan"}  # which is twice JS, up to a tilt
    zoo = DivergenceZoo(alpha=1.5)
    for name in NUMBERS:
        zoo.generator = name
        assert isinstance(zoo.f, FGenerator)
        assert zoo.value == pytest.approx(kltext.f_divergence(zoo.p, zoo.q, zoo.f), rel=1e-13)
    assert zoo.generator_named("alpha").f(2.0) == generator("alpha", alpha=1.5).f(2.0)


def test_traits_go_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    zoo = DivergenceZoo([0.5, 0.5], [0.9, 0.1])
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(DivergenceZoo, "_send", lambda self, message, buffers=None: sent.append(message.get("state", {})))
    zoo.generator = "chi2"
    assert zoo.value == pytest.approx(0.16 / 0.9 + 0.16 / 0.1) and sent[-1] == {"generator": "chi2"}
    zoo.set(p=[0.2, 0.3, 0.5], q=[0.2, 0.3, 0.5])
    assert zoo.labels == ("A", "B", "C") and zoo.guess == (1.0, 1.0, 1.0) and zoo.value == 0
    zoo.set_state({"p": [0.6, 0.3, 0.1], "guess": [3, 1, 0.2], "unit": "bits", "generator": "kl"})
    assert zoo.kl_pq == zoo.value == pytest.approx(kltext.kl_divergence([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], base=2))
    assert zoo.bound == pytest.approx(zoo.value, rel=1e-12)
    with pytest.raises(traitlets.TraitError):
        zoo.guess = 1, 1
    assert zoo.guess == (3.0, 1.0, 0.2)


ZOOS = [
    *(DivergenceZoo(generator=name, level=name == "kl") for name in NUMBERS),
    DivergenceZoo([0.7, 0.3], [1, 0], region="hellinger"),
    DivergenceZoo([1, 0], [0, 1], generator="reverse-kl", region="js", unit="bits"),
    DivergenceZoo([0.5, 0.5, 0], [0.5, 0.5, 0], generator="jeffreys"),
    DivergenceZoo([0.001, 0.999], [0.999, 0.001], unit="bits"),
]


@pytest.mark.parametrize("zoo", ZOOS, ids=lambda zoo: f"{zoo.generator} {zoo.region} {zoo.p}")
def test_fallback_has_the_numbers(zoo: DivergenceZoo) -> None:
    drawing = zoo._fallback()
    assert drawing.startswith("<svg") and all(said in drawing for said in (zoo._laws(), zoo._chosen(), zoo._in_words()))


# The living widget.

START = DivergenceZoo([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], ["sun", "cloud", "snow"])


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("zoo"), START)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


READERS: dict[str, Any] = {"p": floats, "q": floats, "labels": words, "alpha": float, "drawn": floats, "guess": floats, "level": lambda text: text == "on"}


def agree(page: Page) -> DivergenceZoo:
    found: DivergenceZoo = agree_with(page, DivergenceZoo, **READERS)
    return found


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'[data-kl-choice="{name}:{value}"]').check(force=True)
    page.evaluate(TOLD)


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["p:0", "q:2", "guess", "knot0", "knot3"]):
        if name.startswith("knot"):
            choose(page, "generator", "drawn")
        said = by_keyboard(page, name)
        assert ("drawn by hand 0." if name.startswith("knot") else "KL divergence ") in said
        assert {"p": "probability 0,", "q": "probability 0,", "g": "ratio 0.001, slope", "k": "height -1, f there"}[name[0]] in said
        agree(page)


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "guess", 70, 5)
    after = agree(page)
    assert after.guess[0] > before.guess[0] and after.guess[1:] == before.guess[1:] and after.bound > before.bound
    pull(page, "q:2", 0, -30)
    last = agree(page)
    assert last.q[2] > after.q[2] and last.p == after.p
    pull(page, "guess", -40, 0)  # of the outcome whose handle was taken
    assert agree(page).guess[2] < 1
    choose(page, "generator", "drawn")
    pull(page, "knot2", 0, -40)
    found = agree(page)
    assert found.drawn[2] > before.drawn[2] and found.drawn[3:] == before.drawn[3:]
    pull(page, "knot2", 0, 900)
    assert agree(page).drawn[2] == -1


def test_every_generator_is_chosen_among_the_numbers(page: Page) -> None:
    for name in NUMBERS:
        choose(page, "generator", name)
        found = agree(page)
        assert found.generator == name
        expect(page.locator(".kl-formula")).to_contain_text(f"Σ q·f(p/q) = {found.value:.4f}")
        assert str(page.locator('[data-kl-handle="guess"]').get_attribute("aria-valuetext")).startswith("ratio 1, slope")
    page.locator('[data-kl-choice="generator:drawn"]').press("ArrowUp")
    assert agree(page).generator == "alpha"


def test_best_tangents_close_every_gap(page: Page) -> None:
    expect(page.locator(".kl-sentence")).to_contain_text("The tangents prove 0.000, worst at “sun”: move its tangent towards t = 3.00.")
    length = "(line) => Math.abs(line.getBBox().height)"
    assert page.locator(".kl-zoo-gap").evaluate(length) > 10
    page.locator('[data-kl-action="best"]').click()
    found = agree(page)
    assert found.guess == (3.0, 1.0, 0.2) and found.bound == pytest.approx(found.value)
    expect(page.locator(".kl-sentence")).to_contain_text("Every tangent touches f at its point")
    assert page.locator(".kl-zoo-gap").evaluate(length) < 0.1
    page.locator('[data-kl-action="swap"]').click()
    assert agree(page).guess == (0.333333, 1.0, 5.0)


def test_a_level_f_has_no_losses(page: Page) -> None:
    assert str(page.locator("path.kl-loss:not(.kl-sum)").get_attribute("d")).count("V") == 6
    heights = "(path) => path.getBBox().height"
    assert page.locator("path.kl-loss:not(.kl-sum)").evaluate(heights) > 5
    before = agree(page)
    page.locator('[data-kl-action="level"]').click()
    expect(page.locator('[data-kl-action="level"]')).to_have_attribute("aria-pressed", "true")
    found = agree(page)
    assert found.level and found.numbers() == before.numbers()
    assert page.locator("path.kl-loss:not(.kl-sum)").evaluate(heights) < 0.1
    expect(page.locator(".kl-formula")).to_contain_text("f(t) = t·log t − 1.000·(t − 1)")


def test_where_it_is_infinite_the_outcome_is_named(page: Page) -> None:
    page.locator('[data-kl-handle="q:2"]').press("Home")
    assert agree(page).value == math.inf
    expect(page.locator(".kl-sentence")).to_contain_text("“snow” breaks the frame: Q rules it out, and lim f(t)/t = ∞.")
    expect(page.locator(".kl-words .kl-inside")).to_have_text("∞")
    expect(page.locator(".kl-story")).to_contain_text("adds p·lim f(t)/t = 0.10·∞ = +∞")
    choose(page, "generator", "squared-hellinger")
    assert agree(page).value < 1
    expect(page.locator(".kl-words .kl-inside")).to_have_count(0)
    choose(page, "generator", "reverse-kl")
    page.locator('[data-kl-handle="p:0"]').press("Home")
    assert agree(page).value == math.inf
    expect(page.locator(".kl-sentence")).to_contain_text("“sun” breaks the frame: P rules it out, and f(0) = ∞.")


def test_where_nothing_is_added_the_axis_is_an_ordinary_one(page: Page) -> None:
    page.locator("select").select_option("8")  # drawn flat around 1
    expect(page.locator(".kl-of-c")).to_have_text(["0.00"] * 3)
    said = "ratio 1, slope 0; tangents prove 0, drawn by hand 0"
    expect(page.locator('[data-kl-handle="guess"]')).to_have_attribute("aria-valuetext", said)


def test_what_is_drawn_is_corrected_before_the_eyes(page: Page) -> None:
    choose(page, "generator", "drawn")
    expect(page.locator(".kl-zoo-corrected")).to_have_count(0)
    page.locator('[data-kl-handle="knot1"]').press("End")
    found = agree(page)
    assert found.drawn[1] == 3 and found.f.f(np.array([0.5]))[0] == pytest.approx(0.5)
    expect(page.locator(".kl-zoo-corrected")).to_have_count(1)
    expect(page.locator(".kl-sentence")).to_contain_text("Made convex at t = 0.5; dotted: from what was drawn.")
    for knot in (0, 2):
        page.locator(f'[data-kl-handle="knot{knot}"]').press("Home")
    found = agree(page)
    assert found.f.f(np.array([1.0]))[0] == 0
    expect(page.locator(".kl-sentence")).to_contain_text("raised by 1.000 for f(1) = 0")


def test_the_pair_stands_in_its_region(page: Page) -> None:
    box = "(element) => { const { x, y, width, height } = element.getBoundingClientRect(); return [x + width / 2, y + height / 2]; }"
    for region, name in (("kl", "kl_pq"), ("hellinger", "squared_hellinger"), ("js", "js")):
        choose(page, "region", region)
        found = agree(page).numbers()
        expect(page.locator(".kl-zoo-here")).to_have_text(f"{found['tv']:.3f}, {found[name]:.3f}")
        expect(page.locator(".kl-sentence")).to_contain_text(f"At TV = {found['tv']:.3f}")
        x, y = page.locator(".kl-zoo-pair").evaluate(box)
        stack = page.evaluate("([x, y]) => document.elementsFromPoint(x, y).map((element) => element.getAttribute('class'))", [x, y])
        assert stack  # on the screen
        inside = page.evaluate(
            "([x, y]) => { const path = document.querySelector('.kl-zoo-reached'); const point = path.ownerSVGElement.createSVGPoint();"
            "point.x = x; point.y = y; return path.isPointInFill(point.matrixTransform(path.getScreenCTM().inverse())); }",
            [x, y],
        )
        assert inside, region
    page.locator("select").select_option("5")  # H² = TV
    assert agree(page).numbers()["squared_hellinger"] == 0.5


def test_type_choose_examples_and_reset(page: Page) -> None:
    for name, text, sentence, taken in (
        ("alpha", "-20", "−20 was read as −10. Use f_divergence for others.", "-10"),
        ("alpha", "x", "is not a number", None),
        ("alpha", "1/2", "", "0.5"),
        ("guess", "0", "0 was read as 0.001.", "0.001"),
        ("guess", "2.5", "", "2.5"),
        ("p", "1.5", "was read as 1", "1"),
        ("q", "0.25", "", "0.25"),
    ):
        typed(page, name, text, sentence, taken)
        agree(page)
    choose(page, "unit", "bits")
    assert agree(page).unit == "bits"
    page.locator('[data-kl-range="alpha"]').press("ArrowRight")
    assert agree(page).alpha == 0.55 and agree(page).generator == "alpha"
    page.locator('[data-kl-action="next-outcome"]').click()
    expect(page.locator(".kl-zoo-outcome")).to_have_text("cloud")
    expect(page.locator('[data-kl-handle="guess"]')).to_have_attribute("aria-label", "Where the tangent of cloud touches")
    assert len({(sentence, agree(page)._laws()) for sentence in examples(page)}) == 10
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == START.state()


def test_copied_python_and_link(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    choose(page, "unit", "bits")
    choose(page, "region", "js")
    choose(page, "generator", "drawn")
    page.locator('[data-kl-handle="knot1"]').press("End")
    page.locator('[data-kl-handle="q:1"]').press("ArrowDown")
    page.locator('[data-kl-handle="guess"]').press("PageUp")
    page.locator('[data-kl-action="level"]').click()
    copies_itself(page, agree, capsys)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        swipe(page, "guess", 40)
        assert agree(page).guess[0] > 1
        fits_a_small_phone(page)
        number = page.locator('[data-kl-number="chi2"]')
        number.scroll_into_view_if_needed()
        box = number.bounding_box()
        assert box
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # on the number itself
        assert agree(page).generator == "chi2"
        rows = page.locator(".kl-readout").evaluate_all("(all) => all.map((row) => row.getBoundingClientRect().height)")
        assert min(rows) >= 44
        for option in ("4", "8"):
            page.locator("select").select_option(option)
            fits_a_small_phone(page)


STICKS_OUT = """() => [
    ...[...document.querySelectorAll("svg text")].filter((text) => {
        const [word, frame] = [text, text.ownerSVGElement].map((part) => part.getBoundingClientRect());
        return Math.max(frame.left - word.left, word.right - frame.right, frame.top - word.top) > 1;
    }),
    ...[...document.querySelectorAll(".kl-story, .kl-result")].filter((part) => part.scrollHeight > part.clientHeight + 2),
].map((part) => part.textContent)"""


@pytest.mark.parametrize(
    "zoo",
    [
        DivergenceZoo([0.999999, 0.000001], [0.000001, 0.999999], generator="reverse-chi2", unit="bits"),
        DivergenceZoo([0.3, 0.2, 0.2, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.2, 0.2, 0.3], ["one long name", "another", "c", "d", "e", "the last of them"], generator="alpha", alpha=-9.5),
        DivergenceZoo([0.5, 0.5], [0.5000001, 0.4999999], generator="js", region="js"),
        DivergenceZoo(generator="drawn", drawn=HEIGHTS[3], guess=[0.001, 1000, 3], level=True),
    ],
    ids=lambda zoo: zoo.generator,
)  # fmt: skip
def test_extremes_stay_in_the_picture(browser: Browser, root: Path, tmp_path: Path, zoo: DivergenceZoo) -> None:
    with opened(browser, write_page(root, tmp_path, zoo)) as page:
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            as_in_the_book(page)
            agree(page)
            assert page.evaluate(STICKS_OUT) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width


COVERED = """(words) => {
  const boxes = words.map((word) => [word.textContent, word.getBoundingClientRect()]).filter(([text]) => text);
  const apart = (a, b) => Math.max(a.left, b.left) + 1 >= Math.min(a.right, b.right) || Math.max(a.top, b.top) + 6 >= Math.min(a.bottom, b.bottom);
  return boxes.flatMap(([one, a], i) => boxes.slice(0, i).filter(([, b]) => !apart(a, b)).map(([other]) => [one, other]));
}"""


@pytest.mark.parametrize("width", [320, 390, 738])
def test_no_label_covers_another(browser: Browser, root: Path, tmp_path: Path, width: int) -> None:
    """Near t = 1 most points of most pairs lie together: there labels are joined, or stand above each other."""
    near = DivergenceZoo(
        [0.46, 0.28, 0.16, 0.10], [0.50, 0.30, 0.19, 0.01], ["browse", "search", "buy", "refund"], generator="chi2"
    )
    with opened(browser, write_page(root, tmp_path, near), width=width, height=900) as page:
        as_in_the_book(page)
        labels = page.locator(".kl-zoo-name, .kl-of, .kl-zoo-star")
        for name in NUMBERS:
            choose(page, "generator", name)
            assert labels.evaluate_all(COVERED) == [], name
        for example in range(10):
            page.locator("select").select_option(str(example))
            page.evaluate(TOLD)
            assert labels.evaluate_all(COVERED) == [], example
        for steps in range(6):  # the points part little by little
            page.locator('[data-kl-handle="q:1"]').press("ArrowDown")
            page.evaluate(TOLD)
            assert labels.evaluate_all(COVERED) == [], steps


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
