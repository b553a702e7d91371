"""The operations of clusters, and the requests that only begin some: members in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...aws_json.pagination import decode_token, encode_token
from ...simulation.clusters.cluster import Cluster
from ...simulation.clusters.operations import (
    Counts,
    HealthCheck,
    Operation,
    OperationQuery,
    OperationStatus,
    OperationType,
    ScalingPart,
)
from ...simulation.clusters.requests.health_checks import check_health
from ...simulation.clusters.requests.moves import MoveFault, MoveRequest, move_nodes
from .service import ClusterService

Members = Mapping[str, Any]

DEFAULT_PAGE = 100  # source: choice

# Why a node is not moved. source: choice
FAULT_TEXTS = {
    MoveFault.NOT_FOUND: "Node {named} is not in instance group {group}.",
    MoveFault.INVALID_STATUS: "Node {named} is in a status or a subnet that does not allow it.",
    MoveFault.IN_USE: "Another operation on node {named} is in progress.",
    MoveFault.OTHER_TYPE: "Node {named} has an instance type that the target group does not have.",
}


# -- requests ----------------------------------------------------------------------------------


def list_cluster_operations(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusterOperations. source: model"""
    cluster = service.registry.cluster(members["ClusterName"])
    status, operation_type = members.get("Status"), members.get("Type")
    query = OperationQuery(
        status=None if status is None else OperationStatus(status),
        operation_type=None if operation_type is None else OperationType(operation_type),
        created_after=members.get("CreationTimeAfter"),
        created_before=members.get("CreationTimeBefore"),
        descending=members.get("SortOrder", "Descending") == "Descending",
    )
    question = (cluster.arn, query)
    after = decode_token(members.get("NextToken"), question, (int,))
    size = members.get("MaxResults", DEFAULT_PAGE)
    found = service.registry.operations.page(
        cluster, query, None if after is None else after[0], size + 1
    )
    answer: dict[str, Any] = {
        "ClusterOperationSummaries": [_summary(cluster, each) for each in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = encode_token((found[size - 1].number,), question)
    return answer


def describe_cluster_operation(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeClusterOperation. source: model"""
    cluster = service.registry.cluster(members["ClusterName"])
    operation = service.registry.operations.find(cluster, members["OperationId"])
    answer = _summary(cluster, operation)
    if operation.operation_type is OperationType.SCALING:
        answer["ScalingDetails"] = [_part(part) for part in operation.parts.values()]
    else:
        answer["DeepHealthCheckDetails"] = [
            _check(check) for check in operation.health_checks.values()
        ]
    return answer


def start_cluster_health_check(service: ClusterService, members: Members) -> dict[str, Any]:
    """StartClusterHealthCheck. source: model"""
    checks = [
        HealthCheck(
            each["InstanceGroupName"],
            tuple(each.get("InstanceIds", ())),
            tuple(each["DeepHealthChecks"]),
        )
        for each in members["DeepHealthCheckConfigurations"]
    ]
    return {"ClusterArn": check_health(service.registry, members["ClusterName"], checks).arn}


def move_cluster_nodes(service: ClusterService, members: Members) -> dict[str, Any]:
    """MoveClusterNodes. source: model"""
    request = MoveRequest(
        members["SourceClusterArn"],
        members["SourceInstanceGroupName"],
        members["TargetClusterArn"],
        members["TargetInstanceGroupName"],
        members.get("InstanceCount"),
        tuple(members.get("NodeIds", ())),
        tuple(members.get("NodeLogicalIds", ())),
    )
    move = move_nodes(service.registry, request, members.get("ClientToken"), service.known_subnets)
    logical = bool(request.logical_ids)
    moved = "SuccessfulNodeLogicalIds" if logical else "Successful"
    answer: dict[str, Any] = {moved: list(move.moved)}
    if move.failed:
        failed = "FailedNodeLogicalIds" if logical else "Failed"
        answer[failed] = _failures(move.failed, logical, request.source_group)
    return answer


HANDLERS: dict[str, Callable[[ClusterService, Members], dict[str, Any]]] = {
    "ListClusterOperations": list_cluster_operations,
    "DescribeClusterOperation": describe_cluster_operation,
    "StartClusterHealthCheck": start_cluster_health_check,
    "MoveClusterNodes": move_cluster_nodes,
}


# -- answers -----------------------------------------------------------------------------------


def _summary(cluster: Cluster, operation: Operation) -> dict[str, Any]:
    return {
        "OperationId": operation.operation_id,
        "ClusterArn": cluster.arn,
        "Type": operation.operation_type.value,
        "Status": operation.status.value,
        "CreationTime": operation.created_at,
    }


def _part(part: ScalingPart) -> dict[str, Any]:
    return {
        "InstanceGroupName": part.group,
        "Status": part.status.value,
        "Original": _counts(part.original),
        "Desired": _counts(part.desired),
    }


def _counts(counts: Counts) -> dict[str, int]:
    answer = {"TargetCount": counts.target, "MinCount": counts.minimum}
    if counts.current is not None:
        answer["CurrentCount"] = counts.current
    return answer


def _check(check: HealthCheck) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "InstanceGroupName": check.group,
        "DeepHealthChecks": list(check.checks),
    }
    if check.instance_ids:
        answer["InstanceIds"] = list(check.instance_ids)
    return answer


def _failures(
    failed: Sequence[tuple[str, MoveFault]], logical: bool, group: str
) -> list[dict[str, str]]:
    return [
        {
            "NodeLogicalId" if logical else "NodeId": named,
            "Code": fault.value,
            "Message": FAULT_TEXTS[fault].format(named=named, group=group),
        }
        for named, fault in failed
    ]
