"""Mistakes of test authors and of the tools that they test: each is caught, and told by its cause.

Every file of `planted_mistakes/` is a small test file with one mistake in it. Its docstring says
what is caught of it. `# right:` below a line is what should stand there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.mistake_table import FOLDER, MISTAKES, PAGE, caught, written

EACH = [pytest.param(each, id=each.stem) for each in MISTAKES]
# What is written down of the run: for each file the outcomes, and the text of what failed.
RECORDER = """
import json
from pathlib import Path

texts = {}


def pytest_runtest_logreport(report):
    record(report, "failed" if report.failed else "passed" if report.when == "call" else None)


def pytest_collectreport(report):
    record(report, "failed" if report.failed else None)


def record(report, outcome):
    if outcome:
        outcomes = texts.setdefault(report.nodeid.partition("::")[0], [])
        outcomes.append([outcome, report.longreprtext])


def pytest_sessionfinish(session):
    Path("outcomes.json").write_text(json.dumps(texts))
"""

pytestmark = pytest.mark.in_process("runs pytest in a process of its own")


def mended(text: str) -> str:
    """A test file without its mistake."""
    lines: list[str] = []
    for line in text.splitlines():
        if found := re.fullmatch(r"( *)# right:(?: (.*))?", line):
            spoiled = lines.pop()
            indent = re.match(" *", spoiled)
            if found[2]:
                lines.append((indent[0] if indent else "") + found[2])
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of each file, as it is and mended: all in one run each."""
    return {
        "as it is": run(tmp_path_factory.mktemp("mistakes"), str),
        "mended": run(tmp_path_factory.mktemp("mended"), mended),
    }


def run(folder, change):
    for name, text in (
        ("conftest.py", (FOLDER / "support.py").read_text(encoding="utf-8")),
        ("recorder.py", RECORDER),
        ("pytest.ini", "[pytest]\n"),
        *((f"test_{each.name}", change(each.read_text(encoding="utf-8"))) for each in MISTAKES),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    command = (
        "-m pytest -q -p recorder -p tests.support.shared_models -p no:cacheprovider"
        " --continue-on-collection-errors ."
    )
    subprocess.run(
        [sys.executable, *command.split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["", str(Path(__file__).parents[2])])},
        capture_output=True,
        check=False,
        timeout=300,
    )
    return json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", EACH)
def test_it_is_caught_and_told_by_its_cause(mistake, outcomes):
    found = outcomes["as it is"].get(f"test_{mistake.name}", [])
    told = [text for outcome, text in found if outcome == "failed"]
    assert any(re.search(caught(mistake), text) for text in told), "\n".join(told)


@pytest.mark.parametrize("mistake", EACH)
def test_it_passes_without_the_mistake(mistake, outcomes):
    found = outcomes["mended"][f"test_{mistake.name}"]
    told = [text for outcome, text in found if outcome == "failed"]
    assert not told, "\n".join(told)
    assert found


def test_there_are_fifty():
    assert len(MISTAKES) >= 50


def test_the_docs_list_them():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tests.tools.mistake_table"
