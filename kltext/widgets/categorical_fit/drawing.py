"""The shares, the model and the losses of the categorical fit, drawn for pages without scripts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from kltext import plots


def fit(
    p: Sequence[float], q: Sequence[float], counts: Sequence[int], labels: Sequence[str], loss: float, floor: float, unit: str
) -> Figure:
    """Shares and model side by side; then −log q of each category, as wide as its share, with the mean loss and the floor."""
    nats = np.log(2) if unit == "bits" else 1.0
    with np.errstate(divide="ignore"):
        charged, best = (-np.log(np.asarray(law)) / nats for law in (q, p))
    seen = np.asarray(p) > 0
    x = np.arange(len(p))
    wide = 0.8 * np.asarray(p) / max(p)
    end = 1.12 * max([2.0 / nats, floor, *best[seen], *charged[seen & np.isfinite(charged)]])
    dashes = (0, (4.5, 2.2))
    colour = plots.COLOURS

    figure = plots.figure(5.8, 4.2)
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.bar(x - 0.18, p, 0.34, color=colour["p"])
    top.bar(x + 0.18, q, 0.34, facecolor="none", edgecolor=colour["q"], linestyle=dashes, linewidth=1.5)
    for i, count in enumerate(counts):
        top.annotate(str(count), (i - 0.18, p[i]), xytext=(0, 3), textcoords="offset points", ha="center", color=colour["p"])
    top.set(ylabel="share", ylim=(0, 1.15 * max(*p, *q)))
    top.tick_params(axis="x", length=0)

    height = np.minimum(charged, end)
    low = np.where(seen, np.minimum(best, height), 0)
    bottom.bar(x, low, wide, color=colour["p"], alpha=0.3)
    bottom.bar(x, np.where(seen, np.maximum(height - best, 0), 0), wide, bottom=low, color=colour["gain"], alpha=0.75)
    less = np.where(seen, np.maximum(best - height, 0), 0)
    bottom.bar(x, less, wide, bottom=low, facecolor="none", edgecolor=colour["loss"], hatch="////")
    bottom.hlines(height[charged <= end], x[charged <= end] - 0.42, x[charged <= end] + 0.42, color=colour["q"], linestyle=dashes)
    if np.isfinite(loss):
        bottom.axhline(loss, color=colour["ink"], linestyle=dashes, linewidth=1.5)
    bottom.axhline(floor, color=colour["p"], linewidth=1.5)
    bottom.set(ylabel=f"loss ({unit})", ylim=(0, end), xticks=x, xticklabels=labels)
    return figure
