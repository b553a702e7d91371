"""Instances of clusters that break and are repaired, and zones that go down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..plans.allocation import Allocation
from ..plans.registry import TrainingPlanRegistry
from ..plans.reserved_capacity import ReservedCapacity
from ..plans.statuses import PlanStatus
from .cluster import Cluster, Node
from .provisioning.provisioning import Provisioning
from .statuses import NodeStatus


class ClusterFaults:
    """Breaks and repairs instances of the clusters of one account in one Region.

    `clusters` are all of them by their ARNs, as they come and go.
    """

    def __init__(
        self,
        clusters: Mapping[str, Cluster],
        plans: TrainingPlanRegistry,
        provisioning: Provisioning,
    ) -> None:
        self._clusters = clusters
        self._plans = plans
        self._provisioning = provisioning

    def nodes_of(self, resource: str) -> list[Node] | None:
        """The nodes that have an instance, of a cluster's ARN or an instance id.

        None for what is neither; none at all for an instance that is no more.
        """
        if resource in self._clusters:
            return [node for node in self._clusters[resource].nodes if node.instance is not None]
        for cluster in self._clusters.values():
            if resource in cluster.by_instance_id:
                return [cluster.by_instance_id[resource]]
        return [] if resource in self._provisioning.replaced else None

    def fail(self, nodes: Sequence[Node]) -> None:
        """The instances of nodes break."""
        on_demand = []
        by_block: dict[str, list[Allocation]] = {}
        for node in nodes:
            assert node.instance is not None
            held = node.instance.allocation
            if held is None:
                on_demand.append(node)
            else:
                by_block.setdefault(held.reserved.arn, []).append(held)
        for of_block in by_block.values():
            self._plans.faults.break_instances(
                self._plans.by_arn(of_block[0].plan_arn),
                of_block[0].reserved,
                [held.number for held in of_block],
            )
        self._provisioning.fail(on_demand)

    def repair(self, resource: str) -> None:
        """The instance of an id is whole again, or all of the plans and nodes of a cluster."""
        if resource in self._provisioning.replaced:
            self._repair_held(self._provisioning.replaced[resource])
            return
        failed = [
            node
            for node in self.nodes_of(resource) or ()
            if node.status is NodeStatus.FAILURE and node.instance is not None
        ]
        self._provisioning.repaired([node for node in failed if _held(node) is None])
        if resource not in self._clusters:
            for node in failed:
                if (held := _held(node)) is not None:
                    self._repair_held(held)
            return
        for arn in self._clusters[resource].plan_arns:
            reserved = self._plans.by_arn(arn).current
            numbers = reserved.instances.broken()
            for number in numbers:
                self._repair(arn, reserved, number)

    def _repair_held(self, held: Allocation) -> None:
        self._repair(held.plan_arn, held.reserved, held.number)

    def _repair(self, plan_arn: str, reserved: ReservedCapacity, number: int) -> None:
        if number in reserved.instances.broken() and reserved.status is PlanStatus.ACTIVE:
            plan = self._plans.by_arn(plan_arn)
            self._plans.faults.repair_instances(plan, reserved, [number])

    def zone_went_down(self, zone: str) -> None:
        """Nodes on demand in a zone lose their instances."""
        nodes = [node for cluster in self._clusters.values() for node in cluster.nodes]
        self._provisioning.zone_went_down(zone, nodes)

    def zone_came_back(self) -> None:
        """They get others."""
        self._provisioning.zone_came_back()


def _held(node: Node) -> Allocation | None:
    """The instance of a plan that a node has; None on demand."""
    return None if node.instance is None else node.instance.allocation
