"""What a cluster goes through: its creation, changes of itself and its software, its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..context import Context
from ..kernel.pacing import Countdown
from ..kernel.scope import Scope
from .cluster import Cluster, InstanceGroup, Node
from .events.log import ClusterEventLog
from .events.news import ClusterChanged
from .events.operation_log import OperationLog
from .events.recorder import EventRecorder
from .group_scaling import CREATION, DELETION, UPDATE, GroupChange, GroupScaling
from .operations import HealthCheck
from .provisioning.minimum_counts import MinimumCounts
from .provisioning.progress import HEALTH_CHECK, Progress
from .provisioning.provisioning import Provisioning
from .provisioning.states import NodeStates
from .slurm_startup import SlurmStartup
from .software_updates import SoftwareChange, begin_update, finish_update
from .specification import ClusterSpecification
from .statuses import ClusterStatus

CLUSTER_MODEL = "sagemaker::cluster"  # the state manager's name
DELETED = "Deleted"  # what the history calls a cluster that is no more


class ClusterLifecycle:
    """Leads the clusters of one account in one Region through their statuses.

    Whether what is asked of them can be has been checked already.
    """

    def __init__(self, context: Context, scope: Scope) -> None:
        self._context = context
        self._scope = scope
        self.events = ClusterEventLog(context)
        self.operations = OperationLog(context)
        self.recorder = EventRecorder(context, scope, self.events)
        self.minimums = MinimumCounts(context, self._roll_back)
        self.progress = Progress(
            context, scope, self.minimums, self.operations, self.recorder, self._go_on
        )
        self._startup = SlurmStartup()
        self.provisioning = Provisioning(
            context,
            scope,
            NodeStates(context),
            self.recorder,
            self.minimums,
            self.progress,
            self._startup,
        )
        self.scaling = GroupScaling(
            self.provisioning, self.recorder, self.operations, self.next_request
        )
        self._requests = 0

    def next_request(self) -> int:
        """The number of a request that sets targets."""
        self._requests += 1
        return self._requests

    # -- creating --------------------------------------------------------------------------

    def begin(self, cluster: Cluster) -> None:
        """Set a new cluster going."""
        self._context.record(cluster.arn, None, cluster.status.value, "Cluster created.")
        groups = list(cluster.groups.values())
        self.recorder.cluster_started(cluster, CREATION, self.scaling.begin(cluster, new=groups))
        self.recorder.orchestrator_prepared(cluster, CREATION)
        self._startup.begin(cluster)
        request = self.next_request()
        for group in groups:
            self.scaling.start(group, request)
        # Not before: it is told with what its groups are to have.
        self._announce(cluster)
        self._in_time(cluster, partial(self._set_up, cluster))

    def _set_up(self, cluster: Cluster) -> None:
        """All is there of a new cluster, but perhaps the nodes that it cannot do without."""
        cluster.is_set_up = True
        self._go_on(cluster)

    def _go_on(self, cluster: Cluster) -> None:
        """See what follows for a cluster of which a group has come further."""
        released = self._startup.release(cluster)
        if released:
            self.provisioning.supply(released)
        # The nodes that came may have led here, and further, already.
        is_created = cluster.status is not ClusterStatus.CREATING
        if is_created or not cluster.is_set_up or not self._startup.can_be_used(cluster):
            return
        self._in_service(cluster, "Cluster is in service.")
        self.recorder.cluster_completed(cluster, CREATION)

    # -- updating --------------------------------------------------------------------------

    def update(
        self,
        cluster: Cluster,
        specification: ClusterSpecification,
        new: Sequence[InstanceGroup],
        changed: Sequence[GroupChange],
        deleted: Sequence[InstanceGroup],
    ) -> None:
        """Change a cluster and its groups; one that is continuous stays in service meanwhile."""
        autoscales_now = specification.autoscaling and not cluster.specification.autoscaling
        cluster.specification = specification
        continuous = cluster.specification.continuous
        operation = self.scaling.begin(cluster, new, changed, deleted, updates_cluster=True)
        self.recorder.cluster_started(cluster, UPDATE, operation)
        self.recorder.drift_checked(cluster, operation)
        if autoscales_now:
            self.recorder.autoscaling_enabled(cluster)
        if not continuous:
            self._set_status(cluster, ClusterStatus.UPDATING, "Cluster is updated.")
        request = self.next_request()
        for group in deleted:
            self.scaling.delete(group)
        for group in new:
            cluster.groups[group.name] = group
            self.scaling.start(group, request)
        for change in changed:
            self.scaling.change(change, request)
        self._announce(cluster)
        if not continuous:
            self._in_time(cluster, partial(self._in_service, cluster, "Cluster was updated."))
            return
        if operation is None:
            self.recorder.cluster_completed(cluster, UPDATE)

    def update_software(
        self, cluster: Cluster, groups: Sequence[InstanceGroup], change: SoftwareChange
    ) -> None:
        """Have groups of a cluster run other software."""
        self._change(cluster, ClusterStatus.SYSTEM_UPDATING, "Software is updated.")
        begin_update(groups, change, self.provisioning.upkeep)
        self._in_time(cluster, partial(self._software_updated, cluster, groups))

    def _software_updated(self, cluster: Cluster, groups: Sequence[InstanceGroup]) -> None:
        finish_update(groups, self.provisioning.upkeep)
        self._in_service(cluster, "Software was updated.")

    def check_health(
        self, cluster: Cluster, checks: Sequence[HealthCheck], nodes: Sequence[Node]
    ) -> None:
        """Check the health of nodes, in one operation."""
        self.provisioning.upkeep.check_health(nodes)
        operation = None
        if cluster.specification.continuous:
            operation = self.operations.begin_health_check(cluster, checks, nodes)
        for name in dict.fromkeys(check.group for check in checks):
            self.recorder.group_started(cluster.groups[name], HEALTH_CHECK, operation)
        self.progress.of_groups(cluster.groups[check.group] for check in checks)

    def _in_service(self, cluster: Cluster, reason: str) -> None:
        # First the groups: whoever hears of the cluster is told of them too.
        for group in cluster.groups.values():
            if not self.minimums.is_awaited_by(group):
                group.settle()
        self._change(cluster, ClusterStatus.IN_SERVICE, reason)

    def _roll_back(self, group: InstanceGroup) -> None:
        self.scaling.roll_back(group)

    # -- deleting --------------------------------------------------------------------------

    def delete(self, cluster: Cluster, forget: Callable[[Cluster], None]) -> None:
        """Delete a cluster; its instances are free when this returns.

        `forget` takes it once it is no more.
        """
        self.recorder.cluster_started(cluster, DELETION)
        self._change(cluster, ClusterStatus.DELETING, "Cluster is deleted.")
        self._startup.forget(cluster)
        for group in list(cluster.groups.values()):
            self.scaling.end(group)
        self.operations.abandon(cluster)
        self.provisioning.remove_at_once(list(cluster.nodes), "Cluster is deleted.")
        self._in_time(cluster, partial(self._deleted, cluster, forget))

    def _deleted(self, cluster: Cluster, forget: Callable[[Cluster], None]) -> None:
        self.recorder.orchestrator_prepared(cluster, DELETION)
        self.recorder.cluster_completed(cluster, DELETION)
        forget(cluster)
        self.events.forget(cluster)
        self.operations.forget(cluster)
        self._context.record(cluster.arn, cluster.status.value, DELETED, "Cluster was deleted.")

    # -- states ----------------------------------------------------------------------------

    def _change(self, cluster: Cluster, status: ClusterStatus, reason: str) -> None:
        self._set_status(cluster, status, reason)
        self._announce(cluster)

    def _set_status(self, cluster: Cluster, status: ClusterStatus, reason: str) -> None:
        before = cluster.status
        cluster.change(status)
        self._context.record(cluster.arn, before.value, status.value, reason)

    def _announce(self, cluster: Cluster) -> None:
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
