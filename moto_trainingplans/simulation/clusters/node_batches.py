"""Operations on several nodes at once, in which each node succeeds or fails by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from ..kernel.errors import ServiceError
from ..market.catalog import Target, Zone
from ..plans.eligibility import check_size
from .cluster import Cluster, InstanceGroup, Node, NodeAddition
from .errors import (
    ClientTokenReused,
    NoNodesNamed,
    OnlyContinuous,
    TooManyAdditions,
    TooManyInGroup,
    TooManyNodesNamed,
)
from .group_checks import KnownSubnets
from .registry import ClusterRegistry
from .statuses import ClusterStatus, GroupStatus, NodeStatus

MOST_ADDITIONS = 50  # in one request. source: model
MOST_DELETIONS = 99  # in one request. source: model
MOST_DELETIONS_BESIDE_LOGICAL = 50  # source: model
MOST_RESTARTS = 25  # in one request, reboots as well as replacements. source: model
MOST_IN_GROUP = 6758  # source: model
TOKEN_VALIDITY = timedelta(hours=8)  # source: model


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


@dataclass(eq=False)
class NoNodeDeleted(ServiceError):
    """A request to delete nodes of which none can be deleted."""

    cluster: str
    result: BatchResult


class AdditionFault(str, Enum):
    """Why nodes could not be added, in the model's words."""

    GROUP_NOT_FOUND = "InstanceGroupNotFound"
    GROUP_STATUS = "InvalidInstanceGroupStatus"
    ZONES = "IncompatibleAvailabilityZones"
    TYPES = "IncompatibleInstanceTypes"


@dataclass(frozen=True)
class AdditionRequest:
    """Nodes to add to one group; zones and types may be left to the group."""

    group: str
    count: int
    zones: tuple[str, ...]
    instance_types: tuple[str, ...]


@dataclass(frozen=True)
class RefusedAddition:
    """Nodes that were not added."""

    request: AdditionRequest
    fault: AdditionFault


# -- adding ------------------------------------------------------------------------------------


def add_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    requests: Sequence[AdditionRequest],
    token: str | None,
    known_subnets: KnownSubnets,
) -> NodeAddition:
    """Add nodes to groups; repeated with its token, it gives the same nodes again.

    `known_subnets` tells the zones of the subnets that are known.
    """
    cluster = registry.cluster(name_or_arn)
    if not cluster.specification.continuous:
        raise OnlyContinuous("BatchAddClusterNodes", cluster.name)
    total = sum(request.count for request in requests)
    if total > MOST_ADDITIONS:
        raise TooManyAdditions(total, MOST_ADDITIONS)
    entries = tuple(requests)
    if (earlier := _earlier(registry, cluster, token)) is not None:
        if earlier.entries != entries:
            raise ClientTokenReused(token or "")
        return earlier
    faults = [_fault(registry, cluster, request, known_subnets) for request in requests]
    _check_sizes(cluster, requests, faults)
    number = registry.next_request()
    added: list[Node] = []
    for request, fault in zip(requests, faults, strict=True):
        if fault is None:
            added += _request(
                registry, cluster.groups[request.group], request, number, known_subnets
            )
    addition = NodeAddition(
        registry.now,
        entries,
        tuple(added),
        tuple(
            RefusedAddition(request, fault)
            for request, fault in zip(requests, faults, strict=True)
            if fault is not None
        ),
    )
    if token is not None:
        cluster.additions[token] = addition
    registry.provisioning.supply(added)
    return addition


def _earlier(registry: ClusterRegistry, cluster: Cluster, token: str | None) -> NodeAddition | None:
    earlier = None if token is None else cluster.additions.get(token)
    if earlier is None or registry.now - earlier.requested_at >= TOKEN_VALIDITY:
        return None
    return earlier


def _fault(
    registry: ClusterRegistry,
    cluster: Cluster,
    request: AdditionRequest,
    known_subnets: KnownSubnets,
) -> AdditionFault | None:
    group = cluster.groups.get(request.group)
    if group is None:
        return AdditionFault.GROUP_NOT_FOUND
    if (
        cluster.status is not ClusterStatus.IN_SERVICE
        or group.phase is GroupStatus.DELETING
        or group.specification.restricted
    ):
        return AdditionFault.GROUP_STATUS
    types = (
        group.specification.instance_types
        if group.plan is None
        else (group.plan.compute_type.instance_type,)
    )
    if not set(request.instance_types) <= set(types):
        return AdditionFault.TYPES
    if request.zones and not _zones(registry, group, request, known_subnets):
        return AdditionFault.ZONES
    return None


def _check_sizes(
    cluster: Cluster,
    requests: Sequence[AdditionRequest],
    faults: Sequence[AdditionFault | None],
) -> None:
    sizes: dict[str, int] = {}
    for request, fault in zip(requests, faults, strict=True):
        if fault is None:
            group = cluster.groups[request.group]
            count = sizes.get(group.name, group.target) + request.count
            sizes[group.name] = count
            if count > MOST_IN_GROUP:
                raise TooManyInGroup(group.name, count, MOST_IN_GROUP)
            if group.plan is not None:
                check_size(group.plan, Target.HYPERPOD_CLUSTER, count)


def _zones(
    registry: ClusterRegistry,
    group: InstanceGroup,
    request: AdditionRequest,
    known_subnets: KnownSubnets,
) -> list[Zone]:
    """The zones that are asked for and possible."""
    possible = registry.zones_of(group, known_subnets)
    return [zone for zone in possible if zone.name in request.zones]


def _request(
    registry: ClusterRegistry,
    group: InstanceGroup,
    request: AdditionRequest,
    number: int,
    known_subnets: KnownSubnets,
) -> list[Node]:
    registry.log.operation_started(group, "scaling", number)
    nodes = registry.provisioning.request(group, request.count, number)
    if group.plan is None:
        for node in nodes:
            if request.instance_types:
                node.wanted_type = request.instance_types[0]
            if request.zones:
                node.wanted_zone = _zones(registry, group, request, known_subnets)[0]
    return nodes


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
    most = MOST_DELETIONS_BESIDE_LOGICAL if logical_ids else MOST_DELETIONS
    _check_count(instance_ids, logical_ids, most)
    found, result = _find(cluster, instance_ids, logical_ids, _why_not_deleted)
    if not found:
        raise NoNodeDeleted(cluster.name, result)
    request = registry.next_request()
    for group in dict.fromkeys(node.group for node in found):
        registry.log.operation_started(group, "scaling", request)
    registry.provisioning.remove(found, "Node is deleted.")
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
        registry.provisioning.reboot(node)
    return result


def replace_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    instance_ids: Sequence[str],
    logical_ids: Sequence[str],
) -> BatchResult:
    """Give nodes other instances. source: model"""
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
    if node.leaving:
        return NodeFault.INVALID_STATUS
    return None


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
