"""What EventBridge is told of clusters: their statuses, their events and their nodes' health."""

from __future__ import annotations

from typing import Any

from ...simulation.clusters.cluster import Cluster
from ...simulation.clusters.events.news import ClusterEventHappened, NodeHealthChanged
from .cluster import cluster_description
from .events import event_members

# All of them null, whatever the event is about; DescribeClusterEvent has it. source: observed
EVENT_METADATA = (
    "Cluster",
    "Instance",
    "InstanceGroup",
    "InstanceGroupScaling",
    "InstanceMonitor",
    "InstanceHealth",
)
# source: documented
UNHEALTHY = {
    "HealthStatus": "Unhealthy",
    "HealthStatusReason": (
        "HyperPod Health Monitoring Agent (HMA) has detected fault type NvidiaErrorTerminate on "
        "this node and is unhealthy."
    ),
    "RepairAction": "None",
    "Recommendation": "Please Replace the Faulty Node.",
}
# AWS says that there is such an event, and not what is in it. source: choice
HEALTHY = {
    "HealthStatus": "Healthy",
    "HealthStatusReason": "",
    "RepairAction": "None",
    "Recommendation": "",
}


def cluster_change_detail(cluster: Cluster) -> dict[str, Any]:
    """A cluster in a new status, as DescribeCluster tells it."""
    description = cluster_description(cluster)
    groups = [
        # source: documented, also that it is told of groups without a plan
        {"TrainingPlanStatus": "NotApplicable", **group}
        for group in description["InstanceGroups"]
    ]
    return {
        **description,
        "InstanceGroups": groups,
        "FailureMessage": "",
        "Tags": cluster.tags,
    }


def cluster_event_detail(news: ClusterEventHappened) -> dict[str, Any]:
    """An event of a cluster."""
    members = event_members(news.log, news.cluster, news.event)
    members.pop("OperationId", None)
    return {
        "EventDetails": {
            **members,
            "EventDetails": {"EventMetadata": dict.fromkeys(EVENT_METADATA)},
        }
    }


def node_health_detail(news: NodeHealthChanged) -> dict[str, Any]:
    """What has become of a node's health."""
    return {
        "ClusterName": news.cluster.name,
        "ClusterArn": news.cluster.arn,
        "InstanceId": news.instance_id,
        "HealthSummary": HEALTHY if news.is_healthy else UNHEALTHY,
        "Tags": news.cluster.tags,
    }
