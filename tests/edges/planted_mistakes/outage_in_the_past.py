r"""The outage is over before the test begins.

caught: the outage must end in the future
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_plan_stands_an_outage(training_plans, sagemaker, buy):
    buy()
    training_plans.faults.zone_outage("us-west-2a", "2025-01-20", "2025-01-21")
    # right: training_plans.faults.zone_outage("us-west-2a", "2025-01-22", "2025-01-23")
    training_plans.clock.move_to("2025-01-22T13:00:00Z")
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Active"
