"""What the containers of jobs print goes into moto's CloudWatch Logs."""

from __future__ import annotations

from ..simulation.jobs.logs import LogEntry


def write_logs(entry: LogEntry) -> None:
    """Put a job's lines into its streams, made if there are none."""
    # Slow to import, and only needed once a job trains.
    from moto.logs.models import logs_backends

    backend = logs_backends[entry.account][entry.region]
    backend.ensure_log_group(entry.group)
    events = [
        {
            "timestamp": int(each.start.timestamp() * 1000),
            "message": f"{each.status.value}: {each.message}",
        }
        for each in entry.transitions
    ]
    for name in entry.streams:
        backend.ensure_log_stream(entry.group, name)
        # Not the backend's own method: it refuses times that are far from the machine's.
        backend.groups[entry.group].streams[name].put_log_events(events)
