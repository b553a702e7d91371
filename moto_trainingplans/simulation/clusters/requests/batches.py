"""Operations on several nodes at once, in which each node succeeds or fails by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from ...kernel.errors import ServiceError
from ..cluster import Cluster, Node
from ..errors import NodesOfBusyCluster, NoNodesNamed, OnlyContinuous, TooManyNodesNamed
from ..registry import ClusterRegistry
from ..statuses import ClusterStatus, NodeStatus

MOST_DELETIONS = 99  # in one request. source: model
MOST_DELETIONS_BESIDE_LOGICAL = 50  # source: model
MOST_RESTARTS = 25  # in one request, reboots as well as replacements. source: model


class NodeFault(Enum):
    """Why an operation on a node failed; the model's codes for it differ by operation."""

    NOT_FOUND = "was not found in the cluster"
    INVALID_STATUS = "is in a status that does not allow it"
    IN_USE = "is in use"


@dataclass(frozen=True)
class NodeResult:
    """What became of one node: the id by which it was named, and the fault, None if none."""

    named: str
    fault: NodeFault | None


@dataclass(frozen=True)
class BatchResult:
    """What became of the nodes named by instance id, and of those by logical id."""

    by_instance_id: list[NodeResult]
    by_logical_id: list[NodeResult]


class NoNodeDeleted(ServiceError):
    """A request to delete nodes of which none can be deleted."""

    cluster: str
    result: BatchResult


# -- deleting ----------------------------------------------------------------------------------


def delete_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
) -> BatchResult:
    """Take nodes out of their groups, whose targets sink. source: model

    Raises NoNodeDeleted where it can be done with none of them. source: documented
    """
    cluster = registry.cluster(name_or_arn)
    _check_in_service(registry, name_or_arn)
    most = MOST_DELETIONS_BESIDE_LOGICAL if logical_ids else MOST_DELETIONS
    _check_count(instance_ids, logical_ids, most)
    found, result = _find(cluster, instance_ids, logical_ids, _why_not_deleted)
    if not found:
        raise NoNodeDeleted(cluster.name, result)
    lost = Counter(node.group for node in found)
    registry.scaling.begin_to_add({group: -count for group, count in lost.items()})
    registry.provisioning.remove(found, "Node is deleted.")
    registry.progress.of_groups(lost)
    return result


# -- rebooting and replacing -------------------------------------------------------------------


def reboot_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
) -> BatchResult:
    """Restart nodes, which keep their instances. source: model"""
    found, result = _to_be_changed(
        registry, name_or_arn, instance_ids, logical_ids, _why_not_rebooted
    )
    for node in found:
        registry.provisioning.upkeep.reboot(node)
    return result


def replace_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
) -> BatchResult:
    """Give nodes other instances. source: model, observed"""
    _check_in_service(registry, name_or_arn)
    found, result = _to_be_changed(
        registry, name_or_arn, instance_ids, logical_ids, _why_not_replaced
    )
    for node in found:
        registry.provisioning.replace(node)
    return result


def _to_be_changed(
    registry: ClusterRegistry,
    name_or_arn: str,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
    why_not: Callable[[Node], NodeFault | None],
) -> tuple[list[Node], BatchResult]:
    """The nodes of a request that can be changed, and the result, with those that cannot."""
    _check_count(instance_ids, logical_ids, MOST_RESTARTS)
    cluster = _continuous_if(registry, name_or_arn, "NodeLogicalIds", bool(logical_ids))
    return _find(cluster, instance_ids, logical_ids, why_not)


def _check_in_service(registry: ClusterRegistry, name_or_arn: str) -> None:
    """Raise NodesOfBusyCluster while something is done to a whole cluster. source: documented"""
    cluster = registry.cluster(name_or_arn)
    if cluster.status is not ClusterStatus.IN_SERVICE:
        raise NodesOfBusyCluster(cluster.name, cluster.status.value)


def _check_count(instance_ids: Sequence[str], logical_ids: Sequence[str], most: int) -> None:
    named = len(instance_ids) + len(logical_ids)
    if named > most:
        raise TooManyNodesNamed(named, most)


def _continuous_if(registry: ClusterRegistry, name_or_arn: str, what: str, needed: bool) -> Cluster:
    cluster = registry.cluster(name_or_arn)
    if needed and not cluster.specification.continuous:
        raise OnlyContinuous(what, cluster.name)
    return cluster


def _find(
    cluster: Cluster,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
    why_not: Callable[[Node], NodeFault | None],
) -> tuple[list[Node], BatchResult]:
    """The nodes with which it can be done, and what becomes of all that are named.

    A node that is named twice is in use the second time.
    """
    if not instance_ids and not logical_ids:
        raise NoNodesNamed
    found: dict[Node, None] = {}

    def look(named: str, node: Node | None) -> NodeResult:
        if node is None:
            return NodeResult(named, NodeFault.NOT_FOUND)
        fault = NodeFault.IN_USE if node in found else why_not(node)
        if fault is None:
            found[node] = None
        return NodeResult(named, fault)

    by_instance_id = [look(each, cluster.by_instance_id.get(each)) for each in instance_ids]
    by_logical_id = [look(each, cluster.by_logical_id.get(each)) for each in logical_ids]
    return list(found), BatchResult(by_instance_id, by_logical_id)


def _why_not_deleted(node: Node) -> NodeFault | None:
    if node.group.specification.controller:
        return NodeFault.IN_USE
    # A group that waits for its minimum keeps its nodes. source: documented
    if node.leaving or not node.group.can_be_scaled:
        return NodeFault.INVALID_STATUS
    return NodeFault.IN_USE if node.moving_to is not None else None


def _why_not_rebooted(node: Node) -> NodeFault | None:
    if node.status is NodeStatus.SYSTEM_UPDATING:
        return NodeFault.IN_USE
    return None if node.status is NodeStatus.RUNNING else NodeFault.INVALID_STATUS


def _why_not_replaced(node: Node) -> NodeFault | None:
    if node.group.specification.controller or node.status is NodeStatus.SYSTEM_UPDATING:
        return NodeFault.IN_USE
    if node.status in (NodeStatus.RUNNING, NodeStatus.FAILURE):
        return None
    return NodeFault.INVALID_STATUS
