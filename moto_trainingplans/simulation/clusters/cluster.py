"""HyperPod clusters: the cluster, its instance groups, and their nodes.

A node is a place in a group, with a logical id that it keeps. It waits, or has an instance;
when that is replaced, or taken at a block's end, the node stays and gets another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..kernel.pacing import Countdown
from ..kernel.tags import Taggable
from ..market.catalog import Zone
from ..plans.plan import TrainingPlan
from ..plans.statuses import PlanStatus
from ..plans.usage import Holder
from .client_tokens import ClientTokens
from .node_instance import NodeInstance
from .nodes import NodeIndex
from .specification import ClusterSpecification, GroupSpecification, Location, Software, Vpc
from .statuses import (
    NEXT_CLUSTER_STATUSES,
    NEXT_NODE_STATUSES,
    ClusterStatus,
    GroupStatus,
    NodeStatus,
)

DEFAULT_IMAGE = "default"  # the latest of HyperPod's own. source: model


class Node:
    """A place in an instance group.

    `place` is where the node stands among all that wait for instances of a plan: the number of
    the request that it was asked for in, then its own. `step` counts its changes, so that what
    was to come of a state that is past can be told. When its instance is shut down, a `leaving`
    node goes with it, and one that `keeps_place` gets another before all that wait. `activity`
    is what is done with its instance, as events call it; `replaces` the id of the instance in
    whose place its own is, until that runs; `address` that of its instance, and of the next
    one where that stands in for it.
    """

    __slots__ = (
        "activity",
        "address",
        "countdown",
        "group",
        "instance",
        "keeps_place",
        "launches",
        "leaving",
        "logical_id",
        "message",
        "moving_to",
        "number",
        "replaces",
        "reported",
        "request",
        "requested_at",
        "software",
        "status",
        "step",
        "updated_at",
        "wanted_type",
        "wanted_zone",
    )

    def __init__(
        self,
        group: InstanceGroup,
        number: int,
        logical_id: str,
        request: int,
        requested_at: datetime,
    ) -> None:
        self.group = group
        self.number = number
        self.logical_id = logical_id
        self.request = request
        self.requested_at = requested_at
        self.status = NodeStatus.PENDING
        self.message = ""
        self.instance: NodeInstance | None = None
        self.address: int | None = None
        self.launches = 0
        self.leaving = False
        self.keeps_place = False
        self.activity: str | None = None
        self.replaces: str | None = None
        # The group that it leaves its own for.
        self.moving_to: InstanceGroup | None = None
        # What its request named, of all that its group may have.
        self.wanted_zone: Zone | None = None
        self.wanted_type: str | None = None
        # Whether the lack of an instance has been told already.
        self.reported = False
        self.countdown: Countdown | None = None
        self.step = 0
        self.software: Software | None = None
        self.updated_at: datetime | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among those that wait."""
        return self.request, self.number

    def join(self, group: InstanceGroup, now: datetime) -> None:
        """Be a node of another group from now on, the newest of its cluster."""
        self.moving_to = None
        self.group = group
        group.cluster.next_node += 1
        self.number = group.cluster.next_node
        self.requested_at = now

    def take_address(self, launch_number: int) -> int:
        """The number of the address of its next instance.

        On Slurm a replaced node keeps its address and with it its host name; an EKS node is
        named after its instance. source: documented
        """
        if self.address is None or self.group.cluster.specification.orchestrator == "Eks":
            self.address = launch_number
        return self.address

    def change(self, status: NodeStatus, message: str) -> None:
        """Change its status."""
        if status not in NEXT_NODE_STATUSES[self.status]:
            raise RuntimeError(
                f"{self.logical_id} cannot go from {self.status.value} to {status.value}"
            )
        statuses = self.group.statuses
        statuses[self.status] -= 1
        statuses[status] += 1
        self.status = status
        self.message = message
        self.step += 1
        self.countdown = None


@dataclass(frozen=True)
class GroupState:
    """What an instance group is to have: what its way back leads to."""

    specification: GroupSpecification
    software: Software
    plan: TrainingPlan | None
    location: Location
    target: int


class InstanceGroup:
    """An instance group of a cluster.

    `phase` is its status but for failed nodes; `plan` None is on demand. `location` is where
    its instances are. `incoming` are the nodes that are on their way to it, `operation_id` is
    that of the operation that scales it, `block_told` the reserved capacity that events have
    named last; `is_changing` while one update of it is under way, which is not seen from outside.
    """

    def __init__(
        self,
        cluster: Cluster,
        specification: GroupSpecification,
        plan: TrainingPlan | None,
        location: Location,
    ) -> None:
        self.cluster = cluster
        self.name = specification.name
        self.specification = specification
        self.plan = plan
        self.holder = Holder("instance-group", cluster.arn, cluster.name, self.name, cluster.tags)
        self.location = location
        self.phase = GroupStatus.CREATING
        # As it was in service last; None if it has never been.
        self.in_service_as: GroupState | None = None
        self.software = Software(
            specification.image_id,
            specification.image_id,
            specification.release,
            specification.release,
        )
        self.nodes = NodeIndex[Node]()
        self.incoming: dict[Node, None] = {}
        self.statuses: Counter[NodeStatus] = Counter()
        self.target = 0
        self.operation_id: str | None = None
        self.block_told: str | None = None
        self.is_changing = False

    @property
    def zone(self) -> Zone:
        """The zone that its instances are in."""
        return self.location.zone

    @property
    def subnet(self) -> str | None:
        """The subnet that its instances are in."""
        return self.location.subnet

    @property
    def as_it_is(self) -> GroupState:
        """What it is to have now."""
        return GroupState(self.specification, self.software, self.plan, self.location, self.target)

    @property
    def status(self) -> GroupStatus:
        """Its status; Degraded where nodes have failed and nobody replaces them."""
        if self.phase is GroupStatus.IN_SERVICE and self.statuses[NodeStatus.FAILURE]:
            return GroupStatus.DEGRADED
        return self.phase

    @property
    def instance_type(self) -> str:
        """The type of its next instance: its plan's, else the first of its own."""
        if self.plan is not None:
            return self.plan.compute_type.instance_type
        return self.specification.instance_types[0]

    def settle(self) -> None:
        """What was being done to it is done."""
        if self.phase is not GroupStatus.DELETING:
            self.phase = GroupStatus.IN_SERVICE

    @property
    def current_count(self) -> int:
        """How many of its nodes run."""
        return self.statuses[NodeStatus.RUNNING]

    @property
    def _settled_count(self) -> int:
        return sum(
            self.statuses[status]
            for status in (NodeStatus.RUNNING, NodeStatus.FAILURE, NodeStatus.SYSTEM_UPDATING)
        )

    @property
    def is_scaling(self) -> bool:
        """Whether an operation scales it, or instances come and go where there are none."""
        if self.cluster.specification.continuous:
            return self.operation_id is not None
        return len(self.nodes.by_launch) > self._settled_count

    @property
    def is_steady(self) -> bool:
        """Whether all of its nodes are there, and none is about to come or go."""
        return len(self.nodes) == self._settled_count and not self.incoming

    @property
    def is_stranded(self) -> bool:
        """Whether nothing can come any more, since its plan is over, and nothing is left."""
        return (
            self.plan is not None
            and self.plan.status is PlanStatus.EXPIRED
            and not self.nodes.by_launch
            and not self.incoming
        )

    @property
    def can_be_scaled(self) -> bool:
        """Whether nodes can be added to it and taken out, beside what UpdateCluster does."""
        return self.phase is GroupStatus.IN_SERVICE

    @property
    def slurm_node_type(self) -> str | None:
        """What its nodes are to Slurm, as the model has it; None where it is not said."""
        node_type: str | None = self.specification.settings.get("SlurmConfig", {}).get("NodeType")
        return node_type

    @property
    def checks_health_on_start(self) -> bool:
        """Whether its instances go through deep health checks before they are used."""
        return bool(self.specification.settings.get("OnStartDeepHealthChecks"))

    def up_to_date_count(self) -> int:
        """How many of its nodes run, and run the software that they should."""
        wanted = (self.software.desired_image_id, self.software.desired_release)
        return sum(
            node.status is NodeStatus.RUNNING
            and node.software is not None
            and (node.software.image_id, node.software.release) == wanted
            for node in self.nodes
        )

    @property
    def vpc(self) -> Vpc | None:
        """Where its instances are put: its own subnets, else its cluster's."""
        return self.specification.vpc or self.cluster.specification.vpc


class Cluster(Taggable):
    """A cluster, from its creation to the end of its deletion. `number` counts all of them."""

    def __init__(
        self,
        arn: str,
        name: str,
        number: int,
        created_at: datetime,
        specification: ClusterSpecification,
    ) -> None:
        super().__init__(arn)
        self.name = name
        self.number = number
        self.created_at = created_at
        self.specification = specification
        self.status = ClusterStatus.CREATING
        self.groups: dict[str, InstanceGroup] = {}
        self.by_instance_id: dict[str, Node] = {}
        self.by_logical_id: dict[str, Node] = {}
        self.addition_tokens = ClientTokens[Any]()
        self.move_tokens = ClientTokens[Any]()
        self.countdown: Countdown | None = None
        self.next_node = 0
        # Whether all that takes time of its creation is done, but for its nodes.
        self.is_set_up = False

    def change(self, status: ClusterStatus) -> None:
        """Change its status."""
        if status not in NEXT_CLUSTER_STATUSES[self.status]:
            raise RuntimeError(f"{self.arn} cannot go from {self.status.value} to {status.value}")
        self.status = status
        self.countdown = None

    @property
    def nodes(self) -> Iterator[Node]:
        """All its nodes, group by group."""
        for group in self.groups.values():
            yield from group.nodes

    @property
    def plan_arns(self) -> list[str]:
        """The plans of its groups, each once, in the order of the groups."""
        return list(dict.fromkeys(each.plan.arn for each in self.groups.values() if each.plan))
