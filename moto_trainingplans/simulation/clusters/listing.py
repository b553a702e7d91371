"""Which clusters a listing has, in which order, and what its pages hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .cluster import Cluster
from .nodes import Position


@dataclass(frozen=True)
class ClusterQuery:
    """Which clusters to list, and how. Both time bounds are exclusive."""

    name_contains: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    plan_arn: str | None = None
    by_name: bool = False
    descending: bool = False

    def includes(self, cluster: Cluster) -> bool:
        """Whether a cluster is wanted."""
        return (
            (self.name_contains is None or self.name_contains in cluster.name)
            and (self.created_after is None or self.created_after < cluster.created_at)
            and (self.created_before is None or cluster.created_at < self.created_before)
            and (self.plan_arn is None or self.plan_arn in cluster.plan_arns)
        )

    def position(self, cluster: Cluster) -> Position:
        """Where a cluster stands in the listing."""
        return (cluster.name,) if self.by_name else (cluster.number,)


def find_clusters(
    clusters: Iterable[Cluster], query: ClusterQuery, after: Position | None
) -> list[Cluster]:
    """The clusters that follow a position, in order."""
    in_order = sorted(clusters, key=query.position)
    first, last = 0, len(in_order)
    if after is not None and query.descending:
        last = bisect_left(in_order, after, key=query.position)
    elif after is not None:
        first = bisect_right(in_order, after, key=query.position)
    wanted = in_order[first:last][:: -1 if query.descending else 1]
    return [cluster for cluster in wanted if query.includes(cluster)]
