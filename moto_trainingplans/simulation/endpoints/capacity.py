"""What the endpoints of an account and Region hold of the instances of plans.

Endpoints themselves are not of the simulation: here they are names, and their variants are
what wants instances.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..context import Context
from ..market.catalog import Target
from ..plans.allocation import Allocation, allocate
from ..plans.eligibility import Workload, check_eligible
from ..plans.listeners import Closing
from ..plans.plan import TrainingPlan
from ..plans.registry import TrainingPlanRegistry
from ..plans.reserved_capacity import ReservedCapacity
from ..plans.statuses import PlanStatus
from ..plans.usage import Holder
from .errors import InsufficientCapacity, SeveralPlans, TooFewReserved

# source: documented
RESERVATION_EXPIRED = (
    "Endpoint capacity reservation has expired. Please update endpoint configuration."
)
# While the plan runs: its zone is down, its instances are broken, or none is wanted. source: choice
NO_INSTANCES = "Endpoint has no instances in its capacity reservation."


@dataclass(frozen=True)
class Demand:
    """What a variant of an endpoint wants of a plan."""

    variant: str
    plan_arn: str
    instance_type: str
    count: int


class Share:
    """What a variant has of a plan: as many instances as it wants, or as there are."""

    def __init__(self, plan: TrainingPlan, wanted: int, holder: Holder) -> None:
        self.plan = plan
        self.holder = holder
        self.wanted = wanted
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
    """The shares that variants have of one plan, oldest first; listens to the plan."""

    def __init__(self, context: Context, plan: TrainingPlan) -> None:
        self._context = context
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

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:  # noqa: ARG002
        """Let go of a block's instances."""
        for share in self._shares:
            if share.is_in(reserved):
                share.let_go()
        # A block that meets the next one ends once that has begun.
        self._fill(self._shares)

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


class EndpointCapacity:
    """Checks what endpoints want of plans, and holds it for them."""

    def __init__(self, context: Context, plans: TrainingPlanRegistry) -> None:
        self._context = context
        self._plans = plans
        self._of_endpoint: dict[str, dict[str, Share]] = {}
        self._of_plan: dict[str, SharesOfPlan] = {}

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self._context.now

    def check(self, demands: Sequence[Demand]) -> None:
        """Raise a ServiceError where plans cannot give what is wanted of them.

        source: documented
        """
        counts = _together(demands)
        for demand in demands:
            if demand.plan_arn != demands[0].plan_arn:
                raise SeveralPlans(demands[0].plan_arn, demand.plan_arn)
            workload = Workload(Target.ENDPOINT, (demand.instance_type,), counts[demand.plan_arn])
            check_eligible(self._plans.named(demand.plan_arn), workload, self.now, _too_few)

    def deploy(self, endpoint: str, demands: Sequence[Demand]) -> None:
        """Hold what the variants of an endpoint want, instead of what it holds.

        Raises a ServiceError where the plans are not such that they could give it, and
        InsufficientCapacity where others hold what they have; then nothing has changed.
        """
        self.check(demands)
        before = list(self._of_endpoint.get(endpoint, {}).values())
        for plan_arn, count in _together(demands).items():
            reserved = self._plans.by_arn(plan_arn).open_capacity(self._context.now)
            available = 0
            if reserved is not None:
                own = sum(share.held for share in before if share.is_in(reserved))
                available = reserved.instances.available() + own
            if count > available:
                raise InsufficientCapacity(plan_arn, count, available)
        self._hold(endpoint, {demand: demand.count for demand in demands})

    def fail(self, endpoint: str, demands: Iterable[Demand]) -> None:
        """Know what an endpoint wanted that could not be had: it never gets any of it."""
        self._hold(endpoint, dict.fromkeys(demands, 0))

    def _hold(self, endpoint: str, counts: Mapping[Demand, int]) -> None:
        arn = self._plans.arn("endpoint", endpoint)
        before = list(self._of_endpoint.get(endpoint, {}).values())
        after = {
            demand.variant: Share(
                self._plans.by_arn(demand.plan_arn),
                count,
                Holder("endpoint", arn, endpoint, demand.variant, {}),
            )
            for demand, count in counts.items()
        }
        self._exchange(before, list(after.values()))
        self._of_endpoint[endpoint] = after

    def withdraw(self, endpoint: str) -> None:
        """Give back all that an endpoint holds."""
        self._exchange(list(self._of_endpoint.pop(endpoint, {}).values()), [])

    def _exchange(self, leaving: Sequence[Share], coming: Sequence[Share]) -> None:
        for plan in {share.plan.arn: share.plan for share in (*leaving, *coming)}.values():
            if plan.arn not in self._of_plan:
                self._of_plan[plan.arn] = SharesOfPlan(self._context, plan)
            self._of_plan[plan.arn].exchange(
                [share for share in leaving if share.plan is plan],
                [share for share in coming if share.plan is plan],
            )

    def shares(self, endpoint: str) -> Mapping[str, Share]:
        """What the variants of an endpoint that are on plans have, by the variants' names."""
        return self._of_endpoint.get(endpoint, {})

    def failure(self, endpoint: str, variants: Iterable[str]) -> str | None:
        """Why none of these variants of an endpoint can answer; None if one can.

        One that is not on a plan always can.
        """
        shares = self.shares(endpoint)
        asked = [shares.get(variant) for variant in variants]
        on_plans = [share for share in asked if share is not None]
        if not on_plans or len(on_plans) < len(asked) or any(share.held for share in on_plans):
            return None
        runs = all(share.plan.status is PlanStatus.ACTIVE for share in on_plans)
        return NO_INSTANCES if runs else RESERVATION_EXPIRED


def _too_few(_plan_arn: str, count: int, reserved: int) -> TooFewReserved:
    return TooFewReserved(count, reserved)


def _together(demands: Iterable[Demand]) -> dict[str, int]:
    """How many instances are wanted of each plan."""
    counts: dict[str, int] = {}
    for demand in demands:
        counts[demand.plan_arn] = counts.get(demand.plan_arn, 0) + demand.count
    return counts
