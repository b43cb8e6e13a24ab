"""The site of the book: what Jupyter Book is told to do beyond its defaults.

One concern per module; ``setup`` below is the list of them. See site/README.md.
"""

import gc
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import (
    assets,
    cells,
    claims,
    execution,
    figures,
    head,
    mathematics,
    navigation,
    numbers,
    reference,
    slim,
    translator,
    widgets,
)

THEME = Path(__file__).resolve().parent.parent / "theme"


# A document is a hundred thousand objects that all stay: looking through them for rubbish takes a fifth of a build.
gc.set_threshold(100_000, 20, 100)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_theme("one_log_ratio", str(THEME))
    for part in (
        execution,
        mathematics,
        numbers,
        translator,
        cells,
        figures,
        widgets,
        claims,
        reference,
        navigation,
        head,
        assets,
        slim,
    ):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
