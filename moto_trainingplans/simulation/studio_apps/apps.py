"""The Studio apps of one account and Region: each has an instance, some of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any

from ..context import Context
from ..kernel.events import Event
from ..kernel.tags import Taggable
from ..market.catalog import Target
from ..plans.allocation import Allocation, allocate
from ..plans.eligibility import Workload, check_eligible
from ..plans.listeners import Closing
from ..plans.plan import TrainingPlan
from ..plans.registry import TrainingPlanRegistry
from ..plans.reserved_capacity import ReservedCapacity
from ..plans.usage import Holder
from .errors import (
    AppExists,
    AppIsDeleted,
    AppTypeWithoutPlans,
    AppWithoutType,
    NoFreeInstance,
    UnknownApp,
)

TYPES_ON_PLANS = ("JupyterLab", "CodeEditor")  # source: model
# How long an app that is deleted is remembered. source: model
REMEMBERED = timedelta(hours=24)
CAPACITY_ENDED = "The reserved capacity of the training plan is ending."
ZONE_DOWN = "The Availability Zone of the app's instance is down."
INSTANCE_BROKEN = "The app's instance has failed, and the training plan has no other that is free."


class AppStatus(str, Enum):
    """The statuses of an app: those between take no time."""

    IN_SERVICE = "InService"
    DELETED = "Deleted"
    FAILED = "Failed"


@dataclass(frozen=True)
class AppName:
    """What an app is known by; `owner_kind` is user-profile or space."""

    domain: str
    owner_kind: str
    owner: str
    app_type: str
    name: str

    @property
    def path(self) -> str:
        """The app in an ARN."""
        return f"{self.domain}/{self.owner}/{self.app_type.lower()}/{self.name}"


@dataclass(frozen=True)
class AppRequest:
    """What is asked for: `spec` is the ResourceSpec as it was sent."""

    name: AppName
    spec: Mapping[str, Any]
    recovery_mode: bool
    instance_type: str | None
    plan_arn: str | None


class StudioApp(Taggable):
    """An app, and the instance that it has of a plan; `order` is its place among all apps."""

    def __init__(self, arn: str, order: int, request: AppRequest, created: datetime) -> None:
        super().__init__(arn)
        self.order = order
        self.request = request
        self.created = created
        self.status = AppStatus.IN_SERVICE
        self.failure_reason: str | None = None
        self.allocation: Allocation | None = None
        self.holder = Holder("app", arn, request.name.path, "", self.tags)
        self.forgetting: Event | None = None


class AppsOnPlan:
    """Gives a plan's instances to apps; listens to the plan."""

    def __init__(self, apps: StudioApps) -> None:
        self._apps = apps
        self._holders: list[StudioApp] = []

    def take(self, app: StudioApp, allocation: Allocation) -> None:
        """An app has an instance from now on."""
        app.allocation = allocation
        self._holders.append(app)

    def let_go(self, app: StudioApp) -> None:
        """An app has its instance no longer."""
        assert app.allocation is not None
        app.allocation.release()
        app.allocation = None
        self._holders.remove(app)

    def _apps_in(self, reserved: ReservedCapacity) -> list[tuple[StudioApp, Allocation]]:
        return [
            (app, app.allocation)
            for app in self._holders
            if app.allocation is not None and app.allocation.reserved is reserved
        ]

    def block_opened(self, reserved: ReservedCapacity) -> None:
        """Nothing happens: apps do not wait for instances."""

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """End the apps on a block."""
        for app, _ in self._apps_in(reserved):
            self.let_go(app)
            if closing is Closing.CUT_OFF:
                self._apps.end(app, AppStatus.DELETED, CAPACITY_ENDED)
            else:
                self._apps.end(app, AppStatus.FAILED, ZONE_DOWN)

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """Nothing is left to do: the block has been closed."""

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Move apps to other instances, as far as there are any."""
        broken = set(numbers)
        for app, allocation in self._apps_in(reserved):
            if allocation.number in broken:
                other = reserved.instances.replace(allocation.number)
                if other is not None:
                    app.allocation = allocation.with_numbers((other,))
                    continue
                self.let_go(app)
                self._apps.end(app, AppStatus.FAILED, INSTANCE_BROKEN)

    def instances_repaired(self, reserved: ReservedCapacity) -> None:
        """Nothing happens: apps do not wait for instances."""


class StudioApps:
    """Creates, follows and deletes apps."""

    def __init__(self, context: Context, plans: TrainingPlanRegistry) -> None:
        self._context = context
        self._plans = plans
        self._apps: dict[AppName, StudioApp] = {}
        self._on_plans: dict[str, AppsOnPlan] = {}
        self._created = 0

    def arn(self, name: AppName) -> str:
        """The ARN of an app."""
        return self._plans.arn("app", name.path)

    def create(self, request: AppRequest, tags: Mapping[str, str]) -> StudioApp:
        """Create an app. One that was deleted within a day is restarted. source: model"""
        old = self._apps.get(request.name)
        if old is not None and old.status is AppStatus.IN_SERVICE:
            raise AppExists(old.arn)
        place = self._place(request)
        self._created += 1
        created = self._context.now if old is None else old.created
        app = StudioApp(self.arn(request.name), self._created, request, created)
        app.add_tags(tags)
        if old is not None and old.forgetting is not None:
            old.forgetting.cancel()
        if place is not None:
            plan, reserved = place
            allocation = allocate(plan.arn, reserved, 1, app.holder)
            assert allocation is not None
            self._on_plan(plan).take(app, allocation)
        self._apps[request.name] = app
        before = None if old is None else old.status.value
        self._context.record(app.arn, before, app.status.value, "App created.")
        return app

    def _place(self, request: AppRequest) -> tuple[TrainingPlan, ReservedCapacity] | None:
        """Where an app on a plan gets its instance; raises where it gets none.

        source: documented
        """
        if request.plan_arn is None:
            return None
        if request.name.app_type not in TYPES_ON_PLANS:
            raise AppTypeWithoutPlans(request.name.app_type)
        if request.instance_type is None:
            raise AppWithoutType
        plan = self._plans.named(request.plan_arn)
        workload = Workload(Target.STUDIO_APPS, (request.instance_type,), 1)
        check_eligible(plan, workload, self._context.now)
        reserved = plan.open_capacity(self._context.now)
        if reserved is None or not reserved.instances.available():
            raise NoFreeInstance(plan.arn)
        return plan, reserved

    def _on_plan(self, plan: TrainingPlan) -> AppsOnPlan:
        on_plan = self._on_plans.get(plan.arn)
        if on_plan is None:
            on_plan = self._on_plans[plan.arn] = AppsOnPlan(self)
            plan.listeners.append(on_plan)
        return on_plan

    def delete(self, name: AppName) -> None:
        """Delete an app, whose instance is free at once."""
        app = self.describe(name)
        if app.status is AppStatus.DELETED:
            raise AppIsDeleted(app.arn)
        if app.allocation is not None:
            assert app.request.plan_arn is not None
            self._on_plans[app.request.plan_arn].let_go(app)
        self.end(app, AppStatus.DELETED, "App deleted.")

    def end(self, app: StudioApp, status: AppStatus, reason: str) -> None:
        """An app runs no longer; what is deleted is forgotten after a day."""
        before, app.status = app.status, status
        app.failure_reason = reason if status is AppStatus.FAILED else None
        if status is AppStatus.DELETED:
            due = self._context.now + REMEMBERED
            forget = partial(self._forget, app.request.name)
            app.forgetting = self._context.events.schedule(due, forget)
        self._context.record(app.arn, before.value, status.value, reason)

    def _forget(self, name: AppName) -> None:
        del self._apps[name]

    def describe(self, name: AppName) -> StudioApp:
        """The app of a name."""
        app = self._apps.get(name)
        if app is None:
            raise UnknownApp(self.arn(name))
        return app

    def apps(self) -> list[StudioApp]:
        """Every app, in the order of their names' first use."""
        return list(self._apps.values())

    def taggable(self, arn: str) -> StudioApp:
        """The app of an ARN."""
        for app in self._apps.values():
            if app.arn == arn:
                return app
        raise UnknownApp(arn)
