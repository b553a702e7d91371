"""What a job does once it has its instances: one phase after the other, to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ..context import Context
from ..kernel.pacing import Pace
from ..orders.run_times import DEFAULT_RUN_TIME, RunTimes
from .job import ZERO, TrainingJob
from .journal import JobJournal
from .statuses import SecondaryStatus

MODEL_NAME = "sagemaker::training_job"  # the state manager's name for it
GRACE = timedelta(seconds=120)  # between SIGTERM and the end of a stop. source: model

# source: model, in part
STARTING = "Preparing the instances for training"
RESTARTING = "Launched instance was unhealthy, replacing it!"
DOWNLOADING = "Downloading input data"
TRAINING = "Training image download completed. Training in progress."
UPLOADING = "Uploading generated training model"
COMPLETED = "Training job completed"
STOPPING = "Stopping the training job"
STOPPED = "Training job stopped"
MAX_RUNTIME = "Training job runtime exceeded MaxRuntimeInSeconds provided"


class JobRunner:
    """Leads jobs through their phases.

    `ended` is told of every job that has come to its end, so that its instances can go to
    another.
    """

    def __init__(
        self,
        context: Context,
        journal: JobJournal,
        run_times: RunTimes,
        ended: Callable[[TrainingJob], None],
    ) -> None:
        self._context = context
        self._journal = journal
        self._run_times = run_times
        self._ended = ended

    def launch(self, job: TrainingJob) -> None:
        """Begin with the first phase; the job has its instances."""
        job.launched = True
        self._journal.enter(job, SecondaryStatus.STARTING, STARTING)
        self._after_phase(job, self._download)

    def restart(self, job: TrainingJob) -> None:
        """Begin anew after an instance was replaced."""
        job.cancel_step()
        self._journal.enter(job, SecondaryStatus.RESTARTING, RESTARTING)
        self._after_phase(job, self._download)

    def stop(self, job: TrainingJob) -> None:
        """Stop a job: its containers get a grace, without them it ends at once."""
        job.cancel_step()
        in_grace = job.container_runs
        self._journal.enter(job, SecondaryStatus.STOPPING, STOPPING)
        if in_grace:
            self._after(job, GRACE, self._stopped)
        else:
            self._stopped(job)

    def end(
        self,
        job: TrainingJob,
        status: SecondaryStatus,
        message: str,
        failure_reason: str | None = None,
    ) -> None:
        """A job comes to its end."""
        job.cancel_step()
        job.failure_reason = failure_reason
        self._journal.enter(job, status, message)
        self._ended(job)

    def _download(self, job: TrainingJob) -> None:
        self._journal.enter(job, SecondaryStatus.DOWNLOADING, DOWNLOADING)
        self._after_phase(job, self._train)

    def _train(self, job: TrainingJob) -> None:
        self._journal.enter(job, SecondaryStatus.TRAINING, TRAINING)
        limit = job.request.max_runtime
        needed = self._run_times.of(job.name, job.arn)
        if needed is None:
            needed = min(DEFAULT_RUN_TIME, limit)
        needed = max(ZERO, needed - job.progress)
        allowed = limit - job.training_time
        if needed <= allowed:
            self._after(job, needed, self._upload)
        else:
            self._after(job, allowed, self._exceed)

    def _upload(self, job: TrainingJob) -> None:
        self._journal.enter(job, SecondaryStatus.UPLOADING, UPLOADING)
        self._after_phase(job, self._complete)

    def _complete(self, job: TrainingJob) -> None:
        self.end(job, SecondaryStatus.COMPLETED, COMPLETED)

    def _exceed(self, job: TrainingJob) -> None:
        self.end(job, SecondaryStatus.MAX_RUNTIME_EXCEEDED, MAX_RUNTIME)

    def _stopped(self, job: TrainingJob) -> None:
        self.end(job, SecondaryStatus.STOPPED, STOPPED)

    def _after_phase(self, job: TrainingJob, action: Callable[[TrainingJob], None]) -> None:
        """Go on once the phase has taken the time that the state manager gives it."""
        self._at_pace(job, self._context.pacing.of(MODEL_NAME), action)

    def _after(
        self, job: TrainingJob, delay: timedelta, action: Callable[[TrainingJob], None]
    ) -> None:
        self._at_pace(job, Pace(max(ZERO, delay)), action)

    def _at_pace(self, job: TrainingJob, pace: Pace, action: Callable[[TrainingJob], None]) -> None:
        if pace.is_immediate:
            action(job)
            return

        def step() -> None:
            job.step = None
            action(job)

        job.step = self._context.after(pace, step)
