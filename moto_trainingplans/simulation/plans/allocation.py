"""The instances of a plan that a workload holds: one shape for jobs, nodes, endpoints and apps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from .reserved_capacity import ReservedCapacity, UltraServer
from .usage import Holder


@dataclass(slots=True, unsafe_hash=True)  # not frozen: made twice as fast, and nobody changes one
class Allocation:
    """Instances of one reserved capacity, by their numbers there, and the plan's ARN.

    They have been taken for `holder`, and the block's log of use has been told: see `assign`.
    """

    plan_arn: str
    reserved: ReservedCapacity
    numbers: tuple[int, ...]
    holder: Holder

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
        return assign(self.plan_arn, self.reserved, tuple(numbers), self.holder)

    def passed_to(self, holder: Holder) -> Allocation:
        """The same instances, which another workload has from now on."""
        return assign(self.plan_arn, self.reserved, self.numbers, holder)

    def release(self) -> None:
        """Give the instances back; broken ones stay broken."""
        self.reserved.instances.release(self.numbers)


def assign(
    plan_arn: str, reserved: ReservedCapacity, numbers: tuple[int, ...], holder: Holder
) -> Allocation:
    """Instances that have been taken are a holder's from now on."""
    reserved.instances.usage.change(numbers, holder)
    return Allocation(plan_arn, reserved, numbers, holder)


def assign_each(
    plan_arn: str, reserved: ReservedCapacity, numbers: Collection[int], holder: Holder
) -> list[Allocation]:
    """As `assign`, with an allocation for each of the instances."""
    reserved.instances.usage.change(numbers, holder)
    return [Allocation(plan_arn, reserved, _only(number), holder) for number in numbers]


@lru_cache(maxsize=1024)
def _only(number: int) -> tuple[int]:
    """The one instance of very many allocations, kept once."""
    return (number,)


def allocate(
    plan_arn: str, reserved: ReservedCapacity, count: int, holder: Holder
) -> Allocation | None:
    """The lowest free instances of a reserved capacity; None, and none taken, if too few are."""
    numbers = reserved.instances.take(count)
    return None if numbers is None else assign(plan_arn, reserved, tuple(numbers), holder)
