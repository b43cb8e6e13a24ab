"""Where SciPy is exact the two agree; where it is not, the difference is SciPy's."""

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special
import scipy.stats

from kltext import entropy, js_distance, kl_divergence

RNG = np.random.default_rng(0)
P, Q = RNG.dirichlet(np.ones(20), 50), RNG.dirichlet(np.ones(20), 50)


def test_far_apart_laws_agree():
    assert np.allclose(kl_divergence(P, Q), scipy.stats.entropy(P, Q, axis=-1), rtol=1e-12)
    assert np.allclose(kl_divergence(P, Q), scipy.special.rel_entr(P, Q).sum(-1), rtol=1e-12)
    assert np.allclose(entropy(P, base=2), scipy.stats.entropy(P, axis=-1, base=2), rtol=1e-13)
    assert np.allclose(js_distance(P, Q), scipy.spatial.distance.jensenshannon(P, Q, axis=-1), rtol=1e-12)


def test_conventions_agree():
    for p, q in (([1, 0], [0.5, 0.5]), ([0.5, 0.5], [1, 0]), ([1, 0], [1, 0]), ([0, 1], [1, 0])):
        assert kl_divergence(p, q) == pytest.approx(scipy.stats.entropy(p, q), rel=1e-15, abs=0)


def test_near_equal_laws_do_not(exact):
    """What the chapter says: SciPy loses everything at relative differences of 1e-8, and goes negative."""
    theirs, ours = [], []
    for p in P:
        q = p * (1 + 1e-8 * RNG.standard_normal(20))
        q /= q.sum()
        true = exact.kl(p, q)
        ours.append(exact.relative_error(kl_divergence(p, q), true))
        theirs.append((float(scipy.special.rel_entr(p, q).sum()), float(true)))
    assert max(ours) < 1e-14
    assert min(value for value, _ in theirs) < 0
    assert np.median([abs(value / true - 1) for value, true in theirs]) > 0.1
