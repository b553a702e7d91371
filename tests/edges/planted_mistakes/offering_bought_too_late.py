r"""The offering has started by the time that somebody approves the purchase.

caught: Training plan offering tpo-\w+ was not found\.
"""

from datetime import timedelta

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_approved_offering_is_bought(training_plans, sagemaker, find):
    offering = find()[0]["TrainingPlanOfferingId"]
    training_plans.clock.tick(timedelta(hours=2))
    # right: training_plans.clock.tick(timedelta(minutes=20))
    assert sagemaker.create_training_plan(TrainingPlanName="plan", TrainingPlanOfferingId=offering)
