"""Groups that need a minimum of instances: how long they wait for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..context import Context
from ..kernel.events import Event
from ..plans.plan import TrainingPlan
from ..plans.statuses import PlanStatus
from .cluster import InstanceGroup
from .statuses import ClusterStatus

PATIENCE = timedelta(hours=3)  # source: model


@dataclass
class _Wait:
    """A wait for a minimum: what is left of it, and since when it goes on, None if it rests."""

    give_up: Callable[[], None]
    left: timedelta = PATIENCE
    since: datetime | None = None
    event: Event | None = None


class Minimums:
    """The groups that do not have their minimum yet.

    Only time in which the group's plan is Active counts; a group on demand has no such bounds.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._waits: dict[InstanceGroup, _Wait] = {}

    def begin(self, group: InstanceGroup, give_up: Callable[[], None]) -> None:
        """Wait for a group's minimum, in place of what it waited for before."""
        self.cancel(group)
        if group.current_count < (group.specification.minimum or 0):
            self._waits[group] = _Wait(give_up)
            self._follow(group)

    def is_missed_by(self, group: InstanceGroup) -> bool:
        """Whether a group waits for its minimum."""
        return group in self._waits

    def check(self, group: InstanceGroup) -> None:
        """A group has more instances than before."""
        if group in self._waits and group.current_count >= (group.specification.minimum or 0):
            self.cancel(group)
            if group.cluster.status is ClusterStatus.IN_SERVICE:
                group.settle()

    def cancel(self, group: InstanceGroup) -> None:
        """Wait no longer."""
        wait = self._waits.pop(group, None)
        if wait is not None and wait.event is not None:
            wait.event.cancel()

    def plan_changed(self, plan: TrainingPlan) -> None:
        """A plan has become Active, or is so no longer."""
        for group in [group for group in self._waits if group.plan is plan]:
            self._follow(group)

    def _follow(self, group: InstanceGroup) -> None:
        """Let the time count, or rest."""
        wait = self._waits[group]
        counts = group.plan is None or group.plan.status is PlanStatus.ACTIVE
        now = self._context.now
        if counts and wait.since is None:
            wait.since = now
            wait.event = self._context.events.schedule(
                now + wait.left, lambda: self._give_up(group)
            )
        elif not counts and wait.since is not None:
            wait.left -= now - wait.since
            wait.since = None
            if wait.event is not None:
                wait.event.cancel()

    def _give_up(self, group: InstanceGroup) -> None:
        wait = self._waits.pop(group)
        wait.give_up()
