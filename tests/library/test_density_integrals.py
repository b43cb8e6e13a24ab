"""The integrands of the densities' divergences, their sensitivity to rounding, and what is reckoned for the tails."""

import math

import numpy as np
import pytest
from mpmath import mp

from kltext._density_integrals import EPS, _beyond, _log_values, _sample, js_term, kl_term, total_variation_term
from kltext._quadrature import HIGHEST, Samples, stretches
from kltext.densities import density_kl

INF = math.inf
RATIOS = np.array([-700.0, -30.0, -1.2, -0.6, -0.49, -0.07, -1e-3, -1e-9, 0.0, 1e-12, 1e-4, 0.079, 0.3, 0.499, 0.51, 1.4, 25.0, 600.0])
EXACT = {
    kl_term: lambda p, q: p * mp.log(p / q) - p + q,
    js_term: lambda p, q: (p * mp.log(2 * p / (p + q)) + q * mp.log(2 * q / (p + q))) / 2,
    total_variation_term: lambda p, q: abs(p - q) / 2,
}
each = pytest.mark.parametrize("term", EXACT)


@each
def test_terms_and_their_slopes_in_the_logarithms(term):
    p = 0.3
    value, slope_p, slope_q = term(np.full(len(RATIOS), p), p * np.exp(RATIOS), RATIOS)
    for k, v in enumerate(RATIOS.tolist()):
        with mp.workdps(400):
            a = mp.mpf(p)
            exact = EXACT[term](a, a * mp.exp(v))
            step = mp.mpf(10) ** -20
            in_p = (EXACT[term](a * mp.exp(step), a * mp.exp(v)) - EXACT[term](a * mp.exp(-step), a * mp.exp(v))) / (2 * step)
            in_q = (EXACT[term](a, a * mp.exp(v + step)) - EXACT[term](a, a * mp.exp(v - step))) / (2 * step)
        assert value[k] == pytest.approx(float(exact), rel=2e-13, abs=1e-300), v
        if v or term is not total_variation_term:  # which has a corner there
            assert slope_p[k] == pytest.approx(float(abs(in_p)), rel=1e-6, abs=1e-15), v
            assert slope_q[k] == pytest.approx(float(abs(in_q)), rel=1e-6, abs=1e-15), v


@each
def test_where_one_of_the_densities_is_zero(term):
    p, q, v = np.array([0.0, 0.5, 0.0]), np.array([0.5, 0.0, 0.0]), np.array([INF, -INF, 0.0])
    with np.errstate(all="ignore"):
        value = term(p, q, v)[0].tolist()
    wanted = {kl_term: [0.5, INF, 0.0], js_term: [math.log(2) / 4] * 2 + [0.0], total_variation_term: [0.25, 0.25, 0.0]}
    assert value == pytest.approx(wanted[term], rel=1e-15, abs=0)


@each
def test_samples_carry_the_stretch_and_the_rounding_of_the_logarithms(term):
    x, u = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([0.5, -1.0, 0.0, 2.0, 1.0])
    logs_p, logs_q = np.array([-1.0, -4.0, -2.0, -INF, -INF]), np.array([-1.2, -0.5, -INF, -1.0, -INF])
    with np.errstate(all="ignore"):
        found = _sample(term, lambda x: logs_p, lambda x: logs_q, x, u)
    p, q = np.exp(logs_p + u), np.exp(logs_q + u)
    np.testing.assert_array_equal(found.rows[:2], [p, q])
    assert found.infinite.tolist() == [False, False, term is kl_term, False, False]
    for k in range(2):
        with mp.workdps(30):
            exact = float(EXACT[term](mp.exp(mp.mpf(logs_p[k] + u[k])), mp.exp(mp.mpf(logs_q[k] + u[k]))))
        assert found.rows[2, k] == pytest.approx(exact, rel=1e-13)
    half = {kl_term: 0.0, js_term: math.log(2) / 2, total_variation_term: 0.5}[term]  # all of p is on its own
    assert found.rows[2, 2:].tolist() == pytest.approx([half * p[2], q[3] if term is kl_term else half * q[3], 0.0], rel=1e-14)
    # a logarithm l is off by up to ε(1 + |l|): to first order, and to second where the first order may vanish
    sizes_p, sizes_q = np.array([2.0, 5.0, 3.0, 1.0, 1.0]), np.array([2.2, 1.5, 1.0, 2.0, 1.0])
    np.testing.assert_allclose(found.noise[:2], EPS * np.array([p * sizes_p, q * sizes_q]), rtol=1e-15)
    with np.errstate(all="ignore"):
        value, slope_p, slope_q = term(p, q, np.array([-0.2, 3.5, -INF, INF, 0.0]))
    second = np.array([EPS * p[0] * 4.2**2, 0.0, 0.0, 0.0, 0.0])
    first = EPS * (slope_p * sizes_p + slope_q * sizes_q + 4 * abs(value))
    known = np.isfinite(first)
    np.testing.assert_allclose(found.noise[2][known], (first + EPS * second)[known], rtol=1e-13)


def test_where_the_densities_are_equal_rounding_counts_to_second_order():
    logs, u = np.array([-1.0, -3.0, 2.0]), np.array([0.5, -1.0, 0.0])
    found = _sample(kl_term, lambda x: logs, lambda x: logs, np.ones(3), u)
    assert found.rows[2].tolist() == [0, 0, 0]
    wanted = EPS**2 * np.exp(logs + u) * np.array([4.0, 8.0, 6.0]) ** 2
    np.testing.assert_allclose(found.noise[2], wanted, rtol=1e-14)


@pytest.mark.parametrize("point", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_points_lie_strictly_inside(point):
    with pytest.raises(ValueError, match=r"^points must lie inside the support \(0\.0, 1\.0\), got"):
        density_kl(lambda x: 0 * x, lambda x: 0 * x, support=(0.0, 1.0), points=[0.5, point])


def rows_of(*functions):
    """A sample of integrands given in u, which is the logarithm of the distance from 0."""
    return lambda x, u: Samples(np.stack([f(u) for f in functions]), 0 * u, u != u)


@pytest.mark.parametrize("rate", [0.01, 0.5, 2.0])
def test_beyond_a_power_tail_lies_its_integral(rate):
    pieces = stretches((0.0, INF), np.zeros(0))
    (piece,) = pieces
    fall = rows_of(
        lambda u: np.where(u > 0, np.exp(-rate * (u - HIGHEST)) * 1e-3, 0.0),
        lambda u: np.where(u < 0, np.exp(rate * (u - piece.low)) * 1e-3, 0.0),
        lambda u: 0 * u,
    )
    with np.errstate(all="ignore"):
        found = _beyond(fall, pieces, np.ones(3))
    assert found.tolist() == pytest.approx([1e-3 / rate, 1e-3 / rate, 0.0], rel=1e-6)


def test_a_tail_that_does_not_decay_has_no_end_unless_it_is_next_to_nothing():
    pieces = stretches((0.0, INF), np.zeros(0))
    (piece,) = pieces
    length = piece.high - piece.low
    values = np.array([1.0, 1.0, 99.0, 99.0])
    heights = [2.1e-9 / length, 1.9e-9 / length, 1.1e-7 / length, 0.9e-7 / length]  # a limit of 1e-9·(1 + value)
    steady = rows_of(*(lambda u, h=h: h * np.where(u > piece.high - 20, 1.0, 0.0) for h in heights))
    with np.errstate(all="ignore"):
        found = _beyond(steady, pieces, values)
    assert found.tolist() == pytest.approx([INF, 1.9e-9, INF, 0.9e-7], rel=1e-9)
    both = stretches((-INF, INF), np.zeros(0))
    with np.errstate(all="ignore"):
        assert _beyond(rows_of(lambda u: 1.0 + 0 * u), both, np.ones(1)).tolist() == [INF]
        ends = _beyond(rows_of(lambda u: np.exp(-abs(u)) * math.exp(HIGHEST)), both, np.ones(1))
    assert ends == pytest.approx([2.0], rel=1e-6)  # one at either end; near 0 it has long decayed


def test_the_first_bad_value_is_named():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(ValueError, match=r"^log_q must be finite or -inf, got inf at x = 2\.0"):
        _log_values("log_q", lambda x: np.array([0.0, INF, math.nan, INF]), x)
    assert _log_values("log_q", lambda x: -1.5, x).tolist() == [-1.5] * 4
