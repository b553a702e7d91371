"""The training jobs on plans of one account and Region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..context import Context
from ..kernel.errors import TrainingPlansError
from ..kernel.scope import Scope
from ..orders.environment import EnvironmentOrders
from ..orders.run_times import RunTimes
from ..plans.plan import TrainingPlan
from ..plans.registry import TrainingPlanRegistry
from ..quotas.limits import Quota
from . import messages
from .checks import check_keep_alive
from .environment import container_environment
from .errors import (
    NoRemoteDebugging,
    NothingToUpdate,
    NoWarmPool,
    TrainingJobHasEnded,
    TrainingJobInUse,
    TrainingJobNameTaken,
    UnknownTrainingJob,
    WarmPoolInUse,
)
from .held import HeldInstances
from .job import Choice, JobRequest, TrainingJob
from .journal import JobJournal
from .on_demand import OnDemandJobs
from .placement import Demand, Placement
from .queue import JobQueue
from .resources import ResourceRequest, choices, placement
from .runner import JobRunner
from .statuses import SecondaryStatus
from .warm_pools import WarmPools

CAN_BE_DEBUGGED = frozenset(
    {SecondaryStatus.DOWNLOADING, SecondaryStatus.TRAINING}
)  # source: model
LONGEST_REASON = 1024  # source: model


class TrainingJobRegistry:
    """Creates, follows, stops and deletes jobs.

    All methods work at the present of `context`, and either do what they are asked or raise
    an error and change nothing.
    """

    def __init__(
        self,
        context: Context,
        plans: TrainingPlanRegistry,
        run_times: RunTimes,
        environments: EnvironmentOrders,
        scope: Scope,
    ) -> None:
        self._context = context
        self.plans = plans
        self._environments = environments
        self._arn_prefix = scope.arn("training-job/")
        self._journal = JobJournal(context, scope)
        self._runner = JobRunner(context, self._journal, run_times, self._ended)
        self._jobs: dict[str, TrainingJob] = {}
        self._held = HeldInstances(context, scope)
        self._on_demand = OnDemandJobs(context, self._held, self._runner)
        self._queues: dict[str, JobQueue] = {}
        self._created = 0

    @property
    def count(self) -> int:
        """How many jobs there are, in whatever status."""
        return len(self._jobs)

    def __contains__(self, name: str) -> bool:
        return name in self._jobs

    # -- creating --------------------------------------------------------------------------

    def create(
        self,
        request: JobRequest,
        resources: ResourceRequest,
        keep_alive: timedelta,
        tags: Mapping[str, str],
    ) -> TrainingJob:
        """Create a job on a plan: it starts if there is room for it, else it waits."""
        if request.name in self._jobs:
            raise TrainingJobNameTaken(self.arn(request.name))
        possible = self.choices(resources)
        place = placement(resources.placement, possible[0])
        for choice in possible:
            # Instances that are kept warm are held already.
            if self._pools(choice.plan).matching(_demand(choice, request, place)) is None:
                self._held.check(choice.instance_type, choice.count)
        choice = possible[0]
        if len(possible) > 1:
            choice = self._first_with_capacity(possible, request)
        now = self._context.now
        job = TrainingJob(self.arn(request.name), self._created + 1, request, choice, place, now)
        job.add_tags(tags)
        job.keep_alive = keep_alive
        self._created += 1
        self._jobs[job.name] = job
        self._place(choice.plan).submit(job)
        return job

    def arn(self, name: str) -> str:
        """The ARN of a job of a name."""
        return self._arn_prefix + name

    def choices(self, resources: ResourceRequest) -> list[Choice]:
        """What a job can run on, best first; raises a ServiceError where it cannot run so."""
        return choices(resources, self.plans.by_arn, self._context.now)

    def _first_with_capacity(self, possible: list[Choice], request: JobRequest) -> Choice:
        """The first that a job can run on now; where there is none, the first plan.

        source: choice
        """
        for choice in possible:
            if choice.plan is None:
                return choice
            if self._queue(choice.plan).can_start(_demand(choice, request, None)):
                return choice
        return possible[0]

    def _queue(self, plan: TrainingPlan) -> JobQueue:
        queue = self._queues.get(plan.arn)
        if queue is None:
            queue = JobQueue(self._context, plan, self._held, self._journal, self._runner)
            self._queues[plan.arn] = queue
        return queue

    def _place(self, plan: TrainingPlan | None) -> JobQueue | OnDemandJobs:
        """Where jobs on a plan, or on none, get their instances."""
        return self._on_demand if plan is None else self._queue(plan)

    def _pools(self, plan: TrainingPlan | None) -> WarmPools:
        return self._place(plan).pools

    def quota_use(self) -> dict[Quota, int]:
        """What the jobs hold, by the quotas on it."""
        return self._held.by_quota()

    def check_quota(self, instance_type: str, count: int) -> None:
        """Raise QuotaExceeded where jobs may not hold so many instances more. source: documented"""
        self._held.check(instance_type, count)

    def _ended(self, job: TrainingJob) -> None:
        plan = job.choice.plan
        (self._on_demand if plan is None else self._queues[plan.arn]).leave(job)

    # -- looking ---------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self._context.now

    def describe(self, name: str) -> TrainingJob:
        """The job of a name; one that moves by being described comes nearer to its end."""
        job = self._job(name)
        job.described()
        return job

    def jobs(self) -> list[TrainingJob]:
        """Every job, in the order of their creation."""
        return list(self._jobs.values())

    def find(self, name_or_arn: str) -> TrainingJob | None:
        """The job of a name or ARN, None if it is not here."""
        return self._jobs.get(name_or_arn.removeprefix(self._arn_prefix))

    def taggable(self, arn: str) -> TrainingJob:
        """The job of an ARN."""
        job = self.find(arn)
        if job is None or job.arn != arn:
            raise UnknownTrainingJob(arn)
        return job

    def taggables(self) -> list[TrainingJob]:
        """Every job, in the order of their creation."""
        return self.jobs()

    def _job(self, name: str) -> TrainingJob:
        try:
            return self._jobs[name]
        except KeyError:
            raise UnknownTrainingJob(name) from None

    # -- changing --------------------------------------------------------------------------

    def stop(self, name: str) -> None:
        """Stop a job; one that is stopping already goes on doing so."""
        job = self._job(name)
        if job.has_ended:
            raise TrainingJobHasEnded(job.status.value)
        if job.secondary_status is not SecondaryStatus.STOPPING:
            self._runner.stop(job)

    def update(
        self, name: str, keep_alive: timedelta | None, members: Mapping[str, Any]
    ) -> TrainingJob:
        """Change a job: how long its instances stay, and members of its request.

        `members` are those of the answer to DescribeTrainingJob that get another value.
        """
        job = self._job(name)
        if keep_alive is None and not members:
            raise NothingToUpdate
        if members and job.has_ended:
            raise TrainingJobHasEnded(job.status.value)
        if "RemoteDebugConfig" in members and job.secondary_status not in CAN_BE_DEBUGGED:
            assert job.secondary_status is not None
            raise NoRemoteDebugging(name, job.secondary_status.value)
        if keep_alive is not None:
            pools = self._pools(job.choice.plan)
            if job not in pools:
                raise NoWarmPool(name)
            check_keep_alive(keep_alive)
            pools.change_period(job, keep_alive)
        job.changed_members.update(members)
        job.last_modified = self._context.now
        return job

    def delete(self, name: str) -> None:
        """Delete a job that has ended."""
        job = self._job(name)
        if not job.has_ended:
            raise TrainingJobInUse(name, job.status.value)
        if job in self._pools(job.choice.plan):
            raise WarmPoolInUse(name)
        del self._jobs[name]
        before = job.secondary_status
        assert before is not None
        self._context.record(job.arn, before.value, "Deleted", "Training job deleted.")

    # -- what the control object does ------------------------------------------------------

    def fail(self, job: TrainingJob, reason: str) -> None:
        """The algorithm of a running job fails. Raises TrainingPlansError for any other job."""
        text = reason if reason.startswith("AlgorithmError") else f"AlgorithmError: {reason}"
        if len(text) > LONGEST_REASON:
            raise TrainingPlansError(f"reason must have at most {LONGEST_REASON} characters")
        self._check_running(job)
        self._runner.end(job, SecondaryStatus.FAILED, messages.FAILED, text)

    def environment(self, job: TrainingJob) -> dict[str, str]:
        """What the containers of a running job see. Raises TrainingPlansError for any other."""
        self._check_running(job)
        return container_environment(job, self._environments.expiration_unit)

    @staticmethod
    def _check_running(job: TrainingJob) -> None:
        if not job.container_runs:
            assert job.secondary_status is not None
            raise TrainingPlansError(
                f"{job.name} has no container that runs: it is in status "
                f"{job.secondary_status.value}, and must be in Training"
            )


def _demand(choice: Choice, request: JobRequest, place: Placement | None) -> Demand:
    """What a job would need to start on a choice."""
    return Demand(choice.instance_type, choice.count, request.settings, place)
