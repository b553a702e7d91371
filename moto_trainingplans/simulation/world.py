"""One emulated AWS: its clock, its inventories, and what every account has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock
from typing import Any
from uuid import UUID

from .capacity import ALWAYS, Inventory
from .catalog import ComputeType, Target, load_catalog
from .clock import FOREVER, Clock
from .cluster_registry import ClusterRegistry
from .cluster_statuses import NodeStatus
from .clusters import Cluster
from .context import Context
from .endpoints import EndpointCapacity
from .errors import TrainingPlansError
from .events import EventQueue
from .extensions import TrainingPlanExtensions
from .faults import CallFaults, Outages
from .history import History
from .job_logs import LogEntry, discard
from .job_registry import TrainingJobRegistry
from .payments import Payments
from .plan_registry import TrainingPlanRegistry
from .quota_requests import AccountQuotas, QuotaDecisions
from .quotas import Quotas, Usage
from .run_times import RunTimes
from .statuses import PlanStatus
from .studio_apps import StudioApps
from .training_jobs import TrainingJob
from .training_plans import ReservedCapacity, TrainingPlan

# The statuses of nodes whose instances can break.
WHOLE = (NodeStatus.PENDING, NodeStatus.RUNNING, NodeStatus.SYSTEM_UPDATING)


def tell_nobody(_resource: object, _now: datetime) -> None:
    """Take the news that a resource has a new status, and do nothing with it."""


@dataclass(frozen=True)
class Affected:
    """Instances that a fault concerns."""

    registry: TrainingPlanRegistry
    plan: TrainingPlan
    block: ReservedCapacity
    numbers: Sequence[int]


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
            quotas = AccountQuotas(self._context, self.quota_decisions, account, region, partition)
            self._account_quotas[account, region] = quotas
        return quotas

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

    # -- faults ----------------------------------------------------------------------------

    def zone_outage(self, zone: str, start: datetime, end: datetime) -> None:
        """Have a zone down from `start` until `end`, or from now where that is later.

        Raises TrainingPlansError for an unknown zone, or a window that is empty or over.
        """
        region = self.catalog.zone(zone).region
        _check_window(start, end)
        now = self.bring_to_now()
        if end <= now:
            raise TrainingPlansError(
                f"the outage must end in the future: it is {now.isoformat()}, "
                f"and {end.isoformat()} is not later"
            )
        if start <= now:
            self._begin_outage(zone, region)
        else:
            self._events.schedule(start, lambda: self._begin_outage(zone, region))
        self._events.schedule(end, lambda: self._end_outage(zone, region))

    def _begin_outage(self, zone: str, region: str) -> None:
        if self._outages.begin(zone):
            for registry in self._registries_in(region):
                registry.faults.zone_went_down(zone)
            for clusters in self._clusters_in(region):
                clusters.faults.zone_went_down(zone)

    def _end_outage(self, zone: str, region: str) -> None:
        if self._outages.end(zone):
            for registry in self._registries_in(region):
                registry.faults.zone_came_back(zone)
            for clusters in self._clusters_in(region):
                clusters.faults.zone_came_back()

    def _registries_in(self, region: str) -> list[TrainingPlanRegistry]:
        return [plans for (_, where), plans in self._plans.items() if where == region]

    def _clusters_in(self, region: str) -> list[ClusterRegistry]:
        return [clusters for (_, where), clusters in self._clusters.items() if where == region]

    def fail_instances(self, resource: str, count: int) -> None:
        """Have instances of a resource break, lowest first.

        `resource` is the ARN of a plan, job or cluster, or the id of a node or an UltraServer.
        Raises TrainingPlansError where it has fewer running instances.
        """
        self.bring_to_now()
        for clusters in self._clusters.values():
            if (nodes := clusters.faults.nodes_of(resource)) is not None:
                whole_nodes = [node for node in nodes if node.status in WHOLE]
                _check_running(resource, count, len(whole_nodes))
                clusters.faults.fail(whole_nodes[:count])
                return
        for affected in self._affected(resource):
            block = affected.block
            whole = set(block.instances.healthy())
            running = [number for number in affected.numbers if number in whole]
            if block.status is not PlanStatus.ACTIVE or not running:
                continue
            _check_running(resource, count, len(running))
            affected.registry.faults.break_instances(affected.plan, block, running[:count])
            return
        raise TrainingPlansError(f"{resource!r} has no running instances")

    def repair(self, resource: str) -> None:
        """Have the broken instances of a resource whole again.

        Raises TrainingPlansError for a resource that is none.
        """
        self.bring_to_now()
        for clusters in self._clusters.values():
            if clusters.faults.nodes_of(resource) is not None:
                clusters.faults.repair(resource)
                return
        for affected in self._affected(resource, all_of_its_plan=True):
            broken = set(affected.block.instances.broken())
            numbers = [number for number in affected.numbers if number in broken]
            if numbers and affected.block.status is PlanStatus.ACTIVE:
                affected.registry.faults.repair_instances(affected.plan, affected.block, numbers)

    def _affected(self, resource: str, all_of_its_plan: bool = False) -> list[Affected]:
        """The instances of a resource, block by block.

        A job that has lost instances no longer has them, so that with `all_of_its_plan`
        those of its plan count.
        """
        for registry in self._jobs.values():
            job = registry.find(resource)
            if job is None or job.arn != resource:
                continue
            if all_of_its_plan and job.choice.plan is not None:
                return self._affected(job.choice.plan.arn)
            if job.holding is None or job.choice.plan is None:
                return []
            return [
                Affected(registry.plans, job.choice.plan, job.holding.block, job.holding.numbers)
            ]
        for plans in self._plans.values():
            found = plans.faults.instances_of(resource)
            if found:
                return [Affected(plans, *each) for each in found]
        raise TrainingPlansError(
            f"{resource!r} names nothing that has instances: use the ARN of a training plan, "
            "of a job on one or of a cluster, or the id of a node or of an UltraServer"
        )

    def _pool_owner(self, zone: str, compute_type: str) -> tuple[Inventory, ComputeType]:
        region = self.catalog.zone(zone).region
        return self.inventory(region), self.catalog.compute_type(compute_type)


def _check_running(resource: str, count: int, running: int) -> None:
    if not running:
        raise TrainingPlansError(f"{resource!r} has no running instances")
    if count > running:
        raise TrainingPlansError(
            f"count must be at most {running}: so many instances of {resource!r} run, not {count}"
        )


def _check_window(start: datetime, end: datetime) -> None:
    if start >= end:
        raise TrainingPlansError(
            f"the window must end after it starts, not from {start.isoformat()} "
            f"to {end.isoformat()}"
        )
