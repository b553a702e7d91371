"""One emulated AWS: its clock, its inventories, and what every account has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Any
from uuid import UUID

from .capacity import ALWAYS, Inventory
from .catalog import ComputeType, Target, load_catalog
from .clock import FOREVER, Clock
from .context import Context
from .errors import TrainingPlansError
from .events import EventQueue
from .history import History
from .payments import Payments
from .quota_requests import AccountQuotas, QuotaDecisions
from .quotas import Quotas, Usage
from .training_plans import TrainingPlanRegistry


class World:
    """A simulation from its start to its reset.

    `lock` is to be held around every call: one queue of events serves all Regions and
    accounts, so they cannot be locked one by one. `source` gives the time until the clock is
    set, `transition` the state manager's setting for a model, `salt` the text that makes ids
    differ between seeds, `instance_types` the types that jobs, or clusters, can use; `start`
    and `speed` set the clock from the beginning.
    """

    def __init__(
        self,
        source: Callable[[], datetime],
        transition: Callable[[str], Mapping[str, Any]],
        salt: Callable[[], str],
        instance_types: Callable[[Usage], Iterable[str]],
        start: datetime | None = None,
        speed: float = 1.0,
    ) -> None:
        self.lock = RLock()
        self.clock = Clock(source, start, speed)
        self.catalog = load_catalog()
        self.history = History()
        self.quotas = Quotas(self.catalog, instance_types)
        self.quota_decisions = QuotaDecisions(transition)
        self.payments = Payments(transition)
        self._events = EventQueue()
        self._context = Context(
            self.catalog, self._events, self.history, self.quotas, self.payments, salt
        )
        self._inventories: dict[str, Inventory] = {}
        self._sold_out = False
        self._plans: dict[tuple[str, str], TrainingPlanRegistry] = {}
        self._account_quotas: dict[tuple[str, str], AccountQuotas] = {}
        self._requests = 0

    def next_request_id(self) -> str:
        """An id for a request, the same for the same calls."""
        self._requests += 1
        digits = self._context.derived_id(f"request/{self._requests}", 32)
        return str(UUID(digits))

    # -- time ------------------------------------------------------------------------------

    def bring_to_now(self) -> datetime:
        """Execute all that has become due, and return the present."""
        now = self.clock.now()
        self._events.run_until(now)
        return now

    def move_to(self, when: datetime) -> None:
        """Move the clock to `when`, executing what is due on the way."""
        self.clock.move_to(when)
        self._events.run_until(when)

    def tick(self, delta: timedelta) -> None:
        """Move the clock forward by `delta`, executing what is due on the way."""
        self._events.run_until(self.clock.tick(delta))

    def freeze(self, at: datetime | None) -> None:
        """Stop the clock, at `at` or now, executing what is due until then."""
        self.clock.freeze(at)
        self.bring_to_now()

    def next_event(self) -> datetime | None:
        """Move the clock to the next due event; return its time, None if there is none."""
        self.bring_to_now()
        due = self._events.peek()
        if due is not None:
            self.clock.skip_to(due)
            self._events.run_until(due)
        return due

    # -- what there is ---------------------------------------------------------------------

    def inventory(self, region: str) -> Inventory:
        """What AWS has to sell in a Region."""
        inventory = self._inventories.get(region)
        if inventory is None:
            inventory = Inventory(region, self.catalog, self._sold_out)
            self._inventories[region] = inventory
        return inventory

    def plans(self, account: str, region: str, partition: str) -> TrainingPlanRegistry:
        """The plans of an account in a Region."""
        registry = self._plans.get((account, region))
        if registry is None:
            registry = TrainingPlanRegistry(
                self._context, self.inventory(region), account, region, partition
            )
            self._plans[account, region] = registry
        return registry

    def account_quotas(self, account: str, region: str, partition: str) -> AccountQuotas:
        """The service quotas of an account in a Region, and its requests to increase them."""
        quotas = self._account_quotas.get((account, region))
        if quotas is None:
            quotas = AccountQuotas(self._context, self.quota_decisions, account, region, partition)
            self._account_quotas[account, region] = quotas
        return quotas

    # -- what the control object sets ------------------------------------------------------

    def set_capacity(
        self,
        zone: str,
        compute_type: str,
        count: int,
        target: Target | None,
        start: datetime | None,
        end: datetime | None,
    ) -> None:
        """Have `count` units of a type to sell in a zone, for one target or for each.

        `start` and `end` None are unbounded. Raises TrainingPlansError for an unknown zone or
        type, or an empty window.
        """
        inventory, kind = self._pool_owner(zone, compute_type)
        since, until = start or ALWAYS, end or FOREVER
        _check_window(since, until)
        for each in Target if target is None else (target,):
            inventory.offer(zone, kind, each, count, since, until)

    def free_capacity(
        self,
        zone: str,
        compute_type: str,
        target: Target,
        start: datetime | None,
        end: datetime | None,
    ) -> int:
        """The least count of units that is free in a window, from now and for ever by default."""
        inventory, kind = self._pool_owner(zone, compute_type)
        since, until = start or self.bring_to_now(), end or FOREVER
        _check_window(since, until)
        return inventory.pool(zone, kind, target).free(since, until)

    def clear_capacity(self, region: str | None) -> None:
        """Be sold out in a Region, or everywhere. Raises TrainingPlansError for an unknown one."""
        if region is not None:
            self.inventory(self.catalog.region(region)).clear()
        else:
            self._sold_out = True
            for inventory in self._inventories.values():
                inventory.clear()

    def _pool_owner(self, zone: str, compute_type: str) -> tuple[Inventory, ComputeType]:
        region = self.catalog.zone(zone).region
        return self.inventory(region), self.catalog.compute_type(compute_type)


def _check_window(start: datetime, end: datetime) -> None:
    if start >= end:
        raise TrainingPlansError(
            f"the window must end after it starts, not from {start.isoformat()} "
            f"to {end.isoformat()}"
        )
