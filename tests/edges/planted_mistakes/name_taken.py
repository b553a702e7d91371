r"""The names of plans are not made anew for each purchase.

caught: ResourceInUse
"""


def test_two_plans_are_bought(buy):
    for number in (1, 1):
        # right: for number in (1, 2):
        assert buy(f"plan-{number}")
