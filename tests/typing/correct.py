"""Tests as users write them, for type checkers to read and nobody to run: not one complaint."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from typing_extensions import assert_type

from moto_trainingplans import (
    Call,
    Change,
    MockTrainingPlans,
    PlanReport,
    Timeline,
    TrainingPlans,
    TrainingPlansError,
    UnusedOrders,
    __version__,
    connect,
    install,
    mock_training_plans,
    uninstall,
)

NOW = datetime(2025, 1, 21, 19, 8, 27, tzinfo=timezone.utc)
assert_type(__version__, str)


@mock_training_plans
def decorated(name: str) -> int:
    return len(name)


@mock_training_plans(now="2025-01-21T19:08:27Z", strict=False, freeze_time=True)
def decorated_with_arguments(name: str) -> int:
    return len(name)


@mock_training_plans(now=NOW)
async def decorated_coroutine(name: str) -> int:
    return len(name)


@mock_training_plans
def decorated_generator() -> Iterator[int]:
    yield 1


@mock_training_plans
class DecoratedClass:
    def test_something(self) -> None:
        return None


@mock_training_plans(now=1737486507.704)
class DecoratedCase(unittest.TestCase):
    def setUp(self) -> None:
        self.number = 1

    def test_something(self) -> None:
        assert self.number == 1


# What is decorated is what it was, arguments, result and all.
plain: Callable[[str], int] = decorated
with_arguments: Callable[[str], int] = decorated_with_arguments
coroutine: Callable[[str], Coroutine[Any, Any, int]] = decorated_coroutine
assert_type(decorated("plan"), int)
assert_type(decorated_with_arguments("plan"), int)
assert_type(decorated_generator(), Iterator[int])
assert_type(DecoratedClass(), DecoratedClass)


def test_the_fixture(training_plans: TrainingPlans) -> None:
    clock = training_plans.clock
    assert_type(clock.now(), datetime)
    assert_type(clock.next_event(), "datetime | None")
    clock.move_to("2025-01-22T11:30Z")
    clock.move_to(NOW)
    clock.move_to(1737486507)
    clock.tick(timedelta(hours=1))
    clock.tick(3600)
    clock.speed(0)
    clock.freeze()
    clock.freeze(at=NOW)
    clock.resume()
    with clock.sleeping():
        pass

    capacity = training_plans.capacity
    capacity.clear()
    capacity.clear("us-west-2")
    capacity.set("us-west-2a", "ml.p5.48xlarge", 8, target="training-job", start=NOW, end=None)
    free = capacity.free("us-west-2a", "ml.p5.48xlarge", target="hyperpod-cluster")
    assert_type(free, int)


def test_orders(training_plans: TrainingPlans) -> None:
    training_plans.prices.set("ml.p5.48xlarge", Decimal("31.50"), region="us-west-2")
    training_plans.payments.delay(timedelta(hours=18))
    training_plans.payments.fail_next(2, message="The card was declined.")
    training_plans.quotas.set("ml.p5.48xlarge", 0, region="us-west-2", account="123456789012")
    training_plans.quotas.deny_next()
    training_plans.jobs.run_for(timedelta(hours=6), "train-*")
    training_plans.jobs.fail("train-1", "AlgorithmError: the loss is not a number")
    training_plans.jobs.expiration_in("milliseconds")
    assert_type(training_plans.jobs.environment("train-1"), "dict[str, str]")
    training_plans.faults.fail_instances("i-0123456789abcdef0", 2)
    training_plans.faults.repair("i-0123456789abcdef0")
    training_plans.faults.zone_outage("us-west-2a", NOW, "2025-01-22T11:30Z")
    training_plans.faults.error("CreateTrainingPlan", "ResourceLimitExceeded", "No.", times=2)
    training_plans.faults.throttle("ListTrainingPlans")


def test_what_was(training_plans: TrainingPlans) -> None:
    history = training_plans.history()
    assert_type(history, "list[Change]")
    change: Change = history[0]
    assert_type(change.time, datetime)
    assert_type(change.before, "str | None")
    assert_type(change.after, str)
    calls = training_plans.calls("CreateTrainingPlan")
    assert_type(calls, "list[Call]")
    call: Call = calls[-1]
    assert_type(call.error, "str | None")

    timeline = training_plans.timeline(start=NOW)
    assert_type(timeline, Timeline)
    assert_type(timeline.svg(), str)
    report = training_plans.report("plan")
    assert_type(report, PlanReport)
    assert_type(report.fee, Decimal)
    assert_type(report.parts["lost"].instance_hours, float)
    training_plans.reset()


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_marker(training_plans: TrainingPlans) -> None:
    assert_type(training_plans, TrainingPlans)


def test_a_context_manager() -> None:
    with mock_training_plans() as plans:
        assert_type(plans, TrainingPlans)


def test_by_hand() -> None:
    mock = mock_training_plans(now=NOW)
    assert_type(mock, MockTrainingPlans)
    assert_type(mock.start(), TrainingPlans)
    mock.stop()
    assert_type(install(), TrainingPlans)
    uninstall()
    assert_type(connect("http://127.0.0.1:5000"), TrainingPlans)


def test_errors() -> None:
    with pytest.raises(TrainingPlansError):
        connect("no address")
    misuse: type[ValueError] = TrainingPlansError
    failure: type[AssertionError] = UnusedOrders
    assert issubclass(misuse, failure) is False


def orders_of(error: UnusedOrders) -> list[str]:
    return [order.call for order in error.orders]
