"""Training plans: how they are bought and paid for, and what time makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from .blocks import CUT_OFF, Block
from .capacity import Inventory, Pool
from .catalog import ComputeType, Target
from .context import Context
from .errors import (
    QuotaExceeded,
    ReservedCapacityQuotaTooSmall,
    TooManySpares,
    TrainingPlanNameTaken,
    UnknownOffering,
    UnknownReservedCapacity,
    UnknownTrainingPlan,
)
from .events import Event
from .extensions import Extension, TrainingPlanExtensions
from .instances import Instances
from .offerings import Offering, OfferingRequest, find_offerings, requested_days, requested_units
from .payments import PAYMENT_DEADLINE, PaidByDescribing
from .plan_index import PlanIndex, PlanQuery, Position
from .plan_listeners import Closing, PlanListener
from .quotas import PLANS
from .statuses import NEXT_STATUSES, OPEN_STATUSES, PlanStatus
from .tags import Taggable

DEFAULT_SPARES = 1  # of each UltraServer. source: M

PAID = "Payment confirmed, training plan scheduled."  # source: G
TOO_LATE = "Payment was not completed 5 minutes before the start of the training plan."
WAITING_FOR_PAYMENT = "Waiting for payment."


@dataclass(frozen=True)
class UltraServer:
    """One UltraServer of a block; `number` is its place among the block's."""

    ultra_server_id: str
    number: int


class ReservedCapacity(Taggable):
    """One block of a plan, with its own status and its own instances."""

    def __init__(
        self,
        arn: str,
        block: Block,
        compute_type: ComputeType,
        count: int,
        instances: Instances,
        ultra_servers: Sequence[UltraServer],
        zone_id: str,
        target: Target,
    ) -> None:
        super().__init__(arn)
        self.block = block
        self.target = target
        self.zone_id = zone_id
        self.compute_type = compute_type
        self.count = count
        self.instances = instances
        self.ultra_servers = ultra_servers
        self.status = PlanStatus.PENDING
        self.closing_events: tuple[Event, ...] = ()
        self.zone_is_down = False

    @property
    def total_count(self) -> int:
        """All instances of the block."""
        return self.instances.total

    @property
    def cut_off(self) -> datetime:
        """When the block's instances are taken away from all workloads."""
        return self.block.end - CUT_OFF[self.target]

    def is_open(self, now: datetime) -> bool:
        """Whether instances can be taken: it runs, its cut-off is to come, its zone is up."""
        return self.status is PlanStatus.ACTIVE and now < self.cut_off and not self.zone_is_down

    @property
    def is_over(self) -> bool:
        """Whether the block has ended, or failed."""
        return self.status not in OPEN_STATUSES

    def instances_of(self, plan_arn: str, resource: str) -> list[range]:
        """The numbers of its instances that a resource has: its plan, or an UltraServer."""
        if resource == plan_arn:
            return [range(self.instances.total)]
        return [
            self.instances.of_server(server.number)
            for server in self.ultra_servers
            if server.ultra_server_id == resource
        ]

    def available_count(self, server: int | None = None) -> int:
        """Instances that a workload could have, of one UltraServer or of all; 0 once it is over."""
        return 0 if self.is_over else self.instances.available(server)

    def spare_count(self, server: int | None = None) -> int:
        """Instances kept to stand in for ones that break; 0 once it is over."""
        return 0 if self.is_over else self.instances.spares(server)

    def unhealthy_count(self, server: int | None = None) -> int:
        """Broken instances, of one UltraServer or of all; 0 once it is over."""
        return 0 if self.is_over else self.instances.unhealthy(server)


class TrainingPlan(Taggable):
    """A plan that was bought, whatever has become of it."""

    def __init__(
        self,
        arn: str,
        name: str,
        offering: Offering,
        reserved_capacities: Sequence[ReservedCapacity],
    ) -> None:
        super().__init__(arn)
        self.name = name
        self.target: Target = offering.target
        self.compute_type = offering.compute_type
        self.count = offering.count
        self.duration = offering.duration
        self.upfront_fee = offering.upfront_fee
        self.reserved_capacities = reserved_capacities
        self.status = PlanStatus.PENDING
        self.status_message = WAITING_FOR_PAYMENT
        self.events: list[Event] = []
        self.paid_by_describing: PaidByDescribing | None = None
        self.extensions: list[Extension] = []
        # Who works on the plan's capacity, in the order in which they came.
        self.listeners: list[PlanListener] = []

    @property
    def start(self) -> datetime:
        """When the first block starts."""
        return self.reserved_capacities[0].block.start

    @property
    def end(self) -> datetime:
        """When the last block ends."""
        return self.reserved_capacities[-1].block.end

    @property
    def current(self) -> ReservedCapacity:
        """The block that runs or will run next, the last one once all are over."""
        for reserved_capacity in self.reserved_capacities:
            if not reserved_capacity.is_over:
                return reserved_capacity
        return self.reserved_capacities[-1]

    @property
    def last_cut_off(self) -> datetime:
        """When the last instances are taken away."""
        return self.reserved_capacities[-1].cut_off

    def open_block(self, now: datetime) -> ReservedCapacity | None:
        """The block whose instances can be taken now."""
        for reserved_capacity in self.reserved_capacities:
            if reserved_capacity.is_open(now):
                return reserved_capacity
        return None

    def has_block_after(self, reserved_capacity: ReservedCapacity) -> bool:
        """Whether another block follows one."""
        return reserved_capacity is not self.reserved_capacities[-1]


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

    def __init__(
        self, context: Context, inventory: Inventory, account: str, region: str, partition: str
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._account = account
        self._region = region
        self._arn_prefix = f"arn:{partition}:sagemaker:{region}:{account}:"
        self._offerings: dict[str, Offering] = {}
        self._offerings_at_last_sweep = 0
        self._plans: dict[str, TrainingPlan] = {}
        self._reserved_capacities: dict[str, ReservedCapacity] = {}
        self._index = PlanIndex()
        # Against the quotas: plans that are open, and the instances of each type they hold.
        self._open_plans = 0
        self._reserved: Counter[str] = Counter()
        self.extensions = TrainingPlanExtensions(context, self)

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
            account=self._account,
            region=self._region,
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

    def _reserved_capacity_use(self, instance_type: str) -> tuple[int, int]:
        """How many instances of a type are reserved, and how many may be."""
        quotas = self._context.quotas
        quota = quotas.reserved_capacity(instance_type)
        return self._reserved[instance_type], quotas.limit(quota, self._account, self._region)

    # -- buying ----------------------------------------------------------------------------

    def create(
        self, name: str, offering_id: str, spares: int | None, tags: Mapping[str, str]
    ) -> TrainingPlan:
        """Buy an offering.

        `spares` are for each UltraServer. Where the capacity has gone meanwhile, the plan is
        made all the same and is Failed.
        """
        offering = self._offerings.get(offering_id)
        # An offering is gone once its first block has begun. source: C
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
        self._reserve(plan)
        return plan

    def _check_quotas(self, offering: Offering) -> None:
        quotas = self._context.quotas
        plans_allowed = quotas.limit(PLANS, self._account, self._region)
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
            f"{self._arn_prefix}training-plan/{name}",
            name,
            offering,
            tuple(
                self._make_reserved_capacity(
                    f"{self._arn_prefix}reserved-capacity/{name}-rc{number}",
                    block,
                    offering,
                    spares,
                )
                for number, block in enumerate(offering.blocks, start=1)
            ),
        )

    def _make_reserved_capacity(
        self, arn: str, block: Block, offering: Offering, spares: int
    ) -> ReservedCapacity:
        compute_type = offering.compute_type
        instances = Instances(
            offering.instance_count,
            compute_type.instances,
            spares if compute_type.is_ultra_server else 0,
        )
        # source: C, AWS does not say what the ids look like
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

    def _reserve(self, plan: TrainingPlan) -> None:
        """Take the plan's capacity, or fail the plan if somebody else has it. source: C"""
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            if self.pool(plan, block.zone).free(block.start, block.end) < plan.count:
                self._fail(
                    plan,
                    f"Insufficient capacity: {plan.count} x {plan.compute_type.name} are no longer "
                    f"available in {block.zone} from {block.start.isoformat()}.",
                )
                return
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            self.pool(plan, block.zone).reserve(plan.count, block.start, block.end)
        self._bill(plan)

    def pool(self, plan: TrainingPlan, zone: str) -> Pool:
        """What a zone has of what a plan consists of."""
        return self._inventory.pool(zone, plan.compute_type, plan.target)

    # -- paying ----------------------------------------------------------------------------

    def _bill(self, plan: TrainingPlan) -> None:
        """Send the invoice, and await the payment until the deadline."""
        context = self._context
        self.note(plan, f"Invoice of {plan.upfront_fee} USD issued.")
        payment = context.payments.next()
        deadline = plan.start - PAYMENT_DEADLINE
        settle = partial(self._settle, plan, payment.failure)
        if payment.delay is None:
            plan.paid_by_describing = PaidByDescribing(payment.describes, settle)
        elif payment.delay <= deadline - context.now:
            # That very instant is still in time. source: G
            self._at(plan, context.now + payment.delay, settle)
            return
        self._at(plan, deadline, partial(self._fail_unpaid, plan))

    def _at(self, plan: TrainingPlan, due: datetime, action: partial[None]) -> None:
        """Do something at a time, at once if that is the present or past."""
        if due <= self._context.now:
            action()
        else:
            plan.events.append(self._context.events.schedule(due, action))

    def _settle(self, plan: TrainingPlan, failure: str | None) -> None:
        """The payment goes through, or is declined."""
        self._drop_events(plan)
        if failure is not None:
            self._give_back(plan)
            self._fail(plan, failure)
            return
        self.note(plan, f"Payment of {plan.upfront_fee} USD received.")
        self._change(plan, PlanStatus.SCHEDULED, PAID)
        # Starts come first, so that of two blocks that meet the second has begun when the
        # first ends, and the plan stays Active.
        for number, reserved_capacity in enumerate(plan.reserved_capacities):
            self._change_block(reserved_capacity, PlanStatus.SCHEDULED, PAID)
            self._at(plan, reserved_capacity.block.start, partial(self._start_block, plan, number))
        for number in range(len(plan.reserved_capacities)):
            self._schedule_end(plan, number)

    def _fail_unpaid(self, plan: TrainingPlan) -> None:
        self._drop_events(plan)
        self._give_back(plan)
        self._fail(plan, TOO_LATE)

    def _drop_events(self, plan: TrainingPlan) -> None:
        plan.paid_by_describing = None
        for event in plan.events:
            event.cancel()
        plan.events.clear()

    def _give_back(self, plan: TrainingPlan) -> None:
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            self.pool(plan, block.zone).give_back(plan.count, block.start, block.end)

    def _fail(self, plan: TrainingPlan, message: str) -> None:
        self._change(plan, PlanStatus.FAILED, message)
        for reserved_capacity in plan.reserved_capacities:
            self._change_block(reserved_capacity, PlanStatus.FAILED, message)

    # -- running ---------------------------------------------------------------------------

    def _start_block(self, plan: TrainingPlan, number: int) -> None:
        reason = "Reserved capacity block started."
        self._change_block(plan.reserved_capacities[number], PlanStatus.ACTIVE, reason)
        if plan.status is not PlanStatus.ACTIVE:
            self._change(plan, PlanStatus.ACTIVE, reason)
        self._announce_opening(plan, plan.reserved_capacities[number])

    @staticmethod
    def _announce_opening(plan: TrainingPlan, block: ReservedCapacity) -> None:
        for listener in plan.listeners:
            listener.block_opened(block)

    @staticmethod
    def _cut_off(plan: TrainingPlan, block: ReservedCapacity) -> None:
        """Take a block's instances away."""
        for listener in plan.listeners:
            listener.block_closed(block, Closing.CUT_OFF)

    def lengthen(self, plan: TrainingPlan, end: datetime) -> None:
        """Let a plan's last block run until a later end. The capacity must have been taken."""
        last = plan.reserved_capacities[-1]
        was_open = last.is_open(self._context.now)
        plan.duration += end - last.block.end
        last.block = replace(last.block, end=end)
        self._schedule_end(plan, len(plan.reserved_capacities) - 1)
        if last.is_open(self._context.now) and not was_open:
            self._announce_opening(plan, last)

    def _schedule_end(self, plan: TrainingPlan, number: int) -> None:
        """Have a block's cut-off and end when they should be, not when they should have been."""
        block = plan.reserved_capacities[number]
        for event in block.closing_events:
            event.cancel()
        schedule = self._context.events.schedule
        block.closing_events = (
            schedule(block.cut_off, partial(self._cut_off, plan, block)),
            schedule(block.block.end, partial(self._end_block, plan, number)),
        )

    def _end_block(self, plan: TrainingPlan, number: int) -> None:
        reason = "Reserved capacity block ended."
        self._change_block(plan.reserved_capacities[number], PlanStatus.EXPIRED, reason)
        following = plan.current.status
        if following is PlanStatus.EXPIRED:
            self._change(plan, PlanStatus.EXPIRED, "The last reserved capacity block ended.")
        elif following is PlanStatus.SCHEDULED:
            self._change(plan, PlanStatus.SCHEDULED, reason)
        for listener in plan.listeners:
            listener.block_ended(plan.reserved_capacities[number])

    # -- faults ----------------------------------------------------------------------------

    def zone_went_down(self, zone: str) -> None:
        """A zone of the Region is down: nobody holds its instances any longer."""
        for plan, block in self._blocks_in(zone):
            was_open = block.is_open(self._context.now)
            block.zone_is_down = True
            if was_open:
                for listener in plan.listeners:
                    listener.block_closed(block, Closing.ZONE_DOWN)

    def zone_came_back(self, zone: str) -> None:
        """A zone of the Region is up again."""
        for plan, block in self._blocks_in(zone):
            block.zone_is_down = False
            if block.is_open(self._context.now):
                self._announce_opening(plan, block)

    def _blocks_in(self, zone: str) -> list[tuple[TrainingPlan, ReservedCapacity]]:
        return [
            (plan, block)
            for plan in self._plans.values()
            for block in plan.reserved_capacities
            if block.block.zone == zone and not block.is_over
        ]

    def instances_of(self, resource: str) -> list[tuple[TrainingPlan, ReservedCapacity, range]]:
        """The instances of each block of a plan's ARN, or of an UltraServer's id."""
        return [
            (plan, block, numbers)
            for plan in self._plans.values()
            for block in plan.reserved_capacities
            for numbers in block.instances_of(plan.arn, resource)
        ]

    def break_instances(
        self, plan: TrainingPlan, block: ReservedCapacity, numbers: Collection[int]
    ) -> None:
        """Instances of a running block break, lowest first."""
        for number in sorted(numbers):
            block.instances.break_(number)
        for listener in plan.listeners:
            listener.instances_broken(block, sorted(numbers))

    def repair_instances(
        self, plan: TrainingPlan, block: ReservedCapacity, numbers: Collection[int]
    ) -> None:
        """Broken instances of a block are whole again."""
        for number in sorted(numbers):
            block.instances.repair(number)
        for listener in plan.listeners:
            listener.instances_repaired(block)

    def _change(self, plan: TrainingPlan, status: PlanStatus, message: str) -> None:
        """Change a plan's status, and all that follows its status."""
        before = plan.status
        if status not in NEXT_STATUSES[before]:
            raise RuntimeError(f"{plan.arn} cannot go from {before.value} to {status.value}")
        if status not in OPEN_STATUSES:
            self._count(plan, -1)
        plan.status, plan.status_message = status, message
        self._index.move(plan.name, before, status)
        self._context.record(plan.arn, before.value, status.value, message)

    def _change_block(
        self, reserved_capacity: ReservedCapacity, status: PlanStatus, reason: str
    ) -> None:
        before = reserved_capacity.status
        if status not in NEXT_STATUSES[before]:
            raise RuntimeError(
                f"{reserved_capacity.arn} cannot go from {before.value} to {status.value}"
            )
        reserved_capacity.status = status
        self._context.record(reserved_capacity.arn, before.value, status.value, reason)

    def note(self, plan: TrainingPlan, reason: str) -> None:
        """Put something into a plan's history that does not change its status."""
        self._context.record(plan.arn, plan.status.value, plan.status.value, reason)

    # -- looking ---------------------------------------------------------------------------

    def describe(self, name_or_arn: str) -> TrainingPlan:
        """The plan of a name or ARN; one paid after so many describes comes nearer to it."""
        plan = self.find(name_or_arn) or self._plans.get(name_or_arn)
        if plan is None:
            raise UnknownTrainingPlan(name_or_arn)
        if plan.paid_by_describing is not None:
            plan.paid_by_describing.remaining -= 1
            if plan.paid_by_describing.remaining <= 0:
                plan.paid_by_describing.settle()
        return plan

    def find(self, arn: str) -> TrainingPlan | None:
        """The plan of an ARN, if there is one."""
        prefix = f"{self._arn_prefix}training-plan/"
        return self._plans.get(arn[len(prefix) :]) if arn.startswith(prefix) else None

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
        if arn.startswith(f"{self._arn_prefix}training-plan/"):
            plan = self.find(arn)
            if plan is None:
                raise UnknownTrainingPlan(arn)
            return plan
        return self.reserved_capacity(arn)

    def taggables(self) -> list[Taggable]:
        """Every plan and reserved capacity, in the order in which they were made."""
        return [*self._plans.values(), *self._reserved_capacities.values()]
