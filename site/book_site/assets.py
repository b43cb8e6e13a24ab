"""The style sheet, the scripts and the fonts: put together here, and nothing else reaches a page.

Extensions register files of their own; the templates ignore them and ask for those named here. What no page asks for
is removed from _static at the end, so the published site holds nothing unused.
"""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from . import fonts, widgets

SITE = Path(__file__).resolve().parent.parent

HEAD_SCRIPT = "theme.js"  # runs before the first paint
SEARCH_SCRIPTS = ["search-setup.js", "documentation_options.js", "language_data.js", "searchtools.js"]
KEPT = {"book.css", "book.js", HEAD_SCRIPT, "favicon.svg", *SEARCH_SCRIPTS}
KEPT_FOLDERS = {"widgets", "fonts", "data"}


def tokens(app: Sphinx) -> Path:
    """The colours, which the widgets share with the site."""
    return Path(app.srcdir) / "kltext" / "widgets" / "shared" / "tokens.css"


def style_sheet(app: Sphinx) -> str:
    """All of the book's rules, without their comments: colours, KaTeX, then site/styles in the order of their names."""
    sources = [tokens(app).read_text(encoding="utf-8"), fonts.rules(Path(app.srcdir))]
    sources += [path.read_text(encoding="utf-8") for path in sorted((SITE / "styles").glob("*.css"))]
    css = re.sub(r"/\*.*?\*/", "", "\n".join(sources), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", css).strip() + "\n"


def page_script() -> str:
    """The parts of the page runtime, one after the other; each keeps its names to itself."""
    apart = {HEAD_SCRIPT, "search-setup.js"}
    parts = [path for path in sorted((SITE / "runtime").glob("*.js")) if path.name not in apart]
    return "\n".join(path.read_text(encoding="utf-8").strip() for path in parts) + "\n"


def fingerprint(app: Sphinx, config: Config) -> None:
    """Name every file that pages are dressed with in a setting, so that a change of one writes all pages again."""
    digest = hashlib.sha256(tokens(app).read_bytes())
    for folder in (SITE, widgets.bundles(app)):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    config.book_assets = digest.hexdigest()


def write(app: Sphinx) -> None:
    """Prepare the files that Sphinx copies to _static before it writes pages."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir).parent / ".book_static"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "book.css").write_text(style_sheet(app), encoding="utf-8")
    (folder / "book.js").write_text(page_script(), encoding="utf-8")
    for name in (HEAD_SCRIPT, "search-setup.js"):
        shutil.copyfile(SITE / "runtime" / name, folder / name)
    widgets.copy(app, folder)
    app.config.html_static_path.append(str(folder))


def checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def add_to_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    pathto: Callable[..., str] = context["pathto"]
    body = str(context.get("body", ""))
    scripts, styles = widgets.page_assets(app, body)

    def asset(name: str) -> str:
        """The address of a file below _static, changing with its content so that no stale copy is used."""
        file = Path(app.outdir) / "_static" / name
        if not file.is_file():
            raise ExtensionError(f"_static/{name} is missing")
        return f"{pathto('_static/' + name, 1)}?v={checksum(file)}"

    for mark, name in widgets.deliver(app, pagename, body).items():
        context["body"] = body = body.replace(mark, re.sub(r'data="[^"]*"$', f'data="{asset(name)}"', mark))
    context["book_asset"] = asset
    context["book_scripts"] = ["book.js", *scripts]
    context["book_styles"] = ["book.css", *styles]
    context["book_search_scripts"] = SEARCH_SCRIPTS


def finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    fonts.write(Path(app.srcdir), out)
    for file in (out / "_static").iterdir():
        if file.is_dir() and file.name not in KEPT_FOLDERS:
            shutil.rmtree(file)
        elif file.is_file() and file.name not in KEPT:
            file.unlink()
    # The address of the folder opens the landing page itself, without a redirect.
    landing = out / f"{app.config.root_doc}.html"
    if landing.name != "index.html":
        shutil.copyfile(landing, out / "index.html")


def setup(app: Sphinx) -> None:
    app.add_config_value("book_assets", "", "html", types=[str])
    app.connect("config-inited", fingerprint)
    app.connect("builder-inited", write)
    app.connect("html-page-context", add_to_page, priority=900)
    app.connect("build-finished", finish)
