"""The GAN's game, exactly: the best discriminator, the ceiling, the gap, and the generator's slopes."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from kltext import js_divergence, kl_divergence
from kltext.gan import (
    discriminator_gap,
    gan_value,
    gan_value_from_logits,
    optimal_discriminator,
    optimal_logit,
)
from kltext.generator_losses import generator_loss, non_saturating_divergence

NAN, INF = math.nan, math.inf
LOG4 = math.log(4)
P, Q = [0.9, 0.1], [0.1, 0.9]


@st.composite
def pairs(draw, zeros=True, extra=0):
    n = draw(st.integers(1, 6))
    mass = st.one_of(st.just(0.0), st.floats(1e-3, 1)) if zeros else st.floats(1e-3, 1)
    laws = []
    for _ in range(2):
        row = np.array(draw(st.lists(mass, min_size=n, max_size=n)))
        row[draw(st.integers(0, n - 1))] += 0.1
        laws.append(row / row.sum())
    others = [np.array(draw(st.lists(st.floats(0.01, 0.99), min_size=n, max_size=n))) for _ in range(extra)]
    return (*laws, *others)


# -- the best discriminator -----------------------------------------------------------------------

BEST = [  # p, q, D*, logit
    (0.3, 0.1, 0.75, math.log(3)),
    (0.0, 0.2, 0.0, -INF),
    (0.2, 0.0, 1.0, INF),
    (0.0, 0.0, 0.5, 0.0),
    (1e308, 1e308, 0.5, 0.0),
    (1e308, 1.7e308, 1 / 2.7, math.log(1 / 1.7)),
    (5e-324, 5e-324, 0.5, 0.0),
    (1e-300, 1e300, 0.0, -600 * math.log(10)),
    (1e300, 1e-300, 1.0, 600 * math.log(10)),
]


@pytest.mark.parametrize(("p", "q", "d", "logit"), BEST)
def test_known_values(library, p, q, d, logit):
    if library.name == "jax" and 0 < p < 1e-307:
        p = q = 1e-300  # XLA flushes subnormal numbers to zero, where the answer is ½ as well
    got = library.numpy(optimal_discriminator(library.array([p]), library.array([q])))
    assert got[0] == pytest.approx(d, rel=1e-14, abs=0)
    assert library.numpy(optimal_logit(library.array([p]), library.array([q])))[0] == pytest.approx(logit, rel=1e-13, abs=0)


def test_the_logit_is_the_log_ratio_to_the_last_digit(exact):
    rng = np.random.default_rng(0)
    q = rng.random(300) * np.repeat([1.0, 1e-200, 1e200], 100)
    p = q * (1 + np.concatenate([10.0 ** rng.uniform(-12, -1, 150), 10.0 ** rng.uniform(-1, 2, 150)]))
    for a, b, r, d in zip(p, q, optimal_logit(p, q), optimal_discriminator(p, q), strict=True):
        a, b = mpmath.mpf(a), mpmath.mpf(b)
        assert exact.relative_error(r, mpmath.log(a / b)) < 4e-16
        assert exact.relative_error(d, a / (a + b)) < 4e-16


@given(pairs())
def test_no_other_probability_scores_better_anywhere(pair):
    p, q = pair
    for a, b, d in zip(p, q, optimal_discriminator(p, q), strict=True):
        if a > 0 and b > 0:
            found = minimize_scalar(lambda x, a=a, b=b: -a * math.log(x) - b * math.log1p(-x), bounds=(0, 1))
            assert d == pytest.approx(found.x, abs=1e-4)


# -- the value ------------------------------------------------------------------------------------


def test_claims_182_and_183():
    best = gan_value(optimal_discriminator(P, Q), P, Q)
    assert best == pytest.approx(-0.6501659467829, rel=1e-12, abs=0)
    assert best == pytest.approx(2 * js_divergence(P, Q) - LOG4, rel=1e-14, abs=0)
    assert gan_value([0.5, 0.5], P, Q) == pytest.approx(-1.386294361120, rel=1e-12, abs=0)
    assert gan_value([0.8, 0.2], P, Q) == pytest.approx(-0.7235459748524, rel=1e-12, abs=0)


@given(pairs(extra=1))
def test_ceiling_and_gap(game):
    p, q, d = game
    ceiling = 2 * js_divergence(p, q) - LOG4
    best = optimal_discriminator(p, q)
    assert gan_value(best, p, q) == pytest.approx(ceiling, rel=1e-12, abs=1e-13)
    assert gan_value_from_logits(optimal_logit(p, q), p, q) == pytest.approx(ceiling, rel=1e-12, abs=1e-13)
    assert gan_value(d, p, q) <= ceiling + 1e-13
    gap = discriminator_gap(d, p, q)
    assert gap >= 0
    assert gap == pytest.approx(ceiling - gan_value(d, p, q), rel=1e-10, abs=1e-13)
    assert discriminator_gap(best, p, q) <= 1e-28  # the rounding of D*, against masses down to 2e-4, squared
    logits = np.log(d) - np.log1p(-d)
    assert gan_value_from_logits(logits, p, q) == pytest.approx(gan_value(d, p, q), rel=1e-12, abs=0)


def test_gradients_where_an_outcome_is_impossible(differentiable):
    """∂V/∂d = p/d − q/(1 − d), where p, q or both are 0 as well; and the gap's is minus that."""
    p, q, d = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.5, 0.0, 0.5, 0.0]), np.array([0.3, 0.4, 0.6, 0.7])
    wanted = p / d - q / (1 - d)
    np.testing.assert_allclose(differentiable.gradients(lambda d: gan_value(d, p, q), d)[0], wanted, rtol=1e-12)
    np.testing.assert_allclose(differentiable.gradients(lambda d: discriminator_gap(d, p, q), d)[0], -wanted, rtol=1e-12, atol=1e-15)
    logits = np.log(d / (1 - d))
    slope = differentiable.gradients(lambda z: gan_value_from_logits(z, p, q), logits)[0]
    np.testing.assert_allclose(slope, wanted * d * (1 - d), rtol=1e-12)


def test_the_gap_is_a_divergence_of_labels():
    """By the joint law of outcome and label: D(true label ‖ believed label), on average, twice."""
    p, q, d = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7]), np.array([0.6, 0.5, 0.4])
    mixture, best = (p + q) / 2, p / (p + q)
    labels = kl_divergence(np.stack([best, 1 - best], -1), np.stack([d, 1 - d], -1))
    assert discriminator_gap(d, p, q) == pytest.approx(2 * float(mixture @ labels), rel=1e-13, abs=0)


def test_the_gap_is_accurate_near_the_optimum(exact):
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])
    d = optimal_discriminator(p, q) * (1 + 1e-9 * np.array([1, -1, 2.0]))
    wanted = mpmath.mpf(0)
    for a, b, c in zip(p, q, d, strict=True):
        a, b, c = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(c)
        best = a / (a + b)
        wanted += a * mpmath.log(best / c) + b * mpmath.log((1 - best) / (1 - c))
    assert exact.relative_error(discriminator_gap(d, p, q), wanted) < 1e-6


def test_the_gap_is_finite_where_the_value_is(library):
    """The smallest masses: times d they are 0, but what d misses there is next to nothing and not ∞."""
    p, q, d = [5e-324, 0.0, 1.0, 0.0], [0.0, 1e-320, 1.0, 0.0], [1e-5, 1 - 1e-9, 0.4, 0.5]
    got = discriminator_gap(*(library.array(x, "float64") for x in (d, p, q)))
    assert float(library.numpy(got)) == pytest.approx(-math.log(4 * 0.4 * 0.6), rel=1e-14, abs=0)


VALUES = [  # d, p, q, V
    ([1.0, 0.0], [1, 0], [0, 1], 0.0),
    ([0.0, 1.0], [1, 0], [0, 1], -INF),
    ([1.0, 0.5], [0.5, 0.5], [0, 1], math.log(0.5) * 1.5),
    ([1.0, 0.5], [0.5, 0.5], [0.5, 0.5], -INF),
    ([0.3, 0.0], [1, 0], [1, 0], math.log(0.3) + math.log(0.7)),
    ([0.5], [1], [1], -LOG4),
]


@pytest.mark.parametrize(("d", "p", "q", "value"), VALUES)
def test_values_with_zeros(library, d, p, q, value):
    got = gan_value(*(library.array(x, "float64") for x in (d, p, q)))
    assert float(library.numpy(got)) == pytest.approx(value, rel=1e-14, abs=0)
    with np.errstate(divide="ignore"):
        logits = np.log(d) - np.log1p(-np.array(d))
    got = gan_value_from_logits(*(library.array(x, "float64") for x in (logits, p, q)))
    assert float(library.numpy(got)) == pytest.approx(value, rel=1e-14, abs=0)
    gap = float(library.numpy(discriminator_gap(*(library.array(x, "float64") for x in (d, p, q)))))
    assert gap == pytest.approx(2 * js_divergence(p, q) - LOG4 - value, rel=1e-14, abs=1e-15)


def test_batches():
    value = gan_value([[0.5, 0.5], [0.8, 0.2]], P, Q)
    assert value.tolist() == [gan_value([0.5, 0.5], P, Q), gan_value([0.8, 0.2], P, Q)]


def test_gradients_of_the_value(differentiable):
    p, q, d = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.25, 0.0, 0.75, 0.0]), np.array([0.6, 1.0, 0.0, 0.3])
    got = differentiable.gradients(gan_value, d, p, q)
    assert np.allclose(got[0], [0.5 / 0.6 - 0.25 / 0.4, 0.5, -0.75, 0], rtol=1e-14)
    assert np.allclose(got[1], [math.log(0.6), 0, 0, 0]) and np.allclose(got[2], [math.log(0.4), 0, 0, 0])
    logits = np.array([0.5, -800.0, 800.0, 3.0])
    (got,) = differentiable.gradients(lambda z: gan_value_from_logits(z, p, q), logits)
    sigmoid = 1 / (1 + math.exp(-0.5))
    assert np.allclose(got, [0.5 * (1 - sigmoid) - 0.25 * sigmoid, 0.5, -0.75, 0], rtol=1e-14)
    got = differentiable.gradients(discriminator_gap, d, p, q)
    assert np.allclose(got[0], [0.25 / 0.4 - 0.5 / 0.6, -0.5, 0.75, 0], rtol=1e-12)


def test_gradients_of_the_best_discriminator(differentiable):
    p, q = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.25, 0.0, 0.75, 0.0])
    got = differentiable.gradients(lambda p, q: optimal_discriminator(p, q).sum(), p, q)
    assert np.allclose(got[0], [0.25 / 0.75**2, 0, 1 / 0.75, 0]) and np.allclose(got[1], [-0.5 / 0.75**2, -2, 0, 0])
    got = differentiable.gradients(lambda p, q: optimal_logit(p, q).sum(), p[:1], q[:1])
    assert np.allclose([got[0][0], got[1][0]], [2, -4])
    got = differentiable.gradients(lambda p, q: optimal_logit(p, q)[0], p, q)
    assert np.all(np.isfinite(np.concatenate(got)))


# -- the generator --------------------------------------------------------------------------------

SLOPES = [-800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0]


@pytest.mark.parametrize("logit", SLOPES)
def test_losses_and_slopes_on_both_sides(differentiable, exact, logit):
    """Saturating: slope −D, which dies for D → 0.  Non-saturating: −(1 − D), which dies for D → 1."""
    with mpmath.workdps(400):
        d = 1 / (1 + mpmath.exp(-mpmath.mpf(logit)))
        wanted = {"saturating": (mpmath.log(1 - d), -d), "non-saturating": (-mpmath.log(d), d - 1)}
        for kind, (value, slope) in wanted.items():
            got = generator_loss([logit], kind=kind)
            assert exact.relative_error(got, value) < 1e-15 or abs(value) < 1e-300
            (gradient,) = differentiable.gradients(lambda z, kind=kind: generator_loss(z, kind=kind), np.array([logit]))
            assert float(gradient[0]) == pytest.approx(float(slope), rel=1e-13, abs=1e-300)


def test_default_is_non_saturating_and_the_mean_is_taken():
    logits = [[0.0, 1.0], [2.0, -1.0]]
    wanted = np.mean(np.log1p(np.exp(-np.array(logits))))
    assert generator_loss(logits) == pytest.approx(wanted, rel=1e-14, abs=0)
    assert generator_loss([INF]) == 0 and generator_loss([-INF]) == INF
    assert generator_loss([INF], kind="saturating") == -INF and generator_loss([-INF], kind="saturating") == 0


def test_weights_average_exactly(library):
    logits, q = library.array([0.5, -1.0, -INF]), library.array([0.25, 0.75, 0.0])
    got = generator_loss(logits, kind="non-saturating", weights=q)
    assert float(library.numpy(got)) == pytest.approx(
        0.25 * math.log1p(math.exp(-0.5)) + 0.75 * math.log1p(math.e), rel=1e-14, abs=0)
    assert library.is_native(got)


@given(pairs(zeros=False))
def test_the_non_saturating_divergence_in_three_forms(pair):
    p, q = pair
    got, m = non_saturating_divergence(p, q), (p + q) / 2
    assert got == pytest.approx(kl_divergence(q, p) - 2 * js_divergence(p, q), rel=1e-7, abs=1e-13)
    assert got == pytest.approx(2 * kl_divergence(m, p), rel=1e-7, abs=1e-13)
    assert got >= 0 and non_saturating_divergence(p, p) == 0
    at_optimum = generator_loss(optimal_logit(p, q), weights=q)
    assert at_optimum == pytest.approx(kl_divergence(q, p) - kl_divergence(q, m) + math.log(2), rel=1e-10, abs=0)


def test_the_non_saturating_divergence_is_exact(exact):
    rng = np.random.default_rng(2)
    for spread in (1e-9, 1e-5, 1e-2, 0.05, 0.5, 3):
        p = rng.dirichlet(np.ones(6))
        q = p * np.exp(spread * rng.normal(size=6))
        q /= q.sum()
        wanted = mpmath.mpf(0)
        for a, b in zip(p, q, strict=True):
            a, b = mpmath.mpf(a), mpmath.mpf(b)
            wanted += (a + b) * mpmath.log((a + b) / (2 * a)) + (a - b)
        assert exact.relative_error(non_saturating_divergence(p, q), wanted) < 1e-14
    assert non_saturating_divergence([1, 0], [0.5, 0.5]) == INF
    assert non_saturating_divergence([0.5, 0.5], [1, 0]) == pytest.approx(1.5 * math.log(1.5) - 0.5 * math.log(2), rel=1e-12, abs=0)


def test_what_each_generator_descends_at_the_optimal_discriminator(differentiable):
    """Holding D*: the gradients are those of KL(Pg‖Pd) − 2·JS and of 2·JS, up to a constant (a law's sum is one)."""
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    logits = optimal_logit(p, q)

    def direction(function):
        (gradient,) = differentiable.gradients(function, q)
        return gradient - gradient.mean()

    non_saturating = direction(lambda q: generator_loss(logits, kind="non-saturating", weights=q))
    assert np.allclose(non_saturating, direction(lambda q: non_saturating_divergence(p, q)), rtol=1e-12)
    assert np.allclose(non_saturating, direction(lambda q: kl_divergence(q, p) - 2 * js_divergence(p, q)), rtol=1e-10)
    saturating = direction(lambda q: generator_loss(logits, kind="saturating", weights=q))
    assert np.allclose(saturating, direction(lambda q: 2 * js_divergence(p, q)), rtol=1e-10)


def test_gradients_of_the_non_saturating_divergence(differentiable):
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.5, 0.5, 0.0, 0.0])
    got = differentiable.gradients(non_saturating_divergence, p, q)
    assert all(np.all(np.isfinite(g)) for g in got)
    assert np.allclose(got[1][:3], np.log((p + q)[:3] / (2 * p[:3])), rtol=1e-12, atol=1e-16)


# -- float32, bad input ---------------------------------------------------------------------------


def test_float32_stays_float32(library):
    p, q = library.array(P, "float32"), library.array(Q, "float32")
    results = [optimal_discriminator(p, q), optimal_logit(p, q), gan_value(p, p, q), gan_value_from_logits(p, p, q)]
    results += [discriminator_gap(p, p, q), generator_loss(p), generator_loss(p, kind="saturating", weights=q)]
    p, q = library.array([0.5, 0.5, 0.0, 0.0], "float32"), library.array([0.5, 0.0, 0.5, 0.0], "float32")  # with zeros
    results += [optimal_discriminator(p, q), optimal_logit(p, q), gan_value(p, p, p), non_saturating_divergence(p, p)]
    for result in [*results, non_saturating_divergence(p, q)]:
        assert library.is_native(result) and library.dtype(result) == "float32"


BAD = [
    (lambda: optimal_discriminator([-0.1], [0.5]), "^p must be non-negative, got -0.1 at index 0"),
    (lambda: optimal_discriminator([0.1], [NAN]), "^q must be non-negative, got nan"),
    (lambda: optimal_discriminator([INF], [0.5]), "^p must be finite, got inf"),
    (lambda: optimal_discriminator([0.5] * 2, [0.5] * 3), "^the shapes do not broadcast"),
    (lambda: optimal_logit([0.1], [-0.5]), "^q must be non-negative, got -0.5"),
    (lambda: optimal_logit("x", [0.5]), "^p must hold real numbers"),
    (lambda: gan_value([0.5, 1.5], P, Q), "^d must lie between 0 and 1, got 1.5 at index 1"),
    (lambda: gan_value([0.5, NAN], P, Q), "^d must lie between 0 and 1, got nan"),
    (lambda: gan_value([0.5], P, Q), "^the last axes must hold the same outcomes, got d"),
    (lambda: gan_value(0.5, P, Q), "^the last axes must hold the same outcomes, got d"),
    (lambda: gan_value(P, [0.5, 0.6], Q), "^p must sum to 1"),
    (lambda: gan_value(P, P, [0.2, 0.3, 0.5]), "^the last axes must hold the same outcomes, got p"),
    (lambda: gan_value([P] * 2, [P] * 3, Q), "^the shapes do not broadcast, got d"),
    (lambda: gan_value_from_logits([0.0, NAN], P, Q), "^logits must not be NaN, got nan at index 1"),
    (lambda: gan_value([P] * 2, P, [Q] * 3), "^the shapes do not broadcast, got d"),
    (lambda: generator_loss([[0.0, 0.0]] * 2, weights=[P] * 3), "^the shapes do not broadcast, got logits: .*weights"),
    (lambda: discriminator_gap([0.5, 1.5], P, Q), "^d must lie between 0 and 1, got 1.5 at index 1"),
    (lambda: discriminator_gap([0.5, -0.5], P, Q), "^d must lie between 0 and 1, got -0.5"),
    (lambda: generator_loss([0.0], kind="other"), "^kind must be .*got 'other'"),
    (lambda: generator_loss([0.0], kind=None), "^kind must be"),
    (lambda: generator_loss([NAN]), "^logits must not be NaN"),
    (lambda: generator_loss([]), "^logits must hold a sample"),
    (lambda: generator_loss([True]), "^logits must hold real numbers"),
    (lambda: generator_loss([0.0, 0.0], weights=[0.5, 0.6]), "^weights must sum to 1"),
    (lambda: generator_loss([0.0], weights=[0.5, 0.5]), "^the last axes must hold the same outcomes, got logits"),
    (lambda: generator_loss(0.0, weights=[1.0]), "^the last axes must hold the same outcomes, got logits"),
    (lambda: non_saturating_divergence([0.5, 0.4], P), "^p must sum to 1"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
