"""Jobs that wait for instances, and how long jobs may wait and train."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, MINUTE, START, counts

SECOND = timedelta(seconds=1)


@pytest.mark.rule("JOB-03")
def test_a_smaller_later_job_starts_when_the_head_of_the_queue_does_not_fit(
    plans, jobs, buy, sagemaker
):
    plan = buy(InstanceCount=8)
    plans.jobs.run_for(2 * HOUR)
    plans.jobs.run_for(3 * HOUR, "two")
    for name, count in (("five", 5), ("four", 4), ("two", 2), ("one", 1), ("late", 1)):
        jobs.create(name, plan, count)
    plans.clock.move_to(START)
    assert jobs.states("five", "four", "two", "one", "late") == [
        "Training",
        "Pending",
        "Training",
        "Training",
        "Pending",
    ]
    assert counts(sagemaker, plan) == (8, 0)
    plans.clock.tick(2 * HOUR)
    assert jobs.states("four", "late", "two") == ["Training", "Training", "Training"]
    assert counts(sagemaker, plan) == (7, 1)


@pytest.mark.rule("JOB-03")
def test_of_two_jobs_that_fit_the_one_created_first_starts(plans, jobs, buy):
    plan = buy()
    for name in ("first", "second", "third"):
        jobs.create(name, plan)
    plans.clock.move_to(START)
    for name in ("first", "second", "third"):
        assert jobs.states(name) == ["Training"]
        plans.clock.tick(HOUR)


@pytest.mark.rule("TIME-08", "JOB-03")
def test_what_becomes_free_at_one_instant_is_given_together(plans, jobs, buy):
    plan = buy(InstanceCount=8)
    plans.jobs.run_for(HOUR)
    for name, count in (("four", 4), ("eight", 8), ("other", 4), ("two", 2)):
        jobs.create(name, plan, count)
    plans.clock.move_to(START)
    assert jobs.states("four", "eight", "other", "two") == [
        "Training",
        "Pending",
        "Training",
        "Pending",
    ]
    plans.clock.tick(HOUR)
    # The head of the queue sees the instances of both, though the smaller job would fit sooner.
    assert jobs.states("four", "eight", "other", "two") == [
        "Completed",
        "Training",
        "Completed",
        "Pending",
    ]
    plans.clock.tick(HOUR)
    assert jobs.states("eight", "two") == ["Completed", "Training"]


@pytest.mark.rule("JOB-04")
def test_waiting_in_an_active_plan_ends_after_two_days_for_want_of_capacity(plans, jobs, buy):
    plan = buy(DurationHours=96)
    plans.jobs.run_for(4 * DAY)
    jobs.create("runs", plan)
    jobs.create("waits", plan)
    plans.clock.move_to(START + 2 * DAY - SECOND)
    assert jobs.states("waits") == ["Pending"]
    plans.clock.tick(SECOND)
    job = jobs.describe("waits")
    assert jobs.status("waits") == ("Failed", "Failed")
    assert job["FailureReason"] == (
        "CapacityError: InsufficientCapacityError: Unable to provision requested ML compute "
        "capacity. Please retry using a different ML instance type."
    )
    assert "TrainingStartTime" not in job
    assert "TrainingTimeInSeconds" not in job


@pytest.mark.rule("JOB-04")
@pytest.mark.parametrize("limit", [timedelta(hours=1), timedelta(days=3)])
def test_a_job_that_says_how_long_it_may_wait_is_stopped_then(plans, jobs, buy, limit):
    plan = buy(DurationHours=96)
    plans.jobs.run_for(4 * DAY)
    jobs.create("runs", plan)
    seconds = limit // SECOND
    jobs.create("waits", plan, StoppingCondition={"MaxPendingTimeInSeconds": seconds})
    plans.clock.move_to(START + limit - SECOND)
    assert jobs.states("waits") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.status("waits") == ("Stopped", "Stopped")
    job = jobs.describe("waits")
    assert "FailureReason" not in job
    assert job["SecondaryStatusTransitions"][-1]["StatusMessage"] == (
        "The training job has stopped. It was pending for MaxPendingTimeInSeconds."
    )


@pytest.mark.rule("JOB-04")
def test_waiting_counts_in_active_blocks_only_and_over_the_whole_life(plans, jobs, buy_two_blocks):
    plan = buy_two_blocks()
    plans.jobs.run_for(2 * DAY)
    jobs.create("runs", plan)
    # The whole first block, its last half hour included, and one hour of the second.
    waiting = {"StoppingCondition": {"MaxPendingTimeInSeconds": 25 * 3600}}
    jobs.create("waits", plan, **waiting)
    plans.clock.move_to(START + 2 * DAY + HOUR - SECOND)
    assert jobs.states("waits") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.states("waits") == ["Stopped"]


@pytest.mark.rule("JOB-04")
@pytest.mark.parametrize(("ending", "status"), [(3600, "Stopped"), (None, "Failed")])
def test_waiting_adds_up_over_what_the_job_has_trained_in_between(plans, jobs, buy, ending, status):
    plan = buy(DurationHours=96)
    allowed = timedelta(seconds=ending) if ending else 2 * DAY
    condition = {"MaxRuntimeInSeconds": 28 * 86400}
    if ending:
        condition["MaxPendingTimeInSeconds"] = ending
    plans.jobs.run_for(allowed / 3, "first")
    plans.jobs.run_for(4 * DAY, "job")
    jobs.create("first", plan)
    jobs.create("job", plan, StoppingCondition=condition)
    plans.clock.move_to(START + allowed / 3)
    assert jobs.states("first", "job") == ["Completed", "Training"]
    plans.clock.tick(HOUR)
    plans.faults.fail_instances(plan)
    assert jobs.states("job") == ["Pending"]
    plans.clock.tick(allowed / 3)
    plans.faults.repair(plan)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(HOUR)
    plans.faults.fail_instances(plan)
    plans.clock.tick(allowed / 3 - SECOND)
    assert jobs.states("job") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.status("job") == (status, status)
    assert jobs.describe("job")["TrainingTimeInSeconds"] == 2 * 3600


@pytest.mark.rule("JOB-04")
@pytest.mark.parametrize("checkpoints", [CHECKPOINTS, {}], ids=["kept", "lost"])
def test_training_ends_at_the_maximum_over_all_blocks_with_work_left(
    plans, jobs, buy_two_blocks, checkpoints
):
    """Work that was lost for want of a checkpoint counts too: no block is long enough for it."""
    plan = buy_two_blocks()
    plans.jobs.run_for(30 * HOUR if checkpoints else 24 * HOUR)
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 28 * 3600}}
    jobs.create("job", plan, **checkpoints, **limit)
    plans.clock.move_to(START + 2 * DAY)
    # 23.5 hours in the first block, so 4.5 are left.
    plans.clock.tick(4 * HOUR + 30 * MINUTE - SECOND)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(SECOND)
    assert jobs.status("job") == ("Stopping", "Stopping")
    plans.clock.tick(2 * MINUTE - SECOND)
    assert jobs.status("job") == ("Stopping", "Stopping")
    plans.clock.tick(SECOND)
    assert jobs.status("job") == ("Stopped", "MaxRuntimeExceeded")
    assert jobs.describe("job")["TrainingTimeInSeconds"] == 28 * 3600


@pytest.mark.rule("JOB-09")
def test_a_cut_off_in_the_grace_of_a_job_past_its_maximum_ends_it_as_such(plans, jobs, buy):
    plans.jobs.run_for(2 * DAY)
    maximum = (CUT_OFF - START - MINUTE) // SECOND
    jobs.create("job", buy(), StoppingCondition={"MaxRuntimeInSeconds": maximum})
    plans.clock.move_to(CUT_OFF - SECOND)
    assert jobs.states("job") == ["Stopping"]
    plans.clock.tick(SECOND)
    assert jobs.states("job") == ["MaxRuntimeExceeded"]


@pytest.mark.rule("JOB-04")
def test_a_job_that_needs_exactly_the_maximum_completes(plans, jobs, buy):
    plan = buy()
    plans.jobs.run_for(2 * HOUR)
    jobs.create("job", plan, StoppingCondition={"MaxRuntimeInSeconds": 7200})
    plans.clock.move_to(START + 2 * HOUR)
    assert jobs.states("job") == ["Completed"]
