"""The events of clusters that are provisioned continuously, in the words that AWS documents."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from ..context import Context
from .cluster import Cluster, InstanceGroup, Node
from .errors import UnknownClusterEvent
from .statuses import EventLevel, ResourceType


@dataclass(frozen=True)
class ClusterEvent:
    """One event; `number` is its place among the cluster's. `metadata` has AWS's members."""

    number: int
    event_id: str
    time: datetime
    resource_type: ResourceType
    level: EventLevel
    description: str
    metadata: Mapping[str, Any]
    operation_id: str
    group: str
    instance_id: str | None = None


@dataclass(frozen=True)
class EventQuery:
    """Which events to list, and in which order. Both time bounds are exclusive."""

    group: str | None = None
    instance_id: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    resource_type: ResourceType | None = None
    operation_id: str | None = None
    descending: bool = True

    def includes(self, event: ClusterEvent) -> bool:
        """Whether an event is wanted, whatever its time."""
        return (
            self.group in (None, event.group)
            and self.instance_id in (None, event.instance_id)
            and self.resource_type in (None, event.resource_type)
            and self.operation_id in (None, event.operation_id)
        )


class ClusterEventLog:
    """Writes down the events of every cluster of an account and Region."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._events: dict[str, list[ClusterEvent]] = {}
        self._by_id: dict[tuple[str, str], ClusterEvent] = {}

    # -- what happens ----------------------------------------------------------------------

    def operation_started(self, group: InstanceGroup, operation: str, request: int) -> None:
        """A group is being created, scaled or deleted."""
        cluster = group.cluster
        if not cluster.specification.continuous:
            return
        self._add(
            group,
            request,
            EventLevel.INFO,
            f"InstanceGroup {group.name} {operation} started successfully in Cluster "
            f"{cluster.name}",
            {
                "InstanceGroupScaling": {
                    "InstanceCount": group.current_count,
                    "TargetCount": group.target,
                    "MinCount": group.specification.minimum or 0,
                }
            },
        )

    def capacity_chosen(self, group: InstanceGroup, request: int) -> None:
        """It is clear where a group has its instances from, and where they will be."""
        cluster = group.cluster
        if not cluster.specification.continuous:
            return
        if group.plan is None:
            text = (
                f"No CapacityReservation found for Cluster {cluster.name} and IG {group.name}, "
                "using on-demand pool"
            )
            metadata: dict[str, Any] = {"AvailabilityZoneId": group.zone.zone_id}
        else:
            arn = group.plan.current.arn
            text = (
                f"Found CapacityReservation ID {arn.rpartition('/')[2]} for Cluster "
                f"{cluster.name} and IG {group.name}, using reserved capacity"
            )
            metadata = {
                "AvailabilityZoneId": group.zone.zone_id,
                "CapacityReservation": {"Arn": arn},
            }
        self._add(group, request, EventLevel.INFO, text, {"InstanceGroup": metadata})
        if group.vpc is not None:
            groups = list(group.vpc.security_groups)
            self._add(
                group,
                request,
                EventLevel.INFO,
                f"Found Subnet {group.subnet} in AZ {group.zone.name} with SecurityGroupIds "
                f"{', '.join(groups)} for IG {group.name} in Cluster {cluster.name}",
                {
                    "InstanceGroup": {
                        "AvailabilityZoneId": group.zone.zone_id,
                        "SubnetId": group.subnet,
                        "SecurityGroupIds": groups,
                    }
                },
            )

    def minimum_missed(self, group: InstanceGroup, request: int, message: str) -> None:
        """A group did not get the instances that it needs at least."""
        self._add(
            group,
            request,
            EventLevel.ERROR,
            message,
            {
                "InstanceGroupScaling": {
                    "InstanceCount": group.current_count,
                    "TargetCount": group.target,
                    "MinCount": group.specification.minimum or 0,
                    "FailureMessage": message,
                }
            },
        )

    def no_capacity(self, node: Node, message: str) -> None:
        """There is no instance for a node; told once until it has one."""
        if node.reported or not node.group.cluster.specification.continuous:
            return
        node.reported = True
        group = node.group
        self._add(
            group,
            node.request,
            EventLevel.ERROR,
            f"Failed to provision EC2 Instance in Cluster {group.cluster.name} and IG {group.name}",
            {"Instance": {"FailureMessage": message, "NodeLogicalId": node.logical_id}},
            node=node,
        )

    def terminating(self, node: Node) -> None:
        """The instance of a node is shut down."""
        group = node.group
        if not group.cluster.specification.continuous:
            return
        assert node.instance is not None
        self._add(
            group,
            node.request,
            EventLevel.INFO,
            f"Termination of EC2 Instance {node.instance.instance_id} is currently in progress "
            f"in Cluster {group.cluster.name} and IG {group.name}",
            {"Instance": {"NodeLogicalId": node.logical_id}},
            node=node,
        )

    def _add(
        self,
        group: InstanceGroup,
        request: int,
        level: EventLevel,
        description: str,
        metadata: Mapping[str, Any],
        node: Node | None = None,
    ) -> None:
        cluster = group.cluster
        events = self._events.setdefault(cluster.arn, [])
        number = len(events)
        event = ClusterEvent(
            number,
            self._uuid(f"{cluster.arn}/event/{number}"),
            self._context.now,
            ResourceType.INSTANCE_GROUP if node is None else ResourceType.INSTANCE,
            level,
            description,
            metadata,
            self._uuid(f"{cluster.arn}/operation/{request}"),
            group.name,
            None if node is None or node.instance is None else node.instance.instance_id,
        )
        events.append(event)
        self._by_id[cluster.arn, event.event_id] = event

    def forget(self, cluster: Cluster) -> None:
        """Let the events of a cluster go that is no more."""
        for event in self._events.pop(cluster.arn, ()):
            del self._by_id[cluster.arn, event.event_id]

    def _uuid(self, named: str) -> str:
        return str(UUID(self._context.derived_id(named, 32)))

    # -- looking ---------------------------------------------------------------------------

    def event(self, cluster: Cluster, event_id: str) -> ClusterEvent:
        """The event of an id."""
        try:
            return self._by_id[cluster.arn, event_id]
        except KeyError:
            raise UnknownClusterEvent(event_id, cluster.name) from None

    def page(
        self, cluster: Cluster, query: EventQuery, after: int | None, size: int
    ) -> list[ClusterEvent]:
        """The events that follow one of a number; at most `size`."""
        return list(islice(self._wanted(cluster, query, after), size))

    def _wanted(
        self, cluster: Cluster, query: EventQuery, after: int | None
    ) -> Iterator[ClusterEvent]:
        events = self._events.get(cluster.arn, [])
        first, last = 0, len(events)
        if query.after is not None:
            first = bisect_right(events, query.after, key=lambda event: event.time)
        if query.before is not None:
            last = bisect_left(events, query.before, key=lambda event: event.time)
        if after is not None and query.descending:
            last = min(last, after)
        elif after is not None:
            first = max(first, after + 1)
        indexes = range(first, last)
        for index in reversed(indexes) if query.descending else indexes:
            if query.includes(events[index]):
                yield events[index]
