"""What breaks in plans: single instances, and whole zones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..context import Context
from .listeners import Closing
from .plan import TrainingPlan
from .reserved_capacity import ReservedCapacity


class PlanFaults:
    """The faults of the plans of one account in one Region."""

    def __init__(self, context: Context, plans: Mapping[str, TrainingPlan]) -> None:
        self._context = context
        self._plans = plans

    def zone_went_down(self, zone: str) -> None:
        """A zone of the Region is down: nobody holds its instances any longer."""
        for plan, reserved in self._blocks_in(zone):
            was_open = reserved.is_open(self._context.now)
            reserved.zone_is_down = True
            if was_open:
                for listener in plan.listeners:
                    listener.block_closed(reserved, Closing.ZONE_DOWN)

    def zone_came_back(self, zone: str) -> None:
        """A zone of the Region is up again."""
        for plan, reserved in self._blocks_in(zone):
            reserved.zone_is_down = False
            if reserved.is_open(self._context.now):
                plan.announce_opening(reserved)

    def _blocks_in(self, zone: str) -> list[tuple[TrainingPlan, ReservedCapacity]]:
        return [
            (plan, reserved)
            for plan in self._plans.values()
            for reserved in plan.reserved_capacities
            if reserved.block.zone == zone and not reserved.is_over
        ]

    def instances_of(self, resource: str) -> list[tuple[TrainingPlan, ReservedCapacity, range]]:
        """The instances of each block of a plan's ARN, or of an UltraServer's id."""
        return [
            (plan, reserved, numbers)
            for plan in self._plans.values()
            for reserved in plan.reserved_capacities
            for numbers in reserved.instances_of(plan.arn, resource)
        ]

    def break_instances(
        self, plan: TrainingPlan, reserved: ReservedCapacity, numbers: Collection[int]
    ) -> None:
        """Instances of a running block break, lowest first."""
        for number in sorted(numbers):
            reserved.instances.break_(number)
        for listener in plan.listeners:
            listener.instances_broken(reserved, sorted(numbers))

    def repair_instances(
        self, plan: TrainingPlan, reserved: ReservedCapacity, numbers: Collection[int]
    ) -> None:
        """Broken instances of a block are whole again."""
        for number in sorted(numbers):
            reserved.instances.repair(number)
        for listener in plan.listeners:
            listener.instances_repaired(reserved)
