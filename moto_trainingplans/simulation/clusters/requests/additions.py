"""BatchAddClusterNodes: more nodes for groups, each with a logical id from the beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ...market.catalog import Zone
from ..cluster import Cluster, InstanceGroup, Node
from ..errors import OnlyContinuous, TooManyAdditions
from ..group_checks import KnownSubnets
from ..registry import ClusterRegistry
from ..statuses import ClusterStatus

MOST_ADDITIONS = 50  # in one request. source: model


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


@dataclass(frozen=True)
class NodeAddition:
    """What became of a request: the nodes that were added, and what was refused."""

    nodes: tuple[Node, ...]
    refused: tuple[RefusedAddition, ...]


def add_nodes(
    registry: ClusterRegistry,
    name_or_arn: str,
    requests: Sequence[AdditionRequest],
    token: str | None,
    known_subnets: KnownSubnets,
) -> NodeAddition:
    """Add nodes to groups; repeated with its token, it gives the same nodes again.

    `known_subnets` tells the zones of the subnets that are known. Raises a ServiceError where
    a group would be too large, or past its quota; what else is in the way of one group leaves
    the others alone.
    """
    cluster = registry.cluster(name_or_arn)
    if not cluster.specification.continuous:
        raise OnlyContinuous("BatchAddClusterNodes", cluster.name)
    total = sum(request.count for request in requests)
    if total > MOST_ADDITIONS:
        raise TooManyAdditions(total, MOST_ADDITIONS)
    question = tuple(requests)
    earlier: NodeAddition | None = cluster.addition_tokens.earlier(token, question, registry.now)
    if earlier is not None:
        return earlier
    refused = []
    accepted: list[tuple[InstanceGroup, AdditionRequest]] = []
    more: Counter[InstanceGroup] = Counter()
    for request in requests:
        fault = _fault(registry, cluster, request, known_subnets)
        if fault is not None:
            refused.append(RefusedAddition(request, fault))
        else:
            group = cluster.groups[request.group]
            accepted.append((group, request))
            more[group] += request.count
    registry.check_sizes(more)
    registry.check_quotas(more)
    added: list[Node] = []
    if accepted:
        registry.scaling.begin_to_add(more)
        number = registry.lifecycle.next_request()
        for group, request in accepted:
            added += _request(registry, group, request, number, known_subnets)
        registry.provisioning.supply(added)
        registry.progress.of_groups(more)
    addition = NodeAddition(tuple(added), tuple(refused))
    cluster.addition_tokens.keep(token, question, addition, registry.now)
    return addition


def _fault(
    registry: ClusterRegistry,
    cluster: Cluster,
    request: AdditionRequest,
    known_subnets: KnownSubnets,
) -> AdditionFault | None:
    group = cluster.groups.get(request.group)
    if group is None:
        return AdditionFault.GROUP_NOT_FOUND
    # A group that waits for its minimum gets no more nodes. source: documented
    if (
        cluster.status is not ClusterStatus.IN_SERVICE
        or not group.can_be_scaled
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
    nodes = registry.provisioning.request(group, request.count, number)
    if group.plan is None:
        zones = _zones(registry, group, request, known_subnets)
        for node in nodes:
            if request.instance_types:
                node.wanted_type = request.instance_types[0]
            if request.zones:
                node.wanted_zone = zones[0]
    return nodes
