"""What a training job did with its instances, as its changes of state tell it."""

from __future__ import annotations

from datetime import datetime

from ..simulation.jobs.statuses import ENDED, SecondaryStatus
from ..simulation.kernel.history import History, Row

WAITING, STARTING, TRAINING = "waiting", "starting", "training"
LOST, STOPPING, WARM = "lost", "stopping", "warm"

PENDING = SecondaryStatus.PENDING.value
RESTARTING = SecondaryStatus.RESTARTING.value
END_STATUSES = frozenset(status.value for status in ENDED)
PHASES = {
    PENDING: WAITING,
    SecondaryStatus.STARTING.value: STARTING,
    SecondaryStatus.DOWNLOADING.value: STARTING,
    RESTARTING: STARTING,
    SecondaryStatus.TRAINING.value: TRAINING,
    SecondaryStatus.UPLOADING.value: TRAINING,
    SecondaryStatus.STOPPING.value: STOPPING,
}
# A job begins to wait again, or anew with other instances: what it did may have been in vain.
INTERRUPTIONS = (PENDING, RESTARTING)


# When it began, what it is, and the change that began it.
Phase = tuple[datetime, str, Row]


def phases_of(resource: str, keeps_work: bool, history: History) -> list[Phase]:
    """The phases of a job, by its ARN, in the order of time.

    What a job without checkpoints did until it was interrupted is lost, and what a job with them
    needs to start again. The last phase goes on for ever.

    source: choice
    """
    phases: list[Phase] = []
    first_of_run = 0  # of the phases
    interrupted = False
    for row in history.rows(resource):
        time, _, before, after, _ = row
        if before is None:
            first_of_run, interrupted = len(phases), False
        elif before == after:
            continue
        if after in INTERRUPTIONS and before is not None:
            if not keeps_work:
                _lose(phases, first_of_run)
            interrupted, first_of_run = True, len(phases)
        phase = WARM if after in END_STATUSES else PHASES.get(after, "")
        if phase == STARTING and interrupted and keeps_work:
            phase = LOST
        phases.append((time, phase, row))
    return phases


def _lose(phases: list[Phase], first: int) -> None:
    """What has been done since a phase was in vain."""
    for index in range(first, len(phases)):
        time, phase, row = phases[index]
        if phase in (STARTING, TRAINING):
            phases[index] = (time, LOST, row)
