"""The derivations of the chapter on PPO: against derivatives by differences, and against `gae` itself."""

from __future__ import annotations

import numpy as np
import pytest

from kltext import derivations, gae, kl_divergence

RNG = np.random.default_rng(5)


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def slope(f, z, direction, h=1e-6):
    return (f(z + h * direction) - f(z - h * direction)) / (2 * h)


@pytest.mark.parametrize("trial", range(20))
def test_the_gradients_of_the_estimators_are_those_of_the_divergences(trial):
    z, reference, direction = RNG.normal(size=(3, 4))
    q = softmax(reference)
    none = derivations.k1_as_loss(z, reference, direction).values()
    assert np.allclose(none, 0, atol=1e-14)
    reverse = derivations.k2_as_loss(z, reference, direction).values()
    assert np.allclose(reverse, slope(lambda z: kl_divergence(softmax(z), q), z, direction), rtol=1e-6, atol=1e-9)
    forward = derivations.k3_as_loss(z, reference, direction).values()
    assert np.allclose(forward, slope(lambda z: kl_divergence(q, softmax(z)), z, direction), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("lam", [0.0, 0.5, 0.95, 1.0])
def test_the_average_of_all_steps_is_what_gae_computes(lam):
    for steps in (1, 2, 7):
        rewards, values = RNG.normal(size=(2, steps))
        ended = np.arange(steps) == steps - 1
        found = gae(rewards, values, 9.0, terminated=ended, gamma=0.9, lam=lam).advantages[0]
        assert np.allclose(derivations.gae_as_average(rewards, values, 0.9, lam).values(), found, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.k1_as_loss([0.0], [0.0], [1.0]), "^logits must be a list of finite numbers"),
        (lambda: derivations.k2_as_loss([0.0, 1.0], [0.0], [1.0, 0.0]), "^reference must be a list of finite numbers"),
        (lambda: derivations.k3_as_loss([0.0, 1.0], [0.0, 0.0], [np.inf, 0.0]), "^direction must be a list of finite"),
        (lambda: derivations.k3_as_loss([0.0, 40.0], [0.0, 0.0], [1.0, 0.0]), "^logits must not range over more than 30"),
        (lambda: derivations.gae_as_average([1.0], [1.0, 2.0], 0.9, 0.9), "^values must hold one number for each step"),
        (lambda: derivations.gae_as_average([np.nan], [1.0], 0.9, 0.9), "^rewards must be finite"),
        (lambda: derivations.gae_as_average([1.0], [1.0], 1.1, 0.9), "^gamma must lie between 0 and 1, got 1.1"),
        (lambda: derivations.gae_as_average([1.0], [1.0], 0.9, -0.1), "^lam must lie between 0 and 1, got -0.1"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()
