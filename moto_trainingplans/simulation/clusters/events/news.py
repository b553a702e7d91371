"""What clusters announce to the world outside the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ...kernel.scope import Scope
from ..cluster import Cluster
from .log import ClusterEvent, ClusterEventLog


@dataclass(frozen=True, slots=True)
class ClusterChanged:
    """A cluster, or one of its groups, is in a new status, or is to have other counts."""

    scope: Scope
    time: datetime
    cluster: Cluster


@dataclass(frozen=True, slots=True)
class ClusterEventHappened:
    """An event of a cluster that is provisioned continuously; its `log` knows its id."""

    scope: Scope
    cluster: Cluster
    event: ClusterEvent
    log: ClusterEventLog


@dataclass(frozen=True, slots=True)
class NodeHealthChanged:
    """The instance of a node has broken, or is whole again."""

    scope: Scope
    time: datetime
    cluster: Cluster
    instance_id: str
    is_healthy: bool
