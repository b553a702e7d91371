r"""The test reads the environment of a job that does not run yet.

caught: job has no container that runs: it is in status Pending
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_container_knows_the_end(training_plans, buy, train):
    train("job", {"TrainingPlanArn": buy()})
    training_plans.clock.tick(0)
    # right: training_plans.clock.move_to("2025-01-22T11:30Z")
    environment = training_plans.jobs.environment("job")
    assert "SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP" in environment
