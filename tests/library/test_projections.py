"""Projections onto Gaussians against the book's known values, mpmath, and every optimum that an exhaustive search finds."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from kltext import GaussianMixture, i_projection, m_projection
from kltext._reverse_fit import mean_log_density
from kltext.densities import density_kl


def pair(distance):
    return GaussianMixture([0.5, 0.5], [-distance, distance], stds=1.0)


THREE = GaussianMixture([0.3, 0.3, 0.4], [-5.0, 0.0, 6.0], stds=[1.0, 0.5, 2.0])
LEAN = [[1.0, 0.5], [0.5, 1.0]]
TWO_2D = GaussianMixture([0.5, 0.5], [[-2.0, 0.0], [2.0, 1.0]], covariances=[LEAN, [[1.0, -0.3], [-0.3, 0.5]]])
THREE_2D = GaussianMixture(
    [0.3, 0.3, 0.4],
    [[-2.0, 0.0], [2.0, 1.0], [0.0, 3.0]],
    covariances=[LEAN, [[1.0, -0.3], [-0.3, 0.5]], [[0.2, 0.0], [0.0, 0.2]]],
)
APART_2D = GaussianMixture([0.4, 0.6], [[-4.0, 0.0], [4.0, 0.0]], covariances=[LEAN, [[1.0, -0.8], [-0.8, 1.0]]])


def normal(mean, std):
    return lambda x: -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))


# Known values


@pytest.mark.parametrize(
    ("mixture", "place", "mean", "std", "value"),
    [
        (pair(2.0), 0, 0.0, 2.0470095199, 0.2265079607614),  # claim C078
        (pair(3.0), 0, -2.9843059878, 1.0233685597, 0.6887689958550),
        (pair(3.0), 1, 2.9843059878, 1.0233685597, 0.6887689958550),
        (pair(5.0), 1, 4.9999955346, 1.0000111634, 0.6931463172594),  # claim C080
        (GaussianMixture([0.4, 0.6], [-4.0, 4.0], stds=[0.1, 1.0]), 0, 4.0, 1.0, 0.5108256238),  # claim C079
        (GaussianMixture([0.4, 0.6], [-4.0, 4.0], stds=[0.1, 1.0]), 1, -4.0, 0.1, 0.9162907319),
    ],
)
def test_known_reverse_fits(mixture, place, mean, std, value):
    fit = i_projection(mixture)[place]
    assert (fit.mean, fit.std) == (pytest.approx(mean, abs=2e-10), pytest.approx(std, abs=2e-10))
    assert fit.value == pytest.approx(value, abs=1e-10)
    assert fit.error < 1e-12


def test_the_modes_win_from_a_distance_of_2_8_on():
    """Claim C078: below it the broad fit is the best one, above it those of the modes."""
    below, at, above = (i_projection(pair(m)) for m in (2.8, 2.800082218, 2.8001))
    assert len(below) == len(at) == len(above) == 3
    assert abs(below[0].mean) < 1e-9 < 2 < abs(above[0].mean)
    assert at[2].value - at[0].value < 1e-9


def test_known_forward_fits():
    fit = m_projection(GaussianMixture([0.3, 0.7], [-4.0, 4.0], stds=1.0))  # claim C083
    assert (fit.mean, fit.covariance) == (pytest.approx(1.6, rel=1e-14, abs=0), pytest.approx(14.44, rel=1e-13, abs=0))
    fit = m_projection(pair(2.0))
    assert (fit.mean, fit.covariance, fit.std) == (0.0, pytest.approx(5.0, rel=1e-13, abs=0), pytest.approx(math.sqrt(5), rel=1e-13, abs=0))


@pytest.mark.parametrize("project", [m_projection, lambda mixture, **options: i_projection(mixture, **options)[0]])
def test_a_gaussian_is_its_own_projection(project):
    fit = project(GaussianMixture([1.0], [2.0], stds=3.0))
    assert (fit.mean, fit.std) == (pytest.approx(2, rel=1e-12, abs=0), pytest.approx(3, rel=1e-12, abs=0))
    assert 0 <= fit.value <= fit.error < 1e-13
    alone = GaussianMixture([1.0, 0.0], [[1.0, 2.0], [0.0, 0.0]], covariances=[[2.0, 0.7], [0.7, 1.0]])
    fit = project(alone)
    assert fit.mean == pytest.approx([1, 2], rel=1e-10, abs=0)
    assert fit.covariance == pytest.approx(np.array([[2.0, 0.7], [0.7, 1.0]]), rel=1e-10, abs=0)
    assert 0 <= fit.value <= fit.error < 1e-13


def test_a_correlated_gaussian_on_independent_coordinates_is_mean_field():
    from kltext.mean_field import mean_field

    cov = np.array([[2.0, 0.7], [0.7, 1.0]])
    alone = GaussianMixture([1.0], [[1.0, 2.0]], covariances=cov)
    (reverse,) = i_projection(alone, covariance="diagonal")
    for fit, direction in ((reverse, "reverse"), (m_projection(alone, covariance="diagonal"), "forward")):
        wanted = mean_field([1.0, 2.0], cov, direction=direction)
        assert fit.covariance == pytest.approx(np.diag(wanted.variances), rel=1e-10, abs=1e-14)
        assert fit.mean == pytest.approx([1, 2], rel=1e-12, abs=0)
        assert fit.value == pytest.approx(wanted.value, rel=1e-11, abs=0)


# The numbers, by independent integration


def exact_reverse(mixture, mean, std):
    """D(Q‖P) on the line by Gauss–Legendre on panels of an eighth of a standard deviation, added up without rounding."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    z = ((np.arange(-72, 72) + 0.5)[:, None] / 8 + nodes / 16).ravel()
    logs = np.stack([normal(m, s)(mean + std * z) for m, s in zip(mixture.means, mixture.stds, strict=True)], -1)
    log_p, log_q = logsumexp(logs, axis=-1, b=mixture.weights), normal(0.0, 1.0)(z)
    return math.fsum(np.tile(weights / 16, 144) * np.exp(log_q) * (log_q - math.log(std) - log_p))


@pytest.mark.parametrize("mixture", [pair(3.0), THREE])
def test_reverse_fits_on_the_line_by_plain_integration(mixture):
    """The value, a gradient of zero and a positive second difference in either direction."""
    for fit in i_projection(mixture):
        h, here = 1e-4, exact_reverse(mixture, fit.mean, fit.std)
        assert abs(here - fit.value) < 1e-12
        for a, b in ((1, 0), (0, 1)):
            up, down = (exact_reverse(mixture, fit.mean + s * a * h * fit.std, fit.std * (1 + s * b * h)) for s in (1, -1))
            assert abs((up - down) / (2 * h)) < 1e-7
            assert (up + down - 2 * here) / h**2 > 1e-3


def test_forward_value_on_the_line_in_high_precision():
    for mixture in (pair(2.0), THREE):
        fit = m_projection(mixture)
        parts = list(zip(mixture.weights.tolist(), mixture.means.tolist(), mixture.stds.tolist(), strict=True))
        with mpmath.workdps(25):

            def integrand(x, parts=parts, fit=fit):
                p = mpmath.fsum(w * mpmath.npdf(x, m, s) for w, m, s in parts)
                return p * mpmath.log(p / mpmath.npdf(x, fit.mean, fit.std))

            wanted = float(mpmath.quad(integrand, [-30, -12, -8, -5, -2, -1, 0, 1, 2, 4, 8, 14, 30]))
        assert fit.value == pytest.approx(wanted, abs=1e-13)
        assert abs(fit.value - wanted) <= fit.error + 1e-15


def plane_divergence(log_p, log_q, reach=14.0, panels=28):
    """D(P‖Q) in the plane by Gauss–Legendre on squares of side 1."""
    nodes, weights = np.polynomial.legendre.leggauss(10)
    edges = np.linspace(-reach, reach, panels + 1)
    half = (edges[1] - edges[0]) / 2
    axis = ((edges[:-1] + half)[:, None] + half * nodes).ravel()
    mass = np.tile(weights * half, panels)
    x = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1)
    logs = log_p(x)
    return float(np.einsum("ab,a,b->", np.exp(logs) * (logs - log_q(x)), mass, mass))


def plane_density(mixture):
    def log_density(x):
        logs = [
            multivariate_normal(m, c).logpdf(x) for m, c in zip(mixture.means, mixture.covariances, strict=True)
        ]
        return logsumexp(np.stack(logs, -1), axis=-1, b=mixture.weights)

    return log_density


@pytest.mark.parametrize("mixture", [TWO_2D, THREE_2D])
@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_values_in_the_plane(mixture, covariance):
    log_p = plane_density(mixture)
    fit = m_projection(mixture, covariance=covariance)
    wanted = plane_divergence(log_p, multivariate_normal(fit.mean, fit.covariance).logpdf)
    assert fit.value == pytest.approx(wanted, abs=1e-10)
    assert fit.error < 1e-11
    assert fit.mean == pytest.approx(mixture.mean, rel=1e-13, abs=0)
    moments = mixture.covariance if covariance == "full" else np.diag(np.diag(mixture.covariance))
    assert fit.covariance == pytest.approx(moments, rel=1e-13, abs=1e-15)
    for fit in i_projection(mixture, covariance=covariance):
        wanted = plane_divergence(multivariate_normal(fit.mean, fit.covariance).logpdf, log_p)
        assert fit.value == pytest.approx(wanted, abs=1e-9)
        assert fit.error < 1e-11


@pytest.mark.parametrize(("narrow", "grids"), [(1.0, 2), (0.5, 3)])
def test_forward_values_in_the_plane_are_those_of_the_line(monkeypatch, narrow, grids):
    """With a second coordinate that is standard normal in every component: by quadrature there, on grids here."""
    steps = []

    def counted(mixture, law, step):
        steps.append(step)
        return mean_log_density(mixture, law, step)

    monkeypatch.setattr("kltext.projections.mean_log_density", counted)
    line = m_projection(GaussianMixture([0.5, 0.5], [0.0, 1.0], stds=[1.0, narrow]))
    covariances = [np.eye(2), np.diag([narrow**2, 1.0])]
    plane = m_projection(GaussianMixture([0.5, 0.5], [[0.0, 0.0], [1.0, 0.0]], covariances=covariances))
    assert abs(plane.value - line.value) < plane.error + 2e-15 < 1e-12
    assert steps == [step for step in (0.4, 0.2, 0.1)[:grids] for _ in range(2)]  # no finer than needed


def test_the_finest_grid_is_the_last_word(monkeypatch):
    """Were the grids never to agree, the value is the finest one's and the error its distance to the one before."""
    steps = []

    def drifting(mixture, law, step):
        steps.append(step)
        return -10 * step

    monkeypatch.setattr("kltext.projections.mean_log_density", drifting)
    fit = m_projection(GaussianMixture([1.0], [[0.0, 0.0]], covariances=[np.eye(2)]))
    assert steps == [0.4, 0.2, 0.1, 0.05, 0.025]
    assert fit.value == pytest.approx(math.log(2 * math.pi * math.e) - 0.25, rel=1e-14)
    assert fit.error == pytest.approx(0.25, rel=1e-13)


def test_forward_fits_beat_their_neighbours_in_the_plane():
    log_p = plane_density(TWO_2D)
    for covariance in ("full", "diagonal"):
        fit = m_projection(TWO_2D, covariance=covariance)
        rng = np.random.default_rng(0)
        for _ in range(6):
            factor = np.linalg.cholesky(fit.covariance)
            bend = 0.05 * rng.normal(size=(2, 2)) * (np.eye(2) if covariance == "diagonal" else 1)
            other = factor @ (np.eye(2) + bend)
            law = multivariate_normal(fit.mean + 0.05 * rng.normal(size=2), other @ other.T)
            assert plane_divergence(log_p, law.logpdf) > fit.value


# All local minima, by exhaustive search


def line_objective(mixture):
    """D(Q‖P) for arrays of means and log-stds: a plain sum over 801 points of the standard normal law."""
    z = np.linspace(-10, 10, 801)
    w = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()

    def objective(mean, log_std):
        std = np.exp(log_std)[..., None]
        x = np.asarray(mean)[..., None] + std * z
        logs = np.stack([normal(m, s)(x) for m, s in zip(mixture.means, mixture.stds, strict=True)], -1)
        peak = logs.max(-1, keepdims=True)
        log_p = peak[..., 0] + np.log(np.exp(logs - peak) @ mixture.weights)
        return -log_p @ w - log_std - math.log(2 * math.pi * math.e) / 2

    return objective


def refined(objective, starts):
    """The distinct ends of a simplex search from each start, with their values, by value."""
    ends = []
    for start in starts:
        end = minimize(objective, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14, "maxfev": 4000})
        if not any(np.allclose(end.x, x, atol=1e-3) for _, x in ends):
            ends.append((end.fun, end.x))
    return sorted(ends, key=lambda found: found[0])


def grid_minima(values):
    """Indices of the inner entries below all of their neighbours along the axes and their diagonals."""
    inner = tuple(slice(1, -1) for _ in values.shape)
    lowest = np.ones([n - 2 for n in values.shape], bool)
    for shift in np.ndindex(*[3] * values.ndim):
        if any(s != 1 for s in shift):
            window = tuple(slice(s, s + n - 2) for s, n in zip(shift, values.shape, strict=True))
            lowest &= values[inner] <= values[window]
    return np.argwhere(lowest) + 1


@pytest.mark.parametrize(
    "mixture",
    [
        pair(2.0),
        pair(2.7),
        pair(5.0),
        THREE,
        GaussianMixture([0.2, 0.5, 0.3], [-1.0, 0.0, 4.0], stds=[0.2, 2.0, 0.4]),
        GaussianMixture([0.25, 0.25, 0.25, 0.25], [-9.0, -3.0, 3.0, 9.0], stds=1.0),
    ],
)
def test_every_minimum_on_the_line_is_found(mixture):
    objective = line_objective(mixture)
    means, log_stds = np.linspace(-12, 12, 97), np.linspace(math.log(0.1), math.log(12), 41)
    values = np.stack([objective(np.full(41, mean), log_stds) for mean in means])
    starts = [(means[i], log_stds[j]) for i, j in grid_minima(values)]
    wanted = refined(lambda v: float(objective(v[0], v[1])), starts)
    fits = i_projection(mixture)
    assert len(fits) == len(wanted)
    for value, (mean, log_std) in wanted:
        nearest = min(fits, key=lambda fit: abs(fit.mean - mean) + abs(math.log(fit.std) - log_std))
        assert nearest.value == pytest.approx(value, abs=1e-8)
        assert (nearest.mean, math.log(nearest.std)) == (pytest.approx(mean, abs=1e-4), pytest.approx(log_std, abs=1e-4))


def plane_objective(mixture, step):
    """D(Q‖P) in the plane for (μ, log L₁₁, log L₂₂, L₂₁/L₂₂) and its gradient, plain sums over a square grid."""
    axis = np.arange(-6.5, 6.5 + step / 2, step)
    z = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    z = z[(z**2).sum(-1) < 43]
    w = np.exp(-(z**2).sum(-1) / 2)
    w /= w.sum()
    laws = [(m, np.linalg.inv(c), np.linalg.det(c)) for m, c in zip(mixture.means, mixture.covariances, strict=True)]

    def objective(v):
        one, two = np.exp(v[2]), np.exp(v[3])
        lean = v[4] if len(v) > 4 else 0.0
        across, along = one * z[:, 0], two * (z[:, 1] + lean * z[:, 0])
        p = np.full(len(z), 1e-300)
        left, down = np.zeros(len(z)), np.zeros(len(z))  # −∂p/∂x, −∂p/∂y
        for weight, (m, inverse, det) in zip(mixture.weights, laws, strict=True):
            a, b = v[0] + across - m[0], v[1] + along - m[1]
            fall_a, fall_b = inverse[0, 0] * a + inverse[0, 1] * b, inverse[0, 1] * a + inverse[1, 1] * b
            density = weight * np.exp(-(fall_a * a + fall_b * b) / 2) / (2 * math.pi * math.sqrt(det))
            p += density
            left += density * fall_a
            down += density * fall_b
        left, down = w * left / p, w * down / p
        slope = [left.sum(), down.sum(), left @ across - 1, down @ along - 1, two * (down @ z[:, 0])]
        return float(-w @ np.log(p) - v[2] - v[3] - math.log(2 * math.pi * math.e)), np.array(slope[: len(v)])

    return objective


@pytest.mark.parametrize("mixture", [TWO_2D, THREE_2D, APART_2D])
@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_every_minimum_in_the_plane_is_found(mixture, covariance):
    """L-BFGS from 40 starts spread over the space of Gaussians ends in the reported minima, and in each of them."""
    objective, rng = plane_objective(mixture, 0.33), np.random.default_rng(7)
    size = 5 if covariance == "full" else 4
    fits = i_projection(mixture, covariance=covariance)
    places = []
    for fit in fits:
        factor = np.linalg.cholesky(fit.covariance)
        places.append([*fit.mean, math.log(factor[0, 0]), math.log(factor[1, 1]), factor[1, 0] / factor[1, 1]][:size])
    hit = set()
    tight = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8}
    for _ in range(40):
        start = [*rng.uniform([-5, -1], [5, 4]), *rng.uniform(-1.2, 1.2, 2), rng.normal()][:size]
        end = minimize(objective, start, jac=True, method="L-BFGS-B", options=tight)
        gaps = [abs(end.x - place).max() for place in places]
        if min(gaps) > 0.02:  # perhaps a saddle: from there, a little further
            end = minimize(objective, end.x + 0.05 * rng.normal(size=size), jac=True, method="L-BFGS-B", options=tight)
            gaps = [abs(end.x - place).max() for place in places]
        assert min(gaps) < 0.02
        hit.add(int(np.argmin(gaps)))
    assert hit == set(range(len(fits)))


def test_a_saddle_is_left_and_not_reported():
    """Two round modes on the diagonal, and Q with independent coordinates: between them the fit has a way down."""
    from kltext._reverse_fit import Law, descend
    from kltext._reverse_search import _down_from

    mixture = GaussianMixture([0.5, 0.5], [[-1.5, -1.5], [1.5, 1.5]], covariances=np.eye(2))
    middle = descend(mixture, Law(np.zeros(2), 1.8 * np.eye(2)), True, 0.4)
    assert abs(middle.law.mean).max() < 1e-9 and np.linalg.eigvalsh(middle.hessian)[0] < -0.2
    ends = [descend(mixture, law, True, 0.4) for law in _down_from(middle, True)]
    assert [round(abs(end.law.mean[0]), 3) for end in ends] == [1.317, 1.317]
    assert ends[0].law.mean[0] * ends[1].law.mean[0] < 0
    fits = i_projection(mixture, covariance="diagonal")
    assert [fit.mean.round(3).tolist() for fit in fits] == [[-1.317, -1.317], [1.317, 1.317]]


# Behaviour


def test_the_same_every_time_and_with_any_seed():
    for mixture in (THREE, THREE_2D):
        first, again, other = (i_projection(mixture, seed=seed) for seed in (0, 0, 5))
        for a, b, c in zip(first, again, other, strict=True):
            assert np.array_equal(a.mean, b.mean) and np.array_equal(a.covariance, b.covariance) and a.value == b.value
            assert a.mean == pytest.approx(c.mean, abs=1e-8) and a.value == pytest.approx(c.value, abs=1e-12)
        assert [fit.value for fit in first] == sorted(fit.value for fit in first)


def test_random_starts_are_seldom_needed_but_count():
    assert len(i_projection(THREE, starts=0)) == len(i_projection(THREE)) == 3


@pytest.mark.parametrize(("shift", "scale"), [(1e4, 1e-2), (-7.0, 1e6)])
def test_units_do_not_matter(shift, scale):
    moved = GaussianMixture(THREE.weights, THREE.means * scale + shift, stds=THREE.stds * scale)
    for fit, other in zip(i_projection(THREE), i_projection(moved), strict=True):
        assert other.mean == pytest.approx(fit.mean * scale + shift, abs=1e-8 * scale, rel=1e-11)
        assert other.std == pytest.approx(fit.std * scale, rel=1e-7, abs=0)
        assert other.value == pytest.approx(fit.value, abs=1e-9)


def test_rotations_do_not_matter_for_full_covariances():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]]) * 10
    turned = GaussianMixture(TWO_2D.weights, TWO_2D.means @ turn.T, covariances=turn @ TWO_2D.covariances @ turn.T)
    for project in (lambda mixture: [m_projection(mixture)], i_projection):
        for fit, other in zip(project(TWO_2D), project(turned), strict=True):
            assert other.mean == pytest.approx(turn @ fit.mean, abs=1e-6)
            assert other.covariance == pytest.approx(turn @ fit.covariance @ turn.T, rel=1e-7, abs=1e-6)
            assert other.value == pytest.approx(fit.value, abs=1e-11)


def test_the_shape_of_the_answer_follows_the_mixture():
    line = THREE
    column = GaussianMixture(line.weights, line.means[:, None], covariances=line.stds[:, None, None] ** 2)
    for project in (m_projection, lambda mixture: i_projection(mixture)[0]):
        flat, tall = project(line), project(column)
        assert isinstance(flat.mean, float) and isinstance(flat.covariance, float) and isinstance(flat.std, float)
        assert tall.mean.shape == tall.std.shape == (1,) and tall.covariance.shape == (1, 1)
        assert tall.value == pytest.approx(flat.value, abs=1e-12) and tall.std[0] == pytest.approx(flat.std, rel=1e-9, abs=0)


@st.composite
def mixtures(draw):
    n = draw(st.integers(1, 3))
    weights = np.array(draw(st.lists(st.floats(0.1, 1), min_size=n, max_size=n)))
    means = draw(st.lists(st.floats(-6, 6), min_size=n, max_size=n))
    stds = draw(st.lists(st.floats(0.2, 3), min_size=n, max_size=n))
    return GaussianMixture(weights / weights.sum(), means, stds=stds)


@settings(max_examples=12)
@given(mixtures())
def test_values_are_divergences_and_minima_beat_their_neighbours(mixture):
    fits, forward = i_projection(mixture, starts=8), m_projection(mixture)
    points = mixture.means
    assert fits and [fit.value for fit in fits] == pytest.approx(sorted(fit.value for fit in fits), abs=1e-9)
    for fit in fits:
        reverse = density_kl(normal(fit.mean, fit.std), mixture.log_density, points=points)
        assert 0 <= fit.value == pytest.approx(reverse.value, abs=1e-10)
        assert density_kl(mixture.log_density, normal(fit.mean, fit.std), points=points).value >= forward.value - 1e-11
    objective = line_objective(mixture)
    for m, s in zip(mixture.means, mixture.stds, strict=True):
        assert fits[0].value <= objective(m, math.log(s)) + 1e-8  # no better fit at a component
    assert fits[0].value <= objective(forward.mean, math.log(forward.std)) + 1e-8
    for a, b in ((0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)):
        law = normal(forward.mean + a * forward.std, forward.std * math.exp(b))
        assert density_kl(mixture.log_density, law, points=points).value > forward.value


@pytest.mark.parametrize("project", [m_projection, i_projection])
@pytest.mark.parametrize(
    ("mixture", "options", "message"),
    [
        ([0.5, 0.5], {}, "^mixture must be a GaussianMixture, got"),
        (None, {}, "^mixture must be a GaussianMixture, got None"),
        (GaussianMixture([1.0], np.zeros((1, 3)), covariances=np.eye(3)), {}, "^mixture must live in one or two dimensions, got 3"),
        (pair(1.0), {"covariance": "spherical"}, "^covariance must be 'full' or 'diagonal', got 'spherical'"),
        (pair(1.0), {"covariance": None}, "^covariance must be 'full' or 'diagonal', got None"),
    ],
)
def test_bad_input(project, mixture, options, message):
    with pytest.raises(ValueError, match=message):
        project(mixture, **options)


@pytest.mark.parametrize("name", ["starts", "seed"])
@pytest.mark.parametrize("bad", [-1, 1.5, True, "3", None])
def test_bad_numbers(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number from 0, got"):
        i_projection(pair(1.0), **{name: bad})
