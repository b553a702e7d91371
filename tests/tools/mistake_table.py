"""The table of docs/failing-tests.md, from the planted mistakes.

    python -m tests.tools.mistake_table     # writes it into the page

`tests/edges/test_planted_mistakes.py` sees to it that the page has today's mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "failing-tests.md"
FOLDER = TESTS / "edges" / "planted_mistakes"
MISTAKES = sorted(path for path in FOLDER.glob("*.py") if path.stem != "support")
BEGIN = "<!-- from here on written by tests/tools/mistake_table.py -->"


def caught(mistake: Path) -> str:
    """The pattern of what a mistake's failure says."""
    found = re.search(r"^caught: (.+)$", mistake.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, mistake
    return found[1]


def written(page: str) -> str:
    """The page with the table of today's mistakes."""
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + "\n".join(_table()) + "\n"


def _table() -> Iterator[str]:
    yield "| the mistake | what the failure says |"
    yield "|---|---|"
    for mistake in MISTAKES:
        sentence = mistake.read_text(encoding="utf-8").partition('"""')[2].partition("\n")[0]
        yield f"| {sentence} | `{_readable(caught(mistake))}` |"


def _readable(pattern: str) -> str:
    """A pattern as a reader takes it: the text, and an ellipsis for what may be anything."""
    anything = re.sub(r"\[\\s\\S\]\*|\.\*|(\\s\+E?)+|\\[dbw]\+?", "…", pattern)
    return re.sub(r"\\(.)", r"\1", anything).replace("……", "…").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
