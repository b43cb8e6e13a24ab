"""The book's interactive widgets: the same sources run in a live notebook and on the static page."""

from kltext.widgets.answer_box import AnswerBox
from kltext.widgets.bregman_gap import BregmanGap
from kltext.widgets.categorical_fit import CategoricalFit
from kltext.widgets.clip_microscope import ClipMicroscope
from kltext.widgets.code_budget import CodeBudget
from kltext.widgets.discriminator_lens import DiscriminatorLens
from kltext.widgets.divergence_zoo import DivergenceZoo
from kltext.widgets.elbo_ledger import ElboLedger
from kltext.widgets.gan_trainer import GanTrainer
from kltext.widgets.gaussian_ellipses import GaussianEllipses
from kltext.widgets.gaussian_pair import GaussianPair
from kltext.widgets.kl_budget import KlBudget
from kltext.widgets.likelihood_fit import LikelihoodFit
from kltext.widgets.policy_simplex import PolicySimplex
from kltext.widgets.question_tree import QuestionTree
from kltext.widgets.ratio_microscope import RatioMicroscope
from kltext.widgets.renyi_dial import RenyiDial
from kltext.widgets.tilted_policy import TiltedPolicy
from kltext.widgets.two_projections import TwoProjections
from kltext.widgets.urn_game import UrnGame
from kltext.widgets.vae_playground import VaePlayground

__all__ = [
    "AnswerBox", "BregmanGap", "CategoricalFit", "ClipMicroscope", "CodeBudget", "DiscriminatorLens", "DivergenceZoo", "ElboLedger", "GanTrainer",
    "GaussianEllipses", "GaussianPair", "KlBudget", "LikelihoodFit", "PolicySimplex", "QuestionTree", "RatioMicroscope", "RenyiDial",
    "TiltedPolicy", "TwoProjections", "UrnGame", "VaePlayground",
]
