"""What EventBridge is told of a training job: the documented keys, in the documented forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...aws_json.protocol import EPOCH
from ...simulation.jobs.job import TrainingJob
from .descriptions import job_description

# In the order of AWS's sample, and ModelArtifacts of the event's schema. source: documented
KEYS = (
    "TrainingJobName",
    "TrainingJobArn",
    "TrainingJobStatus",
    "SecondaryStatus",
    "FailureReason",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "VpcConfig",
    "StoppingCondition",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "LastModifiedTime",
    "SecondaryStatusTransitions",
    "ModelArtifacts",
)
# There also where the job has none. source: documented
EMPTY: dict[str, Any] = {"HyperParameters": {}, "InputDataConfig": [], "VpcConfig": {}}


def job_event(job: TrainingJob, now: datetime) -> dict[str, Any]:
    """The detail of the event that tells of a job's new status."""
    description = {**EMPTY, **job_description(job, now)}
    detail = {key: _as_told(description[key]) for key in KEYS if key in description}
    return {**detail, "Tags": dict(job.tags)}


def _as_told(value: Any) -> Any:
    """Times are texts of milliseconds since the epoch. source: documented"""
    if isinstance(value, dict):
        return {key: _as_told(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_told(each) for each in value]
    if isinstance(value, datetime):
        return str((value - EPOCH) // timedelta(milliseconds=1))
    return value
