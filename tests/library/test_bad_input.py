"""Every bad input to every public function is a ValueError that names the argument and the value."""

import math
from fractions import Fraction

import numpy as np
import pytest

from kltext import (
    cross_entropy,
    entropy,
    gaussian_kl,
    js_distance,
    js_divergence,
    kl_divergence,
    mvn_kl,
    surprisal,
    total_variation,
)

GOOD = [0.5, 0.5]
PAIRS = [cross_entropy, kl_divergence, js_divergence, js_distance, total_variation]
WITH_BASE = {
    surprisal: (0.5,),
    entropy: (GOOD,),
    cross_entropy: (GOOD, GOOD),
    kl_divergence: (GOOD, GOOD),
    js_divergence: (GOOD, GOOD),
    js_distance: (GOOD, GOOD),
    gaussian_kl: (0.0, 1.0),
    mvn_kl: ([0.0], [[1.0]], [0.0], [[1.0]]),
}

BAD_LAWS = [
    ([-0.2, 1.2], "non-negative, got -0.2 at index 0"),
    ([0.0, -0.2, 1.2], "non-negative, got -0.2 at index 1"),
    ([[0.5, 0.5], [1.5, -0.5]], r"non-negative, got -0.5 at index \(1, 1\)"),
    ([0.5, math.nan], "got nan at index 1"),
    ([0.5, math.inf], "sum to 1 over its last axis, got inf"),
    ([math.inf, -math.inf], "non-negative, got -inf at index 1"),
    ([1e308, 1e308], "sum to 1 over its last axis, got inf"),
    ([0.5, 0.6], "sum to 1 over its last axis, got 1.1"),
    ([0.3, 0.3], "sum to 1 over its last axis, got 0.6"),
    ([0.5, 0.5 + 1e-7], "sum to 1"),
    ([1, 1], "sum to 1 over its last axis, got 2.0"),
    ([0.0, 0.0], "sum to 1 over its last axis, got 0.0"),
    ([[0.5, 0.5], [0.5, 0.4]], "got 0.9 at index 1"),
    ([], r"outcomes on its last axis, got shape \(0,\)"),
    (np.empty((2, 0)), r"outcomes on its last axis, got shape \(2, 0\)"),
    (1.0, r"outcomes on its last axis, got shape \(\)"),
    ("half", "real numbers, got 'half'"),
    (["0.5", "0.5"], r"real numbers, got \['0.5' '0.5'\]"),
    (None, "real numbers, got None"),
    ([None, 1.0], "real numbers, got"),
    ([Fraction(1, 2), Fraction(1, 2)], "real numbers, got"),
    ([True, False], "real numbers, got"),
    ([0.5 + 0j, 0.5], "real numbers, got"),
    ([[0.5, 0.5], [1.0]], "not an array of numbers"),
    ({"a": 0.5, "b": 0.5}, "real numbers, got"),
    (np.ma.masked_array([0.5, 0.5], [False, True]), "masked array"),
]


@pytest.mark.parametrize("function", [entropy, *PAIRS])
@pytest.mark.parametrize(("bad", "message"), BAD_LAWS)
def test_not_a_law(function, bad, message):
    calls = [("p", (bad,))] if function is entropy else [("p", (bad, GOOD)), ("q", (GOOD, bad))]
    for name, arguments in calls:
        with pytest.raises(ValueError, match=f"^{name} .*{message}"):
            function(*arguments)


@pytest.mark.parametrize("function", PAIRS)
def test_outcomes_or_shapes_that_do_not_fit(function):
    with pytest.raises(ValueError, match=r"same outcomes, got p: \(2,\), q: \(3,\)"):
        function(GOOD, [0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match=r"same outcomes, got p: \(1,\), q: \(2,\)"):
        function([1.0], GOOD)
    with pytest.raises(ValueError, match=r"do not broadcast, got p: \(2, 2\), q: \(3, 2\)"):
        function([GOOD] * 2, [GOOD] * 3)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (-0.1, "between 0 and 1, got -0.1$"),
        (1.1, "between 0 and 1, got 1.1$"),
        ([0.5, 1.5], "got 1.5 at index 1"),
        (math.nan, "got nan"),
        (math.inf, "got inf"),
        ("x", "real numbers, got 'x'"),
        (True, "real numbers, got True"),
        (1j, "real numbers"),
    ],
)
def test_surprisal(bad, message):
    with pytest.raises(ValueError, match=f"^p .*{message}"):
        surprisal(bad)


@pytest.mark.parametrize("function", WITH_BASE)
@pytest.mark.parametrize("base", [0, 1, 1.0, -2, 0.5, math.nan, math.inf, "2", 2j, [2], True])
def test_base(function, base):
    with pytest.raises(ValueError, match="^base must be a number greater than 1"):
        function(*WITH_BASE[function], base=base)


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "x", None, 1j, True, [0.5, math.nan], -1.0, 0.0])
def test_gaussian_kl(position, bad):
    name = ("mean_p", "std_p", "mean_q", "std_q")[position]
    arguments = [0.0, 1.0, 0.0, 1.0]
    arguments[position] = bad
    if name.startswith("mean") and bad in (-1.0, 0.0) and isinstance(bad, float):
        assert gaussian_kl(*arguments) == bad**2 / 2
        return
    with pytest.raises(ValueError, match=f"^{name} must"):
        gaussian_kl(*arguments)


def test_gaussian_kl_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"do not broadcast, got mean_p: \(2,\), std_p: \(3,\)"):
        gaussian_kl([0, 0], [1, 1, 1])


EYE = np.eye(2)
BAD_COVARIANCES = [
    ([[1, 2], [2, 1]], "positive definite, got the smallest eigenvalue -1.0"),
    ([[1, 1], [1, 1]], "positive definite, got the smallest eigenvalue"),
    ([[1, 1], [1, 1 + 2.0**-52]], "positive definite, got the smallest eigenvalue"),  # a pivot lost in rounding
    ([[1, 0], [0, 0]], "positive variances on its diagonal, got 0.0 at index 1"),
    (-EYE, "positive variances on its diagonal, got -1.0 at index 0"),
    ([[1, 0.5], [0.4, 1]], "symmetric: .* differ, got 0.09999.* at index \\(0, 1\\)"),
    ([[1, math.nan], [math.nan, 1]], "finite, got nan at index \\(0, 1\\)"),
    ([[math.inf, 0], [0, 1]], "finite, got inf"),
    (np.eye(3), r"shape \(…, 2, 2\) to fit mean_p, got \(3, 3\)"),
    ([1, 1], r"shape \(…, 2, 2\) to fit mean_p, got \(2,\)"),
    (1.0, r"shape \(…, 2, 2\) to fit mean_p, got \(\)"),
    (np.stack([EYE, [[1, 2], [2, 1]]]), r"smallest eigenvalue -1.0 at index \(1,\)"),
    ("x", "real numbers"),
    ([[True, False], [False, True]], "real numbers"),
    (1j * EYE, "real numbers"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_COVARIANCES)
def test_covariance(bad, message):
    with pytest.raises(ValueError, match=f"^cov_p must .*{message}"):
        mvn_kl([0, 0], bad, [0, 0], EYE)
    with pytest.raises(ValueError, match=f"^cov_q must .*{message}"):
        mvn_kl([0, 0], EYE, [0, 0], bad)


def test_mvn_kl_sizes():
    with pytest.raises(ValueError, match=r"^mean_p must have shape \(…, k\).*got \(\)"):
        mvn_kl(0.0, EYE, [0, 0], EYE)
    with pytest.raises(ValueError, match=r"^mean_p must have shape"):
        mvn_kl([], np.empty((0, 0)), [], np.empty((0, 0)))
    with pytest.raises(ValueError, match=r"^mean_q must have shape \(…, 2\) to fit mean_p, got \(3,\)"):
        mvn_kl([0, 0], EYE, [0, 0, 0], EYE)
    with pytest.raises(ValueError, match=r"do not broadcast, got mean_p: \(2,\), cov_p: \(3,\)"):
        mvn_kl(np.zeros((2, 2)), np.stack([EYE] * 3), [0, 0], EYE)
    with pytest.raises(ValueError, match="^mean_q must be finite, got nan at index 1"):
        mvn_kl([0, 0], EYE, [0, math.nan], EYE)


def test_covariance_symmetric_only_to_rounding_is_accepted():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(5, 5))
    cov = a @ np.diag([1, 2, 3, 4, 5.0]) @ a.T
    cov[0, 1] *= 1 + 1e-12
    assert mvn_kl(np.zeros(5), cov, np.zeros(5), cov) == 0


@pytest.mark.parametrize("units", [(1e-8, 1e-8), (1e8, 1e8), (1e-6, 1e6)])
def test_symmetry_does_not_depend_on_units(units):
    scale = np.outer(units, units)
    mvn_kl([0, 0], np.array([[1, 0.5 + 1e-9], [0.5, 1]]) * scale, [0, 0], np.eye(2))
    with pytest.raises(ValueError, match="^cov_p must be symmetric"):
        mvn_kl([0, 0], np.array([[1, 0.5 + 1e-6], [0.5, 1]]) * scale, [0, 0], np.eye(2))


@pytest.mark.parametrize(("dtype", "slack"), [("float64", 2.0**-26), ("float32", 2.0**-11.5)])
@pytest.mark.parametrize("shape", [(2,), (3, 2)])
def test_a_law_may_miss_one_by_the_root_of_the_rounding(dtype, slack, shape):
    """√ε, for a single row as for several; above and below."""
    for sign in (1, -1):
        for part, good in ((0.95, True), (1.05, False)):
            law = np.broadcast_to(np.array([0.25, 0.75 + sign * part * slack]), shape).astype(dtype)
            if good:
                assert np.all(kl_divergence(law, law) == 0)
            else:
                with pytest.raises(ValueError, match="^p must sum to 1 over its last axis"):
                    kl_divergence(law, law)
