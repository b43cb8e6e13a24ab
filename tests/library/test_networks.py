"""The small network against loops, PyTorch's layers and central differences; and what it refuses."""

import math

import numpy as np
import pytest

from kltext.networks import new_net, output

NET = new_net(2, 5, 4, 3, rng=np.random.default_rng(0))
NET = [w + 0.1 * np.random.default_rng(1).normal(size=w.shape) for w in NET]  # biases that count
X = np.random.default_rng(2).normal(size=(6, 2))


def by_hand(net, row):
    """One row through the net, number by number."""
    for k in range(0, len(net), 2):
        sums = [math.fsum([*(h * net[k][i][j] for i, h in enumerate(row)), net[k + 1][j]]) for j in range(len(net[k + 1]))]
        row = sums if k == len(net) - 2 else [math.tanh(s) for s in sums]
    return row


def test_by_hand():
    assert np.allclose(output(NET, X), [by_hand(NET, row) for row in X], rtol=1e-13, atol=1e-14)
    assert np.allclose(output(NET, X[0]), by_hand(NET, X[0]), rtol=1e-13, atol=1e-14)
    assert np.array_equal(output(NET, X.reshape(3, 2, 2)).reshape(6, 3).round(12), output(NET, X).round(12))


def test_stacked_networks():
    nets = [[w + k for w in NET] for k in (0.0, 0.1, -0.2)]
    stacked = [np.stack([net[i].reshape(-1, net[i].shape[-1]) for net in nets]) for i in range(len(NET))]
    rows = np.stack([X, X + 1, X - 1])
    for x in (rows, X, rows[None] + np.arange(4.0)[:, None, None, None]):
        found = output(stacked, x)
        for k, net in enumerate(nets):
            assert np.allclose(found[..., k, :, :], output(net, x if x.ndim == 2 else x[..., k, :, :]), rtol=1e-13, atol=1e-14)


def test_every_array_library(library):
    for dtype, digits in (("float32", 1e-5), ("float64", 1e-13)):
        found = output([library.array(w, dtype) for w in NET], library.array(X, dtype))
        assert library.is_native(found)
        assert library.dtype(found) == dtype
        assert np.allclose(library.numpy(found), output(NET, X), rtol=digits, atol=digits)


def test_gradients(differentiable):
    def loss(x, *net):
        return (output(list(net), x) ** 2).sum()

    arguments = [X, *NET]
    for k, gradient in enumerate(differentiable.gradients(loss, *arguments)):
        for place in np.ndindex(gradient.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [np.array(a) for a in arguments]
                moved[k][place] += step
                ends.append(loss(*moved))
            assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-7)


def test_autograd_may_trace_the_list_and_twice():
    from autograd import elementwise_grad, grad

    def loss(net):
        return (elementwise_grad(lambda x: output(net, x)[:, :1])(X) ** 2).sum()

    def slopes(net):
        h = np.tanh(X @ net[0] + net[1])
        return (net[2][:, 0] * (1 - h**2)) @ net[0].T

    small = [NET[0], NET[1], np.ones((5, 1)), np.zeros(1)]
    assert loss(small) == pytest.approx((slopes(small) ** 2).sum(), rel=1e-13, abs=0)
    ends = []
    for step in (1e-6, -1e-6):
        moved = [w.copy() for w in small]
        moved[0][1, 2] += step
        ends.append((slopes(moved) ** 2).sum())
    assert grad(loss)(small)[0][1, 2] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-7)


def test_against_pytorch():
    torch = pytest.importorskip("torch")
    layers = []
    for matrix, bias in zip(NET[::2], NET[1::2], strict=True):
        layer = torch.nn.Linear(*matrix.shape, dtype=torch.float64)
        layer.weight.data, layer.bias.data = torch.tensor(matrix.T), torch.tensor(bias)
        layers += [layer, torch.nn.Tanh()]
    with torch.no_grad():
        theirs = torch.nn.Sequential(*layers[:-1])(torch.tensor(X)).numpy()
    assert np.allclose(output(NET, X), theirs, rtol=1e-13, atol=1e-14)


def test_new_weights():
    net = new_net(400, 300, 2, rng=np.random.default_rng(0))
    assert [w.shape for w in net] == [(400, 300), (300,), (300, 2), (2,)]
    assert net[0].std() == pytest.approx(400**-0.5, rel=0.01)  # 120 000 draws: an error of 0.2 %
    assert net[2].std() == pytest.approx(300**-0.5, rel=0.15)  # 600 draws: 3 %
    assert not net[1].any()
    assert not net[3].any()
    again = new_net(400, 300, 2, rng=np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(net, again, strict=True))


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0), (3, -1), (3, 2.0), (True, 2), ("3", 2), (None, 1)])
def test_sizes_refused(sizes):
    with pytest.raises(ValueError, match="^sizes must"):
        new_net(*sizes, rng=np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
def test_generators_refused(rng):
    with pytest.raises(ValueError, match="^rng must"):
        new_net(1, 2, rng=rng)


W, B = np.ones((2, 3)), np.ones(3)
REFUSED = {
    "no list": ("half", X, "net must be the list W₁, b₁, W₂, b₂, …, got 'half'"),
    "an array": (W, X, "net must be the list"),
    "empty": ([], X, "net must be the list W₁, b₁, W₂, b₂, …, got 0 arrays"),
    "no last bias": ([W, B, W], X, "net must be the list W₁, b₁, W₂, b₂, …, got 3 arrays"),
    "text": ([W, "bias"], X, r"net\[1\] must hold real numbers"),
    "a vector for a matrix": ([B, B], X, r"net\[0\] must have 2 rows, one for each entry of x, got shape \(3,\)"),
    "rows": ([W, B], np.ones((4, 3)), r"net\[0\] must have 3 rows, one for each entry of x, got shape \(2, 3\)"),
    "layers": ([W, B, W, B], X, r"net\[2\] must have 3 rows, one for each entry of net\[1\], got shape \(2, 3\)"),
    "bias": ([W, np.ones(2)], X, r"net\[1\] must have the shape \(3,\), a bias for each column of net\[0\], got \(2,\)"),
    "stacks": ([np.ones((5, 2, 3)), np.ones((5, 1, 3)), np.ones((4, 3, 3)), np.ones((4, 1, 3))], np.ones((5, 6, 2)), r"net\[2\] must be stacked as net\[0\] is, \(5,\), got shape \(4, 3, 3\)"),
    "bias of a stack": ([np.ones((5, 2, 3)), B], np.ones((5, 6, 2)), r"net\[1\] must have the shape \(5, 1, 3\), a bias for each column of net\[0\], got \(3,\)"),
    "one row for a stack": ([np.ones((5, 2, 3)), np.ones((5, 1, 3))], np.ones(2), r"x must have rows for each of the stacked networks, got shape \(2,\)"),
    "another number of networks": ([np.ones((5, 2, 3)), np.ones((5, 1, 3))], np.ones((4, 6, 2)), "the shapes do not broadcast, got x in front of its rows: \\(4,\\), the networks: \\(5,\\)"),
    "a number": ([W, B], 1.0, "x must have the inputs on its last axis, got a single number"),
    "NaN": ([W, np.array([0.0, np.nan, 1.0])], X, r"net\[1\] must be finite, got nan at index 1"),
    "∞": ([W, B], [[0.0, -np.inf]], r"x must be finite, got -inf at index \(0, 1\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    net, x, message = REFUSED[case]
    with pytest.raises(ValueError, match="^" + message):
        output(net, x)
