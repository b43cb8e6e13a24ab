r"""The derivations of the book: functions from a worked example to a `Derivation`.

Every line is computed from its own expression with plain sums over the support, never by calling the
function whose formula is being derived.

>>> import math
>>> from kltext import derivations
>>> derivations.kl_by_surprise([1.0, 0.0], [0.5, 0.5]).values() == [math.log(2)] * 3
True

Explained in: chapters/kl-divergence
"""

from kltext.derivations.codes import betting_growth, wrong_code_cost
from kltext.derivations.convexity import joint_convexity
from kltext.derivations.discriminator import optimal_discriminator
from kltext.derivations.entropy import (
    entropy_bound,
    entropy_chain_rule,
    gaussian_maximum_entropy,
    maximum_entropy,
    source_coding,
)
from kltext.derivations.evidence import elbo_by_importance_weights, elbo_by_jensen, elbo_by_kl, vae_kl
from kltext.derivations.f_gan import f_gan_bound
from kltext.derivations.families import bregman, bregman_dual
from kltext.derivations.gaussian import gaussian_kl
from kltext.derivations.gaussian_likelihood import gaussian_likelihood
from kltext.derivations.information import information_gain
from kltext.derivations.likelihood import distillation_gradient, label_smoothing, maximum_likelihood
from kltext.derivations.multivariate import mvn_kl
from kltext.derivations.nonnegativity import gibbs, gibbs_by_tangent
from kltext.derivations.pairs import chain_rule, data_processing, total_correlation
from kltext.derivations.pinsker import pinsker
from kltext.derivations.projection import pythagoras
from kltext.derivations.surprise import cross_entropy_identity, kl_by_surprise
from kltext.derivations.tilting import rlhf_optimum
from kltext.derivations.trust_region import trust_region

__all__ = [
    "betting_growth",
    "bregman",
    "bregman_dual",
    "chain_rule",
    "cross_entropy_identity",
    "data_processing",
    "distillation_gradient",
    "elbo_by_importance_weights",
    "elbo_by_jensen",
    "elbo_by_kl",
    "entropy_bound",
    "entropy_chain_rule",
    "f_gan_bound",
    "gaussian_kl",
    "gaussian_likelihood",
    "gaussian_maximum_entropy",
    "gibbs",
    "gibbs_by_tangent",
    "information_gain",
    "joint_convexity",
    "kl_by_surprise",
    "label_smoothing",
    "maximum_entropy",
    "maximum_likelihood",
    "mvn_kl",
    "optimal_discriminator",
    "pinsker",
    "pythagoras",
    "rlhf_optimum",
    "source_coding",
    "total_correlation",
    "trust_region",
    "vae_kl",
    "wrong_code_cost",
]
