r"""The derivations of the book: functions from a worked example to a `Derivation`.

Every line is computed from its own expression with plain sums over the support, never by calling the
function whose formula is being derived.

>>> import math
>>> from kltext import derivations
>>> derivations.kl_by_surprise([1.0, 0.0], [0.5, 0.5]).values() == [math.log(2)] * 3
True

Explained in: chapters/kl-divergence
"""

from kltext.derivations.advantage_estimates import gae_as_average
from kltext.derivations.bins import binned_likelihood
from kltext.derivations.codes import betting_growth, wrong_code_cost
from kltext.derivations.concavity import entropy_concavity, mixture_information
from kltext.derivations.convexity import joint_convexity
from kltext.derivations.curvature import natural_gradient, natural_gradient_coordinates, second_order
from kltext.derivations.densities import binned_entropy, scaled_entropy
from kltext.derivations.directions import event_bound, geometric_mean, missed_mass, unnormalised_target
from kltext.derivations.discriminator import generator_slope, non_saturating, optimal_discriminator
from kltext.derivations.distillation import average_target, distillation_limit
from kltext.derivations.entropy import (
    entropy_bound,
    entropy_chain_rule,
    gaussian_maximum_entropy,
    maximum_entropy,
    source_coding,
)
from kltext.derivations.evidence import elbo_by_importance_weights, elbo_by_jensen, elbo_by_kl, vae_kl
from kltext.derivations.f_divergences import f_data_processing, f_gaps
from kltext.derivations.f_gan import alternative_loss, f_gan_bound
from kltext.derivations.families import bregman, bregman_dual
from kltext.derivations.gaussian import gaussian_kl
from kltext.derivations.gaussian_fits import mean_field, moment_matching, reverse_gradient
from kltext.derivations.gaussian_likelihood import gaussian_likelihood
from kltext.derivations.inequalities import bretagnolle_huber, hellinger_sandwich, mean_shift
from kltext.derivations.information import information_gain
from kltext.derivations.likelihood import distillation_gradient, label_smoothing, maximum_likelihood
from kltext.derivations.logarithm import only_logarithm
from kltext.derivations.loss_gradients import k1_as_loss, k2_as_loss, k3_as_loss
from kltext.derivations.multivariate import gaussian_total_correlation, mvn_kl
from kltext.derivations.nonnegativity import gibbs, gibbs_by_tangent
from kltext.derivations.observations import chernoff_bound, hellinger_errors
from kltext.derivations.pairs import chain_rule, data_processing, total_correlation
from kltext.derivations.partition import log_partition_curvature, log_partition_slope
from kltext.derivations.pinsker import pinsker
from kltext.derivations.preference import preference_margin
from kltext.derivations.prefix_codes import exchange, huffman_step, kraft, kraft_word
from kltext.derivations.projection import pythagoras
from kltext.derivations.renyi import gaussian_renyi, ratio_tail, renyi_monotone, renyi_two
from kltext.derivations.scores import brier_excess
from kltext.derivations.surprise import cross_entropy_identity, kl_by_surprise
from kltext.derivations.testing import js_by_urn, testing_advantage
from kltext.derivations.tilting import rlhf_optimum
from kltext.derivations.transport import wasserstein_line
from kltext.derivations.trust_region import trust_region
from kltext.derivations.variational import coordinate_ascent, elbo_splits, em_step, score_function

__all__ = [
    "alternative_loss",
    "average_target",
    "betting_growth",
    "binned_entropy",
    "binned_likelihood",
    "bregman",
    "bregman_dual",
    "bretagnolle_huber",
    "brier_excess",
    "chain_rule",
    "chernoff_bound",
    "coordinate_ascent",
    "cross_entropy_identity",
    "data_processing",
    "distillation_gradient",
    "distillation_limit",
    "elbo_by_importance_weights",
    "elbo_by_jensen",
    "elbo_by_kl",
    "elbo_splits",
    "em_step",
    "entropy_bound",
    "entropy_chain_rule",
    "entropy_concavity",
    "event_bound",
    "exchange",
    "f_data_processing",
    "f_gan_bound",
    "f_gaps",
    "gae_as_average",
    "gaussian_kl",
    "gaussian_likelihood",
    "gaussian_maximum_entropy",
    "gaussian_renyi",
    "gaussian_total_correlation",
    "geometric_mean",
    "generator_slope",
    "gibbs",
    "gibbs_by_tangent",
    "hellinger_errors",
    "hellinger_sandwich",
    "huffman_step",
    "information_gain",
    "joint_convexity",
    "js_by_urn",
    "k1_as_loss",
    "k2_as_loss",
    "k3_as_loss",
    "kl_by_surprise",
    "kraft",
    "kraft_word",
    "label_smoothing",
    "log_partition_curvature",
    "log_partition_slope",
    "maximum_entropy",
    "maximum_likelihood",
    "mean_field",
    "mean_shift",
    "missed_mass",
    "mixture_information",
    "moment_matching",
    "mvn_kl",
    "natural_gradient",
    "natural_gradient_coordinates",
    "non_saturating",
    "only_logarithm",
    "optimal_discriminator",
    "pinsker",
    "preference_margin",
    "pythagoras",
    "ratio_tail",
    "renyi_monotone",
    "renyi_two",
    "reverse_gradient",
    "rlhf_optimum",
    "scaled_entropy",
    "score_function",
    "second_order",
    "source_coding",
    "testing_advantage",
    "total_correlation",
    "trust_region",
    "unnormalised_target",
    "vae_kl",
    "wasserstein_line",
    "wrong_code_cost",
]
