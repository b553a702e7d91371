"""What becomes of a plan after its purchase: reserved, paid for, run, over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from sys import intern

from ..context import Context
from ..kernel.pacing import Countdown
from ..market.inventory import Inventory, Pool
from ..orders.payments import PAYMENT_DEADLINE
from .listeners import Closing
from .plan import TrainingPlan
from .reserved_capacity import ReservedCapacity
from .statuses import NEXT_STATUSES, PlanStatus

PAID = "Payment confirmed, training plan scheduled."  # source: documented
TOO_LATE = "Payment was not completed 5 minutes before the start of the training plan."


class PlanLifecycle:
    """Leads the plans of one account in one Region through their statuses.

    `changed` is told of every plan whose status is another than the one given.
    """

    def __init__(
        self,
        context: Context,
        inventory: Inventory,
        changed: Callable[[TrainingPlan, PlanStatus], None],
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._changed = changed

    # -- reserving -------------------------------------------------------------------------

    def reserve(self, plan: TrainingPlan) -> None:
        """Take the plan's capacity, or fail the plan if somebody else has it. source: choice"""
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            if self.pool(plan, block.zone).free(block.start, block.end) < plan.count:
                self._fail(
                    plan,
                    f"Insufficient capacity: {plan.count} x {plan.compute_type.name} are no longer "
                    f"available in {block.zone} from {block.start.isoformat()}.",
                )
                return
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            self.pool(plan, block.zone).reserve(plan.count, block.start, block.end)
        self._bill(plan)

    def pool(self, plan: TrainingPlan, zone: str) -> Pool:
        """What a zone has of what a plan consists of."""
        return self._inventory.pool(zone, plan.compute_type, plan.target)

    # -- paying ----------------------------------------------------------------------------

    def _bill(self, plan: TrainingPlan) -> None:
        """Send the invoice, and await the payment until the deadline."""
        context = self._context
        self.note(plan, f"Invoice of {plan.upfront_fee} USD issued.")
        payment = context.payments.next()
        deadline = plan.start - PAYMENT_DEADLINE
        settle = partial(self._settle, plan, payment.failure)
        if payment.pace.describes:
            plan.paid_by_describing = Countdown(payment.pace.describes, settle)
        elif payment.pace.delay <= deadline - context.now:
            # That very instant is still in time. source: documented
            self._at(plan, context.now + payment.pace.delay, settle)
            return
        self._at(plan, deadline, partial(self._fail_unpaid, plan))

    def _at(self, plan: TrainingPlan, due: datetime, action: partial[None]) -> None:
        """Do something at a time, at once if that is the present or past."""
        if due <= self._context.now:
            action()
        else:
            plan.events.append(self._context.events.schedule(due, action))

    def _settle(self, plan: TrainingPlan, failure: str | None) -> None:
        """The payment goes through, or is declined."""
        self._drop_events(plan)
        if failure is not None:
            self._give_back(plan)
            self._fail(plan, failure)
            return
        self.note(plan, f"Payment of {plan.upfront_fee} USD received.")
        self._change(plan, PlanStatus.SCHEDULED, PAID)
        # Starts come first, so that of two blocks that meet the second has begun when the
        # first ends, and the plan stays Active.
        for number, reserved_capacity in enumerate(plan.reserved_capacities):
            self._change_block(reserved_capacity, PlanStatus.SCHEDULED, PAID)
            self._at(plan, reserved_capacity.block.start, partial(self._start_block, plan, number))
        for number in range(len(plan.reserved_capacities)):
            self._schedule_end(plan, number)

    def _fail_unpaid(self, plan: TrainingPlan) -> None:
        self._drop_events(plan)
        self._give_back(plan)
        self._fail(plan, TOO_LATE)

    def _drop_events(self, plan: TrainingPlan) -> None:
        plan.paid_by_describing = None
        for event in plan.events:
            event.cancel()
        plan.events.clear()

    def _give_back(self, plan: TrainingPlan) -> None:
        for reserved_capacity in plan.reserved_capacities:
            block = reserved_capacity.block
            self.pool(plan, block.zone).give_back(plan.count, block.start, block.end)

    def _fail(self, plan: TrainingPlan, message: str) -> None:
        self._change(plan, PlanStatus.FAILED, message)
        for reserved_capacity in plan.reserved_capacities:
            self._change_block(reserved_capacity, PlanStatus.FAILED, message)

    # -- running ---------------------------------------------------------------------------

    def _start_block(self, plan: TrainingPlan, number: int) -> None:
        reason = "Reserved capacity block started."
        self._change_block(plan.reserved_capacities[number], PlanStatus.ACTIVE, reason)
        if plan.status is not PlanStatus.ACTIVE:
            self._change(plan, PlanStatus.ACTIVE, reason)
        plan.announce_opening(plan.reserved_capacities[number])

    @staticmethod
    def _cut_off(plan: TrainingPlan, reserved: ReservedCapacity) -> None:
        """Take a block's instances away."""
        for listener in plan.listeners:
            listener.block_closed(reserved, Closing.CUT_OFF)

    def lengthen(self, plan: TrainingPlan, end: datetime) -> None:
        """Let a plan's last block run until a later end. The capacity must have been taken."""
        last = plan.reserved_capacities[-1]
        was_open = last.is_open(self._context.now)
        plan.duration += end - last.block.end
        last.block = replace(last.block, end=end)
        self._schedule_end(plan, len(plan.reserved_capacities) - 1)
        if last.is_open(self._context.now) and not was_open:
            plan.announce_opening(last)

    def _schedule_end(self, plan: TrainingPlan, number: int) -> None:
        """Have a block's cut-off and end when they should be, not when they should have been."""
        reserved = plan.reserved_capacities[number]
        for event in reserved.closing_events:
            event.cancel()
        schedule = self._context.events.schedule
        reserved.closing_events = (
            schedule(reserved.cut_off, partial(self._cut_off, plan, reserved)),
            schedule(reserved.block.end, partial(self._end_block, plan, number)),
        )

    def _end_block(self, plan: TrainingPlan, number: int) -> None:
        reason = "Reserved capacity block ended."
        plan.reserved_capacities[number].closing_events = ()
        self._change_block(plan.reserved_capacities[number], PlanStatus.EXPIRED, reason)
        following = plan.current.status
        if following is PlanStatus.EXPIRED:
            self._change(plan, PlanStatus.EXPIRED, "The last reserved capacity block ended.")
            plan.events.clear()
        elif following is PlanStatus.SCHEDULED:
            self._change(plan, PlanStatus.SCHEDULED, reason)
        for listener in plan.listeners:
            listener.block_ended(plan.reserved_capacities[number])

    def _change(self, plan: TrainingPlan, status: PlanStatus, message: str) -> None:
        """Change a plan's status, and all that follows its status."""
        before = plan.status
        if status not in NEXT_STATUSES[before]:
            raise RuntimeError(f"{plan.arn} cannot go from {before.value} to {status.value}")
        plan.status, plan.status_message = status, message
        self._changed(plan, before)
        self._context.record(plan.arn, before.value, status.value, message)

    def _change_block(
        self, reserved_capacity: ReservedCapacity, status: PlanStatus, reason: str
    ) -> None:
        before = reserved_capacity.status
        if status not in NEXT_STATUSES[before]:
            raise RuntimeError(
                f"{reserved_capacity.arn} cannot go from {before.value} to {status.value}"
            )
        reserved_capacity.status = status
        self._context.record(reserved_capacity.arn, before.value, status.value, reason)

    def note(self, plan: TrainingPlan, reason: str) -> None:
        """Put something into a plan's history that does not change its status."""
        # Interned, since very many plans cost the same.
        self._context.record(plan.arn, plan.status.value, plan.status.value, intern(reason))
