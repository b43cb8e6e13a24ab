"""A batch is its rows: what a function returns for several laws at once is what it returns for each alone, in either precision.

Every argument is also left a single row beside batches of the others, so that each of them broadcasts.
"""

import importlib

import numpy as np
import pytest

from kltext.exponential import Bernoulli, Categorical, Exponential, Gaussian, Poisson

RNG = np.random.default_rng(11)
SHAPE, OUTCOMES = (3, 2), 4  # two axes, of different lengths, before the outcomes
ROWS = list(np.ndindex(SHAPE))


def laws():
    return RNG.dirichlet(np.ones(OUTCOMES), SHAPE)


def numbers(*shape):
    return RNG.normal(size=(*SHAPE, *shape))


def covariances(k):
    roots = numbers(k, k + 2)
    return roots @ roots.swapaxes(-1, -2)


PAIR = {"p": laws(), "q": laws()}
NORMALS = {"mean_p": numbers(2), "cov_p": covariances(2), "mean_q": numbers(2), "cov_q": covariances(2)}
LINEAR = {"x": numbers(3), "weights": numbers(3, 2), "bias": numbers(3), "noise_cov": covariances(3)}
TILT = {"reference": laws(), "reward": numbers(OUTCOMES)}
JOINT = RNG.dirichlet(np.ones(6), SHAPE).reshape(*SHAPE, 2, 3)
CALLS = {
    "codes.expected_length": ({"p": laws(), "lengths": RNG.integers(1, 9, (*SHAPE, OUTCOMES)).astype(float)}, {}),
    "codes.kraft_sum": ({"lengths": RNG.integers(1, 9, (*SHAPE, OUTCOMES)).astype(float)}, {}),
    "codes.shannon_lengths": ({"q": laws()}, {}),
    **{f"divergence.{name}": (PAIR, {}) for name in ("js_distance", "js_divergence", "kl_divergence", "total_variation")},
    "dpo.implicit_reward": ({"log_prob": -np.exp(numbers()), "log_prob_reference": -np.exp(numbers())}, {"beta": 0.3}),
    "elbo.elbo": ({"log_joint": numbers(OUTCOMES), "q": laws()}, {}),
    "elbo.importance_weighted_bound": ({"log_weights": numbers(5)}, {}),
    "entropy.cross_entropy": (PAIR, {}),
    "entropy.entropy": ({"p": laws()}, {}),
    "entropy.perplexity": (PAIR, {}),
    "estimators.kl_estimators": ({"log_p": numbers(), "log_q": numbers()}, {}),
    "estimators.plug_in_kl": ({"counts": RNG.integers(1, 9, (*SHAPE, OUTCOMES)), "q": laws()}, {}),
    "f_divergences.f_divergence": (PAIR, {"generator": "jeffreys"}),
    "f_divergences.chi2_divergence": (PAIR, {}),
    "f_divergences.hellinger": (PAIR, {}),
    "f_gan.f_gan_bound": ({"critic": numbers(OUTCOMES), **PAIR}, {"generator": "kl"}),
    "f_gan.optimal_critic": (PAIR, {"generator": "kl"}),
    "gan.discriminator_gap": ({"d": RNG.uniform(size=(*SHAPE, OUTCOMES)), **PAIR}, {}),
    "gan.gan_value": ({"d": RNG.uniform(size=(*SHAPE, OUTCOMES)), **PAIR}, {}),
    "gan.gan_value_from_logits": ({"logits": numbers(OUTCOMES), **PAIR}, {}),
    "gan.optimal_discriminator": (PAIR, {}),
    "gan.optimal_logit": (PAIR, {}),
    "gaussian.gaussian_kl": ({"mean_p": numbers(), "std_p": np.exp(numbers()), "mean_q": numbers(), "std_q": np.exp(numbers())}, {}),
    "gaussian.mvn_kl": (NORMALS, {}),
    "gaussian_information.gaussian_entropy": ({"std": np.exp(numbers())}, {}),
    "gaussian_information.gaussian_fisher_information": ({"std": np.exp(numbers())}, {}),
    "gaussian_information.mvn_entropy": ({"cov": covariances(3)}, {}),
    "generator_losses.non_saturating_divergence": (PAIR, {}),
    **{f"inequalities.{name}": (PAIR, {}) for name in ("bretagnolle_huber", "hellinger_sandwich", "js_sandwich", "kl_below_chi2", "pinsker")},
    "information.conditional_entropy": ({"joint": JOINT}, {}),
    "information.information_gain": ({"prior": laws(), "posterior": laws()}, {}),
    "information.mutual_information": ({"joint": JOINT}, {}),
    "linear_gaussian.linear_gaussian_elbo": ({**LINEAR, "mean": numbers(2), "cov": covariances(2)}, {}),
    "linear_gaussian.linear_gaussian_posterior": (LINEAR, {}),
    "logits.kl_from_logits": ({"logits_p": numbers(OUTCOMES), "logits_q": numbers(OUTCOMES)}, {}),
    "mean_field.mean_field": ({"mean": numbers(3), "cov": covariances(3)}, {}),
    "policy.policy_entropy": ({"logits": numbers(OUTCOMES)}, {}),
    "policy.policy_kl": ({"logits_old": numbers(OUTCOMES), "logits_new": numbers(OUTCOMES)}, {}),
    "renyi.renyi_divergence": (PAIR, {"alpha": 0.3}),
    "rlhf.regularised_reward": ({"policy": laws(), **TILT, "beta": np.exp(numbers())}, {}),
    "rlhf.tilt": ({**TILT, "beta": np.exp(numbers())}, {}),
    "rlhf.tilted_value": ({**TILT, "beta": np.exp(numbers())}, {}),
    "token_rewards.penalised_rewards": (
        {"log_prob": numbers(5), "log_prob_reference": numbers(5), "score": numbers()},
        {"beta": 0.3, "mask": [0, 1, 1, 1, 0]},
    ),
    "vae.vae_kl": ({"mean": numbers(2), "log_var": numbers(2)}, {}),
    "variational_bounds.donsker_varadhan": ({"critic_p": numbers(5), "critic_q": numbers(5)}, {}),
    "variational_bounds.nwj": ({"critic_p": numbers(5), "critic_q": numbers(5)}, {}),
}
IN_DOUBLE = {"codes.shannon_lengths", "estimators.plug_in_kl"}  # NumPy's doubles, whatever comes in
MEMBERS = {
    Bernoulli(): (numbers(), RNG.uniform(size=SHAPE)),
    Categorical(): (numbers(3), RNG.dirichlet(np.ones(4), SHAPE)[..., :3]),
    Poisson(): (numbers(), np.exp(numbers())),
    Exponential(): (-np.exp(numbers()), np.exp(numbers())),
    Gaussian(): (np.stack([numbers(), -np.exp(numbers())], -1), np.stack([(first := numbers()), first**2 + np.exp(numbers())], -1)),
}


def function(name):
    module, _, attribute = name.partition(".")
    return getattr(importlib.import_module(f"kltext.{module}"), attribute)


def parts(result):
    return [number for part in result for number in parts(part)] if isinstance(result, tuple) else [result]


def assert_rows(batch, rows, tolerance):
    for at_once, *alone in zip(parts(batch), *(parts(row) for row in rows), strict=True):
        np.testing.assert_allclose(at_once, np.reshape(alone, SHAPE + np.shape(alone[0])), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", CALLS)
def test_a_batch_is_its_rows(name):
    arrays, options = CALLS[name]
    called = function(name)
    assert_rows(called(**arrays, **options), [called(**{k: v[i] for k, v in arrays.items()}, **options) for i in ROWS], 1e-13)
    for single in arrays if len(arrays) > 1 else ():
        mixed = {k: v[0, 0] if k == single else v for k, v in arrays.items()}
        rows = [called(**{k: v[(0, 0) if k == single else i] for k, v in arrays.items()}, **options) for i in ROWS]
        assert_rows(called(**mixed, **options), rows, 1e-13)


@pytest.mark.parametrize("name", sorted(set(CALLS) - IN_DOUBLE))
def test_single_precision_stays_single(name):
    arrays, options = CALLS[name]
    single = {k: v.astype("float32") for k, v in arrays.items()}
    found = function(name)(**single, **options)
    exact = function(name)(**arrays, **options)
    for low, high in zip(parts(found), parts(exact), strict=True):
        assert low.dtype == np.float32
        np.testing.assert_allclose(low, high, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("family", MEMBERS, ids=repr)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_members_of_a_family(family, dtype):
    natural, mean = (a.astype(dtype) for a in MEMBERS[family])
    x = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], dtype)
    calls = {
        "log_partition": (natural,), "mean": (natural,), "fisher_information": (natural,), "natural": (mean,), "conjugate": (mean,),
        "kl": (natural, natural[::-1]), "log_prob": (x, natural),
    }  # fmt: skip
    for name, arguments in calls.items():
        called = getattr(family, name)
        batch = called(*arguments)
        assert batch.dtype == dtype, name
        assert_rows(batch, [called(*(a[i] for a in arguments)) for i in ROWS], 1e-13 if dtype == "float64" else 1e-5)
