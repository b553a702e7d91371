r"""A fixture searches without asking for the mock, and nobody else does either.

caught: this test reached for api\.sagemaker\.us-west-2\.amazonaws\.com
"""

import boto3
import pytest


@pytest.fixture
def offerings():
    # right: def offerings(training_plans):
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    return sagemaker.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge",
        DurationHours=24,
        TargetResources=["training-job"],
    )["TrainingPlanOfferings"]


def test_three_are_offered(offerings):
    assert len(offerings) == 3
