"""What a search for offerings can be refused for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..kernel.errors import ServiceError


@dataclass(eq=False)
class MissingMember(ServiceError):
    """A search without a member that this kind of search needs."""

    member: str


@dataclass(eq=False)
class NotOneTarget(ServiceError):
    """A search for several targets at once."""

    count: int


@dataclass(eq=False)
class DurationTooLong(ServiceError):
    """More days than a plan can have."""

    hours: int
    days_allowed: int


@dataclass(eq=False)
class WindowTooShort(ServiceError):
    """EndTimeBefore less than a day after StartTimeAfter."""

    start_after: datetime
    end_before: datetime


@dataclass(eq=False)
class InvalidInstanceCount(ServiceError):
    """A count of instances in which plans are not sold."""

    count: int
    instance_type: str


@dataclass(eq=False)
class TypeNotSold(ServiceError):
    """A type that the Region does not sell for the target."""

    compute_type: str
    target: str


@dataclass(eq=False)
class UnknownUltraServerType(ServiceError):
    """An UltraServer type that AWS does not have."""

    ultra_server_type: str


@dataclass(eq=False)
class SoldOnlyInUltraServers(ServiceError):
    """An instance type that is only sold as part of a whole UltraServer."""

    instance_type: str
    ultra_server_types: str


@dataclass(eq=False)
class ConflictingTypes(ServiceError):
    """An InstanceType beside an UltraServerType that is not made of it."""

    instance_type: str
    ultra_server_type: str


@dataclass(eq=False)
class UltraServerCountWithoutType(ServiceError):
    """UltraServerCount without UltraServerType."""

    count: int


@dataclass(eq=False)
class TooManyInstances(ServiceError):
    """More instances in UltraServers than one plan can have."""

    ultra_server_count: int
    ultra_server_type: str
    instances: int
    instances_allowed: int


@dataclass(eq=False)
class InstanceCountMismatch(ServiceError):
    """An InstanceCount that is not what the UltraServers hold."""

    count: int
    ultra_server_count: int
    ultra_server_type: str
    instances: int
