"""``DiscriminatorLens``: the GAN's game on a few places of a line, and a discriminator drawn by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.widgets._base import bundle, sequence, short
from kltext.widgets._game import SYMBOLS, GameWidget, game_numbers
from kltext.widgets._traits import Law, Probabilities, counted

__all__ = ["DiscriminatorLens"]

FEWEST, MOST = 2, 9

NUMBERS = {
    **SYMBOLS,
    "saturating": "Σ Q·D",
    "non_saturating": "Σ Q·(1−D)",
}
"""The numbers shown, by their names in the page and in Python."""


class DiscriminatorLens(GameWidget):
    """Data P, generator Q and a discriminator D on the places 0, 1, 2, … of a line, to be dragged or set from Python.

    D starts as a coin (½ everywhere) unless given. What changes the number of places goes through ``set``:

    >>> from kltext.widgets import DiscriminatorLens
    >>> lens = DiscriminatorLens([0.9, 0.1], [0.1, 0.9], [0.8, 0.2])
    >>> lens
    DiscriminatorLens: P = (0.9, 0.1), Q = (0.1, 0.9), D = (0.8, 0.2)
    V(D) = -0.7235, V(D*) = -0.6502, missed = 0.07338, JS(P,Q) = 0.3681 (in nats); W₁(P,Q) = 0.8, Σ Q·D = 0.26, Σ Q·(1−D) = 0.74
    >>> lens.d = [0.9, 0.1]
    >>> round(lens.gap, 12)
    0.0
    """

    _esm = bundle("discriminator_lens.js")
    _name = "discriminator_lens"
    _state_traits = ("p", "q", "d", "unit")

    p = Law((0.5, 0.5), help="The law of the data.").tag(sync=True)
    q = Law((0.5, 0.5), help="The law of the generator.").tag(sync=True)
    d = Probabilities((0.5, 0.5), help="The discriminator: the probability of «real» at each place.").tag(sync=True)
    unit = traitlets.Enum(("nats", "bits"), "nats", help="Unit of the value and of the divergences.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.05, 0.2, 0.4, 0.25, 0.1, 0.0, 0.0),
        q: Sequence[float] = (0.0, 0.0, 0.1, 0.2, 0.4, 0.2, 0.1),
        d: Sequence[float] | None = None,
        *,
        key: str = "discriminator",
        **kwargs: Any,
    ) -> None:
        start = [0.5] * len(sequence("p", p)) if d is None else d
        super().__init__(p=p, q=q, d=start, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. With a new number of places, D is a coin unless given."""
        if "p" in traits and len(sequence("p", traits["p"])) != len(self.p):
            traits = {"d": [0.5] * len(sequence("p", traits["p"])), **traits}
        super().set(**traits)

    @traitlets.validate("p", "q", "d")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the places must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        counted(name, value, FEWEST, MOST, "places")
        for other in ("p", "q", "d"):
            if other != name and len(value) != (count := len(getattr(self, other))):
                hint = "change them in one step with set(p=…, q=…, d=…)"
                raise traitlets.TraitError(f"{name} has {len(value)} places, but {other} has {count}; {hint}")
        return value

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext; W₁ in places, the slopes without a unit."""
        p, q, d = (np.array(law) for law in (self.p, self.q, self.d))
        nats = math.log(2) if self.unit == "bits" else 1.0
        return {
            **game_numbers(p, q, d, kltext.gan_value(d, p, q), np.arange(float(len(p))), nats),
            "saturating": float(np.sum(q * d)),
            "non_saturating": float(np.sum(q * (1 - d))),
        }

    def _laws(self) -> str:
        rows = {"P": self.p, "Q": self.q, "D": self.d}
        return ", ".join(f"{name} = ({', '.join(map(short, row))})" for name, row in rows.items())

    def _in_words(self) -> str:
        said = [f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items()]
        return f"{', '.join(said[:4])} (in {self.unit}); {', '.join(said[4:])}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.discriminator_lens.drawing import lens_panel

        alt = f"Data P and generator Q on a line, and a discriminator D against the best one. {self._laws()}. {self._in_words()}."
        return plots.to_svg(lens_panel(self.p, self.q, self.d, unit=self.unit), alt=alt)
