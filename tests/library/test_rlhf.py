"""The optimum on the leash against brute force and 50 digits; token rewards and DPO against enumeration."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize

from kltext import kl_divergence
from kltext.dpo import dpo_loss, implicit_reward
from kltext.rlhf import regularised_reward, reward_kl_frontier, tilt, tilted_value
from kltext.token_rewards import penalised_rewards

NAN, INF = math.nan, math.inf
REFERENCE, REWARD = [0.7, 0.2, 0.1], [0.0, 1.0, 2.0]


@mpmath.workdps(400)
def exact_tilt(reference, reward, beta):
    """The law, log Z and β log Z, for the reference divided by its exact sum."""
    masses = [mpmath.mpf(float(a)) for a in reference]
    total = mpmath.fsum(masses)
    tilts = [mpmath.exp(mpmath.mpf(float(r)) / mpmath.mpf(float(beta))) if r > -INF else 0 for r in reward]
    weights = [a / total * e for a, e in zip(masses, tilts, strict=True)]
    z = mpmath.fsum(weights)
    return [w / z for w in weights], mpmath.log(z), mpmath.mpf(float(beta)) * mpmath.log(z)


EXACT = [
    (REFERENCE, REWARD, 0.5),
    (REFERENCE, REWARD, 1e-3),
    (REFERENCE, [-1000.0, -1001.0, -1002.0], 0.1),
    (REFERENCE, [5.0, 6.0, 7.0], 1e8),
    ([0.5, 0.5, 0.0], [0.0, 1.0, 1e6], 0.1),
    ([0.5, 0.3, 0.2], [0.0, -INF, 1.0], 2.0),
    ([1 - 1e-300, 1e-300], [0.0, 1000.0], 1.0),
    ([1 - 1e-300, 1e-300], [0.0, 600.0], 1.0),
    ([1.0, 5e-324], [0.0, 740.0], 1.0),
    ([0.25] * 4, [1e308, -1e308, 1.0, 2.0], 1e307),
]


@pytest.mark.parametrize(("reference", "reward", "beta"), EXACT)
def test_tilt_is_exact(exact, reference, reward, beta):
    law, log_normaliser, value = exact_tilt(reference, reward, beta)
    got = tilt(reference, reward, beta)
    for a, b in zip(got.law, law, strict=True):
        assert exact.relative_error(a, b) < 1e-13 if b > 1e-300 else a < 2e-300
    assert abs(got.log_normaliser - log_normaliser) <= 1e-13 * abs(log_normaliser)
    assert exact.relative_error(tilted_value(reference, reward, beta), value) < 1e-13


def test_the_known_value():
    """Claim C178."""
    assert np.allclose(tilt(REFERENCE, REWARD, 0.5).law, [0.0916515131, 0.1934909063, 0.7148575806], rtol=1e-9)


LIMITS = [  # reference, reward, beta, law, value
    (REFERENCE, REWARD, INF, REFERENCE, 0.4),
    (REFERENCE, REWARD, 1e-300, [0, 0, 1], 2.0),
    (REFERENCE, REWARD, 1e300, REFERENCE, 0.4),
    (REFERENCE, [3.0, 3.0, 3.0], 0.1, REFERENCE, 3.0),
    ([0.6, 0.2, 0.2], [1.0, 1.0, 0.0], 1e-300, [0.75, 0.25, 0], 1.0),
    ([0.5, 0.25, 0.25], [-INF, 0.0, 1.0], INF, [0, 0.5, 0.5], -INF),
    ([0.0, 0.5, 0.5], [-INF, 0.0, 1.0], INF, [0, 0.5, 0.5], 0.5),
    ([0.0, 1.0], [99.0, -7.0], 1.0, [0, 1], -7.0),
    ([0.5, 0.5], [-INF, 4.0], 1.0, [0, 1], 4.0 - math.log(2)),
]


@pytest.mark.parametrize(("reference", "reward", "beta", "law", "value"), LIMITS)
def test_limits(library, reference, reward, beta, law, value):
    got = tilt(library.array(reference), library.array(reward), library.array(beta))
    assert library.is_native(got.law) and library.is_native(got.log_normaliser)
    assert np.allclose(library.numpy(got.law), law, rtol=1e-15, atol=0)
    best = library.numpy(tilted_value(library.array(reference), library.array(reward), beta))
    assert best == pytest.approx(value, rel=1e-15, abs=0)


def test_log_normaliser_with_an_infinite_price():
    assert tilt([0.5, 0.25, 0.25], [-INF, 0.0, 1.0], INF).log_normaliser == pytest.approx(math.log(0.5), rel=1e-13, abs=0)
    assert tilt(REFERENCE, REWARD, INF).log_normaliser == 0


def test_two_outcomes_that_the_reference_hardly_knows_share_the_law():
    """Their masses are below what can be summed and divided, their ratio is not: 1 to 3."""
    found = tilt([1e-200, 3e-200, 1.0], [0.0, 0.0, -2000.0], 1.0)
    assert found.law == pytest.approx([0.25, 0.75, 0.0], rel=1e-13, abs=0)
    assert found.log_normaliser == pytest.approx(math.log(4) - 200 * math.log(10), rel=1e-14, abs=0)


def test_one_policy_at_several_prices():
    got = regularised_reward([0.5, 0.5], [0.25, 0.75], [1.0, 0.0], [0.1, 1.0, INF])
    kl = math.log(2) / 2 + math.log(2 / 3) / 2
    assert got == pytest.approx([0.5 - 0.1 * kl, 0.5 - kl, -INF], rel=1e-14, abs=0)
    with pytest.raises(ValueError, match="^reward must be finite for a possible outcome"):
        tilt([1.0], [-INF], 1.0)
    with pytest.raises(ValueError, match=r"^reward must be finite for a possible outcome; the greatest is, got -inf at index 1"):
        tilt([0.5, 0.5], [[0.0, 1.0], [-INF, -INF]], 1.0)


@given(
    st.lists(st.tuples(st.floats(0.01, 1), st.floats(-3, 3), st.floats(0, 1)), min_size=1, max_size=6),
    st.floats(-3, 3).map(lambda e: 10.0**e),
)
def test_no_policy_beats_the_tilt(outcomes, beta):
    reference, reward, policy = (np.array(column) for column in zip(*outcomes, strict=True))
    assume(policy.sum() > 1e-3)
    reference, policy = reference / reference.sum(), policy / policy.sum()
    best = tilted_value(reference, reward, beta)
    law = tilt(reference, reward, beta).law
    assert regularised_reward(policy, reference, reward, beta) <= best + 1e-12 * (1 + abs(best))
    assert regularised_reward(law, reference, reward, beta) == pytest.approx(best, rel=1e-9, abs=1e-9)
    short = best - regularised_reward(policy, reference, reward, beta)
    assume(np.all(law[policy > 0] > 0))
    assert short == pytest.approx(beta * kl_divergence(policy, law), rel=1e-6, abs=1e-9 * (1 + beta))


def test_brute_force_finds_the_same_policy():
    rng = np.random.default_rng(3)
    for beta in (0.2, 1.0, 5.0):
        reference, reward = rng.dirichlet(np.ones(4)), rng.normal(size=4)

        def loss(z, reference=reference, reward=reward, beta=beta):
            policy = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
            return -(policy @ reward - beta * np.sum(policy * np.log(policy / reference)))

        found = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
        policy = np.exp(found.x) / np.exp(found.x).sum()
        assert np.allclose(policy, tilt(reference, reward, beta).law, atol=1e-5)
        assert -found.fun == pytest.approx(tilted_value(reference, reward, beta), rel=1e-9, abs=0)


def test_the_objective_at_its_extremes():
    assert regularised_reward([1, 0], [0, 1], [0.0, 0.0], 1.0) == -INF
    assert regularised_reward([1, 0], [0.5, 0.5], [-INF, 0.0], 1.0) == -INF
    assert regularised_reward([0, 1], [0.5, 0.5], [-INF, 2.0], 1.0) == pytest.approx(2 - math.log(2), rel=1e-13, abs=0)
    assert regularised_reward([0.5, 0.5], [0.5, 0.5], [1.0, 3.0], INF) == 2.0
    assert regularised_reward([0.4, 0.6], [0.5, 0.5], [1.0, 3.0], INF) == -INF


def test_batches_and_a_vector_of_betas():
    betas = np.array([0.1, 1.0, 10.0])
    law, log_normaliser = tilt(REFERENCE, REWARD, betas)
    assert law.shape == (3, 3) and log_normaliser.shape == (3,)
    for row, z, beta in zip(law, log_normaliser, betas, strict=True):
        assert np.array_equal(row, tilt(REFERENCE, REWARD, beta).law) and z == tilt(REFERENCE, REWARD, beta)[1]
    frontier = reward_kl_frontier(REFERENCE, REWARD, betas)
    assert np.allclose(frontier.reward - betas * frontier.kl, tilted_value(REFERENCE, REWARD, betas), rtol=1e-12)


def test_frontier_is_increasing_concave_and_has_slope_beta():
    betas = np.geomspace(0.05, 50, 400)[::-1]
    reward, kl = reward_kl_frontier(REFERENCE, REWARD, betas)
    assert np.all(np.diff(reward) > 0) and np.all(np.diff(kl) > 0)
    slopes = np.diff(reward) / np.diff(kl)
    assert np.all(np.diff(slopes) < 0)
    assert np.all((slopes < betas[:-1]) & (slopes > betas[1:]))


def test_gradients(differentiable):
    """∂(β log Z)/∂r = π*, ∂/∂π_ref = β e^{r/β}/Z, ∂/∂β = −D(π*‖π_ref) (envelope theorem)."""
    reference, reward, beta = np.array([*REFERENCE, 0.0]), np.array([*REWARD, 5.0]), np.array(0.5)
    got = differentiable.gradients(tilted_value, reference, reward, beta)
    law, log_normaliser = tilt(reference, reward, 0.5)
    assert np.allclose(got[1], law, rtol=1e-12)
    assert np.allclose(got[0][:3], 0.5 * np.exp(reward[:3] / 0.5 - log_normaliser), rtol=1e-12)
    assert got[2] == pytest.approx(-kl_divergence(law, reference), rel=1e-12, abs=0)
    assert np.all(np.isfinite(np.concatenate([got[0], got[1]])))


def test_gradients_of_the_law(differentiable):
    """∂π*(x)/∂r(y) = (π*(x) 1[x = y] − π*(x) π*(y))/β, with zeros and a forbidden outcome."""
    reference, reward = np.array([0.6, 0.3, 0.0, 0.1]), np.array([0.0, 1.0, 5.0, -INF])
    (gradient,) = differentiable.gradients(lambda r: tilt(reference, r, 0.5).law[1], reward)
    law = tilt(reference, reward, 0.5).law
    assert np.allclose(gradient, law[1] * (np.arange(4) == 1) / 0.5 - law[1] * law / 0.5, rtol=1e-12, atol=1e-16)


def test_the_tilt_compiles():
    jax = pytest.importorskip("jax")
    law = jax.jit(lambda r: tilt(jax.numpy.asarray(REFERENCE), r, 0.5).law)(jax.numpy.asarray(REWARD))
    assert np.allclose(law, tilt(REFERENCE, REWARD, 0.5).law, rtol=1e-6)


# -- token rewards --------------------------------------------------------------------------------


def test_token_rewards_average_to_the_objective():
    """Two tokens of a three-letter model, every sequence enumerated: Σ π·Σ R = E[r] − β D(π‖π_ref)."""
    rng = np.random.default_rng(5)
    first, first_ref = rng.dirichlet(np.ones(3), 2)
    second, second_ref = rng.dirichlet(np.ones(3), (2, 3))
    score = rng.normal(size=(3, 3))
    total, law, law_ref = 0.0, [], []
    for a, b in itertools.product(range(3), repeat=2):
        rewards = penalised_rewards(
            np.log([first[a], second[a, b]]), np.log([first_ref[a], second_ref[a, b]]), score[a, b], beta=0.3
        )
        law.append(first[a] * second[a, b])
        law_ref.append(first_ref[a] * second_ref[a, b])
        total += law[-1] * rewards.sum()
    assert total == pytest.approx(regularised_reward(law, law_ref, score.ravel(), 0.3), rel=1e-12, abs=0)


def test_masks_put_the_score_on_the_last_token_of_the_answer(library):
    new = library.array([[-1.0, -2.0, -3.0, -4.0], [-1.0, -1.0, -1.0, -1.0]])
    old = library.array([[-1.0, -1.0, -1.0, -1.0], [-2.0, -2.0, -2.0, -2.0]])
    got = penalised_rewards(new, old, library.array([10.0, 20.0]), beta=0.5, mask=[[0, 1, 1, 0], [1, 1, 1, 1]])
    assert library.is_native(got)
    assert library.numpy(got).tolist() == [[0, 0.5, 11.0, 0], [-0.5, -0.5, -0.5, 19.5]]


def test_one_score_for_all_sequences():
    got = penalised_rewards([[-1.0, -1.0, -1.0]] * 2, [-1.0, -1.0, -1.0], 2.0, beta=1.0)
    assert got.tolist() == [[0, 0, 2.0]] * 2


def test_what_is_written_outside_the_mask_is_never_read(differentiable):
    mask = [True, False]
    got = penalised_rewards([-1.0, NAN], [-1.0, INF], 1.0, beta=1.0, mask=mask)
    assert got.tolist() == [1.0, 0.0]
    assert penalised_rewards([-1.0, -2.0], [0.0, 0.0], 1.0, beta=0).tolist() == [0.0, 1.0]
    (gradient,) = differentiable.gradients(
        lambda z: penalised_rewards(z, [-1.0, -1.0], 1.0, beta=2.0, mask=mask).sum(), np.array([-1.0, NAN])
    )
    assert gradient.tolist() == [-2.0, 0.0]


# -- DPO ------------------------------------------------------------------------------------------


def test_the_implicit_reward_of_the_optimum_is_the_reward():
    law, log_normaliser = tilt(REFERENCE, REWARD, 0.5)
    got = implicit_reward(np.log(law), np.log(REFERENCE), 0.5)
    assert np.allclose(got + 0.5 * log_normaliser, REWARD, atol=1e-14)


@pytest.mark.parametrize("margin", [0.0, 1.0, -1.0, 40.0, -40.0, 800.0, -800.0, 1e-9])
def test_dpo_loss_is_exact_and_its_slope_is_sigmoid(differentiable, exact, margin):
    result = dpo_loss(margin, 0.0, 0.0, 0.0, 1.0)
    with mpmath.workdps(400):
        wanted = mpmath.log(1 + mpmath.exp(-mpmath.mpf(margin)))
        slope = float(-1 / (1 + mpmath.exp(mpmath.mpf(margin))))
        assert exact.relative_error(result.value, wanted) < 1e-15 or wanted < 1e-300
    assert result.margin == margin
    (gradient,) = differentiable.gradients(lambda z: dpo_loss(z, 0.0, 0.0, 0.0, 1.0).value, margin)
    assert float(gradient) == pytest.approx(slope, rel=1e-13, abs=1e-300)


def test_dpo_prefers_the_tilted_policy():
    """With preferences drawn from Bradley–Terry on r, the expected loss is least at the tilted law."""
    reference, reward, beta = np.array(REFERENCE), np.array(REWARD), 0.5
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]

    def expected(policy):
        chosen, rejected = (np.log(policy)[[pair[k] for pair in pairs]] for k in (0, 1))
        base_chosen, base_rejected = (np.log(reference)[[pair[k] for pair in pairs]] for k in (0, 1))
        losses = dpo_loss(chosen, rejected, base_chosen, base_rejected, beta).losses
        preference = [1 / (1 + math.exp(reward[b] - reward[a])) for a, b in pairs]
        return float(np.dot(preference, losses))

    best = tilt(reference, reward, beta).law
    rng = np.random.default_rng(0)
    for _ in range(200):
        other = best * np.exp(rng.normal(size=3) * 0.3)
        assert expected(other / other.sum()) > expected(best)


def test_dpo_value_is_the_mean(library):
    got = dpo_loss(library.array([0.0, 1.0]), library.array([0.0, 0.0]), 0.0, 0.0, 2.0)
    assert library.numpy(got.margin).tolist() == [0.0, 2.0]
    assert float(got.value) == pytest.approx((math.log(2) + math.log1p(math.exp(-2))) / 2, rel=1e-14, abs=0)
    assert library.is_native(got.losses)
    assert float(dpo_loss(3.0, 0.0, 1.0, 0.0).margin) == pytest.approx(0.2, rel=1e-13, abs=0)  # β is 0.1 unless given


# -- float32, bad input ---------------------------------------------------------------------------


def test_float32_stays_float32(library):
    reference, reward = library.array(REFERENCE, "float32"), library.array(REWARD, "float32")
    results = [*tilt(reference, reward, 0.5), tilted_value(reference, reward, 0.5)]
    results += [regularised_reward(reference, reference, reward, 1.0), *reward_kl_frontier(reference, reward, 0.5)]
    results += [penalised_rewards(reward, reward, 1.0, beta=0.1), dpo_loss(reward, reward, reward, reward).value]
    for result in results:
        assert library.is_native(result) and library.dtype(result) == "float32"
    assert np.allclose(library.numpy(results[0]), tilt(REFERENCE, REWARD, 0.5).law, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tilt([0.5, 0.6], [0.0, 0.0], 1.0), "^reference must sum to 1"),
        (lambda: tilt([-0.5, 1.5], [0.0, 0.0], 1.0), "^reference must be non-negative, got -0.5"),
        (lambda: tilt([0.5, 0.5], [0.0, NAN], 1.0), "^reward must be finite or −inf, got nan at index 1"),
        (lambda: tilt([0.5, 0.5], [0.0, INF], 1.0), "^reward must be finite or −inf, got inf at index 1"),
        (lambda: tilt([0.5, 0.5], [0.0], 1.0), "^the last axes must hold the same outcomes, got reference"),
        (lambda: tilt([0.5, 0.5], 0.0, 1.0), "^the last axes must hold the same outcomes"),
        (lambda: tilt([0.5, 0.5], [0.0, 0.0], 0.0), "^beta must be positive, got 0.0"),
        (lambda: tilt([0.5, 0.5], [0.0, 0.0], -1.0), "^beta must be positive, got -1.0"),
        (lambda: tilt([0.5, 0.5], [0.0, 0.0], NAN), "^beta must be positive, got nan"),
        (lambda: tilt([0.5, 0.5], [0.0, 0.0], "x"), "^beta must hold real numbers"),
        (lambda: tilt([0.5, 0.5], [-INF, -INF], 1.0), "^reward must be finite for a possible outcome"),
        (lambda: tilt([1.0, 0.0], [-INF, 0.0], 1.0), "^reward must be finite for a possible outcome"),
        (lambda: tilt([[0.5, 0.5]] * 2, [0.0, 0.0], [1.0] * 3), "^the shapes do not broadcast"),
        (lambda: tilted_value([0.5, 0.5], [0.0, 0.0], 0.0), "^beta must be positive"),
        (lambda: regularised_reward([0.5, 0.4], [0.5, 0.5], [0.0, 0.0], 1.0), "^policy must sum to 1"),
        (lambda: reward_kl_frontier([0.5, 0.5], [0.0, 0.0], [1.0, 0.0]), "^beta must be positive, got 0.0 at index 1"),
        (lambda: penalised_rewards([NAN], [0.0], 0.0, beta=1.0), "^log_prob must be finite, got nan at index 0"),
        (lambda: penalised_rewards([0.0], [-INF], 0.0, beta=1.0), "^log_prob_reference must be finite, got -inf"),
        (lambda: penalised_rewards([0.0], [0.0], NAN, beta=1.0), "^score must be finite, got nan"),
        (
            lambda: penalised_rewards([0.0], [0.0], [0.0], beta=1.0),
            "^the shapes do not broadcast|^score must have shape",
        ),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=-1.0), "^beta must be a finite number ≥ 0, got -1.0"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=INF), "^beta must be a finite number ≥ 0, got inf"),
        (lambda: penalised_rewards([[0.0] * 3] * 2, [0.0] * 3, [0.0] * 3, beta=1.0), "^the shapes do not broadcast, got log_prob: .*score"),
        (lambda: penalised_rewards([[0.0]] * 2, [0.0], [[0.0] * 2] * 3, beta=1.0), r"^score must have shape \(2,\), got \(3, 2\)"),
        (lambda: penalised_rewards([0.0] * 2, [0.0] * 3, 0.0, beta=1.0), "^the shapes do not broadcast, got log_prob: .*log_prob_reference"),
        (lambda: penalised_rewards([0.0] * 2, [0.0] * 2, 0.0, beta=1.0, mask=[1] * 3), "^the shapes do not broadcast, got log_prob: .*mask"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=True), "^beta must be a finite number ≥ 0, got True"),
        (lambda: penalised_rewards([], [], 0.0, beta=1.0), "^log_prob must have tokens"),
        (lambda: penalised_rewards(0.0, 0.0, 0.0, beta=1.0), "^log_prob must have tokens"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=1.0, mask=[0.5]), "^mask must hold booleans, or 0 and 1"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=1.0, mask=["a"]), "^mask must hold booleans, or 0 and 1"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=1.0, mask=[0]), "^mask must mark a token of every sequence"),
        (lambda: penalised_rewards([0.0], [0.0], 0.0, beta=1.0, mask=[[1], [1]]), "^mask must have shape"),
        (lambda: implicit_reward(NAN, 0.0, 1.0), "^log_prob must be finite, got nan"),
        (lambda: implicit_reward(0.0, -INF, 1.0), "^log_prob_reference must be finite, got -inf"),
        (lambda: implicit_reward(0.0, 0.0, 0.0), "^beta must be positive and finite, got 0.0"),
        (lambda: dpo_loss(0.0, 0.0, 0.0, 0.0, INF), "^beta must be positive and finite, got inf"),
        (lambda: dpo_loss([0.0] * 2, [0.0] * 3, 0.0, 0.0), "^the shapes do not broadcast, got log_prob_chosen"),
        (lambda: dpo_loss([], [], [], []), "^log_prob_chosen must hold a pair"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_masks_of_the_library_s_own_and_compiled(library):
    new, old, mask = (
        library.array([[-1.0, -2.0, -3.0]]),
        library.array([[-1.0, -1.0, -1.0]]),
        library.array([[1, 1, 0]], "bool"),
    )
    got = penalised_rewards(new, old, library.array([5.0]), beta=1.0, mask=mask)
    assert library.numpy(got).tolist() == [[0.0, 6.0, 0.0]]
    if library.name == "jax":
        import jax

        compiled = jax.jit(lambda n, m: penalised_rewards(n, old, 5.0, beta=1.0, mask=m))
        assert library.numpy(compiled(new, mask)).tolist() == [[0.0, 6.0, 0.0]]
