"""What can go wrong with clusters, one class for one mistake, as in `errors`."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ServiceError


@dataclass(frozen=True)
class ClusterNameTaken(ServiceError):
    """A name that a cluster of the account and Region has."""

    name: str


@dataclass(frozen=True)
class UnknownCluster(ServiceError):
    """A name or ARN of no cluster of this account and Region."""

    cluster: str


@dataclass(frozen=True)
class UnknownNode(ServiceError):
    """An id of no node of the cluster."""

    node: str
    cluster: str


@dataclass(frozen=True)
class UnknownClusterEvent(ServiceError):
    """An id of no event of the cluster."""

    event_id: str
    cluster: str


@dataclass(frozen=True)
class ClusterBusy(ServiceError):
    """A change of a cluster that is not InService."""

    name: str
    status: str


@dataclass(frozen=True)
class GroupBusy(ServiceError):
    """A change of an instance group that is being deleted."""

    group: str
    status: str


@dataclass(frozen=True)
class NothingToUpdate(ServiceError):
    """An update that names nothing to be changed."""

    name: str


@dataclass(frozen=True)
class RoleInUseByAutoscaling(ServiceError):
    """Another ClusterRole while autoscaling is enabled."""

    name: str


@dataclass(frozen=True)
class GroupNamedTwice(ServiceError):
    """The same instance group twice in one request."""

    group: str


@dataclass(frozen=True)
class UnknownGroup(ServiceError):
    """A name of no instance group of the cluster."""

    group: str
    cluster: str


@dataclass(frozen=True)
class GroupOfOtherKind(ServiceError):
    """A restricted instance group named as an instance group, or the other way round."""

    group: str


@dataclass(frozen=True)
class NotOneKindOfType(ServiceError):
    """An instance group with both InstanceType and InstanceRequirements, or neither."""

    group: str


@dataclass(frozen=True)
class ImmutableMember(ServiceError):
    """Another value for what an instance group keeps for its life."""

    member: str
    group: str


@dataclass(frozen=True)
class MinimumTooLarge(ServiceError):
    """A MinInstanceCount above the InstanceCount."""

    group: str
    minimum: int
    count: int


@dataclass(frozen=True)
class OnlyContinuous(ServiceError):
    """What only a cluster with NodeProvisioningMode Continuous can do."""

    what: str
    cluster: str


@dataclass(frozen=True)
class TooManyInGroup(ServiceError):
    """More instances than one instance group can have."""

    group: str
    count: int
    allowed: int


@dataclass(frozen=True)
class TooManyAdditions(ServiceError):
    """More nodes than can be added in one request."""

    count: int
    allowed: int


@dataclass(frozen=True)
class ClientTokenReused(ServiceError):
    """A ClientToken of another request."""

    token: str


@dataclass(frozen=True)
class NoNodesNamed(ServiceError):
    """A request about nodes that names none."""


@dataclass(frozen=True)
class TooManyNodesNamed(ServiceError):
    """More nodes than one request can name."""

    count: int
    allowed: int


@dataclass(frozen=True)
class SpotOnPlan(ServiceError):
    """Spot instances for a group that lives on a plan."""

    group: str
