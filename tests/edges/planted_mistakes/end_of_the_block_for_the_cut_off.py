r"""The test expects training until the block's end; instances are taken half an hour before.

caught: 'Stopped' == 'InProgress'
"""

from datetime import timedelta

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_it_trains_to_the_last_minute(training_plans, sagemaker, buy, train):
    training_plans.jobs.run_for(timedelta(hours=48))
    train("job", {"TrainingPlanArn": buy()})
    training_plans.clock.move_to("2025-01-23T11:29Z")
    # right: training_plans.clock.move_to("2025-01-23T10:59Z")
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "InProgress"
