"""MoveClusterNodes: which nodes of a group can go to another one, and sending them there.

source: model
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from ..cluster import Cluster, InstanceGroup, Node
from ..errors import (
    BelowMinimum,
    ClusterNotInService,
    GroupsDoNotFit,
    NodesNotNamedInOneWay,
    NoNodeCanBeMoved,
    OnlyContinuous,
    OnlyOnEks,
    TooFewNodesToMove,
)
from ..group_checks import KnownSubnets
from ..registry import ClusterRegistry
from ..statuses import ClusterStatus, NodeStatus

OPERATION = "MoveClusterNodes"
BUSY = (
    NodeStatus.SYSTEM_UPDATING,
    NodeStatus.DEEP_HEALTH_CHECK,
    NodeStatus.DETACHING,
    NodeStatus.ATTACHING,
)


class MoveFault(str, Enum):
    """Why a node cannot be moved, in the model's words."""

    NOT_FOUND = "NodeIdNotFound"
    INVALID_STATUS = "InvalidNodeStatus"
    IN_USE = "NodeIdInUse"
    OTHER_TYPE = "NodeInstanceTypeMismatch"


@dataclass(frozen=True)
class MoveRequest:
    """Nodes to move: so many, or those of some ids; only one of these is given."""

    source_cluster: str
    source_group: str
    target_cluster: str
    target_group: str
    count: int | None
    instance_ids: tuple[str, ...]
    logical_ids: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """What became of a request: the ids of the nodes that go, and why others do not."""

    moved: tuple[str, ...]
    failed: tuple[tuple[str, MoveFault], ...]


def move_nodes(
    registry: ClusterRegistry, request: MoveRequest, token: str | None, known_subnets: KnownSubnets
) -> Move:
    """Have nodes leave a group for another one; repeated with its token, do nothing more.

    `known_subnets` tells what is known of subnets. Raises a ServiceError where
    none can be moved, or not so many as are asked for.
    """
    ways = (request.count is not None, bool(request.instance_ids), bool(request.logical_ids))
    if sum(ways) != 1:
        raise NodesNotNamedInOneWay
    source_cluster = registry.cluster(request.source_cluster)
    target_cluster = registry.cluster(request.target_cluster)
    earlier: Move | None = source_cluster.move_tokens.earlier(token, request, registry.now)
    if earlier is not None:
        return earlier
    source = _group(source_cluster, request.source_group, registry)
    target = _group(target_cluster, request.target_group, registry)
    _check_fit(source, target)
    zones = {zone.name for zone in registry.zones_of(target, known_subnets)}
    nodes, move = _chosen(request, source, lambda node: _why_not(node, target, zones))
    remaining = source.current_count - len(nodes)
    if remaining < (source.specification.minimum or 0):
        raise BelowMinimum(source.name, remaining, source.specification.minimum or 0)
    registry.check_sizes({target: len(nodes)})
    registry.check_quotas({source: -len(nodes), target: len(nodes)})
    _move(registry, nodes, source, target)
    source_cluster.move_tokens.keep(token, request, move, registry.now)
    return move


def _move(
    registry: ClusterRegistry, nodes: list[Node], source: InstanceGroup, target: InstanceGroup
) -> None:
    """Begin to move nodes, in one operation of each cluster."""
    changes = {source: -len(nodes), target: len(nodes)}
    if source.cluster is target.cluster:
        registry.scaling.begin_to_add(changes)
    else:
        for group, count in changes.items():
            registry.scaling.begin_to_add({group: count})
    registry.provisioning.moves.begin(nodes, target, registry.lifecycle.next_request())
    registry.progress.of_groups(changes)


def _group(cluster: Cluster, name: str, registry: ClusterRegistry) -> InstanceGroup:
    """A group that nodes can leave or join."""
    if cluster.status is not ClusterStatus.IN_SERVICE:
        raise ClusterNotInService(OPERATION, cluster.name, cluster.status.value)
    if not cluster.specification.continuous:
        raise OnlyContinuous(OPERATION, cluster.name)
    if not cluster.specification.on_eks:
        raise OnlyOnEks(OPERATION, cluster.name)
    return registry.group(cluster, name)


def _check_fit(source: InstanceGroup, target: InstanceGroup) -> None:
    """Whether nodes of the one group can be nodes of the other.

    AWS does not say what compatible configurations are. Nodes keep their capacity, so that
    both must have theirs from the same plan, or both on demand, or both as Spot instances.
    source: choice
    """
    blocked = next((each for each in (source, target) if not each.can_be_scaled), None)
    why = (
        "they are one group"
        if source is target
        else f"{blocked.name} is {blocked.status.value}"
        if blocked is not None
        else "one of them is a restricted instance group"
        if source.specification.restricted or target.specification.restricted
        else "they have their instances from different capacity"
        if source.plan is not target.plan
        or bool(source.specification.spot) is not bool(target.specification.spot)
        else None
    )
    if why is not None:
        raise GroupsDoNotFit(source.name, target.name, why)


def _why_not(node: Node, target: InstanceGroup, zones: Iterable[str]) -> MoveFault | None:
    if node.status in BUSY:
        return MoveFault.IN_USE
    instance = node.instance
    if node.status is not NodeStatus.RUNNING or instance is None:
        return MoveFault.INVALID_STATUS
    if instance.instance_type not in target.specification.instance_types:
        return MoveFault.OTHER_TYPE
    return None if instance.zone.name in zones else MoveFault.INVALID_STATUS


def _chosen(
    request: MoveRequest, source: InstanceGroup, why_not: Callable[[Node], MoveFault | None]
) -> tuple[list[Node], Move]:
    """The nodes that go, and what becomes of all that are named."""
    if request.count is not None:
        # Those that have run longest. source: choice
        eligible = [node for node in source.nodes.by_launch if why_not(node) is None]
        if len(eligible) < request.count:
            raise TooFewNodesToMove(source.name, len(eligible), request.count)
        nodes = eligible[: request.count]
        return nodes, Move(tuple(_instance_id(node) for node in nodes), ())
    cluster = source.cluster
    by_id = cluster.by_instance_id if request.instance_ids else cluster.by_logical_id
    found: dict[Node, str] = {}
    failed = []
    for named in request.instance_ids or request.logical_ids:
        node = by_id.get(named)
        if node is None or node.group is not source:
            fault: MoveFault | None = MoveFault.NOT_FOUND
        else:
            fault = MoveFault.IN_USE if node in found else why_not(node)
        if fault is not None:
            failed.append((named, fault))
        elif node is not None:
            found[node] = named
    if not found:
        reasons = ", ".join(f"{named}: {fault.value}" for named, fault in failed)
        raise NoNodeCanBeMoved(source.name, reasons)
    return list(found), Move(tuple(found.values()), tuple(failed))


def _instance_id(node: Node) -> str:
    assert node.instance is not None
    return node.instance.instance_id
