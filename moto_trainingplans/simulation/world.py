"""One emulated AWS: its clock, its inventories, and what every account has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from operator import itemgetter
from threading import RLock

from .account import Account, Orders
from .context import Context
from .fault_injection import FaultInjection
from .jobs.job import TrainingJob
from .jobs.registry import TrainingJobRegistry
from .kernel.announcements import Announcer, Listener
from .kernel.calls import CallLog
from .kernel.clock import ALONE, FOREVER, Clock, ClockSetting, Surroundings, check_window
from .kernel.errors import TrainingPlansError, in_short
from .kernel.events import EventQueue
from .kernel.history import History
from .kernel.pacing import Pacing, Transition
from .kernel.scope import Scope
from .market.catalog import ComputeType, Target, load_catalog
from .market.inventory import ALWAYS, Inventory
from .market.prices import PriceBook
from .orders.call_faults import CallFaults
from .orders.environment import EnvironmentOrders
from .orders.order_book import Order, OrderBook, name_of
from .orders.outages import Outages
from .orders.payments import Payments
from .orders.quota_decisions import QuotaDecisions
from .orders.run_times import RunTimes
from .quotas.limits import Quotas, Usage


class World:
    """A simulation from its start to its reset.

    `lock` is to be held around every call: one queue of events serves all Regions and
    accounts, so they cannot be locked one by one. `source` gives the time until the clock is
    set, `transition` the state manager's setting for a model, `salt` the text that makes ids
    differ between seeds, `instance_types` the types that jobs, or clusters, can use; `start`
    and `speed` set the clock from the beginning; `listeners` are told of what happens;
    `surroundings` may have a say in the time.
    """

    def __init__(
        self,
        source: Callable[[], datetime],
        transition: Transition,
        salt: Callable[[], str],
        instance_types: Callable[[Usage], Iterable[str]],
        start: datetime | None = None,
        speed: float = 1.0,
        listeners: Sequence[Listener] = (),
        surroundings: Surroundings = ALONE,
    ) -> None:
        self.lock = RLock()
        self.clock = Clock(source, start, speed, surroundings)
        self.catalog = load_catalog()
        self.prices = PriceBook(self.catalog)
        self.history = History()
        self.calls = CallLog()
        self.order_book = OrderBook()
        self.quotas = Quotas(self.catalog, instance_types)
        pacing = Pacing(transition)
        self.quota_decisions = QuotaDecisions(pacing)
        self.payments = Payments(pacing)
        self.run_times = RunTimes()
        self.environment = EnvironmentOrders()
        self.call_faults = CallFaults()
        self._announcer = Announcer(listeners)
        self._events = EventQueue(self._announcer.deliver)
        self.outages = Outages()
        self._context = Context(
            self._events,
            self.history,
            salt,
            pacing,
            self._announcer,
            self.catalog,
            self.quotas,
            self.payments,
            self.outages,
        )
        self._orders = Orders(self.run_times, self.environment, self.quota_decisions)
        self._inventories: dict[str, Inventory] = {}
        self._sold_out = False
        self._accounts: dict[tuple[str, str], Account] = {}
        self.faults = FaultInjection(self.catalog, self._events, self.outages, self._accounts)
        # Since when the utilization of an account's plans is published.
        self.metrics_since: dict[str, datetime] = {}
        self.requests = 0  # how many have been given an id
        self._ended_at: datetime | None = None

    def next_request_id(self) -> str:
        """An id for a request, the same for the same calls."""
        self.requests += 1
        digits = self._context.derived_id(f"request/{self.requests}", 32)
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @contextmanager
    def present(self) -> Iterator[World]:
        """The simulation, locked and brought to now: for one call, from first to last look."""
        with self.undisturbed():
            self.bring_to_now()
            yield self

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """The simulation, locked; what was announced meanwhile is delivered at the end."""
        with self.lock:
            try:
                yield
            finally:
                self._announcer.deliver()

    # -- time ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The simulation's present, as it was brought to last."""
        return self._events.now

    @property
    def has_begun(self) -> bool:
        """Whether a request has been answered, so that time cannot go back any more."""
        return self.clock.was_seen

    def bring_to_now(self) -> datetime:
        """Execute all that has become due, and return the present: for a request."""
        if self._ended_at is not None:
            return self._stay_at(self._ended_at)
        now = self.clock.now()
        self._events.run_until(now)
        return now

    def look(self) -> datetime:
        """The present, for whoever only reads: what is due is executed, and nothing else changes.

        Before the first request nothing is executed, since the clock may still be set back.
        """
        if self._ended_at is not None:
            return self._stay_at(self._ended_at)
        if self._events.is_executing:
            return self._events.now
        now = self.clock.reading()
        if self.has_begun:
            due = self._events.peek()
            while due is not None and due <= now:
                self._events.run_until(due)
                self.clock.see(due)
                due = self._events.peek()
        self._events.look_ahead(now)
        return now

    def act(self) -> None:
        """As `bring_to_now`, for the control object: before the first request as `look`.

        What was scheduled to be done acts at the time at which it is due.
        """
        if self.has_begun and not self._events.is_executing:
            self.bring_to_now()
        else:
            self.look()

    def start_at(self, when: datetime | None, speed: float | None) -> None:
        """Set the clock to `when` and a speed, executing what is due on the way.

        None leaves the time, or the speed, as it is.
        """
        if when is not None:
            self.clock.start_at(when, self.clock.flow if speed is None else speed)
            self._reach(when)
        elif speed is not None:
            self.look()
            self.clock.set_speed(speed)

    def schedule(self, due: datetime, action: Callable[[], None]) -> None:
        """Have the control object do something at a time; if that has passed, next."""
        self._events.schedule(due, action)

    def move_to(self, when: datetime) -> None:
        """Move the clock to `when`, executing what is due on the way."""
        self.clock.move_to(when)
        self._reach(when)

    def tick(self, delta: timedelta) -> None:
        """Move the clock forward by `delta`, executing what is due on the way."""
        self._reach(self.clock.tick(delta))

    def freeze(self, at: datetime | None) -> None:
        """Stop the clock, at `at` or now, executing what is due until then."""
        self.clock.freeze(at)
        self.act()

    def stand_as(self, setting: ClockSetting) -> None:
        """Stand still at a time that another simulation's clock showed, with what was due there."""
        still = ClockSetting(setting.shows, setting.seen, 0.0, setting.last_flow)
        self.clock.go_on(still, lambda: setting.shows, ALONE)
        self.look()

    def next_event(self) -> datetime | None:
        """Move the clock to the next due event; return its time, None if there is none."""
        self.look()
        due = self._events.peek()
        if due is not None:
            self.clock.skip_to(due)
            self.clock.see(due)
            self._events.run_until(due)
        return due

    def _reach(self, when: datetime) -> None:
        if self.has_begun:
            self._events.run_until(when)

    @property
    def shown_time(self) -> datetime:
        """What a clock in it shows: while an event is executed, the time at which it is due."""
        if self._ended_at is not None:
            return self._ended_at
        return self._events.now if self._events.is_executing else self.clock.reading()

    @property
    def has_ended(self) -> bool:
        """Whether it stands still for ever."""
        return self._ended_at is not None

    def _stay_at(self, when: datetime) -> datetime:
        # Whoever began a request before the end has a present too.
        if not self._events.is_executing:
            self._events.look_ahead(when)
        return when

    def end(self) -> None:
        """Stand still for ever: what has happened can still be read. Needs no lock."""
        if self._ended_at is None:
            self._ended_at = self.clock.reading()

    # -- what there is ---------------------------------------------------------------------

    def inventory(self, region: str) -> Inventory:
        """What AWS has to sell in a Region."""
        inventory = self._inventories.get(region)
        if inventory is None:
            inventory = Inventory(region, self.catalog, self.prices, self._sold_out)
            self._inventories[region] = inventory
        return inventory

    def account(self, account: str, region: str, partition: str) -> Account:
        """What an account has in a Region."""
        found = self._accounts.get((account, region))
        if found is None:
            found = Account(
                self._context,
                self.inventory(region),
                self._orders,
                Scope(account, region, partition),
            )
            # In an order that does not depend on who has looked first: what befalls several at
            # once befalls them in it.
            accounts = sorted(
                {**self._accounts, (account, region): found}.items(), key=itemgetter(0)
            )
            self._accounts.clear()
            self._accounts.update(accounts)
        return found

    def accounts(self) -> list[Account]:
        """Every account in every Region that has been asked for, by account id and Region."""
        return list(self._accounts.values())

    def has_job(self, arn: str) -> bool:
        """Whether an ARN is that of a job on a plan, of any account and Region."""
        return any(
            job is not None and job.arn == arn
            for job in (account.jobs.find(arn) for account in self._accounts.values())
        )

    def job(self, name_or_arn: str) -> tuple[TrainingJobRegistry, TrainingJob]:
        """The only job on a plan of a name or ARN, with the registry that it is in.

        Raises TrainingPlansError where there is none, or several of a name.
        """
        found = [
            (account.jobs, job)
            for account in self._accounts.values()
            if (job := account.jobs.find(name_or_arn)) is not None
        ]
        if not found:
            raise TrainingPlansError(f"there is no training job {in_short(name_or_arn)} on a plan")
        if len(found) > 1:
            arns = ", ".join(job.arn for _, job in found)
            raise TrainingPlansError(f"{name_or_arn!r} is one of several jobs: name one of {arns}")
        return found[0]

    # -- what happened ---------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many plans, jobs on them and clusters there are, everywhere."""
        accounts = self.accounts()
        return {
            "plans": sum(account.plans.count for account in accounts),
            "jobs": sum(account.jobs.count for account in accounts),
            "clusters": sum(account.clusters.count for account in accounts),
        }

    def unmet_orders(self) -> list[Order]:
        """What a test has ordered, and what has never happened."""
        return self.order_book.unmet(self._arns_of_jobs())

    def what_happened(self) -> list[str]:
        """What could have met an order, in lines for a test's author."""
        calls = Counter(self.calls.operations())
        called = ", ".join(f"{name} {count}x" for name, count in sorted(calls.items()))
        jobs = ", ".join(sorted({repr(name_of(arn)) for arn in self._arns_of_jobs()}))
        return [f"Calls: {called or 'none'}.", f"Jobs on plans: {jobs or 'none'}."]

    def _arns_of_jobs(self) -> list[str]:
        """Those of all jobs on plans that there ever were."""
        return [arn for arn in self.history.resources() if ":training-job/" in arn]

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
        check_window(since, until)
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
        since, until = start or self.look(), end or FOREVER
        check_window(since, until)
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
