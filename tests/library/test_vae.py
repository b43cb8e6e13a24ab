"""The VAE's loss against fifty digits, closed forms and PyTorch."""

import math

import mpmath
import numpy as np
import pytest

from kltext import gaussian_kl
from kltext.vae import vae_kl, vae_loss

INF = math.inf


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.3, -2.0, 1e10])
@pytest.mark.parametrize("log_var", [0.0, 1e-300, 1e-12, -1e-8, 1e-4, -0.3, 0.49, 0.51, -0.51, 3.0, -50.0, 700.0])
def test_latent_cost_in_fifty_digits(mean, log_var):
    with mpmath.workdps(400 if log_var == 1e-300 else 60):
        m, v = mpmath.mpf(mean), mpmath.mpf(log_var)
        wanted = float((m * m + mpmath.expm1(v) - v) / 2)
    assert vae_kl(mean, log_var) == pytest.approx(wanted, rel=1e-14, abs=1e-320)
    if abs(log_var) < 100:
        assert vae_kl(mean, log_var) == pytest.approx(gaussian_kl(mean, math.exp(log_var / 2)), rel=1e-7, abs=1e-15)


def test_latent_cost_overflows_honestly_and_is_zero_at_the_prior():
    assert vae_kl(0.0, 800.0) == INF
    assert vae_kl(0.0, 0.0) == 0
    assert vae_kl([1.0, 2.0], 0.0).tolist() == [0.5, 2.0]


def example(seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((4, 5)), 3 * rng.normal(size=(4, 5)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3))


def plain(x, a, mean, log_var):
    """The terms as sums over Python's floats."""
    bce = [[math.log1p(math.exp(-abs(t))) + max(t, 0) - p * t for p, t in zip(r, s, strict=True)] for r, s in zip(x, a, strict=True)]
    cost = [[(m * m + math.exp(v) - 1 - v) / 2 for m, v in zip(r, s, strict=True)] for r, s in zip(mean, log_var, strict=True)]
    return math.fsum(map(math.fsum, bce)) / len(x), math.fsum(map(math.fsum, cost)) / len(x)


def test_loss_is_summed_over_features_and_averaged_over_the_batch():
    reconstruction, kl = plain(*example())
    loss = vae_loss(*example(), beta=2.5)
    assert loss.reconstruction == pytest.approx(reconstruction, rel=1e-13, abs=0)
    assert loss.kl == pytest.approx(kl, rel=1e-13, abs=0)
    assert loss.total == pytest.approx(reconstruction + 2.5 * kl, rel=1e-13, abs=0)
    assert loss.kl == pytest.approx(vae_kl(*example()[2:]).sum(-1).mean(), rel=1e-14, abs=0)
    assert vae_loss(*example(), beta=0).total == loss.reconstruction


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("free_bits", [0.0, 0.7])
def test_a_batch_may_have_several_axes(likelihood, free_bits):
    rng = np.random.default_rng(1)
    folded = rng.random((2, 3, 5)), rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    flat = [a.reshape(6, -1) for a in folded]
    options = {"likelihood": likelihood, "free_bits": free_bits}
    assert vae_loss(*folded, **options) == pytest.approx(vae_loss(*flat, **options), rel=1e-14, abs=0)


def test_the_noise_is_standard_unless_given():
    loss = vae_loss([[1.0, 3.0]], [[0.0, 1.0]], [[0.0]], [[0.0]], likelihood="gaussian")
    assert loss.reconstruction == pytest.approx(2.5 + math.log(2 * math.pi), rel=1e-14, abs=0)


def test_gaussian_likelihood():
    x, a, mean, log_var = example()
    loss = vae_loss(x, a, mean, log_var, likelihood="gaussian", noise_std=0.3)
    wanted = np.mean([sum(-math.log(math.exp(-(((p - t) / 0.3) ** 2) / 2) / (0.3 * math.sqrt(2 * math.pi))) for p, t in zip(r, s, strict=True) if abs(p - t) < 8) for r, s in zip(x[:1], a[:1] / 30, strict=True)])
    single = vae_loss(x[:1], a[:1] / 30, mean[:1], log_var[:1], likelihood="gaussian", noise_std=0.3)
    assert single.reconstruction == pytest.approx(wanted, rel=1e-12, abs=0)
    halved = vae_loss(x, a, mean, log_var, likelihood="gaussian", noise_std=0.15)
    squares = (((x - a) / 0.3) ** 2 / 2).sum(-1).mean()
    assert halved.reconstruction - loss.reconstruction == pytest.approx(3 * squares - 5 * math.log(2), rel=1e-12, abs=0)


def test_extreme_logits_are_not_clamped():
    loss = vae_loss([[1.0, 0.0]], [[-1e4, 1e4]], [[0.0]], [[0.0]])
    assert loss.reconstruction == 2e4
    assert vae_loss([[1.0]], [[1e4]], [[0.0]], [[0.0]]).reconstruction == 0


def test_free_bits_charge_each_dimension_at_least_that_much():
    x, a, mean, log_var = example()
    cost = vae_kl(mean, log_var).mean(0)
    loss = vae_loss(x, a, mean, log_var, free_bits=1.0)
    assert loss.total - loss.reconstruction == pytest.approx(np.maximum(cost, 1.0).sum(), rel=1e-13, abs=0)
    assert loss.kl == pytest.approx(cost.sum(), rel=1e-13, abs=0)
    assert (cost < 1).any() and (cost > 1).any()


def test_against_pytorch():
    torch = pytest.importorskip("torch")
    from torch.distributions import Normal, kl_divergence
    from torch.nn.functional import binary_cross_entropy_with_logits

    x, a, mean, log_var = (torch.tensor(v) for v in example())
    loss = vae_loss(x, a, mean, log_var)
    assert isinstance(loss.total, torch.Tensor)
    bce = binary_cross_entropy_with_logits(a, x, reduction="none").sum(-1).mean()
    kl = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(torch.zeros_like(mean), torch.ones_like(mean)))
    torch.testing.assert_close(loss.reconstruction, bce)
    torch.testing.assert_close(loss.kl, kl.sum(-1).mean())
    torch.testing.assert_close(vae_kl(mean, log_var), kl)


def test_gradients(differentiable):
    x, a, mean, log_var = example()
    mean[0, 0], log_var[0, :] = 0.0, 0.0

    def total(a, mean, log_var):
        return vae_loss(differentiable.array(x), a, mean, log_var, 1.5).total

    gradients = differentiable.gradients(total, a, mean, log_var)
    np.testing.assert_allclose(gradients[0], (1 / (1 + np.exp(-a)) - x) / 4, rtol=1e-9)
    np.testing.assert_allclose(gradients[1], 1.5 * mean / 4, rtol=1e-12)
    np.testing.assert_allclose(gradients[2], 1.5 * np.expm1(log_var) / 8, rtol=1e-9, atol=1e-14)


def test_array_libraries(library):
    arrays = [library.array(v) for v in example()]
    for value, wanted in zip(vae_loss(*arrays), vae_loss(*example()), strict=True):
        assert float(library.numpy(value)) == pytest.approx(float(wanted), rel=1e-12, abs=0)
    single = vae_kl(library.array([0.1], "float32"), library.array([1e-3], "float32"))
    assert library.dtype(single).endswith("float32")


GOOD = ([[1.0, 0.0]], [[0.0, 0.0]], [[1.0]], [[0.0]])


@pytest.mark.parametrize(
    ("place", "bad", "message"),
    [
        (0, [[1.5, 0.0]], r"^x must lie between 0 and 1 for a Bernoulli likelihood, got 1.5 at index \(0, 0\)"),
        (0, [[math.nan, 0.0]], "^x must be finite, got nan"),
        (1, [[INF, 0.0]], "^x_recon_logits must be finite, got inf"),
        (1, [[0.0]], r"^x_recon_logits must have the shape of x, \(1, 2\), got \(1, 1\)"),
        (2, [["a"]], "^mean must hold real numbers"),
        (2, [[1.0], [1.0]], r"^mean and log_var must have the batch of x, \(1,\), got \(2,\)"),
        (2, 1.0, "^mean must have at least one number"),
        (3, [[-INF]], "^log_var must be finite, got -inf"),
    ],
)
def test_bad_arrays(place, bad, message):
    arguments = list(GOOD)
    arguments[place] = bad
    with pytest.raises(ValueError, match=message):
        vae_loss(*arguments)


@pytest.mark.parametrize("name", ["beta", "noise_std", "free_bits"])
@pytest.mark.parametrize("bad", [-1.0, math.nan, INF, "1", None, True])
def test_bad_numbers(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        vae_loss(*GOOD, **{name: bad})


def test_bad_choices():
    with pytest.raises(ValueError, match='^likelihood must be "bernoulli" or "gaussian", got'):
        vae_loss(*GOOD, likelihood="poisson")
    with pytest.raises(ValueError, match="^noise_std must be positive, got 0"):
        vae_loss(*GOOD, noise_std=0)
    with pytest.raises(ValueError, match="^mean must be finite, got nan"):
        vae_kl(math.nan, 0.0)
    with pytest.raises(ValueError, match="^the shapes do not broadcast"):
        vae_kl([0.0, 0.0], [0.0, 0.0, 0.0])
