"""The nodes of a cluster in every order in which they can be listed.

A page costs what it holds, however many nodes there are: each group has its nodes sorted by
request and by launch, and a listing merges those it wants.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

# One part in so many of a group is looked for node by node, more in one pass through all.
MANY = 8

# Where a node stands in a listing: what it is sorted by.
Position = tuple[Any, ...]


class LaunchedInstance(Protocol):
    """What is asked of a node's instance."""

    @property
    def launch_number(self) -> int:
        """Its place among all launches."""

    @property
    def launched_at(self) -> datetime:
        """When it was launched."""


class ListedNode(Protocol):
    """What is asked of a node."""

    @property
    def number(self) -> int:
        """Its place among its cluster's."""

    @property
    def requested_at(self) -> datetime:
        """When it was asked for."""

    @property
    def instance(self) -> LaunchedInstance | None:
        """Its instance, None while it waits."""


N = TypeVar("N", bound=ListedNode)


class ListedGroup(Protocol[N]):
    """What is asked of an instance group."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def nodes(self) -> NodeIndex[N]:
        """Its nodes."""


@dataclass(frozen=True)
class NodeQuery:
    """Which nodes to list, and how. Both time bounds are exclusive.

    With `with_waiting` nodes that have no instance are listed too, and all by the time at
    which they were asked for; without it, by their launch.
    """

    group_contains: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    by_name: bool = False
    descending: bool = False
    with_waiting: bool = False


def _number(node: ListedNode) -> int:
    return node.number


def _requested_at(node: ListedNode) -> datetime:
    return node.requested_at


def _launch_number(node: ListedNode) -> int:
    assert node.instance is not None
    return node.instance.launch_number


def _launched_at(node: ListedNode) -> datetime:
    assert node.instance is not None
    return node.instance.launched_at


class NodeIndex(Generic[N]):
    """The nodes of one group: all by number, those that have an instance by launch.

    Numbers and launches only count up, so both lists are in the order of time too.
    """

    def __init__(self) -> None:
        self.by_number: list[N] = []
        self.by_launch: list[N] = []

    def __iter__(self) -> Iterator[N]:
        return iter(self.by_number)

    def __len__(self) -> int:
        return len(self.by_number)

    def add(self, node: N) -> None:
        """Put in a new node."""
        self.by_number.append(node)

    def remove(self, node: N) -> None:
        """Take out a node that has no instance."""
        del self.by_number[bisect_left(self.by_number, node.number, key=_number)]

    def launched(self, node: N) -> None:
        """A node got an instance."""
        self.by_launch.append(node)

    def ended(self, nodes: Sequence[N]) -> None:
        """Nodes are about to lose their instances."""
        if MANY * len(nodes) > len(self.by_launch):
            leaving = set(nodes)
            self.by_launch = [node for node in self.by_launch if node not in leaving]
            return
        for node in nodes:
            index = bisect_left(self.by_launch, _launch_number(node), key=_launch_number)
            del self.by_launch[index]

    def leave(self, node: N) -> None:
        """Take out a node that goes with its instance."""
        self.ended([node])
        self.remove(node)

    def join(self, node: N) -> None:
        """Put in a node that comes with its instance; its number is the newest."""
        self.by_number.append(node)
        insort(self.by_launch, node, key=_launch_number)


def find_nodes(
    groups: Iterable[ListedGroup[N]], query: NodeQuery, after: Position | None, size: int
) -> list[tuple[N, Position]]:
    """The nodes that follow a position, with their own; at most `size`."""
    wanted = [
        group
        for group in groups
        if query.group_contains is None or query.group_contains in group.name
    ]
    found = _by_name(wanted, query, after) if query.by_name else _by_time(wanted, query, after)
    return list(islice(found, size))


def _by_time(
    groups: list[ListedGroup[N]], query: NodeQuery, after: Position | None
) -> Iterator[tuple[N, Position]]:
    sequence = _number if query.with_waiting else _launch_number
    runs = [_run(group.nodes, query, None if after is None else after[0]) for group in groups]
    for node in heapq.merge(*runs, key=sequence, reverse=query.descending):
        yield node, (sequence(node),)


def _by_name(
    groups: list[ListedGroup[N]], query: NodeQuery, after: Position | None
) -> Iterator[tuple[N, Position]]:
    sequence = _number if query.with_waiting else _launch_number
    for group in sorted(groups, key=lambda group: group.name, reverse=query.descending):
        name = group.name
        if after is not None and (name > after[0] if query.descending else name < after[0]):
            continue
        rest = after[1] if after is not None and name == after[0] else None
        for node in _run(group.nodes, query, rest):
            yield node, (name, sequence(node))


def _run(nodes: NodeIndex[N], query: NodeQuery, after: int | None) -> Iterator[N]:
    """The nodes of a group that follow a number, within the query's times, in its order."""
    sequence: Callable[[ListedNode], int]
    time: Callable[[ListedNode], datetime]
    if query.with_waiting:
        run, sequence, time = nodes.by_number, _number, _requested_at
    else:
        run, sequence, time = nodes.by_launch, _launch_number, _launched_at
    first, last = 0, len(run)
    if query.created_after is not None:
        first = bisect_right(run, query.created_after, key=time)
    if query.created_before is not None:
        last = bisect_left(run, query.created_before, key=time)
    if after is not None and query.descending:
        last = min(last, bisect_left(run, after, key=sequence))
    elif after is not None:
        first = max(first, bisect_right(run, after, key=sequence))
    indexes = range(first, last)
    return (run[index] for index in (reversed(indexes) if query.descending else indexes))
