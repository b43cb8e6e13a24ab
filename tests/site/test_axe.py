"""What is left of a page for axe still shows every fault: a chapter is damaged, and each damage is found."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from .axe import COLOURS, faults
from .conftest import read_through

# Somewhere far down the page, one of many alike: what is faint is to be found by its colour alone.
FAINT = {
    "em": "p em",
    "strong": "p strong",
    "cell": "td p",
    "item": "li p, li",
    "token": "pre span",
    "code": "p code",
    "formula": "p > .math",
    "paragraph": "p",
}
DAMAGE = """([faint, colour]) => {
    for (const [name, selector] of faint) {
        const alike = [...document.querySelectorAll(`main :is(${selector})`)]
            .filter((e) => e.textContent.trim().length > 3 && !e.closest(".kl-widget, a, summary, [class*=faint]") && !e.querySelector("[class*=faint]"));
        const one = alike[Math.floor(alike.length * 0.7)];
        one.classList.add(`faint-${name}`);
        one.style.color = colour;
    }
}"""

# What is wrong with it -> the rule that says so.
WRONG = {
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">',
    "svg-img-alt": '<svg role="img" width="20" height="20"><path d="M0 0h9v9z"/></svg>',
    "button-name": "<p><button></button></p>",
    "link-name": '<p><a href="search.html"></a></p>',
    "label": '<p><input type="text"></p>',
    "list": "<ul><p>no item</p></ul>",
    "aria-roles": '<p>Among <em>other <span role="bogus">words</span></em>.</p>',
    "aria-hidden-focus": '<p aria-hidden="true"><em><button>reached</button></em></p>',
    "aria-valid-attr-value": '<p><strong><span role="checkbox" tabindex="0" aria-checked="yes">x</span></strong></p>',
    "aria-input-field-name": '<p><span><span role="slider" tabindex="0" aria-valuenow="1"></span></span></p>',
    "scrollable-region-focusable": '<div style="overflow: auto; height: 2rem"><p>one</p><p>two</p><p>three</p><p>four</p></div>',
}


def test_faint_words_are_found(reader: Callable[..., Page], chapters: list[str], root: Path) -> None:
    page = reader(chapters[-1], by="file", color_scheme="dark")
    names = list(FAINT)
    page.evaluate(DAMAGE, [[[name, FAINT[name]] for name in names], "#333"])
    found = faults(page, root, colours_only=True, most=100)
    assert all(fault.startswith(COLOURS) for fault in found)
    assert [name for name in names if not any(f"faint-{name}" in fault for fault in found)] == []


def test_wrong_parts_are_found(reader: Callable[..., Page], chapters: list[str], root: Path) -> None:
    page = reader(chapters[-1])
    read_through(page)
    drawings = page.locator("svg.figure-svg")
    drawings.nth(drawings.count() - 1).evaluate("(drawing) => drawing.removeAttribute('aria-label')")
    page.evaluate(
        "(parts) => [...document.querySelectorAll('main section')].at(-2).insertAdjacentHTML('beforeend', parts)", "".join(WRONG.values())
    )
    found = faults(page, root, most=100)
    assert {fault.split(":")[0] for fault in found} == set(WRONG)
    assert sum(fault.startswith("svg-img-alt") for fault in found) == 2, "the drawing without its name"
