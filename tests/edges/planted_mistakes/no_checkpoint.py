r"""The launcher forgets the checkpoints: in the second block the work begins anew.

caught: assert 'Stopped' == 'Completed'
"""

from datetime import timedelta

import pytest

CHECKPOINTS = {}
# right: CHECKPOINTS = {"CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints"}}


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_work_of_two_blocks_adds_up(training_plans, sagemaker, buy, train):
    training_plans.capacity.clear()
    for day in (22, 25):
        start, end = f"2025-01-{day}T11:30Z", f"2025-01-{day + 1}T11:30Z"
        training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 1, start=start, end=end)
    training_plans.jobs.run_for(timedelta(hours=23, minutes=45))
    train("job", {"TrainingPlanArn": buy(DurationHours=48)}, **CHECKPOINTS)
    while training_plans.clock.next_event():
        pass
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Completed"
