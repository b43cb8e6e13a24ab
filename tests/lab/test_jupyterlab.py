"""A real JupyterLab, as ``make lab`` starts it: directives rendered, every cell run, widgets in step with Python."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

NOTEBOOK = "kl-divergence.ipynb"
MINUTE = 60_000
pytestmark = pytest.mark.timeout(300)  # the server starts, and every cell of a chapter runs
SETTINGS = {
    # No question about news, and nothing fetched to answer it.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # All cells in the page at once, so that those far below can be looked at too.
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where JupyterLab works."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(root: Path, folder: Path) -> Iterator[str]:
    """The address of a JupyterLab on a copy of the chapters, with settings of its own."""
    shutil.copytree(root / "chapters", folder / "chapters")
    for setting, value in SETTINGS.items():
        file = folder / "settings" / "@jupyterlab" / f"{setting}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(value))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    home = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/chapters/{NOTEBOOK}", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--IdentityProvider.token={token}",
            "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        cwd=folder, stdout=log, stderr=subprocess.STDOUT,
        env={**os.environ, **home, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
             "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")},
    )
    try:
        for _ in range(600):
            assert server.poll() is None, (folder / "lab.log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/lab/tree/chapters/{NOTEBOOK}?token={token}"
    finally:
        server.terminate()
        server.wait(30)
        log.close()


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: str) -> Iterator[Page]:
    """The chapter, open in the browser, every cell run."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(lab)
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=MINUTE)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Python 3 (ipykernel) | Idle", timeout=MINUTE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # A cell waiting for its turn shows [*]; all of them do at first, none at the end.
    waiting = page.locator(".jp-InputPrompt").filter(has_text="[*]")
    expect(waiting).not_to_have_count(0)
    expect(waiting).to_have_count(0, timeout=3 * MINUTE)
    yield page
    page.close()


def run_at_end(page: Page, code: str) -> str:
    """Type ``code`` into a new last cell, run it, and return what it prints."""
    page.locator(".jp-NotebookPanel .jp-Cell:not(.jp-Notebook-footer)").last.scroll_into_view_if_needed()
    page.locator(".jp-Notebook-footer").click()
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell").last
    cell.locator(".cm-content").fill(code)
    cell.locator(".cm-content").press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=MINUTE)
    output = cell.locator(".jp-OutputArea-output")
    return output.inner_text().strip() if output.count() else ""


def number_of(element: Locator, attribute: str) -> float:
    """The number in an attribute, NaN as long as there is none."""
    return float(element.get_attribute(attribute) or "nan")


def written(file: Path, since: int, wait: Callable[[float], None]) -> dict[str, Any]:
    """A notebook that is saved anew, once all of it is there."""
    for _ in range(100):
        if file.stat().st_mtime_ns > since:
            with suppress(json.JSONDecodeError):
                saved: dict[str, Any] = json.loads(file.read_text())
                return saved
        wait(100)
    raise AssertionError(f"{file.name} is not saved")


def test_directives_are_rendered(notebook: Page) -> None:
    shown = notebook.locator(".jp-NotebookPanel")
    assert shown.locator("aside, .myst-proof, .proof, details").count() > 10
    text = shown.inner_text()
    for raw in ("{prf:", "{exercise}", "{dropdown}", ":label:", "{math}"):
        assert raw not in text, raw


def test_every_cell_ran_without_error(notebook: Page, folder: Path) -> None:
    file = folder / "chapters" / NOTEBOOK
    before = file.stat().st_mtime_ns
    notebook.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="save"]').click()
    saved = written(file, since=before, wait=notebook.wait_for_timeout)
    ran = [cell for cell in saved["cells"] if cell["cell_type"] == "code"]
    assert len(ran) > 20
    assert [cell["execution_count"] for cell in ran] == list(range(1, len(ran) + 1))
    for cell in ran:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", (cell["source"], output)
            assert output.get("name") != "stderr", (cell["source"], output)


def test_a_drag_reaches_python_and_python_reaches_the_picture(notebook: Page, root: Path) -> None:
    source = (root / "chapters" / NOTEBOOK).read_text()
    name = re.search(r"(\w+) = RatioMicroscope\(", source)
    assert name, "the chapter keeps its first widget in a variable, so that a reader can ask for its attributes"
    widget = notebook.locator(".jp-OutputArea .kl-app").filter(has=notebook.locator('[data-kl-handle="p:0"]')).first
    widget.scroll_into_view_if_needed()
    handle = widget.locator('[data-kl-handle="p:0"]')

    before = json.loads(run_at_end(notebook, f"print(list(map(float, {name[1]}.p)))"))
    widget.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    notebook.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    notebook.mouse.down()
    notebook.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 30, steps=5)
    notebook.mouse.up()
    # The hand's last message may still be on its way, and would overwrite what Python sets before it has come.
    for _ in range(20):
        after = json.loads(run_at_end(notebook, f"print(list(map(float, {name[1]}.p)))"))
        dragged = number_of(handle, "aria-valuenow")
        if after[0] == pytest.approx(dragged, rel=1e-9) and dragged < before[0] - 0.01:
            break
    assert after[0] == pytest.approx(dragged, rel=1e-9)
    assert dragged < before[0] - 0.01
    assert sum(after) == pytest.approx(1, abs=1e-9)

    n = len(after)
    wanted = [0.75] + [0.25 / (n - 1)] * (n - 1)
    run_at_end(notebook, f"{name[1]}.p = {wanted}; {name[1]}.q = {[1 / n] * n}")
    base = f"2 if {name[1]}.unit == 'bits' else None"
    code = f"import kltext; print(repr(kltext.kl_divergence({name[1]}.p, {name[1]}.q, base={base})))"
    exact = float(run_at_end(notebook, code))
    number = widget.locator('[data-kl-number="kl_pq"]').first
    for _ in range(600):
        if number_of(number, "data-kl-value") == pytest.approx(exact, rel=1e-12) and number_of(handle, "aria-valuenow") != pytest.approx(after[0]):
            break
        notebook.wait_for_timeout(100)
    assert number_of(number, "data-kl-value") == pytest.approx(exact, rel=1e-12)
    assert number_of(handle, "aria-valuenow") == pytest.approx(0.75)
