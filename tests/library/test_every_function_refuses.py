"""Every array argument of every public function, given what is no array of numbers: always a ValueError that names it."""

import importlib
import inspect
import pkgutil
from fractions import Fraction

import numpy as np
import pytest

import kltext
from kltext import GaussianMixture
from kltext.exponential import Bernoulli, Categorical, Exponential, Gaussian, Poisson

P, Q, LOGITS, ROW = [0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [0.1, -0.4, 1.2], [0.5, -1.0, 2.0]
COV = [[1.0, 0.2], [0.2, 2.0]]


def square(z):
    return -(z**2).sum(-1)


PAIR = {"p": P, "q": Q}
VALID = {
    "advantages.gae": {"rewards": ROW, "values": ROW, "last_value": 0.5, "terminated": [False, False, True], "truncated": [False, True, False], "final_values": ROW},
    "bregman.bregman_divergence": {"potential": square, "x": ROW, "y": ROW, "gradient": lambda v: -2 * v},
    "codes.codewords": {"lengths": [1, 2, 2]},
    "codes.expected_length": {"p": P, "lengths": [1, 2, 2]},
    "codes.huffman_lengths": {"p": P},
    "codes.kraft_sum": {"lengths": [1, 2, 2]},
    "codes.shannon_lengths": {"q": P},
    "divergence.js_distance": PAIR,
    "divergence.js_divergence": PAIR,
    "divergence.kl_divergence": PAIR,
    "divergence.total_variation": PAIR,
    "dpo.dpo_loss": {"log_prob_chosen": -1.0, "log_prob_rejected": -2.0, "reference_chosen": -1.5, "reference_rejected": -1.5, "beta": 0.1},
    "dpo.implicit_reward": {"log_prob": -1.0, "log_prob_reference": -2.0, "beta": 0.1},
    "elbo.elbo": {"log_joint": [-1.0, -2.0, -3.0], "q": P},
    "elbo.importance_weighted_bound": {"log_weights": ROW},
    "elbo_gradients.reparametrisation_gradient": {"log_joint": square, "mean": [0.0], "log_std": [0.0], "noise": [[0.5]], "gradient": lambda z: -2 * z},
    "elbo_gradients.score_function_gradient": {"log_joint": square, "mean": [0.0], "log_std": [0.0], "noise": [[0.5]], "baseline": 0.5},
    "entropy.cross_entropy": PAIR,
    "entropy.entropy": {"p": P},
    "entropy.perplexity": PAIR,
    "entropy.surprisal": {"p": P},
    "estimators.kl_estimators": {"log_p": [-1.0, -2.0], "log_q": [-1.5, -1.5]},
    "estimators.kl_from_neighbours": {"x": ROW, "y": [0.0, 1.0, 4.0]},
    "estimators.mean_and_error": {"values": ROW},
    "estimators.plug_in_kl": {"counts": [6, 4, 1], "q": Q},
    "f_divergences.chi2_divergence": PAIR,
    "f_divergences.f_divergence": {**PAIR, "generator": "kl"},
    "f_divergences.hellinger": PAIR,
    "f_gan.f_gan_bound": {"critic": ROW, **PAIR, "generator": "kl"},
    "f_gan.optimal_critic": {**PAIR, "generator": "kl"},
    "gan.discriminator_gap": {"d": P, **PAIR},
    "gan.gan_value": {"d": P, **PAIR},
    "gan.gan_value_from_logits": {"logits": ROW, **PAIR},
    "gan.optimal_discriminator": PAIR,
    "gan.optimal_logit": PAIR,
    "gaussian.gaussian_kl": {"mean_p": 0.0, "std_p": 1.0, "mean_q": 0.5, "std_q": 2.0},
    "gaussian.mvn_kl": {"mean_p": [0.0, 1.0], "cov_p": COV, "mean_q": [0.5, 0.5], "cov_q": COV},
    "gaussian_information.gaussian_entropy": {"std": [1.0, 2.0]},
    "gaussian_information.gaussian_fisher_information": {"std": [1.0, 2.0]},
    "gaussian_information.mvn_entropy": {"cov": COV},
    "generator_losses.generator_loss": {"logits": ROW, "weights": P},
    "generator_losses.non_saturating_divergence": PAIR,
    "inequalities.bretagnolle_huber": PAIR,
    "inequalities.hellinger_sandwich": PAIR,
    "inequalities.js_sandwich": PAIR,
    "inequalities.kl_below_chi2": PAIR,
    "inequalities.pinsker": PAIR,
    "information.conditional_entropy": {"joint": [[0.5, 0.2], [0.1, 0.2]]},
    "information.information_gain": {"prior": P, "posterior": Q},
    "information.mutual_information": {"joint": [[0.5, 0.2], [0.1, 0.2]]},
    "linear_gaussian.linear_gaussian_elbo": {"x": [1.0], "weights": [[1.0]], "bias": [0.0], "noise_cov": [[1.0]], "mean": [0.0], "cov": [[1.0]]},
    "linear_gaussian.linear_gaussian_posterior": {"x": [1.0], "weights": [[1.0]], "bias": [0.0], "noise_cov": [[1.0]]},
    "logits.kl_from_logits": {"logits_p": LOGITS, "logits_q": ROW},
    "mean_field.mean_field": {"mean": [0.0, 1.0], "cov": COV},
    "networks.output": {"net": [[[1.0], [2.0], [0.5]], [0.5]], "x": [ROW, ROW]},
    "policy.entropy_bonus": {"logits": LOGITS},
    "policy.policy_entropy": {"logits": LOGITS},
    "policy.policy_kl": {"logits_old": LOGITS, "logits_new": ROW},
    "ppo.ppo_clip_objective": {"log_prob_new": [-1.0], "log_prob_old": [-1.1], "advantage": [0.5]},
    "ppo.ppo_kl_objective": {"log_prob_new": [-1.0], "log_prob_old": [-1.1], "advantage": [0.5], "kl": [0.1], "beta": 0.2},
    "ppo.probability_ratio": {"log_prob_new": [-1.0], "log_prob_old": [-1.1]},
    "renyi.renyi_divergence": {**PAIR, "alpha": 2.0},
    "rlhf.regularised_reward": {"policy": P, "reference": Q, "reward": ROW, "beta": 0.5},
    "rlhf.reward_kl_frontier": {"reference": Q, "reward": ROW, "beta": [0.5, 1.0]},
    "rlhf.tilt": {"reference": Q, "reward": ROW, "beta": 0.5},
    "rlhf.tilted_value": {"reference": Q, "reward": ROW, "beta": 0.5},
    "token_rewards.penalised_rewards": {"log_prob": [-1.0, -2.0], "log_prob_reference": [-1.5, -1.5], "score": 0.5, "beta": 0.1, "mask": [True, False]},
    "vae.vae_kl": {"mean": [[0.0, 1.0]], "log_var": [[0.0, -1.0]]},
    "vae.vae_loss": {"x": [[0.0, 1.0]], "x_recon_logits": [[0.3, 2.0]], "mean": [[0.5]], "log_var": [[0.0]]},
    "variational_bounds.donsker_varadhan": {"critic_p": ROW, "critic_q": LOGITS},
    "variational_bounds.nwj": {"critic_p": ROW, "critic_q": LOGITS},
    "wasserstein.wasserstein_1d": {"x": ROW, "y": LOGITS, "x_weights": P, "y_weights": Q},
}
"""A valid call of every public function that takes arrays."""

ELSEWHERE = {
    "densities.density_js", "densities.density_kl", "densities.density_total_variation",  # take functions: test_densities
    "f_divergences.generator", "generators.generator",  # take a name
    "networks.new_net",  # takes sizes: test_networks
    "ppo.adapt_kl_coefficient",  # takes three numbers: test_ppo
    "projections.i_projection", "projections.m_projection",  # take a mixture: test_projections
}
NO_ARRAYS = {"potential", "gradient", "log_joint:elbo_gradients", "generator", "alpha", "beta:token_rewards", "net"}
FLAGS = {"terminated", "truncated", "mask"}

NONSENSE = {
    "text": "half",
    "texts": ["a", "b", "c"],
    "nothing": [None, 1.0, 1.0],
    "fractions": [Fraction(1, 2), Fraction(1, 2)],
    "complex": np.array([0.5 + 0j, 0.5]),
    "ragged": [[0.5, 0.5], [1.0]],
    "dictionary": {"a": 0.5},
    "masked": np.ma.masked_array([0.5, 0.5], [False, True]),
    "booleans": [True, False, True],
    "NaN": "of the valid shape",
}


def public_functions():
    for found in pkgutil.iter_modules(kltext.__path__):
        if found.name.startswith("_") or found.name in ("derivation", "derivations", "exercises", "plots", "progress", "widgets"):
            continue
        module = importlib.import_module(f"kltext.{found.name}")
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)):
                yield f"{found.name}.{name}"


def test_the_table_is_complete():
    assert set(public_functions()) == set(VALID) | ELSEWHERE
    assert not set(VALID) & ELSEWHERE


def arguments():
    for name, valid in VALID.items():
        module = name.partition(".")[0]
        for argument in valid:
            if argument not in NO_ARRAYS and f"{argument}:{module}" not in NO_ARRAYS:
                yield name, argument


def function(name):
    module, _, attribute = name.partition(".")
    return getattr(importlib.import_module(f"kltext.{module}"), attribute)


@pytest.mark.parametrize("name", VALID)
def test_the_valid_call_is_valid(name):
    function(name)(**VALID[name])


@pytest.mark.parametrize(("name", "argument"), list(arguments()))
def test_nonsense_is_refused_by_name(name, argument):
    for kind, nonsense in NONSENSE.items():
        if kind == "booleans" and argument in FLAGS:
            continue
        bad = np.full(np.shape(VALID[name][argument]), np.nan) if kind == "NaN" else nonsense
        with pytest.raises(ValueError, match=rf"(?s)\b{argument}\b"):
            function(name)(**{**VALID[name], argument: bad})
            pytest.fail(f"{name} took {kind} for {argument}")


MEMBERS = {
    Bernoulli(): (0.5, 0.4),
    Categorical(): ([0.5, -1.0], [0.3, 0.3]),
    Poisson(): (0.5, 2.0),
    Exponential(): (-0.5, 2.0),
    Gaussian(): ([0.5, -1.0], [0.5, 2.0]),
}


@pytest.mark.parametrize("family", MEMBERS, ids=repr)
def test_families_refuse_nonsense(family):
    natural, mean = MEMBERS[family]
    calls = {
        "natural": (family.log_partition, family.mean, family.fisher_information, lambda natural: family.log_prob(1.0, natural)),
        "mean": (family.natural, family.conjugate),
        "natural_p": (lambda natural_p: family.kl(natural_p, natural),),
        "natural_q": (lambda natural_q: family.kl(natural, natural_q),),
        "x": (lambda x: family.log_prob(x, natural),),
    }
    for argument, functions in calls.items():
        for kind, nonsense in NONSENSE.items():
            shape = np.shape(mean if argument == "mean" else natural if argument != "x" else 0.0)
            for called in functions:
                with pytest.raises(ValueError, match=rf"\b{argument}\b"):
                    called(np.full(shape, np.nan) if kind == "NaN" else nonsense)
                    pytest.fail(f"{family} took {kind} for {argument}")


@pytest.mark.parametrize("argument", ["weights", "means", "stds"])
def test_mixtures_refuse_nonsense(argument):
    valid = {"weights": [0.5, 0.5], "means": [0.0, 1.0], "stds": [1.0, 2.0]}
    for kind, nonsense in NONSENSE.items():
        with pytest.raises(ValueError, match=rf"\b{argument}\b"):
            GaussianMixture(**{**valid, argument: np.full(2, np.nan) if kind == "NaN" else nonsense})
            pytest.fail(f"took {kind}")
