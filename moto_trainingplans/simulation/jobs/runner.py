"""What a job does once it has its instances: one phase after the other, to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from ..context import Context
from ..kernel.pacing import Pace
from ..orders.run_times import DEFAULT_RUN_TIME, RunTimes
from . import messages
from .job import ZERO, TrainingJob
from .journal import JobJournal
from .statuses import (
    COMPLETED,
    DOWNLOADING,
    MAX_RUNTIME_EXCEEDED,
    RESTARTING,
    STARTING,
    STOPPED,
    STOPPING,
    TRAINING,
    UPLOADING,
    SecondaryStatus,
)

MODEL_NAME = "sagemaker::training_job"  # the state manager's name for it
GRACE = timedelta(seconds=120)  # between SIGTERM and the end of a stop. source: model


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
        self._events = context.events
        self._pacing = context.pacing
        self._journal = journal
        self._run_times = run_times
        self._ended = ended

    def launch(self, job: TrainingJob, *, warm: bool) -> None:
        """Begin with the first phase; the job has its instances, `warm` ones or new ones."""
        job.launched = True
        pace = self._pace()
        if pace.is_immediate:  # what takes no time is not said
            self._journal.enter(job, STARTING, messages.PREPARING)
            self._journal.enter(job, DOWNLOADING, messages.DOWNLOADING)
            self._train(job)
            return
        said = messages.REUSE if warm else messages.LAUNCH
        parts = zip(said, _parts(pace, len(said)), strict=True)
        steps = [each for each in parts if not each[1].is_immediate]
        self._journal.enter(job, STARTING, steps[0][0])
        self._prepare(job, steps)

    def _prepare(self, job: TrainingJob, steps: Sequence[tuple[str, Pace]]) -> None:
        """Say one after the other what Starting consists of, and go on to the next phase."""
        if steps:
            (message, pace), *left = steps
            job.status_message = message
            self._at_pace(job, pace, partial(self._prepare, steps=left))
        else:
            self._download(job)

    def restart(self, job: TrainingJob) -> None:
        """Begin anew after an instance was replaced."""
        job.cancel_step()
        self._journal.enter(job, RESTARTING, messages.REPLACING)
        self._at_pace(job, self._pace(), self._download)

    def stop(self, job: TrainingJob, as_status: SecondaryStatus = STOPPED) -> None:
        """Stop a job: its containers get a grace, without them it ends at once."""
        job.cancel_step()
        in_grace = job.container_runs
        job.stops_as = as_status
        self._journal.enter(job, STOPPING, messages.STOPPING)
        if in_grace:
            self._after(job, GRACE, self.stopped)
        else:
            self.stopped(job)

    def stopped(self, job: TrainingJob) -> None:
        """A job that was stopping comes to its end."""
        exceeded = job.stops_as is MAX_RUNTIME_EXCEEDED
        self.end(job, job.stops_as, messages.MAX_RUNTIME_EXCEEDED if exceeded else messages.STOPPED)

    def end(
        self,
        job: TrainingJob,
        status: SecondaryStatus,
        message: str,
        failure_reason: str | None = None,
    ) -> None:
        """A job comes to its end, from whatever it does."""
        job.cancel_step()
        job.failure_reason = failure_reason
        self._journal.enter(job, status, message)
        self._ended(job)

    def _download(self, job: TrainingJob) -> None:
        self._journal.enter(job, DOWNLOADING, messages.DOWNLOADING)
        self._at_pace(job, self._pace(), self._train)

    def _train(self, job: TrainingJob) -> None:
        self._journal.enter(job, TRAINING, messages.TRAINING)
        limit = job.request.max_runtime
        needed = self._run_times.of(job.name, job.arn)
        if needed is None:
            needed = min(DEFAULT_RUN_TIME, limit)
        if job.training_time:  # not its first training
            needed = max(ZERO, needed - job.progress)
            limit = max(ZERO, limit - job.training_time)
        if needed <= limit:
            self._after(job, needed, self._upload)
        else:
            self._after(job, limit, self._exceed)

    def _exceed(self, job: TrainingJob) -> None:
        self.stop(job, MAX_RUNTIME_EXCEEDED)

    def _upload(self, job: TrainingJob) -> None:
        self._journal.enter(job, UPLOADING, messages.UPLOADING)
        self._at_pace(job, self._pace(), self._complete)

    def _complete(self, job: TrainingJob) -> None:
        self.end(job, COMPLETED, messages.COMPLETED)

    def _pace(self) -> Pace:
        """How long a phase other than training takes, as the state manager says."""
        return self._pacing.of(MODEL_NAME)

    def _at_pace(self, job: TrainingJob, pace: Pace, action: Callable[[TrainingJob], None]) -> None:
        if pace.is_immediate:
            action(job)
        else:
            job.step = self._context.after(pace, partial(action, job))

    def _after(
        self, job: TrainingJob, delay: timedelta, action: Callable[[TrainingJob], None]
    ) -> None:
        if delay:
            events = self._events
            job.step = events.schedule(events.now + delay, partial(action, job))
        else:
            action(job)


def _parts(pace: Pace, count: int) -> list[Pace]:
    """A pace cut into so many equal parts, as far as it can be."""
    return [
        Pace(
            pace.delay * (part + 1) / count - pace.delay * part / count,
            pace.describes * (part + 1) // count - pace.describes * part // count,
        )
        for part in range(count)
    ]
