"""The documents for readers and contributors name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.tools.site_navigation import DOCS, INDEX, PROJECT, address, navigation

PAGES = sorted((*DOCS.rglob("*.md"), *PROJECT.glob("*.md")))
FOR_CONTRIBUTORS = [PROJECT / "CONTRIBUTING.md", DOCS / "architecture.md"]
OWN_SITE = "https://github.com/moto-trainingplans/moto-trainingplans/blob/main/"

pytestmark = pytest.mark.in_process("reads files alone")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links(page: Path) -> list[str]:
    """What a page links to, but for its own headings."""
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)#\s]+)", prose) if not link.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_to_a_file_leads_to_one(page):
    own = [
        (PROJECT / link.removeprefix(OWN_SITE))
        if link.startswith(OWN_SITE)
        else (page.parent / link)
        for link in links(page)
        if link.startswith(OWN_SITE) or not re.match(r"https?:|mailto:", link)
    ]
    assert [str(target) for target in own if not target.exists()] == []


def test_the_index_lists_every_page_once_and_so_has_the_navigation_of_the_site():
    targets = [entry.target for section in navigation() for entry in section.entries]
    own = [target for target in targets if "://" not in target]
    assert len(own) == len(set(own))
    pages = {*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")} - {INDEX}
    assert {DOCS / target for target in own} == pages


def test_each_link_to_the_site_leads_to_a_page_of_docs():
    site = re.compile(r"https://moto-trainingplans\.github\.io/moto-trainingplans/([^)#\s\"]*)")
    known = {"", *(address(str(page.relative_to(DOCS))) for page in DOCS.rglob("*.md"))}
    linked = {found for page in PAGES for found in site.findall(text_of(page))}
    assert "control/" in linked
    assert linked - known == set()


@pytest.mark.parametrize("page", FOR_CONTRIBUTORS, ids=lambda page: page.name)
def test_every_path_that_contributors_are_sent_to_is_there(page):
    named = set(re.findall(r"`([\w.]+(?:/[\w.]*)+)`", text_of(page)))
    # What is in the environment is there once it has been set up.
    named = {path for path in named if not path.startswith(".venv/")}
    assert named
    places = (PROJECT, PROJECT / "moto_trainingplans", PROJECT / "moto_trainingplans/simulation")
    missing = {
        path
        for path in named
        if not any((place / (path + more)).exists() for place in places for more in ("", ".py"))
    }
    assert missing == set()


def test_every_session_that_contributors_are_told_to_run_is_in_the_noxfile():
    sessions = set(
        re.findall(r"^def (\w+)\(session", text_of(PROJECT / "noxfile.py"), re.MULTILINE)
    )
    told = {
        name
        for page in PAGES
        for names in re.findall(r"nox -s ((?:[a-z_]+ ?)+)", text_of(page))
        for name in names.split()
    }
    assert told
    assert told - sessions == set()


def test_the_architecture_has_every_room_and_in_the_order_that_imports_are_held_to():
    tomllib = pytest.importorskip("tomllib", reason="a part of Python since 3.11")
    rooms = tomllib.loads(text_of(PROJECT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = {
        contract["containers"][0]: [
            [room.strip() for room in re.split(r"[|:]", layer)] for layer in contract["layers"]
        ]
        for contract in rooms
        if contract["type"] == "layers"
    }
    drawn = re.findall(r"^\| ([\w`, ]+) \|", text_of(DOCS / "architecture.md"), re.MULTILINE)
    tables = [re.findall(r"`(\w+)`", row) for row in drawn if "`" in row]
    expected = [sorted(room) for floor in layers.values() for room in floor]
    assert [sorted(row) for row in tables] == expected


def test_ci_and_the_hooks_run_what_contributors_run():
    workflow = yaml.safe_load(text_of(PROJECT / ".github/workflows/ci.yml"))
    steps = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert ".ci/run" in steps
    assert "nox --tags ci" in text_of(PROJECT / ".ci" / "run")
    hooks = yaml.safe_load(text_of(PROJECT / ".pre-commit-config.yaml"))["repos"]
    tools = {hook["entry"].split()[0] for repo in hooks for hook in repo["hooks"]}
    assert tools == {".venv/bin/ruff", ".venv/bin/lint-imports", ".venv/bin/mypy"}
