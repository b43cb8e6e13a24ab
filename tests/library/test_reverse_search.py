"""The search for reverse fits step by step: where it starts, how it leaves saddles, what it polishes, accepts and repeats."""

import itertools
import math

import numpy as np
import pytest

from kltext import GaussianMixture, _reverse_search
from kltext._reverse_fit import Law, State, moved
from kltext._reverse_search import _around, _distance, _down_from, _polished, _starts, minima

RNG = np.random.default_rng(5)


def plane(n, weights=None):
    roots = np.random.default_rng(n).normal(size=(n, 2, 3))
    weights = np.arange(1.0, n + 1) / sum(range(1, n + 1)) if weights is None else weights
    return GaussianMixture(weights, roots[:, :, 0] * 4, covariances=roots @ roots.swapaxes(1, 2))


def merged(mixture, group):
    """Mean and covariance of some of the components, by E xxᵀ − μμᵀ."""
    w = mixture.weights[group] / mixture.weights[group].sum()
    means, covariances = mixture.means[group], mixture.covariances[group]
    mean = w @ means
    second = sum(a * (c + np.outer(m, m)) for a, c, m in zip(w, covariances, means, strict=True))
    return mean, second - np.outer(mean, mean)


@pytest.mark.parametrize(("n", "sizes"), [(2, (1, 2)), (3, (1, 2, 3)), (5, (1, 2, 3, 4, 5)), (6, (1, 2, 6))])
@pytest.mark.parametrize("diagonal", [False, True])
def test_it_starts_from_the_moments_of_groups(n, sizes, diagonal):
    mixture = plane(n)
    laws = _starts(mixture, 0, np.random.default_rng(0), diagonal)
    groups = [list(g) for size in sizes for g in itertools.combinations(range(n), size)]
    assert len(laws) == len(groups)
    for law, group in zip(laws, groups, strict=True):
        mean, covariance = merged(mixture, group)
        np.testing.assert_allclose(law.mean, mean, rtol=1e-12)
        wanted = np.diag(np.diagonal(covariance)) if diagonal else covariance
        np.testing.assert_allclose(law.factor @ law.factor.T, wanted, rtol=1e-10, atol=1e-10)
        assert law.factor[0, 1] == 0


def test_components_of_no_weight_are_no_start():
    assert len(_starts(plane(3, [0.5, 0.0, 0.5]), 0, np.random.default_rng(0), False)) == 3


def test_random_starts_lie_where_the_mixture_has_mass_with_spreads_of_all_sizes():
    mixture = plane(2)
    laws = _starts(mixture, 40, np.random.default_rng(0), False)
    shapes = [law.factor @ law.factor.T for law in laws]
    known = [merged(mixture, group)[1] for group in ([0], [1], [0, 1])]
    sizes = []
    for law, shape in zip(laws[3:], shapes[3:], strict=True):
        assert mixture.log_density(law.mean) > -12
        ratios = [shape / k for k in known]
        sizes += [math.log(r.mean()) for r in ratios if np.ptp(r) < 1e-9 * r.mean()]  # others enlarge a random one's shape
    assert min(sizes) < -0.5 and max(sizes) > 0.5
    assert len(laws) == 43


def state(law, hessian=None, gradient=0.0, value=0.0):
    size = len(law.mean) + len(law.mean) * (len(law.mean) + 1) // 2
    return State(law, value, np.full(size, gradient), np.eye(size) if hessian is None else hessian)


def test_both_sides_of_a_saddle():
    law = Law(np.array([1.0, -1.0]), np.array([[1.0, 0.0], [0.5, 2.0]]))
    axes = np.linalg.qr(RNG.normal(size=(5, 5)))[0]
    found = _down_from(state(law, axes @ np.diag([2.0, -3.0, 1.0, 4.0, 3.0]) @ axes.T), False)
    wanted = [moved(law, side * 0.2 * axes[:, 1], False) for side in (-1, 1)]
    for one, other in zip(*(sorted(ends, key=lambda end: end.mean[0]) for ends in (found, wanted)), strict=True):
        assert _distance(one, other) < 1e-12
    assert _down_from(state(law, np.diag([0.5, 1.0, 2.0, 3.0, 4.0])), False) == []
    assert _down_from(state(law, np.diag([0.0, 1.0, 2.0, 3.0, 4.0])), False) == []
    assert len(_down_from(state(law, np.diag([-0.1, 0.2, 2.0, 3.0, 4.0])), False)) == 2


def test_centring_moves_and_nothing_else():
    mixture, centre = plane(3), np.array([10.0, -20.0])
    moved_there = _around(mixture, centre)
    np.testing.assert_allclose(moved_there.means, mixture.means - centre, rtol=1e-15)
    np.testing.assert_allclose(moved_there.covariances, mixture.covariances, rtol=1e-12, atol=1e-13)
    line = _around(GaussianMixture([0.5, 0.5], [3.0, 5.0], stds=[1.0, 2.0]), np.array([4.0]))
    assert line.means.tolist() == [[-1.0], [1.0]] and line.covariances.ravel().tolist() == [1.0, 4.0]


@pytest.mark.parametrize(("mixture", "step"), [(GaussianMixture([0.5, 0.5], [-1.0, 1.0], stds=1.0), 0.05), (plane(2), 0.4)])
def test_rough_first_and_never_without_end(monkeypatch, mixture, step):
    """With a saddle wherever it looks, each of the first 4n tries adds two, and no more come after them."""
    tries = itertools.count()
    k = mixture.dimension

    def descend(mixture, law, diagonal, given, flat):
        assert (given, flat) == (step, 1e-9)
        place = Law(np.full(k, float(next(tries))), np.eye(k))
        return state(place, np.diag([-1.0, *[1.0] * (k + k * (k + 1) // 2 - 1)]))

    monkeypatch.setattr(_reverse_search, "descend", descend)
    monkeypatch.setattr(_reverse_search, "_polished", lambda mixture, state, diagonal, step: (state, 0.0))
    assert minima(mixture, False, 0, 0) == []  # saddles are no minima
    assert next(tries) == 3 + 2 * 4 * 3


def test_what_counts_as_a_minimum(monkeypatch):
    mixture = plane(5)  # 31 starts
    quality = [  # lowest curvature, gradient, accepted
        (1.0, 0.0, True), (1e-6, 0.0, True), (0.0, 0.0, True), (-0.9e-7, 0.0, True), (-1.1e-7, 0.0, False),
        (-1.0, 0.0, False), (1.0, 0.9e-6, True), (1.0, -0.9e-6, True), (1.0, 1.1e-6, False), (1.0, -1.1e-6, False),
        (1.0, 1.0, False), (-1.0, 1.0, False),
    ]  # fmt: skip
    places = itertools.count()

    def descend(mixture, law, diagonal, step, flat):
        return state(Law(np.array([float(next(places)), 0.0]), np.eye(2)))

    def polished(mixture, rough, diagonal, step):
        n = int(rough.law.mean[0])
        lowest, gradient, _ = quality[n % len(quality)]
        again = Law(np.array([float(n % len(quality)), 0.0]), np.eye(2))  # later ones end where an earlier one did
        return state(again, np.diag([2.0, lowest, 3.0, 2.0, 2.0]), gradient, value=float(n)), n / 8

    monkeypatch.setattr(_reverse_search, "descend", descend)
    monkeypatch.setattr(_reverse_search, "_polished", polished)
    found = minima(mixture, False, 0, 0)
    wanted = [n for n, (_, _, good) in enumerate(quality) if good]
    assert [(value, error) for _, value, error in found] == [(n, n / 8) for n in wanted]
    centre = np.asarray(mixture.mean)
    np.testing.assert_allclose([law.mean for law, _, _ in found], [centre + [n, 0] for n in wanted], rtol=1e-12)


@pytest.mark.parametrize(("mixture", "halvings"), [(GaussianMixture([1.0], [0.0], stds=1.0), 9), (plane(1), 4)])
def test_polishing_goes_on_until_nothing_moves(monkeypatch, mixture, halvings):
    k = mixture.dimension
    law = Law(np.zeros(k), 2 * np.eye(k))
    steps = []

    def run(values, shifts=None):
        steps.clear()
        values, shifts = iter(values), iter(shifts or itertools.repeat(0.0))

        def descend(mixture, law, diagonal, step):
            steps.append(step)
            return state(Law(law.mean + 2 * next(shifts), law.factor), value=next(values))

        monkeypatch.setattr(_reverse_search, "descend", descend)
        return _polished(mixture, state(law, value=1.0), False, 0.4)

    rounding = 1e-15 * (1 + k * math.log(2))
    end, error = run(itertools.count(2.0))  # each grid says something else
    assert steps == [0.4 / 2**h for h in range(1, halvings + 1)]
    assert end.value == 1.0 + halvings and error == pytest.approx(1.0 + rounding, rel=1e-15)
    end, error = run([1.0])
    assert len(steps) == 1 and error == pytest.approx(rounding, rel=1e-12, abs=0)
    run([1.5, 1.5 + 1e-13])  # within 1e-13·(1 + |value|)
    assert len(steps) == 2
    run([1.0, 1.0, 1.0], [1.1e-8, 1.1e-8, 0.0])  # the law still moves, in its own units
    assert len(steps) == 3
    run([1.0], [0.9e-8])
    assert len(steps) == 1
    run([1 + 8e-10, 1 + 8e-10 + 7e-10])  # differences that no longer halve are rounding, if they are small
    assert len(steps) == 2
    run([1 + 8e-10, 1 + 8e-10 + 3e-10, 1 + 8e-10 + 3e-10 + 1e-10, 1 + 8e-10 + 3e-10 + 1e-10])  # these do halve
    assert len(steps) == 4
