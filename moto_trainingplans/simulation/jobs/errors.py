"""What requests on training jobs can be refused for."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.errors import ServiceError


@dataclass(eq=False)
class UnknownTrainingJob(ServiceError):
    """A name or ARN of no training job of this account and Region."""

    job: str


@dataclass(eq=False)
class TrainingJobNameTaken(ServiceError):
    """A name that another training job of the account and Region has."""

    arn: str


@dataclass(eq=False)
class TrainingJobHasEnded(ServiceError):
    """A change to a training job of which nothing will come any more."""

    status: str


@dataclass(eq=False)
class TrainingJobInUse(ServiceError):
    """A deletion of a training job that has not ended."""

    name: str
    status: str


@dataclass(eq=False)
class WarmPoolInUse(ServiceError):
    """A deletion of a training job whose warm pool is still available."""

    name: str


@dataclass(eq=False)
class NoWarmPool(ServiceError):
    """A new period for a warm pool that is not available."""

    name: str


@dataclass(eq=False)
class NoRemoteDebugging(ServiceError):
    """A change of remote debugging while there is nothing to debug."""

    name: str
    secondary_status: str


@dataclass(eq=False)
class MissingJobMember(ServiceError):
    """A job on a plan without a member that it needs."""

    member: str


@dataclass(eq=False)
class ConflictingMembers(ServiceError):
    """Two things in a request that exclude each other."""

    one: str
    other: str


@dataclass(eq=False)
class InvalidTrainingInstanceCount(ServiceError):
    """A job of no instances."""

    count: int


@dataclass(eq=False)
class DuplicatePreference(ServiceError):
    """The same instance type twice in InstancePreferences."""

    instance_type: str


@dataclass(eq=False)
class PreferenceCounts(ServiceError):
    """InstancePreferences in which a count is missing, or given twice."""


@dataclass(eq=False)
class InvalidPlacement(ServiceError):
    """An InstancePlacementConfig that the plan cannot satisfy."""

    problem: str


@dataclass(eq=False)
class NothingToUpdate(ServiceError):
    """An UpdateTrainingJob that changes nothing."""


@dataclass(eq=False)
class InvalidKeepAlivePeriod(ServiceError):
    """A warm pool that is to stay longer than any can, in seconds."""

    seconds: int
    most: int


@dataclass(eq=False)
class RunsTooLong(ServiceError):
    """A MaxRuntimeInSeconds that is longer than any job may run, in seconds."""

    seconds: int
    most: int


@dataclass(eq=False)
class WaitWithoutSpot(ServiceError):
    """A MaxWaitTimeInSeconds for a job that is not on spot instances."""


@dataclass(eq=False)
class WaitsTooShort(ServiceError):
    """A MaxWaitTimeInSeconds that ends before the job may, in seconds."""

    wait: int
    runtime: int


@dataclass(eq=False)
class ReadOnlyMember(ServiceError):
    """A member in a request that only answers have."""

    member: str


@dataclass(eq=False)
class GroupsAndInstances(ServiceError):
    """InstanceType or InstanceCount beside InstanceGroups."""


@dataclass(eq=False)
class GroupNamedTwice(ServiceError):
    """Two InstanceGroups of one name."""

    name: str


@dataclass(eq=False)
class NotAllInGroups(ServiceError):
    """Channels of which some are for certain InstanceGroups and others are not."""

    with_groups: str
    without_groups: str


@dataclass(eq=False)
class NoPreferenceOfPlan(ServiceError):
    """A job-level plan of whose instance type none of the InstancePreferences is."""

    plan: str
    instance_type: str
