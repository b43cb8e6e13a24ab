"""Mixtures of Gaussians against mpmath and SciPy, their own samples, and enumeration of the components."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from kltext import GaussianMixture

NAN, INF = math.nan, math.inf
LINE = GaussianMixture([0.2, 0.5, 0.3], [-3.0, 0.5, 2.0], stds=[0.5, 1.0, 0.1])
COVARIANCES = [[[1.0, 0.6], [0.6, 2.0]], [[0.5, 0.0], [0.0, 0.3]]]
PLANE = GaussianMixture([0.25, 0.75], [[0.0, 1.0], [3.0, -1.0]], covariances=COVARIANCES)


def exact_log_density(mixture, x):
    with mpmath.workdps(40):
        x = mpmath.mpf(float(x))
        parts = [
            mpmath.mpf(w) * mpmath.exp(-(((x - m) / s) ** 2) / 2) / (s * mpmath.sqrt(2 * mpmath.pi))
            for w, m, s in zip(mixture.weights.tolist(), mixture.means.tolist(), mixture.stds.tolist(), strict=True)
        ]
        return float(mpmath.log(mpmath.fsum(parts)))


@pytest.mark.parametrize("x", [-50.0, -3.0, -1.0, 0.0, 1.99, 2.0, 40.0, 1e4, 1e100])
def test_log_density_against_high_precision(library, x):
    got = LINE.log_density(library.array(x))
    assert library.is_native(got)
    assert float(library.numpy(got)) == pytest.approx(exact_log_density(LINE, x), rel=1e-13, abs=0)


def test_log_density_in_the_plane(library):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 5, 2)) * 3
    parts = [
        w * multivariate_normal(m, c).pdf(x)
        for w, m, c in zip(PLANE.weights, PLANE.means, PLANE.covariances, strict=True)
    ]
    got = PLANE.log_density(library.array(x))
    assert library.numpy(got) == pytest.approx(np.log(sum(parts)), rel=1e-11, abs=0)
    assert library.numpy(PLANE.responsibilities(library.array(x))) == pytest.approx(
        np.stack(parts, -1) / sum(parts)[..., None], rel=1e-9, abs=1e-300
    )


def test_the_ends_of_the_line_and_the_plane():
    assert LINE.log_density([-INF, INF]).tolist() == [-INF, -INF]
    assert PLANE.log_density([[INF, -INF], [0.0, INF], [1e300, -1e300]]).tolist() == [-INF] * 3
    assert GaussianMixture([1.0, 0.0], [0.0, 5.0], stds=1.0).log_density(5.0) == pytest.approx(
        norm.logpdf(5.0), rel=1e-14, abs=0)
    assert GaussianMixture([1.0, 0.0], [0.0, 5.0], stds=1.0).responsibilities([5.0, 0.0]).tolist() == [[1, 0], [1, 0]]


def test_a_component_alone_is_its_gaussian():
    assert GaussianMixture([1.0], [2.0], stds=[3.0]).log_density(1.0) == pytest.approx(norm(2, 3).logpdf(1), rel=1e-14, abs=0)
    line, space = LINE, GaussianMixture(LINE.weights, LINE.means[:, None], covariances=LINE.stds[:, None, None] ** 2)
    x = np.linspace(-6, 6, 25)
    assert space.log_density(x[:, None]) == pytest.approx(line.log_density(x), rel=1e-13, abs=0)
    assert (line.dimension, space.dimension, PLANE.dimension) == (1, 1, 2)


def test_moments(exact):
    mixture = GaussianMixture([0.3, 0.7], [-4.0, 4.0], stds=1.0)  # claim C083
    assert (mixture.mean, mixture.covariance) == (pytest.approx(1.6, rel=1e-15, abs=0), pytest.approx(14.44, rel=1e-14, abs=0))
    law = [mpmath.mpf(w) for w in PLANE.weights.tolist()]
    mean = [sum(w * m[a] for w, m in zip(law, PLANE.means.tolist(), strict=True)) for a in range(2)]
    for a in range(2):
        assert PLANE.mean[a] == pytest.approx(float(mean[a]), abs=1e-15)
        for b in range(2):
            second = sum(
                w * (c[a][b] + m[a] * m[b])
                for w, m, c in zip(law, PLANE.means.tolist(), PLANE.covariances.tolist(), strict=True)
            )
            assert PLANE.covariance[a, b] == pytest.approx(float(second - mean[a] * mean[b]), abs=1e-14)


def test_a_far_away_mixture_keeps_its_variance():
    assert GaussianMixture([0.5, 0.5], [1e9 - 1, 1e9 + 1], stds=1.0).covariance == 2.0


def test_samples_have_the_right_law():
    rng = np.random.default_rng(1)
    n = 40_000
    draws = LINE.sample(n, rng)
    assert draws.shape == (n,)
    counts, edges = np.histogram(draws, bins=np.array([-INF, -3, -1, 0, 0.5, 1.9, 2.0, 2.1, INF]))
    cdf = sum(w * norm(m, s).cdf(edges) for w, m, s in zip(LINE.weights, LINE.means, LINE.stds, strict=True))
    wanted = n * np.diff(cdf)
    assert np.sum((counts - wanted) ** 2 / wanted) < 29.9  # chi-square with 7 degrees of freedom: 1e-4
    plane = PLANE.sample(n, rng)
    assert plane.shape == (n, 2)
    spread = np.sqrt(np.diag(PLANE.covariance) / n)
    assert np.all(abs(plane.mean(0) - PLANE.mean) < 4.5 * spread)
    assert np.cov(plane.T) == pytest.approx(PLANE.covariance, rel=0.06, abs=0)
    first = plane[plane[:, 0] < 0.5]  # nearly all from the first component, whose coordinates are correlated
    assert np.corrcoef(first.T)[0, 1] > 0.25


def test_samples_repeat_with_the_seed():
    draws = [PLANE.sample(5, np.random.default_rng(3)) for _ in range(2)]
    assert np.array_equal(*draws)
    assert PLANE.sample(0, np.random.default_rng(0)).shape == (0, 2)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5))
def test_responsibilities_are_laws(x):
    shares = LINE.responsibilities(x)
    assert shares.shape == (len(x), 3)
    assert shares.sum(-1) == pytest.approx(1, rel=1e-14, abs=0)
    assert np.all(shares >= 0)


def test_gradients_are_differences(differentiable):
    x = np.array([-3.2, 0.0, 1.9])
    got = differentiable.gradients(lambda x: LINE.log_density(x).sum(), x)[0]
    with mpmath.workdps(30):
        wanted = [(exact_log_density(LINE, v + 1e-6) - exact_log_density(LINE, v - 1e-6)) / 2e-6 for v in x]
    assert got == pytest.approx(wanted, rel=1e-7, abs=0)
    point = np.array([1.5, 0.2])
    got = differentiable.gradients(PLANE.log_density, point)[0]
    for i, step in enumerate(np.eye(2) * 1e-6):
        difference = (PLANE.log_density(point + step) - PLANE.log_density(point - step)) / 2e-6
        assert got[i] == pytest.approx(difference, rel=1e-7, abs=0)


def test_float32_stays_float32(library):
    for mixture, shape in ((LINE, (3,)), (PLANE, (3, 2))):
        x = library.array(np.ones(shape), "float32")
        assert library.dtype(mixture.log_density(x)) == "float32"
        assert library.dtype(mixture.responsibilities(x)) == "float32"


def test_a_mixture_cannot_be_changed():
    mean = np.array([0.0, 1.0])
    mixture = GaussianMixture([0.5, 0.5], mean, stds=1.0)
    mean[0] = 7.0
    assert mixture.means.tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        mixture.means[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixture.weights = [1.0]
    assert mixture.stds.tolist() == [1.0, 1.0] and mixture.covariances is None
    assert "factors" not in repr(mixture)


def test_parameters_are_kept_as_arrays_one_for_each_component():
    mixture = GaussianMixture([0.5, 0.5], [[0, 1], [2, 3]], covariances=[[2, 1], [1, 2]])
    assert mixture.covariances.tolist() == [[[2, 1], [1, 2]]] * 2 and mixture.means.dtype == float
    with pytest.raises(ValueError, match="read-only"):
        mixture.covariances[0, 0, 0] = 3.0


def test_spreads_are_named():
    for more in ([1.0], [None, [[1.0]]], [None, None, np.ones((1, 1, 1))]):
        with pytest.raises(TypeError):
            GaussianMixture([1.0], [0.0], *more)
    with pytest.raises(TypeError):
        GaussianMixture([1.0], [0.0], stds=1.0, _factors=np.ones((1, 1, 1)))


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1.0], [0.0]), {}, "^give exactly one of stds"),
        (([1.0], [0.0]), {"stds": 1.0, "covariances": EYE}, "^give exactly one of stds"),
        (([0.5, 0.6], [0.0, 1.0]), {"stds": 1.0}, "^weights must sum to 1"),
        (([-0.5, 1.5], [0.0, 1.0]), {"stds": 1.0}, "^weights must be non-negative, got -0.5 at index 0"),
        (([[1.0]], [[0.0]]), {"stds": 1.0}, r"^weights must be a vector, got shape \(1, 1\)"),
        (([], []), {"stds": 1.0}, "^weights must have outcomes"),
        (([1.0], [0.0, 1.0]), {"stds": 1.0}, r"^means must have shape \(n,\) with n = 1 as weights, got \(2,\)"),
        (([1.0], [[0.0]]), {"stds": 1.0}, r"^means must have shape \(n,\)"),
        (([1.0], [0.0]), {"covariances": [[1.0]]}, r"^means must have shape \(n, k\)"),
        (([1.0], np.empty((1, 0))), {"covariances": np.empty((0, 0))}, r"^means must have shape \(n, k\)"),
        (([1.0], [NAN]), {"stds": 1.0}, "^means must be finite, got nan at index 0"),
        (([0.5, 0.5], [0.0, 1.0]), {"stds": [1.0, 0.0]}, "^stds must be positive, got 0.0 at index 1"),
        (([1.0], [0.0]), {"stds": -2.0}, "^stds must be positive, got -2.0"),
        (([1.0], [0.0]), {"stds": INF}, "^stds must be finite, got inf"),
        (([0.5, 0.5], [0.0, 1.0]), {"stds": [1.0, 1.0, 1.0]}, r"^stds must have shape \(2,\) or \(\) to fit means"),
        (([1.0], [[0.0, 0.0]]), {"covariances": [1.0, 1.0]}, r"^covariances must have shape \(1, 2, 2\) or \(2, 2\)"),
        (([1.0], [[0.0, 0.0]]), {"covariances": [[1.0, 2.0], [2.0, 1.0]]}, "^covariances must be positive definite"),
        (([1.0], [[0.0, 0.0]]), {"covariances": [[1.0, 0.5], [0.0, 1.0]]}, "^covariances must be symmetric"),
        (([1.0], ["a"]), {"stds": 1.0}, "^means must hold real numbers"),
        (([True], [0.0]), {"stds": 1.0}, "^weights must hold real numbers"),
    ],
)
def test_bad_parameters(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(*arguments, **options)


def test_bad_arguments():
    for mixture, bad, message in (
        (LINE, [0.0, NAN], "^x must not be NaN, got nan at index 1"),
        (PLANE, [0.0, 0.0, 0.0], r"^x must have shape \(…, 2\), got \(3,\)"),
        (PLANE, 0.0, r"^x must have shape \(…, 2\), got \(\)"),
        (LINE, "a", "^x must hold real numbers"),
        (LINE, 1j, "^x must hold real numbers"),
    ):
        for method in (mixture.log_density, mixture.responsibilities):
            with pytest.raises(ValueError, match=message):
                method(bad)
    with pytest.raises(ValueError, match="^x must be where a density is positive"):
        LINE.responsibilities(INF)
    for n in (-1, 1.5, True, "3"):
        with pytest.raises(ValueError, match="^n must be a whole number from 0"):
            LINE.sample(n, np.random.default_rng(0))
    with pytest.raises(ValueError, match="^rng must be a numpy.random.Generator, got 0"):
        LINE.sample(3, 0)
