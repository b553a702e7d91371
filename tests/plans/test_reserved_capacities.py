"""Reserved capacities, their UltraServers, and the tags of both plans and capacities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import START

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
        assert refusal(call, ReservedCapacityArn=RC) == (
            "ResourceNotFound",
            f"Reserved capacity {RC} was not found.",
        )


@pytest.mark.rule("PLAN-12")
def test_each_block_is_a_reserved_capacity_of_its_own_status(plans, buy_two_blocks, sagemaker):
    buy_two_blocks(count=2)
    summaries = sagemaker.describe_training_plan(TrainingPlanName="plan")[
        "ReservedCapacitySummaries"
    ]
    arns = [each["ReservedCapacityArn"] for each in summaries]
    assert arns == [RC, RC.replace("rc1", "rc2")]
    plans.clock.move_to(START + timedelta(days=1))
    described = [sagemaker.describe_reserved_capacity(ReservedCapacityArn=arn) for arn in arns]
    assert [
        (each["Status"], each["AvailabilityZone"], each["AvailableInstanceCount"])
        for each in described
    ] == [("Expired", "us-west-2a", 0), ("Scheduled", "us-west-2b", 2)]


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
@pytest.mark.parametrize("spares", [0, 3, 9])
def test_spares_cost_nothing_and_are_not_available(ultra_capacity, virginia, spares):
    arn = ultra_capacity(SpareInstanceCountPerUltraServer=spares)
    plan = virginia.describe_training_plan(TrainingPlanName="plan")
    assert plan["TotalInstanceCount"] == 9
    assert plan["AvailableInstanceCount"] == 9 - spares
    assert plan["AvailableSpareInstanceCount"] == spares
    (server,) = virginia.list_ultra_servers_by_reserved_capacity(ReservedCapacityArn=arn)[
        "UltraServers"
    ]
    assert server["AvailableInstanceCount"] == 9 - spares
    assert server["ConfiguredSpareInstanceCount"] == spares
    assert server["AvailableSpareInstanceCount"] == spares
    assert plan["UpfrontFee"] == "10295.23"  # 23.5 x 438.0948, as without spares
    summary = virginia.describe_reserved_capacity(ReservedCapacityArn=arn)["UltraServerSummary"]
    assert summary == {
        "UltraServerType": "ml.u-p6e-gb200x36",
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "UltraServerCount": 1,
        "AvailableSpareInstanceCount": spares,
        "UnhealthyInstanceCount": 0,
    }


@pytest.mark.rule("PLAN-13")
def test_a_server_cannot_have_more_spares_than_instances(search, virginia, refusal):
    offering = search(using=virginia, UltraServerType="ml.u-p6e-gb200x36")[0]
    assert refusal(
        virginia.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
        SpareInstanceCountPerUltraServer=10,
    ) == (
        "ValidationException",
        "SpareInstanceCountPerUltraServer 10 is more than the 9 instances of an ml.u-p6e-gb200x36.",
    )
    assert virginia.list_training_plans()["TrainingPlanSummaries"] == []


@pytest.mark.rule("PLAN-13")
def test_spares_of_a_plan_without_ultra_servers_are_ignored(buy, sagemaker):
    buy(InstanceCount=2, SpareInstanceCountPerUltraServer=5)
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert plan["AvailableInstanceCount"] == 2
    assert "AvailableSpareInstanceCount" not in plan


@pytest.mark.rule("PLAN-12")
def test_ultra_servers_are_listed_ten_a_page(plans, ultra_capacity, virginia, refusal):
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
    pages = virginia.get_paginator("list_ultra_servers_by_reserved_capacity").paginate(
        ReservedCapacityArn=arn, PaginationConfig={"PageSize": 5}
    )
    assert [page["UltraServers"] for page in pages] == [servers[:5], servers[5:10], servers[10:]]
    listing = virginia.list_ultra_servers_by_reserved_capacity
    assert refusal(listing, ReservedCapacityArn=arn, NextToken="x") == (
        "ValidationException",
        "Invalid NextToken.",
    )
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
@pytest.mark.parametrize("of_plan", [True, False])
def test_tags_are_added_replaced_and_removed(buy, sagemaker, of_plan):
    arn, other = (buy(Tags=TAGS), RC)[:: 1 if of_plan else -1]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "vision"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "vision"},
        TAGS[1],
    ]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team", "never-there"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [TAGS[1]]
    assert sagemaker.list_tags(ResourceArn=other)["Tags"] == TAGS


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
    assert refusal(sagemaker.add_tags, ResourceArn=arn, Tags=[TAGS[0], TAGS[0]]) == (
        "ValidationException",
        "Duplicate tag key team in the request.",
    )
    many = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    sagemaker.add_tags(ResourceArn=arn, Tags=many)
    assert refusal(sagemaker.add_tags, ResourceArn=arn, Tags=TAGS[:1]) == (
        "ResourceLimitExceeded",
        f"Resource {arn} can have at most 50 tags.",
    )
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == many


@pytest.mark.rule("PLAN-11")
def test_tags_of_plans_and_capacities_that_are_not_there_are_not_found(sagemaker, refusal):
    prefix = "arn:aws:sagemaker:us-west-2:123456789012:"
    for arn, text in (
        (f"{prefix}training-plan/none", "Training plan {} was not found."),
        (f"{prefix}reserved-capacity/none-rc1", "Reserved capacity {} was not found."),
    ):
        for call, members in (
            (sagemaker.list_tags, {}),
            (sagemaker.add_tags, {"Tags": TAGS}),
            (sagemaker.delete_tags, {"TagKeys": ["team"]}),
        ):
            expected = ("ResourceNotFound", text.format(arn))
            assert refusal(call, ResourceArn=arn, **members) == expected
