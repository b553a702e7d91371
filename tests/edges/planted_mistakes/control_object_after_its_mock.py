r"""The control object is used when its mock has ended.

caught: has ended
"""

from moto_trainingplans import mock_training_plans


def test_the_clock():
    with mock_training_plans(now="2025-01-21T19:08:27Z") as plans:
        plans.clock.tick(60)
        minute = plans.clock.now().minute
    minute = plans.clock.now().minute
    # right:
    assert minute == 9
