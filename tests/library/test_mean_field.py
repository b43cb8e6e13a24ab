"""The mean-field approximation against mvn_kl, 50-digit determinants, and a search among other factorised Gaussians."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import mvn_kl
from kltext.mean_field import mean_field

NAN, INF = math.nan, math.inf


def random_covariance(rng, k):
    matrix = rng.normal(size=(k, k + 1))
    return matrix @ matrix.T * np.outer(scales := 10.0 ** rng.uniform(-3, 3, k), scales)


def divergence(direction, mean, variances, cov):
    factorised = np.diag(variances)
    return mvn_kl(mean, factorised, mean, cov) if direction == "reverse" else mvn_kl(mean, cov, mean, factorised)


@pytest.mark.parametrize(
    ("rho", "value", "narrow"),
    [(0.9, 0.8303656034108, 0.19), (0.5, 0.1438410362259, 0.75), (-0.5, 0.1438410362259, 0.75), (0.0, 0.0, 1.0)],
)
@pytest.mark.parametrize("direction", ["reverse", "forward"])
def test_two_dimensions(library, rho, value, narrow, direction):
    fit = mean_field(library.array([1.0, -2.0]), library.array([[1.0, rho], [rho, 1.0]]), direction=direction)
    assert all(library.is_native(part) for part in fit)
    assert library.numpy(fit.mean).tolist() == [1.0, -2.0]
    wanted = narrow if direction == "reverse" else 1.0
    assert library.numpy(fit.variances) == pytest.approx(wanted, rel=1e-14, abs=0)
    assert float(library.numpy(fit.value)) == pytest.approx(value, rel=1e-12, abs=0)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("direction", ["reverse", "forward"])
def test_against_high_precision(k, direction):
    rng = np.random.default_rng(k)
    for _ in range(5):
        cov = random_covariance(rng, k)
        fit = mean_field(np.zeros(k), cov, direction=direction)
        with mpmath.workdps(50):
            exact = mpmath.matrix(cov.tolist())
            precision, log_det = exact**-1, mpmath.log(mpmath.det(exact))
            variances = [1 / precision[i, i] if direction == "reverse" else exact[i, i] for i in range(k)]
            sign = 1 if direction == "reverse" else -1
            value = sign * (log_det - mpmath.fsum(mpmath.log(v) for v in variances)) / 2
        assert fit.variances == pytest.approx([float(v) for v in variances], rel=1e-11, abs=0)
        assert fit.value == pytest.approx(float(value), rel=1e-11, abs=1e-13)
        assert fit.value == pytest.approx(divergence(direction, np.zeros(k), fit.variances, cov), rel=1e-9, abs=1e-12)


@given(st.integers(0, 10**6), st.sampled_from(["reverse", "forward"]), st.integers(2, 4))
def test_no_other_factorised_gaussian_is_better(seed, direction, k):
    rng = np.random.default_rng(seed)
    cov = random_covariance(rng, k)
    mean = rng.normal(size=k)
    fit = mean_field(mean, cov, direction=direction)
    for _ in range(5):
        other = fit.variances * np.exp(rng.normal(size=k) * rng.choice([0.01, 1]))
        shifted = mean + rng.choice([0, 0.1]) * rng.normal(size=k) * np.sqrt(fit.variances)
        pair = (shifted, np.diag(other), mean, cov) if direction == "reverse" else (mean, cov, shifted, np.diag(other))
        assert mvn_kl(*pair) >= fit.value * (1 - 1e-9)


def test_weak_correlations_keep_their_digits(exact):
    for rho in (1e-3, 1e-8, 1e-100):
        with mpmath.workdps(250):
            wanted = -mpmath.log1p(-(mpmath.mpf(rho) ** 2)) / 2
        for direction in ("reverse", "forward"):
            got = mean_field([0.0, 0.0], [[1.0, rho], [rho, 1.0]], direction=direction).value
            assert exact.relative_error(got, wanted) < 1e-15


def test_the_reverse_fit_is_too_narrow_and_the_directions_differ_beyond_two_dimensions():
    cov = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, -0.2], [0.3, -0.2, 1.0]])
    reverse, forward = (mean_field(np.zeros(3), cov, direction=d) for d in ("reverse", "forward"))
    assert np.all(reverse.variances < forward.variances)
    assert abs(reverse.value - forward.value) > 0.01


def test_bits_and_batches():
    covs = np.stack([random_covariance(np.random.default_rng(i), 3) for i in range(4)])
    means = np.zeros((2, 1, 3))
    for direction in ("reverse", "forward"):
        fit = mean_field(means, covs, direction=direction, base=2)
        assert fit.mean.shape == fit.variances.shape == (2, 4, 3) and fit.value.shape == (2, 4)
        for i, cov in enumerate(covs):
            alone = mean_field(np.zeros(3), cov, direction=direction)
            assert fit.value[1, i] * math.log(2) == pytest.approx(alone.value, rel=1e-13, abs=0)
            assert fit.variances[1, i] == pytest.approx(alone.variances, rel=1e-13, abs=0)


@pytest.mark.parametrize("direction", ["reverse", "forward"])
def test_gradients(differentiable, direction):
    """dD/dρ = ρ/(1 − ρ²) in two dimensions, in both directions; 0 and no NaN without correlation."""
    for rho in (0.6, -0.2, 0.0):

        def value(cov):
            return mean_field([0.0, 0.0], cov, direction=direction).value

        got = differentiable.gradients(value, np.array([[1.0, rho], [rho, 1.0]]))[0]
        assert got[0, 1] + got[1, 0] == pytest.approx(rho / (1 - rho**2), rel=1e-10, abs=1e-15)


def test_float32_stays_float32(library):
    fit = mean_field(library.array([0.0, 0.0], "float32"), library.array([[2.0, 0.5], [0.5, 1.0]], "float32"))
    assert {library.dtype(part) for part in fit} == {"float32"}


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0.0, [[1.0]]), {}, r"^mean must have shape \(…, k\) with k ≥ 1, got \(\)"),
        (([], np.empty((0, 0))), {}, r"^mean must have shape"),
        (([0.0, 0.0], [[1.0]]), {}, r"^cov must have shape \(…, 2, 2\) to fit mean, got \(1, 1\)"),
        (([0.0], 1.0), {}, "^cov must have shape"),
        (([0.0, NAN], np.eye(2)), {}, "^mean must be finite, got nan at index 1"),
        (([0.0, 0.0], [[1.0, INF], [INF, 1.0]]), {}, r"^cov must be finite, got inf at index \(0, 1\)"),
        (([0.0, 0.0], [[1.0, 0.5], [0.4, 1.0]]), {}, "^cov must be symmetric"),
        (([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]), {}, "^cov must be positive definite"),
        (([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]]), {}, "^cov must be positive definite"),
        (([0.0, 0.0], [[0.0, 0.0], [0.0, 1.0]]), {}, "^cov must have positive variances"),
        (([[0.0, 0.0]] * 2, np.stack([np.eye(2)] * 3)), {}, "^the shapes do not broadcast"),
        ((["a"], [[1.0]]), {}, "^mean must hold real numbers"),
        (([True], [[1.0]]), {}, "^mean must hold real numbers"),
        (([0.0], [[1.0]]), {"direction": "both"}, "^direction must be 'reverse' or 'forward', got 'both'"),
        (([0.0], [[1.0]]), {"base": 1}, "^base must be a number greater than 1"),
    ],
)
def test_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        mean_field(*arguments, **options)
