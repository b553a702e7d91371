r"""The test moves the clock to a time that has passed.

caught: the clock cannot go back
"""

import pytest


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_a_day_later(training_plans, buy):
    buy()
    training_plans.clock.move_to("2024-01-22T12:00:00Z")
    # right: training_plans.clock.move_to("2025-01-22T12:00:00Z")
    assert training_plans.history()[-1].after == "Active"
