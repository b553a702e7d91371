"""Buying plans, paying for them, and what time makes of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from moto.core.utils import get_service_model

from moto_trainingplans.aws_json.validation import _input_checker
from tests.support.jobs import job_request

PLAN_ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"
HOUR = timedelta(hours=1)
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


@pytest.mark.rule("PLAN-01")
def test_a_plan_is_bought_by_the_id_of_an_offering(search, sagemaker):
    offering = search()[-1]
    answer = sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    assert answer["TrainingPlanArn"] == PLAN_ARN
    described = sagemaker.describe_training_plan(TrainingPlanName="plan")
    (block,) = offering["ReservedCapacityOfferings"]
    assert described["UpfrontFee"] == offering["UpfrontFee"]
    assert described["DurationHours"] == 24
    assert (described["StartTime"], described["EndTime"]) == (block["StartTime"], block["EndTime"])
    assert described["TargetResources"] == ["training-job"]


@pytest.mark.rule("PLAN-01")
def test_an_arn_is_of_the_partition_of_its_region(plans, buy, client):
    plans.capacity.set("cn-north-1a", "ml.p4d.24xlarge", 1)
    arn = buy(using=client("sagemaker", "cn-north-1"))
    assert arn == "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-plan/plan"


@pytest.mark.rule("PLAN-01")
def test_an_id_of_no_search_cannot_be_bought(sagemaker, refusal, unchanged):
    before = unchanged()
    unknown = "tpo-" + "0" * 64
    assert refusal(
        sagemaker.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=unknown
    ) == ("ResourceNotFound", f"Training plan offering {unknown} was not found.")
    assert unchanged() == before


@pytest.mark.rule("PLAN-01")
def test_another_regions_or_accounts_offering_cannot_be_bought(search, client, stranger, refusal):
    offering_id = search()[-1]["TrainingPlanOfferingId"]
    for using in (client("sagemaker", "us-east-1"), stranger("sagemaker")):
        assert refusal(
            using.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=offering_id
        ) == ("ResourceNotFound", f"Training plan offering {offering_id} was not found.")


@pytest.mark.rule("PLAN-01")
def test_a_name_stays_taken_after_the_plan_has_expired(
    plans, buy, search, sagemaker, refusal, unchanged
):
    buy()
    plans.clock.tick(timedelta(days=10))
    offering = search()[-1]
    before = unchanged()
    assert refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    ) == ("ResourceInUse", "A training plan with the name plan already exists.")
    assert unchanged() == before


@pytest.mark.rule("PLAN-02")
def test_an_offering_can_be_bought_until_its_first_block_starts(plans, search, sagemaker, refusal):
    offering = search()[-1]
    purchase = {"TrainingPlanOfferingId": offering["TrainingPlanOfferingId"]}
    plans.clock.move_to(START - timedelta(seconds=1))
    sagemaker.create_training_plan(TrainingPlanName="in-time", **purchase)
    plans.clock.move_to(START)
    assert refusal(sagemaker.create_training_plan, TrainingPlanName="late", **purchase) == (
        "ResourceNotFound",
        f"Training plan offering {offering['TrainingPlanOfferingId']} was not found.",
    )


@pytest.mark.rule("PLAN-02")
def test_the_same_offering_can_be_bought_again(search, sagemaker, plans):
    offering = search(InstanceCount=8)[-1]
    for name in ("first", "second"):
        sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 48


@pytest.mark.rule("PLAN-03", "PLAN-08")
def test_a_plan_is_active_during_its_blocks_and_scheduled_between_them(
    plans, two_blocks, sagemaker
):
    two_blocks(InstanceCount=4)
    seen, said = [], []
    for day in ("22T11:29", "22T11:30", "23T11:30", "24T11:30", "25T11:30"):
        plans.clock.move_to(f"2025-01-{day}:00Z")
        answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
        blocks = [each["Status"] for each in answer["ReservedCapacitySummaries"]]
        seen.append((answer["Status"], blocks, answer["AvailableInstanceCount"]))
        said.append(answer["StatusMessage"])
    assert seen == [
        ("Scheduled", ["Scheduled", "Scheduled"], 4),
        ("Active", ["Active", "Scheduled"], 4),
        ("Scheduled", ["Expired", "Scheduled"], 4),
        ("Active", ["Expired", "Active"], 4),
        ("Expired", ["Expired", "Expired"], 0),
    ]
    assert said == [
        "Payment confirmed, training plan scheduled.",
        "Reserved capacity block started.",
        "Reserved capacity block ended.",
        "Reserved capacity block started.",
        "The last reserved capacity block ended.",
    ]
    assert answer["TotalInstanceCount"] == 4  # a block's, not their sum


@pytest.mark.rule("PLAN-03")
def test_between_blocks_that_meet_a_plan_stays_active(plans, buy):
    plans.capacity.clear()
    for zone, start, end in (("us-west-2a", "22", "23"), ("us-west-2b", "23", "24")):
        plans.capacity.set(
            zone,
            "ml.p4d.24xlarge",
            1,
            start=f"2025-01-{start}T11:30:00Z",
            end=f"2025-01-{end}T11:30:00Z",
        )
    arn = buy(DurationHours=48)
    plans.clock.tick(timedelta(days=5))
    assert [change.after for change in plans.history(arn)][-2:] == ["Active", "Expired"]


@pytest.mark.rule("PLAN-07")
def test_a_plan_is_described_by_name_and_by_arn(buy, sagemaker):
    arn = buy()
    by_name, by_arn = (
        sagemaker.describe_training_plan(TrainingPlanName=name) for name in ("plan", arn)
    )
    by_name.pop("ResponseMetadata")
    by_arn.pop("ResponseMetadata")
    assert by_name == by_arn


@pytest.mark.rule("PLAN-07", "CLUSTER-11")
def test_every_plan_says_how_many_instances_are_unhealthy(plans, buy, sagemaker):
    arn = buy(InstanceCount=2)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["UnhealthyInstanceCount"] == 0
    plans.clock.move_to(START)
    plans.faults.fail_instances(arn)
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert (plan["UnhealthyInstanceCount"], plan["AvailableInstanceCount"]) == (1, 1)
    assert "AvailableSpareInstanceCount" not in plan
    assert "TotalUltraServerCount" not in plan


@pytest.mark.rule("PLAN-08")
def test_what_is_available_is_told_before_the_start_and_is_0_from_the_last_cut_off_on(
    plans, buy, sagemaker, jobs
):
    def look():
        plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
        (listed,) = sagemaker.list_training_plans()["TrainingPlanSummaries"]
        (block,) = plan["ReservedCapacitySummaries"]
        reserved = sagemaker.describe_reserved_capacity(
            ReservedCapacityArn=block["ReservedCapacityArn"]
        )
        names = ("TotalInstanceCount", "InUseInstanceCount", "AvailableInstanceCount")
        (seen,) = {tuple(each[name] for name in names) for each in (plan, listed, reserved)}
        return (plan["Status"], *seen)

    arn = buy(InstanceCount=4)
    jobs.create("job", arn)
    plans.jobs.run_for(2 * HOUR)
    assert look() == ("Scheduled", 4, 0, 4)
    plans.clock.move_to(START)
    assert look() == ("Active", 4, 1, 3)
    zone = "us-west-2a"
    plans.faults.zone_outage(zone, START + HOUR, START + 2 * HOUR)
    plans.clock.move_to(START + HOUR)
    assert look() == ("Active", 4, 0, 0)
    plans.clock.move_to(START + 2 * HOUR)
    assert look() == ("Active", 4, 1, 3)
    plans.clock.move_to(START + timedelta(days=1) - timedelta(minutes=30, seconds=1))
    assert look() == ("Active", 4, 0, 4)
    plans.clock.tick(1)
    assert look() == ("Active", 4, 0, 0)
    plans.clock.tick(timedelta(minutes=30))
    assert look() == ("Expired", 4, 0, 0)


@pytest.mark.rule("PLAN-08")
def test_in_the_last_minutes_of_a_block_that_another_follows_instances_are_still_told(
    plans, buy_two_blocks, sagemaker
):
    buy_two_blocks(count=2)
    plans.clock.move_to(START + timedelta(days=1) - timedelta(minutes=10))
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert (plan["TotalInstanceCount"], plan["AvailableInstanceCount"]) == (2, 2)


@pytest.mark.rule("PLAN-14")
@pytest.mark.parametrize("key", ["aws:team", "AWS:createdBy"])
def test_a_tag_of_awss_own_is_refused_wherever_it_is_given(
    buy, search, sagemaker, client, refusal, unchanged, key
):
    arn = buy()
    tags = [{"Key": "team", "Value": "nlp"}, {"Key": key, "Value": "x"}]
    offering_id = search()[-1]["TrainingPlanOfferingId"]
    before = unchanged()
    capacity = arn.replace("training-plan/plan", "reserved-capacity/plan-rc1")
    app = {"DomainId": "d-domain", "SpaceName": "space", "AppType": "JupyterLab"}
    for call, members in (
        (
            sagemaker.create_training_plan,
            {"TrainingPlanName": "other", "TrainingPlanOfferingId": offering_id, "Tags": tags},
        ),
        (sagemaker.add_tags, {"ResourceArn": arn, "Tags": tags}),
        (sagemaker.add_tags, {"ResourceArn": capacity, "Tags": tags}),
        (sagemaker.create_app, {**app, "AppName": "app", "Tags": tags}),
    ):
        code, message = refusal(call, **members)
        assert code == "ValidationException"
        assert message == f"Tag key {key} begins with aws:, which is reserved for AWS."
    tagging = client("resourcegroupstaggingapi")
    _, message = refusal(tagging.tag_resources, ResourceARNList=[arn], Tags={key: "x"})
    assert "reserved for AWS" in message
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
    assert unchanged() == before


@pytest.fixture
def newer_model():
    """A model that has a type and a target which the catalogue does not know."""
    shapes = get_service_model("sagemaker")._shape_resolver._shape_map
    added = {"ReservedCapacityInstanceType": "ml.p9.48xlarge", "SageMakerResourceName": "robots"}
    for name, value in added.items():
        shapes[name]["enum"].append(value)
    _input_checker.cache_clear()
    yield
    for name in added:
        shapes[name]["enum"].pop()
    _input_checker.cache_clear()


@pytest.mark.rule("PLAN-14", "SEARCH-04")
@pytest.mark.in_process("changes the model of this process")
@pytest.mark.parametrize(
    ("instance_type", "target"),
    [("ml.p9.48xlarge", "training-job"), ("ml.p4d.24xlarge", "robots")],
)
@pytest.mark.usefixtures("newer_model")
def test_what_a_newer_model_names_and_nobody_sells_is_refused_as_what_is_not_sold(
    sagemaker, refusal, instance_type, target
):
    asked = {"TargetResources": [target], "DurationHours": 24, "InstanceType": instance_type}
    code, message = refusal(sagemaker.search_training_plan_offerings, **asked)
    assert code == "ValidationException"
    assert message == f"Invalid instance type {instance_type} for target resource {target}."


@pytest.mark.rule("PLAN-07", "PLAN-10", "CAPACITY-03")
def test_another_account_or_region_neither_sees_nor_uses_a_plan(
    buy, jobs, client, stranger, refusal
):
    """But what one account has bought, another cannot: the Region's inventory is shared."""
    arn = buy(InstanceCount=64)
    capacity = arn.replace("training-plan/plan", "reserved-capacity/plan-rc1")
    not_found = ("ResourceNotFound", f"Training plan {arn} was not found.")
    jobs.create("own", arn)
    elsewhere, other = client("sagemaker", "us-east-1"), stranger("sagemaker")
    for using in (elsewhere, other):
        assert refusal(using.describe_training_plan, TrainingPlanName="plan") == (
            "ResourceNotFound",
            "Training plan plan was not found.",
        )
        assert refusal(using.describe_training_plan, TrainingPlanName=arn) == not_found
        assert using.list_training_plans()["TrainingPlanSummaries"] == []
        assert refusal(using.create_training_job, **job_request("job", arn, 1)) == not_found
        assert using.list_training_jobs()["TrainingJobSummaries"] == []
        assert refusal(using.describe_training_job, TrainingJobName="own") == (
            "ValidationException",
            "Requested resource not found.",
        )
        assert refusal(using.describe_reserved_capacity, ReservedCapacityArn=capacity) == (
            "ResourceNotFound",
            f"Reserved capacity {capacity} was not found.",
        )
        tags = [{"Key": "team", "Value": "nlp"}]
        assert refusal(using.add_tags, ResourceArn=arn, Tags=tags) == not_found
    offerings = other.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge", InstanceCount=64, DurationHours=24
    )["TrainingPlanOfferings"]
    zones = {
        each["ReservedCapacityOfferings"][0]["AvailabilityZone"]
        for each in offerings
        if each["ReservedCapacityOfferings"][0]["EndTime"] > START
    }
    assert zones == {"us-west-2b"}


@pytest.mark.rule("CLIENT-01")
def test_strict_clients_find_all_they_need_in_the_instant_after_the_purchase(buy, sagemaker):
    buy(InstanceCount=2)
    described = sagemaker.describe_training_plan(TrainingPlanName="plan")
    (listed,) = sagemaker.list_training_plans()["TrainingPlanSummaries"]
    for answer in (described, listed):
        assert answer["AvailableInstanceCount"] == answer["TotalInstanceCount"] == 2
        assert answer["InUseInstanceCount"] == 0
        assert Decimal(answer["UpfrontFee"]) == Decimal("637.79")
        (block,) = answer["ReservedCapacitySummaries"]
        assert block["ReservedCapacityArn"].endswith("reserved-capacity/plan-rc1")
        assert block["InstanceType"] == "ml.p4d.24xlarge"
        assert block["TotalInstanceCount"] == 2
        assert block["Status"] == "Scheduled"


@pytest.mark.rule("CATALOG-04")
def test_a_plans_fee_is_the_sum_of_its_blocks_rounded_once(two_blocks, sagemaker):
    two_blocks(InstanceCount=1)
    answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert answer["UpfrontFee"] == "637.79"  # 47 x 13.57; each block alone would be 318.89
