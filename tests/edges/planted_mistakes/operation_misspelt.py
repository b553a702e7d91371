r"""A fault is ordered for an operation that does not exist.

caught: operation must be .*not 'CreateTrainingPlans'
"""

import pytest


def test_a_purchase_fails(training_plans, buy):
    training_plans.faults.error("CreateTrainingPlans", "ResourceLimitExceeded", "Later.")
    # right: training_plans.faults.error("CreateTrainingPlan", "ResourceLimitExceeded", "Later.")
    with pytest.raises(Exception, match="Later"):
        buy()
