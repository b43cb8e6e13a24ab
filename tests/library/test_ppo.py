"""PPO's objectives against enumeration, its cases one by one, and its gradients in every library."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext.advantages import gae
from kltext.ppo import adapt_kl_coefficient, ppo_clip_objective, ppo_kl_objective, probability_ratio

RNG = np.random.default_rng(7)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


# -- ratio and clip -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "old", "ratio"),
    [(-1.0, -1.0, 1.0), (math.log(0.6), math.log(0.5), 1.2), (-math.inf, -1.0, 0.0), (0.0, -1000.0, math.inf)],
)
def test_ratio(new, old, ratio):
    assert probability_ratio(new, old) == pytest.approx(ratio, rel=1e-15, abs=0)


CASES = [  # ratio, advantage, term, clipped: the six cases of the paper's figure, and the edges
    (1.0, 2.0, 2.0, False),
    (1.1, 2.0, 2.2, False),
    (1.5, 2.0, 2.4, True),
    (0.5, 2.0, 1.0, False),
    (0.9, -2.0, -1.8, False),
    (0.5, -2.0, -1.6, True),
    (1.5, -2.0, -3.0, False),
    (1.5, 0.0, 0.0, False),
    (0.5, 0.0, 0.0, False),
]


@pytest.mark.parametrize(("ratio", "advantage", "term", "clipped"), CASES)
def test_the_cases_of_the_clip(ratio, advantage, term, clipped):
    result = ppo_clip_objective(math.log(ratio), 0.0, advantage, epsilon=0.2)
    assert float(result.terms) == pytest.approx(term, rel=1e-15, abs=0)
    assert bool(result.clipped) is clipped
    assert result.clipped_fraction == clipped
    assert result.outside_fraction == (abs(ratio - 1) > 0.2)


@pytest.mark.parametrize(("ratio", "advantage", "term", "clipped"), CASES)
def test_the_gradient_dies_exactly_where_the_clip_holds(differentiable, ratio, advantage, term, clipped):
    (gradient,) = differentiable.gradients(
        lambda new: ppo_clip_objective(new, 0.0, advantage, epsilon=0.2).value, math.log(ratio)
    )
    assert float(gradient) == pytest.approx(0.0 if clipped else ratio * advantage, rel=1e-14, abs=0)


@pytest.mark.parametrize(("new", "advantage"), [(0.25, 1.0), (-0.25, -1.0)])
def test_on_the_edge_of_the_clip_nothing_is_clipped(new, advantage):
    """ε is the distance of the ratio from 1, which is a number of the machine."""
    epsilon = abs(float(ppo_clip_objective([new], [0.0], [advantage]).ratio[0]) - 1)
    for share, inside in ((1.0, True), (1 - 1e-9, False)):
        result = ppo_clip_objective([new], [0.0], [advantage], epsilon=share * epsilon)
        assert (result.clipped_fraction, result.outside_fraction) == ((0, 0) if inside else (1, 1))


def test_infinite_ratios_have_values_and_gradients(differentiable):
    new, old = np.array([0.0, 0.0, 0.0, -np.inf]), np.full(4, -1000.0)
    advantage = np.array([1.0, -1.0, 0.0, 1.0])
    terms = ppo_clip_objective(new, old, advantage).terms
    assert terms.tolist() == [1.2, -math.inf, 0.0, 0.0]
    (gradient,) = differentiable.gradients(
        lambda new: ppo_clip_objective(new, old[[0, 2, 3]], advantage[[0, 2, 3]]).value, new[[0, 2, 3]]
    )
    assert gradient.tolist() == [0, 0, 0]


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 0), st.floats(-5, 5)), min_size=1, max_size=6),
    st.floats(0.01, 0.9),
)
def test_the_minimum_written_out(samples, epsilon):
    new, old, advantage = (np.array(column) for column in zip(*samples, strict=True))
    result = ppo_clip_objective(new, old, advantage, epsilon=epsilon)
    ratio = np.exp(new - old)
    wanted = np.minimum(ratio * advantage, np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage)
    assert np.allclose(result.terms, wanted, rtol=1e-13, atol=1e-300)
    assert result.value == pytest.approx(wanted.mean(), rel=1e-12, abs=1e-15)
    assert np.all(result.terms <= ratio * advantage + 1e-12)
    assert np.all(~result.clipped | (np.abs(ratio - 1) > epsilon))


def test_sampled_actions_estimate_the_surrogate_without_bias():
    """Averaged exactly over the old policy's actions, r·A is the new policy's average advantage (claim C170)."""
    old, new = softmax(RNG.normal(size=4)), softmax(RNG.normal(size=4))
    advantage = RNG.normal(size=4)
    counts = (old * 10**6).round().astype(int)
    actions = np.repeat(np.arange(4), counts)
    frequencies = counts / counts.sum()
    got = ppo_kl_objective(np.log(new)[actions], np.log(old)[actions], advantage[actions], 0.0, 1.0).surrogate
    assert got == pytest.approx(float(np.sum(frequencies * new / old * advantage)), rel=1e-11, abs=0)
    assert got == pytest.approx(float(new @ advantage), rel=1e-4, abs=0)


def test_kl_objective_at_infinity():
    assert ppo_kl_objective(-1.0, -1.0, 1.0, math.inf, 2.0).value == -math.inf
    assert ppo_kl_objective(-1.0, -1.0, 1.0, math.inf, 0.0).value == 1.0
    assert ppo_kl_objective([0.0], [-1000.0], [0.0], 0.0, 0.0).value == 0.0


def test_the_parts_of_the_kl_objective_are_averages():
    result = ppo_kl_objective(np.log([0.5, 0.2]), np.log([0.25, 0.4]), [1.0, -2.0], [0.1, 0.3, 0.8], 0.5)
    assert (result.surrogate, result.penalty) == pytest.approx((0.5, 0.4), rel=1e-14, abs=0)
    assert result.value == pytest.approx(0.3, rel=1e-14, abs=0)
    assert ppo_kl_objective(0.0, 0.0, 1.0, [0.25, math.inf], 0.0).penalty == math.inf


def test_kl_objective_gradients(differentiable):
    got = differentiable.gradients(
        lambda new, kl, beta: ppo_kl_objective(new, [-1.0, -1.0], [2.0, -1.0], kl, beta).value,
        np.array([-1.0, -0.5]),
        np.array([0.25, 0.75]),
        np.array(3.0),
    )
    assert np.allclose(got[0], [1.0, -0.5 * math.exp(0.5)], rtol=1e-14)
    assert np.allclose(got[1], [-1.5, -1.5])
    assert np.allclose(got[2], -0.5)


# -- coefficient ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kl", "wanted"),
    [(0.0, 1.5), (-0.01, 1.5), (0.0199, 1.5), (0.02, 3.0), (0.03, 3.0), (0.045, 3.0), (0.0451, 6.0), (math.inf, 6.0)],
)
def test_the_rule_of_section_4(kl, wanted):
    assert adapt_kl_coefficient(3.0, kl, target=0.03) == wanted


def test_demo_values_of_the_claim():
    """Claim C173: KL 0.005017 < 0.01/1.5, hence halving."""
    assert adapt_kl_coefficient(0.01, 0.005017057376937, target=0.01) == 0.005


# -- advantages -----------------------------------------------------------------------------------


def gae_by_sums(rewards, values, last_value, ended, cut, final_values, gamma, lam):
    """The definition, (γλ)^k δ_{t+k} summed to the end of the episode, for one environment."""
    steps = len(rewards)
    following = list(values[1:]) + [last_value]
    delta = []
    for t in range(steps):
        bootstrap = 0.0 if ended[t] else final_values[t] if cut[t] else following[t]
        delta.append(rewards[t] + gamma * bootstrap - values[t])
    advantages = []
    for t in range(steps):
        total = 0.0
        for k in itertools.count():
            if t + k == steps:
                break
            total += (gamma * lam) ** k * delta[t + k]
            if ended[t + k] or cut[t + k]:
                break
        advantages.append(total)
    return advantages


@pytest.mark.parametrize(("gamma", "lam"), [(0.99, 0.95), (1.0, 1.0), (0.9, 0.0), (0.0, 0.5), (1, 0)])
def test_gae_is_its_definition(library, gamma, lam):
    steps, places = 9, 4
    rewards, values, final = RNG.normal(size=(3, steps, places))
    last = RNG.normal(size=places)
    ended, cut = RNG.random((2, steps, places)) < 0.25
    result = gae(
        *(library.array(a) for a in (rewards, values, last)),
        terminated=ended,
        truncated=cut,
        final_values=library.array(final),
        gamma=gamma,
        lam=lam,
    )
    assert all(library.is_native(part) for part in result)
    for e in range(places):
        columns = (a[:, e] for a in (ended, cut, final))
        wanted = gae_by_sums(rewards[:, e], values[:, e], last[e], *columns, gamma, lam)
        assert np.allclose(library.numpy(result.advantages)[:, e], wanted, rtol=1e-12, atol=1e-13)
    assert np.allclose(library.numpy(result.returns), library.numpy(result.advantages) + values, rtol=1e-14, atol=1e-14)


def test_termination_and_truncation_differ_by_the_bootstrap():
    common = {"gamma": 0.5, "lam": 0.9}
    stop = gae([1.0], [0.0], 8.0, terminated=[True], **common)
    go_on = gae([1.0], [0.0], 8.0, terminated=[False], **common)
    cut = gae([1.0], [0.0], 8.0, terminated=[False], truncated=[True], final_values=[2.0], **common)
    both = gae([1.0], [0.0], 8.0, terminated=[True], truncated=[True], **common)
    assert [a.advantages.tolist() for a in (stop, go_on, cut, both)] == [[1.0], [5.0], [2.0], [1.0]]


def test_gae_returns_are_discounted_sums_when_lambda_is_one():
    rewards = RNG.normal(size=6)
    result = gae(rewards, RNG.normal(size=6), 3.0, terminated=[0] * 6, gamma=0.9, lam=1.0)
    wanted = sum(0.9**k * r for k, r in enumerate(rewards)) + 0.9**6 * 3.0
    assert result.returns[0] == pytest.approx(wanted, rel=1e-12, abs=0)


def test_final_values_are_read_only_where_an_episode_is_cut():
    nan = math.nan
    result = gae(
        [1.0, 1.0], [0.0, 0.0], 0.0, terminated=[0, 0], truncated=[1, 0], final_values=[4.0, nan], gamma=1.0, lam=1.0
    )
    assert result.advantages.tolist() == [5.0, 1.0]


def test_gae_gradient(differentiable):
    (gradient,) = differentiable.gradients(
        lambda v: gae([0.0, 0.0], v, 0.0, terminated=[0, 0], gamma=0.5, lam=0.5).advantages[0], np.zeros(2)
    )
    assert np.allclose(gradient, [-1, 0.5 - 0.25])


# -- float32, bad input ---------------------------------------------------------------------------


def test_float32_stays_float32(library):
    new, old, gain = (library.array(v, "float32") for v in ([-1.0, -0.5], [-1.0, -1.0], [1.0, -1.0]))
    for result in (
        probability_ratio(new, old),
        ppo_clip_objective(new, old, gain).value,
        ppo_clip_objective(new, old, gain).terms,
        ppo_clip_objective(new, old, gain).clipped_fraction,
        ppo_clip_objective(new, old, gain).outside_fraction,
        ppo_kl_objective(new, old, gain, 0.5, 0.1).value,
        gae(new, old, library.array(0.0, "float32"), terminated=[False, False]).advantages,
    ):
        assert library.is_native(result) and library.dtype(result) == "float32"


NAN, INF = math.nan, math.inf
GOOD = {"rewards": [1.0, 1.0], "values": [0.0, 0.0], "last_value": 0.0, "terminated": [0, 0]}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: probability_ratio(NAN, -1.0), "^log_prob_new must be finite or −inf, got nan"),
        (lambda: probability_ratio(INF, -1.0), "^log_prob_new must be finite or −inf, got inf"),
        (lambda: probability_ratio([-1.0], [-INF]), "^log_prob_old must be finite, got -inf at index 0"),
        (lambda: probability_ratio([0.0] * 2, [0.0] * 3), "^the shapes do not broadcast, got log_prob_new"),
        (lambda: probability_ratio("x", 0.0), "^log_prob_new must hold real numbers"),
        (lambda: ppo_clip_objective([0.0], [0.0], [NAN]), "^advantage must be finite, got nan at index 0"),
        (lambda: ppo_clip_objective([0.0], [0.0], [INF]), "^advantage must be finite, got inf"),
        (lambda: ppo_clip_objective([], [], []), "^advantage must hold a sample"),
        (lambda: ppo_clip_objective([0.0], [0.0], [0.0] * 2, epsilon=0), "^epsilon must lie strictly .*got 0"),
        (lambda: ppo_clip_objective(0.0, 0.0, 0.0, epsilon=1), "^epsilon must lie strictly"),
        (lambda: ppo_clip_objective(0.0, 0.0, 0.0, epsilon=NAN), "^epsilon must be a number, got nan"),
        (lambda: ppo_clip_objective(0.0, 0.0, 0.0, epsilon=True), "^epsilon must be a number, got True"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, [], 1.0), r"^kl must hold the divergence of a state at least, got shape \(0,\)"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, -0.1, 1.0), "^kl must be non-negative, got -0.1"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, NAN, 1.0), "^kl must be non-negative, got nan"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, 0.1, -1.0), "^beta must be non-negative and finite, got -1.0"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, 0.1, INF), "^beta must be non-negative and finite, got inf"),
        (lambda: ppo_kl_objective(0.0, 0.0, 0.0, 0.1, [1.0]), "^beta must be a single number"),
        (lambda: adapt_kl_coefficient(0.0, 0.1, 0.1), "^beta must be positive and finite, got 0.0"),
        (lambda: adapt_kl_coefficient(1.0, NAN, 0.1), "^kl must be a number, got nan"),
        (lambda: adapt_kl_coefficient(1.0, 0.1, -0.1), "^target must be positive and finite, got -0.1"),
        (lambda: adapt_kl_coefficient(INF, 0.1, 0.1), "^beta must be positive and finite, got inf"),
        (lambda: adapt_kl_coefficient(1.0, 0.1, INF), "^target must be positive and finite, got inf"),
        (lambda: adapt_kl_coefficient(1.0, 0.1, "1"), "^target must be a number, got '1'"),
        (lambda: gae(**GOOD, final_values=[0.0, 0.0, 0.0]), "^the shapes do not broadcast, got rewards: .*final_values"),
        (lambda: adapt_kl_coefficient("1", 0.1, 0.1), "^beta must be a number, got '1'"),
        (lambda: gae(**{**GOOD, "rewards": []}), "^rewards must have a step"),
        (lambda: gae(**{**GOOD, "rewards": [1.0, NAN]}), "^rewards must be finite, got nan at index 1"),
        (lambda: gae(**{**GOOD, "values": [1.0, INF]}), "^values must be finite, got inf at index 1"),
        (lambda: gae(**{**GOOD, "values": [1.0]}), r"^values must have shape \(2,\) to fit rewards, got \(1,\)"),
        (lambda: gae(**{**GOOD, "last_value": [1.0]}), r"^last_value must have shape \(\) to fit rewards"),
        (lambda: gae(**{**GOOD, "last_value": NAN}), "^last_value must be finite, got nan"),
        (lambda: gae(**{**GOOD, "terminated": [0, 2]}), "^terminated must hold booleans, or 0 and 1, got 2"),
        (lambda: gae(**{**GOOD, "terminated": "no"}), "^terminated must hold booleans"),
        (lambda: gae(**{**GOOD, "terminated": [0]}), "^terminated must have shape"),
        (lambda: gae(**{**GOOD, "terminated": ["a", "b"]}), "^terminated must hold booleans"),
        (lambda: gae(**GOOD, truncated=[1, 0]), "^final_values must be given where episodes are truncated"),
        (lambda: gae(**GOOD, truncated=[1, 0], final_values=[NAN, 0.0]), "^final_values must be finite .*got nan"),
        (lambda: gae(**GOOD, gamma=1.1), "^gamma must lie between 0 and 1, got 1.1"),
        (lambda: gae(**GOOD, lam=NAN), "^lam must lie between 0 and 1, got nan"),
        (lambda: gae(**GOOD, lam="1"), "^lam must lie between 0 and 1, got '1'"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_flags_of_the_library_s_own_and_compiled(library):
    rewards, ended = library.array([1.0, 1.0]), library.array([True, False], "bool")
    zero = library.array(0.0)
    for flags in (ended, library.array([1, 0], "int64"), [True, False], np.array([1.0, 0.0])):
        got = gae(rewards, rewards, zero, terminated=flags, gamma=1.0, lam=1.0)
        assert library.numpy(got.advantages).tolist() == [0.0, 0.0]
    if library.name == "jax":
        import jax

        compiled = jax.jit(lambda r, f: gae(r, r, zero, terminated=f, gamma=1.0, lam=1.0).advantages)
        assert library.numpy(compiled(rewards, ended)).tolist() == [0.0, 0.0]
        clip = jax.jit(lambda n: ppo_clip_objective(n, rewards, rewards).value)
        assert float(clip(rewards)) == 1.0
