r"""The buyer takes the first offering, which has a part day less than was asked for.

caught: assert 15 >= 24
"""

import pytest


def best(offerings, hours):
    del hours
    return offerings[0]
    # right: return next(o for o in offerings if int(o["DurationHours"]) >= 24)


@pytest.mark.training_plans(now="2025-01-21T19:08:27Z")
def test_a_day_is_a_day(find):
    chosen = best(find(DurationHours=24), 24)
    assert int(chosen["DurationHours"]) >= 24
