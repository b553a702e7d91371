r"""The scheduler reads the first block of a plan of two.

caught: assert 24 == 48
"""

import pytest


def hours(plan):
    blocks = plan["ReservedCapacitySummaries"][:1]
    # right: blocks = plan["ReservedCapacitySummaries"]
    return sum(int(block["DurationHours"]) for block in blocks)


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_all_hours_are_counted(training_plans, sagemaker, buy):
    training_plans.capacity.clear()
    for day in (22, 25):
        start, end = f"2025-01-{day}T11:30Z", f"2025-01-{day + 1}T11:30Z"
        training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 1, start=start, end=end)
    buy(DurationHours=48)
    assert hours(sagemaker.describe_training_plan(TrainingPlanName="plan")) == 48
