"""A GAN in training as a still picture, for pages without scripts and for print."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kltext import optimal_discriminator
from kltext.plots import COLOURS, STYLE
from kltext.widgets.gan_trainer.training import CELL, CELLS, Net, Setup, data_law, forward, generator_law, sigmoid

__all__ = ["training_panel"]

_DASHES = (0, (4.5, 2.2))


def training_panel(setup: Setup, discriminator: Net, generator: Net) -> Figure:
    """Data and generator on top, the discriminator as trained and the best one below.

    >>> from kltext.widgets.gan_trainer.training import train
    >>> [ax.get_ylabel() for ax in training_panel(Setup(), *train(Setup(), 0)).axes]
    ['density', 'D']
    """
    seen = np.abs(CELLS) < 6
    x, p, q = CELLS[seen], data_law(setup)[seen].round(4), generator_law(generator)[seen].round(4)
    d = sigmoid(forward(discriminator, x)[1]).round(3)
    top = 2.2 * p.max() / CELL
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.2), layout="constrained")
        laws, below = fig.subplots(2, 1, sharex=True, height_ratios=[1.3, 1.0])
        laws.fill_between(x, p / CELL, color=COLOURS["p"], alpha=0.15, linewidth=0)
        laws.plot(x, p / CELL, color=COLOURS["p"], linewidth=2, label="data P")
        laws.plot(x, np.minimum(q / CELL, top), color=COLOURS["q"], linewidth=2, linestyle=_DASHES, label="generator Q")
        if (high := q / CELL > top).any():  # cut off there, and its height said beside it
            laws.annotate(
                f"↑ {q.max() / CELL:.1f}", (x[high].max(), top), xytext=(8, -4), textcoords="offset points", va="center",
                color=COLOURS["q"],
            )
        laws.set_ylim(0, None)
        laws.set_ylabel("density")
        best = np.where(p + q > 2e-4, optimal_discriminator(p, q), np.nan)
        below.plot(x, d, color=COLOURS["r"], linewidth=2, label="D as trained")
        below.plot(x, best, color=COLOURS["r"], linewidth=1.6, linestyle=_DASHES, label="D* = p/(p + q)")
        below.set_ylim(-0.04, 1.04)
        below.set_yticks([0, 0.5, 1])
        below.set_ylabel("D")
        for ax in (laws, below):  # above the axes, where no curve comes
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
        fig.align_ylabels()
        fig.draw_without_rendering()
        fig.set_layout_engine("none")
    return fig
