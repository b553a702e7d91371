"""Training jobs on a plan: which plans they can use, how they wait, run and end."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.support.jobs import CHECKPOINTS, CUT_OFF, DAY, HOUR, MINUTE, START, counts

RUN = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
SECOND = timedelta(seconds=1)


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
    transitions = job["SecondaryStatusTransitions"]
    for before, after in pairwise(transitions):
        assert before["EndTime"] == after["StartTime"]


@pytest.mark.rule("JOB-02")
def test_the_last_run_time_that_matches_counts_for_training_that_starts_after_it(plans, jobs, buy):
    plan = buy(InstanceCount=8)
    plans.clock.move_to(START)
    plans.jobs.run_for(timedelta(minutes=10), "a-*")
    plans.jobs.run_for(timedelta(minutes=20), "*-b")
    plans.jobs.run_for(timedelta(minutes=30), "a-c")
    arns = {name: jobs.create(name, plan) for name in ("a-a", "a-b", "a-c")}
    plans.jobs.run_for(timedelta(minutes=5))
    plans.jobs.run_for(timedelta(minutes=40), arns["a-a"])
    short = {"StoppingCondition": {"MaxRuntimeInSeconds": 120}}
    jobs.create("d", plan)
    plans.clock.tick(HOUR)
    seconds = {
        name: jobs.describe(name)["TrainingTimeInSeconds"] for name in ("a-a", "a-b", "a-c", "d")
    }
    assert seconds == {"a-a": 600, "a-b": 1200, "a-c": 1800, "d": 300}
    plans.reset()
    plan = buy()
    jobs.create("default", plan, **short)
    plans.clock.move_to(START + DAY)
    assert jobs.status("default") == ("Completed", "Completed")
    assert jobs.describe("default")["TrainingTimeInSeconds"] == 120


@pytest.mark.rule("JOB-05")
@pytest.mark.parametrize(("checkpoints", "seconds_more"), [(CHECKPOINTS, 6.5), ({}, 30)])
def test_the_cut_off_interrupts_a_job_that_goes_on_in_the_next_block(
    plans, jobs, buy_two_blocks, sagemaker, checkpoints, seconds_more
):
    plan = buy_two_blocks()
    plans.jobs.run_for(30 * HOUR)
    if not checkpoints:
        plans.jobs.run_for(23 * HOUR + 45 * MINUTE)
        seconds_more = 23.5  # begun anew, it is taken at the cut-off of the last block
    jobs.create("job", plan, **checkpoints)
    plans.clock.move_to(CUT_OFF - SECOND)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(SECOND)
    assert jobs.status("job") == ("InProgress", "Pending")
    assert counts(sagemaker, plan) == (0, 1)
    plans.clock.move_to(START + 2 * DAY)
    assert jobs.states("job") == ["Training"]
    plans.clock.tick(DAY)
    job = jobs.describe("job")
    assert job["TrainingTimeInSeconds"] == (23.5 + seconds_more) * 3600
    assert job["TrainingStartTime"] == START
    assert job["TrainingEndTime"] == START + 2 * DAY + seconds_more * HOUR
    if checkpoints:
        assert job["SecondaryStatus"] == "Completed"
        assert jobs.story("job") == ["Pending", *RUN[:3], "Pending", *RUN]


@pytest.mark.rule("JOB-05")
def test_no_job_starts_in_the_last_half_hour_of_a_block(plans, jobs, buy_two_blocks):
    plan = buy_two_blocks()
    plans.clock.move_to(CUT_OFF)
    jobs.create("job", plan)
    plans.clock.move_to(START + 2 * DAY - SECOND)
    assert jobs.states("job") == ["Pending"]
    plans.clock.tick(SECOND)
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-05")
def test_a_job_that_ends_at_the_very_cut_off_completes(plans, jobs, buy):
    plan = buy()
    plans.jobs.run_for(CUT_OFF - START)
    jobs.create("job", plan)
    jobs.create("next", plan)
    plans.clock.move_to(CUT_OFF)
    assert jobs.states("job", "next") == ["Completed", "Failed"]


@pytest.mark.rule("JOB-06")
def test_the_last_cut_off_stops_who_runs_and_fails_who_waits(plans, jobs, buy, sagemaker):
    plan = buy()
    plans.jobs.run_for(2 * DAY)
    jobs.create("runs", plan)
    jobs.create("waits", plan)
    plans.clock.move_to(CUT_OFF)
    assert jobs.status("runs") == ("Stopped", "Stopped")
    message = jobs.describe("runs")["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert "training plan plan" in message
    assert "2025-01-23T11:30:00" in message
    assert jobs.status("waits") == ("Failed", "Failed")
    assert jobs.describe("waits")["FailureReason"].startswith(
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a "
        "different ML instance type."
    )
    assert counts(sagemaker, plan) == (0, 0)


@pytest.mark.rule("JOB-02", "TIME-02")
def test_the_history_tells_the_whole_story_of_a_job(plans, jobs, buy):
    arn = jobs.create("job", buy())
    plans.clock.move_to(START + HOUR)
    changes = plans.history(arn)
    states = ["Pending", *RUN]
    assert [(change.before, change.after) for change in changes] == list(
        zip([None, *states], states, strict=False)
    )
    assert [change.time for change in changes[1:4]] == [START] * 3
    assert [change.time for change in changes[4:]] == [START + HOUR] * 2


@pytest.mark.rule("JOB-02", "TIME-07")
def test_the_state_manager_gives_each_other_phase_its_time(plans, jobs, buy, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy()
    jobs.create("job", plan)
    plans.clock.move_to(START)
    seen = []
    for _ in range(3):
        seen += jobs.states("job")
        plans.clock.tick(MINUTE)
    assert seen == ["Starting", "Downloading", "Training"]
    plans.clock.move_to(START + 2 * MINUTE + HOUR)
    assert jobs.states("job") == ["Uploading"]
    assert "TrainingEndTime" not in jobs.describe("job")
    plans.clock.tick(MINUTE)
    job = jobs.describe("job")
    assert job["SecondaryStatus"] == "Completed"
    # From Downloading to the end of Uploading.
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 60 + 3600 + 60
    assert job["TrainingStartTime"] == START + MINUTE
    assert job["TrainingEndTime"] == START + 3 * MINUTE + HOUR


@pytest.mark.rule("JOB-02")
def test_lost_work_and_its_download_count_as_time_but_not_against_the_maximum_run_time(
    plans, jobs, buy_two_blocks, state_manager
):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 600})
    plans.jobs.run_for(30 * HOUR)
    # Training 23 h 10 min of the first block, 4 h 50 min of the second.
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 28 * 3600}}
    jobs.create("job", buy_two_blocks(), **CHECKPOINTS, **limit)
    plans.clock.move_to(START + 2 * DAY + 20 * MINUTE + 4 * HOUR + 50 * MINUTE)
    assert jobs.states("job") == ["Stopping"]
    plans.clock.tick(2 * MINUTE)
    job = jobs.describe("job")
    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert job["TrainingTimeInSeconds"] == 28 * 3600 + 2 * 600
    assert job["TrainingStartTime"] == START + 10 * MINUTE
    assert job["TrainingEndTime"] == START + 2 * DAY + 5 * HOUR + 12 * MINUTE


@pytest.mark.rule("JOB-02")
def test_a_job_whose_instances_never_worked_has_no_training_times(
    plans, jobs, buy, sagemaker, state_manager
):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    jobs.create("job", buy())
    plans.clock.move_to(START)
    assert jobs.states("job") == ["Starting"]
    sagemaker.stop_training_job(TrainingJobName="job")
    job = jobs.describe("job")
    assert job["TrainingJobStatus"] == "Stopped"
    assert not {
        "TrainingStartTime",
        "TrainingEndTime",
        "TrainingTimeInSeconds",
        "BillableTimeInSeconds",
    } & set(job)


@pytest.mark.rule("JOB-19")
def test_each_transition_says_what_is_true_of_it(plans, jobs, buy, sagemaker, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy(InstanceCount=2)
    plans.jobs.run_for(HOUR)

    def said(name):
        return jobs.describe(name)["SecondaryStatusTransitions"][-1]["StatusMessage"]

    jobs.create("job", plan)
    assert said("job") == (
        "The training job is waiting for compute capacity or compute resource provision."
    )
    plans.clock.move_to(START)
    seen = []
    for seconds in (20, 20, 20, 60, 3600, 60):
        seen.append(said("job"))
        plans.clock.tick(seconds)
    seen.append(said("job"))
    assert seen == [
        "Starting the training job.",
        "Launching requested ML instances.",
        "Preparing the instances for training.",
        "Downloading input data",
        "Training image download completed. Training in progress.",
        "Uploading generated training model",
        "Training job completed",
    ]
    # While it is in a status its message changes, and the list stays as long as it is.
    assert jobs.story("job") == ["Pending", *RUN]
    jobs.create("stops", plan)
    plans.clock.tick(2 * MINUTE)
    plans.faults.fail_instances(plan)
    assert said("stops") == "Launched instance was unhealthy, replacing it!"
    assert jobs.states("stops") == ["Restarting"]
    plans.clock.tick(2 * MINUTE)
    sagemaker.stop_training_job(TrainingJobName="stops")
    assert said("stops") == "Stopping the training job."
    plans.clock.tick(2 * MINUTE)
    assert said("stops") == "The training job has stopped."
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 60}}
    jobs.create("exceeds", plan, **limit)
    plans.clock.tick(5 * MINUTE)
    assert said("exceeds") == "The job stopped because it exceeded the maximum allowed runtime."
    jobs.create("fails", plan)
    plans.clock.tick(2 * MINUTE)
    plans.jobs.fail("fails", "loss is NaN")
    assert said("fails") == "The training job has failed."


@pytest.mark.rule("JOB-02", "TIME-07")
def test_the_state_manager_advances_a_phase_by_describing(plans, jobs, buy, state_manager):
    state_manager("sagemaker::training_job", {"progression": "manual", "times": 2})
    plan = buy()
    jobs.create("job", plan)
    plans.clock.move_to(START)
    assert [jobs.states("job")[0] for _ in range(4)] == [
        "Starting",
        "Downloading",
        "Downloading",
        "Training",
    ]
    plans.clock.tick(HOUR)
    assert [jobs.states("job")[0] for _ in range(2)] == ["Uploading", "Completed"]
