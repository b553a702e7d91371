"""What the forms for training jobs ask for, as requests of SageMaker's."""

from __future__ import annotations

from typing import Any

from ..fields import Fields, given, merged, tag_members

PAGE = 20  # jobs
ALGORITHM, IMAGE = "algorithm", "image"
INPUT_MODES = ("File", "FastFile", "Pipe")
STATUSES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")
# What a form begins with: a request that is granted as it stands, but for its name.
FIRST = {
    "source": IMAGE,
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:latest",
    "input_mode": "File",
    "role": "arn:aws:iam::123456789012:role/training",
    "output": "s3://bucket/output",
    "instance_count": "1",
    "volume_size": "30",
    "max_runtime": "1",
    "max_runtime-unit": "days",
}


def creation(fields: Fields) -> dict[str, Any]:
    """CreateTrainingJob, as its form asks for it. What was typed wrong is in `fields.mistakes`."""
    by_image = fields.text("source") != ALGORITHM
    asked = {
        "TrainingJobName": fields.text("name"),
        "RoleArn": fields.text("role"),
        "AlgorithmSpecification": given(
            {
                "TrainingImage": fields.text("image") if by_image else None,
                "AlgorithmName": None if by_image else fields.text("algorithm"),
                "TrainingInputMode": fields.text("input_mode"),
            }
        ),
        "HyperParameters": fields.pairs("hyperparameters"),
        "InputDataConfig": _channels(fields),
        "OutputDataConfig": given({"S3OutputPath": fields.text("output")}),
        "ResourceConfig": given(
            {
                "InstanceType": fields.text("instance_type"),
                "InstanceCount": fields.whole("instance_count"),
                "VolumeSizeInGB": fields.whole("volume_size"),
                "KeepAlivePeriodInSeconds": fields.whole_seconds("keep_alive"),
                # Without one the capacity is on demand.
                "TrainingPlanArn": fields.text("plan"),
            }
        ),
        "StoppingCondition": given(
            {
                "MaxRuntimeInSeconds": fields.whole_seconds("max_runtime"),
                "MaxPendingTimeInSeconds": fields.whole_seconds("max_pending"),
            }
        ),
        "CheckpointConfig": given(
            {
                "S3Uri": fields.text("checkpoints"),
                "LocalPath": fields.text("checkpoints_path"),
            }
        ),
        "RetryStrategy": given({"MaximumRetryAttempts": fields.whole("retries")}),
        "Environment": fields.pairs("environment"),
        "Tags": tag_members(fields.pairs("tags")),
    }
    return merged(given(asked), fields.members("more"))


def _channels(fields: Fields) -> list[dict[str, Any]]:
    place = fields.text("input")
    if place is None:
        return []
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": place,
        "S3DataDistributionType": "FullyReplicated",
    }
    return [
        {
            "ChannelName": fields.text("channel") or "training",
            "DataSource": {"S3DataSource": source},
        }
    ]


def keep_alive_update(name: str, fields: Fields) -> dict[str, Any]:
    """UpdateTrainingJob, of how long a job's instances are kept warm."""
    kept = given({"KeepAlivePeriodInSeconds": fields.whole_seconds("keep_alive")})
    return given({"TrainingJobName": name, "ResourceConfig": kept})


def listing(fields: Fields) -> dict[str, Any]:
    """Search, of the jobs that a list is narrowed down to; the newest first.

    ListTrainingJobs does not tell what jobs run on, and looks for names after it has cut a page.
    """
    filters = [
        {"Name": name, "Operator": operator, "Value": value}
        for name, operator, value in (
            ("TrainingJobName", "Contains", fields.text("name")),
            ("TrainingJobStatus", "Equals", fields.text("status")),
            ("ResourceConfig.TrainingPlanArn", "Equals", fields.text("plan")),
        )
        if value is not None
    ]
    return given(
        {
            "Resource": "TrainingJob",
            "SearchExpression": given({"Filters": filters}),
            "SortBy": "CreationTime",
            "SortOrder": "Descending",
            "MaxResults": PAGE,
            "NextToken": fields.text("token"),
        }
    )
