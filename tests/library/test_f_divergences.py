"""f-divergences against their definition in fifty digits, against each other, and against what theory says of all of them."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import js_divergence, kl_divergence, total_variation
from kltext.f_divergences import FGenerator, chi2_divergence, f_divergence, generator, hellinger
from kltext.generators import NAMES

INF = math.inf
mp = mpmath

# f(t), f(0+) and lim f(t)/t, written again from the definitions.
DEFINITIONS = {
    "kl": (lambda t: t * mp.log(t), 0, INF),
    "reverse-kl": (lambda t: -mp.log(t), INF, 0),
    "js": (lambda t: (t * mp.log(2 * t / (1 + t)) + mp.log(2 / (1 + t))) / 2, mp.log(2) / 2, mp.log(2) / 2),
    "gan": (lambda t: t * mp.log(t / (1 + t)) - mp.log(1 + t) + mp.log(4), mp.log(4), 0),
    "total-variation": (lambda t: abs(t - 1) / 2, 0.5, 0.5),
    "squared-hellinger": (lambda t: (mp.sqrt(t) - 1) ** 2 / 2, 0.5, 0.5),
    "chi2": (lambda t: (t - 1) ** 2, 1, INF),
    "reverse-chi2": (lambda t: (t - 1) ** 2 / t, INF, 1),
    "jeffreys": (lambda t: (t - 1) * mp.log(t), INF, INF),
    "triangular": (lambda t: (t - 1) ** 2 / (t + 1), 1, 1),
}
ORDERS = [-1.0, -0.3, 1e-9, 0.25, 0.5, 0.9, 1 - 1e-9, 1 + 1e-7, 1.5, 2.0, 3.0]
GENERATORS = [generator(name) for name in DEFINITIONS] + [generator("alpha", alpha=a) for a in (0.0, 1.0, *ORDERS)]


def definition(g):
    if g.name in DEFINITIONS:
        return DEFINITIONS[g.name]
    a = mp.mpf(float(g.name.removeprefix("alpha ")))
    if a in (0, 1):
        f, zero, slope = DEFINITIONS["kl" if a == 1 else "reverse-kl"]
        return f, zero, slope
    return (lambda t: (t**a - 1 - a * (t - 1)) / (a * (a - 1))), 1 / a if a > 0 else INF, INF if a > 1 else 1 / (1 - a)


def exact(g, p, q):
    f, at_zero, slope = definition(g)
    p, q = ([mp.mpf(float(x)) for x in law] for law in (p, q))
    p, q = ([x / mp.fsum(law) for x in law] for law in (p, q))
    total = mp.mpf(0)
    for a, b in zip(p, q, strict=True):
        if a and b:
            total += b * f(a / b)
        elif a:
            total += a * slope
        elif b:
            total += b * at_zero
    return total


each = pytest.mark.parametrize("g", GENERATORS, ids=lambda g: g.name)

PAIRS = [
    ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]),
    ([0.9, 0.1], [0.5, 0.5]),
    ([0.25, 0.75, 0.0], [0.25, 0.25, 0.5]),
    ([0.25, 0.25, 0.5], [0.25, 0.75, 0.0]),
    ([1.0, 0.0], [0.0, 1.0]),
    ([0.4, 0.6, 0.0], [0.4, 0.6, 0.0]),
    ([1e-12, 1 - 1e-12], [1e-3, 1 - 1e-3]),
    ([0.5 + 2**-20, 0.5 - 2**-20], [0.5, 0.5]),
    ([0.5 + 2**-27, 0.5 - 2**-27], [0.5, 0.5]),
    ([0.25 + 2**-33, 0.75 - 2**-33], [0.25, 0.75]),
]


@each
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_against_the_definition(g, p, q):
    with mp.workdps(60):
        wanted = exact(g, p, q)
    got = f_divergence(p, q, g)
    if wanted == INF:
        assert got == INF
    elif p == q:
        assert got == 0
    else:
        assert got == pytest.approx(float(wanted), rel=2e-13, abs=0)


@pytest.mark.parametrize("order", [-1e-6, 1e-6, 0.3, 0.6, 1 - 1e-6, 1 + 1e-6, 1.2, -0.4])
def test_alpha_keeps_its_digits_near_its_limits_and_far_apart(order):
    """A ratio of 10²⁰⁰ is no reason to subtract what cancels."""
    for p, q in (([0.5, 0.5], [1e-200, 1.0]), ([1e-200, 1.0], [0.5, 0.5])):
        g = generator("alpha", alpha=order)
        with mp.workdps(300):
            wanted = exact(g, p, q)
        assert f_divergence(p, q, g) == pytest.approx(float(wanted), rel=2e-13, abs=0)


@pytest.mark.parametrize("order", [7.3, 40.5, -6.4])
@pytest.mark.parametrize("change", [1e-9, 0.001, 0.004, 0.02, 0.1, 0.2])
def test_large_orders(order, change):
    p, q = [0.5 + change, 0.5 - change], [0.5, 0.5]
    g = generator("alpha", alpha=order)
    with mp.workdps(60):
        wanted = exact(g, p, q)
    assert f_divergence(p, q, g) == pytest.approx(float(wanted), rel=1e-12, abs=0)


@pytest.mark.parametrize(("order", "p", "q"), [
    (1.9, [0.5, 0.5], [1e-300, 1.0]),
    (2.0, [0.5, 0.5], [1e-280, 1.0]),
    (2.1, [0.25, 0.75], [1e-265, 1.0]),
    (2.15, [1e-30, 1.0], [1e-307, 1.0]),
    (-1.15, [1e-307, 1.0], [1e-30, 1.0]),
    (-0.9, [1e-300, 1.0], [0.5, 0.5]),
    (-1.0, [1e-280, 1.0], [0.5, 0.5]),
])  # fmt: skip
def test_powers_of_the_ratio_that_are_no_numbers_of_the_machine(order, p, q):
    """tᵅ overflows, q·tᵅ does not."""
    g = generator("alpha", alpha=order)
    with mp.workdps(400):
        wanted = exact(g, p, q)
    assert f_divergence(p, q, g) == pytest.approx(float(wanted), rel=1e-12, abs=0)


def test_every_classical_name_is_tested():
    assert set(NAMES) == {*DEFINITIONS, "alpha"}


def test_the_family_agrees_with_its_members():
    p, q = [0.5, 0.3, 0.2], [0.2, 0.1, 0.7]
    assert f_divergence(p, q, "kl") == kl_divergence(p, q)
    assert f_divergence(p, q, "reverse-kl") == kl_divergence(q, p)
    assert f_divergence(p, q, "js") == js_divergence(p, q)
    assert f_divergence(p, q, "gan") == 2 * js_divergence(p, q)
    assert f_divergence(p, q, "total-variation") == pytest.approx(total_variation(p, q), rel=1e-14, abs=0)
    assert f_divergence(p, q, "jeffreys") == pytest.approx(kl_divergence(p, q) + kl_divergence(q, p), rel=1e-14, abs=0)
    assert hellinger(p, q) ** 2 == pytest.approx(f_divergence(p, q, "squared-hellinger"), rel=1e-14, abs=0)
    assert chi2_divergence(p, q) == pytest.approx(2 * f_divergence(p, q, generator("alpha", alpha=2)), rel=1e-14, abs=0)
    assert f_divergence(p, q, generator("alpha", alpha=0.5)) == pytest.approx(4 * hellinger(p, q) ** 2, rel=1e-14, abs=0)


def test_hellinger_and_chi2_known_values():
    assert hellinger([1, 0], [0, 1]) == 1
    above = 1 + 1e-9  # accepted as one
    assert hellinger([above, 0], [0, above]) == 1
    assert hellinger([0.3, 0.7], [0.3, 0.7]) == 0
    assert hellinger([1, 0], [0.25, 0.75]) == pytest.approx(math.sqrt(0.5), rel=1e-14, abs=0)
    assert chi2_divergence([0.5, 0.5], [0.25, 0.75]) == pytest.approx(1 / 3, rel=1e-14, abs=0)
    assert chi2_divergence([0.5, 0.5], [1, 0]) == INF
    assert chi2_divergence([1, 0], [0.5, 0.5]) == pytest.approx(1, rel=1e-14, abs=0)
    assert chi2_divergence([1e-10, 1 - 1e-10], [1e-300, 1.0]) == pytest.approx(1e280, rel=1e-9, abs=0)


@st.composite
def laws(draw, count=2):
    n = draw(st.integers(1, 5))
    entry = st.one_of(st.just(0.0), st.floats(1e-3, 1), st.floats(-9, 0).map(lambda e: 10.0**e))
    found = []
    for _ in range(count):
        mass = np.array(draw(st.lists(entry, min_size=n, max_size=n))) + 1e-12 * draw(st.booleans())
        mass[draw(st.integers(0, n - 1))] += 0.01
        found.append(mass / mass.sum())
    return found


@given(laws())
def test_never_negative_and_unchanged_by_relabelling(pair):
    p, q = pair
    for g in GENERATORS:
        value = f_divergence(p, q, g)
        assert value >= 0, g.name
        assert f_divergence(p[::-1], q[::-1], g) == pytest.approx(value, rel=1e-12, abs=1e-300), g.name
        assert f_divergence(p, p, g) == 0, g.name


@given(laws(), st.integers(0, 2**31))
def test_data_processing(pair, seed):
    p, q = pair
    channel = np.random.default_rng(seed).dirichlet(np.ones(3), size=len(p))
    for g in GENERATORS:
        before, after = f_divergence(p, q, g), f_divergence(_law(p @ channel), _law(q @ channel), g)
        rounding = 1e-15 * g.slope if g.slope < INF else 0
        assert after <= before * (1 + 1e-9) + 1e-12 + rounding, g.name


@given(laws(4), st.floats(0, 1))
def test_joint_convexity(four, weight):
    p, q, r, s = four
    for g in GENERATORS:
        mixed = f_divergence(_law(weight * p + (1 - weight) * r), _law(weight * q + (1 - weight) * s), g)
        parts = [w * f_divergence(a, b, g) for w, a, b in ((weight, p, q), (1 - weight, r, s)) if w]
        rounding = 1e-15 * g.slope if g.slope < INF else 0  # of the mixture, where q has lost an outcome of p
        assert mixed <= sum(parts) * (1 + 1e-9) + 1e-12 + rounding, g.name


def _law(mass):
    return mass / mass.sum()


@given(laws(3))
def test_hellinger_is_a_metric(three):
    p, q, r = three
    assert hellinger(p, r) <= hellinger(p, q) + hellinger(q, r) + 1e-12
    assert hellinger(p, q) == pytest.approx(hellinger(q, p), rel=1e-14, abs=0)
    assert 0 <= hellinger(p, q) <= 1


SIGMOID = lambda v: 1 / (1 + mp.exp(-v))  # noqa: E731
ACTIVATIONS = {  # the rest leave the critic as it is
    "reverse-kl": lambda v: -mp.exp(-v),
    "js": lambda v: mp.log(2 * SIGMOID(v)) / 2,
    "gan": lambda v: mp.log(SIGMOID(v)),
    "total-variation": lambda v: mp.tanh(v) / 2,
    "squared-hellinger": lambda v: (1 - mp.exp(-v)) / 2,
    "reverse-chi2": lambda v: 1 - mp.exp(-v),
    "triangular": lambda v: 1 - mp.exp(-v),
    "alpha 0.0": lambda v: 1 - mp.exp(-v),
}


@pytest.mark.parametrize("name", [g.name for g in GENERATORS])
def test_limits_activation_and_the_flat_part_of_the_conjugate(name):
    """A fresh generator against 40 digits: f(0+), the slope, what the activation is, and f* = −f(0+) below f′(0+)."""
    g = generator("alpha", alpha=float(name[6:])) if name.startswith("alpha") else generator(name)
    order = float(name[6:]) if name.startswith("alpha") else math.nan
    with mp.workdps(40):
        f, at_zero, slope = definition(g)
        if order in (0, 1):  # centred: t − 1 is subtracted, or added
            at_zero, slope = (1, INF) if order == 1 else (INF, 1)
        assert (g.at_zero, g.slope, g.ceiling) == pytest.approx((float(at_zero), float(slope), float(slope)), rel=1e-15, abs=0)
        raw = np.array([-30.0, -3.0, -0.5, -1e-9, 0.0, 1e-3, 2.0, 30.0])
        a = mp.mpf(order) if order < 1 else None
        usual = (lambda v: mp.expm1((a - 1) * v) / (a - 1)) if order < 1 else (lambda v: v)
        activation = ACTIVATIONS.get(g.name, usual)
        wanted = [float(activation(mp.mpf(float(v)))) for v in raw]
        np.testing.assert_allclose(g.activation(raw), wanted, rtol=4e-15 if g.name != "gan" else 1e-14, atol=0)
    with np.errstate(all="ignore"):
        lowest = g.derivative(np.array([1e-200]))[0]
    if math.isfinite(at_zero) and lowest > -1e50:
        below = lowest - np.array([1e-3, 0.5, 40.0])
        np.testing.assert_allclose(g.conjugate(below), [-float(at_zero)] * 3, rtol=1e-15, atol=1e-190)


def test_the_shape_and_conjugate_of_alpha_near_its_limits():
    """Where tᵅ would cancel: f and f* to all digits, from formulas in 60 digits."""
    t, y = np.array([1e-3, 0.7, 1.0, 1.5, 800.0]), np.array([-0.9, -1e-3, 1e-6, 0.4])
    for order in (-0.5, -1e-7, 1e-9, 0.25, 0.5, 0.75, 1 - 1e-9, 1 + 1e-7, 1.5, 2.0):
        g = generator("alpha", alpha=order)
        with mp.workdps(60):
            a = mp.mpf(order)
            f = [float((mp.mpf(x) ** a - 1 - a * (mp.mpf(x) - 1)) / (a * (a - 1))) for x in t.tolist()]
            best = [(1 + (a - 1) * mp.mpf(v)) ** (1 / (a - 1)) for v in y.tolist()]  # f′(best) = y
            conjugate = [float((b**a - 1) / a) for b in best]
        np.testing.assert_allclose(g.f(t), f, rtol=1e-12, atol=1e-15, err_msg=g.name)
        np.testing.assert_allclose(g.conjugate(y), conjugate, rtol=1e-12, atol=0, err_msg=g.name)


@each
def test_derivative_conjugate_and_activation_belong_together(g):
    """f*(f′(t)) = t·f′(t) − f(t), f*(y) ≥ ty − f(t) for every t, and the activation stays where f* is finite."""
    t = np.geomspace(0.05, 20, 41)
    y = g.derivative(t)
    with mp.workdps(40):  # those of alpha 0 and 1 differ from the reference by a multiple of t − 1
        f = definition(g)[0] if g.name not in ("alpha 0.0", "alpha 1.0") else g.f
        wanted = [float(f(mp.mpf(float(x)))) for x in t] if f is not g.f else g.f(t)
    slope = (g.f(t * (1 + 1e-6)) - g.f(t * (1 - 1e-6))) / (2e-6 * t)
    smooth = np.abs(t - 1) > 1e-3
    np.testing.assert_allclose(y[smooth], slope[smooth], rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(g.conjugate(y)[smooth], (t * y - g.f(t))[smooth], rtol=1e-9, atol=1e-9)
    raw = np.linspace(-6, 6, 49)
    critic = g.activation(raw)
    assert (np.diff(critic) > 0).all()
    assert (critic <= g.ceiling).all()
    assert (g.conjugate(critic)[:, None] >= critic[:, None] * t - g.f(t) - 1e-9).all()
    np.testing.assert_allclose(g.f(t), wanted, rtol=1e-12, atol=1e-14)


def test_a_generator_of_ones_own():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.1, 0.7])
    cubic = FGenerator("cubic", lambda t: t**3 - 1, at_zero=-1.0, slope=INF)
    assert f_divergence(p, q, cubic) == pytest.approx(float((p**3 / q**2).sum() - 1), rel=1e-13, abs=0)
    centred = FGenerator("cubic", lambda t: t**3 - 1, at_zero=-1.0, slope=INF, derivative=lambda t: 3 * t**2)
    assert f_divergence(p, q, centred) == pytest.approx(f_divergence(p, q, cubic), rel=1e-13, abs=0)
    assert f_divergence([1.0, 0.0], [0.5, 0.5], centred) == pytest.approx(3.0, rel=1e-12, abs=0)
    assert f_divergence([0.5, 0.5], [1.0, 0.0], centred) == INF


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"f": lambda t: t, "at_zero": 0.0, "slope": 1.0}, "^f must be 0 at t = 1, got 1.0"),
        ({"f": lambda t: -((t - 1) ** 2), "at_zero": -1.0, "slope": -INF}, r"^f must be convex, got a slope that falls from 0\.1087 to -0\.122 at t = 1$"),
        ({"f": lambda t: np.minimum((t - 1) ** 2, 1.0), "at_zero": 1.0, "slope": 0.0}, r"^f must be convex, got a slope that falls from 1\.774 to 0\.03883 at t = 1\.995$"),
        ({"f": lambda t: np.log(t), "at_zero": -INF, "slope": 0.0}, "^f must be convex"),
        ({"f": lambda t: np.where(t > 2, np.nan, t - 1), "at_zero": -1.0, "slope": 1.0}, "^f must be finite .*, got nan at t = 2"),
        ({"f": lambda t: 0.0 * t[:1], "at_zero": 0.0, "slope": 0.0}, r"^f must map .*, got shape \(1,\)"),
        ({"f": lambda t: (t - 1) ** 2, "at_zero": 0.5, "slope": INF}, "^at_zero must be at least"),
        ({"f": lambda t: (t - 1) ** 2, "at_zero": 1.0, "slope": 7.0}, "^slope must be at least"),
        ({"f": lambda t: (t - 1) ** 2, "at_zero": math.nan, "slope": INF}, "^at_zero must be"),
    ],
)
def test_not_a_generator(arguments, message):
    with pytest.raises(ValueError, match=message):
        FGenerator("mine", **arguments)


def test_unknown_names_and_parameters():
    with pytest.raises(ValueError, match="^generator must be one of kl, .*, got 'KL'"):
        f_divergence([1.0], [1.0], "KL")
    with pytest.raises(ValueError, match="^generator must be a name or an FGenerator, got 3"):
        f_divergence([1.0], [1.0], 3)
    with pytest.raises(ValueError, match="^the generator 'kl' has no parameters"):
        generator("kl", alpha=2)
    with pytest.raises(ValueError, match="^the generator 'alpha' has one parameter"):
        generator("alpha")
    for bad in (math.nan, INF, "x", None):
        with pytest.raises(ValueError, match="^alpha must be a finite number"):
            generator("alpha", alpha=bad)
    with pytest.raises(ValueError, match="^q must sum to 1"):
        f_divergence([0.5, 0.5], [0.5, 0.6], "chi2")


@each
def test_gradients(g, differentiable):
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.3, 0.4, 0.1])
    if g.at_zero == INF:
        p, q = p[:3] / p[:3].sum(), q[:3] / q[:3].sum()
    size = len(p)
    along_p, along_q = np.array([0.03, 0.04, -0.07, 0.0])[:size], np.array([-0.02, 0.05, 0.01, -0.04])[:size]
    along_q = along_q - (along_q.sum() / size)
    if g.name == "total-variation":  # a corner at p = q
        p, q = np.array([0.5, 0.4, 0.1]), np.array([0.2, 0.3, 0.5])
        along_p, along_q = np.array([0.03, 0.04, -0.07]), np.array([-0.02, 0.05, -0.03])
    gradients = differentiable.gradients(lambda a, b: f_divergence(a, b, g), p, q)
    assert all(np.isfinite(x).all() for x in gradients)
    with mp.workdps(50):
        h = mp.mpf(10) ** -15

        def moved(sign):
            f, at_zero, _ = definition(g)
            total = mp.mpf(0)
            for a, b, da, db in zip(p, q, along_p, along_q, strict=True):
                x, y = mp.mpf(float(a)) + sign * h * mp.mpf(float(da)), mp.mpf(float(b)) + sign * h * mp.mpf(float(db))
                total += y * f(x / y) if a else y * at_zero
            return total

        slope = float((moved(1) - moved(-1)) / (2 * h))
    assert gradients[0] @ along_p + gradients[1] @ along_q == pytest.approx(slope, rel=1e-6, abs=1e-9)


@each
def test_array_libraries(g, library):
    p, q = library.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), library.array([0.2, 0.3, 0.5])
    value = f_divergence(p, q, g)
    assert library.is_native(value)
    np.testing.assert_allclose(library.numpy(value), f_divergence(library.numpy(p), library.numpy(q), g), rtol=1e-12)
