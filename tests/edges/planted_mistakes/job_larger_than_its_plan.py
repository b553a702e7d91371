r"""The job asks for more instances than the plan has.

caught: ValidationException.*\b4\b
"""


def test_the_job_is_taken(buy, train):
    plan = buy(InstanceCount=4)
    count = 8
    # right: count = 4
    assert train("job", {"TrainingPlanArn": plan, "InstanceCount": count})
