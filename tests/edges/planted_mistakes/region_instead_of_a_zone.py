r"""Capacity is set for a Region, where a zone belongs.

caught: unknown zone 'us-west-2': name an Availability Zone such as 'us-west-2a'
"""


def test_one_is_enough(training_plans, find):
    training_plans.capacity.clear()
    training_plans.capacity.set("us-west-2", "ml.p4d.24xlarge", 1)
    # right: training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 1)
    assert find()
