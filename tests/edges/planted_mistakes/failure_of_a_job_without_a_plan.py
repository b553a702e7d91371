r"""The job that is to fail is on no plan: its ARN was lost on the way.

caught: there is no training job 'job' on a plan
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_a_failure_is_told(training_plans, sagemaker, buy, train):
    plan = buy()
    train("job", {})
    # right: train("job", {"TrainingPlanArn": plan})
    training_plans.clock.move_to("2025-01-22T11:45Z")
    training_plans.jobs.fail("job", "The loss is not a number.")
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Failed", plan
