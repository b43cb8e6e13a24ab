"""A widget's state survives the page address, and an address that makes no sense breaks nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

ADDRESS = "shared/address.js"
MICROSCOPE = {"p": "numbers", "q": "numbers", "labels": "texts", "locked": "numbers", "unit": "word"}
GAUSSIAN = {"mean_p": "number", "std_p": "number", "log_scale": "flag", "unit": "word"}

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ({"p": [0.5, 0.5], "q": [0.9, 0.1], "labels": ["heads", "tails"], "locked": [], "unit": "bits"}, MICROSCOPE),
        ({"p": [1 / 3, 1e-9, 2 / 3 - 1e-9], "q": [0, 0, 1], "locked": [0, 2]}, MICROSCOPE),
        ({"labels": ["a,b", "c;d", "e:f", "g&h=i", "j#k", "100 %", "雪", ""]}, MICROSCOPE),
        ({"mean_p": -1.25, "std_p": 1e-3, "log_scale": True, "unit": "nats"}, GAUSSIAN),
        ({"mean_p": 5e-324, "log_scale": False}, GAUSSIAN),
    ],
)
def test_round_trip(javascript: Javascript, state: dict[str, Any], fields: dict[str, str]) -> None:
    (text,) = javascript([(ADDRESS, "encode", [state, fields])])
    assert urlsplit(f"page.html#microscope={text}").fragment == f"microscope={text}" and "&" not in text and " " not in text
    assert javascript([(ADDRESS, "decode", [text, fields])]) == [state]


def test_looks_as_documented(javascript: Javascript) -> None:
    state = {"p": [0.5, 0.5], "q": [0.9, 0.1], "unit": "bits"}
    assert javascript([(ADDRESS, "encode", [state, MICROSCOPE])]) == ["p:0.5,0.5;q:0.9,0.1;unit:bits"]


def test_several_widgets_share_the_fragment(javascript: Javascript) -> None:
    fragment = "#microscope=p:0.5,0.5&gaussians=std_q:2"
    calls = [
        (ADDRESS, "entries", [fragment]),
        (ADDRESS, "withEntry", [fragment, "microscope", "p:1,0"]),
        (ADDRESS, "withEntry", [fragment, "microscope", None]),
        (ADDRESS, "withEntry", ["#a-heading", "gaussians", "std_q:3"]),
        (ADDRESS, "withEntry", ["", "microscope", None]),
    ]
    assert javascript(calls) == [
        [["microscope", "p:0.5,0.5"], ["gaussians", "std_q:2"]],
        "microscope=p:1,0&gaussians=std_q:2",
        "gaussians=std_q:2",
        "gaussians=std_q:3",
        "",
    ]


@pytest.mark.parametrize("text", ["", ";;", "p", "p:", "p:0.5,x", "p:0.5,,0.5", "p:Infinity", "__proto__:1", "labels:%E0%A4", "nonsense:3"])
def test_what_cannot_be_read_is_left_out(javascript: Javascript, text: str) -> None:
    (state,) = javascript([(ADDRESS, "decode", [text, MICROSCOPE])])
    assert state in ({}, {"p": []})
