"""The statuses of clusters, instance groups and nodes, and which may follow which."""

from __future__ import annotations

from enum import Enum


class ClusterStatus(str, Enum):
    """The status of a cluster."""

    CREATING = "Creating"
    IN_SERVICE = "InService"
    UPDATING = "Updating"
    SYSTEM_UPDATING = "SystemUpdating"
    DELETING = "Deleting"


class GroupStatus(str, Enum):
    """The status of an instance group."""

    CREATING = "Creating"
    IN_SERVICE = "InService"
    UPDATING = "Updating"
    SYSTEM_UPDATING = "SystemUpdating"
    DEGRADED = "Degraded"
    DELETING = "Deleting"


class NodeStatus(str, Enum):
    """The status of a node. A node that waits for an instance is Pending without one."""

    PENDING = "Pending"
    RUNNING = "Running"
    SYSTEM_UPDATING = "SystemUpdating"
    DEEP_HEALTH_CHECK = "DeepHealthCheckInProgress"
    DETACHING = "DetachInProgress"
    ATTACHING = "AttachInProgress"
    FAILURE = "Failure"
    SHUTTING_DOWN = "ShuttingDown"


# As plain strings. Looked up, because an enum's `value` is slow.
NODE_STATUS_NAMES: dict[NodeStatus, str] = {status: status.value for status in NodeStatus}


class ResourceType(str, Enum):
    """What an event of a cluster is about."""

    CLUSTER = "Cluster"
    INSTANCE_GROUP = "InstanceGroup"
    INSTANCE = "Instance"


class EventLevel(str, Enum):
    """How bad an event of a cluster is."""

    INFO = "Info"
    WARN = "Warn"
    ERROR = "Error"


NEXT_CLUSTER_STATUSES: dict[ClusterStatus, frozenset[ClusterStatus]] = {
    ClusterStatus.CREATING: frozenset({ClusterStatus.IN_SERVICE}),
    ClusterStatus.IN_SERVICE: frozenset(
        {ClusterStatus.UPDATING, ClusterStatus.SYSTEM_UPDATING, ClusterStatus.DELETING}
    ),
    ClusterStatus.UPDATING: frozenset({ClusterStatus.IN_SERVICE}),
    ClusterStatus.SYSTEM_UPDATING: frozenset({ClusterStatus.IN_SERVICE}),
    ClusterStatus.DELETING: frozenset(),
}

NEXT_NODE_STATUSES: dict[NodeStatus, frozenset[NodeStatus]] = {
    NodeStatus.PENDING: frozenset(
        {
            NodeStatus.DEEP_HEALTH_CHECK,
            NodeStatus.RUNNING,
            NodeStatus.FAILURE,
            NodeStatus.SHUTTING_DOWN,
        }
    ),
    # Pending again: the node is rebooted.
    NodeStatus.RUNNING: frozenset(
        {
            NodeStatus.PENDING,
            NodeStatus.SYSTEM_UPDATING,
            NodeStatus.DEEP_HEALTH_CHECK,
            NodeStatus.DETACHING,
            NodeStatus.FAILURE,
            NodeStatus.SHUTTING_DOWN,
        }
    ),
    NodeStatus.SYSTEM_UPDATING: frozenset(
        {NodeStatus.RUNNING, NodeStatus.FAILURE, NodeStatus.SHUTTING_DOWN}
    ),
    NodeStatus.DEEP_HEALTH_CHECK: frozenset(
        {NodeStatus.RUNNING, NodeStatus.FAILURE, NodeStatus.SHUTTING_DOWN}
    ),
    # What becomes of a node on its way becomes of it in its new group.
    NodeStatus.DETACHING: frozenset({NodeStatus.ATTACHING}),
    NodeStatus.ATTACHING: frozenset(
        {
            NodeStatus.DEEP_HEALTH_CHECK,
            NodeStatus.RUNNING,
            NodeStatus.FAILURE,
            NodeStatus.SHUTTING_DOWN,
        }
    ),
    # Running again: the instance was repaired.
    NodeStatus.FAILURE: frozenset(
        {NodeStatus.RUNNING, NodeStatus.PENDING, NodeStatus.SHUTTING_DOWN}
    ),
    # Pending again: the node waits for another instance.
    NodeStatus.SHUTTING_DOWN: frozenset({NodeStatus.PENDING}),
}
