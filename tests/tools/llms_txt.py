"""llms.txt and llms-full.txt: what is in the documentation, for whoever reads it by program.

The form is that of llmstxt.org: a title, a summary, and sections of links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.tools.site_navigation import BLOB, DOCS, INDEX, Section, address


def llms_txt(sections: list[Section], site_url: str) -> str:
    """The list of all pages, with what is in each."""
    return "\n".join(_lines(sections, site_url)) + "\n"


def llms_full_txt(sections: list[Section], site_url: str) -> str:
    """The list, and after it the text of every page of docs/ in its order."""
    pages = [
        (DOCS / entry.target).read_text(encoding="utf-8")
        for section in sections
        for entry in section.entries
        if entry.target.endswith(".md") and "://" not in entry.target
    ]
    return "\n\n---\n\n".join([llms_txt(sections, site_url).rstrip(), *pages])


def _lines(sections: list[Section], site_url: str) -> Iterator[str]:
    title, _, rest = INDEX.read_text(encoding="utf-8").partition("\n")
    summary = rest.strip().partition("\n\n")[0]
    yield title
    yield ""
    yield "> " + re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", " ".join(summary.split()))
    for section in sections:
        yield ""
        yield f"## {section.title}"
        yield ""
        for entry in section.entries:
            yield f"- [{entry.title}]({_address(entry.target, site_url)}): {entry.told}"


def _address(target: str, site_url: str) -> str:
    if "://" in target:
        return target
    if not target.endswith(".md"):
        return f"{BLOB}docs/{target}"
    return f"{site_url}{address(target)}"
