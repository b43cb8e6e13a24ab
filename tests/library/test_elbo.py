"""The ELBO by enumeration: bound, gap and evidence in fifty digits, and the importance-weighted bound over all draws."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import derivations, entropy, kl_divergence
from kltext.elbo import elbo, importance_weighted_bound

INF = math.inf


@st.composite
def problems(draw):
    n = draw(st.integers(1, 6))
    joint = np.array(draw(st.lists(st.floats(-30, 5), min_size=n, max_size=n)))
    mass = np.array(draw(st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1)), min_size=n, max_size=n)))
    mass[0] += 0.01
    return joint, mass / mass.sum()


@given(problems())
def test_in_fifty_digits(problem):
    joint, q = problem
    found = elbo(joint, q)
    with mpmath.workdps(50):
        logs, law = [mpmath.mpf(float(v)) for v in joint], [mpmath.mpf(float(v)) for v in q]
        law = [v / mpmath.fsum(law) for v in law]
        evidence = mpmath.log(mpmath.fsum(mpmath.exp(v) for v in logs))
        bound = mpmath.fsum(a * (v - mpmath.log(a)) for a, v in zip(law, logs, strict=True) if a)
        gap = mpmath.fsum(a * (mpmath.log(a) - v + evidence) for a, v in zip(law, logs, strict=True) if a)
        energy = mpmath.fsum(a * v for a, v in zip(law, logs, strict=True))
    assert found.evidence == pytest.approx(float(evidence), rel=1e-13, abs=1e-14)
    assert found.bound == pytest.approx(float(bound), rel=1e-12, abs=1e-13)
    assert found.gap == pytest.approx(float(gap), rel=1e-11, abs=1e-14)
    assert found.energy == pytest.approx(float(energy), rel=1e-13, abs=1e-14)
    assert found.entropy == entropy(q)


@given(problems())
def test_the_three_decompositions(problem):
    joint, q = problem
    found = elbo(joint, q)
    assert found.gap >= 0
    assert found.bound + found.gap == pytest.approx(found.evidence, rel=1e-12, abs=1e-12)
    assert found.energy + found.entropy == pytest.approx(found.bound, rel=1e-11, abs=1e-11)
    assert found.gap == pytest.approx(kl_divergence(q, found.posterior / found.posterior.sum()), rel=1e-9, abs=1e-12)
    prior = np.full(len(q), 1 / len(q))  # any prior: the likelihood takes the rest
    likelihood = joint - np.log(prior)
    assert q @ likelihood - kl_divergence(q, prior) == pytest.approx(found.bound, rel=1e-11, abs=1e-11)
    assert elbo(joint, found.posterior).gap == pytest.approx(0, abs=1e-14)


def test_near_the_posterior_the_gap_keeps_its_digits():
    q = np.array([0.5 + 2.0**-27, 0.5 - 2.0**-27])
    assert elbo([0.0, 0.0], q).gap == pytest.approx(2 * 2.0**-54, rel=1e-12, abs=0)


def test_impossible_latents_and_extreme_evidence():
    found = elbo([0.0, -INF], [0.5, 0.5])
    assert (found.gap, found.bound, found.evidence, found.energy) == (INF, -INF, 0, -INF)
    assert elbo([0.0, -INF], [1.0, 0.0]).gap == 0
    assert elbo([-1e4, -1e4], [0.5, 0.5]).evidence == pytest.approx(-1e4 + math.log(2), rel=1e-14, abs=0)


def test_importance_weighted_bound_rises_to_the_evidence():
    joint, q = np.log([0.3, 0.05, 0.02]), np.array([0.2, 0.3, 0.5])
    weights = joint - np.log(q)
    means = []
    for k in range(1, 6):
        draws = np.array(list(itertools.product(range(3), repeat=k)))
        probabilities = q[draws].prod(-1)
        means.append(float(probabilities @ importance_weighted_bound(weights[draws])))
    found = elbo(joint, q)
    assert means[0] == pytest.approx(found.bound, rel=1e-13, abs=0)
    assert all(a < b for a, b in itertools.pairwise([*means, found.evidence]))


def test_importance_weighted_bound_by_hand():
    assert importance_weighted_bound([math.log(2), math.log(4)]) == pytest.approx(math.log(3), rel=1e-14, abs=0)
    assert importance_weighted_bound([-INF, 0.0]) == pytest.approx(-math.log(2), rel=1e-12, abs=0)
    assert importance_weighted_bound([-INF, -INF]) == -INF
    assert importance_weighted_bound([1e4, 1e4]) == 1e4
    assert importance_weighted_bound([[0.0], [1.0]]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("joint", "q", "message"),
    [
        ([0.0, INF], [0.5, 0.5], "^log_joint must be finite or −inf, got inf"),
        ([0.0, math.nan], [0.5, 0.5], "^log_joint must be finite or −inf, got nan"),
        ([-INF, -INF], [0.5, 0.5], "^log_joint must leave one outcome"),
        ([0.0, 0.0], [0.5, 0.6], "^q must sum to 1"),
        ([0.0, 0.0, 0.0], [0.5, 0.5], "^log_joint and q must have the same latents"),
        (0.0, [1.0], "^log_joint must have outcomes"),
    ],
)
def test_bad_input(joint, q, message):
    with pytest.raises(ValueError, match=message):
        elbo(joint, q)


@pytest.mark.parametrize(
    ("weights", "message"),
    [([INF], "^log_weights must be finite or -inf, got inf"), ([math.nan], "got nan"), ([], "must have samples"), (1.0, "must have samples")],
)
def test_bad_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        importance_weighted_bound(weights)


def test_array_libraries(library):
    joint, q = library.array([[0.0, -1.0, 0.5], [1.0, 1.0, -2.0]]), library.array([0.2, 0.3, 0.5])
    for value, wanted in zip(elbo(joint, q), elbo(library.numpy(joint), library.numpy(q)), strict=True):
        assert library.is_native(value)
        np.testing.assert_allclose(library.numpy(value), wanted, rtol=1e-12)
    assert library.is_native(importance_weighted_bound(joint))


def test_gradients(differentiable):
    joint, q = np.array([0.0, -1.0, 0.5]), np.array([0.2, 0.3, 0.5])
    in_joint, in_q = differentiable.gradients(lambda j, q: elbo(j, q).bound, joint, q)
    np.testing.assert_allclose(in_joint, q, rtol=1e-12)
    along = np.array([0.03, -0.05, 0.02])
    assert in_q @ along == pytest.approx(float((joint - np.log(q)) @ along), rel=1e-10, abs=0)
    (weights,) = differentiable.gradients(importance_weighted_bound, joint)
    np.testing.assert_allclose(weights, np.exp(joint) / np.exp(joint).sum(), rtol=1e-12)


def test_derivations():
    joint, q = np.array([[0.3, 0.05, 0.02]]).ravel(), np.array([0.2, 0.3, 0.5])
    found = elbo(np.log(joint), q)
    by_jensen = derivations.elbo_by_jensen(joint, q).values()
    assert by_jensen[0] == pytest.approx(found.evidence, rel=1e-12, abs=0) and by_jensen[-1] == pytest.approx(found.bound, rel=1e-12, abs=0)
    by_kl = derivations.elbo_by_kl(joint, q).values()
    assert by_kl[0] == pytest.approx(found.gap, rel=1e-12, abs=0) and by_kl[-1] == pytest.approx(found.evidence - found.bound, rel=1e-12, abs=0)
    by_weights = derivations.elbo_by_importance_weights(joint, q).values()
    assert by_weights[0] == pytest.approx(found.bound, rel=1e-12, abs=0) and by_weights[-1] == pytest.approx(found.evidence, rel=1e-12, abs=0)
    assert derivations.vae_kl(0.7, -0.3).values()[-1] == pytest.approx((0.49 + math.exp(-0.3) - 1 + 0.3) / 2, rel=1e-12, abs=0)
    with pytest.raises(ValueError, match="^joint must"):
        derivations.elbo_by_jensen([0.3, -0.1], [0.5, 0.5])
    with pytest.raises(ValueError, match="^log_var must"):
        derivations.vae_kl(0.0, math.inf)
