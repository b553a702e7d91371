r"""The names of plans are not made anew for each purchase.

caught: A training plan with the name plan-1 already exists\.
"""


def test_two_plans_are_bought(buy):
    for number in (1, 1):
        # right: for number in (1, 2):
        assert buy(f"plan-{number}")
