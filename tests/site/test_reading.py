"""Reading with a keyboard, in two themes, on paper, and without scripts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import at_rest, bring, read_through, until

FOCUS = """() => {
    const at = document.activeElement;
    const box = at.getBoundingClientRect();
    const style = getComputedStyle(at);
    const ring = at.matches(".kl-handle") || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
    return {
        name: (at.getAttribute("aria-label") || at.textContent || at.name || at.tagName).trim().slice(0, 60),
        tag: at.tagName, seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight, ring,
    };
}"""


def test_skip_link_comes_first_and_works(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader(chapters[0])
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_tab_reaches_everything_and_shows_where(reader: Callable[..., Page], chapters: list[str]) -> None:
    """Every stop is visible and marked, and a formula that fits is no stop."""
    page = reader(chapters[0])
    read_through(page)
    stops = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            break
        assert stop["seen"], f"the focus is out of sight: {stop}"
        assert stop["ring"], f"the focus does not show: {stop}"
        stops.append(stop["name"])
    for wanted in ("Skip to the text", "One Log-Ratio", "Search the book", "Download this notebook", "Reset"):
        assert any(wanted in stop for stop in stops), wanted
    needless = "[...document.querySelectorAll('.scroll-box[tabindex]')].filter((box) => box.checkVisibility() && box.scrollWidth <= box.clientWidth).length"
    assert page.evaluate(needless) == 0


def test_theme_switch_by_keyboard_is_remembered(reader: Callable[..., Page]) -> None:
    page = reader("index.html", color_scheme="light")
    theme = "document.documentElement.dataset.theme"
    button = page.locator(".theme-button")
    expect(button).to_have_attribute("aria-label", re.compile("system"))
    page.emulate_media(color_scheme="dark")
    until(page, f"{theme} === 'dark'")
    page.emulate_media(color_scheme="light")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate(theme) == "dark"
    expect(button).to_have_attribute("aria-label", re.compile("theme: dark"))
    page.reload()
    assert page.evaluate(theme) == "dark"
    other = reader("search.html")
    assert other.evaluate(theme) == "dark"


def test_theme_is_there_at_the_first_paint(reader: Callable[..., Page]) -> None:
    """The script that sets it is in the head and blocks; a page must not flash in the wrong theme."""
    page = reader("index.html", color_scheme="dark")
    scripts = page.evaluate("[...document.head.querySelectorAll('script')].map((s) => [s.src.includes('theme.js'), s.defer || s.async])")
    assert scripts[0] == [True, False]
    assert all(deferred for _, deferred in scripts[1:])


def test_without_storage_the_theme_still_switches(reader: Callable[..., Page]) -> None:
    page = reader("search.html", color_scheme="light")
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })")
    page.goto(page.url.replace("search.html", "index.html"))
    page.locator(".theme-button").click()
    page.locator(".theme-button").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("by", ["http", "file"])
def test_search(reader: Callable[..., Page], chapters: list[str], by: str) -> None:
    page = reader(chapters[0], by=by)
    page.keyboard.press("/")
    expect(page.locator(".site-header input[name=q]")).to_be_focused()
    page.keyboard.type("divergence")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"search\.html\?q=divergence"))
    first = page.locator("#search-results li a").first
    expect(first).to_be_visible()
    expect(page.locator("#search-results")).to_contain_text("found")
    expect(page.locator("input[name=q]")).to_have_value("divergence")
    first.click()
    expect(page.locator("h1")).to_contain_text(re.compile("divergence", re.IGNORECASE))


def test_search_says_when_it_finds_nothing(reader: Callable[..., Page]) -> None:
    page = reader("search.html?q=zyzzyva")
    expect(page.locator("#search-results")).to_contain_text("did not match")
    expect(page.locator(".needs-script")).to_be_hidden()


def test_drawer_on_a_phone(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader(chapters[0], viewport={"width": 390, "height": 844})
    drawer = page.locator("#contents")
    expect(drawer).to_be_hidden()
    button = page.locator(".contents-button")
    button.focus()
    page.keyboard.press("Enter")
    expect(drawer).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#contents').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    link = drawer.locator(".contents-sections a").nth(2)
    target = link.evaluate("(link) => link.hash")
    link.click()
    expect(drawer).to_be_hidden()
    assert page.evaluate("location.hash") == target


def test_section_links_lead_to_their_headings(reader: Callable[..., Page], chapters: list[str]) -> None:
    """Also far down, past sections that had not been laid out; and the list marks the section that is read."""
    page = reader(chapters[0], reduced_motion="reduce")
    links = page.locator(".on-this-page > ul > li > a")
    for i in (links.count() - 1, 2, links.count() // 2):
        link = links.nth(i)
        link.click()
        section = link.evaluate("(link) => decodeURIComponent(link.hash.slice(1))")
        top = at_rest(page, "(id) => document.getElementById(id).querySelector('h2').getBoundingClientRect().top", section)
        last = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
        assert 0 < top < 270 or last, f"{section} is at {top}"
        if not last:
            expect(link).to_have_attribute("aria-current", "location")


def test_a_jump_to_a_heading_leaves_the_widgets_in_the_address(reader: Callable[..., Page]) -> None:
    """What was changed before it is in the address again with the next change, so that a reload shows both."""
    page = reader("chapters/kl-divergence.html#microscope=unit:bits")
    expect(page.locator('[data-kl-key="microscope"] [data-kl-unit]')).to_have_attribute("data-kl-unit", "bits")
    page.evaluate("location.hash = document.querySelector('main section section').id")
    assert "microscope" not in page.evaluate("location.hash")
    pair = page.locator('[data-kl-key="gaussians"]')
    pair.scroll_into_view_if_needed()
    pair.locator('[data-kl-choice="unit:bits"]').check(force=True)
    page.wait_for_url("**gaussians=**")
    assert sorted(page.evaluate("location.hash").lstrip("#").split("&")) == ["gaussians=unit:bits", "microscope=unit:bits"]


def test_deep_links_arrive(reader: Callable[..., Page], chapters: list[str]) -> None:
    """An address with an anchor, opened anew, shows its place although the sections above it were never laid out."""
    page = reader(chapters[0], reduced_motion="reduce")
    ids = page.evaluate("[...document.querySelectorAll('article > section > section')].map((section) => section.id)")
    formula = page.evaluate("[...document.querySelectorAll('.math-display[id]')].at(-1).id")
    for name in (ids[-2], ids[len(ids) // 2], formula):
        fresh = reader(f"{chapters[0]}#{name}")
        top = at_rest(fresh, "(id) => document.getElementById(id).getBoundingClientRect().top", name)
        assert -5 < top < 900, f"#{name} is at {top}"
        fresh.close()


def test_copy_button(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader(chapters[0], permissions=["clipboard-read", "clipboard-write"])
    listing = page.locator(".cell_input div.highlight:visible").first
    bring(listing)
    listing.hover()
    button = listing.locator(".copy-button")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == listing.locator("pre").inner_text().rstrip("\n")


def test_a_wide_formula_scrolls_in_its_own_box_by_keyboard(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader(chapters[0], viewport={"width": 320, "height": 700})
    read_through(page)
    box = page.locator(".math-display .scroll-box[tabindex]").first
    bring(box)
    box.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.scrollLeft > 0")


def test_selected_text_has_each_formula_once(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader("chapters/kl-divergence.html")
    paragraph = page.locator("article p", has=page.locator(".math")).first
    selected = paragraph.evaluate("(it) => { getSelection().selectAllChildren(it); return getSelection().toString(); }")
    assert "divergence D(P∥Q) is what it costs" in " ".join(selected.replace("\u200b", "").split())


def test_notebook_is_saved_from_a_server_and_announced_from_disk(reader: Callable[..., Page], book: Path, chapters: list[str]) -> None:
    page = reader(chapters[0])
    note = page.locator(".page-tools-note")
    expect(note).not_to_contain_text("as text")
    with page.expect_download() as saved:
        page.locator(".page-tools a").click()
    assert saved.value.suggested_filename == Path(chapters[0]).with_suffix(".ipynb").name
    page.goto((book / chapters[0]).as_uri())
    expect(note).to_contain_text("it opens as text here")


def test_print_shows_everything(reader: Callable[..., Page], chapters: list[str], tmp_path: Path) -> None:
    page = reader(chapters[0])
    page.evaluate("addEventListener('beforeprint', () => { window.folded = document.querySelectorAll('main details:not([open])').length; })")
    folded = page.locator("main details:not([open])").count()
    assert folded > 10
    printed = page.pdf(path=tmp_path / "chapter.pdf", format="A4")
    assert printed.startswith(b"%PDF-") and len(printed) > 100_000
    assert page.evaluate("window.folded") == 0, "folded parts are not opened for printing"
    assert page.locator("main details:not([open])").count() == folded, "printing leaves the page unfolded"
    page.emulate_media(media="print")
    for gone in (".site-header", ".contents", ".on-this-page", ".page-tools"):
        expect(page.locator(gone)).to_be_hidden()
    for gone in (".kl-solved-tick", "[data-kl-widget=answer_box]"):
        expect(page.locator(gone).first).to_be_hidden()
    clipped = "[...document.querySelectorAll('.math-display .scroll-box, pre')].filter((box) => getComputedStyle(box).overflowX !== 'visible').length"
    assert page.evaluate(clipped) == 0


def test_paper_is_light_also_in_the_dark(reader: Callable[..., Page], chapters: list[str]) -> None:
    page = reader(chapters[0], color_scheme="dark")
    colours = """() => {
        const style = getComputedStyle(document.documentElement);
        return [style.colorScheme, ...["bg", "ink", "p", "q"].map((name) => style.getPropertyValue(`--kl-${name}`))];
    }"""
    dark = page.evaluate(colours)
    page.emulate_media(media="print")
    on_paper = page.evaluate(colours)
    page.emulate_media(media="screen", color_scheme="light")
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    light = page.evaluate(colours)
    assert on_paper[0] == "light" and on_paper[1:] == light[1:]
    assert all(one != other for one, other in zip(dark, on_paper, strict=True))


class TestWithoutScripts:
    def test_text_mathematics_and_pictures_are_there(self, reader: Callable[..., Page], chapters: list[str]) -> None:
        page = reader(chapters[0], java_script_enabled=False)
        for kind in (".math-display .katex-html", ".kl-fallback svg", "svg.figure-svg"):
            first = page.locator(kind).first
            first.scroll_into_view_if_needed()
            expect(first).to_be_visible()
            box = first.bounding_box()
            assert box and box["width"] > 20 and box["height"] > 10, kind
        expect(page.locator(".theme-button")).to_be_hidden()

    def test_folded_parts_open(self, reader: Callable[..., Page], chapters: list[str]) -> None:
        page = reader(chapters[0], java_script_enabled=False)
        solution = page.locator("details", has=page.locator("summary", has_text="Solution")).first
        solution.locator("summary").first.scroll_into_view_if_needed()
        solution.locator("summary").first.focus()
        page.keyboard.press("Enter")
        expect(solution).to_have_attribute("open", "")
        expect(solution.locator(":scope > :not(summary)").first).to_be_visible()

    def test_contents_open_on_a_phone(self, reader: Callable[..., Page], chapters: list[str]) -> None:
        page = reader(chapters[0], java_script_enabled=False, viewport={"width": 390, "height": 844})
        page.locator(".contents-button").click()
        expect(page.locator("#contents a").first).to_be_visible()

    def test_search_explains_itself(self, reader: Callable[..., Page]) -> None:
        page = reader("search.html", java_script_enabled=False)
        expect(page.locator(".needs-script")).to_be_visible()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_follows_the_system(self, reader: Callable[..., Page], scheme: str) -> None:
        page = reader("index.html", java_script_enabled=False, color_scheme=scheme)
        page.screenshot()
        expect(page.locator("html")).to_have_css(
            "background-color", {"light": "rgb(253, 253, 252)", "dark": "rgb(20, 22, 27)"}[scheme]
        )
