"""The finder against a market that is scarce, dear, slow to pay or gone in a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import boto3
import pytest
from moto_trainingplans import TrainingPlans

import capacity_finder as finder
from capacity_finder import Fleet, Need

pytestmark = pytest.mark.training_plans(now="2025-01-21T19:08:27Z")

NOW = datetime(2025, 1, 21, 19, 8, 27, tzinfo=timezone.utc)
P4D, P5 = Fleet("ml.p4d.24xlarge", 8), Fleet("ml.p5.48xlarge", 4)
NEED = Need(
    fleets=(P4D, P5),
    regions=("us-east-1", "us-west-2"),
    days=2,
    earliest=NOW,
    latest=NOW + timedelta(days=30),
    budget=Decimal(6000),
)


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: it reads botocore's large model of SageMaker once."""
    return boto3.Session()


@pytest.fixture
def sagemaker(session: boto3.Session) -> finder.Clients:
    return finder.clients(NEED.regions, session)


def test_what_fits_is_ranked_by_price(sagemaker: finder.Clients) -> None:
    found = finder.find(NEED, sagemaker)
    assert {each.region for each in found.affordable} == {"us-east-1", "us-west-2"}
    fees = [each.fee for each in found.affordable]
    assert fees == sorted(fees)
    assert fees[-1] <= NEED.budget < found.too_expensive[0].fee
    assert found.refusals == ()


def test_starts_of_later_weeks_are_found_too(sagemaker: finder.Clients) -> None:
    weeks = {(each.start - NOW).days // 7 for each in finder.find(NEED, sagemaker).affordable}
    assert weeks == {0, 1, 2, 3}


def test_the_only_zone_that_has_any_is_found(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    training_plans.capacity.clear()
    opens = NOW + timedelta(days=12)
    training_plans.capacity.set("us-east-1b", P4D.instance_type, 8, start=opens)
    found = finder.find(NEED, sagemaker).affordable
    assert {each.blocks[0][0] for each in found} == {"us-east-1b"}
    assert min(each.start for each in found) >= opens


def test_a_region_that_lacks_a_type_or_a_quota_does_not_stop_the_search(
    training_plans: TrainingPlans, session: boto3.Session
) -> None:
    training_plans.quotas.set(P4D.instance_type, 4, region="us-west-2")
    need = replace(NEED, regions=("us-east-1", "us-west-2", "eu-central-1"), fleets=(P4D,))
    found = finder.find(need, finder.clients(need.regions, session))
    assert {each.region for each in found.affordable} == {"us-east-1"}
    reasons = {each.region: each.reason for each in found.refusals}
    assert "instance quota is not sufficient" in reasons["us-west-2"]
    assert "Invalid instance type" in reasons["eu-central-1"]


def test_a_dear_month_leaves_nothing_within_the_budget(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    for fleet in NEED.fleets:
        training_plans.prices.set(fleet.instance_type, 60)
    found = finder.find(NEED, sagemaker)
    assert not found.affordable
    with pytest.raises(finder.NothingToBuyError):
        finder.buy("pretraining", found.affordable, sagemaker)
    assert training_plans.calls("CreateTrainingPlan") == []


def test_the_cheapest_is_bought_and_once(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    found = finder.find(NEED, sagemaker)
    plan = finder.buy("pretraining", found.affordable, sagemaker)
    assert (plan.status, plan.fee) == ("Scheduled", found.affordable[0].fee)
    # The same order once more, by somebody whose search came back in another order.
    again = finder.buy("pretraining", found.affordable[::-1], sagemaker)
    assert again == plan
    assert len(training_plans.calls("CreateTrainingPlan")) == 1


def test_an_offer_that_has_begun_meanwhile_is_passed_over(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    offers = sorted(finder.find(NEED, sagemaker).affordable, key=lambda each: each.start)
    training_plans.clock.tick(timedelta(hours=1))
    plan = finder.buy("pretraining", offers, sagemaker)
    assert plan.status == "Scheduled"
    orders = training_plans.calls("CreateTrainingPlan")
    assert (orders[0].error, orders[-1].error) == ("ResourceNotFound", None)


def test_what_another_team_was_faster_to_buy_is_replaced_by_the_next_best(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    training_plans.capacity.clear()
    for zone in ("us-east-1a", "us-west-2a"):
        training_plans.capacity.set(zone, P4D.instance_type, 8)
    offers = finder.find(NEED, sagemaker).affordable
    best = offers[0]
    theirs = sagemaker[best.region]
    theirs.create_training_plan(TrainingPlanName="theirs", TrainingPlanOfferingId=best.offering_id)
    plan = finder.buy("pretraining", offers, sagemaker)
    assert (plan.name, plan.status) == ("pretraining-2", "Scheduled")
    lost = theirs.describe_training_plan(TrainingPlanName="pretraining")
    assert lost["Status"] == "Failed"


def test_a_declined_payment_is_tried_again_but_not_for_ever(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    offers = finder.find(NEED, sagemaker).affordable
    training_plans.payments.fail_next(message="The card was declined.")
    assert finder.buy("first", offers, sagemaker).name == "first-2"
    training_plans.payments.fail_next(3, message="The card was declined.")
    with pytest.raises(finder.PurchaseFailedError, match="second-3: The card was declined"):
        finder.buy("second", offers, sagemaker)


def test_a_slow_payment_is_waited_for(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    offers = sorted(
        finder.find(NEED, sagemaker).affordable, key=lambda each: -each.start.timestamp()
    )
    training_plans.payments.delay(timedelta(hours=2))
    with training_plans.clock.sleeping():
        assert finder.buy("patient", offers, sagemaker).status == "Scheduled"
        with pytest.raises(TimeoutError, match="may yet be charged"):
            finder.buy("hasty", offers, sagemaker, patience=timedelta(minutes=10))


def test_throttling_is_no_reason_to_give_up(
    training_plans: TrainingPlans, sagemaker: finder.Clients
) -> None:
    training_plans.faults.throttle("SearchTrainingPlanOfferings", times=2)
    assert finder.find(NEED, sagemaker).affordable


def test_the_command_buys_only_when_it_is_told_to(training_plans: TrainingPlans) -> None:
    said: list[str] = []
    arguments = ["--fleet", "ml.p4d.24xlarge=8", "--region", "us-west-2", "--region", "us-east-1"]
    arguments += ["--earliest", "2025-01-21T19:08:27", "--latest", "2025-02-10"]
    arguments += ["--days", "2", "--budget", "6000"]
    assert finder.main(arguments, said.append) == 0
    assert training_plans.calls("CreateTrainingPlan") == []
    assert finder.main([*arguments, "--buy", "pretraining"], said.append) == 0
    assert said[-1].startswith("pretraining is Scheduled: arn:aws:sagemaker:")
