"""The nodes of a cluster in every order in which they can be listed.

A page costs what it holds, however many nodes there are: each group has its nodes sorted by
request and by launch, and a listing merges those it wants.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cluster import InstanceGroup, Node

# Where a node stands in a listing: what it is sorted by.
Position = tuple[Any, ...]


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


def _number(node: Node) -> int:
    return node.number


def _requested_at(node: Node) -> datetime:
    return node.requested_at


def _launch_number(node: Node) -> int:
    assert node.instance is not None
    return node.instance.launch_number


def _launched_at(node: Node) -> datetime:
    assert node.instance is not None
    return node.instance.launched_at


class NodeIndex:
    """The nodes of one group: all by number, those that have an instance by launch.

    Numbers and launches only count up, so both lists are in the order of time too.
    """

    def __init__(self) -> None:
        self.by_number: list[Node] = []
        self.by_launch: list[Node] = []

    def __iter__(self) -> Iterator[Node]:
        return iter(self.by_number)

    def __len__(self) -> int:
        return len(self.by_number)

    def add(self, node: Node) -> None:
        """Put in a new node."""
        self.by_number.append(node)

    def remove(self, node: Node) -> None:
        """Take out a node that has no instance."""
        del self.by_number[bisect_left(self.by_number, node.number, key=_number)]

    def launched(self, node: Node) -> None:
        """A node got an instance."""
        self.by_launch.append(node)

    def ended(self, node: Node) -> None:
        """A node is about to lose its instance."""
        index = bisect_left(self.by_launch, _launch_number(node), key=_launch_number)
        del self.by_launch[index]


def find_nodes(
    groups: Iterable[InstanceGroup], query: NodeQuery, after: Position | None, size: int
) -> list[tuple[Node, Position]]:
    """The nodes that follow a position, with their own; at most `size`."""
    wanted = [
        group
        for group in groups
        if query.group_contains is None or query.group_contains in group.name
    ]
    found = _by_name(wanted, query, after) if query.by_name else _by_time(wanted, query, after)
    return list(islice(found, size))


def _by_time(
    groups: list[InstanceGroup], query: NodeQuery, after: Position | None
) -> Iterator[tuple[Node, Position]]:
    sequence = _number if query.with_waiting else _launch_number
    runs = [_run(group.nodes, query, None if after is None else after[0]) for group in groups]
    for node in heapq.merge(*runs, key=sequence, reverse=query.descending):
        yield node, (sequence(node),)


def _by_name(
    groups: list[InstanceGroup], query: NodeQuery, after: Position | None
) -> Iterator[tuple[Node, Position]]:
    sequence = _number if query.with_waiting else _launch_number
    for group in sorted(groups, key=lambda group: group.name, reverse=query.descending):
        name = group.name
        if after is not None and (name > after[0] if query.descending else name < after[0]):
            continue
        rest = after[1] if after is not None and name == after[0] else None
        for node in _run(group.nodes, query, rest):
            yield node, (name, sequence(node))


def _run(nodes: NodeIndex, query: NodeQuery, after: int | None) -> Iterator[Node]:
    """The nodes of a group that follow a number, within the query's times, in its order."""
    sequence: Callable[[Node], int]
    time: Callable[[Node], datetime]
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
