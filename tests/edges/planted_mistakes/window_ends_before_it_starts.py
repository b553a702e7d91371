r"""The ends of a window are swapped.

caught: the window must end after it starts
"""


def test_nothing_is_sold_this_week(training_plans, find):
    start, end = "2090-01-08", "2090-01-01"
    # right: start, end = "2090-01-01", "2090-01-08"
    training_plans.capacity.set("us-west-2a", "ml.p4d.24xlarge", 0, start=start, end=end)
    assert find()
