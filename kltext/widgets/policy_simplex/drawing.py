"""The triangle of policies, drawn for pages without scripts: the clip band, the KL ball, and the paths of three updates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from kltext import kl_divergence, plots
from kltext.widgets.policy_simplex.updates import band

if TYPE_CHECKING:
    from kltext.widgets.policy_simplex import PolicySimplex

_DASHES = (0, (4.5, 2.2))
_DOTS = (0, (1, 1.6))


def _place(of: Sequence[float] | Sequence[Sequence[float]] | np.ndarray) -> np.ndarray:
    laws = np.asarray(of, dtype=float)
    return np.stack([laws[..., 2] + laws[..., 1] / 2, laws[..., 1] * math.sqrt(3) / 2], axis=-1)


def triangle(widget: PolicySimplex) -> Figure:
    """All policies; the band dashed, the ball as a line, the paths to their ends."""
    figure = plots.figure(5.2, 3.4)
    ax = figure.subplots()
    edge = _place(np.eye(3)[[0, 1, 2, 0]])
    ax.plot(edge[:, 0], edge[:, 1], color=plots.COLOURS["line"], linewidth=1)
    inside = _place(band(widget._batch))
    middle = inside.mean(axis=0)
    around = np.argsort(np.arctan2(inside[:, 1] - middle[1], inside[:, 0] - middle[0]))
    ax.add_patch(Polygon(inside[around], facecolor=plots.COLOURS["line"], alpha=0.25, edgecolor="none"))
    ax.add_patch(Polygon(inside[around], fill=False, edgecolor=plots.COLOURS["ink"], linestyle=_DASHES, label="clip band"))
    n = 90
    laws = np.array([(i, j, n - i - j) for i in range(1, n) for j in range(1, n - i)]) / n
    where = _place(laws)
    ax.tricontour(where[:, 0], where[:, 1], kl_divergence(widget.old, laws), levels=[widget.delta], colors=plots.COLOURS["p"], linewidths=1.5)
    ax.plot([], [], color=plots.COLOURS["p"], linewidth=1.5, label=f"KL = {widget.delta:g}")
    for method, colour, dashes in (("clip", "loss", "solid"), ("fixed", "r", _DASHES), ("adaptive", "gain", _DOTS)):
        path = _place(widget.path(method))
        ax.plot(path[:, 0], path[:, 1], color=plots.COLOURS[colour], linestyle=dashes, linewidth=1.8, label=method if method == "clip" else f"{method} β")
    for law, colour, marker in ((widget.old, "p", "o"), (widget.new, "q", "s")):
        x, y = _place(law)
        ax.plot(x, y, marker=marker, color=plots.COLOURS[colour], linestyle="none")
    for corner, name, (dx, dy) in zip(edge, widget.labels, ((0, -13), (0, 6), (0, -13)), strict=False):
        ax.annotate(name, (float(corner[0]), float(corner[1])), xytext=(dx, dy), textcoords="offset points", ha="center")
    ax.set(aspect="equal", xlim=(-0.12, 1.5), ylim=(-0.1, 1))
    ax.axis("off")
    ax.legend(loc="upper right")
    return figure
