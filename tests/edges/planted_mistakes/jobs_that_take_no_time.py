r"""The run time is zero.

caught: duration
"""


def test_a_short_job(training_plans, buy, train, sagemaker):
    training_plans.jobs.run_for(0)
    # right: training_plans.jobs.run_for(1)
    train("job", {"TrainingPlanArn": buy()})
    while training_plans.clock.next_event():
        pass
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Completed"
