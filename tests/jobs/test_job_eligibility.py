"""Which plans a job can use, and what it is told of those that it cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.jobs import CUT_OFF, DAY, HOUR, START, counts

SECOND = timedelta(seconds=1)


@pytest.mark.rule("JOB-01")
@pytest.mark.parametrize(
    ("bought", "asked", "text"),
    [
        (
            {"TargetResources": ["hyperpod-cluster"]},
            {},
            "Training plan {} is for target resource hyperpod-cluster, but must be for "
            "training-job.",
        ),
        (
            {},
            {"InstanceType": "ml.p5.48xlarge"},
            "Training plan {} has instance type ml.p4d.24xlarge, not the requested ml.p5.48xlarge.",
        ),
        (
            {"InstanceCount": 2},
            {"InstanceCount": 3},
            "Training plan {} has 2 instances, fewer than the requested 3.",
        ),
        ({}, {"InstanceCount": 0}, "InstanceCount must be at least 1, not 0."),
        (
            {},
            {"InstanceType": None},
            "ResourceConfig.InstanceType is required for a job on a training plan.",
        ),
        (
            {"InstanceCount": 4},
            {
                "InstanceType": None,
                "InstanceCount": None,
                "InstanceGroups": [
                    {
                        "InstanceGroupName": "a",
                        "InstanceType": "ml.p4d.24xlarge",
                        "InstanceCount": 1,
                    },
                    {"InstanceGroupName": "b", "InstanceType": "ml.m5.large", "InstanceCount": 1},
                ],
            },
            "Training plan {} has instance type ml.p4d.24xlarge, not the requested ml.m5.large.",
        ),
        (
            {"InstanceCount": 2},
            {
                "InstanceType": None,
                "InstanceCount": None,
                "InstanceGroups": [
                    {
                        "InstanceGroupName": "a",
                        "InstanceType": "ml.p4d.24xlarge",
                        "InstanceCount": 2,
                    },
                    {
                        "InstanceGroupName": "b",
                        "InstanceType": "ml.p4d.24xlarge",
                        "InstanceCount": 1,
                    },
                ],
            },
            "Training plan {} has 2 instances, fewer than the requested 3.",
        ),
    ],
    ids=[
        *("target", "type", "too large", "none", "no type", "group of another type"),
        "sum of the groups",
    ],
)
def test_a_job_that_does_not_fit_its_plan_is_refused_with_what_was_expected(
    jobs, buy, refusal, unchanged, bought, asked, text
):
    plan = buy(**bought)
    before = unchanged()
    found = refusal(jobs.create, name="job", plan=plan, resources=asked)
    assert found == ("ValidationException", text.format(plan))
    assert unchanged() == before


@pytest.mark.rule("JOB-01")
def test_a_job_of_several_groups_holds_the_sum_of_their_instances(plans, jobs, buy, sagemaker):
    plan = buy(InstanceCount=4)
    groups = [
        {"InstanceGroupName": name, "InstanceType": "ml.p4d.24xlarge", "InstanceCount": count}
        for name, count in (("a", 2), ("b", 1))
    ]
    resources = {"InstanceType": None, "InstanceCount": None, "InstanceGroups": groups}
    jobs.create("job", plan, resources=resources)
    plans.clock.move_to(START)
    assert counts(sagemaker, plan) == (3, 1)


@pytest.mark.rule("JOB-01")
def test_a_plan_must_be_scheduled_or_active_and_before_its_last_cut_off(plans, jobs, buy, refusal):
    plans.payments.delay(HOUR)
    plan = buy()
    plans.payments.fail_next()
    failing = buy("failing")

    def why_not(plan):
        code, message = refusal(jobs.create, name="job", plan=plan)
        assert code == "ValidationException"
        return message.removeprefix(f"Training plan {plan} ")

    assert why_not(plan) == "is Pending, but must be Scheduled or Active."
    plans.clock.tick(HOUR)
    jobs.create("scheduled", plan)
    assert why_not(failing) == "is Failed, but must be Scheduled or Active."
    plans.clock.move_to(CUT_OFF - SECOND)
    jobs.create("active", plan)
    plans.clock.move_to(CUT_OFF)
    assert why_not(plan) == (
        "ends at 2025-01-23 11:30:00+00:00, and gives no instances in its last 30 minutes."
    )
    plans.clock.move_to(START + DAY)
    assert why_not(plan) == "is Expired, but must be Scheduled or Active."


@pytest.mark.rule("JOB-01")
def test_a_plan_of_another_account_or_region_or_of_none_is_not_found(jobs, buy, client, refusal):
    plan = buy()
    for other in (
        plan.replace("us-west-2", "us-east-1"),
        plan.replace("123456789012", "210987654321"),
        plan + "-other",
    ):
        assert refusal(jobs.create, name="job", plan=other) == (
            "ResourceNotFound",
            f"Training plan {other} was not found.",
        )
    elsewhere = type(jobs)(client("sagemaker", region="us-east-1"))
    assert refusal(elsewhere.create, name="job", plan=plan) == (
        "ResourceNotFound",
        f"Training plan {plan} was not found.",
    )


@pytest.mark.rule("JOB-01")
def test_spot_and_a_plan_exclude_each_other(jobs, buy, refusal):
    assert refusal(jobs.create, name="job", plan=buy(), EnableManagedSpotTraining=True) == (
        "ValidationException",
        "EnableManagedSpotTraining cannot be combined with a training plan.",
    )
