"""The lanes of a plan itself: its statuses, and its blocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..simulation.account import Account
from ..simulation.kernel.clock import FOREVER
from ..simulation.kernel.history import History
from ..simulation.plans.extensions import PaymentStatus
from ..simulation.plans.listeners import Closing
from ..simulation.plans.plan import TrainingPlan
from ..simulation.plans.reserved_capacity import ReservedCapacity
from ..simulation.plans.statuses import PlanStatus
from ..simulation.plans.usage import Holder, Unused, Use
from .lanes import Lane, Mark, Span

CLOSED_STATES = {Closing.CUT_OFF: "cut-off", Closing.ZONE_DOWN: "outage"}


def plan_lane(account: Account, plan: TrainingPlan, history: History) -> Lane:
    """The statuses of a plan, and the extensions that were bought."""
    changes = [row for row in history.rows(plan.arn) if row[2] != row[3]]
    ends = [row[0] for row in changes[1:]] + [_next_change(plan)]
    spans = tuple(
        Span(time, end, after.lower(), after, reason)
        for (time, _, _, after, reason), end in zip(changes, ends, strict=True)
        if time < end
    )
    marks = tuple(
        Mark(
            each.extended_at,
            "failed" if each.payment_status is PaymentStatus.FAILED else "extension",
            f"extension, {each.status.value}",
            f"until {each.offering.end.isoformat()}, {each.offering.upfront_fee} USD, "
            f"payment {each.payment_status.value}",
        )
        for each in account.extensions.bought(plan)
    )
    return Lane("plan", plan.arn, "plan", spans, marks)


def _next_change(plan: TrainingPlan) -> datetime:
    """When a plan's status will change, as far as is known."""
    block = plan.current.block
    if plan.status is PlanStatus.PENDING:
        return plan.start
    if plan.status is PlanStatus.SCHEDULED:
        return block.start
    return block.end if plan.status is PlanStatus.ACTIVE else FOREVER


def block_lane(account: Account, plan: TrainingPlan, index: int, now: datetime) -> Lane:
    """A block in its zone: when it could be used, when not and why, and what broke in it."""
    reserved = plan.reserved_capacities[index]
    label = f"block {index + 1}" if len(plan.reserved_capacities) > 1 else "block"
    spans: list[Span] = []
    if plan.status is not PlanStatus.FAILED:
        extended = [
            each.offering.start
            for each in account.extensions.bought(plan)
            if each.payment_status is PaymentStatus.COMPLETED
        ]
        is_last = index == len(plan.reserved_capacities) - 1
        grown = extended[0] if extended and is_last else FOREVER
        for start, end, state in _states(plan, reserved, now):
            if state in ("block", "ahead") and start < grown < end:
                spans.append(Span(start, grown, state, label))
                start = grown  # noqa: PLW2901
            if state == "block" and start >= grown:
                spans.append(Span(start, end, "extension", "extension"))
            elif state == "ahead" and start >= grown:
                spans.append(Span(start, end, state, "extension"))
            else:
                spans.append(Span(start, end, state, _label(state, label)))
    return Lane("zone", reserved.arn, reserved.block.zone, tuple(spans), tuple(_faults(reserved)))


def _label(state: str, block: str) -> str:
    return {"cut-off": "cut-off", "outage": "zone down"}.get(state, block)


def _states(
    plan: TrainingPlan, reserved: ReservedCapacity, now: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """What a block was until now, and is going to be."""
    block, cut_off = reserved.block, reserved.cut_off
    present = max(block.start, min(now, block.end))
    since, state = block.start, "block"
    for time, closing in plan.closings.of(reserved):
        at = max(block.start, min(time, present))
        if since < at:
            yield since, at, state
        since, state = at, "block" if closing is None else CLOSED_STATES[closing]
    if since < present:
        yield since, present, state
    if present < cut_off:
        yield present, cut_off, "ahead"
    if max(present, cut_off) < block.end:
        yield max(present, cut_off), block.end, "cut-off"


def _faults(reserved: ReservedCapacity) -> Iterator[Mark]:
    """Instances that broke together, and that were whole again together."""
    together: dict[tuple[datetime, str], list[tuple[int, str]]] = {}
    for time, before, after, count in reserved.instances.usage.rows():
        if after is Unused.BROKEN:
            together.setdefault((time, "fault"), []).append((count, _user(before)))
        elif before is Unused.BROKEN:
            together.setdefault((time, "repaired"), []).append((count, ""))
    for (time, state), parts in together.items():
        total = sum(count for count, _ in parts)
        label = f"{total} instance{'' if total == 1 else 's'}"
        if state == "repaired":
            yield Mark(time, state, f"{label} repaired")
        else:
            users = ", ".join(f"{count} of {user}" for count, user in parts)
            yield Mark(time, state, f"{label} failed", f"Used until then: {users}.")


def _user(use: Use) -> str:
    if isinstance(use, Holder):
        return f"{use.kind} {use.name}" + (f"/{use.part}" if use.part else "")
    return {Unused.FREE: "nobody", Unused.SPARE: "nobody, a spare"}.get(use, "nobody")
