"""The derivations of the chapter on cross-entropy hold on random examples, and end where kltext's functions do."""

import math
from statistics import NormalDist

import mpmath
import numpy as np
import pytest

from kltext import cross_entropy, derivations, entropy, gaussian_kl, kl_divergence

LAWS = [tuple(np.random.default_rng(seed).dirichlet(np.full(n, 0.7), size=3)) for seed, n in enumerate([2, 3, 5, 12] * 5)]


@pytest.mark.parametrize("laws", LAWS)
def test_wrong_code_cost(laws):
    p, q, _ = laws
    values = derivations.wrong_code_cost(p, q).values()
    lengths = np.ceil(-np.log2(q))
    assert values[2] == pytest.approx(p @ lengths, rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(cross_entropy(p, q, base=2) + 1, rel=1e-12, abs=0)
    assert values[0] == pytest.approx(cross_entropy(p, q, base=2), rel=1e-12, abs=0) and values[0] <= values[2] < values[-1]


@pytest.mark.parametrize("k", range(60))
def test_whole_bits_of_powers_of_two(k):
    q = [2.0**-k, 1 - 2.0**-k] if k else [1.0, 0.0]
    assert derivations.wrong_code_cost([1.0, 0.0], q).values()[2] == k


def test_wrong_code_may_be_infinite():
    assert derivations.wrong_code_cost([0.5, 0.5], [1.0, 0.0]).values() == [math.inf] * 6


@pytest.mark.parametrize("laws", LAWS)
def test_betting_growth(laws):
    p, b, q = laws
    values = derivations.betting_growth(p, b, q).values()
    assert values[0] == pytest.approx(float(np.sum(p * np.log(b / q))), rel=1e-9, abs=1e-12)
    assert values[-1] == pytest.approx(kl_divergence(p, q), rel=1e-12, abs=0)
    assert derivations.betting_growth(p, p, q).values()[0] == pytest.approx(values[-1], rel=1e-9, abs=0)


@pytest.mark.parametrize("seed", range(10))
def test_maximum_likelihood(seed):
    rng = np.random.default_rng(seed)
    q, x = rng.dirichlet(np.ones(5)), rng.integers(0, 4, size=17)
    values = derivations.maximum_likelihood(x, q).values()
    frequencies = np.bincount(x, minlength=5) / 17
    assert values[0] == pytest.approx(-np.log(q[x]).mean(), rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(entropy(frequencies) + kl_divergence(frequencies, q), rel=1e-12, abs=0)


def test_maximum_likelihood_of_the_impossible():
    assert derivations.maximum_likelihood([0, 1], [1.0, 0.0]).values() == [math.inf] * 4


@pytest.mark.parametrize(
    ("x", "message"),
    [([0, 5], "observations must lie between 0 and 1, got 5"), ([0.5], "a list of positions"), ([], "a list of positions")],
)
def test_maximum_likelihood_says_what_is_wrong(x, message):
    with pytest.raises(ValueError, match=message):
        derivations.maximum_likelihood(x, [0.5, 0.5])


@pytest.mark.parametrize("smoothing", [0, 0.1, 0.5, 1])
@pytest.mark.parametrize("laws", LAWS[:8])
def test_label_smoothing(laws, smoothing):
    q = laws[0]
    target = (1 - smoothing) * np.eye(q.size)[1] + smoothing / q.size
    values = derivations.label_smoothing(q, 1, smoothing).values()
    assert values == pytest.approx([cross_entropy(target, q)] * 4, rel=1e-12, abs=0)


def test_label_smoothing_of_a_model_with_a_zero():
    assert derivations.label_smoothing([0.9, 0.1, 0.0], 0, 0.1).values() == [math.inf] * 4
    assert derivations.label_smoothing([0.9, 0.1, 0.0], 0, 0.0).values() == pytest.approx([-math.log(0.9)] * 4, rel=1e-12, abs=0)


@pytest.mark.parametrize("arguments", [([0.5, 0.5], 2, 0.1), ([0.5, 0.5], 0, 1.5), ([0.5, 0.6], 0, 0.1)])
def test_label_smoothing_says_what_is_wrong(arguments):
    with pytest.raises(ValueError, match=r"label|smoothing|q must"):
        derivations.label_smoothing(*arguments)


@pytest.mark.parametrize("temperature", [0.5, 1, 2, 20])
@pytest.mark.parametrize("seed", range(5))
def test_distillation_gradient(seed, temperature):
    """Against autograd's gradient of the same loss."""
    import autograd.numpy as anp
    from autograd import grad

    v, z = np.random.default_rng(seed).normal(size=(2, 4))

    def loss(z):
        def log_softmax(logits):
            return logits - anp.log(anp.sum(anp.exp(logits)))

        log_p, log_q = log_softmax(v / temperature), log_softmax(z / temperature)
        return temperature**2 * anp.sum(anp.exp(log_p) * (log_p - log_q))

    for i in range(4):
        values = derivations.distillation_gradient(v, z, temperature, i).values()
        assert values == pytest.approx([float(grad(loss)(z)[i])] * 3, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("arguments", [([0, 1], [0, 1, 2], 1), ([0, math.inf], [0, 1], 1), ([0, 1], [0, 1], 0), ([0, 1], [0, 1], 1, 2)])
def test_distillation_gradient_says_what_is_wrong(arguments):
    with pytest.raises(ValueError, match=r"student|teacher|temperature|coordinate"):
        derivations.distillation_gradient(*arguments)


@pytest.mark.parametrize("seed", range(8))
def test_gaussian_likelihood(seed):
    """Against the normal law of the standard library, and its best fit."""
    rng = np.random.default_rng(seed)
    x, mean, std = rng.normal(3, 2, size=12), rng.normal(), rng.uniform(0.3, 4)
    values = derivations.gaussian_likelihood(x, mean, std).values()
    model, best = NormalDist(mean, std), NormalDist(np.mean(x), np.std(x))
    assert values[0] == pytest.approx(-np.mean([math.log(model.pdf(a)) for a in x]), rel=1e-12, abs=0)
    floor = -np.mean([math.log(best.pdf(a)) for a in x])
    assert values[-1] == pytest.approx(floor + gaussian_kl(best.mean, best.stdev, mean, std), rel=1e-12, abs=0)
    assert values[0] >= floor


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 1.0], 0, 1), "not all equal"),
        (([1.0], 0, 1), "not all equal"),
        (([1.0, math.inf], 0, 1), "finite numbers"),
        (([1.0, 2.0], math.nan, 1), "mean must be finite, got nan"),
        (([1.0, 2.0], 0, 0), "std must be positive and finite, got 0"),
    ],
)
def test_gaussian_likelihood_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        derivations.gaussian_likelihood(*arguments)


POINTS = [-1.5, -0.5, 0.0, 0.5, 2.5]


@pytest.mark.parametrize("width", [0.5, 0.1, 1e-3, 1e-6])
@pytest.mark.parametrize(("mean", "std"), [(0.2, 1.33), (-8.0, 0.7), (0.0, 100.0)])
def test_binned_likelihood(mean, std, width):
    """The bins of the model by 150 digits; the loss plus a constant in the limit."""
    values = derivations.binned_likelihood(POINTS, mean, std, width).values()
    with mpmath.workdps(150):
        half = mpmath.mpf(width) / 2
        chances = [mpmath.ncdf(x + half, mean, std) - mpmath.ncdf(x - half, mean, std) for x in POINTS]
        exact = sum(-mpmath.log(5 * q) for q in chances) / 5
    assert values[0] == pytest.approx(float(exact), rel=1e-7, abs=0)
    if width < 1e-2:
        loss = -np.mean([math.log(NormalDist(mean, std).pdf(x)) for x in POINTS])
        assert values[1] == pytest.approx(loss - math.log(5) - math.log(width), abs=1e-3)


@pytest.mark.parametrize("laws", LAWS)
def test_brier_excess(laws):
    p, q, _ = laws
    values = derivations.brier_excess(p, q).values()
    assert values[0] == pytest.approx(float(np.sum((p - q) ** 2)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("laws", LAWS)
def test_average_target(laws):
    values = derivations.average_target(laws[:2], laws[2]).values()
    m = (laws[0] + laws[1]) / 2
    assert values[0] == pytest.approx(np.mean([kl_divergence(p, laws[2]) for p in laws[:2]]), rel=1e-12, abs=0)
    assert values[2] - values[3] == pytest.approx(kl_divergence(m, laws[2]), abs=1e-12)


def test_average_target_of_labels_that_the_model_excludes():
    values = derivations.average_target([[1, 0], [0, 1]], [1.0, 0.0]).values()
    assert values[:3] == [math.inf] * 3 and values[3] == pytest.approx(math.log(2), rel=1e-12, abs=0)


@pytest.mark.parametrize("temperature", [0.5, 4.0, 256.0])
@pytest.mark.parametrize("seed", range(6))
def test_distillation_limit(seed, temperature):
    rng = np.random.default_rng(seed)
    v, z = rng.normal(size=(2, 4)) * 3
    for index in range(4):
        values = derivations.distillation_limit(v, z, temperature, index).values()
        assert values[-1] == pytest.approx((np.ptp(v) ** 2 + np.ptp(z) ** 2) / (2 * temperature), rel=1e-12, abs=0)
        slope = derivations.distillation_gradient(v, z, temperature, index).values()[0]
        assert values[0] == pytest.approx(abs(slope - (z - z.mean() - v + v.mean())[index] / 4), abs=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.binned_likelihood(POINTS, 0, 1, 0.6), "^points must lie at least a width apart"),
        (lambda: derivations.binned_likelihood([], 0, 1, 0.6), "^points must lie at least a width apart"),
        (lambda: derivations.binned_likelihood(POINTS, 0, 0, 0.1), "^std must be positive and finite, got 0"),
        (lambda: derivations.average_target([0.5, 0.5], [0.5, 0.5]), "^targets must be a table"),
        (lambda: derivations.average_target([[0.5, 0.5]], [1.0]), "^targets and q must have the same outcomes"),
        (lambda: derivations.distillation_limit([1, 2], [1], 1), "^student must hold a finite logit"),
        (lambda: derivations.distillation_limit([0, 200], [0, 1], 1), "^temperature must be finite"),
        (lambda: derivations.distillation_limit([0, 2], [0, 1], 1, 2), "^index must be a class, got 2"),
    ],
)
def test_bad_examples_of_the_newer_ones(make, message):
    with pytest.raises(ValueError, match=message):
        make()
