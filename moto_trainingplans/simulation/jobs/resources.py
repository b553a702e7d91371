"""What a job asks to run on, and whether the plans it names can give it that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..market.catalog import Target
from ..plans.eligibility import Subnets, Workload, check_eligible, check_subnets, check_type
from ..plans.plan import TrainingPlan
from .errors import (
    ConflictingMembers,
    DuplicatePreference,
    InvalidPlacement,
    InvalidTrainingInstanceCount,
    MissingJobMember,
    NoPreferenceOfPlan,
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

    `groups` are types and counts of InstanceGroups.
    """

    instance_type: str | None
    count: int | None
    groups: tuple[tuple[str, int], ...]
    plan_arn: str | None
    preferences: tuple[Preference, ...]
    placement: PlacementRequest | None
    spot: bool
    subnets: Subnets = field(default_factory=Subnets)


PlanByArn = Callable[[str], TrainingPlan]


def choices(request: ResourceRequest, plan_of: PlanByArn, now: datetime) -> list[Choice]:
    """What a job can run on, best first; raises a ServiceError where it cannot run so."""
    if request.spot and not request.preferences:
        raise ConflictingMembers("EnableManagedSpotTraining", "a training plan")
    found = _preferred(request, plan_of) if request.preferences else [_only(request, plan_of)]
    for choice in found:
        if choice.count < 1:
            raise InvalidTrainingInstanceCount(choice.count)
        if choice.plan is not None:
            workload = Workload(Target.TRAINING_JOB, (choice.instance_type,), choice.count)
            check_eligible(choice.plan, workload, now)
            check_subnets(choice.plan, request.subnets)
    return found


def _only(request: ResourceRequest, plan_of: PlanByArn) -> Choice:
    assert request.plan_arn is not None
    plan = plan_of(request.plan_arn)
    if not request.groups:
        if request.instance_type is None:
            raise MissingJobMember("ResourceConfig.InstanceType")
        return Choice(request.instance_type, 1 if request.count is None else request.count, plan)
    for instance_type, _ in request.groups:
        check_type(plan, (instance_type,))
    return Choice(plan.compute_type.instance_type, sum(count for _, count in request.groups), plan)


def _preferred(request: ResourceRequest, plan_of: PlanByArn) -> list[Choice]:
    check_preferences(request)
    found = [
        Choice(
            each.instance_type,
            each.count if each.count is not None else request.count or 0,
            None if each.plan_arn is None else plan_of(each.plan_arn),
        )
        for each in request.preferences
    ]
    if request.plan_arn is None:
        return found
    # A plan of the job is for the entry of its type. source: documented
    plan = plan_of(request.plan_arn)
    own = plan.compute_type.instance_type
    if own not in (each.instance_type for each in found):
        raise NoPreferenceOfPlan(plan.arn, own)
    return [replace(each, plan=plan) if each.instance_type == own else each for each in found]


def check_preferences(request: ResourceRequest) -> None:
    """Raise a ServiceError where InstancePreferences contradict themselves, or what is beside them.

    source: model
    """
    for name, value in (
        ("ResourceConfig.InstanceType", request.instance_type),
        ("ResourceConfig.InstanceGroups", request.groups or None),
        ("ResourceConfig.InstancePlacementConfig", request.placement),
        ("EnableManagedSpotTraining", request.spot or None),
    ):
        if value is not None:
            raise ConflictingMembers(PREFERENCES, name)
    if request.plan_arn is not None and any(each.plan_arn for each in request.preferences):
        raise ConflictingMembers(
            PREFERENCES + "[].TrainingPlanArns", "ResourceConfig.TrainingPlanArn"
        )
    types = [each.instance_type for each in request.preferences]
    for instance_type in types:
        if types.count(instance_type) > 1:
            raise DuplicatePreference(instance_type)
    # Each entry has a count, or the job has one for all.
    counts = [each.count for each in request.preferences]
    if any((count is None) == (request.count is None) for count in counts):
        raise PreferenceCounts


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
        for reserved in plan.reserved_capacities
        for server in reserved.ultra_servers
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
