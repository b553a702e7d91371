"""What the tests of plans and their extensions have in common."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

DAY = timedelta(days=1)
END = datetime(2025, 1, 23, 11, 30, tzinfo=timezone.utc)  # of the plan that `buy` buys


@pytest.fixture
def extensions(sagemaker):
    """Searches for extensions of a plan."""

    def run(arn, using=sagemaker, **asked):
        answer = using.search_training_plan_offerings(TrainingPlanArn=arn, **asked)
        assert answer["TrainingPlanOfferings"] == []
        return answer["TrainingPlanExtensionOfferings"]

    return run


@pytest.fixture
def extend(sagemaker, extensions):
    """Extends a plan by a day, or what is asked for, and gives the newest extension."""

    def run(arn, days=1):
        (offering,) = extensions(arn, DurationHours=24 * days)
        return sagemaker.extend_training_plan(
            TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"]
        )["TrainingPlanExtensions"][-1]

    return run


@pytest.fixture
def history(sagemaker):
    """A plan's extensions, as (hours, status, payment status)."""

    def run(arn):
        answer = sagemaker.describe_training_plan_extension_history(TrainingPlanArn=arn)
        return [
            (each["DurationHours"], each["Status"], each["PaymentStatus"])
            for each in answer["TrainingPlanExtensions"]
        ]

    return run


@pytest.fixture
def free(plans):
    """How much is free in the day after the plan's end."""

    def look():
        return plans.capacity.free(
            "us-west-2a", "ml.p4d.24xlarge", target="training-job", start=END, end=END + DAY
        )

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
