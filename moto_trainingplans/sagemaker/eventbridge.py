"""State changes of clusters and jobs, as events for the rules in moto's EventBridge."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ..aws_json.protocol import EPOCH
from ..simulation.clusters.cluster import Cluster
from ..simulation.jobs.job import TrainingJob
from .clusters import cluster_description
from .job_descriptions import job_description

SOURCE = "aws.sagemaker"  # source: documented
CLUSTER_CHANGE = "SageMaker HyperPod Cluster State Change"  # source: documented
JOB_CHANGE = "SageMaker Training Job State Change"  # source: documented


def announce_cluster(account: str, region: str, cluster: Cluster, now: datetime) -> None:
    """Tell of a cluster's new status."""
    if _anybody_listens(account, region):
        detail = {**cluster_description(cluster), "Tags": cluster.tags}
        _publish(account, region, CLUSTER_CHANGE, cluster.arn, now, detail)


def announce_job(account: str, region: str, job: TrainingJob, now: datetime) -> None:
    """Tell of a job's new status."""
    if _anybody_listens(account, region):
        detail = {**job_description(job, now), "Tags": job.tags}
        _publish(account, region, JOB_CHANGE, job.arn, now, detail)


def _anybody_listens(account: str, region: str) -> bool:
    """Whether there is a rule, which nobody can have made without moto's EventBridge."""
    if "moto.events.models" not in sys.modules:
        return False
    from moto.events.models import events_backends

    # A look must not make a backend.
    if account not in events_backends.keys() or region not in events_backends[account].keys():  # noqa: SIM118
        return False
    return bool(events_backends[account][region].describe_event_bus("default").rules)


def _publish(
    account: str, region: str, kind: str, arn: str, now: datetime, detail: Mapping[str, Any]
) -> None:
    from moto.events.models import events_backends

    # As on AWS, what a target does not take is lost, and whoever caused it does not notice.
    with suppress(Exception):
        events_backends[account][region].put_events(
            [
                {
                    "Source": SOURCE,
                    "DetailType": kind,
                    "Resources": [arn],
                    # In seconds, of which moto makes the ISO 8601 that AWS sends.
                    "Time": int(now.timestamp()),
                    "Detail": json.dumps(detail, default=_epoch_milliseconds),
                }
            ]
        )


def _epoch_milliseconds(value: object) -> int:
    """Times in such events are milliseconds since the epoch. source: documented"""
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in an event")
    return (value - EPOCH) // timedelta(milliseconds=1)
