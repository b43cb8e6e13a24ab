"""The pieces of the quadrature one by one: the rule's exactness, where the range is cut, the peaks, honest error estimates."""

import math

import numpy as np
import pytest

from kltext._quadrature import (
    HIGHEST,
    MOST,
    NODES,
    Samples,
    Stretch,
    clenshaw_curtis,
    integrate,
    peaks,
    place,
    stretches,
)

INF, NONE = math.inf, np.zeros(0)
TINY = math.log(2.0**-1022)
ULP = 2.0**-52


@pytest.mark.parametrize("n", [2, 4, 16, 32])
def test_the_rule_is_exact_for_polynomials_of_its_degree(n):
    nodes, weights = clenshaw_curtis(n)
    assert nodes.shape == weights.shape == (n + 1,)
    np.testing.assert_allclose(nodes, -np.cos(np.arange(n + 1) * math.pi / n), rtol=1e-15)
    assert (weights > 0).all() and np.allclose(weights, weights[::-1], rtol=1e-14)
    for degree in range(n + 1):
        wanted = 2 / (degree + 1) if degree % 2 == 0 else 0.0
        assert weights @ nodes**degree == pytest.approx(wanted, rel=1e-13, abs=1e-15)
    if n < 32:  # and of no more
        assert abs(weights @ nodes ** (n + 2) - 2 / (n + 3)) > 1e-13
    np.testing.assert_array_equal(clenshaw_curtis(2 * n)[0][::2].round(15), nodes.round(15))


@pytest.mark.parametrize(
    ("support", "points", "wanted"),
    [
        ((0.0, 1.0), [], [(0.0, 1.0, TINY, math.log(0.5)), (1.0, -1.0, math.log(ULP), math.log(0.5))]),
        ((-INF, INF), [], [(0.0, -1.0, TINY, HIGHEST), (0.0, 1.0, TINY, HIGHEST)]),
        ((-INF, INF), [8.0], [(8.0, -1.0, math.log(8 * ULP), HIGHEST), (8.0, 1.0, math.log(8 * ULP), HIGHEST)]),
        ((-INF, -4.0), [], [(-4.0, -1.0, math.log(4 * ULP), HIGHEST)]),
        ((2.0, INF), [], [(2.0, 1.0, math.log(2 * ULP), HIGHEST)]),
        (
            (0.0, 8.0),
            [4.0, 2.0, 4.0, 0.0, 8.0],  # in order, each once, and not the ends again
            [
                (0.0, 1.0, TINY, 0.0), (2.0, -1.0, math.log(2 * ULP), 0.0), (2.0, 1.0, math.log(2 * ULP), 0.0),
                (4.0, -1.0, math.log(4 * ULP), 0.0), (4.0, 1.0, math.log(4 * ULP), math.log(2)),
                (8.0, -1.0, math.log(8 * ULP), math.log(2)),
            ],
        ),
        ((-1.5e308, 1.5e308), [], [(s * 1.5e308, -s, math.log(2.0**971), math.log(1.5e308)) for s in (-1.0, 1.0)]),
        ((1.0, 1 + ULP), [], []),  # no number between
        ((1.0, 1 + 2 * ULP), [], []),
        ((1.0, 1 + 4 * ULP), [], [(a, s, math.log(ULP), math.log(2 * ULP)) for a, s in ((1.0, 1.0), (1 + 4 * ULP, -1.0))]),
    ],
)  # fmt: skip
def test_where_the_range_is_cut(support, points, wanted):
    found = stretches(support, np.array(points, dtype=float))
    assert len(found) == len(wanted)
    for stretch, row in zip(found, wanted, strict=True):
        assert stretch == pytest.approx(row, rel=1e-15, abs=0)


@pytest.mark.parametrize("anchor", [0.0, 1.0, -3.0, 1e300])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_points_are_never_the_anchor(anchor, side):
    assert place(anchor, side, -800.0) == np.nextafter(anchor, side * INF)
    assert place(anchor, side, 700.0) == anchor + side * math.exp(700.0)
    assert Stretch(anchor, side, 0.0, 1.0).x(np.array([-800.0]))[0] == np.nextafter(anchor, side * INF)


def bumps(*parts):
    """max over (centre, width, height) of a parabola: peaks of known places."""
    return lambda x: np.max([height - np.minimum(abs(x - centre) / width, 1e100) ** 2 / 2 for centre, width, height in parts], 0)


def test_peaks_are_found_whatever_their_width():
    pieces = stretches((-INF, INF), NONE)
    centres = np.array([-2.0, 5.0, 40.0])
    found = peaks(bumps((5.0, 0.3, 0.0), (-2.0, 0.1, -3.0), (40.0, 3.0, -9.0)), pieces)
    np.testing.assert_allclose(found[np.argmin(abs(found[:, None] - centres), 0)], centres, rtol=1e-7)
    assert len(peaks(lambda x: 0 * x, pieces)) == 0
    jumps = peaks(lambda x: np.where((x > 0.25) & (x < 0.5), 0.0, -INF), stretches((0.0, 1.0), NONE))
    assert jumps[0] == pytest.approx(0.25, rel=1e-12, abs=0) and 0.25 < jumps[1] < 0.5 and len(jumps) == 2  # both ends


@pytest.mark.parametrize("most", [1, 3, 32])
def test_the_highest_peaks_are_kept(most):
    centres = np.arange(1.0, 41.0)
    heights = -((centres * 7) % 41)
    f = bumps(*((c, 0.05, h) for c, h in zip(centres, heights, strict=True)))
    pieces = stretches((0.5, 40.5), centres - 0.3)  # cuts beside the peaks, so that the grid sees every one
    found = peaks(f, pieces, most) if most != 32 else peaks(f, pieces)
    np.testing.assert_allclose(found, np.sort(centres[np.argsort(-heights)[:most]]), rtol=1e-6)


def sampler(*functions, noise=0.0, infinite=lambda x: x != x):
    calls = []

    def sample(x, u):
        calls.append(x.size)
        rows = np.stack([f(x) * np.exp(u) for f in functions])
        return Samples(rows, abs(rows) * noise, infinite(x))

    return sample, calls


def test_several_integrals_at_once_with_error_estimates():
    sample, calls = sampler(lambda x: np.exp(-x * x / 2), lambda x: 1 / (1 + x * x), lambda x: x**0)
    pieces = stretches((-1.0, 2.0), np.array([0.0]))
    found = integrate(sample, pieces)
    wanted = [math.sqrt(math.pi / 2) * (math.erf(2**-0.5) + math.erf(2**0.5)), math.pi / 4 + math.atan(2), 3.0]
    np.testing.assert_allclose(found.values, wanted, rtol=3e-15)
    assert (found.errors < 1e-13).all() and not found.infinite
    panels = sum(math.ceil((s.high - s.low) / 3) for s in pieces)
    assert calls[0] == panels * (NODES + 1)  # a panel for every three units of u


def test_noise_is_counted_and_not_chased():
    sample, calls = sampler(lambda x: np.exp(-x), noise=1e-6)
    found = integrate(sample, stretches((0.0, INF), NONE))
    assert len(calls) == 1
    assert found.values[0] == pytest.approx(1.0, rel=1e-6, abs=0)
    assert found.errors[0] == pytest.approx(1e-6, rel=1e-2, abs=0)


def test_a_jump_is_closed_in_on():
    sample, calls = sampler(lambda x: np.where(x < 1 / 3, 3.0, 0.0))
    found = integrate(sample, stretches((0.0, 1.0), NONE))
    assert abs(found.values[0] - 1) <= found.errors[0] + 1e-15 < 1e-13
    assert len(calls) < 54  # until the panel around it is some numbers wide


@pytest.mark.parametrize("size", [1e-100, 1.0, 1e100])
def test_accuracy_is_relative(size):
    sample, calls = sampler(lambda x: size / (1e-6 + (x - 0.3) ** 2), lambda x: 0 * x)
    found = integrate(sample, stretches((0.0, 1.0), NONE))
    wanted = size * 1e3 * (math.atan(0.7e3) + math.atan(0.3e3))
    assert found.values.tolist() == [pytest.approx(wanted, rel=1e-13, abs=0), 0.0]
    assert found.errors[0] < 1e-12 * wanted and found.errors[1] == 0
    assert len(calls) > 3
    nothing, calls = sampler(lambda x: 0 * x)
    assert integrate(nothing, stretches((0.0, 1.0), NONE)).values.tolist() == [0.0]
    assert len(calls) == 1


def test_what_has_no_end_is_given_up_with_an_error_to_match():
    """An integrand without any pattern: the panels stop at a limit, and the estimate owns up to the rest."""
    sample, calls = sampler(lambda x: np.modf(np.abs(np.sin(x * 1e9)) * 1e5)[0])
    found = integrate(sample, stretches((0.5, 1.0), NONE))
    assert sum(calls) < 4 * MOST * (NODES + 1)
    assert found.errors[0] > 1e-4 and abs(found.values[0] - 0.25) < 0.01


def test_infinite_where_a_whole_panel_is():
    pieces = stretches((0.0, 1.0), NONE)
    assert integrate(sampler(lambda x: x, infinite=lambda x: x > 0.3)[0], pieces).infinite
    alone = integrate(sampler(lambda x: x, infinite=lambda x: x < 0)[0], pieces)
    assert not alone.infinite and alone.values[0] == pytest.approx(0.5, rel=1e-14, abs=0)
    edge = integrate(sampler(lambda x: x, infinite=lambda x: x == x.max())[0], pieces)
    assert not edge.infinite  # a point is no panel
