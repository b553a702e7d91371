"""The search for what could be bought: which blocks fit a request, and which fit best.

Blocks lie on a grid of days that begin and end at 11:30 UTC; only an immediate start lies
off it. So the free stretches of each zone are first turned into runs of free days, and the
search is then arithmetic on whole days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from math import ceil

from ..kernel.clock import whole_minute
from ..kernel.scope import Scope
from .blocks import CUT_OFF, DAY, Block, next_block_end, upfront_fee
from .catalog import Catalog, ComputeType, Target
from .errors import (
    ConflictingTypes,
    DurationTooLong,
    InstanceCountMismatch,
    InvalidInstanceCount,
    MissingMember,
    SoldOnlyInUltraServers,
    TooManyInstances,
    TypeNotSold,
    UltraServerCountWithoutType,
    UnknownUltraServerType,
    WindowTooShort,
)
from .inventory import Inventory

LEAD_TIME = timedelta(minutes=30)  # source: documented
ADVANCE_DAYS = 56  # source: documented
LONGEST_PLAN_DAYS = 182  # source: documented
MOST_OFFERINGS = 3  # source: documented
INSTANCE_COUNTS = (1, 2, 4, 8, 16, 32, 64)  # source: documented
MOST_INSTANCES = 256  # source: model


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """What a search can ask for. Times are aware; the duration is in hours."""

    target: Target | None = None
    instance_type: str | None = None
    instance_count: int | None = None
    ultra_server_type: str | None = None
    ultra_server_count: int | None = None
    duration_hours: int | None = None
    start_after: datetime | None = None
    end_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OfferingRequest(SearchRequest):
    """What a search for new plans asks for."""

    target: Target = Target.TRAINING_JOB  # source: documented


@dataclass(frozen=True)
class Offering:
    """A plan that could be bought.

    `count` is in units of sale, `rate` the USD that one of them costs an hour; times are the
    request's.
    """

    offering_id: str
    target: Target
    compute_type: ComputeType
    count: int
    rate: Fraction
    blocks: tuple[Block, ...]
    requested_start_after: datetime
    requested_end_before: datetime | None

    @property
    def instance_count(self) -> int:
        """The instances of each block."""
        return self.count * self.compute_type.instances

    @property
    def duration(self) -> timedelta:
        """The duration of all blocks, without the gap between them."""
        return sum((block.duration for block in self.blocks), timedelta(0))

    @property
    def upfront_fee(self) -> str:
        """The price in USD, as "318.89"."""
        return upfront_fee(self.rate, self.count, self.target, self.blocks)


def requested_units(
    request: OfferingRequest, catalog: Catalog, inventory: Inventory
) -> tuple[ComputeType, int]:
    """The type and the count of units that a request asks for.

    Raises the ServiceError that says what is wrong with them.
    """
    if request.ultra_server_type is not None:
        return _requested_ultra_servers(request, request.ultra_server_type, catalog, inventory)
    if request.ultra_server_count is not None:
        raise UltraServerCountWithoutType(request.ultra_server_count)
    if request.instance_type is None:
        raise MissingMember("InstanceType")
    if request.instance_type in catalog.sold_only_in:
        names = ", ".join(catalog.sold_only_in[request.instance_type])
        raise SoldOnlyInUltraServers(request.instance_type, names)
    compute_type = catalog.compute_types.get(request.instance_type)
    if compute_type is None:
        # A newer model knows it, and the catalogue does not.
        raise TypeNotSold(request.instance_type, request.target.value)
    _check_sold(compute_type, request.target, inventory)
    count = 1 if request.instance_count is None else request.instance_count
    if count not in INSTANCE_COUNTS:
        raise InvalidInstanceCount(count, request.instance_type)
    return compute_type, count


def _requested_ultra_servers(
    request: OfferingRequest, name: str, catalog: Catalog, inventory: Inventory
) -> tuple[ComputeType, int]:
    compute_type = catalog.ultra_server(name)
    if compute_type is None:
        raise UnknownUltraServerType(name)
    if request.instance_type not in (None, compute_type.instance_type):
        raise ConflictingTypes(str(request.instance_type), name)
    _check_sold(compute_type, request.target, inventory)
    count = 1 if request.ultra_server_count is None else request.ultra_server_count
    instances = count * compute_type.instances
    if instances > MOST_INSTANCES:
        raise TooManyInstances(count, name, instances, MOST_INSTANCES)
    if request.instance_count not in (None, instances):
        raise InstanceCountMismatch(int(request.instance_count or 0), count, name, instances)
    return compute_type, count


def _check_sold(compute_type: ComputeType, target: Target, inventory: Inventory) -> None:
    if not inventory.zones_selling(compute_type, target):
        raise TypeNotSold(compute_type.name, target.value)


def requested_days(request: OfferingRequest) -> int:
    """The whole days that a request asks for; raises the ServiceError that says what is wrong."""
    if request.duration_hours is None:
        raise MissingMember("DurationHours")
    days = ceil(request.duration_hours / 24)
    if days > LONGEST_PLAN_DAYS:
        raise DurationTooLong(request.duration_hours, LONGEST_PLAN_DAYS)
    check_search_window(request.start_after, request.end_before)
    return days


def check_search_window(start_after: datetime | None, end_before: datetime | None) -> None:
    """Raises WindowTooShort where no whole day lies between the two."""
    if start_after is not None and end_before is not None and end_before - start_after < DAY:
        raise WindowTooShort(start_after, end_before)


def find_offerings(
    request: OfferingRequest,
    compute_type: ComputeType,
    count: int,
    days: int,
    *,
    now: datetime,
    inventory: Inventory,
    scope: Scope,
) -> list[Offering]:
    """The best offerings for `days` days of `count` units, best first, at most three."""
    start_after = now if request.start_after is None else max(now, request.start_after)
    if start_after > now + timedelta(days=ADVANCE_DAYS):
        return []
    grid = _DayGrid(
        now, start_after, request.end_before, compute_type, count, request.target, inventory
    )
    rate = inventory.rate(compute_type, now)
    return [
        Offering(
            offering_id=_offering_id(scope, request.target, compute_type, count, blocks),
            target=request.target,
            compute_type=compute_type,
            count=count,
            rate=rate,
            blocks=blocks,
            requested_start_after=start_after,
            requested_end_before=request.end_before,
        )
        for blocks in _best(grid, days, request.target)
    ]


def _offering_id(
    scope: Scope,
    target: Target,
    compute_type: ComputeType,
    count: int,
    blocks: tuple[Block, ...],
) -> str:
    parts = [scope.account, scope.region, target.value, compute_type.name, str(count)]
    for block in blocks:
        parts += [block.zone, block.start.isoformat(), block.end.isoformat()]
    return "tpo-" + sha256("|".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class _Start:
    """A time at which a block could start in a zone.

    `days` is how many days it could run from there, an immediate start's part day being its
    first; `day` is the number of that first day.
    """

    zone: str
    time: datetime
    day: int
    days: int


class _DayGrid:
    """The days of a search's window, and how many of them in a row are free in each zone.

    Day 0 is the one, from 11:30 UTC to 11:30 UTC, in which the earliest possible start
    lies. An immediate start takes what is left of it.
    """

    def __init__(
        self,
        now: datetime,
        start_after: datetime,
        end_before: datetime | None,
        compute_type: ComputeType,
        count: int,
        target: Target,
        inventory: Inventory,
    ) -> None:
        immediate = whole_minute(now + LEAD_TIME)
        self._first_end = next_block_end(immediate)
        latest_start = now + timedelta(days=ADVANCE_DAYS)
        horizon = latest_start + timedelta(days=LONGEST_PLAN_DAYS + 1)
        if end_before is not None:
            horizon = min(horizon, end_before)
        # Starts on the grid: the first day that may begin one, and the last.
        earliest = max(immediate, start_after)
        self.first_day = self._days_until(next_block_end(earliest))
        self.last_day = (latest_start - self.beginning(0)) // DAY
        # UltraServers start at 11:30 only. source: choice
        starts_now = start_after <= immediate < self._first_end and not compute_type.is_ultra_server
        self.zones = inventory.zones_selling(compute_type, target)
        self._immediate: list[_Start] = []
        self._runs: dict[str, list[int]] = {}
        for zone in self.zones:
            runs = [0] * (max(self.last_day, 0) + 1)
            pool = inventory.pool(zone, compute_type, target)
            for gap in pool.gaps(count, immediate, horizon) if immediate < horizon else ():
                # The days wholly inside the gap.
                free_from = self._days_until(next_block_end(gap.start))
                free_until = (gap.end - self.beginning(0)) // DAY
                for day in range(free_from, min(free_until, self.last_day + 1)):
                    runs[day] = free_until - day
                if starts_now and gap.start == immediate and free_until >= 1:
                    self._immediate.append(_Start(zone, immediate, 0, free_until))
            self._runs[zone] = runs

    def beginning(self, day: int) -> datetime:
        """The 11:30 UTC at which a day begins."""
        return self._first_end + (day - 1) * DAY

    def immediate_starts(self) -> list[_Start]:
        """The zones in which a block could start at once."""
        return self._immediate

    def starts(self, day: int) -> list[_Start]:
        """The zones in which a block could start at the beginning of a day."""
        return [
            _Start(zone, self.beginning(day), day, self._runs[zone][day])
            for zone in self.zones
            if self._runs[zone][day]
        ]

    def run(self, zone: str, day: int) -> int:
        """How many days in a row, from a day on, are free in a zone."""
        return self._runs[zone][day]

    def longest_run(self, zone: str) -> int:
        """The most days in a row that are free in a zone."""
        return max(self._runs[zone])

    def grid_days(self) -> range:
        """The days at whose beginning a block may start."""
        return range(self.first_day, self.last_day + 1)

    def block(self, start: _Start, days: int) -> Block:
        """The block of that many days, a part day counting as one."""
        return Block(start.time, self.beginning(start.day + days), start.zone)

    def _days_until(self, block_end: datetime) -> int:
        return (block_end - self.beginning(0)) // DAY


def _best(grid: _DayGrid, days: int, target: Target) -> list[tuple[Block, ...]]:
    """The best ways to have so many days, best first.

    source: documented, the rest of the order C
    """
    best: list[tuple[Block, ...]] = list(_continuous(grid, days, target))
    # Beside continuous offerings a split one must start earlier than each. source: choice
    before = min((blocks[0].start for blocks in best), default=None)
    splits = _splits(grid, days, target, before)
    return best + list(islice(splits, MOST_OFFERINGS - len(best)))


def _continuous(grid: _DayGrid, days: int, target: Target) -> Iterator[tuple[Block]]:
    """One block: at once with a part day, at once with a part day more, or from 11:30 on."""
    for length in (days, days + 1):
        for start in grid.immediate_starts():
            block = grid.block(start, length)
            if start.days >= length and _long_enough(block, target):
                if block.duration <= LONGEST_PLAN_DAYS * DAY:
                    yield (block,)
                break
    for day in grid.grid_days():
        for start in grid.starts(day):
            if start.days >= days:
                yield (grid.block(start, days),)
                return


def _long_enough(block: Block, target: Target) -> bool:
    return block.duration > CUT_OFF[target]


def _splits(
    grid: _DayGrid, days: int, target: Target, before: datetime | None
) -> Iterator[tuple[Block, Block]]:
    """Two blocks: earlier start first, then earlier end; one for each pair of the two.

    With `before`, only those that start earlier.
    """
    if days < 2:
        return
    for starts in (grid.immediate_starts(), *map(grid.starts, grid.grid_days())):
        if not starts:
            continue
        if before is not None and starts[0].time >= before:
            return
        best: dict[int, tuple[tuple[timedelta, str, str], tuple[Block, Block]]] = {}
        for start in starts:
            for end, (first, second) in _second_blocks(grid, start, days, target):
                # Pairs with one start and one end cost the same: the more even one, then zones.
                rank = (abs(first.duration - second.duration), first.zone, second.zone)
                if end not in best or rank < best[end][0]:
                    best[end] = (rank, (first, second))
        for end in sorted(best):
            yield best[end][1]


def _second_blocks(
    grid: _DayGrid, start: _Start, days: int, target: Target
) -> Iterator[tuple[int, tuple[Block, Block]]]:
    """The two-block plans whose first block is at `start`, with the day on which they end."""
    # source: documented, a cluster's blocks are in one zone
    zones = [start.zone] if target is Target.HYPERPOD_CLUSTER else grid.zones
    fewest = max(1, days - max(grid.longest_run(zone) for zone in zones))
    for first_days in range(fewest, min(start.days, days - 1) + 1):
        first = grid.block(start, first_days)
        if not _long_enough(first, target):
            continue
        rest = days - first_days
        first_free_day = max(start.day + first_days, grid.first_day)
        for day in range(first_free_day, grid.last_day + 1):
            for zone in zones:
                run = grid.run(zone, day)
                without_gap = day == start.day + first_days and zone == start.zone
                if run >= rest and not without_gap:
                    second = Block(grid.beginning(day), grid.beginning(day + rest), zone)
                    yield day + rest, (first, second)
