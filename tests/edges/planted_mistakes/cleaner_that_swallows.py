r"""The cleaner takes every refusal for a job that has ended, and leaves one running.

caught: assert 'InProgress' == 'Stopped'
"""

import pytest
from botocore.exceptions import ClientError


def clean(sagemaker):
    for _ in range(2):
        try:
            return sagemaker.stop_training_job(TrainingJobName="job")
        except ClientError as refused:
            if "Error" in refused.response:
                # right: if "the training job is in status" in str(refused):
                return None
    return None


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_it_stops_the_job(training_plans, sagemaker, buy, train):
    train("job", {"TrainingPlanArn": buy()})
    training_plans.faults.error("StopTrainingJob", "ResourceInUse", "Again.")
    clean(sagemaker)
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Stopped"
