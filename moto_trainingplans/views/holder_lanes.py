"""Who held how many instances of a plan, and the lanes of instance groups, endpoints and apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..simulation.clusters.registry import ClusterRegistry
from ..simulation.plans.plan import TrainingPlan
from ..simulation.plans.usage import Holder
from .lanes import Lane, Span

Key = tuple[str, str, str]  # kind, resource, part
STATES = {"instance-group": "nodes", "endpoint": "endpoint", "app": "app"}


@dataclass(slots=True)
class Held:
    """How many instances one workload held from a time until another; None: still."""

    start: datetime
    end: datetime | None
    count: int


@dataclass
class Holdings:
    """What every workload held of a plan, in the order of time."""

    of: dict[Key, list[Held]]
    holders: dict[Key, Holder] = field(default_factory=dict)


def key_of(holder: Holder) -> Key:
    """What a workload is known by, whoever it was made as."""
    return holder.kind, holder.resource, holder.part


def holdings_of(plan: TrainingPlan) -> Holdings:
    """What every workload held of a plan so far."""
    holdings = Holdings({})
    for reserved in plan.reserved_capacities:
        for time, before, after, count in reserved.instances.usage.rows():
            if isinstance(before, Holder):
                _change(holdings, before, time, -count)
            if isinstance(after, Holder):
                _change(holdings, after, time, count)
    return holdings


def on_demand_holdings_of(registry: ClusterRegistry) -> Holdings:
    """What every instance group of some clusters had on demand so far."""
    holdings = Holdings({})
    groups: dict[str, Holder] = {}
    for time, instance_id, holder in registry.provisioning.on_demand.use:
        before = groups.pop(instance_id, None)
        if before is not None:
            _change(holdings, before, time, -1)
        if holder is not None:
            groups[instance_id] = holder
            _change(holdings, holder, time, 1)
    return holdings


def _change(holdings: Holdings, holder: Holder, time: datetime, by: int) -> None:
    key = key_of(holder)
    holdings.holders[key] = holder
    held = holdings.of.setdefault(key, [])
    count = by
    if held and held[-1].end is None:
        count += held[-1].count
        if held[-1].start == time:
            held.pop()
        else:
            held[-1].end = time
    if not count:
        return
    if held and held[-1].end == time and held[-1].count == count:
        held[-1].end = None
    else:
        held.append(Held(time, None, count))


def holder_lanes(holdings: Holdings, now: datetime) -> list[Lane]:
    """The lanes of all workloads but jobs, which have states of their own."""
    lanes = []
    for key, held in holdings.of.items():
        holder = holdings.holders[key]
        if holder.kind == "training-job":
            continue
        state = STATES[holder.kind]
        spans = tuple(
            Span(each.start, each.end or now, state, _label(state, each.count))
            for each in held
            if each.start < (each.end or now)
        )
        name = f"{holder.name}/{holder.part}" if holder.part else holder.name
        if spans:
            lanes.append(Lane(holder.kind, holder.resource, name, spans))
    return lanes


def _label(state: str, count: int) -> str:
    if state == "app":
        return "app"
    thing = "node" if state == "nodes" else "instance"
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
