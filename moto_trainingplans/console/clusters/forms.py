"""What the forms for clusters ask for, as requests of SageMaker's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..fields import Fields, given, merged, tag_members
from .groups import changed_specification, groups_of, specification, vpc

Members = Mapping[str, Any]

PAGE = 20  # clusters
NODE_PAGE = 50
EVENT_PAGE = 20
ORCHESTRATORS = ("Eks", "Slurm")
CONTINUOUS = "Continuous"
RECOVERIES = ("Automatic", "None")
SLURM_STRATEGIES = ("Overwrite", "Managed", "Merge")
# The operations on chosen nodes, and how many nodes each takes. source: model
NODE_OPERATIONS = {
    "BatchReplaceClusterNodes": 25,
    "BatchRebootClusterNodes": 25,
    "BatchDeleteClusterNodes": 99,
}


def creation(fields: Fields) -> dict[str, Any]:
    """CreateCluster, as its form asks for it. What was typed wrong is in `fields.mistakes`."""
    asked = {
        "ClusterName": fields.text("name"),
        "InstanceGroups": [specification(group) for group in groups_of(fields)],
        "VpcConfig": vpc(fields),
        "Orchestrator": _orchestrator(fields),
        "NodeRecovery": fields.text("recovery"),
        "NodeProvisioningMode": fields.text("provisioning"),
        "ClusterRole": fields.text("cluster-role"),
        "AutoScaling": {"Mode": "Enable", "AutoScalerType": "Karpenter"}
        if fields.flag("autoscaling")
        else None,
        "Tags": tag_members(fields.pairs("tags")),
    }
    return merged(given(asked), fields.members("more"))


def _orchestrator(fields: Fields) -> dict[str, Any]:
    name = fields.text("orchestrator")
    if name == "Eks":
        return {"Eks": given({"ClusterArn": fields.text("eks-cluster")})}
    if name == "Slurm":
        return {"Slurm": given({"SlurmConfigStrategy": fields.text("slurm-strategy")})}
    return {}


def group_update(cluster: Members, group_name: str, fields: Fields) -> dict[str, Any]:
    """UpdateCluster, of the counts and the plan of one group of a described cluster.

    Raises KeyError where the cluster has no such group.
    """
    for kind in ("InstanceGroups", "RestrictedInstanceGroups"):
        for group in cluster.get(kind, ()):
            if group["InstanceGroupName"] == group_name:
                changed = changed_specification(group, fields)
                return {"ClusterName": cluster["ClusterName"], kind: [changed]}
    raise KeyError(group_name)


def group_addition(cluster_name: str, group: Fields) -> dict[str, Any]:
    """UpdateCluster, with a group more."""
    return {"ClusterName": cluster_name, "InstanceGroups": [specification(group)]}


def group_deletion(cluster_name: str, group_name: str) -> dict[str, Any]:
    """UpdateCluster, with a group less."""
    return {"ClusterName": cluster_name, "InstanceGroupsToDelete": [group_name]}


def settings_update(cluster_name: str, fields: Fields) -> dict[str, Any]:
    """UpdateCluster, of how a cluster recovers and provisions its nodes."""
    asked = {
        "ClusterName": cluster_name,
        "NodeRecovery": fields.text("recovery"),
        "NodeProvisioningMode": fields.text("provisioning"),
    }
    return given(asked)


def node_batch(cluster_name: str, node_ids: Sequence[str]) -> dict[str, Any]:
    """The request of any of NODE_OPERATIONS, for nodes by their instance ids or logical ids.

    A node that waits for its instance has none but its logical id.
    """
    instances = [each for each in node_ids if each.startswith("i-")]
    logical = [each for each in node_ids if not each.startswith("i-")]
    return given({"ClusterName": cluster_name, "NodeIds": instances, "NodeLogicalIds": logical})


def node_addition(cluster_name: str, group_name: str, fields: Fields) -> dict[str, Any]:
    """BatchAddClusterNodes, of one group."""
    addition = given(
        {"InstanceGroupName": group_name, "IncrementTargetCountBy": fields.whole("more")}
    )
    return {"ClusterName": cluster_name, "NodesToAdd": [addition]}


def listing(fields: Fields) -> dict[str, Any]:
    """ListClusters, narrowed down; the newest first.

    By a name and a number at once, names are looked for only among so many: all are asked for.
    """
    name = fields.text("name")
    return given(
        {
            "NameContains": name,
            "TrainingPlanArn": fields.text("plan"),
            "SortBy": "CREATION_TIME",
            "SortOrder": "Descending",
            "MaxResults": PAGE if name is None else None,
            "NextToken": fields.text("token"),
        }
    )


def node_listing(cluster_name: str, fields: Fields) -> dict[str, Any]:
    """ListClusterNodes, of all groups or of those whose name contains a text."""
    return given(
        {
            "ClusterName": cluster_name,
            "InstanceGroupNameContains": fields.text("group"),
            "IncludeNodeLogicalIds": True,
            "MaxResults": NODE_PAGE,
            "NextToken": fields.text("nodes"),
        }
    )


def event_listing(cluster_name: str, fields: Fields) -> dict[str, Any]:
    """ListClusterEvents, the latest first."""
    return given(
        {
            "ClusterName": cluster_name,
            "InstanceGroupName": fields.text("group"),
            "SortBy": "EventTime",
            "SortOrder": "Descending",
            "MaxResults": EVENT_PAGE,
            "NextToken": fields.text("events"),
        }
    )
