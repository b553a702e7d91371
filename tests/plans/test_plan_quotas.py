"""The quotas on plans and on what they reserve: what counts, and who is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

ASK_FOR_MORE = (
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas "
    "is not available, contact AWS support to request an increase for this quota."
)


@pytest.mark.rule("PLAN-01", "QUOTA-03")
def test_the_26th_plan_is_past_the_default_quota(buy, search, sagemaker, refusal, unchanged):
    for number in range(25):
        buy(f"plan-{number}")
    offering = search()[-1]
    before = unchanged()
    assert refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="one-more",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    ) == (
        "ResourceLimitExceeded",
        "The account-level service limit 'Number of training plans per Region' is 25 "
        "TrainingPlans, with current utilization of 25 TrainingPlans and a request delta of 1 "
        f"TrainingPlans. {ASK_FOR_MORE}",
    )
    assert unchanged() == before


@pytest.mark.rule("PLAN-01", "QUOTA-03", "CLIENT-06")
def test_reserved_instances_past_the_quota_are_refused_with_use_and_delta(
    plans, search, buy, sagemaker, refusal
):
    offering = search(InstanceCount=8)[-1]
    plans.quotas.set("reserved-capacity-ml-p4d-24xlarge", 12, region="us-west-2")
    buy("first", InstanceCount=8)
    assert refusal(
        sagemaker.create_training_plan,
        TrainingPlanName="second",
        TrainingPlanOfferingId=offering["TrainingPlanOfferingId"],
    ) == (
        "ResourceLimitExceeded",
        "The account-level service limit 'Number of ml.p4d.24xlarge instances in reserved capacity "
        "across training plans per Region' is 12 Instances, with current utilization of 8 "
        f"Instances and a request delta of 8 Instances. {ASK_FOR_MORE}",
    )


@pytest.mark.rule("QUOTA-03")
def test_plans_that_are_over_or_have_failed_no_longer_count_against_the_quotas(plans, buy):
    plans.quotas.set("ml.p4d.24xlarge", 8, region="us-west-2")
    plans.quotas.set("training-plan-total_count", 1, region="us-west-2")
    plans.payments.fail_next()
    buy("fails", InstanceCount=8)
    buy("first", InstanceCount=8)
    plans.clock.tick(timedelta(days=3))
    assert buy("second", InstanceCount=8)


@pytest.mark.rule("QUOTA-03")
def test_a_plan_of_two_blocks_counts_its_instances_once(plans, two_blocks, search, refusal):
    plans.quotas.set("ml.p4d.24xlarge", 8, region="us-west-2")
    two_blocks(InstanceCount=4)
    assert search(InstanceCount=4, DurationHours=24)
    assert "current utilization of 4 Instances" in refusal(search, InstanceCount=8)[1]


@pytest.mark.rule("QUOTA-03")
def test_a_quota_can_be_set_for_one_account_or_for_all(plans, client, stranger, search, refusal):
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
    code, message = refusal(own.create_training_plan, **{**bought, "TrainingPlanName": "other"})
    assert code == "ResourceLimitExceeded"
    assert "'Number of training plans per Region' is 1 TrainingPlans" in message
    others = stranger("sagemaker")
    (*_, offering) = search(using=others)
    offering_id = offering["TrainingPlanOfferingId"]
    code, message = refusal(
        others.create_training_plan, TrainingPlanName="plan", TrainingPlanOfferingId=offering_id
    )
    assert code == "ResourceLimitExceeded"
    assert "'Number of training plans per Region' is 0 TrainingPlans" in message
