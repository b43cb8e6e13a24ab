"""The strips of the code budget, drawn for pages without scripts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from kltext import plots


def strips(p: Sequence[float], q: Sequence[float], labels: Sequence[str], unit: str) -> Figure:
    """One strip per outcome: as high as p, as wide as −log q; what exceeds −log p is filled, what falls short hatched."""
    scale = np.log(2) if unit == "bits" else 1.0
    with np.errstate(divide="ignore"):
        own, given = -np.log(np.asarray(p)) / scale, -np.log(np.asarray(q)) / scale
    occurs = np.asarray(p) > 0
    finite = [*own[occurs], *given[np.isfinite(given)]]
    end = 1.12 * max([4.0, *finite])
    figure = plots.figure(5.8, 3.4)
    ax = figure.subplots()
    top = 0.0
    for height, needed, paid, label in zip(p, own, given, labels, strict=True):
        if height > 0:
            paid = min(paid, end)  # noqa: PLW2901 - an endless strip ends at the frame
            width = [min(needed, paid), abs(paid - needed)]
            ax.barh(top, width[0], height, align="edge", color=plots.COLOURS["p"], alpha=0.35)
            if paid > needed:
                ax.barh(top, width[1], height, needed, align="edge", color=plots.COLOURS["gain"], alpha=0.75)
            else:
                ax.barh(top, width[1], height, paid, align="edge", facecolor="none", edgecolor=plots.COLOURS["loss"], hatch="////")
            ax.plot([paid, paid], [top, top + height], color=plots.COLOURS["q"], linestyle=(0, (4.5, 2.2)))
            ax.annotate(label, (0, top + height / 2), xytext=(-6, 0), textcoords="offset points", ha="right", va="center", annotation_clip=False)
        top += height
    ax.set(xlim=(0, end), ylim=(1, 0), yticks=[], xlabel=f"length of a code word ({unit})")
    ax.spines["left"].set_visible(False)
    return figure
