"""Monte-Carlo gradients of the ELBO: unbiased to rounding, by feeding them quadrature nodes for noise; and their spreads."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from kltext.elbo_gradients import reparametrisation_gradient, score_function_gradient
from kltext.estimators import mean_and_error
from kltext.linear_gaussian import linear_gaussian_elbo

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
GRID = np.stack(np.meshgrid(NODES, NODES, indexing="ij"), -1).reshape(-1, 2)
GRID_WEIGHTS = np.outer(WEIGHTS, WEIGHTS).ravel()


def quartic(z):
    """A joint density that is not Gaussian, with a closed average under a Gaussian q."""
    return -anp.sum(z**4, -1) / 4 + anp.sum(z, -1) - z[..., 0] * z[..., 1]


def exact(mean, log_std):
    """The ELBO's gradient for `quartic`, from the moments of a normal law."""
    variance = np.exp(2 * log_std)
    by_mean = -(mean**3 + 3 * mean * variance) + 1 - mean[::-1]
    by_variance = -(6 * mean**2 + 6 * variance) / 4  # of −E z⁴/4 = −(m⁴ + 6m²v + 3v²)/4
    return by_mean, by_variance * 2 * variance + 1


def exact_bound(mean, log_std):
    variance = np.exp(2 * log_std)
    energy = -(mean**4 + 6 * mean**2 * variance + 3 * variance**2).sum() / 4 + mean.sum() - mean.prod()
    return energy + log_std.sum() + 1 + math.log(2 * math.pi)


parameters = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-1.5, 0.5), st.floats(-1.5, 0.5))


@given(parameters)
def test_both_are_unbiased(drawn):
    mean, log_std = np.array(drawn[:2]), np.array(drawn[2:])
    through = reparametrisation_gradient(quartic, mean, log_std, GRID)
    assert GRID_WEIGHTS @ through.bound == pytest.approx(exact_bound(mean, log_std), rel=1e-9, abs=1e-9)
    for found in (through, score_function_gradient(quartic, mean, log_std, GRID, baseline=0.7)):
        np.testing.assert_allclose(GRID_WEIGHTS @ found.mean, exact(mean, log_std)[0], rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(GRID_WEIGHTS @ found.log_std, exact(mean, log_std)[1], rtol=1e-8, atol=1e-8)


def test_leaving_one_out_keeps_the_score_unbiased():
    """The average over all pairs of nodes, each with its probability, of the gradient from two samples."""
    mean, log_std = np.array([0.5]), np.array([-0.3])

    def log_joint(z):
        return -anp.sum(z**4, -1) / 4

    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    total = np.zeros(2)
    for a, wa in zip(nodes, weights, strict=True):
        for b, wb in zip(nodes, weights, strict=True):
            found = score_function_gradient(log_joint, mean, log_std, [[a], [b]])
            total += wa * wb * np.array([found.mean.mean(), found.log_std.mean()])
    variance = math.exp(-0.6)
    assert total[0] == pytest.approx(-(0.5**3 + 3 * 0.5 * variance), rel=1e-9, abs=0)
    assert total[1] == pytest.approx(-(6 * 0.25 + 6 * variance) / 4 * 2 * variance + 1, rel=1e-9, abs=0)


def test_against_the_linear_gaussian_bound():
    """Central differences of the closed-form bound, for a model with correlated latents."""
    weights, noise_cov, x = np.array([[1.0, 0.5], [0.0, 2.0]]), np.diag([0.5, 2.0]), np.array([1.0, -1.0])

    def log_joint(z):
        left = (x - z @ weights.T) / np.sqrt(np.diag(noise_cov))
        return -(anp.sum(left**2, -1) + anp.sum(z**2, -1)) / 2 - 2 * math.log(2 * math.pi) - math.log(np.linalg.det(noise_cov)) / 2

    def bound(mean, log_std):
        cov = np.diag(np.exp(2 * log_std))
        return linear_gaussian_elbo(x, weights, [0.0, 0.0], noise_cov, mean=mean, cov=cov).bound

    mean, log_std, step = np.array([0.3, -0.2]), np.array([-0.4, 0.1]), 1e-5
    found = reparametrisation_gradient(log_joint, mean, log_std, GRID)
    assert GRID_WEIGHTS @ found.bound == pytest.approx(bound(mean, log_std), rel=1e-10, abs=0)
    for i in range(2):
        move = step * np.eye(2)[i]
        slope = (bound(mean + move, log_std) - bound(mean - move, log_std)) / (2 * step)
        assert (GRID_WEIGHTS @ found.mean)[i] == pytest.approx(slope, abs=1e-7)
        slope = (bound(mean, log_std + move) - bound(mean, log_std - move)) / (2 * step)
        assert (GRID_WEIGHTS @ found.log_std)[i] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize(("count", "baseline"), [(1, None), (2, None), (3, None), (3, 0.0), (3, [0.5, -1.0, 2.0])])
def test_the_score_by_its_definition(count, baseline):
    """(log p − log q − b)·∇log q sample by sample, with SciPy's log q and its central differences."""
    mean, log_std = np.array([0.3, -0.2]), np.array([-0.4, 0.1])
    noise = np.random.default_rng(3).normal(size=(count, 2))
    z = mean + np.exp(log_std) * noise

    def log_q(mean, log_std):
        return norm(mean, np.exp(log_std)).logpdf(z).sum(-1)

    score = np.array([float(quartic(row)) for row in z]) - log_q(mean, log_std)
    others = [np.delete(score, i).mean() if count > 1 else 0.0 for i in range(count)]
    gain = score - (others if baseline is None else baseline)
    found = score_function_gradient(quartic, mean, log_std, noise, baseline=baseline)
    for i, step in enumerate(1e-6 * np.eye(2)):
        by_mean = (log_q(mean + step, log_std) - log_q(mean - step, log_std)) / 2e-6
        by_log_std = (log_q(mean, log_std + step) - log_q(mean, log_std - step)) / 2e-6
        np.testing.assert_allclose(found.mean[:, i], gain * by_mean, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(found.log_std[:, i], gain * by_log_std, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.bound, [float(quartic(row)) + norm(0, np.exp(log_std)).entropy().sum() for row in z], rtol=1e-12)


def test_spreads():
    """At its best, q = p(z | x) for a Gaussian: the score is constant, so the baseline takes all of its spread away."""

    def log_joint(z):
        return -anp.sum((z - 1) ** 2, -1) / 2

    noise = np.random.default_rng(0).normal(size=(4000, 1))
    at_best = score_function_gradient(log_joint, [1.0], [0.0], noise)
    np.testing.assert_allclose(at_best.mean, 0, atol=1e-12)
    many = np.random.default_rng(2).normal(size=(4000, 20))
    away = np.zeros(20), np.full(20, 0.5), many
    through = mean_and_error(reparametrisation_gradient(log_joint, *away).mean[:, 0])
    score = mean_and_error(score_function_gradient(log_joint, *away).mean[:, 0])
    plain = mean_and_error(score_function_gradient(log_joint, *away, baseline=0.0).mean[:, 0])
    assert 3 * through.error < min(score.error, plain.error)
    for estimate in (through, score, plain):
        assert abs(estimate.value - 1.0) < 4 * estimate.error


def test_a_gradient_of_ones_own():
    mean, log_std, noise = np.array([0.2, 0.4]), np.zeros(2), np.random.default_rng(1).normal(size=(5, 2))
    own = reparametrisation_gradient(lambda z: -(z**2).sum(-1), mean, log_std, noise, gradient=lambda z: -2 * z)
    found = reparametrisation_gradient(lambda z: -anp.sum(z**2, -1), mean, log_std, noise)
    for a, b in zip(own, found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_array_libraries(library):
    mean, log_std, noise = [0.2, 0.4], [0.1, -0.3], np.linspace(-1, 1, 10).reshape(5, 2)
    arrays = [library.array(a) for a in (mean, log_std, noise)]
    for estimate, extra in ((reparametrisation_gradient, {"gradient": lambda z: -z}), (score_function_gradient, {})):
        found = estimate(lambda z: -(z**2).sum(-1) / 2, *arrays, **extra)
        same = estimate(lambda z: -(z**2).sum(-1) / 2, mean, log_std, noise, **extra)
        for a, b in zip(found, same, strict=True):
            assert library.is_native(a)
            np.testing.assert_allclose(library.numpy(a), b, rtol=1e-13)


def _square(z):
    return -(z**2).sum(-1)


@pytest.mark.parametrize("estimate", [reparametrisation_gradient, score_function_gradient])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((_square, [math.nan], [0.0], [[0.0]]), "^mean must be finite, got nan"),
        ((_square, [0.0], [math.inf], [[0.0]]), "^log_std must be finite, got inf"),
        ((_square, [0.0], [0.0], [[math.inf]]), "^noise must be finite, got inf"),
        ((_square, [0.0], [0.0, 1.0], [[0.0]]), "^mean and log_std must have shape"),
        ((_square, 0.0, 0.0, [[0.0]]), "^mean and log_std must have shape"),
        ((_square, [0.0], [0.0], [0.0]), r"^noise must have shape \(n, 1\), got \(1,\)"),
        ((_square, [0.0], [0.0], np.zeros((0, 1))), "^noise must have shape"),
        ((lambda z: 1.0, [0.0], [0.0], [[0.0]]), r"^log_joint must return one number for each sample, got shape \(\)$"),
        ((lambda z: z, [0.0], [0.0], [[0.0]]), r"^log_joint must return one number for each sample, got shape \(1, 1\)$"),
        ((lambda z: z[:, 0] / 0.0 + np.inf, [1.0], [0.0], [[1.0]]), "^log_joint must be finite at the samples, got inf"),
    ],
)
def test_bad_input(estimate, arguments, message):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        estimate(*arguments)


def test_bad_gradients_and_baselines():
    with pytest.raises(ValueError, match="^gradient must be given: autograd cannot"):
        reparametrisation_gradient(lambda z: np.array([math.exp(v) for v in z[:, 0]]), [0.0], [0.0], [[0.0], [1.0]])
    with pytest.raises(ValueError, match="^gradient must return the shape"):
        reparametrisation_gradient(_square, [0.0], [0.0], [[0.0]], gradient=lambda z: z[0])
    with pytest.raises(ValueError, match="^baseline must be a number"):
        score_function_gradient(_square, [0.0], [0.0], [[0.0]], baseline=[1.0, 2.0])
    with pytest.raises(ValueError, match="^baseline must be finite, got nan"):
        score_function_gradient(_square, [0.0], [0.0], [[0.0]], baseline=math.nan)
    assert score_function_gradient(_square, [0.0], [0.0], [[2.0]]).mean.shape == (1, 1)
