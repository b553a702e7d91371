"""Paying for extensions: what waits for it, and what becomes of the plan where it fails."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
END = datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc)  # of the plan that `buy` buys


def buy_extension(sagemaker, offering):
    return sagemaker.extend_training_plan(
        TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
    )


@pytest.mark.rule("EXTEND-03", "CAPACITY-02")
def test_an_extension_holds_its_capacity_from_the_purchase_on(buy, extend, free, plans):
    arn = buy()
    before = free()
    plans.payments.delay(timedelta(hours=1))
    extend(arn)
    assert free() == before - 1


@pytest.mark.rule("EXTEND-04", "EXTEND-01")
def test_an_extension_waits_for_its_payment_and_no_other_is_sold_meanwhile(
    buy, extensions, history, sagemaker, plans, refusal
):
    arn = buy()
    one, two = extensions(arn)[:2]
    plans.payments.delay(timedelta(hours=1))
    buy_extension(sagemaker, one)
    assert history(arn) == [(24, "Pending", "Pending")]
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"] == END
    assert extensions(arn) == []
    code, message = refusal(
        sagemaker.extend_training_plan,
        TrainingPlanExtensionOfferingId=two["TrainingPlanExtensionOfferingId"],
    )
    assert (code, message) == (
        "ValidationException",
        f"Training plan {arn} cannot be extended: an extension of it awaits payment.",
    )
    plans.clock.tick(timedelta(hours=1))
    assert history(arn) == [(24, "Scheduled", "Completed")]
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"] == END + DAY


@pytest.mark.rule("EXTEND-04")
@pytest.mark.parametrize("delay", [timedelta(0), timedelta(hours=1)])
def test_where_its_payment_fails_nothing_moves_and_it_can_be_bought_anew(
    buy, extend, history, sagemaker, plans, free, delay
):
    arn = buy()
    before = free()
    plans.payments.delay(delay)
    plans.payments.fail_next()
    extend(arn)
    plans.clock.tick(delay)
    assert history(arn) == [(24, "Failed", "Failed")]
    assert free() == before
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"] == END
    extend(arn)
    plans.clock.tick(delay)
    assert history(arn) == [(24, "Failed", "Failed"), (24, "Scheduled", "Completed")]


@pytest.mark.rule("EXTEND-04")
@pytest.mark.parametrize(("minutes", "status"), [(0, "Active"), (1, "Failed")])
def test_a_payment_later_than_5_minutes_before_the_added_time_is_too_late(
    buy, extend, history, free, plans, minutes, status
):
    arn = buy()
    before = free()
    plans.clock.move_to(END - timedelta(hours=2))
    plans.payments.delay(timedelta(hours=1, minutes=55 + minutes))
    extend(arn)
    plans.clock.move_to(END - 5 * MINUTE - timedelta(seconds=1))
    assert history(arn) == [(24, "Pending", "Pending")]
    assert free() == before - 1
    plans.clock.tick(1)
    # Too late, it gives its capacity back at that very instant.
    assert free() == before - (status == "Active")
    plans.clock.move_to(END)
    assert [each[1] for each in history(arn)] == [status]
    assert free() == before - (status == "Active")


@pytest.mark.rule("EXTEND-03")
def test_jobs_that_the_cut_off_has_ended_stay_ended_though_the_plan_is_extended_after_it(
    buy, extend, sagemaker, plans, jobs
):
    arn = buy()
    plans.jobs.run_for(2 * DAY)
    for name in ("runs", "waits"):
        jobs.create(name, arn)
    plans.clock.move_to(END - timedelta(hours=1))
    plans.payments.delay(40 * MINUTE)
    extend(arn)
    plans.clock.move_to(END - 30 * MINUTE)
    assert jobs.states("runs", "waits") == ["Stopped", "Failed"]
    plans.clock.tick(10 * MINUTE)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"] == END + DAY
    jobs.create("new", arn)
    assert jobs.states("runs", "waits", "new") == ["Stopped", "Failed", "Training"]


@pytest.mark.rule("EXTEND-04")
def test_an_extension_whose_capacity_went_meanwhile_fails(
    buy, extensions, history, sagemaker, plans
):
    arn = buy()
    offering = extensions(arn)[0]
    plans.capacity.clear()
    buy_extension(sagemaker, offering)
    assert history(arn) == [(24, "Failed", "Failed")]
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["EndTime"] == END


@pytest.mark.rule("EXTEND-04", "PLAN-04")
def test_the_state_manager_decides_on_the_payment_of_extensions_too(
    buy, extend, history, state_manager
):
    arn = buy()
    state_manager("sagemaker::training_plan", {"progression": "manual", "times": 2})
    assert extend(arn)["PaymentStatus"] == "Pending"
    assert [history(arn)[0][2] for _ in range(2)] == ["Pending", "Completed"]


@pytest.mark.rule("EXTEND-04", "PLAN-04")
def test_invoice_and_payment_of_an_extension_stand_in_its_plans_history(buy, extend, plans):
    arn = buy()
    before = len(plans.history(arn))
    extend(arn)
    reasons = [change.reason for change in plans.history(arn)[before:]]
    assert sum("325.68 USD" in reason for reason in reasons) == 2
