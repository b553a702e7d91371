"""Extending a plan that was bought."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
END = datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc)  # of the plan that `buy` buys
P4D_A_DAY = Decimal("13.57") * 24
STEPS = [*range(1, 15), *range(21, 183, 7)]


def days_of(offerings):
    return [offering["DurationHours"] // 24 for offering in offerings]


def buy_extension(sagemaker, offering):
    return sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )


@pytest.mark.rule("EXTEND-02", "SEARCH-13")
def test_every_step_is_offered_by_the_day_then_by_the_week_shortest_first(buy, extensions):
    offerings = extensions(buy())
    assert days_of(offerings) == STEPS
    for offering, days in zip(offerings, STEPS, strict=True):
        assert offering["StartDate"] == END
        assert offering["EndDate"] == END + days * DAY
        assert Decimal(offering["UpfrontFee"]) == P4D_A_DAY * days
        assert offering["CurrencyCode"] == "USD"
        assert offering["AvailabilityZone"] == "us-west-2a"
    ids = {offering["TrainingPlanExtensionOfferingId"] for offering in offerings}
    assert len(ids) == len(STEPS)
    assert all(each.startswith("tpeo-") and len(each) == 5 + 64 for each in ids)


@pytest.mark.rule("EXTEND-02")
@pytest.mark.parametrize(
    ("hours", "days"), [(1, 1), (24, 1), (25, 2), (15 * 24, 21), (22 * 24, 28), (182 * 24, 182)]
)
def test_the_smallest_step_that_is_enough_is_offered_for_a_duration(buy, extensions, hours, days):
    assert days_of(extensions(buy(), DurationHours=hours)) == [days]


@pytest.mark.rule("EXTEND-02")
def test_an_extension_reaches_as_far_as_the_capacity_of_its_zone(buy, extensions, plans):
    arn = buy()
    plans.capacity.set(
        "us-west-2a", "ml.p4d.24xlarge", 1, target="training-job", start=END + 3 * DAY
    )
    plans.capacity.set(
        "us-west-2a", "ml.p4d.24xlarge", 0, target="training-job", start=END + 3.5 * DAY
    )
    assert days_of(extensions(arn)) == [1, 2, 3]
    assert extensions(arn, DurationHours=96) == []


@pytest.mark.rule("EXTEND-02")
def test_an_extension_is_had_in_the_zone_of_the_last_block_alone(
    plans, buy_two_blocks, extensions, sagemaker
):
    arn = buy_two_blocks()
    end = sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"]
    plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 1, start=end)
    assert extensions(arn) == []
    plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 1, start=end)
    offered = extensions(arn, DurationHours=24)
    assert [each["AvailabilityZone"] for each in offered] == ["us-west-2b"]


@pytest.mark.rule("EXTEND-03", "EXTEND-04", "EXTEND-02")
def test_an_extension_lengthens_the_plans_last_block_in_place(buy, extend, sagemaker, plans):
    arn = buy(DurationHours=48)
    before = sagemaker.describe_training_plan(TrainingPlanName="plan")
    extension = extend(arn, days=2)
    assert (extension["Status"], extension["PaymentStatus"]) == ("Scheduled", "Completed")
    assert extension["ExtendedAt"] == plans.clock.now()
    assert extension["AvailabilityZoneId"] == "usw2-az2"
    after = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert after["UpfrontFee"] == before["UpfrontFee"]
    assert after["EndTime"] - before["EndTime"] == 2 * DAY
    assert after["DurationHours"] - before["DurationHours"] == 48
    (old,), (new,) = before["ReservedCapacitySummaries"], after["ReservedCapacitySummaries"]
    assert new["ReservedCapacityArn"] == old["ReservedCapacityArn"]
    assert new["EndTime"] == after["EndTime"]
    assert new["DurationHours"] == old["DurationHours"] + 48
    plans.clock.move_to(before["EndTime"] + MINUTE)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Active"
    plans.clock.move_to(after["EndTime"])
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Expired"


@pytest.mark.rule("EXTEND-03")
def test_only_the_last_of_two_blocks_gets_longer(buy, extend, sagemaker, plans):
    for zone in ("us-west-2a", "us-west-2b"):
        plans.capacity.set(zone, "ml.p4d.24xlarge", 0, start=END, end=END + DAY)
    arn = buy(which=1, DurationHours=72)
    first, second = sagemaker.describe_training_plan(TrainingPlanName="plan")[
        "ReservedCapacitySummaries"
    ]
    plans.clock.move_to(first["EndTime"] + MINUTE)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    extend(arn)
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    blocks = plan["ReservedCapacitySummaries"]
    assert [block["EndTime"] for block in blocks] == [first["EndTime"], second["EndTime"] + DAY]
    assert [block["Status"] for block in blocks] == ["Expired", "Scheduled"]


@pytest.mark.rule("EXTEND-03", "EXTEND-04")
def test_a_plan_can_be_extended_again_and_each_extension_is_active_in_its_own_time(
    buy, extend, history, plans
):
    arn = buy()
    extend(arn)
    extend(arn, days=2)
    seen = [history(arn)]
    for when in (END, END + DAY, END + 3 * DAY):
        plans.clock.move_to(when)
        seen.append(history(arn))
    assert [[status for _, status, _ in each] for each in seen] == [
        ["Scheduled", "Scheduled"],
        ["Active", "Scheduled"],
        ["Expired", "Active"],
        ["Expired", "Expired"],
    ]
    assert [(hours, payment) for hours, _, payment in seen[-1]] == [
        (24, "Completed"),
        (48, "Completed"),
    ]


@pytest.mark.rule("EXTEND-04")
def test_the_history_comes_in_pages(buy, extend, sagemaker, refusal):
    arn = buy()
    for _ in range(12):
        extend(arn)
    first = sagemaker.describe_training_plan_extension_history(TrainingPlanArn=arn)
    second = sagemaker.describe_training_plan_extension_history(
        TrainingPlanArn=arn, NextToken=first["NextToken"], MaxResults=2
    )
    assert "NextToken" not in second
    pages = [first["TrainingPlanExtensions"], second["TrainingPlanExtensions"]]
    starts = [[each["StartDate"] for each in page] for page in pages]
    assert starts == [
        [END + days * DAY for days in range(10)],
        [END + days * DAY for days in range(10, 12)],
    ]
    assert refusal(
        sagemaker.describe_training_plan_extension_history, TrainingPlanArn=arn, NextToken="x"
    ) == ("ValidationException", "Invalid NextToken.")


@pytest.mark.rule("EXTEND-01")
@pytest.mark.parametrize(
    ("before_end", "possible"),
    [
        (57 * DAY + MINUTE, False),
        (57 * DAY, True),
        (timedelta(hours=1), True),
        (timedelta(minutes=59), False),
    ],
)
def test_a_plan_can_be_extended_from_57_days_until_an_hour_before_its_end(
    buy, extensions, extend, sagemaker, plans, refusal, unchanged, before_end, possible
):
    arn = buy(DurationHours=60 * 24)
    end = sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"]
    if before_end < 30 * DAY:
        plans.clock.move_to(end - 30 * DAY)
    offered = extensions(arn, DurationHours=24)
    plans.clock.move_to(end - before_end)
    if possible:
        assert extend(arn)["Status"] == "Scheduled"
        return
    assert extensions(arn) == []
    if offered:
        before = unchanged()
        assert refusal(
            sagemaker.extend_training_plan,
            TrainingPlanExtensionOfferingId=offered[0]["TrainingPlanExtensionOfferingId"],
        ) == (
            "ValidationException",
            f"Training plan {arn} cannot be extended: it must expire in 1 hour to 57 days, and "
            f"expires at {end.astimezone(timezone.utc)}.",
        )
        assert unchanged() == before


@pytest.mark.rule("EXTEND-01")
def test_a_plan_that_is_neither_scheduled_nor_active_cannot_be_extended(
    buy, extensions, sagemaker, plans, refusal
):
    plans.payments.delay(timedelta(hours=1))
    arn = buy()
    assert extensions(arn) == []
    plans.clock.tick(timedelta(hours=1))
    offering = extensions(arn)[0]
    plans.clock.move_to(END)
    assert extensions(arn) == []
    assert refusal(
        sagemaker.extend_training_plan,
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"],
    ) == (
        "ValidationException",
        f"Training plan {arn} cannot be extended: it must be Scheduled or Active, and is Expired.",
    )


@pytest.mark.rule("EXTEND-03")
def test_an_offering_that_was_bought_or_no_longer_fits_its_plan_is_not_found(
    buy, extensions, sagemaker, plans, refusal
):
    arn = buy()
    one, two = extensions(arn)[:2]
    plans.payments.delay(timedelta(hours=1))
    buy_extension(sagemaker, one)

    def assert_not_found(offering_id):
        assert refusal(
            sagemaker.extend_training_plan, TrainingPlanExtensionOfferingId=offering_id
        ) == (
            "ResourceNotFound",
            f"Training plan extension offering {offering_id} was not found.",
        )

    assert_not_found(one["TrainingPlanExtensionOfferingId"])
    plans.clock.tick(timedelta(hours=1))
    assert_not_found(one["TrainingPlanExtensionOfferingId"])
    assert_not_found(two["TrainingPlanExtensionOfferingId"])
    assert_not_found("tpeo-" + 64 * "0")
    # Until the same end, but from another start on.
    (anew,) = extensions(arn, DurationHours=24)
    assert anew["EndDate"] == two["EndDate"]
    assert anew["TrainingPlanExtensionOfferingId"] != two["TrainingPlanExtensionOfferingId"]
    assert_not_found(two["TrainingPlanExtensionOfferingId"])


@pytest.mark.rule("SEARCH-13", "EXTEND-04")
def test_only_plans_of_this_account_and_region_have_extensions(
    buy, client, stranger, sagemaker, refusal
):
    arn = buy()
    text = f"Training plan {arn} was not found."
    for other in (client("sagemaker", region="us-east-1"), stranger("sagemaker")):
        assert refusal(other.search_training_plan_offerings, TrainingPlanArn=arn) == (
            "ValidationException",
            text,
        )
        assert refusal(other.describe_training_plan_extension_history, TrainingPlanArn=arn) == (
            "ResourceNotFound",
            text,
        )
    assert refusal(sagemaker.search_training_plan_offerings, TrainingPlanArn="plan") == (
        "ValidationException",
        "Training plan plan was not found.",
    )


@pytest.mark.rule("SEARCH-13", "VALIDATE-02")
def test_other_members_of_the_search_must_be_as_the_plan_is(buy, extensions, sagemaker, refusal):
    arn = buy()
    same = {"TargetResources": ["training-job"], "InstanceType": "ml.p4d.24xlarge"}
    assert len(extensions(arn, InstanceCount=1, **same)) == len(STEPS)
    unlike = "{} {} cannot be had in an extension of training plan " + arn + ", which has {}."
    for other, text in (
        (
            {"TargetResources": ["hyperpod-cluster"]},
            unlike.format("TargetResources", "hyperpod-cluster", "training-job"),
        ),
        (
            {"InstanceType": "ml.p5.48xlarge"},
            unlike.format("InstanceType", "ml.p5.48xlarge", "ml.p4d.24xlarge"),
        ),
        ({"InstanceCount": 2}, unlike.format("InstanceCount", 2, 1)),
        (
            {"UltraServerType": "ml.u-p6e-gb200x72"},
            unlike.format("UltraServerType", "ml.u-p6e-gb200x72", "none"),
        ),
        ({"UltraServerCount": 1}, unlike.format("UltraServerCount", 1, "none")),
        (
            {"DurationHours": 182 * 24 + 1},
            "DurationHours 4369 is more than the 182 days that an extension can have.",
        ),
        (
            {"StartTimeAfter": END, "EndTimeBefore": END + 0.5 * DAY},
            f"EndTimeBefore {END + 0.5 * DAY} must be at least 24 hours after StartTimeAfter "
            f"{END}.",
        ),
    ):
        search = sagemaker.search_training_plan_offerings
        assert refusal(search, TrainingPlanArn=arn, **other) == ("ValidationException", text)


@pytest.mark.rule("SEARCH-13", "VALIDATE-02")
def test_extensions_lie_inside_the_window_of_the_search(buy, extensions):
    arn = buy()
    assert days_of(extensions(arn, StartTimeAfter=END, EndTimeBefore=END + 2 * DAY)) == [1, 2]
    assert extensions(arn, StartTimeAfter=END + MINUTE) == []


@pytest.mark.rule("EXTEND-02", "EXTEND-03")
def test_whole_ultra_servers_are_extended(buy, client, extensions):
    sagemaker = client("sagemaker", region="us-east-1")
    arn = buy(using=sagemaker, UltraServerType="ml.u-p6e-gb200x72")
    offering = extensions(arn, using=sagemaker, DurationHours=24)[0]
    assert offering["UpfrontFee"] == "21028.55"  # 24 x 876.1896, no second cut-off
    (extension,) = buy_extension(sagemaker, offering)["TrainingPlanExtensions"]
    assert "AvailabilityZoneId" not in extension
    assert extension["AvailabilityZone"] == "us-east-1-dfw-2a"


@pytest.mark.rule("TIME-03", "EXTEND-04")
def test_the_history_is_the_same_however_the_clock_gets_there(buy, extend, plans):
    def run(step):
        plans.reset()
        plans.payments.delay(timedelta(minutes=10))
        arn = buy()
        plans.clock.tick(timedelta(minutes=10))
        extend(arn)
        while plans.clock.now() < END + 2 * DAY:
            plans.clock.tick(step)
        return [each for each in plans.history() if each.time <= END + 2 * DAY]

    assert run(timedelta(hours=7)) == run(5 * DAY)


@pytest.mark.rule("CLIENT-08")
def test_extensions_are_cleared_by_a_reset(buy, extend, history, plans, sagemaker, refusal):
    arn = buy()
    extend(arn)
    plans.reset()
    assert refusal(sagemaker.describe_training_plan_extension_history, TrainingPlanArn=arn) == (
        "ResourceNotFound",
        f"Training plan {arn} was not found.",
    )
    assert buy() == arn
    assert history(arn) == []
