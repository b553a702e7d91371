"""What the containers of jobs print goes into moto's CloudWatch Logs."""

from __future__ import annotations

from ..simulation.job_logs import LogLine


def write_log(line: LogLine) -> None:
    """Put a line into its stream, made if there is none."""
    # Slow to import, and only needed once a job trains.
    from moto.logs.models import logs_backends

    backend = logs_backends[line.account][line.region]
    backend.ensure_log_group(line.group)
    backend.ensure_log_stream(line.group, line.stream)
    # Not the backend's own method: it refuses times that are far from the machine's.
    stream = backend.groups[line.group].streams[line.stream]
    event = {"timestamp": int(line.time.timestamp() * 1000), "message": line.message}
    stream.put_log_events([event])
