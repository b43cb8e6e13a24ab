"""The question tree: its mathematics in Node against kltext and enumeration, its Python side, and both against each other."""

import html
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets

import kltext
from kltext.codes import expected_length, huffman_lengths
from kltext.widgets import QuestionTree
from kltext.widgets.question_tree.trees import answers, huffman, leaves, parse, write

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH = "question_tree/math.js"


def laws(count: int = 60) -> list[list[float]]:
    rng = np.random.default_rng(5)
    found = [[0.4, 0.2, 0.15, 0.1, 0.1, 0.05], [0.35, 0.17, 0.17, 0.16, 0.15], [1 / 3] * 3, [0.999, 0.001], [0.125] * 8]
    return found + [[float(x) for x in rng.dirichlet(np.full(int(rng.integers(2, 9)), 0.7)) + 0.0] for _ in range(count)]


def forest(count: int, rng: np.random.Generator) -> str:
    """Random joins of so many outcomes, up to a random number of groups."""
    groups: list[Any] = list(rng.permutation(count).tolist())
    for _ in range(int(rng.integers(0, count))):
        i, j = sorted(rng.choice(len(groups), size=2, replace=False).tolist())
        groups[i] = (groups[i], groups.pop(j))
    return write(groups)


def states() -> list[dict[str, Any]]:
    rng = np.random.default_rng(6)
    found = [{"p": p, "labels": list("ABCDEFGH"[: len(p)]), "tree": forest(len(p), rng)} for p in laws()]
    return [*found, *({**state, "tree": write([huffman(state["p"])])} for state in found)]


def all_trees(outcomes: list[int]) -> list[str]:
    if len(outcomes) == 1:
        return [str(outcomes[0])]
    first, *rest = outcomes
    return [
        f"({a}{b})"
        for size in range(len(rest))
        for chosen in itertools.combinations(rest, size)
        for a in all_trees([first, *chosen])
        for b in all_trees([x for x in rest if x not in chosen])
    ]


def test_numbers_equal_kltext(javascript: Javascript) -> None:
    shown = javascript([(MATH, "measure", [state]) for state in states()])
    for state, measured in zip(states(), shown, strict=True):
        expected = QuestionTree(state["p"], tree=state["tree"], reveal=True).numbers()
        for name, value in measured["numbers"].items():
            assert value == pytest.approx(expected[name], rel=1e-12, abs=1e-14), (name, state)
        assert measured["words"] == answers(parse(state["tree"]), len(state["p"]))


def test_a_complete_tree_pays_the_entropy_and_its_waste(javascript: Javascript) -> None:
    """L = H(P) + Σ w·(1 − h), and the waste is the divergence from the law with q = 2^−depth."""
    complete = [state for state in states() if len(parse(state["tree"])) == 1]
    assert len(complete) >= 60
    for state, measured in zip(complete, javascript([(MATH, "measure", [s]) for s in complete]), strict=True):
        numbers = measured["numbers"]
        assert measured["complete"] and numbers["depth"] == pytest.approx(numbers["entropy"] + numbers["excess"], rel=1e-12)
        q = [2.0 ** -len(word) for word in measured["words"]]
        assert sum(q) == 1
        assert numbers["excess"] == pytest.approx(kltext.kl_divergence(state["p"], q, base=2), rel=1e-11, abs=1e-14)
        assert numbers["excess"] == pytest.approx(sum(x["waste"] for x in measured["asked"]), rel=1e-12)


def test_huffman_is_the_best_of_all_trees(javascript: Javascript) -> None:
    for p in [p for p in laws(14) if len(p) <= 5]:
        trees = all_trees(list(range(len(p))))
        depths = javascript([(MATH, "averageDepth", [tree, p]) for tree in trees])
        (best,) = javascript([(MATH, "huffman", [p])])
        (depth,) = javascript([(MATH, "averageDepth", [best, p])])
        assert depth == pytest.approx(min(depths), rel=1e-12)


def test_huffman_is_the_same_everywhere(javascript: Javascript) -> None:
    for p, tree in zip(laws(), javascript([(MATH, "huffman", [p]) for p in laws()]), strict=True):
        assert tree == write([huffman(p)])
        lengths = [len(word) for word in answers(parse(tree), len(p))]
        assert expected_length(p, lengths) == pytest.approx(expected_length(p, huffman_lengths(p)), rel=1e-12)


def test_joining_and_taking_apart(javascript: Javascript) -> None:
    calls = [("joined", ["012", 2, 0]), ("joined", ["0(12)", 0, 1]), ("split", ["((02)1)", 0]), ("split", ["01", 1]), ("split", ["0(12)", 1])]
    assert javascript([(MATH, name, args) for name, args in calls]) == ["(02)1", "(0(12))", "(02)1", "01", "012"]


def test_moves_keep_every_outcome_possible(javascript: Javascript) -> None:
    rng = np.random.default_rng(8)
    calls = [(MATH, "moved", [p, int(rng.integers(len(p))), float(rng.uniform(-0.5, 1.5))]) for p in laws()]
    for (_, _, [p, i, value]), moved in zip(calls, javascript(calls), strict=True):
        assert min(moved) > 0 and sum(moved) == pytest.approx(1, abs=1e-11)
        assert moved[i] == pytest.approx(min(max(value, 0.005), 1 - 0.005 * (len(p) - 1)), abs=1e-12)


def test_outcomes_come_and_go(javascript: Javascript) -> None:
    for state in states():
        n = len(state["p"])
        if n < 8:
            (more,) = javascript([(MATH, "withOutcome", [state])])
            assert more["tree"] == state["tree"] + str(n) and len(set(more["labels"])) == n + 1
            assert javascript([(MATH, "sane", [more])]) == [{**more, "reveal": False}]
        if n > 2:
            (fewer,) = javascript([(MATH, "withoutOutcome", [state, 1])])
            assert javascript([(MATH, "sane", [fewer])]) == [{**fewer, "reveal": False}]
            before = [[i - (i > 1) for i in leaves(g) if i != 1] for g in parse(state["tree"])]
            assert [leaves(g) for g in parse(fewer["tree"])] == [g for g in before if g]


def test_every_preset_is_sane_and_shows_what_it_says(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, state in zip(presets, javascript([(MATH, "sane", [x]) for x in presets]), strict=True):
        assert state == {name: preset[name] for name in ("p", "labels", "tree", "reveal")}, preset["name"]
        assert preset["reveal"] is False
    by_name = {preset["name"]: preset["p"] for preset in presets}
    dyadic = by_name["Powers of two: nothing wasted"]
    assert expected_length(dyadic, huffman_lengths(dyadic)) == kltext.entropy(dyadic, base=2)
    halved = QuestionTree(by_name["Halving is not best"], tree="((01)(2(34)))")
    assert halved.best < halved.depth


@pytest.mark.parametrize(
    "broken",
    [{"p": [0.5, 0.6]}, {"p": [1, 0]}, {"p": [0.5, 0.25, 0.25]}, {"p": "x"}, {"tree": "0"}, {"tree": "00"}, {"tree": "(01"}, {"tree": "01)"},
     {"tree": "(0)1"}, {"tree": "(01)()"}, {"tree": "a1"}, {"tree": "012"}, {"tree": None}],
)  # fmt: skip
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    state = {"p": [0.5, 0.5], "labels": [], "tree": "(01)"}
    assert javascript([(MATH, "sane", [state]), (MATH, "sane", [{**state, **broken}])]) == [
        {"p": [0.5, 0.5], "labels": ["A", "B"], "tree": "(01)", "reveal": False},
        None,
    ]


def test_state_survives_the_address(javascript: Javascript) -> None:
    fields = {"p": "numbers", "labels": "texts", "tree": "word", "reveal": "flag"}
    state = {"p": [0.5, 0.25, 0.25], "labels": ["a,b", "c", "d"], "tree": "(0(12))", "reveal": True}
    (text,) = javascript([("shared/address.js", "encode", [state, fields])])
    assert "tree:(0(12))" in text
    assert javascript([("shared/address.js", "decode", [text, fields])]) == [state]


@pytest.mark.parametrize("state", [*states()[:6], *states()[-3:]], ids=lambda s: s["tree"])
@pytest.mark.parametrize("reveal", [False, True])
def test_copied_python_prints_the_numbers_shown(javascript: Javascript, state: dict[str, Any], reveal: bool, prints: Prints) -> None:
    state = {**state, "reveal": reveal}
    code, measured = javascript([(MATH, "python", [state]), (MATH, "measure", [state])])
    said = prints(code)
    printed = dict(re.fullmatch(r"(.+) = (\S+) bits", line).groups() for line in said.splitlines())  # type: ignore[union-attr]
    names = {"L": "depth", "H(P)": "entropy", "excess": "excess", **({"best L": "best"} if reveal else {})}
    assert ("huffman" in code) == reveal
    assert list(printed) == list(names)
    for symbol, name in names.items():
        value = measured["numbers"][name]
        assert float(printed[symbol]) == pytest.approx(value, abs=0.6e-4 if "e" not in printed[symbol] else 0.6e-2 * value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6]}, "p must sum to 1, got 1.1"),
        ({"p": [1.0, 0.0]}, "p must be positive, got 0.0"),
        ({"p": [1.0]}, "p must have 2 to 8 outcomes, got 1"),
        ({"p": ["a", "b"]}, "p must hold numbers"),
        ({"labels": ["one", "two"]}, "must have as many outcomes, got p: 3, labels: 2, tree: 3"),
        ({"labels": [1, 2, 3]}, "labels must be texts, got 1"),
        ({"tree": "(01)"}, "must have as many outcomes, got p: 3, labels: 3, tree: 2"),
        ({"tree": "(01)1"}, "tree must hold the positions 0 to 2 once each"),
        ({"tree": "(012)"}, "tree must pair outcomes in brackets"),
        ({"tree": "((01)2"}, "tree must close its brackets"),
        ({"tree": "x"}, "tree must pair outcomes"),
    ],
)
def test_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        QuestionTree(**arguments)


def test_several_traits_change_in_one_step() -> None:
    tree = QuestionTree([0.5, 0.25, 0.25], tree="(0(12))")
    tree.set(p=[0.25] * 4)
    assert (tree.tree, tree.labels) == ("0123", ("A", "B", "C", "D"))
    with pytest.raises(traitlets.TraitError):
        tree.p = [0.5, 0.5]
    assert tree.p == (0.25,) * 4
    tree.set_state({"p": [0.5, 0.5], "labels": ["x", "y"], "tree": "(10)"})
    assert tree.words == {"x": "1", "y": "0"} and tree.depth == tree.best == 1 and tree.excess == 0


def test_unfinished_and_rounded() -> None:
    tree = QuestionTree([0.15, 0.1, 0.05, 0.7], tree="(0(12))3")
    assert tree.entropy == kltext.entropy([0.15, 0.1, 0.05, 0.7], base=2)
    h = kltext.entropy([2 / 3, 1 / 3], base=2)
    assert tree.excess == pytest.approx(0.15 * (1 - h), rel=1e-12)  # 0.15 against 0.1 + 0.05 wastes nothing
    assert QuestionTree([0.3, 0.2, 0.1, 0.4], tree="(0(12))3").depth == pytest.approx(0.9)
    assert QuestionTree([0.15, 0.15000000000000002, 0.7], tree="(01)2").excess == 0


def test_placeholder_and_text() -> None:
    tree = QuestionTree([0.5, 0.25, 0.25], ["sun", "it's <rain>", "snow"], tree="(0(12))", key="causes")
    data, _ = tree._repr_mimebundle_()
    assert data["text/plain"] == repr(tree) and repr(tree).endswith("L = 1.5, H(P) = 1.5, excess = 0 (in bits)")
    parts = re.fullmatch(
        r'<div class="kl-widget" data-kl-widget="question_tree" data-kl-key="causes" '
        r"data-kl-state='([^'<>]*)'><figure class=\"kl-fallback\"><svg .*role=\"img\".*</svg></figure></div>",
        data["text/html"],
        re.DOTALL,
    )
    assert parts is not None and json.loads(html.unescape(parts[1])) == tree.state()
    assert tree._repr_mimebundle_()[0]["text/html"] == data["text/html"]


def test_what_the_best_tree_needs_is_told_when_asked() -> None:
    """Neither the text, nor the still picture, nor the numbers give it away; the property always knows."""
    tree = QuestionTree([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    shown = tree._repr_mimebundle_()[0]
    assert "best" not in tree.numbers() and "best" not in repr(tree) and "2.35" not in shown["text/html"]
    assert tree.best == pytest.approx(2.35) and tree.state()["reveal"] is False
    tree.reveal = True
    assert tree.numbers()["best"] == tree.best and "best L = 2.35" in repr(tree) and "best L = 2.35" in tree._placeholder()
    tree.reveal = False
    tree.show_huffman()
    assert tree.reveal and tree.depth == pytest.approx(tree.best)
