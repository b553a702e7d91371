"""What offerings cost: the book of dated prices, held against what AWS was seen to ask."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import ROUND_HALF_DOWN, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from moto_trainingplans.simulation.kernel.errors import TrainingPlansError
from moto_trainingplans.simulation.market.catalog import Target, load_catalog
from moto_trainingplans.simulation.market.data_files import Certainty
from moto_trainingplans.simulation.market.prices import load_prices

P5 = "ml.p5.48xlarge"
with (Path(__file__).parent / "observations.csv").open(encoding="utf-8", newline="") as file:
    OBSERVATIONS = list(csv.DictReader(file))
RATES = [each for each in OBSERVATIONS if each["kind"] == "rate"]
FEES = [each for each in OBSERVATIONS if each["kind"] == "fee"]


def row_id(row):
    return "-".join((row["date"][:10], row["region"], row["type"], row["duration"]))


def cents(amount):
    return str(Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_DOWN))


@pytest.mark.rule("CATALOG-03", "CATALOG-07")
@pytest.mark.parametrize("published", sorted({each["date"] for each in RATES}))
def test_every_rate_on_sagemakers_own_price_list_is_asked_from_its_day_on(
    plans, client, search, published
):
    plans.clock.move_to(published)
    rows = [row for row in RATES if row["date"] == published]
    regions = {row["region"]: client("sagemaker", row["region"]) for row in rows}
    asked = {
        # Endpoints pay for every hour: here for 64 x 24 of them.
        (row["region"], row["type"]): search(
            using=regions[row["region"]],
            InstanceType=row["type"],
            InstanceCount=64,
            TargetResources=["endpoint"],
        )[-1]["UpfrontFee"]
        for row in rows
    }
    assert asked == {
        (row["region"], row["type"]): cents(Decimal(row["amount"]) * 64 * 24) for row in rows
    }


@pytest.mark.rule("CATALOG-04")
@pytest.mark.parametrize("row", FEES, ids=row_id)
def test_every_fee_that_was_seen_comes_out_to_the_cent(plans, client, search, row):
    # At this time of day an immediate start leaves 15 h 47 min of the day.
    plans.clock.move_to(f"{row['date']}T19:12:30Z")
    offerings = search(
        using=client("sagemaker", row["region"]),
        InstanceType=row["type"],
        InstanceCount=int(row["count"]),
        TargetResources=[row["target"]],
    )
    fees = {
        f"{each['DurationHours']}h{each['DurationMinutes']:02}m": each["UpfrontFee"]
        for each in offerings
    }
    assert fees[row["duration"]] == row["amount"]


@pytest.mark.rule("CATALOG-04")
@pytest.mark.training_plans(now="2026-06-15T12:00:00Z")
def test_instances_and_days_count_and_the_cut_off_is_not_paid_for(client, search):
    def fee(target, count, hours):
        (*_, offering) = search(
            using=client("sagemaker", "us-east-1"),
            InstanceType=P5,
            InstanceCount=count,
            DurationHours=hours,
            TargetResources=[target],
        )
        return offering["UpfrontFee"]

    assert fee("hyperpod-cluster", 2, 24) == "1830.76"
    assert fee("hyperpod-cluster", 2, 48) == "3741.12"
    for target, paid_hours in (
        ("training-job", Decimal("23.5")),
        ("studio-apps", Decimal("23.5")),
        ("hyperpod-cluster", 23),
        ("endpoint", 24),
    ):
        assert fee(target, 1, 24) == cents(Decimal("39.7992") * paid_hours), target


@pytest.mark.rule("CATALOG-04")
def test_a_fee_is_rounded_once_over_both_blocks_of_a_plan_each_without_its_cut_off(
    plans, buy_two_blocks, sagemaker
):
    plans.prices.set("ml.p4d.24xlarge", "0.0032")
    buy_two_blocks()
    # 0.0752 a block, 0.1504 for both: 0.15, where two blocks rounded apart would be 0.16.
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    assert (plan["UpfrontFee"], plan["CurrencyCode"]) == ("0.15", "USD")


@pytest.mark.rule("CATALOG-04")
@pytest.mark.parametrize(
    ("rate", "fee"), [("0.000625", "0.01"), ("0.00062501", "0.02"), ("0.001875", "0.04")]
)
def test_half_a_cent_is_rounded_down_and_all_else_to_the_nearest_cent(plans, search, rate, fee):
    """A day of an endpoint's plan costs 24 times the rate: 1.5 cents, a bit more, and 4.5."""
    plans.prices.set("ml.p4d.24xlarge", rate)
    (*_, offering) = search(TargetResources=["endpoint"])
    assert offering["UpfrontFee"] == fee


@pytest.mark.rule("CATALOG-03")
@pytest.mark.training_plans(now="2026-06-30T23:59:59Z")
def test_the_rate_is_that_of_the_search_and_stays_the_offerings_and_the_plans(
    plans, client, search
):
    east = client("sagemaker", "us-east-1")
    (*_, offering) = search(using=east, InstanceType=P5)
    assert offering["UpfrontFee"] == cents(Decimal("39.7992") * Decimal("23.5"))
    plans.clock.tick(1)
    (*_, dearer) = search(using=east, InstanceType=P5, StartTimeAfter="2026-07-02T00:00:00Z")
    assert dearer["UpfrontFee"] == cents(Decimal("47.7572") * Decimal("23.5"))
    east.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    plans.clock.tick(timedelta(days=1))
    plan = east.describe_training_plan(TrainingPlanName="plan")
    assert plan["UpfrontFee"] == offering["UpfrontFee"]


def a_day_of_each_type(client, search):
    """The fees of a day of each type, where it is sold."""
    fees = {}
    for place in load_catalog().places:
        if Target.ENDPOINT in place.targets:
            region = "us-east-1" if place.name == "us-east-1-dfw-2a" else place.name
            kind = "UltraServerType" if place.compute_type.startswith("ml.u-") else "InstanceType"
            asked = {kind: place.compute_type, "TargetResources": ["endpoint"]}
            (*_, offering) = search(using=client("sagemaker", region), **asked)
            fees[place.compute_type, region] = offering["UpfrontFee"]
    return fees


@pytest.mark.rule("CATALOG-03", "EXTEND-02")
@pytest.mark.training_plans(now="2026-06-30T12:00:00Z")
def test_an_extension_costs_what_is_asked_when_it_is_searched_for(plans, client, buy):
    east = client("sagemaker", "us-east-1")
    arn = buy(using=east, InstanceType=P5)

    def fee():
        found = east.search_training_plan_offerings(TrainingPlanArn=arn, DurationHours=24)
        (offering,) = found["TrainingPlanExtensionOfferings"]
        return offering["UpfrontFee"]

    assert fee() == cents(Decimal("39.7992") * 24)
    plans.clock.move_to("2026-07-01T00:00:00Z")
    assert fee() == cents(Decimal("47.7572") * 24)


@pytest.mark.rule("CATALOG-03", "CATALOG-07")
@pytest.mark.training_plans(now="1999-12-31T00:00:00Z")
def test_before_its_first_price_a_type_is_sold_at_that_and_after_its_last_at_that(
    plans, client, search
):
    first = {price.compute_type: price for price in reversed(load_prices().prices)}
    before = a_day_of_each_type(client, search)
    assert {name for name, _ in before} == set(load_catalog().compute_types)
    for (name, _), fee in before.items():
        assert fee == cents(Decimal(str(float(first[name].rate))) * 24), name
    plans.clock.move_to("2026-10-08T00:00:00Z")
    after = a_day_of_each_type(client, search)
    assert after["ml.p5.48xlarge", "us-east-1"] == cents(Decimal("47.7572") * 24)
    assert after["ml.p5.48xlarge", "ap-northeast-1"] == cents(Decimal("43.424") * 24)
    plans.clock.move_to("2999-01-01T00:00:00Z")
    assert a_day_of_each_type(client, search) == after


@pytest.mark.rule("CATALOG-03")
@pytest.mark.in_process("reads the package's own data")
def test_sagemaker_asks_1_15_times_what_ec2_asks_wherever_both_are_known():
    ec2 = {  # USD an hour of a Capacity Block in June 2025
        "ml.p4d.24xlarge": "11.80",
        "ml.p5.48xlarge": "31.464",
        "ml.p5e.48xlarge": "34.608",
        "ml.p5en.48xlarge": "36.184",
        "ml.trn1.32xlarge": "9.532",
        "ml.trn2.48xlarge": "35.7608",
    }
    listed = {
        (price.compute_type, price.rate)
        for price in load_prices().prices
        if price.certainty is Certainty.LISTED
    }
    for name, rate in ec2.items():
        assert (name, Fraction(rate) * Fraction("1.15")) in listed, name


@pytest.mark.rule("CATALOG-03")
def test_a_price_that_is_set_outweighs_the_book_from_its_start_on(plans, client, search):
    clients = {region: client("sagemaker", region) for region in ("us-west-2", "us-east-1")}

    def asked(**type_asked):
        type_asked = type_asked or {"InstanceType": P5}
        return [
            search(using=using, TargetResources=["endpoint"], **type_asked)[-1]["UpfrontFee"]
            for using in clients.values()
        ]

    listed = cents(Decimal("36.1836") * 24)
    plans.prices.set(P5, 10, region="us-east-1")
    assert asked() == [listed, "240.00"]
    plans.prices.set(P5, Decimal("20.0001"), start="2025-02-01T00:00:00Z")
    plans.prices.set(P5, "5.5", region="us-west-2", start="2025-02-01T00:00:00Z")
    assert asked() == [listed, "240.00"]
    plans.clock.move_to("2025-02-01T00:00:00Z")
    assert asked() == ["132.00", "480.00"]
    # It goes on where the book has newer prices, until it is set anew.
    plans.clock.move_to("2026-07-02T00:00:00Z")
    assert asked() == ["132.00", "480.00"]
    plans.prices.set(P5, 0)
    assert asked() == ["0.00", "0.00"]
    plans.prices.set("ml.u-p6e-gb200x72", 1000)
    east = clients["us-east-1"]
    asked_for = {"UltraServerType": "ml.u-p6e-gb200x72", "TargetResources": ["endpoint"]}
    assert search(using=east, **asked_for)[-1]["UpfrontFee"] == "24000.00"


@pytest.mark.rule("CATALOG-03", "TIME-09")
@pytest.mark.training_plans
def test_a_price_that_is_set_before_the_first_search_holds_wherever_the_clock_is_set_then(
    plans, search
):
    plans.prices.set(P5, 10)
    plans.clock.move_to("2025-05-20T00:00:00Z")
    (*_, offering) = search(InstanceType=P5, TargetResources=["endpoint"])
    assert offering["UpfrontFee"] == "240.00"


@pytest.mark.rule("CATALOG-03")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"instance_type": "ml.c5.large", "rate": 1}, "unknown instance type 'ml.c5.large'"),
        ({"instance_type": P5, "rate": 1, "region": "us-west-9"}, "unknown Region 'us-west-9'"),
        ({"instance_type": P5, "rate": -1}, "rate must be a price such as 39.7992"),
        ({"instance_type": P5, "rate": "nan"}, "rate must be a price such as 39.7992"),
        ({"instance_type": P5, "rate": "1e400"}, "rate must be a price such as 39.7992"),
        ({"instance_type": P5, "rate": True}, "rate must be a price such as 39.7992"),
        ({"instance_type": P5, "rate": 1_000_001}, "rate must be from 0 to 1000000 USD an hour"),
        ({"instance_type": P5, "rate": 1, "start": "soon"}, "start must be a datetime"),
    ],
)
def test_a_price_that_cannot_be_is_refused_and_changes_nothing(plans, search, asked, said):
    before = search(InstanceType=P5)
    with pytest.raises(TrainingPlansError, match=said):
        plans.prices.set(**asked)
    assert search(InstanceType=P5) == before
