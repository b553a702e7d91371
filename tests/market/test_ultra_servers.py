"""Searching for whole UltraServers, and for what Local Zones alone have."""

from __future__ import annotations

import pytest

from tests.support.model_history import needs
from tests.support.offerings import blocks


@pytest.mark.rule("SEARCH-12", "CATALOG-02", "SEARCH-05", "CATALOG-06")
def test_ultra_servers_are_offered_whole_in_dallas_from_1130_on(search, client):
    (offering,) = search(
        using=client("sagemaker", "us-east-1"),
        UltraServerType="ml.u-p6e-gb200x72",
        TargetResources=["hyperpod-cluster"],
    )
    (block,) = offering["ReservedCapacityOfferings"]
    assert blocks(offering) == ["us-east-1-dfw-2a 01-22 11:30 > 01-23 11:30"]
    assert block["ReservedCapacityType"] == "UltraServer"
    assert block["UltraServerType"] == "ml.u-p6e-gb200x72"
    assert block["UltraServerCount"] == 1
    assert block["InstanceType"] == "ml.p6e-gb200.36xlarge"
    assert block["InstanceCount"] == 18
    assert offering["UpfrontFee"] == "20152.36"  # 23 x 876.1896


@pytest.mark.rule("SEARCH-12", "CATALOG-02")
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            {"UltraServerCount": 15},
            "15 x ml.u-p6e-gb200x72 have 270 instances, more than the 256 that a training plan can "
            "have.",
        ),
        (
            {"UltraServerCount": 2, "InstanceCount": 18},
            "InstanceCount 18 is not the 36 instances of 2 x ml.u-p6e-gb200x72.",
        ),
        (
            {"InstanceType": "ml.p5.48xlarge"},
            "UltraServer type ml.u-p6e-gb200x72 does not consist of ml.p5.48xlarge instances.",
        ),
        (
            {"UltraServerType": "ml.u-p6e-gb300x72"},
            "Invalid UltraServer type ml.u-p6e-gb300x72.",
        ),
        (
            {"UltraServerType": "ml.p6e-gb200.36xlarge"},
            "Invalid UltraServer type ml.p6e-gb200.36xlarge.",
        ),
        # Not of that target, for which Dallas sells none.
        (
            {"TargetResources": ["studio-apps"]},
            "Invalid instance type ml.u-p6e-gb200x72 for target resource studio-apps.",
        ),
    ],
)
def test_ultra_servers_that_cannot_be_are_refused(client, refusal, asked, text):
    assert refusal(
        client("sagemaker", "us-east-1").search_training_plan_offerings,
        **{"UltraServerType": "ml.u-p6e-gb200x72", "DurationHours": 24, **asked},
    ) == ("ValidationException", text)


@pytest.mark.rule("SEARCH-12")
def test_as_many_ultra_servers_as_256_instances_make_can_be_searched_for(plans, search, client):
    plans.capacity.set("us-east-1-dfw-2a", "ml.u-p6e-gb200x72", 14)
    virginia = client("sagemaker", "us-east-1")
    asked = {"UltraServerType": "ml.u-p6e-gb200x72", "UltraServerCount": 14}
    (offering,) = search(using=virginia, **asked)
    assert offering["ReservedCapacityOfferings"][0]["InstanceCount"] == 252


@pytest.mark.rule("SEARCH-11", "QUOTA-03", "PLAN-01")
def test_the_quota_on_reserved_instances_counts_those_of_whole_servers(
    plans, search, buy, client, refusal
):
    virginia = client("sagemaker", "us-east-1")
    asked = {"using": virginia, "UltraServerType": "ml.u-p6e-gb200x36"}
    (offering,) = search(**asked, UltraServerCount=2)
    plans.quotas.set("ml.p6e-gb200.36xlarge", 26, region="us-east-1")
    buy("one", **asked)
    assert search(**asked)
    used = "is 26 Instances, with current utilization of 9 Instances and a request delta of 18"
    for call, members in (
        (search, {**asked, "UltraServerCount": 2}),
        (
            virginia.create_training_plan,
            {
                "TrainingPlanName": "two",
                "TrainingPlanOfferingId": offering["TrainingPlanOfferingId"],
            },
        ),
    ):
        code, message = refusal(call, **members)
        assert code == "ResourceLimitExceeded"
        assert used in message


@pytest.mark.rule("CATALOG-02", "SEARCH-04")
def test_ultra_servers_are_not_sold_outside_of_dallas(sagemaker, refusal):
    assert refusal(
        sagemaker.search_training_plan_offerings,
        UltraServerType="ml.u-p6e-gb200x36",
        DurationHours=24,
        TargetResources=["hyperpod-cluster"],
    ) == (
        "ValidationException",
        "Invalid instance type ml.u-p6e-gb200x36 for target resource hyperpod-cluster.",
    )


@pytest.mark.rule("SEARCH-12")
def test_a_count_of_instances_beside_ultra_servers_may_be_their_product(search, client):
    (offering,) = search(
        using=client("sagemaker", "us-east-1"),
        UltraServerType="ml.u-p6e-gb200x36",
        UltraServerCount=2,
        InstanceCount=18,
    )
    assert offering["ReservedCapacityOfferings"][0]["UltraServerCount"] == 2


@pytest.mark.rule("CATALOG-02")
def test_instances_of_an_ultra_server_are_not_sold_alone(client, refusal):
    assert refusal(
        client("sagemaker", "us-east-1").search_training_plan_offerings,
        InstanceType="ml.p6e-gb200.36xlarge",
        DurationHours=24,
    ) == (
        "ValidationException",
        "Instance type ml.p6e-gb200.36xlarge is only available in whole UltraServers: search by "
        "UltraServerType (ml.u-p6e-gb200x36, ml.u-p6e-gb200x72) instead.",
    )


@pytest.mark.rule("CATALOG-02")
def test_the_guides_sample_ultra_server_type_is_accepted_and_finds_nothing(search):
    assert search(UltraServerType="ml.c6i-32xlargesc", TargetResources=["hyperpod-cluster"]) == []


@pytest.mark.rule("CATALOG-06")
@pytest.mark.parametrize(
    ("region", "zone_id"), [("us-west-2", "usw2-az2"), ("ap-southeast-2", None)]
)
@needs("DescribeTrainingPlan.output.ReservedCapacitySummaries[].AvailabilityZoneId")
def test_the_id_of_a_zone_is_told_where_the_model_can_hold_it(client, buy, region, zone_id):
    sagemaker = client("sagemaker", region)
    buy(using=sagemaker, InstanceType="ml.p5.48xlarge")
    (capacity,) = sagemaker.describe_training_plan(TrainingPlanName="plan")[
        "ReservedCapacitySummaries"
    ]
    assert capacity["AvailabilityZone"] == f"{region}a"
    assert capacity.get("AvailabilityZoneId") == zone_id


@pytest.mark.rule("CATALOG-06", "CATALOG-07")
def test_phoenix_sells_p5e_to_clusters_and_its_zone_id_does_not_fit_into_the_model(
    plans, search, sagemaker
):
    def offered(target):
        return search(InstanceType="ml.p5e.48xlarge", TargetResources=[target])

    for zone in ("us-west-2a", "us-west-2b"):
        plans.capacity.set(zone, "ml.p5e.48xlarge", 0)
    assert offered("training-job") == offered("endpoint") == []
    (*_, offering) = offered("hyperpod-cluster")
    (block,) = offering["ReservedCapacityOfferings"]
    assert block["AvailabilityZone"] == "us-west-2-phx-2a"
    sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    (capacity,) = plan["ReservedCapacitySummaries"]
    assert (capacity["AvailabilityZone"], plan["Status"]) == ("us-west-2-phx-2a", "Scheduled")
    assert "AvailabilityZoneId" not in capacity
