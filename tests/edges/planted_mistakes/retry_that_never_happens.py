r"""The buyer promises to try again when capacity is short, and does not.

caught: assert \['ResourceLimitExceeded'\] == \['ResourceLim
"""

from botocore.exceptions import ClientError


def insist(buy):
    for _ in range(3):
        try:
            return buy()
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "LimitExceeded":
                # right: if refused.response["Error"]["Code"] != "ResourceLimitExceeded":
                return None
    return None


def test_it_tries_again(training_plans, buy):
    training_plans.faults.error("CreateTrainingPlan", "ResourceLimitExceeded", "Later.")
    insist(buy)
    outcomes = [call.error for call in training_plans.calls("CreateTrainingPlan")]
    assert outcomes == ["ResourceLimitExceeded", None]
