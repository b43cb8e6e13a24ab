"""When notebooks are run again.

MyST-NB keeps the outputs of each notebook in a cache that it looks up by the notebook's own code. The code of ``kltext``,
the pinned packages and the Python version decide those outputs as well, so the cache's folder is named after all of
them. A new name is a changed setting, on which Sphinx reads every chapter again, and finds the cache empty.
"""

import hashlib
import shutil
import sys
from pathlib import Path

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


def setup(app: Sphinx) -> None:
    app.connect("config-inited", choose_cache)
