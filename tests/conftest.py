"""What all tests share: where the repository is, and what must be installed where everything is tested."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


def pytest_report_header() -> str:
    everything = os.environ.get("KLTEXT_OPTIONAL")
    return "optional array libraries: " + ("demanded" if everything else "tested where installed")
