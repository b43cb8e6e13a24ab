"""The urn game as a still picture, for pages without scripts and for print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltext.plots import COLOURS, STYLE

if TYPE_CHECKING:
    from kltext.widgets.urn_game import Draw, UrnGame

__all__ = ["urns"]

_DASHES = (0, (4.5, 2.2))


def urns(game: UrnGame) -> Figure:
    """The two urns, the bets if any were made, and their scores draw by draw under the best average.

    >>> from kltext.widgets import UrnGame
    >>> [ax.get_ylabel() for ax in urns(UrnGame()).axes]
    ['share', 'bits']
    """
    history = game.history
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.2), layout="constrained")
        top, bottom = fig.subplots(2, 1, height_ratios=[1.0, 1.0])
        _shares(top, np.array(game.p), np.array(game.q), game.labels)
        _scores(bottom, history, game.best)
        fig.align_ylabels()
        fig.draw_without_rendering()
        fig.set_layout_engine("none")
    return fig


def _shares(ax: Axes, p: np.ndarray, q: np.ndarray, labels: tuple[str, ...]) -> None:
    x = np.arange(p.size)
    fill = (*mpl.colors.to_rgb(COLOURS["p"]), 0.32)
    ax.bar(x[p > 0] - 0.17, p[p > 0], width=0.3, facecolor=fill, edgecolor=COLOURS["p"], linewidth=1.8, label="urn 1, P")
    ax.bar(x[q > 0] + 0.17, q[q > 0], width=0.3, facecolor="none", edgecolor=COLOURS["q"], linewidth=1.8, linestyle=_DASHES, label="urn 2, Q")
    ax.set_xticks(x, labels)
    ax.set_xlim(-0.6, p.size - 0.4)
    ax.tick_params(axis="x", length=0)
    ax.set_ylim(0, 1.12 * max(p.max(), q.max()))
    ax.set_ylabel("share")
    ax.legend()


def _scores(ax: Axes, history: tuple[Draw, ...], best: float) -> None:
    scores = np.array([made.score for made in history])
    number = np.arange(1, scores.size + 1)
    shown = np.maximum(scores, -8.0)
    for mine, colour, hatch in ((scores >= 0, "gain", None), (scores < 0, "loss", "////")):
        face = COLOURS["gain"] if hatch is None else "none"
        ax.bar(number[mine], shown[mine], width=0.66, facecolor=face, edgecolor=COLOURS[colour], hatch=hatch, linewidth=0)
    average = np.cumsum(scores) / np.maximum(number, 1)
    known = np.isfinite(average)
    ax.plot(number[known], average[known], color=COLOURS["ink"], linewidth=2)
    ax.axhline(0, color=COLOURS["line"], linewidth=1)
    ax.axhline(best, color=COLOURS["r"], linewidth=2, linestyle=_DASHES)
    ax.set_title(f"bits won by each draw; best possible average JS(P,Q) = {best:.4g}")
    ax.set_xlim(0.3, 20.7)
    ax.set_xticks([1, 5, 10, 15, 20])
    ax.set_ylim(min(-1.0, 1.1 * float(shown.min(initial=0.0))), 1.1)
    ax.set_xlabel("draw")
    ax.set_ylabel("bits")
