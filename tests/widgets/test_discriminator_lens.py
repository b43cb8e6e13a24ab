"""The discriminator lens: its numbers are kltext's, on both sides, and what it copies prints them."""

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
from kltext.gan import discriminator_gap
from kltext.widgets import DiscriminatorLens
from kltext.widgets.discriminator_lens import NUMBERS

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH = "discriminator_lens/math.js"
EXACT = 1e-12


def _games() -> list[dict[str, Any]]:
    rng = np.random.default_rng(20261121)
    games = []
    for n in (2, 3, 5, 9):
        for concentration in (0.05, 1.0, 20.0):
            p, q = rng.dirichlet(np.full(n, concentration), 2)
            games.append({"p": p, "q": q, "d": rng.random(n)})
            games.append({"p": p, "q": q, "d": kltext.optimal_discriminator(p, q) * (1 - 1e-7)})
        near = rng.dirichlet(np.ones(n))
        games.append({"p": near, "q": (q := near * (1 + 1e-6 * rng.normal(size=n))) / q.sum(), "d": rng.random(n)})
    games += [
        {"p": [0.5, 0.5, 0], "q": [0, 0, 1], "d": [1, 1, 0]},
        {"p": [0.5, 0.5, 0], "q": [0, 0, 1], "d": [0.9, 0.7, 0.2]},
        {"p": [0.5, 0.5], "q": [0.5, 0.5], "d": [1, 0.5]},
        {"p": [1, 0, 0], "q": [0, 0, 1], "d": [0.3, 0, 0.1]},
    ]
    return [{**{name: list(map(float, row)) for name, row in game.items()}, "unit": u} for game in games for u in ("nats", "bits")]


GAMES = _games()


def test_numbers_equal_kltext_s(javascript: Javascript) -> None:
    for game, shown in zip(GAMES, javascript([(MATH, "measure", [game]) for game in GAMES]), strict=True):
        lens = DiscriminatorLens(**game)
        expected = lens.numbers()
        assert set(shown["numbers"]) == set(expected) == set(NUMBERS)
        for name, value in expected.items():
            got = shown["numbers"][name]
            assert got == value or abs(got - value) <= EXACT * abs(value) + 1e-15, (game, name, got, value)
        best = kltext.optimal_discriminator(game["p"], game["q"])
        assert np.allclose(shown["best"], best, rtol=1e-15, atol=0)
        parts = shown["parts"]
        assert parts["coin"] == pytest.approx(-math.log(4) / (math.log(2) if game["unit"] == "bits" else 1), rel=1e-15)
        if math.isfinite(expected["value"]):
            assert parts["real"] + parts["fake"] == pytest.approx(expected["value"], rel=1e-13)
            assert sum(shown["missed"]) == pytest.approx(expected["gap"], rel=1e-12, abs=1e-16)


def test_the_identities_that_the_picture_shows() -> None:
    for game in GAMES:
        numbers = DiscriminatorLens(**game).numbers()
        coin = -math.log(4) / (math.log(2) if game["unit"] == "bits" else 1)
        assert numbers["ceiling"] == pytest.approx(2 * numbers["js"] + coin, rel=1e-14, abs=1e-15)
        assert numbers["saturating"] + numbers["non_saturating"] == pytest.approx(1, rel=1e-8)
        if math.isfinite(numbers["value"]):
            assert numbers["value"] + numbers["gap"] == pytest.approx(numbers["ceiling"], rel=1e-12, abs=1e-12)


def test_slopes_are_those_of_the_losses() -> None:
    """All logits raised together by δ: the saturating loss falls by Σ Q·D·δ, the other by Σ Q·(1−D)·δ."""
    q, d, step = np.array([0.2, 0.5, 0.3]), np.array([0.1, 0.6, 0.9]), 1e-6
    logits = np.log(d) - np.log1p(-d)
    lens = DiscriminatorLens([0.3, 0.3, 0.4], q, d)
    for kind, name in (("saturating", "saturating"), ("non-saturating", "non_saturating")):
        ends = [kltext.generator_loss(logits + sign * step, kind=kind, weights=q) for sign in (1, -1)]
        assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(lens.numbers()[name], rel=1e-8)


def test_presets_are_whole_and_show_what_they_say(javascript: Javascript) -> None:
    (presets,) = javascript([(MATH, "PRESETS", [])])
    whole = javascript([(MATH, "sane", [{**preset, "unit": "nats"}]) for preset in presets])
    for preset, state in zip(presets, whole, strict=True):
        assert state == {"p": preset["p"], "q": preset["q"], "d": preset["d"], "unit": "nats"}
    lenses = {preset["name"]: DiscriminatorLens(preset["p"], preset["q"], preset["d"]) for preset in presets}
    near, far = lenses["Disjoint: certainty wins"], lenses["Farther: only W₁ sees it"]
    assert near.js == far.js == math.log(2) and (near.w1, far.w1) == (2, 5)
    assert lenses["Sure and wrong: minus infinity"].value == -math.inf
    assert lenses["Equal: nothing to see"].ceiling == -math.log(4)
    assert DiscriminatorLens().state()["p"] == presets[0]["p"] and DiscriminatorLens().state()["d"] == presets[0]["d"]


@pytest.mark.parametrize(
    "state",
    [
        {"p": [0.5, 0.6], "q": [0.5, 0.5], "d": [0.5, 0.5]},
        {"p": [0.5, 0.5], "q": [0.5, 0.5], "d": [0.5, 1.5]},
        {"p": [0.5, 0.5], "q": [0.5, 0.5], "d": [0.5]},
        {"p": [0.5, 0.5], "q": [0.2, 0.3, 0.5], "d": [0.5, 0.5]},
        {"p": [1], "q": [1], "d": [0.5]},
        {"p": [0.1] * 10, "q": [0.1] * 10, "d": [0.5] * 10},
        {"p": [0.5, 0.5], "q": [0.5, 0.5]},
    ],
)
def test_a_state_that_makes_no_sense_is_refused(javascript: Javascript, state: dict[str, Any]) -> None:
    assert javascript([(MATH, "sane", [state])]) == [None]


@pytest.mark.parametrize("game", [*GAMES[::5], *GAMES[-8:]], ids=str)
def test_code_prints_the_numbers_shown(javascript: Javascript, game: dict[str, Any], prints: Prints) -> None:
    lens = DiscriminatorLens(**game)
    (code,) = javascript([(MATH, "python", [lens.state()])])
    said = prints(code)
    printed = dict(re.fullmatch(r"(.+) = (\S+?)( nats| bits)?", line).groups()[:2] for line in said.splitlines())  # type: ignore[union-attr]
    assert list(printed) == list(NUMBERS.values())
    for name, symbol in NUMBERS.items():
        value, text = lens.numbers()[name], printed[symbol]
        close = 0.6e-4 if "e" not in text else 0.6e-2 * abs(value)
        assert float(text) == value or float(text) == pytest.approx(value, abs=close), (symbol, text, value)
    assert said.count(lens.unit) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6], "q": [0.5, 0.5]}, "p must sum to 1, got 1.1"),
        ({"d": [0.5] * 6 + [1.5]}, "d must lie between 0 and 1, got 1.5"),
        ({"d": [0.5] * 6 + [math.nan]}, "d must lie between 0 and 1, got nan"),
        ({"d": ["a"] * 7}, "d must hold numbers"),
        ({"d": 0.5}, "d must be a sequence, got 0.5"),
        ({"d": [0.5]}, "places"),
        ({"p": [0.1] * 10, "q": [0.1] * 10}, "must have 2 to 9 places, got 10"),
        ({"p": [0.5, 0.5]}, "places, but"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        DiscriminatorLens(**arguments)


def test_the_number_of_places_changes_in_one_step() -> None:
    lens = DiscriminatorLens()
    with pytest.raises(traitlets.TraitError):
        lens.p = [0.5, 0.5]
    lens.set(p=[0.5, 0.5], q=[0.9, 0.1])
    assert lens.d == (0.5, 0.5)
    lens.set_state({"p": [0.2, 0.3, 0.5], "q": [0.2, 0.3, 0.5], "d": [0.1, 0.2, 0.3]})
    assert lens.d == (0.1, 0.2, 0.3)


def test_properties_are_its_numbers() -> None:
    lens = DiscriminatorLens([0.9, 0.1], [0.1, 0.9], [0.8, 0.2], unit="bits")
    assert {name: getattr(lens, name) for name in ("value", "ceiling", "gap", "js", "w1")}.items() <= lens.numbers().items()
    assert lens.gap == discriminator_gap([0.8, 0.2], [0.9, 0.1], [0.1, 0.9]) / math.log(2)


def test_placeholder() -> None:
    lens = DiscriminatorLens([0.5, 0.5], [1.0, 0.0], [0.5, 0.0], key='a"b')
    data, _ = lens._repr_mimebundle_()  # type: ignore[misc]
    parts = re.fullmatch(
        r'<div class="kl-widget" data-kl-widget="discriminator_lens" data-kl-key="(.*?)" '
        r"data-kl-state='([^'<>]*)'><figure class=\"kl-fallback\"><svg .*role=\"img\".*</svg></figure></div>",
        data["text/html"],
        re.DOTALL,
    )
    assert parts is not None and html.unescape(parts[1]) == 'a"b'
    assert json.loads(html.unescape(parts[2])) == lens.state()
    assert data["text/plain"] == repr(lens) and "V(D) = -∞, V(D*) = -0.9548" in repr(lens)
    again = DiscriminatorLens([0.5, 0.5], [1.0, 0.0], [0.5, 0.0], key='a"b')._repr_mimebundle_()
    assert again is not None and again[0]["text/html"] == data["text/html"]


@pytest.mark.parametrize("d", [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
def test_the_still_picture_stands_infinities(d: list[float]) -> None:
    lens = DiscriminatorLens([0.5, 0.5], [0.5, 0.5], d)
    shown = re.search(r'aria-label="([^"]*)"', lens._placeholder())
    assert shown is not None and "D = (" in shown[1] and (("V(D) = -∞" in shown[1]) == (0.0 in d))
