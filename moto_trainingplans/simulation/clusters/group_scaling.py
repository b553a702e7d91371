"""What an instance group goes through: its start, changes, scaling, rolling back and end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ..plans.plan import TrainingPlan
from .cluster import GroupSpecification, InstanceGroup
from .events import ClusterEventLog
from .minimum_counts import Minimums
from .provisioning import Provisioning
from .statuses import GroupStatus, NodeStatus


class GroupScaling:
    """Has groups get and lose nodes. Whether they may be so has been checked already."""

    def __init__(
        self, provisioning: Provisioning, log: ClusterEventLog, minimums: Minimums
    ) -> None:
        self._provisioning = provisioning
        self._log = log
        self._minimums = minimums

    def start(self, group: InstanceGroup, request: int) -> None:
        """Have a new group get its nodes."""
        self._log.operation_started(group, "creation", request)
        self._log.capacity_chosen(group, request)
        nodes = self._provisioning.request(group, group.specification.count, request)
        self._provisioning.supply(nodes)
        self._minimums.begin(group, partial(self._give_up, group, request))

    def _give_up(self, group: InstanceGroup, request: int) -> None:
        """A new group has not got its minimum in time. source: model"""
        self._tell_of_missed_minimum(group, request)
        self._provisioning.remove(list(group.nodes), "The minimum was not reached.")
        group.phase = GroupStatus.FAILED

    def _tell_of_missed_minimum(self, group: InstanceGroup, request: int) -> None:
        self._log.minimum_missed(
            group,
            request,
            f"Instance group {group.name} did not reach its minimum of "
            f"{group.specification.minimum} instances in time.",
        )

    def change(
        self,
        group: InstanceGroup,
        wanted: GroupSpecification,
        plan: TrainingPlan | None,
        request: int,
    ) -> None:
        """Make a group what is wanted of it."""
        before, former_plan, former_target = group.specification, group.plan, group.target
        group.specification = wanted
        group.phase = GroupStatus.UPDATING
        if (wanted.image_id, wanted.release) != (before.image_id, before.release):
            self._set_software(group, wanted.image_id, wanted.release)
        self._log.operation_started(group, "scaling", request)
        self._move_and_scale(group, plan, wanted.count, request)
        if plan is not former_plan:
            self._log.capacity_chosen(group, request)
        give_up = partial(self._roll_back, group, before, former_plan, former_target, request)
        self._minimums.begin(group, give_up)

    def _move_and_scale(
        self, group: InstanceGroup, plan: TrainingPlan | None, count: int, request: int
    ) -> None:
        """Have a group live on a plan, or on demand, with so many nodes."""
        if count < group.target:
            self._scale_down(group, count)
        if group.plan is not plan:
            self._provisioning.move(group, plan, request)
        if count > group.target:
            nodes = self._provisioning.request(group, count - group.target, request)
            self._provisioning.supply(nodes)

    def _scale_down(self, group: InstanceGroup, count: int) -> None:
        # Those that have nothing go first, then failed ones, then the newest. source: choice
        nodes = sorted(
            (node for node in group.nodes if not node.leaving),
            key=lambda node: (
                node.instance is not None,
                node.status is not NodeStatus.FAILURE,
                -node.number,
            ),
        )
        self._provisioning.remove(nodes[: group.target - count], "Instance group is scaled down.")

    def _roll_back(
        self,
        group: InstanceGroup,
        before: GroupSpecification,
        plan: TrainingPlan | None,
        target: int,
        request: int,
    ) -> None:
        """A changed group has not got its minimum in time: as it was before. source: model"""
        self._tell_of_missed_minimum(group, request)
        group.specification = before
        self._move_and_scale(group, plan, target, request)
        group.settle()

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

    def delete(self, group: InstanceGroup, request: int) -> None:
        """Take a group out of its cluster, once its instances are shut down."""
        self.end(group, request)
        self._provisioning.remove(list(group.nodes), "Instance group is deleted.")
        if not group.nodes:
            group.cluster.groups.pop(group.name, None)

    def end(self, group: InstanceGroup, request: int) -> None:
        """A group is being deleted."""
        group.phase = GroupStatus.DELETING
        self._minimums.cancel(group)
        self._log.operation_started(group, "deletion", request)
