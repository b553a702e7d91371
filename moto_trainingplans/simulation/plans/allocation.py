"""The instances of a plan that a workload holds: one shape for jobs, nodes, endpoints and apps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from .reserved_capacity import ReservedCapacity, UltraServer
from .usage import Holder


@dataclass(slots=True, unsafe_hash=True)  # not frozen: made twice as fast, and nobody changes one
class Allocation:
    """Instances of one reserved capacity, by their numbers there, and the plan's ARN.

    Whoever makes one has taken the instances for `holder`, which the block's log of use is told.
    """

    plan_arn: str
    reserved: ReservedCapacity
    numbers: tuple[int, ...]
    holder: Holder

    def __post_init__(self) -> None:
        self.reserved.instances.usage.change(self.numbers, self.holder)

    @property
    def number(self) -> int:
        """The number of its only instance."""
        (number,) = self.numbers
        return number

    @property
    def server(self) -> int:
        """The number of the UltraServer that its only instance is in."""
        return self.number // self.reserved.instances.per_server

    @property
    def ultra_server(self) -> UltraServer | None:
        """The UltraServer that its only instance is in; None where the plan has none."""
        servers = self.reserved.ultra_servers
        return servers[self.server] if servers else None

    def with_numbers(self, numbers: Collection[int]) -> Allocation:
        """The same capacity with other instances, which have been taken for it."""
        return replace(self, numbers=tuple(numbers))

    def passed_to(self, holder: Holder) -> Allocation:
        """The same instances, which another workload has from now on."""
        return replace(self, holder=holder)

    def release(self) -> None:
        """Give the instances back; broken ones stay broken."""
        self.reserved.instances.release(self.numbers)


def allocate(
    plan_arn: str, reserved: ReservedCapacity, count: int, holder: Holder
) -> Allocation | None:
    """The lowest free instances of a reserved capacity; None, and none taken, if too few are."""
    numbers = reserved.instances.take(count)
    return None if numbers is None else Allocation(plan_arn, reserved, tuple(numbers), holder)
