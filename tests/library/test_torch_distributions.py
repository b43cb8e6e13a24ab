"""Agreement with torch.distributions on laws that are apart, where its plain formulas keep their digits.

PyTorch is one of the optional packages (requirements-optional.txt); without it this file holds no tests.
"""

import importlib.util

import numpy as np
import pytest

from kltext import entropy, gaussian_entropy, gaussian_kl, kl_divergence, kl_from_logits, mvn_entropy, mvn_kl
from kltext.exponential import Exponential, Poisson

if importlib.util.find_spec("torch"):
    RNG = np.random.default_rng(6)

    @pytest.fixture(scope="module")
    def laws():
        """Imported no sooner than it is asked: that takes seconds, and every process collects this file."""
        from torch import distributions

        return distributions

    def same(ours, theirs):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-10)

    def tensors(*arrays):
        import torch

        return tuple(torch.from_numpy(np.asarray(a)) for a in arrays)

    def test_categorical(laws):
        p, q = RNG.dirichlet(np.ones(9), size=(2, 30))
        a, b = (laws.Categorical(t) for t in tensors(p, q))
        same(kl_divergence(p, q), laws.kl_divergence(a, b))
        same(entropy(p), a.entropy())
        logits = RNG.normal(0, 3, size=(2, 30, 9))
        same(kl_from_logits(*logits), laws.kl_divergence(*(laws.Categorical(logits=t) for t in tensors(*logits))))

    def test_normal(laws):
        mean, std = RNG.normal(size=(2, 30)), RNG.uniform(0.2, 3, size=(2, 30))
        a, b = (laws.Normal(*tensors(m, s)) for m, s in zip(mean, std, strict=True))
        same(gaussian_kl(mean[0], std[0], mean[1], std[1]), laws.kl_divergence(a, b))
        same(gaussian_entropy(std[0]), a.entropy())

    def test_multivariate_normal(laws):
        root, mean = RNG.normal(size=(2, 20, 4, 4)), RNG.normal(size=(2, 20, 4))
        cov = root @ root.swapaxes(-1, -2) + np.eye(4)
        a, b = (laws.MultivariateNormal(*tensors(m, c)) for m, c in zip(mean, cov, strict=True))
        same(mvn_kl(mean[0], cov[0], mean[1], cov[1]), laws.kl_divergence(a, b))
        same(mvn_entropy(cov[0]), a.entropy())

    def test_exponential_families(laws):
        rate = RNG.uniform(0.5, 5, size=(2, 30))
        poisson, waiting = ([kind(t) for t in tensors(*rate)] for kind in (laws.Poisson, laws.Exponential))
        same(Poisson().kl(*np.log(rate)), laws.kl_divergence(*poisson))
        same(Exponential().kl(*-rate), laws.kl_divergence(*waiting))
