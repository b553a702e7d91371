"""The events of clusters that are provisioned continuously, and finding them.

A page costs what it holds, however many events there are: those of each group, type of
resource, operation and instance, and of each combination of the first three, are put into
lists of their own, in the order of time, before the next page is asked for.

What many nodes of a group go through at one time is kept as one batch, since most of these events
are never looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from ...context import Context
from ..cluster import Cluster
from ..errors import UnknownClusterEvent
from ..statuses import EventLevel, ResourceType
from .kinds import EventKind


@dataclass(slots=True)  # not frozen: made twice as fast, and nobody changes one
class ClusterEvent:
    """One event; `number` is its place among the cluster's.

    `words` fill the pattern of its kind, beside the names of cluster, group and instance.
    `details` are AWS's members of what it tells beside that. `operation_id` is None where no
    operation has brought it about. One about an instance tells the logical id of its node and
    the reserved capacity that the instance is of, if it is of any.
    """

    number: int
    time: datetime
    kind: EventKind
    cluster: str
    words: Mapping[str, str]
    details: Mapping[str, Any]
    operation_id: str | None = None
    group: str | None = None
    instance_id: str | None = None
    logical_id: str | None = None
    reserved_capacity: str | None = None

    @property
    def resource_type(self) -> ResourceType:
        """What it is about."""
        return self.kind.resource

    @property
    def level(self) -> EventLevel:
        """How bad it is."""
        return self.kind.level

    @property
    def description(self) -> str:
        """What happened, in AWS's words."""
        names = {"cluster": self.cluster, "group": self.group, "instance": self.instance_id}
        return self.kind.pattern.format_map({**names, **self.words})

    @property
    def metadata(self) -> dict[str, Any]:
        """What it tells beside its description, as AWS's members."""
        if self.kind.resource is not ResourceType.INSTANCE:
            return dict(self.details)
        known: dict[str, Any] = {"NodeLogicalId": self.logical_id, **self.details}
        if self.reserved_capacity is not None:
            known["CapacityReservation"] = {"Arn": self.reserved_capacity}
        return {"Instance": known}


@dataclass(frozen=True, slots=True)
class NodeStep:
    """What each node of a batch tells: as in ClusterEvent.

    `details` are those of every node, or of each one in their order.
    """

    kind: EventKind
    words: Mapping[str, str]
    details: Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class NodeBatch:
    """The same steps of many nodes of one group: first all of the first node, and so on.

    All else is as in ClusterEvent, of which it makes none before somebody looks.
    """

    steps: Sequence[NodeStep]
    instance_ids: Sequence[str]
    logical_ids: Sequence[str]
    operation_id: str | None
    group: str
    reserved_capacity: str | None

    def __len__(self) -> int:
        return len(self.steps) * len(self.instance_ids)


@dataclass(frozen=True, slots=True)
class _KeptBatch:
    """A batch, and what the log has put down of it: the number of its first event, and its time."""

    first: int
    time: datetime
    cluster: str
    batch: NodeBatch

    def event(self, number: int) -> ClusterEvent:
        """One event of it, by its number."""
        batch = self.batch
        node, step = divmod(number - self.first, len(batch.steps))
        told = batch.steps[step]
        details = told.details if isinstance(told.details, Mapping) else told.details[node]
        return ClusterEvent(
            number,
            self.time,
            told.kind,
            self.cluster,
            told.words,
            details,
            batch.operation_id,
            batch.group,
            batch.instance_ids[node],
            batch.logical_ids[node],
            batch.reserved_capacity,
        )


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


# What events are kept apart by: group, type of resource, operation; None where any will do.
_Key = tuple[str | None, ResourceType | None, str | None]


class _Events:
    """The events of one cluster, and the numbers of those of each kind, in order."""

    def __init__(self) -> None:
        self.count = 0
        # What they are kept in, and the number of the first event of each.
        self._kept: list[ClusterEvent | _KeptBatch] = []
        self._firsts: list[int] = []
        # Their numbers by their ids, as far as anybody has asked for one.
        self.by_id: dict[str, int] = {}
        # Of what they are kept in the first so many are in the lists below.
        self._indexed = 0
        self._numbers: dict[_Key, list[int]] = {}
        self._of_instance: dict[str, list[int]] = {}

    def keep(self, kept: ClusterEvent | _KeptBatch, count: int) -> None:
        """Add what so many events are kept in, the first of which has the number `count`."""
        self._kept.append(kept)
        self._firsts.append(self.count)
        self.count += count

    def __getitem__(self, number: int) -> ClusterEvent:
        """The event of a number."""
        kept = self._kept[bisect_right(self._firsts, number) - 1]
        return kept if isinstance(kept, ClusterEvent) else kept.event(number)

    def time_of(self, number: int) -> datetime:
        """When the event of a number happened."""
        return self._kept[bisect_right(self._firsts, number) - 1].time

    def _index(self, kept: ClusterEvent | _KeptBatch) -> None:
        if isinstance(kept, ClusterEvent):
            self._add((kept.group, kept.kind.resource, kept.operation_id), (kept.number,))
            if kept.instance_id is not None:
                self._of_instance.setdefault(kept.instance_id, []).append(kept.number)
            return
        batch, number = kept.batch, kept.first
        about = (batch.group, ResourceType.INSTANCE, batch.operation_id)
        self._add(about, range(number, number + len(batch)))
        for instance_id in batch.instance_ids:
            following = number + len(batch.steps)
            self._of_instance.setdefault(instance_id, []).extend(range(number, following))
            number = following

    def _add(self, about: _Key, numbers: Iterable[int]) -> None:
        """Put events of a group, type of resource and operation into all lists that they are in."""
        lists, (its_group, resource, its_operation) = self._numbers, about
        for group in {None, its_group}:
            for operation in {None, its_operation}:
                lists.setdefault((group, resource, operation), []).extend(numbers)
                if group is not None or operation is not None:
                    lists.setdefault((group, None, operation), []).extend(numbers)

    def numbers(self, query: EventQuery) -> Sequence[int]:
        """The numbers of the events among which those that are wanted are."""
        for kept in islice(self._kept, self._indexed, None):
            self._index(kept)
        self._indexed = len(self._kept)
        if query.instance_id is not None:
            return self._of_instance.get(query.instance_id, ())
        key = (query.group, query.resource_type, query.operation_id)
        return range(self.count) if not any(key) else self._numbers.get(key, ())


class ClusterEventLog:
    """Keeps the events of every cluster of an account and Region."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._events = context.events
        self._of_cluster: dict[str, _Events] = {}

    def add(
        self,
        cluster: Cluster,
        kind: EventKind,
        words: Mapping[str, str],
        details: Mapping[str, Any],
        **about: str | None,
    ) -> ClusterEvent:
        """Keep an event that happens now; `about` are the last members of ClusterEvent."""
        events = self._events_of(cluster)
        event = ClusterEvent(
            events.count, self._events.now, kind, cluster.name, words, details, **about
        )
        events.keep(event, 1)
        return event

    def add_batch(self, cluster: Cluster, batch: NodeBatch) -> Iterator[ClusterEvent]:
        """Keep what happens to many nodes now; its events are made as far as they are taken."""
        events = self._events_of(cluster)
        kept = _KeptBatch(events.count, self._events.now, cluster.name, batch)
        events.keep(kept, len(batch))
        return map(kept.event, range(kept.first, kept.first + len(batch)))

    def _events_of(self, cluster: Cluster) -> _Events:
        events = self._of_cluster.get(cluster.arn)
        if events is None:
            events = self._of_cluster[cluster.arn] = _Events()
        return events

    def id_of(self, cluster: Cluster, event: ClusterEvent) -> str:
        """The id of an event, the same for the same calls."""
        return self._id(cluster, event.number)

    def _id(self, cluster: Cluster, number: int) -> str:
        return str(UUID(self._context.derived_id(f"{cluster.arn}/event/{number}", 32)))

    def forget(self, cluster: Cluster) -> None:
        """Let go of the events of a cluster that is no more."""
        self._of_cluster.pop(cluster.arn, None)

    def count(self, cluster: Cluster) -> int:
        """How many events a cluster has had."""
        events = self._of_cluster.get(cluster.arn)
        return 0 if events is None else events.count

    def event(self, cluster: Cluster, event_id: str) -> ClusterEvent:
        """The event of an id. Raises UnknownClusterEvent where there is none."""
        events = self._of_cluster.get(cluster.arn, _Events())
        for number in range(len(events.by_id), events.count):
            events.by_id[self._id(cluster, number)] = number
        if event_id not in events.by_id:
            raise UnknownClusterEvent(event_id, cluster.name)
        return events[events.by_id[event_id]]

    def page(
        self, cluster: Cluster, query: EventQuery, after: int | None, size: int
    ) -> list[ClusterEvent]:
        """The events that follow one of a number; at most `size`."""
        return list(islice(self._wanted(cluster, query, after), size))

    def _wanted(
        self, cluster: Cluster, query: EventQuery, after: int | None
    ) -> Iterator[ClusterEvent]:
        events = self._of_cluster.get(cluster.arn)
        if events is None:
            return
        numbers = events.numbers(query)
        first, last = 0, len(numbers)
        if query.after is not None:
            first = bisect_right(numbers, query.after, key=events.time_of)
        if query.before is not None:
            last = bisect_left(numbers, query.before, key=events.time_of)
        if after is not None and query.descending:
            last = min(last, bisect_left(numbers, after))
        elif after is not None:
            first = max(first, bisect_right(numbers, after))
        indexes = range(first, last)
        for index in reversed(indexes) if query.descending else indexes:
            event = events[numbers[index]]
            if query.includes(event):
                yield event
