"""Where a job's changes of state are put down: the job itself, the history, its logs."""

from __future__ import annotations

from .context import Context
from .job_logs import LogLine
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
        job.enter(status, self._context.now, message)
        self._context.record(
            job.arn, None if before is None else before.value, status.value, message
        )
        if job.log_streams:
            self._log(job, job.transitions[-1])
        elif status is SecondaryStatus.TRAINING:
            self._open_log(job)

    def _open_log(self, job: TrainingJob) -> None:
        """One stream for each instance, once and for all. source: O"""
        begun = int(self._context.now.timestamp())
        job.log_streams = tuple(
            f"{job.name}/algo-{number}-{begun}" for number in range(1, job.choice.count + 1)
        )
        for transition in job.transitions:
            self._log(job, transition)

    def _log(self, job: TrainingJob, transition: Transition) -> None:
        message = f"{transition.status.value}: {transition.message}"
        for stream in job.log_streams:
            self._context.write_log(
                LogLine(self._account, self._region, LOG_GROUP, stream, transition.start, message)
            )
