"""Exact, differentiable building blocks of information theory: the library of *One Log-Ratio*.

The first argument P is the law that generates the data or weighs the average, the second argument Q
is the model that is charged.  Results are in nats unless ``base`` is given; outcomes are on the last
axis; everything else broadcasts.
"""

from kltext.advantages import gae
from kltext.bregman import bregman_divergence
from kltext.derivation import Derivation, DerivationError, Line
from kltext.divergence import js_distance, js_divergence, kl_divergence, total_variation
from kltext.elbo import elbo
from kltext.entropy import cross_entropy, entropy, perplexity, surprisal
from kltext.estimators import kl_estimators
from kltext.exponential import Bernoulli, Categorical, Exponential, ExponentialFamily, Gaussian, Poisson
from kltext.f_divergences import FGenerator, chi2_divergence, f_divergence, hellinger
from kltext.f_gan import f_gan_bound
from kltext.gan import gan_value, optimal_discriminator
from kltext.gaussian import gaussian_kl, mvn_kl
from kltext.gaussian_information import gaussian_entropy, mvn_entropy
from kltext.generator_losses import generator_loss
from kltext.information import conditional_entropy, information_gain, mutual_information
from kltext.logits import kl_from_logits
from kltext.mixtures import GaussianMixture
from kltext.ppo import adapt_kl_coefficient, ppo_clip_objective, ppo_kl_objective
from kltext.projections import i_projection, m_projection
from kltext.renyi import renyi_divergence
from kltext.rlhf import tilt
from kltext.vae import vae_kl, vae_loss
from kltext.wasserstein import wasserstein_1d

__all__ = [
    "Bernoulli",
    "Categorical",
    "Derivation",
    "DerivationError",
    "Exponential",
    "ExponentialFamily",
    "FGenerator",
    "Gaussian",
    "GaussianMixture",
    "Line",
    "Poisson",
    "adapt_kl_coefficient",
    "bregman_divergence",
    "chi2_divergence",
    "conditional_entropy",
    "cross_entropy",
    "elbo",
    "entropy",
    "f_divergence",
    "f_gan_bound",
    "gae",
    "gan_value",
    "gaussian_entropy",
    "gaussian_kl",
    "generator_loss",
    "hellinger",
    "i_projection",
    "information_gain",
    "js_distance",
    "js_divergence",
    "kl_divergence",
    "kl_estimators",
    "kl_from_logits",
    "m_projection",
    "mutual_information",
    "mvn_entropy",
    "mvn_kl",
    "optimal_discriminator",
    "perplexity",
    "ppo_clip_objective",
    "ppo_kl_objective",
    "renyi_divergence",
    "surprisal",
    "tilt",
    "total_variation",
    "vae_kl",
    "vae_loss",
    "wasserstein_1d",
]
