r"""The run time is for a name that no job has.

caught: UnusedOrders[\s\S]*pre-train
"""


def test_the_job_ends(training_plans, sagemaker, buy, train):
    plan = buy()
    training_plans.jobs.run_for(7200, "pre-train")
    # right: training_plans.jobs.run_for(7200, "pretrain")
    train("pretrain", {"TrainingPlanArn": plan})
    while training_plans.clock.next_event():
        pass
    job = sagemaker.describe_training_job(TrainingJobName="pretrain")
    assert job["TrainingJobStatus"] == "Completed"
