"""How a plan's ledger is made: every instant of each of its instances goes into one part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..simulation.account import Account
from ..simulation.kernel.history import History
from ..simulation.market.blocks import CUT_OFF
from ..simulation.plans.extensions import PaymentStatus
from ..simulation.plans.listeners import Closing
from ..simulation.plans.plan import TrainingPlan
from ..simulation.plans.reserved_capacity import ReservedCapacity
from ..simulation.plans.statuses import PlanStatus
from ..simulation.plans.usage import Holder, Unused, Use
from .job_phases import LOST, WARM, phases_of
from .ledger import PARTS, Entry, Fee, Ledger, Workload
from .money import cents, split

ZERO = timedelta(0)
MICROSECOND = timedelta(microseconds=1)
# By part and workload: the instance-time that each of the fees paid for, and that none did.
Weights = dict[tuple[str, Workload | None], list[timedelta]]

UNUSED_PARTS: dict[Use, str] = {
    Unused.FREE: "idle",
    Unused.SPARE: "spares",
    Unused.BROKEN: "unhealthy",
}
KIND_PARTS = {"instance-group": "cluster_nodes", "endpoint": "endpoints", "app": "apps"}
# All else that a job does with its instances is training.
PHASE_PARTS = {LOST: "lost", WARM: "warm"}
CLOSED_PARTS = {Closing.CUT_OFF: "cut_off", Closing.ZONE_DOWN: "outage"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many instances in one part from `start` until `end`."""

    start: datetime
    end: datetime
    part: str
    holder: Holder | None
    count: int


@dataclass(frozen=True, slots=True)
class Window:
    """A time of a block that one of the fees paid for; the last cut-off none has paid for."""

    start: datetime
    end: datetime
    fee: int | None


def ledger_of(account: Account, plan: TrainingPlan, history: History, now: datetime) -> Ledger:
    """The ledger of a plan at a time, which is the simulation's present."""
    fees, windows = _fees(account, plan)
    weights: Weights = {}
    names = _Workloads()
    for reserved in plan.reserved_capacities if fees else ():
        of_block = windows[reserved.arn]
        starts = [window.start for window in of_block]
        for stretch in _stretches(plan, reserved, history, now):
            key = (stretch.part, names.of(stretch.holder))
            sums = weights.get(key)
            if sums is None:
                sums = weights[key] = [ZERO] * (len(fees) + 1)
            first = max(0, bisect_right(starts, stretch.start) - 1)
            for window in of_block[first:]:
                if window.start >= stretch.end:
                    break
                both = min(stretch.end, window.end) - max(stretch.start, window.start)
                if both > ZERO:
                    sums[-1 if window.fee is None else window.fee] += both * stretch.count
    return Ledger(
        plan=plan.arn,
        name=plan.name,
        status=plan.status.value,
        target=plan.target.value,
        compute_type=plan.compute_type.name,
        instance_count=plan.reserved_capacities[-1].total_count,
        start=plan.start,
        end=plan.end,
        now=now,
        fees=tuple(fees),
        entries=_entries(fees, weights),
    )


def _entries(fees: Sequence[Fee], weights: Weights) -> tuple[Entry, ...]:
    order = {part: number for number, part in enumerate(PARTS)}
    keys = sorted(weights, key=lambda key: order[key[0]])
    paid = [0] * len(keys)
    for number, fee in enumerate(fees):
        parts = split(fee.cents, [weights[key][number] // MICROSECOND for key in keys])
        paid = [sum(both) for both in zip(paid, parts, strict=True)]
    return tuple(
        Entry(part, workload, sum(weights[part, workload], ZERO), amount)
        for (part, workload), amount in zip(keys, paid, strict=True)
        if any(weights[part, workload])
    )


def _fees(account: Account, plan: TrainingPlan) -> tuple[list[Fee], dict[str, list[Window]]]:
    """What was paid, and which time of each block each of it paid for; nothing if it failed.

    A block's last cut-off is not paid for. An extension pays for what it moves the cut-off by,
    so that the cut-off that the plan itself would have had is paid for by it.
    """
    if plan.status is PlanStatus.FAILED:
        return [], {}
    fees = [Fee("training plan", cents(plan.upfront_fee))]
    cut_off = CUT_OFF[plan.target]
    extensions = [
        each
        for each in account.extensions.bought(plan)
        if each.payment_status is PaymentStatus.COMPLETED
    ]
    windows: dict[str, list[Window]] = {}
    for reserved in plan.reserved_capacities:
        is_extended = bool(extensions) and reserved is plan.reserved_capacities[-1]
        end = extensions[0].offering.start if is_extended else reserved.block.end
        paid = windows[reserved.arn] = [Window(reserved.block.start, end - cut_off, 0)]
        for extension in extensions if is_extended else ():
            offering = extension.offering
            until = offering.end - cut_off
            paid.append(Window(paid[-1].end, until, len(fees)))
            until_when = offering.end.isoformat()
            fees.append(Fee(f"extension until {until_when}", cents(offering.upfront_fee)))
        paid.append(Window(paid[-1].end, reserved.block.end, None))
    return fees, windows


class _Workloads:
    """The workloads of holders, each made once."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Holder, Workload]] = {}

    def of(self, holder: Holder | None) -> Workload | None:
        """The workload of a holder."""
        if holder is None:
            return None
        made = self._made.get(id(holder))
        if made is None:
            tags = tuple(sorted(holder.tags.items()))
            workload = Workload(holder.kind, holder.resource, holder.name, holder.part, tags)
            self._made[id(holder)] = made = (holder, workload)
        return made[1]


# -- a block's time ------------------------------------------------------------------------------


def _stretches(
    plan: TrainingPlan, reserved: ReservedCapacity, history: History, present: datetime
) -> Iterator[Stretch]:
    """All instance-time of a block, each of it once: what was until now, and what is left."""
    start, end = reserved.block.start, reserved.block.end
    now = max(start, min(present, end))
    if start < now:
        for stretch in _used(plan, reserved, start, now):
            if stretch.holder is not None and stretch.part == "":
                yield from _of_holder(stretch, stretch.holder, history)
            else:
                yield stretch
    if now < end:
        yield Stretch(now, end, "left", None, reserved.total_count)


def _used(
    plan: TrainingPlan, reserved: ReservedCapacity, start: datetime, end: datetime
) -> Iterator[Stretch]:
    """The uses of a block's instances between two times; the part of held ones is still open."""
    usage = reserved.instances.usage
    counts: dict[Use, int] = {}
    for initial in usage.initial:
        counts[initial] = counts.get(initial, 0) + 1
    since: dict[Use, datetime] = dict.fromkeys(counts, start)
    closed: Closing | None = None
    closings = plan.closings.of(reserved)

    def told(use: Use, until: datetime) -> Iterator[Stretch]:
        begun = max(since.get(use, start), start)
        since[use] = until
        if counts.get(use) and begun < until:
            holder = use if isinstance(use, Holder) else None
            part = "" if holder is not None else UNUSED_PARTS[use]
            if closed is not None:
                part, holder = CLOSED_PARTS[closed], None
            yield Stretch(begun, until, part, holder, counts[use])

    number = 0
    for row in (*usage.rows(), None):
        at = end if row is None else min(end, row[0])
        while number < len(closings) and closings[number][0] <= at:
            for use in list(counts):
                yield from told(use, max(start, closings[number][0]))
            closed = closings[number][1]
            number += 1
        if row is None:
            break
        _, before, after, count = row
        at = max(at, start)
        yield from told(before, at)
        yield from told(after, at)
        counts[before] -= count
        counts[after] = counts.get(after, 0) + count
        if not counts[before]:
            del counts[before], since[before]
    for use in list(counts):
        yield from told(use, end)


def _of_holder(stretch: Stretch, holder: Holder, history: History) -> Iterator[Stretch]:
    """What instances did that a workload held: what its own changes say, for a job."""
    if holder.kind != "training-job":
        part = KIND_PARTS[holder.kind]
        yield Stretch(stretch.start, stretch.end, part, holder, stretch.count)
        return
    phases = phases_of(holder.resource, holder.keeps_work, history)
    first = max(0, bisect_right(phases, stretch.start, key=lambda phase: phase[0]) - 1)
    start = stretch.start
    for index in range(first, len(phases)):
        until = phases[index + 1][0] if index + 1 < len(phases) else stretch.end
        until = min(until, stretch.end)
        if start < until:
            part = PHASE_PARTS.get(phases[index][1], "training")
            yield Stretch(start, until, part, holder, stretch.count)
            start = until
        if start >= stretch.end:
            break
