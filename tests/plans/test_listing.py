"""Listing plans: filters, order and pages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest


def day(number: int) -> datetime:
    return datetime(2025, 1, number, 11, 30, tzinfo=timezone.utc)


@pytest.fixture
def names(sagemaker):
    """Lists the names of plans."""

    def run(**asked):
        answer = sagemaker.list_training_plans(**asked)["TrainingPlanSummaries"]
        return [each["TrainingPlanName"] for each in answer]

    return run


@pytest.fixture
def several(plans, buy):
    """Plans c, a, d, b that start on the 22nd, 22nd, 23rd and 24th; d has failed."""
    for name, start in (("c", 22), ("a", 22), ("d", 23), ("b", 24)):
        if name == "d":
            plans.payments.fail_next()
        buy(name, StartTimeAfter=day(start))


@pytest.mark.rule("PLAN-09")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "acdb"),
        ({"SortOrder": "Descending"}, "bdca"),
        ({"SortBy": "TrainingPlanName"}, "abcd"),
        ({"SortBy": "TrainingPlanName", "SortOrder": "Descending"}, "dcba"),
        ({"SortBy": "Status"}, "dabc"),
        ({"SortBy": "Status", "SortOrder": "Descending"}, "cbad"),
        ({"StartTimeAfter": day(22)}, "db"),  # the bound itself is outside
        ({"StartTimeBefore": day(23)}, "ac"),
        ({"StartTimeAfter": day(22), "StartTimeBefore": day(24)}, "d"),
        ({"SortBy": "TrainingPlanName", "StartTimeBefore": day(24)}, "acd"),
        ({"SortBy": "Status", "StartTimeAfter": day(22)}, "db"),
        ({"Filters": [{"Name": "Status", "Value": "Scheduled"}]}, "acb"),
        ({"Filters": [{"Name": "Status", "Value": "Sleeping"}]}, ""),
        (
            {
                "Filters": [
                    {"Name": "Status", "Value": "Scheduled"},
                    {"Name": "Status", "Value": "Failed"},
                ]
            },
            "",
        ),
    ],
)
@pytest.mark.usefixtures("several")
def test_plans_are_filtered_and_sorted_as_asked(names, asked, expected):
    assert "".join(names(**asked)) == expected


@pytest.mark.rule("PLAN-09")
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("sort_by", ["StartTime", "TrainingPlanName", "Status"])
@pytest.mark.usefixtures("several")
def test_pages_together_are_the_whole_list(sagemaker, names, sort_by, order):
    pages = sagemaker.get_paginator("list_training_plans").paginate(
        SortBy=sort_by, SortOrder=order, PaginationConfig={"PageSize": 1}
    )
    paged = [each["TrainingPlanName"] for page in pages for each in page["TrainingPlanSummaries"]]
    assert paged == names(SortBy=sort_by, SortOrder=order)


@pytest.mark.rule("PLAN-09")
def test_a_page_has_ten_plans_by_default(buy, sagemaker):
    for number in range(11):
        buy(f"plan-{number:02}")
    first = sagemaker.list_training_plans()
    assert len(first["TrainingPlanSummaries"]) == 10
    rest = sagemaker.list_training_plans(NextToken=first["NextToken"])
    assert [each["TrainingPlanName"] for each in rest["TrainingPlanSummaries"]] == ["plan-10"]
    assert "NextToken" not in rest


@pytest.mark.rule("PLAN-09")
def test_pages_are_stable_while_plans_are_added(buy, sagemaker):
    for name in ("b", "d", "f"):
        buy(name)
    first = sagemaker.list_training_plans(MaxResults=2)
    for name in ("a", "c", "e"):
        buy(name)
    rest = sagemaker.list_training_plans(MaxResults=9, NextToken=first["NextToken"])
    assert [each["TrainingPlanName"] for each in rest["TrainingPlanSummaries"]] == ["e", "f"]


@pytest.mark.aws
@pytest.mark.rule("PLAN-09")
@pytest.mark.parametrize("token", ["nonsense", "", "AAAA", "é"])
def test_a_bad_token_is_refused(sagemaker, refusal, token):
    code, message = refusal(sagemaker.list_training_plans, NextToken=token)
    assert code == "ValidationException"
    assert message == "Invalid NextToken." or "at 'nextToken' failed to satisfy" in message


@pytest.mark.rule("PLAN-09")
@pytest.mark.usefixtures("several")
def test_a_token_of_another_question_is_refused(sagemaker, refusal):
    token = sagemaker.list_training_plans(MaxResults=1)["NextToken"]
    assert refusal(sagemaker.list_training_plans, NextToken=token, SortOrder="Descending") == (
        "ValidationException",
        "Invalid NextToken.",
    )


@pytest.mark.rule("CLIENT-02")
def test_filters_apply_before_a_page_is_cut(plans, buy, names):
    for number in range(12):
        buy(f"early-{number:02}", StartTimeAfter=day(22))
    buy("late", StartTimeAfter=day(24))
    plans.clock.move_to(day(23) + timedelta(hours=1))
    assert names(Filters=[{"Name": "Status", "Value": "Scheduled"}]) == ["late"]


@pytest.mark.rule("PLAN-09")
def test_a_token_is_good_in_its_own_account_region_and_listing_alone(
    sagemaker, client, stranger, refusal
):
    other = stranger("sagemaker")
    elsewhere = client("sagemaker", "us-east-1")
    for each in (sagemaker, other, elsewhere):
        for name in ("one", "two"):
            (*_, offering) = each.search_training_plan_offerings(
                InstanceType="ml.p4d.24xlarge", DurationHours=24
            )["TrainingPlanOfferings"]
            offering_id = offering["TrainingPlanOfferingId"]
            each.create_training_plan(TrainingPlanName=name, TrainingPlanOfferingId=offering_id)
            each.create_app(
                DomainId="d-domain", SpaceName="space", AppType="JupyterLab", AppName=name
            )
    for listing in ("list_training_plans", "list_apps"):
        token = getattr(sagemaker, listing)(MaxResults=1)["NextToken"]
        assert getattr(sagemaker, listing)(MaxResults=1, NextToken=token)
        for else_asked in (other, elsewhere):
            code, message = refusal(getattr(else_asked, listing), MaxResults=1, NextToken=token)
            assert (code, message) == ("ValidationException", "Invalid NextToken.")
    quotas = client("service-quotas")
    asked = {"ServiceCode": "sagemaker", "MaxResults": 1}
    token = quotas.list_service_quotas(**asked)["NextToken"]
    for listing in (
        client("service-quotas", "us-east-1").list_service_quotas,
        quotas.list_aws_default_service_quotas,
    ):
        assert refusal(listing, **asked, NextToken=token) == (
            "InvalidPaginationTokenException",
            "Invalid NextToken.",
        )
