"""Training jobs without a plan, which are moto's: what is looked at before moto creates one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..simulation.jobs.checks import check_members
from ..simulation.jobs.registry import TrainingJobRegistry
from ..simulation.plans.eligibility import Subnets
from .endpoint_deployments import as_moto_has_it
from .job_requests import SELECTED, checked_members, resource_request

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


def set_times(job: Any, now: datetime) -> None:
    """Have a job of moto's, which has ended at birth, be of now."""
    when = as_moto_has_it(now)
    job.creation_time = job.last_modified_time = when
    job.training_start_time = job.training_end_time = when
    for transition in job.secondary_status_transitions:
        transition.update({"StartTime": when, "EndTime": when})
    for metric in job.final_metric_data_list:
        metric["Timestamp"] = when
