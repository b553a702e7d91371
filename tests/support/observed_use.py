"""What a simulation's instances do, watched from event to event: an answer to check ledgers by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from moto_trainingplans.simulation.kernel.events import EventQueue
from moto_trainingplans.simulation.plans.plan import TrainingPlan
from moto_trainingplans.simulation.plans.statuses import PlanStatus
from moto_trainingplans.simulation.world import World

ZERO = timedelta(0)


class _Watched:
    """A queue of events, whose `run_until` is somebody else's."""

    def __init__(self, events: EventQueue, run_until: Callable[[datetime], None]) -> None:
        self._events = events
        self.run_until = run_until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)


class ObservedUse:
    """Adds up, for each plan, the instance-time in each of the counts that AWS tells.

    Between two events nothing changes, so that looking before each of them misses nothing.
    """

    def __init__(self, world: World) -> None:
        self._events = world._events
        self._world = world
        self.of_plan: dict[str, Counter[str]] = {}
        self._run_until = self._events.run_until
        world._events = _Watched(self._events, self._observe)  # type: ignore[assignment]

    def _observe(self, when: datetime) -> None:
        while (due := self._events.peek()) is not None and due < when:
            self._add(due)
            self._run_until(due)
        self._add(when)
        self._run_until(when)

    def _add(self, until: datetime) -> None:
        now = self._events.now
        for account in self._world.accounts():
            for plan in account.plans.plans():
                self._add_plan(plan, now, until)

    def _add_plan(self, plan: TrainingPlan, now: datetime, until: datetime) -> None:
        counts = self.of_plan.setdefault(plan.arn, Counter())
        for reserved in plan.reserved_capacities:
            if reserved.status is not PlanStatus.ACTIVE or until <= now:
                continue
            span = (until - now) // timedelta(microseconds=1)
            instances = reserved.instances
            if not reserved.is_open(now):
                # A zone that is down and comes back too late has been overtaken by the cut-off.
                counts["closed"] += span * instances.total
                continue
            counts["held"] += span * instances.in_use()
            counts["idle"] += span * instances.available()
            counts["unhealthy"] += span * instances.unhealthy()
            counts["spares"] += span * instances.spares()
