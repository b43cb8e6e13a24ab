"""The bounds of entropy hold for many laws, and their lines are what the library computes."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from kltext import DerivationError, cross_entropy, derivations, entropy, kl_divergence, mutual_information
from kltext.codes import huffman_lengths, shannon_lengths

RNG = np.random.default_rng(12)
LAWS = [*RNG.dirichlet(np.ones(5), size=20), np.array([0.5, 0.5, 0, 0, 0]), np.array([1.0, 0, 0, 0, 0]), np.full(5, 0.2)]
JOINTS = [*RNG.dirichlet(np.ones(6), size=20).reshape(-1, 2, 3), np.array([[0.5, 0, 0], [0, 0.5, 0]]), np.full((2, 3), 1 / 6)]


@pytest.mark.parametrize("p", LAWS, ids=str)
def test_entropy_bound(p):
    values = derivations.entropy_bound(p).values()
    assert values[0] == pytest.approx(entropy(p), abs=1e-15) and values[-1] == math.log(5)
    assert values[-1] - values[0] == pytest.approx(kl_divergence(p, np.full(5, 0.2)), abs=1e-14)


@pytest.mark.parametrize("joint", JOINTS, ids=lambda joint: str(joint.round(2).tolist()))
def test_entropy_chain_rule(joint):
    values = derivations.entropy_chain_rule(joint).values()
    assert values[0] == pytest.approx(entropy(joint.ravel()), abs=1e-15)
    assert values[-1] == pytest.approx(entropy(joint.sum(axis=1)) + entropy(joint.sum(axis=0)), rel=1e-12, abs=0)


@pytest.mark.parametrize("p", LAWS[:20], ids=str)
@pytest.mark.parametrize("code", [huffman_lengths, shannon_lengths, lambda p: np.full(5, 3.0), lambda p: np.arange(1.0, 6)])
def test_source_coding(p, code):
    values = derivations.source_coding(p, code(p)).values()
    assert values[0] == pytest.approx(p @ code(p), rel=1e-12, abs=0) and values[-1] == pytest.approx(entropy(p, base=2), rel=1e-12, abs=0)


def test_source_coding_needs_kraft():
    with pytest.raises(DerivationError, match="line 5"):
        derivations.source_coding([0.5, 0.5], [0.5, 0.5])


FACES = np.arange(1.0, 7)


def tilted(tilt):
    weights = np.exp(tilt * FACES)
    return weights / weights.sum()


@pytest.mark.parametrize("mean", [2.0, 3.5, 4.5])
def test_maximum_entropy(mean):
    tilt = brentq(lambda t: tilted(t) @ FACES - mean, -5, 5, xtol=1e-15)
    q = tilted(tilt)
    direction = np.array([1.0, -2, 1, 0, 0, 0])  # keeps the sum and the mean
    for step in (-0.02, 0.0, 0.01):
        values = derivations.maximum_entropy(q + step * direction, FACES, tilt).values()
        assert values[-1] == pytest.approx(entropy(q), rel=1e-12, abs=0) and values[0] == pytest.approx(entropy(q + step * direction), rel=1e-12, abs=0)


def test_maximum_entropy_needs_the_same_mean():
    with pytest.raises(DerivationError, match="line 5"):
        derivations.maximum_entropy(np.full(6, 1 / 6), FACES, 0.37)


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_gaussian_maximum_entropy(scale):
    values = derivations.gaussian_maximum_entropy(scale).values()
    assert values[0] == pytest.approx(math.log(scale) + 2, abs=1e-9)
    assert values[0] == pytest.approx(stats.logistic(scale=scale).entropy(), abs=1e-9)
    assert values[-1] == pytest.approx(stats.norm(0, stats.logistic(scale=scale).std()).entropy(), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.source_coding([0.5, 0.5], [1, 1, 1]), "lengths must be non-negative, one for each outcome"),
        (lambda: derivations.source_coding([0.5, 0.5], [1, -1]), "lengths must be non-negative"),
        (lambda: derivations.maximum_entropy([0.5, 0.5], [1], 0.0), "values must be one number for each outcome"),
        (lambda: derivations.gaussian_maximum_entropy(0), "scale must be positive and finite, got 0"),
        (lambda: derivations.entropy_bound([0.5, 0.6]), "p must sum to 1"),
        (lambda: derivations.entropy_chain_rule([0.5, 0.5]), "joint must be a table"),
        (lambda: derivations.information_gain([0.5, 0.5]), "joint must be a table"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("joint", JOINTS, ids=lambda joint: str(joint.round(2).tolist()))
def test_information_gain(joint):
    values = derivations.information_gain(joint).values()
    assert values[0] == pytest.approx(mutual_information(joint), abs=1e-14)
    assert values == pytest.approx(derivations.information_gain(joint.T).values(), abs=1e-14)


@pytest.mark.parametrize("q", LAWS[:20:3], ids=str)
@pytest.mark.parametrize("p", LAWS, ids=str)
def test_gibbs_by_tangent(p, q):
    values = derivations.gibbs_by_tangent(p, q).values()
    assert values[0] == pytest.approx(entropy(p), abs=1e-15) and values[-1] == pytest.approx(cross_entropy(p, q), rel=1e-12, abs=0)
    assert values[-1] - values[-2] == pytest.approx(q[p == 0].sum(), abs=1e-15)


def test_gibbs_by_tangent_is_tight_for_the_law_itself_and_infinite_outside():
    assert derivations.gibbs_by_tangent([0.25, 0.75], [0.25, 0.75]).values() == pytest.approx([entropy([0.25, 0.75])] * 4, rel=1e-12, abs=0)
    assert derivations.gibbs_by_tangent([0.5, 0.5], [1.0, 0.0]).values()[1:] == [math.inf] * 3
