r"""The instance type is EC2's name, without ml.

caught: unknown instance type 'p4d\.24xlarge': it is one of .*ml\.p4d\.24xlarge
"""


def test_one_is_enough(training_plans, find):
    training_plans.capacity.clear()
    training_plans.capacity.set("us-west-2a", "p4d.24xlarge", 1)
    # right: training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 1)
    assert find()
