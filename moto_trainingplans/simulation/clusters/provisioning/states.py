"""The statuses of nodes: changing them, now or once that has taken its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...context import Context
from ...kernel.pacing import Countdown
from ..cluster import Node
from ..statuses import NODE_STATUS_NAMES, NodeStatus

NODE_MODEL = "sagemaker::cluster_node"  # the state manager's name


class NodeStates:
    """Changes the statuses of the nodes of an account and Region."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def change(self, nodes: Iterable[Node], status: NodeStatus, reason: str) -> None:
        """Change the status of nodes that have instances, and put that into the history."""
        now, add, names = self._context.now, self._context.history.add, NODE_STATUS_NAMES
        message = reason if status is NodeStatus.FAILURE else ""
        for node in nodes:
            assert node.instance is not None
            before = node.status
            node.change(status, message)
            add((now, node.instance.instance_id, names[before], names[status], reason))

    def in_time(self, nodes: Sequence[Node], done: Callable[[Sequence[Node]], None]) -> None:
        """Go on with nodes when what they do now is done, unless it was interrupted."""
        if not nodes:
            return
        pace = self._context.pacing.of(NODE_MODEL)
        if pace.is_immediate:
            done(nodes)
            return
        steps = [(node, node.step) for node in nodes]
        if pace.describes:
            for node, step in steps:
                node.countdown = Countdown(
                    pace.describes,
                    lambda node=node, step=step: done([node] if node.step == step else []),  # type: ignore[misc]
                )
            return
        self._context.events.schedule(
            self._context.now + pace.delay,
            lambda: done([node for node, step in steps if node.step == step]),
        )
