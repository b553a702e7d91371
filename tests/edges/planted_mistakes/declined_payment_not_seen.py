r"""The buyer takes an ARN for a plan, whatever becomes of the payment.

caught: assert 'bought' == 'The card was declined\.'
"""


def purchase(sagemaker, buy):
    buy()
    plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
    if plan["Status"] == "FAILED":
        # right: if plan["Status"] == "Failed":
        return plan["StatusMessage"]
    return "bought"


def test_a_declined_payment_is_told(training_plans, sagemaker, buy):
    training_plans.payments.fail_next(message="The card was declined.")
    assert purchase(sagemaker, buy) == "The card was declined."
