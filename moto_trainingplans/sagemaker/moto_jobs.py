"""Training jobs without a plan, which are moto's: what is looked at before moto creates one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from moto.core.utils import get_service_model

from ..simulation.jobs.checks import check_members
from ..simulation.jobs.registry import TrainingJobRegistry
from ..simulation.plans.eligibility import Subnets
from .endpoint_deployments import as_moto_has_it
from .job_requests import SELECTED, checked_members, resource_request

# By a shape's type, what moto makes of a value before it is written.
CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": str,
}
# The members that are looked at, by moto's names for them.
MEMBERS = {
    "enable_managed_spot_training": "EnableManagedSpotTraining",
    "input_data_config": "InputDataConfig",
    "resource_config": "ResourceConfig",
    "stopping_condition": "StoppingCondition",
}


def check_moto_job(arguments: Mapping[str, Any], jobs: TrainingJobRegistry) -> Any:
    """The ResourceConfig of a job that moto is to create; raises a ServiceError if it may not.

    What AWS refuses of any job is refused, and the quotas on what jobs hold are looked at. Of
    InstancePreferences the first is selected: there are always on-demand instances.
    """
    members = {name: arguments.get(argument) for argument, name in MEMBERS.items()}
    checked = checked_members(members)
    check_members(checked)
    resources = members["ResourceConfig"]
    if not (resources and resources.get("InstancePreferences")):
        for each in (resources or {}).get("InstanceGroups") or (resources or {},):
            if "InstanceType" in each:
                jobs.check_quota(each["InstanceType"], each.get("InstanceCount", 1))
        return resources
    found = jobs.choices(resource_request(resources, checked.spot, Subnets()))
    for choice in found:
        jobs.check_quota(choice.instance_type, choice.count)
    selected = dict(zip(SELECTED, (found[0].instance_type, found[0].count), strict=True))
    return {**resources, **selected}


def moto_job_description(job: Any) -> dict[str, Any]:
    """A job of moto's, as DescribeTrainingJob tells it: what moto has of it and the model knows."""
    model = get_service_model("sagemaker").operation_model("DescribeTrainingJob")
    description: dict[str, Any] = _of_shape(job.response_object, model.output_shape)
    return description


def _of_shape(value: Any, shape: Any) -> Any:
    """A value as moto's serializer would write it."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: _of_shape(member, shape.members[name])
            for name, member in value.items()
            if member is not None and name in shape.members
        }
    if kind == "list":
        return [_of_shape(each, shape.member) for each in value]
    if kind == "map":
        return {key: _of_shape(each, shape.value) for key, each in value.items()}
    if kind == "timestamp":
        # moto's times are in UTC, and do not say so.
        return value.replace(tzinfo=timezone.utc)
    convert = CONVERSIONS.get(kind)
    return value if convert is None else convert(value)


def set_times(job: Any, now: datetime) -> None:
    """Have a job of moto's, which has ended at birth, be of now."""
    when = as_moto_has_it(now)
    job.creation_time = job.last_modified_time = when
    job.training_start_time = job.training_end_time = when
    for transition in job.secondary_status_transitions:
        transition.update({"StartTime": when, "EndTime": when})
    for metric in job.final_metric_data_list:
        metric["Timestamp"] = when
