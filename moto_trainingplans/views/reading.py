"""The view of a simulation: its sections and lanes, from its history and what there is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ..simulation.account import Account
from ..simulation.kernel.clock import FOREVER, LATEST, check_window
from ..simulation.kernel.errors import TrainingPlansError, in_short
from ..simulation.plans.extensions import PaymentStatus
from ..simulation.plans.plan import TrainingPlan
from ..simulation.world import World
from .accounting import ledger_of
from .holder_lanes import Holdings, holder_lanes, holdings_of, on_demand_holdings_of
from .job_lanes import deleted_job_lanes, job_lanes
from .lanes import Lane, Section, Span, View, within
from .ledger import Ledger
from .plan_lanes import block_lane, plan_lane

AT_LEAST = timedelta(hours=1)


def read_view(
    world: World, resource: str | None, start: datetime | None, end: datetime | None
) -> View:
    """The lanes of everything, or of one resource by its ARN, between two times.

    Without times it begins with the first thing that is known and ends with the last, what is
    to come of a plan included. `world` has been brought to now. Raises TrainingPlansError for a
    resource that has no lane, or a window that does not end after it starts.
    """
    sections = [each for each in _sections(world) if each.lanes]
    if resource is not None:
        sections = list(_only(sections, resource))
        if not sections:
            raise TrainingPlansError(
                f"nothing is drawn of {in_short(resource)}: name the ARN of a training plan, "
                "reserved capacity, training job, cluster, endpoint or app, or a zone that was down"
            )
    since = _first(sections, world.now) if start is None else start
    last = max(_last(sections, world.now), min(since, LATEST) + AT_LEAST)
    until = last if end is None else end
    check_window(since, until)
    return View(world.now, since, until, tuple(_clipped(sections, since, until)))


def read_ledger(world: World, plan: str) -> Ledger:
    """The ledger of a plan, by its ARN or name.

    `world` has been brought to now. Raises TrainingPlansError where there is no such plan, or
    several of a name.
    """
    found = [
        (account, each)
        for account in world.accounts()
        for each in account.plans.plans()
        if plan in (each.arn, each.name)
    ]
    if not found:
        raise TrainingPlansError(
            f"there is no training plan {in_short(plan)}: name its ARN, or its name"
        )
    if len(found) > 1:
        arns = ", ".join(each.arn for _, each in found)
        raise TrainingPlansError(f"{plan!r} is one of several plans: name one of {arns}")
    ((account, only),) = found
    return ledger_of(account, only, world.history, world.now)


def _sections(world: World) -> Iterator[Section]:
    accounts = world.accounts()
    several = len({account.scope.account for account in accounts}) > 1
    for account in accounts:
        where = account.scope.region
        if several:
            where = f"account {account.scope.account}, {where}"
        known: set[str] = set()
        for plan in account.plans.plans():
            yield _plan_section(world, account, plan, where, known)
        yield _on_demand_section(world, account, where, known)
    outages = tuple(_outage_lanes(world))
    yield Section("zones that were down", "", outages)


def _plan_section(
    world: World, account: Account, plan: TrainingPlan, where: str, known: set[str]
) -> Section:
    holdings = holdings_of(plan)
    paid = [
        each.offering.upfront_fee
        for each in account.extensions.bought(plan)
        if each.payment_status is PaymentStatus.COMPLETED
    ]
    facts = (
        f"{where}, {plan.count} x {plan.compute_type.name}, {plan.target.value}, "
        f"{' + '.join((plan.upfront_fee, *paid))} USD"
    )
    blocks = [
        block_lane(account, plan, number, world.now)
        for number in range(len(plan.reserved_capacities))
    ]
    jobs = job_lanes(account.jobs.jobs(), plan, holdings, world)
    known.update(lane.resource for lane in jobs)
    lanes = [
        plan_lane(account, plan, world.history),
        *(lane for lane in blocks if lane.spans),
        *jobs,
        *holder_lanes(holdings, world.now),
    ]
    return Section(f"plan {plan.name}", facts, tuple(lanes))


def _on_demand_section(world: World, account: Account, where: str, known: set[str]) -> Section:
    jobs = job_lanes(account.jobs.jobs(), None, Holdings({}), world)
    known.update(lane.resource for lane in jobs)
    deleted = deleted_job_lanes(account.scope.arn("training-job/"), known, world)
    groups = holder_lanes(on_demand_holdings_of(account.clusters), world.now)
    return Section("without a plan", where, (*jobs, *deleted, *groups))


def _outage_lanes(world: World) -> Iterator[Lane]:
    for zone, outages in world.outages.so_far.items():
        spans = tuple(
            Span(each.start, each.end or world.now, "outage", "zone down")
            for each in outages
            if each.start < (each.end or world.now)
        )
        yield Lane("outage", zone, zone, spans)


def _only(sections: Iterable[Section], resource: str) -> Iterator[Section]:
    """What concerns one resource: all of a plan, the lanes of anything else."""
    for section in sections:
        whole = any(lane.kind == "plan" and lane.resource == resource for lane in section.lanes)
        lanes = tuple(lane for lane in section.lanes if whole or lane.resource == resource)
        if lanes:
            yield replace(section, lanes=lanes)


def _first(sections: Iterable[Section], now: datetime) -> datetime:
    return min(
        (each for section in sections for lane in section.lanes for each in _begins(lane)),
        default=now,
    )


def _begins(lane: Lane) -> Iterator[datetime]:
    if lane.spans:
        yield lane.spans[0].start
    if lane.marks:
        yield lane.marks[0].time


def _last(sections: Iterable[Section], now: datetime) -> datetime:
    """The last that is known, and a bit more where something stays as it is for ever."""
    spans = [span for section in sections for lane in section.lanes for span in lane.spans[-2:]]
    marks = [lane.marks[-1].time for section in sections for lane in section.lanes if lane.marks]
    last = max((now, *marks, *(span.end for span in spans if span.end != FOREVER)))
    first = min((span.start for span in spans), default=now)
    for_ever = any(span.end == FOREVER and span.start >= last for span in spans)
    return last + max(last - first, AT_LEAST) / 12 if for_ever else last


def _clipped(sections: Iterable[Section], start: datetime, end: datetime) -> Iterator[Section]:
    for section in sections:
        lanes = []
        for lane in section.lanes:
            spans = tuple(within(lane.spans, start, end))
            marks = tuple(mark for mark in lane.marks if start <= mark.time <= end)
            if spans or marks:
                lanes.append(replace(lane, spans=spans, marks=marks))
        if lanes:
            yield replace(section, lanes=tuple(lanes))
