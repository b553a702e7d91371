"""Clusters, their groups and their events as the answers describe them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..simulation.cluster_events import ClusterEvent
from ..simulation.cluster_statuses import NodeStatus
from ..simulation.clusters import Cluster, InstanceGroup
from .validation import shape_has

Members = Mapping[str, Any]

CONTINUOUS = "Continuous"

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


def cluster_description(cluster: Cluster) -> dict[str, Any]:
    """A cluster and its groups, as DescribeCluster tells them."""
    specification = cluster.specification
    groups = cluster.groups.values()
    answer = {
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "ClusterStatus": cluster.status.value,
        "CreationTime": cluster.created_at,
        "InstanceGroups": [_group(group) for group in groups if not group.specification.restricted],
        "NodeRecovery": "Automatic" if specification.automatic_recovery else "None",
        **specification.settings,
    }
    restricted = [_group(group) for group in groups if group.specification.restricted]
    if restricted:
        answer["RestrictedInstanceGroups"] = restricted
    if "RestrictedInstanceGroupsConfig" in answer:
        shared = answer["RestrictedInstanceGroupsConfig"]["SharedEnvironmentConfig"]
        answer["RestrictedInstanceGroupsConfig"] = {
            "SharedEnvironmentConfig": _current_and_desired(shared)
        }
    if "AutoScaling" in answer:
        answer["AutoScaling"] = {**answer["AutoScaling"], "Status": "InService"}
    if specification.continuous:
        answer["NodeProvisioningMode"] = CONTINUOUS
    return answer


def cluster_summary(cluster: Cluster) -> dict[str, Any]:
    """A cluster in a list of clusters."""
    answer: dict[str, Any] = {
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "CreationTime": cluster.created_at,
        "ClusterStatus": cluster.status.value,
    }
    if cluster.plan_arns:
        answer["TrainingPlanArns"] = cluster.plan_arns
    return answer


def _group(group: InstanceGroup) -> dict[str, Any]:
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
        answer["KubernetesConfig"] = _current_and_desired(settings["KubernetesConfig"])
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
            for each in types
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


def _current_and_desired(config: Members) -> dict[str, Any]:
    """A configuration that is at once what was asked for."""
    return {
        f"{state}{name}": value
        for name, value in config.items()
        for state in ("Current", "Desired")
    }


def event_members(cluster: Cluster, event: ClusterEvent) -> dict[str, Any]:
    """An event of a cluster, in a list of events or alone."""
    answer = {
        "EventId": event.event_id,
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "InstanceGroupName": event.group,
        "ResourceType": event.resource_type.value,
        "EventTime": event.time,
        "Description": event.description,
        "EventLevel": event.level.value,
    }
    # Came to the model with botocore 1.44.3; older clients do not know it.
    if shape_has("ClusterEventSummary", "OperationId"):
        answer["OperationId"] = event.operation_id
    if event.instance_id is not None:
        answer["InstanceId"] = event.instance_id
    return answer
