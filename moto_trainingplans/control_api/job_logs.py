"""What the containers of jobs print goes into moto's CloudWatch Logs."""

from __future__ import annotations

from ..simulation.job_logs import LogLines


def write_logs(logs: LogLines) -> None:
    """Put lines into their streams, made if there are none."""
    # Slow to import, and only needed once a job trains.
    from moto.logs.models import logs_backends

    backend = logs_backends[logs.account][logs.region]
    backend.ensure_log_group(logs.group)
    events = [
        {"timestamp": int(time.timestamp() * 1000), "message": text} for time, text in logs.lines
    ]
    for name in logs.streams:
        backend.ensure_log_stream(logs.group, name)
        # Not the backend's own method: it refuses times that are far from the machine's.
        backend.groups[logs.group].streams[name].put_log_events(events)
