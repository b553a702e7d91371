"""The navigation of the documentation: what docs/index.md lists, section by section.

## Section

- [Title](page.md): what is there, in a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
INDEX = DOCS / "index.md"
REPOSITORY = "https://github.com/moto-trainingplans/moto-trainingplans"
BLOB = f"{REPOSITORY}/blob/main/"

_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!## ).*\n?)*)", re.MULTILINE)
_ENTRY = re.compile(
    r"^- \[(?P<title>[^\]]+)\]\((?P<target>[^)]+)\):\s(?P<told>(?:(?!- ).+\n?)+)", re.MULTILINE
)


@dataclass(frozen=True)
class Entry:
    """A page, or a file or address elsewhere: its title, and what is there."""

    title: str
    target: str
    told: str


@dataclass(frozen=True)
class Section:
    """A heading of the index, and what is listed under it."""

    title: str
    entries: tuple[Entry, ...]


def address(page: str) -> str:
    """Where a page of docs/ is on the site, as `clock/` for clock.md."""
    return re.sub(r"(^|/)(index|README)/$", r"\1", f"{page.removesuffix('.md')}/")


def navigation() -> list[Section]:
    """The sections of docs/index.md in which anything is listed."""
    text = INDEX.read_text(encoding="utf-8")
    sections = []
    for section in _SECTION.finditer(text):
        entries = tuple(
            Entry(each["title"], each["target"], " ".join(each["told"].split()))
            for each in _ENTRY.finditer(section["body"])
        )
        if entries:
            sections.append(Section(section["title"], entries))
    return sections
