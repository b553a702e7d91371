r"""The payment is declined after the purchase that was meant.

caught: UnusedOrders[\s\S]*payment
"""


def test_the_tool_stands_a_declined_payment(training_plans, buy):
    training_plans.clock.now()
    # right: training_plans.payments.fail_next()
    assert buy()
    training_plans.payments.fail_next()
    # right:
