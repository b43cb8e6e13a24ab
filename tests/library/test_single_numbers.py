"""Arguments that are one number: NumPy's count as Python's do, and never change the precision of the arrays."""

import math

import numpy as np
import pytest

from kltext import entropy, f_divergence, renyi_divergence, vae_loss
from kltext.advantages import gae
from kltext.policy import entropy_bonus
from kltext.ppo import adapt_kl_coefficient, ppo_clip_objective
from kltext.token_rewards import penalised_rewards

P, Q = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])
LOGITS = np.array([[1.0, 0.0, -1.0], [0.5, 0.25, 0.0]])
STEPS = np.array([1.0, -0.5, 2.0])
CALLS = {  # a function of the number, of an array whose precision it keeps
    "base": (0.5, lambda number, p: entropy(p, base=1 + number), P),
    "alpha": (0.5, lambda number, p: renyi_divergence(p, Q.astype(p.dtype), number), P),
    "coefficient": (0.5, lambda number, z: entropy_bonus(z, coefficient=number), LOGITS),
    "gamma": (0.5, lambda number, r: gae(r, r, 0.0, terminated=[0, 0, 0], gamma=number).advantages, STEPS),
    "lam": (0.5, lambda number, r: gae(r, r, 0.0, terminated=[0, 0, 0], lam=number).advantages, STEPS),
    "epsilon": (0.25, lambda number, r: ppo_clip_objective(r, -r, r, epsilon=number).value, STEPS),
    "beta": (0.5, lambda number, r: penalised_rewards(r, -r, r[0], beta=number), STEPS),
    "free_bits": (0.125, lambda number, z: vae_loss(np.round(np.abs(z)), z, z, z, free_bits=number).total, LOGITS),
}
KINDS = [np.float16, np.float32, np.float64, np.longdouble]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_a_number_of_numpy_is_a_number(name, kind, precision):
    number, function, array = CALLS[name]
    array = array.astype(precision)
    got, wanted = function(kind(number), array), function(number, array)
    assert np.array_equal(got, wanted)
    assert np.asarray(got).dtype == np.asarray(wanted).dtype == precision


@pytest.mark.parametrize("kind", [int, np.int8, np.uint64])
def test_whole_numbers_are_numbers(kind):
    assert entropy([0.5, 0.5], base=kind(2)) == 1
    assert entropy_bonus([[0.0, 0.0]], coefficient=kind(2)) == pytest.approx(2 * math.log(2), rel=1e-15, abs=0)
    assert adapt_kl_coefficient(kind(2), kind(1), kind(1)) == 2


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("bad", [True, np.True_, 0.5 + 0j, np.complex64(0.5), "0.5", [0.5], np.array([0.5]), math.nan])
def test_what_is_not_one_real_number_is_refused(name, bad):
    number, function, array = CALLS[name]
    if name == "base":
        function = lambda number, p: entropy(p, base=number)  # noqa: E731 - the number itself, 1 + True being 2
    with pytest.raises(ValueError, match=f"^{name} must"):
        function(bad, array)


@pytest.mark.parametrize("bad", [True, 0.5j, np.complex64(0.5), "x", None, math.inf])
def test_the_order_of_a_generator(bad):
    from kltext.generators import generator

    with pytest.raises(ValueError, match="^alpha must be a finite number"):
        generator("alpha", alpha=bad)
    assert f_divergence(P, Q, generator("alpha", alpha=np.float32(0.5))) == f_divergence(P, Q, generator("alpha", alpha=0.5))
