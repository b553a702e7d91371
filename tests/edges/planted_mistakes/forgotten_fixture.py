r"""A test that asks for the fixture nowhere calls AWS itself.

caught: this test reached for api\.sagemaker\.us-west-2\.amazonaws\.com
"""

import boto3


def test_there_are_no_plans_at_first():
    # right: def test_there_are_no_plans_at_first(training_plans):
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
