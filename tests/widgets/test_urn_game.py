"""The urn game: its draws and its numbers are the same on both sides, and what it copies prints them."""

import html
import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets

import kltext
from kltext.widgets import DiscriminatorLens, UrnGame
from kltext.widgets._random import uniforms
from kltext.widgets.urn_game import DRAWS, NUMBERS

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH = "urn_game/math.js"
EXACT = 1e-12


def _games() -> list[UrnGame]:
    rng = np.random.default_rng(20261122)
    games = []
    for n in (2, 3, 4, 5):
        for played in (0, 1, 7, 19, 20):
            p, q = rng.dirichlet(np.full(n, 0.8), 2)
            games.append(UrnGame(p, q, seed=int(rng.integers(2**32)), bets=rng.random(played), bet=float(rng.random())))
    games += [
        UrnGame([0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], bets=[1, 0, 0.5], bet=1.0),
        UrnGame([0.5, 0.5], [0.5, 0.5], bets=[1.0] * 20),
        UrnGame([1, 0, 0], [0, 0, 1], bets=[0.75] * 3, bet=0.0, reveal=True),
        UrnGame([0.6, 0, 0.4], [0.4, 0, 0.6], seed=2**32 - 1, bets=[0.6, 0.4]),
    ]
    return games


GAMES = _games()


def near(got: float, value: float) -> bool:
    return got == value or abs(got - value) <= EXACT * abs(value) + 1e-14


def test_random_numbers_are_the_same_on_both_sides(javascript: Javascript) -> None:
    places = [(seed, i) for seed in (0, 1, 8, 2**31, 2**32 - 1) for i in (0, 1, 2, 39, 1_000_003)]
    got = javascript([("shared/random.js", "uniforms", [seed, i, 3]) for seed, i in places])
    assert [list(numbers.values()) for numbers in got] == [uniforms(seed, i, 3).tolist() for seed, i in places]


def test_random_numbers_are_uniform_and_independent() -> None:
    u = uniforms(3, 0, 200_000)
    assert u.min() > 0 and u.max() < 1
    counts = np.histogram2d(u[:-1], u[1:], bins=8, range=[[0, 1], [0, 1]])[0]
    expected = (len(u) - 1) / 64
    assert np.sum((counts - expected) ** 2 / expected) < 125  # chi-square with 63 degrees of freedom: one in 10⁵
    first = np.array([uniforms(seed, 0, 1)[0] for seed in range(4000)])  # neighbouring seeds are no relatives
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.07 and abs(first.mean() - 0.5) < 0.02


def test_balls_and_numbers_equal_python_s(javascript: Javascript) -> None:
    for game, shown in zip(GAMES, javascript([(MATH, "measure", [game.state()]) for game in GAMES]), strict=True):
        made = game.history
        assert [(game.labels[d["colour"]], d["bet"], d["urn"]) for d in shown["draws"]] == [(d.colour, d.bet, d.urn) for d in made]
        assert all(near(d["score"], m.score) for d, m in zip(shown["draws"], made, strict=True))
        assert shown["ball"] == (None if game.ball is None else game.labels.index(game.ball))
        assert shown["policy"] == list(game.policy)
        assert shown["over"] == (len(made) == DRAWS)
        expected = game.numbers()
        assert list(shown["numbers"]) == list(expected)
        for name, value in expected.items():
            assert near(shown["numbers"][name], value), (game, name, shown["numbers"][name], value)
        if shown["over"] or game.reveal:
            assert shown["ideal"] == pytest.approx(list(game.best_bets), rel=1e-15)
        else:
            assert shown["ideal"] is None  # nothing in the page can give it away


def test_units_and_signs_of_the_score() -> None:
    """An even bet earns 0, a certain and right one 1 bit, a certain and wrong one −∞; an average is 1 bit less the surprise."""
    game = UrnGame([0.7, 0.3], [0.2, 0.8], bets=[0.5, 1.0, 0.0, 0.9])
    right = [made.urn == 1 for made in game.history]
    given = [made.bet if made.urn == 1 else 1 - made.bet for made in game.history]
    assert game.history[0].score == 0
    for made, was_first in zip(game.history[1:3], right[1:3], strict=True):
        assert made.score == (1 if was_first == (made.bet == 1) else -math.inf)
    assert game.history[3].score == pytest.approx(1 - kltext.surprisal(given[3], base=2), rel=1e-14)


def test_worth_is_the_long_run_average_of_the_scores() -> None:
    """By enumeration of urn and colour, not by the formula that the widget uses."""
    for game in GAMES:
        expected = 0.0
        for law, urn in ((game.p, 1), (game.q, 2)):
            for share, bet in zip(law, game.policy, strict=True):
                given = bet if urn == 1 else 1 - bet
                if share > 0:
                    expected += 0.5 * share * (1 + math.log2(given) if given > 0 else -math.inf)
        assert game.worth == pytest.approx(expected, rel=1e-12, abs=1e-14)
        if math.isfinite(game.worth):
            assert game.best - game.worth == pytest.approx(game.lost, rel=1e-9, abs=1e-12)
        assert game.lost >= 0 and game.worth <= game.best + 1e-15


def test_only_the_best_bets_earn_js() -> None:
    p, q = [0.6, 0.3, 0.1], [0.2, 0.3, 0.5]
    game = UrnGame(p, q)
    best = dict(zip(game.labels, game.best_bets, strict=True))
    while game.ball is not None:
        game.play(best[game.ball])
    assert set(game.policy) == set(game.best_bets) and game.lost < 1e-15
    assert game.worth == pytest.approx(kltext.js_divergence(p, q, base=2), rel=1e-14)
    lens = DiscriminatorLens(p, q, game.policy, unit="bits")  # the same game by its other name
    assert lens.value == pytest.approx(2 * (game.worth - 1), rel=1e-14)


def test_many_draws_average_to_the_worth() -> None:
    """The draws really come from a fair coin and the two urns: over 200 games the scores average to their expectation."""
    p, q, bets = [0.6, 0.3, 0.1], [0.2, 0.3, 0.5], {"white": 0.8, "grey": 0.4, "black": 0.3}
    scores, first = [], 0
    for seed in range(200):
        balls = UrnGame(p, q, seed=seed)
        game = UrnGame(p, q, seed=seed, bets=[bets[balls.labels[colour]] for _, colour in balls._draws()])
        scores += [made.score for made in game.history]
        first += sum(made.urn == 1 for made in game.history)
    expected = 1 + sum(a * math.log2(b) + c * math.log2(1 - b) for a, c, b in zip(p, q, bets.values(), strict=True)) / 2
    assert np.mean(scores) == pytest.approx(expected, abs=4 * np.std(scores) / math.sqrt(len(scores)))
    assert abs(first / len(scores) - 0.5) < 0.032


def test_moves_agree(javascript: Javascript) -> None:
    """Betting once, and to the end: the page's moves are Python's."""
    for game in GAMES:
        if game.ball is None:
            continue
        once, rest = javascript([(MATH, "played", [game.state()]), (MATH, "playedOut", [game.state()])])
        twin = UrnGame(**game.state())
        twin.play(game.bet)
        assert once["bets"] == list(twin.bets) and (twin.ball is None or once["bet"] == twin.bet)
        twin = UrnGame(**game.state())
        last = dict(zip(twin.labels, twin.policy, strict=True))
        while twin.ball is not None:
            twin.play(last[twin.ball])
        assert rest == {"bets": list(twin.bets)}


def test_presets_are_whole(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    for preset, state in zip(presets, javascript([(MATH, "sane", [{**preset, "seed": 1}]) for preset in presets]), strict=True):
        assert state == {**{name: value for name, value in preset.items() if name != "name"}, "seed": 1}
        assert UrnGame(preset["p"], preset["q"]).labels == tuple(preset["labels"])
    games = {preset["name"]: UrnGame(preset["p"], preset["q"]) for preset in presets}
    assert games["No colour in common"].best == 1 and games["The same urn twice"].best == 0
    assert UrnGame().state()["p"] == presets[0]["p"] and UrnGame().state()["q"] == presets[0]["q"]


@pytest.mark.parametrize(
    "change",
    [
        {"p": [0.5, 0.6, 0.1]}, {"p": [1.0], "q": [1.0]}, {"q": [0.5, 0.5]}, {"p": [0.2] * 5 + [0.0], "q": [0.2] * 5 + [0.0]}, {"bets": [1.5]}, {"bets": [0.5] * 21},
        {"bets": 0.5}, {"bet": -0.1}, {"bet": "NaN"}, {"seed": 0.5}, {"seed": -1}, {"seed": 2**32},
    ],
    ids=str,
)
def test_a_state_that_makes_no_sense_is_refused(javascript: Javascript, change: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [{**UrnGame().state(), **change}])]) == [None]


@pytest.mark.parametrize("game", GAMES[::3] + GAMES[-4:], ids=str)
def test_code_prints_the_numbers_shown(javascript: Javascript, game: UrnGame, prints: Prints) -> None:
    (code,) = javascript([(MATH, "python", [game.state()])])
    said = prints(code)
    printed = dict(re.fullmatch(r"(.+) = (\S+) bits", line).groups() for line in said.splitlines())  # type: ignore[union-attr]
    expected = game.numbers()
    assert len(printed) == len(expected)
    for (name, value), text in zip(expected.items(), printed.values(), strict=True):
        close = 0.6e-4 if "e" not in text else 0.6e-2 * abs(value)
        assert float(text) == value or float(text) == pytest.approx(value, abs=close), (name, text, value)
    assert set(expected) <= set(NUMBERS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6, 0.1]}, "p must sum to 1, got 1.2"),
        ({"bets": [1.5]}, "bets must lie between 0 and 1, got 1.5"),
        ({"bets": [0.5] * 21}, "bets must have 0 to 20 draws, got 21"),
        ({"p": [0.5, 0.5]}, "colours, but"),
        ({"p": [1 / 6] * 6, "q": [1 / 6] * 6}, "must have 2 to 5 colours, got 6"),
        ({"bet": 1.5}, "bet"),
        ({"seed": -1}, "seed"),
        ({"labels": ["a"]}, "colours"),
    ],
    ids=str,
)
def test_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        UrnGame(**arguments)


def test_other_urns_begin_a_new_game_and_so_does_new_game() -> None:
    game = UrnGame(bets=[0.5, 0.6], reveal=True)
    game.set(p=[0.5, 0.5], q=[0.9, 0.1])
    assert (game.bets, game.reveal, game.labels) == ((), False, ("white", "black"))
    before = [game._draws(), game.seed]
    game.play(0.9)
    game.new_game()
    assert game.bets == () and game.seed == before[1] + 1 and game._draws() != before[0]  # type: ignore[operator]
    with pytest.raises(ValueError, match="all 20 draws are played"):
        UrnGame(bets=[0.5] * 20).play(0.5)
    game.set_state({"bets": [0.25], "bet": 0.75})
    assert game.bets == (0.25,) and game.bet == 0.75


def test_it_does_not_say_what_the_game_is_called(root: Any) -> None:
    """The chapter says so afterwards."""
    folder = root / "kltext/widgets/urn_game"
    for name in ("index.js", "editor.js", "view.js"):
        text = (folder / name).read_text()
        assert not re.search(r"discriminator|\bGAN\b|generator", text, re.IGNORECASE), name
    shown = UrnGame(bets=[0.5] * 20)._placeholder()
    assert not re.search(r"discriminator|\bGAN\b|generator", shown, re.IGNORECASE)


def test_placeholder() -> None:
    game = UrnGame([0.5, 0.5], [1.0, 0.0], bets=[0.0, 1.0, 0.5], key='a"b')
    data, _ = game._repr_mimebundle_()  # type: ignore[misc]
    parts = re.fullmatch(
        r'<div class="kl-widget" data-kl-widget="urn_game" data-kl-key="(.*?)" '
        r"data-kl-state='([^'<>]*)'><figure class=\"kl-fallback\"><svg .*role=\"img\".*</svg></figure></div>",
        data["text/html"],
        re.DOTALL,
    )
    assert parts is not None and html.unescape(parts[1]) == 'a"b'
    assert json.loads(html.unescape(parts[2])) == game.state()
    again = UrnGame([0.5, 0.5], [1.0, 0.0], bets=[0.0, 1.0, 0.5], key='a"b')._repr_mimebundle_()
    assert again is not None and again[0]["text/html"] == data["text/html"]
