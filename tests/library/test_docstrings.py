"""What the docstring of every public function and family holds: a formula, its meaning, an example, a source, a chapter."""

import importlib
import inspect
import pkgutil
import re

import pytest

import kltext

ELSEWHERE = {"derivation", "derivations", "exercises", "plots", "progress", "widgets"}  # figures, pages and their parts
CHAPTERS = {
    "surprise", "kl-divergence", "cross-entropy", "gaussians", "directions", "f-divergences", "renyi",
    "elbo", "vae", "ppo", "rlhf", "gan",
}  # fmt: skip
MARKS = {"formula": ".. math::", "meaning": "In words: ", "example": ">>> ", "source": "Source: "}
WITHOUT = {
    "codes.codewords": {"formula"},
    "generators.generator": {"formula", "meaning", "source"},  # a look-up
    "estimators.mean_and_error": {"source"},
    **{f"exponential.{name}": {"source"} for name in ("Bernoulli", "Categorical", "Exponential", "Gaussian", "Poisson")},  # the base's
    "generators.FGenerator": {"formula", "meaning"},
}


def public():
    for found in pkgutil.iter_modules(kltext.__path__):
        if found.name.startswith("_") or found.name in ELSEWHERE:
            continue
        module = importlib.import_module(f"kltext.{found.name}")
        for name in module.__all__:
            thing = getattr(module, name)
            record = inspect.isclass(thing) and issubclass(thing, tuple)  # described where it is returned
            if getattr(thing, "__module__", None) == module.__name__ and callable(thing) and not record:
                yield f"{found.name}.{name}", inspect.getdoc(thing)


@pytest.mark.parametrize(("name", "text"), list(public()))
def test_docstring(name, text):
    missing = {part for part, mark in MARKS.items() if mark not in text}
    assert missing == WITHOUT.get(name, set())
    assert re.search(r"^Explained in: chapters/([a-z-]+)\Z", text, re.MULTILINE)[1] in CHAPTERS
