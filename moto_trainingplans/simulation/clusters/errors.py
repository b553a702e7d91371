"""What can go wrong with clusters, one class for one mistake, as in `errors`."""

from __future__ import annotations

from ..kernel.errors import ServiceError


class ClusterNameTaken(ServiceError):
    """A name that a cluster of the account and Region has."""

    name: str


class UnknownCluster(ServiceError):
    """A name or ARN of no cluster of this account and Region."""

    cluster: str


class UnknownNode(ServiceError):
    """An id of no node of the cluster."""

    node: str
    cluster: str


class UnknownClusterEvent(ServiceError):
    """An id of no event of the cluster."""

    event_id: str
    cluster: str


class UnknownClusterOperation(ServiceError):
    """An id of no operation of the cluster, or of one that is long over."""

    operation_id: str
    cluster: str


class ClusterBusy(ServiceError):
    """A change of a cluster that is not InService."""

    name: str
    status: str


class ClusterNotInService(ServiceError):
    """What only a cluster that is InService can do, by an operation that knows no conflicts."""

    what: str
    cluster: str
    status: str


class NodesOfBusyCluster(ServiceError):
    """A request to delete or replace nodes of a cluster that is not InService."""

    name: str
    status: str


class GroupBusy(ServiceError):
    """A change of an instance group that is being deleted, or waits for its minimum."""

    group: str
    status: str


class NothingToUpdate(ServiceError):
    """An update that names nothing to be changed."""

    name: str


class RoleInUseByAutoscaling(ServiceError):
    """Another ClusterRole while autoscaling is enabled."""

    name: str


class GroupNamedTwice(ServiceError):
    """The same instance group twice in one request."""

    group: str


class UnknownGroup(ServiceError):
    """A name of no instance group of the cluster."""

    group: str
    cluster: str


class GroupOfOtherKind(ServiceError):
    """A restricted instance group named as an instance group, or the other way round."""

    group: str


class NotOneKindOfType(ServiceError):
    """An instance group with both InstanceType and InstanceRequirements, or neither."""

    group: str


class ImmutableMember(ServiceError):
    """Another value for what an instance group keeps for its life."""

    member: str
    group: str


class MinimumTooLarge(ServiceError):
    """A MinInstanceCount above the InstanceCount."""

    group: str
    minimum: int
    count: int


class OnlyContinuous(ServiceError):
    """What only a cluster with NodeProvisioningMode Continuous can do."""

    what: str
    cluster: str


class TooManyInGroup(ServiceError):
    """More instances than one instance group can have."""

    group: str
    count: int
    allowed: int


class TooManyAdditions(ServiceError):
    """More nodes than can be added in one request."""

    count: int
    allowed: int


class ClientTokenReused(ServiceError):
    """A ClientToken of another request."""

    token: str


class NoNodesNamed(ServiceError):
    """A request about nodes that names none."""


class TooManyNodesNamed(ServiceError):
    """More nodes than one request can name."""

    count: int
    allowed: int


class SpotOnPlan(ServiceError):
    """Spot instances for a group that lives on a plan."""

    group: str


class OnlyOnEks(ServiceError):
    """What only a cluster that Amazon EKS orchestrates can do."""

    what: str
    cluster: str


class NodesNotNamedInOneWay(ServiceError):
    """Nodes to move that are named in several ways, or in none."""


class GroupsDoNotFit(ServiceError):
    """Instance groups between which nodes cannot move."""

    source: str
    target: str
    why: str


class NoNodeCanBeMoved(ServiceError):
    """Nodes of which none can move."""

    group: str
    reasons: str


class TooFewNodesToMove(ServiceError):
    """More nodes to move than can be."""

    group: str
    eligible: int
    count: int


class BelowMinimum(ServiceError):
    """A move that would leave a group fewer instances than it needs at least."""

    group: str
    remaining: int
    minimum: int


class NodeNotInGroup(ServiceError):
    """An instance id of no node of an instance group."""

    node: str
    group: str


class NodeNotRunning(ServiceError):
    """A node whose health cannot be checked, since it is not running."""

    node: str
    status: str


class MemberNeedsAnother(ServiceError):
    """A member without another that it needs; `place` is the cluster or group."""

    member: str
    needed: str
    place: str


class MembersExcludeEachOther(ServiceError):
    """Two members of which only one can be given; `place` as in MemberNeedsAnother."""

    one: str
    other: str
    place: str


class NotOneController(ServiceError):
    """A Slurm cluster with no controller group, or several."""


class TooManyLoginGroups(ServiceError):
    """A Slurm cluster with several login groups."""


class PartitionsOfOtherNodes(ServiceError):
    """Partitions of a group of Slurm nodes that do not compute."""


class FsxWithoutVpc(ServiceError):
    """A file system of FSx in a cluster without a VPC of its own."""


class LifeCycleConfigRequired(ServiceError):
    """An instance group of an EKS cluster without lifecycle scripts."""

    group: str


class TwoLifeCycleScripts(ServiceError):
    """Both OnCreate and OnInitComplete."""

    group: str


class IncompleteLifeCycleConfig(ServiceError):
    """A lifecycle script without the place where it is."""

    group: str
    script: str


class EmptyLifeCycleConfig(ServiceError):
    """A LifeCycleConfig that says nothing."""

    group: str


class TwoVolumesOfAKind(ServiceError):
    """The same kind of volume or file system twice in one instance group."""

    group: str
    kind: str


class PercentageTooLarge(ServiceError):
    """A batch of more than all instances."""

    member: str
    value: int
    allowed: int


class CustomImageNeedsImageId(ServiceError):
    """A software update that does not say what becomes of a group's own image."""

    group: str


class ImmutableOrchestrator(ServiceError):
    """Another orchestrator for a cluster that has one."""

    name: str


class LastGroupDeleted(ServiceError):
    """An update that would leave a cluster without any instance group."""

    name: str
