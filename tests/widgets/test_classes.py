"""The Python side: validation, two-way traits, and how a widget stands on a page without a kernel."""

import html
import json
import math
import re
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
import pytest
import traitlets

import kltext
from kltext import widgets
from kltext.widgets import GaussianPair, RatioMicroscope
from kltext.widgets._base import BookWidget
from kltext.widgets.vae_playground.network import shapes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": [0.5, 0.6]}, "p must sum to 1, got 1.1"),
        ({"p": [1.5, -0.5]}, "p must be non-negative, got -0.5"),
        ({"q": [float("nan"), 1]}, "q must be non-negative, got nan"),
        ({"p": [1.0], "q": [1.0]}, "p must have 2 to 12 outcomes, got 1"),
        ({"p": [1 / 13] * 13, "q": [1 / 13] * 13}, "p must have 2 to 12 outcomes, got 13"),
        ({"p": [0.5, 0.25, 0.25]}, "outcomes, but"),
        ({"p": ["a", "b"]}, "p must hold numbers"),
        ({"q": 0.5}, "q must be a sequence, got 0.5"),
        ({"labels": ["only one"]}, "outcomes, but"),
        ({"labels": [1, 2]}, "labels must be texts, got 1"),
        ({"locked": [2]}, "locked names outcome 2, but there are only 2"),
        ({"locked": [0.5]}, "locked must be positions of outcomes, got 0.5"),
        ({"unit": "dits"}, "unit"),
    ],
)
def test_microscope_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        RatioMicroscope(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"std_p": 0}, "std_p must be positive, got 0.0"),
        ({"std_q": -2}, "std_q must be positive, got -2.0"),
        ({"mean_p": math.inf}, "mean_p must be finite, got inf"),
        ({"mean_q": "left"}, "mean_q must be a number, got 'left'"),
    ],
)
def test_gaussian_pair_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        GaussianPair(**arguments)


def test_a_bad_value_changes_nothing() -> None:
    microscope = RatioMicroscope()
    with pytest.raises(traitlets.TraitError):
        microscope.p = [0.2, 0.3, 0.5]
    with pytest.raises(traitlets.TraitError):
        microscope.set(p=[0.2, 0.3, 0.5], q=[0.5, 0.5])
    assert microscope.p == (0.9, 0.1) and microscope.labels == ("A", "B")


def test_several_traits_change_in_one_step() -> None:
    microscope = RatioMicroscope(locked=[1])
    seen: list[str] = []
    microscope.observe(lambda change: seen.append(change["name"]), ["p", "q", "labels", "locked"])
    microscope.set(p=[0.2, 0.3, 0.5], q=[0.5, 0.3, 0.2])
    assert microscope.labels == ("A", "B", "C") and microscope.locked == ()
    assert sorted(seen) == ["labels", "locked", "p", "q"]
    with pytest.raises(TypeError, match="no trait 'r'"):
        microscope.set(r=1)


def test_what_the_page_sends_arrives() -> None:
    microscope = RatioMicroscope()
    seen: list[float] = []
    microscope.observe(lambda change: seen.append(microscope.kl_pq), "p")
    microscope.set_state({"p": [0.5, 0.5]})
    assert microscope.p == (0.5, 0.5) and seen == [0.0]
    microscope.set_state({"p": [0.2, 0.3, 0.5], "q": [0.2, 0.3, 0.5], "labels": ["a", "b", "c"], "locked": [0]})
    assert microscope.labels == ("a", "b", "c")


def test_what_python_sets_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    pair = GaussianPair()
    microscope = RatioMicroscope()
    monkeypatch.setattr(BookWidget, "_send", lambda self, message, buffers=None: sent.append(message.get("state", {})))
    pair.std_q = 3
    microscope.set(p=[0.2, 0.3, 0.5], q=[0.2, 0.3, 0.5])
    assert sent[0] == {"std_q": 3.0}
    assert sent[1] == {"p": (0.2, 0.3, 0.5), "q": (0.2, 0.3, 0.5), "labels": ("A", "B", "C")}  # one message
    assert len(sent) == 2


def test_composes_with_other_widgets() -> None:
    pair = GaussianPair()
    slider = ipywidgets.FloatSlider(value=1.5, min=0.1, max=5)
    ipywidgets.link((slider, "value"), (pair, "std_p"))
    assert pair.std_p == 1.5
    pair.std_p = 2
    assert slider.value == 2
    ipywidgets.jslink((slider, "value"), (pair, "mean_q"))
    ipywidgets.link((RatioMicroscope(), "q"), (microscope := RatioMicroscope([0.2, 0.8], [0.3, 0.7]), "p"))
    assert microscope.p == (0.5, 0.5)
    ipywidgets.VBox([pair, microscope, slider])


def test_numbers_are_kltext_s_in_the_widget_s_unit() -> None:
    p, q = [0.7, 0.2, 0.1], [0.1, 0.2, 0.7]
    for unit, base in (("nats", None), ("bits", 2)):
        microscope = RatioMicroscope(p, q, unit=unit)
        assert microscope.kl_pq == kltext.kl_divergence(p, q, base=base) == microscope.numbers()["kl_pq"]
        assert microscope.kl_qp == kltext.kl_divergence(q, p, base=base)
        assert microscope.entropy_p == kltext.entropy(p, base=base)
        assert microscope.cross_entropy_pq == kltext.cross_entropy(p, q, base=base)
        assert microscope.js == kltext.js_divergence(p, q, base=base)
        assert microscope.tv == kltext.total_variation(p, q)
        pair = GaussianPair(0, 1, 3, 2, unit=unit)
        assert pair.kl_pq == kltext.gaussian_kl(0.0, 1.0, 3.0, 2.0, base=base)
        assert pair.kl_qp == kltext.gaussian_kl(3.0, 2.0, 0.0, 1.0, base=base)
        assert pair.cross_entropy_pq - pair.entropy_p == pytest.approx(pair.kl_pq, rel=1e-12)


def test_text_representation_has_the_numbers() -> None:
    assert repr(RatioMicroscope([0.7, 0.3], [1.0, 0.0], ["sun", "snow"])).splitlines() == [
        "RatioMicroscope: P = (sun 0.7, snow 0.3), Q = (sun 1, snow 0)",
        "D(P‖Q) = ∞, D(Q‖P) = 0.3567, H(P) = 0.6109, H(P,Q) = ∞, JS(P,Q) = 0.1173, TV(P,Q) = 0.3 (in nats; TV has no unit)",
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: RatioMicroscope([0.7, 0.2, 0.1], [0.8, 0.2, 0.0], ["it's", 'a "<b>" &', "neige é"], locked=[1], unit="bits"),
        lambda: GaussianPair(0, 1, 1, 2, log_scale=True, key='a"b'),
    ],
)
def test_placeholder(make: Any) -> None:
    widget = make()
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == repr(widget)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    parts = re.fullmatch(
        r'<div class="kl-widget" data-kl-widget="(.+?)" data-kl-key="(.*?)" '
        r"data-kl-state='([^'<>]*)'><figure class=\"kl-fallback\"><svg .*role=\"img\".*</svg></figure></div>",
        data["text/html"],
        re.DOTALL,
    )
    assert parts is not None
    assert (parts[1], html.unescape(parts[2])) == (widget._name, widget.key)
    assert json.loads(html.unescape(parts[3])) == widget.state()
    assert make()._repr_mimebundle_()[0]["text/html"] == data["text/html"]  # nbval compares it byte by byte


GIVEN: dict[str, tuple[Any, ...]] = {"VaePlayground": ({1: [np.zeros(shape) for shape in shapes(4)]}, [np.eye(8)], "1")}
"""What those need that do not stand for themselves."""


@pytest.mark.parametrize("name", sorted(set(widgets.__all__) - {"AnswerBox"}))
def test_fallback_is_drawn_in_the_books_style_everywhere(name: str) -> None:
    """Also where nobody has asked for it: matplotlib's own black could not be read in the dark."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        picture = getattr(widgets, name)(*GIVEN.get(name, ()))._placeholder().partition("kl-fallback")[2]
    assert "<svg" in picture and not re.search(r"#000000|(?:fill|stroke)(?:: |=.)black", picture)


def test_fallback_describes_the_picture() -> None:
    shown = re.search(r'aria-label="([^"]*)"', RatioMicroscope([0.9, 0.1], [0.5, 0.5], ["heads", "tails"])._placeholder())
    assert shown is not None and "heads 0.9" in shown[1] and "D(P‖Q) = 0.3681" in shown[1]
