"""Exercises answered by a function: right ones pass, and each wrong one is caught, at the smallest input, with its mistake named."""

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import rel_entr, xlogy

from kltext import exercises, js_divergence, kl_divergence
from kltext.exercises.inputs import laws, nearly_equal_pairs, simple_pairs
from kltext.exercises.properties import Property, divergence_properties

Function = Callable[[Any, Any], Any]


# Right implementations, as readers write them.


def masked(p: Any, q: Any) -> float:
    p, q = np.asarray(p), np.asarray(q)
    if np.any((p > 0) & (q == 0)):
        return math.inf
    keep = p > 0
    return float(np.sum(p[keep] * np.log(p[keep] / q[keep])))


def looped(p: Any, q: Any) -> float:
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += a * math.log(a / b) if b > 0 else math.inf
    return total


def by_scipy(p: Any, q: Any) -> float:
    return float(rel_entr(p, q).sum())


def by_two_entropies(p: Any, q: Any) -> float:
    return float(np.sum(xlogy(p, p)) - np.sum(xlogy(p, q)))


def by_nansum(p: Any, q: Any) -> float:
    p, q = np.asarray(p), np.asarray(q)
    with np.errstate(all="ignore"):
        return float(np.nansum(p * np.log(p / q)))


@pytest.mark.parametrize("function", [kl_divergence, masked, looped, by_scipy, by_two_entropies, by_nansum])
@pytest.mark.parametrize("id", ["kl-implement", "kl-bug"])
def test_right_functions_pass(id: str, function: Function) -> None:
    report = exercises.check(id, function)
    assert report.passed, report
    assert "solved" in repr(report)
    assert "✗" not in repr(report)


# Wrong ones. Each stands with the smallest input on which it must fail and a word of the mistake it must be told.


def masks_q(p: Any, q: Any) -> Any:
    p, q = np.asarray(p), np.asarray(q)
    keep = (q > 0) & (p > 0)
    return np.sum(p[keep] * np.log(p[keep] / q[keep]))


def masks_q_alone(p: Any, q: Any) -> Any:
    p, q = np.asarray(p), np.asarray(q)
    keep = q > 0
    return np.sum(p[keep] * np.log(p[keep] / q[keep]))


def masks_q_with_xlogy(p: Any, q: Any) -> Any:
    p, q = np.asarray(p), np.asarray(q)
    keep = q > 0
    return np.sum(xlogy(p[keep], p[keep] / q[keep]))


def no_convention(p: Any, q: Any) -> Any:
    return np.sum(np.asarray(p) * np.log(np.asarray(p) / np.asarray(q)))


def difference_of_logs(p: Any, q: Any) -> Any:
    return np.sum(np.asarray(p) * (np.log(p) - np.log(q)))


def clamped(p: Any, q: Any) -> Any:
    p, q = np.asarray(p), np.clip(q, 1e-12, None)
    return np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0))


def clips_both(p: Any, q: Any) -> Any:
    p, q = np.clip(p, 1e-7, 1), np.clip(q, 1e-7, 1)
    return np.sum(p * np.log(p / q))


def adds_epsilon(p: Any, q: Any) -> Any:
    return np.sum(np.asarray(p) * np.log((np.asarray(p) + 1e-10) / (np.asarray(q) + 1e-10)))


def base_two(p: Any, q: Any) -> Any:
    return masked(p, q) / math.log(2)


def base_ten(p: Any, q: Any) -> Any:
    return masked(p, q) / math.log(10)


def swapped(p: Any, q: Any) -> Any:
    return masked(q, p)


def mean(p: Any, q: Any) -> Any:
    return np.mean(rel_entr(p, q))


def upside_down(p: Any, q: Any) -> Any:
    return -masked(p, q)


def cross_entropy(p: Any, q: Any) -> Any:
    return -np.sum(xlogy(p, q))


def absolute(p: Any, q: Any) -> Any:
    return np.sum(np.abs(rel_entr(p, q)))


def weighted_by_q(p: Any, q: Any) -> Any:
    return np.sum(np.asarray(q) * np.log(np.asarray(p) / np.asarray(q)))


def infinity_to_zero(p: Any, q: Any) -> Any:
    value = masked(p, q)
    return value if math.isfinite(value) else 0.0


def terms(p: Any, q: Any) -> Any:
    return rel_entr(p, q)


def divides(p: Any, q: Any) -> Any:
    return sum(a * math.log(a / b) for a, b in zip(map(float, p), map(float, q), strict=True) if a > 0)


def log_of_zero(p: Any, q: Any) -> Any:
    return sum(a * (math.log(a) - math.log(b)) for a, b in zip(p, q, strict=True))


def spoils_its_input(p: Any, q: Any) -> Any:
    value = masked(p, q)
    if isinstance(p, np.ndarray):
        p[p == 0] = 1e-12
    return value


def arrays_only(p: Any, q: Any) -> Any:
    keep = p > 0
    return masked(p, q) if keep.any() else 0.0


def forgets_outcomes(p: Any, q: Any) -> Any:
    return masked(p, q) if len(p) < 5 else sum(rel_entr(np.asarray(p)[:4], np.asarray(q)[:4]))


def total_variation(p: Any, q: Any) -> Any:
    return 0.5 * np.sum(np.abs(np.asarray(p) - np.asarray(q)))


def not_a_number(p: Any, q: Any) -> Any:
    return "0.5"


def word(p: Any, q: Any) -> Any:
    return "about half"


APART = ["p = [1, 0]", "q = [0, 1]"]
SURE_FAIR = ["p = [1, 0]", "q = [1/2, 1/2]"]
SURE_SURE = ["p = [1, 0]", "q = [1, 0]"]
ONE = ["p = [1]", "q = [1]"]

ZOO: list[tuple[Function, list[str], str, str]] = [
    (masks_q, APART, "0", "terms with q = 0 are left out"),
    (masks_q_alone, APART, "nan", "terms with q = 0 are left out"),
    (masks_q_with_xlogy, APART, "0", "terms with q = 0 are left out"),
    (no_convention, APART, "nan", "0·log 0"),
    (difference_of_logs, APART, "nan", "0·log 0"),
    (clamped, APART, "27.63102112", "epsilon of about 1e-12"),
    (clips_both, APART, "16.11809404", "epsilon of about 1e-07"),
    (adds_epsilon, APART, "23.02585093", "epsilon of about 1e-10"),
    (base_two, SURE_FAIR, "1", "base 2"),
    (base_ten, SURE_FAIR, "0.3010299957", "base 10"),
    (swapped, ["p = [1/2, 1/2]", "q = [1, 0]"], "0.6931471806", "arguments are swapped"),
    (mean, SURE_FAIR, "0.3465735903", "mean over the outcomes"),
    (upside_down, APART, "-inf", "upside down"),
    (cross_entropy, ["p = [1/2, 1/2]", "q = [1/2, 1/2]"], "0.6931471806", "cross-entropy"),
    (absolute, ["p = [1/2, 1/2]", "q = [2/3, 1/3]"], "0.346573590", "absolute value"),
    (weighted_by_q, APART, "nan", "weighted by q"),
    (infinity_to_zero, APART, "0", "infinite values are replaced by 0"),
    (terms, ONE, "an array of shape (1,), where one number is asked for", "add them up"),
    (divides, APART, "ZeroDivisionError: ", "division by q = 0"),
    (log_of_zero, APART, "ValueError: ", "math.log refuses 0"),
    (forgets_outcomes, ["p = [0, 0, 0, 0, 1]", "q = [1, 0, 0, 0, 0]"], "0", "comes out finite"),
    (total_variation, APART, "1", "comes out finite"),
    (word, ONE, "'about half', which is not a real number", ""),
]


@pytest.mark.parametrize(("function", "smallest", "got", "mistake"), ZOO, ids=[case[0].__name__ for case in ZOO])
def test_wrong_functions_are_caught(function: Function, smallest: list[str], got: str, mistake: str) -> None:
    report = exercises.check("kl-bug", function)
    assert not report.passed
    assert report.failure is not None
    assert report.failure.input.lines() == smallest, report
    assert report.failure.got.startswith(got), report
    assert mistake in (report.mistake or ""), report


def test_no_mistake_is_named_for_an_error_of_its_own_kind() -> None:
    report = exercises.check("kl-bug", lambda p, q: masked(p, q) ** 2)
    assert report.failure is not None
    assert report.failure.input.lines() == SURE_FAIR
    assert report.mistake is None


def test_what_the_function_raises_is_told_with_its_line() -> None:
    report = exercises.check("kl-implement", divides)
    assert report.failure is not None
    assert isinstance(report.failure.error, ZeroDivisionError)
    assert "return sum(a * math.log(a / b)" in report.failure.got
    assert "ZeroDivisionError" in repr(report)
    assert "ZeroDivisionError" in report._repr_markdown_()


def test_a_function_that_spoils_its_inputs_fails_for_that_alone() -> None:
    report = exercises.check("kl-implement", spoils_its_input)
    assert [statement for statement, holds in report.verdicts if not holds] == ["does not change its inputs"]
    assert report.failure is not None
    assert report.failure.input.lines() == SURE_SURE
    assert report.failure.expected == "p as it was"


def test_a_function_of_arrays_fails_for_lists_alone() -> None:
    report = exercises.check("kl-implement", arrays_only)
    assert [statement for statement, holds in report.verdicts if not holds] == ["accepts plain lists"]
    assert report.failure is not None
    assert report.failure.got.startswith("TypeError: '>' not supported between instances of 'list' and 'int'")
    assert "np.asarray" in (report.mistake or "")


def test_numbers_in_disguise_are_accepted() -> None:
    assert exercises.check("kl-implement", lambda p, q: np.array(masked(p, q))).passed
    assert exercises.check("kl-implement", lambda p, q: np.float32(0) + np.float64(masked(p, q))).passed


def test_nothing_returned_is_a_start_not_a_failure() -> None:
    report = exercises.check("kl-implement", lambda p, q: None)
    assert not report.passed
    assert "nothing to check yet" in repr(report)
    assert "✗" not in repr(report)
    assert repr(report).count("○") == len(report.verdicts)


def test_only_functions_are_checked() -> None:
    with pytest.raises(TypeError, match="needs a function, got float"):
        exercises.check("kl-implement", 0.5)


def test_the_report_is_the_same_every_time() -> None:
    first, second = (exercises.check("kl-bug", masks_q) for _ in range(2))
    assert repr(first) == repr(second)
    assert first._repr_markdown_() == second._repr_markdown_()


def test_the_report_reads_as_promised() -> None:
    text = repr(exercises.check("kl-bug", masks_q))
    assert text.startswith(
        "kl-bug: not yet. 5 of 10 properties fail.\n"
        "\n"
        "The smallest input that fails:\n"
        "    p = [1, 0]\n"
        "    q = [0, 1]\n"
        "    expected: inf, because Q rules out what P allows\n"
        "    got:      0\n"
        "\n"
        "This looks like: the terms with q = 0 are left out."
    )
    assert "  ✗ is infinite where Q rules out an outcome that P allows\n  ✓ stays finite" in text
    markdown = exercises.check("kl-bug", masks_q)._repr_markdown_()
    assert markdown.startswith("**✗ kl-bug: not yet. 5 of 10 properties fail.**\n\n")
    assert "```text\np = [1, 0]\nq = [0, 1]\n" in markdown
    assert "✗ Fails:\n\n- is infinite where Q rules out an outcome that P allows\n- is never negative\n" in markdown
    assert markdown.endswith("accepts plain lists; does not change its inputs.")
    assert "✓ Holds: stays finite where" in markdown


# Keeping the digits where P and Q nearly agree.


def second_order_safe(p: Any, q: Any) -> float:
    """Term by term p·(t − log(1 + t)) with a series for small t: the right idea, in a reader's hand."""
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if np.any((p > 0) & (q == 0)):
        return math.inf
    keep = p > 0
    t = (q[keep] - p[keep]) / p[keep]
    series = t**2 * (1 / 2 - t * (1 / 3 - t * (1 / 4 - t * (1 / 5 - t / 6))))
    each = np.where(np.abs(t) < 1e-2, series, t - np.log1p(t))
    return float(np.sum(p[keep] * each) + np.sum(q[~keep]))


def half_safe(p: Any, q: Any) -> float:
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if np.any((p > 0) & (q == 0)):
        return math.inf
    keep = p > 0
    t = (q[keep] - p[keep]) / p[keep]
    return float(np.sum(p[keep] * (t - np.log1p(t))) + np.sum(q[~keep]))


@pytest.mark.parametrize("function", [kl_divergence, second_order_safe])
def test_exact_functions_pass(function: Function) -> None:
    assert exercises.check("kl-stable", function).passed


@pytest.mark.parametrize(
    ("function", "at", "mistake"),
    [
        (masked, "2^-22,", "cancellation. Where P ≈ Q"),
        (by_scipy, "2^-29,", "a second cancellation"),
        (half_safe, "2^-29,", "a second cancellation"),
    ],
)
def test_lost_digits_are_noticed(function: Function, at: str, mistake: str) -> None:
    report = exercises.check("kl-stable", function)
    assert [statement for statement, holds in report.verdicts if not holds] == [
        "keeps its digits when P and Q nearly agree"
    ]
    assert report.failure is not None
    p, q = report.failure.input.lines()
    assert p == "p = [3/4, 1/4]"
    assert q.startswith(f"q = [3/4 + {at}")
    assert (report.mistake or "").startswith(mistake), report


def test_nearly_equal_pairs_lose_nothing_in_floating_point() -> None:
    for k, tried in nearly_equal_pairs():
        p, q = tried.arrays()
        assert sum(tried.arguments[0]) == sum(tried.arguments[1]) == 1  # type: ignore[arg-type]
        assert [float(x).hex() for x in p] == [float(x).hex() for x in tried.arguments[0]]  # type: ignore[arg-type]
        assert math.fsum(q) == 1
        assert np.all(np.abs(q / p - 1) <= 2.0**-k)


# Many at once.


def rows_right(p: Any, q: Any) -> Any:
    return rel_entr(p, q).sum(axis=-1)


ROWS: list[tuple[Function, list[str], str, str]] = [
    (lambda p, q: rel_entr(p, q).sum(), ["P = [[1]]", "Q = [[1]]"], "a result of shape ()", "into one number"),
    (lambda p, q: rel_entr(p, q).sum(axis=0), ["P = [[1, 0]]", "Q = [[1, 0]]"], "a result of shape (2,)", "axis 0"),
    (lambda p, q: rel_entr(p, q).mean(axis=-1), ["P = [[1, 0]]", "Q = [[1/2, 1/2]]"], "[0.3465735903]", "mean over"),
    (lambda p, q: rel_entr(q + 0 * p, p).sum(axis=-1), ["P = [[1, 0]]", "Q = [[1/2, 1/2]]"], "[inf]", "swapped"),
    (lambda p, q: rel_entr(p, q).sum(axis=-1) / math.log(2), ["P = [[1, 0]]", "Q = [[1/2, 1/2]]"], "[1]", "base 2"),
    (lambda p, q: [masked(a, b) for a, b in zip(p, q, strict=True)], ["P = [[1]]", "Q = [[1]]"], "IndexError", ""),
    (lambda p, q: "rows", ["P = [[1]]", "Q = [[1]]"], "'rows', which is not an array", ""),
]


def test_right_rows_pass() -> None:
    assert exercises.check("kl-rows", rows_right).passed
    assert exercises.check("kl-rows", kl_divergence).passed


@pytest.mark.parametrize(("function", "smallest", "got", "mistake"), ROWS)
def test_wrong_rows_are_caught(function: Function, smallest: list[str], got: str, mistake: str) -> None:
    report = exercises.check("kl-rows", function)
    assert not report.passed
    assert report.failure is not None
    assert report.failure.input.lines() == smallest, report
    assert report.failure.got.startswith(got), report
    assert mistake in (report.mistake or ""), report


# The properties serve other divergences.


def failing(properties: list[Property], function: Function, reference: Function) -> list[str]:
    return [x.statement for x in properties if x.first_failure(function, reference)]


def test_properties_of_a_symmetric_finite_divergence() -> None:
    properties = divergence_properties(js_divergence, infinite_without_support=False, additive=False, symmetric=True)
    assert failing(properties, js_divergence, js_divergence) == []
    wrong = failing(properties, kl_divergence, js_divergence)
    assert wrong == ["is the same in both directions", "agrees with kltext on simple and on random inputs"]


def test_properties_know_a_divergence_that_does_not_add_up() -> None:
    assert "adds up over independent parts" in failing(
        divergence_properties(js_divergence), js_divergence, js_divergence
    )


def test_checking_functions_needs_no_widgets() -> None:
    code = (
        "import sys; from kltext import exercises, kl_divergence; exercises.check('kl-implement', kl_divergence);"
        "print(sorted({'anywidget', 'ipywidgets', 'matplotlib', 'kltext.widgets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The inputs themselves.


def test_inputs_come_from_small_to_large() -> None:
    sizes = [tried.size() for tried in simple_pairs()]
    assert sizes == sorted(sizes)
    assert len(set(simple_pairs())) == len(sizes)
    assert simple_pairs()[0].lines() == ONE
    assert simple_pairs()[1].lines() == SURE_SURE


def test_laws_are_all_there() -> None:
    assert [len(laws(2, d)) for d in (1, 2, 3, 4)] == [2, 1, 2, 2]
    assert [len(laws(3, d)) for d in (1, 2, 3, 4)] == [3, 3, 7, 9]
    assert all(sum(law) == 1 for n in (1, 2, 3) for d in (1, 2, 3, 4) for law in laws(n, d))
