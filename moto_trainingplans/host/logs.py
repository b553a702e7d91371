"""What the containers of jobs print goes into moto's CloudWatch Logs."""

from __future__ import annotations

from ..simulation.jobs.journal import JobLogged
from ..simulation.kernel.announcements import Delivery


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
    now = news.time.replace(tzinfo=None)  # as moto has times
    ingested = int(news.time.timestamp() * 1000)

    def write() -> None:
        # Slow to import, and only needed once a job trains.
        from moto.logs.models import logs_backends

        backend = logs_backends[scope.account][scope.region]
        if group not in backend.groups:
            backend.ensure_log_group(group)
            backend.groups[group].creation_time = now
        for name in streams:
            is_new = name not in backend.groups[group].streams
            backend.ensure_log_stream(group, name)
            stream = backend.groups[group].streams[name]
            if is_new:
                stream.creation_time = now
            # Not the backend's own method: it refuses times that are far from the machine's.
            stream.put_log_events(events)
            stream.last_ingestion_time = now
            for event in stream.events[-len(events) :]:
                event.ingestion_time = ingested

    return Delivery("CloudWatch Logs", news.job.arn, write)
