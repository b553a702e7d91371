"""StartClusterHealthCheck: the deep health checks of nodes that run. source: model"""

from __future__ import annotations

from collections.abc import Sequence

from ..cluster import Cluster, InstanceGroup, Node
from ..errors import ClusterNotInService, NodeNotInGroup, NodeNotRunning
from ..operations import HealthCheck
from ..registry import ClusterRegistry
from ..statuses import ClusterStatus, NodeStatus

OPERATION = "StartClusterHealthCheck"


def check_health(
    registry: ClusterRegistry, name_or_arn: str, checks: Sequence[HealthCheck]
) -> Cluster:
    """Check nodes that are named, and all that run of groups of which none is named.

    Raises a ServiceError where a group or node is not there, or a node that is named is not
    running; one that is being checked already is checked with the others.
    """
    cluster = registry.cluster(name_or_arn)
    if cluster.status is not ClusterStatus.IN_SERVICE:
        raise ClusterNotInService(OPERATION, cluster.name, cluster.status.value)
    nodes = dict.fromkeys(
        node
        for check in checks
        for node in _nodes(registry.group(cluster, check.group), check.instance_ids)
    )
    registry.lifecycle.check_health(cluster, checks, list(nodes))
    return cluster


def _nodes(group: InstanceGroup, instance_ids: Sequence[str]) -> list[Node]:
    if not instance_ids:
        return [node for node in group.nodes if node.status is NodeStatus.RUNNING]
    nodes = []
    for instance_id in instance_ids:
        node = group.cluster.by_instance_id.get(instance_id)
        if node is None or node.group is not group:
            raise NodeNotInGroup(instance_id, group.name)
        if node.status is NodeStatus.RUNNING:
            nodes.append(node)
        elif node.status is not NodeStatus.DEEP_HEALTH_CHECK:
            raise NodeNotRunning(instance_id, node.status.value)
    return nodes
