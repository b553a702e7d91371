r"""The clock is moved by a verb that it does not have.

caught: has no attribute 'advance'
"""


def test_an_hour_passes(training_plans):
    before = training_plans.clock.now()
    training_plans.clock.advance(3600)
    # right: training_plans.clock.tick(3600)
    assert (training_plans.clock.now() - before).total_seconds() >= 3600
