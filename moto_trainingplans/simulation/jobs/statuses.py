"""The statuses of a training job, and which may follow which."""

from __future__ import annotations

from enum import Enum


class JobStatus(str, Enum):
    """The status of a training job."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


class SecondaryStatus(str, Enum):
    """What a training job is doing within its status."""

    PENDING = "Pending"
    STARTING = "Starting"
    RESTARTING = "Restarting"
    DOWNLOADING = "Downloading"
    TRAINING = "Training"
    UPLOADING = "Uploading"
    STOPPING = "Stopping"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"
    MAX_RUNTIME_EXCEEDED = "MaxRuntimeExceeded"


# Names of their own, for what happens to every job: a look at a member of an enumeration takes
# longer than to enter a status does, before Python 3.12.
PENDING = SecondaryStatus.PENDING
STARTING = SecondaryStatus.STARTING
RESTARTING = SecondaryStatus.RESTARTING
DOWNLOADING = SecondaryStatus.DOWNLOADING
TRAINING = SecondaryStatus.TRAINING
UPLOADING = SecondaryStatus.UPLOADING
STOPPING = SecondaryStatus.STOPPING
STOPPED = SecondaryStatus.STOPPED
COMPLETED = SecondaryStatus.COMPLETED
FAILED = SecondaryStatus.FAILED
MAX_RUNTIME_EXCEEDED = SecondaryStatus.MAX_RUNTIME_EXCEEDED

# As plain strings. Looked up, because an enum's `value` is slow.
SECONDARY_STATUS_NAMES: dict[SecondaryStatus | None, str] = {
    status: status.value for status in SecondaryStatus
}

_STATUS = SecondaryStatus
# The status that each secondary status is part of. source: model
JOB_STATUS: dict[SecondaryStatus, JobStatus] = {
    _STATUS.PENDING: JobStatus.IN_PROGRESS,
    _STATUS.STARTING: JobStatus.IN_PROGRESS,
    _STATUS.RESTARTING: JobStatus.IN_PROGRESS,
    _STATUS.DOWNLOADING: JobStatus.IN_PROGRESS,
    _STATUS.TRAINING: JobStatus.IN_PROGRESS,
    _STATUS.UPLOADING: JobStatus.IN_PROGRESS,
    _STATUS.STOPPING: JobStatus.STOPPING,
    _STATUS.COMPLETED: JobStatus.COMPLETED,
    _STATUS.FAILED: JobStatus.FAILED,
    _STATUS.STOPPED: JobStatus.STOPPED,
    _STATUS.MAX_RUNTIME_EXCEEDED: JobStatus.STOPPED,
}

ENDED = frozenset(
    {_STATUS.COMPLETED, _STATUS.FAILED, _STATUS.STOPPED, _STATUS.MAX_RUNTIME_EXCEEDED}
)

# In which a job's instances work for it, so that the time is billed. source: model
WORKING = frozenset({_STATUS.DOWNLOADING, _STATUS.TRAINING, _STATUS.UPLOADING})
# In which they do not, or not yet.
NOT_WORKING = frozenset({_STATUS.PENDING, _STATUS.STARTING, _STATUS.RESTARTING})
# In which a job without checkpoints has lost what it had done.
LOST = frozenset({_STATUS.PENDING, _STATUS.RESTARTING})

# What can befall a job that has its instances, whatever it does with them.
_LOSS = frozenset({_STATUS.PENDING, _STATUS.RESTARTING, _STATUS.STOPPING, _STATUS.STOPPED})
NEXT_SECONDARY_STATUSES: dict[SecondaryStatus | None, frozenset[SecondaryStatus]] = {
    None: frozenset({_STATUS.PENDING, _STATUS.STARTING}),
    _STATUS.PENDING: frozenset(
        {_STATUS.STARTING, _STATUS.STOPPING, _STATUS.STOPPED, _STATUS.FAILED}
    ),
    _STATUS.STARTING: _LOSS | {_STATUS.DOWNLOADING},
    _STATUS.RESTARTING: _LOSS | {_STATUS.DOWNLOADING},
    _STATUS.DOWNLOADING: _LOSS | {_STATUS.TRAINING},
    _STATUS.TRAINING: _LOSS | {_STATUS.UPLOADING, _STATUS.FAILED},
    _STATUS.UPLOADING: _LOSS | {_STATUS.COMPLETED},
    _STATUS.STOPPING: frozenset({_STATUS.STOPPED, _STATUS.MAX_RUNTIME_EXCEEDED, _STATUS.FAILED}),
    **dict.fromkeys(ENDED, frozenset()),
}
