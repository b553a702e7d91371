r"""The job asks for another instance type than the plan has.

caught: has instance type ml\.p4d\.24xlarge, not the requested ml\.p5\.48xlarge\.
"""


def test_the_job_is_taken(buy, train):
    plan = buy()
    instance_type = "ml.p5.48xlarge"
    # right: instance_type = "ml.p4d.24xlarge"
    assert train("job", {"TrainingPlanArn": plan, "InstanceType": instance_type})
