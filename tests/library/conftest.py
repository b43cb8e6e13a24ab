"""The array libraries that are installed, and exact references in 50-digit arithmetic."""

import importlib.util
import os
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest

OPTIONAL = ("autograd", "torch", "jax")


class Numpy:
    name = "numpy"

    def array(self, values, dtype="float64"):
        return np.asarray(values, dtype=dtype)

    def numpy(self, array):
        return np.asarray(array)

    def is_native(self, array):
        return isinstance(array, (np.ndarray, np.generic, float))

    def dtype(self, array):
        return "float64" if isinstance(array, float) else array.dtype.name

    def batched(self, function):
        return lambda *batches: np.array([function(*rows) for rows in zip(*batches, strict=True)])


class Autograd(Numpy):
    name = "autograd"

    def gradients(self, function, *arguments):
        import autograd

        gradients = autograd.grad(lambda every: function(*every))(tuple(np.array(a) for a in arguments))
        return [np.asarray(g) for g in gradients]

    def gradient(self, function):
        return lambda argument: self.gradients(function, argument)[0]


class Torch:
    name = "torch"

    def array(self, values, dtype="float64"):
        import torch

        return torch.tensor(np.asarray(values, dtype=dtype))

    def numpy(self, array):
        return array.detach().numpy()

    def is_native(self, array):
        import torch

        return isinstance(array, torch.Tensor)

    def dtype(self, array):
        return str(array.dtype).removeprefix("torch.")

    def gradients(self, function, *arguments):
        import torch

        tensors = [torch.tensor(np.asarray(a), requires_grad=True) for a in arguments]
        function(*tensors).backward()
        return [t.grad.numpy() for t in tensors]

    def gradient(self, function):
        return lambda argument: self.gradients(function, argument)[0]

    def batched(self, function):
        import torch

        return torch.func.vmap(function)


class Jax:
    name = "jax"

    def __init__(self):
        import jax

        jax.config.update("jax_enable_x64", True)

    def array(self, values, dtype="float64"):
        import jax.numpy

        return jax.numpy.asarray(np.asarray(values, dtype=dtype))

    def numpy(self, array):
        return np.asarray(array)

    def is_native(self, array):
        import jax

        return isinstance(array, jax.Array)

    def dtype(self, array):
        return array.dtype.name

    def gradients(self, function, *arguments):
        import jax

        gradient = jax.grad(function, argnums=tuple(range(len(arguments))))
        return [np.asarray(g) for g in gradient(*(self.array(a) for a in arguments))]

    def gradient(self, function):
        import jax

        compiled = jax.jit(jax.grad(function))
        return lambda argument: np.asarray(compiled(argument))

    def batched(self, function):
        import jax

        return jax.jit(jax.vmap(function))


def installed(name):
    return importlib.util.find_spec(name) is not None


LIBRARIES = [Numpy] + [c for c in (Autograd, Torch, Jax) if installed(c.name)]
DIFFERENTIABLE = LIBRARIES[1:]


@pytest.fixture(scope="session", params=LIBRARIES, ids=lambda c: c.name)
def library(request):
    """An array library: makes arrays, recognises its own, turns them back into NumPy's."""
    return request.param()


@pytest.fixture(scope="session", params=DIFFERENTIABLE, ids=lambda c: c.name)
def differentiable(request):
    """An array library that differentiates."""
    return request.param()


@pytest.fixture(scope="session")
def by_autograd():
    """autograd's gradients, to compare the other libraries' with: it compiles nothing and is soon done."""
    return Autograd().gradients


@pytest.fixture(scope="session")
def demanded_libraries():
    """The libraries that must be there: all of them, and the witness dit, where everything is tested."""
    return (*OPTIONAL, "dit") if os.environ.get("KLTEXT_OPTIONAL") else ("autograd",)


# -- exact references, on the very doubles the library is given ---------------------------------


def numbers(values):
    return [mpmath.mpf(float(v)) for v in np.ravel(values)]


def exact_kl(p, q):
    """Σ p log(p/q) + Σ(q − p): for laws the divergence, for doubles near a law what kltext promises."""
    total = mpmath.mpf(0)
    for a, b in zip(numbers(p), numbers(q), strict=True):
        if a and not b:
            return mpmath.inf
        total += (a * mpmath.log(a / b) if a else 0) + (b - a)
    return total


def exact_kl_of_rescaled(p, q):
    """Σ p log(p/q) after dividing each by its exact sum."""
    p, q = numbers(p), numbers(q)
    p, q = [a / mpmath.fsum(p) for a in p], [b / mpmath.fsum(q) for b in q]
    return mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a)


def exact_js(p, q):
    total = mpmath.mpf(0)
    for a, b in zip(numbers(p), numbers(q), strict=True):
        m = (a + b) / 2
        total += sum(x * mpmath.log(x / m) / 2 for x in (a, b) if x)
    return total


def exact_entropy(p):
    return -mpmath.fsum(a * mpmath.log(a) for a in numbers(p) if a)


def exact_cross_entropy(p, q):
    return -mpmath.fsum(a * mpmath.log(b) for a, b in zip(numbers(p), numbers(q), strict=True) if a)


def exact_gaussian_kl(mean_p, std_p, mean_q, std_q):
    a, s, b, t = (mpmath.mpf(float(x)) for x in (mean_p, std_p, mean_q, std_q))
    return mpmath.log(t / s) + (s**2 + (a - b) ** 2) / (2 * t**2) - mpmath.mpf(1) / 2


def exact_mvn_kl(mean_p, cov_p, mean_q, cov_q):
    cov_p, cov_q = (mpmath.matrix(np.asarray(c).tolist()) for c in (cov_p, cov_q))
    delta = mpmath.matrix([a - b for a, b in zip(numbers(mean_p), numbers(mean_q), strict=True)])
    inverse = cov_q**-1
    product = inverse * cov_p
    trace = mpmath.fsum(product[i, i] for i in range(product.rows))
    ratio = mpmath.log(mpmath.det(cov_p) / mpmath.det(cov_q))
    return (trace - product.rows - ratio + (delta.T * inverse * delta)[0]) / 2


def relative_error(got, exact):
    """|got − exact| / exact, in high precision; 0 where both are 0 or ∞."""
    got = mpmath.mpf(float(got))
    if got == exact:
        return 0.0
    return float(abs(got - exact) / abs(exact)) if exact and mpmath.isfinite(exact) else float("inf")


@pytest.fixture(scope="session")
def exact():
    with mpmath.workdps(50):
        yield SimpleNamespace(
            kl=exact_kl,
            kl_of_rescaled=exact_kl_of_rescaled,
            js=exact_js,
            entropy=exact_entropy,
            cross_entropy=exact_cross_entropy,
            gaussian_kl=exact_gaussian_kl,
            mvn_kl=exact_mvn_kl,
            relative_error=relative_error,
        )
