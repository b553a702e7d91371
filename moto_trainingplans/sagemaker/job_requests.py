"""What of a request for a training job decides about it, for jobs on plans and for moto's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..simulation.jobs.checks import CheckedMembers
from ..simulation.jobs.resources import PlacementRequest, Preference, ResourceRequest
from ..simulation.plans.eligibility import Subnets

Members = Mapping[str, Any]

SELECTED = ("SelectedInstanceType", "SelectedInstanceCount")


def checked_members(members: Members) -> CheckedMembers:
    """The members that are checked whatever the job runs on.

    Their types are the model's; what the model requires of them may be missing.
    """
    resources = members.get("ResourceConfig") or {}
    stopping = members.get("StoppingCondition") or {}
    return CheckedMembers(
        max_runtime=_seconds(stopping.get("MaxRuntimeInSeconds")),
        max_wait=_seconds(stopping.get("MaxWaitTimeInSeconds")),
        spot=members.get("EnableManagedSpotTraining") or False,
        keep_alive=_seconds(resources.get("KeepAlivePeriodInSeconds")) or timedelta(0),
        has_instances=any(
            resources.get(name) is not None for name in ("InstanceType", "InstanceCount")
        ),
        group_names=[
            each.get("InstanceGroupName", "") for each in resources.get("InstanceGroups") or ()
        ],
        selected=[name for name in SELECTED if resources.get(name) is not None],
        channels={
            each.get("ChannelName", ""): _is_for_groups(each)
            for each in members.get("InputDataConfig") or ()
        },
    )


def _is_for_groups(channel: Members) -> bool:
    source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
    return bool(source.get("InstanceGroupNames"))


def _seconds(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def resource_request(resources: Members, spot: bool, subnets: Subnets) -> ResourceRequest:
    """What a job asks to run on, of a ResourceConfig that the model allows."""
    return ResourceRequest(
        instance_type=resources.get("InstanceType"),
        count=resources.get("InstanceCount"),
        groups=groups_of(resources),
        plan_arn=resources.get("TrainingPlanArn"),
        preferences=tuple(
            Preference(
                each["InstanceType"],
                each.get("InstanceCount"),
                next(iter(each.get("TrainingPlanArns", [])), None),
            )
            for each in resources.get("InstancePreferences", [])
        ),
        placement=_placement(resources.get("InstancePlacementConfig")),
        spot=spot,
        subnets=subnets,
    )


def groups_of(resources: Members) -> tuple[tuple[str, int], ...]:
    """The types and counts of InstanceGroups."""
    return tuple(
        (group["InstanceType"], group["InstanceCount"])
        for group in resources.get("InstanceGroups", [])
    )


def _placement(config: Members | None) -> PlacementRequest | None:
    if config is None:
        return None
    return PlacementRequest(
        config.get("EnableMultipleJobs", False),
        tuple(
            (each.get("UltraServerId"), each["InstanceCount"])
            for each in config.get("PlacementSpecifications", [])
        ),
    )
