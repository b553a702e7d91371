"""What the endpoints of an account and Region hold of the instances of plans.

Endpoints themselves are not of the simulation: here they are names, and their variants are
what wants instances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ..context import Context
from ..kernel.errors import ServiceError
from ..kernel.events import Event
from ..market.catalog import Target
from ..plans.eligibility import Workload, check_eligible
from ..plans.registry import TrainingPlanRegistry
from ..plans.statuses import PlanStatus
from ..plans.usage import Holder
from .errors import InsufficientCapacity, SeveralPlans, TooFewReserved
from .shares import Demand, Share, SharesOfPlan

# source: documented
RESERVATION_EXPIRED = (
    "Endpoint capacity reservation has expired. Please update endpoint configuration."
)
# While the plan runs: its zone is down, its instances are broken, or none is wanted. source: choice
NO_INSTANCES = "Endpoint has no instances in its capacity reservation."


@dataclass(eq=False)
class Waiting:
    """A deployment that waits for instances, and what is to be done once it has them."""

    demands: Sequence[Demand]
    deployed: Callable[[], None]
    end: Event


class EndpointCapacity:
    """Checks what endpoints want of plans, and holds it for them."""

    def __init__(self, context: Context, plans: TrainingPlanRegistry) -> None:
        self._context = context
        self._plans = plans
        self._of_endpoint: dict[str, dict[str, Share]] = {}
        self._tags: dict[str, Mapping[str, str]] = {}
        self._of_plan: dict[str, SharesOfPlan] = {}
        self._waiting: dict[str, Waiting] = {}

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
        shortage = self._shortage(endpoint, demands)
        if shortage is not None:
            raise shortage
        self._hold(endpoint, {demand: demand.count for demand in demands})
        self._serve_waiting()

    def _shortage(self, endpoint: str, demands: Sequence[Demand]) -> InsufficientCapacity | None:
        """What is missing for what the variants of an endpoint want now."""
        before = self._of_endpoint.get(endpoint, {}).values()
        for plan_arn, count in _together(demands).items():
            reserved = self._plans.by_arn(plan_arn).open_capacity(self._context.now)
            available = 0
            if reserved is not None:
                own = sum(share.held for share in before if share.is_in(reserved))
                available = reserved.instances.available() + own
            if count > available:
                return InsufficientCapacity(
                    plan_arn, count, available, _patience(demands, plan_arn, available)
                )
        return None

    def expect_nothing(self, endpoint: str, demands: Iterable[Demand]) -> None:
        """Know what an endpoint wants and does not get: it holds nothing, and takes nothing."""
        self._hold(endpoint, dict.fromkeys(demands, 0))

    def wait(
        self,
        endpoint: str,
        demands: Sequence[Demand],
        patience: timedelta,
        deployed: Callable[[], None],
        given_up: Callable[[str], None],
    ) -> None:
        """Deploy as soon as others have let go of enough, the first who waits first.

        After `patience` without, `given_up` is told why. source: model
        """
        give_up = partial(self._give_up, endpoint, given_up)
        end = self._context.events.schedule(self.now + patience, give_up)
        self._waiting[endpoint] = Waiting(demands, deployed, end)

    def _give_up(self, endpoint: str, given_up: Callable[[str], None]) -> None:
        waiting = self._waiting.pop(endpoint)
        given_up(str(self._shortage(endpoint, waiting.demands)))

    def _serve_waiting(self) -> None:
        for endpoint, waiting in list(self._waiting.items()):
            if endpoint in self._waiting and self._could_have(endpoint, waiting.demands):
                del self._waiting[endpoint]
                waiting.end.cancel()
                self._hold(endpoint, {demand: demand.count for demand in waiting.demands})
                waiting.deployed()

    def _could_have(self, endpoint: str, demands: Sequence[Demand]) -> bool:
        try:
            self.check(demands)
        except ServiceError:
            return False
        return self._shortage(endpoint, demands) is None

    def _hold(self, endpoint: str, counts: Mapping[Demand, int]) -> None:
        arn = self._plans.arn("endpoint", endpoint)
        before = list(self._of_endpoint.get(endpoint, {}).values())
        after = {
            demand.variant: Share(
                self._plans.by_arn(demand.plan_arn),
                count,
                Holder("endpoint", arn, endpoint, demand.variant, self._tags.get(endpoint, {})),
                demand.patience,
            )
            for demand, count in counts.items()
        }
        self._exchange(before, list(after.values()))
        self._of_endpoint[endpoint] = after

    def tagged(self, endpoint: str, tags: Mapping[str, str]) -> None:
        """By which tags, as they are when somebody looks, an endpoint's use of plans is told."""
        self._tags[endpoint] = tags

    def withdraw(self, endpoint: str) -> None:
        """Give back all that an endpoint holds, and wait for nothing more."""
        self._tags.pop(endpoint, None)
        waiting = self._waiting.pop(endpoint, None)
        if waiting is not None:
            waiting.end.cancel()
        self._exchange(list(self._of_endpoint.pop(endpoint, {}).values()), [])
        self._serve_waiting()

    def _exchange(self, leaving: Sequence[Share], coming: Sequence[Share]) -> None:
        for plan in {share.plan.arn: share.plan for share in (*leaving, *coming)}.values():
            if plan.arn not in self._of_plan:
                self._of_plan[plan.arn] = SharesOfPlan(self._context, plan, self._serve_waiting)
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


def _patience(demands: Iterable[Demand], plan_arn: str, available: int) -> timedelta:
    """How long those can wait, together, who would get too few of what is available."""
    lacking = []
    for demand in demands:
        if demand.plan_arn == plan_arn:
            if demand.count > available:
                lacking.append(demand.patience)
            available = max(0, available - demand.count)
    return min(lacking)
