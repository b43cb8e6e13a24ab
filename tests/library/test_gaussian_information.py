"""Entropy and Fisher information of Gaussians against SciPy, integrals and the curvature of KL."""

import math

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from kltext import gaussian_entropy, gaussian_kl, kl_divergence, mvn_entropy, mvn_kl
from kltext.gaussian_information import gaussian_fisher_information


@pytest.mark.parametrize("std", [1e-300, 1e-8, 0.1, 1.0, 3.7, 1e300])
def test_entropy_to_fifty_digits(std):
    with mpmath.workdps(50):
        exact = mpmath.log(2 * mpmath.pi * mpmath.e * mpmath.mpf(std) ** 2) / 2
    assert gaussian_entropy(std) == pytest.approx(float(exact), rel=1e-15, abs=0)
    assert gaussian_entropy(std, base=2) == pytest.approx(float(exact / mpmath.log(2)), rel=1e-15, abs=0)


def test_entropy_is_the_integral_of_surprise():
    log_density = scipy.stats.norm(0, 0.3).logpdf

    def charged(x):
        return -math.exp(log_density(x)) * log_density(x)

    value, _ = scipy.integrate.quad(charged, -4, 4, points=[-1, 0, 1], epsabs=0, epsrel=1e-12)
    assert gaussian_entropy(0.3) == pytest.approx(value, rel=1e-11, abs=0)


@given(st.integers(1, 5), st.integers(0, 1000))
def test_multivariate_entropy_is_scipys(k, seed):
    a = np.random.default_rng(seed).normal(size=(k, k))
    cov = a @ a.T + 0.1 * np.eye(k)
    assert mvn_entropy(cov) == pytest.approx(scipy.stats.multivariate_normal(np.zeros(k), cov).entropy(), rel=1e-11, abs=1e-11)


def test_no_determinant_underflows():
    assert mvn_entropy(1e-4 * np.eye(500)) == pytest.approx(500 * gaussian_entropy(0.01), rel=1e-13, abs=0)
    many = np.stack([np.eye(3), 4 * np.eye(3), np.eye(3) / 4, np.eye(3), 9 * np.eye(3)]).reshape(5, 1, 3, 3)
    each = 3 * gaussian_entropy([[1.0], [2.0], [0.5], [1.0], [3.0]], base=2)
    np.testing.assert_allclose(mvn_entropy(many, base=2), each, rtol=1e-14)


def test_difference_to_the_independent_law_is_mutual_information():
    rho = 0.8
    cov = np.array([[1, rho], [rho, 1]])
    shared = 2 * gaussian_entropy(1.0) - mvn_entropy(cov)
    assert shared == pytest.approx(mvn_kl([0.0, 0.0], cov, [0.0, 0.0], np.eye(2)), rel=1e-13, abs=0)
    assert shared == pytest.approx(-math.log(1 - rho**2) / 2, rel=1e-13, abs=0)


def test_a_fine_histogram_has_this_entropy_up_to_its_bin_width():
    """H of the bins + log width → h: checked without any formula for Gaussians."""
    width = 0.01
    p = np.diff(scipy.stats.norm(0, 0.7).cdf(np.arange(-7, 7 + width / 2, width)))
    uniform = np.full(len(p), 1 / len(p))
    entropy = math.log(len(p)) - kl_divergence(p / p.sum(), uniform)
    assert gaussian_entropy(0.7) == pytest.approx(entropy + math.log(width), abs=1e-4)


@pytest.mark.parametrize("std", [0.05, 1.0, 7.0])
def test_information_is_the_curvature_of_both_directions(std):
    found = gaussian_fisher_information(std)
    with mpmath.workdps(40):

        def forward(m, s):
            return mpmath.log(s / std) + (std**2 + m * m) / (2 * s * s) - mpmath.mpf(1) / 2

        for i, order in enumerate([(2, 0), (1, 1), (0, 2)]):
            curvature = mpmath.diff(forward, (0, std), order)
            assert found[(0, 0, 1)[i], (0, 1, 1)[i]] == pytest.approx(float(curvature), rel=1e-12, abs=1e-12)
    step = 1e-5 * std * np.array([0.6, 0.8])
    cost = step @ found @ step / 2
    assert gaussian_kl(0.0, std, step[0], std + step[1]) == pytest.approx(cost, rel=1e-4, abs=0)
    assert gaussian_kl(step[0], std + step[1], 0.0, std) == pytest.approx(cost, rel=1e-4, abs=0)


def test_shapes_and_array_libraries(library):
    assert gaussian_fisher_information(np.ones((3, 4))).shape == (3, 4, 2, 2)
    std, cov = library.array([0.5, 2.0]), library.array([[2.0, 0.5], [0.5, 1.0]])
    for value, exact in (
        (gaussian_entropy(std), gaussian_entropy([0.5, 2.0])),
        (gaussian_fisher_information(std), gaussian_fisher_information([0.5, 2.0])),
        (mvn_entropy(cov), mvn_entropy([[2.0, 0.5], [0.5, 1.0]])),
    ):
        assert library.is_native(value)
        np.testing.assert_allclose(library.numpy(value), exact, rtol=1e-14)
    assert library.dtype(gaussian_entropy(library.array([0.5], "float32"))) == "float32"


def test_gradients(differentiable):
    (slope,) = differentiable.gradients(gaussian_entropy, np.array(0.4))
    assert slope == pytest.approx(1 / 0.4, rel=1e-12, abs=0)
    cov = np.array([[2.0, 0.5], [0.5, 1.0]])
    (slope,) = differentiable.gradients(mvn_entropy, cov)
    np.testing.assert_allclose((slope + slope.T) / 2, np.linalg.inv(cov) / 2, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gaussian_entropy(0.0), "^std must be positive, got 0.0"),
        (lambda: gaussian_entropy([1.0, math.nan]), "^std must be finite, got nan at index 1"),
        (lambda: gaussian_entropy(math.inf), "^std must be finite, got inf"),
        (lambda: gaussian_entropy(1.0, base=1), "^base must be"),
        (lambda: gaussian_entropy("wide"), "^std must hold real numbers"),
        (lambda: gaussian_fisher_information(-0.5), "^std must be positive, got -0.5"),
        (lambda: gaussian_fisher_information([1.0, 0.0]), "^std must be positive, got 0.0 at index 1"),
        (lambda: gaussian_fisher_information(math.inf), "^std must be finite, got inf"),
        (lambda: mvn_entropy(1.0), "^cov must have shape"),
        (lambda: mvn_entropy(np.zeros((0, 0))), "^cov must have shape"),
        (lambda: mvn_entropy(np.zeros((2, 3, 0, 0))), "^cov must have shape"),
        (lambda: mvn_entropy([[1.0, 0.0]]), "^cov must have shape"),
        (lambda: mvn_entropy([1.0, 1.0]), r"^cov must have shape \(…, k, k\) with k ≥ 1, got \(2,\)"),
        (lambda: mvn_entropy(np.ones((2, 2, 3))), "^cov must have shape"),
        (lambda: mvn_entropy([[1.0, math.inf], [math.inf, 1.0]]), "^cov must be finite"),
        (lambda: mvn_entropy([[1.0, 2.0], [2.0, 1.0]]), "^cov must be positive definite"),
        (lambda: mvn_entropy([[1.0, 0.5], [0.0, 1.0]]), "^cov must be symmetric"),
        (lambda: mvn_entropy([[0.0]]), "^cov must have positive variances"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_fisher_information_beyond_the_largest_number():
    assert gaussian_fisher_information(1e-200).tolist() == [[math.inf, 0], [0, math.inf]]


def test_no_laws_have_no_entropies():
    assert mvn_entropy(np.zeros((2, 0, 3, 3))).shape == (2, 0)
