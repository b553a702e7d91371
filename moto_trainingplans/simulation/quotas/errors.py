"""What quotas refuse, and what requests about them can be refused for."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.errors import ServiceError


@dataclass(eq=False)
class QuotaExceeded(ServiceError):
    """A purchase past a service quota. `unit` is what the quota counts."""

    quota_name: str
    limit: int
    used: int
    requested: int
    unit: str


@dataclass(eq=False)
class ReservedCapacityQuotaTooSmall(ServiceError):
    """A search for more instances than the account may still reserve."""

    instance_type: str
    limit: int
    used: int
    requested: int


@dataclass(eq=False)
class NoSuchQuota(ServiceError):
    """A code of no quota."""

    code: str


@dataclass(eq=False)
class NoSuchQuotaRequest(ServiceError):
    """An id of no request of this account and Region to increase a quota."""

    request_id: str


@dataclass(eq=False)
class NoSuchReport(ServiceError):
    """An id of no report on the use of quotas of this account and Region."""

    report_id: str


@dataclass(eq=False)
class QuotaNotIncreased(ServiceError):
    """A request for a value that is not above the present one."""

    quota_name: str
    desired: int
    value: int


@dataclass(eq=False)
class QuotaNotWhole(ServiceError):
    """A request for a part of an instance or plan."""

    quota_name: str
    desired: float


@dataclass(eq=False)
class QuotaRequestOpen(ServiceError):
    """A request for a quota that another request is open for."""

    quota_name: str


@dataclass(eq=False)
class NotAResourceQuota(ServiceError):
    """One resource's share of a quota that is the whole account's."""

    code: str
    context_id: str
