"""The operations of every cluster of an account and Region: beginning, ending, finding them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from uuid import UUID

from ...context import Context
from ..cluster import Cluster, InstanceGroup, Node
from ..errors import UnknownClusterOperation
from ..operations import (
    HealthCheck,
    Operation,
    OperationQuery,
    OperationStatus,
    OperationType,
    ScalingPart,
)
from ..statuses import NodeStatus

KEPT = timedelta(days=14)  # source: choice
# What the description of one health check can hold. source: model
MOST_GROUPS, MOST_INSTANCES = 99, 500


class OperationLog:
    """Keeps operations for 14 days, and longer while they are in progress."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._of_cluster: dict[str, list[Operation]] = {}
        self._begun: dict[str, int] = {}
        # The scaling in progress of each group, and the nodes of each check, as they began it.
        self._scaling: dict[InstanceGroup, Operation] = {}
        self._checked: dict[Operation, dict[Node, int]] = {}

    # -- scaling ---------------------------------------------------------------------------

    def begin_scaling(
        self,
        cluster: Cluster,
        parts: Iterable[tuple[InstanceGroup, ScalingPart]],
        updates_cluster: bool = False,
    ) -> Operation:
        """Begin to scale groups of a cluster, instead of what scaled them until now."""
        operation = self._begin(cluster, OperationType.SCALING)
        operation.updates_cluster = updates_cluster
        for group, part in parts:
            self._end_part(group, OperationStatus.SUPERSEDED)
            operation.parts[group.name] = part
            self._scaling[group] = operation
            group.operation_id = operation.operation_id
        return operation

    def scaling(self, group: InstanceGroup) -> Operation | None:
        """The operation that scales a group now."""
        return self._scaling.get(group)

    def end_scaling(self, group: InstanceGroup) -> None:
        """What an operation was to do with a group is done."""
        self._end_part(group, OperationStatus.DONE)

    def _end_part(self, group: InstanceGroup, status: OperationStatus) -> None:
        operation = self._scaling.pop(group, None)
        group.operation_id = None
        if operation is not None:
            operation.parts[group.name].status = status

    # -- checking health -------------------------------------------------------------------

    def begin_health_check(
        self, cluster: Cluster, checks: Iterable[HealthCheck], nodes: Iterable[Node]
    ) -> Operation:
        """Begin to check nodes, in one operation with what checks their groups already.

        source: model
        """
        merged: dict[str, HealthCheck] = {}
        for check in checks:
            if check.group in merged:
                merged[check.group] = merged[check.group].merged(check)
            else:
                merged[check.group] = check
        operation = self._overlapping(cluster, merged)
        if operation is None:
            operation = self._begin(cluster, OperationType.DEEP_HEALTH_CHECK)
            operation.checking = True
            self._checked[operation] = {}
        for group, check in merged.items():
            known = operation.health_checks.get(group)
            operation.health_checks[group] = check if known is None else known.merged(check)
        # Some are through it already, where checks take no time.
        self._checked[operation] |= {
            node: node.step for node in nodes if node.status is NodeStatus.DEEP_HEALTH_CHECK
        }
        return operation

    def _overlapping(self, cluster: Cluster, checks: Mapping[str, HealthCheck]) -> Operation | None:
        """What checks some of these groups already, if both can be told as one."""
        for operation in self.health_checks(cluster):
            known = operation.health_checks
            shared = known.keys() & checks.keys()
            if (
                shared
                and len(known.keys() | checks.keys()) <= MOST_GROUPS
                and all(
                    len(known[group].merged(checks[group]).instance_ids) <= MOST_INSTANCES
                    for group in shared
                )
            ):
                return operation
        return None

    def health_checks(self, cluster: Cluster) -> list[Operation]:
        """The checks of a cluster's health that are in progress."""
        if not self._checked:
            return []
        return [each for each in self._of_cluster.get(cluster.arn, ()) if each in self._checked]

    def end_health_check(self, operation: Operation) -> bool:
        """End a check if all of its nodes are through it; whether they are."""
        nodes = self._checked[operation]
        for node in [node for node, step in nodes.items() if node.step != step]:
            del nodes[node]
        if not nodes:
            operation.checking = False
            del self._checked[operation]
        return not nodes

    # -- both ------------------------------------------------------------------------------

    def _begin(self, cluster: Cluster, operation_type: OperationType) -> Operation:
        self._let_go_of_old(cluster)
        number = self._begun[cluster.arn] = self._begun.get(cluster.arn, 0) + 1
        operation_id = self._context.derived_id(f"{cluster.arn}/operation/{number}", 32)
        operation = Operation(number, str(UUID(operation_id)), operation_type, self._context.now)
        self._of_cluster.setdefault(cluster.arn, []).append(operation)
        return operation

    def _let_go_of_old(self, cluster: Cluster) -> None:
        operations = self._of_cluster.get(cluster.arn, [])
        recent = bisect_left(operations, self._context.now - KEPT, key=lambda each: each.created_at)
        operations[:recent] = [each for each in operations[:recent] if each.is_in_progress]

    def abandon(self, cluster: Cluster) -> None:
        """A cluster is being deleted: nothing is scaled or checked any longer."""
        for group in cluster.groups.values():
            self._scaling.pop(group, None)
            group.operation_id = None
        for operation in self._of_cluster.get(cluster.arn, ()):
            operation.is_abandoned = operation.is_abandoned or operation.is_in_progress
            self._checked.pop(operation, None)

    def forget(self, cluster: Cluster) -> None:
        """Let go of the operations of a cluster that is no more."""
        self._of_cluster.pop(cluster.arn, None)
        self._begun.pop(cluster.arn, None)

    # -- looking ---------------------------------------------------------------------------

    def find(self, cluster: Cluster, operation_id: str) -> Operation:
        """The operation of an id. Raises UnknownClusterOperation where there is none."""
        for operation in self._kept(cluster):
            if operation.operation_id == operation_id:
                return operation
        raise UnknownClusterOperation(operation_id, cluster.name)

    def page(
        self, cluster: Cluster, query: OperationQuery, after: int | None, size: int
    ) -> list[Operation]:
        """The operations that follow one of a number; at most `size`."""
        operations = [each for each in self._kept(cluster) if query.includes(each)]
        if query.descending:
            operations.reverse()
        if after is not None:
            operations = [
                each
                for each in operations
                if (each.number < after if query.descending else each.number > after)
            ]
        return list(islice(operations, size))

    def _kept(self, cluster: Cluster) -> Iterator[Operation]:
        oldest = self._context.now - KEPT
        for operation in self._of_cluster.get(cluster.arn, ()):
            if operation.created_at >= oldest or operation.is_in_progress:
                yield operation
