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


_S = SecondaryStatus
# The status that each secondary status is part of. source: M
JOB_STATUS: dict[SecondaryStatus, JobStatus] = {
    _S.PENDING: JobStatus.IN_PROGRESS,
    _S.STARTING: JobStatus.IN_PROGRESS,
    _S.RESTARTING: JobStatus.IN_PROGRESS,
    _S.DOWNLOADING: JobStatus.IN_PROGRESS,
    _S.TRAINING: JobStatus.IN_PROGRESS,
    _S.UPLOADING: JobStatus.IN_PROGRESS,
    _S.STOPPING: JobStatus.STOPPING,
    _S.COMPLETED: JobStatus.COMPLETED,
    _S.FAILED: JobStatus.FAILED,
    _S.STOPPED: JobStatus.STOPPED,
    _S.MAX_RUNTIME_EXCEEDED: JobStatus.STOPPED,
}

ENDED = frozenset({_S.COMPLETED, _S.FAILED, _S.STOPPED, _S.MAX_RUNTIME_EXCEEDED})

# What can befall a job that has its instances, whatever it does with them.
_LOSS = frozenset({_S.PENDING, _S.RESTARTING, _S.STOPPING, _S.STOPPED})
NEXT_SECONDARY_STATUSES: dict[SecondaryStatus | None, frozenset[SecondaryStatus]] = {
    None: frozenset({_S.PENDING, _S.STARTING}),
    _S.PENDING: frozenset({_S.STARTING, _S.STOPPING, _S.STOPPED, _S.FAILED}),
    _S.STARTING: _LOSS | {_S.DOWNLOADING},
    _S.RESTARTING: _LOSS | {_S.DOWNLOADING},
    _S.DOWNLOADING: _LOSS | {_S.TRAINING},
    _S.TRAINING: _LOSS | {_S.UPLOADING, _S.FAILED, _S.MAX_RUNTIME_EXCEEDED},
    _S.UPLOADING: _LOSS | {_S.COMPLETED},
    _S.STOPPING: frozenset({_S.STOPPED, _S.FAILED}),
    **dict.fromkeys(ENDED, frozenset()),
}
