"""One sample under the clip, drawn for pages without scripts: the objective for both signs, and the three estimators."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from kltext import kl_estimators, plots, ppo_clip_objective

_DASHES = (0, (4.5, 2.2))
_DOTS = (0, (1, 1.6))


def objective_and_estimators(ratio: float, advantage: float, epsilon: float) -> Figure:
    """Left the clipped objective over the ratio, dotted where its gradient is zero; right k1, k2 and k3 over the same axis."""
    figure = plots.figure(5.8, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1])
    end = max(2.5, 1.1 * ratio)
    corners = np.array([0, 1 - epsilon, 1 + epsilon, end])
    size = abs(advantage) or 1.0
    for sign in (1, -1):
        mine = sign * size == advantage
        with np.errstate(divide="ignore"):
            heights = ppo_clip_objective(np.log(corners), np.zeros(4), sign * size, epsilon=epsilon).terms
        alive, dead = (slice(0, 3), slice(2, 4)) if sign > 0 else (slice(1, 4), slice(0, 2))
        shade = 1.0 if mine else 0.4
        left.plot(corners[alive], heights[alive], color=plots.COLOURS["gain"], linewidth=2, alpha=shade)
        left.plot(corners[dead], heights[dead], color=plots.COLOURS["loss"], linewidth=2, linestyle=_DOTS, alpha=shade)
    left.plot([0, end], [0, end * advantage], color=plots.COLOURS["line"], linewidth=1, linestyle=_DASHES)
    with np.errstate(divide="ignore"):
        here = float(ppo_clip_objective(np.log(ratio), 0.0, advantage, epsilon=epsilon).value)
    reach = 1.15 * max(size * (1 + epsilon), 1.6 * size, abs(here))
    left.plot(ratio, here, marker="o", color=plots.COLOURS["q"])
    left.set(xlabel="ρ = π_new / π_old", title="objective; dotted: gradient 0", xlim=(0, end), ylim=(-reach, reach))
    ratios = np.geomspace(0.02, end, 120)
    for values, dashes, name in zip(kl_estimators(np.zeros(120), np.log(ratios)), ("solid", _DASHES, _DOTS), ("k1", "k2", "k3"), strict=True):
        right.plot(ratios, values, linestyle=dashes, label=name, color={"k1": plots.COLOURS["ink"], "k2": plots.COLOURS["r"], "k3": plots.COLOURS["gain"]}[name])
    right.axvline(ratio, color=plots.COLOURS["q"], linestyle=_DOTS, linewidth=1)
    right.set(xlabel="ρ", title="adds to", xlim=(0, end), ylim=(-1.2, 2))
    right.legend(loc="upper right")
    for ax in (left, right):
        ax.axvspan(1 - epsilon, 1 + epsilon, color=plots.COLOURS["line"], alpha=0.18, linewidth=0)
    return figure
