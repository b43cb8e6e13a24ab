"""Prefix codes against enumeration: every tree of a few leaves, and the theorems about all codes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kltext import cross_entropy, entropy, kl_divergence
from kltext.codes import codewords, expected_length, huffman_lengths, kraft_sum, shannon_lengths

INF = math.inf


def all_trees(leaves):
    """The depths of the leaves, of every binary tree whose leaves carry these labels."""
    if len(leaves) == 1:
        yield {leaves[0]: 0}
        return
    first, *rest = leaves
    for size in range(len(rest)):
        for chosen in itertools.combinations(rest, size):
            left, right = [first, *chosen], [x for x in rest if x not in chosen]
            for a in all_trees(left):
                for b in all_trees(right):
                    yield {x: d + 1 for x, d in {**a, **b}.items()}


def laws(outcomes, seed, count=30, concentration=0.6):
    return np.random.default_rng(seed).dirichlet(np.full(outcomes, concentration), size=count)


weights = st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(any)


@pytest.mark.parametrize("outcomes", [2, 3, 4, 5])
def test_huffman_is_the_best_of_all_trees(outcomes):
    trees = [[tree[x] for x in range(outcomes)] for tree in all_trees(list(range(outcomes)))]
    assert len(trees) == math.prod(range(1, 2 * outcomes - 2, 2))  # (2n − 3)!!
    for p in laws(outcomes, seed=outcomes):
        best = min(sum(a * n for a, n in zip(p, tree, strict=True)) for tree in trees)
        assert expected_length(p, huffman_lengths(p)) == pytest.approx(best, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("p", "lengths"),
    [
        ([1.0], [0]),
        ([1.0, 0.0], [0, INF]),
        ([0.99, 0.01], [1, 1]),
        ([0.5, 0.25, 0.125, 0.125], [1, 2, 3, 3]),
        ([0.25] * 4, [2] * 4),
        ([0.0, 0.5, 0.5], [INF, 1, 1]),
        ([1 / 3, 1 / 3, 1 / 6, 1 / 6], [2, 2, 2, 2]),  # as good as 1, 2, 3, 3, and shorter at its longest
    ],
)
def test_huffman_known(p, lengths):
    assert huffman_lengths(p).tolist() == lengths


@pytest.mark.parametrize("outcomes", [4, 5, 6])
def test_among_the_best_codes_the_longest_word_is_shortest(outcomes):
    """Of all trees, for all laws in sixteenths: many of them have several best trees."""
    trees = np.array([[tree[x] for x in range(outcomes)] for tree in all_trees(list(range(outcomes)))])
    for parts in itertools.combinations_with_replacement(range(1, 14), outcomes):
        if sum(parts) == 16:
            cost, longest = trees @ np.array(parts), trees.max(-1)
            for p in (np.array(parts) / 16, np.array(parts)[::-1] / 16):
                found = huffman_lengths(p)
                assert 16 * expected_length(p, found) == cost.min() and found.max() == longest[cost == cost.min()].min()


@given(weights)
def test_source_coding_bounds(counts):
    p = np.array(counts) / sum(counts)
    h, best, shannon = entropy(p, base=2), huffman_lengths(p), shannon_lengths(p)
    slack = 1e-12
    assert h - slack <= expected_length(p, best) <= expected_length(p, shannon) + slack
    assert expected_length(p, shannon) < h + 1
    assert kraft_sum(shannon) <= 1 and kraft_sum(best) == 1  # a complete tree: nothing of the budget is left


@given(weights, st.randoms(use_true_random=False))
def test_wrong_code_costs_between_h_plus_d_and_one_more(counts, random):
    p = np.array(counts) / sum(counts)
    other = np.array([random.randint(1, 1000) for _ in counts])
    q = other / other.sum()
    paid = expected_length(p, shannon_lengths(q))
    assert cross_entropy(p, q, base=2) - 1e-12 <= paid < entropy(p, base=2) + kl_divergence(p, q, base=2) + 1


def test_shannon_lengths_are_exact_next_to_powers_of_two():
    for k in range(1, 60):
        exact = 2.0**-k
        above, below = np.nextafter(exact, 1), np.nextafter(exact, 0)
        got = [shannon_lengths([x, 1 - x])[0] for x in (exact, above, below)]
        assert got == [k, k, k + 1]
    assert shannon_lengths([5e-324, 1.0]).tolist() == [1074, 0]
    assert shannon_lengths([[0.5, 0.5], [1.0, 0.0]]).tolist() == [[1, 1], [0, INF]]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_kraft_decides_whether_a_prefix_code_exists(lengths):
    if kraft_sum(lengths) > 1:
        with pytest.raises(ValueError, match="Kraft"):
            codewords(lengths)
        return
    words = codewords(lengths)
    assert [len(word) for word in words] == lengths
    for one, other in itertools.permutations(words, 2):
        assert not other.startswith(one)


def test_words_too_long_to_be_written():
    assert len(codewords([1, 10**6])[1]) == 10**6
    with pytest.raises(ValueError, match="^lengths of words to be written out must be at most 1000000, got 1e[+]308 at index 1"):
        codewords([1, 1e308])


def test_words_in_the_order_of_the_outcomes():
    """The canonical code: words of one length count upwards from outcome to outcome, and no word takes no room."""
    assert codewords([INF, 3, 1, INF, 3, 3, 3, INF]) == (None, "100", "0", None, "101", "110", "111", None)
    words = codewords([5] * 20)
    assert [int(word, 2) for word in words] == list(range(20))


def test_no_prefix_code_beats_the_kraft_sum():
    """Conversely: every set of words without a prefix has a sum of at most 1 (all sets of words of up to 3 bits)."""
    words = ["".join(bits) for n in (1, 2, 3) for bits in itertools.product("01", repeat=n)]
    for size in (1, 2, 3, 4):
        for code in itertools.combinations(words, size):
            if not any(b.startswith(a) for a, b in itertools.permutations(code, 2)):
                assert kraft_sum([len(word) for word in code]) <= 1


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ([2, 1, 3, 3], ("10", "0", "110", "111")),
        ([0], ("",)),
        ([1, INF], ("0", None)),
        ([2, 2, 2], ("00", "01", "10")),
    ],
)
def test_codewords_known(lengths, words):
    assert codewords(lengths) == words


def test_expected_length_broadcasts_and_knows_zero_times_infinity():
    assert expected_length([[0.5, 0.5], [1.0, 0.0]], [1, INF]).tolist() == [INF, 1]
    assert expected_length([0.5, 0.5], [[1, 1], [2, 4]]).tolist() == [1, 3]
    assert kraft_sum([INF, INF]) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shannon_lengths([0.5, 0.6]), "q must sum to 1"),
        (lambda: huffman_lengths([1.5, -0.5]), "p must be non-negative, got -0.5 at index 1"),
        (lambda: huffman_lengths([[0.5, 0.5]]), "p must be a single law, got shape"),
        (lambda: kraft_sum([1, -2]), "lengths must be non-negative, got -2.0 at index 1"),
        (lambda: kraft_sum([math.nan]), "lengths must be non-negative, got nan"),
        (lambda: kraft_sum(1), "lengths must have outcomes"),
        (lambda: expected_length([0.5, 0.6], [1, 1]), "p must sum to 1"),
        (lambda: expected_length([0.5, 0.5], [1, -1]), "lengths must be non-negative"),
        (lambda: expected_length([0.5, 0.5], [1]), "the same outcomes"),
        (lambda: codewords([1, 1, 1]), "Kraft's inequality, got a sum of 1.5"),
        (lambda: codewords([1.5, 1]), "lengths must be whole numbers of bits, got 1.5 at index 0"),
        (lambda: codewords([[1, 1]]), "lengths must be those of a single code"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_other_array_libraries(library):
    p = library.array([0.5, 0.25, 0.25])
    assert huffman_lengths(p).tolist() == shannon_lengths(p).tolist() == [1, 2, 2]
    paid = expected_length(p, library.array([1.0, 2.0, 2.0]))
    assert library.is_native(paid) and float(library.numpy(paid)) == 1.5
    assert float(library.numpy(kraft_sum(library.array([1.0, 2.0, 2.0])))) == 1
