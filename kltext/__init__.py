"""Exact, differentiable building blocks of information theory: the library of *One Log-Ratio*.

The first argument P is the law that generates the data or weighs the average, the second argument Q
is the model that is charged.  Results are in nats unless ``base`` is given; outcomes are on the last
axis; everything else broadcasts.
"""

from kltext.derivation import Derivation, DerivationError, Line
from kltext.divergence import js_distance, js_divergence, kl_divergence, total_variation
from kltext.entropy import cross_entropy, entropy, surprisal
from kltext.gaussian import gaussian_kl, mvn_kl

__all__ = [
    "Derivation",
    "DerivationError",
    "Line",
    "cross_entropy",
    "entropy",
    "gaussian_kl",
    "js_distance",
    "js_divergence",
    "kl_divergence",
    "mvn_kl",
    "surprisal",
    "total_variation",
]
