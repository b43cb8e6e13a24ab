"""The derivations of the chapter on Gaussians: moments of a family, the second order, the natural gradient."""

import math

import mpmath
import numpy as np
import pytest
from scipy import stats

from kltext import DerivationError, derivations, kl_divergence, mvn_entropy, mvn_kl
from kltext.exponential import Bernoulli

DIE = np.arange(1.0, 7)


@pytest.mark.parametrize("natural", [-3.0, -0.2, 0.0, 0.371, 5.0])
@pytest.mark.parametrize("statistic", [DIE, [0.0, 1.0], [-2.0, 0.5, 0.5, 7.0], [3.0]])
def test_log_partition(statistic, natural):
    with mpmath.workdps(50):
        weights = [mpmath.e ** (mpmath.mpf(natural) * t) for t in map(float, statistic)]
        mean = sum(w * t for w, t in zip(weights, map(float, statistic), strict=True)) / sum(weights)
        variance = sum(w * (t - mean) ** 2 for w, t in zip(weights, map(float, statistic), strict=True)) / sum(weights)
    assert derivations.log_partition_slope(statistic, natural).values() == pytest.approx([float(mean)] * 3, rel=1e-12, abs=1e-12)
    values = derivations.log_partition_curvature(statistic, natural).values()
    assert values == pytest.approx([float(variance)] * 3 + [0], rel=1e-9, abs=1e-12)


def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [0.01, 0.3, 3.0, 9.0])
def test_second_order(seed, size):
    rng = np.random.default_rng(seed)
    logits, step = rng.normal(size=4), rng.uniform(-1, 1, size=4)
    step *= size / np.ptp(step)
    for one in (step, -step):
        values = derivations.second_order(logits, one).values()
        d = kl_divergence(softmax(logits), softmax(logits + one))
        assert values[0] == pytest.approx(d, rel=1e-9, abs=1e-13)
        quadratic = values[-1] - size**3 / 24
        assert abs(d - quadratic) <= size**3 / 24


def test_second_order_is_sharp_enough_to_matter():
    """A remainder ten times smaller would be wrong for this coin."""
    step = np.array([0.0, 0.1])
    logits = np.array([0.0, math.log(0.2113 / 0.7887)])  # where the third moment is largest
    values = derivations.second_order(logits, step).values()
    quadratic = values[-1] - 0.1**3 / 24
    assert values[0] - quadratic > 0.1**3 / 240
    assert quadratic == pytest.approx(0.1**2 * Bernoulli().fisher_information(logits[1]) / 2, rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", range(10))
def test_natural_gradient(seed):
    rng = np.random.default_rng(seed)
    root, g = rng.normal(size=(3, 3)), rng.normal(size=3)
    fisher, nats = root @ root.T + 0.1 * np.eye(3), 0.2
    for step in rng.normal(size=(20, 3)):
        inside = step * rng.random() * math.sqrt(2 * nats / (step @ fisher @ step))
        values = derivations.natural_gradient(g, fisher, inside, nats).values()
        assert values[0] == pytest.approx(g @ inside, rel=1e-12, abs=0)
        assert values[-1] == pytest.approx(-math.sqrt(2 * nats * g @ np.linalg.solve(fisher, g)), rel=1e-12, abs=0)
    best = -np.linalg.solve(fisher, g)
    best *= math.sqrt(2 * nats / (best @ fisher @ best))
    assert np.ptp(derivations.natural_gradient(g, fisher, best, nats).values()) < 1e-12
    turned = derivations.natural_gradient_coordinates(g, fisher, rng.normal(size=(3, 3)))
    assert turned.values()[-1] == pytest.approx(g @ np.linalg.solve(fisher, g), rel=1e-12, abs=0)


def test_a_step_that_costs_too_much_is_noticed():
    with pytest.raises(DerivationError, match="line 4"):
        derivations.natural_gradient([1.0, 0.0], np.eye(2), [2.0, 0.0], 0.5)


@pytest.mark.parametrize("seed", range(6))
def test_gaussian_total_correlation(seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4))
    cov = root @ root.T + 0.1 * np.eye(4)
    values = derivations.gaussian_total_correlation(cov).values()
    apart = np.diag(np.diag(cov))
    assert values[0] == pytest.approx(sum(stats.norm(0, s).entropy() for s in np.sqrt(np.diag(cov))) - mvn_entropy(cov), rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(mvn_kl(np.zeros(4), cov, np.zeros(4), apart), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.log_partition_slope([], 0.0), "^statistic must hold a finite number"),
        (lambda: derivations.log_partition_slope([[1.0]], 0.0), "^statistic must hold a finite number"),
        (lambda: derivations.log_partition_curvature([0.0, 1.0], 1e4), "^natural must keep every probability"),
        (lambda: derivations.log_partition_curvature([0.0, 1.0], math.nan), "^natural must keep every probability"),
        (lambda: derivations.second_order([0.0, 1.0], [0.0]), "^step must be a list of finite numbers"),
        (lambda: derivations.second_order([0.0, 1.0], [0.0, 11.0]), "^step must not range over more than 10"),
        (lambda: derivations.natural_gradient([1.0], np.eye(2), [1.0], 1), "^fisher must have shape"),
        (lambda: derivations.natural_gradient([0.0], np.eye(1), [1.0], 1), "^nats must be positive and finite, and gradient not 0"),
        (lambda: derivations.natural_gradient([1.0, 0.0], -np.eye(2), [0.0, 0.0], 1), "^fisher must have positive variances"),
        (lambda: derivations.natural_gradient_coordinates([1.0, 2.0], np.eye(2), np.ones((2, 2))), "^jacobian must be an invertible"),
        (lambda: derivations.gaussian_total_correlation(np.ones((2, 2))), "^cov must be"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()
