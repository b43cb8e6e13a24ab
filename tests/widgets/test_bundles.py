"""What the bundles weigh and how they are cut: shared code once per page, none of it twice."""

import gzip
import re
from pathlib import Path

import pytest

WIDGETS = (
    "answer_box", "bregman_gap", "categorical_fit", "clip_microscope", "code_budget", "discriminator_lens", "divergence_zoo", "elbo_ledger",
    "gan_trainer", "gaussian_ellipses", "gaussian_pair", "kl_budget", "likelihood_fit", "policy_simplex", "question_tree", "ratio_microscope",
    "renyi_dial", "tilted_policy", "two_projections", "urn_game", "vae_playground",
)
COMMON, EACH = 27_800, 11_000  # bytes of gzip: what all widgets share with their style, and one widget; a page may spend 60 kB


@pytest.fixture(scope="module")
def static(root: Path) -> Path:
    return root / "kltext/widgets/static"


def test_every_widget_has_both_bundles(static: Path) -> None:
    assert sorted(path.name for path in static.glob("*.js")) == [f"{name}.js" for name in WIDGETS]
    assert sorted(path.name for path in (static / "site").glob("*.js")) == sorted(f"{name}.js" for name in (*WIDGETS, "shared"))


def test_weight(static: Path) -> None:
    files = [*(static / "site").glob("*.js"), static / "widgets.css"]
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
    assert weights.pop("shared.js") + weights.pop("widgets.css") < COMMON
    assert max(weights.values()) < EACH, weights


@pytest.mark.parametrize("name", WIDGETS)
def test_bundles_stand_where_they_must(static: Path, name: str) -> None:
    module, script = (static / f"{name}.js").read_text("utf-8"), (static / "site" / f"{name}.js").read_text("utf-8")
    assert "export{" in module.replace(" ", "") and "kltext.register" not in module
    assert f'register("{name}"' in script and "export" not in script.split(";")[-2]  # a classic script: works from file://
    for text in (module, script, (static / "site/shared.js").read_text("utf-8")):
        assert "new Function" not in text and "eval(" not in text and "https://" not in text  # the site's policy


def test_shared_code_stands_once(static: Path) -> None:
    marks = ("data-kl-handle", "setPointerCapture", "pointercancel")
    shared = (static / "site/shared.js").read_text("utf-8")
    assert all(mark in shared for mark in marks)
    for name in ("gaussian_pair", "ratio_microscope"):
        script = (static / "site" / f"{name}.js").read_text("utf-8")
        assert "setPointerCapture" not in script and "kltext.shared" in script


def test_no_widget_styles_another(root: Path) -> None:
    """All styles stand on every page: a class that two widgets style must be told apart by what is around it."""
    shared = (root / "kltext/widgets/shared/widget.css").read_text()
    common = set(re.findall(r"\.(kl-[\w-]+)", shared))
    owners: dict[str, str] = {}
    for sheet in sorted((root / "kltext/widgets").glob("*/style.css")):
        rules = re.sub(r"/\*.*?\*/|@[^{;]*[{;]", "", sheet.read_text(), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", rules):
            for selector in re.split(r",(?![^(]*\))", selectors):
                *around, last = re.split(r"\s*[>+~]\s*|\s+", selector.strip())
                names = [name for name in re.findall(r"\.(kl-[\w-]+)", last) if name not in common]
                if set(around) <= {".kl-app", ".kl-stage"} and "data-kl-" not in last and names:
                    mine = [name for name in names if owners.setdefault(name, sheet.parent.name) == sheet.parent.name]
                    assert mine, f"{selector.strip()} in {sheet.parent.name} styles {owners[names[0]]} too"
