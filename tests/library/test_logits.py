"""KL from logits against fifty digits, where probabilities would have rounded to 0 or 1 and where the laws nearly agree."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import kl_divergence, kl_from_logits

INF = math.inf


def exact(logits_p, logits_q):
    with mpmath.workdps(60):
        rows = []
        for logits in (logits_p, logits_q):
            z = [mpmath.mpf(float(v)) if v > -INF else mpmath.ninf for v in logits]
            top = max(z)
            e = [mpmath.exp(v - top) if v > mpmath.ninf else mpmath.mpf(0) for v in z]
            log_sum = top + mpmath.log(mpmath.fsum(e))
            rows.append([v - log_sum for v in z])
        total = mpmath.mpf(0)
        for a, b in zip(*rows, strict=True):
            if a > mpmath.ninf:
                if b == mpmath.ninf:
                    return INF
                total += mpmath.exp(a) * (a - b)
        return float(total)


CASES = [
    ([0.0, 1.0, -2.0], [1.0, 0.0, 0.5]),
    ([1e4, 0.0, -1e4], [0.0, 1e4, 3.0]),
    ([-1e4, -1e4 + 1, -1e4 + 2], [1e4, 1e4 + 2, 1e4 - 1]),
    ([1e4, 0.0], [1e4, 1.0]),
    ([0.0, -40.0], [0.0, -41.0]),
    ([0.0, -800.0], [0.0, -10.0]),
    ([0.0, -INF, 1.0], [2.0, -INF, 0.0]),
    ([0.0, -INF], [0.0, 1.0]),
    ([5.0], [-3.0]),
    ([0.0, -30.0, 2.0], [1e-9, -20.0, 2.0]),
]


@pytest.mark.parametrize(("p", "q"), CASES)
def test_in_fifty_digits(p, q):
    assert kl_from_logits(p, q) == pytest.approx(exact(p, q), rel=1e-13, abs=1e-320)
    assert kl_from_logits(p, q, base=2) == pytest.approx(exact(p, q) / math.log(2), rel=1e-13, abs=1e-320)


@pytest.mark.parametrize("size", [1e-1, 1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("offset", [0.0, 3.0, 1e4])
def test_nearly_equal_rows_keep_their_digits(size, offset):
    rng = np.random.default_rng(1)
    for n in (2, 5, 64):
        p = 3 * rng.normal(size=n)
        q = p + size * rng.normal(size=n) + offset
        assert kl_from_logits(p, q) == pytest.approx(exact(p, q), rel=1e-13, abs=0)


def test_infinities_and_equality():
    assert kl_from_logits([0.0, 0.0], [0.0, -INF]) == INF
    assert kl_from_logits([0.0, 1.0, -INF], [5.0, 6.0, -INF]) == 0
    assert kl_from_logits([[0.0, 0.0], [0.0, 1.0]], [0.0, 0.0]).shape == (2,)


logits = st.lists(st.floats(-50, 50), min_size=3, max_size=3)


@given(logits, logits)
def test_agrees_with_the_divergence_of_the_softmaxes(p, q):
    def softmax(z):
        e = np.exp(np.array(z) - max(z))
        return e / e.sum()

    value = kl_from_logits(p, q)
    assert value >= 0
    assert value == pytest.approx(exact(p, q), rel=1e-12, abs=1e-55)  # the reference has sixty digits
    assert value == pytest.approx(kl_divergence(softmax(p), softmax(q)), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        ([math.nan, 0.0], [0.0, 0.0], "^logits_p must be finite or −inf, got nan"),
        ([0.0, 0.0], [INF, 0.0], "^logits_q must be finite or −inf, got inf"),
        ([-INF, -INF], [0.0, 0.0], "^logits_p must leave one outcome"),
        ([[-INF, -INF]], [[0.0, 0.0]], "^logits_p must leave one outcome"),
        ([0.0, 0.0], [0.0, 0.0, 0.0], "same outcomes, got logits_p"),
        ([[0.0, 0.0]] * 2, [[0.0, 0.0]] * 3, "do not broadcast"),
        (0.0, [0.0], "^logits_p must have outcomes"),
        (["x"], [0.0], "^logits_p must hold real numbers"),
    ],
)
def test_bad_logits(p, q, message):
    with pytest.raises(ValueError, match=message):
        kl_from_logits(p, q)


def test_array_libraries(library):
    p, q = library.array([[0.0, 1.0, -2.0], [1e4, 0.0, -1e4]]), library.array([1.0, 0.0, 0.5])
    value = kl_from_logits(p, q)
    assert library.is_native(value)
    np.testing.assert_allclose(library.numpy(value), kl_from_logits(library.numpy(p), library.numpy(q)), rtol=1e-13)
    assert library.dtype(kl_from_logits(library.array([0.0, 1.0], "float32"), library.array([1.0, 0.0], "float32"))).endswith("float32")


@pytest.mark.parametrize(("p", "q"), [([0.3, -1.0, 2.0], [1.0, 0.0, -0.5]), ([0.3, -1.0, 2.0], [0.3 + 1e-3, -1.0, 2.0 - 1e-3]), ([0.3, -1.0, 2.0], [0.3, -1.0, 2.0]), ([50.0, 0.0, 0.0], [0.0, 50.0, 0.0])])
def test_gradients(differentiable, p, q):
    p, q = np.array(p), np.array(q)
    in_p, in_q = differentiable.gradients(kl_from_logits, p, q)

    def softmax(z):
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()

    ratio = np.log(softmax(p)) - np.log(softmax(q))
    value = float(softmax(p) @ ratio)
    np.testing.assert_allclose(in_q, softmax(q) - softmax(p), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(in_p, softmax(p) * (ratio - value), rtol=1e-8, atol=1e-12)


def test_gradients_of_batches_are_those_of_the_rows(differentiable, by_autograd):
    """Rows that are nearly equal beside rows that are not, on two axes before the outcomes, against autograd on each row."""
    rng = np.random.default_rng(8)
    p = rng.normal(size=(3, 2, 4))
    q = p + rng.normal(size=p.shape) * np.array([[1e-9, 1.0], [1e-3, 5.0], [2.0, 1e-6]])[..., None]
    at_once = differentiable.gradients(lambda a, b: kl_from_logits(a, b).sum(), p, q)
    for i in np.ndindex(3, 2):
        alone = by_autograd(kl_from_logits, p[i], q[i])
        np.testing.assert_allclose([gradient[i] for gradient in at_once], alone, rtol=1e-12, atol=1e-25)


def test_no_nan_in_gradients_with_impossible_outcomes(differentiable):
    p, q = np.array([0.3, -INF, 2.0]), np.array([1.0, -INF, -0.5])
    for gradient in differentiable.gradients(kl_from_logits, p, q):
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("shift", [0.1, 100.1, 1e4 + 0.1, -1e6 / 3])
@pytest.mark.parametrize("change", [1e-6, 1e-3, 0.3])
def test_a_shift_between_near_equal_rows_costs_no_digits(shift, change):
    """The difference of the logits is rounded, and what its rounding loses is added again."""
    rng = np.random.default_rng(5)
    logits_p = rng.normal(size=6)
    logits_q = logits_p + shift + change * rng.uniform(-1, 1, 6)
    assert kl_from_logits(logits_p, logits_q) == pytest.approx(exact(logits_p, logits_q), rel=1e-13, abs=0)
    assert kl_from_logits(logits_q, logits_p) == pytest.approx(exact(logits_q, logits_p), rel=1e-13, abs=0)
