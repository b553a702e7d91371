r"""The job asks for more instances than the plan has.

caught: training-plan/plan has 4 instances, fewer than the requested 8\.
"""


def test_the_job_is_taken(buy, train):
    plan = buy(InstanceCount=4)
    count = 8
    # right: count = 4
    assert train("job", {"TrainingPlanArn": plan, "InstanceCount": count})
