"""The plans of an account and Region in every order in which they can be listed.

A page costs what it holds, however many plans there are: each status has its plans sorted,
and a listing merges those it wants.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import islice
from operator import itemgetter
from typing import Any

from .statuses import PlanStatus


class SortBy(str, Enum):
    """What a listing is sorted by; plans that tie are sorted by name."""

    NAME = "TrainingPlanName"
    START_TIME = "StartTime"
    STATUS = "Status"


@dataclass(frozen=True)
class PlanQuery:
    """Which plans to list, and how. Both time bounds are exclusive.

    `statuses` None means all.
    """

    statuses: frozenset[PlanStatus] | None = None
    start_after: datetime | None = None
    start_before: datetime | None = None
    sort_by: SortBy = SortBy.START_TIME
    descending: bool = False

    def includes(self, start: datetime) -> bool:
        """Whether a plan that starts then is within the time bounds."""
        return (self.start_after is None or self.start_after < start) and (
            self.start_before is None or start < self.start_before
        )


# Where a plan stands in a listing: what it is sorted by, then its name.
Position = tuple[Any, ...]


class PlanIndex:
    """Names of plans, by status, sorted by start and by name."""

    def __init__(self) -> None:
        self._starts: dict[str, datetime] = {}
        self._by_start: dict[PlanStatus, list[Position]] = {each: [] for each in PlanStatus}
        self._by_name: dict[PlanStatus, list[Position]] = {each: [] for each in PlanStatus}

    def add(self, name: str, start: datetime, status: PlanStatus) -> None:
        """Put in a plan."""
        self._starts[name] = start
        insort(self._by_start[status], (start, name))
        insort(self._by_name[status], (name,))

    def move(self, name: str, before: PlanStatus, after: PlanStatus) -> None:
        """Follow a change of a plan's status."""
        for positions, position in (
            (self._by_start, (self._starts[name], name)),
            (self._by_name, (name,)),
        ):
            del positions[before][bisect_left(positions[before], position)]
            insort(positions[after], position)

    def page(
        self, query: PlanQuery, after: Position | None, size: int
    ) -> list[tuple[str, Position]]:
        """The names that follow a position, with their own; at most `size`."""
        return list(islice(self._names(query, after), size))

    def _names(self, query: PlanQuery, after: Position | None) -> Iterator[tuple[str, Position]]:
        statuses = sorted(PlanStatus if query.statuses is None else query.statuses)
        if query.sort_by is SortBy.STATUS:
            for status in reversed(statuses) if query.descending else statuses:
                if after is not None and _passed(status.value, after[0], query.descending):
                    continue
                rest = after[1:] if after is not None and after[0] == status.value else None
                for (name,) in _run(self._by_name[status], rest, query.descending):
                    if query.includes(self._starts[name]):
                        yield name, (status.value, name)
            return
        if query.sort_by is SortBy.NAME:
            runs = [_run(self._by_name[status], after, query.descending) for status in statuses]
        else:
            runs = [
                _run(self._by_start[status], after, query.descending, query) for status in statuses
            ]
        for position in heapq.merge(*runs, reverse=query.descending):
            if query.includes(self._starts[position[-1]]):
                yield position[-1], position


def _passed(status: str, reached: str, descending: bool) -> bool:
    return status > reached if descending else status < reached


def _run(
    positions: list[Position],
    after: Position | None,
    descending: bool,
    bounds: PlanQuery | None = None,
) -> Iterator[Position]:
    """The positions that follow one, in the order asked for.

    With `bounds`, `positions` are sorted by start, and those outside are never looked at.
    """
    first, last = 0, len(positions)
    if bounds is not None and bounds.start_after is not None:
        first = bisect_right(positions, bounds.start_after, key=itemgetter(0))
    if bounds is not None and bounds.start_before is not None:
        last = bisect_left(positions, bounds.start_before, key=itemgetter(0))
    if after is not None and descending:
        last = min(last, bisect_left(positions, after))
    elif after is not None:
        first = max(first, bisect_right(positions, after))
    indexes = range(first, last)
    return (positions[index] for index in (reversed(indexes) if descending else indexes))
