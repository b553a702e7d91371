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

    name: str


@dataclass(eq=False)
class TrainingJobHasEnded(ServiceError):
    """A change to a training job of which nothing will come any more."""

    name: str
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
    """A new period for a warm pool that is not there."""

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
