"""A training job on a plan: what was asked for, what it does, and how long it has done it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from ..kernel.events import Event
from ..kernel.history import Row
from ..kernel.pacing import Countdown
from ..kernel.tags import Taggable
from ..plans.allocation import Allocation
from ..plans.plan import TrainingPlan
from ..plans.usage import Holder
from .placement import Demand, InstanceSettings, Placement
from .statuses import (
    DOWNLOADING,
    ENDED,
    JOB_STATUS,
    LOST,
    NEXT_SECONDARY_STATUSES,
    NOT_WORKING,
    STOPPED,
    STOPPING,
    TRAINING,
    WORKING,
    JobStatus,
    SecondaryStatus,
)

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Instances that a job can run on: of a plan, or on-demand ones where it is None."""

    instance_type: str
    count: int
    plan: TrainingPlan | None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job as asked for: the whole request, and what of it decides about the job.

    `described` are the members of the request that the job's description shows, as JSON: a fifth
    of what they are as objects, and nobody can change it. `max_pending` None is the service's own
    limit. `environment` is what the user gives the containers.
    """

    name: str
    settings: InstanceSettings
    described: str
    max_runtime: timedelta
    max_pending: timedelta | None
    has_checkpoints: bool
    environment: Mapping[str, str]

    @property
    def members(self) -> dict[str, Any]:
        """The members that are described: made anew each time."""
        members: dict[str, Any] = json.loads(self.described)
        return members


class Transition(NamedTuple):
    """A secondary status that a job was in from `start` until `end`, None if it still is."""

    status: SecondaryStatus
    start: datetime
    message: str
    end: datetime | None


class WarmPoolStatus(str, Enum):
    """The status of the instances that a job keeps for the next one."""

    AVAILABLE = "Available"
    TERMINATED = "Terminated"
    REUSED = "Reused"
    IN_USE = "InUse"


@dataclass(slots=True)
class WarmPool:
    """Instances that stay for the next job: since when, and until when they did.

    `chain_start` is when the first of the jobs that have passed them on got them, `ended_with`
    what the job said of its end before it spoke of the pool.
    """

    status: WarmPoolStatus
    chain_start: datetime
    since: datetime | None = None
    until: datetime | None = None
    reused_by: str | None = None
    ended_with: str = ""
    expiry: Event | None = None

    def retained(self, now: datetime) -> timedelta:
        """How long they have been kept."""
        return ZERO if self.since is None else (self.until or now) - self.since

    def close(self, status: WarmPoolStatus, now: datetime) -> None:
        """The pool is no longer there."""
        if self.expiry is not None:
            self.expiry.cancel()
        self.status = status
        if self.since is not None:
            self.until = now


class TrainingJob(Taggable):
    """A training job, from its creation to its deletion.

    `order` is its place among the jobs of its account and Region. `choice` is what it runs
    on or waits for, `demand` what it needs to start; `launched` tells that it has had its
    instances, `works` that they work for it now, or did when it ended; `stops_as` is what it
    will be once it has stopped, and `reuses_pool` tells that another job has kept its instances
    for it. `progress` is the time in Training that counts towards its end,
    `training_time` all of it, and `working_time` that of downloading and uploading too.
    `changed_members` are those of the request that updates have changed.
    """

    # So many attributes that without slots each look at one would cost twice as much.
    __slots__ = (
        "allocation",
        "changed_members",
        "choice",
        "created",
        "demand",
        "entered",
        "failure_reason",
        "first_trained",
        "holder",
        "keep_alive",
        "last_modified",
        "launched",
        "name",
        "order",
        "pending_since",
        "pending_time",
        "progress",
        "request",
        "reuses_pool",
        "secondary_status",
        "step",
        "stops_as",
        "training_end",
        "training_start",
        "training_time",
        "warm_pool",
        "working_time",
        "works",
    )

    def __init__(
        self,
        arn: str,
        order: int,
        request: JobRequest,
        choice: Choice,
        placement: Placement | None,
        created: datetime,
    ) -> None:
        super().__init__(arn)
        self.name = request.name
        self.order = order
        self.request = request
        self.choice = choice
        self.demand = Demand(choice.instance_type, choice.count, request.settings, placement)
        self.created = created
        self.last_modified = created
        self.secondary_status: SecondaryStatus | None = None
        # What it has entered so far: as the history has it, but with what the job says of itself.
        self.entered: list[Row] = []
        self.failure_reason: str | None = None
        self.launched = False
        self.works = False
        self.stops_as = STOPPED
        self.allocation: Allocation | None = None
        self.holder = Holder(
            "training-job", arn, self.name, "", self.tags, keeps_work=request.has_checkpoints
        )
        self.keep_alive = ZERO
        self.warm_pool: WarmPool | None = None
        self.reuses_pool = False
        self.progress = ZERO
        self.training_time = ZERO
        self.working_time = ZERO
        self.training_start: datetime | None = None
        self.training_end: datetime | None = None
        # Time for which it has waited, without that which it is waiting now.
        self.pending_time = ZERO
        self.pending_since: datetime | None = None
        # What comes next: at a time, or after so many describes.
        self.step: Event | Countdown | None = None
        # When it first trained, which the names of its log streams tell.
        self.first_trained: datetime | None = None
        self.changed_members: dict[str, Any] = {}

    @property
    def status(self) -> JobStatus:
        """The job's status, as the secondary status says."""
        assert self.secondary_status is not None
        return JOB_STATUS[self.secondary_status]

    @property
    def has_ended(self) -> bool:
        """Whether nothing will come of the job any more."""
        return self.secondary_status in ENDED

    @property
    def container_runs(self) -> bool:
        """Whether its containers run: in training, and in the grace before a stop."""
        if self.secondary_status is TRAINING:
            return True
        return self.secondary_status is STOPPING

    @property
    def transitions(self) -> list[Transition]:
        """Its secondary statuses so far, in the order of time; one in which it ended took none."""
        ends = [row[0] for row in self.entered[1:]]
        last = self.last_entered if self.has_ended else None
        return [
            Transition(SecondaryStatus(status), start, message, end)
            for (start, _, _, status, message), end in zip(self.entered, (*ends, last), strict=True)
        ]

    @property
    def last_entered(self) -> datetime:
        """Since when it is in its secondary status."""
        return self.entered[-1][0]

    @property
    def status_message(self) -> str:
        """What is said of its secondary status."""
        return self.entered[-1][4]

    @status_message.setter
    def status_message(self, message: str) -> None:
        self.entered[-1] = (*self.entered[-1][:4], message)

    @property
    def is_in_first_training(self) -> bool:
        """Whether it trains, and has not trained before."""
        trainings = [row for row in self.entered if row[3] == TRAINING]
        return self.secondary_status is TRAINING and len(trainings) == 1

    @property
    def log_streams(self) -> tuple[str, ...]:
        """One stream for each instance, once it has trained. source: observed"""
        if self.first_trained is None:
            return ()
        begun = int(self.first_trained.timestamp())
        return tuple(f"{self.name}/algo-{n}-{begun}" for n in range(1, self.choice.count + 1))

    def enter(self, status: SecondaryStatus, row: Row) -> None:
        """Change the secondary status, and count the time spent in the one before."""
        before, now = self.secondary_status, row[0]
        if status not in NEXT_SECONDARY_STATUSES[before]:
            raise RuntimeError(f"{self.arn} cannot go from {before} to {status}")
        if before in WORKING and (since := self.entered[-1][0]) != now:
            self._count_work(now - since)
        if status is DOWNLOADING:
            self.works = True
            if self.training_start is None:
                self.training_start = now
        elif status is TRAINING:
            if self.first_trained is None:
                self.first_trained = now
        elif status in NOT_WORKING:
            self.works = False
            if status in LOST and not self.request.has_checkpoints:
                self.progress = ZERO  # source: choice
        elif status in ENDED and self.training_start is not None:
            self.training_end = now
        self.entered.append(row)
        self.secondary_status = status
        self.last_modified = now

    def _count_work(self, spent: timedelta) -> None:
        self.working_time += spent
        if self.secondary_status is TRAINING:
            self.progress += spent
            self.training_time += spent

    def cancel_step(self) -> None:
        """Nothing comes next."""
        if self.step is not None:
            self.step.cancel()
        self.step = None

    def take_due_step(self, now: datetime) -> None:
        """Take the steps that are due at this very instant before anything else happens."""
        while isinstance(self.step, Event) and self.step.due <= now and self.step.action:
            action = self.step.action
            self.cancel_step()
            action()

    def described(self) -> None:
        """The job was described once more."""
        if isinstance(self.step, Countdown):
            self.step.described()
