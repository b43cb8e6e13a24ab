"""Mutual information, conditional entropy, information gain and perplexity against enumeration and fifty digits."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import (
    conditional_entropy,
    entropy,
    information_gain,
    kl_divergence,
    mutual_information,
    perplexity,
)

LOG2, INF = math.log(2), math.inf


def exact_information(joint):
    total = mpmath.fsum(float(x) for row in joint for x in row)
    table = [[mpmath.mpf(float(x)) / total for x in row] for row in joint]
    rows = [mpmath.fsum(row) for row in table]
    columns = [mpmath.fsum(column) for column in zip(*table, strict=True)]
    return mpmath.fsum(
        x * mpmath.log(x / (rows[i] * columns[j])) for i, row in enumerate(table) for j, x in enumerate(row) if x
    )


def exact_conditional(joint):
    table = [[mpmath.mpf(float(x)) for x in row] for row in joint]
    return mpmath.fsum(x * mpmath.log(mpmath.fsum(row) / x) for row in table for x in row if x)


@st.composite
def tables(draw, zeros=True):
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    entry = st.one_of(st.floats(1e-3, 1), st.floats(-12, 0).map(lambda e: 10.0**e), *([st.just(0.0)] if zeros else []))
    mass = np.array(draw(st.lists(entry, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])))
    mass[0] += 1e-2
    return (mass / mass.sum()).reshape(shape)


KNOWN = [
    ([[0.5, 0.0], [0.0, 0.5]], LOG2, 0.0),
    ([[0.25, 0.25], [0.25, 0.25]], 0.0, LOG2),
    ([[0.25, 0.25], [0.0, 0.5]], 1.5 * LOG2 - 0.75 * math.log(3), 0.5 * LOG2),
    ([[1.0]], 0.0, 0.0),
    ([[0.2, 0.3, 0.5]], 0.0, -0.2 * math.log(0.2) - 0.3 * math.log(0.3) - 0.5 * math.log(0.5)),
]


@pytest.mark.parametrize(("joint", "information", "left"), KNOWN)
def test_known_values(joint, information, left):
    assert mutual_information(joint) == pytest.approx(information, rel=1e-14, abs=1e-16)
    assert mutual_information(joint, base=2) == pytest.approx(information / LOG2, rel=1e-14, abs=1e-16)
    assert conditional_entropy(joint) == pytest.approx(left, rel=1e-14, abs=1e-16)
    assert conditional_entropy(joint, base=2) == pytest.approx(left / LOG2, rel=1e-14, abs=1e-16)


@given(tables())
def test_against_fifty_digits(joint):
    with mpmath.workdps(50):
        assert conditional_entropy(joint) == pytest.approx(float(exact_conditional(joint)), rel=1e-13, abs=1e-15)  # a row's sum is rounded
        assert mutual_information(joint) == pytest.approx(float(exact_information(joint)), rel=1e-12, abs=1e-30)


def test_nearly_independent_pairs_keep_their_digits():
    with mpmath.workdps(60):
        for k in (10, 20, 26):
            step = 2.0**-k
            joint = np.array([[0.25 + step, 0.25 - step], [0.25 - step, 0.25 + step]])
            assert mutual_information(joint) == pytest.approx(float(exact_information(joint)), rel=1e-13, abs=0)


@pytest.mark.parametrize("rare", [1e-160, 1e-200, 1e-300])
def test_a_rare_pair_whose_marginals_multiply_to_nothing(rare):
    joint = [[1.0, 0.0], [0.0, rare]]
    # X tells Y: H(ε, 1 − ε) = −ε log ε − (1 − ε) log(1 − ε), whose last part is ε
    assert mutual_information(joint) == pytest.approx(rare * (1 - math.log(rare)), rel=1e-13, abs=0)
    assert conditional_entropy(joint) == 0


@given(tables())
def test_identities(joint):
    x, y = joint.sum(1), joint.sum(0)
    information = mutual_information(joint)
    assert information >= 0
    assert information == pytest.approx(mutual_information(joint.T), rel=1e-12, abs=1e-14)
    assert information <= min(entropy(x), entropy(y)) + 1e-12
    assert conditional_entropy(joint) >= 0
    assert entropy(y) == pytest.approx(conditional_entropy(joint) + information, rel=1e-12, abs=1e-13)
    assert entropy(joint.ravel()) == pytest.approx(entropy(x) + conditional_entropy(joint), rel=1e-12, abs=1e-13)


@given(tables(zeros=False))
def test_average_gain_is_the_mutual_information(joint):
    x, y = joint.sum(1), joint.sum(0)
    gains = [information_gain(y, joint[i] / x[i]) for i in range(len(x))]
    assert x @ np.array(gains) == pytest.approx(mutual_information(joint), rel=1e-9, abs=1e-12)


def test_a_gain_is_the_divergence_with_its_arguments_in_order_of_time():
    prior, posterior = [0.5, 0.5], [0.9, 0.1]
    assert information_gain(prior, posterior) == kl_divergence(posterior, prior) != kl_divergence(prior, posterior)
    assert information_gain(prior, posterior, base=2) == kl_divergence(posterior, prior, base=2)
    assert information_gain([1.0, 0.0], [0.5, 0.5]) == INF
    with pytest.raises(ValueError, match="^prior must be non-negative, got -0.5"):
        information_gain([1.5, -0.5], posterior)
    with pytest.raises(ValueError, match="^posterior must sum to 1"):
        information_gain(prior, [0.5, 0.6])


def test_perplexity():
    assert perplexity([0.2] * 5) == pytest.approx(5, rel=1e-14, abs=0)
    assert perplexity([1.0, 0.0]) == 1
    assert perplexity([0.5, 0.5], [1.0, 0.0]) == INF
    assert perplexity([1.0, 0.0], [0.125, 0.875]) == pytest.approx(8, rel=1e-14, abs=0)
    p, q = [0.7, 0.2, 0.1], [0.1, 0.2, 0.7]
    assert perplexity(p, q) == pytest.approx(perplexity(p) * math.exp(kl_divergence(p, q)), rel=1e-14, abs=0)
    np.testing.assert_allclose(perplexity([[0.5, 0.5], [1.0, 0.0]]), [2.0, 1.0])


@pytest.mark.parametrize("function", [mutual_information, conditional_entropy])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([0.5, 0.5], r"last two axes, got shape \(2,\)"),
        (np.empty((0, 2)), r"last two axes, got shape \(0, 2\)"),
        ([[0.5, 0.6]], "sum to 1"),
        ([[1.5, -0.5]], "non-negative, got -0.5"),
        ([[math.nan, 1.0]], "non-negative, got nan"),
        ([[True, False]], "real numbers"),
        ("x", "real numbers"),
    ],
)
def test_not_a_law_of_pairs(function, bad, message):
    with pytest.raises(ValueError, match=f"^joint must .*{message}"):
        function(bad)


def test_array_libraries(library):
    joint = library.array([[[0.25, 0.25], [0.0, 0.5]], [[0.1, 0.2], [0.3, 0.4]]])
    for function in (mutual_information, conditional_entropy):
        value = function(joint)
        assert library.is_native(value)
        np.testing.assert_allclose(library.numpy(value), function(library.numpy(joint)), rtol=1e-13)
    assert library.is_native(perplexity(joint[1][0] * 0 + 0.5))


def test_gradients(differentiable):
    table = np.array([[0.25, 0.15, 0.1], [0.0, 0.3, 0.2]])
    along = np.array([[0.02, -0.01, 0.03], [0.0, -0.05, 0.01]])
    with mpmath.workdps(50):
        for function, exact in ((mutual_information, exact_information), (conditional_entropy, exact_conditional)):
            (gradient,) = differentiable.gradients(function, table)
            assert np.isfinite(gradient).all()
            h = mpmath.mpf(10) ** -12

            def moved(sign, exact=exact, h=h):
                shifted = [[mpmath.mpf(float(a)) + sign * h * mpmath.mpf(float(b)) for a, b in zip(r, s, strict=True)] for r, s in zip(table, along, strict=True)]
                return exact_of(exact, shifted)

            slope = (moved(1) - moved(-1)) / (2 * h)
            assert (gradient * along).sum() == pytest.approx(float(slope), rel=1e-7, abs=0)


def exact_of(exact, table):
    """The references take floats; this keeps the shifted entries in fifty digits."""
    rows = [mpmath.fsum(row) for row in table]
    columns = [mpmath.fsum(column) for column in zip(*table, strict=True)]
    if exact is exact_conditional:
        return mpmath.fsum(x * mpmath.log(rows[i] / x) for i, row in enumerate(table) for x in row if x)
    return mpmath.fsum(x * mpmath.log(x / (rows[i] * columns[j])) for i, row in enumerate(table) for j, x in enumerate(row) if x)


def test_no_pairs_have_no_information():
    for function in (mutual_information, conditional_entropy):
        assert function(np.empty((0, 2, 3))).shape == (0,)


@pytest.mark.parametrize("rare", [1e-155, 1e-200, 1e-300])
def test_rare_pairs_whose_product_underflows(exact, rare):
    """X = Y, nearly always 1: all of the information is in a pair whose p(x)·p(y) is no number of the machine's."""
    with mpmath.workdps(700):
        law = [mpmath.mpf(rare) / (1 + mpmath.mpf(rare)), 1 / (1 + mpmath.mpf(rare))]
        wanted = -sum(a * mpmath.log(a) for a in law)
    assert exact.relative_error(mutual_information([[rare, 0.0], [0.0, 1.0]]), wanted) < 1e-14
    gap = conditional_entropy([[rare, 0.0], [0.0, 1.0]])
    assert gap == 0
