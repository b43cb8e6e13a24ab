"""The Rényi dial as a still picture, for pages without scripts and for print."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import kltext
from kltext import plots

__all__ = ["order_curve"]

_TICKS = {0.0: "0\nsupport", 0.5: "½\nHellinger", 1.0: "1\nKL", 2.0: "2\nχ²", 4.0: "4", math.inf: "∞\nmax"}
_DASHES = (0, (4.5, 2.2))


def _place(order: float) -> float:
    return 1.0 if order == math.inf else order / (1 + order)


@mpl.rc_context(plots.STYLE)
def order_curve(
    p: Sequence[float], q: Sequence[float], labels: Sequence[str], alpha: float, *, both: bool = False, unit: str = "nats"
) -> Figure:
    """P and Q on top; below D_α(P‖Q) on the axis α/(1 + α), with the orders that have a name and the one at the dial.

    >>> fig = order_curve([0.9, 0.1], [0.5, 0.5], ["heads", "tails"], 2)
    >>> [ax.get_ylabel() for ax in fig.axes]
    ['probability', 'divergence (nats)']
    """
    base = 2 if unit == "bits" else None
    places = np.arange(121) / 120
    orders = [math.inf if t == 1 else float(t / (1 - t)) for t in places]

    def curve(a: Sequence[float], b: Sequence[float], asked: Sequence[float]) -> np.ndarray:
        return np.array([kltext.renyi_divergence(list(a), list(b), order, base=base) for order in asked])

    there = curve(p, q, orders)
    shown = [there, curve(q, p, orders)] if both else [there]
    reached = [line[-1] if np.isfinite(line[-1]) else 3 * line[40] for line in shown]
    top = 1.12 * max([0.4, *(r for r in reached if np.isfinite(r))])

    figure = plots.figure(5.8, 4.6)
    above, ax = figure.subplots(2, 1, height_ratios=[1, 2])
    for law, shift, style in (
        (p, -0.18, {"color": plots.COLOURS["p"]}),
        (q, 0.18, {"facecolor": "none", "edgecolor": plots.COLOURS["q"], "linestyle": _DASHES}),
    ):
        above.bar(np.arange(len(law)) + shift, law, 0.34, **style)
    above.set(ylabel="probability", xticks=range(len(p)), xticklabels=labels)
    above.tick_params(axis="x", length=0)
    if both:
        ax.plot(places, np.minimum(shown[1], 2 * top), color=plots.COLOURS["ink"], linestyle=_DASHES)
    ax.plot(places, np.minimum(there, 2 * top), color=plots.COLOURS["gain"], linewidth=2)
    named = [order for order, text in _TICKS.items() if "\n" in text]
    marks = curve(p, q, named)
    ax.plot([_place(order) for order in named], np.where(marks <= top, marks, np.nan), "o", color=plots.COLOURS["gain"], markersize=5)
    value = float(curve(p, q, [alpha])[0])
    ax.axvline(_place(alpha), color=plots.COLOURS["ink"], linewidth=1)
    if value <= top:
        ax.plot([_place(alpha)], [value], "o", color=plots.COLOURS["gain"], markersize=9)
    if np.isinf(there[60]):
        start = 0.0 if np.isinf(there[0]) else 0.5
        ax.axvspan(start, 1, color=plots.COLOURS["line"], alpha=0.2, linewidth=0)
        ax.text((start + 1) / 2, 0.6 * top, " infinite", ha="left" if start == 0 else "center")
    ax.set(xlabel="order α", ylabel=f"divergence ({unit})", ylim=(0, top), xlim=(-0.01, 1.01))
    ax.set_xticks([_place(order) for order in _TICKS], list(_TICKS.values()))
    return figure
