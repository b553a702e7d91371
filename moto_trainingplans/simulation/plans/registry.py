"""The plans of an account and Region: searching, buying and looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from ..context import Context
from ..kernel.scope import Scope
from ..kernel.tags import Taggable
from ..market.blocks import Block
from ..market.catalog import ComputeType
from ..market.inventory import Inventory
from ..market.offerings import (
    Offering,
    OfferingRequest,
    find_offerings,
    requested_days,
    requested_units,
)
from ..quotas.errors import QuotaExceeded, ReservedCapacityQuotaTooSmall
from ..quotas.limits import PLANS, Quota
from .closings import Closings
from .errors import (
    NamedPlanNotFound,
    TooManySpares,
    TrainingPlanNameTaken,
    UnknownOffering,
    UnknownReservedCapacity,
    UnknownTrainingPlan,
)
from .faults import PlanFaults
from .instances import Instances
from .lifecycle import PlanLifecycle
from .listing import PlanIndex, PlanQuery, Position
from .plan import TrainingPlan
from .reserved_capacity import ReservedCapacity, UltraServer
from .statuses import OPEN_STATUSES, PlanStatus

DEFAULT_SPARES = 1  # of each UltraServer. source: model


@dataclass(frozen=True)
class PlanPage:
    """A page of a listing; `next` is the position to go on after, None at the end."""

    plans: list[TrainingPlan]
    next: Position | None


class TrainingPlanRegistry:
    """The offerings and plans of one account in one Region.

    All methods work at the present of `context`, and either do what they are asked or raise
    a ServiceError and change nothing.
    """

    def __init__(self, context: Context, inventory: Inventory, scope: Scope) -> None:
        self._context = context
        self._inventory = inventory
        self._scope = scope
        self._arn_prefix = scope.arn("")
        self._offerings: dict[str, Offering] = {}
        self._offerings_at_last_sweep = 0
        self._plans: dict[str, TrainingPlan] = {}
        self._reserved_capacities: dict[str, ReservedCapacity] = {}
        self._index = PlanIndex()
        # Against the quotas: plans that are open, and the instances of each type they hold.
        self._open_plans = 0
        self._reserved: Counter[str] = Counter()
        self.lifecycle = PlanLifecycle(context, inventory, self._changed)
        self.faults = PlanFaults(context, self._plans)

    @property
    def count(self) -> int:
        """How many plans there are, in whatever status."""
        return len(self._plans)

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self._context.now

    # -- searching -------------------------------------------------------------------------

    def search(self, request: OfferingRequest) -> list[Offering]:
        """The offerings that fit a request, best first; they can be bought until they begin."""
        days = requested_days(request)
        if request.ultra_server_type in self._context.catalog.never_sold:
            return []
        compute_type, count = requested_units(request, self._context.catalog, self._inventory)
        self._check_reserved_capacity_quota_for_search(compute_type, count)
        offerings = find_offerings(
            request,
            compute_type,
            count,
            days,
            now=self._context.now,
            inventory=self._inventory,
            scope=self._scope,
        )
        self._offerings.update((offering.offering_id, offering) for offering in offerings)
        self._sweep_offerings()
        return offerings

    def _sweep_offerings(self) -> None:
        """Now and then, forget the offerings that have begun."""
        if len(self._offerings) > 2 * self._offerings_at_last_sweep + 100:
            now = self._context.now
            self._offerings = {
                offering_id: offering
                for offering_id, offering in self._offerings.items()
                if offering.blocks[0].start > now
            }
            self._offerings_at_last_sweep = len(self._offerings)

    def _check_reserved_capacity_quota_for_search(
        self, compute_type: ComputeType, count: int
    ) -> None:
        used, limit = self._reserved_capacity_use(compute_type.instance_type)
        requested = count * compute_type.instances
        if used + requested > limit:
            raise ReservedCapacityQuotaTooSmall(compute_type.instance_type, limit, used, requested)

    def rate(self, compute_type: ComputeType) -> Fraction:
        """What a unit of a type costs an hour now, in USD."""
        return self._inventory.rate(compute_type, self._context.now)

    def _reserved_capacity_use(self, instance_type: str) -> tuple[int, int]:
        """How many instances of a type are reserved, and how many may be."""
        quotas = self._context.quotas
        quota = quotas.reserved_capacity(instance_type)
        return self._reserved[instance_type], quotas.limit(quota, self._scope)

    def quota_use(self) -> dict[Quota, int]:
        """What the open plans use of the quotas on plans and on reserved instances."""
        reserved = self._context.quotas.reserved_capacity
        return {
            PLANS: self._open_plans,
            **{reserved(each): n for each, n in self._reserved.items()},
        }

    # -- buying ----------------------------------------------------------------------------

    def create(
        self, name: str, offering_id: str, spares: int | None, tags: Mapping[str, str]
    ) -> TrainingPlan:
        """Buy an offering.

        `spares` are for each UltraServer. Where the capacity has gone meanwhile, the plan is
        made all the same and is Failed.
        """
        offering = self._offerings.get(offering_id)
        # An offering is gone once its first block has begun. source: choice
        if offering is None or offering.blocks[0].start <= self._context.now:
            raise UnknownOffering(offering_id)
        if name in self._plans:
            raise TrainingPlanNameTaken(name)
        spares = DEFAULT_SPARES if spares is None else spares
        compute_type = offering.compute_type
        if compute_type.is_ultra_server and spares > compute_type.instances:
            raise TooManySpares(spares, compute_type.instances, compute_type.name)
        self._check_quotas(offering)
        plan = self._make_plan(name, offering, spares)
        for resource in (plan, *plan.reserved_capacities):
            resource.add_tags(tags)
        self._add(plan)
        self.lifecycle.reserve(plan)
        return plan

    def _check_quotas(self, offering: Offering) -> None:
        quotas = self._context.quotas
        plans_allowed = quotas.limit(PLANS, self._scope)
        if self._open_plans >= plans_allowed:
            raise QuotaExceeded(
                PLANS.display_name, plans_allowed, self._open_plans, 1, "TrainingPlans"
            )
        instance_type = offering.compute_type.instance_type
        used, limit = self._reserved_capacity_use(instance_type)
        if used + offering.instance_count > limit:
            display_name = quotas.reserved_capacity(instance_type).display_name
            raise QuotaExceeded(display_name, limit, used, offering.instance_count, "Instances")

    def _make_plan(self, name: str, offering: Offering, spares: int) -> TrainingPlan:
        return TrainingPlan(
            self.arn("training-plan", name),
            name,
            offering,
            tuple(
                self._make_reserved_capacity(
                    self.arn("reserved-capacity", f"{name}-rc{number}"),
                    block,
                    offering,
                    spares,
                )
                for number, block in enumerate(offering.blocks, start=1)
            ),
            Closings(self._context.events),
        )

    def _make_reserved_capacity(
        self, arn: str, block: Block, offering: Offering, spares: int
    ) -> ReservedCapacity:
        compute_type = offering.compute_type
        instances = Instances(
            offering.instance_count,
            compute_type.instances,
            spares if compute_type.is_ultra_server else 0,
            self._context.events,
        )
        # source: choice, AWS does not say what the ids look like
        ultra_servers = [
            UltraServer("us-" + self._context.derived_id(f"{arn}/{number}", 17), number)
            for number in (instances.servers if compute_type.is_ultra_server else ())
        ]
        reserved_capacity = ReservedCapacity(
            arn,
            block,
            compute_type,
            offering.count,
            instances,
            tuple(ultra_servers),
            self._context.catalog.zone(block.zone).zone_id,
            offering.target,
        )
        reserved_capacity.zone_is_down = self._context.outages.is_down(block.zone)
        return reserved_capacity

    def _add(self, plan: TrainingPlan) -> None:
        self._plans[plan.name] = plan
        self._index.add(plan.name, plan.start, plan.status)
        self._count(plan, 1)
        self._context.record(plan.arn, None, plan.status.value, "Training plan created.")
        for reserved_capacity in plan.reserved_capacities:
            self._reserved_capacities[reserved_capacity.arn] = reserved_capacity
            self._context.record(
                reserved_capacity.arn,
                None,
                reserved_capacity.status.value,
                "Reserved capacity created.",
            )

    def _count(self, plan: TrainingPlan, sign: int) -> None:
        self._open_plans += sign
        self._reserved[plan.compute_type.instance_type] += sign * plan.current.total_count

    def _changed(self, plan: TrainingPlan, before: PlanStatus) -> None:
        """Follow a change of a plan's status."""
        self._index.move(plan.name, before, plan.status)
        if plan.status not in OPEN_STATUSES:
            self._count(plan, -1)

    # -- looking ---------------------------------------------------------------------------

    def describe(self, name_or_arn: str) -> TrainingPlan:
        """The plan of a name or ARN; one paid after so many describes comes nearer to it."""
        plan = self.find(name_or_arn) or self._plans.get(name_or_arn)
        if plan is None:
            raise UnknownTrainingPlan(name_or_arn)
        if plan.paid_by_describing is not None:
            plan.paid_by_describing.described()
        return plan

    def arn(self, resource_type: str, name: str) -> str:
        """The ARN that a name stands for; one that is an ARN itself stays."""
        return name if name.startswith("arn:") else f"{self._arn_prefix}{resource_type}/{name}"

    def arns_of_purchase(self, name: str, offering_id: str) -> list[str]:
        """The ARNs that buying an offering would make: the plan's, its reserved capacities'."""
        offering = self._offerings.get(offering_id)
        blocks = 1 if offering is None else len(offering.blocks)
        return [
            self.arn("training-plan", name),
            *(self.arn("reserved-capacity", f"{name}-rc{n}") for n in range(1, blocks + 1)),
        ]

    def find(self, arn: str) -> TrainingPlan | None:
        """The plan of an ARN, if there is one."""
        prefix = f"{self._arn_prefix}training-plan/"
        return self._plans.get(arn[len(prefix) :]) if arn.startswith(prefix) else None

    def named(self, arn: str) -> TrainingPlan:
        """The plan of an ARN that a request on something else names; raises NamedPlanNotFound."""
        plan = self.find(arn)
        if plan is None:
            raise NamedPlanNotFound(arn)
        return plan

    def by_arn(self, arn: str) -> TrainingPlan:
        """The plan of an ARN."""
        plan = self.find(arn)
        if plan is None:
            raise UnknownTrainingPlan(arn)
        return plan

    def plans(self) -> list[TrainingPlan]:
        """Every plan, in the order in which they were made."""
        return list(self._plans.values())

    def page(self, query: PlanQuery, after: Position | None, size: int) -> PlanPage:
        """A page of plans, of at most `size`, that follow a position."""
        found = self._index.page(query, after, size + 1)
        return PlanPage(
            [self._plans[name] for name, _ in found[:size]],
            found[size - 1][1] if len(found) > size else None,
        )

    def reserved_capacity(self, arn: str) -> ReservedCapacity:
        """The reserved capacity of an ARN."""
        try:
            return self._reserved_capacities[arn]
        except KeyError:
            raise UnknownReservedCapacity(arn) from None

    def taggable(self, arn: str) -> Taggable:
        """The plan or reserved capacity of an ARN."""
        return self.by_arn(arn) if ":training-plan/" in arn else self.reserved_capacity(arn)

    def taggables(self) -> list[Taggable]:
        """Every plan and reserved capacity, in the order in which they were made."""
        return [*self._plans.values(), *self._reserved_capacities.values()]
