"""The derivations around the bound hold on random examples, and end where kltext's functions do."""

import math

import numpy as np
import pytest

from kltext import derivations, elbo, entropy, kl_divergence

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_elbo_splits(seed):
    rng = np.random.default_rng(seed)
    prior, q = rng.dirichlet(np.full(2 + seed % 4, 0.7), size=2)
    likelihood = rng.uniform(0.01, 2, size=len(q))
    found = elbo(np.log(prior * likelihood), q)
    values = derivations.elbo_splits(prior, likelihood, q).values()
    assert values == pytest.approx([found.bound] * 5, rel=1e-9, abs=0)


def test_elbo_splits_where_the_prior_rules_out_what_q_allows():
    assert derivations.elbo_splits([1, 0], [0.5, 0.5], [0.5, 0.5]).values() == [-math.inf] * 5
    assert derivations.elbo_splits([0.5, 0.5], [0.5, 0.25], [1, 0]).values() == pytest.approx([math.log(0.25)] * 5, rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_coordinate_ascent(seed):
    rng = np.random.default_rng(seed)
    joint = rng.gamma(0.5, size=(2 + seed % 3, 3))
    q_1, q_2 = rng.dirichlet(np.ones(len(joint))), rng.dirichlet(np.ones(3))
    values = derivations.coordinate_ascent(joint, q_1, q_2).values()
    assert values[0] == pytest.approx(elbo(np.log(joint).ravel(), np.outer(q_1, q_2).ravel()).bound, rel=1e-9, abs=0)
    others = rng.dirichlet(np.ones(len(joint)), size=300)
    bounds = [elbo(np.log(joint).ravel(), np.outer(other, q_2).ravel()).bound for other in others]
    assert max(bounds) <= values[-1] + 1e-12 and max(bounds) > values[-1] - 0.2
    assert values[3] >= values[2]


def test_coordinate_ascent_of_a_product_reaches_the_evidence():
    joint = 0.3 * np.outer([0.2, 0.8], [0.5, 0.1, 0.4])
    assert derivations.coordinate_ascent(joint, [0.5, 0.5], [0.5, 0.1, 0.4]).values()[-1] == pytest.approx(math.log(0.3), rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_em_step(seed):
    rng = np.random.default_rng(seed)
    before, after = rng.gamma(0.8, size=(2, 4, 3))
    posterior = before / before.sum(axis=1, keepdims=True)
    values = derivations.em_step(before, after).values()
    gain = np.log(after.sum(axis=1) / before.sum(axis=1)).mean()
    gap = np.mean([kl_divergence(q, row / row.sum()) for q, row in zip(posterior, after, strict=True)])
    assert values[:3] == pytest.approx([gain] * 3, rel=1e-9, abs=1e-12)
    assert values[3] == pytest.approx(gain - gap, rel=1e-9, abs=1e-12)
    energy = np.mean([q @ np.log(row) for q, row in zip(posterior, after, strict=True)])
    assert values[3] == pytest.approx(energy + np.mean([entropy(q) for q in posterior]) - np.log(before.sum(axis=1)).mean(), rel=1e-9, abs=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_score_function(seed):
    rng = np.random.default_rng(seed)
    joint, q = rng.gamma(1.0, size=4), rng.dirichlet(np.ones(4))
    change = rng.normal(size=4)
    change -= change.mean()
    step = 1e-5 * q.min()
    slope = (elbo(np.log(joint), q + step * change).bound - elbo(np.log(joint), q - step * change).bound) / (2 * step)
    for baseline in (0.0, 2.5):
        assert derivations.score_function(joint, q, change, baseline=baseline).values() == pytest.approx([slope] * 5, rel=1e-5, abs=1e-6)


def test_the_gradient_is_zero_at_the_posterior():
    values = derivations.score_function([0.1, 0.3], [0.25, 0.75], [1.0, -1.0], baseline=math.log(0.4)).values()
    assert values == pytest.approx([0.0] * 5, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.elbo_splits([0.5, 0.6], [1, 1], [0.5, 0.5]), "^prior must sum to 1"),
        (lambda: derivations.elbo_splits([0.5, 0.5], [1, 0], [0.5, 0.5]), r"^likelihood must be positive and finite, got \[1.0, 0.0\]"),
        (lambda: derivations.elbo_splits([0.5, 0.5], [1, 1, 1], [0.5, 0.5]), "^prior, likelihood and q must have the same latents"),
        (lambda: derivations.coordinate_ascent([0.1, 0.2], [1], [0.5, 0.5]), r"^joint must have 2 axes, got shape \(2,\)"),
        (lambda: derivations.coordinate_ascent([[0.1, 0.2]], [0.5, 0.5], [0.5, 0.5]), r"^joint must have shape \(2, 2\)"),
        (lambda: derivations.em_step([[0.1, 0.2]], [[0.1], [0.2]]), r"^after must have shape \(1, 2\) to fit before"),
        (lambda: derivations.em_step([[0.1, 0.0]], [[0.1, 0.2]]), "^before must be positive and finite"),
        (lambda: derivations.score_function([0.1, 0.2], [0.5, 0.5], [0.1, 0.1]), "^change must be finite and add up to 0"),
        (lambda: derivations.score_function([0.1, 0.2], [0.5, 0.5], [0.1, 0.1, -0.2]), "^joint, q and change must have the same latents"),
        (lambda: derivations.score_function([0.1, 0.2], [0.5, 0.6], [0.1, -0.1]), "^q must sum to 1"),
        (lambda: derivations.score_function([0.1, 0.2], [1, 0], [0.1, -0.1]), "^q must be positive and finite"),
        (lambda: derivations.score_function([0.1, 0.2], [0.5, 0.5], [0.1, -0.1], baseline=math.nan), "^baseline must be finite, got nan"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()
