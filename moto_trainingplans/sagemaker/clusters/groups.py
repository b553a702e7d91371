"""The instance groups of clusters: members of requests in, members of descriptions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ...aws_json.errors import ValidationException
from ...simulation.clusters.cluster import InstanceGroup
from ...simulation.clusters.specification import GroupSpecification, Vpc
from ...simulation.clusters.statuses import NodeStatus

Members = Mapping[str, Any]
MOST_TYPES = 20  # source: model

# Members of a group that say what the simulation decides on; the others are given back.
GROUP_MEMBERS = frozenset(
    {
        "InstanceCount",
        "MinInstanceCount",
        "InstanceGroupName",
        "InstanceType",
        "InstanceRequirements",
        "ExecutionRole",
        "TrainingPlanArn",
        "ImageId",
        "ImageReleaseVersion",
    }
)


def read_vpc(config: Members | None) -> Vpc | None:
    """A VpcConfig as the simulation has it."""
    if config is None:
        return None
    return Vpc(tuple(config["Subnets"]), tuple(config["SecurityGroupIds"]))


def read_groups(
    members: Members, controller_of: Callable[[str], str | None]
) -> list[GroupSpecification]:
    """The groups that a request asks for, restricted ones last; raises ValidationException.

    `controller_of` tells which group the lifecycle scripts in a place in S3 say is the
    controller's, None where they do not say.
    """
    return [
        _specification(group, restricted, controller_of)
        for name, restricted in (("InstanceGroups", False), ("RestrictedInstanceGroups", True))
        for group in members.get(name, [])
    ]


def _specification(
    members: Members, restricted: bool, controller_of: Callable[[str], str | None]
) -> GroupSpecification:
    if "InstanceType" in members and "InstanceRequirements" in members:
        raise ValidationException(
            f"Instance group {members['InstanceGroupName']} cannot have both InstanceType and "
            "InstanceRequirements."
        )
    flexible = "InstanceRequirements" in members
    types = (
        members["InstanceRequirements"]["InstanceTypes"]
        if flexible
        else [members["InstanceType"]]
        if "InstanceType" in members
        else []
    )
    capacity = members.get("CapacityRequirements")
    source = members.get("LifeCycleConfig", {}).get("SourceS3Uri")
    return GroupSpecification(
        name=members["InstanceGroupName"],
        restricted=restricted,
        instance_types=tuple(dict.fromkeys(types)),
        flexible=flexible,
        count=members["InstanceCount"],
        minimum=members.get("MinInstanceCount"),
        role=members["ExecutionRole"],
        plan_arn=members.get("TrainingPlanArn"),
        vpc=read_vpc(members.get("OverrideVpcConfig")),
        spot=None if capacity is None else "Spot" in capacity,
        controller=_is_controller(members, controller_of),
        has_parameters=None if source is None else controller_of(source) is not None,
        image_id=members.get("ImageId"),
        release=members.get("ImageReleaseVersion"),
        settings={name: value for name, value in members.items() if name not in GROUP_MEMBERS},
    )


def _is_controller(members: Members, controller_of: Callable[[str], str | None]) -> bool | None:
    """Whether Slurm's controller is in a group; None where nothing says so. source: documented"""
    if "SlurmConfig" in members:
        return bool(members["SlurmConfig"]["NodeType"] == "Controller")
    source = members.get("LifeCycleConfig", {}).get("SourceS3Uri")
    controller = None if source is None else controller_of(source)
    return None if controller is None else controller == members["InstanceGroupName"]


# Members of a group that its description has as they came.
GROUP_ECHOES = (
    "LifeCycleConfig",
    "ThreadsPerCore",
    "InstanceStorageConfigs",
    "OnStartDeepHealthChecks",
    "OverrideVpcConfig",
    "ScheduledUpdateConfig",
    "CapacityRequirements",
    "SlurmConfig",
    "NetworkInterface",
    "EnvironmentConfig",
)


def group_description(group: InstanceGroup) -> dict[str, Any]:
    """A group, as DescribeCluster tells it."""
    specification = group.specification
    settings = specification.settings
    answer: dict[str, Any] = {
        "CurrentCount": group.current_count,
        "TargetCount": group.target,
        "InstanceGroupName": group.name,
        "ExecutionRole": specification.role,
        "Status": group.status.value,
        **{name: settings[name] for name in GROUP_ECHOES if name in settings},
    }
    if group.plan is not None:
        answer["TrainingPlanArn"] = group.plan.arn
        answer["TrainingPlanStatus"] = group.plan.status.value
    if specification.flexible:
        answer |= _flexible(group)
    else:
        answer["InstanceType"] = specification.instance_types[0]
    if specification.restricted:
        return answer
    if specification.minimum is not None:
        answer["MinCount"] = specification.minimum
    if group.is_scaling:
        answer["ActiveOperations"] = {"Scaling": 1}
    if "KubernetesConfig" in settings:
        answer["KubernetesConfig"] = current_and_desired(settings["KubernetesConfig"])
    if "AutoPatchConfig" in settings:
        patching = dict(settings["AutoPatchConfig"])
        schedule = patching.pop("PatchSchedule", None)
        if schedule is not None:
            patching["CurrentPatchSchedule"] = patching["DesiredPatchSchedule"] = schedule
        answer["AutoPatchConfig"] = patching
    return answer | _software(group)


def _flexible(group: InstanceGroup) -> dict[str, Any]:
    types = group.specification.instance_types
    running = Counter(
        node.instance.instance_type
        for node in group.nodes
        if node.instance is not None and node.status is NodeStatus.RUNNING
    )
    threads = group.specification.settings.get("ThreadsPerCore")
    # Those too that the group has been updated from, as long as they run.
    told = list(dict.fromkeys((*types, *sorted(running))))[:MOST_TYPES]
    return {
        "InstanceRequirements": {
            "CurrentInstanceTypes": list(types),
            "DesiredInstanceTypes": list(types),
        },
        "InstanceTypeDetails": [
            {
                "InstanceType": each,
                "CurrentCount": running[each],
                **({} if threads is None else {"ThreadsPerCore": threads}),
            }
            for each in told
        ],
    }


def _software(group: InstanceGroup) -> dict[str, Any]:
    software = group.software
    answer = image_members(software.image_id, software.desired_image_id, "ImageId")
    answer |= image_members(software.release, software.desired_release, "ImageReleaseVersion")
    if software.update_status is not None:
        answer["SoftwareUpdateStatus"] = software.update_status
        answer["TargetStateCount"] = group.up_to_date_count()
    if software.deployment is not None:
        answer["ActiveSoftwareUpdateConfig"] = software.deployment
    return answer


def image_members(current: str | None, desired: str | None, name: str) -> dict[str, Any]:
    """What runs and what should run, as two members, as far as it is known."""
    answer = {}
    if current is not None:
        answer[f"Current{name}"] = current
    if desired is not None:
        answer[f"Desired{name}"] = desired
    return answer


def current_and_desired(config: Members) -> dict[str, Any]:
    """A configuration that is at once what was asked for."""
    return {
        f"{state}{name}": value
        for name, value in config.items()
        for state in ("Current", "Desired")
    }
