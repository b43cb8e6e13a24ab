"""axe on a page, with what repeats itself tried once: a chapter has thirty thousand elements, most of them within formulas."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from .conftest import DRAW, drawn, until

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours: theirs is another answer in another theme, all others have the same."""

THIN = Path(__file__).with_name("thin.js").read_text()

LAID_OUT = """() => {
    if (window.laidOut) return;
    window.laidOut = true;
    document.querySelectorAll("details").forEach((fold) => (fold.open = true));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
"""Everything is unfolded and has its place: axe would not see what is moved while it looks."""


def faults(page: Page, root: Path, *, colours_only: bool = False, most: int = 5) -> list[str]:
    """What axe finds serious or critical, with everything unfolded; of each kind so many."""
    for step in (LAID_OUT, THIN):
        page.evaluate(step, colours_only)
        page.evaluate(DRAW)
        drawn(page)
    page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if colours_only:
        options |= {"runOnly": COLOURS, "preload": False}
    # The promise is not waited for in the page, but asked about from here.
    page.evaluate(
        "(options) => { axe.run(options).then(({ violations }) => (window.found = violations), (error) => (window.found = String(error))); }",
        options,
    )
    until(page, "window.found !== undefined", patience=45)
    found = page.evaluate("window.found")
    assert isinstance(found, list), found
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:most]
    ]
