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
        self._add_change = kernel.history.add
        self._announcer = kernel.announcer
        self._scope = scope

    def enter(
        self, job: TrainingJob, status: SecondaryStatus, message: str, reason: str | None = None
    ) -> None:
        """Change a job's secondary status, and tell of it.

        The history has the `reason` where it says more than the message of the status.
        """
        now, names = self._events.now, SECONDARY_STATUS_NAMES
        row = (now, job.arn, names.get(job.secondary_status), names[status], message)
        job.enter(status, row)
        # One row for both, where they say the same: there are very many.
        self._add_change(row if reason is None else (*row[:4], reason))
        if self._announcer.listeners:
            self._announce(job, now)

    def _announce(self, job: TrainingJob, now: datetime) -> None:
        if job.first_trained is not None:
            # Since its containers first ran, which print all that was before, too.
            since = 0 if job.is_in_first_training else -1
            lines = job.transitions[since:]
            self._announcer.announce(JobLogged(self._scope, now, job, LOG_GROUP, lines))
        self._announcer.announce(JobChanged(self._scope, now, job))
