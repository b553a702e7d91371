"""Plans and jobs straight in the simulation, for tests of what no client could wait for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from moto_trainingplans.simulation.jobs.job import JobRequest, TrainingJob
from moto_trainingplans.simulation.jobs.placement import InstanceSettings
from moto_trainingplans.simulation.jobs.resources import ResourceRequest
from moto_trainingplans.simulation.kernel.errors import ServiceError, TrainingPlansError
from moto_trainingplans.simulation.market.catalog import Target
from moto_trainingplans.simulation.market.offerings import OfferingRequest
from moto_trainingplans.simulation.plans.plan import TrainingPlan
from moto_trainingplans.simulation.world import World
from tests.support.jobs import DAY, HOUR, START

TYPE = "ml.p4d.24xlarge"
BEGIN = START - 16 * HOUR
ZONES = ("us-west-2a", "us-west-2b")


def new_world() -> World:
    """A simulation that stands still at BEGIN until it is moved."""
    world = World(
        source=lambda: BEGIN,
        transition=lambda _: {"progression": "immediate"},
        salt=lambda: "",
        start=BEGIN,
        speed=0,
        instance_types=lambda _: (TYPE,),
    )
    world.bring_to_now()
    return world


class SimulatedJobs:
    """One account's plans and jobs in one simulation. Refused calls change nothing."""

    def __init__(self) -> None:
        self.world = new_world()
        where = ("123456789012", "us-west-2", "aws")
        self.plans = self.world.account(*where).plans
        self.jobs = self.world.account(*where).jobs
        # A day in one zone, and another in the other zone, a day later.
        self.world.clear_capacity(None)
        for zone, start in zip(ZONES, (START, START + 2 * DAY), strict=True):
            self.world.set_capacity(zone, TYPE, 64, None, start, start + DAY)

    def buy(
        self, name: str, count: int, days: int = 1, start_after: datetime | None = None
    ) -> TrainingPlan:
        """Buy a plan that starts at START, or later; one of two days has two blocks."""
        offering = self.plans.search(
            OfferingRequest(
                target=Target.TRAINING_JOB,
                instance_type=TYPE,
                instance_count=count,
                ultra_server_type=None,
                ultra_server_count=None,
                duration_hours=days * 24,
                start_after=start_after,
                end_before=None,
            )
        )[-1]
        return self.plans.create(name, offering.offering_id, None, {})

    def create(
        self,
        name: str,
        plan: TrainingPlan | str,
        count: int,
        run_time: timedelta,
        *,
        keep_alive: timedelta = timedelta(0),
        max_runtime: timedelta = 28 * DAY,
        max_pending: timedelta | None = None,
        checkpoints: bool = False,
        role: str = "role",
        described: str = "{}",
    ) -> TrainingJob:
        """Create a job that trains for a time."""
        self.world.run_times.set(name, run_time)
        return self.jobs.create(
            JobRequest(
                name, InstanceSettings(role), described, max_runtime, max_pending, checkpoints, {}
            ),
            ResourceRequest(
                instance_type=TYPE,
                count=count,
                groups=(),
                plan_arn=plan if isinstance(plan, str) else plan.arn,
                preferences=(),
                placement=None,
                spot=False,
            ),
            keep_alive,
            {},
        )

    def fail(self, name: str) -> None:
        """The algorithm of a job fails."""
        registry, job = self.world.job(name)
        registry.fail(job, "failed")

    def allow(self, count: int, usage: str) -> None:
        """Let jobs hold, or keep warm, so many instances."""
        self.world.quotas.set(f"{TYPE} for {usage} usage", count, "us-west-2", None)

    def call(self, name: str, *arguments: Any, **more: Any) -> None:
        """Make a call by its name; one that is refused is as good as any."""
        calls: dict[str, Callable[..., Any]] = {
            "buy": self.buy,
            "create": self.create,
            "stop": self.jobs.stop,
            "delete": self.jobs.delete,
            "fail": self.fail,
            "allow": self.allow,
            "fail_instances": self.world.faults.fail_instances,
            "repair": self.world.faults.repair,
            "zone_outage": self.world.faults.zone_outage,
        }
        with suppress(ServiceError, TrainingPlansError):
            calls[name](*arguments, **more)

    def move_to(self, when: datetime, step: timedelta | None = None) -> None:
        """Move the clock, at once or in steps."""
        while step and self.world.clock.now() + step < when:
            self.world.move_to(self.world.clock.now() + step)
        self.world.move_to(when)
