"""Rényi divergences against fifty digits, at the limits, and against what theory says of the order."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import chi2_divergence, hellinger, kl_divergence
from kltext.renyi import renyi_divergence

LOG2, INF = math.log(2), math.inf
ORDERS = [0, 1e-9, 0.1, 0.5, 0.9, 1 - 1e-9, 1, 1 + 1e-9, 1.5, 2, 7, 100, 1000, INF]


def exact(p, q, order):
    p, q = ([mpmath.mpf(float(x)) for x in law] for law in (p, q))
    p, q = ([x / mpmath.fsum(law) for x in law] for law in (p, q))
    if order == 0:
        return -mpmath.log(mpmath.fsum(b for a, b in zip(p, q, strict=True) if a))
    if order == 1:
        return mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a)
    if order == INF:
        return max(mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a)
    a = mpmath.mpf(order)
    return mpmath.log(mpmath.fsum(x**a * y ** (1 - a) for x, y in zip(p, q, strict=True) if x and y)) / (a - 1)


PAIRS = [
    ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]),
    ([0.9, 0.1], [0.5, 0.5]),
    ([0.25, 0.75, 0.0], [0.25, 0.25, 0.5]),
    ([1e-12, 1 - 1e-12], [1e-3, 1 - 1e-3]),
    ([1 - 1e-12, 1e-12], [1e-12, 1 - 1e-12]),
    ([0.5 + 2**-20, 0.5 - 2**-20], [0.5, 0.5]),
    ([0.5 + 2**-27, 0.5 - 2**-27], [0.5, 0.5]),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_against_the_definition(p, q, order):
    with mpmath.workdps(60):
        wanted = float(exact(p, q, order))
    assert renyi_divergence(p, q, order) == pytest.approx(wanted, rel=1e-12, abs=1e-320)
    assert renyi_divergence(p, q, order, base=2) == pytest.approx(wanted / LOG2, rel=1e-12, abs=1e-320)


@pytest.mark.parametrize(
    ("p", "q", "below_one", "from_one"),
    [
        ([1, 0], [0, 1], INF, INF),
        ([0.5, 0.5, 0], [0, 0.5, 0.5], None, INF),
        ([0.5, 0.5], [1, 0], None, INF),
        ([1, 0], [0.5, 0.5], LOG2, LOG2),
        ([1, 0, 0], [1, 0, 0], 0, 0),
    ],
)
def test_infinities(p, q, below_one, from_one):
    for order in ORDERS:
        value = renyi_divergence(p, q, order)
        wanted = below_one if order < 1 else from_one
        if wanted is None:
            assert 0 <= value < INF
        else:
            assert value == pytest.approx(wanted, rel=1e-14, abs=0)


@st.composite
def laws(draw, count=2):
    n = draw(st.integers(1, 5))
    entry = st.one_of(st.just(0.0), st.floats(1e-3, 1), st.floats(-9, 0).map(lambda e: 10.0**e))
    found = []
    for _ in range(count):
        mass = np.array(draw(st.lists(entry, min_size=n, max_size=n)))
        mass[draw(st.integers(0, n - 1))] += 0.01
        found.append(mass / mass.sum())
    return found


@given(laws())
def test_never_negative_and_never_decreasing_in_the_order(pair):
    values = [renyi_divergence(*pair, order) for order in ORDERS]
    assert values[0] >= 0
    assert all(a <= b * (1 + 1e-9) + 1e-13 for a, b in zip(values, values[1:], strict=False))


@given(laws(), st.sampled_from([0.1, 0.5, 0.9]))
def test_skew_symmetry(pair, order):
    p, q = pair
    one, other = (1 - order) * renyi_divergence(p, q, order), order * renyi_divergence(q, p, 1 - order)
    assert one == pytest.approx(other, rel=1e-9, abs=1e-13)


@given(laws(), st.sampled_from([0.3, 0.999, 2, 30, INF]), st.integers(0, 2**31))
def test_data_processing(pair, order, seed):
    p, q = pair
    channel = np.random.default_rng(seed).dirichlet(np.ones(3), size=len(p))
    p_after, q_after = (law @ channel / (law @ channel).sum() for law in pair)
    assert renyi_divergence(p_after, q_after, order) <= renyi_divergence(p, q, order) * (1 + 1e-9) + 1e-12


def test_the_members_it_is_known_by():
    p, q = [0.5, 0.3, 0.2], [0.2, 0.1, 0.7]
    assert renyi_divergence(p, q, 2) == pytest.approx(math.log1p(chi2_divergence(p, q)), rel=1e-14, abs=0)
    assert renyi_divergence(p, q, 0.5) == pytest.approx(-2 * math.log1p(-(hellinger(p, q) ** 2)), rel=1e-14, abs=0)
    assert renyi_divergence(p, q, 1) == kl_divergence(p, q)


@pytest.mark.parametrize("bad", [-1, -1e-9, math.nan, "2", None, True, [0.5], 1j])
def test_not_an_order(bad):
    with pytest.raises(ValueError, match="^alpha must be a number from 0 to inf, got"):
        renyi_divergence([0.5, 0.5], [0.5, 0.5], bad)


def test_not_laws():
    with pytest.raises(ValueError, match="^p must be non-negative"):
        renyi_divergence([1.5, -0.5], [0.5, 0.5], 2)
    with pytest.raises(ValueError, match="^base must"):
        renyi_divergence([0.5, 0.5], [0.5, 0.5], 2, base=1)


@pytest.mark.parametrize("order", ORDERS)
def test_array_libraries(library, order):
    p, q = library.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), library.array([0.2, 0.3, 0.5])
    value = renyi_divergence(p, q, order)
    assert library.is_native(value)
    np.testing.assert_allclose(library.numpy(value), renyi_divergence(library.numpy(p), library.numpy(q), order), rtol=1e-12)


@pytest.mark.parametrize("order", [0.3, 0.999, 1, 2.5, 40])
def test_gradients(differentiable, order):
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.3, 0.4, 0.1])
    along = np.array([0.03, 0.04, -0.07, 0.0]), np.array([-0.02, 0.05, 0.01, -0.04])
    gradients = differentiable.gradients(lambda a, b: renyi_divergence(a, b, order), p, q)
    assert all(np.isfinite(g).all() for g in gradients)
    h = 1e-6
    with mpmath.workdps(40):
        up, down = (exact(p + s * h * along[0], q + s * h * along[1], order) for s in (1, -1))
    slope = float((up - down) / (2 * h))
    assert gradients[0] @ along[0] + gradients[1] @ along[1] == pytest.approx(slope, rel=1e-5, abs=0)
    equal = differentiable.gradients(lambda a, b: renyi_divergence(a, b, order), p, p.copy())
    assert all(np.isfinite(g).all() for g in equal)


@pytest.mark.parametrize("order", [0.5, 3, INF])
def test_gradients_of_batches(differentiable, by_autograd, order):
    """Two rows of P beside three of Q, on axes of their own, against autograd on each pair."""
    rng = np.random.default_rng(2)
    p, q = rng.dirichlet(np.ones(4), (2, 1)), rng.dirichlet(np.ones(4), 3)
    got = differentiable.gradients(lambda a, b: renyi_divergence(a, b, order).sum(), p, q)
    single = [[by_autograd(lambda a, b: renyi_divergence(a, b, order), a, b) for b in q] for a in p[:, 0]]
    np.testing.assert_allclose(got[0][:, 0], [sum(s[0] for s in row) for row in single], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(got[1], [single[0][j][1] + single[1][j][1] for j in range(3)], rtol=1e-12, atol=1e-15)


def test_order_0_of_a_law_that_sums_to_one_only_to_rounding():
    assert renyi_divergence([0.5, 0.5], [0.5 + 1e-9, 0.5], 0) == 0
