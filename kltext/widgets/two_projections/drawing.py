"""A mixture with its two nearest Gaussians, drawn for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from kltext import plots
from kltext.mixtures import GaussianMixture
from kltext.projections import GaussianFit

DASHES = {"forward": (0, (1.2, 1.8)), "reverse": (0, (4.5, 2.2))}


def two_fits(target: GaussianMixture, forward: GaussianFit, reverse: GaussianFit) -> Figure:
    """P solid, the forward fit dotted, the reverse fit dashed."""
    spread = 3.2 * float(np.max(target.stds))
    x = np.linspace(float(np.min(target.means)) - spread, float(np.max(target.means)) + spread, 401)
    figure = plots.figure(5.8, 2.8)
    ax = figure.subplots()
    density = np.exp(target.log_density(x))
    ax.fill_between(x, density, color=plots.COLOURS["p"], alpha=0.12, linewidth=0)
    ax.plot(x, density, color=plots.COLOURS["p"], label="P")
    for name, fit in (("forward", forward), ("reverse", reverse)):
        curve = np.exp(GaussianMixture([1.0], [fit.mean], stds=fit.std).log_density(x))
        ax.plot(x, curve, color=plots.COLOURS["q"], linestyle=DASHES[name], label=f"Q, {name} fit")
    ax.set(xlabel="x", ylabel="density", ylim=(0, None))
    ax.legend(frameon=False)
    return figure
