"""Every page under axe, in the themes and at the widths readers have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import read_through


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessible(root: Path, reader: Callable[..., Page], pages: list[str], theme: str, width: int) -> None:
    """axe finds nothing serious or critical. The policy is lifted for it alone: axe is not part of the page."""
    axe = (root / "node_modules" / "axe-core" / "axe.min.js").read_text()
    settings = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "bypass_csp": True}
    for path in pages:
        page = reader(path, **settings)
        settings = {}
        read_through(page)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        page.evaluate(axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        bad = [
            f"{path}: {rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"][:5]
        ]
        assert bad == []
        page.close()
