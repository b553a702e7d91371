"""What nodes go through with the instances that they have: reboots, checks, other software."""

from __future__ import annotations

from collections.abc import Sequence

from ...context import Context
from ..cluster import InstanceGroup, Node
from ..events.recorder import EventRecorder
from ..statuses import NodeStatus
from .progress import Progress
from .states import NodeStates

REBOOT = "reboot"  # as events call it. source: choice


class NodeUpkeep:
    """Leads nodes that have an instance into use, and back into it."""

    def __init__(
        self, context: Context, states: NodeStates, recorder: EventRecorder, progress: Progress
    ) -> None:
        self._context = context
        self._states = states
        self._recorder = recorder
        self._progress = progress

    def run(self, nodes: Sequence[Node]) -> None:
        """Nodes are ready for use."""
        self._states.change(nodes, NodeStatus.RUNNING, "Instance is running.")
        self._recorder.nodes.completed(node for node in nodes if node.activity is not None)
        for node in nodes:
            node.activity = node.replaces = None
        self._progress.of_groups(node.group for node in nodes)

    def reboot(self, node: Node) -> None:
        """Restart a node, on the instance that it has."""
        self._recorder.nodes.rebooting(node)
        node.activity = REBOOT
        self._states.change([node], NodeStatus.PENDING, "Node is rebooted.")
        self._states.in_time([node], self.run)

    def check_health(self, nodes: Sequence[Node]) -> None:
        """Keep nodes out of use while their health is checked. source: model"""
        self._states.change(nodes, NodeStatus.DEEP_HEALTH_CHECK, "Deep health check runs.")
        self._states.in_time(nodes, self.run)

    def begin_software_update(self, group: InstanceGroup) -> None:
        """The nodes that run have their software updated."""
        nodes = [node for node in group.nodes if node.status is NodeStatus.RUNNING]
        self._recorder.patching_started(group, nodes)
        self._states.change(nodes, NodeStatus.SYSTEM_UPDATING, "Software is updated.")

    def finish_software_update(self, group: InstanceGroup) -> None:
        """All nodes of a group have their group's software."""
        for node in group.nodes:
            if node.instance is not None:
                node.software = group.software
                node.updated_at = self._context.now
        updated = [node for node in group.nodes if node.status is NodeStatus.SYSTEM_UPDATING]
        self._recorder.nodes.patched(updated)
        self._recorder.patching_completed(group)
        self.run(updated)
