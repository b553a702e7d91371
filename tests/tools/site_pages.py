"""What a page of docs/ becomes on the site: a place for each rule, links, and versions."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from tests.support.examples import examples
from tests.tools.site_navigation import BLOB, DOCS, PROJECT

PICTURES = (".svg", ".png")
VERSIONS = ("moto", "botocore", "pytest")
RULE = re.compile(r"^\| ([A-Z]+-\d+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
_TABLE_OF_RULES = re.compile(r"^\| rule \|.*\n\|[-|]+\n", re.MULTILINE)
_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def for_the_site(page: Path) -> str:
    """A page of docs/ as the site has it."""
    text = page.read_text(encoding="utf-8")
    if page == DOCS / "behaviour.md":
        text = _with_a_heading_for_each_rule(text)
    text = _LINK.sub(lambda link: f"{link[1]}{_address(page, link[2])}{link[3]}", text)
    return text + _versions(page)


def _with_a_heading_for_each_rule(text: str) -> str:
    """Rules as sections instead of rows: each with an address, and a hit of its own in searches."""
    known = {rule for rule, _, _ in RULE.findall(text)}

    def linked(behaviour: str) -> str:
        return re.sub(
            r"\b[A-Z]+-\d+\b",
            lambda name: f"[{name[0]}](#{name[0].lower()})" if name[0] in known else name[0],
            behaviour,
        )

    without_heads = _TABLE_OF_RULES.sub("", text)
    return RULE.sub(
        lambda rule: f"### {rule[1]}\n\n{linked(rule[3])}\n\nSource: *{rule[2].strip()}*.\n",
        without_heads,
    )


def _address(page: Path, link: str) -> str:
    """Where a link leads on the site: to its own pages and pictures, or to GitHub."""
    if re.match(r"[a-z]+:", link):
        return link
    target = Path(os.path.normpath(page.parent / link))
    if DOCS in target.parents and target.suffix in (".md", *PICTURES):
        return link
    if target.suffix in PICTURES:  # beside docs/, and copied into it
        return os.path.relpath(DOCS / target.name, page.parent)
    return BLOB + target.relative_to(PROJECT).as_posix()


def _versions(page: Path) -> str:
    """With which versions the examples of a page have run."""
    run = [
        each
        for each in examples(page, "python", "sh")
        if "not_run" not in each.qualifiers and (each.language == "sh" or each.is_test)
    ]
    if not run:
        return ""
    used = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    counted = "The example" if len(run) == 1 else f"The {len(run)} examples"
    verb = "is a test that runs" if len(run) == 1 else "are tests that run"
    return (
        f"\n\n---\n\n*{counted} of this page {verb} with each change; when this page was built, "
        f"with Python {platform.python_version()}, {used}.*\n"
    )
