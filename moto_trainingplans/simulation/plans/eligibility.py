"""Whether a workload may use a plan: one rule for jobs, instance groups, endpoints and apps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..market.blocks import CUT_OFF
from ..market.catalog import Target
from .errors import (
    PlanHasOtherTarget,
    PlanHasOtherType,
    PlanIsPastItsCutOff,
    PlanNotActive,
    PlanNotUsable,
    PlanTooSmall,
    SubnetsMissZone,
)
from .plan import TrainingPlan
from .statuses import PlanStatus


@dataclass(frozen=True, slots=True)
class Workload:
    """What wants to use a plan: for which target, with which types, and how many instances.

    With several types it can be whichever of them the plan has.
    """

    target: Target
    instance_types: Collection[str]
    count: int


# Who has to wait for nothing: these are refused unless their plan is Active. source: documented
ONLY_ACTIVE = frozenset({Target.ENDPOINT, Target.STUDIO_APPS})
# Whose size may include the spares of UltraServers, which replace its own nodes. source: choice
WITH_SPARES = frozenset({Target.HYPERPOD_CLUSTER})


def usable_count(plan: TrainingPlan, target: Target) -> int:
    """The most instances that one workload can have of a plan."""
    reserved = plan.current
    spares = reserved.instances.spares_per_server * len(reserved.ultra_servers)
    return reserved.total_count - (0 if target in WITH_SPARES else spares)


def check_eligible(
    plan: TrainingPlan,
    workload: Workload,
    now: datetime,
    too_small: Callable[[str, int, int], Exception] = PlanTooSmall,
) -> None:
    """Raise a ServiceError where a plan cannot be used so.

    Looked at in this order: status, target, type, size, time left. `too_small` makes the error
    for the size, of the plan's ARN, the count and the most there can be.

    source: documented, choice
    """
    if workload.target in ONLY_ACTIVE:
        if plan.status is not PlanStatus.ACTIVE:
            raise PlanNotActive(plan.arn, plan.status.value)
    elif plan.status not in (PlanStatus.SCHEDULED, PlanStatus.ACTIVE):
        raise PlanNotUsable(plan.arn, plan.status.value)
    if plan.target is not workload.target:
        raise PlanHasOtherTarget(plan.arn, plan.target.value, workload.target.value)
    check_type(plan, workload.instance_types)
    check_size(plan, workload.target, workload.count, too_small)
    if now >= plan.last_cut_off:
        minutes = CUT_OFF[plan.target] // timedelta(minutes=1)
        raise PlanIsPastItsCutOff(plan.arn, plan.end, minutes)


def check_size(
    plan: TrainingPlan,
    target: Target,
    count: int,
    too_small: Callable[[str, int, int], Exception] = PlanTooSmall,
) -> None:
    """Raise `too_small`, as `check_eligible` does, where a workload would not fit a plan."""
    most = usable_count(plan, target)
    if count > most:
        raise too_small(plan.arn, count, most)


def check_type(plan: TrainingPlan, instance_types: Collection[str]) -> None:
    """Raise PlanHasOtherType where a plan has none of some types."""
    own = plan.compute_type.instance_type
    if own not in instance_types:
        raise PlanHasOtherType(plan.arn, own, ", ".join(instance_types))


@dataclass(frozen=True, slots=True)
class Subnets:
    """The zones of those subnets of a workload that are known, by their ids.

    `judged_zones` are the zones in which subnets can be known at all.
    """

    zones: Mapping[str, str] = field(default_factory=dict)
    judged_zones: frozenset[str] = frozenset()


def check_subnets(plan: TrainingPlan, subnets: Subnets) -> None:
    """Raise SubnetsMissZone where known subnets have none in the zone of one of the blocks.

    source: documented
    """
    if not subnets.zones:
        return
    for reserved in plan.reserved_capacities:
        zone = reserved.block.zone
        if zone in subnets.judged_zones and zone not in subnets.zones.values():
            raise SubnetsMissZone(plan.arn, zone, ", ".join(subnets.zones))
