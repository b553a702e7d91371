"""The table of docs/differences-from-moto.md, from the exceptions of `moto_suite`.

    python -m tests.tools.moto_suite_table      # writes it into the page

`tests/docs/test_differences.py` sees to it that the page has today's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.tools.moto_suite import EXCEPTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "differences-from-moto.md"
BEGIN = "<!-- from here on written by tests/tools/moto_suite_table.py -->"


def written(page: str) -> str:
    """The page with the table of today's exceptions."""
    return page.partition(BEGIN)[0] + BEGIN + "\n\n" + "\n".join(_table()) + "\n"


def _table() -> Iterator[str]:
    yield "| test | why |"
    yield "|---|---|"
    for name, reason in EXCEPTIONS.items():
        yield f"| `{name.rpartition('.')[2]}` | {reason} |"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
