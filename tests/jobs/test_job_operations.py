"""Stopping, updating and deleting jobs, and waiting for their end."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from freezegun import freeze_time

from moto_trainingplans import mock_training_plans
from tests.support.jobs import CUT_OFF, DAY, HOUR, MINUTE, START, WARM, counts, job_request

SECOND = timedelta(seconds=1)
MISSING = ("ValidationException", "Requested resource not found.")


@pytest.mark.rule("JOB-09")
def test_a_job_in_training_stops_after_its_grace(plans, jobs, buy, sagemaker):
    plan = buy()
    plans.clock.move_to(START)
    jobs.create("job", plan)
    jobs.create("next", plan)
    plans.clock.tick(MINUTE)
    sagemaker.stop_training_job(TrainingJobName="job")
    assert jobs.status("job") == ("Stopping", "Stopping")
    plans.clock.tick(119 * SECOND)
    sagemaker.stop_training_job(TrainingJobName="job")
    assert jobs.states("job", "next") == ["Stopping", "Pending"]
    plans.clock.tick(SECOND)
    assert jobs.status("job") == ("Stopped", "Stopped")
    assert jobs.states("next") == ["Training"]
    assert jobs.describe("job")["TrainingTimeInSeconds"] == 60


@pytest.mark.rule("JOB-09")
def test_a_job_without_containers_stops_at_once(plans, jobs, buy, sagemaker, state_manager):
    state_manager("sagemaker::training_job", {"progression": "time", "seconds": 60})
    plan = buy()
    jobs.create("downloads", plan)
    jobs.create("waits", plan)
    plans.clock.move_to(START + MINUTE)
    assert jobs.states("downloads", "waits") == ["Downloading", "Pending"]
    for name in ("waits", "downloads"):
        sagemaker.stop_training_job(TrainingJobName=name)
        assert jobs.states(name) == ["Stopped"]
    assert counts(sagemaker, plan) == (0, 1)
    plans.clock.move_to(CUT_OFF)
    assert jobs.states("downloads", "waits") == ["Stopped", "Stopped"]


@pytest.mark.rule("JOB-09")
def test_a_cut_off_within_the_grace_ends_it(plans, jobs, buy_two_blocks, sagemaker):
    plan = buy_two_blocks()
    plans.jobs.run_for(2 * DAY)
    jobs.create("job", plan)
    plans.clock.move_to(CUT_OFF - MINUTE)
    sagemaker.stop_training_job(TrainingJobName="job")
    plans.clock.tick(MINUTE)
    assert jobs.states("job") == ["Stopped"]


@pytest.mark.rule("JOB-09")
def test_only_a_job_that_has_ended_can_be_deleted(plans, jobs, buy, sagemaker, refusal):
    plan = buy()
    jobs.create("job", plan, resources=WARM)

    def assert_in_use(text):
        assert refusal(sagemaker.delete_training_job, TrainingJobName="job") == (
            "ResourceInUse",
            f"Training job job {text}",
        )

    for moment in (START, START + HOUR):
        assert_in_use("is in status InProgress, and can only be deleted once it has ended.")
        plans.clock.move_to(moment)
    assert_in_use("has a warm pool that is Available, and cannot be deleted.")
    plans.clock.tick(10 * MINUTE)
    sagemaker.delete_training_job(TrainingJobName="job")
    assert refusal(sagemaker.delete_training_job, TrainingJobName="job") == MISSING
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    jobs.create("job", plan)
    assert jobs.states("job") == ["Training"]


@pytest.mark.rule("JOB-09")
def test_a_job_that_does_not_exist_is_refused_in_the_words_that_clients_know(sagemaker, refusal):
    for call in (
        sagemaker.describe_training_job,
        sagemaker.stop_training_job,
        sagemaker.update_training_job,
        sagemaker.delete_training_job,
    ):
        assert refusal(call, TrainingJobName="none") == MISSING


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize(
    ("ending", "status"),
    [("stop", "Stopped"), ("fail", "Failed"), ("complete", "Completed"), (None, "Completed")],
)
def test_a_job_that_has_ended_cannot_be_stopped_in_the_words_that_clients_know(
    plans, jobs, buy, sagemaker, refusal, ending, status
):
    jobs.create("job", buy() if ending else None)
    if ending:
        plans.clock.move_to(START + MINUTE)
    if ending == "stop":
        sagemaker.stop_training_job(TrainingJobName="job")
    elif ending == "fail":
        plans.jobs.fail("job", "loss is NaN")
    plans.clock.tick(HOUR)
    assert refusal(sagemaker.stop_training_job, TrainingJobName="job") == (
        "ValidationException",
        f"The request was rejected because the training job is in status {status}.",
    )


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize("on_plan", [True, False])
def test_an_update_must_change_something(jobs, buy, sagemaker, refusal, on_plan):
    jobs.create("job", buy() if on_plan else None)
    for nothing in ({}, {"ProfilerConfig": {}}):
        assert refusal(sagemaker.update_training_job, TrainingJobName="job", **nothing) == (
            "ValidationException",
            "Invalid UpdateTrainingJobRequest, the request cannot be empty",
        )


@pytest.mark.rule("JOB-09")
def test_a_job_without_a_plan_is_complete_at_birth_and_can_be_deleted(jobs, sagemaker, refusal):
    jobs.create("job", None, resources={"KeepAlivePeriodInSeconds": 60})
    assert jobs.status("job") == ("Completed", "Completed")
    assert refusal(sagemaker.stop_training_job, TrainingJobName="job") == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )
    sagemaker.update_training_job(
        TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 30}
    )
    assert jobs.describe("job")["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 30
    sagemaker.delete_training_job(TrainingJobName="job")
    assert refusal(jobs.describe, name="job") == MISSING


@pytest.mark.rule("JOB-09")
@pytest.mark.parametrize("first_on_plan", [True, False])
@pytest.mark.parametrize("second_on_plan", [True, False])
def test_a_name_is_taken_by_jobs_with_and_without_a_plan(
    jobs, buy, refusal, first_on_plan, second_on_plan
):
    plan = buy()
    arn = jobs.create("job", plan if first_on_plan else None)
    assert refusal(jobs.create, name="job", plan=plan if second_on_plan else None) == (
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job "
        f"with this name already exists ({arn})",
    )


@pytest.mark.rule("VALIDATE-01")
def test_a_pattern_with_classes_of_characters_is_checked(jobs, buy, refusal):
    plan = buy()

    def image(arn):
        return {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "TrainingImageConfig": {
                "TrainingRepositoryAccessMode": "Vpc",
                "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": arn},
            },
        }

    arn = "arn:aws:lambda:us-west-2:123456789012:function:credentials"
    jobs.create("job", plan, AlgorithmSpecification=image(arn))
    wrong = image(arn.replace("us-west-2", "us_west_2"))
    code, message = refusal(jobs.create, name="x", plan=plan, AlgorithmSpecification=wrong)
    assert code == "ValidationException"
    assert "trainingRepositoryCredentialsProviderArn" in message


@pytest.mark.rule("CLIENT-03")
def test_botocores_waiter_ends_as_the_clock_flows(plans, jobs, buy, sagemaker):
    jobs.create("job", buy())
    plans.clock.speed(12 * 3600)
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName="job", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert jobs.status("job") == ("Completed", "Completed")


@pytest.mark.rule("CLIENT-03")
@pytest.mark.in_process("freezes the time of this process")
def test_botocores_waiter_ends_as_frozen_time_ticks(monkeypatch):
    with freeze_time(START - 16 * HOUR) as frozen, mock_training_plans():
        sagemaker = boto3.client("sagemaker", region_name="us-west-2")
        offerings = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge", DurationHours=24, TargetResources=["training-job"]
        )["TrainingPlanOfferings"]
        plan = sagemaker.create_training_plan(
            TrainingPlanName="plan",
            TrainingPlanOfferingId=offerings[-1]["TrainingPlanOfferingId"],
        )["TrainingPlanArn"]
        sagemaker.create_training_job(**job_request("job", plan))
        monkeypatch.setattr("botocore.waiter.time.sleep", frozen.tick)
        waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
        waiter.wait(TrainingJobName="job", WaiterConfig={"Delay": 1200})
        job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["TrainingEndTime"] == START + HOUR
