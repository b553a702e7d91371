"""A training plan that was bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..kernel.events import Event
from ..kernel.pacing import Countdown
from ..kernel.tags import Taggable
from ..market.catalog import Target
from ..market.offerings import Offering
from .closings import Closings
from .listeners import PlanListener
from .reserved_capacity import ReservedCapacity
from .statuses import PlanStatus

WAITING_FOR_PAYMENT = "Waiting for payment."


class TrainingPlan(Taggable):
    """A plan that was bought, whatever has become of it."""

    __slots__ = (
        "closings",
        "compute_type",
        "count",
        "duration",
        "events",
        "listeners",
        "name",
        "paid_by_describing",
        "reserved_capacities",
        "status",
        "status_message",
        "target",
        "upfront_fee",
    )

    def __init__(
        self,
        arn: str,
        name: str,
        offering: Offering,
        reserved_capacities: Sequence[ReservedCapacity],
        closings: Closings,
    ) -> None:
        super().__init__(arn)
        self.name = name
        self.target: Target = offering.target
        self.compute_type = offering.compute_type
        self.count = offering.count
        self.duration = offering.duration
        self.upfront_fee = offering.upfront_fee
        self.reserved_capacities = reserved_capacities
        reserved_capacities[-1].is_last = True
        self.status = PlanStatus.PENDING
        self.status_message = WAITING_FOR_PAYMENT
        self.events: list[Event] = []
        self.paid_by_describing: Countdown | None = None
        # Who works on the plan's capacity, in the order in which they came.
        self.closings = closings
        self.listeners: list[PlanListener] = [closings]

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

    def open_capacity(self, now: datetime) -> ReservedCapacity | None:
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
