"""The tilted policy as a still picture, for pages without scripts and for print."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kltext import plots
from kltext.rlhf import reward_kl_frontier

if TYPE_CHECKING:
    from kltext.widgets.tilted_policy import TiltedPolicy

__all__ = ["leash"]

_DASHES = (0, (4.5, 2.2))


@mpl.rc_context(plots.STYLE)
def leash(widget: TiltedPolicy) -> Figure:
    """The laws on top with the optimum as marks, the rewards below them, and the frontier with its tangent.

    >>> from kltext.widgets import TiltedPolicy
    >>> [ax.get_ylabel() for ax in leash(TiltedPolicy()).axes]
    ['probability', 'reward', 'average reward']
    """
    found = widget.numbers()
    figure = plots.figure(5.8, 5.4)
    above, middle, ax = figure.subplots(3, 1, height_ratios=[1, 0.7, 1.9])
    x = np.arange(len(widget.reference))
    above.bar(x - 0.18, widget.policy, 0.34, color=plots.COLOURS["p"])
    above.bar(x + 0.18, widget.reference, 0.34, facecolor="none", edgecolor=plots.COLOURS["q"], linestyle=_DASHES)
    above.plot(x - 0.18, widget.optimum, "D", color=plots.COLOURS["gain"], markersize=6)
    above.set(ylabel="probability", xticks=x, xticklabels=widget.labels)
    middle.bar(x, widget.reward, 0.5, color=plots.COLOURS["r"])
    middle.axhline(0, color=plots.COLOURS["line"], linewidth=0.8)
    middle.set(ylabel="reward", xticks=[])
    curve = reward_kl_frontier(list(widget.reference), list(widget.reward), np.geomspace(0.01, 500, 120))
    ax.plot(curve.kl, curve.reward, color=plots.COLOURS["gain"])
    far = 1.12 * max(0.5, float(curve.kl.max()), found["kl"] if math.isfinite(found["kl"]) else 0)
    if math.isfinite(widget.beta):
        sides = found["best_kl"] + np.array([-0.35, 0.35]) * far / math.hypot(1, widget.beta)
        ax.plot(sides, found["best_earned"] + widget.beta * (sides - found["best_kl"]), color=plots.COLOURS["ink"], linestyle=_DASHES, linewidth=1.2)
    ax.plot([found["best_kl"]], [found["best_earned"]], "D", color=plots.COLOURS["gain"])
    if math.isfinite(found["kl"]):
        ax.plot([found["kl"]], [found["earned"]], "s", color=plots.COLOURS["p"])
    seen = [*curve.reward, found["earned"]]
    low, high = min(seen), max(seen)
    room = 0.1 * (high - low) or 0.5
    ax.set(xlabel="divergence from the reference (nats)", ylabel="average reward", xlim=(-0.03 * far, far), ylim=(low - room, high + room))
    return figure
