"""The README holds what it shows: commands that CI runs, and a picture that its own test makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from moto_trainingplans.sagemaker.operations import HANDLERS
from tests.support.examples import examples, module_text

PROJECT = Path(__file__).resolve().parent.parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.in_process("reads files alone")


def test_ci_runs_its_test_command():
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in ci
    (command,) = re.findall(r"^python3 .*-m pytest -n auto$", README, flags=re.MULTILINE)
    assert command


def test_its_picture_is_what_the_test_beside_it_draws(plans, tmp_path):
    pictured = re.search(r"!\[[^]]*\]\(.*/main/(\S+)\)", README)
    assert pictured
    first = examples(PROJECT / "README.md", "python")[0]
    assert f'now="{plans.clock.now():%Y-%m-%dT%H:%M:%S}' in first.code
    names: dict[str, Any] = {}
    exec(compile(module_text(first), "README.md", "exec"), names)
    (test,) = (value for name, value in names.items() if name.startswith("test_"))
    test(plans, tmp_path)
    drawn = (tmp_path / "timeline.svg").read_text(encoding="utf-8")
    assert drawn + "\n" == (PROJECT / pictured[1]).read_text(encoding="utf-8")


def test_it_counts_the_operations_that_there_are():
    assert f"| {len(HANDLERS)} operations of SageMaker" in README


def test_it_can_be_read_on_the_package_index():
    links = re.findall(r"\]\(([^)\s]+)\)", README)
    assert [link for link in links if not re.match(r"https://|#", link)] == []
