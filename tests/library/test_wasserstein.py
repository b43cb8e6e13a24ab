"""The distance on the line against SciPy, the transport problem, quantiles, and what it is not: an f-divergence."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

from kltext import js_divergence, total_variation
from kltext.wasserstein import wasserstein_1d

NAN, INF = math.nan, math.inf
PLACES = st.lists(st.one_of(st.floats(-50, 50), st.integers(-3, 3).map(float)), min_size=1, max_size=8)


@st.composite
def weighted(draw):
    places = np.array(draw(PLACES))
    masses = np.array(draw(st.lists(st.floats(0, 1), min_size=len(places), max_size=len(places)))) + 1e-3
    return places, masses / masses.sum()


@pytest.mark.parametrize(
    ("x", "y", "x_weights", "y_weights", "wanted"),
    [
        ([0.0], [5.0], None, None, 5.0),
        ([0.0], [0.0, 2.0], None, None, 1.0),
        ([3.0, 1.0, 0.0], [8.0, 5.0, 6.0], None, None, 5.0),
        ([0.0, 1.0], [1.0, 0.0], None, None, 0.0),
        ([0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0], 1.0),
        ([0.0, 0.0, 1.0], [0.0, 1.0], None, [2 / 3, 1 / 3], 0.0),
        ([-1e300], [1e300], None, None, 2e300),
    ],
)
def test_known_values(library, x, y, x_weights, y_weights, wanted):
    arguments = [None if a is None else library.array(a) for a in (x, y, x_weights, y_weights)]
    got = wasserstein_1d(*arguments)
    assert library.is_native(got)
    assert float(library.numpy(got)) == pytest.approx(wanted, rel=1e-14, abs=1e-15)


@given(weighted(), weighted())
def test_scipy_agrees(first, second):
    (x, a), (y, b) = first, second
    assert wasserstein_1d(x, y) == pytest.approx(wasserstein_distance(x, y), rel=1e-9, abs=1e-12)
    assert wasserstein_1d(x, y, a, b) == pytest.approx(wasserstein_distance(x, y, a, b), rel=1e-9, abs=1e-12)
    assert wasserstein_1d(x, y, a) == pytest.approx(wasserstein_distance(x, y, a), rel=1e-9, abs=1e-12)
    assert wasserstein_1d(x, y, None, b) == pytest.approx(wasserstein_distance(x, y, None, b), rel=1e-9, abs=1e-12)


def test_it_is_the_least_work_of_a_transport_plan():
    rng = np.random.default_rng(4)
    for _ in range(5):
        x, y = rng.normal(size=4), rng.normal(size=5)
        a, b = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(5))
        rows = np.kron(np.eye(4), np.ones(5))
        columns = np.kron(np.ones(4), np.eye(5))
        cost = np.abs(x[:, None] - y).ravel()
        plan = linprog(cost, A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([a, b]))
        assert wasserstein_1d(x, y, a, b) == pytest.approx(plan.fun, rel=1e-9, abs=0)


@given(weighted(), weighted(), weighted())
def test_a_metric(first, second, third):
    (x, a), (y, b), (z, c) = first, second, third
    assert wasserstein_1d(x, y, a, b) == pytest.approx(wasserstein_1d(y, x, b, a), rel=1e-12, abs=1e-12)
    assert wasserstein_1d(x, x, a, a) == pytest.approx(0, abs=1e-13)
    assert wasserstein_1d(x, z, a, c) <= wasserstein_1d(x, y, a, b) + wasserstein_1d(y, z, b, c) + 1e-9


@given(weighted(), weighted(), st.floats(-10, 10), st.floats(0.1, 10))
def test_shifts_and_scales(first, second, shift, scale):
    (x, a), (y, b) = first, second
    got = wasserstein_1d(scale * x + shift, scale * y + shift, a, b)
    assert got == pytest.approx(scale * wasserstein_1d(x, y, a, b), rel=1e-9, abs=1e-9)
    assert wasserstein_1d(x, x + shift, a, a) == pytest.approx(abs(shift), rel=1e-9, abs=1e-9)


def test_it_moves_where_f_divergences_do_not():
    """Claims C133 and C188: two points at distance t have JS log 2 and TV 1 for every t ≠ 0, and W₁ = t."""
    for t in (1e-3, 1.0, 50.0):
        assert js_divergence([1, 0], [0, 1]) == math.log(2) and total_variation([1, 0], [0, 1]) == 1
        assert wasserstein_1d([0.0], [t]) == t


def test_it_is_infinite_without_a_mean():
    """Claim C190: to a Cauchy law whose mass outside [−R, R] is put at 0, W₁ is log(1 + R²)/π, without bound."""
    for radius, wanted in ((10.0, 1.469038486440), (1e3, 4.397613911586), (1e5, 7.329355988826)):
        edges = np.sinh(np.linspace(-np.arcsinh(radius), np.arcsinh(radius), 20_001))
        masses = np.diff(np.arctan(edges)) / math.pi
        places, masses = np.append((edges[1:] + edges[:-1]) / 2, 0.0), np.append(masses, 1 - masses.sum())
        assert wasserstein_1d([0.0], places, None, masses) == pytest.approx(wanted, rel=1e-6, abs=0)


def test_gradients(differentiable):
    x, y = np.array([3.0, 0.0, 1.0]), np.array([2.0, -1.0, 1.5])
    got = differentiable.gradients(wasserstein_1d, x, y)
    assert np.allclose(got[0], np.array([1, 1, -1]) / 3) and np.allclose(got[1], np.array([-1, -1, 1]) / 3)
    got = differentiable.gradients(lambda x: wasserstein_1d(x, x), x)
    assert got[0].tolist() == [0, 0, 0]


def test_gradients_with_weights_are_differences(differentiable):
    rng = np.random.default_rng(8)
    arguments = [rng.normal(size=3), rng.normal(size=4), rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4))]
    got = differentiable.gradients(wasserstein_1d, *arguments)
    for which in (0, 1):
        for k in range(len(arguments[which])):
            values = []
            for sign in (1, -1):
                moved = [a.copy() for a in arguments]
                moved[which][k] += sign * 1e-6
                values.append(wasserstein_1d(*moved))
            assert got[which][k] == pytest.approx((values[0] - values[1]) / 2e-6, rel=1e-6, abs=1e-9)
    for which in (2, 3):  # moving mass from place 0 to place 1
        values = []
        for sign in (1, -1):
            moved = [a.copy() for a in arguments]
            moved[which][:2] += sign * 1e-6 * np.array([-1, 1])
            values.append(wasserstein_1d(*moved))
        assert got[which][1] - got[which][0] == pytest.approx((values[0] - values[1]) / 2e-6, rel=1e-6, abs=1e-9)


def test_float32_stays_float32(library):
    x, y = library.array([0.0, 1.0], "float32"), library.array([0.0, 1.0, 5.0], "float32")
    for got in (wasserstein_1d(x, y), wasserstein_1d(x, x), wasserstein_1d(x, y, library.array([0.5, 0.5], "float32"))):
        assert library.is_native(got) and library.dtype(got) == "float32"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [0.0]), r"^x must be a vector of one place at least, got shape \(0,\)"),
        ((0.0, [0.0]), r"^x must be a vector of one place at least, got shape \(\)"),
        (([0.0], [[0.0]]), r"^y must be a vector of one place at least, got shape \(1, 1\)"),
        (([NAN], [0.0]), "^x must be finite, got nan at index 0"),
        (([0.0], [0.0, INF]), "^y must be finite, got inf at index 1"),
        (([0.0], [0.0], [0.5]), "^x_weights must sum to 1"),
        (([0.0], [0.0], None, [-1.0]), "^y_weights must be non-negative, got -1.0"),
        (([0.0, 1.0], [0.0], [1.0]), r"^x_weights must fit x: \(2,\), got \(1,\)"),
        (([0.0], [0.0], None, [0.5, 0.5]), r"^y_weights must fit y"),
        ((["a"], [0.0]), "^x must hold real numbers"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        wasserstein_1d(*arguments)
