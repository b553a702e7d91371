"""The documentation site as it is built: what is found in it, and what it loads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

import moto_trainingplans
from tests.support.examples import PROJECT
from tests.support.refusals import listed_rows
from tests.tools import site_navigation
from tests.tools.error_table import CODES
from tests.tools.site_navigation import DOCS, navigation
from tests.tools.site_pages import RULE

SITE_URL = "https://moto-trainingplans.github.io/moto-trainingplans/"

pytestmark = pytest.mark.in_process("reads files alone")


@pytest.fixture(scope="module")
def places(site: Path) -> dict[str, set[str]]:
    """The titles of what a search finds, each with its addresses."""
    found: dict[str, set[str]] = {}
    for item in json.loads((site / "search.json").read_text(encoding="utf-8"))["items"]:
        title = unescape(re.sub(r"<[^>]+>", "", item["title"]))
        found.setdefault(title, set()).add(item["location"])
    return found


def without_an_own_place(places: dict[str, set[str]], page: str, *titles: str) -> list[str]:
    """Those that no section of a page has as its title, or a part of it."""
    sections = {
        title: location
        for title, addresses in places.items()
        for location in addresses
        if location.startswith(f"{page}/#")
    }
    return [each for each in titles if not any(each in title for title in sections)]


def test_a_search_finds_every_control_call(places, plans):
    calls = set()
    for name in dir(plans):
        if not name.startswith("_"):
            member = getattr(plans, name)
            group = [each for each in dir(member) if not each.startswith("_")]
            calls |= {f"{name}("} if callable(member) else {f"{name}.{each}(" for each in group}
    assert len(calls) > 20
    assert without_an_own_place(places, "control", *calls) == []


def test_a_search_finds_every_public_name_and_its_members(places):
    names = [name for name in moto_trainingplans.__all__ if name != "__version__"]
    assert without_an_own_place(places, "reference", *names, "move_to", "fail_next") == []


def test_a_search_finds_every_error_code(places):
    assert without_an_own_place(places, "errors", *CODES) == []
    nodes = ("NodeIdNotFound", "InstanceIdInUse", "InvalidInstanceGroupStatus")
    assert without_an_own_place(places, "errors", *nodes, "CreateTrainingPlan") == []


def test_every_text_of_an_error_is_shown_as_it_is(site):
    built = (site / "errors" / "index.html").read_text(encoding="utf-8")
    shown = unescape(re.sub(r"<[^>]+>", "", built))
    texts = {text for _, _, text in listed_rows()}
    assert len(texts) > 100
    assert [text for text in texts if text not in shown] == []


def test_a_search_finds_every_rule(places):
    rules = [rule for rule, _, _ in RULE.findall((DOCS / "behaviour.md").read_text("utf-8"))]
    assert len(rules) > 100
    assert [rule for rule in rules if places.get(rule) != {f"behaviour/#{rule.lower()}"}] == []


@pytest.mark.parametrize("page", ["control", "reference", "errors", "behaviour"])
def test_each_of_them_is_two_clicks_away_the_page_and_its_section(site, places, page):
    linked = References((site / page / "index.html").read_text(encoding="utf-8")).links
    of_page = {place for found in places.values() for place in found}
    sections = {each.partition("/")[2] for each in of_page if each.startswith(f"{page}/#")}
    assert len(sections) > 20
    assert sections - set(linked) == set()


LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}


class References(HTMLParser):
    """What a page loads, what it links to, and the classes of what is in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.classes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.classes |= set(given.get("class", "").split())
        loads = given.get("rel") not in ("canonical", "next", "prev")
        if tag == "link" and loads and "href" in given:
            self.loaded.append(given["href"])
        if tag in LOADING and LOADING[tag] in given:
            self.loaded.append(given[LOADING[tag]])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])


def pages(site: Path) -> Iterator[tuple[str, References]]:
    for page in sorted(site.rglob("*.html")):
        yield str(page.relative_to(site)), References(page.read_text(encoding="utf-8"))


# What the builder's script would fetch from a CDN, for pages with something of the kind in them.
FETCHED = {"mermaid", "glightbox", "pyodide", "arithmatex"}


def test_reading_needs_no_network(site):
    elsewhere = [
        (page, loaded)
        for page, references in pages(site)
        for loaded in references.loaded
        if urlsplit(loaded).netloc
    ]
    assert elsewhere == []
    assert {name for _, each in pages(site) for name in each.classes} & FETCHED == set()
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import\s)['\"]?(?:https?:)?//[^)'\"]*", text) == [], (
            style.name
        )
    assert (site / "search.json").stat().st_size < 2_000_000


def test_every_page_of_the_index_is_in_the_navigation_of_every_page(site):
    expected = {
        site_navigation.address(entry.target)
        for section in navigation()
        for entry in section.entries
        if "://" not in entry.target and entry.target.endswith(".md")
    }
    assert len(expected) > 30
    for page, references in pages(site):
        if page == "404.html":
            continue
        here = urljoin(SITE_URL, page.removesuffix("index.html"))
        linked = {urljoin(here, link).removeprefix(SITE_URL) for link in references.links}
        assert expected - linked == set(), page


def test_llms_txt_lists_what_the_navigation_has(site):
    told = (site / "llms.txt").read_text(encoding="utf-8")
    assert told.startswith("# moto-trainingplans\n\n> ")
    listed = re.findall(r"^- \[([^]]+)\]\(([^)]+)\): .+$", told, re.MULTILINE)
    sections = navigation()
    assert re.findall(r"^## (.+)$", told, re.MULTILINE) == [each.title for each in sections]
    assert [title for title, _ in listed] == [e.title for each in sections for e in each.entries]
    for _, listed_at in listed:
        if listed_at.startswith(SITE_URL):
            assert (site / listed_at.removeprefix(SITE_URL) / "index.html").exists(), listed_at
    full = (site / "llms-full.txt").read_text(encoding="utf-8")
    assert "### `clock.move_to(when)`" in full
    assert "| PLAN-03 |" in full


def test_a_page_with_examples_says_with_which_versions_they_have_run(site):
    from importlib.metadata import version

    page = (site / "quick-start-decorator" / "index.html").read_text(encoding="utf-8")
    assert f"moto {version('moto')}" in page
    assert f"botocore {version('botocore')}" in page


def test_the_readme_leads_to_pages_of_the_site(site):
    links: list[Any] = re.findall(
        rf"\({SITE_URL}([^)#]*)", (PROJECT / "README.md").read_text(encoding="utf-8")
    )
    assert links
    assert [link for link in links if not (site / link / "index.html").exists()] == []
