"""Adam against fifty digits and PyTorch's; its grid; and what it refuses."""

import mpmath
import numpy as np
import pytest

from kltext.training import Adam

SHAPES = [(3, 2), (2,), ()]


def example(steps=30, seed=0):
    """First weights, and a gradient for every step, some of them zero."""
    rng = np.random.default_rng(seed)
    gradients = [[10.0 ** rng.normal() * rng.normal(size=shape) for shape in SHAPES] for _ in range(steps)]
    for gradient in gradients[:2]:
        gradient[0][0] = 0.0
    return [rng.normal(size=shape) for shape in SHAPES], gradients


def run(adam, weights, gradients, rates=None):
    for t, gradient in enumerate(gradients):
        weights = adam.step(weights, gradient) if rates is None else adam.step(weights, gradient, rates[t])
    return weights


def in_fifty_digits(weight, slopes, rates, inertia):
    """One weight, by the sums that the running averages stand for."""
    with mpmath.workdps(50):
        w, b, c = mpmath.mpf(weight), mpmath.mpf(inertia), mpmath.mpf(0.999)
        slopes = [mpmath.mpf(float(g)) for g in slopes]
        for t, rate in enumerate(rates, start=1):
            m = mpmath.fsum((1 - b) * b ** (t - s) * g for s, g in enumerate(slopes[:t], start=1)) / (1 - b**t)
            v = mpmath.fsum((1 - c) * c ** (t - s) * g**2 for s, g in enumerate(slopes[:t], start=1)) / (1 - c**t)
            w -= mpmath.mpf(rate) * m / (mpmath.sqrt(v) + mpmath.mpf(1e-8))
        return float(w)


@pytest.mark.parametrize("inertia", [0.0, 0.5, 0.9])
def test_in_fifty_digits(inertia):
    weights, gradients = example()
    rates = [0.05 * (1 - t / 40) for t in range(30)]
    found = run(Adam(0.3, inertia=inertia), weights, gradients, rates)
    for i, array in enumerate(found):
        for place, got in np.ndenumerate(array):
            slopes = [g[i][place] for g in gradients]
            assert got == pytest.approx(in_fifty_digits(weights[i][place], slopes, rates, inertia), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("inertia", [0.5, 0.9])
def test_against_pytorch(inertia):
    torch = pytest.importorskip("torch")
    weights, gradients = example()
    tensors = [torch.tensor(w, requires_grad=True) for w in weights]
    theirs = torch.optim.Adam(tensors, lr=0.05, betas=(inertia, 0.999), eps=1e-8)
    for gradient in gradients:
        for tensor, g in zip(tensors, gradient, strict=True):
            tensor.grad = torch.tensor(g)
        theirs.step()
    for mine, tensor in zip(run(Adam(0.05, inertia=inertia), weights, gradients), tensors, strict=True):
        assert np.allclose(mine, tensor.detach().numpy(), rtol=1e-12, atol=1e-13)


def test_one_step_by_hand():
    assert Adam(0.1).step(1.0, 5.0) == pytest.approx(0.9, rel=1e-8)
    assert Adam(0.1).step(1.0, -5e-3) == pytest.approx(1.1, rel=1e-6)
    assert Adam(0.1).step(1.0, 0.0) == 1.0
    assert Adam(0.1).step([1.0, 2.0], [0.0, 1e150]) == [1.0, pytest.approx(1.9)]


def test_a_rate_for_one_step_only():
    adam = Adam(0.1)
    assert adam.step(1.0, 5.0, rate=0.0) == 1.0
    assert adam.step(1.0, 5.0) == pytest.approx(0.9, rel=1e-8)
    assert adam.rate == 0.1


def test_kind_and_precision_stay(library):
    for dtype in ("float32", "float64"):
        weights = [library.array(w, dtype) for w in ([[1.0, 2.0]], [0.5])]
        slopes = [library.array(g, dtype) for g in ([[3.0, -4.0]], [0.25])]
        for adam in (Adam(0.125), Adam(0.125, grid=2**10)):
            for w, wanted in zip(run(adam, weights, [slopes, slopes]), ([[0.75, 2.25]], [0.25]), strict=True):
                assert library.is_native(w)
                assert library.dtype(w) == dtype
                assert np.allclose(library.numpy(w), wanted, rtol=1e-6)


def test_an_array_or_a_list_of_arrays():
    weights, gradients = example()
    together = run(Adam(0.05), weights, gradients)
    assert isinstance(together, list)
    for i, array in enumerate(together):
        alone = run(Adam(0.05), weights[i], [g[i] for g in gradients])
        assert np.array_equal(alone, array)
        assert np.shape(alone) == SHAPES[i]
    assert isinstance(alone, float)


def test_the_arguments_stay_as_they_are():
    weights, gradients = example(steps=2)
    before = [w.copy() for w in weights], [[g.copy() for g in gradient] for gradient in gradients]
    run(Adam(0.05, grid=2**20), weights, gradients)
    for old, new in zip(before[0] + sum(before[1], []), weights + sum(gradients, []), strict=True):
        assert np.array_equal(old, new)


@pytest.mark.parametrize("grid", [2**20, 10**6, 100, 0.5])
def test_the_weights_lie_on_the_grid(grid):
    weights, gradients = example()
    free, adam = weights, Adam(0.05, grid=grid)
    for gradient in gradients:
        new = adam.step(weights, gradient)
        for w in new:
            assert np.array_equal(np.round(np.asarray(w) * grid) / grid, w)
        weights = new
    free = run(Adam(0.05), example()[0], gradients)
    far = max(np.abs(a - b).max() for a, b in zip(free, weights, strict=True))
    assert 0 < far <= 0.5 * 30 / grid + 1e-12  # half a mesh at each step, and the gradients do not depend on the weights


def chaotic(adam, nudge):
    """A walk that amplifies what it meets; ``nudge`` is what another processor makes of the last digits."""
    w = np.array([0.3, -0.7])
    for _ in range(100):
        w = adam.step(w, np.sin(1000 * w) * (1 + nudge * w))
    return w


def test_on_a_grid_last_digits_do_not_grow():
    apart = np.abs(chaotic(Adam(0.05), 1e-15) - chaotic(Adam(0.05), 0.0)).max()
    assert apart > 1e-3
    assert np.array_equal(chaotic(Adam(0.05, grid=2**20), 1e-15), chaotic(Adam(0.05, grid=2**20), 0.0))


@pytest.mark.parametrize("bad", [True, "0.1", None, 0.1j, [0.1], np.array([0.1]), float("nan"), float("inf"), -0.1])
def test_settings_refused(bad):
    with pytest.raises(ValueError, match="^rate must"):
        Adam(bad)
    with pytest.raises(ValueError, match="^inertia must"):
        Adam(0.1, inertia=bad)
    if bad is not None:
        with pytest.raises(ValueError, match="^grid must"):
            Adam(0.1, grid=bad)
        with pytest.raises(ValueError, match="^rate must"):
            Adam(0.1).step(1.0, 1.0, rate=bad)


def test_borders_of_the_settings():
    assert Adam(0).rate == 0
    assert Adam(np.float32(0.5), inertia=0).inertia == 0
    with pytest.raises(ValueError, match=r"^inertia must be a number in \[0, 1\), got 1$"):
        Adam(0.1, inertia=1)
    with pytest.raises(ValueError, match="^grid must be a number > 0 and finite, or None, got 0$"):
        Adam(0.1, grid=0)


PAIR = [np.ones((2, 2)), np.ones(2)]
REFUSED = {
    "a list for an array": (np.ones(2), [np.ones(2)], r"gradient must have the shape of weights, \(2,\), got \(1, 2\)"),
    "an array for a list": (PAIR, np.ones(2), "gradient must be a list of 2 arrays, as weights is, got ndarray"),
    "one too few": (PAIR, PAIR[:1], "gradient must be a list of 2 arrays, as weights is, got 1"),
    "another shape": (PAIR, [PAIR[0], np.ones(3)], r"gradient\[1\] must have the shape of weights\[1\], \(2,\), got \(3,\)"),
    "NaN": (PAIR, [np.array([[1.0, 2.0], [np.nan, 0.0]]), PAIR[1]], r"gradient\[0\] must be finite, got nan at index \(1, 0\)"),
    "∞": (PAIR, [PAIR[0], [1.0, np.inf]], r"gradient\[1\] must be finite, got inf at index 1"),
    "too long": (PAIR, [-1e200 * PAIR[0], PAIR[1]], r"gradient\[0\] must have a finite square, got -1e\+200 at index \(0, 0\)"),
    "a weight of −∞": (np.array([-np.inf]), np.array([1.0]), "weights must be finite, got -inf at index 0"),
    "text": ("half", 1.0, "weights must hold real numbers"),
    "booleans": (np.ones(2), np.array([True, False]), "gradient must hold real numbers"),
    "a mask": (np.ones(2), np.ma.masked_array([1.0, 2.0], [False, True]), "gradient is a masked array"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_steps_refused(case):
    weights, gradient, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + message):
        Adam(0.1).step(weights, gradient)


def test_shapes_may_not_change():
    adam = Adam(0.1)
    adam.step(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=r"^weights must have the shapes of the step before, \[\(2,\)\], got \[\(3,\)\]"):
        adam.step(np.ones(3), np.ones(3))


def test_a_refused_step_leaves_the_averages_alone():
    adam, twin = Adam(0.1), Adam(0.1)
    w = [adam.step([1.0, 2.0], [0.5, 1.0]), twin.step([1.0, 2.0], [0.5, 1.0])]
    for bad in ([1.0, np.nan], [1.0], [1.0, [2.0]]):
        with pytest.raises(ValueError, match="gradient"):
            adam.step(w[0], bad)
    assert adam.step(w[0], [0.25, 2.0]) == twin.step(w[1], [0.25, 2.0])
