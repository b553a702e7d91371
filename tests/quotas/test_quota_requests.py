"""Requests to increase a quota: how they go, and what cannot be asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.quotas import P4D, PLANS, everything

OF_PLANS = "Number of training plans per Region"


@pytest.fixture
def slowly():
    """Has moto's state manager take its time for requests."""
    from moto.moto_api import state_manager

    name = "servicequotas::quota_increase_request"
    yield lambda **setting: state_manager.set_transition(name, setting)
    state_manager.unset_transition(name)


@pytest.mark.rule("QUOTA-02", "SEARCH-11")
def test_an_increase_is_approved_and_lets_more_be_bought(
    plans, increase, value, search, service_quotas, client, stranger, refusal, sagemaker
):
    plans.quotas.set("ml.p4d.24xlarge", 0, region="us-west-2")
    code, message = refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p4d.24xlarge",
        DurationHours=24,
        TargetResources=["training-job"],
    )
    assert code == "ResourceLimitExceeded"
    assert "reserved-capacity ml.p4d.24xlarge instance quota is not sufficient" in message
    request = increase(P4D, 8)
    assert (request["QuotaCode"], request["DesiredValue"]) == (P4D, 8.0)
    request = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])[
        "RequestedQuota"
    ]
    assert request["Status"] == "APPROVED"
    assert request["CaseId"]
    assert value(P4D) == 8
    # The account's own, here alone.
    others = (stranger("service-quotas"), client("service-quotas", "us-east-1"))
    assert [value(P4D, using=each) for each in others] == [0, 256]
    assert search()
    assert [change.after for change in plans.history(request["QuotaArn"])] == [
        "PENDING",
        "CASE_OPENED",
        "APPROVED",
    ]


@pytest.mark.rule("QUOTA-02")
def test_a_request_is_denied_where_the_control_object_said_so(plans, increase, value):
    plans.quotas.deny_next()
    assert increase(PLANS, 26)["Status"] == "DENIED"
    assert value(PLANS) == 25
    assert increase(PLANS, 26)["Status"] == "APPROVED"
    assert value(PLANS) == 26


@pytest.mark.rule("QUOTA-02")
def test_without_a_support_case_a_request_is_not_approved(increase, value):
    request = increase(PLANS, 26, SupportCaseAllowed=False)
    assert request["Status"] == "NOT_APPROVED"
    assert "CaseId" not in request
    assert value(PLANS) == 25


@pytest.mark.rule("QUOTA-02")
@pytest.mark.in_process("moto's state manager is set in Python")
def test_a_request_takes_the_time_that_the_state_manager_says(
    plans, increase, value, service_quotas, refusal, slowly
):
    slowly(progression="time", seconds=60)
    request = increase(PLANS, 26)
    assert increase(P4D, 300)["Status"] == "PENDING"
    seen = []
    for _ in range(3):
        found = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])
        seen.append((found["RequestedQuota"]["Status"], "CaseId" in found["RequestedQuota"]))
        if seen[-1][0] != "APPROVED":
            assert refusal(
                service_quotas.request_service_quota_increase,
                ServiceCode="sagemaker",
                QuotaCode=PLANS,
                DesiredValue=30,
            ) == (
                "ResourceAlreadyExistsException",
                "There is an open increase request for the quota 'Number of training plans per "
                "Region' already.",
            )
            assert value(PLANS) == 25
        plans.clock.tick(timedelta(seconds=60))
    assert seen == [("PENDING", False), ("CASE_OPENED", True), ("APPROVED", True)]
    assert value(PLANS) == 26
    found = service_quotas.get_requested_service_quota_change(RequestId=request["Id"])
    lasted = found["RequestedQuota"]["LastUpdated"] - found["RequestedQuota"]["Created"]
    assert lasted == timedelta(seconds=120)


@pytest.mark.rule("QUOTA-02")
@pytest.mark.in_process("moto's state manager is set in Python")
def test_a_quota_that_is_higher_already_when_a_request_is_approved_stays(
    plans, increase, value, slowly
):
    slowly(progression="time", seconds=60)
    increase(PLANS, 26)
    plans.quotas.set("training-plan-total_count", 30, region="us-west-2")
    plans.clock.tick(timedelta(seconds=120))
    assert value(PLANS) == 30


@pytest.mark.rule("QUOTA-02")
@pytest.mark.in_process("moto's state manager is set in Python")
def test_a_request_goes_on_by_being_looked_at_where_the_state_manager_says(
    increase, service_quotas, slowly
):
    slowly(progression="manual", times=2)
    request = increase(PLANS, 26)
    seen = [
        service_quotas.get_requested_service_quota_change(RequestId=request["Id"])[
            "RequestedQuota"
        ]["Status"]
        for _ in range(4)
    ]
    assert seen == ["PENDING", "CASE_OPENED", "CASE_OPENED", "APPROVED"]


@pytest.mark.rule("QUOTA-02", "VALIDATE-01")
@pytest.mark.parametrize(
    ("members", "expected", "text"),
    [
        (
            {"DesiredValue": 25},
            "IllegalArgumentException",
            f"The desired value 25 of the quota '{OF_PLANS}' must be greater than the current "
            "value 25.",
        ),
        (
            {"DesiredValue": 24},
            "IllegalArgumentException",
            f"The desired value 24 of the quota '{OF_PLANS}' must be greater than the current "
            "value 25.",
        ),
        (
            {"DesiredValue": 25.5},
            "IllegalArgumentException",
            f"The desired value 25.5 of the quota '{OF_PLANS}' must be a whole number.",
        ),
        (
            {"ContextId": "arn:aws:sagemaker:us-west-2:123456789012:x"},
            "IllegalArgumentException",
            "The quota L-867702E6 is the account's, and cannot be had for "
            "arn:aws:sagemaker:us-west-2:123456789012:x alone.",
        ),
        (
            {"QuotaCode": "L-00000000"},
            "NoSuchResourceException",
            "The service sagemaker has no quota L-00000000.",
        ),
        (
            {"QuotaCode": "7"},
            "ValidationException",
            "1 validation error detected: Value '7' at 'quotaCode' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][a-zA-Z0-9-]{1,128}",
        ),
        (
            {"DesiredValue": 1e11},
            "ValidationException",
            "1 validation error detected: Value '100000000000.0' at 'desiredValue' failed to "
            "satisfy constraint: Member must have value less than or equal to 10000000000",
        ),
    ],
    ids=["equal", "less", "no whole number", "context", "unknown", "malformed", "too much"],
)
def test_an_increase_that_cannot_be_is_refused_and_changes_nothing(
    service_quotas, plans, refusal, value, members, expected, text
):
    asked = {"ServiceCode": "sagemaker", "QuotaCode": PLANS, "DesiredValue": 30, **members}
    assert refusal(service_quotas.request_service_quota_increase, **asked) == (expected, text)
    assert value(PLANS) == 25
    assert plans.history() == []


@pytest.mark.rule("QUOTA-02")
def test_the_history_of_requests_is_told_by_service_by_quota_and_by_status(
    plans, increase, service_quotas
):
    plans.quotas.deny_next()
    for code, desired in ((PLANS, 26), (P4D, 300), (PLANS, 27), (PLANS, 28)):
        increase(code, desired)

    def values(operation, **asked):
        found = everything(service_quotas, operation, "RequestedQuotas", **asked)
        return [request["DesiredValue"] for request in found]

    history = "list_requested_service_quota_change_history"
    of_quota = {"ServiceCode": "sagemaker", "QuotaCode": PLANS}
    page = {"PaginationConfig": {"PageSize": 1}}
    assert values(history) == [26, 300, 27, 28]
    assert values(history, ServiceCode="sagemaker", **page) == [26, 300, 27, 28]
    assert values(history, Status="DENIED") == [26]
    assert values(history, QuotaRequestedAtLevel="RESOURCE") == []
    assert values(f"{history}_by_quota", **of_quota, **page) == [26, 27, 28]
    assert values(f"{history}_by_quota", **of_quota, Status="APPROVED") == [27, 28]


@pytest.mark.rule("QUOTA-02", "QUOTA-01")
def test_what_is_not_there_is_no_such_resource(service_quotas, client, stranger, increase, refusal):
    request = increase(PLANS, 26)
    elsewhere = client("service-quotas", region="us-east-1")
    unknown = {"ServiceCode": "sagemaker", "QuotaCode": "L-00000000"}
    no_request = f"There is no quota increase request {request['Id']}."
    of_request = {"RequestId": request["Id"]}
    for using in (elsewhere, stranger("service-quotas")):
        assert refusal(using.get_requested_service_quota_change, **of_request) == (
            "NoSuchResourceException",
            no_request,
        )
    for call in (
        service_quotas.get_service_quota,
        service_quotas.get_aws_default_service_quota,
        service_quotas.list_service_quotas,
        service_quotas.list_requested_service_quota_change_history_by_quota,
    ):
        assert refusal(call, **unknown) == (
            "NoSuchResourceException",
            "The service sagemaker has no quota L-00000000.",
        )
    assert refusal(service_quotas.list_service_quotas, ServiceCode="sagemaker", NextToken="x") == (
        "InvalidPaginationTokenException",
        "Invalid NextToken.",
    )
    assert refusal(
        service_quotas.get_service_quota, ServiceCode="sagemaker", QuotaCode=PLANS, ContextId="x"
    ) == (
        "IllegalArgumentException",
        "The quota L-867702E6 is the account's, and cannot be had for x alone.",
    )


@pytest.mark.rule("CLIENT-08")
def test_quotas_and_requests_are_cleared_by_a_reset(plans, increase, value, service_quotas):
    increase(PLANS, 26)
    plans.reset()
    assert value(PLANS) == 25
    assert service_quotas.list_requested_service_quota_change_history()["RequestedQuotas"] == []
