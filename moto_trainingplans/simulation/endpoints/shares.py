"""What the variants of endpoints have of a plan, while it has that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..context import Context
from ..plans.allocation import Allocation, allocate
from ..plans.listeners import Closing
from ..plans.plan import TrainingPlan
from ..plans.reserved_capacity import ReservedCapacity
from ..plans.usage import Holder


@dataclass(frozen=True)
class Demand:
    """What a variant of an endpoint wants of a plan."""

    variant: str
    plan_arn: str
    instance_type: str
    count: int
    # How long it waits for instances that others hold. source: model
    patience: timedelta = timedelta(0)


class Share:
    """What a variant has of a plan: as many instances as it wants, or as there are."""

    def __init__(
        self, plan: TrainingPlan, wanted: int, holder: Holder, patience: timedelta
    ) -> None:
        self.plan = plan
        self.holder = holder
        self.wanted = wanted
        self.patience = patience
        self.allocation: Allocation | None = None

    @property
    def held(self) -> int:
        """How many instances it has now."""
        return 0 if self.allocation is None else len(self.allocation.numbers)

    def fill(self, reserved: ReservedCapacity) -> None:
        """Take of a block that is open what is missing, as far as instances are free."""
        before = self.allocation
        if before is not None and before.numbers and before.reserved is not reserved:
            return
        missing = min(self.wanted - self.held, reserved.instances.available())
        more = allocate(self.plan.arn, reserved, missing, self.holder)
        if more is not None:
            own = before.numbers if before is not None and before.reserved is reserved else ()
            self.allocation = more.with_numbers(own + more.numbers)

    def is_in(self, reserved: ReservedCapacity) -> bool:
        """Whether it has its instances of a block."""
        return self.allocation is not None and self.allocation.reserved is reserved

    def lose(self, broken: Collection[int]) -> None:
        """Get other instances in place of broken ones, as far as there are any."""
        assert self.allocation is not None
        instances = self.allocation.reserved.instances
        whole = [number for number in self.allocation.numbers if number not in broken]
        lost = [number for number in self.allocation.numbers if number in broken]
        found = [instances.replace(number) for number in lost]
        self.allocation = self.allocation.with_numbers(
            whole + [number for number in found if number is not None]
        )

    def let_go(self) -> None:
        """Give back all instances."""
        if self.allocation is not None:
            self.allocation.release()
        self.allocation = None


class SharesOfPlan:
    """The shares that variants have of one plan, oldest first; listens to the plan.

    `freed` is called when instances may have become free by what befell the plan.
    """

    def __init__(self, context: Context, plan: TrainingPlan, freed: Callable[[], None]) -> None:
        self._context = context
        self._freed = freed
        self._plan = plan
        self._shares: list[Share] = []
        plan.listeners.append(self)

    def exchange(self, leaving: Sequence[Share], coming: Sequence[Share]) -> None:
        """Let those who come have what those who leave had, before anybody else."""
        for share in leaving:
            self._shares.remove(share)
            share.let_go()
        self._fill(coming)
        self._shares += coming
        self._fill(self._shares)

    def _fill(self, shares: Iterable[Share]) -> None:
        reserved = self._plan.open_capacity(self._context.now)
        if reserved is not None:
            for share in shares:
                share.fill(reserved)

    def block_opened(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """Take the instances that are wanted."""
        self._fill(self._shares)
        self._freed()

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:  # noqa: ARG002
        """Let go of a block's instances."""
        for share in self._shares:
            if share.is_in(reserved):
                share.let_go()
        # A block that meets the next one ends once that has begun.
        self._fill(self._shares)
        self._freed()

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """Nothing is left to do: the block has been closed."""

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Replace what has broken, as far as there are other instances."""
        broken = set(numbers)
        for share in self._shares:
            if share.is_in(reserved):
                share.lose(broken)

    def instances_repaired(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """Take the instances that are still wanted."""
        self._fill(self._shares)
        self._freed()
