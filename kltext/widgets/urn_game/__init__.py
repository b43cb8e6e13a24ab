"""``UrnGame``: two urns, twenty draws, and bets on which urn each ball came from, scored in bits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

import kltext
from kltext.gan import discriminator_gap
from kltext.widgets._base import BookWidget, bundle, sequence, short
from kltext.widgets._random import uniforms
from kltext.widgets._traits import Law, Names, Probabilities, counted, letters

__all__ = ["UrnGame"]

DRAWS = 20
FEWEST, MOST = 2, 5
SHADES = {
    2: ("white", "black"),
    3: ("white", "grey", "black"),
    4: ("white", "silver", "slate", "black"),
    5: ("white", "silver", "grey", "slate", "black"),
}
NUMBERS = {
    "first": "if urn 1",
    "second": "if urn 2",
    "score": "score",
    "average": "average",
    "worth": "worth of the bets",
    "best": "best bets, JS(P,Q)",
    "lost": "given away",
}
"""The numbers shown, by their names in the page and in Python."""


class Draw(NamedTuple):
    """One ball, the bet on it, and what came of it."""

    colour: str
    bet: float
    urn: int
    score: float


class UrnGame(BookWidget):
    """Two urns with balls of 2 to 5 colours. A fair coin picks one, a ball is drawn, and the player bets on urn 1.

    ``p`` and ``q`` are the colours' shares in urn 1 and urn 2. A bet is the probability given to urn 1; it scores
    1 + log₂ of the probability given to the right urn, in bits: an even bet earns 0, a certain one 1 or −∞. In the long run no
    bets earn more than JS(P, Q) bits a draw, and only p/(p + q) earns that; other bets give a divergence away.
    Twenty draws, always the same for one ``seed``; the best bets are shown after the last one, or once asked for: ``reveal``.

    >>> from kltext.widgets import UrnGame
    >>> game = UrnGame([0.6, 0.3, 0.1], [0.2, 0.3, 0.5], seed=1)
    >>> game.ball
    'grey'
    >>> game.play(0.5)
    Draw(colour='grey', bet=0.5, urn=1, score=0.0)
    >>> game.play(0.75), game.policy
    (Draw(colour='white', bet=0.75, urn=2, score=-1.0), (0.75, 0.5, 0.5))
    >>> game
    UrnGame: urn 1 (white 0.6, grey 0.3, black 0.1), urn 2 (white 0.2, grey 0.3, black 0.5), 2 of 20 draws played
    if urn 1 = 0, if urn 2 = 0, score = -1, average = -0.5, worth of the bets = 0.07549, best bets, JS(P,Q) = 0.1805, given away = 0.105 (in bits)
    """

    _esm = bundle("urn_game.js")
    _name = "urn_game"
    _state_traits = ("p", "q", "labels", "bets", "bet", "seed", "reveal")

    p = Law((0.5, 0.5), help="The colours' shares in urn 1.").tag(sync=True)
    q = Law((0.5, 0.5), help="The colours' shares in urn 2.").tag(sync=True)
    labels = Names(("white", "black"), help="The colours; shades from white to black by default.").tag(sync=True)
    bets = Probabilities((), help="The bets made so far: for each draw, the probability given to urn 1.").tag(sync=True)
    bet = traitlets.Float(0.5, min=0.0, max=1.0, help="The bet on the present ball, still to be made.").tag(sync=True)
    seed = traitlets.Int(8, min=0, max=2**32 - 1, help="Which twenty draws these are.").tag(sync=True)
    reveal = traitlets.Bool(False, help="Show the best bets before the game is over.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.6, 0.3, 0.1),
        q: Sequence[float] = (0.2, 0.3, 0.5),
        labels: Sequence[str] | None = None,
        *,
        seed: int = 8,
        key: str = "urns",
        **kwargs: Any,
    ) -> None:
        count = len(sequence("p", p))
        super().__init__(p=p, q=q, labels=_shades(count) if labels is None else labels, seed=seed, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. Other urns begin a new game, and new colours get names, unless given."""
        if "p" in traits or "q" in traits:
            traits = {"bets": (), "bet": 0.5, "reveal": False, **traits}
            if (count := len(sequence("p", traits.get("p", self.p)))) != len(self.labels):
                traits = {"labels": _shades(count), **traits}
        super().set(**traits)

    @traitlets.validate("p", "q", "labels")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the colours must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        counted(name, value, FEWEST, MOST, "colours")
        for other in ("p", "q", "labels"):
            if other != name and len(value) != (count := len(getattr(self, other))):
                hint = "change them in one step with set(p=…, q=…, labels=…)"
                raise traitlets.TraitError(f"{name} has {len(value)} colours, but {other} has {count}; {hint}")
        return value

    @traitlets.validate("bets")
    def _not_too_many(self, proposal: traitlets.Bunch) -> Any:
        counted("bets", proposal.value, 0, DRAWS, "draws")
        return proposal.value

    def play(self, bet: float) -> Draw:
        """Bet on the present ball, and see where it came from. Raises ``ValueError`` once all draws are played."""
        if len(self.bets) == DRAWS:
            raise ValueError(f"all {DRAWS} draws are played; new_game() begins another one")
        self.bets = (*self.bets, bet)
        if self.ball is not None:
            self.bet = self.policy[self.labels.index(self.ball)]
        return self.history[-1]

    def new_game(self) -> None:
        """The same urns and other draws: the next seed."""
        self.set(seed=(self.seed + 1) % 2**32, bets=(), bet=0.5, reveal=False)

    @property
    def ball(self) -> str | None:
        """The colour of the ball to bet on; None once all draws are played."""
        return None if len(self.bets) == DRAWS else self.labels[self._draws()[len(self.bets)][1]]

    @property
    def history(self) -> tuple[Draw, ...]:
        """The draws played so far, with what came of them; scores in bits."""
        return tuple(
            Draw(self.labels[colour], bet, urn, _score(bet if urn == 1 else 1 - bet))
            for bet, (urn, colour) in zip(self.bets, self._draws(), strict=False)
        )

    @property
    def policy(self) -> tuple[float, ...]:
        """The last bet on each colour; ½ where there is none yet."""
        last = [0.5] * len(self.p)
        for bet, (_, colour) in zip(self.bets, self._draws(), strict=False):
            last[colour] = bet
        return tuple(last)

    @property
    def best_bets(self) -> tuple[float, ...]:
        """p/(p + q) for each colour: the bets that earn most in the long run."""
        return tuple(map(float, kltext.optimal_discriminator(list(self.p), list(self.q))))

    def _draws(self) -> list[tuple[int, int]]:
        """All draws of the seed: which urn, and which colour by its position."""
        u = uniforms(self.seed, 0, 2 * DRAWS).reshape(DRAWS, 2)
        return [(1, _colour(self.p, shade)) if coin < 0.5 else (2, _colour(self.q, shade)) for coin, shade in u]

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, in bits, computed by kltext; no average before the first draw, no bet after the last."""
        p, q, policy = np.array(self.p), np.array(self.q), np.array(self.policy)
        scores = [made.score for made in self.history]
        shown = {} if len(scores) == DRAWS else {"first": _score(self.bet), "second": _score(1 - self.bet)}
        shown["score"] = float(sum(scores))
        if scores:
            shown["average"] = shown["score"] / len(scores)
        shown["worth"] = 1 + kltext.gan_value(policy, p, q) / math.log(4)
        shown["best"] = kltext.js_divergence(p, q, base=2)
        shown["lost"] = discriminator_gap(policy, p, q) / math.log(4)
        return shown

    @property
    def score(self) -> float:
        """Bits won so far."""
        return self.numbers()["score"]

    @property
    def worth(self) -> float:
        """What the policy earns in the long run, in bits a draw."""
        return self.numbers()["worth"]

    @property
    def best(self) -> float:
        """What the best bets earn in the long run: JS(P, Q) in bits."""
        return self.numbers()["best"]

    @property
    def lost(self) -> float:
        """What the policy gives away in the long run, in bits a draw."""
        return self.numbers()["lost"]

    def _laws(self) -> str:
        rows = [", ".join(f"{name} {short(x)}" for name, x in zip(self.labels, law, strict=True)) for law in (self.p, self.q)]
        return f"urn 1 ({rows[0]}), urn 2 ({rows[1]}), {len(self.bets)} of {DRAWS} draws played"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in bits)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.urn_game.drawing import urns

        alt = f"The colours' shares in two urns, and the bets on them draw by draw with their scores. {self._laws()}. {self._in_words()}, in bits."
        return plots.to_svg(urns(self), alt=alt)


def _score(given: float) -> float:
    """1 + log₂ of the probability given to the truth."""
    return 1 + math.log2(given) if given > 0 else -math.inf


def _colour(law: Sequence[float], u: float) -> int:
    """The colour at which the running sum of the law passes u; never one without balls."""
    total, last = 0.0, 0
    for colour, share in enumerate(law):
        total += share
        if share > 0:
            if u < total:
                return colour
            last = colour
    return last


def _shades(count: int) -> tuple[str, ...]:
    return SHADES.get(count, letters(count))
