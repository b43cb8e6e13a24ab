"""The widgets' mathematics in JavaScript equals kltext, and both equal fifty digits, to 1e-12 relative."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import pytest

import kltext
from kltext.widgets.gaussian_pair.integrals import mixture_integrals

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
EXACT = 1e-12

DIVERGENCE = "shared/divergence.js"
MICROSCOPE = "ratio_microscope/math.js"
GAUSSIAN = "gaussian_pair/math.js"


def _random_pairs() -> list[tuple[list[float], list[float]]]:
    rng = np.random.default_rng(20260921)
    pairs = []
    for n in (2, 3, 5, 12):
        for concentration in (0.05, 1.0, 20.0):
            pairs.append((rng.dirichlet(np.full(n, concentration)), rng.dirichlet(np.full(n, concentration))))
        p = rng.dirichlet(np.ones(n))
        for size in (1e-1, 3e-2, 1e-4, 1e-8, 1e-12):  # nearly equal
            step = rng.normal(size=n)
            pairs.append((p, p + size * p * (step - (p * step).sum())))
    return [(list(map(float, p)), list(map(float, q))) for p, q in pairs if min(p.min(), q.min()) >= 0]


PAIRS = [
    ([0.9, 0.1], [0.5, 0.5]),
    ([0.5, 0.5], [0.9, 0.1]),
    ([0.7, 0.2, 0.1], [0.8, 0.2, 0.0]),  # infinite
    ([0.8, 0.2, 0.0], [0.7, 0.2, 0.1]),
    ([1.0, 0.0], [0.0, 1.0]),
    ([0.3, 0.7, 0.0], [0.6, 0.4, 0.0]),  # impossible under both
    ([0.25, 0.75], [0.25, 0.75]),
    ([1e-300, 1.0], [0.5, 0.5]),
    ([0.5, 0.5], [1e-300, 1.0]),
    ([5e-324, 1.0], [1e-10, 1.0 - 1e-10]),
    ([1e-9, 1 - 1e-9], [2e-9, 1 - 2e-9]),
    ([0.501, 0.299, 0.2], [0.5, 0.3, 0.2]),
    *_random_pairs(),
]
FUNCTIONS: dict[str, Callable[..., float]] = {
    "klDivergence": kltext.kl_divergence,
    "crossEntropy": kltext.cross_entropy,
    "jsDivergence": kltext.js_divergence,
    "totalVariation": kltext.total_variation,
}


def close(value: float, expected: float, tolerance: float = EXACT) -> bool:
    """Equal to a relative tolerance; zero and infinity only equal themselves."""
    if not math.isfinite(expected) or expected == 0:
        return value == expected
    return abs(value - expected) <= tolerance * abs(expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_equals_kltext(javascript: Javascript, name: str) -> None:
    values = javascript([(DIVERGENCE, name, [p, q]) for p, q in PAIRS])
    for (p, q), value in zip(PAIRS, values, strict=True):
        assert close(value, FUNCTIONS[name](p, q)), (p, q, value)


def test_entropy_equals_kltext(javascript: Javascript) -> None:
    values = javascript([(DIVERGENCE, "entropy", [p]) for p, _ in PAIRS])
    for (p, _), value in zip(PAIRS, values, strict=True):
        assert close(value, kltext.entropy(p)), (p, value)


def test_kl_equals_fifty_digits(javascript: Javascript) -> None:
    values = javascript([(DIVERGENCE, "klDivergence", [p, q]) for p, q in PAIRS])
    with mpmath.workdps(50):
        for (p, q), value in zip(PAIRS, values, strict=True):
            assert close(value, _exact_kl(p, q)), (p, q, value)


def _exact_kl(p: Sequence[float], q: Sequence[float]) -> float:
    """What a sum that differs from one by rounding means: the added q − p cancel for exact laws."""
    if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):
        return math.inf
    terms = [(mpmath.mpf(a), mpmath.mpf(b)) for a, b in zip(p, q, strict=True)]
    return float(mpmath.fsum((a * mpmath.log(a / b) if a else 0) - a + b for a, b in terms))


def test_log_ratio_equals_fifty_digits(javascript: Javascript) -> None:
    outcomes = [(a, b) for p, q in PAIRS for a, b in zip(p, q, strict=True) if a > 0 and b > 0]
    values = javascript([(DIVERGENCE, "logRatio", [a, b]) for a, b in outcomes])
    with mpmath.workdps(50):
        for (a, b), value in zip(outcomes, values, strict=True):
            assert close(value, float(mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)))), (a, b, value)


def test_log_ratio_of_the_impossible(javascript: Javascript) -> None:
    calls = [(DIVERGENCE, "logRatio", [0.5, 0]), (DIVERGENCE, "logRatio", [0, 0.5]), (DIVERGENCE, "logRatio", [0, 0])]
    there, here, nowhere = javascript(calls)
    assert there == math.inf and here == -math.inf and math.isnan(nowhere)
    assert javascript([(DIVERGENCE, "contribution", [0, 0]), (DIVERGENCE, "contribution", [0, 0.5])]) == [0, 0]


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_microscope_shows_kltext_in_its_unit(javascript: Javascript, unit: str) -> None:
    base = 2 if unit == "bits" else None
    states = [{"p": p, "q": q, "labels": [], "locked": [], "unit": unit} for p, q in PAIRS]
    for (p, q), shown in zip(PAIRS, javascript([(MICROSCOPE, "measure", [state]) for state in states]), strict=True):
        numbers = shown["numbers"]
        assert close(numbers["kl_pq"], kltext.kl_divergence(p, q, base=base))
        assert close(numbers["kl_qp"], kltext.kl_divergence(q, p, base=base))
        assert close(numbers["entropy_p"], kltext.entropy(p, base=base))
        assert close(numbers["js"], kltext.js_divergence(p, q, base=base))
        if math.isfinite(numbers["kl_pq"]):  # the contributions are what adds up, up to their own cancellation
            assert sum(shown["contributions"]) == pytest.approx(numbers["kl_pq"], abs=1e-11)


def test_moving_one_outcome_keeps_the_others_proportions(javascript: Javascript) -> None:
    (moved,) = javascript([(MICROSCOPE, "withProbability", [[0.5, 0.3, 0.2], 0, 0.2, []])])
    assert moved == pytest.approx([0.2, 0.48, 0.32], abs=1e-6)
    assert sum(moved) == pytest.approx(1, abs=1e-12)


def test_locked_outcomes_stay(javascript: Javascript) -> None:
    moved, capped, stuck = javascript(
        [
            (MICROSCOPE, "withProbability", [[0.5, 0.3, 0.2], 0, 0.2, [1]]),
            (MICROSCOPE, "withProbability", [[0.5, 0.3, 0.2], 0, 0.9, [1]]),  # no more than the lock leaves
            (MICROSCOPE, "withProbability", [[0.5, 0.3, 0.2], 0, 0.9, [1, 2]]),
        ]
    )
    assert moved == [0.2, 0.3, 0.5]
    assert capped == [0.7, 0.3, 0]
    assert stuck == [0.5, 0.3, 0.2]


def test_others_without_proportions_share_evenly(javascript: Javascript) -> None:
    (moved,) = javascript([(MICROSCOPE, "withProbability", [[1, 0, 0], 0, 0.4, []])])
    assert moved == [0.4, 0.3, 0.3]
    (thirds,) = javascript([(MICROSCOPE, "withProbability", [[1, 0, 0], 0, 1 / 3, []])])
    assert thirds == pytest.approx([1 / 3] * 3, abs=1e-12) and thirds[1] == thirds[2]


def test_moves_never_leave_the_simplex(javascript: Javascript) -> None:
    rng = np.random.default_rng(7)
    calls = []
    for _ in range(200):
        n = int(rng.integers(2, 13))
        p = [float(x) for x in rng.dirichlet(np.full(n, 0.3))]
        locked = [int(i) for i in np.flatnonzero(rng.random(n) < 0.3)]
        calls.append((MICROSCOPE, "withProbability", [p, int(rng.integers(n)), float(rng.uniform(-0.2, 1.2)), locked]))
    for (_, _, [p, i, _, locked]), moved in zip(calls, javascript(calls), strict=True):
        assert min(moved) >= 0 and abs(sum(moved) - 1) < 1e-11
        assert all(moved[j] == p[j] for j in locked if j != i)


def test_outcomes_come_and_go(javascript: Javascript) -> None:
    state = {"p": [0.5, 0.5], "q": [0.9, 0.1], "labels": ["heads", "tails"], "locked": []}
    (more,) = javascript([(MICROSCOPE, "withOutcome", [state])])
    assert more["labels"] == ["heads", "tails", "C"]
    assert more["p"] == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=1e-6)
    assert more["q"] == pytest.approx([0.6, 0.0666667, 1 / 3], abs=1e-6)
    (fewer,) = javascript([(MICROSCOPE, "withoutOutcome", [{**more, "locked": [0, 2]}, 0])])
    assert fewer["labels"] == ["tails", "C"] and fewer["locked"] == [1]
    assert fewer["p"] == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_every_preset_is_sane(javascript: Javascript) -> None:
    microscope, gaussian = javascript([(MICROSCOPE, "PRESETS", []), (GAUSSIAN, "PRESETS", [])])
    for preset, state in zip(microscope, javascript([(MICROSCOPE, "sane", [preset]) for preset in microscope]), strict=True):
        assert state is not None and state["p"] == preset["p"], preset["name"]
    assert all(javascript([(GAUSSIAN, "sane", [preset]) for preset in gaussian]))


@pytest.mark.parametrize(
    "broken",
    [{"p": [0.5, 0.6]}, {"p": [0.5, 0.25, 0.25]}, {"p": [1.5, -0.5]}, {"p": [1], "q": [1]}, {"p": "0.5"}, {"q": None}, {"p": ["NaN", 1]}],
)
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    state = {"p": [0.5, 0.5], "q": [0.9, 0.1], "labels": [], "locked": [], "unit": "nats"}
    assert javascript([(MICROSCOPE, "sane", [{**state, **broken}])]) == [None]


GAUSSIANS = [
    (0.0, 1.0, 1.0, 2.0),
    (-1.0, 1.0, 1.0, 1.0),
    (0.0, 2.0, 0.0, 0.5),
    (0.0, 1.0, 3.0, 0.1),
    (0.0, 0.1, 8.0, 5.0),
    (0.0, 1.0, 0.0, 1.0),
    (0.0, 1.0, 1e-8, 1.0),
    (0.0, 1.0, 0.0, 1.0 + 1e-9),
    (2.0, 0.3, 2.0 + 1e-5, 0.3 - 1e-6),
    (0.8, 0.5, 0.0, 1.0),
    (-8.0, 0.1, 8.0, 0.1),
    (0.0, 1.0, 6.0, 1.0),
]


def test_gaussian_kl_equals_kltext(javascript: Javascript) -> None:
    for (args, shown) in zip(GAUSSIANS, javascript([(GAUSSIAN, "klGaussian", list(args)) for args in GAUSSIANS]), strict=True):
        assert close(shown["total"], kltext.gaussian_kl(*args)), args
        assert close(shown["spread"] + shown["shift"], shown["total"])


def test_gaussian_integrals_equal_fifty_digits(javascript: Javascript) -> None:
    names = ("mean_p", "std_p", "mean_q", "std_q")
    states = [{**dict(zip(names, args, strict=True)), "unit": "nats", "log_scale": False} for args in GAUSSIANS]
    for args, shown in zip(GAUSSIANS, javascript([(GAUSSIAN, "integrals", [state]) for state in states]), strict=True):
        js, tv = _exact_integrals(*args)
        python = mixture_integrals(*args)
        for value, expected in ((shown["js"], js), (shown["tv"], tv), (python[0], js), (python[1], tv)):
            assert abs(value - expected) <= 2e-12 * abs(expected), (args, value, expected)
        assert shown["gain"] + shown["loss"] == pytest.approx(kltext.gaussian_kl(*args), rel=1e-7, abs=1e-12)


def _exact_integrals(mean_p: float, std_p: float, mean_q: float, std_q: float) -> tuple[float, float]:
    with mpmath.workdps(50):
        laws = [(mpmath.mpf(mean_p), mpmath.mpf(std_p)), (mpmath.mpf(mean_q), mpmath.mpf(std_q))]
        if laws[0] == laws[1]:
            return 0.0, 0.0

        def p(x: Any) -> Any:
            return mpmath.npdf(x, *laws[0])

        def q(x: Any) -> Any:
            return mpmath.npdf(x, *laws[1])

        def js(x: Any) -> Any:
            a, b = p(x), q(x)
            return (a * mpmath.log(2 * a / (a + b)) + b * mpmath.log(2 * b / (a + b))) / 2

        (m, s), (n, t) = laws
        a, b, c = 1 / t**2 - 1 / s**2, 2 * (m / s**2 - n / t**2), n**2 / t**2 - m**2 / s**2 + 2 * mpmath.log(t / s)
        roots = sorted(mpmath.re(r) for r in mpmath.polyroots([a, b, c] if a else [b, c], maxsteps=500, extraprec=500))
        ends = sorted({mean + k * std for mean, std in laws for k in range(-14, 15)} | set(roots))
        cdf = [0, *(mpmath.ncdf(r, m, s) - mpmath.ncdf(r, n, t) for r in roots), 0]
        tv = mpmath.fsum(abs(after - before) for before, after in itertools.pairwise(cdf)) / 2
        mpmath.mp.dps = 30
        return float(mpmath.quad(js, ends, method="gauss-legendre")), float(tv)


def test_crossings_are_where_the_densities_agree(javascript: Javascript) -> None:
    names = ("mean_p", "std_p", "mean_q", "std_q")
    different = [args for args in GAUSSIANS if args[:2] != args[2:]]
    states = [dict(zip(names, args, strict=True)) for args in different]
    for state, roots in zip(states, javascript([(GAUSSIAN, "crossings", [state]) for state in states]), strict=True):
        assert len(roots) == (1 if state["std_p"] == state["std_q"] else 2)
        ratios = javascript([(GAUSSIAN, "logRatio", [root, state]) for root in roots])
        assert ratios == pytest.approx([0] * len(roots), abs=1e-6), state


def test_amounts_are_spoken_and_labelled(javascript: Javascript) -> None:
    amounts = [(1, "bits"), (1, "nats"), (0.5311, "bits"), (0, "bits"), (math.inf, "bits")]
    calls = [("shared/format.js", "spokenAmount", ["Infinity" if math.isinf(x) else x, unit]) for x, unit in amounts]
    assert javascript(calls) == ["1 bit", "1 nat", "0.531 bits", "0 bits", "infinite"]
    assert javascript([("shared/format.js", "total", [x]) for x in (0.368, 59.4321, 175.1974, 14050.3)]) == ["0.368", "59.432", "175.2", "14050"]


def test_shortened_names_stay_apart(javascript: Javascript) -> None:
    numbered = [f"outcome {i}" for i in range(1, 13)]
    weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday"]
    same = ["first of a row", "first in a row", "first on a row"]
    calls = [(numbered, 6), (weekdays, 6), (weekdays, 9), (weekdays, 2), (weekdays, 1), (same, 3), (["sun", "sun", "rain"], 2)]
    assert javascript([("shared/format.js", "shorten", list(call)) for call in calls]) == [
        [*(f"…me {i}" for i in range(1, 10)), "…e 10", "…e 11", "…e 12"],
        ["Monday", "Tues…", "Wedn…", "Thur…"],
        weekdays,
        ["Mo", "Tu", "We", "Th"],
        ["A", "B", "C", "D"],
        ["A", "B", "C"],
        ["su", "su", "ra"],
    ]
