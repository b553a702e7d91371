"""What requests on training jobs can be refused for."""

from __future__ import annotations

from ..kernel.errors import ServiceError


class UnknownTrainingJob(ServiceError):
    """A name or ARN of no training job of this account and Region."""

    job: str


class TrainingJobNameTaken(ServiceError):
    """A name that another training job of the account and Region has."""

    arn: str


class TrainingJobHasEnded(ServiceError):
    """A change to a training job of which nothing will come any more."""

    status: str


class TrainingJobInUse(ServiceError):
    """A deletion of a training job that has not ended."""

    name: str
    status: str


class WarmPoolInUse(ServiceError):
    """A deletion of a training job whose warm pool is still available."""

    name: str


class NoWarmPool(ServiceError):
    """A new period for a warm pool that is not available."""

    name: str


class NoRemoteDebugging(ServiceError):
    """A change of remote debugging while there is nothing to debug."""

    name: str
    secondary_status: str


class MissingJobMember(ServiceError):
    """A job on a plan without a member that it needs."""

    member: str


class ConflictingMembers(ServiceError):
    """Two things in a request that exclude each other."""

    one: str
    other: str


class InvalidTrainingInstanceCount(ServiceError):
    """A job of no instances."""

    count: int


class DuplicatePreference(ServiceError):
    """The same instance type twice in InstancePreferences."""

    instance_type: str


class PreferenceCounts(ServiceError):
    """InstancePreferences in which a count is missing, or given twice."""


class InvalidPlacement(ServiceError):
    """An InstancePlacementConfig that the plan cannot satisfy."""

    problem: str


class NothingToUpdate(ServiceError):
    """An UpdateTrainingJob that changes nothing."""


class InvalidKeepAlivePeriod(ServiceError):
    """A warm pool that is to stay longer than any can, in seconds."""

    seconds: int
    most: int


class RunsTooLong(ServiceError):
    """A MaxRuntimeInSeconds that is longer than any job may run, in seconds."""

    seconds: int
    most: int


class WaitWithoutSpot(ServiceError):
    """A MaxWaitTimeInSeconds for a job that is not on spot instances."""


class WaitsTooShort(ServiceError):
    """A MaxWaitTimeInSeconds that ends before the job may, in seconds."""

    wait: int
    runtime: int


class ReadOnlyMember(ServiceError):
    """A member in a request that only answers have."""

    member: str


class GroupsAndInstances(ServiceError):
    """InstanceType or InstanceCount beside InstanceGroups."""


class GroupNamedTwice(ServiceError):
    """Two InstanceGroups of one name."""

    name: str


class NotAllInGroups(ServiceError):
    """Channels of which some are for certain InstanceGroups and others are not."""

    with_groups: str
    without_groups: str


class NoPreferenceOfPlan(ServiceError):
    """A job-level plan of whose instance type none of the InstancePreferences is."""

    plan: str
    instance_type: str
