"""Bregman divergences against their definition and against KL, and the derivations that lead to them."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import bregman_divergence, derivations, kl_divergence, mutual_information, mvn_kl

finite = st.floats(-5, 5)


@given(st.lists(finite, min_size=1, max_size=4), st.lists(finite, min_size=4, max_size=4))
def test_half_the_square_gives_half_the_squared_distance(x, y):
    y = y[: len(x)]
    value = bregman_divergence(lambda v: (v**2).sum(-1) / 2, x, y, gradient=lambda v: v)
    assert value == pytest.approx(math.dist(x, y) ** 2 / 2, rel=1e-9, abs=1e-12)


def test_negative_entropy_gives_kl():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.1, 0.7])
    value = bregman_divergence(lambda v: (v * anp.log(v)).sum(-1), p, q)
    assert value == pytest.approx(kl_divergence(p, q), rel=1e-14, abs=0)
    other = bregman_divergence(lambda v: (v * np.log(v)).sum(-1), p, q, gradient=lambda v: 1 + np.log(v))
    assert other == pytest.approx(value, rel=1e-14, abs=0)


def test_the_log_partition_function_gives_kl_with_exchanged_arguments():
    logits_p, logits_q = np.array([0.3, -1.0, 2.0]), np.array([1.0, 0.0, -0.5])

    def partition(v):
        return np.log(np.exp(v).sum(-1))

    def softmax(v):
        return np.exp(v) / np.exp(v).sum(-1, keepdims=True)

    value = bregman_divergence(partition, logits_q, logits_p, gradient=softmax)
    assert value == pytest.approx(kl_divergence(softmax(logits_p), softmax(logits_q)), rel=1e-13, abs=0)
    assert value != pytest.approx(kl_divergence(softmax(logits_q), softmax(logits_p)), rel=1e-3, abs=0)


def test_shapes():
    square = {"potential": lambda v: v**2, "gradient": lambda v: 2 * v}
    np.testing.assert_allclose(bregman_divergence(x=[1.0, 2.0, 3.0], y=1.0, **square), [0, 1, 4])
    rows = bregman_divergence(lambda v: (v**2).sum(-1), [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0], gradient=lambda v: 2 * v)
    np.testing.assert_allclose(rows, [1, 13])


def test_array_libraries(library):
    value = bregman_divergence(lambda v: (v**2).sum(-1), library.array([1.0, 2.0]), library.array([0.0, 0.0]), gradient=lambda v: 2 * v)
    assert library.is_native(value) and float(library.numpy(value)) == 5


def test_gradient_in_the_first_argument(differentiable):
    y = differentiable.array([1.0, 0.5])
    (slope,) = differentiable.gradients(
        lambda x: bregman_divergence(lambda v: (v**4).sum(-1), x, y, gradient=lambda v: 4 * v**3), np.array([2.0, 1.0])
    )
    np.testing.assert_allclose(slope, [4 * 8 - 4, 4 - 0.5])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (math.nan, 0.0, "^x must be finite, got nan"),
        (0.0, math.inf, "^y must be finite, got inf"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "^the shapes do not broadcast"),
        ("x", 0.0, "^x must hold real numbers"),
    ],
)
def test_bad_points(x, y, message):
    with pytest.raises(ValueError, match=message):
        bregman_divergence(lambda v: v**2, x, y, gradient=lambda v: 2 * v)


def test_bad_functions():
    with pytest.raises(ValueError, match="^gradient must be given: autograd cannot"):
        bregman_divergence(lambda v: math.exp(v), [1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="^gradient must return the shape"):
        bregman_divergence(lambda v: v**2, 1.0, 0.0, gradient=lambda v: np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="^potential must return one number"):
        bregman_divergence(lambda v: np.ones(3), [1.0, 2.0], [0.0, 0.0], gradient=lambda v: v)


@pytest.mark.parametrize(("rate_p", "rate_q"), [(3.0, 5.0), (5.0, 3.0), (0.1, 2.0), (50.0, 40.0), (1.0, 1.0)])
def test_derivation_of_kl_as_a_bregman_divergence(rate_p, rate_q):
    values = derivations.bregman(rate_p, rate_q).values()
    assert values[-1] == pytest.approx(rate_q - rate_p + rate_p * math.log(rate_p / rate_q), rel=1e-8, abs=1e-11)


def test_derivation_of_kl_between_multivariate_gaussians():
    rng = np.random.default_rng(3)
    for k in (1, 2, 3):
        a, b = rng.normal(size=(2, k, k))
        example = rng.normal(size=k), a @ a.T + np.eye(k), rng.normal(size=k), b @ b.T + np.eye(k)
        values = derivations.mvn_kl(*example).values()
        np.testing.assert_allclose(values, mvn_kl(*example), rtol=1e-10)


@pytest.mark.parametrize(("rate_p", "rate_q"), [(3.0, 5.0), (5.0, 3.0), (0.1, 2.0), (50.0, 40.0), (1.0, 1.0)])
def test_derivation_of_the_dual_form(rate_p, rate_q):
    """Against the first derivation, which sums over counts and knows nothing of A*."""
    values = derivations.bregman_dual(rate_p, rate_q).values()
    np.testing.assert_allclose(values, derivations.bregman(rate_p, rate_q).values()[0], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_derivation_of_the_total_correlation(seed):
    rng = np.random.default_rng(seed)
    joint = rng.dirichlet(np.ones(6)).reshape(2, 3)
    q_x, q_y = rng.dirichlet(np.ones(2)), rng.dirichlet(np.ones(3))
    values = derivations.total_correlation(joint, q_x, q_y).values()
    np.testing.assert_allclose(values, kl_divergence(joint.ravel(), np.outer(q_x, q_y).ravel()), rtol=1e-12)
    shared = mutual_information(joint)
    assert values[-1] == pytest.approx(shared + kl_divergence(joint.sum(1), q_x) + kl_divergence(joint.sum(0), q_y), rel=1e-12, abs=0)


def test_total_correlation_with_zeros_and_infinity():
    assert derivations.total_correlation([[0.5, 0.0], [0.0, 0.5]], [0.5, 0.5], [0.5, 0.5]).values() == pytest.approx([math.log(2)] * 4, rel=1e-12, abs=0)
    assert derivations.total_correlation([[0.5, 0.0], [0.0, 0.5]], [1.0, 0.0], [0.5, 0.5]).values() == [math.inf] * 4


@pytest.mark.parametrize("rate", [0.3, 2.0, 9.0])
@pytest.mark.parametrize("p", [[0.1, 0.2, 0.3, 0.4], [0.0, 0.5, 0.0, 0.5], [0.9, 0.0, 0.0, 0.0, 0.1]])
def test_derivation_of_the_pythagorean_identity(p, rate):
    """The closed form of D between two Poisson laws, of which no line knows."""
    mean = float(np.arange(len(p)) @ p)
    values = derivations.pythagoras(p, rate).values()
    assert values[-1] == pytest.approx(rate - mean + mean * math.log(mean / rate), rel=1e-10, abs=1e-12)


def test_derivations_refuse_bad_examples():
    with pytest.raises(ValueError, match=r"rate_p = 0"):
        derivations.bregman_dual(0, 1.0)
    with pytest.raises(ValueError, match="^q_x and q_y must fit the rows and columns"):
        derivations.total_correlation([[0.5, 0.5]], [0.5, 0.5], [1.0])
    with pytest.raises(ValueError, match="^p must allow a count above 0"):
        derivations.pythagoras([1.0, 0.0], 2.0)
    with pytest.raises(ValueError, match=r"^rate must lie in \(0, 100\], got 0"):
        derivations.pythagoras([0.5, 0.5], 0)
    with pytest.raises(ValueError, match=r"rate_q = -1"):
        derivations.bregman(1.0, -1)
    with pytest.raises(ValueError, match="^cov_q must fit"):
        derivations.mvn_kl([0.0, 0.0], np.eye(2), [0.0, 0.0], np.eye(3))
    with pytest.raises(ValueError, match="^cov_p must be positive definite"):
        derivations.mvn_kl([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], [0.0, 0.0], np.eye(2))
    with pytest.raises(ValueError, match="^mean_p must fit"):
        derivations.mvn_kl([[0.0, 0.0]], np.eye(2), [0.0, 0.0], np.eye(2))


def test_infinities_that_do_not_add():
    def square(z):
        return (z**2).sum(-1)

    with np.errstate(over="ignore"):
        assert bregman_divergence(square, [1e200, 0.0], [0.0, 0.0], gradient=lambda y: 2 * y) == math.inf
        with pytest.raises(ValueError, match="^potential must leave a difference"):
            bregman_divergence(square, [1e200, 0.0], [1e200, 0.0], gradient=lambda y: 2 * y)
        with pytest.raises(ValueError, match="^gradient must be finite at y, got inf at index 0"):
            bregman_divergence(square, [0.0, 0.0], [1e308, 0.0], gradient=lambda y: 2 * y)
