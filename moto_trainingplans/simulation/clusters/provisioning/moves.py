"""Nodes on their way from one instance group to another, with the instances that they have.

source: model
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...context import Context
from ..cluster import InstanceGroup, Node
from ..events.recorder import EventRecorder
from ..statuses import NodeStatus
from .states import NodeStates


class NodeMoves:
    """Moves nodes: first they leave the one group, then they join the other.

    The targets of both groups change at once, source: choice. `pass_on` has the
    instances of nodes be used for their new groups, `joined` takes the nodes that are ready to be
    used there, `changed` the groups that have other nodes than before.
    """

    def __init__(
        self,
        context: Context,
        states: NodeStates,
        recorder: EventRecorder,
        pass_on: Callable[[Node], None],
        joined: Callable[[Sequence[Node]], None],
        changed: Callable[[Iterable[InstanceGroup]], None],
    ) -> None:
        self._context = context
        self._states = states
        self._recorder = recorder
        self._pass_on = pass_on
        self._joined = joined
        self._changed = changed

    def begin(self, nodes: Sequence[Node], target: InstanceGroup, request: int) -> None:
        """Have nodes that run leave their group for another one."""
        self._recorder.nodes.moving(nodes)
        for node in nodes:
            node.group.target -= 1
            target.target += 1
            node.request = request
            node.moving_to = target
            node.activity = "move"
            target.incoming[node] = None
        self._states.change(nodes, NodeStatus.DETACHING, f"Node moves to {target.name}.")
        self._states.in_time(nodes, self._hand_over)

    def finish(self, group: InstanceGroup) -> None:
        """Hand over at once what is on its way to a group, or from it."""
        self._hand_over([*group.incoming, *(node for node in group.nodes if node.moving_to)])

    def finish_of(self, nodes: Iterable[Node]) -> None:
        """Hand over at once those of some nodes that are on their way."""
        self._hand_over([node for node in nodes if node.moving_to])

    def _hand_over(self, nodes: Sequence[Node]) -> None:
        sources = []
        for node in nodes:
            sources.append(node.group)
            self._change_group(node)
            self._states.change([node], NodeStatus.ATTACHING, f"Node joins {node.group.name}.")
        self._recorder.nodes.lifecycle_script_started(nodes)
        self._changed(sources)
        self._states.in_time(nodes, self._joined)

    def _change_group(self, node: Node) -> None:
        source, target = node.group, node.moving_to
        assert target is not None
        assert node.instance is not None
        source.nodes.leave(node)
        source.statuses[node.status] -= 1
        del source.cluster.by_instance_id[node.instance.instance_id]
        del source.cluster.by_logical_id[node.logical_id]
        del target.incoming[node]
        node.join(target, self._context.now)
        target.nodes.join(node)
        target.statuses[node.status] += 1
        target.cluster.by_instance_id[node.instance.instance_id] = node
        target.cluster.by_logical_id[node.logical_id] = node
        self._pass_on(node)
        # Its volumes are replaced, so that it runs what its new group runs.
        node.software = target.software.of_new_nodes
