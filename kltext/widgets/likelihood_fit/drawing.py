"""The data, the model and the losses of the likelihood fit, drawn for pages without scripts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from kltext import plots


def fit(
    data: Sequence[float], mean: float, std: float, best: tuple[float, float], loss: float, floor: float, unit: str
) -> Figure:
    """Densities with the data below them; then −log q of each point, its mean and the floor."""
    nats = np.log(2) if unit == "bits" else 1.0
    points = np.asarray(data)
    low = min(points.min() - 0.5, mean - 2.6 * std, best[0] - 2 * best[1])
    high = max(points.max() + 0.5, mean + 2.6 * std, best[0] + 2 * best[1])
    x = np.linspace(low, high, 241)
    dashes = (0, (4.5, 2.2))

    def density(x: np.ndarray, mean: float, std: float) -> np.ndarray:
        return np.asarray(np.exp(-(((x - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi)))

    def cost(x: np.ndarray) -> np.ndarray:
        return np.asarray((np.log(std * np.sqrt(2 * np.pi)) + ((x - mean) / std) ** 2 / 2) / nats)

    figure = plots.figure(5.8, 4.2)
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.plot(x, density(x, *best), color=plots.COLOURS["p"], linewidth=1.5)
    top.plot(x, density(x, mean, std), color=plots.COLOURS["q"], linestyle=dashes)
    top.vlines(points, 0, density(points, mean, std), color=plots.COLOURS["q"], linewidth=1)
    top.plot(points, 0 * points, "o", color=plots.COLOURS["p"], clip_on=False)
    top.set(ylabel="density", ylim=(0, None), xlim=(low, high))
    bottom.plot(x, cost(x), color=plots.COLOURS["q"], linestyle=dashes)
    bottom.vlines(points, 0, cost(points), color=plots.COLOURS["ink"])
    bottom.axhline(loss, color=plots.COLOURS["ink"], linestyle=dashes, linewidth=1.5)
    bottom.axhline(floor, color=plots.COLOURS["p"], linewidth=1.5)
    bottom.set(ylabel=f"loss ({unit})", xlabel="x", ylim=(min(0.0, floor, float(cost(points).min())) - 0.3, 1.1 * max(4.0, loss)))
    return figure
