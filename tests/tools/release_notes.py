"""Prints what CHANGELOG.md tells of a version: `python -m tests.tools.release_notes 0.2.0`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def notes(version: str) -> str:
    """The section of a version, without its heading; an error if there is none."""
    text = CHANGELOG.read_text(encoding="utf-8")
    section = re.search(
        rf"^## \[{re.escape(version)}\].*?\n(.*?)(?=^## \[|\Z)", text, re.DOTALL | re.MULTILINE
    )
    if section is None:
        sys.exit(f"CHANGELOG.md does not tell of {version}")
    return section[1].strip()


if __name__ == "__main__":
    print(notes(sys.argv[1]))
