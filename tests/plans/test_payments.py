"""Paying for plans: when it is due, how it fails, and who gets the last instances."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

START = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)


@pytest.fixture
def status(sagemaker):
    """Looks up a plan's status."""

    def look(name="plan"):
        return sagemaker.describe_training_plan(TrainingPlanName=name)["Status"]

    return look


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


@pytest.mark.rule("PLAN-04")
def test_so_many_of_the_next_payments_fail_as_were_ordered_and_no_more(plans, buy, sagemaker):
    plans.payments.fail_next(times=3, message="The card was declined.")
    seen = []
    for number in range(4):
        buy(f"plan-{number}")
        plan = sagemaker.describe_training_plan(TrainingPlanName=f"plan-{number}")
        seen.append((plan["Status"], plan["StatusMessage"]))
    assert seen == [
        *[("Failed", "The card was declined.")] * 3,
        ("Scheduled", "Payment confirmed, training plan scheduled."),
    ]


@pytest.mark.rule("PLAN-04", "TIME-07")
def test_the_state_manager_gives_payment_its_time_but_a_delay_that_was_ordered_wins(
    plans, buy, status, state_manager
):
    state_manager("sagemaker::training_plan", {"progression": "time", "seconds": 90})
    buy()
    plans.clock.tick(89)
    assert status() == "Pending"
    plans.clock.tick(1)
    assert status() == "Scheduled"
    plans.payments.delay(10)
    buy("sooner")
    plans.clock.tick(10)
    assert status("sooner") == "Scheduled"


@pytest.mark.rule("PLAN-04", "TIME-02")
def test_the_state_manager_can_have_a_plan_described_so_often_before_it_is_paid(
    buy, status, state_manager
):
    state_manager("sagemaker::training_plan", {"progression": "manual", "times": 3})
    buy()
    assert [status(), status(), status()] == ["Pending", "Pending", "Scheduled"]


@pytest.mark.rule("PLAN-05")
@pytest.mark.parametrize(("seconds_late", "expected"), [(0, "Scheduled"), (1, "Failed")])
def test_payment_is_due_five_minutes_before_the_start(
    plans, buy, status, sagemaker, seconds_late, expected
):
    deadline = START - timedelta(minutes=5)
    plans.payments.delay(deadline - plans.clock.now() + timedelta(seconds=seconds_late))
    arn = buy()
    plans.clock.move_to(deadline - timedelta(seconds=1))
    assert status() == "Pending"
    plans.clock.move_to(deadline)
    assert status() == expected
    assert plans.history(arn)[-1].time == deadline
    if expected == "Failed":
        assert sagemaker.describe_training_plan(TrainingPlanName="plan")["StatusMessage"] == (
            "Payment was not completed 5 minutes before the start of the training plan."
        )
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
    assert loser["StatusMessage"] == (
        "Insufficient capacity: 8 x ml.p4d.24xlarge are no longer available in us-west-2a from "
        "2025-01-22T11:30:00+00:00."
    )
    assert [each["Status"] for each in loser["ReservedCapacitySummaries"]] == ["Failed"]
    assert not any("Invoice" in change.reason for change in plans.history(arns[1]))
    assert plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target="training-job") == 0
