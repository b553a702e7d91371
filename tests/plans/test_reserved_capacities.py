"""Reserved capacities, their UltraServers, and the tags of both plans and capacities."""

from __future__ import annotations

from datetime import timedelta

import pytest

RC = "arn:aws:sagemaker:us-west-2:123456789012:reserved-capacity/plan-rc1"
TAGS = [{"Key": "team", "Value": "nlp"}, {"Key": "cost centre", "Value": "Zürich/7"}]


@pytest.fixture
def virginia(client):
    return client("sagemaker", "us-east-1")


@pytest.fixture
def ultra_capacity(buy, virginia):
    """Buys UltraServers and gives the ARN of their reserved capacity."""

    def run(**asked):
        buy(using=virginia, **{"UltraServerType": "ml.u-p6e-gb200x36", **asked})
        plan = virginia.describe_training_plan(TrainingPlanName="plan")
        return plan["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]

    return run


@pytest.mark.rule("PLAN-12")
def test_a_reserved_capacity_is_described_with_its_own_counts(plans, buy, sagemaker):
    buy(InstanceCount=4)
    answer = sagemaker.describe_reserved_capacity(ReservedCapacityArn=RC)
    assert answer["ReservedCapacityType"] == "Instance"
    assert answer["InstanceType"] == "ml.p4d.24xlarge"
    assert answer["AvailabilityZone"] == "us-west-2a"
    assert (answer["DurationHours"], answer["DurationMinutes"]) == (24, 0)
    counts = ("TotalInstanceCount", "AvailableInstanceCount", "InUseInstanceCount")
    assert [answer[count] for count in counts] == [4, 4, 0]
    assert answer["Status"] == "Scheduled"
    plans.clock.tick(timedelta(days=3))
    answer = sagemaker.describe_reserved_capacity(ReservedCapacityArn=RC)
    assert [answer[count] for count in counts] == [4, 0, 0]
    assert answer["Status"] == "Expired"


@pytest.mark.rule("PLAN-12")
def test_an_unknown_reserved_capacity_is_not_found(sagemaker, refusal):
    for call in (
        sagemaker.describe_reserved_capacity,
        sagemaker.list_ultra_servers_by_reserved_capacity,
    ):
        assert refusal(call, ReservedCapacityArn=RC)[0] == "ResourceNotFound"


@pytest.mark.rule("PLAN-07", "PLAN-13", "PLAN-08")
def test_a_plan_of_ultra_servers_keeps_one_spare_of_each_by_default(ultra_capacity, virginia):
    ultra_capacity(UltraServerCount=2)
    plan = virginia.describe_training_plan(TrainingPlanName="plan")
    assert plan["TotalUltraServerCount"] == 2
    assert plan["TotalInstanceCount"] == 18
    assert plan["AvailableSpareInstanceCount"] == 2
    assert plan["AvailableInstanceCount"] == 16
    assert plan["UnhealthyInstanceCount"] == 0
    assert "AvailabilityZoneId" not in plan["ReservedCapacitySummaries"][0]  # Dallas has a long one


@pytest.mark.rule("PLAN-13", "CATALOG-04")
def test_spares_cost_nothing_and_are_not_available(ultra_capacity, virginia):
    arn = ultra_capacity(SpareInstanceCountPerUltraServer=3)
    plan = virginia.describe_training_plan(TrainingPlanName="plan")
    assert plan["AvailableInstanceCount"] == 6
    assert plan["UpfrontFee"] == "10295.23"  # 23.5 x 438.0948, as without spares
    summary = virginia.describe_reserved_capacity(ReservedCapacityArn=arn)["UltraServerSummary"]
    assert summary == {
        "UltraServerType": "ml.u-p6e-gb200x36",
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "UltraServerCount": 1,
        "AvailableSpareInstanceCount": 3,
        "UnhealthyInstanceCount": 0,
    }


@pytest.mark.rule("PLAN-13")
def test_a_server_cannot_have_more_spares_than_instances(search, virginia, refusal):
    offering = search(using=virginia, UltraServerType="ml.u-p6e-gb200x36")[0]
    code, _ = refusal(
        virginia.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
        SpareInstanceCountPerUltraServer=10,
    )
    assert code == "ValidationException"
    assert virginia.list_training_plans()["TrainingPlanSummaries"] == []


@pytest.mark.rule("PLAN-13")
def test_spares_of_a_plan_without_ultra_servers_are_ignored(buy, sagemaker):
    buy(InstanceCount=2, SpareInstanceCountPerUltraServer=5)
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert plan["AvailableInstanceCount"] == 2
    assert "AvailableSpareInstanceCount" not in plan


@pytest.mark.rule("PLAN-12")
def test_ultra_servers_are_listed_ten_a_page(plans, ultra_capacity, virginia):
    plans.capacity.set("us-east-1-dfw-2a", "ml.u-p6e-gb200x36", 12)
    arn = ultra_capacity(UltraServerCount=12)
    first = virginia.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=arn)
    rest = virginia.list_ultra_servers_by_reserved_capacity(
        ReservedCapacityArn=arn, NextToken=first["NextToken"]
    )
    assert [len(first["UltraServers"]), len(rest["UltraServers"])] == [10, 2]
    assert "NextToken" not in rest
    servers = first["UltraServers"] + rest["UltraServers"]
    assert len({server["UltraServerId"] for server in servers}) == 12
    server = servers[0]
    assert server["UltraServerType"] == "ml.u-p6e-gb200x36"
    assert server["AvailabilityZone"] == "us-east-1-dfw-2a"
    assert server["TotalInstanceCount"] == 9
    assert server["ConfiguredSpareInstanceCount"] == server["AvailableSpareInstanceCount"] == 1
    assert server["AvailableInstanceCount"] == 8
    assert server["HealthStatus"] == "OK"


@pytest.mark.rule("PLAN-12")
def test_single_instances_have_no_ultra_servers_to_list(buy, sagemaker):
    buy()
    answer = sagemaker.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=RC)
    assert answer["UltraServers"] == []
    assert "NextToken" not in answer


@pytest.mark.rule("PLAN-11")
def test_tags_given_at_the_purchase_go_to_the_plan_and_its_capacities(buy, sagemaker):
    arn = buy(Tags=TAGS)
    for resource in (arn, RC):
        assert sagemaker.list_tags(ResourceArn=resource)["Tags"] == TAGS


@pytest.mark.rule("PLAN-11")
def test_tags_are_added_replaced_and_removed(buy, sagemaker):
    arn = buy(Tags=TAGS)
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "vision"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "vision"},
        TAGS[1],
    ]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team", "never-there"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [TAGS[1]]
    assert sagemaker.list_tags(ResourceArn=RC)["Tags"] == TAGS


@pytest.mark.rule("PLAN-11")
def test_the_tagging_api_finds_tags_and_untags_plans_and_capacities(buy, client, sagemaker):
    arn = buy(Tags=[{"Key": "team", "Value": "nlp"}])
    tagging = client("resourcegroupstaggingapi")

    def found(**wanted):
        answer = tagging.get_resources(**wanted)["ResourceTagMappingList"]
        return {each["ResourceARN"] for each in answer}

    assert found(TagFilters=[{"Key": "team", "Values": ["nlp"]}]) == {arn, RC}
    assert found(ResourceTypeFilters=["sagemaker:training-plan"]) == {arn}
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["nlp", "nlp"]
    tagging.tag_resources(ResourceARNList=[RC], Tags={"stage": "test"})
    assert found(TagFilters=[{"Key": "stage"}]) == {RC}
    tagging.untag_resources(ResourceARNList=[arn], TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


@pytest.mark.rule("PLAN-11", "VALIDATE-01")
def test_tags_that_cannot_be_are_refused(buy, sagemaker, refusal):
    arn = buy()
    code, _ = refusal(sagemaker.add_tags, ResourceArn=arn, Tags=[TAGS[0], TAGS[0]])
    assert code == "ValidationException"
    many = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    sagemaker.add_tags(ResourceArn=arn, Tags=many)
    code, _ = refusal(sagemaker.add_tags, ResourceArn=arn, Tags=TAGS)
    assert code == "ResourceLimitExceeded"
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == many
    code, _ = refusal(sagemaker.list_tags, ResourceArn=arn + "-not")
    assert code == "ResourceNotFound"
