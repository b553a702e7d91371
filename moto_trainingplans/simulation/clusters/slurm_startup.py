"""How a Slurm cluster that is provisioned continuously begins: with its controller.

Its other groups get nothing until a controller node runs, and it is in service once that,
and a login node if it has any, are there. source: documented
"""

from __future__ import annotations

from collections.abc import Iterable

from .cluster import Cluster, InstanceGroup, Node
from .statuses import ClusterStatus

CONTROLLER, LOGIN = "Controller", "Login"


class HeldBackNodes:
    """The nodes that wait for their cluster's controller, to be asked as pools are."""

    def __init__(self) -> None:
        self.waiting: dict[Node, None] = {}

    def add(self, nodes: Iterable[Node]) -> None:
        """Nodes that need an instance."""
        self.waiting.update(dict.fromkeys(nodes))

    def withdraw(self, nodes: Iterable[Node]) -> None:
        """Nodes that need none any longer."""
        for node in nodes:
            self.waiting.pop(node, None)

    def fill(self) -> None:
        """Nobody gets anything."""


class SlurmStartup:
    """The Slurm clusters of an account and Region whose controllers are still to come."""

    def __init__(self) -> None:
        self._held_back: dict[Cluster, HeldBackNodes] = {}

    def begin(self, cluster: Cluster) -> None:
        """Have the groups of a cluster wait for its controller, if it is to have one."""
        if cluster.specification.continuous and _lacks_controller(cluster):
            self._held_back[cluster] = HeldBackNodes()

    def held_back(self, group: InstanceGroup) -> HeldBackNodes | None:
        """Where the nodes of a group wait, if they wait for a controller."""
        if group.slurm_node_type == CONTROLLER:
            return None
        return self._held_back.get(group.cluster)

    def release(self, cluster: Cluster) -> list[Node]:
        """The nodes that waited for a cluster's controller, once that is there."""
        if cluster not in self._held_back or _lacks_controller(cluster):
            return []
        return list(self._held_back.pop(cluster).waiting)

    def forget(self, cluster: Cluster) -> None:
        """A cluster is being deleted."""
        self._held_back.pop(cluster, None)

    def can_be_used(self, cluster: Cluster) -> bool:
        """Whether a cluster has the nodes that it cannot be in service without.

        What waits for a plan is not waited for: groups on plans are in service whatever their
        count. source: documented
        """
        return not cluster.specification.continuous or not any(
            group.target and not group.current_count and not self._waits_for_plan(group)
            for group in cluster.groups.values()
            if group.slurm_node_type in (CONTROLLER, LOGIN)
        )

    def _waits_for_plan(self, group: InstanceGroup) -> bool:
        return (
            group.plan is not None and not group.nodes.by_launch and self.held_back(group) is None
        )


def replaced_in_any_case(node: Node) -> bool:
    """Whether a node is one without which its cluster is never created. source: documented"""
    cluster = node.group.cluster
    return (
        cluster.status is ClusterStatus.CREATING
        and cluster.specification.continuous
        and node.group.slurm_node_type == CONTROLLER
    )


def _lacks_controller(cluster: Cluster) -> bool:
    """Whether a cluster is to have a controller, and no node of it runs."""
    return any(
        (group.specification.count or group.target) and not group.current_count
        for group in cluster.groups.values()
        if group.slurm_node_type == CONTROLLER
    )
