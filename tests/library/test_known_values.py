"""Values known in closed form, infinities among them, in nats and in bits."""

import math

import numpy as np
import pytest

import kltext
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

LOG2, INF = math.log(2), math.inf


def close(got, wanted):
    return got == wanted if math.isinf(wanted) or wanted == 0 else math.isclose(got, wanted, rel_tol=2e-15)


KL = [
    ([0.9, 0.1], [0.5, 0.5], 0.36806420716849706),
    ([0.5, 0.5], [0.9, 0.1], 0.5108256237659907),
    ([0.99, 0.01], [0.5, 0.5], LOG2 + 0.99 * math.log(0.99) + 0.01 * math.log(0.01)),
    ([0.9, 0.1], [0.1, 0.9], 0.8 * math.log(9)),
    ([0.7, 0.2, 0.1], [0.1, 0.2, 0.7], 0.6 * math.log(7)),
    ([0.8, 0.2, 0.0], [0.7, 0.2, 0.1], 0.8 * math.log(8 / 7)),
    ([0.7, 0.2, 0.1], [0.8, 0.2, 0.0], INF),
    ([1, 0], [0.5, 0.5], LOG2),
    ([0.5, 0.5], [1, 0], INF),
    ([0.25, 0.75, 0.0], [0.2, 0.6, 0.2], math.log(1.25)),
    ([1, 0, 0], [0.9, 0.1, 0], -math.log(0.9)),
    ([1, 0], [0, 1], INF),
    ([1, 0, 0], [1, 0, 0], 0.0),
    ([1], [1], 0.0),
    ([0.5, 0.25, 0.25], [0.25, 0.25, 0.5], 0.25 * LOG2),
    ([1 - 2.0**-30, 2.0**-30], [0.5, 0.5], LOG2 + (1 - 2.0**-30) * math.log1p(-(2.0**-30)) - 30 * LOG2 / 2**30),
    ([0.5, 0.5], [1.0, 5e-324], 0.5 * (math.log(0.5) + math.log(0.5) + 1074 * LOG2)),
]


@pytest.mark.parametrize(("p", "q", "nats"), KL)
def test_kl_divergence(p, q, nats):
    assert close(kl_divergence(p, q), nats)
    assert close(kl_divergence(p, q, base=2), nats / LOG2)


JS = [
    ([0.9, 0.1], [0.5, 0.5], 0.10174922507919676),
    ([0.9, 0.1], [0.1, 0.9], 0.36806420716849706),
    ([1, 0], [0, 1], LOG2),
    ([0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], LOG2),
    ([0.5, 0.5, 0], [0, 0.5, 0.5], LOG2 / 2),
    ([1, 0], [1, 0], 0.0),
]


@pytest.mark.parametrize(("p", "q", "nats"), JS)
def test_js(p, q, nats):
    assert close(js_divergence(p, q), nats)
    assert js_divergence(p, q) == js_divergence(q, p)
    assert close(js_distance(p, q), math.sqrt(nats))
    assert close(js_distance(p, q, base=2), math.sqrt(nats / LOG2))


def test_js_of_disjoint_laws_is_exactly_one_bit():
    p, q = np.repeat(np.eye(2), 1000, axis=1) / 1000
    assert js_divergence(p, q) <= LOG2
    assert js_divergence([1, 0], [0, 1]) == LOG2
    assert js_divergence([1, 0], [0, 1], base=2) == 1.0
    above = 1 + 1e-9  # accepted as one
    assert js_divergence([above, 0], [0, above]) == LOG2
    assert total_variation([above, 0], [0, above]) == 1
    assert js_distance([1, 0], [0, 1], base=2) == 1.0


@pytest.mark.parametrize(
    ("p", "q", "value"),
    [([0.9, 0.1], [0.5, 0.5], 0.4), ([0.9, 0.1], [0.1, 0.9], 0.8), ([1, 0], [0, 1], 1.0), ([1, 0], [1, 0], 0.0)],
)
def test_total_variation(p, q, value):
    assert close(total_variation(p, q), value)


@pytest.mark.parametrize(
    ("p", "nats"),
    [
        ([1], 0.0),
        ([1, 0], 0.0),
        ([0.5, 0.5], LOG2),
        ([0.25] * 4, 2 * LOG2),
        ([0.9, 0.1], 0.3250829733914482),
        ([1 / 8] * 8, 3 * LOG2),
    ],
)
def test_entropy(p, nats):
    assert close(entropy(p), nats)
    assert close(entropy(p, base=2), nats / LOG2)
    assert close(cross_entropy(p, p), nats)
    assert math.copysign(1, entropy(p)) == 1  # not −0.0


@pytest.mark.parametrize(
    ("p", "q", "nats"),
    [
        ([0.5, 0.25, 0.25], [0.25, 0.25, 0.5], 1.75 * LOG2),
        ([0, 1, 0], [0.2, 0.7, 0.1], 0.35667494393873245),
        ([1, 0], [0.5, 0.5], LOG2),
        ([0.5, 0.5], [1, 0], INF),
        ([1, 0], [1, 0], 0.0),
    ],
)
def test_cross_entropy(p, q, nats):
    assert close(cross_entropy(p, q), nats)


def test_surprisal():
    assert surprisal(1) == 0 and math.copysign(1, surprisal(1.0)) == 1
    assert surprisal(0) == INF
    assert surprisal(0.5, base=2) == 1
    assert surprisal([[0.5, 0.25], [1, 0]], base=2).tolist() == [[1, 2], [0, INF]]
    assert surprisal(1 + 1e-12) == 0


GAUSSIAN = [
    ((0, 1, 0, 2), LOG2 - 3 / 8),
    ((0, 2, 0, 1), 1.5 - LOG2),
    ((0, 1, 1, 1), 0.5),
    ((0, 1, 2, 1), 2.0),
    ((0.3, 1.7, -1.1, 0.6), 5.19465723628295),
    ((0, 1, 3, 0.1), 497.1974149070060),
    ((3, 1e-8, 0, 1), 22.42068074395237),
    ((0, 1, 0, 1), 0.0),
    ((2, math.exp(0.5), 0, 1), math.e / 2 + 1),
    ((0, 1e200, 0, 1e-200), INF),  # 10⁸⁰⁰/2 is beyond the largest double
    ((0, 1e-200, 0, 1e200), 400 * math.log(10) - 0.5),
    ((1e308, 1e308, -1e308, 1e308), 2.0),
]


@pytest.mark.parametrize(("arguments", "nats"), GAUSSIAN)
def test_gaussian_kl(arguments, nats):
    got = gaussian_kl(*arguments)
    assert got == nats or math.isclose(got, nats, rel_tol=1e-13)
    mean_p, std_p, mean_q, std_q = arguments
    if min(std_p, std_q) > 1e-100 and max(std_p, std_q) < 1e100:
        got = mvn_kl([mean_p], [[std_p**2]], [mean_q], [[std_q**2]])
        assert got == nats or math.isclose(got, nats, rel_tol=1e-13)


def test_gaussian_kl_is_against_the_standard_normal_by_default():
    assert gaussian_kl(1, 2) == gaussian_kl(1, 2, 0, 1)


def test_mvn_kl():
    mean_field = mvn_kl([0, 0], [[0.19, 0], [0, 0.19]], [0, 0], [[1, 0.9], [0.9, 1]])
    assert math.isclose(mean_field, 0.8303656034108, rel_tol=1e-12)
    diagonal = mvn_kl([1, 2], np.diag([4, 9]), [0, 0], np.diag([1, 4]), base=2)
    assert math.isclose(diagonal, gaussian_kl(1, 2, 0, 1, base=2) + gaussian_kl(2, 3, 0, 2, base=2), rel_tol=1e-14)
    assert mvn_kl([1, 2], [[2, 1], [1, 2]], [1, 2], [[2, 1], [1, 2]]) == 0


def test_axes_broadcast():
    p = np.array([[[0.9, 0.1]], [[0.5, 0.5]]])  # (2, 1, 2)
    q = np.array([[0.5, 0.5], [0.1, 0.9], [1, 0]])  # (3, 2)
    for function in (kl_divergence, js_divergence, js_distance, cross_entropy, total_variation):
        table = function(p, q)
        assert table.shape == (2, 3)
        for i in range(2):
            for j in range(3):
                assert table[i, j] == function(p[i, 0], q[j])
    assert gaussian_kl([[0], [1]], 1, [0, 1, 2]).shape == (2, 3)
    batch = mvn_kl(np.zeros((4, 1, 2)), np.eye(2), [1, 0], np.stack([np.eye(2), 2 * np.eye(2), 3 * np.eye(2)]))
    assert batch.shape == (4, 3)
    assert np.allclose(batch, [mvn_kl([0, 0], np.eye(2), [1, 0], k * np.eye(2)) for k in (1, 2, 3)], rtol=1e-15)
    assert kl_divergence(np.empty((0, 3)), np.full(3, 1 / 3)).shape == (0,)


def test_large_batches_equal_single_pairs():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(7), 9000), rng.dirichlet(np.full(7, 0.1), 9000)
    q[::3] = p[::3] * (1 + 1e-4 * rng.standard_normal(p[::3].shape))
    q /= q.sum(-1, keepdims=True)
    p[1::5, 2] = 0
    p /= p.sum(-1, keepdims=True)
    for function in (kl_divergence, js_divergence, cross_entropy):
        table = function(p, q)
        assert all(table[i] == function(p[i], q[i]) for i in range(0, 9000, 41))
        assert np.array_equal(function(np.asfortranarray(p), q), table)


def test_large_batches_of_covariances_equal_single_pairs():
    rng = np.random.default_rng(1)
    roots, means = rng.normal(size=(2, 9000, 6, 8)), rng.normal(size=(2, 9000, 6))
    cov_p, cov_q = roots @ roots.swapaxes(-1, -2)
    cov_q[::3] = cov_p[::3] * (1 + 1e-4 * rng.uniform(size=(3000, 1, 1)))  # close ones among those apart
    table = mvn_kl(means[0], cov_p, means[1], cov_q)
    for i in range(0, 9000, 101):
        assert math.isclose(table[i], mvn_kl(means[0, i], cov_p[i], means[1, i], cov_q[i]), rel_tol=1e-14)


@pytest.mark.parametrize(("p", "q"), [([0.5, 0.5, 0.0], [0.25, 0.0, 0.75]), ([1.0, 0.0], [0.0, 1.0])])
def test_arguments_are_left_alone(p, q):
    first, second = np.array(p), np.array(q)
    for function in (kl_divergence, js_divergence, js_distance, cross_entropy, total_variation):
        function(first, second)
        function(second, first)
    assert first.tolist() == p and second.tolist() == q


def test_every_public_name_is_exported():
    assert set(kltext.__all__) >= {
        "surprisal", "entropy", "cross_entropy", "kl_divergence", "js_divergence", "js_distance",
        "total_variation", "gaussian_kl", "mvn_kl", "Derivation", "Line",
    }  # fmt: skip
    assert all(hasattr(kltext, name) for name in kltext.__all__)
