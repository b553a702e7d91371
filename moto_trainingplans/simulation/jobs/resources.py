"""What a job asks to run on, and whether the plans it names can give it that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..market.blocks import CUT_OFF
from ..market.catalog import Target
from ..plans.errors import (
    PlanHasOtherTarget,
    PlanHasOtherType,
    PlanIsPastItsCutOff,
    PlanNotUsable,
    PlanTooSmall,
    SubnetsMissZone,
)
from ..plans.plan import TrainingPlan
from ..plans.statuses import PlanStatus
from .errors import (
    ConflictingMembers,
    DuplicatePreference,
    InvalidPlacement,
    InvalidTrainingInstanceCount,
    MissingJobMember,
    PreferenceCounts,
)
from .job import Choice
from .placement import Placement, Specification

PREFERENCES = "ResourceConfig.InstancePreferences"


@dataclass(frozen=True)
class Preference:
    """One entry of InstancePreferences."""

    instance_type: str
    count: int | None
    plan_arn: str | None


@dataclass(frozen=True)
class PlacementRequest:
    """InstancePlacementConfig: UltraServer id (or None) and count of each specification."""

    multiple_jobs: bool
    specifications: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True)
class ResourceRequest:
    """The members of a request that say what the job runs on.

    `groups` are types and counts of InstanceGroups. `subnets` are the zones of those subnets
    that are known, by id, and `known_zones` the zones in which subnets can be known.
    """

    instance_type: str | None
    count: int | None
    groups: tuple[tuple[str, int], ...]
    plan_arn: str | None
    preferences: tuple[Preference, ...]
    placement: PlacementRequest | None
    spot: bool
    subnets: Mapping[str, str] = field(default_factory=dict)
    known_zones: frozenset[str] = frozenset()


PlanByArn = Callable[[str], TrainingPlan]


def choices(request: ResourceRequest, plan_of: PlanByArn, now: datetime) -> list[Choice]:
    """What a job can run on, best first; raises a ServiceError where it cannot run so."""
    if request.spot:
        raise ConflictingMembers("EnableManagedSpotTraining", "a training plan")
    found = _preferred(request, plan_of) if request.preferences else [_only(request, plan_of)]
    for choice in found:
        if choice.count < 1:
            raise InvalidTrainingInstanceCount(choice.count)
        if choice.plan is not None:
            check_plan(choice.plan, Target.TRAINING_JOB, choice.instance_type, choice.count, now)
            _check_subnets(choice.plan, request.subnets, request.known_zones)
    return found


def _only(request: ResourceRequest, plan_of: PlanByArn) -> Choice:
    assert request.plan_arn is not None
    plan = plan_of(request.plan_arn)
    if not request.groups:
        if request.instance_type is None:
            raise MissingJobMember("ResourceConfig.InstanceType")
        return Choice(request.instance_type, 1 if request.count is None else request.count, plan)
    for name, value in (("InstanceType", request.instance_type), ("InstanceCount", request.count)):
        if value is not None:
            raise ConflictingMembers("ResourceConfig.InstanceGroups", f"ResourceConfig.{name}")
    for instance_type, _ in request.groups:
        _check_type(plan, instance_type)
    return Choice(plan.compute_type.instance_type, sum(count for _, count in request.groups), plan)


def _preferred(request: ResourceRequest, plan_of: PlanByArn) -> list[Choice]:
    for name, value in (
        ("InstanceType", request.instance_type),
        ("InstanceGroups", request.groups or None),
        ("InstancePlacementConfig", request.placement),
        ("TrainingPlanArn", request.plan_arn),
    ):
        if value is not None:
            raise ConflictingMembers(PREFERENCES, f"ResourceConfig.{name}")
    types = [each.instance_type for each in request.preferences]
    for instance_type in types:
        if types.count(instance_type) > 1:
            raise DuplicatePreference(instance_type)
    # Each entry has a count, or the job has one for all. source: model
    counts = [each.count for each in request.preferences]
    if any((count is None) == (request.count is None) for count in counts):
        raise PreferenceCounts
    return [
        Choice(
            each.instance_type,
            each.count if each.count is not None else request.count or 0,
            None if each.plan_arn is None else plan_of(each.plan_arn),
        )
        for each in request.preferences
    ]


def check_plan(
    plan: TrainingPlan, target: Target, instance_type: str, count: int, now: datetime
) -> None:
    """Raise a ServiceError where a plan cannot be used for so many instances of a type."""
    if plan.status not in (PlanStatus.SCHEDULED, PlanStatus.ACTIVE):
        raise PlanNotUsable(plan.arn, plan.status.value)
    if plan.target is not target:
        raise PlanHasOtherTarget(plan.arn, plan.target.value, target.value)
    _check_type(plan, instance_type)
    block = plan.current
    usable = block.total_count - block.instances.spares_per_server * len(block.ultra_servers)
    if count > usable:
        raise PlanTooSmall(plan.arn, count, usable)
    if now >= plan.last_cut_off:
        minutes = int(CUT_OFF[target].total_seconds()) // 60
        raise PlanIsPastItsCutOff(plan.arn, plan.end, minutes)


def _check_type(plan: TrainingPlan, instance_type: str) -> None:
    if instance_type != plan.compute_type.instance_type:
        raise PlanHasOtherType(plan.arn, plan.compute_type.instance_type, instance_type)


def _check_subnets(
    plan: TrainingPlan, subnets: Mapping[str, str], known_zones: frozenset[str]
) -> None:
    """Known subnets must be in the zones of all blocks. source: documented"""
    if subnets:
        for block in plan.reserved_capacities:
            zone = block.block.zone
            if zone in known_zones and zone not in subnets.values():
                raise SubnetsMissZone(plan.arn, zone, ", ".join(subnets))


def placement(request: PlacementRequest | None, choice: Choice) -> Placement | None:
    """How a job is placed in the UltraServers of its plan; raises where it cannot be.

    An UltraServer of one block stands for that of the same number in the others. source: choice
    """
    if request is None:
        return None
    plan = choice.plan
    if plan is None or not plan.compute_type.is_ultra_server:
        raise InvalidPlacement("the training plan does not consist of UltraServers")
    numbers = {
        server.ultra_server_id: server.number
        for block in plan.reserved_capacities
        for server in block.ultra_servers
    }
    instances = plan.current.instances
    largest = instances.per_server - instances.spares_per_server
    placed: dict[str | None, int] = {}
    for server_id, count in request.specifications:
        if server_id is not None and server_id not in numbers:
            raise InvalidPlacement(f"the training plan has no UltraServer {server_id}")
        placed[server_id] = count + (0 if server_id is None else placed.get(server_id, 0))
        if count < 1 or placed[server_id] > largest:
            raise InvalidPlacement(
                f"InstanceCount {placed[server_id]} is not from 1 to the {largest} instances "
                "of an UltraServer"
            )
    together = sum(count for _, count in request.specifications)
    if request.specifications and together != choice.count:
        raise InvalidPlacement(
            f"the specifications place {together} instances, the job has {choice.count}"
        )
    return Placement(
        not request.multiple_jobs,
        tuple(
            Specification(None if server_id is None else numbers[server_id], count)
            for server_id, count in request.specifications
        ),
    )
