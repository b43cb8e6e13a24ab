"""axe on a page, with what repeats itself tried once: a chapter has thirty thousand elements, most of them within formulas."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from .conftest import DRAW, drawn, until

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours: theirs is another answer in another theme, all others have the same."""

THIN = """() => {
    const plain = (element) => [...element.attributes].every(({ name }) => name === "class" || name === "style");
    const look = (element) => {
        const { color, backgroundColor, backgroundImage, opacity, visibility } = getComputedStyle(element);
        return [color, backgroundColor, backgroundImage, opacity, visibility].join();
    };
    const edits = [];
    // A formula whose parts all look like it, and have nothing that a rule asks about, is a word in a box as large.
    // (Of single characters axe says nothing.) Large type may have less contrast, and is left as it is.
    for (const formula of document.querySelectorAll(".katex-html")) {
        const { color, opacity, visibility, fontSize } = getComputedStyle(formula);
        const seen = [color, "rgba(0, 0, 0, 0)", "none", opacity, visibility].join();
        const alike = (part) => plain(part) && look(part) === seen;
        if (opacity !== "1" || parseFloat(fontSize) >= 24 || ![...formula.querySelectorAll("*")].every(alike)) continue;
        const { width, height } = formula.getBoundingClientRect();
        const style = `display: inline-block; width: ${width}px; height: ${height}px`;
        edits.push(() => { formula.textContent = "xyz"; formula.style.cssText += style; });
    }
    // The same formula again for screen readers, who need no more of it than that it can be read.
    const asked = "[id], [role], [tabindex], [href], [lang], [title]";
    for (const formula of document.querySelectorAll(".katex-mathml math")) {
        if (!formula.querySelector(asked) && !formula.innerHTML.includes("aria-")) edits.push(() => { formula.textContent = "x"; });
    }
    // Of words in the same type and colour on the same ground the first three are asked for their contrast; the others
    // become room, except where something has its name from them.
    const grounds = new Map([[null, ""]]);
    const ground = (element) => {
        if (!grounds.has(element)) {
            const { backgroundColor, backgroundImage, filter, mixBlendMode, opacity, position } = getComputedStyle(element);
            const own = [backgroundColor, backgroundImage, filter, mixBlendMode, opacity, position].join();
            const bare = own === "rgba(0, 0, 0, 0),none,none,normal,1,static";
            grounds.set(element, ground(element.parentElement) + (bare ? "" : `/${own}`));
        }
        return grounds.get(element);
    };
    const references = [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
        .flatMap((element) => [...(element.getAttribute("aria-labelledby") ?? "").split(" "), ...(element.getAttribute("aria-describedby") ?? "").split(" ")]);
    const names = ["a, button, caption, figcaption, h1, h2, h3, h4, h5, h6, label, legend, option, summary, textarea, th, math",
        "[role]:not([role=region], [role=group], [role=img])", ...references.filter(Boolean).map((id) => `#${CSS.escape(id)}`)].join(", ");
    const kinds = new Map();
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, element = text.parentElement;
        if (!text.data.trim() || element.closest(names)) continue;
        const { color, fill, fontSize, fontWeight, textShadow } = getComputedStyle(element);
        const kind = [element.tagName, color, fill, fontSize, fontWeight, textShadow, ground(element)].join();
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (kinds.get(kind) > 3) edits.push(() => { text.data = text.data.replaceAll(/\\S/g, "\\u00a0"); });
    }
    edits.forEach((edit) => edit());
}"""

LAID_OUT = """() => {
    document.querySelectorAll("details").forEach((fold) => (fold.open = true));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
"""Everything is unfolded and has its place: axe would not see what is moved while it looks."""


def faults(page: Page, root: Path, *, colours_only: bool = False) -> list[str]:
    """What axe finds serious or critical, with everything unfolded."""
    for step in (LAID_OUT, THIN):
        page.evaluate(step)
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
        for node in rule["nodes"][:5]
    ]
