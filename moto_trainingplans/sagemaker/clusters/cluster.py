"""The operations on clusters and instance groups: members in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...aws_json.errors import ValidationException, answer_to
from ...aws_json.pagination import decode_token, encode_token
from ...simulation.clusters.cluster import Cluster
from ...simulation.clusters.group_checks import check_names
from ...simulation.clusters.listing import ClusterQuery
from ...simulation.clusters.registry import ClusterChanges
from ...simulation.clusters.software_updates import SoftwareChange
from ...simulation.clusters.specification import ClusterSpecification
from ...simulation.plans.errors import UnknownTrainingPlan
from ..refusals import ANSWERS
from ..tag_members import read_tags
from .groups import current_and_desired, group_description, read_groups, read_vpc
from .service import ClusterService

Members = Mapping[str, Any]

CONTINUOUS = "Continuous"
DEFAULT_PAGE = 100  # source: choice

# Members of a cluster that are given back as they came.
CLUSTER_SETTINGS = (
    "VpcConfig",
    "Orchestrator",
    "TieredStorageConfig",
    "RestrictedInstanceGroupsConfig",
    "ClusterRole",
    "AutoScaling",
)


# -- requests ----------------------------------------------------------------------------------


def create_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """CreateCluster. source: documented, model"""
    _check_orchestrator(members)
    specification = ClusterSpecification(
        continuous=members.get("NodeProvisioningMode") == CONTINUOUS,
        automatic_recovery=members.get("NodeRecovery", "Automatic") == "Automatic",
        autoscaling=_is_enabled(members.get("AutoScaling")),
        vpc=read_vpc(members.get("VpcConfig")),
        settings=_settings(members),
    )
    try:
        cluster = service.registry.create(
            members["ClusterName"],
            specification,
            read_groups(members, service.controller_of),
            read_tags(members.get("Tags", [])),
            service.known_subnets,
        )
    except UnknownTrainingPlan as unknown:
        # The model of this operation has no ResourceNotFound.
        raise ValidationException(answer_to(unknown, ANSWERS).message) from unknown
    return {"ClusterArn": cluster.arn}


def update_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """UpdateCluster. source: documented, model"""
    _check_orchestrator(members)
    changes = ClusterChanges(
        groups=read_groups(members, service.controller_of),
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
    cluster = service.registry.update(members["ClusterName"], changes, service.known_subnets)
    return {"ClusterArn": cluster.arn}


def update_cluster_software(service: ClusterService, members: Members) -> dict[str, Any]:
    """UpdateClusterSoftware. source: model"""
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
    """DeleteCluster. source: model"""
    return {"ClusterArn": service.registry.delete(members["ClusterName"]).arn}


def describe_cluster(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeCluster. source: documented, model"""
    return cluster_description(service.registry.describe(members["ClusterName"]))


def list_clusters(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusters. source: model"""
    name, size = members.get("NameContains"), members.get("MaxResults")
    # With both, the name is looked for among so many clusters. source: observed
    after_cut = name is not None and size is not None
    query = ClusterQuery(
        name_contains=None if after_cut else name,
        created_after=members.get("CreationTimeAfter"),
        created_before=members.get("CreationTimeBefore"),
        plan_arn=members.get("TrainingPlanArn"),
        by_name=members.get("SortBy") == "NAME",
        descending=members.get("SortOrder") == "Descending",
    )
    question = (query, name)
    after = decode_token(members.get("NextToken"), question, (str if query.by_name else int,))
    found = service.registry.find(query, after)
    page = found[: size or DEFAULT_PAGE]
    answer: dict[str, Any] = {
        "ClusterSummaries": [
            cluster_summary(cluster) for cluster in page if name is None or name in cluster.name
        ]
    }
    if len(found) > len(page):
        answer["NextToken"] = encode_token(query.position(page[-1]), question)
    return answer


def _check_orchestrator(members: Members) -> None:
    if "Orchestrator" in members and len(members["Orchestrator"]) != 1:
        raise ValidationException("Orchestrator must have exactly one of Eks and Slurm.")


def _settings(members: Members) -> dict[str, Any]:
    return {name: members[name] for name in CLUSTER_SETTINGS if name in members}


def _is_enabled(config: Members | None) -> bool:
    return config is not None and config["Mode"] == "Enable"


def cluster_description(cluster: Cluster) -> dict[str, Any]:
    """A cluster and its groups, as DescribeCluster tells them."""
    specification = cluster.specification
    groups = cluster.groups.values()
    answer = {
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "ClusterStatus": cluster.status.value,
        "CreationTime": cluster.created_at,
        "InstanceGroups": [
            group_description(group) for group in groups if not group.specification.restricted
        ],
        "NodeRecovery": "Automatic" if specification.automatic_recovery else "None",
        **specification.settings,
    }
    restricted = [group_description(group) for group in groups if group.specification.restricted]
    if restricted:
        answer["RestrictedInstanceGroups"] = restricted
    if "RestrictedInstanceGroupsConfig" in answer:
        shared = answer["RestrictedInstanceGroupsConfig"]["SharedEnvironmentConfig"]
        answer["RestrictedInstanceGroupsConfig"] = {
            "SharedEnvironmentConfig": current_and_desired(shared)
        }
    if "AutoScaling" in answer:
        answer["AutoScaling"] = {**answer["AutoScaling"], "Status": "InService"}
    if specification.continuous:
        answer["NodeProvisioningMode"] = CONTINUOUS
    if "AccountingDatabase" in answer.get("Orchestrator", {}).get("Slurm", {}):
        slurm = answer["Orchestrator"]["Slurm"]
        database = {**_database_defaults(cluster), **slurm["AccountingDatabase"]}
        answer["Orchestrator"] = {"Slurm": {**slurm, "AccountingDatabase": database}}
    return answer


def _database_defaults(cluster: Cluster) -> dict[str, Any]:
    """Where Slurm's accounting is, as far as nobody said so. source: documented"""
    return {"Port": 3306, "Name": f"slurm_acct_db_{cluster.arn.rpartition('/')[2]}"}


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


def normalize_list_request(body: dict[str, Any]) -> dict[str, Any]:
    """A ListClusters request as the model has it.

    moto takes `Name` to sort clusters by, so that tests were written with it; the model has
    NAME. source: choice
    """
    return {**body, "SortBy": "NAME"} if body.get("SortBy") == "Name" else body


HANDLERS: dict[str, Callable[[ClusterService, Members], dict[str, Any]]] = {
    "CreateCluster": create_cluster,
    "UpdateCluster": update_cluster,
    "DeleteCluster": delete_cluster,
    "DescribeCluster": describe_cluster,
    "ListClusters": list_clusters,
    "UpdateClusterSoftware": update_cluster_software,
}
