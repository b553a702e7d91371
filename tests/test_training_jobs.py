"""Training jobs on a plan: waiting, running, ending."""

from __future__ import annotations

import pytest

from tests.jobs import HOUR, MINUTE, START, counts

RUN = ["Starting", "Downloading", "Training", "Uploading", "Completed"]


@pytest.mark.rule("JOB-02")
def test_a_job_waits_for_its_plan_and_runs_through_all_phases(plans, jobs, buy, sagemaker):
    plan = buy()
    jobs.create("job", plan)
    assert jobs.status("job") == ("InProgress", "Pending")
    plans.clock.move_to(START)
    assert jobs.status("job") == ("InProgress", "Training")
    assert counts(sagemaker, plan) == (1, 0)
    plans.clock.tick(HOUR)
    assert jobs.status("job") == ("Completed", "Completed")
    assert counts(sagemaker, plan) == (0, 1)
    job = jobs.describe("job")
    assert jobs.story("job") == ["Pending", *RUN]
    assert job["TrainingStartTime"] == START
    assert job["TrainingEndTime"] == START + HOUR
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 3600
    for before, after in zip(
        job["SecondaryStatusTransitions"], job["SecondaryStatusTransitions"][1:], strict=False
    ):
        assert before["EndTime"] == after["StartTime"]


@pytest.mark.rule("JOB-03")
def test_a_smaller_later_job_starts_when_the_head_of_the_queue_does_not_fit(
    plans, jobs, buy, sagemaker
):
    plan = buy(InstanceCount=8)
    plans.jobs.run_for(2 * HOUR)
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
    assert jobs.states("four", "late") == ["Training", "Training"]
    plans.clock.tick(2 * HOUR - MINUTE)
    assert jobs.states("four", "late") == ["Training", "Training"]
