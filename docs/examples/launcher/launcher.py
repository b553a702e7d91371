"""Runs a queue of training jobs on a training plan, one after another, on warm instances.

Each job has a folder for checkpoints in S3 that is its name's, so that it goes on where it stood:
in the plan's next block, on another instance, or in a later run of this launcher on another plan.
The launcher itself may be killed and started again: it finds what it has launched by its names.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

# boto3's waiter gives up after six hours unless it is told otherwise; a plan may take 182 days.
WAIT = {"Delay": 120, "MaxAttempts": 182 * 24 * 30}
# What a job may fail for that is no fault of its own.
PASSING = ("InternalServerError", "ServiceUnavailable", "Please retry")
ATTEMPTS = 3


@dataclass(frozen=True)
class Job:
    """What to train."""

    name: str
    image: str
    instances: int
    hours: float
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Where jobs run, and with which rights."""

    plan: str
    role: str
    bucket: str
    volume_gb: int = 500
    # How long instances are kept for the next job: as long as that takes to come, and no longer,
    # since nobody else of the plan can have them meanwhile.
    keep_alive_seconds: int = 600


class Outcome(str, Enum):
    """What became of a job."""

    COMPLETED = "completed"
    FAILED = "failed"
    OUT_OF_TIME = "out of time"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Result:
    """How a job ended, and why, if it did not complete; with its checkpoints it can go on."""

    job: Job
    outcome: Outcome
    checkpoints: str
    reason: str = ""


class Launcher:
    """Runs jobs on one plan. Raises ClientError for what no other job would fare better with."""

    def __init__(self, sagemaker: Any, site: Site) -> None:
        self._sagemaker = sagemaker
        self._site = site
        plan = sagemaker.describe_training_plan(TrainingPlanName=site.plan)
        self._plan_arn = plan["TrainingPlanArn"]
        self._instance_type = plan["ReservedCapacitySummaries"][0]["InstanceType"]

    def run(self, jobs: Sequence[Job]) -> list[Result]:
        """Run jobs in their order, and tell of each.

        A job that fails by itself does not keep the others from their turn. One that is stopped,
        by the end of the plan or by a person, ends the queue: the rest are Unfinished.
        """
        results: list[Result] = []
        for job, following in zip_longest(jobs, jobs[1:]):
            stays_warm = following is not None and following.instances == job.instances
            result = self._run(job, stays_warm)
            results.append(result)
            if result.outcome is Outcome.UNFINISHED:
                break
        for job in jobs[len(results) :]:
            results.append(self._result(job, Outcome.UNFINISHED, "the queue ended before it"))
        return results

    def launch(self, job: Job, name: str | None = None, *, stays_warm: bool = False) -> None:
        """Launch a job, under its own name or another, unless an earlier run has done it."""
        resources = {
            "InstanceType": self._instance_type,
            "InstanceCount": job.instances,
            "VolumeSizeInGB": self._site.volume_gb,
            "TrainingPlanArn": self._plan_arn,
        }
        if stays_warm:
            resources["KeepAlivePeriodInSeconds"] = self._site.keep_alive_seconds
        try:
            self._sagemaker.create_training_job(
                TrainingJobName=name or job.name,
                RoleArn=self._site.role,
                AlgorithmSpecification={"TrainingImage": job.image, "TrainingInputMode": "File"},
                OutputDataConfig={"S3OutputPath": f"s3://{self._site.bucket}/output"},
                CheckpointConfig={"S3Uri": self._checkpoints(job)},
                ResourceConfig=resources,
                StoppingCondition={"MaxRuntimeInSeconds": round(job.hours * 3600)},
                Environment=job.environment,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceInUse":
                raise

    def _run(self, job: Job, stays_warm: bool) -> Result:
        for attempt in range(1, ATTEMPTS + 1):
            name = job.name if attempt == 1 else f"{job.name}-{attempt}"
            self.launch(job, name, stays_warm=stays_warm)
            ended = self._wait(name)
            status, secondary = ended["TrainingJobStatus"], ended["SecondaryStatus"]
            if status == "Completed":
                return self._result(job, Outcome.COMPLETED)
            if secondary == "MaxRuntimeExceeded":
                return self._result(job, Outcome.OUT_OF_TIME, f"it had {job.hours:g} hours")
            if status == "Stopped":
                transitions = ended["SecondaryStatusTransitions"]
                return self._result(job, Outcome.UNFINISHED, transitions[-1]["StatusMessage"])
            reason = ended.get("FailureReason", "")
            if "CapacityError" in reason:
                return self._result(job, Outcome.UNFINISHED, reason)
            if not any(each in reason for each in PASSING):
                return self._result(job, Outcome.FAILED, reason)
        return self._result(job, Outcome.FAILED, f"{ATTEMPTS} attempts, the last: {reason}")

    def _wait(self, name: str) -> dict[str, Any]:
        waiter = self._sagemaker.get_waiter("training_job_completed_or_stopped")
        try:
            waiter.wait(TrainingJobName=name, WaiterConfig=WAIT)
        except WaiterError as error:
            if error.last_response.get("TrainingJobStatus") != "Failed":
                raise
        job: dict[str, Any] = self._sagemaker.describe_training_job(TrainingJobName=name)
        return job

    def _checkpoints(self, job: Job) -> str:
        return f"s3://{self._site.bucket}/checkpoints/{job.name}"

    def _result(self, job: Job, outcome: Outcome, reason: str = "") -> Result:
        return Result(job, outcome, self._checkpoints(job), reason)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: runs a queue that is written in a JSON file as a list of jobs."""
    parser = argparse.ArgumentParser(prog="plan-launcher", description=main.__doc__)
    parser.add_argument("queue", type=Path)
    parser.add_argument("--plan", required=True, help="the plan's name")
    parser.add_argument("--region", required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--bucket", required=True)
    asked = parser.parse_args(arguments)
    jobs = [Job(**each) for each in json.loads(asked.queue.read_text(encoding="utf-8"))]
    sagemaker = boto3.client("sagemaker", region_name=asked.region)
    results = Launcher(sagemaker, Site(asked.plan, asked.role, asked.bucket)).run(jobs)
    for result in results:
        print(f"{result.job.name}: {result.outcome.value} {result.reason}".rstrip())
    return 0 if all(each.outcome is Outcome.COMPLETED for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
