"""NumPy, autograd, PyTorch and JAX: the same kind and dtype out, the same values, the same gradients."""

import importlib.util
import math
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from autograd import grad

from kltext import (
    cross_entropy,
    entropy,
    gaussian_kl,
    js_distance,
    js_divergence,
    kl_divergence,
    mvn_kl,
    surprisal,
    total_variation,
)

P, Q = [0.5, 0.3, 0.2, 0.0, 0.0], [0.5, 0.3000001, 0.1499999, 0.05, 0.0]
COV_P, COV_Q = [[2.0, 0.3], [0.3, 1.0]], [[1.0, 0.1], [0.1, 1.5]]
CALLS = {
    surprisal: (P,),
    entropy: (P,),
    cross_entropy: (P, Q),
    kl_divergence: (P, Q),
    js_divergence: (P, Q),
    js_distance: (P, Q),
    total_variation: (P, Q),
    gaussian_kl: (0.3, 1.7, -1.1, 0.6),
    mvn_kl: ([1.0, 0.0], COV_P, [0.0, 0.0], COV_Q),
}


def test_the_demanded_libraries_are_installed(demanded_libraries):
    missing = [name for name in demanded_libraries if importlib.util.find_spec(name) is None]
    assert not missing


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_same_kind_and_dtype_out(library, function, dtype):
    arguments = [library.array(a, dtype) for a in CALLS[function]]
    got = function(*arguments)
    assert library.is_native(got)
    assert library.dtype(got) == dtype
    wanted = np.array(function(*CALLS[function]))
    tolerance = 1e-14 if dtype == "float64" else 2e-6
    assert np.allclose(library.numpy(got), wanted, rtol=tolerance, atol=0)


def test_float32_keeps_its_accuracy_on_near_equal_laws(library, exact):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(50)).astype("float32")
    q = (p * (1 + 1e-3 * rng.standard_normal(50))).astype("float32")
    for function, reference in ((kl_divergence, exact.kl), (js_divergence, exact.js)):
        got = function(library.array(p, "float32"), library.array(q, "float32"))
        assert exact.relative_error(library.numpy(got), reference(p, q)) < 1e-6


def test_lists_and_numbers_follow_the_array_beside_them(library):
    half = library.array([0.5, 0.5], "float32")
    for got in (kl_divergence(half, [0.25, 0.75]), kl_divergence([0.25, 0.75], half), gaussian_kl(half, 1, 0, 2.0)):
        assert library.is_native(got) and library.dtype(got) == "float32"
    mixed = kl_divergence(half, library.array([0.25, 0.75], "float64"))
    assert library.dtype(mixed) == "float64"


def test_integers_are_numbers(library):
    one_hot = library.array([1, 0], "int64")
    got = kl_divergence(one_hot, library.array([0.5, 0.5]))
    assert library.is_native(got) and library.dtype(got) == "float64"
    assert math.isclose(float(got), math.log(2))
    assert library.dtype(entropy(one_hot)) == "float64"


def test_long_doubles_become_doubles():
    """Their range is beyond what is checked here, and linear algebra lacks them."""
    p, q = np.array([1.0, 0.0, 0.0], np.longdouble), np.array([0.5, 1e-200, 0.5], np.longdouble)
    assert kl_divergence(p, q) == math.log(2) and type(kl_divergence(p, q)) is float
    assert kl_divergence(q, p) == math.inf
    assert mvn_kl([0.0], np.array([[4.0]], np.longdouble), [0.0], [[1.0]]) == gaussian_kl(0, 2)
    with pytest.raises(ValueError, match="^mean_p must be finite, got inf"):
        gaussian_kl(np.longdouble("1e400"), 1.0)


def test_half_precision_is_enough_where_nothing_is_factored(library):
    got = kl_divergence(library.array([0.5, 0.5], "float16"), library.array([0.25, 0.75], "float16"))
    assert library.dtype(got) == "float16"
    assert float(library.numpy(got)) == pytest.approx(math.log(4 / 3) / 2, rel=2e-3, abs=0)
    with pytest.raises(ValueError, match=r"^cov_p must be of single or double precision to be factored, got dtype .*float16"):
        mvn_kl(*(library.array(a, "float16") for a in CALLS[mvn_kl]))


def test_brain_floats_are_numbers(library):
    """bfloat16, whose dtype in JAX is no floating one of NumPy's; NumPy itself has none."""
    if library.name == "torch":
        half = library.array([0.5, 0.5]).bfloat16()
    else:
        half = library.array([0.5, 0.5]).astype("bfloat16" if library.name == "jax" else "float16")
    got = kl_divergence(half, [0.25, 0.75])
    assert got.dtype == half.dtype
    assert float(got) == pytest.approx(math.log(4 / 3) / 2, rel=2e-2, abs=0)


def test_the_arrays_come_from_one_library(library):
    """Inside autograd's gradient only NumPy's arrays may stand beside what it traces."""
    q = library.array([0.25, 0.75])
    slope = grad(lambda p: kl_divergence(p, q))
    if library.name in ("torch", "jax"):
        with pytest.raises(ValueError, match=f"^the arguments must come from one array library, got .*{library.name}"):
            slope(np.array([0.5, 0.5]))
    else:
        assert slope(np.array([0.5, 0.5])) == pytest.approx([math.log(2), math.log(2 / 3)], rel=1e-14, abs=0)


def test_infinity_and_batches(library):
    got = kl_divergence(library.array([[0.5, 0.5], [1.0, 0.0]]), library.array([1.0, 0.0]))
    assert library.numpy(got).tolist() == [math.inf, 0.0]


@pytest.mark.parametrize("function", [kl_divergence, js_divergence, cross_entropy, total_variation])
def test_under_a_library_s_own_batching_and_compilation(library, function):
    """vmap and jit hide the values: shapes are still checked, values cannot be."""
    p, q = library.array([P, Q, P]), library.array([Q, Q, P])
    got = library.numpy(library.batched(function)(p, q))
    assert np.allclose(got, library.numpy(function(p, q)), rtol=1e-14)
    with pytest.raises(ValueError, match="same outcomes"):
        library.batched(function)(p, library.array([[0.5, 0.3, 0.2]] * 3))


def test_bad_values_are_named(library):
    good = library.array([0.5, 0.5])
    with pytest.raises(ValueError, match=r"^p must be non-negative, got -0.5 at index 1"):
        kl_divergence(library.array([1.5, -0.5]), good)
    with pytest.raises(ValueError, match=r"^q must sum to 1 over its last axis, got 0.75"):
        kl_divergence(good, library.array([0.5, 0.25]))
    with pytest.raises(ValueError, match=r"^std_p must be positive, got 0.0 at index 1"):
        gaussian_kl(good, library.array([1.0, 0.0]))
    bad = library.array([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(ValueError, match=r"^cov_p must be positive definite, got the smallest eigenvalue -"):
        mvn_kl(good, bad, good, library.array(np.eye(2)))
    for dtype in ("bool", "complex128"):
        with pytest.raises(ValueError, match="^p must hold real numbers"):
            kl_divergence(library.array([1, 0], dtype), good)


def test_numpy_results_are_floats():
    assert type(kl_divergence(P, Q)) is float
    assert type(kl_divergence(np.array(P), np.array(Q))) is float
    assert type(gaussian_kl(0, 1)) is float
    assert type(mvn_kl([0], [[1]], [0], [[1]])) is float
    assert type(surprisal(0.5)) is float
    assert type(kl_divergence(np.float32([0.5, 0.5]), [0.5, 0.5])) is np.float32
    assert type(surprisal([0.5])) is np.ndarray


NAMESPACES = {"autograd": "autograd.numpy", "torch": "torch", "jax": "jax.numpy"}

# -- gradients ----------------------------------------------------------------------------------

NEAR = [0.5, 0.3 + 1e-9, 0.2 - 1e-9, 0.0, 0.0]
FAR = [0.9, 0.1, 0.0, 0.0, 0.0]
GRADIENTS = {
    "kl": (kl_divergence, "kl", (P, Q)),
    "kl near": (kl_divergence, "kl", (P, NEAR)),
    "kl far": (kl_divergence, "kl", (FAR, Q)),
    "js": (js_divergence, "js", (P, Q)),
    "js near": (js_divergence, "js", (P, NEAR)),
    "cross-entropy": (cross_entropy, "cross_entropy", (P, Q)),
    "entropy": (entropy, "entropy", (P,)),
    "gaussian": (gaussian_kl, "gaussian_kl", (0.3, 1.7, -1.1, 0.6)),
    "gaussian near": (gaussian_kl, "gaussian_kl", (1e-9, 1 + 1e-9, 0.0, 1.0)),
}


def central_difference(function, arguments, which, index, step=1e-20):
    """A derivative by exact arithmetic; the functions here are smooth where it is asked for."""
    values = []
    for sign in (1, -1):
        moved = [np.array(a, dtype=object) for a in arguments]
        moved[which][index] = mpmath.mpf(float(moved[which][index])) + sign * step
        values.append(function(moved))
    return float((values[0] - values[1]) / (2 * step))


def exact_function(name):
    """The formulas on arrays of mpmath numbers, which the references in conftest would round."""

    def kl(p, q):
        return sum((a * mpmath.log(a / b) if a else 0) - a + b for a, b in zip(p, q, strict=True))

    def js(p, q):
        return sum(x * mpmath.log(2 * x / (a + b)) / 2 for a, b in zip(p, q, strict=True) for x in (a, b) if x)

    def gauss(mean_p, std_p, mean_q, std_q):
        a, s, b, t = exactly(x.item() for x in (mean_p, std_p, mean_q, std_q))
        return mpmath.log(t / s) + (s**2 + (a - b) ** 2) / (2 * t**2)

    return {
        "kl": lambda a: kl(*map(exactly, a)),
        "js": lambda a: js(*map(exactly, a)),
        "cross_entropy": lambda a: -sum(x * mpmath.log(y) for x, y in zip(*map(exactly, a), strict=True) if x),
        "entropy": lambda a: -sum(x * mpmath.log(x) for x in exactly(a[0]) if x),
        "gaussian_kl": lambda a: gauss(*a),
    }[name]


def exactly(row):
    return [mpmath.mpf(x) for x in row]


@pytest.mark.parametrize("case", GRADIENTS)
def test_gradients_are_exact(differentiable, exact, case):
    function, name, arguments = GRADIENTS[case]
    gradients = differentiable.gradients(function, *arguments)
    for which, gradient in enumerate(gradients):
        assert np.all(np.isfinite(gradient))
        for index in np.ndindex(gradient.shape):
            if all(np.asarray(a)[index] > 0 for a in arguments) or name == "gaussian_kl":
                wanted = central_difference(exact_function(name), arguments, which, index)
                assert math.isclose(gradient[index], wanted, rel_tol=1e-12, abs_tol=1e-18)


@pytest.mark.parametrize(
    "function", [kl_divergence, js_divergence, js_distance, total_variation, cross_entropy, entropy]
)
@pytest.mark.parametrize("q", [P, Q])
def test_gradients_are_numbers_at_zeros_and_at_equality(differentiable, function, q):
    arguments = (P,) if function is entropy else (P, q)
    gradients = differentiable.gradients(function, *arguments)
    assert all(np.all(np.isfinite(g)) for g in gradients)
    if function is not total_variation:
        assert gradients[0][3] == 0  # an outcome with p = 0 < q stays out
    if q is P and function in (kl_divergence, js_divergence, js_distance, total_variation):
        assert all(np.all(g[:3] == 0) for g in gradients)  # a minimum
    if function is kl_divergence:
        p, q = np.array(P), np.array(q)
        assert np.allclose(gradients[0][:3], np.log(p[:3] / q[:3]), rtol=1e-6)
        assert gradients[1][3:].tolist() == [1, 1]


def test_mvn_gradients(differentiable):
    """By matrix calculus: ½(Σq⁻¹ − Σp⁻¹), Σq⁻¹δ, and the rest; near-equal covariances included."""
    mean_p, mean_q, cov_q = np.array([1.0, 0.0]), np.zeros(2), np.array(COV_Q)
    for cov_p in (np.array(COV_P), cov_q, cov_q * (1 + 1e-6), cov_q + [[0.05, 0], [0, 0]]):
        precision, delta = np.linalg.inv(cov_q), mean_p - mean_q
        spread = precision @ (cov_p + np.outer(delta, delta)) @ precision
        wanted = (
            precision @ delta,
            (precision - np.linalg.inv(cov_p)) / 2,
            -precision @ delta,
            (precision - spread) / 2,
        )
        got = differentiable.gradients(mvn_kl, mean_p, cov_p, mean_q, cov_q)
        for g, w in zip(got, wanted, strict=True):
            assert np.allclose(g, w, rtol=1e-9, atol=1e-12)


def test_gradients_of_batches(differentiable, by_autograd):
    """Against autograd on each row and on each pair."""
    p, q = np.array([P, FAR]), np.array(Q)
    got = differentiable.gradients(lambda p, q: kl_divergence(p, q).sum(), p, q)
    single = [by_autograd(kl_divergence, row, q) for row in p]
    assert np.allclose(got[0], [s[0] for s in single], rtol=1e-14)
    assert np.allclose(got[1], sum(s[1] for s in single), rtol=1e-14)
    means, covs = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[COV_P], [COV_Q]])  # shapes (2, 2) and (2, 1, 2, 2)
    covs[1, 0, 0, 0] += 1e-3  # one pair apart, one close
    got = differentiable.gradients(lambda m, c: mvn_kl(m, c, [0.0, 0.0], COV_Q).sum(), means, covs)
    single = [[by_autograd(lambda m, c: mvn_kl(m, c, [0.0, 0.0], COV_Q), m, c[0]) for m in means] for c in covs]
    assert np.allclose(got[0], [sum(row[i][0] for row in single) for i in range(2)], rtol=1e-12)
    assert np.allclose(got[1][:, 0], [sum(s[1] for s in row) for row in single], rtol=1e-12)


def test_gradients_of_many_outcomes(differentiable):
    """More numbers than are handled at a time where nothing is traced."""
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.ones(20_000), size=2)
    for function, wanted in ((kl_divergence, 1 - p / q), (cross_entropy, -p / q)):
        np.testing.assert_allclose(differentiable.gradients(function, p, q)[1], wanted, rtol=1e-10, atol=1e-10)


def test_gradient_steps_reach_the_target(differentiable):
    """The divergence is a loss that trains: a model's logits fall until the model is P."""
    target = np.array([0.6, 0.3, 0.1])
    exp = importlib.import_module(NAMESPACES[differentiable.name]).exp
    logits = np.zeros(3)
    step = differentiable.gradient(lambda z: kl_divergence(target, exp(z) / exp(z).sum()))
    for _ in range(300):
        logits = logits - step(logits)
    reached = np.exp(logits) / np.exp(logits).sum()
    assert np.allclose(reached, target, atol=1e-6)


# -- imports ------------------------------------------------------------------------------------


def test_importing_kltext_imports_numpy_only():
    code = (
        "import sys, kltext, kltext.derivations; kltext.kl_divergence([1, 0], [.5, .5]);"
        "heavy = {'torch', 'jax', 'autograd', 'array_api_compat', 'scipy', 'matplotlib', 'anywidget'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
