"""Estimators of KL from samples: exact in expectation by enumeration, and near the truth on real samples."""

import math

import mpmath
import numpy as np
import pytest

from kltext import gaussian_kl, kl_divergence
from kltext.estimators import kl_estimators, kl_from_neighbours, mean_and_error, plug_in_kl

INF = math.inf
P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])


def test_expectations_by_enumeration():
    k1, k2, k3 = kl_estimators(np.log(P), np.log(Q))
    assert P @ k1 == pytest.approx(kl_divergence(P, Q), rel=1e-14, abs=0)
    assert P @ k3 == pytest.approx(kl_divergence(P, Q), rel=1e-14, abs=0)
    assert P @ k2 == pytest.approx(float(P @ np.log(P / Q) ** 2 / 2), rel=1e-14, abs=0)
    assert (k3 > 0).sum() == 2 and (k2 >= 0).all() and (k1 < 0).any()


@pytest.mark.parametrize("u", [0.0, 1e-300, 1e-12, -1e-8, 1e-3, -0.4, 0.49, 0.51, -3.0, 30.0, -700.0])
def test_k3_in_fifty_digits(u):
    with mpmath.workdps(400 if u == 1e-300 else 60):
        wanted = float(mpmath.expm1(mpmath.mpf(u)) - mpmath.mpf(u))
    assert kl_estimators(0.0, u).k3 == pytest.approx(wanted, rel=1e-14, abs=1e-320)


def test_third_order_gap_of_k2():
    gaps = []
    for size in (1e-3, 1e-4):
        near = P + size * np.array([1, -2, 1])
        gaps.append(P @ kl_estimators(np.log(P), np.log(near)).k2 - kl_divergence(P, near))
    assert gaps[0] / gaps[1] == pytest.approx(1000, rel=0.05, abs=0)


def test_a_sample_that_q_rules_out():
    k1, k2, k3 = kl_estimators([-1.0], [-INF])
    assert k1[0] == k2[0] == k3[0] == INF


def test_k3_misses_what_p_rules_out():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])
    k3 = kl_estimators(np.log(p[:2]), np.log(q[:2])).k3
    assert p[:2] @ k3 == pytest.approx(kl_divergence(p, q) - 0.5, rel=1e-14, abs=0)


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def expected_gradient(which, differentiable):
    """The expectation over samples of the gradient, by enumeration: samples drawn from P but held fixed."""
    logits = np.array([0.3, -0.2, 0.8])
    weights = softmax(logits)
    total = np.zeros(3)
    for x in range(3):

        def loss(z, x=x):
            # log p(x) through the library's own operations, so that any of them can follow
            log_p = z[x] - _log_sum_exp(z)
            return getattr(kl_estimators(log_p, math.log(Q[x])), which)

        (gradient,) = differentiable.gradients(loss, logits)
        total += weights[x] * gradient
    return logits, total


def _log_sum_exp(z):
    from kltext._arrays import as_arrays

    xp, z = as_arrays(z=z)
    return xp.log(xp.exp(z).sum())


def numeric(function, at, h=1e-6):
    return np.array([(function(at + h * e) - function(at - h * e)) / (2 * h) for e in np.eye(len(at))])


def test_as_losses_their_gradients_differ(differentiable):
    logits, k1 = expected_gradient("k1", differentiable)
    np.testing.assert_allclose(k1, 0, atol=1e-14)
    logits, k2 = expected_gradient("k2", differentiable)
    np.testing.assert_allclose(k2, numeric(lambda z: kl_divergence(softmax(z), Q), logits), rtol=1e-7)
    logits, k3 = expected_gradient("k3", differentiable)
    np.testing.assert_allclose(k3, numeric(lambda z: kl_divergence(Q, softmax(z)), logits), rtol=1e-7)


def test_mean_and_error():
    values = np.random.default_rng(1).normal(3.0, 2.0, size=(400, 300))
    estimate = mean_and_error(values)
    assert estimate.value == pytest.approx(values.mean(0), rel=1e-12, abs=0)
    assert estimate.error == pytest.approx(values.std(0, ddof=1) / 20, rel=1e-12, abs=0)
    covered = np.abs(estimate.value - 3.0) < 2 * estimate.error
    assert 0.9 < covered.mean() < 0.99
    for bad in ([1.0], 1.0, []):
        with pytest.raises(ValueError, match="^values must hold at least two samples"):
            mean_and_error(bad)


def test_two_samples_are_enough():
    assert mean_and_error([1.0, 3.0]) == (2.0, 1.0)


def test_plug_in_at_the_edges():
    assert plug_in_kl([5], [1.0]) == (0.0, 0.0)
    assert plug_in_kl([1, 0], [0.5, 0.5]) == (pytest.approx(np.log(2), rel=1e-12, abs=0), 0.5)
    with_impossible = plug_in_kl([[2, 2, 0], [4, 0, 0]], [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
    np.testing.assert_allclose(with_impossible.value, [0, np.log(4)])
    np.testing.assert_allclose(with_impossible.bias, [1 / 8, 2 / 8])
    with pytest.raises(ValueError, match="^counts must be whole numbers from 0, got inf at index 1"):
        plug_in_kl([1, np.inf], [0.5, 0.5])


def test_the_mean_of_infinite_samples():
    found = mean_and_error([[1.0, 1.0, 2.0], [3.0, np.inf, -np.inf]])
    assert found.value.tolist() == [2.0, np.inf, -np.inf] and found.error.tolist() == [1.0, np.inf, np.inf]
    with pytest.raises(ValueError, match="^values must not hold both infinities"):
        mean_and_error([np.inf, -np.inf, 1.0])


def test_plug_in_bias():
    rng, n = np.random.default_rng(2), 200
    counts = rng.multinomial(n, P, size=20_000)
    estimate = plug_in_kl(counts, Q)
    bias = estimate.value.mean() - kl_divergence(P, Q)
    assert estimate.bias == pytest.approx(np.full(20_000, 2 / 400), rel=1e-12, abs=0)
    assert bias == pytest.approx(2 / 400, rel=0.15, abs=0)
    assert plug_in_kl([3, 1], [0.5, 0.5]).value == kl_divergence([0.75, 0.25], [0.5, 0.5])
    assert plug_in_kl([3, 1], [1.0, 0.0]).value == INF


@pytest.mark.parametrize(
    ("counts", "q", "message"),
    [
        ([1, -1], [0.5, 0.5], "^counts must be whole numbers from 0, got -1.0 at index 1"),
        ([1, 0.5], [0.5, 0.5], "^counts must be whole numbers from 0, got 0.5"),
        ([1, math.nan], [0.5, 0.5], "^counts must be whole numbers from 0, got nan"),
        ([0, 0], [0.5, 0.5], "^counts must hold at least one observation"),
        (3, [1.0], "^counts must have outcomes"),
        ([1, 1], [0.5, 0.6], "^q must sum to 1"),
    ],
)
def test_plug_in_refuses(counts, q, message):
    with pytest.raises(ValueError, match=message):
        plug_in_kl(counts, q)


@pytest.mark.parametrize("neighbours", [1, 5])
@pytest.mark.parametrize(("d", "n"), [(1, 4000), (2, 4000)])
def test_neighbours_on_gaussians(d, n, neighbours):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(n, d)), 1.0 + 1.5 * rng.normal(size=(n + 500, d))
    truth = d * gaussian_kl(0.0, 1.0, 1.0, 1.5)
    assert kl_from_neighbours(x, y, neighbours=neighbours) == pytest.approx(truth, abs=0.08)
    assert kl_from_neighbours(x[:, 0], y[:, 0]) == kl_from_neighbours(x[:, :1], y[:, :1])


def test_neighbours_by_hand():
    # distances: within 1 and 1; across ½ and ½ (to 0.5)
    assert kl_from_neighbours([0.0, 1.0], [0.5, 9.0, 10.0]) == pytest.approx(math.log(0.5) + math.log(3), rel=1e-12, abs=0)
    assert kl_from_neighbours([0.0, 0.0], [1.0]) == INF
    assert kl_from_neighbours([0.0, 1.0], [1.0]) == -INF
    for x, y in (([0.0, 0.0], [0.0]), ([0.0, 0.0, 1.0], [1.0])):  # 0/0; and ∞ for one sample, −∞ for another
        with pytest.raises(ValueError, match="^x and y must not coincide where x repeats itself"):
            kl_from_neighbours(x, y)


@pytest.mark.parametrize(
    ("x", "y", "neighbours", "message"),
    [
        ([[0.0], [1.0]], [[0.0, 1.0]], 1, "^x and y must have the same dimension, got 1 and 2"),
        ([0.0], [1.0, 2.0], 1, "^x and y must hold more than 1 samples, got 1 and 2"),
        ([0.0, math.inf], [1.0], 1, "^x must be finite, got inf"),
        ([0.0, 1.0], [1.0], 0, "^neighbours must be a positive whole number, got 0"),
        ([0.0, 1.0], [1.0], 1.5, "^neighbours must be a positive whole number"),
        (np.zeros((2, 2, 2)), [1.0], 1, "^x must hold samples as rows"),
    ],
)
def test_neighbours_refuse(x, y, neighbours, message):
    with pytest.raises(ValueError, match=message):
        kl_from_neighbours(x, y, neighbours=neighbours)


@pytest.mark.parametrize(
    ("log_p", "log_q", "message"),
    [
        ([-INF], [0.0], "^log_p must be finite: it belongs to samples of P, got -inf"),
        ([math.nan], [0.0], "^log_p must be finite"),
        ([0.0], [INF], "^log_q must be finite or -inf, got inf"),
        ([0.0], [math.nan], "^log_q must be finite or -inf, got nan"),
        ([0.0, 0.0], [0.0, 0.0, 0.0], "^the shapes do not broadcast"),
        (["x"], [0.0], "^log_p must hold real numbers"),
    ],
)
def test_bad_log_probabilities(log_p, log_q, message):
    with pytest.raises(ValueError, match=message):
        kl_estimators(log_p, log_q)


def test_array_libraries(library):
    for value in kl_estimators(library.array(np.log(P)), library.array(np.log(Q))):
        assert library.is_native(value)
    assert library.is_native(mean_and_error(library.array([1.0, 2.0, 4.0])).error)
