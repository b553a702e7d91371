"""What happens to clusters, groups and instances, told as events of clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...context import Context
from ...kernel.scope import Scope
from ..cluster import Cluster, InstanceGroup, Node
from ..operations import Operation
from ..slurm_startup import CONTROLLER
from . import kinds
from .kinds import EventKind
from .log import ClusterEventLog
from .news import ClusterEventHappened
from .node_recorder import NOTHING, NodeEventRecorder

DEFAULT_IMAGE = "default"  # what names no custom image. source: model


class EventRecorder:
    """Tells what happens in clusters that are provisioned continuously; others tell nothing.

    What happens to a group, and to its nodes, belongs to the operation that scales it. `nodes`
    tells what happens to these.
    """

    def __init__(self, context: Context, scope: Scope, log: ClusterEventLog) -> None:
        self.nodes = NodeEventRecorder(context, scope, log)
        self._context = context
        self._scope = scope
        self._log = log

    # -- clusters --------------------------------------------------------------------------

    def cluster_started(
        self, cluster: Cluster, action: str, belongs_to: Operation | None = None
    ) -> None:
        """Something is begun with a cluster."""
        self._about_cluster(cluster, kinds.CLUSTER_STARTED, belongs_to, operation=action)

    def cluster_completed(
        self, cluster: Cluster, action: str, belongs_to: Operation | None = None
    ) -> None:
        """Something that was begun with a cluster is done."""
        if cluster.specification.on_slurm and action == "update":
            self._about_cluster(cluster, kinds.SLURM_RECONFIGURED, belongs_to)
        self._about_cluster(cluster, kinds.CLUSTER_COMPLETED, belongs_to, operation=action)

    def cluster_failed(self, cluster: Cluster, action: str, belongs_to: Operation) -> None:
        """Something that was begun with a cluster is over, and is not what was asked for."""
        self._about_cluster(cluster, kinds.CLUSTER_FAILED, belongs_to, operation=action)

    def orchestrator_prepared(self, cluster: Cluster, action: str) -> None:
        """What HyperPod sets up in a cluster's orchestrator is there, or gone."""
        if cluster.specification.on_eks:
            roles = sorted({group.specification.role for group in cluster.groups.values()})
            entries = {"EksRoleAccessEntries": roles} if roles else {}
            self._about_cluster(cluster, kinds.SERVICE_ROLE_ACCESS, None, operation=action)
            self._about_cluster(
                cluster, kinds.ROLE_ACCESS, None, metadata=entries, operation=action
            )
        elif cluster.specification.on_slurm and action == "creation":
            self._about_cluster(cluster, kinds.MUNGE_KEY, None)
        if cluster.specification.autoscaling and action == "creation":
            self.autoscaling_enabled(cluster)

    def drift_checked(self, cluster: Cluster, belongs_to: Operation | None) -> None:
        """Slurm's configuration is as it was left."""
        if cluster.specification.on_slurm:
            self._about_cluster(cluster, kinds.NO_DRIFT, belongs_to)

    def autoscaling_enabled(self, cluster: Cluster) -> None:
        """Karpenter scales a cluster from now on."""
        self._about_cluster(cluster, kinds.KARPENTER_INSTALLED, None)
        self._about_cluster(
            cluster, kinds.AUTOSCALING, None, operation="creation", status="completed"
        )

    # -- groups ----------------------------------------------------------------------------

    def group_started(
        self, group: InstanceGroup, action: str, belongs_to: Operation | None = None
    ) -> None:
        """A group is being created, scaled, deleted or checked."""
        self._about_group(group, kinds.GROUP_STARTED, _scaling(group), belongs_to, operation=action)

    def group_completed(
        self, group: InstanceGroup, action: str, belongs_to: Operation | None = None
    ) -> None:
        """What was begun with a group is done."""
        self._about_group(
            group, kinds.GROUP_COMPLETED, _scaling(group), belongs_to, operation=action
        )

    def group_failed(self, group: InstanceGroup, action: str) -> None:
        """A group did not get what was asked for."""
        self._about_group(
            group,
            kinds.GROUP_FAILED,
            _scaling(group, f"{group.name} did not get the instances that were asked for."),
            operation=action,
        )

    def minimum_reached(self, group: InstanceGroup) -> None:
        """A group has the instances that it needs at least."""
        self._about_group(group, kinds.MINIMUM_REACHED, _scaling(group))

    def minimum_missed(self, group: InstanceGroup) -> None:
        """A group did not get the instances that it needs at least, and is set back."""
        minimum = group.specification.minimum or 0
        failure = f"{group.name} did not reach its minimum of {minimum} instances in time."
        self._about_group(group, kinds.MINIMUM_MISSED, _scaling(group, failure))
        self._about_group(group, kinds.ROLLBACK_INITIATED, _scaling(group))

    def image_found(self, group: InstanceGroup) -> None:
        """A group's instances have an image of the customer's."""
        image = group.software.desired_image_id
        if image is not None and image != DEFAULT_IMAGE:
            self._about_group(
                group, kinds.CUSTOM_IMAGE, _of_group({"AmiOverride": image}), image=image
            )

    def parameters_looked_for(self, group: InstanceGroup) -> None:
        """The older way to configure Slurm has been looked for beside its controller's scripts."""
        found = group.specification.has_parameters
        if found is not None and group.slurm_node_type == CONTROLLER:
            kind = kinds.PARAMETERS_FOUND if found else kinds.NO_PARAMETERS
            self._about_group(group, kind, _of_group({}))

    def network_found(self, group: InstanceGroup) -> None:
        """It is clear which network a group's instances are in."""
        where = {"AvailabilityZoneId": group.zone.zone_id}
        if group.vpc is None:
            self._about_group(group, kinds.PLATFORM_NETWORK, _of_group(where))
        else:
            security_groups = list(group.vpc.security_groups)
            self._about_group(
                group,
                kinds.SUBNET_FOUND,
                _of_group({**where, "SubnetId": group.subnet, "SecurityGroupIds": security_groups}),
                subnet=group.subnet or "",
                zone=group.zone.name,
                security_groups=", ".join(security_groups),
            )
        self._about_group(group, kinds.NETWORK_DETERMINED, _of_group(where))

    def capacity_chosen(self, group: InstanceGroup) -> None:
        """It is clear where a group has its instances from; told once for each block."""
        where = {"AvailabilityZoneId": group.zone.zone_id}
        if group.plan is None:
            group.block_told = None
            self._about_group(group, kinds.NO_RESERVATION, _of_group(where))
            return
        arn = group.plan.current.arn
        if group.block_told == arn:
            return
        group.block_told = arn
        self._about_group(
            group,
            kinds.RESERVATION_FOUND,
            _of_group({**where, "CapacityReservation": {"Arn": arn}}),
            reservation=arn.rpartition("/")[2],
        )

    def capacity_opened(self, group: InstanceGroup) -> None:
        """A group can have instances of its plan's block, which may be another than before."""
        if group.plan is not None and group.block_told != group.plan.current.arn:
            self.network_found(group)
            self.capacity_chosen(group)

    def file_system(self, group: InstanceGroup, action: str) -> None:
        """The file system that a restricted group brings along is made, changed or deleted."""
        if "FSxLustreConfig" in group.specification.settings.get("EnvironmentConfig", {}):
            for kind in (kinds.FSX_STARTED, kinds.FSX_COMPLETED):
                self._about_group(group, kind, _of_group({}), operation=action)

    # -- software --------------------------------------------------------------------------

    def patching_started(self, group: InstanceGroup, nodes: Iterable[Node]) -> None:
        """A group gets other software: all its nodes at once."""
        for kind in (kinds.PATCHING_SCHEDULED, kinds.PATCHING_STARTED, kinds.PATCHING_BATCH):
            self._about_group(group, kind, _of_group({}), strategy=_strategy(group))
        self.nodes.volume_replaced(nodes)

    def patching_completed(self, group: InstanceGroup) -> None:
        """A group has its new software."""
        self._about_group(group, kinds.PATCHING_COMPLETED, _of_group({}))

    def kubernetes_updated(self, group: InstanceGroup) -> None:
        """The nodes of a group have their new labels and taints."""
        self.nodes.kubernetes_updated(node for node in group.nodes if node.instance is not None)

    # -- telling ---------------------------------------------------------------------------

    def _about_cluster(
        self,
        cluster: Cluster,
        kind: EventKind,
        belongs_to: Operation | None,
        *,
        metadata: Mapping[str, Any] = NOTHING,
        **words: str,
    ) -> None:
        if cluster.specification.continuous:
            operation_id = None if belongs_to is None else belongs_to.operation_id
            self._add(cluster, kind, words, {"Cluster": metadata}, operation_id=operation_id)

    def _about_group(
        self,
        group: InstanceGroup,
        kind: EventKind,
        metadata: Mapping[str, Any],
        belongs_to: Operation | None = None,
        **words: str,
    ) -> None:
        if group.cluster.specification.continuous:
            self._add(
                group.cluster,
                kind,
                words,
                metadata,
                operation_id=group.operation_id if belongs_to is None else belongs_to.operation_id,
                group=group.name,
            )

    def _add(
        self,
        cluster: Cluster,
        kind: EventKind,
        words: Mapping[str, str],
        details: Mapping[str, Any],
        **about: str | None,
    ) -> None:
        event = self._log.add(cluster, kind, words, details, **about)
        self._context.announce(ClusterEventHappened(self._scope, cluster, event, self._log))


def _of_group(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {"InstanceGroup": metadata}


def _scaling(group: InstanceGroup, failure: str | None = None) -> dict[str, Any]:
    """What a group has, and is to have, and why it has not got that."""
    metadata: dict[str, Any] = {
        "InstanceCount": group.current_count,
        "TargetCount": group.target,
        "MinCount": group.specification.minimum or 0,
    }
    if failure is not None:
        metadata["FailureMessage"] = failure
    return {"InstanceGroupScaling": metadata}


def _strategy(group: InstanceGroup) -> str:
    """How software is rolled out, as the patching events call it. source: choice"""
    deployment = group.software.deployment or {}
    return "Rolling" if "RollingUpdatePolicy" in deployment else "AllAtOnce"
