"""The zoo as a still picture, for pages without scripts and for print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import CARETUPBASE

import kltext
from kltext import plots

if TYPE_CHECKING:
    from kltext.widgets.divergence_zoo import DivergenceZoo

__all__ = ["four_panels"]

_DASHES = (0, (4.5, 2.2))
_WIDEST = 12.0


@mpl.rc_context(plots.STYLE)
def four_panels(zoo: DivergenceZoo) -> Figure:
    """P and Q; f with the points and tangents; what each outcome adds; the pair among those that can be reached."""
    figure = plots.figure(5.8, 6.0)
    (laws, curve), (shares, region) = figure.subplots(2, 2)
    _laws(laws, zoo)
    _curve(curve, zoo)
    _shares(shares, zoo)
    _region(region, zoo)
    return figure


def _laws(ax: Axes, zoo: DivergenceZoo) -> None:
    places = np.arange(len(zoo.p))
    ax.bar(places - 0.18, zoo.p, 0.34, color=plots.COLOURS["p"])
    ax.bar(places + 0.18, zoo.q, 0.34, facecolor="none", edgecolor=plots.COLOURS["q"], linestyle=_DASHES)
    ax.set(title="P (solid) and Q (dashed)", xticks=places, xticklabels=zoo.labels)
    ax.tick_params(axis="x", length=0)


def _curve(ax: Axes, zoo: DivergenceZoo) -> None:
    f = zoo.f
    assert f.derivative is not None
    with np.errstate(all="ignore"):
        ratios = np.array(zoo.p) / np.array(zoo.q)
    inside = ratios <= _WIDEST
    end = 1.12 * max([2.4, *ratios[inside]])
    t = np.linspace(0, 1, 200)[1:] ** 2 * end
    heights = f.f(t)
    top = 1.1 * max(0.1, heights[-1], min(f.at_zero, heights[60]), *(f.f(r) for r in ratios[inside & (ratios > 0)]))
    ax.plot(t, heights, color=plots.COLOURS["ink"])
    guess = np.array(zoo.guess)
    for g, slope, height in zip(guess, f.derivative(guess), f.f(guess), strict=True):
        ax.plot([0, end], [height - g * slope, height + (end - g) * slope], color=plots.COLOURS["r"], linewidth=0.9, linestyle=_DASHES)
    for r, mass, label in zip(ratios[inside], np.array(zoo.q)[inside], np.array(zoo.labels)[inside], strict=True):
        height = f.f(np.array([r]))[0] if r > 0 else f.at_zero
        if height <= top:
            ax.plot([r], [height], "o", color=plots.COLOURS["q"], markersize=max(3, 14 * np.sqrt(mass)), alpha=0.6)
            ax.annotate(str(label), (r, height), xytext=(0, 8), textcoords="offset points", ha="center")
    ax.set(title=f"f = {f.name} and its tangents", xlabel="ratio t = p/q", xlim=(0, end), ylim=(min(-0.3 * top, 1.1 * heights.min()), top))


def _shares(ax: Axes, zoo: DivergenceZoo) -> None:
    f = zoo.f
    p, q, per = np.array(zoo.p), np.array(zoo.q), zoo._per(zoo.generator)
    assert f.derivative is not None
    tilt = float(f.derivative(np.ones(1))[0])
    found = (np.asarray(f.term(np, p, q)) + (0.0 if zoo.level else tilt) * (p - q)) / per
    top = 1.15 * max([0.05, *np.abs(found[np.isfinite(found)])])
    for i, value in enumerate(found):
        height = min(value, 1.3 * top)
        if value >= 0:
            ax.bar([i], [height], 0.6, color=plots.COLOURS["gain"])
        else:
            ax.bar([i], [height], 0.6, facecolor="none", edgecolor=plots.COLOURS["loss"], hatch="////")
        if np.isinf(value):
            ax.plot([i], [top], marker=CARETUPBASE, color=plots.COLOURS["gain"], markersize=14, clip_on=False)
            ax.text(i, 0, "∞", ha="center", va="bottom", color="white", fontsize=14)
    low = min(0.0, 1.3 * float(found.min()))
    ax.axhline(0, color=plots.COLOURS["line"], linewidth=0.8)
    ax.set(title="q·f(p/q), summing to the\ndivergence", xticks=range(len(p)), xticklabels=zoo.labels, ylim=(low, top))
    ax.tick_params(axis="x", length=0)


def _least(per: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The least D for each total variation, by a parameter (Fedotov, Harremoës & Topsøe)."""
    x = 300 * np.linspace(0.01, 1, 120) ** 3
    coth, sinh = 1 / np.tanh(x), np.sinh(x)
    least = np.log(x / sinh) + x * coth - (x / sinh) ** 2
    return np.append(0, x * (1 - (coth - 1 / x) ** 2) / 2), np.append(0, least / per)


def _region(ax: Axes, zoo: DivergenceZoo) -> None:
    found = zoo.numbers()
    v = np.linspace(0, 1, 81)
    coins = np.stack([(1 + v) / 2, (1 - v) / 2], axis=-1)
    ends = np.stack([v, 1 - v], axis=-1)
    last = np.stack([np.zeros(81), np.ones(81)], axis=-1)
    name, symbol = {"kl": ("kl_pq", "D(P‖Q)"), "hellinger": ("squared_hellinger", "H²(P,Q)"), "js": ("js", "JS(P,Q)")}[zoo.region]
    if zoo.region == "kl":
        per = zoo._per("kl")
        top = 1.06 * max(2 / per, found[name] if found[name] < 6 else 0)
        with np.errstate(divide="ignore"):
            sides = np.array([2 * v**2, -np.log1p(-(v**2))]) / per
        for side, dashes in zip(sides, (_DASHES, (0, (1, 1.5))), strict=True):
            ax.plot(v, np.minimum(side, 2 * top), color=plots.COLOURS["ink"], linestyle=dashes, linewidth=1.2)
        ax.fill_between(*_least(per), 99, color=plots.COLOURS["line"], alpha=0.3, linewidth=0)
    else:
        kind = "js" if zoo.region == "js" else "squared-hellinger"
        per = zoo._per(kind)
        top = 1.06 * (np.log(2) / per if zoo.region == "js" else 1.0)
        least, most = (np.asarray(kltext.f_divergence(a, b, kind)) / per for a, b in ((coins, coins[:, ::-1]), (ends, last)))
        ax.fill_between(v, least, most, color=plots.COLOURS["line"], alpha=0.45, linewidth=0)
        ax.fill_between(v, most, v * top / 1.06, color=plots.COLOURS["line"], alpha=0.2, linewidth=0)
    value = found[name]
    ax.plot([found["tv"]], [min(value, top)], "^" if value > top else "o", color=plots.COLOURS["gain"], markersize=8, clip_on=False)
    ax.set(title=f"{symbol} against total\nvariation: what can be reached", xlabel="TV(P,Q)", xlim=(0, 1), ylim=(0, top))
