"""A training plan that was bought, and the blocks of reserved capacity that it consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..kernel.events import Event
from ..kernel.tags import Taggable
from ..market.blocks import CUT_OFF, Block
from ..market.catalog import ComputeType, Target
from ..market.offerings import Offering
from ..orders.payments import PaidByDescribing
from .instances import Instances
from .listeners import PlanListener
from .statuses import OPEN_STATUSES, PlanStatus

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

    def announce_opening(self, reserved_capacity: ReservedCapacity) -> None:
        """Tell who works on the plan that the instances of a block can be had."""
        for listener in self.listeners:
            listener.block_opened(reserved_capacity)
