"""What files cost a reader: as many bytes as a host sends, compressed."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

COMPRESSED = (".woff2", ".png", ".jpg")


def size(name: str, body: bytes) -> int:
    return len(body) if name.endswith(COMPRESSED) else len(gzip.compress(body, 6))


def without_figures(html: str) -> str:
    """A page without its drawings, which are counted apart: those of the text, and those that stand in for widgets."""
    html = re.sub(r'<svg\b[^>]*class="figure-svg".*?</svg>', "", html, flags=re.DOTALL)
    return re.sub(r'(<figure class="kl-fallback">).*?(</figure>)', r"\1\2", html, flags=re.DOTALL)


def sizes(book: Path, path: str, fetched: Iterable[str]) -> dict[str, int]:
    """The compressed size of a page and of each file that reading it through asked for, figures aside."""
    found = {name: size(name, (book / name).read_bytes()) for name in fetched if not name.startswith("_images/")}
    return {**found, path: size(path, without_figures((book / path).read_text()).encode())}
