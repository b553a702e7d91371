"""Extensions of training plans: which can be bought, how they are paid, what they lengthen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from hashlib import sha256
from math import ceil

from ..context import Context
from ..kernel.events import Event
from ..kernel.pacing import Countdown
from ..market.blocks import DAY, price
from ..market.offerings import SearchRequest, check_search_window
from ..orders.payments import PAYMENT_DEADLINE
from .errors import (
    ExtensionAwaitsPayment,
    ExtensionOutOfTime,
    ExtensionTooLong,
    NoPlanToExtend,
    NotAsThePlan,
    NotExtendable,
    NotOpenForExtension,
    UnknownExtensionOffering,
)
from .plan import TrainingPlan
from .registry import TrainingPlanRegistry
from .statuses import NEXT_STATUSES, PlanStatus

# The days by which a plan can be extended at once. source: documented
STEPS = (*range(1, 15), *range(21, 183, 7))
# How soon at the earliest, and how late, a plan that is extended expires. source: documented
SOONEST = timedelta(hours=1)
LATEST = timedelta(days=57)
EXTENDABLE = frozenset({PlanStatus.SCHEDULED, PlanStatus.ACTIVE})  # source: documented


class PaymentStatus(str, Enum):
    """How far the payment of an extension is."""

    PENDING = "Pending"
    COMPLETED = "Completed"
    FAILED = "Failed"


@dataclass(frozen=True, kw_only=True)
class ExtensionRequest(SearchRequest):
    """What a search for extensions of the plan `arn` asks for.

    All but the duration and the window has to be what the plan consists of.
    """

    arn: str


@dataclass(frozen=True)
class ExtensionOffering:
    """An extension that could be bought: the time it adds, and its price in USD."""

    offering_id: str
    zone: str
    zone_id: str
    start: datetime
    end: datetime
    upfront_fee: str

    @property
    def duration(self) -> timedelta:
        """By how much it lengthens the plan."""
        return self.end - self.start


class Extension:
    """An extension that was bought, whatever has become of it."""

    def __init__(self, offering: ExtensionOffering, extended_at: datetime) -> None:
        self.offering = offering
        self.extended_at = extended_at
        self.status = PlanStatus.PENDING
        self.payment_status = PaymentStatus.PENDING
        self.payment_event: Event | None = None


class TrainingPlanExtensions:
    """The extensions of the plans of one account in one Region, bought and on offer."""

    def __init__(self, context: Context, plans: TrainingPlanRegistry) -> None:
        self._context = context
        self._plans = plans
        self._bought: defaultdict[str, list[Extension]] = defaultdict(list)
        self._on_offer: dict[str, tuple[TrainingPlan, ExtensionOffering]] = {}

    # -- searching -------------------------------------------------------------------------

    def search(self, request: ExtensionRequest) -> list[ExtensionOffering]:
        """The extensions that fit a request, shortest first; none where the plan has none."""
        plan = self._plans.find(request.arn)
        if plan is None:
            raise NoPlanToExtend(request.arn)
        _check_like_plan(request, plan)
        check_search_window(request.start_after, request.end_before)
        days = _days_wanted(request.duration_hours)
        try:
            self._check_extendable(plan)
        except NotExtendable:
            return []
        if request.start_after is not None and plan.end < request.start_after:
            return []
        offerings = [
            self._offering(plan, each)
            for each in days
            if self._fits(plan, each, request.end_before)
        ]
        for offering in offerings:
            self._on_offer[offering.offering_id] = (plan, offering)
        return offerings

    def _check_extendable(self, plan: TrainingPlan) -> None:
        if plan.status not in EXTENDABLE:
            raise NotOpenForExtension(plan.arn, plan.status.value)
        if any(each.payment_status is PaymentStatus.PENDING for each in self._bought[plan.arn]):
            raise ExtensionAwaitsPayment(plan.arn)
        if (
            not SOONEST <= plan.end - self._context.now <= LATEST
        ):  # source: documented, both included C
            hours, days = SOONEST // timedelta(hours=1), LATEST // DAY
            raise ExtensionOutOfTime(plan.arn, plan.end, hours, days)

    def _fits(self, plan: TrainingPlan, days: int, end_before: datetime | None) -> bool:
        end = plan.end + days * DAY
        if end_before is not None and end > end_before:
            return False
        zone = plan.reserved_capacities[-1].block.zone
        return self._plans.lifecycle.pool(plan, zone).free(plan.end, end) >= plan.count

    def _offering(self, plan: TrainingPlan, days: int) -> ExtensionOffering:
        last = plan.reserved_capacities[-1]
        end = plan.end + days * DAY
        named = "|".join((plan.arn, plan.end.isoformat(), end.isoformat()))
        return ExtensionOffering(
            offering_id="tpeo-" + sha256(named.encode()).hexdigest(),
            zone=last.block.zone,
            zone_id=last.zone_id,
            start=plan.end,
            end=end,
            # At the rate of this search; the plan itself has paid for its cut-off. source: choice
            upfront_fee=price(self._plans.rate(plan.compute_type), plan.count, days * DAY),
        )

    # -- buying ----------------------------------------------------------------------------

    def extend(self, offering_id: str) -> list[Extension]:
        """Buy an extension, and give all of its plan's.

        Where the capacity has gone meanwhile, the extension is made all the same and is Failed.
        """
        plan, offering = self._on_offer.get(offering_id, (None, None))
        # One that starts where the plan used to end is no longer to be had. source: choice
        if plan is None or offering is None or offering.start != plan.end:
            raise UnknownExtensionOffering(offering_id)
        self._check_extendable(plan)
        del self._on_offer[offering_id]
        extension = Extension(offering, self._context.now)
        self._bought[plan.arn].append(extension)
        self._note(plan, extension, "bought")
        pool = self._plans.lifecycle.pool(plan, offering.zone)
        if pool.free(offering.start, offering.end) < plan.count:
            self._fail(plan, extension, f"no capacity left in {offering.zone}")
        else:
            pool.reserve(plan.count, offering.start, offering.end)
            self._bill(plan, extension)
        return self._bought[plan.arn]

    def _bill(self, plan: TrainingPlan, extension: Extension) -> None:
        """Send the invoice, and await the payment until the deadline."""
        offering = extension.offering
        self._note(plan, extension, f"invoice of {offering.upfront_fee} USD issued")
        payment = self._context.payments.next()
        settle = partial(self._settle, plan, extension, payment.failure)
        # As for a plan, that very instant is still in time. source: choice
        deadline = offering.start - PAYMENT_DEADLINE
        if payment.pace.describes:
            plan.paid_by_describing = Countdown(payment.pace.describes, settle)
        elif payment.pace.is_immediate:
            settle()
            return
        elif self._context.now + payment.pace.delay <= deadline:
            self._await(extension, self._context.now + payment.pace.delay, settle)
            return
        too_late = "payment was not completed 5 minutes before its start"
        self._await(extension, deadline, partial(self._settle, plan, extension, too_late))

    def _await(self, extension: Extension, due: datetime, action: Callable[[], None]) -> None:
        extension.payment_event = self._context.events.schedule(due, action)

    def _settle(self, plan: TrainingPlan, extension: Extension, failure: str | None) -> None:
        """The payment goes through, and the plan gets longer; or it fails, and nothing moves."""
        offering = extension.offering
        plan.paid_by_describing = None
        if extension.payment_event is not None:
            extension.payment_event.cancel()
        if failure is not None:
            self._plans.lifecycle.pool(plan, offering.zone).give_back(
                plan.count, offering.start, offering.end
            )
            self._fail(plan, extension, failure)
            return
        extension.payment_status = PaymentStatus.COMPLETED
        self._note(plan, extension, f"payment of {offering.upfront_fee} USD received")
        self._change(plan, extension, PlanStatus.SCHEDULED)
        for due, status in (
            (offering.start, PlanStatus.ACTIVE),
            (offering.end, PlanStatus.EXPIRED),
        ):
            self._context.events.schedule(due, partial(self._change, plan, extension, status))
        # After the extension's own events, so that it has expired when its plan does.
        self._plans.lifecycle.lengthen(plan, offering.end)

    def _fail(self, plan: TrainingPlan, extension: Extension, reason: str) -> None:
        extension.payment_status = PaymentStatus.FAILED
        self._note(plan, extension, reason)
        self._change(plan, extension, PlanStatus.FAILED)

    def _change(self, plan: TrainingPlan, extension: Extension, status: PlanStatus) -> None:
        if status not in NEXT_STATUSES[extension.status]:
            raise RuntimeError(
                f"{extension.offering.offering_id} cannot go from {extension.status.value} "
                f"to {status.value}"
            )
        extension.status = status
        self._note(plan, extension, status.value)

    def _note(self, plan: TrainingPlan, extension: Extension, what: str) -> None:
        """Extensions have no ARN, so they stand in the history of their plan."""
        until = extension.offering.end.isoformat()
        self._plans.lifecycle.note(plan, f"Extension until {until}: {what.rstrip('.')}.")

    # -- looking ---------------------------------------------------------------------------

    def plan_of(self, offering_id: str) -> TrainingPlan | None:
        """The plan that an extension on offer would lengthen."""
        return self._on_offer.get(offering_id, (None, None))[0]

    def bought(self, plan: TrainingPlan) -> list[Extension]:
        """A plan's extensions in the order in which they were bought, without describing it."""
        return list(self._bought.get(plan.arn, ()))

    def of_plan(self, arn: str) -> list[Extension]:
        """A plan's extensions in the order in which they were bought; this describes the plan."""
        return self._bought[self._plans.describe(arn).arn]


def _days_wanted(hours: int | None) -> tuple[int, ...]:
    """The smallest step that is enough for so many hours, every step without them."""
    if hours is None:
        return STEPS
    enough = tuple(step for step in STEPS if step >= ceil(hours / 24))
    if not enough:
        raise ExtensionTooLong(hours, STEPS[-1])
    return enough[:1]


def _check_like_plan(request: ExtensionRequest, plan: TrainingPlan) -> None:
    """An extension is of what the plan is of, so a request for anything else is a mistake."""
    compute_type = plan.compute_type
    servers = compute_type.is_ultra_server
    # source: choice, AWS does not say what such members do
    for member, given, expected in (
        ("TargetResources", request.target and request.target.value, plan.target.value),
        ("InstanceType", request.instance_type, compute_type.instance_type),
        ("InstanceCount", request.instance_count, plan.count * compute_type.instances),
        ("UltraServerType", request.ultra_server_type, compute_type.name if servers else "none"),
        ("UltraServerCount", request.ultra_server_count, plan.count if servers else "none"),
    ):
        if given is not None and given != expected:
            raise NotAsThePlan(member, str(given), plan.arn, str(expected))
