"""How nodes get their instances and lose them: launching, failing, replacing, shutting down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from ...context import Context
from ...kernel.scope import Scope
from ...plans.allocation import Allocation
from ...plans.listeners import Closing
from ...plans.plan import TrainingPlan
from ..cluster import InstanceGroup, Node
from ..events.news import NodeHealthChanged
from ..events.node_recorder import CREATION
from ..events.recorder import EventRecorder
from ..node_instance import NodeInstance
from ..slurm_startup import HeldBackNodes, SlurmStartup, replaced_in_any_case
from ..statuses import NODE_STATUS_NAMES, GroupStatus, NodeStatus
from .minimum_counts import MinimumCounts
from .moves import NodeMoves
from .pools import REASONS_TO_CLOSE, Launch, OnDemandPool, PlanPool
from .progress import Progress
from .states import NodeStates
from .upkeep import NodeUpkeep

NO_CAPACITY = (  # source: documented
    "We currently do not have sufficient capacity to launch new {instance_type} instances. "
    "Please try again."
)
NO_CAPACITY_IN_ZONE = (  # source: observed
    "We currently do not have sufficient capacity in the Availability Zone you requested."
)
_group = attrgetter("group")
# Names of their own: a look at a member of an enumeration is slow before Python 3.12.
PENDING, SHUTTING_DOWN = NodeStatus.PENDING, NodeStatus.SHUTTING_DOWN
GONE = "NotFound"  # what the model calls a node that is no more. source: model


class Provisioning:
    """Launches and ends the instances of all clusters of an account and Region."""

    def __init__(
        self,
        context: Context,
        scope: Scope,
        states: NodeStates,
        recorder: EventRecorder,
        minimums: MinimumCounts,
        progress: Progress,
        startup: SlurmStartup,
    ) -> None:
        self._context = context
        self._scope = scope
        self._states = states
        self._recorder = recorder
        self.minimums = minimums
        self.progress = progress
        self._startup = startup
        self.upkeep = NodeUpkeep(context, states, recorder, progress)
        self.moves = NodeMoves(
            context, states, recorder, self._pass_on, self._started, progress.of_groups
        )
        self.on_demand = OnDemandPool(context, self)
        self._pools: dict[str, PlanPool] = {}
        self._launches = 0
        # Failed instances of plans that no node has any longer, by their ids.
        self.replaced: dict[str, Allocation] = {}

    def _pool(self, group: InstanceGroup) -> OnDemandPool | PlanPool | HeldBackNodes:
        held_back = self._startup.held_back(group)
        if held_back is not None:
            return held_back
        plan = group.plan
        if plan is None:
            return self.on_demand
        pool = self._pools.get(plan.arn)
        if pool is None:
            pool = self._pools[plan.arn] = PlanPool(plan, self._context, self)
        return pool

    # -- what groups ask for ---------------------------------------------------------------

    def request(self, group: InstanceGroup, count: int, request: int) -> list[Node]:
        """Nodes that a group is to have from now on. They wait until `supply`."""
        cluster = group.cluster
        nodes = []
        for _ in range(count):
            cluster.next_node += 1
            logical_id = self._context.derived_id(f"{cluster.arn}/node/{cluster.next_node}", 32)
            node = Node(group, cluster.next_node, str(UUID(logical_id)), request, self._context.now)
            group.nodes.add(node)
            cluster.by_logical_id[node.logical_id] = node
            nodes.append(node)
        group.statuses[NodeStatus.PENDING] += count
        group.target += count
        return nodes

    def supply(self, nodes: Sequence[Node]) -> None:
        """Get nodes instances, as far as there are any."""
        by_pool: dict[OnDemandPool | PlanPool | HeldBackNodes, list[Node]] = {}
        for group, of_group in groupby(nodes, _group):
            by_pool.setdefault(self._pool(group), []).extend(of_group)
        for pool, of_pool in by_pool.items():
            pool.add(of_pool)
            pool.fill()

    def remove(self, nodes: Sequence[Node], reason: str) -> None:
        """Take nodes out of their groups, once their instances are shut down."""
        running = []
        for node in nodes:
            if not node.leaving:
                node.group.target -= 1
                node.leaving = True
            node.keeps_place = False
            if node.instance is None:
                self._pool(node.group).withdraw([node])
                self._forget(node)
            else:
                running.append(node)
        self.shut_down(running, reason)

    def remove_at_once(self, nodes: Sequence[Node], reason: str) -> None:
        """Take nodes out of their groups; their instances are free before this returns."""
        self.remove(nodes, reason)
        self.gone([node for node in nodes if node.instance is not None])

    def move(self, group: InstanceGroup, plan: TrainingPlan | None, request: int) -> None:
        """Have a group live on another plan, or on demand: with other instances."""
        nodes = [node for node in group.nodes if not node.leaving]
        waiting = [node for node in nodes if node.instance is None]
        self._pool(group).withdraw(waiting)
        leaving = self._pool(group)
        group.plan = plan
        self._recorder.network_found(group)
        self._recorder.capacity_chosen(group)
        for node in nodes:
            node.request = request
            node.reported = False
            node.keeps_place = False
            node.address = node.wanted_zone = node.wanted_type = None
        self.shut_down(
            [node for node in nodes if node.instance is not None],
            "The instance group has moved to other capacity.",
        )
        self.supply(waiting)
        leaving.fill()

    # -- getting instances -----------------------------------------------------------------

    def launch(self, launches: Sequence[Launch]) -> None:
        """Launch the instances of nodes that have none."""
        now, add, status = self._context.now, self._context.history.add, NODE_STATUS_NAMES[PENDING]
        for node, held in launches:
            instance = self._launch(node, held)
            add((now, instance.instance_id, None, status, "Instance launched."))
        nodes = [node for node, _ in launches]
        self._recorder.nodes.launched(nodes)
        self._states.in_time(nodes, self._started)

    def _launch(self, node: Node, held: Allocation | None) -> NodeInstance:
        group, cluster = node.group, node.group.cluster
        self._launches += 1
        node.launches += 1
        node.step += 1
        node.activity = CREATION
        instance_id = "i-" + self._context.derived_id(
            f"{cluster.arn}/{node.logical_id}/{node.launches}", 17
        )
        if held is None:
            instance_type = node.wanted_type or group.instance_type
            zone = node.wanted_zone or group.zone
        else:
            instance_type = held.reserved.compute_type.instance_type
            zone = self._context.catalog.zone(held.reserved.block.zone)
        instance = node.instance = NodeInstance(
            instance_id,
            self._launches,
            node.take_address(self._launches),
            self._context.now,
            instance_type,
            zone,
            held,
        )
        node.software = group.software.of_new_nodes
        node.reported = False
        group.nodes.launched(node)
        if held is None:
            self.on_demand.launched(node)
        cluster.by_instance_id[instance_id] = node
        return instance

    def _pass_on(self, node: Node) -> None:
        """The instance of a node is used for the group that the node has come to."""
        instance = node.instance
        assert instance is not None
        if instance.allocation is None:
            self.on_demand.launched(node)
        else:
            passed = instance.allocation.passed_to(node.group.holder)
            node.instance = replace(instance, allocation=passed)

    def _started(self, nodes: Sequence[Node]) -> None:
        """Instances are there, or have joined another group; some are checked before their use."""
        checked: list[Node] = []
        ready: list[Node] = []
        for group, of_group in groupby(nodes, _group):
            (checked if group.checks_health_on_start else ready).extend(of_group)
        self.upkeep.check_health(checked)
        self.upkeep.run(ready)

    def no_capacity(self, node: Node) -> None:
        """A node of an Active plan has to wait."""
        text = NO_CAPACITY.format(instance_type=node.group.instance_type)
        self._recorder.nodes.not_provisioned(node, text)

    def zone_is_down(self, node: Node) -> None:
        """A node on demand has to wait."""
        self._recorder.nodes.not_provisioned(node, NO_CAPACITY_IN_ZONE)

    # -- losing them -----------------------------------------------------------------------

    def shut_down(self, nodes: Iterable[Node], reason: str) -> None:
        """End the instances of nodes; those that are not leaving then wait for others."""
        ending = [node for node in nodes if node.status is not SHUTTING_DOWN]
        self.moves.finish_of(ending)
        for node in ending:
            if not node.keeps_place:
                node.address = None
        self._recorder.nodes.terminating(ending)
        self._states.change(ending, SHUTTING_DOWN, reason)
        self.progress.of_groups(map(_group, ending))
        self._states.in_time(ending, self.gone)

    def gone(self, nodes: Sequence[Node]) -> None:
        """Instances are no more."""
        launches: list[Launch] = []
        waiting = []
        freed: dict[PlanPool, list[Allocation]] = {}
        self._recorder.nodes.terminated(nodes)
        for node, instance in self._detach(nodes, SHUTTING_DOWN, "Instance has ended."):
            held = instance.allocation
            keeps_place, node.keeps_place = node.keeps_place, False
            node.replaces = instance.instance_id if keeps_place else None
            node.change(PENDING, "")
            if held is not None:
                pool = self._pools[held.plan_arn]
                of_pool = freed.setdefault(pool, [])
                if keeps_place:
                    # What the nodes before it have let go may be for it.
                    _let_go(freed)
                    other = pool.exchange(node, held)
                    if other is not None:
                        launches.append((node, other))
                        continue
                else:
                    of_pool.append(held)
            if node.leaving:
                self._forget(node)
            else:
                waiting.append(node)
        _let_go(freed)
        self.launch(launches)
        self.supply(waiting)
        for pool in freed:
            pool.fill()
        self.progress.of_groups(map(_group, nodes))

    def _detach(
        self, nodes: Sequence[Node], status: NodeStatus, reason: str
    ) -> list[tuple[Node, NodeInstance]]:
        """Take their instances from nodes; each with its own."""
        detached = []
        for group, of_group in groupby(nodes, _group):
            run = list(of_group)
            group.nodes.ended(run)
            for node in run:
                instance = node.instance
                assert instance is not None
                if instance.allocation is None:
                    self.on_demand.ended(node)
                del group.cluster.by_instance_id[instance.instance_id]
                node.instance = node.activity = None
                detached.append((node, instance))
        now, add, before = self._context.now, self._context.history.add, NODE_STATUS_NAMES[status]
        for _, instance in detached:
            add((now, instance.instance_id, before, GONE, reason))
        return detached

    def _forget(self, node: Node) -> None:
        group = node.group
        group.nodes.remove(node)
        group.statuses[node.status] -= 1
        del group.cluster.by_logical_id[node.logical_id]
        if group.phase is GroupStatus.DELETING and not group.nodes:
            group.cluster.groups.pop(group.name, None)

    # -- failing, and being replaced -------------------------------------------------------

    def fail(self, nodes: Sequence[Node]) -> None:
        """The instances of nodes have broken. source: documented, model"""
        failed = [node for node in nodes if node.status is not NodeStatus.SHUTTING_DOWN]
        self.moves.finish_of(failed)
        for node in failed:
            if node.status is not NodeStatus.FAILURE:
                self._states.change([node], NodeStatus.FAILURE, "Instance has failed.")
                if node.activity is not None:
                    self._recorder.nodes.failed(node, node.activity)
                    node.activity = None
                self._announce_health(node, False)
        self._recover(
            [
                node
                for node in failed
                if node.group.cluster.specification.automatic_recovery or replaced_in_any_case(node)
            ]
        )
        self.progress.of_groups(map(_group, failed))

    def _announce_health(self, node: Node, healthy: bool) -> None:
        assert node.instance is not None
        self._context.announce(
            NodeHealthChanged(
                self._scope,
                self._context.now,
                node.group.cluster,
                node.instance.instance_id,
                healthy,
            )
        )

    def replace(self, node: Node) -> None:
        """Give a node another instance, whether its own has failed or not."""
        if node.status is NodeStatus.FAILURE:
            self._recover([node])
            self.progress.of_group(node.group)
        else:
            node.keeps_place = True
            self.shut_down([node], "Node is replaced.")

    def _recover(self, nodes: Sequence[Node]) -> None:
        """Replace failed nodes' instances; those for which there is none wait."""
        lost: dict[PlanPool, list[tuple[Node, Allocation]]] = {}
        for node in nodes:
            assert node.instance is not None
            held, instance_id = node.instance.allocation, node.instance.instance_id
            node.replaces = instance_id
            self._recorder.nodes.terminating([node])
            self._recorder.nodes.terminated([node])
            self._detach([node], NodeStatus.FAILURE, "Failed instance is replaced.")
            node.change(PENDING, "")
            if held is not None:
                self.replaced[instance_id] = held
                pool = self._pools[held.plan_arn]
                pool.let_go([held])
                lost.setdefault(pool, []).append((node, held))
        replaced: set[Node] = set()
        for pool, of_pool in lost.items():
            launches = pool.replace(of_pool)
            self.launch(launches)
            replaced.update(node for node, _ in launches)
        self.supply([node for node in nodes if node not in replaced])

    def repaired(self, nodes: Sequence[Node]) -> None:
        """The instances of failed nodes are whole again."""
        for node in nodes:
            self._announce_health(node, True)
        self.upkeep.run(nodes)

    # -- plans -----------------------------------------------------------------------------

    def capacity_opened(self, groups: Iterable[InstanceGroup]) -> None:
        """Groups can have instances of their plan's block from now on."""
        for group in groups:
            self._recorder.capacity_opened(group)

    def plan_changed(self, plan: TrainingPlan, waiting: Iterable[InstanceGroup]) -> None:
        """A plan has become Active, or is so no longer; groups of it wait for instances."""
        self.minimums.plan_changed(plan)
        self.progress.of_groups(waiting)

    # -- zones -----------------------------------------------------------------------------

    def zone_went_down(self, zone: str, nodes: Iterable[Node]) -> None:
        """Nodes on demand lose their instances; a plan's own are told by the plan."""
        self.shut_down(
            [
                node
                for node in nodes
                if node.instance is not None
                and node.instance.allocation is None
                and node.instance.zone.name == zone
            ],
            REASONS_TO_CLOSE[Closing.ZONE_DOWN],
        )

    def zone_came_back(self) -> None:
        """Nodes on demand get instances again."""
        self.on_demand.fill()


def _let_go(freed: Mapping[PlanPool, list[Allocation]]) -> None:
    """Give back what is left to be given back to pools."""
    for pool, allocations in freed.items():
        pool.let_go(allocations)
        allocations.clear()
