"""The drawing that stands in for the widget where no script runs."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kltext.plots import COLOURS, STYLE
from kltext.widgets.question_tree.trees import Tree, answers, leaves


def draw(groups: Sequence[Tree], p: Sequence[float], labels: Sequence[str]) -> Figure:
    """The questions on top, as deep as they are asked; P below, each outcome under its leaf."""
    order = [i for group in groups for i in leaves(group)]
    place = {i: float(k) for k, i in enumerate(order)}
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.2), layout="constrained")
        top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=[1.5, 1])

        def visit(node: Tree, depth: int) -> float:
            if isinstance(node, int):
                top.plot([place[node]], [depth], "o", color=COLOURS["p"], markersize=6)
                return place[node]
            ends = [visit(child, depth + 1) for child in node]
            x = sum(ends) / 2
            for bit, end in zip("01", ends, strict=True):
                top.plot([x, end], [depth, depth + 1], color=COLOURS["ink"], linewidth=1.4, zorder=1)
                side = -1 if end < x else 1
                top.annotate(bit, ((x + end) / 2, depth + 0.5), xytext=(7 * side, 0), textcoords="offset points", ha="center")
            top.plot([x], [depth], "o", color=COLOURS["gain"], markersize=8)
            return x

        for group in groups:
            visit(group, 0)
        top.set(ylabel="questions", ylim=(max(3, len(p) - 1) + 0.3, -0.4), yticks=range(max(3, len(p) - 1) + 1))
        top.tick_params(axis="x", length=0, labelbottom=False)
        top.spines["bottom"].set_visible(False)
        bottom.bar(np.arange(len(p)), [p[i] for i in order], width=0.5, color=COLOURS["p"], alpha=0.6)
        words = answers(groups, len(p))
        bottom.set_xticks(range(len(p)), [f"{_short(labels[i], len(p))}\n{words[i] or '–'}" for i in order])
        bottom.set_ylabel("probability")
        bottom.tick_params(axis="x", length=0)
    return fig


def _short(name: str, count: int) -> str:
    room = 54 // count
    return name if len(name) <= room else f"{name[: room - 1]}…"
