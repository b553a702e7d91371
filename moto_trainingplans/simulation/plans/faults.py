"""What breaks in plans: single instances, and whole zones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..context import Context
from .listeners import Closing
from .plan import ReservedCapacity, TrainingPlan


class PlanFaults:
    """The faults of the plans of one account in one Region."""

    def __init__(self, context: Context, plans: Mapping[str, TrainingPlan]) -> None:
        self._context = context
        self._plans = plans

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
                plan.announce_opening(block)

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
