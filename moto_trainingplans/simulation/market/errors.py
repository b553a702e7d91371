"""What a search for offerings can be refused for."""

from __future__ import annotations

from datetime import datetime

from ..kernel.errors import ServiceError


class MissingMember(ServiceError):
    """A search without a member that this kind of search needs."""

    member: str


class NotOneTarget(ServiceError):
    """A search for several targets at once."""

    count: int


class DurationTooLong(ServiceError):
    """More days than a plan can have."""

    hours: int
    days_allowed: int


class WindowTooShort(ServiceError):
    """EndTimeBefore less than a day after StartTimeAfter."""

    start_after: datetime
    end_before: datetime


class InvalidInstanceCount(ServiceError):
    """A count of instances in which plans are not sold."""

    count: int
    instance_type: str


class TypeNotSold(ServiceError):
    """A type that the Region does not sell for the target."""

    compute_type: str
    target: str


class UnknownUltraServerType(ServiceError):
    """An UltraServer type that AWS does not have."""

    ultra_server_type: str


class SoldOnlyInUltraServers(ServiceError):
    """An instance type that is only sold as part of a whole UltraServer."""

    instance_type: str
    ultra_server_types: str


class ConflictingTypes(ServiceError):
    """An InstanceType beside an UltraServerType that is not made of it."""

    instance_type: str
    ultra_server_type: str


class UltraServerCountWithoutType(ServiceError):
    """UltraServerCount without UltraServerType."""

    count: int


class TooManyInstances(ServiceError):
    """More instances in UltraServers than one plan can have."""

    ultra_server_count: int
    ultra_server_type: str
    instances: int
    instances_allowed: int


class InstanceCountMismatch(ServiceError):
    """An InstanceCount that is not what the UltraServers hold."""

    count: int
    ultra_server_count: int
    ultra_server_type: str
    instances: int
