"""The widgets of a page: their pictures in the theme's colours, and only the scripts the page needs.

A widget's ``text/html`` output is a placeholder ``<div class="kl-widget" data-kl-widget="name" …>`` around a drawn
picture; the bundles that npm makes from kltext/widgets put the living widget in its place.

What is too heavy for the page (a trained model) the placeholder names in ``data-kl-data``, by the traits that hold it.
It is in the state of the widgets of the executed notebook, which is never committed; from there it is written into a
script of its own, which the page fetches when the reader comes near.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from .figures import themed, unique_ids

NAME = re.compile(r'data-kl-widget="(\w+)"')
DATA = re.compile(r'data-kl-key="([^"]*)" data-kl-data="([\w ]+)"')


def bundles(app: Sphinx) -> Path:
    return Path(app.srcdir) / "kltext" / "widgets" / "static"


class ThemePictures(SphinxPostTransform):
    """Let the pictures inside the placeholders follow the theme."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for index, raw in enumerate(list(self.document.findall(nodes.raw))):
            if "kl-widget" not in raw.astext():
                continue
            pieces = re.split(r"(<svg\b.*?</svg>)", raw.astext(), flags=re.DOTALL)
            pieces[1::2] = [unique_ids(themed(svg), f"w{index}-") for svg in pieces[1::2]]
            raw.replace_self(nodes.raw("", "".join(pieces), format="html"))


def names(body: str) -> list[str]:
    """The widgets that a page's body asks for."""
    return sorted(set(NAME.findall(body)))


def page_assets(app: Sphinx, body: str) -> tuple[list[str], list[str]]:
    """The scripts and style sheets, below _static, of the widgets in a page."""
    wanted = names(body)
    if not wanted:
        return [], []
    folder = bundles(app) / "site"
    scripts = ["shared", *wanted]
    missing = [name for name in scripts if not (folder / f"{name}.js").is_file()]
    if missing or not (bundles(app) / "widgets.css").is_file():
        raise ExtensionError(
            f"The bundles of the widgets are not there ({', '.join(missing) or 'widgets.css'}): "
            "run `make book`, or `npm ci && npm run build` in the repository."
        )
    return [f"widgets/{name}.js" for name in scripts], ["widgets/widgets.css"]


def states(app: Sphinx, page: str) -> list[dict[str, Any]]:
    """The states of the widgets that the page's notebook made when it was executed."""
    _, kept = NbMetadataCollector.get_js_files(app.env, page).get("ipywidgets_state", (None, {}))
    return [model["state"] for model in json.loads(kept["body"])["state"].values()] if kept else []


def deliver(app: Sphinx, page: str, body: str) -> dict[str, str]:
    """Write the scripts of data that a page's placeholders name; for each placeholder's mark the script, below _static."""
    written = {}
    for found in DATA.finditer(body):
        key, traits = found[1], found[2].split()
        holding = [state for state in states(app, page) if state.get("key") == key and set(traits) <= set(state)]
        given = {json.dumps({name: state[name] for name in traits}, ensure_ascii=False, separators=(",", ":")) for state in holding}
        if len(given) != 1:
            raise ExtensionError(f"{page}: widgets with the key {key!r} have {len(given)} values of {', '.join(traits)}; there must be one.")
        name = f"data/{Path(page).name}-{key}.js"
        file = Path(app.outdir) / "_static" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"kltext.deliver({given.pop()});\n", encoding="utf-8")
        written[found[0]] = name
    return written


def copy(app: Sphinx, static: Path) -> None:
    """Copy the bundles to where pages ask for them."""
    target = static / "widgets"
    shutil.rmtree(target, ignore_errors=True)
    files = [*bundles(app).glob("site/*.js"), *bundles(app).glob("widgets.css")]
    if files:
        target.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, target / file.name)


def setup(app: Sphinx) -> None:
    app.add_post_transform(ThemePictures)
