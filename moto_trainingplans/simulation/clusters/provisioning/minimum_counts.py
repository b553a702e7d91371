"""Groups that need a minimum of instances: how long they wait for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...context import Context
from ...kernel.events import Event
from ...plans.plan import TrainingPlan
from ...plans.statuses import PlanStatus
from ..cluster import InstanceGroup
from ..statuses import GroupStatus

PATIENCE = timedelta(hours=3)  # source: documented


@dataclass
class _Wait:
    """A wait for a minimum: what is left of it, and since when it goes on, None if it rests."""

    left: timedelta = PATIENCE
    since: datetime | None = None
    event: Event | None = None


class MinimumCounts:
    """The groups that do not have their minimum yet; `give_up` takes those that get it no more.

    Only time in which the group's plan is Active counts, and its end ends the wait; that of a
    group on demand counts always. source: choice
    """

    def __init__(self, context: Context, give_up: Callable[[InstanceGroup], None]) -> None:
        self._context = context
        self._give_up = give_up
        self._waits: dict[InstanceGroup, _Wait] = {}

    def begin(self, group: InstanceGroup) -> None:
        """Wait for a group's minimum, for three hours from now, if it is to be waited for."""
        self.cancel(group)
        minimum = group.specification.minimum or 0
        # A group that is not in service may have it, and is in service by that.
        if group.current_count < minimum or (minimum and group.phase is not GroupStatus.IN_SERVICE):
            self._waits[group] = _Wait()
            self.follow_plan(group)

    def is_awaited_by(self, group: InstanceGroup) -> bool:
        """Whether a group waits for its minimum."""
        return group in self._waits

    def reached(self, group: InstanceGroup) -> bool:
        """End a group's wait if it has its minimum; whether it has just got it."""
        if group not in self._waits or group.current_count < (group.specification.minimum or 0):
            return False
        self.cancel(group)
        return True

    def cancel(self, group: InstanceGroup) -> None:
        """Wait no longer."""
        wait = self._waits.pop(group, None)
        if wait is not None and wait.event is not None:
            wait.event.cancel()

    def plan_changed(self, plan: TrainingPlan) -> None:
        """A plan has become Active, or is so no longer."""
        for group in [group for group in self._waits if group.plan is plan]:
            if plan.status is PlanStatus.EXPIRED:
                self._end(group)
            else:
                self.follow_plan(group)

    def follow_plan(self, group: InstanceGroup) -> None:
        """Let the time of a group that waits count, or rest, as its plan has it."""
        wait = self._waits.get(group)
        if wait is None:
            return
        counts = group.plan is None or group.plan.status is PlanStatus.ACTIVE
        now = self._context.now
        if counts and wait.since is None:
            wait.since = now
            wait.event = self._context.events.schedule(now + wait.left, lambda: self._end(group))
        elif not counts and wait.since is not None:
            wait.left -= now - wait.since
            wait.since = None
            if wait.event is not None:
                wait.event.cancel()

    def _end(self, group: InstanceGroup) -> None:
        self.cancel(group)
        self._give_up(group)
