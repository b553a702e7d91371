"""How far clusters and groups have come: what follows once a group has what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...context import Context
from ...kernel.scope import Scope
from ..cluster import Cluster, InstanceGroup
from ..events.news import ClusterChanged
from ..events.operation_log import OperationLog
from ..events.recorder import EventRecorder
from ..statuses import ClusterStatus
from .minimum_counts import MinimumCounts

HEALTH_CHECK = "deep health check"


class Progress:
    """Looks at groups whose nodes have changed.

    `cluster_goes_on` is told of their clusters.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        minimums: MinimumCounts,
        operations: OperationLog,
        recorder: EventRecorder,
        cluster_goes_on: Callable[[Cluster], None],
    ) -> None:
        self._context = context
        self._scope = scope
        self._minimums = minimums
        self._operations = operations
        self._recorder = recorder
        self._cluster_goes_on = cluster_goes_on

    def of_groups(self, groups: Iterable[InstanceGroup]) -> None:
        """See what follows for groups whose nodes have changed."""
        for group in dict.fromkeys(groups):
            self.of_group(group)

    def of_group(self, group: InstanceGroup) -> None:
        """See what follows for a group whose nodes, or what is wanted of them, have changed."""
        if self._minimums.reached(group):
            self._recorder.minimum_reached(group)
        self.settle(group)
        self._end_scaling(group)
        for check in self._operations.health_checks(group.cluster):
            if self._operations.end_health_check(check):
                for name in check.health_checks:
                    if name in group.cluster.groups:
                        checked = group.cluster.groups[name]
                        self._recorder.group_completed(checked, HEALTH_CHECK, check)
        self._cluster_goes_on(group.cluster)

    def settle(self, group: InstanceGroup) -> None:
        """A group of a cluster in service that has its minimum is in service."""
        before, cluster = group.status, group.cluster
        if cluster.status is not ClusterStatus.IN_SERVICE or self._minimums.is_awaited_by(group):
            return
        group.settle()
        if group.status is not before and cluster.specification.continuous:
            self._context.announce(ClusterChanged(self._scope, self._context.now, cluster))

    def _end_scaling(self, group: InstanceGroup) -> None:
        """The operation that scales a group is done once there is nothing left to be done."""
        operation = self._operations.scaling(group)
        if operation is None or group.is_changing or not (group.is_steady or group.is_stranded):
            return
        part = operation.parts[group.name]
        part.failed = part.failed or not group.is_steady
        if part.failed:
            self._recorder.group_failed(group, part.action)
        else:
            self._recorder.group_completed(group, part.action)
        self._operations.end_scaling(group)
        if operation.updates_cluster and not operation.is_in_progress:
            if any(each.failed for each in operation.parts.values()):
                self._recorder.cluster_failed(group.cluster, "update", operation)
            else:
                self._recorder.cluster_completed(group.cluster, "update", operation)
