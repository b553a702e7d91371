"""docs/control.md has every call of the control object, as it is called."""

from __future__ import annotations

import inspect
import re

import pytest

from tests.support.examples import PROJECT, examples

PAGE = PROJECT / "docs" / "control.md"

pytestmark = pytest.mark.in_process("reads the page and the class")


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def written(name, method):
    """A call as the page's heading has it: its parameters, without their types."""
    parameters = inspect.signature(method).parameters.values()
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    return f"{name}{inspect.Signature(plain)}"


def test_every_call_has_a_heading_that_says_how_it_is_called(plans):
    calls = set()
    for name in public(plans):
        member = getattr(plans, name)
        if callable(member):
            calls.add(written(name, member))
        else:
            calls |= {written(f"{name}.{each}", getattr(member, each)) for each in public(member)}
    headings = re.findall(r"^### (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    described = {
        call.replace('"', "'") for line in headings for call in re.findall("`(.*?)`", line)
    }
    assert described == calls


def test_every_call_has_an_example():
    code = "\n".join(each.code for each in examples(PAGE, "python"))
    headings = re.findall(r"^### .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    calls = [call for line in headings for call in re.findall(r"`([\w.]+)\(", line)]
    assert [call for call in calls if f"training_plans.{call}(" not in code] == []
