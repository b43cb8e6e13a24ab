"""The widgets of a page: their pictures in the theme's colours, and only the scripts the page needs.

A widget's ``text/html`` output is a placeholder ``<div class="kl-widget" data-kl-widget="name" …>`` around a drawn
picture; the bundles that npm makes from kltext/widgets put the living widget in its place.
"""

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from .figures import themed, unique_ids

NAME = re.compile(r'data-kl-widget="(\w+)"')


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
