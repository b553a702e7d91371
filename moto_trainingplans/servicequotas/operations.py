"""The operations on quotas and requests to increase them: members in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from ..aws_json.errors import ValidationException, WireError
from ..aws_json.pagination import decode_token, encode_token
from ..simulation.quotas.errors import NotAResourceQuota
from ..simulation.quotas.limits import Quota
from ..simulation.quotas.requests import AccountQuotas, QuotaRequest, Utilization

Members = Mapping[str, Any]
Handler = Callable[[AccountQuotas, Members], dict[str, Any]]

SERVICE_CODE = "sagemaker"
SERVICE_NAME = "Amazon SageMaker"  # source: observed
# moto has the quotas of the one, we have those of the other. source: observed, for the names
SERVICES = ((SERVICE_CODE, SERVICE_NAME), ("vpc", "Amazon Virtual Private Cloud (Amazon VPC)"))
UNIT = "None"  # source: observed
LEVEL = "ACCOUNT"
DEFAULT_PAGE = 100  # source: choice
DEFAULT_REPORT_PAGE = 1000  # source: model


def list_services(_quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """ListServices: those of which there are quotas, here or in moto. source: model"""
    question = _question(members)
    start = _position(members, question)
    end = start + members.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {
        "Services": [
            {"ServiceCode": code, "ServiceName": name} for code, name in SERVICES[start:end]
        ]
    }
    if end < len(SERVICES):
        answer["NextToken"] = encode_token((end,), question)
    return answer


def list_service_quotas(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """ListServiceQuotas. source: model"""
    found: Sequence[Quota] = quotas.every
    if "QuotaCode" in members:
        found = [quotas.quota(members["QuotaCode"])]
    if not _at_account_level(members, "QuotaAppliedAtLevel"):
        found = []
    return _page_of_quotas(members, found, lambda quota: _applied(quotas, quota))


def get_service_quota(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """GetServiceQuota. source: model"""
    quota = quotas.quota(members["QuotaCode"])
    _refuse_context(members)
    return {"Quota": _applied(quotas, quota)}


def list_aws_default_service_quotas(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """ListAWSDefaultServiceQuotas. source: model"""
    return _page_of_quotas(members, quotas.every, lambda quota: _default(quotas, quota))


def get_aws_default_service_quota(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """GetAWSDefaultServiceQuota. source: model"""
    return {"Quota": _default(quotas, quotas.quota(members["QuotaCode"]))}


def request_service_quota_increase(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """RequestServiceQuotaIncrease. source: model"""
    code = members["QuotaCode"]
    quotas.quota(code)
    _refuse_context(members)
    request = quotas.request_increase(
        code, members["DesiredValue"], with_case=members.get("SupportCaseAllowed", True)
    )
    return {"RequestedQuota": _requested(quotas, request)}


def get_requested_service_quota_change(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """GetRequestedServiceQuotaChange. source: model"""
    return {"RequestedQuota": _requested(quotas, quotas.request(members["RequestId"]))}


def list_requested_changes(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """ListRequestedServiceQuotaChangeHistory, and the same by quota. source: model"""
    quota = quotas.quota(members["QuotaCode"]) if "QuotaCode" in members else None
    question = _question(members)
    after = _position(members, question)
    size = members.get("MaxResults", DEFAULT_PAGE)
    found = []
    if _at_account_level(members, "QuotaRequestedAtLevel"):
        requests = quotas.requests(quota, members.get("Status"), after)
        found = list(islice(requests, size + 1))
    answer: dict[str, Any] = {
        "RequestedQuotas": [_requested(quotas, request) for request in found[:size]]
    }
    if len(found) > size:
        answer["NextToken"] = encode_token((found[size - 1].number,), question)
    return answer


def start_quota_utilization_report(quotas: AccountQuotas, _members: Members) -> dict[str, Any]:
    """StartQuotaUtilizationReport, on the quotas of SageMaker. source: model"""
    return {"ReportId": quotas.start_report().report_id, "Status": "PENDING"}


def get_quota_utilization_report(quotas: AccountQuotas, members: Members) -> dict[str, Any]:
    """GetQuotaUtilizationReport. source: model"""
    report = quotas.report(members["ReportId"])
    start = _position(members, report.report_id)
    end = start + members.get("MaxResults", DEFAULT_REPORT_PAGE)
    answer: dict[str, Any] = {
        "ReportId": report.report_id,
        "Status": "COMPLETED",
        "GeneratedAt": report.generated_at,
        "TotalCount": len(report.utilizations),
        "Quotas": [_utilization(each) for each in report.utilizations[start:end]],
    }
    if end < len(report.utilizations):
        answer["NextToken"] = encode_token((end,), report.report_id)
    return answer


HANDLERS: dict[str, Handler] = {
    "ListServices": list_services,
    "StartQuotaUtilizationReport": start_quota_utilization_report,
    "GetQuotaUtilizationReport": get_quota_utilization_report,
    "ListServiceQuotas": list_service_quotas,
    "GetServiceQuota": get_service_quota,
    "ListAWSDefaultServiceQuotas": list_aws_default_service_quotas,
    "GetAWSDefaultServiceQuota": get_aws_default_service_quota,
    "RequestServiceQuotaIncrease": request_service_quota_increase,
    "GetRequestedServiceQuotaChange": get_requested_service_quota_change,
    "ListRequestedServiceQuotaChangeHistory": list_requested_changes,
    "ListRequestedServiceQuotaChangeHistoryByQuota": list_requested_changes,
}


def _at_account_level(members: Members, member: str) -> bool:
    """Whether the level that is asked for is the one at which all our quotas are."""
    return members.get(member, LEVEL) in (LEVEL, "ALL")


def _refuse_context(members: Members) -> None:
    if "ContextId" in members:
        raise NotAResourceQuota(members["QuotaCode"], members["ContextId"])


def _question(members: Members) -> dict[str, Any]:
    """What a listing asks for, whichever of its pages."""
    return {key: members[key] for key in members if key not in ("NextToken", "MaxResults")}


def _position(members: Members, question: object) -> int:
    """The number after which a listing goes on, 0 at its beginning."""
    try:
        after = decode_token(members.get("NextToken"), question, (int,))
    except ValidationException as bad_token:
        raise WireError("InvalidPaginationTokenException", bad_token.message) from None
    return 0 if after is None else after[0]


def _page_of_quotas(
    members: Members, quotas: Sequence[Quota], shown: Callable[[Quota], dict[str, Any]]
) -> dict[str, Any]:
    question = _question(members)
    start = _position(members, question)
    end = start + members.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {"Quotas": [shown(quota) for quota in quotas[start:end]]}
    if end < len(quotas):
        answer["NextToken"] = encode_token((end,), question)
    return answer


def _applied(quotas: AccountQuotas, quota: Quota) -> dict[str, Any]:
    return {
        **_quota(quota),
        "QuotaArn": quotas.arn(quota),
        "Value": float(quotas.value(quota)),
        "Adjustable": True,  # source: choice
        "QuotaAppliedAtLevel": LEVEL,
    }


def _default(quotas: AccountQuotas, quota: Quota) -> dict[str, Any]:
    return {
        **_quota(quota),
        "QuotaArn": quotas.default_arn(quota),
        "Value": float(quota.default),
        "Adjustable": True,  # source: choice
    }


def _quota(quota: Quota) -> dict[str, Any]:
    return {
        "ServiceCode": SERVICE_CODE,
        "ServiceName": SERVICE_NAME,
        "QuotaCode": quota.code,
        "QuotaName": quota.display_name,
        "Unit": UNIT,
        "GlobalQuota": False,
    }


def _utilization(utilization: Utilization) -> dict[str, Any]:
    quota = utilization.quota
    return {
        "ServiceCode": SERVICE_CODE,
        "ServiceName": SERVICE_NAME,
        "QuotaCode": quota.code,
        "QuotaName": quota.display_name,
        "Utilization": utilization.percent,
        "DefaultValue": float(quota.default),
        "AppliedValue": float(utilization.applied_value),
        "Adjustable": True,  # source: choice
    }


def _requested(quotas: AccountQuotas, request: QuotaRequest) -> dict[str, Any]:
    answer = {
        **_quota(request.quota),
        "Id": request.request_id,
        "QuotaArn": quotas.arn(request.quota),
        "DesiredValue": float(request.desired_value),
        "Status": request.status.value,
        "Created": request.created,
        "LastUpdated": request.last_updated,
        "QuotaRequestedAtLevel": LEVEL,
    }
    if request.case_id is not None:
        answer["CaseId"] = request.case_id
    return answer
