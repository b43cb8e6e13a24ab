"""One visual language for every figure of the book.

P is blue, solid and filled; Q is orange, dashed and outlined; the log-ratio r is violet. A contribution
p·r that adds to the divergence is solid green, one that takes away from it is hatched red. An infinite
value breaks the frame with an arrow and its outcome is named. Backgrounds are transparent and colours are
mid-tones, so a figure reads on white paper and on a dark page; hue is never the only cue.

Figures are plain `matplotlib.figure.Figure` objects: nothing here touches pyplot's global state.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import CARETDOWNBASE, CARETUPBASE
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .divergence import kl_divergence
from .gaussian import gaussian_kl

__all__ = [
    "COLOURS", "STYLE", "figure", "gaussian_panel", "ratio_panel", "signed_area", "to_svg", "use_style",
]

COLOURS: dict[str, str] = {
    "ink": "#7b818c",
    "line": "#a3a9b4",
    "p": "#3b82d6",
    "q": "#d97706",
    "r": "#9a6fd0",
    "gain": "#119c8d",
    "loss": "#d6457f",
}
"""Mid-tone colours; the site replaces exactly these values by the theme's own."""

STYLE: dict[Any, Any] = {  # matplotlib types the keys as literals
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "figure.dpi": 96,
    "savefig.dpi": 96,
    "savefig.pad_inches": 0.04,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 10.5,
    "axes.titlesize": 10.5,
    "axes.labelsize": 10.5,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "text.color": COLOURS["ink"],
    "axes.labelcolor": COLOURS["ink"],
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "axes.edgecolor": COLOURS["line"],
    "axes.titlecolor": COLOURS["ink"],
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 2,
    "hatch.linewidth": 1.1,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "one log-ratio",
    "path.simplify_threshold": 0.3,
}
"""Matplotlib's settings for the book: transparent, mid-toned, and the same bytes on every run."""

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_DASHES = (0, (4.5, 2.2))


def use_style() -> None:
    """Use the book's style for every figure drawn afterwards; in a notebook, show figures as SVG.

    >>> use_style()
    >>> mpl.rcParams["figure.facecolor"]
    'none'
    """
    mpl.rcParams.update(STYLE)
    try:
        shell = get_ipython()  # type: ignore[name-defined]
    except NameError:
        return
    from IPython.core.pylabtools import select_figure_formats

    select_figure_formats(shell, {"svg"})  # type: ignore[no-untyped-call]
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, lambda fig: _svg(fig, sized=True))


def figure(width: float = 5.8, height: float = 3.0) -> Figure:
    """An empty figure, sized in inches, that lays out its axes without overlap.

    The default width keeps the text readable when the picture is as narrow as a phone.

    >>> figure().get_size_inches().tolist()
    [5.8, 3.0]
    """
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def signed_area(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Fill between a curve and zero: what adds is solid, what takes away is hatched.

    >>> fig = figure(4, 2)
    >>> signed_area(fig.subplots(), np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    """
    ax.fill_between(x, y, where=y >= 0, interpolate=True, facecolor=COLOURS["gain"], alpha=0.55, linewidth=0)
    ax.fill_between(
        x, y, where=y <= 0, interpolate=True, facecolor="none", edgecolor=COLOURS["loss"], hatch="////", linewidth=0,
    )
    ax.plot(x, y, color=COLOURS["ink"], linewidth=1.2)


def ratio_panel(
    p: ArrayLike, q: ArrayLike, labels: Sequence[str] | None = None, base: float | None = None,
) -> Figure:
    """P and Q on top, their log-ratio r in the middle, the signed contributions p·r and their sum below.

    Args:
        p: Probabilities of P, one per outcome.
        q: Probabilities of Q, in the same order.
        labels: Names of the outcomes; letters a, b, c … if left out.
        base: Base of the logarithm; natural (nats) if left out.

    >>> fig = ratio_panel([0.9, 0.1], [0.5, 0.5], labels=["heads", "tails"], base=2)
    >>> [ax.get_ylabel() for ax in fig.axes]
    ['probability', 'r (bits)', 'p·r (bits)']
    """
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    total = float(kl_divergence(p, q, base=base))  # also validates p and q
    names = list(labels) if labels is not None else _letters(p.size)
    if len(names) != p.size:
        raise ValueError(f"labels names {len(names)} outcomes, p has {p.size}")
    scale = 1.0 if base is None else math.log(base)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (np.log(p) - np.log(q)) / scale  # ±inf where one law forbids the outcome, nan where both do
        contribution = np.where(p > 0, p * ratio, 0.0)
    unit = _unit(base)
    x = np.arange(p.size)

    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.6), layout="constrained")
        top, middle, bottom = fig.subplots(3, 1, sharex=True, height_ratios=[1.35, 1, 1.2])
        _paired_bars(top, x, p, q)
        _stems(middle, x, ratio, names)
        _contributions(bottom, x, contribution, total, names)
        top.set_ylabel("probability")
        middle.set_ylabel(f"r ({unit})")
        bottom.set_ylabel(f"p·r ({unit})")
        bottom.set_xticks([*x, _sum_column(p.size)], [*names, "sum"])
        bottom.set_xlim(-0.6, 2 * _sum_column(p.size) - p.size + 0.5)
        bottom.axvline(p.size - 0.5, color=COLOURS["line"], linewidth=0.8)
        for ax in (top, middle, bottom):
            ax.tick_params(axis="x", length=0)
            ax.spines["bottom"].set_visible(False)
            ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
            ax.axhline(0, color=COLOURS["line"], linewidth=0.8, zorder=1)
        _freeze(fig)
    return fig


def gaussian_panel(
    mean_p: float, std_p: float, mean_q: float, std_q: float, log_scale: bool = False,
) -> Figure:
    """Two Gaussian densities on top, their log-ratio (a parabola) in the middle, the integrand p·r below.

    The signed area of the integrand is D(P‖Q). `log_scale` shows the densities on a logarithmic axis.

    >>> fig = gaussian_panel(0, 1, 0, 2)
    >>> [ax.get_ylabel() for ax in fig.axes]
    ['density', 'r (nats)', 'p·r']
    """
    total = float(gaussian_kl(mean_p, std_p, mean_q, std_q))  # also validates the arguments
    low = min(mean_p - 4 * std_p, mean_q - 4 * std_q)
    high = max(mean_p + 4 * std_p, mean_q + 4 * std_q)
    x = np.linspace(low, high, 241)
    log_p, log_q = _log_density(x, mean_p, std_p), _log_density(x, mean_q, std_q)
    p, q, ratio = np.exp(log_p), np.exp(log_q), log_p - log_q

    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(5.8, 4.6), layout="constrained")
        top, middle, bottom = fig.subplots(3, 1, sharex=True, height_ratios=[1.35, 1, 1.2])
        ceiling = max(p.max(), q.max())
        if log_scale:
            floor = ceiling * 1e-7
            top.set_yscale("log")
            top.set_ylim(floor, ceiling * 8)
        else:
            floor = 0.0
            top.set_ylim(0, ceiling * 1.22)
        top.fill_between(x, np.maximum(p, floor), floor, color=COLOURS["p"], alpha=0.28, linewidth=0)
        top.plot(x, p, color=COLOURS["p"])
        top.plot(x, q, color=COLOURS["q"], linestyle=_DASHES)
        _name_curves(top, x, p, q)
        middle.plot(x, ratio, color=COLOURS["r"])
        middle.set_ylim(*_ratio_limits(x, ratio, mean_p, std_p))
        signed_area(bottom, x, p * ratio)
        bottom.annotate(
            f"area = D(P‖Q) = {total:.4g} nats", (0.99, 0.93), xycoords="axes fraction", ha="right", va="top",
        )
        top.set_ylabel("density")
        middle.set_ylabel("r (nats)")
        bottom.set_ylabel("p·r")
        bottom.set_xlabel("x")
        for ax in (middle, bottom):
            ax.axhline(0, color=COLOURS["line"], linewidth=0.8, zorder=1)
            ax.yaxis.set_major_locator(MaxNLocator(4))
        for ax in (top, middle):
            ax.tick_params(axis="x", length=0)
            ax.spines["bottom"].set_visible(ax is top)
        bottom.spines["bottom"].set_visible(False)
        bottom.set_ylim(*_headroom(p * ratio))
        bottom.set_xlim(low, high)
        _freeze(fig)
    return fig


def to_svg(fig: Figure, alt: str) -> str:
    """The figure as a small inline `<svg role="img">`: the same bytes every time, no styles, no metadata.

    Styles become presentation attributes (a strict Content-Security-Policy allows those), coordinates keep one
    decimal, and ids carry a digest of the picture, so that several figures can share one page.

    >>> svg = to_svg(ratio_panel([0.5, 0.5], [0.9, 0.1]), alt="A fair coin against a biased one.")
    >>> svg[:38], svg == to_svg(ratio_panel([0.5, 0.5], [0.9, 0.1]), alt="A fair coin against a biased one.")
    ('<svg xmlns="http://www.w3.org/2000/svg', True)
    """
    return _svg(fig, alt)


# --- drawing ------------------------------------------------------------------------------------------------------

def _paired_bars(ax: Axes, x: np.ndarray, p: np.ndarray, q: np.ndarray) -> None:
    """P as filled bars and Q as dashed outlines, side by side, named once where they differ most."""
    fill = (*mpl.colors.to_rgb(COLOURS["p"]), 0.32)
    x_p, x_q = x[p > 0], x[q > 0]  # an impossible outcome gets no bar at all
    ax.bar(x_p - 0.17, p[p > 0], width=0.3, facecolor=fill, edgecolor=COLOURS["p"], linewidth=1.8)
    ax.bar(x_q + 0.17, q[q > 0], width=0.3, facecolor="none", edgecolor=COLOURS["q"], linewidth=1.8, linestyle=_DASHES)
    ax.set_ylim(0, max(p.max(), q.max()) * 1.24)
    clear = int(np.argmax(np.abs(p - q)))
    for values, colour, letter, offset in ((p, COLOURS["p"], "P", -0.17), (q, COLOURS["q"], "Q", 0.17)):
        _letter(ax, letter, clear + offset, values[clear], colour)


def _stems(ax: Axes, x: np.ndarray, ratio: np.ndarray, names: list[str]) -> None:
    finite = np.isfinite(ratio)
    low, high = min(0.0, ratio[finite].min(initial=0.0)), max(0.0, ratio[finite].max(initial=0.0))
    reach = max(high - low, 0.05)
    low = min(1.5 * low, -0.6 * reach) if np.isneginf(ratio).any() else low
    high = max(1.5 * high, 0.6 * reach) if np.isposinf(ratio).any() else high
    ax.set_ylim(low - 0.16 * reach, high + 0.16 * reach)
    ax.vlines(x[finite], 0, ratio[finite], color=COLOURS["r"], linewidth=2)
    ax.plot(x[finite], ratio[finite], "o", color=COLOURS["r"], markersize=6)
    for up in (True, False):
        _name_infinite(ax, np.flatnonzero(ratio == (np.inf if up else -np.inf)), names, up, COLOURS["r"], width=0.03)
    for i in np.flatnonzero(np.isnan(ratio)):
        ax.annotate("0/0", (x[i], 0), xytext=(0, 4), textcoords="offset points", ha="center")


def _contributions(ax: Axes, x: np.ndarray, contribution: np.ndarray, total: float, names: list[str]) -> None:
    finite = np.where(np.isfinite(contribution), contribution, 0.0)
    low, high = finite.min(), max(finite.max(), total if np.isfinite(total) else 0.0)
    span = max(high - low, 1e-3)
    where = _sum_column(x.size)
    if np.isfinite(total):
        ax.set_ylim(low - 0.12 * span, max(high + 0.12 * span, max(total, 0.0) + 0.58 * span))
        _signed_bars(ax, np.append(x, where), np.append(finite, total))
        ax.annotate(
            f"D(P‖Q)\n= {total:.4g}", (where, max(total, 0.0)), xytext=(0, 4), textcoords="offset points",
            ha="center", va="bottom", linespacing=1.15,
        )
        return
    ax.set_ylim(low - 0.12 * span, max(1.5 * high, 0.9 * span) + 0.12 * span)
    _signed_bars(ax, x, finite)
    _name_infinite(ax, np.flatnonzero(np.isinf(contribution)), names, True, COLOURS["gain"], width=0.3)
    _break_frame(ax, where, True, COLOURS["gain"], width=0.3)
    _beside(ax, where + 0.15, "D = ∞", True, COLOURS["gain"], side=1)


def _sum_column(count: int) -> float:
    """Where the bar of the sum stands: right of the last outcome, with room for its label."""
    return count - 0.5 + max(0.7, 0.09 * count)


def _signed_bars(ax: Axes, x: np.ndarray, heights: np.ndarray) -> None:
    up, down = heights > 0, heights < 0
    ax.bar(x[up], heights[up], width=0.5, color=COLOURS["gain"], alpha=0.75, linewidth=0)
    ax.bar(x[down], heights[down], width=0.5, facecolor="none", edgecolor=COLOURS["loss"], hatch="////", linewidth=1.2)


def _name_infinite(ax: Axes, where: np.ndarray, names: list[str], up: bool, colour: str, width: float) -> None:
    """Break the frame at every infinite outcome and name them all once, on the side that has more room."""
    if where.size == 0:
        return
    for i in where:
        _break_frame(ax, float(i), up, colour, width)
    text = ("+∞ at " if up else "−∞ at ") + ", ".join(names[i] for i in where)
    side = -1 if where.mean() > (len(names) - 1) / 2 else 1
    _beside(ax, (where[0] if side < 0 else where[-1]) + side * width / 2, text, up, colour, side)


def _break_frame(ax: Axes, x: float, up: bool, colour: str, width: float) -> None:
    """An infinite bar: it runs to a slanted gap ("not to scale"), goes on, and leaves the axes as an arrow."""
    edge = ax.get_ylim()[1 if up else 0]
    left, right, slant = x - width / 2, x + width / 2, 0.05 * edge * min(1.0, width / 0.3)
    lower = [(left, 0), (left, 0.5 * edge), (right, 0.5 * edge + slant), (right, 0)]
    upper = [(left, 0.6 * edge), (left, edge), (right, edge), (right, 0.6 * edge + slant)]
    for corners in (lower, upper):
        ax.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", clip_on=False))
    ax.plot([x], [edge], marker=CARETUPBASE if up else CARETDOWNBASE, markersize=9 if width < 0.1 else 14, color=colour,
            markeredgewidth=0, clip_on=False)


def _beside(ax: Axes, x: float, text: str, up: bool, colour: str, side: int) -> None:
    ax.annotate(
        text, (x, 0.86 * ax.get_ylim()[1 if up else 0]), xytext=(7 * side, 0), textcoords="offset points", color=colour,
        ha="left" if side > 0 else "right", va="center", fontweight="bold", annotation_clip=False,
    )


def _letter(ax: Axes, letter: str, x: float, y: float, colour: str) -> None:
    ax.annotate(
        letter, (x, y), xytext=(0, 3), textcoords="offset points", color=colour, ha="center", va="bottom",
        fontweight="bold",
    )


def _name_curves(ax: Axes, x: np.ndarray, p: np.ndarray, q: np.ndarray) -> None:
    """The letters P and Q, each where its curve stands highest above the other one."""
    at_p, at_q = int(np.argmax(p - q)), int(np.argmax(q - p))
    if np.allclose(p, q):  # one curve: name it on both flanks
        at_p, at_q = (int(np.argmin(np.abs(x - end))) for end in np.quantile(x, [0.42, 0.58]))
    _letter(ax, "P", x[at_p], max(p[at_p], q[at_p]), COLOURS["p"])
    _letter(ax, "Q", x[at_q], max(p[at_q], q[at_q]), COLOURS["q"])


def _ratio_limits(x: np.ndarray, ratio: np.ndarray, mean_p: float, std_p: float) -> tuple[float, float]:
    """Show r where P lives (three standard deviations); beyond that it may run off the axes."""
    seen = ratio[np.abs(x - mean_p) <= 3 * std_p]
    low, high = min(float(seen.min(initial=0.0)), 0.0), max(float(seen.max(initial=0.0)), 0.0)
    margin = 0.12 * max(high - low, 0.5)
    return low - margin, high + margin


def _headroom(y: np.ndarray) -> tuple[float, float]:
    """Room above the curve for its label; identical laws still get a visible axis."""
    low, high = min(float(y.min()), 0.0), max(float(y.max()), 0.0)
    span = max(high - low, 0.05)
    return low - 0.1 * span, high + 0.32 * span


def _freeze(fig: Figure) -> None:
    """Lay the figure out once; laying it out again at every drawing would move it by a fraction of a pixel."""
    fig.align_ylabels()
    fig.draw_without_rendering()
    fig.set_layout_engine("none")


def _log_density(x: np.ndarray, mean: float, std: float) -> np.ndarray:
    return -0.5 * ((x - mean) / std) ** 2 - math.log(std) - 0.5 * math.log(2 * math.pi)


def _letters(count: int) -> list[str]:
    return [chr(ord("a") + i) for i in range(count)]


def _unit(base: float | None) -> str:
    if base is None:
        return "nats"
    return "bits" if base == 2 else f"base {base:g}"


# --- SVG ----------------------------------------------------------------------------------------------------------

_SVG = "http://www.w3.org/2000/svg"
_PX_PER_POINT = 96 / 72
_HREF = "{http://www.w3.org/1999/xlink}href"
_INITIAL = {("stroke-linejoin", "miter"), ("stroke-opacity", "1"), ("fill-opacity", "1"), ("opacity", "1")}


def _svg(fig: Figure, alt: str = "", sized: bool = False) -> str:
    """The tidied drawing. A notebook's page gives the alt text and needs a size; a widget's place has a size."""
    buffer = io.StringIO()
    with mpl.rc_context(STYLE):
        fig.savefig(buffer, format="svg", bbox_inches="tight", metadata=_NO_METADATA)
    root = ET.fromstring(buffer.getvalue())
    width, height = (float(n) for n in root.get("viewBox", "").split()[2:])
    _tidy(root)
    if alt:
        root.set("role", "img")
        root.set("aria-label", alt)
    if sized:
        root.set("width", f"{width * _PX_PER_POINT:.0f}")
        root.set("height", f"{height * _PX_PER_POINT:.0f}")
    ET.register_namespace("", _SVG)
    drawing = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    # of the rounded drawing: processors differ in the last digits before that
    digest = hashlib.sha256(drawing.encode()).hexdigest()[:6]
    return re.sub(r'((?:id="|#))part-(?=\d)', rf"\1k{digest}-", drawing)


def _tidy(root: ET.Element) -> None:
    """Keep only what draws: no metadata, no style attributes, no unreferenced ids, one decimal."""
    used = set(re.findall(r"#([\w-]+)", " ".join(
        value for node in root.iter() for name, value in node.attrib.items() if name == _HREF or "url(#" in value
    )))
    in_order = [name for node in root.iter() if (name := node.get("id")) in used]
    renamed = {old: f"part-{i}" for i, old in enumerate(dict.fromkeys(in_order))}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for node in root.iter():
        node.text = node.tail = None
        for declaration in filter(None, (part.strip() for part in node.attrib.pop("style", "").split(";"))):
            name, value = (part.strip() for part in declaration.split(":", 1))
            if (name, value) not in _INITIAL:
                node.set(name, value)
        if _HREF in node.attrib:
            node.set("href", node.attrib.pop(_HREF))
        if node.get("id") not in renamed:
            node.attrib.pop("id", None)
        for name, value in node.attrib.items():
            if name == "id":
                node.set(name, renamed[value])
            elif name == "href" or "url(#" in value:
                node.set(name, re.sub(r"#([\w-]+)", lambda m: "#" + renamed[m.group(1)], value))
            elif name in ("d", "transform", "x", "y", "width", "height", "viewBox"):
                node.set(name, _shorten(value))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    _flatten(root)


def _shorten(numbers: str) -> str:
    """One decimal of a point is plenty, except inside scale(), which carries the size of the letters.

    In path data a repeated command letter may be left out, and is.

    >>> _shorten("M 1.25 2.0 L 3.04 4.0 L 5.5 6.66"), _shorten("translate(1.234 5) scale(0.015625)")
    ('M1.3 2L3 4 5.5 6.7', 'translate(1.2 5) scale(0.015625)')
    """
    def short(match: re.Match[str]) -> str:
        if match.group().startswith("scale"):
            return match.group()
        # what stands half way goes up, also where a processor's last digit puts it a little lower
        return f"{round(float(match.group()) + 2e-5, 1) + 0.0:.1f}".removesuffix(".0")

    text = re.sub(r"scale\([^)]*\)|-?\d+\.\d+", short, numbers)
    text = re.sub(r"\s+", " ", text).strip()
    while True:  # "L 1 2 L 3 4" is "L 1 2 3 4"
        fewer = re.sub(r"([LQC])( -?[\d. -]+?) \1(?= )", r"\1\2", text)
        if fewer == text:
            return re.sub(r" ?([MLQCz]) ?(?![a-z(])", r"\1", text)
        text = fewer


def _flatten(node: ET.Element) -> None:
    """Replace groups that carry no attribute by their children, and drop the empty ones."""
    children: list[ET.Element] = []
    for child in node:
        _flatten(child)
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            children.extend(child)
        elif child.tag in (f"{{{_SVG}}}g", f"{{{_SVG}}}defs") and len(child) == 0:
            continue
        else:
            children.append(child)
    node[:] = children
