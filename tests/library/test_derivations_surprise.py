"""The derivations about surprise, codes and densities hold for many laws, and fail where a condition is missing."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from kltext import DerivationError, derivations, entropy, js_divergence, kl_divergence
from kltext.codes import codewords, expected_length, huffman_lengths, shannon_lengths

RNG = np.random.default_rng(3)
LAWS = [*RNG.dirichlet(np.full(5, 0.7), size=12), np.full(5, 0.2), np.array([0.5, 0.25, 0.125, 0.0625, 0.0625])]


@pytest.mark.parametrize("p", [1e-9, 0.1, 0.3, 0.5, 0.25, 0.999, 1.0])
@pytest.mark.parametrize("m", [1, 2, 7, 30])
def test_only_logarithm(p, m):
    values = derivations.only_logarithm(p, m).values()
    assert values[4] == -math.log(p)
    assert values[-1] - values[0] == pytest.approx(2 * math.log(2) / m, rel=1e-12, abs=0)
    bits = derivations.only_logarithm(p, m, lambda p: -7 * math.log2(p)).values()
    assert bits[4] == pytest.approx(-7 * math.log2(p), rel=1e-12, abs=0) and bits[-1] - bits[0] == pytest.approx(14 / m, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("surprise", "line"),
    [
        (lambda p: 1 - p, 3),  # does not add up
        (lambda p: float(math.floor(-math.log2(p))), 5),  # adds up on powers of ½ only
        (lambda p: math.log(p), 2),  # rarer is less surprising
        (lambda p: -math.log(p) if math.frexp(p)[0] == 0.5 else -2 * math.log(p), 6),  # grows with rarity not throughout
    ],
)
def test_another_measure_fails_where_it_lacks_something(surprise, line):
    with pytest.raises(DerivationError, match=f"line {line} "):
        derivations.only_logarithm(0.3, 10, surprise)


@pytest.mark.parametrize("p", LAWS, ids=str)
@pytest.mark.parametrize("code", [huffman_lengths, shannon_lengths])
def test_kraft(p, code):
    words = codewords(code(p))
    assert derivations.kraft(words).values()[0] == math.fsum(2.0 ** -len(w) for w in words) <= 1


def test_kraft_needs_a_prefix_code():
    with pytest.raises(DerivationError, match="line 3"):
        derivations.kraft(["0", "01", "1"])
    with pytest.raises(DerivationError, match="line 3"):
        derivations.kraft(["0", "0"])


@pytest.mark.parametrize("lengths", [[1, 3, 3, 4, 3, 4], [2, 1, 4], [0], [3] * 8, [5, 1, 3, 2]])
def test_kraft_word(lengths):
    words = []
    for x, n in enumerate(lengths):
        start = derivations.kraft_word(lengths, x).values()[0]
        words.append(f"{int(start * 2**n):0{n}b}" if n else "")
    assert not any(other.startswith(word) for word, other in itertools.permutations(words, 2))


def test_kraft_word_needs_room():
    with pytest.raises(DerivationError):
        derivations.kraft_word([1, 1, 1], 2)


def test_exchange():
    p, lengths = [0.4, 0.1, 0.3, 0.2], [3, 1, 3, 2]
    saved = derivations.exchange(p, lengths, 1, 0).values()
    assert saved[0] == pytest.approx(expected_length(p, lengths) - expected_length(p, [1, 3, 3, 2]), rel=1e-12, abs=0)
    with pytest.raises(DerivationError, match="line 4"):
        derivations.exchange(p, [1, 3, 3, 2], 0, 1)  # the likelier one, brought down


def full_trees(leaves):
    """Depths of the leaves, from left to right."""
    if leaves == 1:
        return [(0,)]
    return [tuple(d + 1 for d in a + b) for k in range(1, leaves) for a in full_trees(k) for b in full_trees(leaves - k)]


@pytest.mark.parametrize("p", LAWS, ids=str)
def test_huffman_step_from_every_tree(p):
    for lengths in full_trees(5):
        values = derivations.huffman_step(p, lengths).values()
        assert values[0] == pytest.approx(p @ np.array(lengths), rel=1e-12, abs=0)
        assert values[-1] == pytest.approx(expected_length(p, huffman_lengths(p)), rel=1e-12, abs=0)


def test_huffman_step_counts_every_tree_of_the_joined_law():
    """On eight outcomes too; a best tree loses nothing on the way."""
    p = np.array([0.3, 0.2, 0.15, 0.12, 0.1, 0.06, 0.04, 0.03])
    values = derivations.huffman_step(p, huffman_lengths(p).astype(int)).values()
    assert np.allclose(values, values[-1])


@pytest.mark.parametrize("weight", [1e-3, 0.3, 0.9])
@pytest.mark.parametrize("pair", list(itertools.pairwise([*LAWS[:6], np.array([1.0, 0, 0, 0, 0])])), ids=str)
def test_mixtures(pair, weight):
    p, q = pair
    mixture = weight * p + (1 - weight) * q
    concave = derivations.entropy_concavity(p, q, weight).values()
    assert concave[0] == pytest.approx(entropy(mixture), rel=1e-12, abs=0) and concave[-1] == pytest.approx(weight * entropy(p) + (1 - weight) * entropy(q), rel=1e-12, abs=0)
    told = derivations.mixture_information(p, q, weight).values()
    assert told[0] == pytest.approx(concave[0] - concave[-1], abs=1e-12)
    assert told[2] == pytest.approx(weight * kl_divergence(p, mixture) + (1 - weight) * kl_divergence(q, mixture), abs=1e-12)


def test_an_even_mixture_is_jensen_shannon():
    assert derivations.mixture_information(LAWS[0], LAWS[1], 0.5).values()[0] == pytest.approx(js_divergence(LAWS[0], LAWS[1]), rel=1e-12, abs=0)


@pytest.mark.parametrize("std", [0.3, 1.0, 20.0])
@pytest.mark.parametrize("steps", [0.01, 0.1, 1.0, 5.0])
def test_binned_entropy(std, steps):
    width = steps * std
    values = derivations.binned_entropy(std, width).values()
    edges = np.arange(math.ceil(12 / steps) + 1) * width
    right = stats.norm(0, std).sf(edges[:-1]) - stats.norm(0, std).sf(edges[1:])
    assert values[0] == pytest.approx(entropy(np.concatenate([right, right]) / (2 * right.sum())), rel=1e-9, abs=0)
    assert values[-1] == pytest.approx(stats.norm(0, std).entropy() - math.log(width), abs=1e-12)
    assert values[0] - values[-1] < steps**2  # nothing is left of the difference


@pytest.mark.parametrize("factor", [60.0, -60.0, 0.01])
def test_scaled_entropy(factor):
    values = derivations.scaled_entropy(0.7, factor).values()
    assert values[0] == pytest.approx(stats.logistic(scale=0.7 * abs(factor)).entropy(), abs=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.only_logarithm(0.0, 3), r"^p must lie in \(0, 1\], got 0.0"),
        (lambda: derivations.only_logarithm(0.5, 0), "^m must be a whole number"),
        (lambda: derivations.only_logarithm(0.5, 2000), "^m must be a whole number"),
        (lambda: derivations.only_logarithm(0.5, 2.5), "^m must be a whole number"),
        (lambda: derivations.kraft([]), "^words must be words"),
        (lambda: derivations.kraft(["012"]), "^words must be words"),
        (lambda: derivations.kraft(["0" * 17]), "^words must be words of at most 16"),
        (lambda: derivations.kraft_word([1, -1], 0), "^lengths must be whole numbers from 0"),
        (lambda: derivations.kraft_word([1, 1.5], 0), "^lengths must be whole numbers from 0"),
        (lambda: derivations.kraft_word([1, 1], 2), "^x must be a position in lengths, got 2"),
        (lambda: derivations.exchange([0.5, 0.5], [1], 0, 1), "^lengths must be whole numbers, one for each"),
        (lambda: derivations.exchange([0.5, 0.5], [1, 1], 0, 2), "^y must be an outcome's position, got 2"),
        (lambda: derivations.huffman_step([0.5, 0.5], [1, 2]), "^lengths must be those of a complete tree"),
        (lambda: derivations.huffman_step([1.0], [0]), "^lengths must be those of a complete tree"),
        (lambda: derivations.entropy_concavity([0.5, 0.5], [1, 0], 1.0), "^weight must lie strictly between 0 and 1, got 1.0"),
        (lambda: derivations.mixture_information([0.5, 0.6], [1, 0], 0.5), "^p_1 must sum to 1"),
        (lambda: derivations.binned_entropy(0.0, 1.0), "^std must be positive and finite, got 0.0"),
        (lambda: derivations.binned_entropy(1.0, 0.001), "^width must be at least std / 200"),
        (lambda: derivations.scaled_entropy(1.0, 0.0), "^factor must be finite and not 0"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()
