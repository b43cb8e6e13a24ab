"""The playground as a still picture, for pages without scripts: the map of the latents, the picture, and its decoded twin."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse
from numpy.typing import NDArray

from kltext import plots
from kltext.widgets.vae_playground.network import CELLS, REACH, Network

__all__ = ["highest_density", "map_and_pictures"]

Floats = NDArray[np.float64]
HALF = 4.5
MASSES = tuple(1 - np.exp(-(k**2) / 2) for k in (1, 2))
"""What a Gaussian in the plane has within one and two standard deviations."""


def highest_density(log_joint: Floats, masses: Sequence[float] = MASSES) -> list[float]:
    """How high log p(x, z) is on the border of the smallest region of the grid with such a share of the posterior."""
    heights = np.sort(log_joint, axis=None)[::-1]
    shares = np.cumsum(np.exp(heights - heights[0]))
    return [float(heights[np.searchsorted(shares, mass * shares[-1])]) for mass in masses]


@mpl.rc_context(plots.STYLE)
def map_and_pictures(network: Network, x: Floats, z: Floats, images: Sequence[tuple[Floats, str]]) -> Figure:
    """The images on the map of the latents, with q and the posterior of x; beside it x and what the decoder draws at z."""
    figure = plots.figure(5.8, 3.6)
    grid = figure.add_gridspec(2, 2, width_ratios=(2.1, 1))
    latents, above, below = (figure.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
    for radius in (1, 2, 3):
        latents.add_patch(Circle((0, 0), radius, fill=False, edgecolor=plots.COLOURS["line"], linewidth=0.8))
    for image, label in images:
        z1, z2 = network.encode(image)[0]
        latents.text(z1, z2, label, fontsize=8, ha="center", va="center", color=plots.COLOURS["ink"], clip_on=True)
    axis = np.linspace(-REACH, REACH, CELLS + 1)
    joint = network.log_joint(x)
    latents.contour(axis, axis, joint, levels=sorted(highest_density(joint)), colors=plots.COLOURS["p"], linewidths=1.6, linestyles="solid")
    mean, log_var = network.encode(x)
    for k in (1, 2):
        width, height = 2 * k * np.exp(log_var / 2)
        latents.add_patch(Ellipse(tuple(mean), width, height, fill=False, edgecolor=plots.COLOURS["q"], linewidth=1.8, linestyle=(0, (4.5, 2.2))))
    latents.plot(*z, marker="o", color=plots.COLOURS["r"])
    latents.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal", xticks=[-4, -2, 0, 2, 4], yticks=[-4, -2, 0, 2, 4], title="latents: q(z|x) dashed, posterior solid")
    _picture(above, x, "x")
    _picture(below, 1 / (1 + np.exp(-network.decode(z))), "decoded at z")
    return figure


def _picture(ax: Axes, ink: Floats, title: str) -> None:
    """64 pixels, each as opaque as there is ink."""
    for i, share in enumerate(ink):
        ax.add_patch(mpl.patches.Rectangle((i % 8, 7 - i // 8), 0.94, 0.94, facecolor=plots.COLOURS["p"], alpha=round(0.06 + 0.94 * float(share), 2), linewidth=0))
    ax.set(xlim=(0, 8), ylim=(0, 8), aspect="equal", xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)
