"""The clusters of one account in one Region: creating, changing, deleting and finding them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..context import Context
from ..kernel.scope import Scope
from ..kernel.tags import Taggable
from ..market.catalog import Target, Zone
from ..plans.eligibility import Workload, check_eligible
from ..plans.registry import TrainingPlanRegistry
from ..quotas.limits import Quota
from .cluster import Cluster, InstanceGroup, Node
from .errors import (
    ClusterBusy,
    ClusterNameTaken,
    GroupBusy,
    NothingToUpdate,
    RoleInUseByAutoscaling,
    TooManyInGroup,
    UnknownCluster,
    UnknownGroup,
    UnknownNode,
)
from .faults import ClusterFaults
from .group_checks import GroupChecks, KnownSubnets, check_names, merged, with_inherited_image
from .group_scaling import GroupChange
from .lifecycle import ClusterLifecycle
from .listing import ClusterQuery, find_clusters
from .member_checks import (
    changed_orchestrator,
    check_deployment,
    check_groups_left,
    check_images,
    check_members,
)
from .nodes import NodeQuery, Position, find_nodes
from .quotas import ClusterQuotas
from .software_updates import SoftwareChange
from .specification import ClusterSpecification, GroupSpecification
from .statuses import ClusterStatus, GroupStatus

CLUSTER_MODEL = "sagemaker::cluster"  # the state manager's name
MOST_IN_GROUP = 6758  # source: model
DELETED = "Deleted"  # what the history calls a cluster that is no more


@dataclass(frozen=True)
class ClusterChanges:
    """What is to become of a cluster. What is None, or not named in `settings`, stays."""

    groups: Sequence[GroupSpecification]
    deleted_groups: Sequence[str]
    continuous: bool | None
    automatic_recovery: bool | None
    autoscaling: bool | None
    cluster_role: str | None
    settings: Mapping[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        named = (self.continuous, self.automatic_recovery, self.autoscaling, self.cluster_role)
        return not (
            self.groups
            or self.deleted_groups
            or self.settings
            or any(each is not None for each in named)
        )


class ClusterRegistry:
    """The clusters of one account in one Region.

    All methods work at the present of `context`, and either do what they are asked or raise
    a ServiceError and change nothing.
    """

    def __init__(
        self,
        context: Context,
        plans: TrainingPlanRegistry,
        zones: Sequence[Zone],
        scope: Scope,
    ) -> None:
        self._context = context
        self._scope = scope
        self.lifecycle = ClusterLifecycle(context, scope)
        # What the requests about nodes, events and operations work with.
        self.events = self.lifecycle.events
        self.operations = self.lifecycle.operations
        self.provisioning = self.lifecycle.provisioning
        self.scaling = self.lifecycle.scaling
        self.progress = self.lifecycle.progress
        self._checks = GroupChecks(plans, zones)
        self._quotas = ClusterQuotas(context, scope)
        self._by_name: dict[str, Cluster] = {}
        self._by_arn: dict[str, Cluster] = {}
        self.faults = ClusterFaults(self._by_arn, plans, self.provisioning)
        self._created = 0

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return len(self._by_name)

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self._context.now

    def zones_of(self, group: InstanceGroup, known_subnets: KnownSubnets) -> list[Zone]:
        """The zones in which a group can have instances."""
        return self._checks.zones_of(group, known_subnets)

    # -- creating --------------------------------------------------------------------------

    def create(
        self,
        name: str,
        specification: ClusterSpecification,
        groups: Sequence[GroupSpecification],
        tags: Mapping[str, str],
        known_subnets: KnownSubnets,
    ) -> Cluster:
        """Create a cluster; `known_subnets` tells the zones of the subnets that are known."""
        if name in self._by_name:
            raise ClusterNameTaken(name)
        check_names(group.name for group in groups)
        places = []
        for group in groups:
            self._checks.check(group, name, specification.continuous)
            plan = self._checks.plan(group)
            vpc = group.vpc or specification.vpc
            places.append((plan, self._checks.location(plan, vpc, known_subnets)))
        check_members(name, specification, groups)
        self._quotas.check(self._by_name.values(), groups)
        number = self._created + 1
        cluster_id = self._context.derived_id(self._scope.arn(f"cluster/{number}/{name}"), 12)
        cluster = Cluster(
            self._scope.arn(f"cluster/{cluster_id}"),
            name,
            number,
            self._context.now,
            specification,
        )
        cluster.add_tags(tags)
        self._created = number
        self._by_name[name] = self._by_arn[cluster.arn] = cluster
        for group, (plan, location) in zip(groups, places, strict=True):
            cluster.groups[group.name] = InstanceGroup(cluster, group, plan, location)
        self.lifecycle.begin(cluster)
        return cluster

    # -- updating --------------------------------------------------------------------------

    def update(
        self, name_or_arn: str, changes: ClusterChanges, known_subnets: KnownSubnets
    ) -> Cluster:
        """Change a cluster and its groups. Groups that are not named stay as they are."""
        cluster = self.cluster(name_or_arn)
        if changes.is_empty:
            raise NothingToUpdate(cluster.name)
        self._check_in_service(cluster)
        specification = self._changed(cluster, changes)
        check_names((*(group.name for group in changes.groups), *changes.deleted_groups))
        deleted = [self.group(cluster, name) for name in changes.deleted_groups]
        new: list[InstanceGroup] = []
        changed: list[GroupChange] = []
        for asked in changes.groups:
            group = cluster.groups.get(asked.name)
            if group is None:
                wanted = with_inherited_image(asked, cluster, specification.continuous)
            else:
                self._check_not_deleting(group)
                self._checks.check_change(group, asked)
                wanted = merged(group.specification, asked)
            self._checks.check(wanted, cluster.name, specification.continuous)
            plan = self._checks.plan(wanted)
            location = self._checks.location(plan, wanted.vpc or specification.vpc, known_subnets)
            if group is None:
                new.append(InstanceGroup(cluster, wanted, plan, location))
            else:
                changed.append(GroupChange(group, wanted, plan, location))
        named = {*changes.deleted_groups, *(group.name for group in changes.groups)}
        staying = [
            group.specification
            for name, group in cluster.groups.items()
            if name not in named and group.phase is not GroupStatus.DELETING
        ]
        wanted_groups = [
            *(each.specification for each in new),
            *(each.wanted for each in changed),
        ]
        check_groups_left(cluster.name, changes.deleted_groups, len(staying) + len(wanted_groups))
        check_members(cluster.name, specification, [*staying, *wanted_groups])
        self._quotas.check(
            self._by_name.values(),
            wanted_groups,
            instead_of=[*deleted, *(each.group for each in changed)],
        )

        self.lifecycle.update(cluster, specification, new, changed, deleted)
        return cluster

    def _changed(self, cluster: Cluster, changes: ClusterChanges) -> ClusterSpecification:
        """What a cluster is to be."""
        now = cluster.specification
        settings = {**now.settings, **changes.settings}
        if changes.cluster_role is not None:
            if now.autoscaling and changes.cluster_role != now.settings.get("ClusterRole"):
                raise RoleInUseByAutoscaling(cluster.name)
            settings["ClusterRole"] = changes.cluster_role
        if "Orchestrator" in changes.settings:
            settings["Orchestrator"] = changed_orchestrator(
                cluster.name, now.settings.get("Orchestrator"), changes.settings["Orchestrator"]
            )
        return replace(
            now,
            continuous=now.continuous if changes.continuous is None else changes.continuous,
            automatic_recovery=now.automatic_recovery
            if changes.automatic_recovery is None
            else changes.automatic_recovery,
            autoscaling=now.autoscaling if changes.autoscaling is None else changes.autoscaling,
            settings=settings,
        )

    # -- updating the software -------------------------------------------------------------

    def update_software(self, name_or_arn: str, change: SoftwareChange) -> Cluster:
        """Have groups run other software."""
        cluster = self.cluster(name_or_arn)
        self._check_in_service(cluster)
        groups = [self.group(cluster, name) for name in change.groups or cluster.groups]
        for group in groups:
            if self.lifecycle.minimums.is_awaited_by(group):
                raise GroupBusy(group.name, group.phase.value)
            self._check_not_deleting(group)
        check_deployment(change.deployment)
        check_images(groups, change.image_id)
        self.lifecycle.update_software(cluster, groups, change)
        return cluster

    # -- nodes -----------------------------------------------------------------------------

    def check_sizes(self, more: Mapping[InstanceGroup, int]) -> None:
        """Raise a ServiceError where groups cannot have so many more instances."""
        for group, count in more.items():
            size = group.target + count
            if size > MOST_IN_GROUP:
                raise TooManyInGroup(group.name, size, MOST_IN_GROUP)
            if group.plan is not None:
                types = group.specification.instance_types
                workload = Workload(Target.HYPERPOD_CLUSTER, types, size)
                check_eligible(group.plan, workload, self._context.now)

    def check_quotas(self, changes: Mapping[InstanceGroup, int]) -> None:
        """Raise QuotaExceeded where groups may not have so many more instances, others less."""
        self._quotas.check_changes(self._by_name.values(), changes)

    # -- deleting --------------------------------------------------------------------------

    def delete(self, name_or_arn: str) -> Cluster:
        """Delete a cluster; its instances are free when this returns."""
        cluster = self.cluster(name_or_arn)
        self._check_in_service(cluster)
        self.lifecycle.delete(cluster, self._forget)
        return cluster

    def _forget(self, cluster: Cluster) -> None:
        del self._by_name[cluster.name], self._by_arn[cluster.arn]

    # -- looking ---------------------------------------------------------------------------

    def cluster(self, name_or_arn: str) -> Cluster:
        """The cluster of a name or ARN."""
        cluster = self._by_arn.get(name_or_arn) or self._by_name.get(name_or_arn)
        if cluster is None:
            raise UnknownCluster(name_or_arn)
        return cluster

    def describe(self, name_or_arn: str) -> Cluster:
        """The cluster of a name or ARN; what ends by describing comes nearer to its end."""
        cluster = self.cluster(name_or_arn)
        if cluster.countdown is not None:
            cluster.countdown.described()
        return cluster

    def describe_node(
        self, name_or_arn: str, instance_id: str | None, logical_id: str | None
    ) -> Node:
        """The node of an instance id or logical id; describing counts as with `describe`."""
        cluster = self.cluster(name_or_arn)
        if instance_id is not None:
            node = cluster.by_instance_id.get(instance_id)
        else:
            node = cluster.by_logical_id.get(logical_id or "")
        if node is None:
            raise UnknownNode(instance_id or logical_id or "", cluster.name)
        if node.countdown is not None:
            node.countdown.described()
        return node

    def find(self, query: ClusterQuery, after: Position | None) -> list[Cluster]:
        """The clusters of a listing that follow a position, in order."""
        return find_clusters(self._by_name.values(), query, after)

    def nodes_page(
        self, cluster: Cluster, query: NodeQuery, after: Position | None, size: int
    ) -> list[tuple[Node, Position]]:
        """The nodes of a cluster that follow a position, with their own; at most `size`."""
        return find_nodes(cluster.groups.values(), query, after, size)

    def quota_use(self) -> dict[Quota, int]:
        """What the groups of all clusters are to have, by the quotas on it."""
        return self._quotas.use(self._by_name.values())

    def taggable(self, arn: str) -> Taggable:
        """The cluster of an ARN."""
        return self.cluster(arn)

    def clusters(self) -> list[Cluster]:
        """Every cluster, in the order in which they were made."""
        return list(self._by_name.values())

    def taggables(self) -> list[Taggable]:
        """Every cluster, in the order in which they were made."""
        return list(self._by_name.values())

    # -- checking --------------------------------------------------------------------------

    @staticmethod
    def _check_in_service(cluster: Cluster) -> None:
        if cluster.status is not ClusterStatus.IN_SERVICE:
            raise ClusterBusy(cluster.name, cluster.status.value)

    @staticmethod
    def _check_not_deleting(group: InstanceGroup) -> None:
        if group.phase is GroupStatus.DELETING:
            raise GroupBusy(group.name, group.phase.value)

    @staticmethod
    def group(cluster: Cluster, name: str) -> InstanceGroup:
        """A group of a cluster. Raises UnknownGroup where there is none."""
        group = cluster.groups.get(name)
        if group is None:
            raise UnknownGroup(name, cluster.name)
        return group
