"""How many instances the clusters of an account and Region may have: their groups' targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..context import Context
from ..kernel.scope import Scope
from ..quotas.limits import Quota, Usage, usage_quota
from .cluster import Cluster, InstanceGroup
from .specification import GroupSpecification


class ClusterQuotas:
    """The quotas on instances in clusters, on plans or not.

    A group of several instance types counts against the quota of each. source: choice
    """

    def __init__(self, context: Context, scope: Scope) -> None:
        self._context = context
        self._scope = scope

    def use(self, clusters: Iterable[Cluster]) -> dict[Quota, int]:
        """What the groups of clusters are to have, by the quotas on it."""
        held = _held(group for cluster in clusters for group in cluster.groups.values())
        return {usage_quota(each, Usage.CLUSTER): n for each, n in held.items()}

    def check(
        self,
        clusters: Iterable[Cluster],
        wanted: Iterable[GroupSpecification],
        instead_of: Iterable[InstanceGroup] = (),
    ) -> None:
        """Whether groups may be, instead of some that are, beside all others of the clusters.

        Raises QuotaExceeded where they may not.
        """
        more: Counter[str] = Counter()
        for specification in wanted:
            for instance_type in specification.instance_types:
                more[instance_type] += specification.count
        more.subtract(_held(instead_of))
        self._check(clusters, more)

    def check_changes(
        self, clusters: Iterable[Cluster], changes: Mapping[InstanceGroup, int]
    ) -> None:
        """Whether groups may have so many instances more, or less, beside all others.

        Raises QuotaExceeded where they may not.
        """
        more: Counter[str] = Counter()
        for group, count in changes.items():
            for instance_type in group.specification.instance_types:
                more[instance_type] += count
        self._check(clusters, more)

    def _check(self, clusters: Iterable[Cluster], more: Mapping[str, int]) -> None:
        held = _held(group for cluster in clusters for group in cluster.groups.values())
        for instance_type, count in more.items():
            if count > 0:
                self._context.quotas.check_usage(
                    Usage.CLUSTER,
                    self._scope,
                    instance_type,
                    held=held[instance_type],
                    requested=count,
                )


def _held(groups: Iterable[InstanceGroup]) -> Counter[str]:
    held: Counter[str] = Counter()
    for group in groups:
        for instance_type in group.specification.instance_types:
            held[instance_type] += group.target
    return held
