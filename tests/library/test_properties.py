"""Theorems, tried on laws that hypothesis invents: with zeros, near-equal pairs and extreme ratios."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kltext import (
    cross_entropy,
    derivations,
    entropy,
    gaussian_kl,
    js_distance,
    js_divergence,
    kl_divergence,
    mvn_kl,
    surprisal,
    total_variation,
)

LOG2 = math.log(2)
ROUNDING = 1e-12


def weights(smallest, zeros):
    ordinary = st.one_of(st.floats(1e-3, 1.0), st.floats(smallest, 0).map(lambda e: 10.0**e))
    return st.one_of(st.just(0.0), ordinary) if zeros else ordinary


@st.composite
def laws(draw, count=2, size=None, smallest=-100, zeros=True):
    """``count`` laws over the same outcomes; each after the first may be a near copy of the one before."""
    n = size or draw(st.integers(1, 8))
    found = []
    for _ in range(count):
        if found and draw(st.booleans()):
            spread = 10.0 ** draw(st.integers(-12, -1))
            change = np.array(draw(st.lists(st.floats(-0.9, 0.9), min_size=n, max_size=n)))
            mass = found[-1] * (1 + spread * change)
        else:
            mass = np.array(draw(st.lists(weights(smallest, zeros), min_size=n, max_size=n)))
        assume(mass.sum() > 1e-3)
        found.append(mass / mass.sum())
    return found


def extreme_laws(count=2):
    """Down to the smallest subnormal number, where products and halves of probabilities would vanish."""
    return laws(count, smallest=-324)


@given(extreme_laws())
def test_kl_is_never_negative(pair):
    p, q = pair
    assert kl_divergence(p, q) >= 0


@given(extreme_laws())
def test_kl_is_zero_exactly_where_the_laws_are_equal(pair):
    p, q = pair
    assert kl_divergence(p, p) == 0
    if np.abs(p - q).max() > 1e-150:  # squares of smaller differences underflow
        assert kl_divergence(p, q) > 0


@given(extreme_laws())
def test_kl_is_infinite_exactly_where_q_misses_an_outcome_of_p(pair):
    p, q = pair
    assert math.isinf(kl_divergence(p, q)) == bool(np.any((p > 0) & (q == 0)))


@given(extreme_laws(), st.randoms(use_true_random=False))
def test_relabelling_the_outcomes_changes_nothing(pair, random):
    p, q = pair
    order = list(range(len(p)))
    random.shuffle(order)
    for function in (kl_divergence, js_divergence, total_variation, cross_entropy):
        assert math.isclose(function(p, q), function(p[order], q[order]), rel_tol=1e-14, abs_tol=1e-300)


@given(laws(size=12))
def test_chain_rule(pair):
    p, q = (law.reshape(3, 4) for law in pair)
    p_x, q_x = p.sum(axis=1), q.sum(axis=1)
    second = 0.0
    for i in range(3):
        if p_x[i] > 1e-290:
            second += p_x[i] * kl_divergence(p[i] / p_x[i], q[i] / q_x[i]) if q_x[i] > 1e-290 else math.inf
    whole = kl_divergence(p.ravel(), q.ravel())
    assume(math.isfinite(whole) and math.isfinite(second))
    assert math.isclose(whole, kl_divergence(p_x, q_x) + second, rel_tol=1e-9, abs_tol=1e-14)


@given(laws(size=3, zeros=False), laws(size=3, zeros=False))
def test_divergences_of_independent_pairs_add(first, second):
    (p, q), (r, s) = first, second
    both = kl_divergence(np.outer(p, r).ravel(), np.outer(q, s).ravel())
    assert math.isclose(both, kl_divergence(p, q) + kl_divergence(r, s), rel_tol=1e-9, abs_tol=1e-15)


@given(laws(size=4), laws(count=4, size=3))
def test_data_processing(pair, rows):
    p, q = pair
    channel = np.array(rows)
    for function in (kl_divergence, js_divergence, total_variation):
        before, after = function(p, q), function(p @ channel, q @ channel)
        assert after <= before * (1 + 1e-9) + 1e-15


@given(laws(count=4), st.floats(0.01, 0.99))
def test_joint_convexity(four, weight):
    p1, p2, q1, q2 = four
    mixed = kl_divergence(weight * p1 + (1 - weight) * p2, weight * q1 + (1 - weight) * q2)
    parts = weight * kl_divergence(p1, q1) + (1 - weight) * kl_divergence(p2, q2)
    assert mixed <= parts * (1 + 1e-9) + 1e-15


@given(extreme_laws())
def test_pinsker(pair):
    p, q = pair
    assert total_variation(p, q) <= math.sqrt(kl_divergence(p, q) / 2) * (1 + ROUNDING) + 1e-16


@given(extreme_laws())
def test_bretagnolle_huber(pair):
    p, q = pair
    assert total_variation(p, q) ** 2 <= -math.expm1(-kl_divergence(p, q)) * (1 + ROUNDING) + 1e-30


@given(extreme_laws())
def test_js_is_symmetric_and_at_most_log_2(pair):
    p, q = pair
    assert 0 <= js_divergence(p, q) <= LOG2
    assert js_divergence(p, q) == js_divergence(q, p)
    assert 0 <= js_divergence(p, q, base=2) <= 1
    assert js_divergence(p, p) == 0


@given(laws())
def test_js_is_the_average_divergence_from_the_mixture(pair):
    p, q = pair
    mixture = (p + q) / 2
    average = (kl_divergence(p, mixture) + kl_divergence(q, mixture)) / 2
    assert math.isclose(js_divergence(p, q), average, rel_tol=1e-9, abs_tol=1e-15)


@given(extreme_laws())
def test_js_lies_between_bounds_in_total_variation(pair):
    p, q = pair
    assert js_divergence(p, q) <= LOG2 * total_variation(p, q) * (1 + ROUNDING)


@given(laws(count=3))
def test_js_distance_obeys_the_triangle_inequality(three):
    p, q, r = three
    assert js_distance(p, r) <= (js_distance(p, q) + js_distance(q, r)) * (1 + ROUNDING) + 1e-150


@given(laws(count=3))
def test_total_variation_is_a_metric(three):
    p, q, r = three
    assert 0 <= total_variation(p, q) <= 1
    assert total_variation(p, q) == total_variation(q, p)
    assert total_variation(p, r) <= total_variation(p, q) + total_variation(q, r) + 1e-15


@given(extreme_laws())
def test_entropy_bounds_and_the_cross_entropy_identity(pair):
    p, q = pair
    assert 0 <= entropy(p) <= math.log(len(p)) + 1e-15
    assert math.isclose(cross_entropy(p, q), entropy(p) + kl_divergence(p, q), rel_tol=1e-12, abs_tol=1e-14)
    assert cross_entropy(p, q) >= 0


@given(extreme_laws(count=1))
def test_entropy_is_the_average_surprise(one):
    (p,) = one
    assert math.isclose(entropy(p), float(np.dot(p[p > 0], surprisal(p[p > 0]))), rel_tol=1e-13, abs_tol=1e-300)


@given(laws(), st.sampled_from([2, 10, math.e, 1.5]))
def test_bases(pair, base):
    p, q = pair
    for function in (kl_divergence, js_divergence, cross_entropy):
        assert math.isclose(function(p, q, base=base), function(p, q) / math.log(base), rel_tol=1e-15)


means, stds = st.floats(-1e3, 1e3), st.floats(-3, 3).map(lambda e: 10.0**e)


@given(means, stds, means, stds)
def test_gaussian_kl_is_never_negative_and_knows_no_units(mean_p, std_p, mean_q, std_q):
    value = gaussian_kl(mean_p, std_p, mean_q, std_q)
    assert value >= 0
    if abs(mean_p - mean_q) / std_q > 1e-150 or std_p != std_q:  # a smaller square underflows
        assert value > 0
    for unit in (2.0**-40, 2.0**300):
        assert gaussian_kl(mean_p * unit, std_p * unit, mean_q * unit, std_q * unit) == value


@given(st.lists(st.tuples(means, stds, means, stds), min_size=1, max_size=4))
def test_mvn_kl_adds_over_independent_coordinates(rows):
    mean_p, std_p, mean_q, std_q = np.array(rows).T
    whole = mvn_kl(mean_p, np.diag(std_p**2), mean_q, np.diag(std_q**2))
    assert math.isclose(whole, math.fsum(gaussian_kl(*row) for row in rows), rel_tol=1e-11, abs_tol=1e-25)


@given(st.integers(0, 10**6), st.integers(1, 5))
def test_mvn_kl_is_invariant_under_linear_maps(seed, k):
    rng = np.random.default_rng(seed)
    a, b, t = (rng.normal(size=(k, k)) + 3 * np.eye(k) for _ in range(3))
    mean_p, mean_q, cov_p, cov_q = rng.normal(size=k), rng.normal(size=k), a @ a.T, b @ b.T
    assume(max(np.linalg.cond(m) for m in (a, b, t)) < 1e3)
    value = mvn_kl(mean_p, cov_p, mean_q, cov_q)
    mapped = mvn_kl(t @ mean_p, t @ cov_p @ t.T, t @ mean_q, t @ cov_q @ t.T)
    assert value >= 0 and math.isclose(mapped, value, rel_tol=1e-6, abs_tol=1e-9)


@given(laws(size=4), laws(count=4, size=3), st.floats(0.01, 0.99))
def test_derivations_hold_on_any_example(pair, rows, weight):
    p, q = pair
    derivations.gibbs(p, q)
    derivations.cross_entropy_identity(p, q)
    derivations.kl_by_surprise(p, q)
    derivations.chain_rule(p.reshape(2, 2), q.reshape(2, 2))
    derivations.data_processing(p, q, rows)
    derivations.joint_convexity(p, q, q, p, weight)


@given(st.floats(-10, 10), st.floats(0.05, 20), st.floats(-10, 10), st.floats(0.05, 20))
@settings(max_examples=20)
def test_the_gaussian_derivation_holds_on_any_example(mean_p, std_p, mean_q, std_q):
    values = derivations.gaussian_kl(mean_p, std_p, mean_q, std_q).values()
    assert math.isclose(values[0], gaussian_kl(mean_p, std_p, mean_q, std_q), rel_tol=1e-9, abs_tol=1e-12)
