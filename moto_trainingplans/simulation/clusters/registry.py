"""The clusters of one account in one Region: creating, changing, deleting and finding them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from ..context import Context
from ..kernel.pacing import Countdown
from ..kernel.scope import Scope
from ..kernel.tags import Taggable
from ..market.catalog import Zone
from ..plans.registry import TrainingPlanRegistry
from ..quotas.limits import Quota
from .cluster import (
    Cluster,
    ClusterSpecification,
    GroupSpecification,
    InstanceGroup,
    Node,
    Software,
)
from .errors import (
    ClusterBusy,
    ClusterNameTaken,
    GroupBusy,
    NothingToUpdate,
    RoleInUseByAutoscaling,
    UnknownCluster,
    UnknownGroup,
    UnknownNode,
)
from .events import ClusterEventLog
from .faults import ClusterFaults
from .group_checks import GroupChecks, KnownSubnets, check_names, merged
from .group_scaling import GroupScaling
from .member_checks import (
    changed_orchestrator,
    check_deployment,
    check_groups_left,
    check_images,
    check_members,
)
from .minimum_counts import Minimums
from .nodes import NodeQuery, Position, find_nodes
from .provisioning import Provisioning
from .quotas import ClusterQuotas
from .statuses import ClusterStatus, GroupStatus

CLUSTER_MODEL = "sagemaker::cluster"  # the state manager's names
NODE_MODEL = "sagemaker::cluster_node"

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


@dataclass(frozen=True)
class SoftwareChange:
    """New software for groups, each with its release or None; all groups where none is named."""

    groups: Mapping[str, str | None]
    image_id: str | None
    deployment: Mapping[str, Any] | None


@dataclass(frozen=True)
class ClusterQuery:
    """Which clusters to list, and how. Both time bounds are exclusive."""

    name_contains: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    plan_arn: str | None = None
    by_name: bool = False
    descending: bool = False

    def includes(self, cluster: Cluster) -> bool:
        """Whether a cluster is wanted."""
        return (
            (self.name_contains is None or self.name_contains in cluster.name)
            and (self.created_after is None or self.created_after < cluster.created_at)
            and (self.created_before is None or cluster.created_at < self.created_before)
            and (self.plan_arn is None or self.plan_arn in cluster.plan_arns)
        )

    def position(self, cluster: Cluster) -> Position:
        """Where a cluster stands in the listing."""
        return (cluster.name,) if self.by_name else (cluster.number,)


@dataclass(frozen=True, slots=True)
class ClusterChanged:
    """A cluster is in a new status."""

    scope: Scope
    time: datetime
    cluster: Cluster


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
        self.log = ClusterEventLog(context)
        self._minimums = Minimums(context)
        self.provisioning = Provisioning(
            context, lambda: context.pacing.of(NODE_MODEL), self.log, self._minimums
        )
        self._scaling = GroupScaling(self.provisioning, self.log, self._minimums)
        self._checks = GroupChecks(plans, zones)
        self._quotas = ClusterQuotas(context, scope)
        self._by_name: dict[str, Cluster] = {}
        self._by_arn: dict[str, Cluster] = {}
        self.faults = ClusterFaults(self._by_arn, plans, self.provisioning)
        self._created = 0
        self._requests = 0

    @property
    def now(self) -> datetime:
        """The simulation's present."""
        return self._context.now

    def next_request(self) -> int:
        """The number of a request that sets targets."""
        self._requests += 1
        return self._requests

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
        self._context.record(cluster.arn, None, cluster.status.value, "Cluster created.")
        request = self.next_request()
        for group, (plan, location) in zip(groups, places, strict=True):
            made = InstanceGroup(cluster, group, plan, location)
            cluster.groups[group.name] = made
            self._scaling.start(made, request)
        self._context.announce(ClusterChanged(self._scope, self._context.now, cluster))
        self._in_time(cluster, partial(self._in_service, cluster, "Cluster is in service."))
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
        for name in changes.deleted_groups:
            self._group(cluster, name)
        places = []
        for asked in changes.groups:
            group = cluster.groups.get(asked.name)
            if group is None:
                wanted = asked
            else:
                self._check_not_deleting(group)
                self._checks.check_change(group, asked)
                wanted = merged(group.specification, asked)
            self._checks.check(wanted, cluster.name, specification.continuous)
            plan = self._checks.plan(wanted)
            vpc = wanted.vpc or specification.vpc
            location = self._checks.location(plan, vpc, known_subnets)
            places.append((group, wanted, plan, location))
        named = {*changes.deleted_groups, *(group.name for group in changes.groups)}
        staying = [
            group.specification
            for name, group in cluster.groups.items()
            if name not in named and group.phase is not GroupStatus.DELETING
        ]
        check_groups_left(cluster.name, changes.deleted_groups, len(staying) + len(places))
        wanted_groups = [*staying, *(wanted for _, wanted, _, _ in places)]
        check_members(cluster.name, specification, wanted_groups)
        self._quotas.check(
            self._by_name.values(),
            (wanted for _, wanted, _, _ in places),
            instead_of=(group for name, group in cluster.groups.items() if name in named),
        )

        cluster.specification = specification
        self._change(cluster, ClusterStatus.UPDATING, "Cluster is updated.")
        request = self.next_request()
        for name in changes.deleted_groups:
            self._scaling.delete(cluster.groups[name], request)
        for group, wanted, plan, location in places:
            if group is None:
                made = InstanceGroup(cluster, wanted, plan, location)
                cluster.groups[wanted.name] = made
                self._scaling.start(made, request)
            else:
                group.zone, group.subnet = location.zone, location.subnet
                self._scaling.change(group, wanted, plan, request)
        self._in_time(cluster, partial(self._in_service, cluster, "Cluster was updated."))
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

    def _in_service(self, cluster: Cluster, reason: str) -> None:
        self._change(cluster, ClusterStatus.IN_SERVICE, reason)
        for group in cluster.groups.values():
            if not self._minimums.is_missed_by(group):
                group.settle()

    # -- updating the software -------------------------------------------------------------

    def update_software(self, name_or_arn: str, change: SoftwareChange) -> Cluster:
        """Have groups run other software."""
        cluster = self.cluster(name_or_arn)
        self._check_in_service(cluster)
        groups = [self._group(cluster, name) for name in change.groups or cluster.groups]
        for group in groups:
            self._check_not_deleting(group)
        check_deployment(change.deployment)
        check_images(groups, change.image_id)
        self._change(cluster, ClusterStatus.SYSTEM_UPDATING, "Software is updated.")
        for group in groups:
            group.phase = GroupStatus.SYSTEM_UPDATING
            group.software = replace(
                group.software,
                desired_image_id=change.image_id or group.software.image_id,
                desired_release=change.groups.get(group.name) or group.software.release,
                update_status="InProgress",
                deployment=change.deployment,
            )
            self.provisioning.begin_software_update(group.nodes)
        self._in_time(cluster, partial(self._software_updated, cluster, groups))
        return cluster

    def _software_updated(self, cluster: Cluster, groups: Iterable[InstanceGroup]) -> None:
        for group in groups:
            software = group.software
            group.software = Software(
                software.desired_image_id,
                software.desired_image_id,
                software.desired_release,
                software.desired_release,
                "Succeeded",
            )
            self.provisioning.finish_software_update(group)
        self._in_service(cluster, "Software was updated.")

    # -- deleting --------------------------------------------------------------------------

    def delete(self, name_or_arn: str) -> Cluster:
        """Delete a cluster; its instances are free when this returns."""
        cluster = self.cluster(name_or_arn)
        self._check_in_service(cluster)
        self._change(cluster, ClusterStatus.DELETING, "Cluster is deleted.")
        request = self.next_request()
        nodes = list(cluster.nodes)
        for group in list(cluster.groups.values()):
            self._scaling.end(group, request)
        self.provisioning.remove_at_once(nodes, "Cluster is deleted.")
        self._in_time(cluster, partial(self._deleted, cluster))
        return cluster

    def _deleted(self, cluster: Cluster) -> None:
        del self._by_name[cluster.name], self._by_arn[cluster.arn]
        self.log.forget(cluster)
        self._context.record(cluster.arn, cluster.status.value, DELETED, "Cluster was deleted.")

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

    def page(
        self, query: ClusterQuery, after: Position | None, size: int
    ) -> list[tuple[Cluster, Position]]:
        """The clusters that follow a position, with their own; at most `size`."""
        clusters = sorted(self._by_name.values(), key=query.position)
        first, last = 0, len(clusters)
        if after is not None and query.descending:
            last = bisect_left(clusters, after, key=query.position)
        elif after is not None:
            first = bisect_right(clusters, after, key=query.position)
        in_order = clusters[first:last][:: -1 if query.descending else 1]
        wanted = [cluster for cluster in in_order if query.includes(cluster)]
        return [(cluster, query.position(cluster)) for cluster in wanted[:size]]

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

    def taggables(self) -> list[Taggable]:
        """Every cluster, in the order in which they were made."""
        return list(self._by_name.values())

    # -- states ----------------------------------------------------------------------------

    def _change(self, cluster: Cluster, status: ClusterStatus, reason: str) -> None:
        before = cluster.status
        cluster.change(status)
        self._context.record(cluster.arn, before.value, status.value, reason)
        self._context.announce(ClusterChanged(self._scope, self._context.now, cluster))

    def _in_time(self, cluster: Cluster, done: Callable[[], None]) -> None:
        """Go on with a cluster when what it does now is done."""
        pace = self._context.pacing.of(CLUSTER_MODEL)
        if pace.is_immediate:
            done()
        elif pace.describes:
            cluster.countdown = Countdown(pace.describes, done)
        else:
            self._context.events.schedule(self._context.now + pace.delay, done)

    @staticmethod
    def _check_in_service(cluster: Cluster) -> None:
        if cluster.status is not ClusterStatus.IN_SERVICE:
            raise ClusterBusy(cluster.name, cluster.status.value)

    @staticmethod
    def _check_not_deleting(group: InstanceGroup) -> None:
        if group.phase is GroupStatus.DELETING:
            raise GroupBusy(group.name, group.phase.value)

    @staticmethod
    def _group(cluster: Cluster, name: str) -> InstanceGroup:
        group = cluster.groups.get(name)
        if group is None:
            raise UnknownGroup(name, cluster.name)
        return group
