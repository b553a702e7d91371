"""What the containers of jobs print goes into moto's CloudWatch Logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ..simulation.jobs.journal import LOG_GROUP, JobLogged
from ..simulation.kernel.announcements import Delivery
from .journal import replay


def listen(news: object) -> Delivery | None:
    """What is to be written of the news, for the simulation's announcer."""
    if not isinstance(news, JobLogged):
        return None
    events = [
        {
            "timestamp": int(each.start.timestamp() * 1000),
            "message": f"{each.status.value}: {each.message}",
        }
        for each in news.transitions
    ]
    scope, group, streams = news.scope, news.group, news.job.log_streams
    time = news.time

    def write() -> None:
        # Slow to import, and only needed once a job trains.
        from moto.logs.models import logs_backends

        backend = logs_backends[scope.account][scope.region]
        if group not in backend.groups:
            backend.ensure_log_group(group)
            _set_time(backend.groups[group], "creation_time", time)
        for name in streams:
            is_new = name not in backend.groups[group].streams
            backend.ensure_log_stream(group, name)
            stream = backend.groups[group].streams[name]
            if is_new:
                _set_time(stream, "creation_time", time)
            try:
                # Not the backend's own method: it refuses times that are far from the machine's.
                stream.put_log_events(events)
            finally:
                _set_time(stream, "last_ingestion_time", time)
                for event in stream.events[-len(events) :]:
                    _set_time(event, "ingestion_time", time)

    writes = replay.get()
    if writes is not None:
        # What there is already was written by another simulation.
        writes.append(write)
        return None
    return Delivery("CloudWatch Logs", news.job.arn, write)


def rewrite(writes: Sequence[Callable[[], None]]) -> None:
    """Have what jobs printed be what these write, and nothing else."""
    if "moto.logs.models" in sys.modules:
        from moto.logs.models import logs_backends

        for account in list(logs_backends.values()):
            for backend in list(account.values()):
                group = backend.groups.get(LOG_GROUP)
                if group is not None:
                    group.streams.clear()
    for write in writes:
        write()


def _set_time(of: Any, name: str, time: datetime) -> None:
    """Have something of moto's be of a time, in the form in which it has its own.

    Newer versions keep times in UTC that do not say so, older ones milliseconds.
    """
    is_time = isinstance(getattr(of, name), datetime)
    setattr(of, name, time.replace(tzinfo=None) if is_time else int(time.timestamp() * 1000))
