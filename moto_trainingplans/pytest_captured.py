"""What happened to the simulation of a test that failed: `Captured training plans`.

Left out by `-p no:moto_trainingplans.pytest_captured`, or `training_plans_captured = false`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from . import Call, Change, TrainingPlans

TITLE = "Captured training plans"
LINES = 60
LAST = 20
WIDTH = 160


def section(plans: TrainingPlans) -> str:
    """The timeline, the last calls and the last changes, in 60 lines of plain text.

    The same for the same calls at the same times. Never raises: of the test's own failure
    nothing may be lost.
    """
    below = [*_told("calls", lambda: _calls(plans)), *_told("changes", lambda: _changes(plans))]
    above = _told("timeline", lambda: _timeline(plans))
    room = LINES - len(below)
    if len(above) > room:
        above = [*above[: room - 1], f"... and {len(above) - room + 1} more lines"]
    return "\n".join([*above, *below])


def _told(what: str, tell: Callable[[], list[str]]) -> list[str]:
    try:
        lines = tell()
    except (Exception, pytest.fail.Exception) as problem:
        lines = [f"{what}: cannot be told: {type(problem).__name__}: {problem}"]
    return [_printable(line) for line in lines]


def _timeline(plans: TrainingPlans) -> list[str]:
    return plans.timeline().text(width=80, colours=False).splitlines()


def _calls(plans: TrainingPlans) -> list[str]:
    calls = plans.calls()
    return _last("calls", len(calls), [_call(each) for each in calls[-LAST:]])


def _changes(plans: TrainingPlans) -> list[str]:
    changes = plans.history()
    return _last("changes", len(changes), [_change(each) for each in changes[-LAST:]])


def _last(what: str, count: int, lines: list[str]) -> list[str]:
    if count > len(lines):
        return [f"the last {len(lines)} of {count} {what}:", *lines]
    return [f"{what}:" if lines else f"no {what}", *lines]


def _call(call: Call) -> str:
    outcome = f"refused with {call.error}: " if call.error else ""
    sent = json.dumps(call.parameters, default=str)
    return f"  {_time(call.time)} {call.region} {outcome}{call.operation} {sent}"


def _change(change: Change) -> str:
    resource = change.resource.removeprefix("arn:aws:sagemaker:")
    states = f"{change.before} -> {change.after}" if change.before else change.after
    reason = f": {change.reason}" if change.reason else ""
    return f"  {_time(change.time)} {resource} {states}{reason}"


def _time(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    """A line of it, without what a terminal would take for more than text."""
    shown = text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."
    return "".join(each if each.isprintable() else " " for each in shown)
