"""Categorical policies from logits: both directions, entropy, and what they do in PPO's objectives."""

import math

import mpmath
import numpy as np
import pytest

from kltext import kl_divergence
from kltext.policy import entropy_bonus, policy_entropy, policy_kl
from kltext.ppo import ppo_clip_objective, ppo_kl_objective

RNG = np.random.default_rng(11)
NAN, INF = math.nan, math.inf


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("gap", [0.0, 1e-6, 1.0, 30.0, 300.0, 700.0])
def test_policy_entropy_is_exact(gap):
    logits = np.array([1e4, 1e4 - gap, -np.inf])
    with mpmath.workdps(700):
        odds = mpmath.exp(-mpmath.mpf(float(logits[0] - logits[1])))
        first = 1 / (1 + odds)
        wanted = -(first * mpmath.log(first) + (1 - first) * mpmath.log(1 - first))
        assert abs(policy_entropy(logits) - wanted) <= 1e-13 * wanted


def test_policy_entropy_gradient_at_shut_actions(differentiable):
    """∂H/∂z = −p (log p + H)."""
    logits = np.array([0.5, -1.0, -np.inf, 2.0])
    (gradient,) = differentiable.gradients(policy_entropy, logits)
    p = softmax(logits)
    log_p = np.log(np.where(p > 0, p, 1))
    assert np.allclose(gradient, -p * (log_p + policy_entropy(logits)), rtol=1e-12, atol=1e-16)


def test_both_directions_of_the_policy_divergence(library):
    old, new = RNG.normal(size=(2, 3, 4))
    both = policy_kl(library.array(old), library.array(new))
    assert np.allclose(library.numpy(both.old_new), kl_divergence(softmax(old), softmax(new)), rtol=1e-12)
    assert np.allclose(library.numpy(both.new_old), kl_divergence(softmax(new), softmax(old)), rtol=1e-12)


def test_both_directions_in_bits():
    nats, bits = policy_kl([0.0, 1.0], [2.0, -1.0]), policy_kl([0.0, 1.0], [2.0, -1.0], base=2)
    assert np.array(bits) * math.log(2) == pytest.approx(np.array(nats), rel=1e-14, abs=0)


def test_equal_divergence_is_not_equal_behaviour():
    """Claim C176."""
    uniform, a, b = np.full(3, 1 / 3), np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    first, second = (policy_kl(np.log(uniform), np.log(x)).old_new for x in (a, b))
    assert first == pytest.approx(0.0702403437719, rel=1e-11, abs=0) == second
    assert policy_kl(np.log(a), np.log(b)).old_new == pytest.approx(0.2748872195622, rel=1e-11, abs=0)


def test_entropy_bonus_is_the_coefficient_times_the_mean():
    logits = RNG.normal(size=(5, 3))
    assert entropy_bonus(logits, coefficient=0.3) == pytest.approx(0.3 * policy_entropy(logits).mean(), rel=1e-14, abs=0)
    assert entropy_bonus(logits[0], coefficient=0) == 0


def test_the_clip_is_no_constraint_on_the_divergence():
    """Claim C164: one clipped objective, divergences from 0.02 to 6.2."""
    old = np.array([0.5, 0.5])
    found = []
    for likely in (0.6, 0.9, 0.99, 0.999999):
        new = np.array([likely, 1 - likely])
        assert ppo_clip_objective(np.log(new), np.log(old), [1.0, -1.0]).value == pytest.approx(0.2, rel=1e-12, abs=0)
        found.append(policy_kl(np.log(old), np.log(new)).old_new)
    assert np.allclose(found, [0.0204109973, 0.5108256238, 1.6144630804, 6.2146085984], rtol=1e-9)
    penalised = [
        ppo_kl_objective(np.log([a, 1 - a]), np.log(old), [1.0, -1.0], kl, 1.0).value
        for a, kl in zip((0.6, 0.9), found[:2], strict=True)
    ]
    assert penalised[0] == pytest.approx(0.2 - found[0], rel=1e-12, abs=0) and penalised[1] == pytest.approx(0.8 - found[1], rel=1e-12, abs=0)


def test_ppo_agrees_with_torch_written_by_hand():
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(16, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    behind = torch.randn(16, 5, generator=generator, dtype=torch.float64)
    actions = torch.randint(5, (16,), generator=generator)
    advantage = torch.randn(16, generator=generator, dtype=torch.float64)
    policy, past = torch.distributions.Categorical(logits=logits), torch.distributions.Categorical(logits=behind)
    ratio = (policy.log_prob(actions) - past.log_prob(actions)).exp()
    clip = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
    divergence = torch.distributions.kl_divergence(past, policy)
    wanted = torch.autograd.grad(clip - 0.5 * divergence.mean() + 0.01 * policy.entropy().mean(), logits)[0]

    policy = torch.distributions.Categorical(logits=logits)
    got = ppo_clip_objective(policy.log_prob(actions), past.log_prob(actions), advantage)
    kl = policy_kl(behind, logits).old_new
    assert torch.allclose(kl, divergence, rtol=1e-10)
    assert torch.allclose(policy_kl(behind, logits).new_old, torch.distributions.kl_divergence(policy, past))
    assert torch.allclose(policy_entropy(logits), policy.entropy(), rtol=1e-12)
    total = got.value - 0.5 * kl.mean() + entropy_bonus(logits, coefficient=0.01)
    assert torch.allclose(torch.autograd.grad(total, logits)[0], wanted, rtol=1e-9, atol=1e-14)
    penalised = ppo_kl_objective(policy.log_prob(actions), past.log_prob(actions), advantage, kl, 0.5)
    assert torch.allclose(penalised.value, (ratio * advantage).mean() - 0.5 * divergence.mean())


def test_float32_stays_float32(library):
    logits = library.array([-1.0, -0.5], "float32")
    for result in (policy_entropy(logits), entropy_bonus(logits), *policy_kl(logits, logits)):
        assert library.is_native(result) and library.dtype(result) == "float32"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: policy_entropy([NAN, 0.0]), "^logits must be finite or −inf, got nan at index 0"),
        (lambda: policy_entropy([INF, 0.0]), "^logits must be finite or −inf, got inf at index 0"),
        (lambda: policy_entropy([-INF, -INF]), "^logits must leave one outcome of each row above −inf"),
        (lambda: policy_entropy(0.0), "^logits must have outcomes on its last axis"),
        (lambda: policy_entropy([0.0], base=1), "^base must be"),
        (lambda: entropy_bonus([0.0], coefficient=-1), "^coefficient must be a finite number"),
        (lambda: entropy_bonus(np.zeros((0, 2))), "^logits must hold a state at least"),
        (lambda: entropy_bonus([0.0], coefficient=INF), "^coefficient must be a finite number ≥ 0, got inf"),
        (lambda: entropy_bonus([0.0], coefficient=True), "^coefficient must be a finite number ≥ 0, got True"),
        (lambda: entropy_bonus([0.0], coefficient="0"), "^coefficient must be a finite number ≥ 0, got '0'"),
        (lambda: entropy_bonus([0.0], coefficient=NAN), "^coefficient must be a finite number"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_usual_coefficient():
    assert entropy_bonus([0.0, 0.0]) == pytest.approx(0.01 * math.log(2), rel=1e-15, abs=0)
