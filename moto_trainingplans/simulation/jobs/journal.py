"""Where a job's changes of state are put down: the job itself, the history, its logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ..kernel.kernel import Kernel
from ..kernel.scope import Scope
from .job import TrainingJob, Transition
from .statuses import SECONDARY_STATUS_NAMES, SecondaryStatus

LOG_GROUP = "/aws/sagemaker/TrainingJobs"  # source: observed


class JobChanged(NamedTuple):
    """A job is in a new status."""

    scope: Scope
    time: datetime
    job: TrainingJob


class JobLogged(NamedTuple):
    """Changes of a job's state go into each of its log streams, a line for each."""

    scope: Scope
    time: datetime
    job: TrainingJob
    group: str
    transitions: Sequence[Transition]


class JobJournal:
    """Changes the states of the jobs of one account and Region, and announces that."""

    def __init__(self, kernel: Kernel, scope: Scope) -> None:
        self._kernel = kernel
        self._events = kernel.events
        self._record = kernel.history.record
        self._announcer = kernel.announcer
        self._scope = scope

    def enter(
        self, job: TrainingJob, status: SecondaryStatus, message: str, reason: str | None = None
    ) -> None:
        """Change a job's secondary status, and tell of it.

        The history has the `reason` where it says more than the message of the status.
        """
        now = self._events.now
        before = SECONDARY_STATUS_NAMES.get(job.secondary_status)
        transition = job.enter(status, now, message)
        after = SECONDARY_STATUS_NAMES[status]
        self._record(now, job.arn, before, after, reason or message)
        if job.log_streams:
            self._log(job, now, (transition,))
        elif status is SecondaryStatus.TRAINING:
            # One stream for each instance, once and for all. source: observed
            begun = f"{job.name}/algo-%d-{int(now.timestamp())}"
            job.log_streams = tuple(begun % each for each in range(1, job.choice.count + 1))
            self._log(job, now, tuple(job.transitions))
        if self._announcer.listeners:
            self._announcer.announce(JobChanged(self._scope, now, job))

    def _log(self, job: TrainingJob, now: datetime, transitions: Sequence[Transition]) -> None:
        if self._announcer.listeners:
            news = JobLogged(self._scope, now, job, LOG_GROUP, transitions)
            self._announcer.announce(news)
