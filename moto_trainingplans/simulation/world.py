"""One emulated AWS: its clock, its inventories, and what every account has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Any
from uuid import UUID

from .clusters.cluster import Cluster
from .clusters.registry import ClusterRegistry
from .context import Context
from .endpoints.capacity import EndpointCapacity
from .fault_injection import FaultInjection
from .jobs.job import TrainingJob
from .jobs.logs import LogEntry, discard
from .jobs.registry import TrainingJobRegistry
from .kernel.clock import FOREVER, Clock, check_window
from .kernel.errors import TrainingPlansError
from .kernel.events import EventQueue
from .kernel.history import History
from .market.catalog import ComputeType, Target, load_catalog
from .market.inventory import ALWAYS, Inventory
from .orders.call_faults import CallFaults
from .orders.outages import Outages
from .orders.payments import Payments
from .orders.quota_decisions import QuotaDecisions
from .orders.run_times import RunTimes
from .plans.extensions import TrainingPlanExtensions
from .plans.registry import TrainingPlanRegistry
from .quotas.limits import Quota, Quotas, Usage
from .quotas.requests import AccountQuotas
from .studio_apps.apps import StudioApps


def tell_nobody(_resource: object, _now: datetime) -> None:
    """Take the news that a resource has a new status, and do nothing with it."""


class World:
    """A simulation from its start to its reset.

    `lock` is to be held around every call: one queue of events serves all Regions and
    accounts, so they cannot be locked one by one. `source` gives the time until the clock is
    set, `transition` the state manager's setting for a model, `salt` the text that makes ids
    differ between seeds, `instance_types` the types that jobs, or clusters, can use; `start`
    and `speed` set the clock from the beginning; `write_logs` takes what the containers of
    jobs print.
    """

    def __init__(
        self,
        source: Callable[[], datetime],
        transition: Callable[[str], Mapping[str, Any]],
        salt: Callable[[], str],
        instance_types: Callable[[Usage], Iterable[str]],
        start: datetime | None = None,
        speed: float = 1.0,
        write_logs: Callable[[LogEntry], None] = discard,
    ) -> None:
        self.lock = RLock()
        self.clock = Clock(source, start, speed)
        self.catalog = load_catalog()
        self.history = History()
        self.quotas = Quotas(self.catalog, instance_types)
        self.quota_decisions = QuotaDecisions(transition)
        self.payments = Payments(transition)
        self._events = EventQueue()
        self.run_times = RunTimes()
        self.call_faults = CallFaults()
        self._outages = Outages()
        self._context = Context(
            self.catalog,
            self._events,
            self.history,
            self.quotas,
            self.payments,
            salt,
            outages=self._outages,
            transition=transition,
            write_logs=write_logs,
        )
        self._inventories: dict[str, Inventory] = {}
        self._sold_out = False
        self._plans: dict[tuple[str, str], TrainingPlanRegistry] = {}
        self._extensions: dict[tuple[str, str], TrainingPlanExtensions] = {}
        self._account_quotas: dict[tuple[str, str], AccountQuotas] = {}
        self._jobs: dict[tuple[str, str], TrainingJobRegistry] = {}
        self._clusters: dict[tuple[str, str], ClusterRegistry] = {}
        self._endpoints: dict[tuple[str, str], EndpointCapacity] = {}
        self._studio_apps: dict[tuple[str, str], StudioApps] = {}
        self.faults = FaultInjection(
            self.catalog, self._events, self._outages, self._plans, self._jobs, self._clusters
        )
        self._requests = 0

    def next_request_id(self) -> str:
        """An id for a request, the same for the same calls."""
        self._requests += 1
        digits = self._context.derived_id(f"request/{self._requests}", 32)
        return str(UUID(digits))

    # -- time ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The simulation's present, as it was brought to last."""
        return self._events.now

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

    def extensions(self, account: str, region: str, partition: str) -> TrainingPlanExtensions:
        """The extensions of the plans of an account in a Region."""
        extensions = self._extensions.get((account, region))
        if extensions is None:
            plans = self.plans(account, region, partition)
            extensions = TrainingPlanExtensions(self._context, plans)
            self._extensions[account, region] = extensions
        return extensions

    def account_quotas(self, account: str, region: str, partition: str) -> AccountQuotas:
        """The service quotas of an account in a Region, and its requests to increase them."""
        quotas = self._account_quotas.get((account, region))
        if quotas is None:
            quotas = AccountQuotas(
                self._context,
                self.quota_decisions,
                lambda: self._quota_use(account, region),
                account,
                region,
                partition,
            )
            self._account_quotas[account, region] = quotas
        return quotas

    def _quota_use(self, account: str, region: str) -> dict[Quota, int]:
        """What an account uses of its quotas in a Region, as far as it uses any."""
        used: dict[Quota, int] = {}
        for registries in (self._plans, self._jobs, self._clusters):
            registry = registries.get((account, region))
            if registry is not None:
                used.update(registry.quota_use())
        return used

    def jobs(
        self,
        account: str,
        region: str,
        partition: str,
        announce: Callable[[TrainingJob, datetime], None] = tell_nobody,
    ) -> TrainingJobRegistry:
        """The jobs on plans of an account in a Region; `announce` as with clusters."""
        registry = self._jobs.get((account, region))
        if registry is None:
            registry = TrainingJobRegistry(
                self._context,
                self.plans(account, region, partition),
                self.run_times,
                account,
                region,
                partition,
                announce,
            )
            self._jobs[account, region] = registry
        return registry

    def clusters(
        self,
        account: str,
        region: str,
        partition: str,
        announce: Callable[[Cluster, datetime], None] = tell_nobody,
    ) -> ClusterRegistry:
        """The clusters of an account in a Region.

        `announce`, as it is given first, is told of every cluster whose status is new.
        """
        registry = self._clusters.get((account, region))
        if registry is None:
            registry = ClusterRegistry(
                self._context,
                self.plans(account, region, partition),
                self.inventory(region).zones,
                f"arn:{partition}:sagemaker:{region}:{account}:",
                announce,
            )
            self._clusters[account, region] = registry
        return registry

    def endpoints(self, account: str, region: str, partition: str) -> EndpointCapacity:
        """What the endpoints of an account in a Region hold of plans."""
        capacity = self._endpoints.get((account, region))
        if capacity is None:
            capacity = EndpointCapacity(self._context, self.plans(account, region, partition))
            self._endpoints[account, region] = capacity
        return capacity

    def studio_apps(self, account: str, region: str, partition: str) -> StudioApps:
        """The Studio apps of an account in a Region."""
        apps = self._studio_apps.get((account, region))
        if apps is None:
            apps = StudioApps(self._context, self.plans(account, region, partition))
            self._studio_apps[account, region] = apps
        return apps

    def has_job(self, arn: str) -> bool:
        """Whether an ARN is that of a job on a plan, of any account and Region."""
        return any(
            job is not None and job.arn == arn
            for job in (registry.find(arn) for registry in self._jobs.values())
        )

    def job(self, name_or_arn: str) -> tuple[TrainingJobRegistry, TrainingJob]:
        """The only job on a plan of a name or ARN, with the registry that it is in.

        Raises TrainingPlansError where there is none, or several of a name.
        """
        found = [
            (registry, job)
            for registry in self._jobs.values()
            if (job := registry.find(name_or_arn)) is not None
        ]
        if not found:
            raise TrainingPlansError(f"there is no training job {name_or_arn!r} on a plan")
        if len(found) > 1:
            arns = ", ".join(job.arn for _, job in found)
            raise TrainingPlansError(f"{name_or_arn!r} is one of several jobs: name one of {arns}")
        return found[0]

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
        since, until = start or self.bring_to_now(), end or FOREVER
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
