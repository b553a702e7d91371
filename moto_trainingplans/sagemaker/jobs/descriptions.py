"""A training job on a plan as the answers describe it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ...simulation.jobs.job import TrainingJob


def job_description(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """A job, as DescribeTrainingJob tells it."""
    assert job.secondary_status is not None
    members = job.request.members
    answer: dict[str, Any] = {
        **members,
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": job.status.value,
        "SecondaryStatus": job.secondary_status.value,
        "CreationTime": job.created,
        "LastModifiedTime": job.last_modified,
        "ModelArtifacts": {"S3ModelArtifacts": _artifacts(job, members["OutputDataConfig"])},
        "ResourceConfig": _resource_config(job, members["ResourceConfig"]),
        "SecondaryStatusTransitions": [
            {
                "Status": transition.status.value,
                "StartTime": transition.start,
                **({} if transition.end is None else {"EndTime": transition.end}),
                "StatusMessage": transition.message,
            }
            for transition in job.transitions
        ],
    }
    for member, value in job.changed_members.items():
        is_structure = isinstance(value, dict)
        answer[member] = {**answer.get(member, {}), **value} if is_structure else value
    if job.failure_reason is not None:
        answer["FailureReason"] = job.failure_reason
    if job.training_start is not None:
        answer["TrainingStartTime"] = job.training_start
    if job.has_ended and job.training_end is not None:
        answer["TrainingEndTime"] = job.training_end
    seconds = job.working_time // timedelta(seconds=1)
    if seconds:
        answer["TrainingTimeInSeconds"] = answer["BillableTimeInSeconds"] = seconds
    answer.update(warm_pool(job, now))
    return answer


def _artifacts(job: TrainingJob, output: Mapping[str, Any]) -> str:
    folder = f"{output['S3OutputPath'].rstrip('/')}/{job.name}/output"
    return (
        f"{folder}/model/"
        if output.get("CompressionType") == "NONE"
        else (f"{folder}/model.tar.gz")
    )


def _resource_config(job: TrainingJob, requested: Mapping[str, Any]) -> dict[str, Any]:
    config = dict(requested)
    if "KeepAlivePeriodInSeconds" in config or job.keep_alive:
        config["KeepAlivePeriodInSeconds"] = job.keep_alive // timedelta(seconds=1)
    if "InstancePreferences" in config and job.launched:
        config["SelectedInstanceType"] = job.choice.instance_type
        config["SelectedInstanceCount"] = job.choice.count
    return config


def warm_pool(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """The WarmPoolStatus of a job, nothing for one without a warm pool."""
    pool = job.warm_pool
    if pool is None:
        return {}
    answer: dict[str, Any] = {
        "Status": pool.status.value,
        "ResourceRetainedBillableTimeInSeconds": pool.retained(now) // timedelta(seconds=1),
    }
    if pool.reused_by is not None:
        answer["ReusedByJob"] = pool.reused_by
    return {"WarmPoolStatus": answer}
