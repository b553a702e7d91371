"""Control calls that are almost right: over HTTP as bytes, and from Python as any object."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_trainingplans import TrainingPlansError
from moto_trainingplans.control.perform import PUBLIC_CALLS, arguments_of
from tests.support.hostile.attacked import Attacked
from tests.support.hostile.mutations import changed, spoilt
from tests.support.hostile.often import often
from tests.support.hostile.values import EVERY, Literal

LATER, LATEST = "2025-01-24T00:00:00Z", "2025-01-25T00:00:00Z"
PLAN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/jobs"
# What the story has, by the arguments that name it; of all others the description has an example.
REAL: dict[str, Any] = {
    "job_name": "runs",
    "resource": PLAN,
    "plan": "jobs",
    "when": LATER,
    "at": LATER,
    "start": LATER,
    "end": LATEST,
    "last": 5,
    "region": "us-west-2",
}
SCENARIO: dict[str, Any] = {
    "clock": {"now": LATER, "speed": 0},
    "capacity": {
        "clear": {"region": "us-east-1"},
        "set": [
            {"zone": "us-west-2a", "instance_type": "ml.p5.48xlarge", "count": 4, "start": LATER},
            {"zone": "us-west-2b", "instance_type": "ml.p5.48xlarge", "count": 1, "after": 3600},
        ],
    },
    "prices": {"set": {"instance_type": "ml.p5.48xlarge", "rate": "12.5", "at": LATEST}},
    "payments": {"delay": 60, "fail_next": {"times": 1, "message": "Declined."}},
    "quotas": {"set": [{"name": "ml.p5.48xlarge", "value": 4, "region": "us-west-2"}]},
    "jobs": {
        "run_for": [{"duration": 600, "job_name": "waits*"}],
        "fail": {"job_name": "runs", "reason": "None.", "after": 600},
        "expiration_in": "milliseconds",
    },
    "faults": {
        "fail_instances": {"resource": PLAN, "after": 1200},
        "repair": {"resource": PLAN, "at": LATEST},
        "zone_outage": {"zone": "us-west-2b", "start": LATER, "end": LATEST},
        "error": {"operation": "CreateTrainingPlan", "code": "A", "message": "b", "times": 2},
        "throttle": {"operation": "ListTrainingPlans"},
    },
}
# Calls that change nothing, so that there is nothing to be restored.
LOOKING = {"clock/now", "capacity/free", "jobs/environment", "history", "timeline", "report"}
LOOKING |= {"calls", "health", "state", "save"}
# Those after which time goes on by itself, and no two looks are alike.
FLOWING = {"clock/speed", "clock/resume", "load"}


def valid(name: str) -> dict[str, Any]:
    """Arguments with which a call does something in the story."""
    if name == "load":
        return {"source": SCENARIO, "name": "scarce.toml"}
    return {each: REAL.get(each, own.example) for each, own in arguments_of(name).items()}


def settle(attacked: Attacked, name: str, accepted: bool, closely: bool) -> None:
    """What was refused has changed nothing; what was accepted can be lived with."""
    if not accepted:
        assert attacked.changed_nothing()
    elif name not in LOOKING:
        if closely and name not in FLOWING:
            attacked.live_with_it()
        attacked.restore()


def call_over_http(attacked: Attacked, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PUBLIC_CALLS)))
    body = spoilt(data.draw, changed(data.draw, valid(name), None, attacked.texts))
    closely = data.draw(st.integers(0, 3)) == 0
    answer = attacked.control(name, body)
    if answer.status != 200:
        assert answer.status == 400, answer.told
        assert json.loads(answer.body)["message"], answer.told
    settle(attacked, name, answer.status == 200, closely)


@pytest.mark.rule("VALIDATE-04")
def test_what_is_almost_a_control_call_is_a_400_that_says_why_and_changes_nothing(attacked):
    @often(80)
    @given(data=st.data())
    def call_many(data):
        with attacked.attempt():
            call_over_http(attacked, data)

    call_many()
    attacked.check_unchanged()


class Verb(str, Enum):
    TEXT = "training-job"


class Own(str):
    """A text that says something else of itself."""

    __slots__ = ()

    def __str__(self) -> str:
        return "x"


AT = datetime(2025, 1, 24, tzinfo=timezone.utc)
# What Python has, and JSON does not.
OBJECTS: list[Any] = [
    *(b"bytes", bytearray(b"a"), 1j, object(), print, Attacked, Ellipsis, NotImplemented),
    *(Decimal(each) for each in ("NaN", "sNaN", "Infinity", "-1", "1E+999999", "1E-999999", "2.5")),
    *(Fraction(1, 3), Fraction(-1, 7), Fraction(10**400), 10**5000, -(10**5000), float("nan")),
    *(float("inf"), float("-inf"), datetime.max, datetime.min, AT, AT.replace(tzinfo=None)),
    *(AT.replace(tzinfo=timezone(timedelta(hours=each))) for each in (-23, 23)),
    *(datetime.max.replace(tzinfo=timezone(timedelta(hours=each))) for each in (-14, 14)),
    *(datetime.min.replace(tzinfo=timezone(timedelta(hours=each))) for each in (-14, 14)),
    *(AT.date(), AT.time(), timedelta.max, timedelta.min, timedelta(0), timedelta(microseconds=1)),
    *(Verb.TEXT, Own("training-job"), Own(""), PurePosixPath("/dev/null"), PurePosixPath("a\x00")),
    *((), ("a",), set(), frozenset({1}), range(3), iter([1]), MappingProxyType({}), {1: 2}),
    *({None: None}, {("a",): 1}, {"clock": MappingProxyType({"now": AT})}, memoryview(b"a")),
]


def method(plans: Any, name: str) -> Callable[..., Any]:
    """The method of the control object that makes a call."""
    found = plans
    for each in name.split("/"):
        found = getattr(found, each)
    return found  # type: ignore[no-any-return]


# `save` writes files of any name; `state` and `health` are for HTTP alone.
OF_PYTHON = sorted({*PUBLIC_CALLS} - {"save", "state", "health"})
VALUES = [each for each in EVERY if not isinstance(each, Literal)] + OBJECTS


def call_in_python(attacked: Attacked, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(OF_PYTHON))
    arguments = valid(name)
    if name == "load":
        arguments = {"source": arguments["source"]}
    names = sorted(arguments)
    for _ in range(data.draw(st.integers(1, 2)) if names else 0):
        other = names[data.draw(st.integers(0, len(names) - 1))]
        arguments[other] = VALUES[data.draw(st.integers(0, len(VALUES) - 1))]
    closely = data.draw(st.integers(0, 3)) == 0
    try:
        method(attacked.plans, name)(**arguments)
    except TrainingPlansError as misuse:
        why = str(misuse)
        accepted = False
    else:
        why, accepted = "accepted", True
    assert why
    assert attacked.new_in_log() == ""
    settle(attacked, name, accepted, closely)


@pytest.mark.rule("VALIDATE-04")
def test_the_control_object_refuses_any_object_that_it_cannot_take_and_changes_nothing(attacked):
    @often(80)
    @given(data=st.data())
    def call_many(data):
        with attacked.attempt():
            call_in_python(attacked, data)

    call_many()
    attacked.check_unchanged()
