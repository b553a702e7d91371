"""The README's commands are those that CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.in_process("reads files alone")


def test_ci_runs_its_test_command():
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in ci
    (command,) = re.findall(r"^python3 .*-m pytest -n auto$", README, flags=re.MULTILINE)
    assert command
