"""The two sides of a Bregman gap, drawn for pages without scripts."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kltext import plots
from kltext.widgets._base import short
from kltext.widgets.bregman_gap.families import Family


def two_sides(law: Family, mean_p: float, mean_q: float) -> Figure:
    """Left A with the tangent at P and the gap at Q; right the conjugate with the tangent at Q and the gap at P."""
    figure = plots.figure(5.8, 3.2)
    left, right = figure.subplots(1, 2)
    theta_p, theta_q = law.natural(mean_p), law.natural(mean_q)
    value = f"D(P‖Q) = {short(law.kl(mean_p, mean_q))}"

    ends = [t for t in (theta_p, theta_q) if math.isfinite(t)] or [0.0]
    margin = 0.5 * (max(ends) - min(ends)) or 1.0
    grid = np.linspace(min(ends) - margin, max(ends) + margin, 201)
    if law.title == "exponential":
        grid = grid[grid < 0]
    left.plot(grid, [law.partition(float(t)) for t in grid], color=plots.COLOURS["ink"])
    left.plot(grid, mean_p * grid - law.conjugate(mean_p), color=plots.COLOURS["p"], linewidth=1.2)
    _points(left, (theta_p, theta_q), law.partition)
    if math.isfinite(theta_q):
        _gap(left, theta_q, mean_p * theta_q - law.conjugate(mean_p), law.partition(theta_q))
    left.set(xlabel="θ", ylabel="A(θ)", title=f"tangent at P, gap at Q:\n{value}")

    margin = 0.5 * abs(mean_p - mean_q) or 1.0
    means = np.linspace(max(law.least, min(mean_p, mean_q) - margin), min(law.most, max(mean_p, mean_q) + margin), 201)
    if law.title == "exponential":
        means = means[means > 0]
    right.plot(means, [law.conjugate(float(m)) for m in means], color=plots.COLOURS["ink"])
    _points(right, (mean_p, mean_q), law.conjugate)
    if math.isfinite(theta_q):
        line = theta_q * means - law.partition(theta_q)
        right.plot(means, line, color=plots.COLOURS["q"], linestyle=(0, (4.5, 2.2)), linewidth=1.2)
        _gap(right, mean_p, theta_q * mean_p - law.partition(theta_q), law.conjugate(mean_p))
    else:
        right.axvline(mean_q, color=plots.COLOURS["q"], linestyle=(0, (4.5, 2.2)), linewidth=1.2)
    right.set(xlabel="μ", ylabel="A*(μ)", title=f"tangent at Q, gap at P:\n{value}")
    return figure


def _points(ax: Axes, places: tuple[float, float], f: object) -> None:
    for place, which, marker in zip(places, "pq", "os", strict=True):
        if math.isfinite(place):
            height = f(place)  # type: ignore[operator]
            ax.plot(place, height, marker=marker, color=plots.COLOURS[which])
            ax.annotate(which.upper(), (place, height), xytext=(0, 7), textcoords="offset points", color=plots.COLOURS[which], ha="center")


def _gap(ax: Axes, x: float, low: float, high: float) -> None:
    ax.plot([x, x], [low, high], color=plots.COLOURS["gain"], linewidth=3, solid_capstyle="butt", zorder=1)
