r"""The budget check multiplies the fee, which is for all instances, by their count.

caught: assert Decimal\('20\d\d\d\.\d\d'\) <= 3000
"""

from decimal import Decimal

import pytest


def cost(offering, count):
    fee = Decimal(offering["UpfrontFee"])
    return fee * count
    # right: return fee if count else 0


@pytest.mark.training_plans(now="2025-06-01T19:08:27Z")
def test_eight_for_a_day_are_within_the_budget(find):
    offering = find(InstanceCount=8)[-1]
    assert cost(offering, 8) <= 3000
