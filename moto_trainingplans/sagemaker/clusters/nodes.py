"""The operations on the nodes of clusters: members in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...aws_json.errors import ValidationException, answer_to
from ...aws_json.pagination import decode_token, encode_token
from ...aws_json.validation import shape_allows
from ...simulation.clusters.cluster import Cluster, Node
from ...simulation.clusters.nodes import NodeQuery
from ...simulation.clusters.registry import ClusterRegistry
from ...simulation.clusters.requests.additions import AdditionRequest, RefusedAddition, add_nodes
from ...simulation.clusters.requests.batches import (
    BatchResult,
    NodeFault,
    NodeResult,
    NoNodeDeleted,
    delete_nodes,
    reboot_nodes,
    replace_nodes,
)
from ..refusals import ANSWERS
from .cluster import DEFAULT_PAGE
from .groups import image_members
from .service import ClusterService

Members = Mapping[str, Any]

GONE = "NotFound"  # the status of a node that is no more. source: model
# The label that tells which UltraServer a node is in. source: documented
TOPOLOGY_LABEL = "topology.k8s.aws/ultraserver-id"

DELETION_CODES = {
    NodeFault.NOT_FOUND: "NodeIdNotFound",
    NodeFault.INVALID_STATUS: "InvalidNodeStatus",
    NodeFault.IN_USE: "NodeIdInUse",
}
RESTART_CODES = {
    NodeFault.NOT_FOUND: "InstanceIdNotFound",
    NodeFault.INVALID_STATUS: "InvalidInstanceStatus",
    NodeFault.IN_USE: "InstanceIdInUse",
}

# Members of a group that the description of its nodes has as they came.
NODE_ECHOES = (
    "LifeCycleConfig",
    "OverrideVpcConfig",
    "ThreadsPerCore",
    "InstanceStorageConfigs",
    "NetworkInterface",
)


# -- requests ----------------------------------------------------------------------------------


def describe_cluster_node(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeClusterNode. source: model"""
    if ("NodeId" in members) == ("NodeLogicalId" in members):
        raise ValidationException("Exactly one of NodeId and NodeLogicalId is required.")
    node = service.registry.describe_node(
        members["ClusterName"], members.get("NodeId"), members.get("NodeLogicalId")
    )
    return {"NodeDetails": node_description(node)}


def list_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusterNodes. source: model"""
    cluster = service.registry.cluster(members["ClusterName"])
    query = NodeQuery(
        group_contains=members.get("InstanceGroupNameContains"),
        created_after=members.get("CreationTimeAfter"),
        created_before=members.get("CreationTimeBefore"),
        by_name=members.get("SortBy") == "NAME",
        descending=members.get("SortOrder") == "Descending",
        with_waiting=members.get("IncludeNodeLogicalIds", False),
    )
    question = (cluster.arn, query)
    kinds = (str, int) if query.by_name else (int,)
    after = decode_token(members.get("NextToken"), question, kinds)
    size = members.get("MaxResults", DEFAULT_PAGE)
    found = service.registry.nodes_page(cluster, query, after, size + 1)
    answer: dict[str, Any] = {
        "ClusterNodeSummaries": [_summary(node, query.with_waiting) for node, _ in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = encode_token(found[size - 1][1], question)
    return answer


def batch_add_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """BatchAddClusterNodes. source: model"""
    addition = add_nodes(
        service.registry,
        members["ClusterName"],
        [
            AdditionRequest(
                entry["InstanceGroupName"],
                entry["IncrementTargetCountBy"],
                tuple(entry.get("AvailabilityZones", ())),
                tuple(entry.get("InstanceTypes", ())),
            )
            for entry in members["NodesToAdd"]
        ],
        members.get("ClientToken"),
        service.known_subnets,
    )
    cluster = service.registry.cluster(members["ClusterName"])
    return {
        "Successful": [_added(cluster, node) for node in addition.nodes],
        "Failed": [_not_added(refused) for refused in addition.refused],
    }


def batch_delete_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """BatchDeleteClusterNodes. source: model"""
    return _batch(delete_nodes, service, members, "Code", DELETION_CODES)


def batch_reboot_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """BatchRebootClusterNodes. source: model"""
    return _batch(reboot_nodes, service, members, "ErrorCode", RESTART_CODES)


def batch_replace_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """BatchReplaceClusterNodes. source: model"""
    return _batch(replace_nodes, service, members, "ErrorCode", RESTART_CODES)


def _batch(
    operation: Callable[[ClusterRegistry, str, Sequence[str], Sequence[str]], BatchResult],
    service: ClusterService,
    members: Members,
    code_member: str,
    codes: Mapping[NodeFault, str],
) -> dict[str, Any]:
    try:
        result = operation(
            service.registry,
            members["ClusterName"],
            members.get("NodeIds", ()),
            members.get("NodeLogicalIds", ()),
        )
    except NoNodeDeleted as refused:
        raise ValidationException(_why_none(refused, codes)) from refused
    lists = {
        "Successful": _succeeded(result.by_instance_id),
        "Failed": _failed(result.by_instance_id, "NodeId", code_member, codes),
        "SuccessfulNodeLogicalIds": _succeeded(result.by_logical_id),
        "FailedNodeLogicalIds": _failed(result.by_logical_id, "NodeLogicalId", code_member, codes),
    }
    return {name: entries for name, entries in lists.items() if entries}


def _why_none(refused: NoNodeDeleted, codes: Mapping[NodeFault, str]) -> str:
    results = (*refused.result.by_instance_id, *refused.result.by_logical_id)
    reasons = "; ".join(
        f"{codes[each.fault]}: node {each.named} {each.fault.value}"
        for each in results
        if each.fault is not None
    )
    return f"{answer_to(refused, ANSWERS).message}: {reasons}."


# -- answers -----------------------------------------------------------------------------------


def _succeeded(results: Sequence[NodeResult]) -> list[str]:
    return [result.named for result in results if result.fault is None]


def _failed(
    results: Sequence[NodeResult],
    id_member: str,
    code_member: str,
    codes: Mapping[NodeFault, str],
) -> list[dict[str, str]]:
    return [
        {
            id_member: result.named,
            code_member: codes[result.fault],
            "Message": f"Node {result.named} {result.fault.value}.",
        }
        for result in results
        if result.fault is not None
    ]


def _added(cluster: Cluster, node: Node) -> dict[str, Any]:
    is_there = cluster.by_logical_id.get(node.logical_id) is node
    answer: dict[str, Any] = {
        "NodeLogicalId": node.logical_id,
        "InstanceGroupName": node.group.name,
        "Status": node.status.value if is_there else GONE,
    }
    if node.wanted_zone is not None:
        answer["AvailabilityZones"] = [node.wanted_zone.name]
    if node.wanted_type is not None:
        answer["InstanceTypes"] = [node.wanted_type]
    return answer


def _not_added(refused: RefusedAddition) -> dict[str, Any]:
    request = refused.request
    answer: dict[str, Any] = {
        "InstanceGroupName": request.group,
        "ErrorCode": refused.fault.value,
        "FailedCount": request.count,
        "Message": f"{request.count} nodes were not added to instance group {request.group}.",
    }
    if request.zones:
        answer["AvailabilityZones"] = list(request.zones)
    if request.instance_types:
        answer["InstanceTypes"] = list(request.instance_types)
    return answer


def _summary(node: Node, with_logical_id: bool) -> dict[str, Any]:
    answer = _common(node)
    # The model requires what a node without an instance does not have. source: choice
    answer.setdefault("InstanceId", "")
    answer.setdefault("LaunchTime", node.requested_at)
    if with_logical_id:
        answer["NodeLogicalId"] = node.logical_id
    if node.software is not None and node.software.release is not None:
        answer["CurrentImageReleaseVersion"] = node.software.release
    return answer


def _common(node: Node) -> dict[str, Any]:
    """What a node's description and its place in a list have in common."""
    status = {"Status": node.status.value}
    if node.message:
        status["Message"] = node.message
    answer: dict[str, Any] = {
        "InstanceGroupName": node.group.name,
        "InstanceType": node.wanted_type or node.group.instance_type,
        "InstanceStatus": status,
    }
    if node.updated_at is not None:
        answer["LastSoftwareUpdateTime"] = node.updated_at
    instance = node.instance
    if instance is None:
        return answer
    answer["InstanceId"] = instance.instance_id
    answer["InstanceType"] = instance.instance_type
    answer["LaunchTime"] = instance.launched_at
    answer["PrivateDnsHostname"] = instance.private_dns_name
    held = instance.allocation
    if held is not None and (server := held.ultra_server) is not None:
        server_type = held.reserved.compute_type.name
        answer["UltraServerInfo"] = {"Id": server.ultra_server_id, "Type": server_type}
    return answer


def node_description(node: Node) -> dict[str, Any]:
    """A node, as DescribeClusterNode tells it."""
    settings = node.group.specification.settings
    answer = {
        **_common(node),
        "NodeLogicalId": node.logical_id,
        **{name: settings[name] for name in NODE_ECHOES if name in settings},
    }
    if "CapacityRequirements" in settings:
        answer["CapacityType"] = "Spot" if node.group.specification.spot else "OnDemand"
    labels = _kubernetes(node)
    if labels:
        answer["KubernetesConfig"] = labels
    if node.instance is None:
        return answer
    answer["PrivatePrimaryIp"] = node.instance.private_ip
    if placement := _placement(node):
        answer["Placement"] = placement
    software = node.software
    if software is not None:
        wanted = node.group.software
        answer |= image_members(software.image_id, wanted.desired_image_id, "ImageId")
        answer |= image_members(software.release, wanted.desired_release, "ImageReleaseVersion")
    return answer


def _placement(node: Node) -> dict[str, str]:
    assert node.instance is not None
    zone = node.instance.zone
    # The model's patterns cannot hold the names and ids of every zone.
    placement = {}
    if shape_allows("ClusterAvailabilityZone", zone.name):
        placement["AvailabilityZone"] = zone.name
    if shape_allows("ClusterAvailabilityZoneId", zone.zone_id):
        placement["AvailabilityZoneId"] = zone.zone_id
    return placement


def _kubernetes(node: Node) -> dict[str, Any]:
    config = node.group.specification.settings.get("KubernetesConfig", {})
    labels = dict(config.get("Labels", {}))
    held = None if node.instance is None else node.instance.allocation
    if held is not None and (server := held.ultra_server) is not None:
        labels[TOPOLOGY_LABEL] = server.ultra_server_id
    answer: dict[str, Any] = {}
    if labels:
        answer["CurrentLabels"] = answer["DesiredLabels"] = labels
    if "Taints" in config:
        answer["CurrentTaints"] = answer["DesiredTaints"] = config["Taints"]
    return answer


HANDLERS: dict[str, Callable[[ClusterService, Members], dict[str, Any]]] = {
    "DescribeClusterNode": describe_cluster_node,
    "ListClusterNodes": list_cluster_nodes,
    "BatchAddClusterNodes": batch_add_cluster_nodes,
    "BatchDeleteClusterNodes": batch_delete_cluster_nodes,
    "BatchRebootClusterNodes": batch_reboot_cluster_nodes,
    "BatchReplaceClusterNodes": batch_replace_cluster_nodes,
}
