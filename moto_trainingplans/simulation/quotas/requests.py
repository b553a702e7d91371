"""Requests to increase a service quota: under review, a case for it, then approved or denied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from ..kernel.kernel import Kernel
from ..kernel.pacing import Countdown
from ..kernel.scope import Scope
from ..orders.quota_decisions import QuotaDecisions
from .errors import (
    NoSuchQuota,
    NoSuchQuotaRequest,
    NoSuchReport,
    QuotaNotIncreased,
    QuotaNotWhole,
    QuotaRequestOpen,
)
from .limits import Quota, Quotas

REPORTS_KEPT = timedelta(minutes=15)  # source: model


class RequestStatus(str, Enum):
    """How far a request is."""

    PENDING = "PENDING"
    CASE_OPENED = "CASE_OPENED"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    NOT_APPROVED = "NOT_APPROVED"


OPEN_STATUSES = frozenset({RequestStatus.PENDING, RequestStatus.CASE_OPENED})


@dataclass
class QuotaRequest:
    """A request to increase one quota. `number` counts those of the account and Region."""

    request_id: str
    number: int
    quota: Quota
    desired_value: int
    created: datetime
    last_updated: datetime
    with_case: bool
    denied: bool
    status: RequestStatus = RequestStatus.PENDING
    case_id: str | None = None
    countdown: Countdown | None = None


@dataclass(frozen=True)
class Utilization:
    """How much of a quota was in use, in percent of the value that the account had."""

    quota: Quota
    applied_value: int
    percent: float


@dataclass(frozen=True)
class UtilizationReport:
    """The use of every quota at one time, the most used first."""

    report_id: str
    generated_at: datetime
    utilizations: tuple[Utilization, ...]


class AccountQuotas:
    """The quotas of one account in one Region, and its requests to increase them."""

    def __init__(
        self,
        kernel: Kernel,
        quotas: Quotas,
        decisions: QuotaDecisions,
        use: Callable[[], Mapping[Quota, int]],
        scope: Scope,
    ) -> None:
        self._kernel = kernel
        self._quotas = quotas
        self._decisions = decisions
        self._use = use
        self._scope = scope
        self._arn_prefix = f"arn:{scope.partition}:servicequotas:{scope.region}:"
        self._requests: dict[str, QuotaRequest] = {}
        self._reports: dict[str, UtilizationReport] = {}
        self._reports_started = 0

    # -- looking ---------------------------------------------------------------------------

    @property
    def every(self) -> tuple[Quota, ...]:
        """Every quota there is."""
        return self._quotas.every

    def quota(self, code: str) -> Quota:
        """The quota of a code."""
        quota = self._quotas.by_code.get(code)
        if quota is None:
            raise NoSuchQuota(code)
        return quota

    def value(self, quota: Quota) -> int:
        """What the account has of a quota."""
        return self._quotas.limit(quota, self._scope)

    def arn(self, quota: Quota) -> str:
        """The ARN of the account's own quota."""
        return self.arn_of(quota.code)

    def arn_of(self, code: str) -> str:
        """The ARN that a code stands for, whether there is such a quota or not."""
        return f"{self._arn_prefix}{self._scope.account}:sagemaker/{code}"

    def default_arn(self, quota: Quota) -> str:
        """The ARN of the quota as every account has it by default."""
        return f"{self._arn_prefix}:sagemaker/{quota.code}"

    # -- what is in use --------------------------------------------------------------------

    def start_report(self) -> UtilizationReport:
        """Report how much of each quota is in use now. Ready at the first look. source: choice"""
        used = self._use()
        found = []
        for quota in self.every:
            value, use = self.value(quota), used.get(quota, 0)
            # Of nothing all is used as soon as there is any.
            percent = 100 * use / value if value else 100.0 * (use > 0)
            found.append(Utilization(quota, value, percent))
        found.sort(key=lambda each: (-each.percent, each.quota.display_name))
        self._reports_started += 1
        number = self._reports_started
        report = UtilizationReport(
            self._kernel.derived_id(f"{self.arn_of('report')}/{number}", 32),
            self._kernel.now,
            tuple(found),
        )
        for other in [each for each in self._reports.values() if self._has_expired(each)]:
            del self._reports[other.report_id]
        self._reports[report.report_id] = report
        return report

    def report(self, report_id: str) -> UtilizationReport:
        """A report of this account and Region; none is kept for long. source: model"""
        report = self._reports.get(report_id)
        if report is None or self._has_expired(report):
            raise NoSuchReport(report_id)
        return report

    def _has_expired(self, report: UtilizationReport) -> bool:
        return self._kernel.now >= report.generated_at + REPORTS_KEPT

    # -- requests --------------------------------------------------------------------------

    def request(self, request_id: str) -> QuotaRequest:
        """A request; one that goes on by being looked at comes nearer to its end."""
        request = self._requests.get(request_id)
        if request is None:
            raise NoSuchQuotaRequest(request_id)
        if request.countdown is not None:
            request.countdown.described()
        return request

    def requests(
        self, quota: Quota | None, status: str | None, after: int
    ) -> Iterator[QuotaRequest]:
        """The requests that follow a number, for one quota or all, in one status or any."""
        for request in self._requests.values():
            of_quota = quota is None or request.quota == quota
            in_status = status is None or request.status.value == status
            if of_quota and in_status and request.number > after:
                yield request

    # -- asking for more -------------------------------------------------------------------

    def request_increase(self, code: str, desired: float, with_case: bool) -> QuotaRequest:
        """Ask for a higher value. `with_case` tells whether a support case may be opened for it."""
        quota = self.quota(code)
        if desired != int(desired):
            raise QuotaNotWhole(quota.display_name, desired)
        if desired <= self.value(quota):
            raise QuotaNotIncreased(quota.display_name, int(desired), self.value(quota))
        if any(
            each.quota == quota and each.status in OPEN_STATUSES for each in self._requests.values()
        ):
            raise QuotaRequestOpen(quota.display_name)
        number = len(self._requests) + 1
        now = self._kernel.now
        named = f"{self.arn(quota)}/request/{number}"
        request = QuotaRequest(
            # source: choice, for what the id looks like
            request_id=self._kernel.derived_id(named, 40),
            number=number,
            quota=quota,
            desired_value=int(desired),
            created=now,
            last_updated=now,
            with_case=with_case,
            denied=self._decisions.next_is_denied(),
        )
        self._requests[request.request_id] = request
        reason = f"Increase to {request.desired_value} requested."
        self._kernel.record(self.arn(quota), None, request.status.value, reason)
        self._go_on(request)
        return request

    def _go_on(self, request: QuotaRequest) -> None:
        """Wait for as long as the state manager says, then advance."""
        pace = self._decisions.pace()
        advance = partial(self._advance, request)
        request.countdown = None
        if pace.is_immediate:
            advance()
        elif pace.describes:
            request.countdown = Countdown(pace.describes, advance)
        else:
            self._kernel.events.schedule(self._kernel.now + pace.delay, advance)

    def _advance(self, request: QuotaRequest) -> None:
        if request.status is RequestStatus.PENDING and not request.with_case:
            # Without a case nobody can approve it. source: model
            self._change(request, RequestStatus.NOT_APPROVED)
        elif request.status is RequestStatus.PENDING:
            digits = int(self._kernel.derived_id(f"{request.request_id}/case", 12), 16)
            request.case_id = f"{digits % 10**11:011}"
            self._change(request, RequestStatus.CASE_OPENED)
            self._go_on(request)
        elif request.denied:
            self._change(request, RequestStatus.DENIED)
        else:
            self._quotas.raise_to(request.quota, request.desired_value, self._scope)
            self._change(request, RequestStatus.APPROVED)

    def _change(self, request: QuotaRequest, status: RequestStatus) -> None:
        before, request.status = request.status, status
        request.last_updated = self._kernel.now
        reason = f"Increase to {request.desired_value}: {status.value}."
        self._kernel.record(self.arn(request.quota), before.value, status.value, reason)
