"""How much AWS has to sell, when: the inventory of each zone, type and target.

Every pool is a step function of time, kept sorted, so that a question about a window costs
what the window holds and not what was ever reserved. Counts are in units of sale: instances,
or whole UltraServers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import starmap

from ..kernel.clock import FOREVER
from .catalog import Catalog, ComputeType, Target, Zone
from .prices import PriceBook

# How many steps are looked at or skipped together.
CHUNK = 64

ALWAYS = datetime.min.replace(tzinfo=timezone.utc)


class StepFunction:
    """An integer for every instant, constant between the times at which it changes."""

    __slots__ = ("_extremes", "_times", "_values")

    def __init__(self, value: int) -> None:
        # _values[i] holds from _times[i] until _times[i + 1]; neighbours always differ.
        self._times = [ALWAYS]
        self._values = [value]
        # The lowest and highest value of each stretch of CHUNK steps, once they are asked for.
        self._extremes: list[tuple[int, int]] | None = None

    def __len__(self) -> int:
        return len(self._times)

    def steps(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, int]]:
        """The steps within [start, end), as (from, until, value)."""
        index = bisect_right(self._times, start) - 1
        while start < end:
            index += 1
            until = self._times[index] if index < len(self._times) else FOREVER
            yield start, min(until, end), self._values[index - 1]
            start = until

    def least(self, start: datetime, end: datetime) -> int:
        """The smallest value at any instant of [start, end)."""
        first = bisect_right(self._times, start) - 1
        return min(self._values[first : max(first + 1, bisect_left(self._times, end))])

    def at_least(
        self, level: int, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of [start, end) in which the value is `level` or more."""
        first = bisect_right(self._times, start) - 1
        last = bisect_left(self._times, end)
        while (first := self._find(first, last, level, reached=True)) < last:
            stop = self._find(first, last, level, reached=False)
            yield max(start, self._times[first]), self._times[stop] if stop < last else end
            first = stop

    def _find(self, index: int, last: int, level: int, *, reached: bool) -> int:
        """The first step from `index` on whose value reaches a level, or does not; else `last`."""
        if self._extremes is None:
            chunks = (
                self._values[begin : begin + CHUNK] for begin in range(0, len(self._values), CHUNK)
            )
            self._extremes = [(min(chunk), max(chunk)) for chunk in chunks]
        while index < last:
            low, high = self._extremes[index // CHUNK]
            chunk_end = min(last, (index // CHUNK + 1) * CHUNK)
            if high >= level if reached else low < level:
                for step in range(index, chunk_end):
                    if (self._values[step] >= level) is reached:
                        return step
            index = chunk_end
        return last

    def add(self, start: datetime, end: datetime, change: int) -> None:
        """Raise the function by `change` within [start, end)."""
        self._extremes = None
        first, last = self._cut(start), self._cut(end)
        self._values[first:last] = [value + change for value in self._values[first:last]]
        self._join(last)
        self._join(first)

    def assign(self, start: datetime, end: datetime, value: int) -> None:
        """Give the function one value within [start, end)."""
        for since, until, old in list(self.steps(start, end)):
            self.add(since, until, value - old)

    def _cut(self, when: datetime) -> int:
        """The index of the step that begins at `when`, made if there is none."""
        if when >= FOREVER:
            return len(self._times)
        index = bisect_left(self._times, when)
        if index == len(self._times) or self._times[index] != when:
            self._times.insert(index, when)
            self._values.insert(index, self._values[index - 1])
        return index

    def _join(self, index: int) -> None:
        """Drop the step at `index` if its value is that of the step before it."""
        if 0 < index < len(self._times) and self._values[index - 1] == self._values[index]:
            del self._times[index], self._values[index]


@dataclass(frozen=True, order=True)
class Gap:
    """A stretch of time, [start, end), through which a count is free without a break."""

    start: datetime
    end: datetime


class Pool:
    """What one zone has of one type for one target.

    Sold is sold: when fewer are offered than were reserved, nothing is free and no
    reservation is touched.
    """

    def __init__(self, offered: int) -> None:
        self._offered = StepFunction(offered)
        # Offered less reserved; below zero where more was sold than is offered now.
        self._margin = StepFunction(offered)

    def offer(self, count: int, start: datetime = ALWAYS, end: datetime = FOREVER) -> None:
        """Have `count` units to sell in [start, end), sold ones included."""
        for since, until, old in list(self._offered.steps(start, end)):
            self._margin.add(since, until, count - old)
        self._offered.assign(start, end, count)

    def reserve(self, count: int, start: datetime, end: datetime) -> None:
        """Take `count` units out of what is free in [start, end)."""
        self._margin.add(start, end, -count)

    def give_back(self, count: int, start: datetime, end: datetime) -> None:
        """Undo a reservation."""
        self._margin.add(start, end, count)

    def free(self, start: datetime, end: datetime) -> int:
        """The least count that is free at any instant of [start, end)."""
        return max(0, self._margin.least(start, end))

    def gaps(self, count: int, start: datetime, end: datetime) -> Iterator[Gap]:
        """The stretches of [start, end) in which `count` units are free, earliest first."""
        return starmap(Gap, self._margin.at_least(count, start, end))

    def earliest(
        self, count: int, duration: timedelta, start: datetime, end: datetime
    ) -> datetime | None:
        """The start of the earliest window of `duration` in [start, end) with `count` free."""
        for gap in self.gaps(count, start, end):
            if gap.end - gap.start >= duration:
                return gap.start
        return None


class Inventory:
    """The pools of a Region, shared by all accounts, and what a unit of each type costs there."""

    def __init__(
        self, region: str, catalog: Catalog, prices: PriceBook, sold_out: bool = False
    ) -> None:
        self._region = region
        self._prices = prices
        self._sold_out = sold_out
        self._pools: dict[tuple[str, str, Target], Pool] = {}
        # The pools that were given something to sell by hand.
        self._set_by_hand: set[tuple[str, str, Target]] = set()
        self.zones: tuple[Zone, ...] = tuple(
            zone for zone in catalog.zones.values() if zone.region == region
        )

    def pool(self, zone: str, compute_type: ComputeType, target: Target) -> Pool:
        """The pool of a zone, type and target; empty where nothing is sold."""
        key = (zone, compute_type.name, target)
        pool = self._pools.get(key)
        if pool is None:
            on_offer = compute_type.is_on_offer(zone, target) and not self._sold_out
            pool = self._pools[key] = Pool(compute_type.count_per_zone if on_offer else 0)
        return pool

    def offer(
        self,
        zone: str,
        compute_type: ComputeType,
        target: Target,
        count: int,
        start: datetime = ALWAYS,
        end: datetime = FOREVER,
    ) -> None:
        """Have `count` units to sell; the zone's Region sells the type from now on."""
        self.pool(zone, compute_type, target).offer(count, start, end)
        self._set_by_hand.add((zone, compute_type.name, target))

    def zones_selling(self, compute_type: ComputeType, target: Target) -> list[str]:
        """The zones that sell a type for a target, sold out or not, in the zones' order."""
        return [
            zone.name
            for zone in self.zones
            if compute_type.is_on_offer(zone.name, target)
            or (zone.name, compute_type.name, target) in self._set_by_hand
        ]

    def rate(self, compute_type: ComputeType, when: datetime) -> Fraction:
        """What a unit of a type costs an hour, in USD, where it is searched for at a time."""
        return self._prices.rate(compute_type.name, self._region, when)

    def clear(self) -> None:
        """Be sold out of everything, for all time."""
        self._sold_out = True
        for pool in self._pools.values():
            pool.offer(0)
