"""The operations on clusters and instance groups: members in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..simulation.cluster_errors import OnlyContinuous
from ..simulation.cluster_events import EventQuery
from ..simulation.cluster_registry import (
    ClusterChanges,
    ClusterQuery,
    SoftwareChange,
)
from ..simulation.cluster_statuses import ResourceType
from ..simulation.clusters import (
    Cluster,
    ClusterSpecification,
    GroupSpecification,
    Vpc,
)
from ..simulation.errors import UnknownTrainingPlan
from ..simulation.group_checks import check_names
from .cluster_answers import CONTINUOUS, cluster_description, cluster_summary, event_members
from .cluster_service import ClusterService
from .exceptions import ValidationException, answer_to
from .pagination import decode_token, encode_token
from .tag_members import read_tags

Members = Mapping[str, Any]

DEFAULT_PAGE = 100  # source: C

# Members of a cluster that are given back as they came.
CLUSTER_SETTINGS = (
    "VpcConfig",
    "Orchestrator",
    "TieredStorageConfig",
    "RestrictedInstanceGroupsConfig",
    "ClusterRole",
    "AutoScaling",
)
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


# -- requests ----------------------------------------------------------------------------------


def create_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """CreateCluster. source: G, M"""
    _check_orchestrator(members)
    specification = ClusterSpecification(
        continuous=members.get("NodeProvisioningMode") == CONTINUOUS,
        automatic_recovery=members.get("NodeRecovery", "Automatic") == "Automatic",
        autoscaling=_is_enabled(members.get("AutoScaling")),
        vpc=_vpc(members.get("VpcConfig")),
        settings=_settings(members),
    )
    try:
        cluster = service.registry.create(
            members["ClusterName"],
            specification,
            _groups(members),
            read_tags(members.get("Tags", [])),
            service.subnet_zones,
        )
    except UnknownTrainingPlan as unknown:
        # The model of this operation has no ResourceNotFound.
        raise ValidationException(answer_to(unknown).message) from unknown
    return {"ClusterArn": cluster.arn}


def update_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """UpdateCluster. source: G, M"""
    _check_orchestrator(members)
    changes = ClusterChanges(
        groups=_groups(members),
        deleted_groups=members.get("InstanceGroupsToDelete", []),
        continuous=True if members.get("NodeProvisioningMode") == CONTINUOUS else None,
        automatic_recovery=members["NodeRecovery"] == "Automatic"
        if "NodeRecovery" in members
        else None,
        autoscaling=_is_enabled(members["AutoScaling"]) if "AutoScaling" in members else None,
        cluster_role=members.get("ClusterRole"),
        settings={
            name: value for name, value in _settings(members).items() if name != "ClusterRole"
        },
    )
    cluster = service.registry.update(members["ClusterName"], changes, service.subnet_zones)
    return {"ClusterArn": cluster.arn}


def update_cluster_software(service: ClusterService, members: Members) -> dict[str, Any]:
    """UpdateClusterSoftware. source: M"""
    groups = members.get("InstanceGroups", [])
    check_names(group["InstanceGroupName"] for group in groups)
    change = SoftwareChange(
        groups={group["InstanceGroupName"]: group.get("ImageReleaseVersion") for group in groups},
        image_id=members.get("ImageId"),
        deployment=members.get("DeploymentConfig"),
    )
    cluster = service.registry.update_software(members["ClusterName"], change)
    return {"ClusterArn": cluster.arn}


def delete_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """DeleteCluster. source: M"""
    return {"ClusterArn": service.registry.delete(members["ClusterName"]).arn}


def describe_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeCluster. source: G, M"""
    return cluster_description(service.registry.describe(members["ClusterName"]))


def list_clusters(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusters. source: M"""
    query = ClusterQuery(
        name_contains=members.get("NameContains"),
        created_after=members.get("CreationTimeAfter"),
        created_before=members.get("CreationTimeBefore"),
        plan_arn=members.get("TrainingPlanArn"),
        by_name=members.get("SortBy") == "NAME",
        descending=members.get("SortOrder") == "Descending",
    )
    after = decode_token(members.get("NextToken"), query, (str if query.by_name else int,))
    size = members.get("MaxResults", DEFAULT_PAGE)
    found = service.registry.page(query, after, size + 1)
    answer: dict[str, Any] = {
        "ClusterSummaries": [cluster_summary(cluster) for cluster, _ in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = encode_token(found[size - 1][1], query)
    return answer


def list_cluster_events(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusterEvents. source: M"""
    cluster = _with_events(service, members)
    resource_type = members.get("ResourceType")
    query = EventQuery(
        group=members.get("InstanceGroupName"),
        instance_id=members.get("NodeId"),
        after=members.get("EventTimeAfter"),
        before=members.get("EventTimeBefore"),
        resource_type=None if resource_type is None else ResourceType(resource_type),
        operation_id=members.get("OperationId"),
        descending=members.get("SortOrder", "Descending") == "Descending",
    )
    question = (cluster.arn, query)
    after = decode_token(members.get("NextToken"), question, (int,))
    size = members.get("MaxResults", DEFAULT_PAGE)
    found = service.registry.log.page(cluster, query, None if after is None else after[0], size + 1)
    answer: dict[str, Any] = {"Events": [event_members(cluster, event) for event in found[:size]]}
    if len(found) > size:
        answer["NextToken"] = encode_token((found[size - 1].number,), question)
    return answer


def describe_cluster_event(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeClusterEvent. source: M"""
    cluster = _with_events(service, members)
    event = service.registry.log.event(cluster, members["EventId"])
    return {
        "EventDetails": {
            **event_members(cluster, event),
            "EventDetails": {"EventMetadata": event.metadata},
        }
    }


def _with_events(service: ClusterService, members: Members) -> Cluster:
    cluster = service.registry.cluster(members["ClusterName"])
    if not cluster.specification.continuous:
        raise OnlyContinuous("Cluster events", cluster.name)
    return cluster


def _check_orchestrator(members: Members) -> None:
    if "Orchestrator" in members and len(members["Orchestrator"]) != 1:
        raise ValidationException("Orchestrator must have exactly one of Eks and Slurm.")


def _settings(members: Members) -> dict[str, Any]:
    return {name: members[name] for name in CLUSTER_SETTINGS if name in members}


def _is_enabled(config: Members | None) -> bool:
    return config is not None and config["Mode"] == "Enable"


def _vpc(config: Members | None) -> Vpc | None:
    if config is None:
        return None
    return Vpc(tuple(config["Subnets"]), tuple(config["SecurityGroupIds"]))


def _groups(members: Members) -> list[GroupSpecification]:
    return [
        *(_specification(group, False) for group in members.get("InstanceGroups", [])),
        *(_specification(group, True) for group in members.get("RestrictedInstanceGroups", [])),
    ]


def _specification(members: Members, restricted: bool) -> GroupSpecification:
    if "InstanceType" in members and "InstanceRequirements" in members:
        raise ValidationException(
            f"Instance group {members['InstanceGroupName']} cannot have both InstanceType and "
            "InstanceRequirements."
        )
    source = members.get("LifeCycleConfig", {}).get("SourceS3Uri")
    if source is not None and not source.startswith("s3://sagemaker-"):  # source: M
        raise ValidationException(
            f"Validation Error: SourceS3Uri {source} does not start with 's3://sagemaker'."
        )
    flexible = "InstanceRequirements" in members
    types = (
        members["InstanceRequirements"]["InstanceTypes"]
        if flexible
        else [members["InstanceType"]]
        if "InstanceType" in members
        else []
    )
    capacity, slurm = members.get("CapacityRequirements"), members.get("SlurmConfig")
    return GroupSpecification(
        name=members["InstanceGroupName"],
        restricted=restricted,
        instance_types=tuple(types),
        flexible=flexible,
        count=members["InstanceCount"],
        minimum=members.get("MinInstanceCount"),
        role=members["ExecutionRole"],
        plan_arn=members.get("TrainingPlanArn"),
        vpc=_vpc(members.get("OverrideVpcConfig")),
        spot=None if capacity is None else "Spot" in capacity,
        controller=None if slurm is None else slurm["NodeType"] == "Controller",
        image_id=members.get("ImageId"),
        release=members.get("ImageReleaseVersion"),
        settings={name: value for name, value in members.items() if name not in GROUP_MEMBERS},
    )
