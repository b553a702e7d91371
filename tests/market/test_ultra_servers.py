"""Searching for whole UltraServers, and for what Local Zones alone have."""

from __future__ import annotations

import pytest

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
    ("asked", "says"),
    [
        ({"UltraServerCount": 15}, "270 instances"),
        ({"UltraServerCount": 2, "InstanceCount": 18}, "36 instances"),
        ({"InstanceType": "ml.p5.48xlarge"}, "does not consist of ml.p5.48xlarge"),
        ({"UltraServerType": "ml.u-p6e-gb300x72"}, "ml.u-p6e-gb300x72"),
        ({"UltraServerType": "ml.p6e-gb200.36xlarge"}, "ml.p6e-gb200.36xlarge"),
    ],
)
def test_ultra_servers_that_cannot_be_are_refused(client, refusal, asked, says):
    code, message = refusal(
        client("sagemaker", "us-east-1").search_training_plan_offerings,
        **{"UltraServerType": "ml.u-p6e-gb200x72", "DurationHours": 24, **asked},
    )
    assert code == "ValidationException"
    assert says in message


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
    code, message = refusal(
        client("sagemaker", "us-east-1").search_training_plan_offerings,
        InstanceType="ml.p6e-gb200.36xlarge",
        DurationHours=24,
    )
    assert code == "ValidationException"
    assert "whole UltraServers" in message


@pytest.mark.rule("CATALOG-02")
def test_the_guides_sample_ultra_server_type_is_accepted_and_finds_nothing(search):
    assert search(UltraServerType="ml.c6i-32xlargesc", TargetResources=["hyperpod-cluster"]) == []


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
