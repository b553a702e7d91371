"""What one account has in one Region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .clusters.registry import ClusterRegistry
from .context import Context
from .endpoints.capacity import EndpointCapacity
from .jobs.registry import TrainingJobRegistry
from .kernel.scope import Scope
from .market.inventory import Inventory
from .orders.environment import EnvironmentOrders
from .orders.quota_decisions import QuotaDecisions
from .orders.run_times import RunTimes
from .plans.extensions import TrainingPlanExtensions
from .plans.registry import TrainingPlanRegistry
from .quotas.limits import Quota
from .quotas.requests import AccountQuotas
from .studio_apps.apps import StudioApps


@dataclass(frozen=True)
class Orders:
    """What a test has ordered for all accounts, as far as only some rooms ask for it."""

    run_times: RunTimes
    environment: EnvironmentOrders
    quota_decisions: QuotaDecisions


class Account:
    """An account's plans, jobs, clusters and so on in a Region, each made when first asked for."""

    def __init__(
        self, context: Context, inventory: Inventory, orders: Orders, scope: Scope
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._orders = orders
        self.scope = scope

    @cached_property
    def plans(self) -> TrainingPlanRegistry:
        """Its plans, and the offerings that it has found."""
        return TrainingPlanRegistry(self._context, self._inventory, self.scope)

    @cached_property
    def extensions(self) -> TrainingPlanExtensions:
        """The extensions of its plans."""
        return TrainingPlanExtensions(self._context, self.plans)

    @cached_property
    def quotas(self) -> AccountQuotas:
        """Its service quotas, and its requests to increase them."""
        return AccountQuotas(
            self._context,
            self._context.quotas,
            self._orders.quota_decisions,
            self._quota_use,
            self.scope,
        )

    @cached_property
    def jobs(self) -> TrainingJobRegistry:
        """Its training jobs on plans."""
        orders = self._orders
        return TrainingJobRegistry(
            self._context, self.plans, orders.run_times, orders.environment, self.scope
        )

    @cached_property
    def clusters(self) -> ClusterRegistry:
        """Its HyperPod clusters."""
        return ClusterRegistry(self._context, self.plans, self._inventory.zones, self.scope)

    @cached_property
    def endpoints(self) -> EndpointCapacity:
        """What its endpoints hold of plans."""
        return EndpointCapacity(self._context, self.plans)

    @cached_property
    def studio_apps(self) -> StudioApps:
        """Its Studio apps."""
        return StudioApps(self._context, self.plans)

    def _quota_use(self) -> dict[Quota, int]:
        """What is used of its quotas, as far as any is."""
        return {
            **self.plans.quota_use(),
            **self.jobs.quota_use(),
            **self.clusters.quota_use(),
        }
