"""The README's examples run, and its commands are those that CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.in_process("runs pytest on the README")


@pytest.mark.usefixtures("models_shared_below")
def test_every_example_passes(pytester):
    examples = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    for number, example in enumerate(examples):
        pytester.makepyfile(**{f"test_example_{number}": example})
    outcomes = pytester.runpytest_subprocess("-p", "no:randomly").parseoutcomes()
    assert outcomes == {"passed": len(examples)}


def test_every_file_it_points_to_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_ci_runs_its_test_command():
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in ci
    (command,) = re.findall(r"^python3 .*-m pytest -n auto$", README, flags=re.MULTILINE)
    assert command
