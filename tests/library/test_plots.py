"""The figures: what they show is what kltext computes, and their SVG is small, clean and always the same."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from kltext import gaussian_kl, kl_divergence, plots

P, Q = [0.35, 0.25, 0.40], [0.70, 0.25, 0.05]


def texts(fig):
    return [text for text in fig.findobj(Text) if text.get_text() and text.get_visible()]


def words(fig):
    return [text.get_text() for text in texts(fig)]


def bars(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_contributions_and_their_sum_are_drawn_to_scale():
    _, _, bottom = plots.ratio_panel(P, Q).axes
    heights = sorted(bar.get_height() for bar in bars(bottom))
    expected = [p * np.log(p / q) for p, q in zip(P, Q, strict=True) if p != q] + [kl_divergence(P, Q)]
    np.testing.assert_allclose(heights, sorted(expected))


def test_the_stems_are_the_log_ratio_in_the_unit_asked_for():
    middle = plots.ratio_panel(P, Q, base=2).axes[1]
    (marks,) = (line for line in middle.lines if line.get_marker() == "o")
    np.testing.assert_allclose(marks.get_ydata(), [-1, 0, 3], atol=1e-12)
    assert middle.get_ylabel() == "r (bits)"


def test_negative_contributions_are_hatched_and_positive_ones_are_not():
    bottom = plots.ratio_panel(P, Q).axes[2]
    assert {(bar.get_height() < 0, bool(bar.get_hatch())) for bar in bars(bottom)} == {(True, True), (False, False)}


def test_p_is_filled_and_solid_q_outlined_and_dashed():
    top = plots.ratio_panel(P, Q).axes[0]
    looks = {to_hex(bar.get_edgecolor()): (bar.get_linestyle(), bar.get_facecolor()[3] > 0) for bar in bars(top)}
    assert looks[plots.COLOURS["p"]][1] and not looks[plots.COLOURS["q"]][1]
    assert looks[plots.COLOURS["p"]][0] in ("solid", "-") and looks[plots.COLOURS["q"]][0] not in ("solid", "-")


def test_an_infinite_divergence_names_the_outcome():
    shown = words(plots.ratio_panel([0.7, 0.2, 0.1], [0.8, 0.2, 0.0], labels=["red", "green", "blue"]))
    assert shown.count("+∞ at blue") == 2 and "D = ∞" in shown
    assert not any("D(P‖Q)" in text for text in shown)


def test_an_outcome_that_only_q_allows_is_minus_infinity_and_costs_nothing():
    fig = plots.ratio_panel([0.5, 0.5, 0.0], [0.5, 0.25, 0.25])
    assert "−∞ at c" in words(fig) and f"D(P‖Q)\n= {kl_divergence([0.5, 0.5, 0.0], [0.5, 0.25, 0.25]):.4g}" in words(fig)


def test_an_outcome_impossible_under_both_is_marked():
    assert "0/0" in words(plots.ratio_panel([0.5, 0.5, 0.0], [0.25, 0.75, 0.0]))


def test_equal_laws_draw():
    assert "D(P‖Q)\n= 0" in words(plots.ratio_panel([0.5, 0.5], [0.5, 0.5]))
    assert "area = D(P‖Q) = 0 nats" in words(plots.gaussian_panel(0, 1, 0, 1))


@pytest.mark.parametrize("log_scale", [False, True])
def test_the_gaussian_panel_shows_the_closed_form(log_scale):
    fig = plots.gaussian_panel(0.3, 1.7, -1.1, 0.6, log_scale=log_scale)
    assert f"area = D(P‖Q) = {gaussian_kl(0.3, 1.7, -1.1, 0.6):.4g} nats" in words(fig)
    assert fig.axes[0].get_yscale() == ("log" if log_scale else "linear")


def test_the_gaussian_area_is_the_divergence():
    curve = plots.gaussian_panel(0, 1, 1, 2).axes[2].lines[0]
    assert np.trapezoid(curve.get_ydata(), curve.get_xdata()) == pytest.approx(gaussian_kl(0, 1, 1, 2), rel=1e-3, abs=0)


@pytest.mark.parametrize("arguments, message", [
    (([0.5, 0.4], [0.5, 0.5]), "p must sum to 1"),
    (([0.5, 0.5], [1.2, -0.2]), "q must be non-negative"),
])
def test_invalid_laws_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.ratio_panel(*arguments)


def test_labels_must_fit():
    with pytest.raises(ValueError, match="labels names 3 outcomes, p has 2"):
        plots.ratio_panel([0.5, 0.5], [0.5, 0.5], labels=["a", "b", "c"])


def test_spread_must_be_positive():
    with pytest.raises(ValueError, match="std_q"):
        plots.gaussian_panel(0, 1, 0, -1)


FIGURES = {
    "two": lambda: plots.ratio_panel([0.9, 0.1], [0.5, 0.5]),
    "twelve": lambda: plots.ratio_panel(np.arange(1, 13) / 78, np.arange(12, 0, -1) / 78),
    "infinite": lambda: plots.ratio_panel([0.7, 0.2, 0.1], [0.8, 0.2, 0.0]),
    "gaussian": lambda: plots.gaussian_panel(0, 1, 1, 2),
    "gaussian-log": lambda: plots.gaussian_panel(0, 1, 3, 0.3, log_scale=True),
}
every_figure = pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)


@every_figure
def test_text_is_readable(make):
    assert all(text.get_fontsize() >= 9 for text in texts(make()))


@every_figure
def test_svg(make):
    svg = plots.to_svg(make(), alt='Bars: "a" < b')
    root = ET.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label") == 'Bars: "a" < b'
    assert root.get("viewBox") and root.get("width") is None
    assert len(svg) < 45_000
    assert "style=" not in svg and "<style" not in svg and "metadata" not in svg and "<text" not in svg
    assert {colour.lower() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", svg)} <= set(plots.COLOURS.values())
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) == set(ids)


@every_figure
def test_svg_is_the_same_every_time(make):
    fig = make()
    assert plots.to_svg(fig, alt="x") == plots.to_svg(fig, alt="x") == plots.to_svg(make(), alt="x")


def test_svg_ids_differ_between_figures():
    first, second = (set(re.findall(r' id="([^"]+)"', plots.to_svg(FIGURES[name](), alt="x"))) for name in ("two", "gaussian"))
    assert first and second and not first & second


def test_no_pyplot_and_no_trace_in_the_global_settings():
    code = (
        "import sys, matplotlib, kltext.plots as plots\n"
        "settings = lambda: {name: str(matplotlib.rcParams[name]) for name in plots.STYLE}\n"
        "before = settings()\n"
        "plots.to_svg(plots.ratio_panel([.9, .1], [.5, .5]), alt='x')\n"
        "plots.to_svg(plots.gaussian_panel(0, 1, 1, 2), alt='x')\n"
        "assert settings() == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "plots.use_style()\n"
        "assert matplotlib.rcParams['figure.facecolor'] == 'none'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
