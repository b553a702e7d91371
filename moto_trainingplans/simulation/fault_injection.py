"""What the control object has go wrong: instances of whatever has some, and whole zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .account import Account
from .clusters.statuses import NodeStatus
from .kernel.clock import check_window
from .kernel.errors import TrainingPlansError, in_short
from .kernel.events import EventQueue
from .market.catalog import Catalog
from .orders.outages import Outages
from .plans.plan import TrainingPlan
from .plans.registry import TrainingPlanRegistry
from .plans.reserved_capacity import ReservedCapacity
from .plans.statuses import PlanStatus

# The statuses of nodes whose instances can break.
WHOLE = (
    NodeStatus.PENDING,
    NodeStatus.RUNNING,
    NodeStatus.SYSTEM_UPDATING,
    NodeStatus.DEEP_HEALTH_CHECK,
    NodeStatus.DETACHING,
    NodeStatus.ATTACHING,
)


@dataclass(frozen=True)
class Affected:
    """Instances that a fault concerns."""

    registry: TrainingPlanRegistry
    plan: TrainingPlan
    reserved: ReservedCapacity
    numbers: Sequence[int]


class FaultInjection:
    """Faults in all accounts and Regions of a simulation, which has been brought to now.

    `accounts` are all there are, by account id and Region.
    """

    def __init__(
        self,
        catalog: Catalog,
        events: EventQueue,
        outages: Outages,
        accounts: Mapping[tuple[str, str], Account],
    ) -> None:
        self._catalog = catalog
        self._events = events
        self._outages = outages
        self._accounts = accounts

    def zone_outage(self, zone: str, start: datetime, end: datetime) -> None:
        """Have a zone down from `start` until `end`, or from now where that is later.

        Raises TrainingPlansError for an unknown zone, or a window that is empty or over.
        """
        region = self._catalog.zone(zone).region
        check_window(start, end)
        now = self._events.now
        if end <= now:
            raise TrainingPlansError(
                f"the outage must end in the future: it is {now.isoformat()}, "
                f"and {end.isoformat()} is not later"
            )
        # Until time has begun it may still be set to an earlier one.
        if start <= now and self._events.has_begun:
            self._begin_outage(zone, region)
        else:
            self._events.schedule(start, lambda: self._begin_outage(zone, region))
        # Where another begins as this one ends, the zone is down without a break.
        end_outage = partial(self._end_outage, zone, region)
        self._events.schedule(end, lambda: self._events.at_end_of_instant(end_outage))

    def _begin_outage(self, zone: str, region: str) -> None:
        if self._outages.begin(zone, self._events.now):
            for account in self._accounts_in(region):
                account.plans.faults.zone_went_down(zone)
            for account in self._accounts_in(region):
                account.clusters.faults.zone_went_down(zone)

    def _end_outage(self, zone: str, region: str) -> None:
        if self._outages.end(zone, self._events.now):
            for account in self._accounts_in(region):
                account.plans.faults.zone_came_back(zone)
            for account in self._accounts_in(region):
                account.clusters.faults.zone_came_back()

    def _accounts_in(self, region: str) -> list[Account]:
        return [account for (_, where), account in self._accounts.items() if where == region]

    def fail_instances(self, resource: str, count: int) -> None:
        """Have instances of a resource break, lowest first.

        `resource` is the ARN of a plan, job or cluster, or the id of a node or an UltraServer.
        Raises TrainingPlansError where it has fewer running instances.
        """
        for account in self._accounts.values():
            faults = account.clusters.faults
            if (nodes := faults.nodes_of(resource)) is not None:
                whole_nodes = [node for node in nodes if node.status in WHOLE]
                _check_running(resource, count, len(whole_nodes))
                faults.fail(whole_nodes[:count])
                return
        for affected in self._affected(resource):
            reserved = affected.reserved
            whole = set(reserved.instances.healthy())
            running = [number for number in affected.numbers if number in whole]
            if reserved.status is not PlanStatus.ACTIVE or not running:
                continue
            _check_running(resource, count, len(running))
            affected.registry.faults.break_instances(affected.plan, reserved, running[:count])
            return
        raise TrainingPlansError(f"{resource!r} has no running instances")

    def repair(self, resource: str) -> None:
        """Have the broken instances of a resource whole again.

        Raises TrainingPlansError for a resource that is none.
        """
        for account in self._accounts.values():
            if account.clusters.faults.nodes_of(resource) is not None:
                account.clusters.faults.repair(resource)
                return
        for affected in self._affected(resource, all_of_its_plan=True):
            broken = set(affected.reserved.instances.broken())
            numbers = [number for number in affected.numbers if number in broken]
            if numbers and affected.reserved.status is PlanStatus.ACTIVE:
                affected.registry.faults.repair_instances(affected.plan, affected.reserved, numbers)

    def _affected(self, resource: str, all_of_its_plan: bool = False) -> list[Affected]:
        """The instances of a resource, block by block.

        A job that has lost instances no longer has them, so that with `all_of_its_plan`
        those of its plan count.
        """
        for account in self._accounts.values():
            job = account.jobs.find(resource)
            if job is None or job.arn != resource:
                continue
            if all_of_its_plan and job.choice.plan is not None:
                return self._affected(job.choice.plan.arn)
            if job.allocation is None or job.choice.plan is None:
                return []
            return [
                Affected(
                    account.plans,
                    job.choice.plan,
                    job.allocation.reserved,
                    job.allocation.numbers,
                )
            ]
        for account in self._accounts.values():
            found = account.plans.faults.instances_of(resource)
            if found:
                return [Affected(account.plans, *each) for each in found]
        raise TrainingPlansError(
            f"{in_short(resource)} names nothing that has instances: use the ARN of a training "
            "plan, of a job on one or of a cluster, or the id of a node or of an UltraServer"
        )


def _check_running(resource: str, count: int, running: int) -> None:
    if not running:
        raise TrainingPlansError(f"{resource!r} has no running instances")
    if count > running:
        raise TrainingPlansError(
            f"count must be at most {running}: so many instances of {resource!r} run, not {count}"
        )
