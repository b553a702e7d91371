r"""The test looks at an Active plan without moving the clock to its start.

caught: 'Scheduled' == 'Active'
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_plan_is_used(training_plans, sagemaker, buy):
    buy()
    training_plans.clock.tick(0)
    # right: training_plans.clock.move_to("2025-01-22T11:30Z")
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Active"
