r"""Instances are to break before the plan has started.

caught: has no running instances
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_job_waits_for_another_instance(training_plans, sagemaker, buy, train):
    plan = buy()
    train("job", {"TrainingPlanArn": plan})
    training_plans.clock.tick(0)
    # right: training_plans.clock.move_to("2025-01-22T11:45Z")
    training_plans.faults.fail_instances(plan)
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["SecondaryStatus"] == "Pending"
