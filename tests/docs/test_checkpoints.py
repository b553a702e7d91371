"""The reader of the container's timestamp, as the page on checkpoints has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.jobs import CUT_OFF, START

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "checkpoints.md"


@pytest.fixture
def page():
    """What the page's example defines."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(compile(example, str(PAGE), "exec"), names)
    return names


@pytest.mark.rule("JOB-07")
@pytest.mark.parametrize("unit", ["seconds", "milliseconds"])
def test_the_reader_of_the_docs_stands_both_units(plans, jobs, buy, page, unit):
    plans.jobs.expiration_in(unit)
    jobs.create("job", buy())
    plans.clock.move_to(START)
    assert page["instances_taken_at"](plans.jobs.environment("job")) == CUT_OFF
    assert page["instances_taken_at"]({"MODE": "test"}) is None
