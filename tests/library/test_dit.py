"""Agreement with dit, a library of discrete information theory, on laws where its plain formulas are exact enough.

dit is one of the optional packages (requirements-optional.txt); without it this file holds no tests.
"""

import importlib.util

import numpy as np
import pytest

import kltext

RNG = np.random.default_rng(4)
PAIRS = [tuple(RNG.dirichlet(np.ones(n), size=2)) for n in (2, 3, 7, 12)]
PAIRS.append((np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])))
JOINTS = [RNG.dirichlet(np.ones(a * b)).reshape(a, b) for a, b in ((2, 2), (3, 4), (5, 2))]

if importlib.util.find_spec("dit"):

    @pytest.fixture(scope="module")
    def dit():
        """Imported no sooner than it is asked: that takes seconds, and every process collects this file."""
        import dit.divergences

        return dit

    def law(dit, p):
        """In dit's form: every outcome named, those with probability 0 as well."""
        made = dit.Distribution([chr(97 + i) for i in range(len(p))], list(p), trim=False)
        made.make_dense()
        return made

    @pytest.mark.parametrize(("p", "q"), PAIRS)
    def test_pairs_agree(dit, p, q):
        a, b = law(dit, p), law(dit, q)
        found = {
            "entropy": (kltext.entropy(p, base=2), dit.shannon.entropy(a)),
            "cross_entropy": (kltext.cross_entropy(p, q, base=2), dit.divergences.cross_entropy(a, b)),
            "kl": (kltext.kl_divergence(p, q, base=2), dit.divergences.kullback_leibler_divergence(a, b)),
            "js": (kltext.js_divergence(p, q, base=2), dit.divergences.jensen_shannon_divergence([a, b])),
            "tv": (kltext.total_variation(p, q), dit.divergences.variational_distance(a, b)),
            "hellinger": (kltext.hellinger(p, q), dit.divergences.hellinger_distance(a, b)),
            "renyi": (kltext.renyi_divergence(p, q, 0.5, base=2), dit.divergences.renyi_divergence(a, b, 0.5)),
        }
        for name, (ours, theirs) in found.items():
            assert ours == pytest.approx(float(theirs), rel=1e-10, abs=1e-12), name

    @pytest.mark.parametrize("joint", JOINTS)
    def test_joint_laws_agree(dit, joint):
        rows, columns = joint.shape
        names = [chr(97 + i) + chr(97 + j) for i in range(rows) for j in range(columns)]
        pair = dit.Distribution(names, list(joint.ravel()))
        shared = float(dit.shannon.mutual_information(pair, [0], [1]))
        left = float(dit.shannon.conditional_entropy(pair, [1], [0]))
        assert kltext.mutual_information(joint, base=2) == pytest.approx(shared, rel=1e-10, abs=0)
        assert kltext.conditional_entropy(joint, base=2) == pytest.approx(left, rel=1e-10, abs=0)
