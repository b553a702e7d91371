"""Who had how many instances of a block, from when until when: what reports are made from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import itemgetter

from ..kernel.events import EventQueue


class Unused(str, Enum):
    """What instances are that no workload holds."""

    FREE = "free"
    SPARE = "spare"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """A workload, or the part of one, that holds instances.

    `kind` is training-job, instance-group, endpoint or app; `part` names an instance group or a
    variant. `tags` are the workload's own, as they are now. `keeps_work` False is a job whose
    work is lost with its instances.
    """

    kind: str
    resource: str
    name: str
    part: str
    tags: Mapping[str, str]
    keeps_work: bool = True


Use = Holder | Unused
# At a time, so many instances went from one use to another.
Row = tuple[datetime, Use, Use, int]
# What is put down of a change; the last is whether it is a repair.
Pending = tuple[datetime, Collection[int], Use, bool]


class UsageLog:
    """The uses of the instances of one block over time.

    `initial` are the uses at the beginning, by the instances' numbers. While nobody looks a change
    costs that it is put down; only then it is found out who had the instances before. What is
    changed and changed back at one instant leaves no row.
    """

    __slots__ = ("_events", "_pending", "_rows", "_uses", "initial")

    def __init__(self, events: EventQueue, initial: Sequence[Unused]) -> None:
        self._events = events
        self.initial = tuple(initial)
        # What was found out so far; None before somebody looks.
        self._uses: list[Use] | None = None
        self._rows: list[Row] | None = None
        # What has been put down and not yet been looked at.
        self._pending: list[Pending] = []

    def change(self, numbers: Collection[int], use: Use) -> None:
        """Instances are used otherwise from now on; broken ones among them stay broken."""
        self._pending.append((self._events.now, numbers, use, False))

    def repair(self, number: int, use: Unused) -> None:
        """A broken instance is whole again, and used so."""
        self._pending.append((self._events.now, (number,), use, True))

    def rows(self) -> Sequence[Row]:
        """The changes so far, in the order of time."""
        if self._uses is None or self._rows is None:
            self._uses, self._rows = list(self.initial), []
        uses, rows, pending = self._uses, self._rows, self._pending
        over = bisect_left(pending, self._events.now, key=itemgetter(0))
        rows.extend(_settled(pending[:over], uses))
        del pending[:over]
        if not pending:
            return rows
        # The present instant is not over: to have looked at it must not change what is told later.
        return [*rows, *_settled(pending, list(uses))]


def _settled(pending: Sequence[Pending], uses: list[Use]) -> Iterator[Row]:
    """What has become of each instant at which something changed; `uses` go along."""
    before: dict[int, Use] = {}
    instant: datetime | None = None
    for time, numbers, use, is_repair in pending:
        if instant is not None and time != instant:
            yield from _changed(instant, before, uses)
            before.clear()
        instant = time
        for number in numbers:
            if is_repair or uses[number] is not Unused.BROKEN:
                before.setdefault(number, uses[number])
                uses[number] = use
    if instant is not None:
        yield from _changed(instant, before, uses)


def _changed(instant: datetime, before: Mapping[int, Use], uses: Sequence[Use]) -> Iterator[Row]:
    counts: dict[tuple[Use, Use], int] = {}
    for number, use in before.items():
        after = uses[number]
        if after is not use:
            counts[use, after] = counts.get((use, after), 0) + 1
    for both, count in counts.items():
        yield (instant, *both, count)
