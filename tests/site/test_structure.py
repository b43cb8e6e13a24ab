"""What stands in the HTML, read without a browser."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from .conftest import PAGES, SOURCE

Soups = dict[str, BeautifulSoup]

# The tightest that works: KaTeX's HTML has style attributes, everything else is a file of the site.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def test_every_page_is_opened_in_a_browser(every_page: list[str]) -> None:
    """All but the library's sources, of which the longest stands for the others."""
    assert {page for page in every_page if not page.startswith("_modules/kltext/")} == set(PAGES) - {SOURCE}


def test_policy_comes_first_and_is_kept(soups: Soups) -> None:
    for page, soup in soups.items():
        tag = soup.find("meta", {"http-equiv": "Content-Security-Policy"})
        assert tag, page
        assert dict(part.split(" ", 1) for part in tag["content"].split("; ")) == POLICY
        before = [other.name for other in tag.find_all_previous(["script", "link", "style"])]
        assert before == [], f"{page}: {before} come before the policy"
        assert [script for script in soup.find_all("script") if not script.get("src")] == [], page
        assert soup.find_all("style") == [], page
        handlers = [tag.name for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        assert handlers == [], page


def test_no_page_asks_for_anything_outside(soups: Soups) -> None:
    for page, soup in soups.items():
        for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")):
            for found in soup.find_all(tag):
                address = found.get(attribute) or ""
                assert not urlsplit(address).scheme or address.startswith("data:"), (page, str(found)[:120])


def test_style_sheets_ask_for_nothing_outside(book: Path) -> None:
    for sheet in book.rglob("*.css"):
        for address in re.findall(r"url\(([^)]*)\)", sheet.read_text()):
            address = address.strip("'\"")
            if not address.startswith(("data:", "#")):
                assert not urlsplit(address).scheme, (sheet.name, address)


def test_links_and_anchors_resolve(book: Path, soups: Soups) -> None:
    ids = {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in soups.items()}
    for page, soup in soups.items():
        for link in soup.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme:
                assert parts.scheme in ("https", "mailto"), (page, link["href"])
                continue
            target = ((book / page).parent / unquote(parts.path)).resolve() if parts.path else (book / page).resolve()
            assert target.is_file(), f"{page}: {link['href']} leads nowhere"
            if parts.fragment and target.suffix == ".html":
                name = target.relative_to(book.resolve()).as_posix()
                fragment = unquote(parts.fragment)
                # a widget's state may stand in an address; anything else names a place
                assert "=" in fragment or fragment in ids[name], f"{page}: {link['href']} names no place"


def test_ids_are_unique(soups: Soups) -> None:
    for page, soup in soups.items():
        twice = [name for name, count in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if count > 1]
        assert twice == [], page
        for tag in soup.find_all(attrs={"aria-labelledby": True}):
            assert all(soup.find(id=name) for name in tag["aria-labelledby"].split()), (page, tag["aria-labelledby"])


def test_equations_are_numbered_once_and_only_where_labelled(soups: Soups) -> None:
    seen: set[tuple[str, str]] = set()
    for page, soup in soups.items():
        for formula in soup.select(".math-display"):
            numbers = [number.get_text().rstrip("#") for number in formula.select(".eqno")]
            # KaTeX would add a number of its own where TeX source asks for one
            assert not formula.select(".katex-html .tag, .katex .eqn-num"), f"{page}: {formula.get('id')} is numbered by KaTeX"
            assert len(numbers) == (1 if formula.get("id") else 0), (page, formula.get("id"))
            for number in numbers:
                assert (page, number) not in seen, f"{page}: {number} twice"
                seen.add((page, number))
    assert seen


def words(tag: Tag) -> Iterator[str]:
    """The text of an element without its formulas and its code."""
    for part in tag.children:
        if isinstance(part, Tag):
            if part.name not in ("pre", "code") and "math" not in part.get("class", []):
                yield from words(part)
        else:
            yield str(part)


def test_mathematics_is_in_the_page(soups: Soups, chapters: list[str]) -> None:
    for chapter in chapters:
        formulas = soups[chapter].find_all(class_="math")
        assert len(formulas) > 20
        for formula in formulas:
            drawn = formula.find(class_="katex-html")
            assert drawn and drawn["aria-hidden"] == "true", formula.get_text()[:80]
            assert formula.find(class_="katex-mathml").find("math"), formula.get_text()[:80]
    for page, soup in soups.items():
        text = "".join(words(soup.find("main")))
        assert not re.search(r"\\(?:frac|sum|log|Vert|begin)\b|\$|\((?:eq|fig|sec|thm)-[a-z]", text), f"{page} shows TeX or a label"


def test_punctuation_stays_with_its_formula(soups: Soups, chapters: list[str]) -> None:
    """A formula with a comma, a full stop or a bracket at its side stands in one unbroken box with it, and breaks inside it only at <wbr>."""
    touching = 0
    for chapter in chapters:
        for formula in soups[chapter].select("span.math"):
            box = formula.parent if "unbroken" in formula.parent.get("class", []) else None
            if box is None:
                before, after = formula.previous_sibling, formula.next_sibling
                assert not (isinstance(after, str) and after.startswith((",", ".", ";", ":", ")", "’"))), formula.parent.get_text()[:80]
                assert not (isinstance(before, str) and before.endswith(("(", "“"))), formula.parent.get_text()[:80]
            touching += box is not None
            for base in formula.select(".katex-html > .base")[1:]:
                assert base.find_previous_sibling().name == "wbr"
    assert touching > 100


def test_lines_end_neither_at_a_bar_nor_inside_one_minus(soups: Soups, chapters: list[str]) -> None:
    conditions = 0
    for chapter in chapters:
        for formula in soups[chapter].select("span.math .katex-html"):
            for base in formula.select(":scope > .base")[:-1]:
                assert not base.get_text().endswith(("∣", "(1−")), (chapter, formula.get_text())
            conditions += "∣" in formula.get_text()
    assert conditions > 50


def test_a_number_stays_on_one_line(soups: Soups, chapters: list[str]) -> None:
    whole = 0
    for chapter in chapters:
        for text in soups[chapter].find("main").find_all(string=re.compile(r"\d[ \u00a0](%|\d{3}(?!\d))")):
            if not text.find_parent(["pre", "code", "svg", "script"]) and not text.find_parent(class_=["math", "kl-widget", "output"]):
                assert not re.search(r"\d (%|\d{3}(?!\d))", text), (chapter, text)
                whole += 1
    assert whole > 20


def test_pictures_have_names(soups: Soups) -> None:
    for page, soup in soups.items():
        for image in soup.find_all("img"):
            assert image.get("alt", "").strip(), (page, image.get("src"))
        for drawing in soup.find_all("svg"):
            if drawing.find_parent(class_="katex"):
                continue
            named = drawing.get("role") == "img" and drawing.get("aria-label", "").strip()
            assert named or drawing.get("aria-hidden") == "true", (page, str(drawing)[:120])


def test_drawings_follow_the_theme(soups: Soups, chapters: list[str]) -> None:
    mid_tones = re.compile("#(?:7b818c|a3a9b4|3b82d6|d97706|9a6fd0|119c8d|d6457f)", re.IGNORECASE)
    for chapter in chapters:
        drawings = soups[chapter].select("svg.figure-svg, .kl-fallback svg")
        assert drawings
        for drawing in drawings:
            assert "var(--kl-" in str(drawing)
            assert not mid_tones.search(str(drawing)), str(drawing)[:120]


def test_every_page_says_what_it_is(soups: Soups) -> None:
    titles = Counter(soup.title.get_text() for soup in soups.values())
    assert max(titles.values()) == 1
    for page, soup in soups.items():
        assert soup.html["lang"] == "en"
        assert "One Log-Ratio" in soup.title.get_text()
        assert len(soup.find_all("h1")) == 1, page
        if page != "search.html":
            descriptions = [tag["content"] for tag in soup.find_all("meta", {"name": "description"})]
            assert len(descriptions) == 1 and len(descriptions[0]) > 40, page
        cited = {tag["name"]: tag["content"] for tag in soup.select("meta[name^=citation]")}
        assert cited["citation_title"] and not cited["citation_title"][0].isdigit() and cited["citation_author"], page
        assert re.fullmatch(r"20\d\d", cited["citation_publication_date"]), page
        assert cited["citation_author"] in soup.find("footer").get_text(), page
        assert soup.find("link", rel="icon")
        assert len(soup.select("input[name=q]")) == 1, f"{page} has not one search box"
        levels = [int(heading.name[1]) for heading in soup.find("main").find_all(["h1", "h2", "h3", "h4", "h5"])]
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), (page, levels)


def test_chapters_offer_their_notebook(root: Path, book: Path, soups: Soups, chapters: list[str]) -> None:
    assert chapters == [page for page, soup in soups.items() if soup.select_one(".page-tools a[download]")]
    for chapter in chapters:
        link = soups[chapter].select_one(".page-tools a[download]")
        offered = ((book / chapter).parent / link["href"]).resolve()
        assert offered.read_bytes() == (root / chapter).with_suffix(".ipynb").read_bytes()


def test_only_what_pages_ask_for_is_published(book: Path, soups: Soups) -> None:
    wanted = set()
    for page, soup in soups.items():
        for tag, attribute in (("script", "src"), ("link", "href")):
            for found in soup.find_all(tag):
                if attribute in found.attrs:
                    wanted.add(((book / page).parent / urlsplit(found[attribute]).path).resolve())
    for file in (book / "_static").iterdir():
        if file.is_file():
            assert file.resolve() in wanted, f"{file.name} is published, and no page asks for it"


def test_nothing_points_to_a_repository_without_an_address(soups: Soups) -> None:
    for page, soup in soups.items():
        for link in soup.select("header a, footer a, nav a"):
            assert not re.search("github.com|repository|edit/", link["href"]), (page, link["href"])
