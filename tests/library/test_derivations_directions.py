"""The derivations of the chapter on forward and reverse hold on random examples, and end where kltext's functions do."""

import math

import numpy as np
import pytest

from kltext import GaussianMixture, derivations, kl_divergence, m_projection, mvn_kl
from kltext.densities import density_kl
from kltext.mean_field import mean_field

LAWS = [tuple(np.random.default_rng(seed).dirichlet(np.full(n, 0.7), size=2)) for seed, n in enumerate([2, 3, 5, 12] * 5)]


def mixture(seed):
    rng = np.random.default_rng(seed)
    return GaussianMixture(rng.dirichlet(np.ones(3)), rng.normal(0, 3, 3), stds=rng.uniform(0.3, 2, 3))


def normal(mean, std):
    return GaussianMixture([1.0], [mean], stds=std)


@pytest.mark.parametrize("laws", LAWS)
def test_event_bound(laws):
    p, q = laws
    values = derivations.event_bound(p, q, [0]).values()
    assert values[0] == pytest.approx(kl_divergence(p, q), rel=1e-12, abs=0)
    coins = [p[0], p[1:].sum()], [q[0], q[1:].sum()]
    assert values[1] == pytest.approx(kl_divergence(*coins), rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(-p[0] * math.log(q[0]) - math.log(2), rel=1e-12, abs=0)


def test_event_bound_at_its_ends():
    assert derivations.event_bound([0.5, 0.5], [1.0, 0.0], [1]).values() == [math.inf] * 4
    assert derivations.event_bound([1.0, 0.0], [1.0, 0.0], [1]).values() == [0, 0, 0, -math.log(2)]
    assert derivations.event_bound([0.5, 0.5], [0.5, 0.5], [0, 1]).values()[1:] == [0, 0, -math.log(2)]


@pytest.mark.parametrize("event", [[2], [-1], [0.5], [True]])
def test_event_bound_says_what_is_wrong(event):
    with pytest.raises(ValueError, match="event must hold positions from 0 to 1, got"):
        derivations.event_bound([0.5, 0.5], [0.5, 0.5], event)


@pytest.mark.parametrize("laws", LAWS)
def test_missed_mass(laws):
    p, q = laws
    q = np.append(q, 0.0)
    p = np.append(0.7 * p, 0.3)
    values = derivations.missed_mass(q, p).values()
    assert values[0] == pytest.approx(kl_divergence(q, p), rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(-math.log(0.7), rel=1e-12, abs=0)
    assert values[2] == pytest.approx(kl_divergence(q, np.append(p[:-1] / 0.7, 0.0)) - math.log(0.7), rel=1e-9, abs=0)


def test_missed_mass_where_nothing_is_kept():
    assert derivations.missed_mass([1.0, 0.0], [0.0, 1.0]).values() == [math.inf] * 4


@pytest.mark.parametrize("laws", LAWS)
def test_unnormalised_target(laws):
    p, q = laws
    values = derivations.unnormalised_target(q, 7 * p).values()
    assert values == pytest.approx([kl_divergence(q, p)] * 3, rel=1e-9, abs=1e-12)


def test_unnormalised_target_with_zeros():
    assert derivations.unnormalised_target([0.5, 0.5], [1.0, 0.0]).values() == [math.inf] * 3


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [0.0, 0.0], [1.0], [math.inf, 1.0]])
def test_unnormalised_target_says_what_is_wrong(weights):
    with pytest.raises(ValueError, match="weights must"):
        derivations.unnormalised_target([0.5, 0.5], weights)


@pytest.mark.parametrize("laws", LAWS)
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_geometric_mean(laws, share):
    first, second = laws
    q = np.full(first.size, 1 / first.size)
    values = derivations.geometric_mean(q, [first, second], [share, 1 - share]).values()
    assert values[0] == pytest.approx(share * kl_divergence(q, first) + (1 - share) * kl_divergence(q, second), rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(-math.log(np.sum(first**share * second ** (1 - share))), rel=1e-9, abs=1e-12)


def test_a_veto_in_the_geometric_mean():
    values = derivations.geometric_mean([0.5, 0.5], [[1.0, 0.0], [0.5, 0.5]], [0.5, 0.5]).values()
    assert values[:3] == [math.inf] * 3 and values[3] == pytest.approx(math.log(2) / 2, rel=1e-12, abs=0)
    assert derivations.geometric_mean([1.0, 0.0], [[1.0, 0.0], [0.5, 0.5]], [0.5, 0.5]).values() == pytest.approx([math.log(2) / 2] * 4, rel=1e-12, abs=0)
    assert derivations.geometric_mean([0.5, 0.5], [[1.0, 0.0], [0.5, 0.5]], [0.0, 1.0]).values() == pytest.approx([0] * 4, abs=1e-15)


@pytest.mark.parametrize("teachers", [[[0.5, 0.5]], [0.5, 0.5], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [[0.5, 0.6], [0.5, 0.5]], [[1.0, 0.0], [0.0, 1.0]]])
def test_geometric_mean_says_what_is_wrong(teachers):
    with pytest.raises(ValueError, match="teachers"):
        derivations.geometric_mean([0.5, 0.5], teachers, [0.5, 0.5])


@pytest.mark.parametrize("seed", range(8))
def test_moment_matching(seed):
    target, rng = mixture(seed), np.random.default_rng(100 + seed)
    mean, std = rng.normal(0, 2), rng.uniform(0.5, 4)
    values = derivations.moment_matching(target, mean, std).values()
    expected = density_kl(target.log_density, normal(mean, std).log_density, points=[*target.means, mean]).value
    assert values[0] == pytest.approx(expected, rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(m_projection(target).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_reverse_gradient(seed):
    """Against differences of the divergence itself."""
    target, rng = mixture(seed), np.random.default_rng(200 + seed)
    mean, std = rng.normal(0, 2), rng.uniform(0.3, 3)
    h = 1e-4 * std

    def divergence(std):
        return density_kl(normal(mean, std).log_density, target.log_density, points=[*target.means, mean]).value

    values = derivations.reverse_gradient(target, mean, std).values()
    assert values == pytest.approx([(divergence(std + h) - divergence(std - h)) / (2 * h)] * 3, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("derive", [derivations.moment_matching, derivations.reverse_gradient])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, 0.0, 1.0), "mixture must be a GaussianMixture on the line, got None"),
        ((GaussianMixture([1.0], [[0.0, 0.0]], covariances=np.eye(2)), 0.0, 1.0), "on the line"),
        ((GaussianMixture([1.0, 0.0], [0.0, 1.0], stds=1.0), 0.0, 1.0), "mixture must have positive weights, got"),
        ((mixture(0), math.nan, 1.0), "mean must be finite, got nan"),
        ((mixture(0), 0.0, 0.0), "std must be positive and finite, got 0.0"),
    ],
)
def test_fits_say_what_is_wrong(derive, arguments, message):
    with pytest.raises(ValueError, match=message):
        derive(*arguments)


def test_moment_matching_refuses_scales_too_far_apart():
    with pytest.raises(ValueError, match="mixture must not mix scales this far apart, got stds"):
        derivations.moment_matching(GaussianMixture([0.5, 0.5], [0.0, 0.0], stds=[1e-6, 1.0]), 0.0, 1.0)


@pytest.mark.parametrize("seed", range(8))
def test_mean_field(seed):
    rng = np.random.default_rng(seed)
    k = 1 + seed % 4
    root = rng.normal(size=(k, k))
    cov, variances = root @ root.T + 0.2 * np.eye(k), rng.uniform(0.2, 3, k)
    values = derivations.mean_field(cov, variances).values()
    assert values[0] == pytest.approx(mvn_kl(np.zeros(k), np.diag(variances), np.zeros(k), cov), rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(mean_field(np.zeros(k), cov).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 0.5], [0.5, 1.0]], [1.0]), "cov and variances must fit"),
        (([1.0], [1.0]), "cov and variances must fit"),
        ((np.eye(5), np.ones(5)), "1 to 4 dimensions"),
        (([[1.0, 2.0], [2.0, 1.0]], [1.0, 1.0]), "cov must be positive definite"),
        (([[1.0, 0.0], [0.0, 1.0]], [1.0, 0.0]), "variances must be positive and finite"),
    ],
)
def test_mean_field_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        derivations.mean_field(*arguments)
