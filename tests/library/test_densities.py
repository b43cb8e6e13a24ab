"""Divergences by quadrature against closed forms, mpmath, infinities that can be proved, and honest refusals."""

import math
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln
from scipy.stats import t as student

from kltext import GaussianMixture, gaussian_kl
from kltext.densities import density_js, density_kl, density_total_variation

NAN, INF, LINE = math.nan, math.inf, (-math.inf, math.inf)
DIVERGENCES = [density_kl, density_js, density_total_variation]


def normal(mean, std):
    return lambda x: -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))


def cauchy(place=0.0, scale=1.0):
    return lambda x: -np.log1p(((x - place) / scale) ** 2) - math.log(math.pi * scale)


def laplace(place=0.0, scale=1.0):
    return lambda x: -abs(x - place) / scale - math.log(2 * scale)


def uniform(a, b):
    return lambda x: np.where((x >= a) & (x <= b), -math.log(b - a), -INF)


def exponential(rate):
    return lambda x: np.where(x >= 0, math.log(rate) - rate * x, -INF)


def gamma_law(shape):
    return lambda x: (shape - 1) * np.log(x) - x - gammaln(shape)


def beta_law(a, b):
    return lambda x: (a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b)


def holds(found, wanted, rel=1e-12, error=1e-9):
    """Close to what is wanted, and not farther off than the error says."""
    assert found.value == pytest.approx(wanted, rel=rel, abs=1e-300)
    assert abs(found.value - wanted) <= found.error + 4e-16 * abs(wanted)
    assert found.error <= error * (1 + abs(wanted))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ((0, 1), (0, 2)),
        ((0.3, 1.7), (-1.1, 0.6)),
        ((0, 1), (40, 1)),
        ((1e-3, 1e-4), (5, 3)),
        ((-7e5, 30), (-7e5, 10)),
        ((0, 1e100), (1e100, 2e100)),
        ((0, 1e-100), (1e-100, 3e-100)),
        ((10, 1e-2), (0, 1e3)),
    ],
)
def test_gaussians_of_all_sizes(p, q):
    holds(density_kl(normal(*p), normal(*q)), gaussian_kl(*p, *q), rel=1e-10)


def test_gaussian_total_variation():
    for shift in (1e-3, 1.0, 5.0):
        holds(density_total_variation(normal(0, 1), normal(shift, 1)), math.erf(shift / 2 / math.sqrt(2)), rel=1e-11)


@pytest.mark.parametrize(
    ("p", "q", "support", "wanted"),
    [
        (cauchy(), cauchy(3, 2), LINE, math.log(18 / 8)),
        (laplace(), laplace(3.3, 2), LINE, math.log(2) + (math.exp(-3.3) + 3.3) / 2 - 1),
        (laplace(), normal(0, 1), LINE, math.log(math.pi / 2) / 2),
        (exponential(1), exponential(3), LINE, 2 - math.log(3)),
        (exponential(1), exponential(3), (0, INF), 2 - math.log(3)),
        (exponential(1), normal(0, 1), LINE, math.log(2 * math.pi) / 2),
        (uniform(0.2, 0.3), uniform(0, 1), LINE, math.log(10)),
        (uniform(0, 1), normal(0, 1), LINE, math.log(2 * math.pi) / 2 + 1 / 6),
        (lambda x: 0.0, lambda x: np.log(2 * x), (0, 1), 1 - math.log(2)),
        (lambda x: np.log(2 * x), lambda x: 0 * x, (0, 1), math.log(2) - 1 / 2),
    ],
)
def test_closed_forms(p, q, support, wanted):
    holds(density_kl(p, q, support=support), wanted)


def high_precision(f, points):
    with mpmath.workdps(30):
        return float(mpmath.quad(f, points))


def test_mpmath_agrees_on_the_line():
    mixture = GaussianMixture([0.3, 0.7], [-4.0, 4.0], stds=[1.0, 0.25])

    @cache  # the integrals below share their nodes
    def p(x):
        parts = ((0.3, -4, 1), (0.7, 4, 0.25))
        return mpmath.fsum(w * mpmath.npdf(x, m, s) for w, m, s in parts)

    @cache
    def q(x):
        return mpmath.sech(x / 4) ** 2 / 8  # logistic, with scale 2

    def log_q(x):
        return -abs(x) / 2 - math.log(2) - 2 * np.log1p(np.exp(-abs(x) / 2))

    def js(x):
        m = (p(x) + q(x)) / 2
        return (p(x) * mpmath.log(p(x) / m) + q(x) * mpmath.log(q(x) / m)) / 2

    near, cuts = [-20, -8, -4, -1, 2, 3.5, 4, 4.5, 6, 15], [-200, -60, -20, -8, -4, -1, 2, 3.5, 4, 4.5, 6, 15, 60, 200]
    pair = mixture.log_density, log_q
    holds(density_kl(*pair), high_precision(lambda x: p(x) * mpmath.log(p(x) / q(x)), near))
    holds(density_kl(*pair[::-1]), high_precision(lambda x: q(x) * mpmath.log(q(x) / p(x)), cuts))
    holds(density_js(*pair), high_precision(js, cuts))
    with mpmath.workdps(20):
        guesses = (-5.8, -2.2, 3.4, 4.6)
        ends = [mpmath.findroot(lambda x: mpmath.log(p(x) / q(x)), g) for g in guesses]
    mass = high_precision(lambda x: p(x) - q(x), ends[:2]) + high_precision(lambda x: p(x) - q(x), ends[2:])
    holds(density_total_variation(*pair), mass)


def test_mpmath_agrees_with_heavy_tails_and_singular_ends():
    def t_half(x):  # Student's t with half a degree of freedom
        c = mpmath.gamma(0.75) / (mpmath.sqrt(mpmath.pi / 2) * mpmath.gamma(0.25))
        return c * (1 + 2 * x * x) ** -0.75

    def integrand(u):  # x = eᵘ on both sides
        x = mpmath.exp(u)
        t = t_half(x)
        return 2 * x * t * mpmath.log(t * mpmath.pi * (1 + x * x))

    wanted = high_precision(integrand, [-80, -20, -3, 0, 3, 20, 80, 200])
    holds(density_kl(lambda x: student.logpdf(x, 0.5), cauchy()), wanted, rel=1e-11)

    shape = mpmath.mpf("0.1")
    holds(
        density_kl(gamma_law(0.1), gamma_law(1.0), support=(0, INF)),
        float((shape - 1) * mpmath.digamma(shape) - mpmath.loggamma(shape)),
        rel=1e-12,
    )
    wanted = float(
        mpmath.log(mpmath.beta(0.5, 0.5) / mpmath.beta(2, 3))
        + 1.5 * mpmath.digamma(2) + 2.5 * mpmath.digamma(3) - 4 * mpmath.digamma(5)
    )  # fmt: skip
    holds(density_kl(beta_law(2, 3), beta_law(0.5, 0.5), support=(0, 1)), wanted, rel=1e-9, error=1e-7)


@pytest.mark.parametrize("shift", [1e-3, 1e-5, 1e-8])
def test_nearly_equal_densities_keep_their_digits(shift):
    """The log-densities themselves are rounded, to ε: the ratio keeps ε/shift of relative accuracy, not ε/shift²."""
    p, q = normal(0, 1), normal(shift, 1)
    for found, wanted in (
        (density_kl(p, q), shift**2 / 2),
        (density_js(p, q), shift**2 / 8 * (1 - shift**2 / 8)),
        (density_total_variation(p, q), math.erf(shift / 2 / math.sqrt(2))),
    ):
        assert found.value == pytest.approx(wanted, rel=1e-14 / shift + 1e-12, abs=0)
        assert abs(found.value - wanted) <= found.error
    assert density_kl(p, p).value == density_js(p, p).value == density_total_variation(p, p).value == 0


@pytest.mark.parametrize("tilt", [0.3, 1e-3, 1e-5, 1e-8])
def test_an_exact_ratio_near_one_keeps_all_digits(tilt):
    """q(x) = 1 + δ(2x − 1) against the uniform law: log p = 0 and log q are exact, and so are the divergences."""
    pair = (lambda x: 0 * x), (lambda x: np.log1p(tilt * (2 * x - 1)))
    with mpmath.workdps(60):
        d = mpmath.mpf(tilt)
        kl = -((1 + d) * mpmath.log(1 + d) - (1 - d) * mpmath.log(1 - d)) / (2 * d) + 1
        js = mpmath.quad(lambda t: (1 + d * t) * mpmath.log1p(d * t) / 4 - (1 + d * t / 2) * mpmath.log1p(d * t / 2) / 2, [-1, 1])
    for divergence, wanted in ((density_kl, kl), (density_js, js), (density_total_variation, d / 4)):
        assert divergence(*pair, support=(0, 1)).value == pytest.approx(float(wanted), rel=2e-13, abs=0)


def test_the_same_density_written_differently():
    """What is left is rounding, and the error says so."""
    for divergence in (density_kl, density_js):
        found = divergence(normal(0.1, 0.3), lambda x: -((x / 0.3 - 1 / 3) ** 2) / 2 - math.log(0.3 * (2 * math.pi) ** 0.5))
        assert 0 <= found.value <= found.error < 1e-28


def test_a_singular_end_is_not_evaluated():
    holds(density_kl(lambda x: np.log(0.75) - np.log(x - 1) / 4, lambda x: 0 * x, support=(1, 2)), math.log(0.75) + 1 / 3, rel=1e-10)
    holds(density_kl(lambda x: np.log(0.75) - np.log(2 - x) / 4, lambda x: 0 * x, support=(1, 2)), math.log(0.75) + 1 / 3, rel=1e-10)


def test_one_rounding_error_is_no_mass():
    assert 0.1 + 0.2 > 0.3
    assert density_kl(uniform(0, 0.1 + 0.2), uniform(0, 0.3)).value < 1e-15


@pytest.mark.parametrize(
    ("p", "q", "options"),
    [
        (cauchy(), normal(0, 1), {}),  # the tail of the integral grows
        (cauchy(), laplace(), {}),  # it decays like 1/x, not fast enough
        (cauchy(5, 0.1), laplace(-3, 7), {"base": 2}),
        (uniform(0, 1), uniform(0.2, 0.3), {}),
        (uniform(0, 1), uniform(0, 0.999), {}),
        (normal(0, 1), uniform(-12, 12), {}),  # a mass of 1e-33
        (normal(0, 1), exponential(1), {}),
        (normal(0, 1), lambda x: np.where(x > 0, -2 * np.log(x) - 1 / x, -INF), {}),
        (lambda x: 0 * x, lambda x: -1 / x - math.log(0.148495506775922), {"support": (0, 1)}),  # at an end, 1/x
        (lambda x: 0 * x, lambda x: -1 / (x - 1) - math.log(0.148495506775922), {"support": (1, 2)}),
        (lambda x: 0 * x, lambda x: -1 / (3 - x) - math.log(0.148495506775922), {"support": (2, 3)}),
    ],
)
def test_infinite(p, q, options):
    assert density_kl(p, q, **options) == (INF, 0.0)
    options.pop("base", None)
    assert 0 < density_js(p, q, **options).value < math.log(2)
    assert 0 < density_total_variation(p, q, **options).value < 1


@pytest.mark.parametrize(
    ("p", "q"), [(normal(0, 1), cauchy()), (laplace(), normal(0, 1)), (uniform(0, 1), uniform(-1, 2)), (laplace(), cauchy())]
)
def test_finite_although_the_reverse_is_infinite_or_the_tails_are_heavy(p, q):
    assert 0 < density_kl(p, q).value < 2


def test_disjoint_laws_are_as_far_apart_as_can_be():
    for p, q in ((uniform(0, 1), uniform(2, 3)), (normal(0, 1), normal(100, 1))):
        holds(density_js(p, q), math.log(2))
        holds(density_js(p, q, base=2), 1.0)
        assert density_js(p, q).value <= math.log(2) and density_total_variation(p, q).value <= 1
        holds(density_total_variation(p, q), 1.0)


def test_bits():
    nats, bits = (density_kl(normal(0, 1), normal(0, 2), base=base) for base in (None, 2))
    assert bits.value * math.log(2) == pytest.approx(nats.value, rel=1e-15, abs=0)
    assert bits.error * math.log(2) == pytest.approx(nats.error, rel=1e-15, abs=0)


def test_a_mass_that_is_missed_is_said_to_be_missing_and_points_find_it():
    narrow = uniform(1000.1, 1000.1001)
    with pytest.raises(ValueError, match=r"^log_p must integrate to 1 .* got 0\.0; points near its peaks"):
        density_kl(narrow, normal(1000, 1))
    found = density_kl(narrow, normal(1000, 1), points=1000.10005)
    wanted = math.log(2 * math.pi) / 2 + 0.10005**2 / 2 + math.log(1e4)
    assert abs(found.value - wanted) < found.error < 1e-6
    twins = GaussianMixture([0.5, 0.5], [1000.0, 1000.01], stds=1e-3).log_density
    assert density_kl(twins, normal(1000, 1), points=[1000.0, 1000.01]).value == pytest.approx(
        math.log(1e3) - 0.5 - math.log(2) + (1e-6 + 0.5e-4) / 2, rel=1e-6, abs=0)


@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_how_far_a_mass_may_be_from_one(divergence):
    for name in ("log_p", "log_q"):
        for excess, fits in ((0.9, True), (-0.9, True), (1.1, False), (-1.1, False)):
            logs = {"log_p": lambda x: 0 * x, "log_q": lambda x: np.log(2 * x)}
            exact = logs[name]
            logs[name] = lambda x, exact=exact, excess=excess: exact(x) + math.log1p(excess * 2.0**-26)
            if fits:
                assert divergence(**logs, support=(0, 1)).value > 0
            else:
                with pytest.raises(ValueError, match=f"^{name} must integrate to 1"):
                    divergence(**logs, support=(0, 1))


@st.composite
def mixtures(draw):
    n = draw(st.integers(1, 3))
    weights = np.array(draw(st.lists(st.floats(0.05, 1), min_size=n, max_size=n)))
    means = draw(st.lists(st.floats(-20, 20), min_size=n, max_size=n))
    stds = draw(st.lists(st.floats(0.01, 10), min_size=n, max_size=n))
    return GaussianMixture(weights / weights.sum(), means, stds=stds)


@settings(max_examples=10)
@given(mixtures(), mixtures())
def test_relations_between_the_divergences(first, second):
    p, q = first.log_density, second.log_density
    points = np.concatenate([first.means, second.means])
    kl, js, tv = (divergence(p, q, points=points) for divergence in DIVERGENCES)
    assert 0 <= js.value <= math.log(2) and 0 <= tv.value <= 1 and kl.value >= 0
    assert 2 * tv.value**2 <= kl.value + 1e-9  # Pinsker
    assert tv.value**2 <= 1 - math.exp(-kl.value) + 1e-9  # Bretagnolle–Huber
    assert tv.value**2 / 2 <= js.value + 1e-9 <= tv.value * math.log(2) + 2e-9
    for divergence, found in ((density_js, js), (density_total_variation, tv)):
        assert divergence(q, p, points=points).value == pytest.approx(found.value, rel=1e-10, abs=1e-13)


@settings(max_examples=6)
@given(mixtures(), st.floats(-30, 30), st.floats(0.1, 30))
def test_units_do_not_matter(mixture, shift, scale):
    moved = GaussianMixture(mixture.weights, mixture.means * scale + shift, stds=mixture.stds * scale)
    for divergence in DIVERGENCES:
        found = divergence(mixture.log_density, normal(1, 5), points=mixture.means)
        again = divergence(moved.log_density, normal(scale + shift, 5 * scale), points=moved.means)
        assert again.value == pytest.approx(found.value, rel=1e-9, abs=1e-11)


GOOD = normal(0, 1)


@pytest.mark.parametrize("divergence", DIVERGENCES)
@pytest.mark.parametrize(
    ("log_p", "log_q", "options", "message"),
    [
        (lambda x: -x * x / 2, GOOD, {}, r"^log_p must integrate to 1 over the support, got 2\.5066"),
        (GOOD, lambda x: GOOD(x) - 1e-6, {}, r"^log_q must integrate to 1 over the support, got 0\.999999"),
        (GOOD, exponential(1), {"support": (0, INF)}, r"^log_p must integrate to 1 over the support, got 0\.5"),
        (GOOD, lambda x: 0 * x, {}, "^log_q must integrate to 1"),
        (lambda x: 1000 + 0 * x, GOOD, {"support": (-20, 20)}, "^log_p must integrate to 1 over the support, got inf"),
        (lambda x: x * NAN, GOOD, {}, "^log_p must be finite or -inf, got nan at x = "),
        (GOOD, lambda x: np.where(x > 3, INF, -1), {}, "^log_q must be finite or -inf, got inf at x = "),
        (GOOD, lambda x: x[:3], {}, "^log_q must return one value for each point"),
        (GOOD, lambda x: "a", {}, "^the values of log_q must hold real numbers"),
        (GOOD, lambda x: GOOD(x) + 0j, {}, "^the values of log_q must hold real numbers"),
        (GOOD, GOOD, {"support": (1, 1)}, r"^support must be an interval \(a, b\) with a < b, got \(1, 1\)"),
        (GOOD, GOOD, {"support": (NAN, 1)}, "^support must be an interval"),
        (GOOD, GOOD, {"support": (0, 1, 2)}, "^support must be an interval"),
        (GOOD, GOOD, {"support": "ab"}, "^support must hold real numbers"),
        (GOOD, GOOD, {"support": None}, "^support must hold real numbers"),
        (GOOD, GOOD, {"points": [0.0, NAN]}, r"^points must lie inside the support .*, got nan at index 1"),
        (GOOD, GOOD, {"points": 7.0, "support": (0, 7)}, r"^points must lie inside the support \(0.0, 7.0\), got 7.0"),
        (GOOD, GOOD, {"points": ["a"]}, "^points must hold real numbers"),
    ],
)
def test_bad_input(divergence, log_p, log_q, options, message):
    with pytest.raises(ValueError, match=message):
        divergence(log_p, log_q, **options)


def test_bad_base():
    for divergence in (density_kl, density_js):
        with pytest.raises(ValueError, match="^base must be a number greater than 1"):
            divergence(GOOD, GOOD, base=1)


def test_what_cannot_be_established_is_refused():
    """A tail like 1/(x log² x) holds a mass of 1/345 beyond 1e150."""
    def log_slow(x):
        return np.where(x > math.e, -np.log(x) - 2 * np.log(np.log(np.maximum(x, math.e))), -INF)

    with pytest.raises(ValueError, match=r"^log_p must integrate to 1 .* got 0\.997"):
        density_kl(log_slow, cauchy())


def test_a_tail_that_decays_hardly_at_all_is_not_called_infinite():
    """p ~ x^(−3/2) and log q ~ −x^0.499: the integral of x^(−1.001) is finite, and far from summed up at 1e150."""

    def log_q(x):
        return -abs(x) ** 0.499 - math.log(2) - gammaln(1 + 1 / 0.499)

    with pytest.raises(ValueError, match="^the integral cannot be established"):
        density_kl(lambda x: student.logpdf(x, 0.5), log_q)


def test_other_array_libraries_may_make_the_logarithms(library):
    def log_p(x):
        array = library.array(x)
        return -(array * array) / 2 - math.log(2 * math.pi) / 2

    holds(density_kl(log_p, normal(0, 2)), gaussian_kl(0, 1, 0, 2))
