"""When notebooks are run again.

MyST-NB keeps the outputs of each notebook in a cache that it looks up by the notebook's own code. The code of ``kltext``,
the pinned packages and the Python version decide those outputs as well, so the cache's folder is named after all of
them. A new name is a changed setting, on which Sphinx reads every chapter again, and finds the cache empty.

``BOOK_OUTPUTS=stored`` fills an empty place in the cache with the outputs the notebook is committed with. The tests build
the site so: they run every notebook themselves, and hold what it gives against what is stored. A notebook with a widget
that shows what was trained there is run all the same: the models are in what the run leaves behind, not in what is stored.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.application import Sphinx
from sphinx.config import Config


def ingredients(root: Path) -> list[Path]:
    """The files, besides the notebook, on which a notebook's outputs depend."""
    return sorted([*root.glob("requirements*.txt"), *root.glob("constraints.txt"), *root.glob("kltext/**/*.py")])


def fingerprint(root: Path) -> str:
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for path in ingredients(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def choose_cache(app: Sphinx, config: Config) -> None:
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / fingerprint(Path(app.srcdir))
    for old in caches.glob("*"):
        if old != current and old.is_dir():
            shutil.rmtree(old)
    config.nb_execution_cache_path = str(current)
    if os.environ.get("BOOK_OUTPUTS") == "stored":
        keep_stored_outputs(Path(app.srcdir), current)


def keep_stored_outputs(root: Path, folder: Path) -> None:
    cache = get_cache(folder)
    for path in sorted(root.glob("chapters/*.ipynb")):
        if "data-kl-data=" in path.read_text(encoding="utf-8"):  # needs its models: widgets.deliver
            continue
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        notebook.metadata.language_info.pygments_lexer = "ipython3"  # as a kernel says of itself
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            cache.cache_notebook_bundle(CacheBundleIn(notebook, str(path)))


def setup(app: Sphinx) -> None:
    app.connect("config-inited", choose_cache)
