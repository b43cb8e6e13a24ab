"""The derivations of the chapter on f-divergences hold on random examples, and their lines are kltext's functions."""

import math
from itertools import product

import numpy as np
import pytest

from kltext import (
    DerivationError,
    derivations,
    f_divergence,
    gaussian_kl,
    hellinger,
    js_divergence,
    kl_divergence,
    renyi_divergence,
    total_variation,
    wasserstein_1d,
)
from kltext.generators import NAMES, FGenerator, generator

SIZES = [2, 3, 5, 9] * 5
LAWS = [tuple(np.random.default_rng(seed).dirichlet(np.full(n, 0.7), size=2)) for seed, n in enumerate(SIZES)]
SMOOTH = [generator(name) for name in NAMES if name != "alpha"] + [generator("alpha", alpha=a) for a in (-1.0, 0.5, 3.0)]

on_laws = pytest.mark.parametrize("laws", LAWS)
with_f = pytest.mark.parametrize("f", SMOOTH, ids=lambda f: f.name)


@with_f
@on_laws
def test_f_gaps(laws, f):
    whole, centred, zero = derivations.f_gaps(*laws, f).values()
    assert whole == pytest.approx(f_divergence(*laws, f), rel=1e-9, abs=1e-12)
    assert centred >= zero == 0


@with_f
@on_laws
def test_f_data_processing(laws, f):
    n = len(laws[0])
    channel = np.random.default_rng(n).dirichlet(np.full(3, 0.5), size=n)
    values = derivations.f_data_processing(*laws, channel, f).values()
    assert values[0] == pytest.approx(f_divergence(*laws, f), rel=1e-9, abs=1e-12)
    assert values[-1] == pytest.approx(f_divergence(laws[0] @ channel, laws[1] @ channel, f), rel=1e-9, abs=1e-12)


def test_data_processing_loses_nothing_where_the_ratio_is_kept():
    p, q = [0.2, 0.4, 0.4], [0.1, 0.2, 0.7]  # the first two outcomes have one ratio
    values = derivations.f_data_processing(p, q, [[1, 0], [1, 0], [0, 1]], "chi2").values()
    assert values[-1] == pytest.approx(values[0], rel=1e-12, abs=0)


def test_data_processing_through_a_letter_that_never_comes():
    values = derivations.f_data_processing([0.5, 0.5], [0.2, 0.8], [[1, 0], [1, 0]], "kl").values()
    assert values[-1] == 0 < values[0]


def test_a_function_that_is_not_convex_fails_the_step_of_jensen():
    """The check is not empty: with a concave piece the third line would be the larger one."""
    bent = FGenerator("bent", lambda t: (t - 1) ** 2, at_zero=1.0, slope=math.inf, derivative=lambda t: 2 * (t - 1))
    object.__setattr__(bent, "f", lambda t: -((t - 1) ** 2))
    with pytest.raises(DerivationError, match="line 3"):
        derivations.f_data_processing([0.5, 0.5], [0.2, 0.8], [[1, 0], [1, 0]], bent)


@on_laws
def test_testing_advantage(laws):
    values = derivations.testing_advantage(*laws).values()
    assert values == pytest.approx([(1 + total_variation(*laws)) / 2] * 5, rel=1e-12, abs=0)


@on_laws
def test_js_by_urn(laws):
    values = derivations.js_by_urn(*laws).values()
    assert values[:3] == pytest.approx([js_divergence(*laws)] * 3, rel=1e-9, abs=0)
    assert values[2] <= values[3] == pytest.approx(math.log(2) * total_variation(*laws), rel=1e-12, abs=0)


def test_disjoint_urns_tell_all():
    assert derivations.js_by_urn([1.0, 0.0], [0.0, 1.0]).values() == pytest.approx([math.log(2)] * 5, rel=1e-15, abs=0)
    assert derivations.js_by_urn([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]).values()[:4] == [0.0] * 4


@on_laws
def test_bretagnolle_huber(laws):
    values = derivations.bretagnolle_huber(*laws).values()
    assert values[0] == pytest.approx(kl_divergence(*laws), rel=1e-9, abs=0)
    assert values[1] == pytest.approx(renyi_divergence(*laws, 0.5), rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(-math.log1p(-(total_variation(*laws) ** 2)), rel=1e-9, abs=0)


def test_bretagnolle_huber_of_laws_without_a_common_outcome():
    assert derivations.bretagnolle_huber([1.0, 0.0], [0.0, 1.0]).values() == [math.inf] * 5


@on_laws
def test_hellinger_sandwich(laws):
    values, distance = derivations.hellinger_sandwich(*laws).values(), hellinger(*laws)
    assert values[0] == pytest.approx(distance**2, rel=1e-9, abs=0)
    assert values[2] == pytest.approx(total_variation(*laws), rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(distance * math.sqrt(2 - distance**2), rel=1e-9, abs=0)


@on_laws
def test_renyi_two(laws):
    assert derivations.renyi_two(*laws).values() == pytest.approx([renyi_divergence(*laws, 2)] * 4, rel=1e-9, abs=0)


@pytest.mark.parametrize(("alpha", "beta"), [(1.001, 1.5), (1.5, 3.0), (2.0, 20.0)])
@on_laws
def test_renyi_monotone(laws, alpha, beta):
    values = derivations.renyi_monotone(*laws, alpha, beta).values()
    assert values[0] == pytest.approx(renyi_divergence(*laws, alpha), rel=1e-8, abs=0)
    assert values[-1] == pytest.approx(renyi_divergence(*laws, beta), rel=1e-9, abs=0)


@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.5, 2.0])
@on_laws
def test_ratio_tail(laws, threshold):
    p, q = laws
    values = derivations.ratio_tail(p, q, 3.0, threshold).values()
    assert values[0] == pytest.approx(p[np.log(p / q) > threshold].sum(), rel=1e-12, abs=0)
    assert values[-1] == pytest.approx(math.exp(2 * (renyi_divergence(p, q, 3) - threshold)), rel=1e-9, abs=0)


@pytest.mark.parametrize("alpha", [0.3, 0.999, 1.5, 2.0, 7.0])
@pytest.mark.parametrize(("shift", "std"), [(1.0, 1.0), (0.5, 2.0), (-2.0, 3.0), (0.0, 1.0)])
def test_gaussian_renyi(alpha, shift, std):
    values = derivations.gaussian_renyi(alpha, shift, std).values()
    assert values == pytest.approx([alpha * gaussian_kl(0, std, shift, std)] * 4, rel=1e-7, abs=1e-9)


@on_laws
def test_wasserstein_line(laws):
    places = np.random.default_rng(len(laws[0])).normal(size=len(laws[0]))
    values = derivations.wasserstein_line(places, *laws).values()
    assert values == pytest.approx([wasserstein_1d(places, places, *laws)] * 4, rel=1e-7, abs=1e-9)


def test_point_masses_cost_their_distance():
    assert derivations.wasserstein_line([0.0, 7.0], [1.0, 0.0], [0.0, 1.0]).values() == pytest.approx([7.0] * 4, rel=1e-12, abs=0)


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("observations", [1, 3, 4])
@on_laws
def test_chernoff_bound(laws, observations, alpha):
    values = derivations.chernoff_bound(*laws, alpha, observations).values()
    assert values[-1] == pytest.approx(math.exp(-observations * (1 - alpha) * renyi_divergence(*laws, alpha)) / 2, rel=1e-9, abs=0)
    if observations == 1:
        assert values[0] == pytest.approx((1 - total_variation(*laws)) / 2, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("observations", [1, 2, 4])
@on_laws
def test_hellinger_errors(laws, observations):
    p, q = laws
    values = derivations.hellinger_errors(p, q, observations).values()
    affinity = (1 - hellinger(p, q) ** 2) ** observations
    samples = [np.prod([law[list(x)] for x in product(range(len(p)), repeat=observations)], axis=1) for law in (p, q)]
    error = (1 - total_variation(*(law / law.sum() for law in samples))) / 2
    expected = [affinity / 2, affinity / 2, error, error, (1 - math.sqrt(1 - affinity**2)) / 2, affinity**2 / 4]
    assert values == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert sorted(values, reverse=True) == pytest.approx(values, rel=1e-12, abs=0)


def test_laws_without_a_common_outcome_are_never_confused():
    assert derivations.chernoff_bound([1.0, 0.0], [0.0, 1.0], 0.5, 3).values() == [0.0] * 5
    assert derivations.hellinger_errors([1.0, 0.0], [0.0, 1.0], 3).values() == [0.0] * 6


def test_equal_laws_are_confused_half_of_the_time():
    assert derivations.hellinger_errors([0.5, 0.5], [0.5, 0.5], 3).values() == pytest.approx([0.5] * 5 + [0.25], rel=1e-12, abs=0)


@on_laws
def test_mean_shift(laws):
    p, q = laws
    g = np.random.default_rng(len(p)).normal(size=len(p))
    values = derivations.mean_shift(p, q, g).values()
    assert values[0] == pytest.approx((p @ g - q @ g) ** 2, rel=1e-9, abs=1e-12)
    assert values[-1] == pytest.approx(f_divergence(p, q, "chi2") * float(q @ (g - q @ g) ** 2), rel=1e-9, abs=0)
    ratio = derivations.mean_shift(p, q, p / q).values()
    assert ratio[0] == pytest.approx(ratio[-1], rel=1e-9, abs=0)


HALF = [0.5, 0.5]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.f_gaps([1.0, 0.0], HALF, "kl"), "^p must be positive, got 0.0 at index 1"),
        (lambda: derivations.f_gaps(HALF, HALF, "nonsense"), "^generator must be one of"),
        (lambda: derivations.f_gaps(HALF, HALF, FGenerator("a", lambda t: t - 1, -1.0, 1.0)), "with a derivative"),
        (lambda: derivations.f_gaps([HALF], HALF, "kl"), "^p must be a single law"),
        (lambda: derivations.f_data_processing(HALF, HALF, [[1.0, 0.0]], "kl"), "^channel must have a row for each of the 2"),
        (lambda: derivations.f_data_processing(HALF, HALF, [[1.0, 1.0], [1.0, 0.0]], "kl"), "^channel must sum to 1"),
        (lambda: derivations.testing_advantage(HALF, [0.5, 0.6]), "^q must sum to 1"),
        (lambda: derivations.testing_advantage([1 / 13] * 13, [1 / 13] * 13), "^p must have at most 12 outcomes, of which"),
        (lambda: derivations.js_by_urn([0.5, 0.6], HALF), "^p must sum to 1"),
        (lambda: derivations.bretagnolle_huber(HALF, [-0.5, 1.5]), "^q must be non-negative"),
        (lambda: derivations.hellinger_sandwich(HALF, [0.5, 0.6]), "^q must sum to 1"),
        (lambda: derivations.renyi_two(HALF, [1.0, 0.0]), "^q must be positive, got 0.0 at index 1"),
        (lambda: derivations.renyi_monotone(HALF, HALF, 1.0, 2.0), "^alpha must be a finite number above 1, got 1.0"),
        (lambda: derivations.renyi_monotone(HALF, HALF, 2.0, 1.5), "^beta must be a finite number above 2"),
        (lambda: derivations.ratio_tail(HALF, HALF, 0.5, 1.0), "^alpha must be a finite number above 1"),
        (lambda: derivations.ratio_tail(HALF, HALF, 2.0, math.inf), "^threshold must be finite, got inf"),
        (lambda: derivations.gaussian_renyi(1.0, 1.0), "^alpha must be a finite number above 0 and not 1, got 1.0"),
        (lambda: derivations.gaussian_renyi(2.0, 1.0, 0.0), "^std must be positive and finite, got 0.0"),
        (lambda: derivations.gaussian_renyi(2.0, math.nan), "^shift must be finite, got nan"),
        (lambda: derivations.chernoff_bound(HALF, HALF, 1.0, 2), "^alpha must lie strictly between 0 and 1, got 1.0"),
        (lambda: derivations.chernoff_bound(HALF, HALF, 0.5, 0), "^observations must be a whole number of at least 1, got 0"),
        (lambda: derivations.chernoff_bound(HALF, HALF, 0.5, 20), "^observations must leave at most a million samples"),
        (lambda: derivations.hellinger_errors(HALF, HALF, 1.5), "^observations must be a whole number of at least 1, got 1.5"),
        (lambda: derivations.hellinger_errors(HALF, HALF, 20), "^observations must leave at most a million samples"),
        (lambda: derivations.hellinger_errors(HALF, [0.5, 0.6], 2), "^q must sum to 1"),
        (lambda: derivations.mean_shift(HALF, [1.0, 0.0], HALF), "^q must be positive, got 0.0 at index 1"),
        (lambda: derivations.mean_shift(HALF, HALF, [1.0]), r"^statistic must have shape \(2,\) to fit p, got \(1,\)"),
        (lambda: derivations.mean_shift(HALF, HALF, [1.0, math.nan]), "^statistic must be finite, got nan at index 1"),
        (lambda: derivations.wasserstein_line([0.0], HALF, HALF), r"^places must have shape \(2,\) to fit p, got \(1,\)"),
        (lambda: derivations.wasserstein_line([0.0, math.inf], HALF, HALF), "^places must be finite, got inf"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()
