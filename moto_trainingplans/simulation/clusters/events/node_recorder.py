"""What happens to nodes and their instances, told as events of their clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from ...context import Context
from ...kernel.scope import Scope
from ...plans.reserved_capacity import ReservedCapacity
from ..cluster import InstanceGroup, Node
from . import kinds
from .kinds import EventKind
from .log import ClusterEventLog, NodeBatch, NodeStep
from .news import ClusterEventHappened

NOTHING: Mapping[str, Any] = {}
CREATION = "creation"  # what is done with instances, in the words of events. source: choice


def _step(kind: EventKind, details: Mapping[str, Any] = NOTHING, **words: str) -> NodeStep:
    return NodeStep(kind, words, details)


STARTED = _step(kinds.INSTANCE_STARTED, operation=CREATION)
MOVE_STARTED = _step(kinds.INSTANCE_STARTED, operation="move")
REPLACEMENT_STARTED = _step(kinds.REPLACEMENT_STARTED)
PROVISIONED = _step(kinds.PROVISIONED)
SCRIPT_STARTED = _step(kinds.LIFECYCLE_SCRIPT, {"LcsExecutionState": "Started"}, status="Started")
TERMINATING = _step(kinds.TERMINATING)
DELETED = _step(kinds.INSTANCE_COMPLETED, operation="deletion")
REBOOTING = _step(kinds.REBOOTING)
ROOT_VOLUME = _step(kinds.ROOT_VOLUME)
PATCHED = _step(kinds.INSTANCE_PATCHED)
KUBERNETES_UPDATED = _step(kinds.KUBERNETES_UPDATED)

T = TypeVar("T")
_group = attrgetter("group")


class NodeEventRecorder:
    """Tells what happens to the nodes of clusters that are provisioned continuously.

    Nodes that follow each other and go through the same are told of as one batch.
    """

    def __init__(self, context: Context, scope: Scope, log: ClusterEventLog) -> None:
        self._context = context
        self._scope = scope
        self._log = log

    # -- coming ----------------------------------------------------------------------------

    def launched(self, nodes: Iterable[Node]) -> None:
        """Nodes have got instances, which start."""
        for group, reserved, replaces, run in _runs(nodes, _replaces):
            steps = [REPLACEMENT_STARTED if replaces else STARTED]
            if group.vpc is not None:
                steps.append(self._interfaces(kinds.ENI_CREATED, run))
            steps.append(PROVISIONED)
            if _has_script(group):
                steps.append(SCRIPT_STARTED)
            self._tell(group, reserved, run, steps)

    def lifecycle_script_started(self, nodes: Iterable[Node]) -> None:
        """The lifecycle scripts of the nodes' groups run."""
        for group, reserved, _, run in _runs(nodes, _nothing):
            if _has_script(group):
                self._tell(group, reserved, run, [SCRIPT_STARTED])

    def completed(self, nodes: Iterable[Node]) -> None:
        """What was done with the instances of nodes, their activity, is done."""
        for group, reserved, (replaced, action), run in _runs(nodes, _activity):
            kind = kinds.REPLACEMENT_COMPLETED if replaced else kinds.INSTANCE_COMPLETED
            self._tell(group, reserved, run, [_step(kind, operation=action)])

    def failed(self, node: Node, action: str) -> None:
        """What was done with a node's instance has failed."""
        replaced = node.replaces is not None and action == CREATION
        kind = kinds.REPLACEMENT_FAILED if replaced else kinds.INSTANCE_FAILED
        self._tell_all([node], _step(kind, {"FailureMessage": node.message}, operation=action))

    def not_provisioned(self, node: Node, message: str) -> None:
        """There is no instance for a node; told once until it has one."""
        if node.reported:
            return
        node.reported = True
        failure = {"FailureMessage": message}
        if node.replaces is not None:
            self._tell_of_lack(
                node, _step(kinds.REPLACEMENT_NOT_STARTED, failure, instance=node.replaces)
            )
        for kind in (kinds.NOT_PROVISIONED, kinds.CREATION_FAILED):
            self._tell_of_lack(node, _step(kind, failure))

    # -- staying ---------------------------------------------------------------------------

    def rebooting(self, node: Node) -> None:
        """A node restarts."""
        self._tell_all([node], REBOOTING)

    def moving(self, nodes: Iterable[Node]) -> None:
        """Nodes go to other groups."""
        self._tell_all(nodes, MOVE_STARTED)

    def volume_replaced(self, nodes: Iterable[Node]) -> None:
        """Nodes begin to get other software, on another volume."""
        self._tell_all(nodes, ROOT_VOLUME)

    def patched(self, nodes: Iterable[Node]) -> None:
        """Nodes have their group's software."""
        for group, reserved, _, run in _runs(nodes, _nothing):
            steps = [SCRIPT_STARTED, PATCHED] if _has_script(group) else [PATCHED]
            self._tell(group, reserved, run, steps)

    def kubernetes_updated(self, nodes: Iterable[Node]) -> None:
        """Nodes have the new labels and taints of their group."""
        self._tell_all(nodes, KUBERNETES_UPDATED)

    # -- going -----------------------------------------------------------------------------

    def terminating(self, nodes: Iterable[Node]) -> None:
        """The instances of nodes are shut down."""
        self._tell_all(nodes, TERMINATING)

    def terminated(self, nodes: Iterable[Node]) -> None:
        """The instances of nodes, which they still have, are no more."""
        for group, reserved, _, run in _runs(nodes, _nothing):
            steps = [DELETED]
            if group.vpc is not None:
                steps.insert(0, self._interfaces(kinds.ENI_DELETED, run))
            self._tell(group, reserved, run, steps)

    def _interfaces(self, kind: EventKind, nodes: Sequence[Node]) -> NodeStep:
        """Something has become of the network interfaces in the customer's VPC."""
        ids = [self._context.derived_id(_instance_id(node), 17) for node in nodes]
        return NodeStep(kind, NOTHING, [{"CustomerEni": f"eni-{each}"} for each in ids])

    # -- telling ---------------------------------------------------------------------------

    def _tell_all(self, nodes: Iterable[Node], step: NodeStep) -> None:
        for group, reserved, _, run in _runs(nodes, _nothing):
            self._tell(group, reserved, run, [step])

    def _tell(
        self,
        group: InstanceGroup,
        reserved: ReservedCapacity | None,
        nodes: Sequence[Node],
        steps: Sequence[NodeStep],
    ) -> None:
        batch = NodeBatch(
            steps,
            tuple([_instance_id(node) for node in nodes]),
            tuple([node.logical_id for node in nodes]),
            group.operation_id,
            group.name,
            None if reserved is None else reserved.arn,
        )
        events = self._log.add_batch(group.cluster, batch)
        if self._context.announcer.listeners:
            for event in events:
                self._context.announce(
                    ClusterEventHappened(self._scope, group.cluster, event, self._log)
                )

    def _tell_of_lack(self, node: Node, step: NodeStep) -> None:
        """Tell of a node without an instance."""
        group = node.group
        if group.cluster.specification.continuous:
            assert isinstance(step.details, Mapping)
            event = self._log.add(
                group.cluster,
                step.kind,
                step.words,
                step.details,
                operation_id=group.operation_id,
                group=group.name,
                logical_id=node.logical_id,
            )
            self._context.announce(
                ClusterEventHappened(self._scope, group.cluster, event, self._log)
            )


def _runs(
    nodes: Iterable[Node], told: Callable[[Node], T]
) -> Iterator[tuple[InstanceGroup, ReservedCapacity | None, T, list[Node]]]:
    """The nodes that tell, as far as they follow each other and are told of alike.

    Each run with its group, the reserved capacity of its instances, and what is told of its nodes.
    """
    for group, of_group in groupby(nodes, _group):
        if not group.cluster.specification.continuous:
            continue
        run: list[Node] = []
        alike: tuple[ReservedCapacity | None, T] | None = None
        for node in of_group:
            allocation = None if node.instance is None else node.instance.allocation
            what = (None if allocation is None else allocation.reserved, told(node))
            if alike is not None and what != alike:
                yield group, *alike, run
                run = []
            run.append(node)
            alike = what
        if alike is not None:
            yield group, *alike, run


def _instance_id(node: Node) -> str:
    assert node.instance is not None
    return node.instance.instance_id


def _nothing(node: Node) -> None:
    """Nothing that makes a difference between nodes."""


def _replaces(node: Node) -> bool:
    return node.replaces is not None


def _activity(node: Node) -> tuple[bool, str]:
    """Whether an instance was replaced by what is done with a node's, and that."""
    assert node.activity is not None
    return node.replaces is not None and node.activity == CREATION, node.activity


def _has_script(group: InstanceGroup) -> bool:
    return bool(group.specification.settings.get("LifeCycleConfig"))
