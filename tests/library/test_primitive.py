"""Formulas whose derivative autograd is told: values, derivatives of three orders, both directions, both ends."""

import math

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
from autograd import elementwise_grad, grad, make_jvp

from kltext._logratio import exp_excess
from kltext._logspace import sigmoid, softplus
from kltext.networks import _tanh

POINTS = np.array([-40.0, -3.0, -0.5, -1e-3, 0.0, 1e-3, 0.2, 0.5, 2.0, 30.0])
EXACT = {
    _tanh: mpmath.tanh,
    sigmoid: lambda x: 1 / (1 + mpmath.exp(-x)),
    softplus: lambda x: mpmath.log(1 + mpmath.exp(x)),
    exp_excess: lambda x: mpmath.exp(x) - 1 - x,
}
FORMULAS = pytest.mark.parametrize("formula", EXACT, ids=lambda f: f.__name__)


@FORMULAS
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_derivatives_in_fifty_digits(formula, order):
    derivative = lambda x: formula(anp, x)  # noqa: E731
    for _ in range(order):
        derivative = elementwise_grad(derivative)
    with mpmath.workdps(60):
        wanted = [float(mpmath.diff(EXACT[formula], mpmath.mpf(float(x)), order)) for x in POINTS]
    assert np.allclose(derivative(POINTS), wanted, rtol=1e-12, atol=1e-15)


@FORMULAS
def test_autograd_gets_the_values_of_numpy(formula):
    traced = []

    def seen(x):
        traced.append(formula(anp, x)._value)
        return formula(anp, x).sum()

    grad(seen)(POINTS)
    assert np.array_equal(traced[0], formula(np, POINTS))


@FORMULAS
def test_forwards_as_backwards(formula):
    forwards = make_jvp(lambda x: formula(anp, x))(POINTS)(np.ones_like(POINTS))[1]
    assert np.array_equal(forwards, elementwise_grad(lambda x: formula(anp, x))(POINTS))


def test_both_ends():
    ends = np.array([-math.inf, -800.0, 800.0, math.inf])
    assert sigmoid(np, ends).tolist() == [0, 0, 1, 1]
    with np.errstate(all="ignore"):  # the values' overflow is the callers'
        assert elementwise_grad(lambda x: softplus(anp, x))(ends).tolist() == [0, 0, 1, 1]
        assert elementwise_grad(lambda x: exp_excess(anp, x))(ends).tolist() == [-1, -1, math.inf, math.inf]
    assert sigmoid(np, np.array([-700.0]))[0] == pytest.approx(math.exp(-700), rel=1e-13, abs=0)


def test_one_operation_for_autograd():
    def nodes(formula):
        def count(node, met):
            if id(node) not in met:
                met[id(node)] = node
                for parent in node.parents:
                    count(parent, met)
            return met

        found = []

        def traced(x):
            y = formula(x)
            found.append(len(count(y._node, {})))
            return y.sum()

        grad(traced)(POINTS)
        return found[0]

    assert nodes(lambda x: softplus(anp, x)) == nodes(lambda x: exp_excess(anp, x)) == nodes(lambda x: 2 * x) == 2
