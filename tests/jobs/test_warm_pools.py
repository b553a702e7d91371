"""Warm pools: which instances stay after a job, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import (
    CUT_OFF,
    DAY,
    HOUR,
    MINUTE,
    RETAINED,
    START,
    WARM,
    counts,
    last_message,
    pool,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def keep(sagemaker):
    """Changes how long the instances of a job stay."""

    def run(name, seconds):
        sagemaker.update_training_job(
            TrainingJobName=name, ResourceConfig={"KeepAlivePeriodInSeconds": seconds}
        )

    return run


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize(
    ("ending", "status"),
    [("stop", "Stopped"), ("fail", "Failed"), ("exceed", "MaxRuntimeExceeded")],
)
def test_instances_stay_though_the_job_was_stopped_or_failed_by_its_algorithm(
    plans, jobs, buy, sagemaker, ending, status
):
    plan = buy()
    plans.jobs.run_for(2 * HOUR)
    plans.clock.move_to(START)
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 3600}} if ending == "exceed" else {}
    jobs.create("job", plan, resources=WARM, **limit)
    plans.clock.tick(HOUR)
    if ending == "stop":
        sagemaker.stop_training_job(TrainingJobName="job")
    elif ending == "fail":
        plans.jobs.fail("job", "loss is NaN")
    plans.clock.tick(2 * MINUTE)
    assert jobs.states("job") == [status]
    assert pool(jobs, "job")["Status"] == "Available"
    assert last_message(jobs, "job") == "Resource retained for reuse"
    assert counts(sagemaker, plan) == (1, 0)
    jobs.create("next", plan)
    assert pool(jobs, "job")["ReusedByJob"] == "next"


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize("seconds", [30, 90])
def test_instances_of_a_job_that_is_stopped_stay_only_if_they_ran(
    plans, jobs, buy, sagemaker, state_manager, seconds
):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("job", plan, resources=WARM)
    plans.clock.tick(seconds)
    sagemaker.stop_training_job(TrainingJobName="job")
    launched = seconds > 60
    assert jobs.states("job") == ["Stopped"]
    assert pool(jobs, "job")["Status"] == ("Available" if launched else "Terminated")
    assert counts(sagemaker, plan) == ((1, 0) if launched else (0, 1))


@pytest.mark.rule("JOB-08")
def test_a_job_that_waits_has_no_instances_to_keep(plans, jobs, buy, sagemaker):
    jobs.create("job", buy(), resources=WARM)
    assert pool(jobs, "job") is None
    sagemaker.stop_training_job(TrainingJobName="job")
    plans.clock.move_to(START + MINUTE)
    assert pool(jobs, "job") is None


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize("loss", ["cut-off", "outage", "failed instance"])
@pytest.mark.parametrize("stopping", [True, False])
def test_instances_that_are_taken_or_broken_do_not_stay(
    plans, jobs, buy, sagemaker, loss, stopping
):
    plan = buy()
    plans.jobs.run_for(2 * DAY)
    jobs.create("job", plan, resources=WARM)
    plans.clock.move_to(CUT_OFF - MINUTE)
    if stopping:
        sagemaker.stop_training_job(TrainingJobName="job")
    if loss == "outage":
        plans.faults.zone_outage("us-west-2a", CUT_OFF - MINUTE, CUT_OFF + DAY)
        plans.faults.zone_outage("us-west-2b", CUT_OFF - MINUTE, CUT_OFF + DAY)
    elif loss == "failed instance":
        plans.faults.fail_instances(plan)
    plans.clock.tick(MINUTE)
    if stopping or loss == "cut-off":
        assert jobs.states("job") == ["Stopped"]
        assert pool(jobs, "job") == {"Status": "Terminated", RETAINED: 0}
    else:
        assert pool(jobs, "job") is None  # it waited, and has failed
    assert counts(sagemaker, plan)[0] == 0


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize("loss", ["cut-off", "failed instance"])
def test_an_available_pool_ends_with_its_instances(plans, jobs, buy, sagemaker, loss):
    plan = buy()
    plans.clock.move_to(CUT_OFF - HOUR - 5 * MINUTE)
    jobs.create("job", plan, resources=WARM)
    plans.clock.move_to(CUT_OFF - SECOND)
    assert pool(jobs, "job")["Status"] == "Available"
    if loss == "failed instance":
        plans.faults.fail_instances(plan)
    plans.clock.tick(SECOND)
    assert pool(jobs, "job")["Status"] == "Terminated"
    assert last_message(jobs, "job") == "Training job completed"
    assert counts(sagemaker, plan)[0] == 0


@pytest.mark.rule("JOB-08")
def test_the_period_can_be_changed_only_while_the_pool_is_available(
    plans, jobs, buy, sagemaker, refusal, keep
):
    plan = buy()
    refused = ("ValidationException", "Training job job has no warm pool that is Available.")
    jobs.create("job", plan, resources=WARM)
    assert refusal(keep, name="job", seconds=1200) == refused
    plans.clock.move_to(START)
    assert refusal(keep, name="job", seconds=1200) == refused
    plans.clock.tick(HOUR)
    assert refusal(keep, name="job", seconds=3601) == (
        "ValidationException",
        "KeepAlivePeriodInSeconds must be at most 3600, not 3601.",
    )
    keep("job", 1200)
    plans.clock.tick(20 * MINUTE - SECOND)
    assert pool(jobs, "job")["Status"] == "Available"
    assert jobs.describe("job")["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 1200
    keep("job", 0)
    assert pool(jobs, "job") == {"Status": "Terminated", RETAINED: 1199}
    assert counts(sagemaker, plan) == (0, 1)
    assert refusal(keep, name="job", seconds=600) == refused
    jobs.create("first", plan, resources=WARM)
    plans.clock.tick(HOUR)
    jobs.create("second", plan)
    assert refusal(keep, name="first", seconds=600) == (
        "ValidationException",
        "Training job first has no warm pool that is Available.",
    )


@pytest.mark.rule("JOB-08")
@pytest.mark.parametrize("on_plan", [True, False])
def test_a_warm_pool_lasts_an_hour_at_most_and_never_with_instance_groups(
    jobs, buy, refusal, on_plan
):
    plan = buy() if on_plan else None
    jobs.create("longest", plan, resources={"KeepAlivePeriodInSeconds": 3600})
    assert refusal(
        jobs.create, name="job", plan=plan, resources={"KeepAlivePeriodInSeconds": 3601}
    ) == ("ValidationException", "KeepAlivePeriodInSeconds must be at most 3600, not 3601.")
    group = {"InstanceGroupName": "a", "InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}
    groups = {"InstanceType": None, "InstanceCount": None, "InstanceGroups": [group]}
    assert refusal(jobs.create, name="job", plan=plan, resources={**groups, **WARM}) == (
        "ValidationException",
        "KeepAlivePeriodInSeconds cannot be combined with InstanceGroups.",
    )
    jobs.create("groups", plan, resources=groups)


@pytest.mark.rule("JOB-08")
def test_spot_instances_are_not_kept(jobs, refusal):
    spot = {"EnableManagedSpotTraining": True}
    assert refusal(jobs.create, name="job", plan=None, resources=WARM, **spot) == (
        "ValidationException",
        "KeepAlivePeriodInSeconds cannot be combined with EnableManagedSpotTraining.",
    )


@pytest.mark.rule("JOB-08")
def test_a_chain_of_jobs_on_the_same_instances_ends_after_28_days(plans, jobs, buy, sagemaker):
    plan = buy(DurationHours=40 * 24)
    plans.jobs.run_for(14 * DAY - 10 * MINUTE)
    plans.clock.move_to(START)
    hour = {"KeepAlivePeriodInSeconds": 3600}
    jobs.create("first", plan, resources=hour)
    plans.clock.tick(14 * DAY)
    jobs.create("second", plan, resources=hour)
    assert pool(jobs, "first")["ReusedByJob"] == "second"
    plans.clock.tick(14 * DAY - 10 * MINUTE)
    assert pool(jobs, "second")["Status"] == "Available"
    plans.clock.tick(10 * MINUTE - SECOND)
    assert pool(jobs, "second")["Status"] == "Available"
    plans.clock.tick(SECOND)
    assert pool(jobs, "second") == {"Status": "Terminated", RETAINED: 600}
    assert counts(sagemaker, plan) == (0, 1)


@pytest.mark.rule("JOB-08")
def test_a_job_that_ends_after_28_days_of_its_chain_keeps_nothing(plans, jobs, buy):
    plan = buy(DurationHours=40 * 24)
    plans.jobs.run_for(20 * DAY)
    plans.clock.move_to(START)
    jobs.create("first", plan, resources=WARM)
    plans.clock.tick(20 * DAY)
    plans.jobs.run_for(8 * DAY)
    arn = jobs.create("second", plan, resources=WARM)
    plans.clock.tick(8 * DAY)
    assert jobs.states("second") == ["Completed"]
    assert pool(jobs, "second") == {"Status": "Terminated", RETAINED: 0}
    assert not [each for each in plans.history(arn) if "Available" in each.reason]


@pytest.mark.rule("JOB-08", "JOB-12")
def test_on_demand_instances_that_a_preference_chose_stay_warm_too(plans, jobs, buy):
    plan = buy()

    def create(name):
        jobs.create(
            name,
            None,
            resources={
                "InstanceType": None,
                "InstancePreferences": [
                    {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]},
                    {"InstanceType": "ml.g5.48xlarge"},
                ],
                **WARM,
            },
        )

    create("first")
    plans.clock.tick(HOUR)
    assert pool(jobs, "first")["Status"] == "Available"
    create("second")
    assert pool(jobs, "first")["ReusedByJob"] == "second"
    plans.clock.tick(HOUR)
    plans.clock.tick(10 * MINUTE)
    assert pool(jobs, "second") == {"Status": "Terminated", RETAINED: 600}
