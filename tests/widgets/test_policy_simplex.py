"""The policy simplex: its updates in JavaScript against kltext and autograd, and the living widget under the hand."""

import itertools
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
import traitlets
from autograd import grad
from playwright.sync_api import Browser, Page, expect

import kltext
from kltext.policy import policy_kl
from kltext.widgets import PolicySimplex
from kltext.widgets.policy_simplex import NUMBERS
from kltext.widgets.policy_simplex.updates import GRID, ROUNDS, Batch, ascend, band, corners

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
MATH, UPDATE, SIMPLEX = "policy_simplex/math.js", "policy_simplex/update.js", "shared/simplex.js"
EDGE = [(0.2, 0.37), (0.2, 0.68), (0.35, 0.65), (0.15, 0.31)]
"""ε and the first of two probabilities that just fill the triangle when both are raised by ε, up to rounding."""


START = PolicySimplex().state()


def state(**parts: Any) -> State:
    return {**START, **parts}


def states() -> list[State]:
    """Policies from all over the triangle, batches that miss actions, step sizes and penalties of every size."""
    rng = np.random.default_rng(20261121)
    found = [state(), state(rate=8), state(steps=0), state(method="adaptive"), state(method="hand", hand=[1, 0, 0]), state(counts=[0, 0, 1], advantages=[1, 0, 3])]
    for k in range(150):
        old = np.maximum(rng.dirichlet([1, 1, 1]), 0.006)
        counts = [int(n) for n in rng.integers(0, 8, 3)]
        found.append(
            state(
                old=(old / old.sum()).tolist(),
                hand=rng.dirichlet([1, 1, 1]).tolist(),
                advantages=rng.uniform(-3, 3, 3).tolist(),
                counts=counts if any(counts) else [1, 0, 0],
                method=("clip", "fixed", "adaptive", "hand")[k % 4],
                epsilon=float(rng.uniform(0.01, 0.9)),
                delta=float(10 ** rng.uniform(-3, 0.3)),
                beta=float(10 ** rng.uniform(-2, 1.6)),
                rate=float(10 ** rng.uniform(-2, 1.3)),
                steps=int(rng.integers(0, 201)),
            )
        )
    return found


def batch(one: State) -> Batch:
    return PolicySimplex(**one)._batch


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    tried = states()
    for one, shown in zip(tried, javascript([(MATH, "measure", [one]) for one in tried]), strict=True):
        numbers = PolicySimplex(**one).numbers()
        assert list(shown["numbers"]) == list(numbers) == list(NUMBERS)
        assert shown["numbers"] == pytest.approx(numbers, rel=1e-9, abs=1e-13), one


def test_paths_equal_python(javascript: Javascript) -> None:
    """Every policy on every path, not their ends alone."""
    tried = states()[:60]
    for one, found in zip(tried, javascript([(MATH, "updates", [one]) for one in tried]), strict=True):
        widget = PolicySimplex(**one)
        for method in ("clip", "fixed", "adaptive"):
            path = widget.path(method)
            assert len(found[method]) == len(path) == one["steps"] + 1
            assert np.abs(np.array(found[method]) - np.array(path)).max() < 1e-9, (method, one)
        assert np.abs(np.array(found["ends"]) - np.array(widget._regulated.ends)).max() < 1e-9


def objectives(one: State) -> tuple[Callable[[Any], Any], Callable[[Any, float], Any], Any]:
    """The clipped and the penalised objective of the library as functions of logits, and the first logits."""
    old, advantages = anp.array(one["old"]), anp.array(one["advantages"])
    actions, log_old = np.repeat(np.arange(3), one["counts"]), np.log(old)

    def log_softmax(logits: Any) -> Any:
        return logits - anp.max(logits) - anp.log(anp.sum(anp.exp(logits - anp.max(logits))))

    def clipped(logits: Any) -> Any:
        return kltext.ppo_clip_objective(log_softmax(logits)[actions], log_old[actions], advantages[actions], epsilon=one["epsilon"]).value

    def penalised(logits: Any, beta: float) -> Any:
        return kltext.ppo_kl_objective(log_softmax(logits)[actions], log_old[actions], advantages[actions], policy_kl(log_old, logits).old_new, beta).value

    return clipped, penalised, log_old


@pytest.mark.parametrize("one", [one for one in states()[:40] if one["rate"] < 3], ids=str)
def test_updates_climb_the_library_s_objectives(one: State) -> None:
    """Each step is autograd's gradient of ppo_clip_objective and of ppo_kl_objective, at the policies of the path."""
    clipped, penalised, log_old = objectives(one)
    widget = PolicySimplex(**{**one, "steps": min(one["steps"], 15)})
    beta, rate = one["beta"], one["rate"]
    for method, slope, pace in (("clip", grad(clipped), rate), ("fixed", grad(lambda logits: penalised(logits, beta)), rate / (1 + rate * beta))):
        moved = np.zeros(3)
        for policy in widget.path(method)[1:]:
            moved = np.round(GRID * (moved + pace * slope(log_old + moved))) / GRID
            law = np.exp(log_old + moved)
            assert policy == pytest.approx((law / law.sum()).tolist(), rel=1e-9)


def test_the_adaptive_coefficient_follows_the_paper() -> None:
    """Doubled above 1.5 δ, halved below δ/1.5, from one update to the next; it ends where it rests, or after all rounds."""
    rested = 0
    for one in states():
        widget = PolicySimplex(**one)
        beta, ends = one["beta"], widget._regulated.ends
        for n, end in enumerate(ends, start=1):
            assert end == pytest.approx(ascend(batch(one), beta)[-1], rel=1e-12)
            used, beta = beta, kltext.adapt_kl_coefficient(beta, float(kltext.kl_divergence(one["old"], end)), one["delta"])
            assert (beta == used) <= (n == len(ends))
        assert used == widget._regulated.beta and (beta == used or len(ends) == ROUNDS)
        rested += beta == used
    assert 20 < rested < len(states())


def test_silenced_samples_have_no_gradient() -> None:
    """Where every sample is silenced the clipped objective is flat; a step is then no step, and nothing leads back."""
    widget = PolicySimplex(rate=8)
    path = widget.path("clip")
    assert widget.silenced == 1 and path[1] == path[-1] and widget.kl > 1.9
    clipped, penalised, log_old = objectives(widget.state())
    assert np.abs(grad(clipped)(np.log(path[-1]))).max() == 0
    assert np.abs(grad(lambda logits: penalised(logits, 1.0))(np.log(path[-1]))).max() > 0.1  # the penalty pulls back


def test_the_same_value_and_any_distance() -> None:
    """The clip does not see how far: two actions, four policies with one value of the clipped objective, KL from 0.02 to 6.2."""
    log_old = np.log([0.5, 0.5])
    distances = []
    for mass in (0.6, 0.9, 0.99, 0.999999):
        new = np.array([mass, 1 - mass])
        assert kltext.ppo_clip_objective(np.log(new), log_old, [1.0, -1.0]).value == pytest.approx(0.2)
        distances.append(kltext.kl_divergence([0.5, 0.5], new))
    assert distances == pytest.approx([0.0204109973, 0.5108256238, 1.6144630804, 6.2146085984])


# The polygons.


def test_corners_of_the_band(javascript: Javascript) -> None:
    """Each corner is a law in the band with two bounds met, all of the band is no further than the furthest, and both languages agree."""
    rng = np.random.default_rng(5)
    for one in [state(), state(counts=[5, 0, 5]), state(counts=[0, 0, 1]), *states()[-30:]]:
        (drawn,) = javascript([(UPDATE, "band", [one])])
        found = band(batch(one))
        assert {tuple(round(mass, 9) for mass in law) for law in drawn} == {tuple(round(mass, 9) + 0.0 for mass in law) for law in found}
        old, seen = np.array(one["old"]), np.array(one["counts"]) > 0
        low, high = np.where(seen, (1 - one["epsilon"]) * old, 0), np.where(seen, np.minimum(1, (1 + one["epsilon"]) * old), 1)
        for law in map(np.array, found):
            assert sum(law) == pytest.approx(1) and np.all(law >= low - 1e-9) and np.all(law <= high + 1e-9)
            assert sum(np.isclose(law, low, atol=1e-9) | np.isclose(law, high, atol=1e-9)) >= 2
        furthest = max(float(kltext.kl_divergence(old, law)) for law in found)
        laws = rng.dirichlet(np.ones(len(found)), 200) @ np.array(found)
        assert np.all(kltext.kl_divergence(old, laws / laws.sum(-1, keepdims=True)) <= furthest + 1e-12)


def test_where_the_objective_is_flat(javascript: Javascript) -> None:
    """In the hatched region every sample is silenced; outside of it none of the corners' neighbours is flat."""
    for one in [state(), state(counts=[5, 0, 5]), state(epsilon=0.5)]:
        (region,) = javascript([(UPDATE, "flat", [one])])
        assert len(region) >= 3
        middle = np.mean(region, axis=0)
        inside = [0.999 * np.array(law) + 0.001 * middle for law in region]
        for law, fraction in [(law, 1.0) for law in [*inside, middle]]:
            assert PolicySimplex(**{**one, "method": "hand", "hand": (law / law.sum()).tolist()}).silenced == fraction
    assert javascript([(UPDATE, "flat", [state(old=[0.9, 0.05, 0.05])])]) == [[]]  # the ratio of 0.9 cannot reach 1.2


def test_corners_in_order(javascript: Javascript) -> None:
    """Round the polygon: every edge has all other corners on one side."""
    for low, high in [([0, 0, 0], [1, 1, 1]), ([0.4, 0.24, 0.16], [0.6, 0.36, 0.24]), ([0.1, 0, 0], [0.7, 0.6, 1])]:
        (drawn,) = javascript([(UPDATE, "corners", [low, high])])
        assert len(drawn) == len({tuple(round(mass, 9) + 0.0 for mass in law) for law in corners(low, high)})
        points = [(law[1], law[2]) for law in drawn]
        turns = [
            math.copysign(1, (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
            for a, b in itertools.pairwise([*points, points[0]])
            for c in points
            if c not in (a, b)
        ]
        assert len(set(turns)) == 1


def test_sideways(javascript: Javascript) -> None:
    asked = [[[0.3, 0.5, 0.2], 0.1], [[0.3, 0.5, 0.2], 0.35], [[0.3, 0.5, 0.2], -0.35], [[0.123456789012, 0.3, 0.576543210988], 0.01]]
    found = javascript([(SIMPLEX, "sideways", one) for one in asked])
    assert found[:3] == [[0.2, 0.5, 0.3], [0, 0.5, 0.5], [0.5, 0.5, 0]]
    assert sum(found[3]) == pytest.approx(1, abs=1e-12)


def test_a_corner_on_the_edge_is_on_the_edge(javascript: Javascript) -> None:
    """Where two sampled actions can just take all, rounding must not leave the third alive, for then the KL were finite."""
    for epsilon, first in EDGE:
        second = round(1 / (1 + epsilon) - first, 15)
        one = state(old=[first, second, 1 - first - second], counts=[1, 1, 0], epsilon=epsilon)
        assert 0 < abs(1 - (1 + epsilon) * first - (1 + epsilon) * second) < 1e-12  # a case in which it does
        (shown,) = javascript([(MATH, "measure", [one])])
        assert shown["numbers"]["widest"] == math.inf == PolicySimplex(**one).numbers()["widest"]


def test_in_the_band_and_infinitely_far() -> None:
    close, far = (PolicySimplex([0.475, 0.05, 0.475], counts=[5, 0, 5], method="hand", hand=hand) for hand in ([0.5, 0.05, 0.45], [0.5, 0.0, 0.5]))
    assert close.silenced == far.silenced == 0
    assert close.kl < 0.003 and far.kl == math.inf == far.numbers()["widest"]
    assert abs(far.k1) < 0.06 and far.k2 < 0.002 and far.k3 < 0.002  # no sample knows of the action that is gone


def test_numbers_equal_fifty_digits(javascript: Javascript) -> None:
    one = state(method="hand", hand=[0.7, 0.2, 0.1])
    (shown,) = javascript([(MATH, "measure", [one])])
    with mpmath.workdps(50):
        old, new, weights = ([mpmath.mpf(x) for x in row] for row in (one["old"], one["hand"], (0.6, 0.2, 0.2)))
        logs = [mpmath.log(b / a) for a, b in zip(old, new, strict=True)]
        exact = {"kl": -sum(a * u for a, u in zip(old, logs, strict=True)), "k1": -sum(w * u for w, u in zip(weights, logs, strict=True))}
        exact["k2"] = sum(w * u**2 / 2 for w, u in zip(weights, logs, strict=True))
        exact["k3"] = sum(w * (mpmath.exp(u) - 1 - u) for w, u in zip(weights, logs, strict=True))
    for name, value in exact.items():
        assert shown["numbers"][name] == pytest.approx(float(value), rel=1e-13)


@pytest.mark.parametrize(
    "broken",
    [
        {"old": [0.5, 0.5, 0]}, {"old": [0.5, 0.5]}, {"hand": [0.5, 0.6, 0.1]}, {"advantages": [1, 2]}, {"advantages": [4, 0, 0]}, {"counts": [0, 0, 0]},
        {"counts": [1.5, 1, 1]}, {"counts": [21, 1, 1]}, {"method": "best"}, {"epsilon": 0}, {"delta": 3}, {"beta": 0}, {"rate": 21}, {"steps": 2.5}, {"steps": 201},
    ],
    ids=str,
)  # fmt: skip
def test_senseless_states_are_refused(javascript: Javascript, broken: State) -> None:
    good = state()
    assert javascript([(MATH, "sane", [{**good, **broken}]), (MATH, "sane", [good])]) == [None, good]


def presets(javascript: Javascript) -> dict[str, PolicySimplex]:
    (found,) = javascript([(MATH, "PRESETS", [])])
    return {preset.pop("name"): PolicySimplex(**preset) for preset in found}


def test_examples_make_sense(javascript: Javascript) -> None:
    by_name = presets(javascript)
    begun = by_name["Three actions, ten samples"]
    assert begun.state() == PolicySimplex().state() and begun.k1 < 0 < begun.kl  # an estimate with the wrong sign
    large, leashed = by_name["A large step: silenced, far outside"], by_name["The same, leashed by β = 1"]
    assert large.silenced == 1 and large.kl > 30 * large.delta and leashed.kl < 4 * leashed.delta
    found = by_name["β that finds its target"]
    assert found.delta / 1.5 <= found.kl <= 1.5 * found.delta
    assert by_name["In the band, infinitely far"].kl == math.inf and by_name["In the band, close"].kl < 0.01
    assert by_name["A single sample"].numbers()["widest"] == math.inf


CODED = [state(), state(method="fixed", rate=8), state(method="adaptive", steps=12), state(method="hand", hand=[0.5, 0, 0.5], counts=[5, 0, 5]), state(steps=0), state(rate=3, counts=[7, 0, 1], epsilon=0.45, steps=20)]


@pytest.mark.parametrize("one", CODED, ids=str)
def test_copied_code_prints_the_numbers(javascript: Javascript, one: State, prints: Prints) -> None:
    """Made with the library's objectives and autograd."""
    (code,) = javascript([(MATH, "python", [one])])
    said = prints(code)
    printed = [float(x) for x in re.findall(r"= (\S+)$", said, flags=re.MULTILINE)]
    for text, value in zip(printed, PolicySimplex(**one).numbers().values(), strict=True):
        assert text == value or text == pytest.approx(value, abs=0.6e-4 if not 0 < abs(value) < 5e-4 else 0.006 * abs(value))


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"old": [0.5, 0.5]}, "old must have 3 actions, got 2"),
        ({"old": [0.5, 0.5, 0.0]}, "old must be positive, got 0.0"),
        ({"old": [0.5, 0.5 - 1e-7, 1e-7]}, "old must give each action 1e-06 at least, got 1e-07"),
        ({"hand": [0.5, 0.6, 0.1]}, "hand must sum to 1"),
        ({"advantages": [1, 2, 3.5]}, "advantages must lie between -3 and 3, got 3.5"),
        ({"advantages": [1, 2]}, "advantages must have 3 actions, got 2"),
        ({"counts": [1, -1, 2]}, "counts must be whole numbers from 0 to 20, got -1"),
        ({"counts": [1, 0.5, 2]}, "counts must be whole numbers from 0 to 20, got 0.5"),
        ({"counts": [0, 0, 0]}, "counts must hold one sample at least, got (0, 0, 0)"),
        ({"labels": ["a", "b"]}, "labels must have 3 actions, got 2"),
        ({"method": "best"}, "method"),
        ({"epsilon": 1}, "epsilon must lie between 0.01 and 0.9, got 1.0"),
        ({"steps": 201}, "steps"),
    ],
)
def test_python_says_what_is_wrong(arguments: State, message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        PolicySimplex(**arguments)


def test_paths_of_python() -> None:
    widget = PolicySimplex(steps=5, method="fixed")
    assert len(widget.path()) == 6 and widget.path()[0] == widget.old and widget.new == widget.path("fixed")[-1]
    with pytest.raises(ValueError, match="method must be clip, fixed or adaptive, got 'hand'"):
        widget.path("hand")


def test_a_bad_value_changes_nothing() -> None:
    widget = PolicySimplex()
    with pytest.raises(traitlets.TraitError):
        widget.set(rate=2.0, counts=[0, 0, 0])
    assert widget.state() == PolicySimplex().state()


def test_what_the_page_sends_arrives() -> None:
    widget = PolicySimplex()
    seen: list[tuple[str, float]] = []
    widget.observe(lambda change: seen.append((widget.method, round(widget.kl, 4))), ["method", "hand"])
    widget.set_state({"method": "hand", "hand": [0.5, 0.3, 0.2]})
    widget.set_state({"method": "clip"})
    assert seen[-1] == ("clip", 0.0535) and ("hand", 0.0) in seen


@pytest.mark.parametrize("one", [state(), state(method="hand", hand=[0, 0, 1]), state(counts=[0, 0, 1]), state(old=[0.99, 0.005, 0.005], delta=2), state(steps=0)], ids=str)
def test_fallback_has_the_numbers(one: State) -> None:
    widget = PolicySimplex(**one)
    drawing = widget._fallback()
    assert drawing.startswith("<svg") and widget._laws() in drawing and widget._in_words() in drawing
    assert all(name in repr(widget) for name in NUMBERS.values())


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("policies"), PolicySimplex(key="policies"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def whole(text: str) -> list[int]:
    return [int(x) for x in text.split(",")]


READ = {"old": floats, "hand": floats, "advantages": floats, "counts": whole, "labels": words, "epsilon": float, "delta": float, "beta": float, "rate": float, "steps": int}


def agree(page: Page) -> PolicySimplex:
    found: PolicySimplex = agree_with(page, PolicySimplex, **READ)
    return found


def test_handles_by_keyboard(page: Page) -> None:
    for name in in_turn(page, ["old", "new", "advantages:0", "advantages:2"]):
        text = by_keyboard(page, name)
        assert all(word in text for word in ("KL", "nats" if "infinite" not in text else "infinite", "% of the samples silenced")), text
        agree(page)


def test_keys_lead_where_they_point(page: Page) -> None:
    point = page.locator('[data-kl-handle="old"]')
    for key, law in (("ArrowRight", (0.49, 0.3, 0.21)), ("ArrowLeft", (0.5, 0.3, 0.2)), ("ArrowUp", (0.492857, 0.31, 0.197143)), ("Shift+ArrowLeft", (0.493857, 0.31, 0.196143))):
        point.press(key)
        assert agree(page).old == pytest.approx(law, abs=1e-6)
    expect(point).to_have_attribute("aria-valuetext", re.compile(r"left 0.494, stay 0.31, right 0.196, KL 0\.0\d+ nats, 100 % of the samples silenced"))
    new = page.locator('[data-kl-handle="new"]')
    before = agree(page).new
    new.press("ArrowRight")
    found = agree(page)
    assert found.method == "hand" and found.hand == pytest.approx((before[0] - 0.01, before[1], before[2] + 0.01), abs=2e-6)


def test_handles_by_pointer(page: Page) -> None:
    before = agree(page)
    pull(page, "old", 40, -50)
    moved = agree(page)
    assert moved.old[1] > before.old[1] and moved.method == "clip" and moved.kl != before.kl
    pull(page, "new", 60, 0)
    hand = agree(page)
    assert hand.method == "hand" and hand.hand[2] > moved.new[2] and hand.old == moved.old
    pull(page, "advantages:1", 0, -50)
    assert agree(page).advantages[1] > 0 > hand.advantages[1]
    page.locator('[data-kl-choice="method:clip"]').check(force=True)
    assert agree(page).method == "clip"


def test_the_old_policy_plays_every_action(page: Page) -> None:
    point = page.locator('[data-kl-handle="old"]')
    point.press("End")
    assert agree(page).old == pytest.approx((0.005, 0.99, 0.005))
    pull(page, "old", -300, 400)
    assert min(agree(page).old) >= 0.005
    new = page.locator('[data-kl-handle="new"]')
    new.press("Home")  # the new one may give up an action
    assert agree(page).hand[1] == 0 and agree(page).kl == math.inf
    expect(page.locator(".kl-sentence")).to_contain_text("Never played: stay. So the KL is infinite")


def test_by_hand_begins_where_it_was(page: Page) -> None:
    before = agree(page)
    page.locator('[data-kl-choice="method:hand"]').check(force=True)
    found = agree(page)
    assert found.hand == pytest.approx(before.new, abs=2e-6) and sum(found.hand) == pytest.approx(1, abs=1e-12)


def test_silenced_samples_are_marked(page: Page) -> None:
    assert agree(page).silenced == 1
    expect(page.locator(".kl-policy-sample")).to_have_count(10)
    expect(page.locator(".kl-policy-sample.kl-policy-silent")).to_have_count(10)
    expect(page.locator(".kl-sentence")).to_contain_text("silenced every sample")
    page.locator('[data-kl-handle="new"]').press("Home")
    found = agree(page)
    expect(page.locator(".kl-policy-silent")).to_have_count(round(10 * found.silenced))
    page.locator('[data-kl-action="more-samples"]').click()
    assert agree(page).counts == (7, 2, 2)
    expect(page.locator(".kl-policy-sample")).to_have_count(11)


def test_samples_are_the_reader_s(page: Page) -> None:
    """By buttons and by typing; the last one stays."""
    for _ in range(2):
        page.locator('[data-kl-action="next-action"]').click()
    for _ in range(3):
        page.locator('[data-kl-action="fewer-samples"]').click()
    assert agree(page).counts == (6, 2, 0)
    expect(page.locator(".kl-policy-none")).to_have_text("no sample")
    page.locator('[data-kl-action="previous-action"]').click()
    page.evaluate(TOLD)  # the fields follow a moment later
    typed(page, "counts", "0", "", "0")
    page.locator('[data-kl-action="previous-action"]').click()
    page.evaluate(TOLD)
    typed(page, "counts", "0", "One sample must remain; nothing was changed.")
    assert agree(page).counts == (6, 0, 0)


def test_the_ball_and_the_band_follow(page: Page) -> None:
    ball, inside = page.locator(".kl-policy-ball"), page.locator(".kl-policy-band")
    sizes = [ball.bounding_box(), inside.bounding_box()]
    typed(page, "delta", "0.24", "", "0.24")
    typed(page, "epsilon", "0.4", "", "0.4")
    page.evaluate(TOLD)
    later = [ball.bounding_box(), inside.bounding_box()]
    for before, after, least, most in zip(sizes, later, (1.5, 1.8), (2.5, 2.2), strict=True):
        assert before and after
        assert least < after["height"] / before["height"] < most


def test_the_ball_has_its_radius(page: Page) -> None:
    """Every point of the line is δ away from the old policy, which is the first argument."""
    typed(page, "delta", "0.3", "", "0.3")
    found = agree(page)
    box = page.locator(".kl-policy-edge").evaluate("(path) => { const { x, y, width, height } = path.getBBox(); return [x, y + height, width]; }")
    drawn = str(page.locator(".kl-policy-ball").get_attribute("d"))
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[ML]([\d.]+,[\d.]+)", drawn)]
    assert len(points) == 97
    for x, y in points:
        top = (box[1] - y) / box[2] / math.sqrt(0.75)
        right = (x - box[0]) / box[2] - top / 2
        law = np.array([1 - top - right, top, right])
        assert kltext.kl_divergence(found.old, law / law.sum()) == pytest.approx(0.3, rel=0.03)


def test_paths_on_the_page_are_those_of_python(page: Page) -> None:
    """The ends drawn in the triangle stand where the updates of Python end."""
    found = agree(page)
    side = page.locator(".kl-policy-edge").evaluate("(path) => path.getBBox().width")
    left, base = page.locator(".kl-policy-edge").evaluate("(path) => [path.getBBox().x, path.getBBox().y + path.getBBox().height]")
    for method in ("clip", "fixed", "adaptive"):
        x, y = page.locator(f".kl-policy-end-{method}").evaluate("(dot) => [dot.cx.baseVal.value, dot.cy.baseVal.value]")
        _, top, right = found.path(method)[-1]
        assert (x - left) / side == pytest.approx(right + top / 2, abs=0.003)
        assert (base - y) / side == pytest.approx(math.sqrt(0.75) * top, abs=0.003)


def test_type_examples_and_reset(page: Page) -> None:
    for field, text, sentence, taken in (
        ("old", "abc", "nothing was changed", None),
        ("old", "0.001", "0.001 was read as 0.005", "0.005"),
        ("old", "0.5", "", "0.5"),
        ("advantages", "5", "advantages from −3 to 3; 5 was read as 3", "3"),
        ("counts", "2.4", "A number of samples is whole; 2.4 was read as 2.", "2"),
        ("counts", "40", "40 was read as 20", "20"),
        ("beta", "1/4", "", "0.25"),
        ("rate", "99", "99 was read as 20", "20"),
        ("steps", "7.5", "A number of steps is whole; 7.5 was read as 8.", "8"),
        ("epsilon", "0", "0 was read as 0.01", "0.01"),
    ):
        typed(page, field, text, sentence, taken)
        agree(page)
    shown = [(sentence, agree(page).kl) for sentence in examples(page)]
    assert len(set(shown)) == 9
    assert "neither onwards nor back" in shown[1][0] and "every sampled ratio is inside the clip band" in shown[5][0]
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == PolicySimplex().state()


@pytest.mark.parametrize("example", ["0", "2", "3"])
def test_copies(page: Page, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("select").select_option(example)
    copies_itself(page, agree, capsys)


def test_copied_link_keeps_it_all(page: Page) -> None:
    pull(page, "new", 30, -20)
    typed(page, "beta", "2.5", "", "2.5")
    page.locator('[data-kl-action="more-samples"]').click()
    wanted = agree(page).state()
    link = copied(page, "link")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == wanted and wanted["method"] == "hand"


@pytest.mark.parametrize(
    "fragment",
    ["method:hand;hand:0,0,1", "old:0.99,0.005,0.005;delta:2", "old:0.000001,0.5,0.499999;delta:0.001;rate:20;steps:200", "counts:0,0,1;advantages:0,0,0", "steps:0", "counts:20,20,20;epsilon:0.9"],
)
def test_the_farthest_states_are_drawn(browser: Browser, address: str, fragment: str) -> None:
    with opened(browser, f"{address}#policies={fragment}") as page:
        agree(page)
        drawn_whole(page, sentences=False)


def test_touch_at_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        before = agree(page)
        swipe(page, "old", 30)
        fits_a_small_phone(page)
        assert agree(page).old[2] > before.old[2]
        page.locator('[data-kl-range="beta"]').press("ArrowRight")
        assert agree(page).beta == pytest.approx(1.06, abs=0.021)
        for example in range(9):
            page.locator("select").select_option(str(example))
            page.evaluate(TOLD)
            fits_a_small_phone(page)


@pytest.mark.parametrize("width", [320, 390, 900])
def test_nothing_is_cut_off(browser: Browser, address: str, width: int) -> None:
    """In every example, and every kind of new policy: no word of the picture, no number, and not the sentence."""
    with opened(browser, address, width=width, height=900) as page:
        as_in_the_book(page)
        for _ in examples(page):
            for method in ("clip", "fixed", "adaptive", "hand"):
                if page.locator(f'[data-kl-choice="method:{method}"]').is_checked() and method != "hand":
                    continue
                page.locator(f'[data-kl-choice="method:{method}"]').check(force=True)
                page.evaluate(TOLD)
                drawn_whole(page)


def test_accessible(browser: Browser, address: str, root: Path) -> None:
    with opened(browser, address) as page:
        page.locator("select").select_option("5")
        page.evaluate(TOLD)
        accessible(page, root)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
