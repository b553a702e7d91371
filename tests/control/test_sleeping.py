"""`clock.sleeping()`: who waits in this process moves the clock instead."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from time import sleep as sleep_of_this_module
from types import ModuleType

import pytest
from botocore.exceptions import WaiterError

from moto_trainingplans import TrainingPlansError, mock_training_plans

START = datetime(2025, 1, 21, 19, 8, 27, 704000, timezone.utc)
SECOND = timedelta(seconds=1)


@contextmanager
def at_once():
    """What does not wait: some seconds at most, on whatever machine."""
    before = time.monotonic()
    yield
    assert time.monotonic() - before < 20


def test_sleeping_moves_the_clock_and_takes_no_time(plans):
    with at_once(), plans.clock.sleeping():
        time.sleep(3600)
        sleep_of_this_module(0.5)
    assert plans.clock.now() == START + 3600.5 * SECOND


def test_the_waiters_of_boto3_end_at_once(plans, buy, jobs, sagemaker):
    plans.jobs.run_for(timedelta(hours=3))
    jobs.create("job", buy())
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    with at_once(), plans.clock.sleeping():
        waiter.wait(TrainingJobName="job", WaiterConfig={"MaxAttempts": 1000})
    assert jobs.states("job") == ["Completed"]
    # It looks every two minutes, and the job began 16 h 21 min after the purchase.
    assert timedelta(0) <= plans.clock.now() - datetime(2025, 1, 22, 14, 30, tzinfo=timezone.utc)
    assert plans.clock.now() < datetime(2025, 1, 22, 14, 33, tzinfo=timezone.utc)


def test_a_waiter_that_gives_up_does_so_at_once_too(plans, buy, jobs, sagemaker):
    plans.faults.zone_outage("us-west-2a", START, START + timedelta(days=30))
    jobs.create("job", buy())
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    with at_once(), plans.clock.sleeping(), pytest.raises(WaiterError, match="Max attempts"):
        waiter.wait(TrainingJobName="job", WaiterConfig={"MaxAttempts": 100})


def test_tasks_that_sleep_together_wake_in_the_order_of_their_times(plans):
    woke = []

    async def sleeper(name, *lengths):
        for length in lengths:
            assert await asyncio.sleep(length, "slept") == "slept"
            woke.append((name, (plans.clock.now() - START) / SECOND))

    async def together():
        await asyncio.gather(sleeper("a", 60, 60), sleeper("b", 10, 30), sleeper("c", 45))

    with at_once(), plans.clock.sleeping():
        asyncio.run(together())
    assert woke == [("b", 10), ("b", 40), ("c", 45), ("a", 60), ("a", 120)]


def test_a_task_that_is_cancelled_while_it_sleeps_holds_nobody_up(plans):
    async def together():
        other = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        other.cancel()
        await asyncio.sleep(60)

    with at_once(), plans.clock.sleeping():
        asyncio.run(together())
    assert plans.clock.now() == START + 60 * SECOND


def test_an_async_test_that_polls_ends_at_once(plans, buy, jobs):
    jobs.create("job", buy())

    async def done():
        while jobs.states("job") != ["Completed"]:
            await asyncio.sleep(600)

    with at_once(), plans.clock.sleeping():
        asyncio.run(done())


def test_other_threads_move_the_clock_too(plans):
    with at_once(), plans.clock.sleeping():
        threads = [threading.Thread(target=time.sleep, args=(100,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert plans.clock.now() == START + 300 * SECOND


def test_afterwards_everybody_sleeps_as_before(plans):
    real = time.sleep, asyncio.sleep, sleep_of_this_module
    with plans.clock.sleeping():
        assert time.sleep is not real[0]
        late = ModuleType("late")
        late.sleep = time.sleep
    assert (time.sleep, asyncio.sleep, sleep_of_this_module) == real
    # Who has taken it along from within sleeps for real.
    before = plans.clock.now()
    started = time.monotonic()
    late.sleep(0.02)
    assert time.monotonic() - started >= 0.02
    assert plans.clock.now() == before


def test_contexts_within_each_other_and_other_patches_are_left_as_they_were(plans, monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with plans.clock.sleeping(), plans.clock.sleeping():
        time.sleep(5)
    time.sleep(7)
    assert plans.clock.now() == START + 5 * SECOND
    assert slept == [7]


def test_what_cannot_be_slept_is_the_mistake_that_it_was(plans):
    with plans.clock.sleeping():
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
        with pytest.raises(TypeError):
            time.sleep("1")
        time.sleep(0)
        asyncio.run(asyncio.sleep(-1))
        assert plans.clock.now() == START
        with pytest.raises(TrainingPlansError, match="delta must be"):
            asyncio.run(asyncio.sleep(1e15))


def test_a_module_that_is_imported_meanwhile_sleeps_by_the_next_clock_too(plans, monkeypatch):
    late = ModuleType("imported_late")
    monkeypatch.setitem(sys.modules, "imported_late", late)
    real = time.sleep, asyncio.sleep
    with plans.clock.sleeping():
        exec("from time import sleep\nfrom asyncio import sleep as pause", late.__dict__)
    assert (late.sleep, late.pause) == real
    with at_once(), plans.clock.sleeping():
        late.sleep(3600)
        asyncio.run(late.pause(60))
    assert plans.clock.now() == START + 3660 * SECOND


def test_sleeping_when_the_mock_has_ended_is_told():
    with mock_training_plans() as plans:
        context = plans.clock.sleeping()
    with context, pytest.raises(TrainingPlansError, match="has ended"):
        time.sleep(1)


@pytest.mark.in_process("asks a server of its own")
def test_the_clock_of_a_server_is_moved_the_same(frozen_server):
    import moto_trainingplans

    plans = moto_trainingplans.connect(frozen_server.url)
    plans.reset()
    with at_once(), plans.clock.sleeping():
        time.sleep(3600)
        asyncio.run(asyncio.sleep(60))
    assert plans.clock.now() == START + 3660 * SECOND
    assert "moto_trainingplans.control.sleeping" in sys.modules
