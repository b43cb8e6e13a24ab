"""The two ellipses and the three terms, drawn for pages without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltext.plots import COLOURS, STYLE

__all__ = ["ellipses"]


def ellipses(laws: Sequence[tuple[tuple[float, float], np.ndarray]], numbers: Mapping[str, float], unit: str = "nats") -> Figure:
    """P and Q at one and two standard deviations; below, the terms of D(P‖Q), each from where the one before has ended.

    >>> numbers = {"trace": 1.5, "volume": -0.7, "mahalanobis": 0.5, "kl_pq": 1.3}
    >>> fig = ellipses([((0, 0), np.eye(2)), ((1, 0), np.eye(2))], numbers)
    >>> [tick.get_text() for tick in fig.axes[1].get_yticklabels()]
    ['trace', 'log-volume', 'Mahalanobis', 'D(P‖Q)']
    """
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 5.0), layout="constrained")
        plane, bars = fig.subplots(2, 1, height_ratios=[2.2, 1])
        for name, dashes, (mean, cov) in zip("pq", ("-", (0, (4.5, 2.2))), laws, strict=True):
            _law(plane, name, dashes, np.asarray(mean, dtype=float), cov)
        plane.set_aspect("equal", adjustable="datalim")
        _terms(bars, numbers)
        bars.set_xlabel(unit)
        fig.draw_without_rendering()
        fig.set_layout_engine("none")
    return fig


def _law(ax: Axes, name: str, dashes: object, mean: np.ndarray, cov: np.ndarray) -> None:
    angle = np.linspace(0, 2 * np.pi, 121)
    outline = np.linalg.cholesky(cov) @ np.array([np.cos(angle), np.sin(angle)])
    for k, width in ((1, 2.0), (2, 1.2)):
        ax.plot(*(mean[:, None] + k * outline), color=COLOURS[name], linestyle=dashes, linewidth=width)
    ax.annotate(name.upper(), (mean[0], mean[1]), ha="center", va="center", color=COLOURS[name], fontweight="bold")


def _terms(ax: Axes, numbers: Mapping[str, float]) -> None:
    values = [numbers["trace"], numbers["volume"], numbers["mahalanobis"], numbers["kl_pq"]]
    starts = [0.0, values[0], values[3] - values[2], 0.0]
    for row, (start, value) in enumerate(zip(starts, values, strict=True)):
        colour = COLOURS["ink"] if row == 3 else COLOURS["loss" if value < 0 else "gain"]
        hatch = "///" if row < 3 and value < 0 else None
        ax.barh(row, value, left=start, height=0.6, facecolor="none" if hatch else colour, edgecolor=colour, hatch=hatch)
        ax.annotate(f"{value:+.3f}".replace("-", "−"), (max(start, start + value), row), xytext=(4, 0), textcoords="offset points", va="center")
    ax.axvline(0, color=COLOURS["line"], linewidth=0.8)
    ax.set_yticks(range(4), ["trace", "log-volume", "Mahalanobis", "D(P‖Q)"])
    ax.invert_yaxis()
    ax.margins(x=0.2)
