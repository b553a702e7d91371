"""What an instance group goes through: its start, changes, scaling, rolling back and end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..plans.plan import TrainingPlan
from .cluster import Cluster, InstanceGroup, Node
from .events.operation_log import OperationLog
from .events.recorder import EventRecorder
from .operations import Counts, Operation, ScalingPart
from .provisioning.provisioning import Provisioning
from .specification import GroupSpecification, Location
from .statuses import GroupStatus, NodeStatus

CREATION, SCALING, UPDATE, DELETION = "creation", "scaling", "update", "deletion"
NOTHING = Counts(0, 0, 0)


@dataclass(frozen=True)
class GroupChange:
    """What is to become of a group: `wanted`, on `plan` or on demand, in `location`."""

    group: InstanceGroup
    wanted: GroupSpecification
    plan: TrainingPlan | None
    location: Location

    @property
    def scales(self) -> bool:
        """Whether it changes how many instances the group has, or whose."""
        before = self.group.specification
        return (
            self.wanted.count != self.group.target
            or (self.wanted.minimum or 0) != (before.minimum or 0)
            or self.plan is not self.group.plan
        )


class GroupScaling:
    """Has groups get and lose nodes. Whether they may be so has been checked already.

    `next_request` numbers what sets targets anew.
    """

    def __init__(
        self,
        provisioning: Provisioning,
        recorder: EventRecorder,
        operations: OperationLog,
        next_request: Callable[[], int],
    ) -> None:
        self._provisioning = provisioning
        self._minimums = provisioning.minimums
        self._progress = provisioning.progress
        self._recorder = recorder
        self._operations = operations
        self._next_request = next_request

    # -- operations ------------------------------------------------------------------------

    def begin(
        self,
        cluster: Cluster,
        new: Iterable[InstanceGroup] = (),
        changes: Iterable[GroupChange] = (),
        deleted: Iterable[InstanceGroup] = (),
        updates_cluster: bool = False,
    ) -> Operation | None:
        """The operation that a request is, before anything is done; None if it scales nothing.

        Only clusters that are provisioned continuously have any. source: choice
        """
        parts = [
            *((each, _part(each, CREATION, each.specification)) for each in new),
            *(
                (change.group, _part(change.group, SCALING, change.wanted))
                for change in changes
                if change.scales
            ),
            *((each, _part(each, DELETION, None)) for each in deleted),
        ]
        if not parts or not cluster.specification.continuous:
            return None
        return self._operations.begin_scaling(cluster, parts, updates_cluster)

    def begin_to_add(self, changes: Mapping[InstanceGroup, int]) -> None:
        """Begin to give groups of one cluster so many nodes more, or less: one operation."""
        parts = [
            (
                group,
                ScalingPart(group.name, SCALING, _counts(group), _desired(group, more)),
            )
            for group, more in changes.items()
        ]
        cluster = next(iter(changes)).cluster
        if cluster.specification.continuous:
            self._operations.begin_scaling(cluster, parts)
        for group in changes:
            self._recorder.group_started(group, SCALING)

    # -- starting --------------------------------------------------------------------------

    def start(self, group: InstanceGroup, request: int) -> None:
        """Have a new group get its nodes."""
        self._recorder.group_started(group, CREATION)
        self._recorder.file_system(group, CREATION)
        self._recorder.parameters_looked_for(group)
        self._recorder.image_found(group)
        self._recorder.network_found(group)
        self._recorder.capacity_chosen(group)
        nodes = self._provisioning.request(group, group.specification.count, request)
        # Before the first nodes come, which would have it in service.
        self._minimums.begin(group)
        self._provisioning.supply(nodes)
        self._progress.of_group(group)

    # -- changing --------------------------------------------------------------------------

    def change(self, change: GroupChange, request: int) -> None:
        """Make a group what is wanted of it."""
        group, wanted, before = change.group, change.wanted, change.group.specification
        if group.phase is GroupStatus.IN_SERVICE:
            group.in_service_as = group.as_it_is
        minimum_changes = (wanted.minimum or 0) != (before.minimum or 0)
        action = SCALING if change.scales else UPDATE
        self._recorder.group_started(group, action)
        group.specification = wanted
        group.location = change.location
        if not group.cluster.specification.continuous:
            group.phase = GroupStatus.UPDATING
        self._tell_of_settings(group, before)
        is_moved = change.plan is not group.plan
        self._move_and_scale(group, change.plan, wanted.count, request)
        if is_moved:
            self._minimums.follow_plan(group)
        if minimum_changes:
            self._minimums.begin(group)
            if self._minimums.is_awaited_by(group) and group.phase is GroupStatus.IN_SERVICE:
                group.phase = GroupStatus.UPDATING
        if action == UPDATE:
            self._recorder.group_completed(group, action)
        self._progress.of_group(group)

    def _tell_of_settings(self, group: InstanceGroup, before: GroupSpecification) -> None:
        wanted = group.specification
        if (wanted.image_id, wanted.release) != (before.image_id, before.release):
            self._set_software(group, wanted.image_id, wanted.release)
            self._recorder.image_found(group)
        if wanted.settings.get("KubernetesConfig") != before.settings.get("KubernetesConfig"):
            self._recorder.kubernetes_updated(group)
        if wanted.settings.get("EnvironmentConfig") != before.settings.get("EnvironmentConfig"):
            self._recorder.file_system(group, UPDATE)

    @staticmethod
    def _set_software(group: InstanceGroup, image_id: str | None, release: str | None) -> None:
        """What the nodes that are launched from now on run."""
        group.software = replace(
            group.software,
            image_id=image_id,
            desired_image_id=image_id,
            release=release,
            desired_release=release,
        )

    def _move_and_scale(
        self, group: InstanceGroup, plan: TrainingPlan | None, count: int, request: int
    ) -> None:
        """Have a group live on a plan, or on demand, with so many nodes."""
        # Between two of these steps it may look as if nothing were left to be done.
        group.is_changing = True
        if count < group.target or group.plan is not plan:
            self._provisioning.moves.finish(group)
        if count < group.target:
            self._scale_down(group, count)
        if group.plan is not plan:
            self._provisioning.move(group, plan, request)
        if count > group.target:
            nodes = self._provisioning.request(group, count - group.target, request)
            self._provisioning.supply(nodes)
        group.is_changing = False

    def _scale_down(self, group: InstanceGroup, count: int) -> None:
        types = group.specification.instance_types

        def last_to_go(node: Node) -> tuple[int, ...]:
            # Those that have nothing go first, then failed ones, then those of the type that
            # comes last of a flexible group's, source: documented, and of these the newest,
            # where AWS chooses at random. source: choice
            instance = node.instance
            if instance is None:
                return 0, -node.number
            known = instance.instance_type in types
            rank = types.index(instance.instance_type) if known else len(types)
            return (
                1 if node.status is NodeStatus.FAILURE else 2,
                -rank,
                -instance.launch_number,
            )

        nodes = sorted((node for node in group.nodes if not node.leaving), key=last_to_go)
        self._provisioning.remove(nodes[: group.target - count], "Instance group is scaled down.")

    # -- rolling back ----------------------------------------------------------------------

    def roll_back(self, group: InstanceGroup) -> None:
        """A group has not got its minimum in time: it is as it was in service, or has nothing.

        It is in service from the beginning of that. source: documented
        """
        self._recorder.minimum_missed(group)
        operation = self._operations.scaling(group)
        if operation is not None:
            operation.parts[group.name].failed = True
        was = group.in_service_as
        if was is None:
            group.specification = replace(group.specification, count=0, minimum=0)
            plan, target = group.plan, 0
        else:
            group.specification, group.software = was.specification, was.software
            group.location = was.location
            plan, target = was.plan, was.target
        self._progress.settle(group)
        self._move_and_scale(group, plan, target, self._next_request())
        self._progress.of_group(group)

    # -- ending ----------------------------------------------------------------------------

    def delete(self, group: InstanceGroup) -> None:
        """Take a group out of its cluster, once its instances are shut down."""
        self.end(group)
        self._provisioning.remove(list(group.nodes), "Instance group is deleted.")
        if not group.nodes:
            group.cluster.groups.pop(group.name, None)
        self._progress.of_group(group)

    def end(self, group: InstanceGroup) -> None:
        """A group is being deleted."""
        self._provisioning.moves.finish(group)
        group.phase = GroupStatus.DELETING
        self._minimums.cancel(group)
        self._recorder.group_started(group, DELETION)
        self._recorder.file_system(group, DELETION)


def _part(group: InstanceGroup, action: str, wanted: GroupSpecification | None) -> ScalingPart:
    """What an operation does with a group; None is deletion."""
    original = NOTHING if action == CREATION else _counts(group)
    desired = (
        Counts(None, 0, 0) if wanted is None else Counts(None, wanted.count, wanted.minimum or 0)
    )
    return ScalingPart(group.name, action, original, desired)


def _counts(group: InstanceGroup) -> Counts:
    return Counts(group.current_count, group.target, group.specification.minimum or 0)


def _desired(group: InstanceGroup, more: int) -> Counts:
    return Counts(None, group.target + more, group.specification.minimum or 0)
