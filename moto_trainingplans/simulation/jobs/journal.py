"""Where a job's changes of state are put down: the job itself, the history, its logs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ..context import Context
from .job import TrainingJob, Transition
from .logs import LogEntry
from .statuses import SECONDARY_STATUS_NAMES, SecondaryStatus

LOG_GROUP = "/aws/sagemaker/TrainingJobs"  # source: observed


class JobJournal:
    """Changes the states of the jobs of one account and Region, and tells `announce` of it."""

    def __init__(
        self,
        context: Context,
        account: str,
        region: str,
        announce: Callable[[TrainingJob, datetime], None],
    ) -> None:
        self._events = context.events
        self._history = context.history
        self._write_logs = context.write_logs
        self._account = account
        self._region = region
        self._announce = announce

    def enter(self, job: TrainingJob, status: SecondaryStatus, message: str) -> None:
        """Change a job's secondary status, and tell of it."""
        now = self._events.now
        before = SECONDARY_STATUS_NAMES.get(job.secondary_status)
        transition = job.enter(status, now, message)
        self._history.record(now, job.arn, before, SECONDARY_STATUS_NAMES[status], message)
        if job.log_streams:
            self._log(job, (transition,))
        elif status is SecondaryStatus.TRAINING:
            # One stream for each instance, once and for all. source: observed
            begun = f"{job.name}/algo-%d-{int(now.timestamp())}"
            job.log_streams = tuple(begun % each for each in range(1, job.choice.count + 1))
            self._log(job, tuple(job.transitions))
        self._announce(job, now)

    def _log(self, job: TrainingJob, transitions: Sequence[Transition]) -> None:
        self._write_logs(
            LogEntry(self._account, self._region, LOG_GROUP, job.log_streams, transitions)
        )
