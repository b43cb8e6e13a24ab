"""The ledger drawn for pages without scripts: where q is among all laws, and the gauge with ceiling, floor and gap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltext import kl_divergence, plots
from kltext.widgets._base import short
from kltext.widgets.elbo_ledger.models import MODELS

if TYPE_CHECKING:
    from kltext.widgets.elbo_ledger import ElboLedger

RISES = [0.03, 0.1, 0.3, 1, 3]
_DASHES = (0, (4.5, 2.2))


def ledger(widget: ElboLedger) -> Figure:
    """Left the laws, right the gauge."""
    figure = plots.figure(5.8, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=[1.75, 1])
    (_triangle if widget.mode == "states" else _line)(left, widget)
    _gauge(right, widget)
    return figure


def _place(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return q[..., 2] + q[..., 1] / 2, q[..., 1] * math.sqrt(3) / 2


def _triangle(ax: Axes, widget: ElboLedger) -> None:
    corners = np.eye(3)
    ax.plot(*_place(corners[[0, 1, 2, 0]]), color=plots.COLOURS["line"], linewidth=1)
    posterior = np.array(widget.posterior)
    if posterior.min() > 0:
        n = 60
        laws = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]) / n
        gaps = kl_divergence(laws, posterior) / widget._nats
        ax.tricontour(*_place(laws), gaps, levels=RISES, colors=plots.COLOURS["line"], linewidths=0.8)
    ax.plot(*_place(posterior), marker="o", color=plots.COLOURS["p"], linestyle="none", label="posterior")
    ax.plot(*_place(np.array(widget.q)), marker="s", color=plots.COLOURS["q"], linestyle="none", label="q")
    for corner, name, (dx, dy) in zip(corners, widget.labels, ((0, -13), (0, 6), (0, -13)), strict=True):
        x, y = _place(corner)
        ax.annotate(name, (float(x), float(y)), xytext=(dx, dy), textcoords="offset points", ha="center")
    ax.set(aspect="equal", xlim=(-0.16, 1.16), ylim=(-0.12, 1))
    ax.axis("off")
    ax.legend(loc="upper left")


def _line(ax: Axes, widget: ElboLedger) -> None:
    model = MODELS[widget.mode]
    z = np.linspace(-4.5, 4.5, 401)
    posterior = np.exp(model.log_joint(z, widget.x, widget.noise) - widget.evidence * widget._nats)
    ax.fill_between(z, posterior, color=plots.COLOURS["p"], alpha=0.12, linewidth=0)
    ax.plot(z, np.exp(-z * z / 2) / math.sqrt(2 * math.pi), color=plots.COLOURS["line"], linewidth=1, label="prior")
    ax.plot(z, posterior, color=plots.COLOURS["p"], label="posterior")
    q = np.exp(-(((z - widget.mean) / widget.std) ** 2) / 2) / (widget.std * math.sqrt(2 * math.pi))
    ax.plot(z, q, color=plots.COLOURS["q"], linestyle=_DASHES, label="q")
    ax.set(xlabel="z", ylabel="density", ylim=(0, None))
    ax.legend()


def _gauge(ax: Axes, widget: ElboLedger) -> None:
    """The ceiling above, the floor below, the gap between them; a gap without end leaves the frame."""
    gap, endless = widget.gap, math.isinf(widget.gap)
    depth = 1.0 if endless else max(gap, 1e-9)
    ax.axhline(0, color=plots.COLOURS["p"], linewidth=2.5)
    ax.bar([0], [-depth], width=0.3, color=plots.COLOURS["gain"], alpha=0.75, linewidth=0)
    if endless:
        ax.plot([0], [-depth], marker="v", markersize=14, color=plots.COLOURS["gain"], markeredgewidth=0, clip_on=False)
    else:
        ax.plot([-0.3, 1.7], [-depth, -depth], color=plots.COLOURS["q"], linestyle=_DASHES, linewidth=2.5)
    ax.annotate(f"log p(x) = {short(widget.evidence)}", (0.25, 0), xytext=(0, 4), textcoords="offset points", va="bottom")
    ax.annotate(f"gap = KL(q‖p(z|x))\n= {short(gap)}", (0.25, -depth / 2), va="center")
    ax.annotate(f"ELBO = {short(widget.bound)}", (0.25, -depth), xytext=(0, -5), textcoords="offset points", va="top")
    ax.set(xlim=(-0.3, 1.7), ylim=(-1.2 * depth, 0.14 * depth))
    ax.axis("off")
