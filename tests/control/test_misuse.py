"""Arguments that no control call can use: refused by each way in, with the same words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moto_trainingplans import TrainingPlansError, connect
from moto_trainingplans.control.calls import CALLS
from moto_trainingplans.control.perform import arguments_of

CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


class Untold:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


# What no argument of any call can be.
WRONG = [
    object,
    Untold(),
    b"bytes",
    {1},
    1j,
    {(1, 2): 3},
    {1: 2},
    (1, 2),
    [["nested"]],
    CIRCLE,
    True,
    date(2030, 1, 1),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1E+999999"),
    float("nan"),
    float("-inf"),
    10**5000,
    10**30,
    -(10**30),
    "\ud800",
]
# What some kinds can be and others cannot, by the words of the kind.
DURATIONS = ("seconds, from 0", "seconds, more than 0")
TIMES = ("a time, ISO 8601 or seconds since 1970",)
TEXTS = ("text", "text of at most 1,024 characters")
OF_KINDS: list[tuple[Any, tuple[str, ...]]] = [
    (timedelta(hours=1), DURATIONS),
    (datetime(2030, 1, 1), TIMES),
    ("", TEXTS),
    ("no such thing", TEXTS),
    ("x" * 100_000, TEXTS[:1]),
]
ARGUMENTS = [
    (call, argument)
    for call in CALLS
    if not call.startswith("mock/")
    for argument in arguments_of(call)
]


def wrong_for(call: str, argument: str) -> list[Any]:
    """What cannot be an argument of a call."""
    declared = arguments_of(call)[argument]
    assert declared.kind is not None
    others = [value for value, kinds in OF_KINDS if declared.kind.words not in kinds]
    return [*WRONG, *others, *([] if declared.nullable else [None])]


def refused(plans: Any, call: str, argument: str, value: Any) -> str:
    """What a control object says of a call with one argument that is wrong."""
    declared = arguments_of(call)
    given = {name: each.example for name, each in declared.items() if each.required}
    group, _, name = call.rpartition("/")
    method = getattr(getattr(plans, group) if group else plans, name)
    with pytest.raises(TrainingPlansError) as misuse:
        method(**{**given, argument: value})
    return str(misuse.value)


@pytest.mark.parametrize(("call", "argument"), ARGUMENTS)
def test_what_no_argument_can_be_is_refused_in_few_words_and_changes_nothing(
    plans, unchanged, call, argument
):
    before = unchanged()
    for value in wrong_for(call, argument):
        told = refused(plans, call, argument, value)
        # It says what was wrong, and does not repeat all of a long value.
        assert len(told) < 3000
        assert argument in told or repr(value)[:9] in told, told
    assert unchanged() == before


@pytest.mark.in_process("compares a server's refusals with this process's")
def test_a_server_refuses_the_same_with_the_same_words(plans, frozen_server):
    remote = connect(frozen_server.url)
    remote.reset()
    for call, argument in ARGUMENTS:
        for value in wrong_for(call, argument):
            assert refused(remote, call, argument, value) == refused(plans, call, argument, value)
    assert remote.history() == []


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (
            lambda plans: plans.jobs.run_for(60, ""),
            "job_name must be the name or the ARN of a job, or a glob as 'train-*', not ''",
        ),
        (
            lambda plans: plans.jobs.run_for(60, "two words"),
            "job_name must be the name or the ARN of a job, or a glob as 'train-*', not "
            "'two words'",
        ),
        (
            lambda plans: plans.history("nope"),
            "resource must be an ARN, or the id of a node as 'i-0123456789abcdef0', not 'nope'",
        ),
        (
            lambda plans: plans.history(""),
            "resource must be an ARN, or the id of a node as 'i-0123456789abcdef0', not ''",
        ),
        (
            lambda plans: plans.timeline().text("x"),
            "width must be a whole number from 1 to 100,000, not 'x'",
        ),
        (
            lambda plans: plans.timeline().text(0),
            "width must be a whole number from 1 to 100,000, not 0",
        ),
        (
            lambda plans: plans.timeline().text(80, colours="red"),
            "colours must be True, False or None, not 'red'",
        ),
        (
            lambda plans: plans.timeline().svg(100_001),
            "width must be a whole number from 1 to 100,000, not 100001",
        ),
        (
            lambda plans: plans.timeline().svg(width=None),
            "width must be a whole number from 1 to 100,000, not None",
        ),
        (
            lambda plans: plans.capacity.set("us-west-2a", "ml.p5.48xlarge", 2**31),
            "count must be a whole number from 0 to 2,147,483,647, not 2147483648",
        ),
        (lambda plans: plans.save(5), "path must be the path of a file, not 5"),
        (lambda plans: plans.load(5), "a scenario is the path of a file, or a dictionary, not int"),
        (
            lambda plans: plans.load({(1, 2): 3}),
            "(1, 2): there is no such key; there are clock, capacity, prices, payments, quotas, "
            "jobs, faults",
        ),
        (
            lambda plans: plans.load({"clock": CIRCLE}),
            "a scenario cannot be read that contains itself, or is nested as deeply",
        ),
    ],
)
def test_what_would_be_a_mistake_of_python_or_nothing_at_all_is_misuse(plans, misuse, told):
    with pytest.raises(TrainingPlansError) as refused:
        misuse(plans)
    assert str(refused.value) == told


def test_the_most_and_the_least_that_arguments_can_be_are_taken(plans, jobs, buy):
    plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 2**31 - 1)
    plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 0)
    assert plans.timeline().text(1, colours=False) == plans.timeline().text(40, colours=False)
    assert plans.timeline().svg(1).startswith("<svg")
    # For ever: more seconds than a number in JSON can tell apart.
    plans.payments.delay(timedelta.max)
    plans.payments.delay(0)
    plans.jobs.run_for(timedelta.max, "for-*")
    plan = buy()
    jobs.create("for-ever", plan)
    plans.clock.move_to("2025-01-23T11:30:00Z")
    assert jobs.status("for-ever")[0] == "Stopped"
    assert plans.history("i-" + "0" * 17) == []
    assert plans.history(plan.replace("plan/plan", "plan/none")) == []
