"""Who waits for instances, and who has which: one pool for each plan, one for on demand.

Of a plan's instances, nodes get those that are free in the order of the requests in which
they were asked for; what is not to be had is waited for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter
from typing import Protocol

from ...context import Context
from ...plans.allocation import Allocation, assign_each
from ...plans.instances import Instances
from ...plans.listeners import Closing
from ...plans.plan import TrainingPlan
from ...plans.reserved_capacity import ReservedCapacity
from ...plans.usage import Holder
from ..cluster import InstanceGroup, Node
from ..statuses import NodeStatus

REASONS_TO_CLOSE = {
    Closing.CUT_OFF: "The reserved capacity block is about to end.",
    Closing.ZONE_DOWN: "The Availability Zone is down.",
}

_place = attrgetter("place")
_reserved = attrgetter("reserved")
# A node, and the instance of a plan that it is to have; None on demand.
Launch = tuple[Node, Allocation | None]


class Provisioner(Protocol):
    """Whoever launches and ends the instances that pools give and take."""

    def launch(self, launches: Sequence[Launch]) -> None:
        """Launch the instances of nodes that have none."""

    def no_capacity(self, node: Node) -> None:
        """A node of an Active plan has to wait."""

    def zone_is_down(self, node: Node) -> None:
        """A node on demand has to wait."""

    def capacity_opened(self, groups: Iterable[InstanceGroup]) -> None:
        """Groups can have instances of their plan's block from now on."""

    def shut_down(self, nodes: Iterable[Node], reason: str) -> None:
        """End the instances of nodes."""

    def gone(self, nodes: Sequence[Node]) -> None:
        """Instances are no more."""

    def fail(self, nodes: Sequence[Node]) -> None:
        """Instances have broken."""

    def repaired(self, nodes: Sequence[Node]) -> None:
        """Broken instances are whole again."""

    def plan_changed(self, plan: TrainingPlan, waiting: Iterable[InstanceGroup]) -> None:
        """A plan has become Active, or is so no longer; groups of it wait for instances."""


# When a group got an instance, by its id, and when that was gone again: None.
OnDemandUse = tuple[datetime, str, Holder | None]


class OnDemandPool:
    """The nodes without a plan. They get instances at once, unless their zone is down."""

    def __init__(self, context: Context, provisioning: Provisioner) -> None:
        self._context = context
        self._provisioning = provisioning
        self._waiting: list[Node] = []
        self.use: list[OnDemandUse] = []

    def launched(self, node: Node) -> None:
        """A node has got an instance, or has come to its group with one."""
        assert node.instance is not None
        self.use.append((self._context.now, node.instance.instance_id, node.group.holder))

    def ended(self, node: Node) -> None:
        """The instance of a node is about to be no more."""
        assert node.instance is not None
        self.use.append((self._context.now, node.instance.instance_id, None))

    def add(self, nodes: Iterable[Node]) -> None:
        """Nodes that need an instance."""
        self._waiting.extend(nodes)

    def withdraw(self, nodes: Iterable[Node]) -> None:
        """Nodes that need none any longer."""
        withdrawn = set(nodes)
        self._waiting = [node for node in self._waiting if node not in withdrawn]

    def fill(self) -> None:
        """Launch instances for all that wait and can have one."""
        waiting, self._waiting = self._waiting, []
        launches: list[Launch] = []
        for node in waiting:
            if self._context.outages.is_down((node.wanted_zone or node.group.zone).name):
                self._waiting.append(node)
            else:
                launches.append((node, None))
        self._provisioning.launch(launches)
        for node in self._waiting:
            self._provisioning.zone_is_down(node)


class PlanPool:
    """The nodes on one plan: who waits for its instances, and who has which."""

    def __init__(self, plan: TrainingPlan, context: Context, provisioning: Provisioner) -> None:
        self._plan = plan
        self._context = context
        self._provisioning = provisioning
        # Sorted by the nodes' places.
        self._waiting: list[Node] = []
        self._holders: dict[str, dict[int, Node]] = {
            reserved.arn: {} for reserved in plan.reserved_capacities
        }
        plan.listeners.append(self)

    # -- who waits -------------------------------------------------------------------------

    def add(self, nodes: Iterable[Node]) -> None:
        """Nodes that need an instance."""
        self._waiting.extend(nodes)
        self._waiting.sort(key=_place)

    def withdraw(self, nodes: Iterable[Node]) -> None:
        """Nodes that need none any longer."""
        for node in nodes:
            index = bisect_left(self._waiting, node.place, key=_place)
            if index < len(self._waiting) and self._waiting[index] is node:
                del self._waiting[index]

    def fill(self) -> None:
        """Give the free instances to those that wait, in the order of their requests."""
        reserved = self._plan.open_capacity(self._context.now)
        if reserved is None or not self._waiting:
            return
        free = reserved.instances.available()
        launches: list[Launch] = []
        while free and self._waiting:
            group = self._waiting[0].group
            run = list(takewhile(lambda node: node.group is group, self._waiting[:free]))  # noqa: B023
            del self._waiting[: len(run)]
            free -= len(run)
            numbers = self._choose(reserved, group, len(run))
            launches.extend(self._hold(group, run, reserved, numbers))
        self._provisioning.launch(launches)
        for node in self._waiting:
            self._provisioning.no_capacity(node)

    def _choose(self, reserved: ReservedCapacity, group: InstanceGroup, count: int) -> list[int]:
        """Instances for a group: where it has some already, then the lowest. source: documented"""
        instances = reserved.instances
        chosen: list[int] = []
        if instances.per_server > 1:
            for server in self._servers_of(reserved, group):
                here = min(instances.available(server), count - len(chosen))
                chosen.extend(instances.take(here, {server}) or ())
        chosen.extend(instances.take(count - len(chosen)) or ())
        return chosen

    def _servers_of(self, reserved: ReservedCapacity, group: InstanceGroup) -> list[int]:
        return sorted(
            {
                number // reserved.instances.per_server
                for number, node in self._holders[reserved.arn].items()
                if node.group is group
            }
        )

    def _waiting_groups(self) -> list[InstanceGroup]:
        return list(dict.fromkeys(node.group for node in self._waiting))

    # -- who has what ----------------------------------------------------------------------

    def _hold(
        self,
        group: InstanceGroup,
        nodes: Sequence[Node],
        reserved: ReservedCapacity,
        numbers: Sequence[int],
    ) -> Iterable[Launch]:
        """Note that nodes of a group have instances, which have been taken for them."""
        self._holders[reserved.arn].update(zip(numbers, nodes, strict=True))
        allocations = assign_each(self._plan.arn, reserved, numbers, group.holder)
        return zip(nodes, allocations, strict=True)

    def let_go(self, allocations: Iterable[Allocation]) -> None:
        """Nodes have their instances no longer; broken ones stay broken."""
        for reserved, of_block in groupby(allocations, _reserved):
            numbers = [held.number for held in of_block]
            for number in numbers:
                del self._holders[reserved.arn][number]
            reserved.instances.release(numbers)

    def exchange(self, node: Node, held: Allocation) -> Allocation | None:
        """Another instance for a node in place of its own, or that one again if all are held.

        None where the block has none to give any longer.
        """
        reserved = held.reserved
        is_open = reserved.is_open(self._context.now)
        taken = _nearest(reserved.instances, held.server) if is_open else None
        if taken is None and is_open and held.number not in reserved.instances.broken():
            return held
        self.let_go([held])
        if taken is None:
            return None
        ((_, other),) = self._hold(node.group, [node], reserved, taken)
        return other

    def replace(self, lost: Sequence[tuple[Node, Allocation]]) -> list[Launch]:
        """Other instances for nodes whose own have broken; those that get none must wait.

        Those of an UltraServer of which nothing is left go to another together, if one has
        room; else a spare of the same UltraServer, then a free instance (source: documented),
        the lowest of the same UltraServer rather than of another (source: choice).
        """
        launches: list[Launch] = []
        rest = []
        by_server: dict[tuple[str, int], list[tuple[Node, Allocation]]] = {}
        for node, held in lost:
            key = (held.reserved.arn, held.server)
            by_server.setdefault(key, []).append((node, held))
        for together in by_server.values():
            reserved, server = together[0][1].reserved, together[0][1].server
            numbers = (
                _other_server(reserved.instances, server, len(together))
                if reserved.is_open(self._context.now)
                else None
            )
            if numbers is None:
                rest.extend(together)
                continue
            for (node, _), number in zip(together, numbers, strict=True):
                launches.extend(self._hold(node.group, [node], reserved, [number]))
        for node, held in rest:
            reserved = held.reserved
            if not reserved.is_open(self._context.now):
                continue
            spare = reserved.instances.take_spare(held.server)
            others = _nearest(reserved.instances, held.server) if spare is None else [spare]
            if others is not None:
                launches.extend(self._hold(node.group, [node], reserved, others))
        return launches

    # -- what the plan tells ---------------------------------------------------------------

    def block_opened(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """The groups scale up."""
        self._provisioning.capacity_opened(self._waiting_groups())
        self.fill()
        self._provisioning.plan_changed(self._plan, self._waiting_groups())

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """The groups scale down to nothing."""
        nodes = sorted(self._holders[reserved.arn].values(), key=_place)
        self._provisioning.shut_down(nodes, REASONS_TO_CLOSE[closing])

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """What is still being shut down is gone."""
        self._provisioning.gone(sorted(self._holders[reserved.arn].values(), key=_place))
        self._provisioning.plan_changed(self._plan, self._waiting_groups())

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Nodes have failed."""
        holders = self._holders[reserved.arn]
        self._provisioning.fail([holders[number] for number in numbers if number in holders])

    def instances_repaired(self, reserved: ReservedCapacity) -> None:
        """Nodes that nobody replaced run again, and what is free besides is given away."""
        # A node that is being shut down has its instance still, and goes on.
        whole = [
            node
            for number, node in sorted(self._holders[reserved.arn].items())
            if reserved.instances.take_again(number, node.group.holder)
        ]
        self._provisioning.repaired([node for node in whole if node.status is NodeStatus.FAILURE])
        self.fill()


def _nearest(instances: Instances, server: int) -> list[int] | None:
    """The lowest free instance of an UltraServer, else of any; None if none is free."""
    here = instances.take(1, {server}) if instances.per_server > 1 else None
    return here or instances.take(1)


def _other_server(instances: Instances, server: int, count: int) -> list[int] | None:
    """Instances of another UltraServer for all that one lost, if all of it has broken."""
    if instances.per_server == 1 or instances.unhealthy(server) < instances.per_server:
        return None
    for other in instances.servers:
        if instances.available(other) >= count:
            return instances.take(count, {other})
    return None
