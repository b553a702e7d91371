"""What the tests of training jobs have in common."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# When the plans of the `buy` fixture start, and when the instances of a day's plan are taken.
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
CUT_OFF = START + DAY - 30 * MINUTE

ROLE = "arn:aws:iam::123456789012:role/training"
CHECKPOINTS = {"CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints"}}
WARM = {"KeepAlivePeriodInSeconds": 600}
RETAINED = "ResourceRetainedBillableTimeInSeconds"


def job_request(name: str, plan: str | None, count: int = 1, **members: Any) -> dict[str, Any]:
    """The members of a request for a job on a plan; `resources` go into its ResourceConfig."""
    resources = {
        "InstanceType": "ml.p4d.24xlarge",
        "InstanceCount": count,
        "VolumeSizeInGB": 30,
        **({} if plan is None else {"TrainingPlanArn": plan}),
        **members.pop("resources", {}),
    }
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {key: value for key, value in resources.items() if value is not None},
        "StoppingCondition": {"MaxRuntimeInSeconds": 28 * 86400},
        **members,
    }


class Jobs:
    """Training jobs through a client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def create(self, name: str, plan: str | None, count: int = 1, **members: Any) -> str:
        """Create a job, and give its ARN."""
        answer = self.client.create_training_job(**job_request(name, plan, count, **members))
        arn: str = answer["TrainingJobArn"]
        return arn

    def describe(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.describe_training_job(TrainingJobName=name)
        return answer

    def status(self, name: str) -> tuple[str, str]:
        """A job's status and secondary status."""
        job = self.describe(name)
        return job["TrainingJobStatus"], job["SecondaryStatus"]

    def states(self, *names: str) -> list[str]:
        """The secondary statuses of jobs."""
        return [self.status(name)[1] for name in names]

    def story(self, name: str) -> list[str]:
        """The secondary statuses that a job has been in."""
        return [each["Status"] for each in self.describe(name)["SecondaryStatusTransitions"]]


def counts(sagemaker: Any, plan: str) -> tuple[int, int]:
    """How many instances of a plan are in use, and how many available."""
    name = plan.rpartition("/")[2]  # older models take no ARN
    described = sagemaker.describe_training_plan(TrainingPlanName=name)
    return described["InUseInstanceCount"], described["AvailableInstanceCount"]


def pool(jobs: Jobs, name: str) -> Any:
    """The WarmPoolStatus of a job, None if it has none."""
    return jobs.describe(name).get("WarmPoolStatus")


def last_message(jobs: Jobs, name: str) -> Any:
    """What a job says of its secondary status."""
    return jobs.describe(name)["SecondaryStatusTransitions"][-1]["StatusMessage"]
