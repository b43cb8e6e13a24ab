"""Exponential families against sums and integrals of their densities, fifty-digit derivatives, SciPy and the Bregman form."""

import math

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from kltext import bregman_divergence, gaussian_kl
from kltext.exponential import Bernoulli, Categorical, Exponential, ExponentialFamily, Gaussian, Poisson

mp = mpmath.mp

LOG_PARTITION = {
    Bernoulli: lambda t: mpmath.log(1 + mpmath.exp(t[0])),
    Categorical: lambda t: mpmath.log(1 + sum(mpmath.exp(x) for x in t)),
    Poisson: lambda t: mpmath.exp(t[0]),
    Exponential: lambda t: -mpmath.log(-t[0]),
    Gaussian: lambda t: -t[0] ** 2 / (4 * t[1]) - mpmath.log(-2 * t[1]) / 2,
}
EXAMPLES = {
    Bernoulli: [(0.3,), (-2.0,), (4.0,), (0.0,)],
    Categorical: [(0.3, -1.0), (2.0, 0.5), (0.0, 0.0), (-3.0, 4.0)],
    Poisson: [(0.3,), (-2.0,), (2.0,), (0.0,)],
    Exponential: [(-0.3,), (-2.0,), (-5.0,), (-1.0,)],
    Gaussian: [(0.3, -0.5), (-2.0, -3.0), (4.0, -0.2), (0.0, -1.0)],
}
FAMILIES = sorted(EXAMPLES, key=lambda family: family.__name__)
CASES = [(family, theta) for family in FAMILIES for theta in EXAMPLES[family]]


def shaped(family, theta):
    """One law's parameters as the family takes them."""
    return np.array(theta) if family.vector else theta[0]


def slopes(family, theta):
    with mpmath.workdps(40):
        k = len(theta)
        return [mpmath.diff(lambda *t: LOG_PARTITION[family](t), theta, tuple(int(i == j) for j in range(k))) for i in range(k)]


def curvature(family, theta):
    with mpmath.workdps(40):
        k = len(theta)
        order = [[tuple(int(i == a) + int(j == a) for a in range(k)) for j in range(k)] for i in range(k)]
        return [[mpmath.diff(lambda *t: LOG_PARTITION[family](t), theta, n) for n in row] for row in order]


def exact_kl(family, p, q):
    with mpmath.workdps(60):
        p, q = [mpmath.mpf(x) for x in p], [mpmath.mpf(x) for x in q]
        slope = {
            Bernoulli: lambda t: [mpmath.exp(t[0]) / (1 + mpmath.exp(t[0]))],
            Categorical: lambda t: [mpmath.exp(x) / (1 + sum(mpmath.exp(y) for y in t)) for x in t],
            Poisson: lambda t: [mpmath.exp(t[0])],
            Exponential: lambda t: [-1 / t[0]],
            Gaussian: lambda t: [-t[0] / (2 * t[1]), t[0] ** 2 / (4 * t[1] ** 2) - 1 / (2 * t[1])],
        }[family](p)
        partition = LOG_PARTITION[family]
        return partition(q) - partition(p) - sum((b - a) * s for a, b, s in zip(p, q, slope, strict=True))


def numbers(value):
    return np.ravel(np.asarray(value, dtype=float))


@pytest.mark.parametrize(("family", "theta"), CASES)
def test_log_partition_makes_the_law_sum_to_one(family, theta):
    """By summing or integrating the unnormalised density, which knows nothing of the closed form."""
    t = [mpmath.mpf(x) for x in theta]
    total = {
        Bernoulli: lambda: 1 + mpmath.exp(t[0]),
        Categorical: lambda: sum(mpmath.exp(x) for x in [*t, mpmath.mpf(0)]),
        Poisson: lambda: mpmath.nsum(lambda x: mpmath.exp(t[0] * x) / mpmath.factorial(x), [0, mpmath.inf]),
        Exponential: lambda: mpmath.quad(lambda x: mpmath.exp(t[0] * x), [0, 1, 10, mpmath.inf]),
        Gaussian: lambda: mpmath.quad(
            lambda x: mpmath.exp(t[0] * x + t[1] * x * x) / mpmath.sqrt(2 * mpmath.pi), [-mpmath.inf, -t[0] / (2 * t[1]), mpmath.inf]
        ),
    }[family]()
    assert family().log_partition(shaped(family, theta)) == pytest.approx(float(mpmath.log(total)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(("family", "theta"), CASES)
def test_mean_and_information_are_derivatives_of_the_log_partition(family, theta):
    found = family(), shaped(family, theta)
    np.testing.assert_allclose(numbers(found[0].mean(found[1])), [float(x) for x in slopes(family, theta)], rtol=1e-13, atol=1e-15)
    information = numbers(found[0].fisher_information(found[1]))
    np.testing.assert_allclose(information, [float(x) for row in curvature(family, theta) for x in row], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("family", "theta"), CASES)
def test_natural_parameters_undo_the_mean(family, theta):
    made = family()
    parameters = shaped(family, theta)
    np.testing.assert_allclose(numbers(made.natural(made.mean(parameters))), numbers(parameters), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("family", "theta"), CASES)
def test_conjugate_is_the_highest_value_of_the_tangent_form(family, theta):
    made, here = family(), shaped(family, theta)
    mean = made.mean(here)
    highest = made.conjugate(mean)
    assert highest == pytest.approx(float(np.sum(np.multiply(here, mean))) - made.log_partition(here), rel=1e-12, abs=1e-13)
    for other in EXAMPLES[family]:
        there = shaped(family, other)
        value = float(np.sum(np.multiply(there, mean))) - made.log_partition(there)
        assert value < highest if other != theta else value == pytest.approx(highest, abs=1e-13)


@pytest.mark.parametrize("family", FAMILIES)
def test_kl_to_fifty_digits(family):
    worst = 0.0
    for p in EXAMPLES[family]:
        others = [*EXAMPLES[family], *(tuple(x * (1 + d) + (x == 0) * d * 0.1 for x in p) for d in (1e-8, -1e-5, 1e-2, 0.3))]
        for q in others:
            if family in (Exponential, Gaussian) and q[-1] >= 0:
                continue
            value, exact = family().kl(shaped(family, p), shaped(family, q)), exact_kl(family, p, q)
            assert value >= 0
            if exact == 0:
                assert value == 0
            else:
                worst = max(worst, float(abs(value - exact) / exact))
    assert worst < 1e-13


@pytest.mark.parametrize("family", FAMILIES)
def test_kl_is_the_bregman_divergence_with_exchanged_arguments(family):
    made = family()
    for p in EXAMPLES[family]:
        for q in EXAMPLES[family]:
            there, here = shaped(family, q), shaped(family, p)
            gap = bregman_divergence(made.log_partition, there, here, gradient=made.mean)
            assert made.kl(here, there) == pytest.approx(gap, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_kl_in_mean_parameters_is_the_bregman_divergence_of_the_conjugate(family):
    """There the arguments stand in their own order: D(P‖Q) = B_{A*}(μ_P, μ_Q)."""
    made = family()
    for p in EXAMPLES[family]:
        for q in EXAMPLES[family]:
            here, there = made.mean(shaped(family, p)), made.mean(shaped(family, q))
            gap = bregman_divergence(made.conjugate, here, there, gradient=made.natural)
            assert made.kl(shaped(family, p), shaped(family, q)) == pytest.approx(gap, rel=1e-8, abs=1e-11)


def test_log_prob_is_scipys():
    x = np.arange(-1, 8)
    np.testing.assert_allclose(Bernoulli().log_prob(x, 0.7), scipy.stats.bernoulli(1 / (1 + math.exp(-0.7))).logpmf(x), rtol=1e-13)
    np.testing.assert_allclose(Poisson().log_prob(x, 1.2), scipy.stats.poisson(math.exp(1.2)).logpmf(x), rtol=1e-12)
    for impossible in (-1.0, 0.5, math.inf, -math.inf):
        assert Poisson().log_prob(impossible, 1.2) == -math.inf
        assert Bernoulli().log_prob(impossible, 0.7) == -math.inf
    x = np.array([-1.0, 0.0, 0.5, 3.0, math.inf])
    np.testing.assert_allclose(Exponential().log_prob(x, -0.4), scipy.stats.expon(scale=2.5).logpdf(x), rtol=1e-13)
    law = scipy.stats.norm(1.5, 0.7)
    np.testing.assert_allclose(Gaussian().log_prob(x, Gaussian().at(1.5, 0.7)), law.logpdf(x), rtol=1e-12)
    p = Categorical().mean([0.2, -0.4])
    logs = Categorical().log_prob(np.array([0, 1, 2, 3, 0.5]), [0.2, -0.4])
    np.testing.assert_allclose(logs[:3], np.log([*p, 1 - p.sum()]), rtol=1e-13)
    assert np.all(logs[3:] == -np.inf)


@pytest.mark.parametrize(
    ("family", "p", "q", "value"),
    [
        (Bernoulli, 1e4, -1e4, 1e4),
        (Bernoulli, -800.0, -801.0, 0.0),
        (Categorical, [1e4, 0.0], [0.0, 1e4], 1e4),
        (Poisson, 0.0, 1e4, math.inf),
        (Poisson, -1e4, 0.0, 1.0),
        (Poisson, 0.0, -1e4, 1e4 - 1),
        (Poisson, 800.0, 801.0, math.inf),
        (Poisson, 1e4, 0.0, math.inf),
        (Exponential, -1.0, -1e300, 1e300),
        (Exponential, -1e300, -1.0, 300 * math.log(10) - 1),
        (Gaussian, [0.0, -0.5], [1e3, -0.5], 5e5),
    ],
)
def test_far_apart(family, p, q, value):
    assert family().kl(p, q) == pytest.approx(value, rel=1e-12, abs=1e-300)


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(-5, 5), st.floats(0.1, 5))
def test_gaussian_family_agrees_with_gaussian_kl(mean_p, std_p, mean_q, std_q):
    made = Gaussian()
    value = made.kl(made.at(mean_p, std_p), made.at(mean_q, std_q))
    assert value == pytest.approx(gaussian_kl(mean_p, std_p, mean_q, std_q), rel=1e-9, abs=1e-9)


def test_moment_matching_minimises_the_forward_divergence():
    """Counts that are not Poisson: of all Poisson laws, the one with their mean charges least (mean parameters match)."""
    x, p = np.arange(4), np.array([0.1, 0.2, 0.3, 0.4])
    made = Poisson()
    best = made.natural(float(p @ x))

    def charge(theta):
        return -float(p @ made.log_prob(x, theta))

    assert all(charge(best) < charge(best + step) for step in (-0.5, -0.01, 0.01, 0.5))


def test_shapes_broadcast():
    assert Poisson().kl(np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)
    assert Categorical().kl(np.zeros((3, 1, 2)), np.zeros((4, 2))).shape == (3, 4)
    assert Gaussian().at(np.zeros((3, 1)), np.ones(4)).shape == (3, 4, 2)
    assert Gaussian().fisher_information(Gaussian().at(np.zeros(5), 1.0)).shape == (5, 2, 2)
    assert Categorical().log_prob([0, 1, 2], np.zeros((4, 1, 2))).shape == (4, 3)


@pytest.mark.parametrize("family", FAMILIES)
def test_array_libraries(library, family):
    p, q = (np.array(shaped(family, theta)) for theta in EXAMPLES[family][:2])
    made, x = family(), 1.0
    for name, arguments in (("log_partition", (p,)), ("mean", (p,)), ("kl", (p, q)), ("fisher_information", (p,))):
        value = getattr(made, name)(*(library.array(a) for a in arguments))
        assert library.is_native(value)
        np.testing.assert_allclose(library.numpy(value), getattr(made, name)(*arguments), rtol=1e-12)
    mean = made.mean(p)
    for name in ("natural", "conjugate"):
        np.testing.assert_allclose(library.numpy(getattr(made, name)(library.array(mean))), getattr(made, name)(mean), rtol=1e-12)
    np.testing.assert_allclose(library.numpy(made.log_prob(library.array(x), library.array(p))), made.log_prob(x, p), rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_single_precision_stays_single(library, family):
    p, q = (np.array(shaped(family, theta), dtype="float32") for theta in EXAMPLES[family][:2])
    value = family().kl(library.array(p, "float32"), library.array(q, "float32"))
    assert library.dtype(value) == "float32"
    exact = float(exact_kl(family, [float(x) for x in np.ravel(p)], [float(x) for x in np.ravel(q)]))
    assert float(library.numpy(value)) == pytest.approx(exact, rel=3e-6, abs=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients(differentiable, family):
    """∇A is the mean, and D(P‖Q) has gradient μ_Q − μ_P in θ_Q and none at P = Q."""
    p, q = (np.array(shaped(family, theta), dtype=float) for theta in EXAMPLES[family][:2])
    made = family()
    (slope,) = differentiable.gradients(made.log_partition, p)
    np.testing.assert_allclose(slope, made.mean(p), rtol=1e-12)
    for there in (q, p, p * (1 + 1e-6)):
        _, slope = differentiable.gradients(made.kl, p, there)
        np.testing.assert_allclose(slope, np.subtract(made.mean(there), made.mean(p)), rtol=1e-6, atol=1e-12)
        slope, _ = differentiable.gradients(made.kl, p, there)
        np.testing.assert_allclose(slope, -np.dot(made.fisher_information(p), there - p), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Poisson().kl(math.inf, 0.0), "^natural_p must be finite, got inf"),
        (lambda: Poisson().kl(0.0, math.nan), "^natural_q must be finite, got nan"),
        (lambda: Poisson().kl([0.0, 1.0], [0.0, 1.0, 2.0]), "^the shapes do not broadcast"),
        (lambda: Poisson().natural(0.0), "^mean must be positive, got 0.0"),
        (lambda: Poisson().conjugate(-1.0), "^mean must be non-negative, got -1.0"),
        (lambda: Poisson().log_prob(math.nan, 0.0), "^x must not be NaN"),
        (lambda: Poisson().log_prob(1.0, math.inf), "^natural must be finite"),
        (lambda: Bernoulli().natural(0.0), "^mean must lie between 0 and 1, got 0.0"),
        (lambda: Bernoulli().natural(1.0), "^mean must lie between 0 and 1, got 1.0"),
        (lambda: Bernoulli().conjugate(1.5), r"^mean must lie in \[0, 1\], got 1.5"),
        (lambda: Bernoulli().mean("a"), "^natural must hold real numbers"),
        (lambda: Bernoulli().mean(True), "^natural must hold real numbers"),
        (lambda: Exponential().mean(0.0), "^natural must be negative, got 0.0"),
        (lambda: Exponential().kl(-1.0, [-1.0, 2.0]), "^natural_q must be negative, got 2.0 at index 1"),
        (lambda: Exponential().log_prob(1.0, 1.0), "^natural must be negative, got 1.0"),
        (lambda: Exponential().log_prob(1.0, [-1.0, 0.0]), "^natural must be negative, got 0.0 at index 1"),
        (lambda: Exponential().log_prob(1.0, 0.5), "^natural must be negative, got 0.5"),
        (lambda: Exponential().natural(0.0), "^mean must be positive, got 0.0"),
        (lambda: Exponential().natural(-1.0), "^mean must be positive, got -1.0"),
        (lambda: Exponential().conjugate(0.0), "^mean must be positive, got 0.0"),
        (lambda: Categorical().mean(0.0), "^natural must have the parameters on its last axis"),
        (lambda: Categorical().mean([]), "^natural must have the parameters on its last axis"),
        (lambda: Categorical().kl([0.0], [0.0, 0.0]), "^the last axes must hold the same parameters"),
        (lambda: Categorical().natural([0.5, 0.5]), "^mean must leave probability for the last outcome, got 0.0"),
        (lambda: Categorical().natural([0.5, 0.0]), "^mean must be positive, got 0.0 at index 1"),
        (lambda: Categorical().conjugate([0.9, 0.9]), "^mean must not leave a negative probability"),
        (lambda: Categorical().conjugate([-0.1, 0.9]), "^mean must be non-negative, got -0.1 at index 0"),
        (lambda: Gaussian().mean([0.0, 0.0]), "^natural must have a negative second parameter, got 0.0"),
        (lambda: Gaussian().mean([0.0, 0.0, -1.0]), "^natural must have two parameters"),
        (lambda: Gaussian().natural([2.0, 4.0]), "^mean must have a second moment above the square of the first, got 0.0"),
        (lambda: Gaussian().conjugate([2.0]), "^mean must have two parameters"),
        (lambda: Gaussian().at(0.0, 0.0), "^std must be positive and finite, got 0.0"),
        (lambda: Gaussian().at(math.inf, 1.0), "^mean must be finite, got inf"),
        (lambda: Gaussian().at([0.0, 1.0], [1.0, 1.0, 1.0]), "^the shapes do not broadcast"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_values_on_the_boundary_of_the_mean_parameters():
    assert Bernoulli().conjugate(0.0) == Bernoulli().conjugate(1.0) == 0
    assert Poisson().conjugate(0.0) == 0
    assert Categorical().conjugate([1.0, 0.0]) == 0


def test_gradients_on_the_boundary_are_numbers(differentiable):
    for family, mean in ((Bernoulli(), 0.0), (Bernoulli(), 1.0), (Poisson(), 0.0), (Categorical(), [1.0, 0.0]), (Categorical(), [0.4, 0.0])):
        (slope,) = differentiable.gradients(family.conjugate, np.array(mean))
        assert np.all(np.isfinite(slope))


def test_a_family_is_abstract_and_says_its_name():
    with pytest.raises(TypeError):
        ExponentialFamily()
    assert repr(Poisson()) == "Poisson()"


def test_outside_the_support_at_any_parameter():
    assert Poisson().log_prob([-1.0, 0.5, 0.0, math.inf], 0.0).tolist() == [-math.inf, -math.inf, -1.0, -math.inf]
    assert Exponential().log_prob([-1.0, 0.0], -1.0).tolist() == [-math.inf, 0.0]
    outcomes = Categorical().log_prob([-1.0, 0.0, 0.5, 1.0, 2.0], [0.0])
    half = -math.log(2)
    assert outcomes == pytest.approx([-math.inf, half, -math.inf, half, -math.inf], rel=1e-15, abs=0)
