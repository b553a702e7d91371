"""How much of a block is in use, minute by minute: computed when asked for, never stored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ..kernel.clock import whole_minute
from .plan import TrainingPlan
from .reserved_capacity import ReservedCapacity
from .statuses import PlanStatus
from .usage import Holder, Unused

MINUTE = timedelta(minutes=1)
INSTANT = timedelta.resolution  # a sample at the present is one


class Measure(str, Enum):
    """What is measured of a block."""

    USED = "UsedInstanceCount"
    AVAILABLE = "AvailableInstanceCount"
    TOTAL = "TotalInstanceCount"
    UTILIZATION = "InstanceUtilization"


@dataclass(frozen=True, slots=True)
class Level:
    """What a block has from `start` until the next level: held, and free for a workload."""

    start: datetime
    used: int
    available: int


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of some time: how many there are, and what of them statistics need."""

    count: int
    total: float
    minimum: float
    maximum: float


class Utilization:
    """One block over time. There is a sample at every whole minute while it runs."""

    def __init__(self, plan: TrainingPlan, reserved: ReservedCapacity) -> None:
        self._reserved = reserved
        self._levels = list(_levels(plan, reserved))
        self._starts = [level.start for level in self._levels]

    def samples(
        self, measure: Measure, start: datetime, end: datetime, now: datetime
    ) -> Samples | None:
        """The samples from `start` until before `end`, as far as they are not in the future.

        None where there are none: the block did not run then, or has failed.
        """
        block = self._reserved.block
        if self._reserved.status in (PlanStatus.PENDING, PlanStatus.FAILED):
            return None
        first = whole_minute(max(start, block.start))
        last = min(end, block.end, now + INSTANT)
        if first >= last:
            return None
        values = [
            (self._value(measure, level), count)
            for level, count in self._minutes(first, last)
            if count
        ]
        if not values:
            return None
        return Samples(
            sum(count for _, count in values),
            sum(value * count for value, count in values),
            min(value for value, _ in values),
            max(value for value, _ in values),
        )

    def _minutes(self, first: datetime, last: datetime) -> Iterator[tuple[Level, int]]:
        """Each level, and how many of the whole minutes from `first` until before `last` it has.

        What changes at a whole minute has changed when that minute is looked at.
        """
        index = max(0, bisect_right(self._starts, first) - 1)
        while first < last:
            following = self._starts[index + 1] if index + 1 < len(self._starts) else last
            until = min(last, following)
            count = max(0, -((first - until) // MINUTE))
            yield self._levels[index], count
            first += count * MINUTE
            index += 1

    def _value(self, measure: Measure, level: Level) -> float:
        total = self._reserved.total_count
        if measure is Measure.USED:
            return level.used
        if measure is Measure.AVAILABLE:
            return level.available
        if measure is Measure.TOTAL:
            return total
        return 100 * level.used / total


def _levels(plan: TrainingPlan, reserved: ReservedCapacity) -> Iterator[Level]:
    """The block's levels in the order of time, the first from its start on."""
    changes: list[tuple[datetime, int, int]] = []
    for time, before, after, count in reserved.instances.usage.rows():
        used = count * (isinstance(after, Holder) - isinstance(before, Holder))
        free = count * ((after is Unused.FREE) - (before is Unused.FREE))
        changes.append((time, used, free))
    closings: Sequence[tuple[datetime, object]] = plan.closings.of(reserved)
    used, free = 0, sum(use is Unused.FREE for use in reserved.instances.usage.initial)
    times = sorted(
        {reserved.block.start, *(time for time, *_ in changes), *(time for time, _ in closings)}
    )
    change, closing, is_open = 0, 0, False
    for time in times:
        while change < len(changes) and changes[change][0] <= time:
            used += changes[change][1]
            free += changes[change][2]
            change += 1
        while closing < len(closings) and closings[closing][0] <= time:
            is_open = closings[closing][1] is None
            closing += 1
        yield Level(time, used, free if is_open else 0)
