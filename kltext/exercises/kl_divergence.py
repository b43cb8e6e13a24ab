"""The exercises of the chapter on KL divergence."""

from __future__ import annotations

import math

import numpy as np

from kltext import cross_entropy, entropy, gaussian_kl, kl_divergence, mvn_kl, surprisal
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input, laws
from kltext.exercises.mistakes import CANCELLATION, DIVERGENCE_SYMPTOMS, ROW_IMITATIONS, SECOND_CANCELLATION
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import divergence_properties, exact_when_nearly_equal, row_properties

# kl-warm-coin: a coin that lands heads nine times in ten, described by a fair one.
COIN, FAIR = (0.9, 0.1), (0.5, 0.5)

warm_coin = NumberExercise(
    "kl-warm-coin",
    answer=lambda: float(kl_divergence(COIN, FAIR, base=2)),
    unit="bits",
    wrong=[
        Wrong("That is D(Q‖P): the fair coin did the weighing.", lambda: float(kl_divergence(FAIR, COIN, base=2))),
        Wrong(
            "That is the entropy H(P). The divergence is what the fair coin's code costs beyond it.",
            lambda: float(entropy(COIN, base=2)),
        ),
        Wrong("That is the cross-entropy H(P, Q). Subtract H(P).", lambda: float(cross_entropy(COIN, FAIR, base=2))),
        Wrong(
            "The two log-ratios were added without their weights 0.9 and 0.1.",
            lambda: float(np.sum(np.log2(np.divide(COIN, FAIR)))),
        ),
    ],
)

# kl-infinite: which direction is finite?
FULL, SHORT = (0.7, 0.2, 0.1), (0.8, 0.2, 0.0)
KEPT = 2  # the first outcomes, which both laws allow

infinite = NumberExercise(
    "kl-infinite",
    answer=lambda: float(kl_divergence(SHORT, FULL)),
    unit="nats",
    wrong=[
        Wrong(
            "That is D(P‖Q): P allows the third outcome and Q rules it out. The other direction is finite.",
            lambda: float(kl_divergence(FULL, SHORT)),
        ),
        Wrong(
            "A sum of D(P‖Q) without the third outcome. A negative divergence is a sure sign of a dropped term: that one is infinite.",
            lambda: float(np.sum(np.multiply(FULL[:KEPT], np.log(np.divide(FULL[:KEPT], SHORT[:KEPT]))))),
        ),
        Wrong(
            "P was cut to the first two outcomes and rescaled. That answers another question: D(P‖Q) as it stands is infinite.",
            lambda: float(kl_divergence(np.divide(FULL[:KEPT], sum(FULL[:KEPT])), SHORT[:KEPT])),
        ),
        Wrong(
            "That comes from D(P‖Q) with 10⁻¹² in place of the zero. The zero is the point: that direction is infinite.",
            lambda: float(np.sum(np.multiply(FULL, np.log(np.divide(FULL, np.maximum(SHORT, 1e-12)))))),
        ),
    ],
)

# kl-evidence-clock: heads three times in four; how long until the odds against a fair coin reach 100 to 1?
BIASED, ODDS = (0.75, 0.25), 100.0

evidence_clock = NumberExercise(
    "kl-evidence-clock",
    answer=lambda: math.log(ODDS) / float(kl_divergence(BIASED, FAIR)),
    unit="flips",
    wrong=[
        Wrong(
            "That divides by D(fair‖biased): the pace at which a fair coin would argue for itself. Here the biased coin is being flipped.",
            lambda: math.log(ODDS) / float(kl_divergence(FAIR, BIASED)),
        ),
        Wrong(
            "Units are mixed: log 100 in nats over a divergence in bits. Use one logarithm for both.",
            lambda: math.log(ODDS) / float(kl_divergence(BIASED, FAIR, base=2)),
        ),
        Wrong(
            "Units are mixed: log 100 in bits over a divergence in nats. Use one logarithm for both.",
            lambda: math.log2(ODDS) / float(kl_divergence(BIASED, FAIR)),
        ),
        Wrong(
            "Units are mixed: log₁₀ 100 over a divergence in nats. Use one logarithm for both.",
            lambda: math.log10(ODDS) / float(kl_divergence(BIASED, FAIR)),
        ),
        Wrong(
            "Units are mixed: log₁₀ 100 over a divergence in bits. Use one logarithm for both.",
            lambda: math.log10(ODDS) / float(kl_divergence(BIASED, FAIR, base=2)),
        ),
        Wrong(
            "That is how long the odds take to double. They have to reach 100 to 1.",
            lambda: 1 / float(kl_divergence(BIASED, FAIR, base=2)),
        ),
        Wrong(
            "The odds multiply from flip to flip; it is their logarithm that grows by D each time.",
            lambda: ODDS / float(kl_divergence(BIASED, FAIR)),
        ),
        Wrong(
            "Right, rounded up to a whole flip. Give the number before rounding.",
            lambda: math.ceil(math.log(ODDS) / float(kl_divergence(BIASED, FAIR))),
        ),
    ],
)

# kl-chain: a joint law of two bits against a model in which y ignores x.
P_X, P_Y_GIVEN_X = np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.2, 0.8]])
Q_X, Q_Y_GIVEN_X = np.array([0.6, 0.4]), np.array([[0.5, 0.5], [0.5, 0.5]])


def _joint(first: np.ndarray, conditional: np.ndarray) -> np.ndarray:
    return np.ravel(first[:, None] * conditional)


def _first_term() -> float:
    return float(kl_divergence(P_X, Q_X))


def _rows() -> np.ndarray:
    """D(P(y|x)‖Q(y|x)) for each x."""
    return np.asarray(kl_divergence(P_Y_GIVEN_X, Q_Y_GIVEN_X))


chain = NumberExercise(
    "kl-chain",
    answer=lambda: float(kl_divergence(_joint(P_X, P_Y_GIVEN_X), _joint(Q_X, Q_Y_GIVEN_X))),
    unit="nats",
    wrong=[
        Wrong(
            "The conditional divergences were averaged with Q(x). P generates the x, so P(x) weighs them.",
            lambda: _first_term() + float(Q_X @ _rows()),
        ),
        Wrong(
            "The conditional divergences were added without weights. Each x counts as often as it occurs, P(x).",
            lambda: _first_term() + float(np.sum(_rows())),
        ),
        Wrong(
            "That is the divergence between the marginals of x. What y tells, given x, is still missing.", _first_term
        ),
        Wrong(
            "That is the conditional term alone. The divergence between the marginals of x is missing.",
            lambda: float(P_X @ _rows()),
        ),
        Wrong(
            "That is the divergence between the marginals of y: it forgets x, and how y hangs on it.",
            lambda: float(kl_divergence(P_X @ P_Y_GIVEN_X, Q_X @ Q_Y_GIVEN_X)),
        ),
        Wrong(
            "That adds the divergences of the two marginals, as if x and y were independent under P. They are not.",
            lambda: _first_term() + float(kl_divergence(P_X @ P_Y_GIVEN_X, Q_X @ Q_Y_GIVEN_X)),
        ),
        Wrong("That is D(Q‖P).", lambda: float(kl_divergence(_joint(Q_X, Q_Y_GIVEN_X), _joint(P_X, P_Y_GIVEN_X)))),
    ],
)

# kl-gauss: N(0, 1) described by N(0, 4), where 4 is the variance.
VARIANCE = 4.0

gauss = NumberExercise(
    "kl-gauss",
    answer=lambda: float(gaussian_kl(0, 1, 0, math.sqrt(VARIANCE))),
    unit="nats",
    wrong=[
        Wrong(
            "That takes 4 for the standard deviation. It is the variance: σ = 2.",
            lambda: float(gaussian_kl(0, 1, 0, VARIANCE)),
        ),
        Wrong(
            "That is D(Q‖P): the wide law did the weighing.", lambda: float(gaussian_kl(0, math.sqrt(VARIANCE), 0, 1))
        ),
        Wrong(
            "That is D(Q‖P), with 4 taken for the standard deviation; it is the variance.",
            lambda: float(gaussian_kl(0, VARIANCE, 0, 1)),
        ),
        Wrong("A factor ½ is missing.", lambda: 2 * float(gaussian_kl(0, 1, 0, math.sqrt(VARIANCE)))),
        Wrong(
            "One term is off: σ_P²/σ_Q² is ¼, and ½ was used for it. The same slip stands in print.",
            lambda: 0.5 * (math.log(VARIANCE) - 1 + 1 / math.sqrt(VARIANCE)),
        ),
        Wrong("The constant −½ is missing.", lambda: float(gaussian_kl(0, 1, 0, math.sqrt(VARIANCE))) + 0.5),
        Wrong(
            "The logarithm's share is missing.",
            lambda: float(gaussian_kl(0, 1, 0, math.sqrt(VARIANCE))) - 0.5 * math.log(VARIANCE),
        ),
    ],
)

# kl-triangle: three coins.
COIN_P, COIN_Q, COIN_R = (0.5, 0.5), (0.25, 0.75), (0.1, 0.9)


def _excess(p: tuple[float, ...], q: tuple[float, ...], r: tuple[float, ...]) -> float:
    """By how much the direct way from the first law to the last exceeds the way over the second."""
    return float(kl_divergence(p, r)) - float(kl_divergence(p, q)) - float(kl_divergence(q, r))


triangle = NumberExercise(
    "kl-triangle",
    answer=lambda: _excess(COIN_P, COIN_Q, COIN_R),
    unit="nats",
    wrong=[
        Wrong(
            "That is D(P‖R), the direct way. Subtract the two steps of the way over Q.",
            lambda: float(kl_divergence(COIN_P, COIN_R)),
        ),
        Wrong(
            "That is the way over Q, D(P‖Q) + D(Q‖R). Subtract it from the direct way.",
            lambda: float(kl_divergence(COIN_P, COIN_Q)) + float(kl_divergence(COIN_Q, COIN_R)),
        ),
        Wrong("All three divergences were taken in the other direction.", lambda: _excess(COIN_R, COIN_Q, COIN_P)),
        Wrong(
            "Only the first step was subtracted; D(Q‖R) is missing.",
            lambda: float(kl_divergence(COIN_P, COIN_R)) - float(kl_divergence(COIN_P, COIN_Q)),
        ),
        Wrong(
            "Only the second step was subtracted; D(P‖Q) is missing.",
            lambda: float(kl_divergence(COIN_P, COIN_R)) - float(kl_divergence(COIN_Q, COIN_R)),
        ),
    ],
)

# kl-bits-lost: smoothing the target of a model that rules an outcome out.
LABEL, MODEL, SMOOTHING = np.array([1.0, 0.0, 0.0]), np.array([0.9, 0.1, 0.0]), 0.1


def _smoothed(law: np.ndarray) -> np.ndarray:
    return (1 - SMOOTHING) * law + SMOOTHING / law.size


bits_lost = NumberExercise(
    "kl-bits-lost",
    answer=lambda: float(kl_divergence(_smoothed(LABEL), MODEL)),
    unit="nats",
    wrong=[
        Wrong(
            "That is the value before smoothing, with the one-hot label.", lambda: float(kl_divergence(LABEL, MODEL))
        ),
        Wrong(
            "That puts 10⁻¹² in place of the model's zero. The number it gives is a property of 10⁻¹², not of the two laws.",
            lambda: float(np.sum(_smoothed(LABEL) * np.log(_smoothed(LABEL) / np.maximum(MODEL, 1e-12)))),
        ),
        Wrong(
            "The model was smoothed. Label smoothing changes the target.",
            lambda: float(kl_divergence(LABEL, _smoothed(MODEL))),
        ),
        Wrong(
            "Both laws were smoothed. Label smoothing changes the target alone.",
            lambda: float(kl_divergence(_smoothed(LABEL), _smoothed(MODEL))),
        ),
        Wrong(
            "The third outcome was left out. After smoothing the target allows it; what does the model say?",
            lambda: float(np.sum((_smoothed(LABEL) * (surprisal(MODEL) - surprisal(_smoothed(LABEL))))[:2])),
        ),
    ],
    otherwise="Write down all three terms after smoothing, each with both of its probabilities, before adding anything.",
)

# kl-mvn: a correlated pair of Gaussians described by an uncorrelated one.
ORIGIN, CORRELATED, IDENTITY = np.zeros(2), np.array([[1.0, 0.8], [0.8, 1.0]]), np.eye(2)

mvn = NumberExercise(
    "kl-mvn",
    answer=lambda: float(mvn_kl(ORIGIN, CORRELATED, ORIGIN, IDENTITY)),
    unit="nats",
    wrong=[
        Wrong("That is D(Q‖P).", lambda: float(mvn_kl(ORIGIN, IDENTITY, ORIGIN, CORRELATED))),
        Wrong("A factor ½ is missing.", lambda: 2 * float(mvn_kl(ORIGIN, CORRELATED, ORIGIN, IDENTITY))),
        Wrong(
            "That looks at the variances alone, which agree. The covariance 0.8 is where the two laws differ.",
            lambda: float(mvn_kl(ORIGIN, np.diag(np.diag(CORRELATED)), ORIGIN, IDENTITY)),
        ),
        Wrong("The determinant is 1 − 0.8², not 1 − 0.8.", lambda: -0.5 * math.log(1 - CORRELATED[0, 1])),
        Wrong(
            "The dimension k = 2 was not subtracted.", lambda: float(mvn_kl(ORIGIN, CORRELATED, ORIGIN, IDENTITY)) + 1
        ),
    ],
)

# The functions: implement it, find the bug in one, keep its digits, do many at once.
PROPERTIES = divergence_properties(kl_divergence)

implement = FunctionExercise("kl-implement", kl_divergence, PROPERTIES)
bug = FunctionExercise("kl-bug", kl_divergence, PROPERTIES)
stable = FunctionExercise(
    "kl-stable",
    kl_divergence,
    [*PROPERTIES, exact_when_nearly_equal(kl_divergence)],
    symptoms=[*DIVERGENCE_SYMPTOMS, CANCELLATION, SECOND_CANCELLATION],
)
_ROWS = [law for d in (1, 2, 3, 4) for law in laws(3, d)]
rows = FunctionExercise(
    "kl-rows",
    kl_divergence,
    row_properties(kl_divergence),
    imitations=ROW_IMITATIONS,
    others=[Input(((p, q), (q, r)), ("P", "Q")) for p, q, r in zip(_ROWS, _ROWS[2:], _ROWS[5:], strict=False)],
)

EXERCISES = (warm_coin, infinite, evidence_clock, chain, gauss, triangle, bits_lost, mvn, implement, bug, stable, rows)
