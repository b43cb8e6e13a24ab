"""The variational bound on f-divergences: never above, equal at the best critic, open where it must be."""

import importlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import js_divergence, kl_divergence
from kltext.f_divergences import FGenerator, f_divergence, generator
from kltext.f_gan import f_gan_bound, optimal_critic
from kltext.gan import gan_value, optimal_discriminator
from kltext.generators import NAMES

NAN, INF = math.nan, math.inf
P, Q = [0.9, 0.1], [0.1, 0.9]
GENERATORS = [generator(n) for n in NAMES if n != "alpha"] + [generator("alpha", alpha=a) for a in (-1, 0, 0.5, 1, 3)]


@st.composite
def pairs(draw, zeros=True):
    n = draw(st.integers(1, 6))
    mass = st.one_of(st.just(0.0), st.floats(1e-2, 1)) if zeros else st.floats(1e-2, 1)
    laws = []
    for _ in range(2):
        row = np.array(draw(st.lists(mass, min_size=n, max_size=n)))
        row[draw(st.integers(0, n - 1))] += 0.1
        laws.append(row / row.sum())
    raw = np.array(draw(st.lists(st.floats(-6, 6), min_size=n, max_size=n)))
    return (*laws, raw)


@given(pairs())
def test_no_critic_proves_more_than_the_divergence(game):
    p, q, raw = game
    for chosen in GENERATORS:
        critic, divergence = chosen.activation(raw), f_divergence(p, q, chosen)
        assert f_gan_bound(critic, p, q, chosen) <= divergence + 1e-9 * (1 + abs(divergence)), chosen.name


@given(pairs())
def test_the_best_critic_leaves_nothing_out(game):
    p, q, _ = game
    for chosen in GENERATORS:
        best, divergence = optimal_critic(p, q, chosen), f_divergence(p, q, chosen)
        assert f_gan_bound(best, p, q, chosen) == pytest.approx(divergence, rel=1e-9, abs=1e-10), chosen.name


@pytest.mark.parametrize("chosen", GENERATORS, ids=lambda g: g.name)
def test_the_best_critic_beats_its_neighbours(chosen):
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])
    best = optimal_critic(p, q, chosen)
    top = f_gan_bound(best, p, q, chosen)
    for k in range(3):
        for step in (-1e-3, 1e-3):
            moved = best + step * (np.arange(3) == k)
            if moved.max() < chosen.ceiling:
                assert f_gan_bound(moved, p, q, chosen) < top


def test_claim_185():
    assert f_gan_bound([1 + math.log(9), 1 - math.log(9)], P, Q, "kl") == pytest.approx(1.7577796618689755, rel=1e-13, abs=0)
    mixture = [0.5, 0.5]
    critic = 1 + np.log(np.array(P) / mixture)
    assert f_gan_bound(critic, P, mixture, "kl") == pytest.approx(0.3680642071685, rel=1e-12, abs=0)


def test_with_the_gan_s_generator_the_bound_is_the_gan_s_value():
    rng = np.random.default_rng(0)
    for _ in range(20):
        p, q, d = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4)), rng.random(4)
        assert f_gan_bound(np.log(d), p, q, "gan") == pytest.approx(
            gan_value(d, p, q) + math.log(4), rel=1e-10, abs=1e-13
        )
    best = np.log(optimal_discriminator(P, Q))
    assert f_gan_bound(best, P, Q, "gan") == pytest.approx(2 * js_divergence(P, Q), rel=1e-12, abs=0)


def test_the_gan_s_activation_makes_a_logit_a_log_probability():
    logits = np.array([-800.0, -1.0, 0.0, 3.0])
    assert np.allclose(generator("gan").activation(logits), -np.logaddexp(0, -logits), rtol=1e-14)


LIMITS = [  # critic, p, q, generator, bound
    ([INF, 1.0], [0.5, 0.5], [0.0, 1.0], "kl", INF),
    ([-INF, 1.0], [0.0, 1.0], [0.5, 0.5], "kl", 0.5),
    ([-INF, 1.0], [0.5, 0.5], [0.5, 0.5], "kl", -INF),
    ([-INF, -1.0], [0.0, 1.0], [0.5, 0.5], "reverse-kl", INF),
    ([0.5, -0.5], [1.0, 0.0], [0.0, 1.0], "total-variation", 1.0),
    ([0.0, -INF], [1.0, 0.0], [0.0, 1.0], "gan", math.log(4)),
    ([99.0, 0.0], [0.0, 1.0], [0.0, 1.0], "reverse-chi2", 0.0),
]


@pytest.mark.parametrize(("critic", "p", "q", "name", "bound"), LIMITS)
def test_limits(library, critic, p, q, name, bound):
    arrays = [library.array(a) for a in (critic, p, q)]
    got = f_gan_bound(*arrays, name)
    assert library.is_native(got)
    assert float(library.numpy(got)) == pytest.approx(bound, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("chosen", GENERATORS, ids=lambda g: g.name)
def test_gradients(differentiable, chosen):
    """∂/∂T = p − q·f*′(T), which is 0 at the best critic; with zeros in both laws."""
    p, q = np.array([0.5, 0.3, 0.2, 0.0, 0.0]), np.array([0.2, 0.5, 0.0, 0.3, 0.0])
    raw = np.array([0.3, -0.4, 0.1, -0.2, 5.0])
    critic = np.asarray(chosen.activation(raw))
    (gradient,) = differentiable.gradients(lambda t: f_gan_bound(t, p, q, chosen), critic)
    for k in range(5):
        ends = [f_gan_bound(critic + s * 1e-6 * (np.arange(5) == k), p, q, chosen) for s in (1, -1)]
        assert gradient[k] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-8)
    if chosen.name != "total-variation":
        inner = [a[:2] / a[:2].sum() for a in (p, q)]
        best = np.asarray(optimal_critic(*inner, chosen))
        (gradient,) = differentiable.gradients(lambda t: f_gan_bound(t, *inner, chosen), best)
        assert np.allclose(gradient, 0, atol=1e-12)


def test_gradient_at_minus_infinity_is_a_number(differentiable):
    p, q = np.array([0.0, 1.0]), np.array([0.5, 0.5])
    (gradient,) = differentiable.gradients(lambda t: f_gan_bound(t, p, q, "kl"), np.array([-INF, 1.0]))
    assert np.allclose(gradient, [0.0, 0.5])


def test_a_reader_s_own_generator():
    own = FGenerator(
        "half chi2",
        lambda t: (t - 1) ** 2 / 2,
        at_zero=0.5,
        slope=INF,
        derivative=lambda t: t - 1,
        conjugate=lambda y: y + y**2 / 2,
    )
    assert f_gan_bound(optimal_critic(P, Q, own), P, Q, own) == pytest.approx(f_divergence(P, Q, own), rel=1e-12, abs=0)


def test_critics_of_densities_and_extreme_ratios():
    assert optimal_critic([2.0], [4.0], "kl") == pytest.approx([1 - math.log(2)], rel=1e-13, abs=0)
    assert np.isfinite(optimal_critic([1.0], [5e-324], "kl")).all()
    assert optimal_critic([0.0, 0.0], [1.0, 0.0], "gan").tolist() == [-INF, pytest.approx(-math.log(2), rel=1e-13, abs=0)]


def test_float32_and_batches(library):
    p, q = library.array([0.5, 0.5, 0.0], "float32"), library.array([0.2, 0.0, 0.8], "float32")
    for name in ("gan", "squared-hellinger", "triangular"):
        critic = optimal_critic(p, q, name)
        got = f_gan_bound(critic, p, q, name)
        assert library.is_native(got) and library.dtype(got) == library.dtype(critic) == "float32"
    rows = f_gan_bound([[0.0, 0.0], [1.0, 1.0]], P, Q, "kl")
    assert rows.tolist() == [pytest.approx(-math.exp(-1), rel=1e-13, abs=0), pytest.approx(0.0, abs=1e-15)]
    assert kl_divergence(P, Q) > rows.max()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: f_gan_bound([0.5, -1.0], P, Q, "gan"), "^critic must not exceed 0.0.*'gan'.*got 0.5 at index 0"),
        (lambda: f_gan_bound([INF, 0.0], P, Q, "kl"), "^critic must not exceed inf.*got inf at index 0"),
        (lambda: f_gan_bound([2.0, 0.0], [1, 0], [0, 1], "reverse-chi2"), "^critic must not exceed 1.0.*got 2.0"),
        (lambda: f_gan_bound([NAN, 0.0], P, Q, "kl"), "^critic must not be NaN, got nan at index 0"),
        (lambda: f_gan_bound([0.0], P, Q, "kl"), "^the last axes must hold the same outcomes, got critic"),
        (lambda: f_gan_bound(0.0, P, Q, "kl"), "^the last axes must hold the same outcomes, got critic"),
        (lambda: f_gan_bound([0.0, 0.0], [0.9, 0.2], Q, "kl"), "^p must sum to 1"),
        (lambda: f_gan_bound([0.0, 0.0], P, Q, "nothing"), "^generator must be one of"),
        (lambda: f_gan_bound([0.0, 0.0], P, Q, None), "^generator must be a name or an FGenerator, got None"),
        (lambda: f_gan_bound([0.0, 0.0], P, Q, FGenerator("a", lambda t: t - 1, -1.0, 1.0)), "must have a conjugate"),
        (lambda: optimal_critic(P, Q, FGenerator("a", lambda t: t - 1, -1.0, 1.0)), "must have a derivative"),
        (lambda: optimal_critic([-0.1], [0.5], "kl"), "^p must be non-negative"),
        (lambda: optimal_critic([0.1], [INF], "kl"), "^q must be finite"),
        (lambda: optimal_critic([0.1] * 2, [0.1] * 3, "kl"), "^the shapes do not broadcast"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_gradients_of_a_generator_whose_derivative_is_not_given(differentiable):
    """Where Q has no mass the conjugate is asked for at a place where it is finite, below the ceiling."""
    xp = importlib.import_module({"torch": "torch", "jax": "jax.numpy"}.get(differentiable.name, "autograd.numpy"))
    own = FGenerator("own reverse kl", lambda t: -np.log(t), math.inf, 0.0, conjugate=lambda y: -1 - xp.log(-y))
    critic, p, q = np.array([-0.5, -2.0, 0.0]), np.array([0.25, 0.5, 0.25]), np.array([0.5, 0.5, 0.0])
    (gradient,) = differentiable.gradients(lambda t: f_gan_bound(t, p, q, own), critic)
    np.testing.assert_allclose(gradient, p - q * np.array([2.0, 0.5, 0.0]), rtol=1e-14)
