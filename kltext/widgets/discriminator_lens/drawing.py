"""The discriminator lens as a still picture, for pages without scripts and for print."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltext import gan_value, js_divergence, optimal_discriminator
from kltext.plots import COLOURS, STYLE

__all__ = ["lens_panel"]

_DASHES = (0, (4.5, 2.2))


def lens_panel(p: Sequence[float], q: Sequence[float], d: Sequence[float], unit: str = "nats") -> Figure:
    """Data and generator on top, D against the best D below, and the value under its ceiling at the foot.

    >>> fig = lens_panel([0.9, 0.1], [0.1, 0.9], [0.8, 0.2])
    >>> [ax.get_ylabel() for ax in fig.axes]
    ['probability', 'D', '']
    """
    data, fake, drawn = (np.asarray(row, dtype=float) for row in (p, q, d))
    x = np.arange(data.size)
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.6), layout="constrained")
        top, middle, bottom = fig.subplots(3, 1, height_ratios=[1.3, 1.3, 0.5])
        _laws(top, x, data, fake)
        _discriminators(middle, x, drawn, np.asarray(optimal_discriminator(data, fake)), data + fake > 0)
        _gauge(bottom, float(gan_value(drawn, data, fake)), float(js_divergence(data, fake)), unit)
        for ax in (top, middle):
            ax.set_xticks(x)
            ax.set_xlim(-0.6, data.size - 0.4)
            ax.tick_params(axis="x", length=0)
        fig.align_ylabels()
        fig.draw_without_rendering()
        fig.set_layout_engine("none")
    return fig


def _laws(ax: Axes, x: np.ndarray, p: np.ndarray, q: np.ndarray) -> None:
    fill = (*mpl.colors.to_rgb(COLOURS["p"]), 0.32)
    ax.bar(x[p > 0] - 0.17, p[p > 0], width=0.3, facecolor=fill, edgecolor=COLOURS["p"], linewidth=1.8)
    ax.bar(x[q > 0] + 0.17, q[q > 0], width=0.3, facecolor="none", edgecolor=COLOURS["q"], linewidth=1.8, linestyle=_DASHES)
    ax.set_ylim(0, 1.25 * max(p.max(), q.max()))
    for law, shift, name in ((p, -0.17, "P"), (q, 0.17, "Q")):
        place = int(np.argmax(law))
        ax.annotate(
            name, (place + shift, law[place]), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
            color=COLOURS[name.lower()], fontweight="bold",
        )
    ax.set_ylabel("probability")


def _discriminators(ax: Axes, x: np.ndarray, d: np.ndarray, best: np.ndarray, used: np.ndarray) -> None:
    low, high = np.minimum(d, best), np.maximum(d, best)
    ax.bar(
        x[used], (high - low)[used], bottom=low[used], width=0.66, facecolor="none", edgecolor=COLOURS["loss"], hatch="////",
        linewidth=0,
    )
    ax.hlines(best[used], x[used] - 0.33, x[used] + 0.33, color=COLOURS["r"], linewidth=2, linestyle=_DASHES)
    ax.hlines(d, x - 0.33, x + 0.33, color=COLOURS["r"], linewidth=2)
    ax.plot(x, d, "o", color=COLOURS["r"], markersize=6)
    ax.set_ylim(-0.06, 1.06)
    ax.set_yticks([0, 0.5, 1])
    ax.set_ylabel("D")


def _gauge(ax: Axes, value: float, js: float, unit: str) -> None:
    """The floor V(D), the fixed ceiling, and the gap between them; one coin (log 4) below zero is marked."""
    nats = math.log(2) if unit == "bits" else 1.0
    coin, ceiling = -math.log(4) / nats, (2 * js - math.log(4)) / nats
    value = value / nats
    depth = min(3.0, max(1.5, 1.1 * value / coin if math.isfinite(value) else 3.0))
    floor = max(value, depth * coin)
    ax.barh([0], [floor - depth * coin], left=[depth * coin], height=0.8, color=COLOURS["line"], linewidth=0)
    ax.barh([0], [ceiling - floor], left=[floor], height=0.8, facecolor="none", edgecolor=COLOURS["loss"], hatch="////", linewidth=0)
    ax.vlines([ceiling], -0.6, 0.6, color=COLOURS["r"], linewidth=2, linestyle=_DASHES)
    ax.vlines([floor], -0.6, 0.6, color=COLOURS["ink"], linewidth=2)
    said = f"V(D) = {value:.4g}, ceiling 2·JS − log 4 = {ceiling:.4g} {unit}"
    ax.set_title(said.replace("-inf", "−∞").replace("-", "−"))
    ax.set_xlim(depth * coin, 0)
    ax.set_ylim(-0.7, 0.7)
    ax.set_yticks([])
    ax.set_xticks([coin, 0], ["coin, −log 4", "0"])
    ax.spines["left"].set_visible(False)
