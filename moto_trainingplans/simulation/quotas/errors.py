"""What quotas refuse, and what requests about them can be refused for."""

from __future__ import annotations

from ..kernel.errors import ServiceError


class QuotaExceeded(ServiceError):
    """A purchase past a service quota. `unit` is what the quota counts."""

    quota_name: str
    limit: int
    used: int
    requested: int
    unit: str


class ReservedCapacityQuotaTooSmall(ServiceError):
    """A search for more instances than the account may still reserve."""

    instance_type: str
    limit: int
    used: int
    requested: int


class NoSuchQuota(ServiceError):
    """A code of no quota."""

    code: str


class NoSuchQuotaRequest(ServiceError):
    """An id of no request of this account and Region to increase a quota."""

    request_id: str


class NoSuchReport(ServiceError):
    """An id of no report on the use of quotas of this account and Region."""

    report_id: str


class QuotaNotIncreased(ServiceError):
    """A request for a value that is not above the present one."""

    quota_name: str
    desired: int
    value: int


class QuotaNotWhole(ServiceError):
    """A request for a part of an instance or plan."""

    quota_name: str
    desired: float


class QuotaRequestOpen(ServiceError):
    """A request for a quota that another request is open for."""

    quota_name: str


class NotAResourceQuota(ServiceError):
    """One resource's share of a quota that is the whole account's."""

    code: str
    context_id: str
