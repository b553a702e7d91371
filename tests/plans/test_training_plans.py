"""Buying plans, paying for them, and what time makes of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from moto.core.utils import get_service_model
from moto.moto_api import state_manager

from moto_trainingplans.aws_json.validation import _input_checker

PLAN_ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-plan/plan"
HOUR = timedelta(hours=1)
START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


@pytest.fixture
def status(sagemaker):
    """Looks up a plan's status."""

    def look(name="plan"):
        return sagemaker.describe_training_plan(TrainingPlanName=name)["Status"]

    return look


@pytest.fixture
def two_blocks(plans, buy):
    """A plan of two days with a day between them."""

    def run(**asked):
        plans.capacity.clear()
        for start, end in (("22", "23"), ("24", "25")):
            plans.capacity.set(
                "us-west-2a",
                "ml.p4d.24xlarge",
                8,
                start=f"2025-01-{start}T11:30:00Z",
                end=f"2025-01-{end}T11:30:00Z",
            )
        return buy(DurationHours=48, **asked)

    return run


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
def test_an_id_of_no_search_cannot_be_bought(sagemaker, refusal, unchanged):
    before = unchanged()
    code, _ = refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId="tpo-" + "0" * 64,
    )
    assert code == "ResourceNotFound"
    assert unchanged() == before


@pytest.mark.rule("PLAN-01")
def test_another_regions_offering_cannot_be_bought(search, client, refusal):
    offering = search()[-1]
    code, _ = refusal(
        client("sagemaker", "us-east-1").create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    )
    assert code == "ResourceNotFound"


@pytest.mark.rule("PLAN-01")
def test_a_name_stays_taken_after_the_plan_has_expired(
    plans, buy, search, sagemaker, refusal, unchanged
):
    buy()
    plans.clock.tick(timedelta(days=10))
    offering = search()[-1]
    before = unchanged()
    code, _ = refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="plan",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    )
    assert code == "ResourceInUse"
    assert unchanged() == before


@pytest.mark.rule("PLAN-01", "QUOTA-03")
def test_the_26th_plan_is_past_the_default_quota(buy, search, sagemaker, refusal, unchanged):
    for number in range(25):
        buy(f"plan-{number}")
    offering = search()[-1]
    before = unchanged()
    code, message = refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="one-more",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    )
    assert code == "ResourceLimitExceeded"
    assert "is 25 " in message
    assert "current utilization of 25 " in message
    assert "request delta of 1 " in message
    assert unchanged() == before


@pytest.mark.rule("PLAN-01", "QUOTA-03", "CLIENT-06")
def test_reserved_instances_past_the_quota_are_refused_with_use_and_delta(
    plans, search, buy, sagemaker, refusal
):
    offering = search(InstanceCount=8)[-1]
    plans.quotas.set("reserved-capacity-ml-p4d-24xlarge", 12, region="us-west-2")
    buy("first", InstanceCount=8)
    code, message = refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="second",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    )
    assert code == "ResourceLimitExceeded"
    assert (
        "'Number of ml.p4d.24xlarge instances in reserved capacity across training plans per "
        "Region' is 12 Instances, with current utilization of 8 Instances and a request delta of "
        "8 Instances" in message
    )


@pytest.mark.rule("QUOTA-03")
def test_plans_that_are_over_no_longer_count_against_the_quota(plans, buy):
    plans.quotas.set("ml.p4d.24xlarge", 8, region="us-west-2")
    buy("first", InstanceCount=8)
    plans.clock.tick(timedelta(days=3))
    assert buy("second", InstanceCount=8)


@pytest.mark.rule("QUOTA-03")
def test_a_quota_can_be_set_for_one_account_or_for_all(plans, client, refusal):
    plans.quotas.set("Number of training plans per Region", 0, region="us-west-2")
    plans.quotas.set("training-plan-total_count", 1, region="us-west-2", account="123456789012")
    own = client("sagemaker")
    offering = own.search_training_plan_offerings(InstanceType="ml.p4d.24xlarge", DurationHours=24)[
        "TrainingPlanOfferings"
    ][-1]
    bought = {
        "TrainingPlanName": "plan",
        "TrainingPlanOfferingId": offering["TrainingPlanOfferingId"],
    }
    own.create_training_plan(**bought)
    code, _ = refusal(own.create_training_plan, **{**bought, "TrainingPlanName": "other"})
    assert code == "ResourceLimitExceeded"


@pytest.mark.rule("PLAN-02")
def test_an_offering_can_be_bought_until_its_first_block_starts(plans, search, sagemaker, refusal):
    offering = search()[-1]
    purchase = {"TrainingPlanOfferingId": offering["TrainingPlanOfferingId"]}
    plans.clock.move_to(START - timedelta(seconds=1))
    sagemaker.create_training_plan(TrainingPlanName="in-time", **purchase)
    plans.clock.move_to(START)
    code, _ = refusal(sagemaker.create_training_plan, TrainingPlanName="late", **purchase)
    assert code == "ResourceNotFound"


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
    seen = []
    for day in ("22T11:29", "22T11:30", "23T11:30", "24T11:30", "25T11:30"):
        plans.clock.move_to(f"2025-01-{day}:00Z")
        answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
        blocks = [each["Status"] for each in answer["ReservedCapacitySummaries"]]
        seen.append((answer["Status"], blocks, answer["AvailableInstanceCount"]))
    assert seen == [
        ("Scheduled", ["Scheduled", "Scheduled"], 4),
        ("Active", ["Active", "Scheduled"], 4),
        ("Scheduled", ["Expired", "Scheduled"], 4),
        ("Active", ["Expired", "Active"], 4),
        ("Expired", ["Expired", "Expired"], 0),
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


@pytest.mark.rule("PLAN-03", "PLAN-04")
def test_a_plan_is_pending_until_it_is_paid(plans, buy, sagemaker):
    plans.payments.delay(timedelta(minutes=10))
    buy()
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Pending"
    plans.clock.tick(timedelta(minutes=10))
    answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert answer["Status"] == "Scheduled"
    assert answer["StatusMessage"] == "Payment confirmed, training plan scheduled."


@pytest.mark.rule("PLAN-04")
def test_invoice_and_payment_are_in_the_plans_history(plans, buy):
    plans.payments.delay(60)
    arn = buy()
    plans.clock.tick(60)
    bought = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)
    paid = bought + timedelta(minutes=1)
    assert [(c.time, c.before, c.after) for c in plans.history(arn)] == [
        (bought, None, "Pending"),
        (bought, "Pending", "Pending"),
        (paid, "Pending", "Pending"),
        (paid, "Pending", "Scheduled"),
    ]
    invoice, payment = plans.history(arn)[1:3]
    assert "Invoice of 318.89 USD" in invoice.reason
    assert "Payment of 318.89 USD" in payment.reason


@pytest.mark.rule("PLAN-03", "PLAN-04", "CAPACITY-02")
def test_a_payment_that_fails_fails_the_plan_and_gives_its_capacity_back(plans, buy, sagemaker):
    plans.payments.delay(60)
    plans.payments.fail_next(message="The card was declined.")
    buy(InstanceCount=8)
    look = {"target": "training-job", "zone": "us-west-2a", "instance_type": "ml.p4d.24xlarge"}
    assert plans.capacity.free(**look) == 56
    plans.clock.tick(60)
    answer = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert (answer["Status"], answer["StatusMessage"]) == ("Failed", "The card was declined.")
    assert [each["Status"] for each in answer["ReservedCapacitySummaries"]] == ["Failed"]
    assert answer["AvailableInstanceCount"] == 0
    assert plans.capacity.free(**look) == 64
    buy("next")
    assert sagemaker.describe_training_plan(TrainingPlanName="next")["Status"] == "Pending"
    plans.clock.tick(60)
    assert sagemaker.describe_training_plan(TrainingPlanName="next")["Status"] == "Scheduled"


@pytest.mark.rule("PLAN-04", "TIME-02")
@pytest.mark.in_process("sets the state manager of this process")
def test_the_state_manager_can_have_a_plan_described_so_often_before_it_is_paid(buy, status):
    state_manager.set_transition("sagemaker::training_plan", {"progression": "manual", "times": 3})
    try:
        buy()
        assert [status(), status(), status()] == ["Pending", "Pending", "Scheduled"]
    finally:
        state_manager.unset_transition("sagemaker::training_plan")


@pytest.mark.rule("PLAN-05")
@pytest.mark.parametrize(("seconds_late", "expected"), [(0, "Scheduled"), (1, "Failed")])
def test_payment_is_due_five_minutes_before_the_start(plans, buy, status, seconds_late, expected):
    deadline = START - timedelta(minutes=5)
    plans.payments.delay(deadline - plans.clock.now() + timedelta(seconds=seconds_late))
    arn = buy()
    plans.clock.move_to(deadline - timedelta(seconds=1))
    assert status() == "Pending"
    plans.clock.move_to(deadline)
    assert status() == expected
    assert plans.history(arn)[-1].time == deadline
    if expected == "Failed":
        assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 64


@pytest.mark.rule("PLAN-05")
def test_a_plan_bought_after_the_deadline_fails_at_once(plans, search, sagemaker, status):
    offering = search()[-1]
    plans.clock.move_to(START - timedelta(minutes=4))
    sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    assert status() == "Failed"
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 64


@pytest.mark.rule("PLAN-06", "CAPACITY-02")
def test_of_two_buyers_of_the_last_instances_the_later_ones_plan_fails(plans, search, sagemaker):
    plans.capacity.clear()
    plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 8)
    offering = search(InstanceCount=8)[-1]
    arns = [
        sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]
        for name in ("first", "second")
    ]
    winner, loser = (sagemaker.describe_training_plan(TrainingPlanName=arn) for arn in arns)
    assert winner["Status"] == "Scheduled"
    assert loser["Status"] == "Failed"
    assert "capacity" in loser["StatusMessage"]
    assert [each["Status"] for each in loser["ReservedCapacitySummaries"]] == ["Failed"]
    assert not any("Invoice" in change.reason for change in plans.history(arns[1]))
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 0


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
def test_another_account_or_region_does_not_see_a_plan(buy, client, refusal):
    """But what one account has bought, another cannot: the Region's inventory is shared."""
    arn = buy(InstanceCount=64)
    elsewhere = client("sagemaker", "us-east-1")
    other = client("sagemaker")
    other.meta.events.register(
        "before-sign.sagemaker",
        lambda request, **_: request.headers.add_header("x-moto-account-id", "111122223333"),
    )
    for stranger in (elsewhere, other):
        for name in ("plan", arn):
            code, _ = refusal(stranger.describe_training_plan, TrainingPlanName=name)
            assert code == "ResourceNotFound"
        assert stranger.list_training_plans()["TrainingPlanSummaries"] == []
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
