"""State changes of clusters and jobs, as events for the rules in moto's EventBridge."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..aws_json.protocol import EPOCH
from ..host.journal import is_replaying
from ..simulation.clusters.events.news import (
    ClusterChanged,
    ClusterEventHappened,
    NodeHealthChanged,
)
from ..simulation.jobs.journal import JobChanged
from ..simulation.kernel.announcements import Delivery
from ..simulation.kernel.scope import Scope
from .clusters.notices import cluster_change_detail, cluster_event_detail, node_health_detail
from .jobs.events import job_event

SOURCE = "aws.sagemaker"  # source: documented
CLUSTER_CHANGE = "SageMaker HyperPod Cluster State Change"  # source: documented
CLUSTER_EVENT = "SageMaker HyperPod Cluster Event"  # source: documented
NODE_HEALTH = "SageMaker HyperPod Cluster Node Health Event"  # source: documented
JOB_CHANGE = "SageMaker Training Job State Change"  # source: documented

KINDS = (ClusterChanged, ClusterEventHappened, NodeHealthChanged, JobChanged)


def listen(news: object) -> Delivery | None:
    """What is to be sent of the news, for the simulation's announcer; None if nobody listens."""
    # What rules did with it then is not done again.
    if not isinstance(news, KINDS) or is_replaying() or not _anybody_listens(news.scope):
        return None
    if isinstance(news, JobChanged):
        job = news.job
        return _delivery(news.scope, JOB_CHANGE, job.arn, news.time, job_event(job, news.time))
    arn = news.cluster.arn
    if isinstance(news, ClusterEventHappened):
        time, detail = news.event.time, cluster_event_detail(news)
        return _delivery(news.scope, CLUSTER_EVENT, arn, time, detail)
    if isinstance(news, NodeHealthChanged):
        return _delivery(news.scope, NODE_HEALTH, arn, news.time, node_health_detail(news))
    return _delivery(
        news.scope, CLUSTER_CHANGE, arn, news.time, cluster_change_detail(news.cluster)
    )


def _anybody_listens(scope: Scope) -> bool:
    """Whether there is a rule, which nobody can have made without moto's EventBridge."""
    if "moto.events.models" not in sys.modules:
        return False
    from moto.events.models import events_backends

    account, region = scope.account, scope.region

    # A look must not make a backend.
    if account not in events_backends.keys() or region not in events_backends[account].keys():  # noqa: SIM118
        return False
    return bool(events_backends[account][region].describe_event_bus("default").rules)


def _delivery(
    scope: Scope, kind: str, arn: str, now: datetime, detail: Mapping[str, Any]
) -> Delivery:
    event = {
        "Source": SOURCE,
        "DetailType": kind,
        "Resources": [arn],
        # In seconds, of which moto makes the ISO 8601 that AWS sends.
        "Time": int(now.timestamp()),
        "Detail": json.dumps(detail, default=_epoch_milliseconds),
    }

    def put() -> None:
        from moto.events.models import events_backends

        events_backends[scope.account][scope.region].put_events([event])

    return Delivery("EventBridge", arn, put)


def _epoch_milliseconds(value: object) -> int:
    """Times in such events are milliseconds since the epoch. source: documented"""
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in an event")
    return (value - EPOCH) // timedelta(milliseconds=1)
