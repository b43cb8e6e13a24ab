"""The ELBO ledger: bound, gap and decompositions in JavaScript against kltext and mpmath, and the living widget under the hand."""

import itertools
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
from kltext.densities import density_kl
from kltext.elbo import importance_weighted_bound
from kltext.widgets import ElboLedger
from kltext.widgets.elbo_ledger import NUMBERS
from kltext.widgets.elbo_ledger.models import MODELS, line_numbers

from .hands import (
    TOLD,
    as_in_the_book,
    by_keyboard,
    copied,
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
State = dict[str, Any]
MATH, STATES, SIMPLEX = "elbo_ledger/math.js", "elbo_ledger/states.js", "shared/simplex.js"
LABELS = ["network", "database", "cold start"]
NAMES = tuple(NUMBERS)
THREE, LINE = ElboLedger(labels=LABELS).state(), ElboLedger().state()


def three(prior: list[float], likelihood: list[float], q: list[float], unit: str = "nats") -> State:
    return {**THREE, "prior": prior, "likelihood": likelihood, "q": q, "unit": unit}


def line(mode: str, x: float, noise: float, mean: float, std: float) -> State:
    return {**LINE, "mode": mode, "x": x, "noise": noise, "mean": mean, "std": std}


def _ledgers() -> list[State]:
    rng = np.random.default_rng(20261121)
    drawn = [tuple(rng.dirichlet(np.full(3, c)).tolist() for _ in range(2)) for c in (0.2, 1, 5) for _ in range(6)]
    many = [three(prior, rng.uniform(0, 1, 3).tolist(), q) for prior, q in drawn]
    return [
        three([0.5, 0.25, 0.25], [0.125, 0.5, 0.25], [0.5, 0.25, 0.25]),
        three([0.5, 0.25, 0.25], [0.125, 0.5, 0.25], [0, 1, 0], "bits"),
        three([0.5, 0.25, 0.25], [0.125, 0.5, 0.25], [0.25, 0.5, 0.25]),  # the posterior
        three([0.5, 0.25, 0.25], [0.125, 0.5, 0.25], [0.25 + 1e-9, 0.5 - 2e-9, 0.25 + 1e-9]),  # next to it
        three([0.5, 0.25, 0.25], [0.125, 0.5, 0.0], [0.4, 0.4, 0.2]),  # the likelihood rules a state out
        three([0.5, 0.5, 0.0], [0.125, 0.5, 0.25], [0.4, 0.4, 0.2]),  # the prior does
        three([0.5, 0.5, 0.0], [0.125, 0.5, 0.0], [0.4, 0.4, 0.2], "bits"),  # both
        three([0.5, 0.5, 0.0], [0.125, 0.5, 0.25], [0.6, 0.4, 0.0]),  # q does too: finite
        three([1.0, 0.0, 0.0], [0.3, 0.5, 0.2], [1.0, 0.0, 0.0]),
        three([1.0, 0.0, 0.0], [0.3, 0.5, 0.2], [0.0, 1.0, 0.0]),
        three([0.5, 0.25, 0.25], [1e-300, 1e-300, 5e-301], [0.3, 0.3, 0.4]),
        three([1e-200, 0.5, 0.5], [1e-200, 0.0, 0.0], [1.0, 0.0, 0.0]),
        three([0.5, 0.25, 0.25], [1e-9, 0.5, 0.25], [0.5, 0.25, 0.25], "bits"),
        *many,
    ]  # fmt: skip


LEDGERS = _ledgers()
LINES = [
    line(mode, x, noise, mean, std)
    for mode, xs, noises in (("linear", (-4, 0, 2), (0.1, 1, 3)), ("square", (-2, 0, 1.5, 9), (0.1, 0.5, 3)), ("count", (0, 1, 7, 30), (1,)))
    for x, noise, mean, std in itertools.product(xs, noises, (-4, 0, 0.8, 4), (0.01, 0.5, 3))
]


def close(value: float, expected: float, slack: float = 1e-15) -> bool:
    """To twelve digits, or to the last of a number near one; infinity only equals itself."""
    return value == expected if math.isinf(expected) else abs(value - expected) <= 1e-12 * abs(expected) + slack


def test_three_states_equal_kltext(javascript: Javascript) -> None:
    for state, shown in zip(LEDGERS, javascript([(MATH, "measure", [state]) for state in LEDGERS]), strict=True):
        widget = ElboLedger(**state)
        for name, expected in widget.numbers().items():
            assert close(shown["numbers"][name], expected, 1e-24 if name in ("gap", "to_prior") else 1e-15), (name, state)
        assert tuple(shown["numbers"]) == NAMES
        assert all(close(a, b) for a, b in zip(shown["posterior"], widget.posterior or (), strict=True))
        assert widget.two_samples is not None and close(shown["two"], widget.two_samples)


def test_three_states_equal_fifty_digits(javascript: Javascript) -> None:
    """Straight from the definitions: sums over the states, and for two samples over all pairs."""
    with mpmath.workdps(50):
        for state, shown in zip(LEDGERS, javascript([(MATH, "measure", [state]) for state in LEDGERS]), strict=True):
            prior, likelihood, q = ([mpmath.mpf(x) for x in state[name]] for name in ("prior", "likelihood", "q"))
            joint = [a * b for a, b in zip(prior, likelihood, strict=True)]
            evidence = mpmath.fsum(joint)
            log = lambda x: mpmath.log(x) if x > 0 else mpmath.mpf("-inf")  # noqa: E731
            mean = lambda values: mpmath.fsum(m * f for m, f in zip(q, values, strict=True) if m > 0)  # noqa: B023, E731
            weights = [a / m if m > 0 else mpmath.mpf(0) for a, m in zip(joint, q, strict=True)]
            total = mpmath.fsum(q)  # 1 to rounding, which the gap must not feel
            exact = {
                "bound": mean([log(w) for w in weights]),
                "evidence": log(evidence),
                "gap": mpmath.fsum(m * (log(m) - log(a / evidence)) - m + a / evidence if m > 0 else a / evidence for m, a in zip(q, joint, strict=True)) + total - 1,
                "reconstruction": mean([log(b) for b in likelihood]),
                "to_prior": mean([log(m) - log(a) for m, a in zip(q, prior, strict=True)]),
                "energy": mean([log(a) for a in joint]),
                "entropy": -mean([log(m) for m in q]),
            }  # fmt: skip
            pairs = [m * n * log((v + w) / 2) for (m, v), (n, w) in itertools.product(zip(q, weights, strict=True), repeat=2) if m * n > 0]
            unit = mpmath.log(2) if state["unit"] == "bits" else 1
            assert close(shown["two"], float(mpmath.fsum(pairs) / unit), 1e-14), state
            for name, value in exact.items():
                assert close(shown["numbers"][name], float(value / unit), 1e-15), (name, state)


def test_decompositions_and_order(javascript: Javascript) -> None:
    """Three sums are one bound; two samples are between it and the evidence."""
    for state, shown in zip(LEDGERS + LINES, javascript([(MATH, "measure", [state]) for state in LEDGERS + LINES]), strict=True):
        n = shown["numbers"]
        slack = 4e-15 * max(1, *(abs(value) for value in n.values() if math.isfinite(value)))
        for value in (n["reconstruction"] - n["to_prior"], n["energy"] + n["entropy"], n["evidence"] - n["gap"]):
            assert value == n["bound"] or abs(value - n["bound"]) <= slack, state
        if state["mode"] == "states":
            assert n["bound"] <= shown["two"] + slack and shown["two"] <= n["evidence"] + slack, state


def test_at_the_posterior_the_gap_is_closed(javascript: Javascript) -> None:
    here = javascript([(MATH, "best", [state]) for state in LEDGERS])
    there = [{"q": ElboLedger(**state).posterior} for state in LEDGERS]  # which may differ in the last digit
    closed = [{**state, **best} for best, state in zip(here + there, LEDGERS * 2, strict=True)]
    for state, shown in zip(closed, javascript([(MATH, "measure", [state]) for state in closed]), strict=True):
        assert shown["numbers"]["gap"] == 0 and shown["numbers"]["bound"] == shown["numbers"]["evidence"]
        assert ElboLedger(**state).gap == 0


# The line.


def log_joint(state: State, z: mpmath.mpf) -> mpmath.mpf:
    """log p(x, z), from the definitions."""
    x, noise = mpmath.mpf(state["x"]), mpmath.mpf(state["noise"])
    if state["mode"] == "count":
        return mpmath.log(mpmath.npdf(z)) + x * z - mpmath.exp(z) - mpmath.loggamma(x + 1)
    return mpmath.log(mpmath.npdf(z)) - ((x - z ** (2 if state["mode"] == "square" else 1)) / noise) ** 2 / 2 - mpmath.log(noise * mpmath.sqrt(2 * mpmath.pi))


def test_line_equals_kltext(javascript: Javascript) -> None:
    """Two rules of quadrature, trapezoidal here and Gauss–Legendre there, agree to the last digits."""
    for state, shown in zip(LINES, javascript([(MATH, "measure", [state]) for state in LINES]), strict=True):
        expected = ElboLedger(**state).numbers()
        largest = max(abs(value) for value in expected.values())
        for name, value in expected.items():
            assert abs(shown["numbers"][name] - value) <= 1e-14 * largest, (name, state)


@pytest.mark.parametrize("mode", ["linear", "square", "count"])
def test_log_evidence_and_averages_against_thirty_digits(javascript: Javascript, mode: str) -> None:
    picked = [s for s in LINES if s["mode"] == mode][::23]
    for state, shown in zip(picked, javascript([(MATH, "measure", [state]) for state in picked]), strict=True):
        with mpmath.workdps(30):
            m, s = mpmath.mpf(state["mean"]), mpmath.mpf(state["std"])
            grid = [mpmath.mpf(k) / 4 for k in range(-40, 41)]
            near = mpmath.mpf(shown["numbers"]["evidence"])  # of which the integral is then a ratio near one
            evidence = near + mpmath.log(mpmath.quad(lambda z: mpmath.exp(log_joint(state, z) - near), grid, method="gauss-legendre", maxdegree=5))  # noqa: B023
            average = lambda f: mpmath.quad(lambda t: mpmath.npdf(t) * f(m + s * t), range(-14, 15, 2), method="gauss-legendre")  # noqa: B023, E731
            energy = average(lambda z: log_joint(state, z))  # noqa: B023
            entropy = mpmath.log(s * mpmath.sqrt(2 * mpmath.pi * mpmath.e))
            reconstruction = average(lambda z: log_joint(state, z) - mpmath.log(mpmath.npdf(z)))  # noqa: B023
            exact = {"evidence": evidence, "energy": energy, "entropy": entropy, "bound": energy + entropy, "gap": evidence - energy - entropy,
                     "reconstruction": reconstruction, "to_prior": reconstruction - energy - entropy}  # fmt: skip
        for name, value in exact.items():
            scale = max(1.0, abs(float(energy)), abs(float(evidence)))
            assert abs(shown["numbers"][name] - float(value)) <= 1e-12 * scale, (name, state)


def test_the_gap_is_the_divergence_from_the_posterior() -> None:
    """By adaptive quadrature of the divergence itself, which knows nothing of the bound."""
    for mode, x, noise, mean, std in (("linear", 2, 1, 1, 1), ("square", 1.5, 0.5, 0.8, 0.5), ("square", 4, 0.3, -1.9, 0.1), ("count", 0, 1, 0, 1), ("count", 7, 1, 1.5, 0.4)):
        model, found = MODELS[mode], line_numbers(mode, x, noise, mean, std)
        posterior = lambda z: model.log_joint(z, x, noise) - found["evidence"]  # noqa: B023, E731
        q = lambda z: -(((z - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))  # noqa: B023, E731
        direct = density_kl(q, posterior, support=(-20, 20), points=[mean, math.sqrt(max(x, 0.01)), -math.sqrt(max(x, 0.01))])
        assert found["gap"] == pytest.approx(direct.value, rel=1e-9)


def test_linear_is_the_textbook_case() -> None:
    ledger = ElboLedger(mode="linear", x=2, noise=1, mean=1, std=1)
    assert ledger.evidence == pytest.approx(-2.265512123485, abs=1e-12)
    assert ledger.bound == pytest.approx(-2.418938533205, abs=1e-12)
    assert ledger.gap == pytest.approx(kltext.gaussian_kl(1.0, 1.0, 1.0, math.sqrt(0.5)), rel=1e-14)
    ledger.set(mean=0, std=1)
    assert (ledger.gap, ledger.numbers()["to_prior"]) == (pytest.approx(1.153426409720), 0)


def test_uphill_ends_where_no_neighbour_is_better(javascript: Javascript) -> None:
    found = javascript([(MATH, "best", [state]) for state in LINES])
    for state, q in zip(LINES, found, strict=True):
        def gap(mean: float, std: float) -> float:
            return line_numbers(state["mode"], state["x"], state["noise"], mean, std)["gap"]  # noqa: B023

        best = gap(**q)
        assert best <= gap(state["mean"], state["std"]) + 1e-9
        assert (best < 1e-12) == (state["mode"] == "linear"), state
        for by, grow in ((1e-3, 1), (-1e-3, 1), (0, 1.001), (0, 0.999)):
            assert gap(q["mean"] + by * q["std"], q["std"] * grow) >= best - 1e-9, (state, q)
    two = line("square", 1.5, 0.5, 0.8, 0.5)
    left, right = javascript([(MATH, "best", [{**two, "mean": -0.8}]), (MATH, "best", [two])])
    assert left["mean"] == pytest.approx(-right["mean"], abs=2e-6) and line_numbers("square", 1.5, 0.5, **right)["gap"] > math.log(2)


# The triangle.


def test_lines_of_equal_bound(javascript: Javascript) -> None:
    """On each line the gap is what it says; whole round the posterior, or cut off at the edges of the triangle."""
    for posterior in ([0.25, 0.5, 0.25], [0.05, 0.05, 0.9], [0.001, 0.6, 0.399]):
        for height in (0.03, 0.3, 1.0, 3.0):
            (laws,) = javascript([(STATES, "level", [posterior, height])])
            inside = [law for law in laws if law is not None]
            deepest = max(-math.log(mass) for mass in posterior)
            assert bool(inside) == (height < deepest)
            for law in inside:
                assert sum(law) == pytest.approx(1) and kltext.kl_divergence(law, posterior) == pytest.approx(height, rel=1e-3)
            for before, after in itertools.pairwise(laws):
                ends = [law for law in (before, after) if law is not None]
                if len(ends) == 1:
                    assert min(ends[0]) < 0.01, (posterior, height, ends)
    assert javascript([(STATES, "level", [[0.5, 0.5, 0], 0.1])]) == [[]]


def test_places_in_the_triangle(javascript: Javascript) -> None:
    laws = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.2, 0.5, 0.3], [0.335, 0.005, 0.66]]
    places = javascript([(SIMPLEX, "place", [law]) for law in laws])
    assert places[:3] == [[0, 0], [0.5, pytest.approx(math.sqrt(0.75))], [1, 0]]
    assert javascript([(SIMPLEX, "lawAt", [place]) for place in places]) == laws
    outside = javascript([(SIMPLEX, "lawAt", [place]) for place in ([-1, -1], [0.5, 2], [0.4, -0.3], [3, 0.2])])
    assert outside[:2] == [[1, 0, 0], [0, 1, 0]] and all(min(law) == 0 and sum(law) == 1 for law in outside)


# Python.


@pytest.mark.parametrize("state", [*LEDGERS[:13], *LINES[::17]], ids=str)
def test_copied_code_prints_the_numbers(javascript: Javascript, state: State, prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [state])])
    said = prints(code)
    widget = ElboLedger(**state)
    printed = re.findall(r"^(.+) = (-?[\d.]+(?:e[-+]\d+)?|-?inf) (nats|bits)$", said, re.MULTILINE)
    assert [name for name, _, _ in printed] == list(NUMBERS.values()) and {unit for _, _, unit in printed} == {state["unit"]}
    for (_, text, _), expected in zip(printed, widget.numbers().values(), strict=True):
        assert float(text) == pytest.approx(expected, abs=6e-5, rel=6e-3), state
    if state["mode"] == "states":
        assert float(said.split("with two samples ")[1].split()[0]) == pytest.approx(widget.two_samples, abs=6e-5, rel=6e-3)


def test_examples_make_sense(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    assert len(presets) >= 8
    for preset in presets:
        state = {**ElboLedger().state(), **{name: value for name, value in preset.items() if name != "name"}}
        assert javascript([(MATH, "sane", [state])])[0] is not None
        ElboLedger(**state)
    starts = {preset["mode"]: preset for preset in presets[::-1] if preset["mode"] != "states"}
    for mode, model in MODELS.items():
        assert {name: starts[mode][name] for name in model.start} == model.start  # where Python starts too


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prior": [0.5, 0.5], "q": [0.5, 0.5, 0]}, "prior must have 3 states, got 2"),
        ({"q": [0.5, 0.6, 0.1]}, "q must sum to 1"),
        ({"q": [0.5, 0.6, -0.1]}, "q must be non-negative, got -0.1"),
        ({"likelihood": [0.5, 0.5, 1.5]}, "likelihood must lie between 0 and 1, got 1.5"),
        ({"likelihood": [0.5, 0.5, math.nan]}, "likelihood must lie between 0 and 1, got nan"),
        ({"likelihood": [0, 0, 0]}, "must both be positive for one state"),
        ({"prior": [1, 0, 0], "likelihood": [0, 1, 1]}, "must both be positive for one state"),
        ({"labels": ["a", "b"]}, "labels must have 3 states, got 2"),
        ({"mode": "cubic"}, "mode"),
        ({"mode": "count", "x": 1.5}, "x must be a whole number between 0 and 30 in mode 'count', got 1.5"),
        ({"mode": "linear", "x": 5}, "x must lie between -4 and 4 in mode 'linear', got 5.0"),
        ({"mode": "linear", "std": 0}, "std must be positive, got 0.0"),
        ({"mode": "linear", "std": 4}, "std must lie between 0.01 and 3.0, got 4.0"),
        ({"mode": "square", "noise": 0.01}, "noise must lie between 0.1 and 3.0, got 0.01"),
        ({"mean": math.inf}, "mean must be finite, got inf"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_python_says_what_is_wrong(javascript: Javascript, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        ElboLedger(**arguments)
    if not {"mode", "unit", "labels"} & set(arguments) or "x" in arguments or arguments.get("mode") == "cubic":
        portable = {name: "Infinity" if value == math.inf else value for name, value in arguments.items()}
        if "nan" not in message:
            assert javascript([(MATH, "sane", [{**ElboLedger().state(), **portable}])]) == [None]


def test_a_bad_value_changes_nothing() -> None:
    ledger = ElboLedger(mode="square")
    before = ledger.state()
    with pytest.raises(traitlets.TraitError, match="change both in one step"):
        ledger.mode = "count"
    with pytest.raises(traitlets.TraitError):
        ledger.set(mode="linear", x=9)
    assert ledger.state() == before
    ledger.set(mode="count")
    assert (ledger.x, ledger.mean, ledger.std) == (0, 0, 1) and ledger.posterior is None and ledger.two_samples is None


def test_what_the_page_sends_arrives() -> None:
    ledger = ElboLedger()
    seen: list[float] = []
    ledger.observe(lambda change: seen.append(ledger.gap), "q")
    ledger.set_state({"q": [0.25, 0.5, 0.25]})
    assert seen == [0.0]
    ledger.set_state({"mode": "count", "x": 3, "mean": 0.5, "std": 0.5})
    assert ledger.evidence == pytest.approx(line_numbers("count", 3, 1, 0.5, 0.5)["evidence"])


@pytest.mark.parametrize("state", [LEDGERS[0], LEDGERS[4], LEDGERS[8], LEDGERS[9], LINES[0], LINES[-1]], ids=str)
def test_fallback_has_the_numbers(state: State) -> None:
    ledger = ElboLedger(**state)
    drawing = ledger._fallback()
    assert drawing.startswith("<svg") and ledger._in_words() in drawing and ledger._laws() in drawing


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("ledger"), ElboLedger(labels=LABELS, unit="bits"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


READERS = {"prior": floats, "likelihood": floats, "q": floats, "labels": words, "x": float, "noise": float, "mean": float, "std": float}


def agree(page: Page) -> ElboLedger:
    found: ElboLedger = agree_with(page, ElboLedger, **READERS)
    return found


def choose(page: Page, mode: str) -> None:
    page.locator(f'[data-kl-choice="mode:{mode}"]').check(force=True)
    page.evaluate(TOLD)


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["point", "q:0", "q:1", "q:2", "likelihood:0", "likelihood:2"]):
        text = by_keyboard(page, name)
        assert re.search(r"(probability|likelihood|database) 0\b", text) and "ELBO" in text and "gap" in text
        agree(page)


def test_handles_on_the_line_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["mean", "std"]):
        choose(page, "square")
        text = by_keyboard(page, name)
        assert text.startswith({"mean": "mean -4", "std": "standard deviation 0.01"}[name]) and "ELBO" in text and "gap" in text
        agree(page)


def test_sideways_in_the_triangle(page: Page) -> None:
    handle = page.locator('[data-kl-handle="point"]')
    handle.press("ArrowRight")
    assert agree(page).q == (0.49, 0.25, 0.26)
    handle.press("Shift+ArrowLeft")
    assert agree(page).q == (0.491, 0.25, 0.259)
    for _ in range(30):
        handle.press("ArrowLeft")
    assert agree(page).q == (0.75, 0.25, 0)
    expect(handle).to_have_attribute("aria-valuetext", re.compile(r"^network 0.75, database 0.25, cold start 0, ELBO -?\d.*bits, gap \d.* bits$"))


def test_end_then_home_loses_nothing(page: Page) -> None:
    handle = page.locator('[data-kl-handle="q:2"]')
    handle.focus()
    for key in ("End", "Home"):
        page.keyboard.press(key)
    assert agree(page).q == pytest.approx((2 / 3, 1 / 3, 0), abs=1e-5)


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "point", 20, -30)
    moved = agree(page)
    assert moved.q[1] > before.q[1] and moved.q[2] > before.q[2] and moved.evidence == before.evidence
    pull(page, "point", 900, 900)
    assert agree(page).q == (0, 0, 1)
    pull(page, "likelihood:0", 0, -20)
    raised = agree(page)
    assert raised.likelihood[0] > before.likelihood[0] and raised.likelihood[1:] == before.likelihood[1:] and raised.evidence > before.evidence
    choose(page, "linear")
    start = agree(page)
    pull(page, "mean", 30, 0)
    pull(page, "std", -10, 0)
    end = agree(page)
    assert end.mean > start.mean and end.std < start.std and end.evidence == start.evidence and end.bound < start.bound


def test_the_ceiling_stays_and_the_floor_moves(page: Page) -> None:
    """In pixels: the ceiling where it was, and the gap as high as its number."""
    def gauge() -> tuple[float, float]:
        return tuple(float(str(page.locator(f"line.kl-ledger-{name}").get_attribute("y1"))) for name in ("ceiling", "floor"))  # type: ignore[return-value]

    measured = []
    for keys in ([], ["PageUp"], ["PageUp", "PageUp"], ["Home"]):
        for key in keys:
            page.locator('[data-kl-handle="point"]').press(key)
        gap = agree(page).gap
        ceiling, floor = gauge()
        measured.append((ceiling, (floor - ceiling) / gap))
    assert {ceiling for ceiling, _ in measured} == {measured[0][0]}
    assert [height for _, height in measured] == pytest.approx([measured[0][1]] * 4, rel=0.02)


def test_the_ledger_adds_up(page: Page) -> None:
    agree(page)
    rows = page.locator(".kl-ledger-row").all_inner_texts()
    assert [[part for part in row.split("\n") if re.fullmatch(r"[−\d.=+∞]+", part)] for row in rows] == [
        ["−2.2500", "−", "0.0000", "=", "−2.2500"],
        ["−3.7500", "+", "1.5000", "=", "−2.2500"],
        ["−2.0000", "−", "0.2500", "=", "−2.2500"],
    ]
    assert page.locator(".kl-ledger-row .kl-ledger-shut").count() == 2


def test_a_state_ruled_out_breaks_the_frame(page: Page) -> None:
    page.locator('[data-kl-handle="likelihood:2"]').press("Home")
    broken = agree(page)
    assert (broken.bound, broken.gap) == (-math.inf, math.inf)
    expect(page.locator(".kl-sentence")).to_contain_text("The ELBO is minus infinity: q stands on “cold start”")
    expect(page.locator(".kl-gauge")).to_contain_text("at cold start")
    expect(page.locator("line.kl-ledger-floor")).to_have_count(0)
    expect(page.locator(".kl-ledger-triangle")).to_have_attribute("fill", re.compile(r"^url\("))
    expect(page.locator('[data-kl-handle="q:2"]')).to_have_attribute("aria-valuetext", "probability 0.25, ELBO minus infinity bits, gap infinite")
    page.locator('[data-kl-handle="q:2"]').press("Home")
    assert math.isfinite(agree(page).bound)
    for i in (0, 1):
        page.locator(f'[data-kl-handle="likelihood:{i}"]').press("Home")
    assert agree(page).likelihood == (0, 0.5, 0)  # the last state that made x possible stays


def test_buttons_type_and_examples(page: Page) -> None:
    page.locator('[data-kl-action="ideal"]').press("Enter")
    assert agree(page).gap == 0
    expect(page.locator(".kl-sentence")).to_contain_text("q is the posterior")
    page.locator('[data-kl-action="prior"]').press("Enter")
    assert agree(page).numbers()["to_prior"] == 0
    page.locator('[data-kl-action="next-state"]').click()
    expect(page.locator(".kl-ledger-state")).to_have_text("database")
    for field, text, sentence, taken in (
        ("q", "3/4", "", "0.75"), ("prior", "abc", "nothing was changed", None), ("likelihood", "2", "2 was read as 1", "1"), ("q", "-1", "nothing was changed", None),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    for mode in ("square", "count"):
        choose(page, mode)
        page.locator('[data-kl-action="ideal"]').press("Enter")
        agree(page)
        expect(page.locator(".kl-sentence")).to_contain_text("no Gaussian near here does better")
    for field, text, sentence, taken in (
        ("x", "2.6", "2.6 was read as 3", "3"), ("x", "99", "from 0 to 30; 99 was read as 30", "30"), ("mean", "-9", "−9 was read as −4", "-4"), ("std", "0", "0 was read as 0.01", "0.01"), ("std", "x", "nothing was changed", None),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    expect(page.locator('[data-kl-input="noise"]')).to_be_disabled()
    assert len({(sentence, agree(page).mode, agree(page).bound) for sentence in examples(page)}) == 10
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == ElboLedger(labels=LABELS, unit="bits").state()


@pytest.mark.parametrize("example", ["0", "4", "7", "9"])
def test_copies(page: Page, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("select").select_option(example)
    copies_itself(page, agree, capsys)


def test_the_last_possible_state_is_not_typed_away(page: Page) -> None:
    page.goto(copied(page, "link").split("#")[0] + "#ledger=likelihood:0.5,0,0")
    page.reload()
    page.locator("[data-kl-number]").first.wait_for()
    typed(page, "likelihood", "0", "x could then not have been seen", "0.5")
    assert agree(page).likelihood == (0.5, 0, 0)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        handle = page.locator('[data-kl-handle="point"]')
        was = str(handle.get_attribute("aria-valuetext"))
        swipe(page, "point", 30)
        expect(handle).not_to_have_attribute("aria-valuetext", was)
        fits_a_small_phone(page)
        page.locator("select").select_option("3")
        fits_a_small_phone(page)
        choose(page, "square")
        fits_a_small_phone(page)
        edge = page.locator(".kl-values").evaluate("(box) => box.getBoundingClientRect().right")
        assert all(right < edge for right in page.locator(".kl-range:visible").evaluate_all("(all) => all.map((slider) => slider.getBoundingClientRect().right)"))
        slider = page.locator('[data-kl-range="x"]')
        expect(slider).to_have_attribute("max", "9")
        slider.press("ArrowRight")
        assert agree(page).x == pytest.approx(1.55)


EXTREMES = [
    ElboLedger([0.98, 0.01, 0.01], [1e-300] * 3, [0, 0, 1], LABELS),
    ElboLedger([0.5, 0.25, 0.25], [0.125, 0.5, 0], [0.4, 0.4, 0.2], ["a very long cause", "another very long cause", "one more cause"]),
    ElboLedger(mode="square", x=9, noise=0.1, mean=-4, std=3),
    ElboLedger(mode="linear", x=-1.23456, noise=1.234567),
]


@pytest.mark.parametrize("widget", EXTREMES, ids=repr)
def test_no_word_is_cut_off(browser: Browser, root: Path, tmp_path: Path, widget: ElboLedger) -> None:
    """Also of large numbers and long names, on the smallest screen, in the picture and in the sums."""
    with opened(browser, write_page(root, tmp_path, widget), width=320, height=900) as page:
        as_in_the_book(page)
        ends = page.locator("svg text").evaluate_all("""(all) => all.map((text) => {
            const [word, frame] = [text, text.ownerSVGElement].map((part) => part.getBoundingClientRect());
            return [text.textContent, Math.max(frame.left - word.left, word.right - frame.right)];
        })""")
        assert [text for text, over in ends if over > 1] == []
        boxes = page.locator(".kl-ledger-sum, .kl-ledger-row .kl-ledger-box")
        assert boxes.evaluate_all("(all) => all.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent)") == []


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)


def test_importance_weights_are_the_librarys() -> None:
    """The exact average over pairs, against the library's bound of two samples by enumeration."""
    ledger = ElboLedger()
    logs = np.log(np.array(ledger.prior) * np.array(ledger.likelihood)) - np.log(ledger.q)
    exact = sum(ledger.q[i] * ledger.q[j] * importance_weighted_bound([logs[i], logs[j]]) for i in range(3) for j in range(3))
    assert ledger.two_samples == pytest.approx(exact, rel=1e-14) and ledger.bound < exact < ledger.evidence
