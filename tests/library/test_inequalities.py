"""The inequalities hold for every pair that hypothesis finds, are reached where they should be, and break if a side is changed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import derivations, js_divergence, kl_divergence, total_variation
from kltext.inequalities import bretagnolle_huber, hellinger_sandwich, js_sandwich, kl_below_chi2, pinsker
from kltext.renyi import renyi_divergence

INF = math.inf
SLACK = 1e-12


@st.composite
def pairs(draw):
    n = draw(st.integers(1, 5))
    entry = st.one_of(st.just(0.0), st.floats(1e-3, 1), st.floats(-9, 0).map(lambda e: 10.0**e))
    found = []
    for _ in range(2):
        mass = np.array(draw(st.lists(entry, min_size=n, max_size=n)))
        mass[draw(st.integers(0, n - 1))] += 0.01
        found.append(mass / mass.sum())
    return found


@given(pairs())
def test_they_hold(pair):
    for sides in (pinsker(*pair), bretagnolle_huber(*pair), kl_below_chi2(*pair)):
        assert sides.left <= sides.right + SLACK
    for sandwich in (hellinger_sandwich(*pair), js_sandwich(*pair)):
        assert sandwich.lower <= sandwich.middle + SLACK
        assert sandwich.middle <= sandwich.upper + SLACK


def test_where_they_are_tight():
    near = [0.5 + 1e-5, 0.5 - 1e-5], [0.5, 0.5]
    assert pinsker(*near).left == pytest.approx(pinsker(*near).right, rel=1e-8, abs=0)
    far = [1.0, 0.0], [0.0, 1.0]
    assert bretagnolle_huber(*far) == (1, 1)
    assert hellinger_sandwich(*far) == (1, 1, 1)
    assert js_sandwich(*far) == pytest.approx((math.log(2),) * 3, rel=1e-12, abs=0)
    mirrored = [0.8, 0.2], [0.2, 0.8]
    assert js_sandwich(*mirrored).lower == pytest.approx(js_sandwich(*mirrored).middle, rel=1e-14, abs=0)
    erased = [0.3, 0.0, 0.7], [0.0, 0.3, 0.7]
    assert js_sandwich(*erased).middle == pytest.approx(js_sandwich(*erased).upper, rel=1e-14, abs=0)
    equal_ratio = [1.0, 0.0], [0.5, 0.5]
    assert kl_below_chi2(*equal_ratio).left == pytest.approx(kl_below_chi2(*equal_ratio).right, rel=1e-15, abs=0)


def test_the_sides_are_what_they_are_called():
    p, q = [0.5, 0.3, 0.2], [0.2, 0.1, 0.7]
    assert pinsker(p, q) == pytest.approx((0.5, math.sqrt(kl_divergence(p, q) / 2)), rel=1e-12, abs=0)
    assert bretagnolle_huber(p, q) == pytest.approx((total_variation(p, q), math.sqrt(1 - math.exp(-kl_divergence(p, q)))), rel=1e-12, abs=0)
    assert kl_below_chi2(p, q).right == pytest.approx(renyi_divergence(p, q, 2), rel=1e-12, abs=0)
    assert js_sandwich(p, q).middle == js_divergence(p, q)
    h2 = sum((math.sqrt(a) - math.sqrt(b)) ** 2 for a, b in zip(p, q, strict=True)) / 2
    assert hellinger_sandwich(p, q) == pytest.approx((h2, 0.5, math.sqrt(h2 * (2 - h2))), rel=1e-12, abs=0)
    assert pinsker([0.5, 0.5], [1.0, 0.0]) == (0.5, INF)
    batch = pinsker([[0.5, 0.5], [1.0, 0.0]], [0.5, 0.5])
    np.testing.assert_allclose(batch.left, [0, 0.5])


def test_array_libraries(library):
    p, q = library.array([0.5, 0.3, 0.2]), library.array([0.2, 0.1, 0.7])
    for function in (pinsker, bretagnolle_huber, hellinger_sandwich, js_sandwich, kl_below_chi2):
        for value, wanted in zip(function(p, q), function([0.5, 0.3, 0.2], [0.2, 0.1, 0.7]), strict=True):
            assert float(library.numpy(value)) == pytest.approx(float(wanted), rel=1e-12, abs=0)


def test_bad_input_is_named():
    for function in (pinsker, bretagnolle_huber, hellinger_sandwich, js_sandwich, kl_below_chi2):
        with pytest.raises(ValueError, match="^q must sum to 1"):
            function([0.5, 0.5], [0.5, 0.6])


@pytest.mark.parametrize(
    ("p", "q"), [([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]), ([0.5, 0.5, 0], [0.1, 0.4, 0.5]), ([0.5, 0.5], [1.0, 0.0]), ([0.3, 0.7], [0.3, 0.7])]
)
def test_the_derivation_of_pinsker(p, q):
    values = derivations.pinsker(p, q).values()
    assert values[0] == pytest.approx(kl_divergence(p, q), rel=1e-12, abs=1e-15)
    assert values[-1] == pytest.approx(2 * total_variation(p, q) ** 2, rel=1e-12, abs=1e-15)


def test_batches_are_rows():
    rng = np.random.default_rng(9)
    p, q = rng.dirichlet(np.ones(4), size=(2, 5, 3))
    for function in (pinsker, bretagnolle_huber, hellinger_sandwich, js_sandwich, kl_below_chi2):
        together = function(p, q)
        for i in np.ndindex(5, 3):
            assert tuple(side[i] for side in together) == pytest.approx(tuple(function(p[i], q[i])), rel=1e-13, abs=0)
