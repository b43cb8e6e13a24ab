"""D(Q‖P) over Gaussians Q: value, gradient and Hessian against other integration rules and differences; Newton's method."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from kltext import GaussianMixture
from kltext._reverse_fit import REACH, Law, descend, evaluate, grid, mean_log_density, moved

LINE = GaussianMixture([0.3, 0.7], [-1.0, 2.0], stds=[0.8, 1.5])
PLANE = GaussianMixture([0.4, 0.6], [[-1.0, 0.5], [1.5, -0.5]], covariances=[[[1.0, 0.4], [0.4, 0.7]], [[0.6, -0.2], [-0.2, 1.2]]])
LAWS = {1: Law(np.array([0.4]), np.array([[1.1]])), 2: Law(np.array([0.3, -0.2]), np.array([[0.9, 0.0], [0.35, 0.8]]))}


def step_of(k):
    return 0.05 if k == 1 else 0.2


def divergence(mixture, law):
    """D(Q‖P) by Gauss–Hermite quadrature and SciPy's densities."""
    k = len(law.mean)
    nodes, weights = np.polynomial.hermite_e.hermegauss(120 if k == 1 else 60)
    z = np.stack(np.meshgrid(*[nodes] * k, indexing="ij"), -1).reshape(-1, k)
    weights = np.prod(np.stack(np.meshgrid(*[weights] * k, indexing="ij"), -1), -1).ravel() / (2 * math.pi) ** (k / 2)
    x = law.mean + z @ law.factor.T
    spreads = mixture.stds**2 if k == 1 else mixture.covariances
    parts = [w * multivariate_normal(m, s).pdf(x) for w, m, s in zip(mixture.weights, mixture.means, spreads, strict=True)]
    own = multivariate_normal(law.mean, law.factor @ law.factor.T).logpdf(x)
    return float(weights @ (own - np.log(sum(parts))))


def entries(k, diagonal):
    return [(i, j) for i in range(k) for j in range(i + 1) if i == j or not diagonal]


def changed(law, move, diagonal):
    """x = μ + La + L(I + B)z, written out."""
    k = len(law.mean)
    b = np.zeros((k, k))
    for (i, j), amount in zip(entries(k, diagonal), move[k:], strict=True):
        b[i, j] = amount
    return Law(law.mean + law.factor @ move[:k], law.factor @ (np.eye(k) + b))


@pytest.mark.parametrize(("k", "step"), [(1, 0.05), (1, 0.4), (2, 0.4), (2, 0.25)])
def test_the_grid_integrates_moments_of_the_normal_law(k, step):
    z, weights = grid(k, step)
    assert z.shape == (len(weights), k)
    radius = np.sqrt((z * z).sum(-1))
    assert REACH - step < radius.max() <= REACH == 9
    assert np.abs(np.diff(np.unique(z[:, 0])) - step).max() < 1e-12
    assert len(z) == pytest.approx(2 * math.floor(9 / step) + 1 if k == 1 else math.pi * 81 / step**2, rel=0.01, abs=0)
    assert weights.sum() == pytest.approx(1, rel=1e-14, abs=0)
    for power, wanted in ((1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (6, 15.0)):
        assert weights @ z**power == pytest.approx([wanted] * k, rel=1e-11, abs=1e-12)
    if k == 2:
        assert weights @ (z[:, 0] ** 2 * z[:, 1] ** 2) == pytest.approx(1, rel=1e-11, abs=0)


@pytest.mark.parametrize("mixture", [LINE, PLANE], ids=["line", "plane"])
def test_the_mean_log_density(mixture):
    law = LAWS[mixture.dimension]
    entropy = np.log(np.diagonal(law.factor)).sum() + mixture.dimension * math.log(2 * math.pi * math.e) / 2
    got = mean_log_density(mixture, law, step_of(mixture.dimension))
    assert got == pytest.approx(-divergence(mixture, law) - entropy, rel=1e-10, abs=0)


@pytest.mark.parametrize(("mixture", "diagonal"), [(LINE, False), (LINE, True), (PLANE, False), (PLANE, True)])
def test_value_gradient_and_hessian(mixture, diagonal):
    k = mixture.dimension
    law = LAWS[k]
    state = evaluate(mixture, law, diagonal, *grid(k, step_of(k)))
    assert state.law is law
    assert state.value == pytest.approx(divergence(mixture, law), rel=1e-9, abs=0)
    size = k + len(entries(k, diagonal))
    assert state.gradient.shape == (size,) and state.hessian.shape == (size, size)
    unit = np.eye(size)
    h = 2e-4
    value = {}
    for i in range(size):
        for j in range(i, size):
            for a in (-h, h):
                for b in (-h, h):
                    value[i, j, a, b] = divergence(mixture, changed(law, a * unit[i] + b * unit[j], diagonal))
    for i in range(size):
        slope = (value[i, i, h, h] - value[i, i, -h, -h]) / (4 * h)
        assert state.gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-7), i
        for j in range(i, size):
            bend = (value[i, j, h, h] - value[i, j, h, -h] - value[i, j, -h, h] + value[i, j, -h, -h]) / (4 * h * h)
            assert state.hessian[i, j] == pytest.approx(bend, rel=1e-5, abs=2e-6), (i, j)
            assert state.hessian[i, j] == state.hessian[j, i]


@pytest.mark.parametrize(("k", "diagonal"), [(1, False), (1, True), (2, False), (2, True)])
def test_moves_are_made_in_the_law_s_own_units(k, diagonal):
    move = np.array([0.3, -0.2, 0.1, 0.25, -0.4])[: k + len(entries(k, diagonal))]
    got, wanted = moved(LAWS[k], move, diagonal), changed(LAWS[k], move, diagonal)
    np.testing.assert_allclose(got.mean, wanted.mean, rtol=1e-15)
    np.testing.assert_allclose(got.factor, wanted.factor, rtol=1e-15)


@pytest.mark.parametrize("flat", [1e-13, 1e-5])
def test_newton_reaches_a_gaussian_from_afar(flat):
    target = GaussianMixture([1.0], [[2.0, -1.0]], covariances=[[[1.0, 0.6], [0.6, 2.0]]])
    end = descend(target, Law(np.array([-6.0, 5.0]), 3 * np.eye(2)), False, 0.4, flat)
    tolerance = 1e-12 if flat == 1e-13 else 1e-4
    assert abs(end.gradient).max() < tolerance
    np.testing.assert_allclose(end.law.mean, [2.0, -1.0], atol=10 * tolerance)
    np.testing.assert_allclose(end.law.factor @ end.law.factor.T, [[1.0, 0.6], [0.6, 2.0]], atol=10 * tolerance)
    assert end.value == pytest.approx(0, abs=tolerance)


def test_newton_never_climbs_and_stops_where_nothing_pulls():
    mixture = GaussianMixture([0.5, 0.5], [-3.0, 3.0], stds=1.0)
    start = Law(np.array([0.5]), np.array([[0.3]]))
    first = evaluate(mixture, start, False, *grid(1, 0.05))
    end = descend(mixture, start, False, 0.05)
    assert end.value < first.value and abs(end.gradient).max() < 1e-12
    assert (end.law.mean[0], end.law.factor[0, 0]) == (pytest.approx(2.9843059878, rel=1e-9, abs=0), pytest.approx(1.0233685597, rel=1e-9, abs=0))
    again = descend(mixture, end.law, False, 0.05, flat=1e-9)
    assert again.law is end.law


def test_newton_ends_when_rounding_is_all_that_is_left():
    """Asked for a gradient of exactly 0, it stops at the last step that changed anything."""
    mixture = GaussianMixture([0.4, 0.6], [-1.0, 1.5], stds=[0.7, 1.2])
    asked = descend(mixture, LAWS[1], False, 0.1, flat=0.0)
    usual = descend(mixture, LAWS[1], False, 0.1)
    assert abs(asked.gradient).max() < 1e-13
    assert asked.value == pytest.approx(usual.value, rel=1e-13, abs=0)
