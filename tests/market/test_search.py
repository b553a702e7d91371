"""Searching for offerings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.support.offerings import blocks, utc


@pytest.mark.rule("SEARCH-06", "SEARCH-07")
def test_the_guides_sample_search_gives_the_guides_three_offerings(sagemaker):
    answer = sagemaker.search_training_plan_offerings(
        TargetResources=["training-job"],
        InstanceType="ml.p4d.24xlarge",
        InstanceCount=1,
        DurationHours=15,
        StartTimeAfter=1737484800,
        EndTimeBefore=1737657600,
    )
    offerings = answer["TrainingPlanOfferings"]
    expected = [
        ("01-21 19:39 > 01-22 11:30", 15, 51),
        ("01-21 19:39 > 01-23 11:30", 39, 51),
        ("01-22 11:30 > 01-23 11:30", 24, 0),
    ]
    for offering, (times, hours, minutes) in zip(offerings, expected, strict=True):
        (block,) = offering["ReservedCapacityOfferings"]
        assert blocks(offering) == [f"us-west-2a {times}"]
        for part in (offering, block):
            assert (part["DurationHours"], part["DurationMinutes"]) == (hours, minutes)
        assert offering["TargetResources"] == ["training-job"]
        assert offering["RequestedStartTimeAfter"] == utc("2025-01-21T19:08:27.704")
        assert offering["RequestedEndTimeBefore"] == utc("2025-01-23T18:40")
        assert offering["CurrencyCode"] == "USD"
        assert block["InstanceType"] == "ml.p4d.24xlarge"
        assert block["InstanceCount"] == 1
        assert block["ReservedCapacityType"] == "Instance"


@pytest.mark.rule("CATALOG-04", "SEARCH-06")
@pytest.mark.training_plans(now="2025-07-23T19:12:30Z")
def test_the_guides_console_sample_comes_out_to_the_minute_and_the_cent(search):
    assert [
        (each["DurationHours"], each["DurationMinutes"], each["UpfrontFee"]) for each in search()
    ] == [(15, 47, "207.39"), (39, 47, "533.07"), (24, 0, "318.89")]


@pytest.mark.rule("CATALOG-04")
@pytest.mark.parametrize(
    ("target", "instance_type", "fee"),
    [
        ("hyperpod-cluster", "ml.p4d.24xlarge", "312.11"),
        ("training-job", "ml.p4d.24xlarge", "318.89"),
        ("studio-apps", "ml.p4d.24xlarge", "318.89"),  # the same half hour is not paid
        ("endpoint", "ml.p4d.24xlarge", "325.68"),  # 24 x 13.57, no cut-off
    ],
)
def test_a_days_fee_leaves_out_the_cut_off_of_its_target(search, target, instance_type, fee):
    day = search(TargetResources=[target], InstanceType=instance_type)[-1]
    assert day["UpfrontFee"] == fee


@pytest.mark.aws
@pytest.mark.rule("SEARCH-01")
def test_the_target_is_training_job_unless_another_one_is_asked_for(sagemaker):
    offerings = sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", DurationHours=24
    )["TrainingPlanOfferings"]
    assert {tuple(each["TargetResources"]) for each in offerings} == {("training-job",)}


@pytest.mark.aws
@pytest.mark.rule("SEARCH-01")
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            {"DurationHours": 24},
            "InstanceType is required to search for training plan offerings.",
        ),
        (
            {"InstanceType": "ml.p4d.24xlarge"},
            "DurationHours is required to search for training plan offerings.",
        ),
        (
            {"UltraServerType": "ml.u-p6e-gb200x72"},
            "DurationHours is required to search for training plan offerings.",
        ),
        (
            {
                "InstanceType": "ml.p4d.24xlarge",
                "DurationHours": 24,
                "TargetResources": ["training-job", "hyperpod-cluster"],
            },
            "Exactly one target resource is allowed, not 2.",
        ),
    ],
)
def test_a_search_that_lacks_something_is_told_what(sagemaker, refusal, asked, text):
    found = refusal(sagemaker.search_training_plan_offerings, **asked)
    assert found == ("ValidationException", text)


@pytest.mark.rule("SEARCH-02")
@pytest.mark.parametrize(("hours", "days"), [(1, 1), (24, 1), (25, 2), (182 * 24, 182)])
def test_the_duration_is_rounded_up_to_whole_days(search, hours, days):
    assert search(DurationHours=hours)[-1]["DurationHours"] == days * 24


@pytest.mark.aws
@pytest.mark.rule("SEARCH-02")
def test_more_than_182_days_cannot_be_asked_for(sagemaker, refusal):
    assert refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p4d.24xlarge",
        DurationHours=182 * 24 + 1,
    ) == (
        "ValidationException",
        "DurationHours 4369 is more than the 182 days that a training plan can have.",
    )


@pytest.mark.rule("SEARCH-05")
def test_no_plan_is_longer_than_182_days_though_it_starts_at_once(search):
    durations = [each["DurationHours"] for each in search(DurationHours=182 * 24)]
    assert durations == [181 * 24 + 15, 182 * 24]


@pytest.mark.rule("SEARCH-03")
@pytest.mark.parametrize("count", [1, 2, 4, 8, 16, 32, 64])
def test_instances_are_sold_in_powers_of_two(search, count):
    (block,) = search(InstanceCount=count)[-1]["ReservedCapacityOfferings"]
    assert block["InstanceCount"] == count


@pytest.mark.aws
@pytest.mark.rule("SEARCH-03")
def test_every_other_count_is_refused_in_awss_words(sagemaker, refusal):
    others = [0, *(n for n in range(1, 66) if n & (n - 1)), 128, 256]
    assert len(others) == 61
    for count in others:
        assert refusal(
            sagemaker.search_training_plan_offerings,
            InstanceType="ml.p4d.24xlarge",
            InstanceCount=count,
            DurationHours=24,
        ) == (
            "ValidationException",
            f"Invalid instance count {count} for instance type ml.p4d.24xlarge",
        )


@pytest.mark.rule("SEARCH-03")
def test_one_instance_is_searched_for_by_default(search):
    (block,) = search()[-1]["ReservedCapacityOfferings"]
    assert block["InstanceCount"] == 1


@pytest.mark.rule("SEARCH-04", "CATALOG-05", "CLIENT-06")
def test_a_sweep_over_regions_is_told_where_a_type_is_not_sold(client):
    """A sweeper's loop, as people have it: unsold types are skipped by the text of the error."""
    found = {}
    for region in ("us-east-1", "us-east-2", "eu-central-1", "ap-northeast-2"):
        sweeper = client("sagemaker", region)
        try:
            answer = sweeper.search_training_plan_offerings(
                InstanceType="ml.p5en.48xlarge",
                DurationHours=24,
                TargetResources=["hyperpod-cluster"],
                StartTimeAfter=utc("2025-01-21T00:00"),
            )
        except sweeper.exceptions.ClientError as refused:
            if "Invalid instance type" not in str(refused):
                raise
            found[region] = str(refused)
        else:
            found[region] = len(answer["TrainingPlanOfferings"])
    assert found == {
        "us-east-1": 3,
        "us-east-2": 3,
        "eu-central-1": "An error occurred (ValidationException) when calling the "
        "SearchTrainingPlanOfferings operation: Invalid instance type ml.p5en.48xlarge "
        "for target resource hyperpod-cluster.",
        "ap-northeast-2": 3,
    }


@pytest.mark.aws
@pytest.mark.rule("SEARCH-04", "VALIDATE-01")
def test_a_type_outside_the_enum_is_told_so_by_the_enum(sagemaker, refusal):
    code, message = refusal(
        sagemaker.search_training_plan_offerings, InstanceType="ml.t3.large", DurationHours=24
    )
    assert code == "ValidationException"
    assert message.startswith(
        "1 validation error detected: Value 'ml.t3.large' at 'instanceType' failed to satisfy "
        "constraint: Member must satisfy enum value set: ["
    )


@pytest.mark.rule("SEARCH-10")
def test_nothing_to_sell_is_an_empty_list(plans, search):
    plans.capacity.clear()
    assert search() == []


@pytest.mark.rule("SEARCH-11")
def test_a_search_past_the_quota_is_refused_in_the_words_that_clients_look_for(
    plans, sagemaker, buy, search, refusal
):
    plans.quotas.set("ml.p5.48xlarge", 4, region="us-west-2")
    buy("plan", InstanceType="ml.p5.48xlarge", InstanceCount=2)
    search(InstanceType="ml.p5.48xlarge", InstanceCount=2)
    assert refusal(
        sagemaker.search_training_plan_offerings,
        InstanceType="ml.p5.48xlarge",
        InstanceCount=4,
        DurationHours=24,
    ) == (
        "ResourceLimitExceeded",
        "The reserved-capacity ml.p5.48xlarge instance quota is not sufficient: it is 4 Instances, "
        "with current utilization of 2 Instances and a request delta of 4 Instances.",
    )


@pytest.mark.rule("SEARCH-12")
def test_an_offering_is_called_the_same_whenever_it_is_found(plans, search):
    first = search()[-1]
    plans.clock.tick(timedelta(hours=3))
    again = search(StartTimeAfter=utc("2025-01-22T00:00"), EndTimeBefore=utc("2025-02-01T00:00"))
    assert again[-1]["TrainingPlanOfferingId"] == first["TrainingPlanOfferingId"]
    assert re.fullmatch("tpo-[0-9a-f]{64}", first["TrainingPlanOfferingId"])


@pytest.mark.rule("SEARCH-12")
def test_an_offering_of_anything_else_is_called_otherwise(plans, search, client, stranger):
    plans.capacity.set("us-west-1a", "ml.p4d.24xlarge", 1)
    ids = [
        search(**asked)[-1]["TrainingPlanOfferingId"]
        for asked in (
            {},
            {"InstanceCount": 2},
            {"DurationHours": 48},
            {"TargetResources": ["hyperpod-cluster"]},
            {"InstanceType": "ml.p5.48xlarge"},
            {"using": client("sagemaker", "us-west-1")},
            {"using": stranger("sagemaker")},
            {"StartTimeAfter": utc("2025-01-23T00:00")},
        )
    ]
    plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 0)
    (*_, in_another_zone) = search()
    assert blocks(in_another_zone) == ["us-west-2b 01-22 11:30 > 01-23 11:30"]
    ids.append(in_another_zone["TrainingPlanOfferingId"])
    assert len(set(ids)) == len(ids)
