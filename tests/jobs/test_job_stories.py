"""What users do with jobs: programs as they write them, against the service's own words."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.jobs import HOUR, MINUTE, START, job_request

NOT_FOUND = "Requested resource not found"
HAS_ENDED = "The request was rejected because the training job is in status"


class Cleaner:
    """Stops and deletes jobs, whatever has become of them; whoever comes too late has succeeded.

    It tells by the texts of the service, as public clients do: the codes alone do not say.
    """

    def __init__(self, client):
        self.client = client

    def stop(self, name):
        """Stop a job; gives what there was to do."""
        try:
            self.client.stop_training_job(TrainingJobName=name)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            if error.response["Error"]["Code"] == "ValidationException":
                if message.startswith(NOT_FOUND):
                    return "gone"
                if message.startswith(HAS_ENDED):
                    return message.removeprefix(HAS_ENDED).strip(" .")
            raise
        return "stopping"

    def delete(self, name):
        """Delete a job; gives whether it is gone, or has to be tried again later."""
        try:
            self.client.delete_training_job(TrainingJobName=name)
        except self.client.exceptions.ResourceInUse:
            return "in use"
        except ClientError as error:
            if error.response["Error"]["Message"].startswith(NOT_FOUND):
                return "gone"
            raise
        return "deleted"

    def exists(self, name):
        try:
            self.client.describe_training_job(TrainingJobName=name)
        except ClientError as error:
            if error.response["Error"]["Message"].startswith(NOT_FOUND):
                return False
            raise
        return True


@pytest.mark.rule("JOB-09")
def test_a_cleaner_treats_not_found_and_already_ended_as_success(plans, jobs, buy, sagemaker):
    plan = buy(InstanceCount=4)
    plans.clock.move_to(START)
    warm = {"KeepAlivePeriodInSeconds": 600}
    jobs.create("done", plan, resources=warm)
    jobs.create("failed", plan)
    plans.jobs.fail("failed", "loss is NaN")
    plans.clock.tick(HOUR)
    jobs.create("runs", plan, 2)
    jobs.create("without", None)
    names = ("done", "failed", "runs", "without", "never")
    cleaner = Cleaner(sagemaker)
    assert {name: cleaner.stop(name) for name in names} == {
        "done": "Completed",
        "failed": "Failed",
        "runs": "stopping",
        "without": "Completed",
        "never": "gone",
    }
    # One is still stopping, and one keeps its instances warm.
    assert {name: cleaner.delete(name) for name in names} == {
        "done": "in use",
        "failed": "deleted",
        "runs": "in use",
        "without": "deleted",
        "never": "gone",
    }
    plans.clock.tick(10 * MINUTE)
    assert cleaner.stop("runs") == "Stopped"
    assert {name: cleaner.delete(name) for name in names} == {
        "done": "deleted",
        "failed": "gone",
        "runs": "deleted",
        "without": "gone",
        "never": "gone",
    }
    assert not any(cleaner.exists(name) for name in names)
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


class Launcher:
    """Runs short jobs one after the other on instances that stay warm in between."""

    def __init__(self, client, plan):
        self.client = client
        self.plan = plan

    def launch(self, name, **resources):
        """Start a job; one of that name that there is already is as good."""
        resources = {"KeepAlivePeriodInSeconds": 900, **resources}
        try:
            self.client.create_training_job(**job_request(name, self.plan, 2, resources=resources))
        except self.client.exceptions.ResourceInUse as taken:
            message = taken.response["Error"]["Message"]
            assert message.startswith("Training job names must be unique within an AWS account")

    def reused(self, name):
        """Which job has taken over a job's instances, None if none has."""
        job = self.client.describe_training_job(TrainingJobName=name)
        return job["WarmPoolStatus"].get("ReusedByJob")

    def started_after(self, name):
        """How long a job has waited until its instances began to work."""
        job = self.client.describe_training_job(TrainingJobName=name)
        return job["TrainingStartTime"] - job["CreationTime"]

    def release(self, name):
        """Give the instances up before their time."""
        self.client.update_training_job(
            TrainingJobName=name, ResourceConfig={"KeepAlivePeriodInSeconds": 0}
        )


@pytest.mark.rule("JOB-08")
def test_of_three_short_jobs_in_a_row_the_second_reuses_and_the_third_is_of_another_kind(
    plans, buy, sagemaker
):
    plan = buy(InstanceCount=2)
    plans.jobs.run_for(5 * MINUTE)
    launcher = Launcher(sagemaker, plan)
    plans.clock.move_to(START)
    launcher.launch("one")
    plans.clock.tick(6 * MINUTE)
    launcher.launch("two")
    launcher.launch("two")
    assert launcher.reused("one") == "two"
    plans.clock.tick(6 * MINUTE)
    launcher.launch("three", VolumeSizeInGB=100)
    assert launcher.reused("two") is None
    plans.clock.tick(14 * MINUTE)
    # The instances of the second are kept for 15 minutes after its end, and are not for it.
    assert launcher.started_after("two") == 0 * MINUTE
    assert launcher.started_after("three") == 14 * MINUTE
    plans.clock.tick(5 * MINUTE)
    pools = {
        status: [
            each["TrainingJobName"]
            for each in sagemaker.list_training_jobs(WarmPoolStatusEquals=status)[
                "TrainingJobSummaries"
            ]
        ]
        for status in ("InUse", "Available", "Reused", "Terminated")
    }
    assert pools == {
        "InUse": [],
        "Available": ["three"],
        "Reused": ["one"],
        "Terminated": ["two"],
    }
    launcher.release("three")
    described = sagemaker.describe_training_plan(TrainingPlanName=plan)
    assert described["AvailableInstanceCount"] == 2
