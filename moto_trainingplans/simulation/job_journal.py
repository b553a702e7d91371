"""Where a job's changes of state are put down: the job itself, the history, its logs."""

from __future__ import annotations

from collections.abc import Sequence

from .context import Context
from .job_logs import LogLines
from .job_statuses import SecondaryStatus
from .training_jobs import TrainingJob, Transition

LOG_GROUP = "/aws/sagemaker/TrainingJobs"  # source: O


class JobJournal:
    """Changes the states of the jobs of one account and Region."""

    def __init__(self, context: Context, account: str, region: str) -> None:
        self._context = context
        self._account = account
        self._region = region

    def enter(self, job: TrainingJob, status: SecondaryStatus, message: str) -> None:
        """Change a job's secondary status, and tell of it."""
        before = job.secondary_status
        now = self._context.now
        transition = job.enter(status, now, message)
        self._context.history.record(
            now, job.arn, None if before is None else before.value, status.value, message
        )
        if job.log_streams:
            self._log(job, (transition,))
        elif status is SecondaryStatus.TRAINING:
            # One stream for each instance, once and for all. source: O
            begun = f"{job.name}/algo-%d-{int(now.timestamp())}"
            job.log_streams = tuple(begun % each for each in range(1, job.choice.count + 1))
            self._log(job, job.transitions)

    def _log(self, job: TrainingJob, transitions: Sequence[Transition]) -> None:
        lines = [(each.start, f"{each.status.value}: {each.message}") for each in transitions]
        self._context.write_logs(
            LogLines(self._account, self._region, LOG_GROUP, job.log_streams, lines)
        )
