"""Against 50-digit arithmetic: near-equal laws, zeros, tiny and subnormal probabilities, a million outcomes."""

import math

import mpmath
import numpy as np
import pytest

from kltext import cross_entropy, entropy, gaussian_kl, js_divergence, kl_divergence, mvn_kl
from kltext._logratio import NEAR, excess_near

TIGHT = 1e-14  # what is promised is 1e-13


def law(weights):
    return weights / weights.sum()


def dirichlet(rng, n, concentration):
    return law(rng.dirichlet(np.full(n, concentration)) + 1e-300)


@pytest.mark.parametrize("concentration", [0.05, 0.5, 5])
@pytest.mark.parametrize("seed", range(5))
def test_random_pairs(exact, concentration, seed):
    rng = np.random.default_rng(seed)
    for n in (2, 3, 10, 100):
        p, q = dirichlet(rng, n, concentration), dirichlet(rng, n, concentration)
        assert exact.relative_error(kl_divergence(p, q), exact.kl(p, q)) < TIGHT
        assert exact.relative_error(kl_divergence(p, q), exact.kl_of_rescaled(p, q)) < TIGHT
        assert exact.relative_error(js_divergence(p, q), exact.js(p, q)) < TIGHT
        assert exact.relative_error(cross_entropy(p, q), exact.cross_entropy(p, q)) < TIGHT
        assert exact.relative_error(entropy(p), exact.entropy(p)) < TIGHT


@pytest.mark.parametrize("difference", [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 0.05, 0.1, 0.3])
def test_near_equal_pairs(exact, difference):
    rng = np.random.default_rng(1)
    for n in (2, 10, 64):
        p = dirichlet(rng, n, 2.0)
        q = law(p * (1 + difference * rng.uniform(-1, 1, n)))
        assert exact.relative_error(kl_divergence(p, q), exact.kl(p, q)) < TIGHT
        assert exact.relative_error(js_divergence(p, q), exact.js(p, q)) < TIGHT
        if difference >= 1e-8:
            assert exact.relative_error(kl_divergence(p, q), exact.kl_of_rescaled(p, q)) < 1e-13


def test_every_ratio(exact):
    """One outcome changes by every factor, through all branches and across their borders."""
    for ratio in np.concatenate([np.linspace(0.4, 2.4, 401), 10.0 ** np.linspace(-323, -1, 80)]):
        p, q = np.array([0.3, 0.7]), np.array([0.3 * ratio, 1 - 0.3 * ratio])
        for a, b in ((p, q), (q, p)):
            assert exact.relative_error(kl_divergence(a, b), exact.kl(a, b)) < TIGHT
            assert exact.relative_error(js_divergence(a, b), exact.js(a, b)) < TIGHT


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-300, 1e-200, 1e-154, 1e-100, 1e-16])
@pytest.mark.parametrize("other", [[0.5, 0.5], [1e-300, 1.0], [1e-5, 1 - 1e-5], [1.0, 5e-324], [1.0, 1e-308]])
def test_tiny_probabilities(exact, tiny, other):
    p, q = np.array([tiny, 1 - tiny]), np.array(other)
    for a, b in ((p, q), (q, p)):
        if min(exact.kl(a, b), exact.js(a, b)) > 1e-290:  # a smaller result has fewer digits
            assert exact.relative_error(kl_divergence(a, b), exact.kl(a, b)) < TIGHT
            assert exact.relative_error(js_divergence(a, b), exact.js(a, b)) < TIGHT


@pytest.mark.parametrize("scale", [1e-20, 1e-100, 1e-200, 1e-280])
@pytest.mark.parametrize("factor", [1.01, 1.5, 3.0, 1e10])
def test_differences_at_tiny_outcomes_only(exact, scale, factor):
    p, q = np.array([scale, 1.0]), np.array([scale * factor, 1.0])
    assert exact.relative_error(kl_divergence(p, q), exact.kl(p, q)) < TIGHT
    assert exact.relative_error(kl_divergence(q, p), exact.kl(q, p)) < TIGHT


def test_zeros(exact):
    p, q = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.5 - 1e-9, 0.5 - 2e-9, 3e-9, 0.0])
    assert exact.relative_error(kl_divergence(p, q), exact.kl(p, q)) < TIGHT
    assert kl_divergence(q, p) == math.inf
    assert exact.relative_error(js_divergence(p, q), exact.js(p, q)) < TIGHT


@pytest.mark.parametrize("difference", [None, 1e-6])
def test_a_million_outcomes(exact, difference):
    rng = np.random.default_rng(2)
    n = 10**6
    p = law(rng.exponential(size=n))
    q = law(rng.exponential(size=n)) if difference is None else law(p * (1 + difference * rng.uniform(-1, 1, n)))
    # A sum of 10⁶ fifty-digit logarithms takes minutes; long doubles and an exact sum do not.
    a, b = p.astype(np.longdouble), q.astype(np.longdouble)
    t = (b - a) / a
    if difference is None:
        terms = a * np.log(a / b) - a + b
    else:  # |t| ≤ 2e-6: four terms of the series of t − log(1 + t) are enough
        terms = a * t * t * (1 / np.longdouble(2) - t * (1 / np.longdouble(3) - t * (1 / np.longdouble(4) - t / 5)))
    high = terms.astype(float)
    reference = math.fsum(high) + math.fsum((terms - high).astype(float))
    for x, y in ((p, q), (np.stack([p, p], axis=1)[:, 0], q)):  # also with strides
        assert abs(kl_divergence(x, y) / reference - 1) < 1e-14


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_many_small_terms_are_summed_in_pairs(dtype):
    n = 10**6
    p = np.full((n, 2), 1.0 / n, dtype).T  # memory order puts the outcomes apart
    rounding = float(np.finfo(dtype).eps)
    assert abs(entropy(p)[0] / (n * float(p[0, 0]) * -math.log(float(p[0, 0]))) - 1) < 4 * rounding


def test_normalisation_to_rounding(exact):
    """Sums that differ by δ move the divergence by δ²/2, and by the common scale, no more."""
    p, q = np.array([0.3, 0.7]), np.array([0.4, 0.6])
    delta = 1e-8
    got = kl_divergence(p * (1 + delta), q * (1 - delta))
    true = exact.kl(p, q)
    assert exact.relative_error(got, true * (1 + mpmath.mpf(delta)) + 2 * mpmath.mpf(delta) ** 2) < 1e-12


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1.0, 1e150])
def test_gaussian_kl_near_equal(exact, scale):
    for difference in (1e-12, 1e-8, 1e-4, 1e-2, 0.03, 0.05, 0.1, 0.5):
        for mean_p, std_p in (
            (scale, scale * (1 + difference)),
            (scale * (1 - difference / 3), scale * (1 - difference)),
        ):
            got = gaussian_kl(mean_p, std_p, scale, scale)
            assert exact.relative_error(got, exact.gaussian_kl(mean_p, std_p, scale, scale)) < 2e-14


def test_gaussian_kl_extreme(exact):
    for std_p in 10.0 ** np.arange(-300, 301, 50):
        for std_q in 10.0 ** np.arange(-300, 301, 50):
            true = exact.gaussian_kl(0, std_p, 0, std_q)
            got = gaussian_kl(0, std_p, 0, std_q)
            if true > np.finfo(float).max:
                assert got == math.inf
            else:
                assert got == 0 if std_p == std_q else exact.relative_error(got, true) < TIGHT


@pytest.mark.parametrize("k", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", range(3))
def test_mvn_kl(exact, k, seed):
    rng = np.random.default_rng(seed)

    def covariance():
        a = rng.normal(size=(k, k + 3))
        return a @ a.T

    mean_p, mean_q, cov_p, cov_q = rng.normal(size=k), rng.normal(size=k), covariance(), covariance()
    got = mvn_kl(mean_p, cov_p, mean_q, cov_q)
    assert exact.relative_error(got, exact.mvn_kl(mean_p, cov_p, mean_q, cov_q)) < 1e-13

    units = 2.0 ** rng.integers(-60, 60, size=k)  # the divergence does not know the units
    scaled = mvn_kl(mean_p * units, cov_p * np.outer(units, units), mean_q * units, cov_q * np.outer(units, units))
    assert math.isclose(scaled, got, rel_tol=1e-13)

    for difference in (1e-10, 1e-8, 1e-5, 1e-2, 0.1):
        change = rng.uniform(-1, 1, size=(k, k))
        near = cov_q + difference * np.diag(cov_q).min() / (4 * k) * (change + change.T)
        got = mvn_kl(mean_q, near, mean_q, cov_q)
        assert exact.relative_error(got, exact.mvn_kl(mean_q, near, mean_q, cov_q)) < 1e-13


def test_the_series_near_equality_holds_to_its_ends():
    """Where it is used, what is left out of the series is less than rounding."""
    p = 0.3
    for change in np.linspace(-NEAR, NEAR, 21):
        q = p * (1 + float(change))
        with mpmath.workdps(40):
            a, b = mpmath.mpf(p), mpmath.mpf(q)
            wanted = float(a * mpmath.log(a / b) - a + b)
        assert excess_near(p, q - p, q + p) == pytest.approx(wanted, rel=2e-15, abs=0)
