r"""A count is computed below zero.

caught: count must be a whole number from 0 up, not -8
"""


def test_all_are_gone(training_plans, find):
    training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 56 - 64)
    # right: training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 0)
    training_plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 0)
    assert find() == []
