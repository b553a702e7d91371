r"""The second job asks for another volume, so that the warm pool is of no use to it.

caught: assert 'Available' == 'Reused'
"""

import pytest

SIZES = (30, 50)
# right: SIZES = (30, 30)


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_the_second_job_starts_warm(training_plans, sagemaker, buy, train):
    plan = buy(InstanceCount=2)
    training_plans.clock.move_to("2025-01-22T11:30Z")
    training_plans.jobs.run_for(600)
    for name, size in zip(("first", "second"), SIZES, strict=True):
        resources = {"TrainingPlanArn": plan, "KeepAlivePeriodInSeconds": 3600}
        train(name, {**resources, "VolumeSizeInGB": size})
        training_plans.clock.tick(900)
    pool = sagemaker.describe_training_job(TrainingJobName="first")["WarmPoolStatus"]
    assert pool["Status"] == "Reused"
