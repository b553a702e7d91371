"""The operations on the events of clusters: members in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...aws_json.pagination import decode_token, encode_token
from ...simulation.clusters.cluster import Cluster
from ...simulation.clusters.errors import OnlyContinuous
from ...simulation.clusters.events.log import ClusterEvent, ClusterEventLog, EventQuery
from ...simulation.clusters.statuses import ResourceType
from .service import ClusterService

Members = Mapping[str, Any]

DEFAULT_PAGE = 100  # source: choice


def list_cluster_events(service: ClusterService, members: Members) -> dict[str, Any]:
    """ListClusterEvents. source: model"""
    cluster = _with_events(service, members, "ListClusterEvents")
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
    log = service.registry.events
    found = log.page(cluster, query, None if after is None else after[0], size + 1)
    answer: dict[str, Any] = {
        "Events": [event_members(log, cluster, event) for event in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = encode_token((found[size - 1].number,), question)
    return answer


def describe_cluster_event(service: ClusterService, members: Members) -> dict[str, Any]:
    """DescribeClusterEvent. source: model"""
    cluster = _with_events(service, members, "DescribeClusterEvent")
    log = service.registry.events
    event = log.event(cluster, members["EventId"])
    return {
        "EventDetails": {
            **event_members(log, cluster, event),
            "EventDetails": {"EventMetadata": event.metadata},
        }
    }


def _with_events(service: ClusterService, members: Members, operation: str) -> Cluster:
    cluster = service.registry.cluster(members["ClusterName"])
    if not cluster.specification.continuous:
        raise OnlyContinuous(operation, cluster.name)
    return cluster


def event_members(log: ClusterEventLog, cluster: Cluster, event: ClusterEvent) -> dict[str, Any]:
    """An event of a cluster, in a list of events or alone."""
    answer = {
        "EventId": log.id_of(cluster, event),
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "ResourceType": event.resource_type.value,
        "EventTime": event.time,
        "Description": event.description,
        "EventLevel": event.level.value,
    }
    if event.operation_id is not None:
        answer["OperationId"] = event.operation_id
    if event.group is not None:
        answer["InstanceGroupName"] = event.group
    if event.instance_id is not None:
        answer["InstanceId"] = event.instance_id
    return answer


HANDLERS: dict[str, Callable[[ClusterService, Members], dict[str, Any]]] = {
    "ListClusterEvents": list_cluster_events,
    "DescribeClusterEvent": describe_cluster_event,
}
