"""The checks of the book's exercises.

``exercises.number("kl-gauss")`` shows a box that takes a number and names the mistake behind a wrong one, in a notebook and
on the built page alike. ``exercises.check("kl-implement", kl)`` tries a function's properties and reports the smallest
input that fails:

>>> from kltext import exercises, kl_divergence
>>> exercises.check("kl-implement", kl_divergence).passed
True

Each chapter has a module here that registers its exercises in a tuple called EXERCISES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kltext.exercises import cross_entropy as _cross_entropy
from kltext.exercises import directions as _directions
from kltext.exercises import elbo as _elbo
from kltext.exercises import f_divergences as _f_divergences
from kltext.exercises import f_gan as _f_gan
from kltext.exercises import gan as _gan
from kltext.exercises import gaussians as _gaussians
from kltext.exercises import kl_divergence as _kl_divergence
from kltext.exercises import ppo as _ppo
from kltext.exercises import renyi as _renyi
from kltext.exercises import rlhf as _rlhf
from kltext.exercises import surprise as _surprise
from kltext.exercises import vae as _vae
from kltext.exercises.registry import Registry
from kltext.exercises.report import Report

if TYPE_CHECKING:
    from kltext.widgets.answer_box import AnswerBox

__all__ = ["REGISTRY", "Report", "check", "number"]

REGISTRY = Registry(
    [
        _surprise.EXERCISES,
        _kl_divergence.EXERCISES,
        _cross_entropy.EXERCISES,
        _gaussians.EXERCISES,
        _directions.EXERCISES,
        _f_divergences.EXERCISES,
        _renyi.EXERCISES,
        _elbo.EXERCISES,
        _vae.EXERCISES,
        _ppo.EXERCISES,
        _rlhf.EXERCISES,
        _gan.EXERCISES,
        _f_gan.EXERCISES,
    ]
)


def number(id: str) -> AnswerBox:
    """The answer box of an exercise whose answer is a number."""
    from kltext.widgets.answer_box import AnswerBox  # widgets are loaded only where one is shown

    return AnswerBox(REGISTRY.number(id))


def check(id: str, function: Any) -> Report:
    """Try the function's properties and report the smallest input that fails."""
    return REGISTRY.function(id).check(function)
