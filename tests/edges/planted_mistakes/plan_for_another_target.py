r"""A plan for clusters is given to a training job.

caught: is for target resource hyperpod-cluster, but must be for training-job\.
"""


def test_the_job_is_taken(buy, train):
    plan = buy(TargetResources=["hyperpod-cluster"])
    # right: plan = buy(TargetResources=["training-job"])
    assert train("job", {"TrainingPlanArn": plan})
