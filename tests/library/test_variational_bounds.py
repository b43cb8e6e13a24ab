"""Donsker–Varadhan and NWJ: against enumeration, in the right order, tight at the best critic and nowhere else."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import f_gan_bound, kl_divergence
from kltext.variational_bounds import donsker_varadhan, nwj

P, Q = np.array([4, 3, 1]) / 8, np.array([1, 1, 2]) / 4
AT_P, AT_Q = np.repeat([0, 1, 2], [4, 3, 1]), np.repeat([0, 1, 2], [1, 1, 2])  # samples with exactly these frequencies

critics = st.lists(st.floats(-6, 6), min_size=3, max_size=3).map(np.array)


def exact(critic):
    """Both bounds by enumeration, in fifty digits."""
    with mpmath.workdps(50):
        t = [mpmath.mpf(float(x)) for x in critic]
        said = sum(float(p) * x for p, x in zip(P, t, strict=True))
        total = sum(float(q) * mpmath.exp(x) for q, x in zip(Q, t, strict=True))
        return float(said - mpmath.log(total)), float(said - total / mpmath.e)


@given(critics)
def test_both_against_enumeration(critic):
    wide, tight = exact(critic)
    assert donsker_varadhan(critic[AT_P], critic[AT_Q]) == pytest.approx(wide, rel=1e-12, abs=1e-12)
    assert nwj(critic[AT_P], critic[AT_Q]) == pytest.approx(tight, rel=1e-12, abs=1e-12)


@given(critics)
def test_order_of_the_bounds(critic):
    looser, better = nwj(critic[AT_P], critic[AT_Q]), donsker_varadhan(critic[AT_P], critic[AT_Q])
    assert looser <= better + 1e-12
    assert better <= kl_divergence(P, Q) + 1e-12


def test_the_best_critics_leave_nothing_out():
    best = np.log(P / Q)
    for constant in (-3.0, 0.0, 7.0):
        assert donsker_varadhan((best + constant)[AT_P], (best + constant)[AT_Q]) == pytest.approx(kl_divergence(P, Q), rel=1e-13, abs=0)
    assert nwj((1 + best)[AT_P], (1 + best)[AT_Q]) == pytest.approx(kl_divergence(P, Q), rel=1e-13, abs=0)
    assert nwj(best[AT_P], best[AT_Q]) < kl_divergence(P, Q) - 0.1


@given(critics)
def test_nwj_is_the_f_gan_bound_of_kl(critic):
    """f(t) = t log t has the conjugate e^(y − 1)."""
    assert nwj(critic[AT_P], critic[AT_Q]) == pytest.approx(f_gan_bound(critic, P, Q, "kl"), rel=1e-12, abs=1e-12)


def test_over_samples_one_is_unbiased_and_the_other_too_large():
    """All 3^4 samples of four draws from Q, each with its probability: no randomness."""
    critic = np.array([1.5, 0.5, -2.0])
    draws = np.stack(np.meshgrid(*[range(3)] * 4), -1).reshape(-1, 4)
    weight = Q[draws].prod(1)
    at_p = np.broadcast_to(critic[AT_P], (len(draws), 8))
    assert weight @ nwj(at_p, critic[draws]) == pytest.approx(exact(critic)[1], rel=1e-12, abs=0)
    assert weight @ donsker_varadhan(at_p, critic[draws]) > exact(critic)[0] + 0.1


def test_infinities_and_large_values():
    assert donsker_varadhan([1e4], [1e4, -math.inf]) == pytest.approx(math.log(2), rel=1e-12, abs=0)
    assert donsker_varadhan([-math.inf, 0.0], [0.0]) == -math.inf
    assert donsker_varadhan([0.0], [-1e4]) == 1e4
    assert nwj([0.0], [-math.inf]) == 0.0
    assert nwj([0.0], [1e4]) == -math.inf


def test_shapes_and_array_libraries(library):
    p, q = np.linspace(-1, 1, 12).reshape(3, 1, 4), np.linspace(0, 1, 10).reshape(2, 5)
    for bound in (donsker_varadhan, nwj):
        value = bound(library.array(p), library.array(q))
        assert library.is_native(value) and tuple(value.shape) == (3, 2)
        np.testing.assert_allclose(library.numpy(value), bound(p, q), rtol=1e-13)
        single = bound(library.array(p, "float32"), library.array(q, "float32"))
        assert library.dtype(single) == "float32"


def test_gradients(differentiable):
    """Raising T at a sample of P gains 1/n; at a sample of Q it costs the sample's share of the exponentials."""
    p, q = np.array([0.2, -0.4, 1.0]), np.array([0.5, -0.5])
    share = np.exp(q) / np.exp(q).sum()
    for bound, cost in ((donsker_varadhan, share), (nwj, np.exp(q - 1) / 2)):
        at_p, at_q = differentiable.gradients(bound, p, q)
        np.testing.assert_allclose(at_p, np.full(3, 1 / 3), rtol=1e-12)
        np.testing.assert_allclose(at_q, -cost, rtol=1e-12)


@pytest.mark.parametrize("bound", [donsker_varadhan, nwj])
@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        ([math.nan], [0.0], "^critic_p must be finite or -inf, got nan"),
        ([0.0], [0.0, math.inf], "^critic_q must be finite or -inf, got inf at index 1"),
        ([], [0.0], "^critic_p must have samples"),
        ([0.0], 1.0, "^critic_q must have samples"),
        ([[0.0], [1.0]], [[0.0], [0.0], [0.0]], "^the shapes do not broadcast"),
        ([[[0.0]], [[1.0]]], [[[0.0]] * 2] * 3, "^the shapes do not broadcast"),
        (np.zeros((2, 0)), [0.0], "^critic_p must have samples"),
        (["a"], [0.0], "^critic_p must hold real numbers"),
    ],
)
def test_bad_input(bound, p, q, message):
    with pytest.raises(ValueError, match=message):
        bound(p, q)


def test_a_critic_that_shuts_out_every_sample_of_q():
    with pytest.raises(ValueError, match="^critic_q must be above -inf at one sample"):
        donsker_varadhan([0.0], [-math.inf, -math.inf])
