"""One latent dimension drawn for pages without scripts: the plane with its lines of equal KL, and what the variance costs."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from kltext import plots, vae_kl


def plane_and_parts(mean: float, log_var: float, budget: float) -> Figure:
    """Left the plane of mean and log variance, with the budget and the downhill arrow; right the variance's part beside its axis."""
    figure = plots.figure(5.8, 3.4)
    left, right = figure.subplots(1, 2, width_ratios=[2.2, 1], sharey=True)
    half = max(4.0, 1.15 * abs(mean), 1.1 * math.sqrt(2 * budget))
    low, high = min(-8.0, 1.1 * log_var), max(8.0, min(1.1 * log_var, 705.0))
    means, spreads = np.linspace(-half, half, 101), np.linspace(low, high, 161)
    cost = vae_kl(means[None, :], spreads[:, None])
    with np.errstate(divide="ignore"):
        decades = np.log10(cost)
    most = math.ceil(float(np.max(decades)))
    every = max(1, math.ceil(most / 6))
    lines = left.contour(means, spreads, decades, levels=[k for k in range(-1, most, every) if abs(k - math.log10(budget)) > 0.1], colors=plots.COLOURS["line"], linewidths=0.8, linestyles="solid")
    left.clabel(lines, fmt=lambda k: f"{10.0**k:g}", fontsize=8.5)
    left.contour(means, spreads, decades, levels=[math.log10(budget)], colors=plots.COLOURS["gain"], linewidths=2)
    slope = np.array([-mean / half, -math.expm1(log_var) / (high - low)])
    if size := float(np.hypot(*slope)):
        end = slope / size * min(0.5, 0.15 * math.log1p(4 * size))
        left.annotate(
            "", (mean + end[0] * half, log_var + end[1] * (high - low) / 2), (mean, log_var),
            arrowprops={"arrowstyle": "->", "color": plots.COLOURS["ink"], "linewidth": 1.6},
        )
    left.plot(mean, log_var, marker="o", color=plots.COLOURS["q"])
    left.set(xlabel="μ", ylabel="ℓ = log σ²", title=f"lines of equal KL; thick: {budget:g} nat{'' if budget == 1 else 's'}")
    part = float(vae_kl(0.0, log_var))
    up, down = spreads[spreads >= 0], spreads[spreads <= 0]
    right.plot(vae_kl(0.0, up), up, color=plots.COLOURS["loss"])
    right.plot(vae_kl(0.0, down), down, color=plots.COLOURS["ink"])
    right.plot(part, log_var, marker="o", color=plots.COLOURS["q"])
    right.set(xlim=(0, max(4.0, 1.15 * part)), title="½(σ²−1−ℓ)", xlabel="nats")
    return figure
