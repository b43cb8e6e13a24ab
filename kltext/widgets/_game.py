"""What the widgets of a GAN's game share: data P and a generator Q on a line, and a discriminator D against the best one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

import kltext
from kltext.gan import discriminator_gap
from kltext.widgets._base import BookWidget

__all__ = ["SYMBOLS", "GameWidget", "game_numbers"]

Vector = NDArray[np.float64]

SYMBOLS = {"value": "V(D)", "ceiling": "V(D*)", "gap": "missed", "js": "JS(P,Q)", "w1": "W₁(P,Q)"}
"""The numbers that every such widget shows, by their names in the page and in Python."""


class GameWidget(BookWidget):
    """A widget whose ``numbers()`` hold those of `game_numbers`; here they get their names in Python."""

    @property
    def value(self) -> float:
        """V(D), in the widget's unit."""
        return self.numbers()["value"]

    @property
    def ceiling(self) -> float:
        """V(D*) = 2·JS − log 4, in the widget's unit."""
        return self.numbers()["ceiling"]

    @property
    def gap(self) -> float:
        """V(D*) − V(D), in the widget's unit."""
        return self.numbers()["gap"]

    @property
    def js(self) -> float:
        """JS(P,Q), in the widget's unit."""
        return self.numbers()["js"]

    @property
    def w1(self) -> float:
        """W₁(P,Q), in the unit of the line."""
        return self.numbers()["w1"]


def game_numbers(p: Vector, q: Vector, d: Vector, value: float, places: Vector, nats: float = 1.0) -> dict[str, float]:
    """The numbers of `SYMBOLS`, computed by kltext; ``value`` is V(D) in nats, of which the unit has so many.

    >>> place = np.array([0.0, 1.0])
    >>> game_numbers(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.5, 0.5]), -math.log(4), place, math.log(2))
    {'value': -2.0, 'ceiling': 0.0, 'gap': 2.0, 'js': 1.0, 'w1': 1.0}
    """
    js = kltext.js_divergence(p, q)
    return {
        "value": value / nats,
        "ceiling": (2 * js - math.log(4)) / nats,
        "gap": discriminator_gap(d, p, q) / nats,
        "js": js / nats,
        "w1": kltext.wasserstein_1d(places, places, p, q),
    }
