"""The linear-Gaussian model against SciPy's marginal, Bayes by integration, fifty digits, and the ELBO's own ledger."""

import math

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from kltext.linear_gaussian import linear_gaussian_elbo, linear_gaussian_posterior


def example(seed, d, k):
    rng = np.random.default_rng(seed)
    a, c = rng.normal(size=(d, d)), rng.normal(size=(k, k))
    model = rng.normal(size=d), rng.normal(size=(d, k)), rng.normal(size=d), a @ a.T + 0.3 * np.eye(d)
    return model, {"mean": rng.normal(size=k), "cov": c @ c.T + 0.2 * np.eye(k)}


sizes = st.tuples(st.integers(0, 500), st.integers(1, 4), st.integers(1, 4))


@given(sizes)
def test_evidence_is_the_marginal_density(size):
    (x, weights, bias, noise), q = example(*size)
    marginal = scipy.stats.multivariate_normal(bias, weights @ weights.T + noise)
    assert linear_gaussian_elbo(x, weights, bias, noise, **q).evidence == pytest.approx(marginal.logpdf(x), rel=1e-9, abs=1e-9)


@given(sizes)
def test_posterior_by_conditioning_the_joint_law(size):
    """From the joint covariance of (z, x), which is another way than adding precisions."""
    (x, weights, bias, noise), _ = example(*size)
    gain = weights.T @ np.linalg.inv(weights @ weights.T + noise)
    found = linear_gaussian_posterior(x, weights, bias, noise)
    np.testing.assert_allclose(found.mean, gain @ (x - bias), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.cov, np.eye(weights.shape[1]) - gain @ weights, rtol=1e-8, atol=1e-8)


@given(sizes)
def test_the_ledger_adds_up(size):
    """Energy and entropy come from the model and q; evidence and gap from the posterior."""
    model, q = example(*size)
    found = linear_gaussian_elbo(*model, **q)
    assert found.energy + found.entropy == pytest.approx(found.evidence - found.gap, rel=1e-9, abs=1e-8)
    assert found.bound == pytest.approx(found.evidence - found.gap, rel=1e-12, abs=0) and found.gap >= 0
    assert found.entropy == pytest.approx(scipy.stats.multivariate_normal(q["mean"], q["cov"]).entropy(), abs=1e-9)


def test_energy_by_quadrature_over_the_latent():
    (x, weights, bias, noise), q = example(3, 2, 1)
    mean, std = float(q["mean"][0]), math.sqrt(float(q["cov"][0, 0]))

    likelihood, prior, guess = scipy.stats.multivariate_normal(cov=noise), scipy.stats.norm(), scipy.stats.norm(mean, std)

    def term(z):
        return guess.pdf(z) * (likelihood.logpdf(x - weights[:, 0] * z - bias) + prior.logpdf(z))

    exact, error = scipy.integrate.quad(term, mean - 9 * std, mean + 9 * std, epsrel=1e-12)
    assert error < 1e-8
    assert linear_gaussian_elbo(x, weights, bias, noise, **q).energy == pytest.approx(exact, rel=1e-9, abs=0)


def test_the_posterior_closes_the_gap_and_nothing_else_does():
    model, q = example(7, 3, 2)
    mean, cov = linear_gaussian_posterior(*model)
    best = linear_gaussian_elbo(*model, mean=mean, cov=cov)
    assert 0 <= best.gap < 1e-25 and best.bound == pytest.approx(best.evidence, rel=1e-14, abs=0)
    assert linear_gaussian_elbo(*model, **q).gap > 0.1
    near = linear_gaussian_elbo(*model, mean=mean + 1e-9, cov=cov)
    delta = np.full(2, 1e-9)
    assert near.gap == pytest.approx(delta @ np.linalg.inv(cov) @ delta / 2, rel=1e-6, abs=0)


def test_one_latent_to_fifty_digits():
    with mpmath.workdps(50):
        w, s, x, m, c = (mpmath.mpf(v) for v in ("0.75", "0.5", "2", "0.25", "0.125"))
        variance = w * w + s
        evidence = -mpmath.log(2 * mpmath.pi * variance) / 2 - x * x / (2 * variance)
        post = 1 / (1 + w * w / s)
        centre = post * w * x / s
        gap = (c / post - 1 - mpmath.log(c / post) + (m - centre) ** 2 / post) / 2
    found = linear_gaussian_elbo([2.0], [[0.75]], [0.0], [[0.5]], mean=[0.25], cov=[[0.125]])
    assert found.evidence == pytest.approx(float(evidence), rel=1e-14, abs=0)
    assert found.gap == pytest.approx(float(gap), rel=1e-14, abs=0)


def test_batches_and_array_libraries(library):
    (x, weights, bias, noise), q = example(11, 3, 2)
    many = np.stack([x, x + 1, x - 2, 0 * x])
    arrays = [library.array(a) for a in (many, weights, bias, noise)]
    found = linear_gaussian_elbo(*arrays, mean=library.array(q["mean"]), cov=library.array(q["cov"]))
    for i, row in enumerate(many):
        alone = linear_gaussian_elbo(row, weights, bias, noise, **q)
        for name in ("bound", "evidence", "gap", "energy", "entropy"):
            value = getattr(found, name)
            assert library.is_native(value) and tuple(value.shape) == (4,)
            assert float(library.numpy(value)[i]) == pytest.approx(getattr(alone, name), rel=1e-11, abs=0)
        np.testing.assert_allclose(library.numpy(found.posterior.mean)[i], alone.posterior.mean, rtol=1e-11)
        np.testing.assert_allclose(library.numpy(found.posterior.cov)[i], alone.posterior.cov, rtol=1e-11)


def test_gradient_leads_to_the_posterior(differentiable):
    """The bound's slope is zero at the posterior, and that of the evidence is the ordinary likelihood's."""
    (x, weights, bias, noise), q = example(5, 2, 2)
    mean, cov = linear_gaussian_posterior(x, weights, bias, noise)
    names = (x, weights, bias, noise)

    def bound(m, c):
        model = [differentiable.array(a) for a in names]
        return linear_gaussian_elbo(*model, mean=m, cov=c).bound

    for slope in differentiable.gradients(bound, mean, cov):
        np.testing.assert_allclose(slope, 0, atol=1e-8)
    slope, _ = differentiable.gradients(bound, q["mean"], q["cov"])
    np.testing.assert_allclose(slope, np.linalg.solve(cov, mean - q["mean"]), rtol=1e-8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [1.0, 2.0]}, r"^x must have shape \(…, 1\) to fit weights, got \(2,\)"),
        ({"x": [math.nan]}, "^x must be finite, got nan"),
        ({"weights": [1.0]}, "^weights must have shape"),
        ({"weights": [[math.inf]]}, "^weights must be finite"),
        ({"weights": np.zeros((1, 0))}, r"^weights must have shape \(…, d, k\) with d, k ≥ 1, got \(1, 0\)"),
        ({"weights": np.zeros((0, 1))}, "^weights must have shape"),
        ({"bias": 0.0}, "^bias must have shape"),
        ({"noise_cov": [[0.0]]}, "^noise_cov must have positive variances"),
        ({"noise_cov": [[5e-324]]}, "^noise_cov must not be so small that the posterior's precision overflows, got inf"),
        ({"noise_cov": [[1.0, 0.0], [0.0, 1.0]]}, "^noise_cov must have shape"),
        ({"mean": [0.0, 0.0]}, "^mean must have shape"),
        ({"cov": [[-1.0]]}, "^cov must have positive variances"),
        ({"x": [[1.0]] * 2, "mean": [[1.0]] * 3}, "^the shapes do not broadcast"),
    ],
)
def test_bad_input(change, message):
    good = {"x": [1.0], "weights": [[1.0]], "bias": [0.0], "noise_cov": [[1.0]], "mean": [0.0], "cov": [[1.0]]}
    with pytest.raises(ValueError, match=message):
        linear_gaussian_elbo(**{**good, **change})


def test_the_posterior_s_covariance_is_symmetric_to_the_last_digit():
    for seed in range(5):
        cov = linear_gaussian_posterior(*example(seed, 4, 5)[0]).cov
        assert np.array_equal(cov, cov.T)


def test_no_models_at_once():
    found = linear_gaussian_elbo([1.0], np.empty((0, 1, 2)), [0.0], [[1.0]], mean=[0.0, 0.0], cov=np.eye(2))
    assert found.bound.shape == (0,) and found.posterior.mean.shape == (0, 2)
